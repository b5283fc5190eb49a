#!/usr/bin/env bats
# pg-load: rows that the server refuses are isolated, and no other row is refused.

load ../lib/common
load ../lib/records
load ../lib/refused

setup() { pg_setup; }

@test "refused rows of every kind, at random places: exactly those are refused, and again when redelivered" {
  spread 10000 100
  spread_is_sorted_out 10000 100 --batch-rows 3000
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 9900 ]
  # Redelivered: no new row, but counted.
  load_in -t t
  [ "$(sql 'SELECT count(*), max(count), min(count) FROM t_errors')" = '100|2|2' ]
}

@test "without a ledger, exactly the bad rows are refused too" {
  spread 4000 40
  spread_is_sorted_out 4000 40 --no-ledger
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
  grep -q 'column v: value too long .*canary2' err
  grep -q 'constraint t_id_key: duplicate key .*; Key (id)=(3) already exists' err
  grep -q 'constraint t_v_check: new row .*; Failing row contains (8, no)' err
}

@test "no message of jq on stderr, which quotes values, unless --show-values" {
  sql 'CREATE TABLE t (id integer, v text)'
  printf '%s\n' 'id .body.id' 'v .body.v | if . == 3 then error({raised: 4}) else tonumber end' >map
  { records 1 2 '"v":"5"'; record 3 '{"id":3,"v":"canary"}'; record 4 '{"id":4,"v":3}'
    record 5 '{"id":5,"v":"canary"}'; } >in
  load_in -t t -m map -vv
  [ "$(tally)" = '2 committed 3 quarantined' ]
  run -1 grep -e canary -e raised err
  load_in -t t -m map --show-values
  # From jq, from the program, and remembered.
  grep -q 'line 3 quarantined: load map, column v: .*canary' err
  grep -qxF 'pg-load: warning: line 4 quarantined: load map, column v: {"raised":4}' err
  grep -q 'line 5 quarantined: load map, column v: .*canary' err
}

@test "--reject-file: the copy is written before the verdict; if it cannot be written, 74 and no verdict" {
  sql 'CREATE TABLE t (id integer)'
  mkfifo pipe
  pg-load -t t --reject-file rejects <pipe >out 2>err 3>&- 4>&- &
  exec 7>pipe
  { records 1 2; echo 'no record'; } >&7
  eventually 60 test -s out
  [ "$(<rejects)" = 'no record' ]
  exec 7>&-
  wait $!
  [ "$(tally)" = '2 committed 1 quarantined' ]
  { records 3 4; echo 'no other record'; } >in
  load_in -t t --reject-file /dev/full
  [ "$status" -eq 74 ]
  [ ! -s out ]
  grep -q 'error: /dev/full: No space left on device' err
}

@test "the first ten refused records are named, the others only with -v; all are counted" {
  sql 'CREATE TABLE t (id integer)'
  { records 1 5; for n in {11..25}; do record "$n" '{"id":"x"}'; done; } >in
  load_in -t t
  [ "$(tally)" = '5 committed 15 quarantined' ]
  [ "$(grep -c 'warning: line .* quarantined' err)" -eq 10 ]
  [ "$(grep -c 'warning: more records refused; -v names every one' err)" -eq 1 ]
  grep -q ' quarantined=15 ' err
  load_in -t t -v
  [ "$(grep -c 'warning: line .* quarantined' err)" -eq 15 ]
  run -1 grep 'more records refused' err
}

@test "batches of which nothing passes do not end the run when others pass" {
  sql 'CREATE TABLE t (id integer)'
  for from in 0 8 16; do
    records $((from + 1)) $((from + 4))
    for n in 5 6 7 8; do record $((from + n)) '{"id":"none"}'; done
  done >in
  load_in -t t --batch-rows 4
  [ "$status" -eq 0 ]
  [ "$(tally)" = '12 committed 12 quarantined' ]
}

@test "no record passes: 69, nothing quarantined, nothing acknowledged" {
  sql 'CREATE TABLE t (id integer, must integer NOT NULL)'
  records 1 50 >in
  load_in -t t
  [ "$status" -eq 69 ]
  [ ! -s out ]
  grep -q 'none of 50 records can be loaded, the first, line 1, for SQLSTATE 23502 not_null_violation, column must' err
  [ "$(sql 'SELECT count(*) FROM t_errors')" = 0 ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 0 ]
  # The same for one at a time, before they are many.
  load_in -t t --batch-rows 1
  [ "$status" -eq 69 ]
  [ "$(wc -l <out)" -le 1 ]
  # A table that took rows before is given a little longer.
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

@test "redelivered bad records are quarantined, however many, and without a good one among them" {
  sql 'CREATE TABLE t (id integer)'
  { records 1 5; for n in {11..40}; do record "$n" '{"id":"x"}'; done; } >in
  load_in -t t
  [ "$(tally)" = '5 committed 30 quarantined' ]
  sed -i 1,5d in
  load_in -t t
  [ "$(tally)" = '30 quarantined' ]
  # Other bad records are not.
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

@test "the exception of a trigger refuses its row; a row that a trigger drops is committed" {
  sql "CREATE TABLE t (id integer);
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      IF NEW.id = 3 THEN RAISE EXCEPTION 'no % please', NEW.id; END IF;
      IF NEW.id = 4 THEN RETURN NULL; END IF;
      RETURN NEW; END \$\$;
    CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"
  records 1 6 >in
  load_in -t t -v
  [ "$(tally)" = '5 committed 1 quarantined' ]
  [ "$(sql 'SELECT sqlstate FROM t_errors')" = P0001 ]
  [ "$(sql 'SELECT count(*) FROM t')" = 4 ]
  # A warning says so: nobody would look for committed rows.
  grep -qxF 'pg-load: warning: a trigger kept 1 of 5 rows out of the table, or moved them; they count as committed' err
  grep -q ' kept_out=1$' err
}

@test "rows that triggers keep out are counted, over batches and connections, and warned of once" {
  sql "CREATE TABLE t (id integer); CREATE TABLE odd (id integer);
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      IF NEW.id % 2 = 0 THEN RETURN NEW; END IF;
      INSERT INTO odd VALUES (NEW.id); RETURN NULL; END \$\$;
    CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"
  { records 1 50; record 51 '{"id":"x"}'; records 52 101; } >in
  load_in -t t -v --batch-rows 10 --jobs 2
  [ "$(tally)" = '100 committed 1 quarantined' ]
  [ "$(grep -c 'a trigger kept' err)" -eq 1 ]
  grep -q ' kept_out=50$' err
  [ "$(sql 'SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM odd)')" = '50|50' ]
  # Without such rows no warning; a partitioned table moves its rows too, but they are in it.
  sql 'CREATE TABLE p (id integer) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p DEFAULT'
  load_in -t p
  run -1 grep 'a trigger' err
}

@test "values that imitate the server's hint do not mislead the search" {
  sql 'CREATE TABLE t (id integer, d date)'
  { records 1 40; record 41 '{"id":41,"d":"x\nCOPY t, line 3, column id: "}'; records 42 60
    record 61 '{"id":61,"d":"COPY t, line 1"}'; record 62 '{"id":62,"d":"t 2 t 2\nt 9"}'; records 63 70; } >in
  load_in -t t
  [ "$(tally)" = '67 committed 3 quarantined' ]
  [ "$(verdict 41) $(verdict 61) $(verdict 62)" = 'quarantined quarantined quarantined' ]
}

@test "a message id that no index takes does not stop the run: its error row has none" {
  sql 'CREATE TABLE t (n integer)'
  local id
  id=$(head -c 9000 /dev/urandom | base64 -w 0 | tr -dc 'A-Za-z0-9' | head -c 8000)
  {
    record 1 '{"n":"bad"}' | jq -c --arg id "$id" '.sqs.message_id = $id'
    record 2 '{"n":"bad"}'
    record 3 '{"n":3}'
  } >in
  pg-load -t t <in >out
  [ "$(jq -r .status out | xargs)" = 'quarantined quarantined committed' ]
  [ "$(sql 'SELECT message_id IS NULL FROM t_errors ORDER BY 1' | xargs)" = 'f t' ]
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
