#!/usr/bin/env bats
# pg-load: other roles of the database, which replace the ledger or the error table, or
# attach objects to them, while a loader runs. A function that the loader called would
# run with its rights, and leave a trace that a rollback does not remove: here a
# sequence.

load ../lib/common
load ../lib/records

setup() {
  pg_setup
  LOADER=$(unique)_loader EVIL=$(unique)_evil
  sql "CREATE ROLE $LOADER LOGIN; CREATE ROLE $EVIL LOGIN; CREATE SCHEMA app; CREATE SCHEMA evil;
    GRANT USAGE, CREATE ON SCHEMA app TO $LOADER, $EVIL; GRANT USAGE, CREATE ON SCHEMA evil TO $EVIL;
    GRANT USAGE ON SCHEMA evil TO $LOADER; CREATE TABLE app.t (id integer); GRANT SELECT, INSERT ON app.t TO $LOADER"
  as_evil "CREATE SEQUENCE evil.calls; GRANT ALL ON evil.calls TO PUBLIC;
    CREATE FUNCTION evil.call() RETURNS boolean LANGUAGE plpgsql AS
      'BEGIN IF session_user = ''$LOADER'' THEN PERFORM nextval(''evil.calls''); END IF; RETURN true; END';
    CREATE FUNCTION evil.call_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM evil.call(); RETURN NEW; END'"
}

teardown() {
  common_teardown
  sql "DROP OWNED BY $LOADER, $EVIL CASCADE; DROP ROLE $LOADER, $EVIL"
}

as_evil() { PGUSER=$EVIL psql -qXAt -v ON_ERROR_STOP=1 -c "$1"; }
called() { [ "$(sql 'SELECT is_called FROM evil.calls')" = t ]; }

# table KIND: print SQL for a table that pg-load accepts as the ledger or the error table,
# except for the function that it calls.
table() {
  case $1 in
  ledger) echo "(key uuid PRIMARY KEY CHECK (evil.call()), loaded_at timestamptz DEFAULT now())" ;;
  errors) echo "(key uuid PRIMARY KEY CHECK (evil.call()), message_id text, ledger_key uuid, content uuid, stage text,
    code text, sqlstate text, column_name text, constraint_name text, record text, count bigint DEFAULT 1,
    first_at timestamptz DEFAULT now(), last_at timestamptz DEFAULT now(), resolved_at timestamptz)" ;;
  esac
}

# running OPTION...: start a loader that reads from descriptor 7, and load one
# record.
running() {
  rm -f pipe out
  mkfifo pipe
  PGUSER=$LOADER pg-load -t app.t --linger 10ms "$@" <pipe >out 2>err &
  echo $! >pid
  exec 7>pipe
  records 1 1 >&7
  eventually 60 lines_are out 1
}

# ended STATUS: send two more records, one of which is refused, and check the end.
ended() {
  local status=0 both
  both=$(record 2 '{"id":2}' && record 3 '{"id":"no number"}')
  # In one write, because it may end at the first.
  printf '%s\n' "$both" >&7
  exec 7>&-
  wait "$(cat pid)" || status=$?
  cat err
  [ "$status" -eq "$1" ]
}

@test "another role replaces the ledger or the error table while a loader runs: nothing of it is called, 69" {
  local kind
  for kind in ledger errors; do
    sql 'DROP TABLE IF EXISTS app.t_ledger, app.t_errors; TRUNCATE app.t'
    running
    # As the owner of the schema may.
    sql "DROP TABLE app.t_$kind"
    as_evil "CREATE TABLE app.t_$kind $(table "$kind"); GRANT ALL ON app.t_$kind TO PUBLIC"
    ended 69
    run -1 called
    grep -q "app.t_$kind belongs to $EVIL" err
    lines_are out 1
    [ "$(sql 'TABLE app.t')" = 1 ]
  done
}

@test "a trigger on them by a role that may only create triggers is never called, 69" {
  local kind
  for kind in ledger errors; do
    sql 'DROP TABLE IF EXISTS app.t_ledger, app.t_errors; TRUNCATE app.t'
    running
    sql "GRANT ALL ON app.t_$kind TO $EVIL"
    as_evil "CREATE TRIGGER x BEFORE INSERT OR UPDATE OR DELETE ON app.t_$kind FOR EACH ROW EXECUTE FUNCTION evil.call_row()"
    ended 69
    run -1 called
    grep -q "app.t_$kind, of $LOADER, has triggers" err
    lines_are out 1
  done
}

@test "a dry run finds a table of another role where it would create its own: 69" {
  local kind
  for kind in ledger errors; do
    sql 'DROP TABLE IF EXISTS app.t_ledger, app.t_errors; TRUNCATE app.t'
    running --dry-run
    as_evil "CREATE TABLE app.t_$kind $(table "$kind"); GRANT ALL ON app.t_$kind TO PUBLIC"
    ended 69
    run -1 called
    grep -q "app.t_$kind belongs to $EVIL" err
    lines_are out 1
  done
}

@test "a partition or a child of the ledger that another role owns: 69, and the role is named" {
  local make
  while read -r make; do
    sql 'DROP TABLE IF EXISTS app.t_ledger CASCADE; DROP TABLE IF EXISTS app.t_errors'
    sql "$make"
    sql "ALTER TABLE app.part OWNER TO $EVIL; GRANT ALL ON app.t_ledger TO $LOADER"
    as_evil "ALTER TABLE app.part ADD CHECK (evil.call())"
    records 1 3 >in
    PGUSER=$LOADER load_in -t app.t
    cat err
    [ "$status" -eq 69 ]
    run -1 called
    grep -q "app.t_ledger belongs to $EVIL" err
  done <<'END_'
CREATE TABLE app.t_ledger (key uuid PRIMARY KEY, loaded_at timestamptz DEFAULT now()) PARTITION BY HASH (key); CREATE TABLE app.part PARTITION OF app.t_ledger FOR VALUES WITH (MODULUS 1, REMAINDER 0)
CREATE TABLE app.t_ledger (key uuid PRIMARY KEY, loaded_at timestamptz DEFAULT now()); CREATE TABLE app.part () INHERITS (app.t_ledger)
END_
}
