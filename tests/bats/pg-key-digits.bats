#!/usr/bin/env bats
# pg-load: a --key with a filter, and ledgers with keys of another jq than that of this system.

load ../lib/common
load ../lib/records

KEEPS='Keys that a filter made are of a jq that keeps digits'
ROUNDS='Keys that a filter made are of a jq that rounds numbers'

setup() {
  pg_setup
  sql 'CREATE TABLE t (id text)'
  { record 1 '{"id":1.10}' && record 2 '{"id":2.5}' && record 3 '{"id":"x"}'; } >in
  # The kind of jq on this system; tests branch on it.
  own=ROUNDS
  [ "$(jq . <<<1.10)" != 1.10 ] || own=KEEPS
}

comment() { sql "SELECT obj_description('t_ledger'::regclass)"; }
# say TEXT: set the comment of the ledger.
say() { sql "COMMENT ON TABLE t_ledger IS '$1'"; }
by_filter() { load_in -t t --key '.body.id | tostring' "$@"; }

@test "an empty ledger is marked once with the jq of its keys, when a filter makes them" {
  load_in -t t --key .body.id
  [ "$(tally)" = '3 committed' ]
  [ -z "$(comment)" ]
  sql 'TRUNCATE t_ledger'
  say 'of logins'
  by_filter --dry-run
  [ "$(comment)" = 'of logins' ]
  by_filter --no-create
  [ "$(comment)" = 'of logins' ]
  sql 'TRUNCATE t_ledger'
  by_filter
  [ "$(tally)" = '3 committed' ]
  [ ! -s err ]
  [ "$(comment)" = "of logins; ${!own}" ]
  # A ledger that the run creates is marked too; so is one for a filter of the whole record.
  sql 'DROP TABLE t_ledger'
  load_in -t t --key '[.body.id] | first'
  [ "$(comment)" = "${!own}" ]
  load_in -t t --key '[.body.id] | first'
  [ "$(tally)" = '3 duplicate' ]
  [ ! -s err ]
  [ "$(comment)" = "${!own}" ]
}

@test "a ledger that another role owns is left unchanged" {
  load_in -t t --key .body.id
  sql 'TRUNCATE t, t_ledger'
  role=r_$PGDATABASE
  sql "CREATE ROLE $role LOGIN; GRANT INSERT ON t TO $role; GRANT SELECT, INSERT, DELETE ON t_ledger TO $role;
    GRANT SELECT, INSERT, UPDATE ON t_errors TO $role"
  PGUSER=$role by_filter
  if [ "$own" = ROUNDS ]; then
    [ "$(tally)" = '3 committed' ]
    [ ! -s err ]
  else
    # It counts as one with rounded keys, from the first record on.
    [ "$(tally)" = '2 committed 1 quarantined' ]
  fi
  [ -z "$(comment)" ]
  sql "DROP OWNED BY $role; DROP ROLE $role"
}

@test "a ledger of a jq that keeps digits: 69 with a jq that rounds numbers, but a plain path is accepted" {
  by_filter
  say "$KEEPS"
  by_filter
  if [ "$own" = ROUNDS ]; then
    [ "$status" -eq 69 ]
    [ ! -s out ]
    grep -qx 'pg-load: error: ledger public.t_ledger has keys made by a jq that keeps digits; this jq rounds numbers' err
    grep -qx 'pg-load: hint: give --key a plain path, or name another ledger with --ledger-table' err
  else
    [ "$(tally)" = '3 duplicate' ]
    [ ! -s err ]
  fi
  load_in -t t --key .body.id
  [ "$status" -eq 0 ]
  by_filter --ledger-table l
  [ "$(tally)" = '3 committed' ]
  load_in -t t --prune-ledger 15d
  [ "$status" -eq 0 ]
}

@test "a ledger of a jq that rounds numbers: records whose key would differ are refused" {
  sql 'CREATE TABLE t_ledger (key uuid PRIMARY KEY, loaded_at timestamptz NOT NULL DEFAULT now(), content bytea)'
  for said in "$ROUNDS" ''; do
    sql 'TRUNCATE t, t_ledger; DROP TABLE IF EXISTS t_errors'
    say "$said"
    # A ledger with keys and without a mark counts as such.
    sql "INSERT INTO t_ledger (key) VALUES ('$(mid 99)')"
    by_filter
    if [ "$own" = ROUNDS ]; then
      [ "$(tally)" = '3 committed' ]
      [ ! -s err ]
    else
      [ "$(tally)" = '2 committed 1 quarantined' ]
      [ "$(verdict 1)" = quarantined ]
      [ "$(sql 'SELECT code FROM t_errors')" = key ]
      grep -q '^pg-load: warning: ledger public.t_ledger has keys made by a jq that rounds numbers' err
      by_filter -q
      [ "$(tally)" = '2 duplicate 1 quarantined' ]
      run -1 grep warning err
    fi
    [ "$(comment)" = "$said" ]
  done
  # With several connections, and after the table has changed.
  by_filter --jobs 3 --batch-rows 1
  if [ "$own" = ROUNDS ]; then [ "$(tally)" = '3 duplicate' ]; else [ "$(tally)" = '2 duplicate 1 quarantined' ]; fi
}
