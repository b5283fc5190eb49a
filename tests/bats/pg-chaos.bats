#!/usr/bin/env bats
# pg-load: killed, its backend killed, its connection cut, at random moments, each
# time followed by a run on the same input: every row once, every verdict true.
# With a broken ledger the same checks find doubled rows, so they can find them.
#
# In the long form twenty times as many rounds, 200, 200 and 100, of twice as many records. On a
# server of its own, because a killed backend takes down the others.

load ../lib/common
load ../lib/records

RECORDS=$(rounds 2500 5000)
BATCH=20
BAD=3

setup_file() {
  # Rounds of two tests would hit each other.
  export BATS_NO_PARALLELIZE_WITHIN_FILE=true
  servers_begin
  servers_postgres_start
}

teardown_file() { servers_stop; }

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer)'
  # One run creates the tables, others measure the time with them.
  records 1 "$RECORDS" >in
  for ((n = 1; n <= BAD; n++)); do record "$((RECORDS + n))" '{"id":"x"}'; done >>in
  load_in -t t
  [ "$(tally)" = "$RECORDS committed $BAD quarantined" ]
  empty
  took=3600000000
  run_again
  rounds=$(rounds 10 200)
  : >moments
}

teardown() { [ ! -s cut.pid ] || kill "$(<cut.pid)"; }

# Keep the shortest time: a run that had to wait for a processor would make all
# faults come too late.
run_again() {
  local started=${EPOCHREALTIME//[.,]/}
  load_in -t t --batch-rows "$BATCH" --no-create
  started=$((${EPOCHREALTIME//[.,]/} - started))
  [ "$started" -ge "$took" ] || took=$started
}

# nap: sleeps a random part of the time of a whole run, except for its end, where
# the signal would come too late.
nap() {
  local us=$((RANDOM * took * 9 / 327680))
  sleep "$((us / 1000000)).$(printf '%06d' $((us % 1000000)))"
}

ids() { grep -F "\"status\":\"$1\"" "$2" | grep -oP '"receipt_handle":"h\K[0-9]+' | sort -u; }

# true_verdicts FILE: whether each row that it calls committed is in the table, and
# each bad record that it calls quarantined in the error table. The last line may
# be cut.
true_verdicts() {
  local left
  left=$(ids committed "$1" | comm -23 - <(sql 'SELECT id FROM t' | sort -u) | wc -l)
  [ "$left" -eq 0 ] || { echo "$left verdicts without their rows" && return 1; }
  [ "$(ids quarantined "$1" | wc -l)" -le "$(sql 'SELECT count(*) FROM t_errors')" ]
}

# all_once: whether every row is there, once.
all_once() {
  local found
  found=$(sql "SELECT (SELECT count(*) || ' ' || count(DISTINCT id) FROM t) || ' ' || (SELECT count(*) FROM t_ledger)
    || ' ' || (SELECT count(*) FROM t_errors)")
  [ "$found" = "$RECORDS $RECORDS $RECORDS $BAD" ] || { echo "found $found" && return 1; }
}

empty() { sql 'TRUNCATE t, t_ledger, t_errors'; }

# again: run the same input once more, without a fault; then every row must be there.
again() {
  mv out first
  run_again
  [ "$status" -eq 0 ] || { cat err && return 1; }
  [ "$(wc -l <out)" -eq $((RECORDS + BAD)) ] || return 1
  true_verdicts out && all_once
}

# One round each. ./moments gets the number of verdicts at the fault.
kill_loader() {
  empty
  pg-load -t t --batch-rows "$BATCH" --no-create <in >out 2>err 3>&- &
  local pid=$!
  nap
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  wc -l <out >>moments
  true_verdicts out && again
}

# A killed backend takes every other session down, and the server then has to
# recover; a terminated backend ends alone.
kill_backend() {
  empty
  pg-load -t t --batch-rows "$BATCH" --no-create <in >out 2>err 3>&- &
  local pid=$! backend
  nap
  # Find it by its title: a query would take longer than the moment to hit.
  if backend=$(pgrep -f "^postgres: postgres $PGDATABASE "); then
    wc -l <out >>moments
    local signal=TERM
    [ $((RANDOM % 2)) = 0 ] || signal=KILL
    servers_pg_user kill -s "$signal" "$backend" 2>/dev/null || true
  fi
  wait "$pid" || { cat err && return 1; }
  servers_until 60 pg_isready -q
  [ "$(wc -l <out)" -eq $((RECORDS + BAD)) ] || { echo "verdicts: $(wc -l <out)" && return 1; }
  true_verdicts out && all_once && again
}

# The answer to some COMMIT is held back: it was committed, and the loader does
# not know.
cut_commit() {
  empty
  PGHOST=$PWD/sock run_again
  [ "$status" -eq 0 ] || { cat err && return 1; }
  [ "$(wc -l <out)" -eq $((RECORDS + BAD)) ] || return 1
  true_verdicts out && all_once && again
}

cutter() {
  mkdir sock
  "$BATS_TEST_DIRNAME/../lib/pg_cut.py" sock/.s.PGSQL.5432 "$PGHOST/.s.PGSQL.5432" "$@" >cuts 3>&- &
  echo $! >cut.pid
  eventually 60 test -S sock/.s.PGSQL.5432
}

# repeat TIMES ROUND: until one fails.
repeat() {
  local n
  for ((n = 1; n <= $1; n++)); do
    "$2" || { echo "$2, round $n" && return 1; }
  done
  echo "# $2: verdicts at the fault: $(sort -n moments | xargs)"
}

# break_ledger: COMMIT silently removes what was written to it. A trigger of its own
# would be refused.
break_ledger() {
  sql "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM t_ledger; RETURN NULL; END';
    CREATE TRIGGER forget AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION forget()"
}

# Some faults must have come among the records, or they prove nothing.
came_amid() { [ "$(awk -v n="$RECORDS" '$1 > 0 && $1 < n' moments | wc -l)" -ge $((rounds / 5)) ]; }

@test "the loader is killed at random moments: every row once, every verdict true" {
  repeat "$rounds" kill_loader
  came_amid
}

@test "its backend is killed or terminated at random moments: the loader recovers by itself" {
  repeat "$rounds" kill_backend
  came_amid
}

@test "the connection is cut after COMMIT was sent: every row once, every verdict true" {
  cutter 1000000 after 0.02
  repeat "$((rounds / 2))" cut_commit
  [ "$(wc -l <cuts)" -ge "$((rounds / 2))" ]
}

@test "the connection is cut before and after COMMIT: the loader recovers by itself, with and without a ledger" {
  cutter 1000000 either 0.05
  for more in '' --no-ledger; do
    empty
    # shellcheck disable=SC2086
    PGHOST=$PWD/sock load_in -t t --batch-rows "$BATCH" --no-create $more
    [ "$status" -eq 0 ]
    [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = "$RECORDS|$RECORDS" ]
    [ "$(wc -l <out)" -eq $((RECORDS + BAD)) ]
    true_verdicts out
  done
  [ "$(sort -u cuts | wc -l)" -eq 2 ]
}

@test "with a ledger that loses keys, the same rounds find doubled rows" {
  break_ledger
  run -1 repeat 20 kill_loader
  [[ $output = *'found '* ]]
  echo "$output"
}

@test "with a ledger that loses keys, the rounds that cut the answer to COMMIT find doubled rows" {
  break_ledger
  cutter 1000000 after 0.02
  run -1 repeat 20 cut_commit
  [[ $output = *'found '* ]]
}
