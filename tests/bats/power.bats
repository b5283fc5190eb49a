#!/usr/bin/env bats
# A power failure: unsynced data is gone (tests/fault/power.c, disk.py). This concerns PostgreSQL, the
# archive and the files that pii-keygen and pii-mask write. The long form has many rounds, and more of the
# possible states of a disk.

load ../lib/common
load ../lib/records

setup() { common_setup; }

teardown() {
  common_teardown
  [ -z "${machine:-}" ] || servers_stop
}

# machine: make one, with a PostgreSQL of its own.
machine() {
  servers_begin
  machine=$SERVERS_DIR/postgres
  SERVERS_PG_SEGMENT=1 servers_postgres_start
}

# library FOLDER: build the library there, and make the folders that it records.
library() {
  mkdir -p "$1"/{files,data}
  "${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$1/power.so" "$ROOT/tests/fault/power.c"
  export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
}
disk() { python3 "$ROOT/tests/fault/disk.py" "$@"; }

# ---- the whole pipeline

# power OPTION...: run rounds of it.
power() {
  machine
  export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
  run python3 "$ROOT/tests/fault/power.py" --pipeline "$ROOT/scripts/pipeline.sh" \
    --servers "$ROOT/scripts/servers.sh" --emulator "$(emulator_dir)/aws-lambda-rie" "$@"
  echo "$output"
  echo "# ${lines[-1]}" >&3
  [ "$status" -eq 0 ]
}

@test "a power failure during runs: deleted messages are in the database, archived ones in an archive" {
  power --rounds "$(rounds 2 60)"
  [[ $output =~ archived=[1-9] ]]
}

@test "with a database that does not sync, the same rounds find lost rows" {
  power --rounds 1 --only-synced --postgres 'fsync = off' --mutant fsync-off
  [[ $output = *'messages are deleted, and their rows are lost'* ]]
}

# ---- pg-load alone

kill_database() {
  local data=$machine/data number cwd
  read -r number <"$data/postmaster.pid"
  gone() {
    for cwd in /proc/[0-9]*/cwd; do
      [ "$(readlink "$cwd")" != "$data" ] || kill -9 "$(basename "${cwd%/cwd}")" || true
    done
    servers_pg_gone "$data" && [ ! -e "/proc/$number" ]
  }
  eventually 60 gone
}
start_database() { LD_PRELOAD=$machine/power.so servers_postgres_start; }

# true_verdicts: check that each record with a committed verdict has its row.
true_verdicts() {
  local left
  left=$(grep -F '"status":"committed"' out | grep -oP '"receipt_handle":"h\K[0-9]+(?=".*}$)' | sort -u |
    comm -23 - <(sql 'SELECT id FROM t' | sort -u) | wc -l)
  [ "$left" -eq 0 ] || { echo "$left verdicts without their rows" && return 1; }
}

@test "a power failure during a load: each committed verdict has its row; the others are loaded afterwards, once" {
  local n pid written=0 count=12000
  machine
  library "$machine"
  unset SQS2PG_MAPS
  records 1 $count >in
  kill_database
  printf '%s\n' 'fsync = on' 'full_page_writes = on' 'recovery_init_sync_method = syncfs' >>"$machine/data/postgresql.conf"
  disk sync "$machine"
  start_database
  for ((n = 1; n <= $(rounds 3 100); n++)); do
    sql 'DROP TABLE IF EXISTS t, t_ledger, t_errors; CREATE TABLE t (id integer)'
    : >out
    pg-load -t t --batch-rows 20 --retry-timeout 1s <in >out 2>err 3>&- &
    pid=$!
    # Somewhere among its batches, and within one.
    eventually 60 lines_at_least out $((RANDOM % (count / 2)))
    [ $((n % 2)) = 0 ] || sql CHECKPOINT
    sleep "0.0$((RANDOM % 5))"
    kill_database
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" || true
    # shellcheck disable=SC2046  # none or one
    disk cut "$machine" $([ $((RANDOM % 2)) = 0 ] || echo $RANDOM)
    start_database
    [ "$(wc -l <out)" -ge $count ] || written=$((written + 1))
    true_verdicts
    load_in -t t
    [ "$status" -eq 0 ]
    [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = "$count|$count" ]
  done
  # Most cuts must come among the records, or they prove nothing.
  [ "$written" -ge $((n / 2)) ]
}

# ---- files

# archiver: run the archive's last stage on standard input, into the folder kept.
archiver() {
  # shellcheck source=scripts/pipeline/archive.sh
  . "$ROOT/scripts/pipeline/archive.sh"
  rm -rf kept && mkdir kept
  LC_ALL=C gzip_to_file=$KEEP stem=kept/s part=kept/s-1.ndjson.gz.part gzip=gzip run=1 exec awk "$ARCHIVER"
}

@test "--archive: a line that a killed writer cut off is not in the archive" {
  local line='{"sqs":{"a":"}\"{"},"body":[1,{"k":"\\"}]}' cut
  for ((cut = 1; cut <= ${#line}; cut++)); do
    (printf '%s\n%s' "$line" "${line:0:cut}" | (archiver))
    zcat kept/s-1.ndjson.gz >records
    [ "$(sort -u records)" = "$line" ]
    [ "$(wc -l <records)" -eq $((1 + (cut == ${#line}))) ]
  done
  # With the marks that end an hour inside the last line.
  (printf '{"a":1}\n{"b"\036\n\036\n:2' | (archiver))
  [ "$(zcat kept/*.gz)" = '{"a":1}' ]
  (printf '{"a":1}\n{"b":2}\036\n\036\n' | (archiver))
  [ "$(zcat kept/*.gz)" = $'{"a":1}\n{"b":2}' ]
}

@test "--archive: a file whose awk was killed keeps its .part" {
  local pid children
  mkfifo lines
  (archiver) <lines 3>&- &
  pid=$!
  exec 9>lines
  records 1 2000 >&9
  has_gzip() { children=$(pgrep -P "$pid"); }
  eventually 30 has_gzip
  kill -KILL "$pid"
  exec 9>&-
  wait "$pid" || true
  # shellcheck disable=SC2086  # some processes
  children_gone() { ! ps -p "${children//$'\n'/,}" >left; }
  eventually 30 children_gone
  [ "$(ls kept)" = s-1.ndjson.gz.part ]
}

# each_cut JUDGE SEED COMMAND...: cut the power before each call of the command that changes or syncs a
# file, and after the last. After each cut JUDGE checks the disk: JUDGE 137, or 0 after the last.
each_cut() {
  local judge=$1 seed=$2 n ended=137
  shift 2
  for ((n = 1; ended == 137; n++)); do
    rm -rf files data disk disk.before
    mkdir files data
    [ ! -d before ] || cp -a before/. files
    disk sync .
    ended=0
    POWER_CUT=$n LD_PRELOAD=$PWD/power.so "$@" 2>err || ended=$?
    disk cut . ${seed:+"$seed"}
    "$judge" "$ended" || { echo "$judge $ended: the call $n, seed $seed: $(ls -la files)" && return 1; }
  done
  echo "# in front of $((n - 2)) calls" >&3
  [ "$ended" -eq 0 ]
}
# seeds: print an empty one, which leaves only synced data, and those with some unsynced data.
seeds() { echo ''; seq 1 "$(rounds 1 20)"; }

@test "a power failure during pii-keygen: no key file or a whole one; after its end, the whole one" {
  library .
  made() {
    if [ "$1" -ne 0 ] && [ ! -e files/k ]; then return 0; fi
    [[ $(pii-keygen --list files/k) =~ ^[0-9a-f]{8}\ primary$ ]]
  }
  while read -r seed; do each_cut made "$seed" pii-keygen files/k; done < <(seeds)
}

@test "a power failure during pii-keygen --rotate: the old key file or the new one; after its end, the new one" {
  library .
  mkdir before
  key before/k
  first=$(pii-keygen --list before/k | cut -d' ' -f1)
  rotated() {
    local keys
    keys=$(pii-keygen --list files/k) || return 1
    case $1,$(wc -l <<<"$keys") in
    137,1) [ "$keys" = "$first primary" ] || return 1 ;;
    *,2) grep -qx "$first decrypt-only" <<<"$keys" || return 1 ;;
    *) return 1 ;;
    esac
    # A file left beside it does not block the next rotation.
    pii-keygen -q --rotate files/k && [ "$(ls -A files)" = k ]
  }
  while read -r seed; do each_cut rotated "$seed" pii-keygen --rotate files/k; done < <(seeds)
}

@test "a power failure during pii-mask --mapping: the mapping has all that a printed record uses" {
  local n
  library .
  key k
  for ((n = 1; n <= 400; n++)); do echo "{\"body\":{\"ip\":\"203.0.113.$((n % 250))\",\"n\":\"$(printf '%0600d' $n)\"}}"; done >in
  # A confined program may open no file, but the library must.
  masked() { "$ROOT/tests/lib/unconfined.py" "$(command -v pii-mask)" -q -k k -m .ip=hmac -m .n=siv --mapping files/map <in >out; }
  mapped() {
    [ "$1" -ne 0 ] || [ "$(wc -l <out)" -eq 400 ] || return 1
    touch files/map
    comm -23 <(grep -oP '"masked_?\w*":"\Khmac1[^"]*|"ip":"\Khmac1[^"]*' out | sort -u) \
      <(grep -oP '"masked":"\K[^"]*(?=".*\}$)' files/map | sort -u) | (! grep .)
  }
  while read -r seed; do each_cut mapped "$seed" masked; done < <(seeds)
}
