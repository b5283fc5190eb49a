#!/usr/bin/env bats
# pg-load: keys of the body that go nowhere, named when they are met.

load ../lib/common
load ../lib/records

setup() { pg_setup; }
teardown() {
  exec 9>&-
  common_teardown
}

# named: the keys that ./err names, in its order.
named() { grep -oP '^pg-load: warning: no column takes key \K\S+' err | xargs; }

@test "unknown keys are named when they are met, once each, the first ten that look like names" {
  sql 'CREATE TABLE t (id integer)'
  mkfifo pipe
  pg-load -t t --linger 50ms --batch-rows 2 <pipe >out 2>err 3>&- 9>&- &
  pid=$!
  echo "$pid" >pid
  exec 9>pipe
  echo '{"body":{"id":1,"first":1,"odd-one":2}}' >&9
  first_named() { [ "$(named)" = 'first odd-one' ]; }
  eventually 20 first_named
  # Data in the place of a name is counted, not shown.
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
  grep -qxF 'pg-load: warning: 46 values of 33 records had keys that no column has the name of' err
  [ "$(grep -c 'no column takes' err)" = 10 ]
}

@test "with a map, a key is unknown that no path or filter of it names" {
  sql 'CREATE TABLE t (id integer, v text)'
  echo '{"body":{"id":1,"a":1,"b":2,"c d":3,"extra":4,"sent_at":5}}' >in
  known() { # known EXPRESSION NAMED...: which keys a map with that for v leaves unknown
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
  # Whoever reads all of it names all of it.
  for all in '.body' '.' '.body | tostring' '(.body | tostring)' 'tostring' '(. | tostring)' '[.[]] | tostring' \
    '.body as $b | $b.a' '{body} | tostring' '(.["body"].a)' '[..] | tostring' '.body[] | select(. == 5)'; do
    known "$all"
  done
  # A body by columns: what --key reads is known too.
  load_in -t t --no-map --key .body.extra
  [ "$(named)" = 'a b sent_at' ]
}
