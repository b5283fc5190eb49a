#!/usr/bin/env bats
# pg-load: which value goes to which column, and how it is stored.

load ../lib/common
load ../lib/records

setup() { pg_setup; }

@test "keys go to the columns of their names; a missing key is the DEFAULT, null is NULL" {
  sql "CREATE TABLE t (id integer, a text DEFAULT 'da', b integer DEFAULT 7, c text)"
  {
    record 1 '{"id":1}'
    record 2 '{"id":2,"a":null,"b":null}'
    record 3 '{"id":3,"b":8,"a":""}'
    record 4 '{"c":"x","a":"y","id":4}'
    record 5 '{"id":5}'
  } >in
  load_in -t t
  [ "$status" -eq 0 ]
  [ ! -s err ]
  [ "$(sql "SELECT id, coalesce(a, 'null'), coalesce(b::text, 'null'), coalesce(c, 'null') FROM t ORDER BY id")" = '1|da|7|null
2|null|null|null
3||8|null
4|y|7|x
5|da|7|null' ]
}

@test "unknown keys are counted and reported once; a record with nothing else is refused" {
  sql 'CREATE TABLE t (id integer)'
  { records 1 50 '"x":1,"secret":"canary"'; record 51 '{"y":1}'; record 52 '{}'; record 53 '5'; record 54 '"text"'; } >in
  load_in -t t --batch-rows 10
  [ "$(tally)" = '50 committed 4 quarantined' ]
  [ "$(sql 'SELECT code, count(*) FROM t_errors GROUP BY code')" = 'no-columns|4' ]
  [ "$(grep -c '101 values of 51 records' err)" = 1 ]
  run -1 grep canary err
}

@test "numbers keep every digit" {
  sql 'CREATE TABLE t (n numeric, b bigint, f double precision, v text, j json, k jsonb)'
  record 1 '{"n":12345678901234567891.10,"b":9223372036854775807,"f":1e-7,"v":1.10,"j":1.10,"k":12345678901234567891}' >in
  load_in -t t
  [ "$(tally)" = '1 committed' ]
  [ "$(sql 'SELECT * FROM t')" = '12345678901234567891.10|9223372036854775807|1e-07|1.10|1.10|12345678901234567891' ]
}

@test "objects and arrays go verbatim to json, jsonb and text, strings stay JSON in json columns" {
  sql 'CREATE DOMAIN doc AS jsonb; CREATE DOMAIN deep AS doc'
  sql 'CREATE TABLE t (id integer, j json, k jsonb, v text, d deep)'
  {
    record 1 '{"id":1,"j":{"b":1.0,"a":[1,2,{"x":"\u00e9\\\" \n"}]},"k":{"b":1.10,"a":"x"},"v":{"b":1.0,"a":[]},"d":[1]}'
    record 2 '{"id":2,"j":"text","k":"5","v":"text","d":"d"}'
    record 3 '{"id":3,"j":null,"k":null,"v":null}'
    record 4 '{"id":4,"j":true,"k":5,"v":false,"d":1.0}'
    record 5 '{"id":5,"j":"\u0000","v":{"a":"\u0000"}}'
  } >in
  load_in -t t
  [ "$(tally)" = '5 committed' ]
  [ "$(sql 'SELECT j FROM t WHERE id = 1')" = '{"b":1.0,"a":[1,2,{"x":"\u00e9\\\" \n"}]}' ]
  [ "$(sql 'SELECT v, d FROM t WHERE id = 1')" = '{"b":1.0,"a":[]}|[1]' ]
  [ "$(sql "SELECT k->>'b', k->>'a' FROM t WHERE id = 1")" = '1.10|x' ]
  [ "$(sql 'SELECT j, k, v, d FROM t WHERE id = 2')" = '"text"|"5"|text|"d"' ]
  [ "$(sql 'SELECT j IS NULL, k IS NULL, v IS NULL FROM t WHERE id = 3')" = 't|t|t' ]
  [ "$(sql 'SELECT j, k, v, d FROM t WHERE id = 4')" = 'true|5|false|1.0' ]
  # It is not decoded, so it is text like any other.
  [ "$(sql 'SELECT j, v FROM t WHERE id = 5')" = '"\u0000"|{"a":"\u0000"}' ]
}

@test "a decoded U+0000 refuses the record, wherever it would be stored" {
  sql 'CREATE TABLE t (id integer, v text, k jsonb)'
  {
    records 1 20
    record 21 '{"id":21,"v":"a\u0000b"}'
    record 22 '{"id":22,"k":{"a":["\u0000"]}}'
    record 23 '{"id":23,"v":"a\\u0000b"}'
    record 24 '{"id":24,"other":"\u0000"}'
  } >in
  load_in -t t
  [ "$(tally)" = '22 committed 2 quarantined' ]
  [ "$(sql 'SELECT code, sqlstate, column_name FROM t_errors ORDER BY code')" = 'nul||v
refused|22P05|k' ]
  [ "$(sql 'SELECT v FROM t WHERE id = 23')" = 'a\u0000b' ]
}

@test "strings arrive unchanged: escapes, tabs, backslashes, every plane of Unicode" {
  sql 'CREATE TABLE t (id integer, v text)'
  cat >in <<'END'
{"sqs":{"message_id":"1"},"body":{"id":1,"v":"a\tb\nc\rd\\e\"f\/g\b\f\u001f\u007f"}}
{"sqs":{"message_id":"2"},"body":{"id":2,"v":"\\N"}}
{"sqs":{"message_id":"3"},"body":{"id":3,"v":"\\."}}
{"sqs":{"message_id":"4"},"body":{"id":4,"v":"\\"}}
{"sqs":{"message_id":"5"},"body":{"id":5,"v":"\u00e9\u20ac\ud83d\ude00 é€😀"}}
{"sqs":{"message_id":"6"},"body":{"\u0069d":6,"v":"\\t\\x41"}}
{"sqs":{"message_id":"7"},"body":{"id":0,"id":7,"v":"first","v":"last"}}
{"sqs":{"message_id":"8"},"body":{"id":0,"v":"lost"},"body":{"id":8}}
END
  load_in -t t
  [ "$(tally)" = '8 committed' ]
  [ "$(sql "SELECT encode(v::bytea, 'hex') FROM (SELECT convert_to(v, 'UTF8') AS v FROM t WHERE id = 1) s")" = \
    "$(printf 'a\tb\nc\rd\\e"f/g\b\f\037\177' | od -An -v -tx1 | tr -d ' \n')" ]
  [ "$(sql 'SELECT v FROM t WHERE id BETWEEN 2 AND 7 ORDER BY id')" = '\N
\.
\
é€😀 é€😀
\t\x41
last' ]
  [ "$(sql 'SELECT v IS NULL FROM t WHERE id = 8')" = t ]
}

@test "types as PostgreSQL reads them: booleans, times, inet, uuid, enum, domain, arrays" {
  sql "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN small AS integer CHECK (VALUE < 10)"
  sql 'CREATE TABLE t (b boolean, ts timestamptz, d date, i inet, u uuid, m mood, s small, x text[], y bytea)'
  {
    record 1 '{"b":true,"ts":"2026-11-21T10:00:00.5+01:00","d":"2026-11-21","i":"203.0.113.7","u":"6ed955c6-506a-5343-9be4-2c0afae02eef","m":"ok","s":9,"x":"{a,\"b c\"}","y":"\\x00ff"}'
    record 2 '{"m":"happy"}'
    record 3 '{"s":10}'
    record 4 '{"b":"maybe"}'
  } >in
  load_in -t t
  [ "$(tally)" = '1 committed 3 quarantined' ]
  [ "$(PGTZ=UTC sql 'SELECT * FROM t')" = 't|2026-11-21 09:00:00.5+00|2026-11-21|203.0.113.7|6ed955c6-506a-5343-9be4-2c0afae02eef|ok|9|{a,"b c"}|\x00ff' ]
  [ "$(sql "SELECT string_agg(sqlstate || coalesce(' ' || column_name, '') || coalesce(' ' || constraint_name, ''), ',' ORDER BY message_id) FROM t_errors")" = '22P02 m,23514 s small_check,22P02 b' ]
}

@test "JSON arrays into arrays: dimensions, NULL, quoting, elements of json, other delimiters" {
  sql "CREATE DOMAIN doc AS jsonb; CREATE DOMAIN list AS integer[]; CREATE TYPE mood AS ENUM ('sad', 'very \"ok\"')"
  sql 'CREATE TABLE t (id integer, i integer[], s text[], n numeric[], j jsonb[], d doc[], l list, m mood[],
    b box[], v text, w int2vector)'
  cat >in <<'END'
{"body":{"id":1,"i":[1,null,3],"s":["a","b c","","NULL","{x}","q\"b\\s,","t\tn\n\u00e9😀",null,true,{"k": ["}"]},"\\\""],"n":[12345678901234567891.10,1.0]}}
{"body":{"id":2,"i":[],"s":[],"j":[{"a":[1,2]},[1,[2]],"x",5,null,1.0],"d":[[],{}],"l":[7,8],"m":["sad","very \"ok\""]}}
{"body":{"id":3,"i":[[1,2],[3,4]],"s":[ [ "a" , "b" ] , ["c",null]],"b":["(1,1),(0,0)","(2,2),(1,1)"],"v":["a",1.0],"w":"1 2"}}
{"body":{"id":4,"i":"{5,6}","s":"{a,NULL}","l":null}}
END
  load_in -t t --no-ledger
  cat err
  [ "$(tally)" = '4 committed' ]
  [ "$(sql 'SELECT i, n, array_length(s, 1), s[8] IS NULL, s[9], s[10] FROM t WHERE id = 1')" = \
    '{1,NULL,3}|{12345678901234567891.10,1.0}|11|t|true|{"k": ["}"]}' ]
  [ "$(sql "SELECT s[1:7] = ARRAY['a','b c','','NULL','{x}',E'q\"b\\\\s,',E't\\tn\\né😀'], s[11] = E'\\\\\"' FROM t WHERE id = 1")" = 't|t' ]
  [ "$(sql 'SELECT i, s, j, d, l, m FROM t WHERE id = 2')" = \
    '{}|{}|{"{\"a\": [1, 2]}","[1, [2]]","\"x\"",5,NULL,1.0}|{[],"{}"}|{7,8}|{sad,"very \"ok\""}' ]
  [ "$(sql 'SELECT i, s, b, v, w FROM t WHERE id = 3')" = '{{1,2},{3,4}}|{{a,b},{c,NULL}}|{(1,1),(0,0);(2,2),(1,1)}|["a",1.0]|1 2' ]
  [ "$(sql 'SELECT i, s, l IS NULL FROM t WHERE id = 4')" = '{5,6}|{a,NULL}|t' ]
}

@test "arrays that do not fit are refused: U+0000, ragged, of another type" {
  sql 'CREATE TABLE t (id integer, i integer[], s text[])'
  {
    records 1 5 '"i":[1],"s":["x"]'
    record 6 '{"s":["a\u0000"]}'
    record 7 '{"i":[[1],[2,3]]}'
    record 8 '{"i":["x"]}'
    record 9 '{"i":[{"a":1}]}'
    record 10 '{"i":[1.5]}'
    record 11 '{"i":[[[[[[[1]]]]]]]}'
    record 12 '{"i":{"a":1}}'
  } >in
  load_in -t t
  [ "$(tally)" = '5 committed 7 quarantined' ]
  [ "$(sql "SELECT string_agg(coalesce(sqlstate, code) || ' ' || column_name, ',' ORDER BY message_id) FROM t_errors")" = \
    'nul s,22P02 i,22P02 i,22P02 i,22P02 i,54000 i,22P02 i' ]
}

@test "the server fills generated columns, identities and columns with a DEFAULT" {
  sql "CREATE TABLE t (always bigint GENERATED ALWAYS AS IDENTITY, optional bigint GENERATED BY DEFAULT AS IDENTITY,
    n integer, twice integer GENERATED ALWAYS AS (n * 2) STORED, at timestamptz NOT NULL DEFAULT now())"
  { record 1 '{"n":1,"always":99,"twice":99}'; record 2 '{"n":2,"optional":50}'; } >in
  load_in -t t
  [ "$(tally)" = '2 committed' ]
  [ ! -s err ]
  [ "$(sql 'SELECT always, optional, n, twice FROM t ORDER BY n')" = '1|1|1|2
2|50|2|4' ]
}

@test "the settings of database and client change nothing" {
  sql 'CREATE TABLE t (d date, v text, ts timestamptz)'
  # Settings of the transaction, as a trigger sees them.
  sql "CREATE TABLE held (name text, value text);
    CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      INSERT INTO public.held SELECT name, setting FROM pg_settings WHERE name IN ('synchronous_commit', 'lock_timeout',
        'statement_timeout', 'idle_in_transaction_session_timeout', 'standard_conforming_strings', 'transaction_isolation');
      RETURN NEW; END \$\$;
    CREATE TRIGGER look BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION look()"
  db=$PGDATABASE
  for setting in "client_encoding = latin1" "datestyle = 'SQL, DMY'" "timezone = 'Asia/Tokyo'" \
    "synchronous_commit = off" "default_transaction_isolation = serializable" "standard_conforming_strings = off" \
    "lc_messages = 'C'" "search_path = nowhere" "lock_timeout = 0" "statement_timeout = 0" \
    "idle_in_transaction_session_timeout = 0"; do
    sql "ALTER DATABASE \"$db\" SET $setting"
  done
  record 1 '{"d":"2026-02-03","v":"é€","ts":"2026-02-03 04:05:06"}' >in
  PGCLIENTENCODING=SJIS load_in -t public.t
  cat err
  [ "$(tally)" = '1 committed' ]
  # Except for those that decide the meaning of a text: pg-targets.bats.
  [ "$(PGCLIENTENCODING=UTF8 PGOPTIONS='-c datestyle=ISO -c timezone=UTC' sql 'SELECT * FROM public.t')" = '2026-02-03|é€|2026-02-02 19:05:06+00' ]
  [ "$(sql 'SELECT name, value FROM public.held ORDER BY name' | xargs)" = 'idle_in_transaction_session_timeout|60000 lock_timeout|10000 standard_conforming_strings|on statement_timeout|300000 synchronous_commit|on transaction_isolation|read committed' ]
}

@test "partitioned tables, views with a trigger and foreign keys within a batch are loaded" {
  sql 'CREATE TABLE p (id integer, v text) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (50);
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (50) TO (100)'
  records 1 100 >in
  load_in -t p
  [ "$(tally)" = '99 committed 1 quarantined' ]
  [ "$(sql 'SELECT sqlstate FROM p_errors')" = 23514 ]
  [ "$(sql 'SELECT count(*) FROM p1')" = 49 ]
  sql "CREATE TABLE base (n integer); CREATE VIEW w AS SELECT n AS id FROM base;
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      INSERT INTO base VALUES (NEW.id * 2); RETURN NEW; END \$\$;
    CREATE TRIGGER f INSTEAD OF INSERT ON w FOR EACH ROW EXECUTE FUNCTION f()"
  records 1 2 >in
  load_in -t w
  [ "$(tally)" = '2 committed' ]
  [ "$(sql 'SELECT sum(n) FROM base')" = 6 ]
  # A child before its parent, in one statement and, by its columns, in another.
  sql 'CREATE TABLE node (id integer PRIMARY KEY, parent integer REFERENCES node)'
  { record 1 '{"id":1,"parent":2}'; record 2 '{"id":2,"parent":3}'; record 3 '{"id":3}'; record 4 '{"id":4,"parent":9}'; } >in
  load_in -t node
  [ "$(verdict 1)" = committed ]
  [ "$(verdict 2)" = committed ]
  [ "$(verdict 3)" = committed ]
  [ "$(verdict 4)" = quarantined ]
}

@test "a table that must not be loaded into ends the run, 69" {
  sql 'CREATE UNLOGGED TABLE u (id integer); CREATE SEQUENCE s; CREATE MATERIALIZED VIEW m AS SELECT 1 AS id'
  sql 'CREATE TABLE q (id integer) PARTITION BY LIST (id); CREATE UNLOGGED TABLE q1 PARTITION OF q DEFAULT'
  records 1 2 >in
  sql 'CREATE VIEW v AS SELECT 1 AS id'
  for table in u q s m v nosuch nosuch.t 'x.' 'Odd Name' a.b.c.d; do
    load_in -t "$table"
    echo "$table: $status $(cat err)"
    [ "$status" -eq 69 ]
    [ ! -s out ]
  done
  # This is noticed before any table is created.
  load_in -t v
  grep -qxF 'pg-load: error: v is a view, not a table' err
  [ "$(sql "SELECT count(*) FROM pg_class WHERE relname LIKE '%\_ledger' OR relname LIKE '%\_errors'")" = 0 ]
  load_in -t u --no-ledger
  [ "$(tally)" = '2 committed' ]
  # A ledger that could take a key twice, or lose it, is refused.
  sql 'CREATE TABLE t (id integer); CREATE TABLE t_ledger (key uuid, loaded_at timestamptz)'
  load_in -t t
  [ "$status" -eq 69 ]
  grep -q 'unique' err
  sql 'ALTER TABLE t_ledger ADD PRIMARY KEY (key); ALTER TABLE t_ledger SET UNLOGGED'
  load_in -t t
  [ "$status" -eq 69 ]
  grep -q 'unlogged' err
}

@test "a date column takes a time as the server would read it, or refuses it as the server would" {
  sql 'CREATE DOMAIN day AS date; CREATE TABLE t (id integer, d date, e day, s timestamptz, x text)'
  # The server shows how it reads a text.
  sql "CREATE FUNCTION read(x text) RETURNS date LANGUAGE plpgsql AS
    'BEGIN RETURN x::date; EXCEPTION WHEN OTHERS THEN RETURN NULL; END'"
  n=0
  while read -r text; do
    n=$((n + 1))
    record "$n" "{\"id\":$n,\"d\":\"$text\",\"e\":\"2026-11-21T23:59:59.999Z\",\"s\":\"2026-11-21T23:59:59.999Z\",\"x\":\"$text\"}"
    printf '%s\t%s\n' "$n" "$text" >>texts
  done >in <<'EOF'
2026-11-21T09:00:00.123Z
2026-11-21T09:00:00Z
2024-02-29T23:59:59.999999Z
2026-11-21
2026-11-21T24:00:00Z
2026-11-21T23:59:60Z
2026-11-21T24:00:01Z
2026-11-21T23:60:00Z
2026-11-21T23:59:61Z
2026-11-21T2a:00:00Z
2026-11-21T09:00:00.1234567Z
2026-11-21T09:00:00.Z
2026-11-21T09:00:00.12aZ
2026-11-21T09:00:00.123
2026-11-21T09:00:00+14:00
2026-11-21T23:00:00-05:00
2026-02-29T09:00:00Z
2026-13-01T09:00:00Z
0000-01-01T09:00:00Z
2026-11-21t09:00:00z
2026-11-21 09:00:00Z
2026-11-21T09:00:00ZZ
2026-11-21T09:00Z
2026-11-21T09:00:00Z x
22026-11-21T09:00:00Z
infinity
EOF
  load_in -t t
  sql 'CREATE TABLE texts (id integer, x text)'
  sql "\\copy texts FROM 'texts'"
  [ "$(sql 'SELECT count(*) FROM texts WHERE read(x) IS NULL')" -ge 8 ]
  [ "$(sql 'SELECT string_agg(texts.id || texts.x, $$; $$) FROM texts LEFT JOIN t USING (id) WHERE read(texts.x) IS DISTINCT FROM t.d')" = '' ]
  # Columns of text and of times lose nothing.
  [ "$(sql 'SELECT count(*) FROM t JOIN texts USING (id) WHERE t.x <> texts.x')" = 0 ]
  [ "$(sql "SELECT DISTINCT e, extract(epoch FROM s) FROM t")" = '2026-11-21|1795305599.999000' ]
}
