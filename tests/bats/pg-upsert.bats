#!/usr/bin/env bats
# pg-load --upsert: what becomes of rows, which records are refused, and what is refused at the start.

load ../lib/common
load ../lib/records
load ../lib/upsert

setup() { pg_setup; }
teardown() { common_teardown; }

@test "a record inserts its row, updates it, or is stale, and its verdict says which" {
  sql 'CREATE TABLE t (id integer PRIMARY KEY, v text, n integer, more text DEFAULT $$none$$)'
  { record 1 '{"id":1,"v":"a","n":5}' && record 2 '{"id":2,"v":"b","n":5,"more":"m"}'; } >in
  load_in -t t --upsert id --newer n -v
  [ "$status" -eq 0 ]
  [ "$(effects)" = 'inserted inserted' ]
  grep -q 'committed=2 .* inserted=2$' err
  # Only what a record has is updated, null included; a greater value wins, an equal one does not.
  { record 3 '{"id":1,"n":6,"v":null}' && record 4 '{"id":2,"v":"c","n":5}' && record 5 '{"id":3,"v":"d","n":1}' && record 6 '{"id":2,"n":7}'; } >in
  load_in -t t --upsert id --newer n --metrics-file m
  [ "$(effects)" = 'updated stale inserted updated' ]
  [ ! -s err ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'1||6|none\n2|b|7|m\n3|d|1|none' ]
  grep -q '^sqs2pg_records_inserted_total{.*} 1$' m
  grep -q '^sqs2pg_records_updated_total{.*} 2$' m
  grep -q '^sqs2pg_records_stale_total{.*} 1$' m
  # The ledger lets nothing be done twice, and a duplicate has no effect.
  load_in -t t --upsert id --newer n
  [ "$(tally)" = '4 duplicate' ]
  [ -z "$(effects)" ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 6 ]
}

@test "a dry run says what would be, and changes nothing" {
  sql 'CREATE TABLE t (id integer PRIMARY KEY, n integer)' 'INSERT INTO t VALUES (1, 5)'
  sql 'INSERT INTO t VALUES (1, 5)'
  { record 1 '{"id":1,"n":9}' && record 2 '{"id":1,"n":2}' && record 3 '{"id":2,"n":1}' && record 4 '{"id":"x","n":1}'; } >in
  load_in -n -t t --upsert id --newer n
  [ "$status" -eq 0 ]
  [ "$(tally)" = '3 would-commit 1 would-quarantine' ]
  [ "$(effects)" = 'updated stale inserted' ]
  [ "$(sql 'TABLE t')" = '1|5' ]
  [ -z "$(sql 'SELECT to_regclass($$t_ledger$$)')" ]
}

@test "without --newer records are applied in order, column by column, which is warned of once" {
  sql 'CREATE TABLE t (id integer PRIMARY KEY, a text, b text)'
  { record 1 '{"id":1,"a":"1"}' && record 2 '{"id":1,"b":"2"}' && record 3 '{"id":1,"a":"3"}' &&
    record 4 '{"id":2,"a":"4","b":"4"}' && record 5 '{"id":2,"b":"5"}' && record 6 '{"id":2,"a":"6","b":"6"}'; } >in
  load_in -t t --upsert id
  [ "$status" -eq 0 ]
  [ "$(grep -c 'without --newer' err)" = 1 ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'1|3|2\n2|6|6' ]
  # What is overwritten at once is not sent.
  [ "$(effects)" = 'updated inserted updated updated updated inserted' ]
  { record 7 '{"id":1,"b":"7"}' && record 8 '{"id":1,"b":"8"}'; } >in
  load_in -t t --upsert id --batch-rows 1
  [ "$(effects)" = 'updated updated' ]
  [ "$(sql 'SELECT * FROM t WHERE id = 1')" = '1|3|8' ]
  # Nothing but the key: the row is there.
  { record 9 '{"id":1}' && record 10 '{"id":3}'; } >in
  load_in -t t --upsert id
  [ "$(effects)" = 'updated inserted' ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'1|3|8\n2|6|6\n3||' ]
}

@test "NULL in the columns or in the newer one refuses a record; a NULL that is stored is older" {
  sql 'CREATE TABLE t (id integer, region text, n integer, v text, UNIQUE (id, region))'
  sql "INSERT INTO t VALUES (1, 'a', NULL, 'old'), (NULL, 'a', 1, 'old')"
  { record 1 '{"id":null,"region":"a","n":1}' && record 2 '{"id":1,"n":1}' && record 3 '{"id":1,"region":"a","n":null}' &&
    record 4 '{"id":1,"region":"a","v":"x"}' && record 5 '{"id":1,"region":"a","n":-1,"v":"new"}'; } >in
  load_in -t t --upsert region,id --newer n
  [ "$status" -eq 0 ]
  [ "$(tally)" = '1 committed 4 quarantined' ]
  [ "$(sql 'SELECT code, column_name FROM t_errors ORDER BY message_id')" = $'missing|id\nmissing|region\nmissing|n\nmissing|n' ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'1|a|-1|new\n|a|1|old' ]
}

# equal_keys NUMBER_OF_OTHERS: beside so many other records, so that either way is taken.
equal_keys() {
  sql 'DROP TABLE IF EXISTS t, t_ledger' 2>/dev/null
  sql 'CREATE TABLE t (k numeric, c char(4), v integer, PRIMARY KEY (k, c))'
  { record 1 '{"k":"1","c":"a","v":1}' && record 2 '{"k":"1.0","c":"a  ","v":3}' && record 3 '{"k":1.00,"c":"a","v":2}' &&
    record 4 '{"k":"1","c":"A","v":1}'; } >in
  records 100 "$((99 + $1))" '"c":"b","v":0' | sed 's/"id"/"k"/' >>in
  load_in -t t --upsert k,c --newer v
  [ "$(tally)" = "$((4 + $1)) committed" ]
  [ "$(effects | cut -d ' ' -f 1-4)" = 'stale inserted stale inserted' ]
  [ "$(sql "SELECT v FROM t WHERE k = 1 ORDER BY c COLLATE \"C\"")" = $'1\n3' ]
  # And across batches.
  record 9 '{"k":"1.000","c":"a","v":4}' >in
  load_in -t t --upsert k,c --newer v
  [ "$(effects)" = updated ]
  [ "$(sql "SELECT v FROM t WHERE k = 1 AND c = 'a'")" = 4 ]
}

@test "what is one key the columns' own equality says, in small batches and in large ones" {
  equal_keys 0
  equal_keys 2000
}

# same_values: ./in loaded without and with --upsert comes to the same, and so it does once more.
same_values() {
  sql 'TRUNCATE plain, t'
  sql 'DROP TABLE IF EXISTS plain_ledger, plain_errors, t_ledger, t_errors' 2>/dev/null
  load_in -t plain
  sort out >plain.out
  load_in -t t --upsert id
  [ "$status" -eq 0 ]
  sed 's/,"effect":"inserted"//' out | sort | cmp - plain.out
  [ "$(digest t)" = "$(digest plain)" ]
  [ "$(refusals t)" = "$(refusals plain)" ]
  sed 's/"message_id":"0/"message_id":"9/' in >again && mv again in
  load_in -t t --upsert id
  [ "$(effects | tr ' ' '\n' | sort -u)" = updated ]
  [ "$(digest t)" = "$(digest plain)" ]
}
digest() { sql "SELECT count(*), md5(string_agg(r::text, ',' ORDER BY id)) FROM $1 r"; }
refusals() { sql "SELECT sqlstate, column_name FROM $1_errors ORDER BY message_id"; }

@test "values are taken as they are without --upsert, by either way: none is cut, none is another" {
  sql "CREATE DOMAIN short AS varchar(3)"
  sql "CREATE TYPE colour AS ENUM ('red', 'blue')"
  sql 'CREATE TABLE plain (id integer PRIMARY KEY, s varchar(3), d short, c char(3), b bit(3), m numeric(4,1), i interval minute,
    j json, jb jsonb, a integer[], ta text[], e colour, q "char", x bytea, z timestamptz, y text)'
  sql 'CREATE TABLE t (LIKE plain INCLUDING ALL)'
  local copies n
  for copies in 1 40; do
    n=0
    for ((i = 0; i < copies; i++)); do
      while read -r value; do record "$((++n))" "{\"id\":$n,$value}"; done <"$ROOT/tests/lib/upsert.values"
    done >in
    cp in all
    same_values
    [ "$(sql 'SELECT count(*) FROM t_errors')" -ge $((12 * copies)) ]
    # Those alone that are taken, so that no bad row is looked for.
    grep committed plain.out | grep -oP '"receipt_handle":"h\K[0-9]+' >good
    awk 'NR == FNR { good[$1] = 1; next } FNR in good' good all >in
    same_values
    [ -z "$(refusals t)" ]
  done
}
