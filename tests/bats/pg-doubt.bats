#!/usr/bin/env bats
# pg-load: a COMMIT whose outcome is unknown at first: a missing standby, a lost
# answer, an id that the server assigns again. On a server of its own, which speaks
# German, because some of this is only in its messages.

load ../lib/common
load ../lib/records

setup_file() {
  export BATS_NO_PARALLELIZE_WITHIN_FILE=true SERVERS_PG=german
  servers_begin
  servers_postgres_start
  psql -qX -c 'CREATE ROLE silent LOGIN' -c 'CREATE ROLE bare LOGIN' \
    -c 'ALTER ROLE silent SET client_min_messages = error' -c 'ALTER ROLE silent SET synchronous_commit = local' >/dev/null
}

teardown_file() { servers_stop; }

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer)'
  psql -qX -v ON_ERROR_STOP=1 -v table=t -f "$ROOT/share/sql/pg-load.sql"
  sql 'GRANT INSERT ON t TO silent, bare; GRANT SELECT, INSERT, DELETE ON t_ledger TO silent, bare;
    GRANT SELECT, INSERT, UPDATE ON t_errors TO silent, bare'
  records 1 5 >in
}

teardown() {
  for name in pid cut.pid; do [ ! -s "$name" ] || kill -9 "$(<"$name")" 2>/dev/null || true; done
  servers_standby_drop
  pg_isready -q || servers_postgres_start
  PGDATABASE=postgres psql -qX -c 'ALTER SYSTEM RESET ALL' -c 'SELECT pg_reload_conf()' >/dev/null
}

# waited_for NAMES: the standbys that a COMMIT waits for; '*' is any one.
waited_for() {
  psql -qX -c "ALTER SYSTEM SET synchronous_standby_names = '$1'" -c 'SELECT pg_reload_conf()' >/dev/null
  eventually 60 names_are "$1"
}
names_are() { [ "$(sql 'SHOW synchronous_standby_names')" = "$1" ]; }

# begin OPTION...: start a loader of ./in, whose process id is ${pid}.
begin() {
  pg-load -t t --no-create "$@" <in >out 2>err 3>&- &
  pid=$!
  echo "$pid" >pid
}

# waits [PID]: print the backend of the loader that waits for a standby, if it is not PID.
waits() {
  sql "SELECT pid || ' ' || xact_start FROM pg_stat_activity WHERE application_name = 'pg-load'
    AND datname = current_database() AND wait_event = 'SyncRep'" >waiting
  [ -s waiting ] && [ "$(<waiting)" != "${1:-}" ]
}

# restart: start the server again, with the database of this test in PGDATABASE.
restart() {
  local database=$PGDATABASE
  servers_postgres_start
  export PGDATABASE=$database
}

# break_off HOW: breaks off the wait of the COMMIT.
break_off() {
  local backend
  read -r backend _ <waiting
  case $1 in
  cancel | terminate) [ "$(sql "SELECT pg_$1_backend($backend)")" = t ] ;;
  crash) kill -9 "$backend" ;;
  restart) servers_postgres_stop INT && restart ;;
  esac
}

# twice HOW OPTION...: the loader waits, its wait is broken off, and it waits again without a verdict.
twice() {
  local before how=$1
  shift
  begin "$@"
  eventually 60 waits
  before=$(<waiting)
  break_off "$how"
  eventually 60 waits "$before" || { cat err out && return 1; }
  [ ! -s out ]
}

@test "the wait for a standby is broken off, in any language, with messages hidden: no verdict before a standby has the rows" {
  local how options want user
  while IFS='|' read -r how user options want; do
    echo "$how $user $options"
    sql 'TRUNCATE t, t_ledger'
    { records 1 5; [ "$options" != unkeyed ] || echo '{"body":{"id":6}}'; } >in
    waited_for nobody
    # shellcheck disable=SC2086
    PGUSER=$user twice "$how" ${options#unkeyed}
    waited_for ''
    wait "$pid"
    [ "$(tally)" = "$want" ]
    [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = "$(wc -l <in)|$(wc -l <in)" ]
  done <<'END'
cancel|silent||5 duplicate
terminate|silent||5 duplicate
cancel|silent|--no-ledger|5 committed
terminate|postgres|--no-ledger|5 committed
cancel|bare|unkeyed|6 committed
crash|bare|unkeyed|6 committed
restart|postgres||5 duplicate
END
}

@test "duplicates wait for the standby too, even for a role that may neither write a WAL message nor lock a ledger row" {
  local message
  load_in -t t
  [ "$(tally)" = '5 committed' ]
  message=$(sql "SELECT string_agg(oid::regprocedure::text, ', ') FROM pg_proc WHERE proname = 'pg_logical_emit_message'")
  sql "REVOKE EXECUTE ON FUNCTION $message FROM PUBLIC"
  waited_for nobody
  for user in postgres bare; do
    PGUSER=$user begin
    eventually 60 waits
    [ ! -s out ]
    waited_for ''
    wait "$pid"
    [ "$(tally)" = '5 duplicate' ]
    waited_for nobody
  done
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 5 ]
}

@test "a notice of a trigger at COMMIT is no doubt, whatever its SQLSTATE" {
  sql "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      RAISE WARNING 'gone' USING ERRCODE = '57P01'; PERFORM set_config('client_min_messages', 'error', true);
      PERFORM set_config('synchronous_commit', 'off', true); RETURN NULL; END \$\$;
    CREATE CONSTRAINT TRIGGER f AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()"
  load_in -t t
  [ "$(tally)" = '5 committed' ]
  run -1 grep retrying err
  # Nor does it hide a real doubt.
  records 6 9 >in
  waited_for nobody
  twice cancel
  waited_for ''
  wait "$pid"
  [ "$(tally)" = '4 duplicate' ]
}

# borne_out: whether every event with a verdict that deletes is on the standby, which is promoted.
borne_out() {
  PGHOST=$SERVERS_DIR/standby sql 'SELECT pg_promote()' >/dev/null
  PGHOST=$SERVERS_DIR/standby sql 'SELECT id FROM t' | sort >there
  grep -oP '"receipt_handle":"h\K[0-9]+' out | sort -u >acked || true
  [ -z "$(comm -13 there acked)" ] || { echo "acknowledged and lost: $(comm -13 there acked | xargs)" && return 1; }
}

streams() { [ "$(sql "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync'")" = 1 ]; }

@test "the wait is broken off, then the primary is lost: the promoted standby confirms every verdict" {
  local how round
  for ((round = 1; round <= $(rounds 1 5); round++)); do
    # shellcheck disable=SC2046  # words
    for how in $(rounds 'cancel restart' 'cancel terminate crash restart'); do
      echo "$how $round"
      sql 'TRUNCATE t, t_ledger'
      records 1 20 >in
      servers_standby_start
      waited_for '*'
      eventually 60 streams
      servers_standby_stop
      twice "$how"
      # Half of them see the standby return before their primary is lost.
      if [ $(((round + ${#how}) % 2)) = 0 ]; then
        servers_standby_start
        wait "$pid"
        [ "$(tally)" = '20 duplicate' ]
        servers_postgres_stop QUIT
      else
        servers_postgres_stop QUIT
        servers_standby_start
        kill -9 "$pid"
        wait "$pid" || true
      fi
      borne_out
      servers_standby_drop
      restart
      waited_for ''
    done
  done
}

# cutter COUNT WHEN: set PGHOST to the proxy for programs started with ${cut}.
cutter() {
  rm -rf sock
  mkdir sock
  "$ROOT/tests/lib/pg_cut.py" sock/.s.PGSQL.5432 "$PGHOST/.s.PGSQL.5432" "$@" >cuts 3>&- &
  echo $! >cut.pid
  eventually 60 test -S sock/.s.PGSQL.5432
}

held() { grep -q held cuts; }
holds_xid() {
  sql "SELECT pid, backend_xid FROM pg_stat_activity WHERE application_name = 'pg-load'
    AND datname = current_database() AND backend_xid IS NOT NULL" >holder
  [ -s holder ]
}

# taken_over OPTION...: the COMMIT of the loader is held back, and the server crashes. Another writer
# commits transactions until it has the id of the loader, or is past it. Then the loader continues.
taken_over() {
  local backend
  cutter 1 hold
  PGHOST=$PWD/sock begin "$@"
  eventually 60 held
  holds_xid
  IFS='|' read -r backend xid <holder
  kill -9 "$backend"
  eventually 60 sql 'SELECT 1'
  sql "DO \$\$ BEGIN WHILE pg_current_xact_id()::text::bigint < $xid LOOP COMMIT; END LOOP; END \$\$"
  ended=$(sql "SELECT pg_xact_status('$xid')")
  : >sock/.s.PGSQL.5432.go
  status=0
  wait "$pid" || status=$?
  kill "$(<cut.pid)"
}

@test "a transaction id goes to another writer after a crash: no verdict on a missing row" {
  local options reused=0
  # Without a wait for the flush, such transactions stay in memory.
  psql -qX -c "ALTER SYSTEM SET wal_writer_delay = '10s'" -c "SELECT pg_reload_conf()" >/dev/null
  for ((round = 1; round <= $(rounds 1 10); round++)); do
    for options in --no-ledger unkeyed; do
      sql 'TRUNCATE t, t_ledger'
      { records 1 5; [ "$options" != unkeyed ] || echo '{"body":{"id":6}}'; } >in
      sql CHECKPOINT
      # shellcheck disable=SC2086
      taken_over ${options#unkeyed}
      [ "$ended" != committed ] || reused=$((reused + 1))
      echo "$options $ended $status $(tally)"
      cat err
      if [ "$options" = unkeyed ]; then
        [ "$status $(tally)" = '0 6 committed' ]
      elif [ "$status" != 0 ]; then
        [ "$status" -eq 75 ]
        [ ! -s out ]
        grep -q 'error: cannot tell whether the last batch was committed' err
      fi
      [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = "$(wc -l <out)|$(wc -l <out)" ]
    done
  done
  echo "reused: $reused"
  [ "$reused" -ge 1 ]
}

# another SQL: replaces the answer of pg_xact_status.
another() { sql "SET allow_system_table_mods = on; CREATE OR REPLACE FUNCTION pg_catalog.pg_xact_status(xid8) RETURNS text LANGUAGE sql AS \$\$ $1 \$\$"; }

@test "without a ledger: a transaction in progress is asked for again; an unknown one gives no verdict, 75" {
  waited_for nobody
  cutter 1 during
  PGHOST=$PWD/sock begin --no-ledger
  eventually 60 waits
  eventually 60 grep -q retrying err
  [ ! -s out ]
  waited_for ''
  wait "$pid"
  [ "$(tally)" = '5 committed' ]
  kill "$(<cut.pid)"
  cutter 1 after
  another 'SELECT NULL::text'
  PGHOST=$PWD/sock load_in -t t --no-create --no-ledger
  [ "$status" -eq 75 ]
  [ ! -s out ]
  grep -q 'error: cannot tell whether the last batch was committed' err
}

@test "without a ledger: the server resolves a lost answer whatever the role may read, or there is no verdict, 75" {
  cutter 2 after
  PGUSER=bare PGHOST=$PWD/sock load_in -t t --no-create --no-ledger
  [ "$status $(tally)" = '0 5 committed' ]
  sql 'REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC'
  PGUSER=bare PGHOST=$PWD/sock load_in -t t --no-create --no-ledger
  [ "$status" -eq 75 ]
  [ ! -s out ]
  PGUSER=bare load_in -t t --no-create --no-ledger
  [ "$status $(tally)" = '0 5 committed' ]
}
