# Shared by the bats files. In each:
#
#   load ../lib/common
#   setup() { common_setup; }
#
# A test then runs in a folder of its own (${BATS_TEST_TMPDIR}) and finds the programs in PATH.
# It creates what it needs with fresh_database, fresh_queue and key.
# Tests share only the servers, so the files run in parallel.

# shellcheck source=scripts/servers.sh
. "${BATS_TEST_DIRNAME:?}/../../scripts/servers.sh"
# Options of run for the exit status and for a separate stderr.
bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
SAMPLE=$ROOT/share/demo/logins.ndjson

common_setup() {
  local build=${BUILD:-build}
  [ "${build#/}" != "$build" ] || build=$ROOT/$build
  export PATH=$build/bin:$PATH SQS2PG_MAPS=$SERVERS_DIR/maps
  unset SQS_QUEUE_URL
  cd "$BATS_TEST_TMPDIR" || return 1
}

# common_teardown: kill the processes that the test left running: the process ids in ./pid.
common_teardown() {
  # shellcheck disable=SC2046  # one or more
  [ ! -s "$BATS_TEST_TMPDIR/pid" ] || kill -9 $(xargs <"$BATS_TEST_TMPDIR/pid") 2>/dev/null || true
}

# unique: print a name that no other test of the run uses.
unique() { printf 't%s_%s_%s\n' "$$" "$BATS_SUITE_TEST_NUMBER" "$RANDOM"; }

# fresh_database: create an empty database, in PGDATABASE.
fresh_database() { servers_database "$(unique)"; }

# fresh_queue [ATTRIBUTE=VALUE...]: create an empty queue, in SQS_QUEUE_URL.
fresh_queue() {
  SQS_QUEUE_URL=$(servers_queue "$(unique)" "$@") || return 1
  export SQS_QUEUE_URL
}

# counts: print "VISIBLE INFLIGHT DELAYED" of the queue.
counts() { servers_counts "$SQS_QUEUE_URL"; }

# eventually SECONDS COMMAND...: poll until the command succeeds.
eventually() { servers_until "$@"; }
counts_are() { [ "$(counts)" = "$*" ]; }

# started PROGRAM PID: succeed when the process runs that program and handles SIGTERM itself.
started() {
  [ "$(cat "/proc/$2/comm")" = "$1" ] && ((0x$(awk '/^SigCgt/ { print $2 }' "/proc/$2/status") & 1 << 14))
}
# noticed PID: succeed when no signal is pending, so that the next one counts as another.
noticed() { [ "$(awk '/^(SigPnd|ShdPnd)/ { print $2 }' "/proc/$1/status" | sort -u)" = 0000000000000000 ]; }

# rounds SHORT LONG: print a number of rounds; LONG in scripts/test.sh long.
rounds() { printf '%s\n' "$([ -n "${SQS2PG_TEST_LONG:-}" ] && echo "$2" || echo "$1")"; }

# lines_are FILE N, lines_at_least FILE N: compare the number of lines.
lines_are() { [ "$(wc -l <"$1")" -eq "$2" ]; }
lines_at_least() { [ "$(wc -l <"$1")" -ge "$2" ]; }

# sql QUERY: print unaligned rows, columns separated by
# .
sql() { psql -qXAt -v ON_ERROR_STOP=1 -c "$1"; }

# Create the table of the take-home assignment.
create_user_logins() {
  sql 'CREATE TABLE user_logins (user_id varchar(128), device_type varchar(32),
    masked_ip varchar(256), masked_device_id varchar(256), locale varchar(32),
    app_version integer, create_date date)'
}

# key FILE: make a key file.
key() { pii-keygen "$1"; }

# canaries: print every ip and every device id of the sample, one a line, also those of the malformed
# event.
canaries() {
  grep -oP '\\?"(ip|device_id)\\?":\\?"\K[^"\\]*' "$SAMPLE" | sort -u
}

# no_canary FILE...: fail, naming the file, if one of them is in clear in any.
no_canary() {
  local file bad=0
  canaries >"$BATS_TEST_TMPDIR/canaries"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/canaries")" -gt 100 ] || return 1
  for file in "$@"; do
    [ -e "$file" ] || { echo "no such file: $file" && bad=1; }
    if grep -qaF -f "$BATS_TEST_TMPDIR/canaries" "$file"; then
      echo "a clear value is in $file"
      bad=1
    fi
  done
  return "$bad"
}

# preload NAME: build ./NAME.so from tests/lib/NAME.c, for LD_PRELOAD, also into sanitized programs.
preload() {
  "${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$1.so" "$ROOT/tests/lib/$1.c"
  export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
}

# copy_sqs2pg FOLDER: copy the script and its parts out of the checkout, so that it uses the programs
# of the build under test. SQS2PG is its path.
# shellcheck disable=SC2034  # SQS2PG is the caller's
copy_sqs2pg() {
  install -D -m 755 "$ROOT/scripts/pipeline.sh" "$1/sqs2pg"
  install -D -m 644 -t "$1/pipeline" "$ROOT"/scripts/pipeline/*.sh
  SQS2PG=$PWD/$1/sqs2pg
}

# pipeline [PG-LOAD-OPTION...]: run the pipeline of the README. ${STATUSES} gets the statuses of the
# four programs, ./stderr all their messages.
# shellcheck disable=SC2034  # STATUSES is the caller's
pipeline() {
  if sqs-pull 2>stderr.pull | pii-mask --key-file k 2>stderr.mask |
    pg-load --table user_logins "$@" 2>stderr.load | sqs-ack 2>stderr.ack; then
    STATUSES=${PIPESTATUS[*]}
  else
    STATUSES=${PIPESTATUS[*]}
  fi
  cat stderr.pull stderr.mask stderr.load stderr.ack >stderr
}
