#!/usr/bin/env bats
# pg-load: maps, where they are found, and errors in them.

load ../lib/common
load ../lib/records
load ../lib/memory

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer, a text, b text, d text DEFAULT $$dflt$$)'
}

# map LINE...: write ./t.map.
map() { printf '%s\n' "$@" >t.map; }

@test "a map has paths, filters, \$sqs, empty for DEFAULT, and columns that it does not name" {
  map '# a map' '' 'id .body.n' \
    'a .body.x."odd key"[1]   # a path' \
    '"b" .body.list | map(tostring) | join("+")' \
    'd $sqs.receipt_handle | if . == "h2" then empty else . end'
  {
    record 1 '{"n":1,"x":{"odd key":["p","q"]},"list":[1,2.5,true],"a":"not this"}'
    record 2 '{"n":2,"list":[]}'
  } >in
  load_in -t t --map t.map
  [ "$(tally)" = '2 committed' ]
  run -1 grep -vE 'no column takes key a |1 value of 1 record had' err
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = '1|q|1+2.5+true|h1
2|||dflt' ]
}

@test "a filter sees the whole record when its left side is not a plain path, and \$sqs everywhere" {
  map 'id .body | .n + 1' 'a {b: .body.n, s: $sqs.message_id} | tojson' 'b .attributes.tag.value' \
    'd (.body.n | tostring) + ($sqs.sent_at // "never")'
  {
    echo '{"sqs":{"message_id":"m","sent_at":"then"},"attributes":{"tag":{"type":"String","value":"v"}},"body":{"n":1}}'
    echo '{"body":{"n":5}}'
  } >in
  load_in -t t --map t.map --no-ledger
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = '2|{"b":1,"s":"m"}|v|1then
6|{"b":5,"s":null}||5never' ]
}

@test "numbers that only pass through keep their digits, filtered ones are computed" {
  sql 'CREATE TABLE n (id integer, p numeric, f numeric)'
  echo 'p .body.p
f .body.p | . * 1' >n.map
  record 1 '{"p":12345678901234567891.10}' >in
  load_in -t n --map n.map
  [ "$(sql 'SELECT p FROM n')" = 12345678901234567891.10 ]
  [ "$(sql 'SELECT f BETWEEN 12345678901234567000 AND 12345678901234568000 FROM n')" = t ]
}

@test "a record that does not fit the map is refused as map, missing, nul or no-columns" {
  map 'id .body.n !' 'a .body.x.y' 'b .body.z | .[0], .[1]' 'd .body.w | tonumber | tostring'
  {
    record 1 '{"n":1,"z":["p"],"w":"1"}'
    record 2 '{"z":["p"],"w":"1"}'
    record 3 '{"n":null,"w":"1"}'
    record 4 '{"n":4,"x":"no object","z":["p"],"w":"1"}'
    record 5 '{"n":5,"x":null,"z":["p"],"w":"secret"}'
    record 6 '"text"'
  } >in
  load_in -t t --map t.map
  # A filter with two outputs, for any record.
  [ "$(tally)" = '6 quarantined' ]
  map 'id .body.n !' 'a .body.x.y' 'd .body.w | tonumber | tostring'
  load_in -t t --map t.map
  [ "$(tally)" = '1 committed 5 quarantined' ]
  [ "$(sql 'SELECT code, column_name FROM t_errors WHERE resolved_at IS NULL ORDER BY message_id')" = 'missing|id
missing|id
map|a
map|d
map|id' ]
  # jq's own messages hold values.
  run -1 grep secret err
  # A row of defaults alone is not a row.
  map 'a .body.x' 'b .body.y | empty'
  record 9 '{"n":1}' >in
  load_in -t t --map t.map
  [ "$(sql "SELECT code FROM t_errors WHERE message_id = '$(mid 9)'")" = no-columns ]
}

@test "a filter without end or bounds refuses its record and delays no other" {
  map 'id .body.n' 'a .body.x | if . == "time" then last(range(1e15)) elif . == "memory" then [range(1e10)] | length
    elif . == "deep" then reduce range(1e6) as $i (.; [.]) else . end' 'b .body.x | ascii_upcase'
  sed -i -z 's/\n    / /' t.map
  {
    record 1 '{"n":1,"x":"ok"}'
    record 2 '{"n":2,"x":"time"}'
    record 3 '{"n":3,"x":"memory"}'
    record 4 '{"n":4,"x":"deep"}'
    record 5 '{"n":5,"x":"fine"}'
    record 6 '{"n":6,"x":"time"}'
  } >in
  load_in -t t --map t.map
  [ "$status" -eq 0 ]
  [ "$(tally)" = '2 committed 4 quarantined' ]
  [ "$(sql "SELECT DISTINCT code, column_name FROM t_errors")" = 'map|a' ]
  [ "$(sql 'SELECT string_agg(b, $$ $$ ORDER BY id) FROM t')" = 'OK FINE' ]
}

@test "a filter input that exhausts the memory of a small container is refused with its line, and the others are loaded" {
  # 250 megabytes of strings, held until the limit is noticed.
  local many='. * 1000 | . * 700 | [range(60) as $i | . + "a"] as $all | reduce range(600000) as $i ($all | length; . + 1)'
  map 'id .body.id' "a .body.x | if IN(\"memory\", \"memoir\") then $many else . end"
  { records 1 100 '"x":"ok"'; record 101 '{"id":101,"x":"memory"}'; records 102 150 '"x":"fine"'
    record 151 '{"id":151,"x":"memoir"}'; records 152 200; } >in
  # The memory of the sanitizers is added; a limit may then be passed before the kernel acts.
  small_memory $((100 + 0${ASAN_OPTIONS:+150} + 0${TSAN_OPTIONS:+150})) pg-load -t t --map t.map <in >out 2>err
  [ -n "${ASAN_OPTIONS:-}${TSAN_OPTIONS:-}" ] || [ "$(<killed)" -ge 4 ]
  [ "$(tally)" = '198 committed 2 quarantined' ]
  grep -qxF 'pg-load: warning: line 101 quarantined: load map, column a: a filter of the map fails on it' err
  grep -qxF 'pg-load: warning: line 151 quarantined: load map, column a: a filter of the map fails on it' err
  [ "$(sql 'SELECT count(*) FROM t')" = 198 ]
}

@test "a signal to the process that runs the filters refuses no record" {
  map 'id .body.id' 'a .body.id | tostring'
  mkfifo pipe
  (trap '' HUP && exec pg-load -t t --map t.map <pipe >out 2>err 3>&-) &
  pid=$!
  exec 9>pipe
  records 1 1 >&9
  child() { pgrep -P "$pid" >child; }
  eventually 60 child
  number=1
  for signal in HUP QUIT INT TERM KILL USR1 ALRM; do
    kill -s "$signal" "$(<child)"
    number=$((number + 1))
    records "$number" "$number" >&9
    eventually 60 lines_are out "$number"
    child
  done
  exec 9>&-
  wait "$pid"
  [ "$(tally)" = '8 committed' ]
  [ "$(sql 'SELECT count(*) FROM t WHERE a = id::text')" = 8 ]
}

@test "the process that runs the filters is confined as pii-mask is, and has no environment" {
  map 'id .body.id' 'a .body.id | tostring'
  mkfifo pipe
  PGPASSWORD=environment-canary pg-load -t t --map t.map <pipe >out 2>err 3>&- &
  pid=$!
  exec 9>pipe
  records 1 1 >&9
  eventually 60 lines_are out 1
  child=$(pgrep -P "$pid")
  grep -qx 'NoNewPrivs:.1' "/proc/$child/status"
  grep -qx 'Seccomp:.2' "/proc/$child/status"
  grep -q environment-canary "/proc/$pid/environ"
  [ -z "$(tr -d '\0' <"/proc/$child/environ")" ]
  find "/proc/$child/fd" -printf '%f %l\n' | awk '$1 < 200' | sort -n >held
  cat held
  [ "$(wc -l <held)" -eq 3 ]
  grep -q '^0 socket:' held
  [ "$(grep -c '^[12] /dev/null$' held)" -eq 2 ]
  exec 9>&-
  wait "$pid"
}

@test "a kernel that cannot confine the filters: a warning says so, with -q too, and they run" {
  map 'a .body.id | tostring'
  records 1 1 >in
  "$BATS_TEST_DIRNAME/../lib/unconfined.py" "$(command -v pg-load)" -q -t t --map t.map <in >out 2>err
  [ "$(<err)" = 'pg-load: warning: this kernel cannot confine the process of the jq filters; continuing unconfined' ]
  [ "$(tally)" = '1 committed' ]
}

@test "the process that runs the filters ends with the loader, and holds its output open no longer" {
  map 'a .body.id | tostring'
  mkfifo pipe
  pg-load -t t --map t.map <pipe >out 2>err 3>&- &
  pid=$!
  exec 9>pipe
  records 1 1 >&9
  child() { pgrep -P "$pid" >child; }
  eventually 60 child
  # It was forked while a connection was open and a reader waited: it has neither descriptor.
  bare() { [ "$(find "/proc/$(<child)/fd" -type l -printf '%l\n' | sed 's/:.*//' | sort | xargs)" = '/dev/null /dev/null socket' ]; }
  eventually 60 bare
  [ "$(find "/proc/$pid/fd" -type l -printf '%l\n' | grep -c socket)" -ge 2 ]
  kill -9 "$pid"
  wait "$pid" || true
  # A process without a waiting parent stays a zombie where the first process does not reap it.
  gone() { ! ps -o stat= -p "$(<child)" | grep -q '^[^Z]'; }
  eventually 60 gone
  exec 9>&-
  # The same with a filter that runs.
  map 'a last(range(1e15))'
  pg-load -t t --map t.map <pipe >out 2>err 3>&- &
  pid=$!
  exec 9>pipe
  records 1 10 >&9
  eventually 60 child
  kill -9 "$pid"
  wait "$pid" || true
  eventually 60 gone
  exec 9>&-
}

@test "errors in a map are named with file, line and column, 78" {
  records 1 1 >in
  # expect LINE:COLUMN WORD LINES...
  expect() {
    local where=$1 word=$2
    shift 2
    map "$@"
    load_in -t t --map t.map
    echo "$where: $(cat err)"
    [ "$status" -eq 78 ]
    [ ! -s out ]
    grep -qF "pg-load: error: t.map:$where: " err
    grep -qF -e "$word" err
  }
  expect 1:3 expression 'a '
  expect 3:1 nosuch 'id .body.n' '' 'nosuch .body.n'
  expect 2:1 'before' 'a .x' 'a .y'
  expect 1:4 now 'a  now'
  expect 2:14 input '# x' 'a .body.n | (input)'
  expect 1:3 env 'a env.HOME'
  expect 1:8 '$ENV' 'a .x | $ENV.HOME'
  expect 1:8 debug 'a .x | debug'
  expect 1:8 halt 'a .x | halt'
  expect 1:3 import 'a import "x" as x; .'
  expect 1:3 include 'a include "x"; .'
  expect 1:3 get_search_list 'a get_search_list'
  expect 1:8 localtime 'a .x | localtime'
  expect 1:8 'nosuch/0 is not defined' 'a .x | nosuch'
  expect 1:5 '$foo' 'a 1+$foo'
  expect 1:7 'jq program' 'a .x |||'
  expect 1:5 bracket 'a .x)'
  expect 1:6 string 'a .x "y'
  expect 1:6 filter 'a .x | !'
  map
  load_in -t t --map t.map
  [ "$status" -eq 78 ]
  load_in -t t --map nosuch.map
  [ "$status" -eq 78 ]
  printf '# \xc3\xa9\na .\xff\n' >t.map
  load_in -t t --map t.map
  [ "$status" -eq 78 ]
  grep -qxF 'pg-load: error: t.map:2: not UTF-8' err
  head -c 1100000 /dev/zero | tr '\0' '#' >t.map
  load_in -t t --map t.map
  [ "$status" -eq 78 ]
  grep -qxF 'pg-load: error: t.map: larger than 1 MiB' err
  load_in -t t --key '.x | now'
  [ "$status" -eq 64 ]
  grep -qF -- '--key:1:6: now' err
  # A column whose value the server makes cannot be mapped.
  sql 'ALTER TABLE t ADD g integer GENERATED ALWAYS AS (id) STORED'
  expect 1:1 'g is a column' 'g .body.n'
}

@test "a map that others may write is refused, 77, a link according to its file" {
  map 'id .body.id'
  records 1 1 >in
  for mode in 664 646 666; do
    chmod "$mode" t.map
    load_in -t t --map t.map
    [ "$status" -eq 77 ]
    [ ! -s out ]
  done
  ln -s t.map link.map
  load_in -t t --map link.map
  [ "$status" -eq 77 ]
  chmod 444 t.map
  load_in -t t --map link.map
  [ "$status" -eq 0 ]
  if [ "$(id -u)" -eq 0 ]; then
    chown nobody t.map
    load_in -t t --map t.map
    [ "$status" -eq 77 ]
  fi
}

@test "a map named after the table is found, unless --map or --no-map is given" {
  mkdir maps
  echo 'a .body.id | tostring' >maps/t.map
  export SQS2PG_MAPS=$PWD/maps
  records 1 1 >in
  load_in -t public.t --no-ledger
  [ "$(sql 'TABLE t')" = '|1||dflt' ]
  sql 'TRUNCATE t'
  load_in -t t --no-map --no-ledger
  [ "$(sql 'TABLE t')" = '1|||dflt' ]
  map 'b .body.id'
  sql 'TRUNCATE t'
  load_in -t t --map t.map --no-ledger
  [ "$(sql 'TABLE t')" = '||1|dflt' ]
  SQS2PG_MAPS=/nonexistent load_in -t t --no-ledger
  [ "$status" -eq 0 ]
  chmod 666 maps/t.map
  load_in -t t --no-ledger
  [ "$status" -eq 77 ]
}

@test "a map that fits no record: 69 after a few, nothing acknowledged, nothing quarantined" {
  map 'id .bodi.id !' 'a .body.x'
  records 1 50 >in
  for more in '' --no-ledger '--dry-run' --no-quarantine '--jobs 3'; do
    # shellcheck disable=SC2086
    load_in -t t --map t.map $more
    [ "$status" -eq 69 ]
    [ ! -s out ]
    grep -qxF 'pg-load: error: none of 50 records can be loaded, the first, line 1, for missing, column id: a value that the map, --upsert or --newer requires is missing' err
    grep -q '^pg-load: hint: none of them was quarantined' err
    [ "$(sql 'SELECT count(*) FROM t')" = 0 ]
  done
  [ "$(sql 'SELECT (SELECT count(*) FROM t_errors), (SELECT count(*) FROM t_ledger)')" = '0|0' ]
  # The same holds for a filter, a key, and column names that find nothing.
  map 'a .body.id | ascii_downcase'
  load_in -t t --map t.map
  [ "$status $(wc -c <out)" = '69 0' ]
  load_in -t t --key .body.nosuch
  [ "$status $(wc -c <out)" = '69 0' ]
  sql 'CREATE TABLE u (other integer)'
  load_in -t u
  [ "$status $(wc -c <out)" = '69 0' ]
  # In small batches ten are quarantined before; with others that pass, all of them.
  map 'id .body.id' 'a .body.must !'
  load_in -t t --map t.map --batch-rows 1
  [ "$status" -eq 69 ]
  [ "$(tally)" = '10 quarantined' ]
  { cat in; record 60 '{"id":60,"must":1}'; } >both
  mv both in
  load_in -t t --map t.map
  [ "$status" -eq 0 ]
  [ "$(tally)" = '1 committed 50 quarantined' ]
  # Redelivered records are known, with any map.
  sed -i '$d' in
  load_in -t t --map t.map
  [ "$(tally)" = '50 quarantined' ]
  # Loaded records are no sign of a mistake.
  records 60 60 >in
  for n in {71..90}; do record 60 '{"id":60}'; done >>in
  load_in -t t --map t.map
  [ "$(tally)" = '21 duplicate' ]
}

@test "lines that are not records, and error records that arrive, never end the run" {
  map 'id .body.id'
  for n in {1..30}; do
    echo "no json $n"
    echo "[$n]"
    printf '{"sqs":{"message_id":"m%s"},"error":{"stage":"mask","code":"x"},"sealed":"s"}\n' "$n"
  done >in
  load_in -t t --map t.map
  [ "$status" -eq 0 ]
  [ "$(tally)" = '90 quarantined' ]
}

@test "--explain names the source of every column, creates no table, and needs no right to do so" {
  map 'id .body.n !' 'a .body.x | tostring' 'b .body.x + "y"'
  touch in
  load_in -t t --map t.map --explain
  [ "$status" -eq 0 ]
  [ "$(cat out)" = "$(printf '%s\n' \
    "id	integer	.body.n !	path, t.map:1" \
    "a	text	.body.x | tostring	path, jq on its value, t.map:2" \
    "b	text	.body.x + \"y\"	jq on the record, t.map:3" \
    "d	text	(default)	-")" ]
  load_in -t t --explain --key .body.k
  grep -qxF "a	text	.body.a	by name" out
  grep -qF -- '--key' out
  [ "$(sql "SELECT to_regclass('t_ledger') IS NULL")" = t ]
  PGOPTIONS='-c default_transaction_read_only=on' load_in -t t --map t.map --explain
  [ "$status" -eq 0 ]
  run -74 bash -c 'pg-load -t t --explain >/dev/full'
}

@test "the shipped map of user_logins: versions in order, dates from the queue, user_id required" {
  create_user_logins
  export SQS2PG_MAPS=$SERVERS_DIR/maps
  n=0
  for version in '"2.3.0"' '"0.0.1"' '"2"' '"2.10"' '"2.3.10"' '"2.3.9"' '"10.0.0"' '"2.3.99"' null; do
    n=$((n + 1))
    record "$n" "{\"user_id\":\"u\",\"locale\":null,\"device_type\":\"ios\",\"masked_ip\":\"i\",\"masked_device_id\":\"d\",\"app_version\":$version}"
  done >in
  load_in -t user_logins
  [ "$(tally)" = '9 committed' ]
  [ "$(sql 'SELECT string_agg(app_version::text, $$ $$ ORDER BY app_version) FROM user_logins')" = '1 20000 20300 20309 20310 20399 21000 100000' ]
  [ "$(sql 'SELECT DISTINCT user_id, device_type, masked_ip, masked_device_id, locale, create_date FROM user_logins')" = 'u|ios|i|d||2026-11-21' ]
  for version in '"x.y"' '"2.100"' '"2.3.0.1"' '"2.3.0-beta"' '""' 2 '"2..3"' '{}' '"-1"' '" 2"' '"2.3\n"'; do
    n=$((n + 1))
    record "$n" "{\"user_id\":\"u\",\"app_version\":$version}"
  done >in
  { record 98 '{"app_version":"1"}'; record 99 '{"user_id":null}'; record 97 '{"user_id":"u"}'; } >>in
  load_in -t user_logins
  [ "$(tally)" = '1 committed 13 quarantined' ]
  [ "$(sql 'SELECT code, column_name, count(*) FROM user_logins_errors GROUP BY 1, 2 ORDER BY 1')" = 'map|app_version|11
missing|user_id|2' ]
}

@test "messages: a missing map, and a key without a column" {
  sql 'CREATE TABLE one (id integer)'
  echo '{"body":{"id":1,"odd":2}}' >in
  load_in -t one --map nomap
  [ "$status" -eq 78 ]
  grep -qxF 'pg-load: error: map nomap: No such file or directory' err
  load_in -t one --no-map
  [ "$(tally)" = '1 committed' ]
  grep -qF '1 value of 1 record had a key that matches no column' err
}

@test "--root: plain NDJSON loads by names, by a map and by --key, with all digits, from any path" {
  sql 'CREATE TABLE n (id numeric, v text)'
  sql 'CREATE TABLE m (id text, raw jsonb, up text, k text)'
  printf '%s\n' '{"id":9007199254740992,"v":"a","error":"timeout"}' '{"id":9007199254740993,"v":"b"}' '{"id":1.10,"v":"c"}' >in
  load_in -t n --root . --key .body.id
  [ "$(tally)" = '3 committed' ]
  [ "$(sql 'SELECT id, v FROM n ORDER BY id')" = '1.10|c
9007199254740992|a
9007199254740993|b' ]
  load_in -t n --root . --key .body.id
  [ "$(tally)" = '3 duplicate' ]
  printf '%s\n' 'id .body.id !' 'raw .body' 'up .body.v | ascii_upcase' 'k {v: .body.v} | tojson' >map
  load_in -t m --root . --map map
  [ "$(sql "SELECT raw ->> 'id', up, k FROM m WHERE id = '1.10'")" = '1.10|C|{"v":"c"}' ]
  sed -i 's/.*/{"x":1,"detail":&}/' in
  sql 'TRUNCATE m'
  load_in -t m --root .detail --map map
  [ "$(sql "SELECT raw ->> 'id', up, k FROM m WHERE id = '1.10'")" = '1.10|C|{"v":"c"}' ]
  for bad in 'x y' '.a[]' .sqs .error.code; do
    load_in -t n --root "$bad"
    [ "$status" -eq 64 ]
  done
  # Error records are recognized, with content and without.
  printf '%s\n' '{"error":{"stage":"mask","code":"syntax"},"sealed":"s"}' '{"error":{"stage":"mask","code":"kind"}}' >in
  load_in -t n --root .
  [ "$(tally)" = '1 quarantined 1 rejected' ]
}
