#!/usr/bin/env bats
# pg-load --key: records with the key of a loaded one and other values.

load ../lib/common
load ../lib/records

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer, v text, at timestamptz)'
  printf 'id .body.id\nv .body.v\nat $sqs.sent_at\n' >t.map
}

teardown() { common_teardown; }

# load_by_key OPTION...: with the id as key.
load_by_key() { load_in -t t --map t.map --key .body.id "$@"; }

# masked KEYID: marks its input as masked under the key of that id.
masked() { sed "s/}\$/,\"pii\":{\"key\":\"$1\"}}/"; }

@test "other values under a known key are duplicates, counted and warned of once" {
  # In one batch, and across batches; no message where all values outside sqs are the same.
  { record 1 '{"id":1,"v":"a"}' && record 2 '{"id":1,"v":"b"}' && record 3 '{"id":2,"v":"c"}' && record 4 '{"id":2,"v":"c"}' |
    sed 's/T09:00/T10:00/'; } >in
  load_by_key -v
  [ "$status" -eq 0 ]
  [ "$(tally)" = '2 committed 2 duplicate' ]
  [ "$(grep -c 'other values' err)" = 1 ]
  grep -q ' differing=1$' err
  { record 5 '{"id":2,"v":"c"}' && record 6 '{"v":"c","id":2}'; } | sed 's/T09:00/T11:00/' >in
  load_by_key
  [ "$(tally)" = '2 duplicate' ]
  [ ! -s err ]
  { record 7 '{"id":2,"v":"d"}' && record 8 '{"id":2,"v":null}' && record 9 '{"id":2}' && record 10 '{"id":1,"v":"a"}'; } >in
  load_by_key --batch-rows 1 -v
  [ "$(tally)" = '4 duplicate' ]
  [ "$(grep -c 'other values' err)" = 1 ]
  grep -q ' differing=3$' err
  [ "$(sql 'SELECT id, v FROM t ORDER BY id')" = $'1|a\n2|c' ]
  [ "$(sql 'SELECT count(*) FROM t_ledger WHERE octet_length(content) = 12 AND substr(content, 9) = decode(repeat($$00$$, 4), $$hex$$)')" = 2 ]
  # A redelivery of the message is no conflict, and message ids keep no content.
  record 20 '{"id":20}' >in
  load_in -t t --map t.map --ledger-table l
  [ "$(sql 'SELECT count(*) FROM l WHERE content IS NULL')" = 1 ]
}

@test "values masked under another key are not compared" {
  record 1 '{"id":1,"v":"a"}' | masked 0a1b2c3d >in
  load_by_key
  [ "$(sql "SELECT substr(content, 9) FROM t_ledger")" = '\x0a1b2c3d' ]
  record 2 '{"id":1,"v":"b"}' | masked 0a1b2c3e >in
  load_by_key --strict-key
  [ "$(tally)" = '1 duplicate' ]
  [ ! -s err ]
  record 3 '{"id":1,"v":"b"}' | masked 0a1b2c3d >in
  load_by_key --strict-key
  [ "$(tally)" = '1 quarantined' ]
}

@test "--strict-key quarantines such records as conflict, once each, and they stay unresolved" {
  { record 1 '{"id":1,"v":"a"}' && record 2 '{"id":1,"v":"b"}' && record 3 '{"id":1,"v":"a"}'; } >in
  load_by_key --strict-key --dry-run
  [ "$(tally)" = '1 would-commit 1 would-duplicate 1 would-quarantine' ]
  load_by_key --strict-key
  [ "$(tally)" = '1 committed 1 duplicate 1 quarantined' ]
  grep -q 'line 2 quarantined: load conflict: a loaded record has the same key and other values$' err
  load_by_key --strict-key --batch-rows 1
  [ "$(tally)" = '2 duplicate 1 quarantined' ]
  [ "$(sql "SELECT code, count, message_id, resolved_at IS NULL FROM t_errors")" = "conflict|2|$(mid 2)|t" ]
  load_by_key --strict-key --no-quarantine
  [ "$status" -eq 1 ]
  [ "$(tally)" = '2 duplicate 1 rejected' ]
  [ "$(sql 'SELECT id, v FROM t')" = '1|a' ]
  load_in -t t --strict-key
  [ "$status" -eq 64 ]
}

@test "the content beside a key is that of the loaded copy" {
  sql "ALTER TABLE t ADD CHECK (v <> 'bad')"
  { record 1 '{"id":1,"v":"bad"}' && record 2 '{"id":1,"v":"good"}'; } >in
  load_by_key --strict-key
  [ "$(tally)" = '1 committed 1 quarantined' ]
  record 3 '{"id":1,"v":"good"}' >in
  load_by_key --strict-key
  [ "$(tally)" = '1 duplicate' ]
}

@test "with a ledger without the column content nothing is compared, and one warning says so" {
  sql 'CREATE TABLE t_ledger (key uuid PRIMARY KEY, loaded_at timestamptz NOT NULL DEFAULT now())'
  role=r_$PGDATABASE
  sql "CREATE ROLE $role LOGIN; GRANT INSERT ON t TO $role; GRANT SELECT, INSERT, DELETE ON t_ledger TO $role"
  { record 1 '{"id":1,"v":"a"}' && record 2 '{"id":1,"v":"b"}'; } >in
  PGUSER=$role load_by_key --no-quarantine --jobs 2
  [ "$(tally)" = '1 committed 1 duplicate' ]
  [ "$(grep -c 'no column content' err)" = 1 ]
  # A load by its owner brings it up to date.
  load_by_key --no-quarantine
  [ "$(tally)" = '2 duplicate' ]
  [ ! -s err ]
  sql "DROP OWNED BY $role; DROP ROLE $role"
}
