#!/usr/bin/env bats
# pg-load: a loader that is stopped amid a batch, on a host that lives, and another that gets
# its messages.

load ../lib/common
load ../lib/records
load ../lib/locks

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer)'
}

teardown() { [ ! -s pid ] || kill -9 "$(<pid)" 2>/dev/null || true; }

# waits_for_client: whether a session is amid COPY, and has nothing to do.
waits_for_client() {
  [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
    AND query LIKE 'COPY %' AND wait_event = 'ClientRead'")" = 1 ]
}

@test "the session of a stopped loader is ended for one that wants its messages, and each is one row" {
  local pid
  mkfifo pipe
  pg-load -t t --linger 100ms <pipe >out 2>err 3>&- 9>&- &
  pid=$!
  echo "$pid" >pid
  exec 9>pipe
  records 1 3 >&9
  eventually 60 lines_are out 3
  # It begins COPY when the table is let go, and has nothing to send then.
  hold
  records 4 6 >in
  cat in >&9
  eventually 60 is_held_up
  kill -STOP "$pid"
  let_go
  eventually 60 waits_for_client
  run -0 --separate-stderr pg-load -t t --retry-timeout 3m <in
  [ "$(grep -c '"status":"committed"' <<<"$output")" -eq 3 ]
  grep -q '^pg-load: warning: .* for stopped loaders were ended$' <<<"$stderr"
  kill -CONT "$pid"
  exec 9>&-
  wait "$pid"
  [ "$(grep -c '"status":"committed"' out)" -eq 3 ]
  [ "$(grep -c '"status":"duplicate"' out)" -eq 3 ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '6|6' ]
}
