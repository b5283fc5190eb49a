#!/usr/bin/env bats
# pg-load: records that were not masked, and too many that could not be masked.

load ../lib/common
load ../lib/records

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer, v text)'
}

teardown() { common_teardown; }

# masked N BODY: print a record as pii-mask leaves it.
masked() { record "$1" "$2" | sed 's/}$/,"pii":{"key":"0a1b2c3d"}}/'; }

# sealed FROM TO [STAGE]: print error records of those numbers.
sealed() {
  local n
  for ((n = $1; n <= $2; n++)); do
    record "$n" 0 | sed "s/,\"body\":0/,\"error\":{\"stage\":\"${3:-mask}\",\"code\":\"unmatched\"},\"sealed\":\"seal1.0a1b2c3d.AAAA\"/"
  done
}

# rows: print the numbers of rows and error rows.
rows() {
  local errors=0
  [ "$(sql "SELECT to_regclass('t_errors') IS NULL")" = t ] || errors=$(sql 'SELECT count(*) FROM t_errors')
  echo "$(sql 'SELECT count(*) FROM t') $errors"
}

@test "--require-masked rejects records that were not masked, and stores nothing of them" {
  {
    masked 1 '{"id":1}' && record 2 '{"id":2,"v":"canary"}' && sealed 3 3 && sealed 4 4 | sed 's/}$/,"body":"canary"}/'
    sealed 5 5 | sed 's/}$/,"other":"canary"}/' && sealed 6 6 | sed 's/}$/,"attributes":{"a":"canary"}}/'
    record 7 '"canary"' | sed 's/}$/,"pii":null}/' && echo '{"id":"canary"}' && echo '["canary"]' && echo '{"body":"canary"'
    record 8 '{"v":"canary"}' | sed 's/}$/,"pii":{}}/' && masked 9 '{"id":"x"}' && sealed 10 10 pull && echo '"canary"'
  } >in
  load_in -t t --require-masked --reject-file rejects
  [ "$status" -eq 1 ]
  [ "$(tally)" = '1 committed 3 quarantined 10 rejected' ]
  [ "$(verdict 1),$(verdict 3),$(verdict 9),$(verdict 10)" = committed,quarantined,quarantined,quarantined ]
  [ "$(verdict 2),$(verdict 4),$(verdict 5),$(verdict 6),$(verdict 7),$(verdict 8)" = rejected,rejected,rejected,rejected,rejected,rejected ]
  grep -q 'line 2 rejected: load unmasked: it has not passed pii-mask$' err
  [ "$(sql "SELECT count(*) FROM t_errors WHERE record LIKE '%canary%'")" = 0 ]
  [ "$(rows)" = '1 3' ]
  [ "$(grep -c canary rejects)" = 10 ]
  # A record that was loaded before is still a duplicate.
  record 1 '{"id":1}' >in
  load_in -t t --require-masked
  [ "$(tally)" = '1 duplicate' ]
  # Without the option none of this is required.
  record 2 '{"id":2}' >in
  load_in -t t
  [ "$(tally)" = '1 committed' ]
}

@test "--require-masked judges the last of two members, and the form of a seal" {
  {
    masked 1 '{"id":1}' | sed 's/}$/,"pii":null}/' && record 2 '{"id":2}' | sed 's/}$/,"pii":null,"pii":{"key":"0a1b2c3d"}}/'
    sealed 3 3 | sed 's/"seal1[^"]*"/"canary"/' && sealed 4 4 | sed 's/"seal1[^"]*"/{"a":"canary"}/'
    sealed 5 5 | sed 's/"sealed"/"sealed":"canary",&/' && sealed 6 6 | sed 's/,"sealed[^}]*//'
    masked 7 '{"id":7}' | sed 's/"key":/"key":null,&/' && masked 8 '{"id":8}' | sed 's/"key":[^}]*/&,"key":null/'
  } >in
  load_in -t t --require-masked
  [ "$(jq -r .status <out | xargs)" = 'rejected committed rejected rejected rejected rejected committed rejected' ]
  [ "$(rows)" = '2 0' ]
}

@test "--require-masked accepts only the form that pii-mask writes" {
  local n=0 pii seal
  for pii in '{"key":"canary"}' '{"key":"0a1b2c3"}' '{"key":"0a1b2c3d4"}' '{"key":"0A1B2C3D"}' '{"key":"0a1b2c3g"}' \
    '{"key":"0a1b2c3d","v":"canary"}' '{"v":"canary","key":"0a1b2c3d"}' '{"key":"canary","key":"0a1b2c3d"}' \
    '{"key":["0a1b2c3d"]}' '"0a1b2c3d"' '["0a1b2c3d"]' '{"v":"canary"},"pii":{"key":"0a1b2c3d"}' '{"key":"0a1b2c3\u0000"}'; do
    n=$((n + 1))
    masked "$n" "{\"id\":$n}" | sed "s/\"pii\":{[^}]*}/\"pii\":${pii//\\/\\\\}/"
  done >in
  for seal in seal1.canary seal1.0a1b2c3d.canary@x seal1.0a1b2c3d. seal1.0a1b2c3d seal1.0A1B2C3D.AAAA seal1.0a1b2c3d.AA.A 'seal1.0a1b2c3d.AA\\u0041'; do
    n=$((n + 1))
    sealed "$n" "$n" | sed "s/seal1[^\"]*/$seal/"
  done >>in
  run -0 jq -c . in
  load_in -t t --require-masked
  [ "$(tally)" = "$n rejected" ]
  [ "$(rows)" = '0 0' ]
}

@test "--require-masked sees all members of a line, with --root . too" {
  printf '%s\n' '{"id":1,"pii":{"key":"0a1b2c3d"}}' '{"id":2}' '{"error":{"stage":"mask","code":"syntax"},"id":3}' \
    '{"error":{"stage":"mask","code":"syntax"},"sealed":"seal1.0a1b2c3d.AAAA"}' >in
  load_in -t t --root . --require-masked --no-ledger
  [ "$(jq -r .status <out | xargs)" = 'committed rejected rejected quarantined' ]
}

@test "more than ten records in a row that could not be masked end the run, and nothing of the batch is stored" {
  { masked 1 '{"id":1}' && sealed 2 12; } >in
  load_in -t t
  [ "$status" -eq 65 ]
  [ ! -s out ]
  [ "$(rows)" = '0 0' ]
  grep -q '^pg-load: error: more than --sealed-limit: 11 records in a row could not be masked, the last for unmatched$' err
  # Ten are allowed; so are more that are not in a row, or not of this stage.
  { sealed 2 11 && masked 20 '{"id":20}' && sealed 21 30 && sealed 31 31 pull && sealed 32 41 && sealed 42 60 unmask; } >in
  load_in -t t
  [ "$status" -eq 0 ]
  [ "$(tally)" = '1 committed 50 quarantined' ]
}

@test "the count goes on from batch to batch, and earlier batches stay committed" {
  { masked 1 '{"id":1}' && sealed 2 30; } >in
  for jobs in 1 3; do
    load_in -t t --batch-rows 4 --jobs "$jobs"
    [ "$status" -eq 65 ]
    # Each of the first twelve has a verdict with its row, or neither; the thirteenth and later have none.
    [ "$(wc -l <out)" -le 12 ]
    [ "$(grep -c quarantined out || true)" = "$(sql 'SELECT count(*) FROM t_errors' || true)" ]
    [ -z "$(verdict 13)" ]
    sql 'DROP TABLE t_errors, t_ledger; TRUNCATE t'
  done
}

@test "--sealed-limit is a number or none" {
  sealed 1 40 >in
  load_in -t t --sealed-limit 39
  [ "$status" -eq 65 ]
  load_in -t t --sealed-limit 40
  [ "$(tally)" = '40 quarantined' ]
  load_in -t t --sealed-limit none --no-quarantine
  [ "$status" -eq 1 ]
  [ "$(tally)" = '40 rejected' ]
  sealed 1 1 >in
  load_in -t t --sealed-limit 0 --dry-run
  [ "$status" -eq 65 ]
  for wrong in -1 '' some 10%; do
    load_in -t t --sealed-limit "$wrong"
    [ "$status" -eq 64 ]
  done
}
