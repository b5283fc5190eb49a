#!/usr/bin/env bats
# pg-load: targets that are not what they seem, or change while it runs.

load ../lib/common
load ../lib/records

setup() { pg_setup; }
teardown() {
  exec 9>&-
  common_teardown
}

# follow OPTION...: pg-load -t t on what is written to descriptor 9, its verdicts
# in ./out, its messages in ./err; its process is ${pid}.
follow() {
  rm -f pipe
  mkfifo pipe
  pg-load -t t --linger 100ms "$@" <pipe >out 2>err 3>&- 9>&- &
  pid=$!
  echo "$pid" >pid
  exec 9>pipe
}

# ends: that of the run, its exit status in ${status}; nothing more is written.
ends() {
  exec 9>&-
  status=0
  wait "$pid" || status=$?
  cat err
}

# refuses WORD: the run has ended with 69 and that word, the records 4 to 6 got no verdict and
# left nothing behind.
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
    grep -q 'hint: give --no-ledger' err
  done
  [ "$(sql "SELECT count(*) FROM pg_class WHERE relname LIKE '%\_ledger'")" = 0 ]
  load_in -t f --no-ledger
  [ "$(tally)" = '2 committed' ]
  [ "$(sql 'SELECT count(*) FROM far')" = 2 ]
}

@test "what makes the tables forget, or keep keys out, in mid-run: 69, nothing of that batch done" {
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
    eventually 20 lines_are out 3
    if [ "$what" = insert ]; then # after a repeat, keys are written by INSERT
      records 3 3 >&9
      eventually 20 lines_are out 4
    fi
    change "$what"
    records 4 6 >in
    cat in >&9
    refuses "$words"
    sql 'DROP TABLE t, t_ledger, t_errors'
    sql 'SET client_min_messages = error; DROP FUNCTION IF EXISTS drop_it'
  done <<'END'
1 target unlogged
1 partition unlogged
3 foreign foreign partition
3 ledger t_ledger is unlogged
1 key t_ledger has lost its unique index
3 trigger t_ledger took 0 of 3 keys
1 insert t_ledger has a trigger
3 rule t_ledger has a trigger, a rule
END
}

@test "an error table that drops rows, or forgets them, in mid-run: 69, no verdict" {
  sql 'CREATE TABLE t (id integer)'
  for change in "ALTER TABLE t_errors SET UNLOGGED" \
    "CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER d BEFORE INSERT ON t_errors FOR EACH ROW EXECUTE FUNCTION drop_it()"; do
    follow
    records 1 3 >&9
    eventually 20 lines_are out 3
    sql "$change" || true
    { records 4 5 && record 6 '{"id":"x"}'; } >in
    cat in >&9
    refuses 't_errors'
    sql 'DROP TABLE t_ledger, t_errors; TRUNCATE t'
  done
}

@test "dates and times are read as the database's settings say, and so told at a start" {
  local db=$PGDATABASE
  sql "ALTER DATABASE \"$db\" SET datestyle = 'SQL, DMY'"
  sql "ALTER DATABASE \"$db\" SET timezone = 'Pacific/Kiritimati'"
  sql "ALTER DATABASE \"$db\" SET intervalstyle = 'sql_standard'"
  sql 'CREATE TABLE t (who text, d date, z timestamptz, i interval, today date DEFAULT current_date)'
  record 1 '{"who":"pg-load","d":"01-02-03","z":"2024-01-01T00:00:00","i":"-1 2:03:04"}' >in
  load_in -t t
  [ "$(tally)" = '1 committed' ]
  grep -qF "times without an offset are read in the database's TimeZone, Pacific/Kiritimati" err
  [ "$(wc -l <err)" = 2 ]
  printf 'psql\t01-02-03\t2024-01-01T00:00:00\t-1 2:03:04\n' >rows
  sql '\copy t (who, d, z, i) FROM rows'
  [ "$(sql 'SELECT count(*), count(DISTINCT (d, z, i::text, today)) FROM t')" = '2|1' ]
  # What the loader itself writes and reads of times does not go by them.
  sql "UPDATE t_ledger SET loaded_at = now() - interval '20 days'"
  record 2 '{"who":"x","d":"x"}' >in
  load_in -t t -q
  run -1 grep TimeZone err
  [ "$(sql "SELECT abs(extract(epoch FROM now() - first_at)) < 600 FROM t_errors")" = t ]
  load_in -t t --prune-ledger 15d
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 0 ]
  run -1 grep TimeZone err
  # PGTZ counts too; UTC by any name, and tables without such a column, are not worth a word.
  PGTZ=Asia/Tokyo load_in -t t
  grep -qF 'TimeZone, Asia/Tokyo' err
  PGTZ=Etc/UTC load_in -t t
  run -1 grep TimeZone err
  sql 'CREATE TABLE u (who text)'
  load_in -t u
  run -1 grep TimeZone err
}
