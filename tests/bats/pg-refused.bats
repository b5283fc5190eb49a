#!/usr/bin/env bats
# pg-load: rows that the server refuses are found, each alone, and only they.

load ../lib/common
load ../lib/records

setup() {
  common_setup
  unset SQS2PG_MAPS
  fresh_database
}

# spread N: records 1 to N with refused ones of every kind among them; ./expected
# gets "NUMBER SQLSTATE COLUMN CONSTRAINT" of each refused.
spread() {
  sql 'CREATE TABLE parent (id integer PRIMARY KEY); INSERT INTO parent SELECT generate_series(1, 10)'
  sql 'CREATE TABLE t (id integer NOT NULL UNIQUE, v varchar(5), c integer CHECK (c < 100),
    p integer REFERENCES parent, d integer CONSTRAINT later REFERENCES parent DEFERRABLE INITIALLY DEFERRED,
    j jsonb, day date NOT NULL DEFAULT now())'
  awk -v n="$1" 'BEGIN {
    srand(7); kinds = 9
    for (i = 1; i <= n; i++) {
      id = i; more = ",\"v\":\"ok\",\"p\":" i % 10 + 1 ",\"d\":" i % 10 + 1; why = ""
      if (rand() < 0.01) {
        kind = int(rand() * kinds)
        if (kind == 0) { more = ",\"v\":\"too long\""; why = "22001|v|" }
        if (kind == 1) { more = ",\"c\":100"; why = "23514||t_c_check" }
        if (kind == 2) { more = ",\"p\":99"; why = "23503||t_p_fkey" }
        if (kind == 3) { more = ",\"d\":99"; why = "23503||later" }
        if (kind == 4) { more = ",\"j\":{\"a\":\"\\u0000\"}"; why = "22P05|j|" }
        if (kind == 5) { more = ",\"day\":null"; why = "23502|day|" }
        if (kind == 6) { more = ",\"c\":\"many\""; why = "22P02|c|" }
        if (kind == 7) { more = ",\"day\":\"2026-02-30\""; why = "22008|day|" }
        if (kind == 8 && i > 1) { id = 1; why = "23505||t_id_key" }
      }
      printf "{\"sqs\":{\"message_id\":\"%08x-0000-4000-8000-%012x\"},\"body\":{\"id\":%d%s}}\n", i, i, id, more
      if (why != "") printf "%08x-0000-4000-8000-%012x|%s\n", i, i, why >"expected"
    }
  }' >in
}

@test "refused rows of every kind, spread at random: exactly those, each with its SQLSTATE and column" {
  spread 10000
  load_in -t t --batch-rows 3000
  [ "$status" -eq 0 ]
  sql 'SELECT message_id, sqlstate, column_name, constraint_name FROM t_errors' | sort >found
  sort expected >wanted
  [ "$(wc -l <wanted)" -gt 80 ]
  diff wanted found
  [ "$(tally)" = "$((10000 - $(wc -l <wanted))) committed $(wc -l <wanted) quarantined" ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = "$((10000 - $(wc -l <wanted)))|$((10000 - $(wc -l <wanted)))" ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = "$((10000 - $(wc -l <wanted)))" ]
  # The verdicts say the same.
  cut -d'|' -f1 wanted | sort >ids
  grep quarantined out | grep -oP '"message_id":"\K[^"]*' | sort | diff ids -
  # Delivered again: nothing new, counted.
  load_in -t t
  [ "$(sql 'SELECT count(*), max(count), min(count) FROM t_errors')" = "$(wc -l <wanted)|2|2" ]
}

@test "the same without a ledger" {
  spread 4000
  load_in -t t --no-ledger
  sql 'SELECT message_id, sqlstate, column_name, constraint_name FROM t_errors' | sort >found
  sort expected | diff - found
}

@test "no value of a row on stderr, unless --show-values" {
  sql 'CREATE TABLE t (id integer UNIQUE, v varchar(5) CHECK (v <> $$no$$))'
  { records 1 5 '"v":"fine"'; record 6 '{"id":"canary1"}'; record 7 '{"id":7,"v":"canary2 is long"}'
    record 8 '{"id":8,"v":"no"}'; record 9 '{"id":3,"v":"dup"}'; echo 'canary3'; } >in
  load_in -t t -vv
  [ "$(tally)" = '5 committed 5 quarantined' ]
  run -1 grep -e canary -e '"no"' -e '(3)' err
  grep -q 'line 7 quarantined: load refused, SQLSTATE 22001 string_data_right_truncation, column v' err
  grep -q 'SQLSTATE 23505 unique_violation, constraint t_id_key' err
  load_in -t t --show-values
  grep -q canary1 err
}

@test "none passes: 69, nothing quarantined, nothing acked" {
  sql 'CREATE TABLE t (id integer, must integer NOT NULL)'
  records 1 50 >in
  load_in -t t
  [ "$status" -eq 69 ]
  [ ! -s out ]
  grep -q 'none of 50 records can be loaded, the last for SQLSTATE 23502, column must' err
  [ "$(sql 'SELECT count(*) FROM t_errors')" = 0 ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 0 ]
  # One at a time the same, before it has become many.
  load_in -t t --batch-rows 1
  [ "$status" -eq 69 ]
  [ "$(wc -l <out)" -le 1 ]
  # A table that took others before is believed a little longer.
  sql 'ALTER TABLE t ALTER must DROP NOT NULL'
  records 100 110 >in
  load_in -t t
  sql 'UPDATE t SET must = 1; ALTER TABLE t ALTER must SET NOT NULL'
  records 200 250 >in
  load_in -t t --batch-rows 1
  [ "$status" -eq 69 ]
  [ "$(wc -l <out)" -eq 10 ]
  load_in -t t
  [ "$status" -eq 69 ]
  [ ! -s out ]
}

@test "bad records delivered again, however many and with nothing good among them, are quarantined" {
  sql 'CREATE TABLE t (id integer)'
  { records 1 5; for n in {11..40}; do record "$n" '{"id":"x"}'; done; } >in
  load_in -t t
  [ "$(tally)" = '5 committed 30 quarantined' ]
  sed -i 1,5d in
  load_in -t t
  [ "$(tally)" = '30 quarantined' ]
  # Others in their place are not.
  for n in {51..80}; do record "$n" '{"id":"x"}'; done >in
  load_in -t t
  [ "$status" -eq 69 ]
  [ ! -s out ]
}

@test "one bad record alone, or the last in a stream, is quarantined" {
  sql 'CREATE TABLE t (id integer)'
  record 1 '{"id":"x"}' >in
  load_in -t t
  [ "$(tally)" = '1 quarantined' ]
  { records 2 4; record 5 '{"id":"x"}'; record 6 '{"id":"x"}'; } >in
  load_in -t t --batch-rows 3
  [ "$(tally)" = '3 committed 2 quarantined' ]
}

@test "a trigger's exception is about the row; a trigger that drops rows is the table's affair" {
  sql "CREATE TABLE t (id integer);
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      IF NEW.id = 3 THEN RAISE EXCEPTION 'no % please', NEW.id; END IF;
      IF NEW.id = 4 THEN RETURN NULL; END IF;
      RETURN NEW; END \$\$;
    CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"
  records 1 6 >in
  load_in -t t
  [ "$(tally)" = '5 committed 1 quarantined' ]
  [ "$(sql 'SELECT sqlstate FROM t_errors')" = P0001 ]
  [ "$(sql 'SELECT count(*) FROM t')" = 4 ]
}

@test "values that imitate the server's hint do not mislead it" {
  sql 'CREATE TABLE t (id integer, d date)'
  { records 1 40; record 41 '{"id":41,"d":"x\nCOPY t, line 3, column id: "}'; records 42 60
    record 61 '{"id":61,"d":"COPY t, line 1"}'; record 62 '{"id":62,"d":"t 2 t 2\nt 9"}'; records 63 70; } >in
  load_in -t t
  [ "$(tally)" = '67 committed 3 quarantined' ]
  [ "$(verdict 41) $(verdict 61) $(verdict 62)" = 'quarantined quarantined quarantined' ]
}

@test "an error row that is refused itself stops the run, 69" {
  sql 'CREATE TABLE t (id integer)'
  records 1 3 >in
  load_in -t t
  sql "ALTER TABLE t_errors ADD CHECK (code <> 'refused')"
  { records 4 6; record 7 '{"id":"x"}'; } >in
  load_in -t t
  [ "$status" -eq 69 ]
  [ ! -s out ]
  [ "$(sql 'SELECT count(*) FROM t')" = 3 ]
  grep -q 'error table' err
}
