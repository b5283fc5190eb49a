#!/usr/bin/env bats
# pg-load: connections that fail, servers that stop, lost answers, and settings that
# are refused. On a server of its own, because it is stopped.

load ../lib/common
load ../lib/records

setup_file() {
  servers_begin
  servers_postgres_start
  hba=$PGHOST/data/pg_hba.conf
  { echo 'local all locked scram-sha-256'; echo 'local all barred reject'; cat "$hba"; } >"$BATS_FILE_TMPDIR/hba"
  cat "$BATS_FILE_TMPDIR/hba" >"$hba"
  psql -qX -c "CREATE ROLE locked LOGIN PASSWORD 'x'" -c 'CREATE ROLE barred LOGIN' \
    -c 'CREATE ROLE full_up LOGIN CONNECTION LIMIT 0' -c 'CREATE ROLE poor LOGIN' -c 'SELECT pg_reload_conf()' >/dev/null
}

teardown_file() { servers_stop; }

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer)'
  records 1 5 >in
}

# restart: start the server again, with the database of this test in PGDATABASE.
restart() {
  local database=$PGDATABASE
  servers_postgres_start
  export PGDATABASE=$database
}

teardown() {
  pg_isready -q || restart
  [ ! -s cut.pid ] || kill "$(<cut.pid)"
}

# busy: whether a loader of this test is in a transaction.
busy() {
  [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg-load'
    AND datname = current_database() AND state = 'active' AND wait_event = 'PgSleep'")" -ge 1 ]
}

# slow [SECONDS]: make every row with id 3 take this long, three seconds by default.
slow() {
  sql "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      IF NEW.id = 3 THEN PERFORM pg_sleep(${1:-3}); END IF; RETURN NEW; END \$\$;
    CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"
}

# signal FUNCTION: call pg_cancel_backend or pg_terminate_backend on the loader at work.
signal() {
  sql "SELECT $1(pid) FROM pg_stat_activity WHERE application_name = 'pg-load' AND datname = current_database()"
}

# cutter COUNT WHEN: set PGHOST to the proxy.
cutter() {
  mkdir sock
  "$BATS_TEST_DIRNAME/../lib/pg_cut.py" sock/.s.PGSQL.5432 "$PGHOST/.s.PGSQL.5432" "$@" >cuts 3>&- &
  echo $! >cut.pid
  eventually 60 test -S sock/.s.PGSQL.5432
}

@test "a missing server: back-off, then 75, nothing acknowledged" {
  servers_postgres_stop
  load_in -t t --retry-timeout 1s
  [ "$status" -eq 75 ]
  [ ! -s out ]
  grep -q 'retrying for up to 1 s' err
  grep -q 'error: ' err
  PGHOST=/nonexistent load_in -t t --retry-timeout 0
  [ "$status" -eq 75 ]
}

@test "rows that could not all be sent are rolled back: no verdict on a missing row" {
  local piece options
  preload unsent
  sql 'CREATE TABLE w (id integer PRIMARY KEY, v text)'
  records 1 3000 | sed "s/\"id\":/\"v\":\"$(printf '%0100d' 0)\",\"id\":/" >in
  for options in '' '--no-ledger' '--upsert id'; do
    # Of the header, of the rows, of the ledger keys, or none.
    for piece in 1 2 3 4 5 6 7; do
      sql 'TRUNCATE w; DROP TABLE IF EXISTS w_ledger'
      # shellcheck disable=SC2086
      UNSENT=$piece LD_PRELOAD=$PWD/unsent.so pg-load -t w --batch-rows 3000 $options <in >out 2>err || { cat err && return 1; }
      echo "piece $piece $options: $(tally) $(sql 'SELECT count(*) FROM w')"
      [ "$(tally)" = '3000 committed' ]
      [ "$(sql 'SELECT count(*) FROM w')" = 3000 ]
      [ "$piece" -gt 1 ] || grep -q retrying err
    done
  done
}

@test "out of memory at the start of a COPY, for good: it ends, and a later run loads every row" {
  # libpq would wait for a start that it has missed. A sanitizer has its own malloc.
  ! readelf -d "$(command -v pg-load)" | grep -qE 'lib(a|t)san' || return 0
  preload starved
  records 1 10 >in
  run timeout 60 env LD_PRELOAD="$PWD/starved.so" pg-load -t t --retry-timeout 1s <in
  echo "$output"
  [ "$status" -eq 75 ] || [ "$status" -eq 70 ]
  [[ $output != *committed\"* ]]
  [ "$(sql 'SELECT count(*) FROM t')" = 0 ]
  pg-load -t t <in >out
  [ "$(tally)" = '10 committed' ]
}

@test "a server stops in mid-stream and comes back: every row once" {
  mkfifo pipe
  pg-load -t t --linger 20ms <pipe >out 2>err 3>&- &
  pid=$!
  exec 9>pipe
  records 1 5 >&9
  eventually 60 lines_are out 5
  servers_postgres_stop QUIT
  records 1 10 >&9
  sleep 0.5
  lines_are out 5
  restart
  eventually 60 lines_are out 15
  exec 9>&-
  wait "$pid"
  [ "$(tally)" = '10 committed 5 duplicate' ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '10|10' ]
}

@test "a server stops for good in mid-stream: committed records are acknowledged, the others are not, 75" {
  mkfifo pipe
  pg-load -t t --linger 20ms --retry-timeout 1s <pipe >out 2>err 3>&- &
  pid=$!
  exec 9>pipe
  records 1 5 >&9
  eventually 60 lines_are out 5
  servers_postgres_stop
  records 6 10 >&9
  status=0
  wait "$pid" || status=$?
  exec 9>&-
  [ "$status" -eq 75 ]
  [ "$(tally)" = '5 committed' ]
  grep -q 'committed=5' err
}

@test "a server that answers no statement for six minutes, on a host that answers: a retry, every row once" {
  preload hasten
  mkfifo pipe
  PGCONNECT_TIMEOUT=1000 HASTEN=30 LD_PRELOAD=$PWD/hasten.so pg-load -v -t t --linger 0 --retry-timeout 30m <pipe >out 2>err 3>&- &
  pid=$!
  exec 9>pipe
  records 1 1 >&9
  eventually 60 lines_are out 1
  backend=$(sql "SELECT pid FROM pg_stat_activity WHERE application_name = 'pg-load' AND datname = current_database()")
  kill -STOP "$backend"
  records 2 3 >&9
  status=0
  eventually 60 lines_are out 3 || status=$?
  kill -CONT "$backend"
  [ "$status" -eq 0 ]
  exec 9>&-
  wait "$pid"
  grep -q 'retrying for up to' err
  [ "$(tally)" = '3 committed' ]
  [ "$(sql 'SELECT count(*) FROM t')" = 3 ]
}

@test "the backend is killed or cancelled in mid-batch: no verdict before the commit, every row once" {
  slow
  for function in pg_terminate_backend pg_cancel_backend; do
    sql 'TRUNCATE t'
    for more in '' --no-ledger; do
      sql "DROP TABLE IF EXISTS t_ledger; TRUNCATE t"
      # shellcheck disable=SC2086
      pg-load -t t $more <in >out 2>err 3>&- &
      pid=$!
      eventually 60 busy
      [ ! -s out ]
      signal "$function" >/dev/null
      wait "$pid"
      [ "$(tally)" = '5 committed' ]
      [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '5|5' ]
      grep -q 'retrying' err
    done
  done
}

@test "the loader is killed in mid-batch, then run again: every row once" {
  slow
  pg-load -t t <in >out 2>err 3>&- &
  pid=$!
  eventually 60 busy
  kill -9 "$pid"
  wait "$pid" || true
  [ ! -s out ]
  load_in -t t
  [ "$(tally)" = '5 committed' ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '5|5' ]
}

@test "the answer to COMMIT is lost: the ledger tells, every row once, every verdict true" {
  psql -qX -v ON_ERROR_STOP=1 -v table=t -f "$BATS_TEST_DIRNAME/../../share/sql/pg-load.sql"
  cutter 2 after
  PGHOST=$PWD/sock load_in -t t --no-create
  cat err cuts out
  [ "$status" -eq 0 ]
  [ "$(tally)" = '5 duplicate' ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '5|5' ]
  [ "$(grep -c "cut after" cuts)" = 2 ]
}

@test "COMMIT never arrives: the batch is repeated" {
  psql -qX -v ON_ERROR_STOP=1 -v table=t -f "$BATS_TEST_DIRNAME/../../share/sql/pg-load.sql"
  cutter 3 before
  for more in '' --no-ledger; do
    sql 'TRUNCATE t'
    # shellcheck disable=SC2086
    PGHOST=$PWD/sock load_in -t t --no-create $more
    [ "$(tally)" = '5 committed' ]
    [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '5|5' ]
  done
  [ "$(wc -l <cuts)" = 3 ]
}

@test "a retried batch counts once for --max-rejects" {
  psql -qX -v ON_ERROR_STOP=1 -v table=t -f "$BATS_TEST_DIRNAME/../../share/sql/pg-load.sql"
  echo 'no record' >>in
  cutter 2 before
  PGHOST=$PWD/sock load_in -t t --no-create --max-rejects 1
  [ "$status" -eq 0 ]
  [ "$(tally)" = '5 committed 1 quarantined' ]
  [ "$(wc -l <cuts)" = 2 ]
}

@test "every COMMIT is cut off: retries with pauses, then 75, nothing acknowledged" {
  psql -qX -v ON_ERROR_STOP=1 -v table=t -f "$BATS_TEST_DIRNAME/../../share/sql/pg-load.sql"
  cutter 100000 before
  export -f load_in
  run -0 timeout 60 bash -c 'PGHOST=$PWD/sock load_in -t t --no-create --retry-timeout 2s; echo "$status"'
  [ "$output" = 75 ]
  [ ! -s out ]
  [ "$(sql 'SELECT count(*) FROM t')" = 0 ]
  # Pauses are about a second then; without pauses there would be hundreds of tries.
  [ "$(wc -l <cuts)" -le 40 ]
}

@test "the answer to COMMIT is lost without a ledger: the server is asked how the transaction ended" {
  psql -qX -v ON_ERROR_STOP=1 -v table=t -f "$BATS_TEST_DIRNAME/../../share/sql/pg-load.sql"
  cutter 2 after
  PGHOST=$PWD/sock load_in -t t --no-create --no-ledger
  [ "$(tally)" = '5 committed' ]
  [ "$(sql 'SELECT count(*) FROM t')" = 5 ]
  # The same for records outside the ledger.
  sql 'TRUNCATE t'
  { records 1 3; echo '{"body":{"id":4}}'; } >in
  PGHOST=$PWD/sock load_in -t t --no-create
  [ "$(tally)" = '4 committed' ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '4|4' ]
  [ "$(wc -l <cuts)" = 2 ]
}

@test "faults are retried, then 75: a read-only server, too many connections" {
  load_in -t t
  sql "ALTER DATABASE \"$PGDATABASE\" SET default_transaction_read_only = on"
  records 6 9 >in
  load_in -t t --retry-timeout 1s
  [ "$status" -eq 75 ]
  [ ! -s out ]
  grep -q 25006 err
  PGUSER=full_up load_in -t t --retry-timeout 1s
  [ "$status" -eq 75 ]
  grep -q 53300 err
}

@test "refused for good: login, database, rights and tables end the run immediately, 69" {
  at_once() { load_in --retry-timeout 5m "$@" && cat err >>all; }
  before=$SECONDS
  PGDATABASE=nosuchdatabase at_once -t t
  [ "$status" -eq 69 ]
  [ "$(grep -o 3D000 err | wc -l)" = 1 ]
  grep -qF 'FATAL: database "nosuchdatabase" does not exist' err
  PGUSER=nosuchrole at_once -t t
  [ "$status" -eq 69 ]
  PGUSER=barred at_once -t t
  [ "$status" -eq 69 ]
  PGUSER=locked PGPASSWORD=canary at_once -t t
  [ "$status" -eq 69 ]
  grep -q 28P01 err
  run -1 grep canary err
  PGUSER=locked PGPASSFILE=/dev/null at_once -t t
  [ "$status" -eq 69 ]
  # Errors of libpq itself, before it asks a server.
  for setting in PGSERVICE=nosuchservice PGSSLMODE=bogus PGPORT=99999; do
    eval "$setting at_once -t t"
    [ "$status" -eq 69 ]
    run -1 grep retrying err
  done
  at_once -t nosuchtable
  [ "$status" -eq 69 ]
  grep -qxF "pg-load: error: table nosuchtable does not exist in database $PGDATABASE" err
  run -1 grep 'Odd Name' err
  for odd in 'Odd Name' Odd; do
    at_once -t "$odd"
    [ "$status" -eq 69 ]
    grep -qF 'write schema."Odd Name"' err
    run -1 grep SQLSTATE err
  done
  # No right to create the ledger; no right to insert.
  PGUSER=poor at_once -t t
  [ "$status" -eq 69 ]
  grep -qF 'cannot create the ledger public.t_ledger: SQLSTATE 42501' err
  PGUSER=poor at_once -t t --dry-run
  [ "$status" -eq 69 ]
  grep -qF 'cannot create the ledger public.t_ledger: SQLSTATE 42501' err
  at_once -t t
  records 6 9 >in
  PGUSER=poor at_once -t t
  [ "$status" -eq 69 ]
  grep -qF 'cannot write the ledger public.t_ledger: SQLSTATE 42501' err
  grep -qF 'grant SELECT, INSERT, DELETE on public.t_ledger' err
  # The summary is the last line, after the errors.
  [[ $(tail -n 1 err) = 'pg-load: committed=0 '* ]]
  sql 'GRANT ALL ON t_ledger, t_errors TO poor'
  records 6 9 >in
  PGUSER=poor at_once -t t
  [ "$status" -eq 69 ]
  [ ! -s out ]
  grep -q '42501' err
  grep -qF 'grant INSERT on public.t' err
  # The table is dropped while the loader waits for input.
  mkfifo pipe
  pg-load --retry-timeout 5m -t t --linger 20ms <pipe >out 2>err 3>&- &
  pid=$!
  exec 9>pipe
  records 11 12 >&9
  eventually 60 lines_are out 2
  sql 'ALTER TABLE t RENAME TO gone'
  records 13 14 >&9
  status=0
  wait "$pid" || status=$?
  exec 9>&-
  [ "$status" -eq 69 ]
  [ "$(wc -l <out)" = 2 ]
  cat err >>all
  run -1 grep retrying all
  # A single retry would have taken these five minutes.
  [ $((SECONDS - before)) -lt 300 ]
}

@test "row level security, which excludes COPY: 69, no record refused" {
  load_in -t t
  sql 'ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (true);
    GRANT ALL ON t, t_ledger, t_errors TO poor'
  records 6 9 >in
  PGUSER=poor load_in -t t
  [ "$status" -eq 69 ]
  [ ! -s out ]
  grep -q 't has row level security for this role, and COPY does not load such a table$' err
  records 6 6 >in
  PGUSER=poor load_in -t t
  [ "$status" -eq 69 ]
  [ "$(sql 'SELECT count(*) FROM t_errors')" = 0 ]
}

@test "a connect_timeout that is no number: 69, as for psql" {
  for value in abc 3x '3 s' 99999999999; do
    PGCONNECT_TIMEOUT=$value load_in -t t
    [ "$status" -eq 69 ]
    grep -q 'invalid integer value for connection option "connect_timeout"' err
    run ! psql -qXd "connect_timeout='$value'" -c ''
  done
  PGCONNECT_TIMEOUT=' 3 ' load_in -t t
  [ "$status" -eq 0 ]
}

@test "-d: a connection string, a URI, a database name" {
  db=$PGDATABASE host=$PGHOST
  unset PGDATABASE PGHOST
  records 1 1 >in
  for dsn in "host=$host dbname=$db" "postgresql:///$db?host=${host//\//%2F}"; do
    load_in -t t -d "$dsn" --no-ledger
    [ "$status" -eq 0 ]
  done
  PGHOST=$host load_in -t t --dsn="$db" --no-ledger
  [ "$status" -eq 0 ]
  printf '[s]\nhost=%s\ndbname=%s\n' "$host" "$db" >service
  PGSERVICEFILE=$PWD/service load_in -t t -d service=s --no-ledger
  [ "$status" -eq 0 ]
  export PGHOST=$host PGDATABASE=$db
  [ "$(sql 'SELECT count(*) FROM t')" = 4 ]
}

@test "SIGTERM during retries: they last for the grace period at most, then 75" {
  local status started mode
  for mode in --no-create --explain '--prune-ledger 30d'; do
    status=0
    rm -f err
    # shellcheck disable=SC2086
    PGHOST=$BATS_TEST_TMPDIR pg-load -t t --retry-timeout 60s --grace 1s $mode </dev/null >out 2>err 3>&- &
    eventually 60 grep -q 'retrying for up to 60 s' err
    started=$SECONDS
    kill "$!"
    wait "$!" || status=$?
    echo "status $status"
    cat err
    [ "$status" -eq 75 ]
    [ $((SECONDS - started)) -lt 30 ]
    [ ! -s out ]
  done
}

@test "--jobs: several connections load every row once, a redelivered message too" {
  records 1 2000 >in
  records 1 500 >>in
  load_in -t t --jobs 4 --batch-rows 50
  [ "$status" -eq 0 ]
  [ "$(tally)" = '2000 committed 500 duplicate' ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '2000|2000' ]
  load_in -t t --jobs 65
  [ "$status" -eq 64 ]
}

@test "--jobs: one batch ends the run while another is at work: the run waits for that one and prints its verdicts" {
  sql "CREATE FUNCTION slow_or_wrong() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      IF NEW.id = 1 THEN PERFORM pg_sleep(1);
      ELSIF NEW.id = 2 THEN RAISE EXCEPTION 'no' USING ERRCODE = 'data_corrupted'; END IF;
      RETURN NEW; END \$\$"
  sql 'CREATE TRIGGER slow_or_wrong BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow_or_wrong()'
  records 1 2 >in
  run -69 --separate-stderr timeout 20 pg-load -t t --jobs 2 --batch-rows 1 <in
  [ "$(jq -r '.sqs.receipt_handle + " " + .status' <<<"$output")" = 'h1 committed' ]
  [[ "$stderr" == *XX001* ]]
  [ "$(sql 'SELECT id FROM t')" = 1 ]
}

@test "--jobs: the verdicts of one batch cannot be written: the other batches are cancelled, 74" {
  psql -qX -v ON_ERROR_STOP=1 -v table=t -f "$BATS_TEST_DIRNAME/../../share/sql/pg-load.sql"
  slow 40
  SECONDS=0
  run -74 bash -c 'pg-load -t t --no-create --jobs 2 --batch-rows 2 <in >/dev/full 2>err'
  [ "$SECONDS" -lt 20 ]
  [ "$(sql 'SELECT count(*) FROM t WHERE id = 3')" = 0 ]
}

@test "SIGTERM while the server waits for a lock: cancelled after the grace period, 75, no verdict" {
  local status=0 started
  load_in -t t
  records 11 15 >in
  psql -qX -c 'BEGIN; LOCK t' -c 'SELECT pg_sleep(60)' >/dev/null 2>&1 3>&- &
  locks() { [ "$(sql "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND granted = $1")" -ge 1 ]; }
  eventually 60 locks true
  pg-load -t t --grace 200ms <in >out 2>err 3>&- &
  pid=$!
  eventually 60 locks false
  started=$SECONDS
  kill -TERM "$pid"
  wait "$pid" || status=$?
  started=$((SECONDS - started))
  sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'
    AND datname = current_database()" >/dev/null
  cat err
  [ "$status" -eq 75 ]
  [ "$started" -lt 9 ]
  [ ! -s out ]
  grep -q 'stopped before the last batch was committed' err
}

rows_are() { [ "$(sql 'SELECT count(*) FROM t')" = "$1" ]; }

@test "a reader that leaves verdicts in the pipe delays neither reading nor committing" {
  mkfifo pipe verdicts
  pg-load -t t --linger 50ms --batch-rows 2000 <pipe >verdicts 2>err 3>&- &
  exec 9>pipe 8<verdicts
  records 1 2000 >&9 # their verdicts fill more than a pipe
  eventually 60 rows_are 2000
  records 2001 2005 >&9
  eventually 60 rows_are 2005
  exec 9>&-
  cat <&8 >out
  wait $!
  [ "$(tally)" = '2005 committed' ]
}

@test "SIGTERM while no process reads the verdicts: 74 after the grace period" {
  local status=0
  records 1 20000 >in
  mkfifo blocked
  exec 8<>blocked
  pg-load -t t --grace 200ms <in >blocked 2>err 3>&- 8>&- &
  pid=$!
  loaded() { [ "$(sql 'SELECT count(*) FROM t')" -ge 20000 ]; }
  eventually 60 loaded
  kill -TERM "$pid"
  wait "$pid" || status=$?
  exec 8>&-
  [ "$status" -eq 74 ]
  grep -q 'standard output: its reader does not read' err
}
