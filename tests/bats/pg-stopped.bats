#!/usr/bin/env bats
# pg-load: a loader that is stopped within a batch, on a live host, and another loader that gets
# its messages.

load ../lib/common
load ../lib/records
load ../lib/locks

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer)'
}

teardown() { [ ! -s pid ] || kill -9 "$(<pid)" 2>/dev/null || true; }

# waits_for_client: whether a session is in its transaction and waits for the client.
waits_for_client() {
  [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pg-load'
    AND (state = 'active' AND wait_event = 'ClientRead' OR state = 'idle in transaction')")" = 1 ]
}
# tell: print what the sessions do, for a failing test.
tell() { sql "SELECT pid, state, wait_event_type, wait_event, left(query, 80) FROM pg_stat_activity WHERE datname = current_database()"; }

@test "another loader ends the session of a stopped one to load its messages, and each is one row" {
  local pid
  mkfifo pipe
  pg-load -t t --linger 100ms <pipe >out 2>err 3>&- 9>&- &
  pid=$!
  echo "$pid" >pid
  exec 9>pipe
  records 1 3 >&9
  eventually 60 lines_are out 3
  # It begins COPY when the table is unlocked, and has nothing to send then.
  hold
  records 4 6 >in
  cat in >&9
  eventually 60 is_held_up
  stop "$pid"
  let_go
  eventually 60 waits_for_client || { tell && false; }
  run -0 --separate-stderr pg-load -t t --retry-timeout 3m <in
  [ "$(grep -c '"status":"committed"' <<<"$output")" -eq 3 ]
  grep -q '^pg-load: warning: ended .* sessions of stopped loaders' <<<"$stderr"
  kill -CONT "$pid"
  exec 9>&-
  wait "$pid"
  [ "$(grep -c '"status":"committed"' out)" -eq 3 ]
  [ "$(grep -c '"status":"duplicate"' out)" -eq 3 ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '6|6' ]
}

@test "a loader that is slow, and not stopped, keeps its session" {
  local loader status=0
  sql 'CREATE TABLE wide (id integer, filler text)'
  records 1 1 >in
  pg-load -t t <in >out
  sql 'CREATE TABLE held AS SELECT * FROM t_ledger; DELETE FROM t_ledger; DELETE FROM t'
  # Like a loader it has the key of the record, and its rows come slowly.
  mkfifo slow
  PGAPPNAME=pg-load psql -qXAt <slow >slow.out 2>&1 3>&- 9>&- &
  echo $! >pid
  exec 9>slow
  echo 'BEGIN; INSERT INTO t_ledger SELECT * FROM held; COPY wide FROM STDIN;' >&9
  pg-load -t t --retry-timeout 20s <in >out 2>err 3>&- 9>&- &
  loader=$!
  while kill -0 "$loader" 2>/dev/null; do
    yes $'1\t'"$(printf '%01000d' 0)" | head -n 200 >&9
    sleep 0.2
  done
  wait "$loader" || status=$?
  [ "$status" -eq 75 ]
  printf '%s\n' '\.' 'COMMIT;' >&9
  exec 9>&-
  wait "$(<pid)"
  [ ! -s slow.out ]
  run -1 grep -q 'stopped loaders' err
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 1 ]
}
