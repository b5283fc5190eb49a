#!/usr/bin/env bats
# pg-load: keys of the body that no column takes, and the messages about them.

load ../lib/common
load ../lib/records

setup() { pg_setup; }
teardown() {
  exec 9>&-
  common_teardown
}

# named: print the keys that ./err names, in its order.
named() { grep -oP '^pg-load: warning: no column takes key \K\S+' err | xargs; }

@test "unknown keys are named when they come, once each, the first ten that look like names" {
  sql 'CREATE TABLE t (id integer)'
  mkfifo pipe
  pg-load -t t --linger 50ms --batch-rows 2 <pipe >out 2>err 3>&- 9>&- &
  pid=$!
  echo "$pid" >pid
  exec 9>pipe
  echo '{"body":{"id":1,"first":1,"odd-one":2}}' >&9
  first_named() { [ "$(named)" = 'first odd-one' ]; }
  eventually 60 first_named
  # A key that looks like data is counted, not shown.
  for key in 203.0.113.7 10-0-0-1 a@example.com +15551234567 555-12-34567 4111111111111111 078-05-1120 \
    DE89370400440532013000 01-23-45-67-89-ab 2a02:db8::1 7f3c2a9e-0b1d-4c5e-8f00-112233445566 d41d8cd98f00b204e9800998ecf8427e \
    aGVsbG8gd29ybGQhMTIzNDU2 1700000000 'two words' naïve 'new\nline' "$(printf 'x%.0s' {1..41})" '' '\u0066irst2'; do
    printf '{"body":{"id":1,"%s":1}}\n' "$key"
  done >&9
  for n in {1..12}; do printf '{"body":{"id":1,"key_%s":1,"first":2}}\n' "$n"; done >&9
  exec 9>&-
  wait "$pid"
  [ "$(tally)" = '33 committed' ]
  [ "$(named)" = 'first odd-one key_1 key_2 key_3 key_4 key_5 key_6 key_7 key_8' ]
  grep -qxF 'pg-load: warning: 46 values of 33 records had keys that match no column' err
  [ "$(grep -c 'no column takes' err)" = 10 ]
}

@test "with a map, a key is unknown when none of its paths and filters names it" {
  sql 'CREATE TABLE t (id integer, v text)'
  echo '{"body":{"id":1,"a":1,"b":2,"c d":3,"extra":4,"sent_at":5}}' >in
  known() { # known EXPRESSION NAMED...: checks the unknown keys with that expression for v
    printf 'id .body.id\nv %s\n' "$1" >t.map
    load_in -t t --no-ledger --map t.map
    echo "$1: $(named)"
    [ "$(tally)" = '1 committed' ]
    [ "$(named)" = "${*:2}" ]
  }
  known '.body.a' b extra sent_at
  known '.body["c d"]' a b extra sent_at
  grep -qxF 'pg-load: warning: 4 values of 1 record had keys that no path of the map names' err
  known '.body.a | tostring' b extra sent_at
  known '(.body.a // .body.b)' extra sent_at
  known '[.body.a, .body."c d"] | map(tostring) | join("-")' b extra sent_at
  known 'if .body.a == 1 then .body.b else null end' extra sent_at
  known '"\(.body.a)-\($sqs.sent_at // .body["b"] // 0)"' extra sent_at
  known '{x: .body.a, body: .sqs.body} | tostring' b extra sent_at
  known '.body.a as $a | .body.b as $b | $a + $b | tostring' extra sent_at
  known '.["body"].a' b extra sent_at
  # A filter that reads the whole body names all keys.
  for all in '.body' '.' '.body | tostring' '(.body | tostring)' 'tostring' '(. | tostring)' '[.[]] | tostring' \
    '.body as $b | $b.a' '{body} | tostring' '(.["body"].a)' '[..] | tostring' '.body[] | select(. == 5)'; do
    known "$all"
  done
  # Columns by name: the keys that --key reads are known too.
  load_in -t t --no-map --key .body.extra
  [ "$(named)" = 'a b sent_at' ]
}

@test "--unknown-keys refuse: such records are quarantined, the others loaded, the keys named" {
  sql 'CREATE TABLE t (id integer)'
  { record 1 '{"id":1}'; record 2 '{"id":2,"extra":"SeCrEt","10-0-0-1":3}'; record 3 '{"id":3}'; } >in
  load_in -t t --unknown-keys refuse
  cat err
  [ "$status" -eq 0 ]
  [ "$(tally)" = '2 committed 1 quarantined' ]
  [ "$(named)" = extra ]
  grep -q 'no column takes key extra of the bodies: these records are refused' err
  [ "$(sql 'SELECT code FROM t_errors')" = extra ]
  [ "$(grep -c SeCrEt err)" -eq 0 ]
  # Even if all are refused the run goes on, as the option asks.
  record 4 '{"id":4,"extra":1}' >in
  load_in -t t --unknown-keys refuse
  [ "$status" -eq 0 ]
  [ "$(tally)" = '1 quarantined' ]
  # With a map, keys that no path names.
  printf 'id .body.id\n' >t.map
  { record 5 '{"id":5}'; record 6 '{"id":6,"more":1}'; } >in
  load_in -t t --unknown-keys refuse --map t.map
  [ "$(verdict 6)" = quarantined ]
  load_in -t t --unknown-keys warn --no-ledger
  [ "$(tally)" = '2 committed' ]
  for wrong in '' other; do
    load_in -t t --unknown-keys "$wrong"
    [ "$status" -eq 64 ]
  done
}

@test "a found map is named once, when a summary is printed" {
  sql 'CREATE TABLE t (id integer NOT NULL)'
  mkdir maps
  printf 'id .body.id\n' >maps/t.map
  export SQS2PG_MAPS=$PWD/maps
  records 1 2 >in
  load_in -t t --no-ledger
  [ ! -s err ]
  load_in -t t --no-ledger -v
  [ "$(grep -cxF "pg-load: info: using map $PWD/maps/t.map" err)" -eq 1 ]
  load_in -t t --no-ledger -v --map maps/t.map
  [ "$(grep -c 'using map' err)" -eq 0 ]
  # Also when something was not plain success.
  record 3 '{"id":"x"}' >>in
  load_in -t t
  [ "$(tally)" = '2 committed 1 quarantined' ]
  [ "$(grep -cxF "pg-load: info: using map $PWD/maps/t.map" err)" -eq 1 ]
}

@test "a map is not used for a table of its name in another schema, and a warning says so" {
  sql 'CREATE SCHEMA app; CREATE TABLE app.t (id integer, v integer); CREATE TABLE t (id integer, v integer)'
  mkdir maps
  printf 'v .body.id\n' >maps/t.map
  export SQS2PG_MAPS=$PWD/maps
  records 1 2 >in
  load_in -t app.t --no-ledger
  cat err
  [ "$status" -eq 0 ]
  [ "$(sql 'SELECT count(id), count(v) FROM app.t')" = '2|0' ]
  grep -qxF "pg-load: warning: map $PWD/maps/t.map is not used: table app.t is not in the current schema" err
  grep -qxF 'pg-load: hint: name it with --map, or use --no-map' err
  # As it is not used, nobody judges who may write it.
  chmod 666 maps/t.map
  load_in -t app.t --no-ledger
  [ "$status" -eq 0 ]
  chmod 644 maps/t.map
  load_in -t app.t --no-ledger --no-map
  [ ! -s err ]
  load_in -t app.t --no-ledger --map maps/t.map
  [ ! -s err ]
  load_in -t t --no-ledger
  [ "$(sql 'SELECT count(id), count(v) FROM t')" = '0|2' ]
  PGOPTIONS='-c search_path=app' load_in -t t --no-ledger
  [ "$(sql 'SELECT count(v) FROM app.t')" = 4 ]
}
