#!/usr/bin/env bats
# pg-load: when it commits and prints verdicts, what ends it, and two loaders in parallel.

load ../lib/common
load ../lib/records

setup() { pg_setup; }

create_t() { sql "CREATE TABLE t (id integer, v varchar(5), n integer)"; }

@test "verdicts come as batches are committed, not at the end" {
  create_t
  mkfifo pipe
  pg-load -t t --linger 50ms <pipe >out 2>err 3>&- &
  exec 9>pipe
  records 1 3 >&9
  eventually 60 lines_are out 3
  # No transaction is open while it waits for input.
  [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg-load'
    AND datname = current_database() AND state <> 'idle'")" = 0 ]
  exec 9>&-
  wait $!
}

@test "a batch ends at --batch-bytes or at --batch-rows, whichever comes first" {
  create_t
  records 1 100 '"pad":"'"$(printf 'x%.0s' {1..900})"'"' >in
  batches() { grep -oP ' batches=\K[0-9]+' err; }
  load_in -t t -v --linger 1h
  [ "$(batches)" -eq 1 ]
  # A record is a little over a thousand bytes.
  load_in -t t -v --linger 1h --batch-bytes 10k
  [ "$(batches)" -ge 9 ]
  [ "$(batches)" -le 13 ]
  load_in -t t -v --linger 1h --batch-bytes 10k --batch-rows 5
  [ "$(batches)" -eq 20 ]
  # A batch holds at least one record, however small the limit is.
  load_in -t t -v --linger 1h --batch-bytes 1
  [ "$(batches)" -eq 100 ]
  [ "$(tally)" = '100 duplicate' ]
}

@test "SIGTERM: the pipe is drained, its records are committed, 0" {
  create_t
  mkfifo pipe
  pg-load -t t --linger 10s --grace 5s <pipe >out 2>err 3>&- &
  pid=$!
  exec 9>pipe
  records 1 3 >&9
  eventually 60 started pg-load "$pid"
  kill -TERM "$pid"
  records 4 5 >&9
  exec 9>&-
  wait "$pid"
  [ "$(tally)" = '5 committed' ]
}

@test "standard output that fails: 74" {
  create_t
  records 1 10 >in
  run --separate-stderr -74 bash -c 'pg-load -t t <in >/dev/full'
  # After its reader has gone, nothing more is committed.
  records 11 5000 >in
  run -0 bash -c 'pg-load -t t --batch-rows 10 <in 2>err | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}"'
  [ "$output" = 74 ]
  [ "$(sql 'SELECT count(*) FROM t')" -lt 4990 ]
  run -74 bash -c 'pg-load --help >/dev/full'
}

@test "the reader of the verdicts has gone: nothing is committed, 74" {
  create_t
  records 1 10 >in
  run -0 bash -c '{ sleep 0.5; cat in; } | pg-load -t t 2>err | true; echo "${PIPESTATUS[1]}"'
  [ "$output" = 74 ]
  [ "$(sql 'SELECT count(*) FROM t')" = 0 ]
}

@test "empty input: 0, no verdict, no message" {
  create_t
  : >in
  load_in -t t
  [ "$status" -eq 0 ]
  [ ! -s out ]
  [ ! -s err ]
}

@test "two parallel loaders of the same records: each row once, a verdict each, no deadlock" {
  create_t
  sql "ALTER TABLE t ADD UNIQUE (id)"
  records 1 20000 >in
  tac in >back
  pg-load -t t --batch-rows 500 <in >out1 2>err1 3>&- &
  pids=($!)
  pg-load -t t --batch-rows 500 <back >out2 2>err2 3>&- &
  pids+=($!)
  for pid in "${pids[@]}"; do wait "$pid"; done
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '20000|20000' ]
  cat out1 out2 >out
  [ "$(tally)" = '20000 committed 20000 duplicate' ]
  [ ! -s err1 ]
  [ ! -s err2 ]
  # Each key is slow, so that loaders in the order of their records would deadlock half way.
  sql 'TRUNCATE t, t_ledger;
    CREATE FUNCTION slow() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.02); RETURN true; END $$;
    ALTER TABLE t_ledger ADD CHECK (slow())'
  pids=()
  for way in in back; do
    grep -E '"h([1-9]|[1-3][0-9])"' "$way" | pg-load -t t >"out.$way" 2>"err.$way" 3>&- &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid"; done
  [ "$(cat out.in out.back | tally /dev/stdin)" = '39 committed 39 duplicate' ]
  [ ! -s err.in ]
  [ ! -s err.back ]
}

# peak FILE: print the peak of resident memory in KiB, over those records.
peak() {
  python3 -c '
import resource, subprocess, sys
with open(sys.argv[1]) as records:
    subprocess.run(["pg-load", "-q", "-t", "t", "--no-ledger"], stdin=records, stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$1"
}

@test "resident memory is the same at ten and at a hundred thousand records, and below 64 MiB" {
  sql 'CREATE TABLE t (id integer, v text)'
  local filler
  filler=$(printf '%0700d' 0)
  records 1 100000 "\"v\":\"$filler\"" >many
  head -10000 many >few
  few=$(peak few) many=$(peak many)
  [ "$(sql 'SELECT count(*) FROM t')" = 110000 ]
  echo "few $few, many $many"
  # The shadow memory of a sanitizer does not count.
  case ${BUILD:-} in *asan* | *tsan*) return ;; esac
  [ "$many" -lt $((few * 11 / 10)) ]
  [ "$many" -le 65536 ]
}
