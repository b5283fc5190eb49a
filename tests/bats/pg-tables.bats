#!/usr/bin/env bats
# pg-load: the ledger and the error table, their names, rights and creation.

load ../lib/common
load ../lib/records

setup() { pg_setup; }

create_t() { sql "CREATE TABLE t (id integer, v varchar(5), n integer)"; }

@test "eight parallel loaders create the tables once, in each of five rounds" {
  records 1 10 >in
  for round in 1 2 3 4 5; do
    fresh_database
    create_t
    pids=()
    for n in {1..8}; do
      pg-load -t t -j 2 --batch-rows 3 <in >"out$n" 2>"err$n" 3>&- &
      pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || { echo "round $round" && cat err[1-8] && return 1; }; done
    cat err[1-8] >err
    [ ! -s err ] || { cat err && return 1; }
    cat out[1-8] >out
    [ "$(tally)" = '10 committed 70 duplicate' ]
    [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '10|10' ]
  done
}

@test "a table that is dropped while it is looked up: 69, and the map is not blamed" {
  create_t
  records 1 10 >in
  echo 'id = .body.id' >map
  preload meanwhile
  MEANWHILE='DROP TABLE t' MEANWHILE_BEFORE='pg_attribute a CROSS JOIN' \
    run -69 --separate-stderr env LD_PRELOAD="$PWD/meanwhile.so" pg-load -t t -m map <in
  [[ $stderr == *'table t does not exist'* ]]
  [ -z "$output" ]
}

@test "a loader that finds another one creating the tables waits for it" {
  create_t
  records 1 10 >in
  # The lock is held until the loader waits.
  mkfifo pipe
  psql -qX -v ON_ERROR_STOP=1 -o /dev/null -f pipe 3>&- &
  other=$!
  exec 7>pipe
  echo 'BEGIN; SELECT pg_advisory_xact_lock(126931101184103);
    CREATE TABLE t_ledger (key uuid PRIMARY KEY, loaded_at timestamptz NOT NULL DEFAULT now());' >&7
  locks() { [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted = $1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")" = 1 ]; }
  eventually 60 locks true
  load_in -t t 3>&- 7>&- &
  loader=$!
  eventually 60 locks false
  echo 'COMMIT;' >&7
  exec 7>&-
  wait "$other" "$loader"
  [ ! -s err ]
  [ "$(tally)" = '10 committed' ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 10 ]
}

@test "--prune-ledger deletes old keys, and young ones only with --force" {
  create_t
  records 1 10 >in
  load_in -t t
  sql "UPDATE t_ledger SET loaded_at = now() - interval '20 days'
    WHERE key IN (SELECT key FROM t_ledger ORDER BY key LIMIT 4)"
  load_in -t t --prune-ledger 15d
  [ "$status" -eq 0 ]
  [ ! -s out ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 6 ]
  load_in -t t --prune-ledger 14d
  [ "$status" -eq 64 ]
  # Options that promise to change nothing change nothing.
  for look in --dry-run -n --explain; do
    load_in -t t --prune-ledger 1ms --force "$look"
    [ "$status" -eq 64 ]
    grep -qF -- '--prune-ledger excludes --dry-run and --explain' err
  done
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 6 ]
  load_in -t t --prune-ledger 1ms --force
  [ "$status" -eq 0 ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 0 ]
}

@test "--no-create works with the tables created from share/sql" {
  create_t
  records 1 10 >in
  load_in -t t --no-create
  [ "$status" -eq 69 ]
  [ ! -s out ]
  grep -q 't_ledger' err
  grep -q '/share/sqs2pg/sql/pg-load.sql, or give --no-ledger' err
  load_in -t t --prune-ledger 30d
  [ "$status" -eq 69 ]
  grep -q 'the ledger public.t_ledger does not exist' err
  run -1 grep -e '--no-ledger' err
  psql -qX -v ON_ERROR_STOP=1 -v table=t -f "$ROOT/share/sql/pg-load.sql"
  load_in -t t --no-create
  [ "$(tally)" = '10 committed' ]
  # They are the same as those it creates itself.
  sql 'CREATE TABLE u (id integer)'
  : >in
  load_in -t u
  described() {
    psql -qX -c "\\d $1_ledger" -c "\\d $1_errors" | sed "s/\"$1_/\"/; s/public\.$1_/public./; s/^ *Table/Table/"
  }
  diff <(described t) <(described u)
}

@test "share/sql stops at its first error, with status 3" {
  status=0
  psql -qX -f "$ROOT/share/sql/pg-load.sql" >out 2>err || status=$?
  [ "$status" -eq 3 ]
  grep -qF 'usage: psql [-v schema=SCHEMA] -v table=TABLE -f pg-load.sql' err
  grep -qF 'no table given' err
  [ "$(sql "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")" = 0 ]
  psql -qX -v table=t -f "$ROOT/share/sql/pg-load.sql"
  status=0
  psql -qX -v table=t -f "$ROOT/share/sql/pg-load.sql" >out 2>err || status=$?
  [ "$status" -eq 3 ]
  [ "$(grep -c ERROR err)" = 1 ]
}

@test "share/sql has the table of the shipped map" {
  psql -qX -f "$ROOT/share/sql/user_logins.sql"
  psql -qX -c '\d user_logins' >found
  sql 'DROP TABLE user_logins'
  create_user_logins
  psql -qX -c '\d user_logins' | diff - found
}

@test "a loader needs no rights beyond these tables" {
  create_t
  psql -qX -v ON_ERROR_STOP=1 -v table=t -f "$ROOT/share/sql/pg-load.sql"
  role=$(unique)
  sql "CREATE ROLE $role LOGIN; GRANT INSERT ON t TO $role; GRANT SELECT, INSERT, DELETE ON t_ledger TO $role;
    GRANT SELECT, INSERT, UPDATE ON t_errors TO $role"
  { records 1 10 && record 11 '{"id":"x"}' && records 1 3; } >in
  PGUSER=$role load_in -t t --no-create
  [ "$(tally)" = '10 committed 3 duplicate 1 quarantined' ]
  record 11 '{"id":11}' >in
  PGUSER=$role load_in -t t
  [ "$(sql 'SELECT count(resolved_at) FROM t_errors')" = 1 ]
  # The very first record is refused: one bad record does not end the run.
  sql "TRUNCATE t_ledger"
  record 12 '{"id":"x"}' >in
  PGUSER=$role load_in -t t
  [ "$(tally)" = '1 quarantined' ]
  sql "DROP OWNED BY $role; DROP ROLE $role"
}

@test "the ledger and the error table can have other names, in other schemas" {
  sql 'CREATE SCHEMA "Odd Schema"; CREATE TABLE "Odd Schema"."My Table" ("The Id" integer, "a.b" text)'
  printf '{"sqs":{"message_id":"%s"},"body":{"The Id":1,"a.b":"x"}}\n{"body":{"The Id":"x"}}\n' "$(mid 1)" >in
  load_in -t '"Odd Schema"."My Table"'
  [ "$(tally)" = '1 committed 1 quarantined' ]
  [ "$(sql "SELECT count(*) FROM \"Odd Schema\".\"My Table_ledger\" WHERE substr(key::text, 15, 1) = '8'")" = 1 ]
  [ "$(sql 'SELECT column_name FROM "Odd Schema"."My Table_errors"')" = 'The Id' ]
  load_in -t '"Odd Schema"."My Table"' --ledger-table public.l --error-table '"E"'
  [ "$(tally)" = '1 committed 1 quarantined' ]
  [ "$(sql "SELECT count(*) FROM public.l WHERE substr(key::text, 15, 1) = '8'")" = 1 ]
  [ "$(sql 'SELECT count(*) FROM "Odd Schema"."E"')" = 1 ]
  # A default name that would be too long must be given.
  long=$(printf 'x%.0s' {1..60})
  sql "CREATE TABLE $long (id integer)"
  load_in -t "$long"
  [ "$status" -eq 64 ]
  grep -q 'ledger-table' err
  echo '{"body":{"id":1}}' >in
  load_in -t "$long" --ledger-table l2 --error-table e2
  [ "$status" -eq 0 ]
}

@test "the settings of database and session change neither names nor values" {
  sql 'CREATE TABLE "é" (id integer, "ü" text[])'
  sql "ALTER DATABASE $PGDATABASE SET client_encoding = LATIN1; ALTER DATABASE $PGDATABASE SET array_nulls = off;
    ALTER DATABASE $PGDATABASE SET standard_conforming_strings = off"
  records 1 2 '"ü":["x",null]' >in
  load_in -t '"é"' --ledger-table '"l\ö''"' --error-table '"e\ö''"'
  cat err
  [ "$status" -eq 0 ]
  [ "$(tally)" = '2 committed' ]
  load_in -t '"é"' --ledger-table '"l\ö''"' --error-table '"e\ö''"'
  [ "$(tally)" = '2 duplicate' ]
  export PGCLIENTENCODING=LATIN1
  load_in -t '"é"'
  [ "$(tally)" = '2 committed' ]
  [ "$(PGCLIENTENCODING=UTF8 sql 'SELECT DISTINCT "ü"[2] IS NULL FROM "é"')" = t ]
}

@test "--explain: the name of a column forges no line" {
  sql "$(printf 'CREATE TABLE t ("a\tb\nid\e[31m" integer, id integer)')"
  : >in
  load_in --explain -t t
  cat out
  [ "$(wc -l <out)" -eq 2 ]
  run -1 grep -P '[\x00-\x08\x0b-\x1f]' out
}
