#!/usr/bin/env bats
# pg-load: other roles of the database, which may write in a schema that the loader
# searches, have created its tables before, or put names into its errors.

load ../lib/common
load ../lib/records

setup() {
  pg_setup
  LOADER=$(unique)_loader EVIL=$(unique)_evil
  sql "CREATE ROLE $LOADER LOGIN; CREATE ROLE $EVIL LOGIN; CREATE SCHEMA app; GRANT USAGE, CREATE ON SCHEMA app TO $LOADER"
}

teardown() { sql "DROP OWNED BY $LOADER, $EVIL CASCADE; DROP ROLE $LOADER, $EVIL"; }

as_loader() { PGUSER=$LOADER load_in "$@"; }

# everything: does all that pg-load does in the database, in each of its ways; the
# results are in ./story.
everything() {
  : >story
  step() {
    as_loader -t app.t "$@"
    echo "$* $status $(tally)" >>story
    cat err >>said
  }
  records 1 20 >in
  step --explain
  step --dry-run --batch-rows 7
  step
  { records 15 25; record 30 '{"id":"no number"}'; record 31 '{"id":31,"tags":"{a,b}","at":"2026-11-29T01:02:03Z"}'; } >in
  step
  echo '{"body":{"id":40}}' >in
  step
  # The lone row, and the value of a type that raises XX000 or a similar state.
  record 50 '{"id":50,"words":"a !! b"}' >in
  step
  record 30 '{"id":30}' 2 >in
  step
  { record 61 '{"id":61}'; record 61 '{"id":62}'; } >in
  step
  records 71 72 >in
  step --no-ledger --no-quarantine
  records 72 74 >in
  step --key .body.id -j 2
  records 76 77 >in
  step --key '.body.id | tostring' --ledger-table app.f
  records 81 82 >in
  step --ledger-table app.l --error-table app.e
  step --prune-ledger 1ms --force
  {
    sql "SELECT id, tags, at, words FROM app.t ORDER BY id"
    sql "SELECT message_id, code, sqlstate, column_name, resolved_at IS NULL FROM app.t_errors ORDER BY 1, 2"
    sql "SELECT count(*) FROM app.t_ledger"
  } >>story
}

create_t() {
  sql "DROP SCHEMA app CASCADE; CREATE SCHEMA app; GRANT USAGE, CREATE ON SCHEMA app TO $LOADER;
    CREATE TABLE app.t (id integer UNIQUE DEFERRABLE INITIALLY DEFERRED, tags text[], at timestamptz, words tsquery);
    GRANT SELECT, INSERT ON app.t TO $LOADER"
}

@test "with any search_path, nothing of another role is called" {
  create_t
  everything
  mv story wanted
  grep -q '20 committed' wanted
  grep -q 'split' wanted
  # Each way must work: a statement that always fails would look the same under any search_path.
  cat wanted
  run -1 grep -vE '^(--?[a-z].*)? 0( |$)|\||^[0-9]+$' wanted
  create_t
  psql -qXAt -v schema=shadow -f "$ROOT/tests/lib/shadow.sql" >made
  cat made
  read -r functions _ operators _ names _ <made
  [ "$functions" -gt 2500 ] && [ "$operators" -gt 700 ] && [ "$names" -gt 150 ]
  # The shadow objects must be called, or the test would show nothing.
  sql "ALTER ROLE $LOADER SET search_path = shadow, pg_catalog; ALTER ROLE $LOADER SET log_statement = 'all'"
  run -1 env PGUSER="$LOADER" psql -qXAtc "SELECT unnest('{}'::pg_catalog.uuid[])"
  run -1 env PGUSER="$LOADER" psql -qXAtc "SELECT 1 + 1"
  run -1 env PGUSER="$LOADER" psql -qXAtc "SELECT 'x'::text"
  [ -z "$(PGUSER=$LOADER psql -qXAtc 'SELECT relname FROM pg_class')" ]
  everything
  diff wanted story
  # Each function that the statements name has a shadow, a new one too.
  grep -aoE 'pg_catalog\.[a-z_]+\(' "$SERVERS_DIR/postgres/log" | tr -d '(' | cut -d. -f2 | sort -u >named
  cat named
  [ "$(wc -l <named)" -ge 8 ]
  while read -r name; do
    [ "$(sql "SELECT count(*) > 0 FROM pg_proc WHERE pronamespace = 'shadow'::regnamespace AND proname = '$name'")" = t ] ||
      { echo "no shadow of $name" && return 1; }
  done <named
}

@test "a ledger or an error table of another role: 69, and the role is named" {
  local table
  sql "CREATE TABLE app.t (id integer); GRANT SELECT, INSERT ON app.t TO $LOADER; GRANT USAGE, CREATE ON SCHEMA app TO $EVIL"
  records 1 3 >in
  as_loader -t app.t
  [ "$status" -eq 0 ]
  for table in ledger errors; do
    sql "ALTER TABLE app.t_$table OWNER TO $EVIL; GRANT ALL ON app.t_$table TO $LOADER"
    records 4 6 >in
    as_loader -t app.t
    [ "$status" -eq 69 ]
    [ ! -s out ]
    cat err
    grep -q "app.t_$table belongs to $EVIL, who is neither the loader, nor the table's owner, nor a superuser" err
    # The owner of the target is allowed.
    sql "ALTER TABLE app.t OWNER TO $EVIL; GRANT ALL ON app.t TO $LOADER"
    as_loader -t app.t
    [ "$status" -eq 0 ]
    sql "ALTER TABLE app.t OWNER TO CURRENT_USER; ALTER TABLE app.t_$table OWNER TO CURRENT_USER"
  done
}

@test "a ledger or an error table with triggers, rules, row security or required columns: 69" {
  local table change undo
  sql "CREATE TABLE app.t (id integer); GRANT SELECT, INSERT ON app.t TO $LOADER;
    CREATE FUNCTION app.drop_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
  records 1 3 >in
  as_loader -t app.t
  for table in ledger errors; do
    while IFS='|' read -r change undo; do
      sql "${change//TABLE_/app.t_$table}"
      records 4 6 >in
      as_loader -t app.t
      cat err
      [ "$status" -eq 69 ]
      [ ! -s out ]
      grep -qE "app.t_$table, of $LOADER, (has triggers, rules or row security|lacks a column .* or has a column that must be given)" err
      sql "${undo//TABLE_/app.t_$table}"
    done <<'END'
CREATE TRIGGER x BEFORE INSERT ON TABLE_ FOR EACH ROW EXECUTE FUNCTION app.drop_row()|DROP TRIGGER x ON TABLE_
CREATE RULE x AS ON INSERT TO TABLE_ DO INSTEAD NOTHING|DROP RULE x ON TABLE_
ALTER TABLE TABLE_ ENABLE ROW LEVEL SECURITY|ALTER TABLE TABLE_ DISABLE ROW LEVEL SECURITY
ALTER TABLE TABLE_ ADD x integer; UPDATE TABLE_ SET x = 1; ALTER TABLE TABLE_ ALTER x SET NOT NULL|ALTER TABLE TABLE_ DROP x
END
    # Columns that need no value are allowed.
    sql "ALTER TABLE app.t_$table ADD x integer, ADD y integer NOT NULL DEFAULT 1"
  done
  records 7 8 >in
  as_loader -t app.t
  [ "$status" -eq 0 ]
  [ "$(tally)" = '2 committed' ]
}

@test "names in an error report that the catalogue does not have are neither printed nor stored" {
  sql "CREATE TABLE app.t (id integer CHECK (id <> 3), v text);
    CREATE FUNCTION app.tell() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      IF NEW.v IS NOT NULL THEN
        RAISE 'no' USING ERRCODE = NEW.v, COLUMN = 'column-canary', CONSTRAINT = 'constraint-canary',
          TABLE = 'table-canary', SCHEMA = 'schema-canary', DATATYPE = 'type-canary';
      END IF;
      RETURN NEW; END \$\$;
    CREATE TRIGGER tell BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION app.tell();
    GRANT SELECT, INSERT ON app.t TO $LOADER"
  {
    records 1 3
    record 4 '{"id":4,"v":"P0001"}'
    record 5 '{"id":5,"v":"23505"}'
    record 6 '{"id":6,"v":"23505"}'
    record 7 '{"id":"no number"}'
  } >in
  as_loader -v -t app.t
  cp err all
  [ "$(tally)" = '2 committed 5 quarantined' ]
  # Names from a fault are not printed either, nor from an error that ends the run.
  record 8 '{"id":8,"v":"40001"}' >in
  as_loader -v -t app.t --retry-timeout 1s
  [ "$status" -eq 75 ]
  cat err >>all
  record 9 '{"id":9,"v":"XX001"}' >in
  as_loader -v -t app.t
  [ "$status" -eq 69 ]
  cat err >>all
  sql 'TABLE app.t_errors' >>all
  cat all
  run -1 grep -q canary all
  # Names that the catalogue has are printed.
  [ "$(sql "SELECT message_id, sqlstate, column_name, constraint_name FROM app.t_errors ORDER BY 1")" = \
    "$(mid 3)|23514||t_id_check
$(mid 4)|P0001||
$(mid 5)|23505||
$(mid 6)|23505||
$(mid 7)|22P02|id|" ]
}

@test "error rows hold no receipt handle" {
  sql "CREATE TABLE app.t (id integer); GRANT SELECT, INSERT ON app.t TO $LOADER"
  cat >in <<'END'
{"sqs":{"message_id":"m1","receipt_handle":"handle-canary","sent_at":"x"},"body":{"id":"no"}}
{"sqs":{"receipt_handle":"handle-canary","message_id":"m2"},"body":{"id":"no"}}
{"sqs":{"message_id":"m3", "receipt_handle" : "handle-canary" },"body":{"id":"no","receipt_handle":"stays"}}
{"sqs":{"receipt_handle":"handle-canary"},"body":{"id":"no"}}
{"sqs":{"message_id":"m5","\u0072eceipt_handle":"handle-canary"},"body":{"id":"no"}}
{"sqs":{"message_id":"m6","receipt_handle":"handle-canary","receipt_handle":"handle-canary"},"body":{"id":"no"}}
{"sqs":{"message_id":"m7","receipt_handle":"handle-canary"},"sqs":{"message_id":"m7","receipt_handle":"handle-canary"},"body":{"id":"no"}}
{"sqs":{"message_id":"m8","receipt_handle":"handle-canary"},"error":{"stage":"mask","code":"syntax"},"sealed":"seal1.0011aabb.QUJD"}
{"sqs":{"message_id":"m9","receipt_handle":"handle-canary"},"body":{"id":nonsense}}
END
  as_loader -t app.t
  [ "$(tally)" = '9 quarantined' ]
  sql "SELECT record FROM app.t_errors ORDER BY message_id" >records
  cat records
  [ "$(wc -l <records)" -eq 9 ]
  run -1 grep -q canary records
  [ "$(grep -c '"receipt_handle":"stays"' records)" -eq 1 ]
  # They still are the same records.
  [ "$(sql "SELECT count(record::json) FROM app.t_errors WHERE message_id IS NULL OR message_id <> 'm9'")" = 8 ]
  [ "$(sql "SELECT record::json -> 'sqs' ->> 'sent_at' FROM app.t_errors WHERE message_id = 'm1'")" = x ]
  # The copy for a replay is the original line.
  sed -i 's/"m/"n/' in
  as_loader -t app.t --reject-file rejects
  cmp in rejects
}
