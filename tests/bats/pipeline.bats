#!/usr/bin/env bats
# scripts/pipeline.sh (installed as sqs2pg): the programs joined.

load ../lib/common
load ../lib/records

setup() {
  common_setup
  fresh_database
  create_user_logins
  fresh_queue VisibilityTimeout=30
  key k
  export SQS2PG_LOCK_DIR=$BATS_TEST_TMPDIR
  {
    echo '# settings of a test'
    echo "SQS_QUEUE_URL=$SQS_QUEUE_URL"
    echo ' SQS2PG_TABLE="user_logins"'
    echo "SQS2PG_KEY_FILE='$BATS_TEST_TMPDIR/k'"
    echo 'SQS2PG_PULL_OPTIONS=--wait 1'
  } >settings
  QUEUE=$SQS_QUEUE_URL
  unset SQS_QUEUE_URL
  copy_sqs2pg bin
  BIN=$(dirname "$(command -v sqs-pull)")
}

# Processes and messages that a failed test left.
teardown() {
  [ -n "${BATS_TEST_COMPLETED:-}" ] || [ ! -s run.err ] || cat run.err
  [ -s run.pid ] || return 0
  # shellcheck disable=SC2046
  kill -9 $(cat run.pid stages.pid) 2>/dev/null || true
}

sqs2pg() { "$SQS2PG" "$@"; }
counts() { servers_counts "$QUEUE"; }
rows() { sql 'SELECT count(*) FROM user_logins'; }
rows_are() { [ "$(rows)" = "$1" ]; }

# start OPTION...: start a run in the background, with its process id in ./run.pid.
start() {
  "$SQS2PG" -c settings "$@" 3>&- 4>&- >run.out 2>run.err &
  echo $! >run.pid
}

# stages: print the process ids of the stages of the background run.
stages() { pgrep -P "$(<run.pid)" -f "$BIN/(sqs-pull|sqs-unwrap|pii-mask|pg-load|sqs-ack)" | tee stages.pid; }
five_stages() { [ "$(stages | wc -l)" -eq 5 ]; }
gone() {
  local pid
  for pid in "$@"; do
    # A zombie has ended.
    case $(ps -o stat= -p "$pid") in '' | Z*) ;; *) return 1 ;; esac
  done
}

# finish: wait for the run's end, up to a long poll of 20 s, and return its status.
finish() {
  eventually 60 gone "$(<run.pid)" && wait "$(<run.pid)"
}

@test "settings from a file: the sample is loaded, and the queue is empty" {
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  counts_are 100 0 0
  sqs2pg -c settings
  [ "$(rows)" = 99 ]
  [ "$(sql 'SELECT count(*) FROM user_logins_errors')" = 1 ]
  counts_are 0 0 0
}

@test "an empty queue: nothing to do is success, and silence" {
  run --separate-stderr sqs2pg -c settings
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  [ -z "$stderr" ]
}

@test "installed, it prefers the programs beside it to those in PATH" {
  ln -s "$BIN"/{sqs-pull,sqs-unwrap,pii-mask,pg-load} bin/
  printf '#!/bin/sh\ncat >/dev/null\nexit 1\n' >bin/sqs-ack
  chmod 755 bin/sqs-ack
  run sqs2pg -c settings
  [ "$status" -eq 1 ]
}

@test "settings from the environment alone" {
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  SQS_QUEUE_URL=$QUEUE SQS2PG_TABLE=user_logins SQS2PG_KEY_FILE=k sqs2pg
  [ "$(rows)" = 99 ]
}

@test "one run at a time for each queue" {
  start -f
  eventually 60 five_stages
  run --separate-stderr sqs2pg -c settings
  [ "$status" -eq 0 ]
  [ -z "$stderr" ]
  run --separate-stderr sqs2pg -v -c settings
  [ "$status" -eq 0 ]
  [ "$stderr" = "sqs2pg: info: another run has this queue" ]
  # Another queue is independent; so is this one with --no-lock.
  SECOND=$(servers_queue "$(unique)")
  sed "s|^SQS_QUEUE_URL=.*|SQS_QUEUE_URL=$SECOND|" settings >second
  sqs-send -Q "$SECOND" <"$SAMPLE"
  sqs2pg -c second
  [ "$(rows)" = 99 ]
  sqs2pg --no-lock -c settings
  kill "$(<run.pid)"
  finish
  # The lock ended with its holder.
  run --separate-stderr sqs2pg -v -c settings
  [ "$status" -eq 0 ]
  [[ "$stderr" != *"another run"* ]]
}

@test "follow: new messages are loaded; SIGTERM ends it in order with 0" {
  start -f
  eventually 60 five_stages
  local pids
  pids=$(stages)
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  eventually 60 rows_are 99
  eventually 10 counts_are 0 0 0
  kill "$(<run.pid)"
  finish
  # shellcheck disable=SC2086
  gone $pids
}

@test "after SIGKILL its stages end too" {
  start -f
  eventually 60 five_stages
  local pids
  pids=$(stages)
  kill -9 "$(<run.pid)"
  # shellcheck disable=SC2086
  eventually 30 gone $pids
}

@test "the death of a stage ends the run, even on an idle queue" {
  start -f
  eventually 60 five_stages
  local pids
  pids=$(stages)
  kill -9 "$(pgrep -P "$(<run.pid)" -f "$BIN/pg-load")"
  local status=0
  finish || status=$?
  [ "$status" -eq 137 ]
  # shellcheck disable=SC2086
  gone $pids
}

@test "no such table, no database: 69 and 75 before a message is received" {
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  sed 's/user_logins/no_such_table/' settings >no_table
  run -69 sqs2pg -c no_table
  counts_are 100 0 0
  echo 'SQS2PG_LOAD_OPTIONS=--retry-timeout 1s' >>settings
  PGHOST=$BATS_TEST_TMPDIR run -75 sqs2pg -c settings
  counts_are 100 0 0
}

@test "a table dropped during the run: 69, and the messages stay on the queue" {
  servers_sqs "$QUEUE" SetQueueAttributes -d Attribute.1.Name=VisibilityTimeout -d Attribute.1.Value=3
  start -f -v
  eventually 60 five_stages
  sql 'DROP TABLE user_logins'
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  local status=0
  wait "$(<run.pid)" || status=$?
  echo "status=$status"
  [ "$status" -eq 69 ]
  eventually 40 counts_are 100 0 0
}

@test "the gravest status: a key file that others may read is 77" {
  chmod 644 k
  run sqs2pg -c settings
  [ "$status" -eq 77 ]
}

@test "the gravest status: a source stopped while it was still starting does not count" {
  ln -s "$BIN"/{pii-mask,sqs-ack} bin/
  printf '#!/bin/sh\nexec sleep 30\n' >bin/sqs-pull
  # A loader that passes the trial, and then fails.
  printf '#!/bin/sh\nfor a; do [ "$a" != --explain ] || exit 0; done\nexit 69\n' >bin/pg-load
  chmod 755 bin/sqs-pull bin/pg-load
  run sqs2pg -c settings
  [ "$status" -eq 69 ]
}

@test "a settings file is read, not executed" {
  # shellcheck disable=SC2016
  echo 'HARMLESS=$(touch executed)`touch executed`; touch executed' >>settings
  sqs2pg -c settings
  [ ! -e executed ]
}

@test "a mistake in the settings file: 78, with file and line" {
  local line
  for line in 'no equals sign' '1X=2' 'PATH=.' 'LD_PRELOAD=x.so' 'SQS2PG_TABEL=x'; do
    head -n 4 settings >wrong
    echo "$line" >>wrong
    run --separate-stderr sqs2pg -c wrong
    [ "$status" -eq 78 ]
    [[ "$stderr" == "sqs2pg: error: wrong:5: "* ]]
  done
  run sqs2pg -c no-such-file
  [ "$status" -eq 78 ]
  run sqs2pg -c .
  [ "$status" -eq 78 ]
}

@test "settings from a pipe: an own FIFO or an inherited pipe; a FIFO of another user is refused without a wait" {
  mkfifo -m 600 pipe
  cat settings >pipe &
  run -0 timeout 60 "$SQS2PG" -c pipe
  run -0 timeout 60 "$SQS2PG" -c <(cat settings)
  run -0 timeout 60 "$SQS2PG" -c /dev/stdin < <(cat settings)
  as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }
  as_root chown 65533 pipe
  run -77 --separate-stderr as_root timeout 20 env PATH="$PATH" "$SQS2PG" -c "$PWD/pipe"
  [[ $stderr == "sqs2pg: error: $PWD/pipe: owned neither by this user nor by root"* ]]
  cp settings other
  as_root chown 65533 other
  run -77 --separate-stderr as_root timeout 20 env PATH="$PATH" "$SQS2PG" -c "$PWD/other"
  [[ $stderr == "sqs2pg: error: $PWD/other: owned neither by this user nor by root"* ]]
}

@test "a missing setting: 78" {
  grep -v KEY_FILE settings >less
  run --separate-stderr sqs2pg -c less
  [ "$status" -eq 78 ]
  [ "$stderr" = "sqs2pg: error: SQS2PG_KEY_FILE is not set in less" ]
}

@test "a settings file that others may write: 77; also one with a secret that they may read" {
  chmod 664 settings
  run sqs2pg -c settings
  [ "$status" -eq 77 ]
  chmod 646 settings
  run sqs2pg -c settings
  [ "$status" -eq 77 ]
  chmod 644 settings
  sqs2pg -c settings
  echo "AWS_SECRET_ACCESS_KEY=$AWS_SECRET_ACCESS_KEY" >>settings
  run --separate-stderr sqs2pg -c settings
  [ "$status" -eq 77 ]
  [[ "$stderr" != *"$AWS_SECRET_ACCESS_KEY"* ]]
  chmod 640 settings
  sqs2pg -c settings
}

@test "usage errors: 64; help and version: 0, or 74 on a full disk" {
  local arguments
  for arguments in -x --nonsense operand '-- operand' '-c a -c b' -c --config= --log=xml --log --replay= --follow=1; do
    # shellcheck disable=SC2086
    run --separate-stderr sqs2pg $arguments
    [ "$status" -eq 64 ]
    [[ "$stderr" == *"hint: try 'sqs2pg --help'" ]]
  done
  [[ "$stderr" == 'sqs2pg: error: option --follow takes no value'* ]]
  run --separate-stderr sqs2pg --help
  [ "$status" -eq 0 ]
  [[ "$output" == "usage: sqs2pg "* ]]
  run --separate-stderr sqs2pg -V
  [ "$status" -eq 0 ]
  [ "$output" = "sqs2pg $(<"$ROOT/VERSION")" ]
  run bash -c '"$0" --help >/dev/full' "$SQS2PG"
  [ "$status" -eq 74 ]
}

# archived FOLDER: print the records of its complete archives.
archived() { zcat "$1"/*.ndjson.gz; }

# messages: print the number of messages of the records on stdin. A queue may deliver one twice;
# then there are two records of it.
messages() { jq -r .sqs.message_id | sort -u | wc -l; }

@test "--archive: the masked records, in complete files for their owner alone" {
  mkdir kept
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  sqs2pg -c settings --archive kept
  [ "$(rows)" = 99 ]
  counts_are 0 0 0
  [ "$(find kept -type f | wc -l)" -eq 1 ]
  [[ "$(ls kept)" =~ ^"${QUEUE##*/}"-20[0-9]{6}T[0-9]{6}Z-[0-9]+[.]ndjson[.]gz$ ]]
  [ "$(stat -c %a kept/*)" = 600 ]
  archived kept >records
  [ "$(messages <records)" -eq 100 ]
  jq -es 'all(.pii.key or .sealed)' <records
  no_canary records
  # A run without a message leaves no file.
  sqs2pg -c settings --archive kept
  [ "$(find kept -type f | wc -l)" -eq 1 ]
  mv kept ./-x
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  sqs2pg -c settings --archive=-x
  [ "$(find ./-x -name '*.gz' | wc -l)" -eq 2 ]
}

@test "--archive: during the run the file is a .part" {
  mkdir kept
  start -f --archive kept
  eventually 60 five_stages
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  eventually 60 rows_are 99
  [[ "$(ls kept)" == *.ndjson.gz.part ]]
  kill "$(<run.pid)"
  finish
  [[ "$(ls kept)" == *.ndjson.gz ]]
  [ "$(archived kept | messages)" -eq 100 ]
}

@test "--archive: 74 for an unwritable folder before a receive, and for a full disk after all are loaded" {
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  run --separate-stderr -74 sqs2pg -c settings --archive no/such/folder
  [[ "$stderr" == "sqs2pg: error: cannot make no/such/folder/"* ]]
  counts_are 100 0 0
  mkdir kept
  # A compressor with a full disk, and one that dies immediately.
  printf '#!/bin/sh\nexec %s "$@" >/dev/full\n' "$(command -v gzip)" >bin/gzip
  chmod 755 bin/gzip
  run --separate-stderr -74 sqs2pg --log json -c settings --archive kept
  [ "$(rows)" = 99 ]
  counts_are 0 0 0
  grep -q 'No space left on device' <<<"$stderr"
  grep -q 'is incomplete' <<<"$stderr"
  jq -es 'length > 1 and all(.program and .level and .message)' <<<"$stderr"
  [[ "$(ls kept)" == *.part ]]
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  printf '#!/bin/sh\nexit 1\n' >bin/gzip
  run -74 sqs2pg -c settings --archive kept
  counts_are 0 0 0
}

@test "--archive: the death of the loader ends the run" {
  mkdir kept
  start -f --archive kept
  eventually 60 five_stages
  local pids
  pids=$(pgrep -P "$(<run.pid)" -f "$BIN/|tee|gzip" | tee stages.pid)
  [ "$(wc -w <<<"$pids")" -eq 7 ]
  kill -9 "$(pgrep -P "$(<run.pid)" -f "$BIN/pg-load")"
  local status=0
  finish || status=$?
  [ "$status" -eq 137 ]
  # shellcheck disable=SC2086
  gone $pids
}

@test "--archive: a killed tee is named, not the loader behind it" {
  mkdir kept
  start -f --archive kept
  eventually 60 five_stages
  kill -9 "$(pgrep -P "$(<run.pid)" -x tee)"
  local status=0
  finish || status=$?
  [ "$status" -eq 137 ]
  grep -q '^sqs2pg: error: tee was ended by signal 9, KILL' run.err
  run -1 grep 'pg-load, which reads it' run.err
}

@test "--replay: archives, compressed or not, are loaded once, and nothing is acknowledged" {
  mkdir kept
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  sqs2pg -c settings --archive kept
  sql 'TRUNCATE user_logins, user_logins_ledger'
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  zcat kept/*.gz | head -n 40 >first
  # No queue, no key: neither is used.
  grep -E '^ ?SQS2PG_TABLE' settings >table_only
  run --separate-stderr -0 sqs2pg -c table_only -v --replay first kept/*.gz
  [ "$(grep -c '^pg-load: committed=' <<<"$stderr")" -eq 2 ]
  [ "$(rows)" = 99 ]
  [ -z "$output" ]
  counts_are 100 0 0
  run -0 sqs2pg -c table_only --replay first --replay first
  [ "$(rows)" = 99 ]
}

@test "--replay: a cut or missing file is 74, and the others are loaded; a missing table ends it" {
  mkdir kept
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  sqs2pg -c settings --archive kept
  sql 'TRUNCATE user_logins, user_logins_ledger'
  zcat kept/*.gz | head -n 40 | gzip | head -c 1000 >cut.gz
  run --separate-stderr -74 sqs2pg -c settings --replay cut.gz no-such-file -- kept kept/*.gz
  [ "$(grep gzip: <<<"$stderr")" = 'sqs2pg: error: gzip: cut.gz: unexpected end of file' ]
  grep -q '^sqs2pg: error: cannot open no-such-file: no such file$' <<<"$stderr"
  grep -q '^sqs2pg: error: cannot open kept: it is a folder$' <<<"$stderr"
  [ "$(rows)" = 99 ]
  sed 's/user_logins/no_such_table/' settings >no_table
  run --separate-stderr -69 sqs2pg -c no_table --replay kept/*.gz kept/*.gz
  [ "$(grep -c 'pg-load: error' <<<"$stderr")" -eq 1 ]
}

@test "--replay: SIGTERM ends it after the records in hand, with 0" {
  records 1 400000 | sed 's/}$/,"pii":{"key":"00000000"}}/' >many
  sql 'CREATE TABLE t (id integer)'
  printf 'SQS2PG_TABLE=t\nSQS2PG_LOAD_OPTIONS=--no-map --batch-rows 1000\n' >big
  "$SQS2PG" -c big --replay many many 3>&- 4>&- &
  echo $! >run.pid
  some() { [ "$(sql 'SELECT count(*) FROM t')" -gt 0 ]; }
  eventually 20 some
  kill "$(<run.pid)"
  finish
  [ "$(sql 'SELECT count(*) FROM t')" -lt 400000 ]
}

@test "more than ten sealed records in a row end a run with 65, and the messages stay; with --follow more than a thousand" {
  seq 11 | jq -c '{body: "text \(.)"}' | sqs-send -q -Q "$QUEUE"
  # All in one batch, however long the second receive takes.
  { cat settings; echo 'SQS2PG_LOAD_OPTIONS=--linger 10m'; } >patient
  run --separate-stderr -65 sqs2pg -c patient
  [ "$(sql 'SELECT count(*) FROM user_logins_errors')" = 0 ]
  # They are visible again when their timeout ends, or after a release.
  all_there() { [ "$(counts)" = '11 0 0' ]; }
  eventually 60 all_there
  "$SQS2PG" -c settings --follow 3>&- 4>&- 2>err &
  echo $! >run.pid
  : >stages.pid
  stored() { [ "$(sql 'SELECT count(*) FROM user_logins_errors')" = 11 ]; }
  eventually 60 stored
  kill "$(<run.pid)"
  wait "$(<run.pid)"
  # The user can set another limit.
  seq 2 | jq -c '{body: "more \(.)"}' | sqs-send -q -Q "$QUEUE"
  echo 'SQS2PG_LOAD_OPTIONS=--sealed-limit 1' >>settings
  run --separate-stderr -65 timeout 60 "$SQS2PG" -c settings --follow
}

@test "--replay: an unmasked record is rejected" {
  echo '{"body":{"user_id":"u1","ip":"203.0.113.5"}}' >clear.ndjson
  run --separate-stderr -1 sqs2pg -c settings --replay clear.ndjson
  [ "$(rows)" = 0 ]
  [ "$(sql 'SELECT count(*) FROM user_logins_errors')" = 0 ]
}

@test "one lock for a queue's name and its URL; another account's queue has its own" {
  start -f
  eventually 60 five_stages
  busy() { [[ "$1" == *"another run has this queue"* ]]; }
  sed "s|^SQS_QUEUE_URL=.*|SQS_QUEUE_URL=${QUEUE##*/}|" settings >by_name
  run -0 sqs2pg -v -c by_name
  busy "$output"
  # A slash at its end, a host in capitals: the same queue.
  sed "s|^SQS_QUEUE_URL=.*|SQS_QUEUE_URL=$QUEUE/|" settings >slash
  run -0 sqs2pg -v -c slash
  busy "$output"
  # Another account or endpoint is another queue, whatever happens in the run. The loader fails
  # before the programs use the queue.
  sed "s|^SQS_QUEUE_URL=.*|SQS_QUEUE_URL=${QUEUE%/*/*}/999999999999/${QUEUE##*/}|;s/user_logins/none/" settings >account
  run -69 sqs2pg -v -c account
  sed 's/user_logins/none/' by_name >elsewhere
  AWS_ENDPOINT_URL_SQS=http://127.0.0.2:9 run -69 sqs2pg -v -c elsewhere
  kill "$(<run.pid)"
  finish
  # And the other way round.
  cp settings by_url
  cp by_name settings
  start -f
  eventually 60 five_stages
  run -0 sqs2pg -v -c by_url
  busy "$output"
  kill "$(<run.pid)"
  finish
}

@test "--log json: every line is JSON, for any name" {
  printf -v odd 'q"u\\o\nt\te\001 \303\251 \377'
  run --separate-stderr -78 sqs2pg --log json -c "$odd"
  jq -es 'length == 1 and .[0].level == "error" and .[0].program == "sqs2pg"' <<<"$stderr"
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  run --separate-stderr -0 sqs2pg --log json -v -c settings
  jq -es 'length > 4 and all(.time and .program and .level and .message)' <<<"$stderr"
  [ "$(jq -r 'select(.level == "summary").program' <<<"$stderr" | sort | xargs)" = 'pg-load pii-mask sqs-ack sqs-pull sqs-unwrap' ]
}

@test "leases: a loader slower than the visibility timeout receives no message twice" {
  servers_sqs "$QUEUE" SetQueueAttributes -d Attribute.1.Name=VisibilityTimeout -d Attribute.1.Value=10 >/dev/null
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  ln -s "$BIN"/{sqs-pull,sqs-unwrap,pii-mask,sqs-ack} bin/
  printf '#!/bin/sh\nfor a; do [ "$a" != --explain ] || exec %s "$@"; done\nsleep 15\nexec %s "$@"\n' \
    "$BIN/pg-load" "$BIN/pg-load" >bin/pg-load
  chmod 755 bin/pg-load
  # Open receives would get messages that became visible again.
  sed -i 's/^SQS2PG_PULL_OPTIONS=.*/SQS2PG_PULL_OPTIONS=--wait 1 --empty 15 -j 1/' settings
  run --separate-stderr -0 sqs2pg -v -c settings
  echo "$stderr"
  [[ "$stderr" == *'sqs-pull: received=100 printed=100 released=0 '*'acked=100 '* ]]
  [[ "$stderr" == *'duplicate=0'* ]]
  [[ "$stderr" == *'sqs-ack: deleted=100 lost=0 '* ]]
  [ "$(rows)" = 99 ]
  counts_are 0 0 0
}
