#!/usr/bin/env bash
# A table that another session keeps locked, and the sessions that wait for it. Loaded by test files,
# after common.

# shellcheck disable=SC2154,SC2034 # HOLDER is the descriptor that hold() opens
:

# hold: lock the table in another session. let_go: end that session.
hold() {
  rm -f holder held
  mkfifo holder
  psql -qXAt <holder >held 2>&1 3>&- 4>&- &
  exec {HOLDER}>holder
  echo 'BEGIN; LOCK TABLE t; SELECT 1;' >&"$HOLDER"
  eventually 60 test -s held
}
let_go() {
  echo 'COMMIT;' >&"$HOLDER"
  exec {HOLDER}>&-
}
waiting() { sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"; }
is_held_up() { [ "$(waiting)" -eq 1 ]; }
nobody_waits() { [ "$(waiting)" -eq 0 ]; }

# stop PID...: stop the processes; return when all their threads have stopped. One thread takes the
# signal; the others run on until it is scheduled.
stop() {
  local process
  kill -STOP "$@"
  for process; do eventually 60 is_stopped "$process"; done
}
is_stopped() { ! grep -h '^State:' "/proc/$1"/task/*/status | grep -qv 'T (stopped)'; }
