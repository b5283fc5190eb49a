#!/usr/bin/env bats
# pg-load: errors that a type or a trigger raises for a value, not errors of a
# statement or of the server. pg-versions.bats has the types on every version.

load ../lib/common
load ../lib/records
load ../lib/types

setup() { pg_setup; }

# raising STATE: create a table t whose trigger raises that for id 30.
raising() {
  sql "SET client_min_messages = warning; DROP TABLE IF EXISTS t, t_errors, t_ledger; CREATE TABLE t (id integer, v text);
    CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      IF NEW.id = 30 THEN RAISE EXCEPTION 'canary' USING ERRCODE = '$1'; END IF; RETURN NEW; END \$\$;
    CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"
}

# refused_is STATE...: check the states in the error table.
refused_is() { [ "$(sql 'SELECT sqlstate FROM t_errors ORDER BY message_id' | xargs)" = "$*" ]; }

@test "a bad tsvector, regclass or hstore is refused alone: with --jobs, in small batches, in a dry run, without a ledger" {
  odd_database "$(unique)"
  odd_values_are_sorted_out 200 '' --jobs 3 --batch-rows 20
  odd_values_are_sorted_out 200 store --batch-rows 1
  odd_records 100
  sql 'DROP TABLE odd_errors, odd_ledger; TRUNCATE odd'
  load_in -t odd --dry-run
  [ "$status" -eq 0 ]
  [ "$(tally)" = '100 would-commit 18 would-quarantine' ]
  [ "$(sql 'SELECT count(*) FROM odd')" = 0 ]
  load_in -t odd --no-ledger --no-quarantine
  [ "$(tally)" = '100 committed 18 rejected' ]
  # No message has a value.
  run -1 grep -e open -e nosuch err
}

@test "an error of any class that a trigger raises for one record refuses that one; a deferred trigger's too" {
  for state in 42P01 42501 42601 3F000 28000 3D000 0A000 55000 25001 99999; do
    raising "$state"
    records 1 60 >in
    load_in -t t
    echo "$state $status $(tally)"
    [ "$status $(tally)" = '0 59 committed 1 quarantined' ]
    refused_is "$state"
    run -1 grep canary err
  done
  raising 42704
  sql 'DROP TRIGGER f ON t; CREATE CONSTRAINT TRIGGER f AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION f()'
  load_in -t t --dry-run
  [ "$status $(tally)" = '0 59 would-commit 1 would-quarantine' ]
  load_in -t t
  [ "$status $(tally)" = '0 59 committed 1 quarantined' ]
  refused_is 42704
}

@test "XX000 that no value raises, and XX001, refuse nothing: 69, and nothing acknowledged" {
  for state in XX000 XX001 XX002; do
    raising "$state"
    records 1 60 >in
    load_in -t t
    [ "$status" -eq 69 ]
    [ ! -s out ]
    grep -q "cannot load the rows: SQLSTATE $state" err
    [ "$(sql 'SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM t_errors)')" = '0|0' ]
  done
  # Together with a value that does raise it.
  sql 'CREATE EXTENSION hstore; ALTER TABLE t ADD h hstore'
  { records 1 20; record 21 '{"id":21,"h":"k=>"}'; records 22 40; } >in
  load_in -t t
  [ "$status $(wc -c <out)" = '69 0' ]
  sed -i '/"id":30}/d' in
  load_in -t t
  [ "$status $(tally)" = '0 38 committed 1 quarantined' ]
}

@test "faults of a trigger refuse nothing: 75" {
  for state in 53100 58030 40001; do
    raising "$state"
    records 1 60 >in
    load_in -t t --retry-timeout 100ms
    [ "$status $(wc -c <out)" = '75 0' ]
    [ "$(sql 'SELECT count(*) FROM t_errors')" = 0 ]
  done
}

@test "one bad value alone is refused in an empty table; more of its kind end the run" {
  sql 'CREATE TABLE t (id integer, v tsvector, w text)'
  record 1 "{\"id\":1,\"v\":\"'open\"}" >in
  load_in -t t
  [ "$status $(tally)" = '0 1 quarantined' ]
  refused_is 42601
  for n in {2..20}; do record "$n" "{\"id\":$n,\"v\":\"'open\"}"; done >in
  load_in -t t
  [ "$status $(wc -c <out)" = '69 0' ]
  grep -qxF 'pg-load: error: none of 19 records can be loaded, the first, line 1, for SQLSTATE 42601 syntax_error, column v' err
  # The same holds for an error raised on purpose, not for a missing object.
  raising 42P01
  record 30 '{"id":30}' >in
  load_in -t t
  [ "$status $(tally)" = '0 1 quarantined' ]
  sql "DROP TABLE t_errors; CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
    PERFORM 1 FROM nosuch; RETURN NEW; END \$\$"
  load_in -t t
  [ "$status $(wc -c <out)" = '69 0' ]
  # Unless others have passed in the run:
  sql "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
    IF NEW.id = 30 THEN PERFORM 1 FROM nosuch; END IF; RETURN NEW; END \$\$"
  load_in -t t
  [ "$status $(wc -c <out)" = '69 0' ]
  { records 1 3; cat in; } >both
  mv both in
  load_in -t t --batch-rows 1
  [ "$status $(tally)" = '0 3 committed 1 quarantined' ]
  refused_is 42P01
  # or others are loaded already.
  sql 'TRUNCATE t_errors'
  load_in -t t
  [ "$status $(tally)" = '0 3 duplicate 1 quarantined' ]
}

@test "an error before the server takes rows is about the statement: 69 immediately" {
  records 1 20 >in
  load_in -t nosuch
  [ "$status $(wc -c <out)" = '69 0' ]
  sql 'CREATE TABLE t (id integer, n integer DEFAULT 1); CREATE ROLE "'"$PGDATABASE"'" LOGIN'
  load_in -t t --dry-run
  [ "$(tally)" = '20 would-commit' ]
  # No right on a table, or on a column.
  sql "GRANT USAGE, CREATE ON SCHEMA public TO \"$PGDATABASE\""
  PGUSER=$PGDATABASE load_in -t t
  [ "$status $(wc -c <out)" = '69 0' ]
  grep -q 'SQLSTATE 42501 insufficient_privilege' err
  sql "GRANT INSERT (n) ON t TO \"$PGDATABASE\""
  PGUSER=$PGDATABASE load_in -t t
  [ "$status $(wc -c <out)" = '69 0' ]
  # A missing right for every row, also with few records, and with others loaded before.
  sql "CREATE SEQUENCE s; ALTER TABLE t ALTER n SET DEFAULT nextval('s'); GRANT INSERT ON t TO \"$PGDATABASE\""
  for last in 1 5 20; do
    records 1 "$last" >in
    for more in '' '--batch-rows 1'; do
      # shellcheck disable=SC2086
      PGUSER=$PGDATABASE load_in -t t $more
      [ "$status $(wc -c <out)" = '69 0' ]
      grep -q 'SQLSTATE 42501' err
    done
  done
  PGUSER=$PGDATABASE psql -qXc "INSERT INTO t_ledger (key) VALUES (gen_random_uuid())"
  PGUSER=$PGDATABASE load_in -t t --batch-rows 1
  [ "$status $(wc -c <out)" = '69 0' ]
  [ "$(sql 'SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM t_errors)')" = '0|0' ]
  sql "GRANT USAGE ON SEQUENCE s TO \"$PGDATABASE\""
  PGUSER=$PGDATABASE load_in -t t
  [ "$status $(tally)" = '0 20 committed' ]
}
