#!/usr/bin/env bats
# pg-load: rows of one batch that can only be loaded on top of others of it.

load ../lib/common
load ../lib/records

setup() { pg_setup; }

# table COLUMNS: create t with id and those.
table() { sql "CREATE TABLE t (id integer, $1)"; }

# chain FIRST...: records of rows in that order; each row but number 1 names the one before it as its parent. The
# last record names one that no record has.
chain() {
  local id
  for id; do
    record "$id" "{\"id\":$id,\"parent\":$([ "$id" -eq 1 ] && echo null || echo $((id - 1)))}"
  done
  record 1000 '{"id":1000,"parent":999}'
}

# stored_all COUNT OPTION...: ./in gives COUNT rows and one refused record, and nothing is a duplicate. The verdicts
# agree with the table.
stored_all() {
  load_in -t t "${@:2}"
  [ "$(sql 'SELECT count(*) FROM t')" = "$1" ]
  [ "$(verdict 1000)" = "${REFUSED:-quarantined}" ]
  [[ $(tally) == "$1 committed 1 ${REFUSED:-quarantined}" ]]
}

@test "a chain of rows and one without a parent: every row of the chain is loaded, in any order" {
  table 'parent integer REFERENCES t (id), PRIMARY KEY (id)'
  for step in 60 37; do # modulo 61: backwards, and mixed
    mapfile -t ids < <(seq 60 | awk -v step="$step" '{ print ($1 * step) % 61 }')
    chain "${ids[@]}" >in
    stored_all 60
    [ "$(sql "SELECT count(*) FROM t_ledger")" = 60 ]
    load_in -t t
    [ "$(tally)" = '60 duplicate 1 quarantined' ]
    sql 'DROP TABLE t_ledger, t_errors; TRUNCATE t'
    REFUSED=rejected stored_all 60 --no-quarantine
    sql 'DROP TABLE t_ledger; TRUNCATE t'
    stored_all 60 --no-ledger
    sql 'DROP TABLE t_errors; TRUNCATE t'
    stored_all 60 --upsert id
    sql 'DROP TABLE t_ledger, t_errors; TRUNCATE t'
  done
  sql 'ALTER TABLE t ALTER CONSTRAINT t_parent_fkey DEFERRABLE INITIALLY DEFERRED'
  stored_all 60
}

@test "a chain in a partition of the table that the foreign key leads to" {
  sql 'CREATE TABLE r (id integer PRIMARY KEY, parent integer) PARTITION BY RANGE (id)'
  sql 'CREATE TABLE t PARTITION OF r FOR VALUES FROM (0) TO (2000); ALTER TABLE r ADD FOREIGN KEY (parent) REFERENCES r'
  chain 2 4 3 1 >in
  stored_all 4
}

@test "a trigger that asks for an earlier record of the batch" {
  table 'parent integer'
  sql "CREATE FUNCTION of_t() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      IF NEW.parent IS NOT NULL AND NOT EXISTS (SELECT FROM t WHERE id = NEW.parent) THEN RAISE 'none'; END IF;
      RETURN NEW; END \$\$"
  sql "CREATE TRIGGER parents BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION of_t()"
  # The second is of another set of columns, and is sent after the others.
  { record 1 '{"id":1,"parent":null}'; record 2 '{"id":2}'; chain 4 3; } >in
  stored_all 4
}

@test "--upsert: an order of keys in which a unique value is still taken" {
  table 'u integer UNIQUE, PRIMARY KEY (id)'
  sql 'INSERT INTO t VALUES (1, 1), (2, 2)'
  { record 1 '{"id":2,"u":9}'; record 2 '{"id":1,"u":2}'; } >in
  load_in -t t --upsert id
  [ "$(tally)" = '2 committed' ]
  [ "$(sql "SELECT string_agg(id || ':' || u, ' ' ORDER BY id) FROM t")" = '1:2 2:9' ]
}

@test "--upsert: a record that would have to come after a later one of its key is refused" {
  table 'v integer, parent integer REFERENCES t (id), PRIMARY KEY (id)'
  { record 1 '{"id":1,"v":1,"parent":50}'; record 2 '{"id":1,"v":2}'; record 3 '{"id":50}'; } >in
  chain >>in
  load_in -t t --upsert id
  [ "$(sql 'SELECT v FROM t WHERE id = 1')" = 2 ]
  [ "$(tally)" = '2 committed 2 quarantined' ]
  [ "$(verdict 1)" = quarantined ]
}

@test "a trigger that defers constraints again, and exit_on_error: the bad record is found" {
  sql 'CREATE TABLE other (id integer PRIMARY KEY); INSERT INTO other VALUES (1)'
  table 'n integer REFERENCES other DEFERRABLE INITIALLY DEFERRED'
  sql "CREATE FUNCTION of_t() RETURNS trigger LANGUAGE plpgsql AS
      \$\$ BEGIN SET CONSTRAINTS ALL DEFERRED; RETURN NEW; END \$\$"
  sql "CREATE TRIGGER late BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION of_t()"
  { record 1 '{"id":1,"n":1}'; record 1000 '{"id":2,"n":2}'; record 3 '{"id":3,"n":1}'; } >in
  stored_all 2
  sql "DROP FUNCTION of_t CASCADE; DROP TABLE t_ledger, t_errors; TRUNCATE t"
  { record 1 '{"id":1}'; record 1000 '{"id":"x"}'; record 3 '{"id":3}'; } >in
  PGOPTIONS="$PGOPTIONS -c exit_on_error=on" stored_all 2 --retry-timeout 1s
}

@test "rows that lack a row of another table are tried once" {
  sql 'CREATE TABLE other (id integer PRIMARY KEY); INSERT INTO other VALUES (1); CREATE SEQUENCE tries'
  table "n integer REFERENCES other, try bigint DEFAULT nextval('tries')"
  { record 1 '{"id":1,"n":1}'; record 1000 '{"id":2,"n":2}'; record 3 '{"id":3,"n":1}'; } >in
  stored_all 2
  foreign=$(sql "SELECT nextval('tries')")
  # The same with a table that may be its own parent: once more.
  sql "DROP TABLE t_ledger, t_errors; TRUNCATE t; ALTER SEQUENCE tries RESTART"
  sql "ALTER TABLE t ADD PRIMARY KEY (id), ADD COLUMN parent integer REFERENCES t"
  stored_all 2
  [ "$(sql "SELECT nextval('tries')")" -eq $((foreign + 1)) ]
}
