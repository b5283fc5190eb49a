#!/usr/bin/env bats
# pg-suggest: its proposal loads the sample, is what a user would have written, and shows no
# value.

load ../lib/common
load ../lib/records
load ../lib/figures

setup() { pg_setup; }

# set NAME COUNT: make ./in with tests/lib/suggest.py.
set_of() { "$ROOT/tests/lib/suggest.py" "$1" "$2" >in; }

# proposed [OPTION...]: make ./t.sql and ./t.map for ./in, and create the table.
proposed() {
  pg-suggest -q -t t -o . "$@" <in
  psql -qX -v ON_ERROR_STOP=1 -f t.sql
}

# loads: load all of ./in with the proposal, and again: each record is then a duplicate.
loads() {
  local lines
  lines=$(wc -l <in)
  proposed
  load_in -q -t t --map t.map
  [ "$status $(tally)" = "0 $lines committed" ] || { echo "$status $(tally)" && cat err && return 1; }
  [ "$(sql 'SELECT count(*) FROM t')" = "$lines" ]
  load_in -q -t t --map t.map
  [ "$status $(tally)" = "0 $lines duplicate" ]
}

# types: print the columns as "NAME TYPE", with a "!" where they are NOT NULL, one a line.
types() {
  sql "SELECT attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN '!' ELSE '' END
    FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 ORDER BY attnum"
}

@test "nested objects become columns with the names that a user would choose" {
  set_of nested 60
  loads
  [ "$(types)" = 'order_id bigint!
placed_at timestamp with time zone!
paid boolean!
customer_id uuid!
customer_full_name text!
customer_address_street text!
customer_address_city text!
customer_address_geo_lat double precision!
customer_address_geo_lng double precision!
total numeric!
items jsonb!
ship_to_http_status bigint
ship_to_carrier_code text' ]
  grep -qx 'customer_address_geo_lat  *.body.customer.address.geo.lat !' t.map
  grep -qE '^  ship_to_http_status +bigint, +-- in 50%, 3 digits$' t.sql
  grep -qE '^  order_id +bigint NOT NULL, +-- always, 4 digits$' t.sql
  # Numbers keep their digits.
  [ "$(sql 'SELECT customer_address_geo_lat FROM t WHERE order_id = 1007')" = "$(sed -n 8p in | jq -r .body.customer.address.geo.lat)" ]
}

@test "sparse members, and bodies without any, load" {
  set_of sparse 60
  [ "$(jq -c 'select(.body == {})' in | wc -l)" -gt 0 ]
  loads
  [ "$(types | wc -l)" -eq 26 ]
  run -1 grep '!$' <(types)
}

@test "keys of all scripts, reserved words, long names and equal names become columns" {
  set_of unicode 20
  loads
  types >got
  for wanted in 'größe bigint!' 'ärger boolean!' '名前 text!' 'имя_файла text!' 'user text!' 'select bigint!' \
    'order_group_table bigint!' 'user_id bigint!' 'user_id_2 bigint!' 'user_id_3 bigint!' 'userid bigint!' 'xmin_ bigint!' \
    '2fa boolean!' '_id text!' 'timestamp timestamp with time zone!' 'unnamed text!'; do
    grep -qxF "$wanted" got
  done
  # The key with exactly that name keeps it.
  grep -qxE 'user_id +\.body\.user_id !' t.map
  # Marks of writing direction appear only escaped.
  grep -q '\\u202e' t.map
  LC_ALL=C.UTF-8 run -1 grep -P '\x{202e}' t.map t.sql
}

@test "values of several types get a column that fits all of them" {
  set_of mixed 42
  loads
  [ "$(types | xargs -d '\n' echo)" = 'any jsonb text jsonb! object jsonb! flag jsonb! maybe bigint day text! list jsonb! address inet! id text!' ]
}

@test "a hundred thousand keys are one column" {
  set_of keys 50
  loads
  [ "$(types)" = 'type text!
number bigint!
totals jsonb!
body jsonb!' ]
  [ "$(sql "SELECT count(*) FROM t, jsonb_object_keys(totals)")" = 100000 ]
  run -1 grep -E 'user0|visitor-' t.sql t.map
}

@test "arrays become jsonb, or text where jsonb does not take them" {
  set_of arrays 20
  loads
  [ "$(types | xargs -d '\n' echo)" = 'numbers jsonb! none jsonb! deep jsonb! nulls jsonb! objects jsonb! texts text!' ]
  [ "$(sql "SELECT texts FROM t WHERE texts LIKE '%u0000%'")" = '["é", "\u0000"]' ]
}

@test "members that are always null, and empty bodies, load" {
  set_of nulls 30
  loads
  grep -qE '^  a +text, +-- always null$' t.sql
}

@test "bodies that are not objects load together with objects" {
  set_of bodies 70
  loads
  [ "$(sql 'SELECT count(*), count(a), count(deep_er), count(body) FROM t')" = '70|10|10|40' ]
  [ "$(sql "SELECT DISTINCT at > '2023-11-14' FROM t WHERE at IS NOT NULL")" = t ]
  pg-suggest -t u <in >out 2>err
  grep -q 'warning: some bodies are not objects' err
}

@test "numbers keep their digits, beyond bigint and beyond numeric" {
  set_of numbers 34
  loads
  types >got
  for wanted in 'n0 bigint!' 'n1 bigint!' 'n2 numeric!' 'n3 bigint!' 'n4 numeric!' 'n5 numeric!' 'n6 double precision!' 'n7 double precision!' \
    'n9 numeric!' 'n11 text!' 'n12 text!' 'n13 bigint!' 'n14 numeric!' 'n16 numeric!' 'float double precision!' 'beyond numeric!' 'price numeric!' \
    'mix text!'; do
    grep -qxF "$wanted" got
  done
  [ "$(sql 'SELECT n4, n5, n7, n16, n11 FROM t LIMIT 1')" = '12345678901234567890123|1.10|0.30000000000000004|123456789012345678901234567890.123456789|1e200000' ]
}

@test "dates and times in all spellings, and numbers that are moments, get their types" {
  set_of dates 60
  sql "ALTER DATABASE $PGDATABASE SET datestyle = 'SQL, DMY'"
  sql "ALTER DATABASE $PGDATABASE SET timezone = 'Asia/Kolkata'"
  loads
  types >got
  for wanted in iso offset local day_or_time mail mail_short compact epoch created_at ts micros_time; do
    grep -qx "$wanted timestamp with time zone!" got
  done
  for wanted in 'day date!' 'slashes text!' 'never text!' 'user_no bigint!' 'empty_at text!' 'null_at timestamp with time zone'; do
    grep -qxF "$wanted" got
  done
  [ "$(sql "SET timezone = UTC; SET datestyle = ISO; SELECT day, mail, mail_short, compact, epoch, created_at, ts, micros_time, \"local\" FROM t WHERE user_no = 1700000009")" = \
    "2024-01-10|2024-01-31 08:00:00+00|2024-02-01 07:00:00+00|2024-01-31 08:00:00+00|2023-11-14 22:13:29+00|2023-11-14 22:13:29.009+00|2023-11-14 22:13:29.125+00|2023-11-14 22:13:29.000007+00|2024-01-15 04:30:09+00" ]
  grep -qE 'local .*without a zone' t.sql
}

@test "events from an envelope, several in a message, load" {
  "$ROOT/tests/lib/suggest.py" envelopes 20 | sqs-unwrap >in
  lines_are in 40
  loads
  [ "$(types | xargs -d '\n' echo)" = 'event_source text! event_time timestamp with time zone! event_name text! s3_bucket_name text! s3_object_key text! s3_object_size bigint!' ]
  grep -q '^# Records also have .attributes, .fifo or .envelope' t.map
}

@test "masked values become text with an index, which finds the rows of a value" {
  key k
  printf '.ip siv as masked_ip\n.device_id hmac as masked_device_id\n.email siv optional\n.note siv\n' >policy
  "$ROOT/tests/lib/suggest.py" logins 40 | pii-mask -q -k k -p policy >in
  loads
  [ "$(types | xargs -d '\n' echo)" = 'user_id uuid! masked_ip text! masked_device_id text! email text note text! app_version text!' ]
  [ "$(sql "SELECT string_agg(amname || ' ' || pg_get_indexdef(indexrelid, 1, true), ' ' ORDER BY indexrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam WHERE indrelid = 't'::regclass")" = \
    'btree masked_ip btree masked_device_id btree email hash note' ]
  [ "$(sql "SELECT count(*) FROM t WHERE masked_ip = '$(pii-mask -q -k k -p policy --lines .ip <<<203.0.113.7)'")" = 1 ]
  run -1 grep -E 'canary|203[.]0|siv1|hmac1' t.sql t.map
}

@test "the printed proposal is SQL as a whole, and the map after it is that of -o" {
  set_of nested 10
  proposed
  pg-suggest -q -t t <in >all
  sql 'DROP TABLE t'
  psql -qX -v ON_ERROR_STOP=1 -f all
  sed -n '/^-- # Where/,$s/^-- \{0,1\}//p' all | diff t.map -
  head -n "$(wc -l <t.sql)" all | diff t.sql -
  # The line of the manual.
  cp all proposed.sql
  bash -c "$(sed -n 's/\\e/\\/g; s/^\.Dl sed/sed/p' "$ROOT/man/pg-suggest.1")" | diff t.map -
}

@test "plain lines of JSON load with --root, as the manual says" {
  jq -c .body <(set_of nested 10 && cat in) >plain
  mv plain in
  run -65 --separate-stderr pg-suggest -t t <in
  [ "${stderr_lines[0]}" = 'pg-suggest: error: no record has .body' ]
  proposed --root .
  load_in -q -t t --root . --map t.map
  [ "$(tally)" = '10 committed' ]
  run -64 --separate-stderr pg-suggest -t t --root '.a[]' <in
  [ "$stderr" = 'pg-suggest: error: option --root takes a path such as . or .detail' ]
  pg-suggest -q -t t --root .customer <in >out
  grep -q 'full_name  *[.]body[.]fullName !' out
}

@test "names of tables are read as SQL reads them" {
  echo '{"body":{"a":1}}' >in
  sql 'CREATE SCHEMA app'
  local name
  for name in app.u user '"Odd ""Name"'; do
    pg-suggest -q -t "$name" -o . <in
  done
  [ "$(printf '%s\n' ./*.sql | sort | xargs -d '\n' echo)" = './Odd "Name.sql ./app.u.sql ./user.sql' ]
  for name in ./*.sql; do psql -qX -v ON_ERROR_STOP=1 -f "$name"; done
  pg-load -q -t app.u --map app.u.map <in >out
  pg-load -q -t '"Odd ""Name"' --map 'Odd "Name.map' <in >out
  pg-load -q -t user --map user.map <in >out
  [ "$(sql 'SELECT count(*) FROM app.u, "user", "Odd ""Name"')" = 1 ]
  for name in '' 'a b' 'a;b' a.b.c 1a "$(printf '%064d' 0 | tr 0 a)"; do run -64 pg-suggest -t "$name" <in; done
  run -64 pg-suggest -t '"a/b"' -o . <in
  run -64 pg-suggest <in
}

@test "no value and no key that is data is shown, in any output, whatever the record" {
  cat >in <<'END'
{"body":{"ip":"203.0.113.77","mail":"canary@example.com","n":4111111111111111,"t":"call +49 151 23456789 canary"}}
{"body":{"by_ip":{"203.0.113.77":1,"198.51.100.7":2},"by_mail":{"canary@example.com":{"a":"canary"}}}}
{"body":{"by_id":{"550e8400-e29b-41d4-a716-446655440000":1},"by_day":{"2024-01-15":1},"by_number":{"4711":1}}}
{"body":{"by_name":{"Canary Anna Kowalska":1,"Anna Canary":2},"by_given":{"anna":1,"peter":2}}}
{"body":{"ip":"203.0.113.77"
canary canary@example.com
{"sqs":{},"error":{"stage":"mask","code":"syntax","detail":"canary"},"sealed":"seal1.canary"}
END
  pg-suggest -v -t t <in >out 2>err
  run -1 grep -aiE '203\.0|198\.51|canary|550e8400|2024-01|4711|41111|23456789|anna|peter' out err
  grep -q 'by_ip' out
  { cat in && printf '%s\n' '{"body":{"203.0.113.77":1,"n":5}}' '{"body":"canary@example.com"}'; } >longer
  pg-suggest -v -t t <longer >out 2>err
  run -1 grep -aiE '203\.0|198\.51|canary|550e8400|2024-01|4711|41111|23456789|anna|peter' out err
  grep -q 'warning: 2 of 9 lines are not records, the first of them is line 5' err
  grep -q 'warning: skipped, because pg-load quarantines them: 1 error record' err
}

@test "a file that exists already, or cannot be written: 74, and no file is left" {
  echo '{"body":{"a":1}}' >in
  echo mine >t.map
  run -74 --separate-stderr pg-suggest -t t -o . <in
  [ "$stderr" = 'pg-suggest: error: ./t.map exists already' ]
  [ "$(cat t.map)" = mine ]
  [ ! -e t.sql ]
  run -74 --separate-stderr pg-suggest -t t -o none <in
  [ "$stderr" = 'pg-suggest: error: cannot write none/t.sql: No such file or directory' ]
  run -74 --separate-stderr bash -c 'pg-suggest -t t <in >/dev/full'
  [ "$stderr" = 'pg-suggest: error: cannot write to standard output: No space left on device' ]
  rm t.map
  (umask 0 && pg-suggest -t t -o . <in)
  [ "$(stat -c %a t.map t.sql | xargs)" = '644 644' ]
}

@test "input without a record is 65; --number limits the records" {
  run -65 --separate-stderr pg-suggest -t t </dev/null
  [ "$stderr" = 'pg-suggest: error: no record was read' ]
  run -65 --separate-stderr pg-suggest -q -t t <<<'{"error":{"stage":"mask","code":"x"},"sealed":"seal1.x"}'
  [ "$stderr" = 'pg-suggest: error: there are error records only' ]
  [ -z "$output" ]
  yes '{"body":{"a":1}}' | pg-suggest -n 7 -t t >out
  grep -q '^-- Proposed by pg-suggest from 7 records' out
  run -64 pg-suggest -n 0 -t t </dev/null
  run -64 pg-suggest -t t file </dev/null
}

@test "SIGTERM: the proposal covers the records read so far" {
  mkfifo pipe
  pg-suggest -q --grace 100ms -t t <pipe >out &
  local pid=$! fd
  echo "$pid" >pid
  exec {fd}>pipe
  eventually 60 started pg-suggest "$pid"
  echo '{"body":{"a":1}}' >&"$fd"
  kill -TERM "$pid"
  wait "$pid"
  exec {fd}>&-
  grep -q '^  a bigint NOT NULL' out
}

@test "--metrics-file counts the records read, over several runs" {
  set_of nulls 5
  echo no record >>in
  pg-suggest -q -t t --metrics-file m.prom <in >out 2>err
  pg-suggest -q -t t --metrics-file m.prom <in >out 2>err
  well_formed m.prom pg-suggest
  [ "$(value m.prom records_read_total)" = 10 ]
  [ "$(value m.prom lines_malformed_total)" = 2 ]
  recent m.prom
  run -74 pg-suggest -q -t t --metrics-file no/such/file <in
}

@test "memory does not grow with the stream, nor with the number of different keys" {
  set_of nested 1000
  yes | head -n 3 | while read -r _; do cat in; done >few
  yes | head -n "$(rounds 30 300)" | while read -r _; do cat in; done >many
  local name
  for name in few many; do
    python3 "$ROOT/tests/lib/peak.py" "$name.peak" pg-suggest -q -t t <"$name" >/dev/null
  done
  awk 'BEGIN { for (i = 0; i < 30000; i++) printf "{\"body\":{\"x%c%c%c%c\":1,\"o\":{\"y%c%c%c\":{\"z\":1}}}}\n",
    97 + i % 26, 97 + i / 26 % 26, 97 + i / 676 % 26, 97 + i / 17576, 97 + i % 26, 97 + i / 26 % 26, 97 + i / 676 % 26 }' >in
  python3 "$ROOT/tests/lib/peak.py" keys.peak pg-suggest -q -t t <in >/dev/null
  echo "# MiB: few=$(<few.peak) many=$(<many.peak) keys=$(<keys.peak)" >&3
  [ "$(<many.peak)" -le 32 ]
  [ "$(<many.peak)" -le $(($(<few.peak) + 2)) ]
  [ "$(<keys.peak)" -le 32 ]
}
