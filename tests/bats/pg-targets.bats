#!/usr/bin/env bats
# pg-load: targets that are unsuitable, or that change during a run.

load ../lib/common
load ../lib/records

setup() { pg_setup; }
teardown() {
  exec 9>&-
  common_teardown
}

# follow OPTION...: run pg-load -t t on the data written to descriptor 9, with its
# verdicts in ./out and its messages in ./err; its process is ${pid}.
follow() {
  rm -f pipe out
  mkfifo pipe
  pg-load -t t --linger 100ms "$@" <pipe >out 2>err 3>&- 9>&- &
  pid=$!
  echo "$pid" >pid
  exec 9>pipe
}

# ends: end the input and the run, with its exit status in ${status}.
ends() {
  exec 9>&-
  status=0
  wait "$pid" || status=$?
  cat err
}

# refuses WORD: check that the run has ended with 69 and that word, and that the records 4 to 6 got
# no verdict and left nothing.
refuses() {
  ends
  [ "$status" -eq 69 ]
  grep -q "^pg-load: error: .*$1" err
  [ "$(grep -c '"h[456]"' out)" = 0 ]
  [ "$(sql 'SELECT count(*) FROM t')" = 3 ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 3 ]
}

foreign_server() {
  sql "CREATE EXTENSION postgres_fdw;
    CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$PGHOST', port '$PGPORT', dbname '$PGDATABASE');
    CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (password_required 'false')"
}

@test "a foreign table, or a foreign partition at any depth, is refused while there is a ledger" {
  foreign_server
  sql "CREATE TABLE far (id integer);
    CREATE FOREIGN TABLE f (id integer) SERVER far OPTIONS (table_name 'far');
    CREATE TABLE p (id integer) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100) PARTITION BY RANGE (id);
    CREATE TABLE p11 PARTITION OF p1 FOR VALUES FROM (0) TO (50);
    CREATE FOREIGN TABLE p12 PARTITION OF p1 FOR VALUES FROM (50) TO (100) SERVER far OPTIONS (table_name 'far')"
  records 1 2 >in
  for table in f p; do
    load_in -t "$table"
    [ "$status" -eq 69 ]
    [ ! -s out ]
    grep -q "^pg-load: error: $table is a foreign table, or has a foreign partition" err
    grep -q 'hint: use --no-ledger' err
  done
  [ "$(sql "SELECT count(*) FROM pg_class WHERE relname LIKE '%\_ledger'")" = 0 ]
  load_in -t f --no-ledger
  [ "$(tally)" = '2 committed' ]
  [ "$(sql 'SELECT count(*) FROM far')" = 2 ]
}

@test "a change in mid-run that makes the tables lose rows or keys: 69, nothing of that batch is committed" {
  foreign_server
  change() {
    case $1 in
    target) sql 'ALTER TABLE t SET UNLOGGED' ;;
    partition) sql 'CREATE UNLOGGED TABLE t2 PARTITION OF t FOR VALUES FROM (1000) TO (2000)' ;;
    foreign) sql "CREATE FOREIGN TABLE t2 PARTITION OF t FOR VALUES FROM (1000) TO (2000) SERVER far OPTIONS (table_name 'far')" ;;
    ledger) sql 'ALTER TABLE t_ledger SET UNLOGGED' ;;
    key) sql 'ALTER TABLE t_ledger DROP CONSTRAINT t_ledger_pkey' ;;
    trigger | insert) sql "CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER d BEFORE INSERT ON t_ledger FOR EACH ROW EXECUTE FUNCTION drop_it()" ;;
    rule) sql 'CREATE RULE r AS ON INSERT TO t_ledger DO INSTEAD NOTHING' ;;
    errors_rule) sql 'CREATE RULE r AS ON INSERT TO t_errors DO INSTEAD NOTHING' ;;
    errors_key) sql 'ALTER TABLE t_errors DROP CONSTRAINT t_errors_pkey' ;;
    security) sql 'ALTER TABLE t_ledger ENABLE ROW LEVEL SECURITY' ;;
    column) sql 'TRUNCATE t_errors; ALTER TABLE t_errors ADD COLUMN must integer NOT NULL' ;;
    child) sql 'CREATE UNLOGGED TABLE t2 () INHERITS (t_ledger)' ;;
    esac
  }
  local jobs what words
  sql 'CREATE TABLE far (id integer)'
  while read -r jobs what words; do
    echo "$what"
    case $what in
    partition | foreign) sql 'CREATE TABLE t (id integer) PARTITION BY RANGE (id);
      CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (1000)' ;;
    *) sql 'CREATE TABLE t (id integer)' ;;
    esac
    follow --jobs "$jobs"
    records 1 3 >&9
    eventually 60 lines_are out 3
    if [ "$what" = insert ]; then # after a repeat, keys are written by INSERT
      records 3 3 >&9
      eventually 60 lines_are out 4
    fi
    change "$what"
    records 4 6 >in
    cat in >&9
    refuses "$words"
    sql 'SET client_min_messages = error; DROP TABLE t, t_ledger, t_errors CASCADE; DROP FUNCTION IF EXISTS drop_it'
  done <<'END'
1 target unlogged
1 partition unlogged
3 foreign foreign partition
3 ledger t_ledger is unlogged
1 key t_ledger, of .*, lacks a column or a unique index
3 trigger t_ledger, of .*, has triggers, rules
1 insert t_ledger, of .*, has triggers, rules
3 rule t_ledger, of .*, has triggers, rules
1 security t_ledger, of .*, has triggers, rules or row security
1 column t_errors, of .*, lacks a column .* or has a column that must be given
1 child t_ledger is unlogged
1 errors_rule t_errors, of .*, has triggers, rules
1 errors_key t_errors, of .*, lacks a column or a unique index
END
}

@test "after the first batch, the tables are checked by a fingerprint, with each kind of load" {
  local name option number=0 begins
  sql "ALTER DATABASE $PGDATABASE SET log_statement = 'all'"
  while read -ra option; do
    name=t$((number += 1))
    sql "CREATE TABLE $name (id integer PRIMARY KEY)"
    records 1 20 >in
    load_in -t "$name" --batch-rows 2 "${option[@]}"
    [ "$(tally)" = '20 committed' ]
    begins=$(grep -a "BEGIN ISOLATION LEVEL.*LOCK TABLE public\.${name}_" "$SERVERS_DIR/postgres/log")
    echo "${option[*]}: full $(grep -c 'judged AS' <<<"$begins"), short $(grep -c 'f\.entry' <<<"$begins")"
    [ "$(grep -c 'judged AS' <<<"$begins")" = 1 ]
    [ "$(grep -c 'f\.entry' <<<"$begins")" = 9 ]
  done <<END
--no-map
--no-map --no-ledger
--no-map --no-quarantine
--no-map --upsert id --no-ledger
--no-map --upsert id
END
}

@test "changes in mid-run that do no harm are accepted, and harm after them is still noticed" {
  local change count=3
  sql 'CREATE TABLE t (id integer)'
  follow
  records 1 3 >&9
  eventually 60 lines_are out 3
  while read -r change; do
    sql "$change"
    records $((count + 1)) $((count + 3)) >&9
    count=$((count + 3))
    eventually 60 lines_are out "$count"
    records $((count + 1)) $((count + 1)) >&9 # by what was remembered then
    count=$((count + 1))
    eventually 60 lines_are out "$count"
  done <<'END'
CREATE INDEX ON t_ledger (loaded_at)
ALTER TABLE t_ledger ADD COLUMN note text
ALTER TABLE t_errors ALTER COLUMN stage SET DEFAULT 'none'
ANALYZE t_ledger
CREATE TABLE t_more () INHERITS (t_ledger)
DROP TABLE t_more
VACUUM t_ledger
ALTER TABLE t ADD COLUMN more text
END
  [ "$(tally)" = "$count committed" ]
  sql 'ALTER TABLE t_ledger DROP CONSTRAINT t_ledger_pkey'
  records $((count + 1)) $((count + 3)) >&9
  ends
  [ "$status" -eq 69 ]
  grep -q '^pg-load: error: .*lacks a column or a unique index' err
  lines_are out "$count"
  [ "$(sql 'SELECT count(*) FROM t')" = "$count" ]
}

@test "an error table that drops or loses rows in mid-run: 69, no verdict" {
  sql 'CREATE TABLE t (id integer)'
  for change in "ALTER TABLE t_errors SET UNLOGGED" \
    "CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER d BEFORE INSERT ON t_errors FOR EACH ROW EXECUTE FUNCTION drop_it()"; do
    follow
    records 1 3 >&9
    eventually 60 lines_are out 3
    sql "$change" || true
    { records 4 5 && record 6 '{"id":"x"}'; } >in
    cat in >&9
    refuses 't_errors'
    sql 'DROP TABLE t_ledger, t_errors; TRUNCATE t'
  done
}

@test "dates and times are read with the settings of the database, and a warning says so at the start" {
  local db=$PGDATABASE
  sql "ALTER DATABASE \"$db\" SET datestyle = 'SQL, DMY'"
  sql "ALTER DATABASE \"$db\" SET timezone = 'Pacific/Kiritimati'"
  sql "ALTER DATABASE \"$db\" SET intervalstyle = 'sql_standard'"
  sql 'CREATE TABLE t (who text, d date, z timestamptz, i interval, today date DEFAULT current_date)'
  record 1 '{"who":"pg-load","d":"01-02-03","z":"2024-01-01T00:00:00","i":"-1 2:03:04"}' >in
  load_in -t t
  [ "$(tally)" = '1 committed' ]
  grep -qF "times without an offset are read in the TimeZone of the database, Pacific/Kiritimati" err
  [ "$(wc -l <err)" = 2 ]
  printf 'psql\t01-02-03\t2024-01-01T00:00:00\t-1 2:03:04\n' >rows
  sql '\copy t (who, d, z, i) FROM rows'
  [ "$(sql 'SELECT count(*), count(DISTINCT (d, z, i::text, today)) FROM t')" = '2|1' ]
  # The loader's own times do not depend on them.
  sql "UPDATE t_ledger SET loaded_at = now() - interval '20 days'"
  record 2 '{"who":"x","d":"x"}' >in
  load_in -t t -q
  run -1 grep TimeZone err
  [ "$(sql "SELECT abs(extract(epoch FROM now() - first_at)) < 600 FROM t_errors")" = t ]
  load_in -t t --prune-ledger 15d
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 0 ]
  run -1 grep TimeZone err
  # PGTZ counts too; UTC by any name, and tables without such a column, give no warning.
  PGTZ=Asia/Tokyo load_in -t t
  grep -qF 'TimeZone of the database, Asia/Tokyo' err
  PGTZ=Etc/UTC load_in -t t
  run -1 grep TimeZone err
  sql 'CREATE TABLE u (who text)'
  load_in -t u
  run -1 grep TimeZone err
}

# column NAME: print its values, row by row.
column() { sql "SELECT string_agg(coalesce($1::text, '-'), ' ' ORDER BY id) FROM t"; }

# batch FIRST LAST FIELDS: send those records together to the run, and wait for their verdicts.
batch() {
  records "$@" >in
  cat in >&9
  eventually 60 lines_are out "$2"
}

@test "a column is added, dropped, retyped or renamed in mid-stream: the batch is repeated, nothing lost" {
  sql 'CREATE TABLE t (id integer, a integer)'
  follow -v
  batch 1 2 '"a":1,"b":"x"'
  eventually 60 grep -qxF "pg-load: warning: no column takes key b of the bodies: its values are not loaded" err
  # The next record fills it.
  sql 'ALTER TABLE t ADD b text'
  batch 3 4 '"a":1,"b":"x"'
  [ "$(column b)" = '- - x x' ]
  sql 'ALTER TABLE t DROP a'
  batch 5 6 '"a":1,"b":"x"'
  eventually 60 grep -q 'no column takes key a ' err
  [ "$(column b)" = '- - x x x x' ]
  # An array is rendered differently for text, for json and for an array.
  batch 7 8 '"b":["x",1]'
  sql 'ALTER TABLE t ALTER b TYPE json USING to_json(b)'
  batch 9 10 '"b":["x",1]'
  sql 'ALTER TABLE t ALTER b TYPE text[] USING NULL'
  batch 11 12 '"b":["x",1]'
  [ "$(column b)" = '- - - - - - - - - - {x,1} {x,1}' ]
  # A column that has become generated is left to the server, as at a start.
  sql 'ALTER TABLE t DROP b, ADD b integer GENERATED ALWAYS AS (id) STORED'
  batch 13 14 '"b":1'
  sql 'ALTER TABLE t RENAME b TO c; ALTER TABLE t ADD d integer'
  # Several changes before one batch with refused rows.
  { records 15 16 '"d":1' && record 17 '{"id":"x","d":1}'; } >in
  cat in >&9
  eventually 60 lines_are out 17
  ends
  [ "$status" -eq 0 ]
  [ "$(tally)" = '16 committed 1 quarantined' ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id), sum(c), sum(d) FROM t')" = '16|16|136|2' ]
  [ "$(grep -c 'no column takes key b ' err)" = 1 ]
  grep -q 'the columns of public.t have changed; reading its catalogue again' err
}

# locks_are GRANTED WAITING: compares the numbers of sessions that lock the whole table, or wait to lock it.
locks_are() {
  [ "$(sql "SELECT count(DISTINCT pid) FILTER (WHERE granted AND mode = 'AccessExclusiveLock'),
    count(DISTINCT pid) FILTER (WHERE NOT granted) FROM pg_locks WHERE relation = 't'::regclass")" = "$1|$2" ]
}

@test "the columns change in each attempt at a batch: after five it is loaded, and a warning says so" {
  local n free=7 turn=8
  sql 'CREATE TABLE t (id integer)'
  # Two sessions take turns: one changes the table while pg-load waits, the other waits behind it.
  mkfifo session7 session8
  psql -qXAt <session7 >turns 2>&1 3>&- &
  exec 7>session7
  psql -qXAt <session8 >>turns 2>&1 3>&- 7>&- &
  exec 8>session8
  follow -v
  batch 1 1
  echo 'BEGIN; LOCK TABLE t;' >&"$turn"
  eventually 60 locks_are 1 0
  record 2 '{"id":2,"n1":1,"n2":1,"n3":1,"n4":1,"n5":1}' >&9
  for n in 1 2 3 4 5; do
    eventually 60 locks_are 1 1
    [ "$n" = 5 ] || echo 'BEGIN; LOCK TABLE t;' >&"$free"
    eventually 60 locks_are 1 $((1 + (n < 5)))
    echo "ALTER TABLE t ADD n$n integer; COMMIT;" >&"$turn"
    n=$free free=$turn turn=$n
  done
  eventually 60 lines_are out 2
  exec 7>&- 8>&-
  batch 3 3 '"n5":1'
  ends
  [ "$status" -eq 0 ]
  [ "$(tally)" = '3 committed' ]
  [ "$(sql 'SELECT * FROM t ORDER BY id')" = $'1|||||\n2|1|1|1|1|\n3|||||1' ]
  grep -qxF 'pg-load: warning: the columns of public.t have changed 5 times while one batch was loaded;'\
' its rows may lack values for the newest columns' err
}

@test "a column that has changed its type never gets a value of the old one" {
  sql 'CREATE TABLE t (id integer, d integer, e bigint, f text, g timestamptz)'
  follow
  batch 1 2 '"d":5,"e":6,"f":"2026-03-05","g":"2026-03-05T00:00:00Z"'
  # Types of the same width, narrower, wider, and without a fixed width.
  sql 'ALTER TABLE t ALTER d TYPE date USING NULL'
  batch 3 4 '"d":5'
  sql 'ALTER TABLE t ALTER id TYPE bigint, ALTER e TYPE smallint'
  batch 5 6 '"e":6'
  sql 'ALTER TABLE t ALTER f TYPE date USING NULL, ALTER g TYPE bigint USING 0, ALTER e TYPE jsonb USING $$1$$'
  batch 7 8 '"e":6,"f":"2026-03-05"'
  batch 9 10 '"g":"2026-03-05T00:00:00Z"'
  ends
  [ "$status" -eq 0 ]
  [ "$(tally)" = '6 committed 4 quarantined' ]
  [ "$(sql 'SELECT column_name, count(*) FROM t_errors GROUP BY 1 ORDER BY 1')" = $'d|2\ng|2' ]
  [ "$(sql 'SELECT id, d, e, f FROM t WHERE id > 2 ORDER BY id')" = $'5||1|\n6||1|\n7||6|2026-03-05\n8||6|2026-03-05' ]
}

@test "columns change under four connections, across a reconnect, and with a map that has a filter" {
  sql 'CREATE TABLE t (id integer, v text)'
  printf 'id .body.id\nv .body.v | tostring\n' >t.map
  follow --map t.map --key '.body.id | tostring' --jobs 4 --batch-rows 7
  batch 1 50 '"v":1'
  # While batches are submitted.
  local n
  for n in 1 2 3; do
    records $((n * 100)) $((n * 100 + 99)) '"v":[1]' >&9
    sql "ALTER TABLE t ADD before$n integer, DROP v, ADD v text"
  done
  eventually 60 lines_are out 350
  sql "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'pg-load'
    AND datname = current_database()" >killed
  sql 'ALTER TABLE t DROP v; ALTER TABLE t ADD v json'
  records 1001 1050 '"v":[1]' >&9
  eventually 60 lines_are out 400
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '400|400' ]
  [ "$(sql "SELECT DISTINCT v::text FROM t WHERE id > 1000")" = '"[1]"' ]
  # A column of the map is gone: the run ends, and committed rows stay.
  sql 'ALTER TABLE t DROP v'
  records 2001 2003 >in
  cat in >&9
  ends
  [ "$status" -eq 78 ]
  grep -q 't.map:2:1: v is not a column of the table' err
  lines_are out 400
  [ "$(sql 'SELECT count(*) FROM t')" = 400 ]
}

@test "the table is dropped, or another one replaces it, in mid-stream" {
  sql 'CREATE TABLE t (id integer)'
  follow
  batch 1 3
  sql 'ALTER TABLE t RENAME TO old; CREATE TABLE t (v text, id bigint)'
  batch 4 6 '"v":"x"'
  [ "$(sql "SELECT count(*) FROM t WHERE v = 'x'")" = 3 ]
  sql 'DROP TABLE t'
  records 7 9 >in
  cat in >&9
  ends
  [ "$status" -eq 69 ]
  grep -q 'table public.t no longer exists' err
  lines_are out 6
}
