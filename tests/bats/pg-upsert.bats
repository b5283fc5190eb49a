#!/usr/bin/env bats
# pg-load --upsert: the effect on rows, the refused records, and errors at the start.

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
  # A record updates only the columns that it has, null included; only a greater value wins.
  { record 3 '{"id":1,"n":6,"v":null}' && record 4 '{"id":2,"v":"c","n":5}' && record 5 '{"id":3,"v":"d","n":1}' && record 6 '{"id":2,"n":7}'; } >in
  load_in -t t --upsert id --newer n --metrics-file m
  [ "$(effects)" = 'updated stale inserted updated' ]
  [ ! -s err ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'1||6|none\n2|b|7|m\n3|d|1|none' ]
  grep -q '^sqs2pg_records_inserted_total{.*} 1$' m
  grep -q '^sqs2pg_records_updated_total{.*} 2$' m
  grep -q '^sqs2pg_records_stale_total{.*} 1$' m
  # With the ledger nothing is done twice, and a duplicate has no effect.
  load_in -t t --upsert id --newer n
  [ "$(tally)" = '4 duplicate' ]
  [ -z "$(effects)" ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 6 ]
}

@test "a dry run prints the effects, and changes nothing" {
  sql 'CREATE TABLE t (id integer PRIMARY KEY, n integer)'
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
  # A value that another one overwrites is not sent.
  [ "$(effects)" = 'updated inserted updated updated updated inserted' ]
  { record 7 '{"id":1,"b":"7"}' && record 8 '{"id":1,"b":"8"}'; } >in
  load_in -t t --upsert id --batch-rows 1
  [ "$(effects)" = 'updated updated' ]
  [ "$(sql 'SELECT * FROM t WHERE id = 1')" = '1|3|8' ]
  # A record of the key alone: the row exists.
  { record 9 '{"id":1}' && record 10 '{"id":3}'; } >in
  load_in -t t --upsert id
  [ "$(effects)" = 'updated inserted' ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'1|3|8\n2|6|6\n3||' ]
}

@test "NULL in the columns or in the newer one refuses a record; a stored NULL is older" {
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

@test "the equality of the columns decides which keys are the same, in small and in large batches" {
  equal_keys 0
  equal_keys 2000
}

@test "keys of every type, sorted here or by the server, find their rows" {
  keys_of 1200 'k text' 'sprintf("\"k\":\"%s %d\"", substr("aBcDeF", i % 6 + 1, 1), i * 7)'
  keys_of 60 'k varchar(12)' 'sprintf("\"k\":\"%d\"", i)'
  keys_of 60 'k bigint' 'sprintf("\"k\":%d", (i % 2 ? -1 : 1) * i * i * i)'
  keys_of 1200 'k uuid' 'sprintf("\"k\":\"%08x-0000-4000-8000-000000000000\"", i * 40503 % 65536)'
  keys_of 60 'k text, l smallint' 'sprintf("\"k\":\"%d\",\"l\":%d", i % 7, i % 11 - 5)' 'k,l'
  # For other forms, other letters, and values that are not texts, the server decides.
  keys_of 60 'k bigint' 'sprintf("\"k\":\"0%d\"", i)'
  keys_of 60 'k text' 'sprintf("\"k\":\"\303\251%d\\\\\"", i)'
  keys_of 60 'k uuid' 'sprintf("\"k\":\"%08X-0000-4000-8000-000000000000\"", i)'
  keys_of 1200 'k numeric' 'sprintf("\"k\":%d.0", i)'
  keys_of 60 'k char(12)' 'sprintf("\"k\":\"%d  \"", i)'
}

@test "a text that is cut to the length of its column has the key of the shorter text" {
  sql 'CREATE TABLE t (k varchar(3) PRIMARY KEY, n integer)'
  { record 1 '{"k":"abc","n":1}' && record 2 '{"k":"abc  ","n":2}' && record 3 '{"k":"ab","n":1}'; } >in
  load_in -t t --upsert k --newer n
  [ "$(effects)" = 'stale inserted inserted' ]
  [ "$(sql 'SELECT k, n FROM t ORDER BY n')" = $'ab|1\nabc|2' ]
}

@test "values are taken as without --upsert, both ways: none is cut or changed" {
  values_are_taken 1 40
}

# refused STATUS WORDS OPTION...: check that a run ends at its start with these words, and create nothing.
refused() {
  local wanted=$1 words=$2
  shift 2
  : >in
  load_in -t t "$@"
  [ "$status" -eq "$wanted" ] || { echo "status $status: $*" && cat err && return 1; }
  grep -q -- "$words" err || { cat err && return 1; }
  [ "$wanted" = 78 ] || [ -z "$(sql 'SELECT to_regclass($$t_ledger$$)')" ]
}

@test "an unusable index or column is refused at the start, by name" {
  sql 'CREATE TABLE t (a integer, b text, c point, d integer GENERATED ALWAYS AS (a + 1) STORED, e integer GENERATED ALWAYS AS IDENTITY,
    u integer, "O, d" integer, n integer, UNIQUE (d), UNIQUE (e), UNIQUE ("O, d"))'
  refused 69 't has no unique index over (a)$' --upsert a
  grep -q 'hint: .*CREATE UNIQUE INDEX ON t (a)' err
  refused 69 't has no column nosuch$' --upsert nosuch
  refused 69 't has no column nosuch$' --upsert '"O, d"' --newer nosuch
  refused 69 'the server makes the values of column d$' --upsert d
  refused 69 'the server makes the values of column e$' --upsert e
  sql 'CREATE UNIQUE INDEX part ON t (a) WHERE u > 0'
  refused 69 'unique index part of t is partial' --upsert a
  sql 'CREATE UNIQUE INDEX wide ON t (a, b)'
  refused 69 'unique index part of t is partial' --upsert a
  refused 69 't has no unique index over (a, u)$' --upsert a,u
  # An index over an expression may be over other columns: it is named last.
  sql 'CREATE UNIQUE INDEX an_expr ON t (lower(b))'
  refused 69 'unique index part of t is partial' --upsert a
  sql 'DROP INDEX an_expr'
  sql 'DROP INDEX part; CREATE UNIQUE INDEX expr ON t (lower(b))'
  refused 69 'unique index expr of t is over an expression' --upsert b
  # A deferrable index excludes another one over the same columns.
  sql 'ALTER TABLE t ADD CONSTRAINT late UNIQUE (u) DEFERRABLE INITIALLY DEFERRED; CREATE UNIQUE INDEX at_once ON t (u)'
  refused 69 'unique index late of t is deferrable' --upsert u
  sql 'INSERT INTO t (n) VALUES (1), (1)'
  run ! psql -qXc 'CREATE UNIQUE INDEX CONCURRENTLY broken ON t (n)'
  refused 69 'unique index broken of t is not valid' --upsert n
  grep -q 'hint: build it again with REINDEX' err
  refused 69 'the type of column c of t has no order$' --upsert a,b --newer c
  # A view has no index, so none is asked for.
  sql 'CREATE VIEW v AS SELECT * FROM t; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER f INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f()'
  load_in -t v --upsert a
  [ "$status" -eq 69 ]
  [ "$(<err)" = 'pg-load: error: --upsert: v is a view or a foreign table, which has no unique index
pg-load: hint: name an ordinary table, or load without --upsert' ]
  printf 'a .body.a\n' >m
  refused 78 'm: no line for column b, which --upsert names$' --upsert a,b --map m
  printf 'a .body.a\nb .body.b\n' >m
  refused 78 'm: no line for column n, which --newer names$' --upsert a,b --newer n --map m
}

@test "a rule is refused while it is in force, as the server refuses ON CONFLICT beside it" {
  local state setting due
  sql 'CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE u (id integer);
    CREATE RULE copy AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (NEW.id)'
  records 1 1 >in
  while read -r state setting due; do
    echo "$state $setting"
    sql "ALTER TABLE t ${state//_/ } RULE copy; ALTER DATABASE $PGDATABASE SET session_replication_role = $setting"
    load_in -t t --upsert id --no-ledger
    [ "$status" -eq "$due" ]
    if [ "$due" = 69 ]; then grep -q 'rule copy' err; fi
    sql 'INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING' 2>psql || [ "$due" = 69 ]
  done <<'END'
ENABLE origin 69
ENABLE replica 0
ENABLE_REPLICA origin 0
ENABLE_REPLICA replica 69
ENABLE_ALWAYS origin 69
ENABLE_ALWAYS replica 69
DISABLE origin 0
END
}

@test "a wrong command line is refused" {
  sql 'CREATE TABLE t (a integer, b integer, UNIQUE (a, b))'
  refused 64 '--newer needs --upsert$' --newer a
  refused 64 '--upsert names a column twice$' --upsert a,b,a
  refused 64 '--newer takes a column that --upsert does not name$' --upsert a,b --newer b
  refused 64 'exclude each other$' --upsert a --prune-ledger 30d
  local names
  for names in "," "a," ",a" "a,,b" '"a' 'a"b"' 'a b' '""' "$(printf 'a%.0s' {1..64})"; do
    refused 64 '--upsert takes names of columns' --upsert "$names"
  done
  refused 64 '--newer takes the name of a column$' --upsert a --newer a,b
}

@test "--explain names the index and the newer column" {
  sql 'CREATE TABLE t (a integer, "B c" integer, n timestamptz, PRIMARY KEY (a, "B c"))'
  pg-load -t t --upsert ' "B c" , a' --newer n --explain >out
  [ "$(tail -n 2 out)" = $'(upsert)\tt_pkey\ta, "B c"\t--upsert\n(newer)\ttimestamp with time zone\tn\t--newer' ]
}

@test "partitioned tables, generated and identity columns work, both ways" {
  partitioned 30
  partitioned 1500
}

@test "the rows of inheriting tables are left alone" {
  sql 'CREATE TABLE t (id integer PRIMARY KEY, v text, w text); CREATE TABLE heir () INHERITS (t)'
  sql "INSERT INTO heir VALUES (1, 'heir'); INSERT INTO t VALUES (2, 'own'); INSERT INTO heir VALUES (2, 'heir')"
  # Rows of two groups, which need two statements.
  { record 1 '{"id":1,"v":"new"}' && record 2 '{"id":2,"v":"new","w":"w"}'; } >in
  load_in -t t --upsert id
  [ "$(effects)" = 'inserted updated' ]
  [ "$(sql 'SELECT tableoid::regclass, id, v FROM t ORDER BY 1, 2')" = $'t|1|new\nt|2|new\nheir|1|heir\nheir|2|heir' ]
}

@test "rows that the table does not take are found, and the others loaded, both ways" {
  bad_rows 40
  bad_rows 1500
}

@test "if the table refuses the record that was sent, the next best of its key is sent" {
  sql "CREATE TABLE t (id integer PRIMARY KEY, n integer, v text CHECK (v <> 'bad'))"
  { record 1 '{"id":1,"n":1,"v":"a"}' && record 2 '{"id":1,"n":3,"v":"bad"}' && record 3 '{"id":1,"n":2,"v":"b"}' &&
    record 4 '{"id":2,"n":9,"v":"bad"}' && record 5 '{"id":3,"n":1,"v":"c"}'; } >in
  load_in -t t --upsert id --newer n
  [ "$(effects)" = 'stale inserted inserted' ]
  [ "$(tally)" = '3 committed 2 quarantined' ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'1|2|b\n3|1|c' ]
  { record 11 '{"id":1,"n":5,"v":"d"}' && record 12 '{"id":1,"n":6,"v":"e"}' && record 13 '{"id":1,"n":7,"v":"bad"}' &&
    record 14 '{"id":1,"n":8}' && record 15 '{"id":3,"v":"f"}' && record 16 '{"id":3,"n":4,"v":"bad"}'; } >in
  load_in -t t --upsert id
  [ "$(tally)" = '4 committed 2 quarantined' ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'1|8|e\n3|1|f' ]
}

@test "a record without all columns updates an existing row, and is refused when there is none" {
  sql "CREATE TABLE t (id integer PRIMARY KEY, n integer, must text NOT NULL, other text NOT NULL DEFAULT 'd', also text,
    CHECK ((must = 'm') = (also IS NOT NULL)))"
  sql "INSERT INTO t VALUES (1, 0, 'm', 'o', 'a'), (2, 0, 'x', 'o', NULL), (3, 0, 'm', 'o', 'a')"
  { record 1 '{"id":1,"n":1}' && record 2 '{"id":2,"n":1,"must":"y"}' && record 3 '{"id":3,"n":1,"also":"b"}' &&
    record 4 '{"id":4,"n":1}' && record 5 '{"id":5,"n":1,"must":"z"}'; } >in
  load_in -t t --upsert id --newer n
  [ "$(effects)" = 'updated updated updated inserted' ]
  [ "$(tally)" = '4 committed 1 quarantined' ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'1|1|m|o|a\n2|1|y|o|\n3|1|m|o|b\n5|1|z|d|' ]
  # An explicit null is not a missing value.
  { record 6 '{"id":1,"n":2,"must":null}' && record 7 '{"id":3,"n":2}'; } >in
  load_in -t t --upsert id --newer n
  [ "$(tally)" = '1 committed 1 quarantined' ]
  [ "$(sql "SELECT sqlstate FROM t_errors WHERE message_id = '$(mid 6)'")" = 23502 ]
}

@test "a trigger that keeps a row out, or changes its key, refuses the record" {
  sql 'CREATE TABLE t (id text PRIMARY KEY, n integer)'
  sql "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
    IF NEW.id = 'out' THEN RETURN NULL; END IF; NEW.id := lower(NEW.id); RETURN NEW; END \$\$;
    CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"
  sql "INSERT INTO t VALUES ('b', 1), ('c', 5)"
  { record 1 '{"id":"a","n":1}' && record 2 '{"id":"B","n":2}' && record 3 '{"id":"out","n":1}' && record 4 '{"id":"c","n":4}' &&
    record 5 '{"id":"D","n":1}' && record 6 '{"id":"b","n":3}'; } >in
  load_in -t t --upsert id --newer n
  [ "$(tally)" = '3 committed 3 quarantined' ]
  [ "$(effects)" = 'inserted stale updated' ]
  [ "$(sql "SELECT string_agg(DISTINCT sqlstate, ',') FROM t_errors")" = 27000 ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'a|1\nb|3\nc|5' ]
}

@test "a failing statement is not taken for bad rows: without a right the run ends, and refuses none" {
  sql 'CREATE TABLE t (id integer PRIMARY KEY, v integer)'
  records 1 3 '"v":1' >in
  load_in -t t --upsert id
  local role
  role=$(unique)
  sql "CREATE ROLE $role LOGIN; GRANT INSERT ON t TO $role; GRANT SELECT, INSERT, DELETE ON t_ledger TO $role"
  sql "GRANT SELECT ON t TO $role"
  records 4 6 '"v":1' >in
  PGUSER=$role load_in -t t --upsert id --no-quarantine
  [ "$status" -eq 69 ]
  grep -q '42501' err
  grep -q 'SELECT, INSERT and UPDATE on public.t' err
  [ ! -s out ]
  # Without the right to temporary tables, large batches are loaded as small ones.
  sql "GRANT UPDATE ON t TO $role; REVOKE TEMPORARY ON DATABASE $PGDATABASE FROM PUBLIC"
  { records 1 1500 '"v":2' | sed 's/"message_id":"0/"message_id":"9/' && record 9000 '{"id":9000,"v":"x"}'; } >in
  PGUSER=$role load_in -t t --upsert id --no-quarantine
  [ "$status" -eq 1 ]
  [ "$(tally)" = '1500 committed 1 rejected' ]
  [ "$(effects | tr ' ' '\n' | sort | uniq -c | xargs)" = '1497 inserted 3 updated' ]
  sql "DROP OWNED BY $role; DROP ROLE $role"
}

@test "small batches leave the catalogue unchanged" {
  sql 'CREATE TABLE t (id integer PRIMARY KEY, v integer)'
  records 1 400 '"v":1' >in
  load_in -t t --upsert id --batch-rows 400
  local before
  before=$(sql "SELECT pg_relation_size('pg_attribute'), pg_relation_size('pg_class'), pg_relation_size('pg_type')")
  sed 's/"message_id":"0/"message_id":"9/' in >again && mv again in
  load_in -t t --upsert id --batch-rows 2
  [ "$(tally)" = '400 committed' ]
  [ "$(sql "SELECT pg_relation_size('pg_attribute'), pg_relation_size('pg_class'), pg_relation_size('pg_type')")" = "$before" ]
}

@test "operators, functions and types of other schemas are not used" {
  sql 'CREATE TABLE t (id integer PRIMARY KEY, n integer, v text)'
  sql 'CREATE SCHEMA evil'
  sql "CREATE FUNCTION evil.bad(integer, integer) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN RAISE EXCEPTION 'taken'; END \$\$"
  sql 'CREATE OPERATOR evil.= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = evil.bad);
    CREATE OPERATOR evil.< (LEFTARG = integer, RIGHTARG = integer, FUNCTION = evil.bad)'
  sql "CREATE FUNCTION evil.rank() RETURNS bigint LANGUAGE sql AS 'SELECT 1/0'; CREATE TABLE evil.sqs2pg_upsert (id integer);
    CREATE FUNCTION evil.unnest(integer[]) RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1/0'"
  sql "ALTER DATABASE $PGDATABASE SET search_path = evil, pg_catalog, public"
  local size
  for size in 4 1500; do
    { records 1 "$size" "\"n\":$size,\"v\":\"a\"" && records $((size + 1)) $((size + 2)) '"n":99999,"v":"b"' | sed 's/"id":[0-9]*/"id":1/'; } |
      sed "s/\"message_id\":\"0000/\"message_id\":\"$size$size/" >in
    load_in -t public.t --upsert id --newer n --no-ledger
    [ "$status" -eq 0 ]
    [ "$(tally)" = "$((size + 2)) committed" ]
  done
  [ "$(sql "SELECT count(*) FROM public.t WHERE v = 'a'")" = 1499 ]
}

@test "rows are locked in key order, whatever the order of the records" {
  # A row in the middle is locked. A loader that waits for it holds the rows before it, and none after it.
  sql 'CREATE TABLE t (id integer PRIMARY KEY, n integer, v text, opt text)'
  sql 'INSERT INTO t SELECT i, 0 FROM generate_series(2, 20, 2) i'
  mkfifo held
  psql -qXAt <held >held.out &
  echo $! >pid
  exec 7>held
  printf 'BEGIN;\nUPDATE t SET n = 0 WHERE id = 10;\nSELECT $$ready$$;\n' >&7
  eventually 60 grep -q ready held.out
  # Two groups, so that the order is not that of the groups.
  { for n in 20 3 16 1 10 7 18 5 12 9 2 8 4 6 14; do record "$n" "{\"id\":$n,\"n\":1$((n % 3 ? 0 : 1)),\"v\":\"x\"$( ((n % 2)) && printf ',"opt":"o"')}"; done; } >in
  load_in -t t --upsert id --newer n &
  echo $! >>pid
  eventually 60 waits_for_lock
  # The rows after it are free; those before it are not.
  [ "$(sql 'SELECT string_agg(id::text, $$,$$ ORDER BY id) FROM (SELECT id FROM t FOR UPDATE SKIP LOCKED) s')" = 12,14,16,18,20 ]
  printf 'COMMIT;\n' >&7
  exec 7>&-
  wait
  : >pid
  [ "$(sql 'SELECT count(*) FROM t WHERE v = $$x$$')" = 15 ]
}
waits_for_lock() { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")" = 1 ]; }

# example FIRST: print the example of the man page that begins with these words.
example() {
  mandoc -T utf8 "$ROOT/man/pg-load.1" | sed 's/.\x08//g' | sed -n '/^EXAMPLES/,/^SEE ALSO/p' |
    awk -v first="$1" 'index($0, first) { found = 1 } found && !/[^ ]/ { exit } found'
}

@test "the examples of the man page do what it says" {
  sql 'CREATE TABLE orders (id bigint PRIMARY KEY, state text, changed timestamptz)'
  sql "INSERT INTO orders VALUES (1, 'open', '2026-11-21T09:00:00Z'), (2, 'paid', '2026-11-21T09:00:00Z')"
  { record 1 '{"id":1,"state":"paid","changed":"2026-11-21T10:00:00Z"}' && record 2 '{"id":2,"state":"open","changed":"2026-11-21T08:00:00Z"}' &&
    record 3 '{"id":3,"state":"open","changed":"2026-11-21T10:00:00Z"}'; } >orders.ndjson
  bash -euc "$(example 'pg-load -n -t orders')" >out 2>err
  [ "$(tr -s ' \n' ' ' <out)" = ' 1 inserted 1 stale 1 updated ' ]
  bash -euc "$(example 'pg-load --explain -t orders --upsert')" >out
  grep -q $'^(upsert)\torders_pkey\tid\t--upsert$' out
  # Without a queue and deletions, which the tests of sqs-pull and sqs-ack cover.
  mkdir bin
  printf '#!/bin/sh\ncat orders.ndjson\n' >bin/sqs-pull
  printf '#!/bin/sh\ncat >verdicts\n' >bin/sqs-ack
  chmod +x bin/*
  PATH=$PWD/bin:$PATH bash -euc "$(example 'sqs-pull | pg-load -t orders')"
  [ "$(effects_of verdicts)" = 'updated stale inserted' ]
  [ "$(sql 'SELECT id, state FROM orders ORDER BY id')" = $'1|paid\n2|paid\n3|open' ]
}

@test "domains hold for the columns that a row gives, and JSON may have what json takes: in batches of any size" {
  sql 'CREATE DOMAIN needed AS integer NOT NULL'
  sql "CREATE DOMAIN filled AS varchar(5) CHECK (value <> '' AND value IS NOT NULL)"
  sql "CREATE DOMAIN outer_filled AS filled DEFAULT 'dd'"
  local rows filler
  for filler in 0 2000; do
    [ "$filler" -eq 0 ] || sql 'DROP TABLE t, t_ledger, t_errors'
    sql 'CREATE TABLE t (id integer PRIMARY KEY, x needed DEFAULT 5, v text, c outer_filled, j json, b jsonb)'
    sql "INSERT INTO t VALUES (1, 1, 'old', 'o')"
    {
      rows=1
      while read -r row; do record $((rows++)) "$row"; done <<'END'
{"id":1,"v":"new"}
{"id":2,"v":"inserted"}
{"id":3,"x":4,"c":"abc","j":{"a":"\u0000"},"b":{"k":[1]}}
{"id":4,"c":"too long"}
{"id":5,"c":""}
{"id":6,"x":null}
{"id":7,"j":"\u0000"}
{"id":8,"b":"\u0000"}
END
      [ "$filler" -eq 0 ] || awk -v n="$filler" 'BEGIN { for (i = 100; i < 100 + n; i++)
        printf "{\"sqs\":{\"message_id\":\"%d\",\"receipt_handle\":\"h\"},\"body\":{\"id\":%d,\"v\":\"f\"}}\n", i, i }'
    } >in
    pg-load -q -t t --upsert id <in >out 2>err || [ "$?" -eq 1 ]
    [ "$(head -8 out | jq -r .status | xargs)" = 'committed committed committed quarantined quarantined quarantined committed quarantined' ]
    [ "$(sql 'SELECT * FROM t WHERE id < 100 ORDER BY id')" = '1|1|new|o||
2|5|inserted|dd||
3|4||abc|{"a":"\u0000"}|{"k": [1]}
7|5||dd|"\u0000"|' ]
    [ "$(sql 'SELECT count(*) FROM t WHERE id >= 100')" -eq "$filler" ]
  done
}

@test "--newer compares by the collation of the column, also beside JSON and in a domain" {
  sql 'CREATE DOMAIN spelt AS text COLLATE "en-x-icu"'
  local type
  for type in 'text COLLATE "en-x-icu"' spelt; do
    sql "CREATE TABLE t (id integer PRIMARY KEY, v $type, j jsonb)"
    # By bytes "B" comes before "a".
    { record 1 '{"id":1,"v":"a"}' && record 2 '{"id":1,"v":"B"}'; } | pg-load -q -t t --upsert id --newer v >out
    [ "$(effects)" = 'stale inserted' ]
    [ "$(sql 'SELECT v FROM t')" = B ]
    sql 'DROP TABLE t, t_ledger, t_errors'
  done
}

@test "changes of columns and index during a run are noticed" {
  sql 'CREATE TABLE t (id integer PRIMARY KEY, n integer, must text, d text)'
  mkfifo in
  pg-load -t t --upsert id --newer n --linger 0 <in >out 2>err &
  echo $! >pid
  exec 7>in
  record 1 '{"id":1,"n":1,"must":"m"}' >&7
  eventually 60 lines_are out 1
  sql "ALTER TABLE t ALTER must SET NOT NULL, ALTER d SET DEFAULT 'd'"
  { record 2 '{"id":1,"n":2}' && record 3 '{"id":2,"n":2,"must":"x"}' && record 4 '{"id":3,"n":2,"must":"x","d":"e"}'; } >&7
  eventually 60 lines_are out 4
  sql 'DROP INDEX IF EXISTS other; ALTER TABLE t DROP CONSTRAINT t_pkey; CREATE UNIQUE INDEX late ON t (id) WHERE id > 0'
  record 5 '{"id":1,"n":3}' >&7
  exec 7>&-
  status=0
  wait "$(<pid)" || status=$?
  : >pid
  [ "$(effects)" = 'inserted updated inserted inserted' ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'1|2|m|\n2|2|x|d\n3|2|x|e' ]
  [ "$status" -eq 69 ]
  grep -q 'unique index late of public.t is partial' err
}
