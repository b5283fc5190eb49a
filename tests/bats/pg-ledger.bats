#!/usr/bin/env bats
# The keys of pg-load's ledger: how they are made, for parts too, and the upgrade of
# a ledger of 0.1.0, whose keys were message ids.

load ../lib/common
load ../lib/records

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer, v text)'
}

teardown() { common_teardown; }

# manual FROM TO: print lines of the manual, as a user would type them.
manual() { mandoc -T ascii "$ROOT/man/pg-load.1" | sed 's/.\x08//g' | sed -n "/^ *$1/,/^ *$2/p"; }

# part N PART PARTS BODY [DELIVERY [UNWRAP]]: print one of several records of a message.
part() {
  record "$1" "$4" "${5:-}" | sed "s/\"},\"body\"/\",\"part\":$2,\"parts\":$3,\"unwrap\":\"${6:-sns.s3}\"},\"body\"/"
}

# old_ledger: create it as 0.1.0 did.
old_ledger() { sql 'CREATE TABLE t_ledger (key uuid PRIMARY KEY, loaded_at timestamptz NOT NULL DEFAULT now())'; }

@test "the key is the one that the SQL and the Python of the manual compute" {
  {
    record 1 '{"id":1}' && record 2 '{"id":2}' | sed "s/$(mid 2)/no-uuid/;s/T09:00/T10:00/"
    record 3 '{"id":3}' | sed 's/,"sent_at":"[^"]*"//' && part 4 0 2 '{"id":4}' && part 4 1 2 '{"id":4}'
    part 5 11 12 '{"id":5}' '' each.lines && printf '{"sqs":{"message_id":"without a queue"},"body":{"id":6}}\n'
    record 7 '{"id":7}' | sed 's/2026-11-21T09:00:00.123Z/1999-12-31T23:59:59.999Z/'
  } >in
  load_in -t t
  [ "$(tally)" = '8 committed' ]
  sql 'SELECT key FROM t_ledger ORDER BY key' >ledger
  {
    manual 'import datetime' 'return uuid' | python3 -c 'import sys, textwrap; print(textwrap.dedent(sys.stdin.read()))'
    printf 'import json, sys\nfor line in sys.stdin:\n    print(ledger_key(json.loads(line)["sqs"]))\n'
  } >key.py
  python3 key.py <in | sort >python
  diff python ledger
  sql "$(manual 'CREATE FUNCTION ledger_key' '\$\$;')"
  jq -r '.sqs | [(.queue_url // "" | split("/")[-1] // ""), .message_id, .sent_at // "", .part // "", .parts // "", .unwrap // ""]
    | map("\u0027\(.)\u0027" | if . == "\u0027\u0027" then "NULL" else . end) | .[0] |= if . == "NULL" then "\u0027\u0027" else . end
    | "SELECT ledger_key(\(join(",")))"' <in >key.sql
  while read -r query; do sql "$query"; done <key.sql | sort >by_sql
  diff by_sql ledger
  # Sorted by time; a key without a time is first, as 0.
  [ "$(head -c 14 ledger)" = 00000000-0000- ]
  [ "$(sql "SELECT count(*) FROM t_ledger WHERE substr(key::text, 15, 1) <> '8' OR substr(key::text, 20, 1) NOT IN ('8', '9', 'a', 'b')")" = 0 ]
}

@test "each part of a message is loaded once, however it is redelivered, and its verdict has its own sqs" {
  for options in '' '--batch-rows 1' '--jobs 3 --batch-rows 2'; do
    { part 1 0 3 '{"id":1,"v":"same"}' && part 1 1 3 '{"id":1,"v":"same"}'; } >in
    # shellcheck disable=SC2086  # several
    load_in -t t $options
    [ "$(tally)" = '2 committed' ]
    # The other parts come with the next delivery, with another message in between.
    { for n in 2 0 1; do part 1 "$n" 3 '{"id":1,"v":"same"}' again; done && record 2 '{"id":2}'; } >in
    # shellcheck disable=SC2086
    load_in -t t $options
    [ "$(tally)" = '2 committed 2 duplicate' ]
    diff <(jq -c .sqs <in | sort) <(jq -c .sqs <out | sort)
    diff <(grep -o '{"queue_url[^}]*}' in | sort) <(grep -o '{"queue_url[^}]*}' out | sort)
    [ "$(sql 'SELECT count(*) FROM t')" = 4 ]
    # With another part, parts or unwrap it is another record.
    { part 1 0 4 '{"id":1}' && part 1 0 3 '{"id":1}' '' sns.each; } >in
    load_in -t t
    [ "$(tally)" = '2 committed' ]
    sql 'DROP TABLE t_ledger, t_errors; TRUNCATE t'
  done
}

@test "a refused part is kept and resolved alone" {
  { part 1 0 3 '{"id":0}' && part 1 1 3 '{"id":"x"}' && part 1 2 3 '{"id":"x"}'; } >in
  load_in -t t
  [ "$(tally)" = '1 committed 2 quarantined' ]
  load_in -t t
  [ "$(tally)" = '1 duplicate 2 quarantined' ]
  [ "$(sql 'SELECT count(*), count(DISTINCT key), sum(count), count(DISTINCT message_id) FROM t_errors')" = '2|2|4|1' ]
  part 1 2 3 '{"id":2}' >in
  load_in -t t
  [ "$(tally)" = '1 committed' ]
  [ "$(sql "SELECT record::json #>> '{sqs,part}' FROM t_errors WHERE resolved_at IS NULL")" = 1 ]
}

@test "a ledger of 0.1.0 is brought up to date, and the ids of its messages are looked up" {
  old_ledger
  sql "INSERT INTO t_ledger (key) VALUES ('$(mid 1)'), ('$(mid 2)'),
    -- SHA-256 of queue name, zero byte and id, as 0.1.0 made it of an id that is no UUID
    ((SELECT encode(set_byte(set_byte(substr(h, 1, 16), 6, get_byte(h, 6) & 15 | 128), 8, get_byte(h, 8) & 63 | 128), 'hex')::uuid
      FROM (SELECT sha256('\x71006e6f2d75756964'::bytea) AS h) s))"
  {
    record 1 '{"id":1}' && record 3 '{"id":3}' && record 2 '{"id":"x"}' && record 4 '{"id":"x"}'
    record 5 '{"id":5}' | sed "s/$(mid 5)/no-uuid/" && part 2 1 2 '{"id":2}'
  } >in
  # Runs that only look change nothing.
  load_in -t t --dry-run
  [ "$(tally)" = '1 would-commit 4 would-duplicate 1 would-quarantine' ]
  [ "$(sql "SELECT count(*) FROM pg_attribute WHERE attrelid = 't_ledger'::regclass AND attname = 'content'")" = 0 ]
  load_in -t t
  [ "$(tally)" = '1 committed 4 duplicate 1 quarantined' ]
  [ "$(verdict 1),$(verdict 3),$(verdict 4)" = duplicate,committed,quarantined ]
  [ "$(sql 'SELECT id FROM t')" = 3 ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 4 ]
  [ "$(sql "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 't_ledger'::regclass AND attname = 'content'")" = bytea ]
  [ "$(sql "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
    WHERE i.indrelid = 't_ledger'::regclass AND a.amname = 'brin'")" = 1 ]
  [[ $(sql "SELECT obj_description('t_ledger'::regclass)") =~ ^Keys\ written\ until\ 20[0-9-]+T[0-9:.]+Z\ are\ message\ ids ]]
  load_in -t t --batch-rows 1
  [ "$(tally)" = '5 duplicate 1 quarantined' ]
  # Also in dry runs, and by loaders that may create nothing.
  load_in -t t --dry-run --no-create
  [ "$(tally)" = '5 would-duplicate 1 would-quarantine' ]
  # Once they are deleted, nothing looks for them.
  sql 'DELETE FROM t_ledger WHERE key NOT IN (SELECT key FROM t_ledger ORDER BY loaded_at DESC LIMIT 1)'
  record 1 '{"id":1}' >in
  load_in -t t
  [ "$(tally)" = '1 committed' ]
}

@test "a ledger of 0.1.0 that another role owns is left unchanged, and both keys are looked up" {
  old_ledger
  sql "INSERT INTO t_ledger (key) VALUES ('$(mid 1)')"
  role=r_$PGDATABASE
  sql "CREATE ROLE $role LOGIN; GRANT INSERT ON t TO $role; GRANT SELECT, INSERT, DELETE ON t_ledger TO $role"
  { record 1 '{"id":1}' && record 2 '{"id":2}'; } >in
  PGUSER=$role load_in -t t --no-quarantine
  [ "$(tally)" = '1 committed 1 duplicate' ]
  PGUSER=$role load_in -t t --no-quarantine
  [ "$(tally)" = '2 duplicate' ]
  [ "$(sql "SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = 't_ledger'::regclass AND attnum > 0")" = key,loaded_at ]
  sql "DROP OWNED BY $role; DROP ROLE $role"
}

@test "a corrected replay resolves records that 0.1.0 had refused" {
  record 1 '{"id":"x"}' >in
  load_in -t t
  sql "UPDATE t_errors SET key = '$(mid 1)', ledger_key = '$(mid 1)'"
  part 1 0 2 '{"id":1}' >in
  load_in -t t
  [ "$(tally)" = '1 committed' ]
  [ "$(sql 'SELECT count(resolved_at) FROM t_errors')" = 0 ]
  record 1 '{"id":1}' >in
  load_in -t t
  [ "$(tally)" = '1 committed' ]
  [ "$(sql 'SELECT count(resolved_at) FROM t_errors')" = 1 ]
}

@test "old keys are deleted in short transactions, each once" {
  sql 'CREATE TABLE t_ledger (key uuid PRIMARY KEY, loaded_at timestamptz NOT NULL DEFAULT now(), content bytea);
    CREATE INDEX ON t_ledger USING brin (loaded_at)'
  # Half of them from one second, the others from a year, and some young ones.
  sql "INSERT INTO t_ledger SELECT md5(n::text)::uuid, now() - interval '400 days' + CASE WHEN n % 2 = 0
      THEN interval '1 day' + n * interval '5 microseconds' ELSE n * interval '150 seconds' END FROM generate_series(1, 200000) n;
    INSERT INTO t_ledger SELECT md5('young' || n)::uuid, now() - interval '10 days' FROM generate_series(1, 100) n"
  : >in
  before=$(sql 'SELECT txid_current()')
  load_in -t t --prune-ledger 15d -v
  [ "$status" -eq 0 ]
  grep -q 'pruned=200000$' err
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 100 ]
  [ $(($(sql 'SELECT txid_current()') - before)) -ge 5 ]
  load_in -t t --prune-ledger 15d -v
  grep -q 'pruned=0$' err
  load_in -t t --prune-ledger 1ms --force
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 0 ]
}
