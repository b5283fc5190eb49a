#!/usr/bin/env bats
# pg-load: servers with trouble of their own: no space left, a standby, COMMIT
# answered with ROLLBACK; and a server behind pgbouncer. On a server of its own.

load ../lib/common
load ../lib/records

setup_file() {
  export BATS_NO_PARALLELIZE_WITHIN_FILE=true
  servers_begin
  servers_postgres_start
}

teardown_file() { servers_stop; }

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer, v text)'
}

teardown() {
  [ ! -s pid ] || kill "$(<pid)" 2>/dev/null || true
  for process in standby bouncer; do servers_end "$SERVERS_DIR/$process/process" INT; done
  if [ -e "$SERVERS_DIR/small.mounted" ]; then
    sql 'DROP TABLE t'
    sql 'DROP TABLESPACE small'
    sudo_or_not umount -l "$SERVERS_DIR/small"
    rm "$SERVERS_DIR/small.mounted"
  fi
}

sudo_or_not() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

# small_space: make a tablespace of 4 MiB. Without the right to mount one, it limits the
# size of every file of the server instead, which is another kind of error.
small_space() {
  local owner
  mkdir -p "$SERVERS_DIR/small"
  owner=$(servers_pg_user id -u)
  if sudo_or_not mount -t tmpfs -o "size=4m,mode=700,uid=$owner" tmpfs "$SERVERS_DIR/small"; then
    : >"$SERVERS_DIR/small.mounted"
    sql "CREATE TABLESPACE small LOCATION '$SERVERS_DIR/small'"
    sql 'ALTER TABLE t SET TABLESPACE small'
  else
    # WAL files have 16 MiB from the start.
    for pid in $(pgrep -f "^postgres: .* $PGDATABASE " || true) "$(cut -d' ' -f1 "$SERVERS_DIR/postgres/process")"; do
      servers_pg_user prlimit --pid "$pid" --fsize=17000000
    done
    filler=$(printf '%08000d' 0)
  fi
}

@test "no space left on the server: 75 or 69, committed records are acknowledged, no good row is in the error table" {
  filler=$(printf '%0800d' 0)
  sql "ALTER TABLE t ALTER v SET STORAGE PLAIN"
  small_space
  { records 1 6000 "\"v\":\"$filler\""; record 6001 '{"id":"x"}'; } >in
  load_in -t t --batch-rows 500 --retry-timeout 1s
  cat err
  [ "$status" -eq 75 ] || [ "$status" -eq 69 ]
  grep -qE '53100|XX000' err
  [ "$(tally)" = "$(sql 'SELECT count(*) FROM t') committed" ]
  [ "$(wc -l <out)" -ge 500 ]
  [ "$(sql 'SELECT count(*) FROM t_errors')" = 0 ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = "$(wc -l <out)" ]
  run -1 grep -qF "$filler" err
}

# standby: start a copy of the server that takes no writes, and set PGHOST to it.
standby() {
  servers_standby_drop
  servers_standby_start
  export PGHOST=$SERVERS_DIR/standby
}

@test "a standby: retries, then 75, nothing acknowledged; once promoted, it is loaded" {
  records 1 10 >in
  load_in -t t --no-create
  [ "$status" -eq 69 ]
  load_in -t t
  records 11 20 >in
  standby
  [ "$(sql 'SELECT pg_is_in_recovery()')" = t ]
  load_in -t t --retry-timeout 1s
  [ "$status" -eq 75 ]
  [ ! -s out ]
  grep -q 'SQLSTATE 25006' err
  pg-load -t t <in >out 2>err 3>&- &
  pid=$!
  eventually 60 grep -q retrying err
  [ ! -s out ]
  sql 'SELECT pg_promote()' >/dev/null
  wait "$pid"
  [ "$(tally)" = '10 committed' ]
  [ "$(sql 'SELECT count(*) FROM t')" = 20 ]
  # The rows of the old server are known there.
  records 1 10 >in
  load_in -t t
  [ "$(tally)" = '10 duplicate' ]
}

@test "COMMIT answered with ROLLBACK is never reported committed: a retry, or 75" {
  records 1 10 >in
  : >empty
  pg-load -t t <empty
  for more in '' --no-ledger; do
    rm -rf sock
    mkdir sock
    "$BATS_TEST_DIRNAME/../lib/pg_cut.py" sock/.s.PGSQL.5432 "$PGHOST/.s.PGSQL.5432" 1000 spoil >cuts 3>&- &
    echo $! >pid
    eventually 60 test -S sock/.s.PGSQL.5432
    # shellcheck disable=SC2086
    PGHOST=$PWD/sock load_in -t t --no-create --retry-timeout 1s $more
    cat err
    [ "$status" -eq 75 ]
    [ ! -s out ]
    [ "$(sql 'SELECT count(*) FROM t')" = 0 ]
    [ "$(wc -l <cuts)" -ge 2 ]
    kill "$(<pid)"
    rm -rf sock
    mkdir sock
    "$BATS_TEST_DIRNAME/../lib/pg_cut.py" sock/.s.PGSQL.5432 "$PGHOST/.s.PGSQL.5432" 2 spoil >cuts 3>&- &
    echo $! >pid
    eventually 60 test -S sock/.s.PGSQL.5432
    # shellcheck disable=SC2086
    PGHOST=$PWD/sock load_in -t t --no-create $more
    [ "$(tally)" = '10 committed' ]
    [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '10|10' ]
    [ "$(sort cuts | uniq -c | xargs)" = '2 spoilt' ]
    sql 'TRUNCATE t, t_ledger'
    kill "$(<pid)"
  done
}

# bouncer: start pgbouncer in transaction mode, with two connections to the server
# for all clients, and set PGHOST and PGPORT to it.
bouncer() {
  local dir=$SERVERS_DIR/bouncer
  mkdir -p "$dir"
  cat >"$dir/ini" <<END
[databases]
* = host=$SERVERS_DIR/postgres port=5432
[pgbouncer]
listen_port = 6432
unix_socket_dir = $dir
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 50
END
  sed -i "s/^\* = .*/& user=postgres/" "$dir/ini"
  [ "$(id -u)" -ne 0 ] || chown -R postgres: "$dir"
  (cd / && if [ "$(id -u)" -eq 0 ]; then
    servers_detach "$dir/process" "$dir/log" setpriv --reuid postgres --regid postgres --init-groups -- \
      /usr/sbin/pgbouncer "$dir/ini"
  else
    servers_detach "$dir/process" "$dir/log" /usr/sbin/pgbouncer "$dir/ini"
  fi)
  export PGHOST=$dir PGPORT=6432
  eventually 60 psql -qXc 'SELECT 1'
}

@test "behind pgbouncer in transaction mode: tables created, rows isolated, four loaders on two connections" {
  direct=$PGHOST
  sql 'ALTER TABLE t ADD UNIQUE (id), ADD p integer REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED'
  bouncer
  { records 1 3000; record 3001 '{"id":"x"}'; record 3002 '{"id":3002,"p":9999}'; records 1 10; } >in
  pids=()
  for n in 1 2 3 4; do
    pg-load -t t --batch-rows 100 <in >"out$n" 2>"err$n" 3>&- &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid"; done
  cat out1 out2 out3 out4 >out
  cat err1 err2 err3 err4
  [ "$(tally)" = '3000 committed 9040 duplicate 8 quarantined' ]
  PGHOST=$direct PGPORT=5432
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '3000|3000' ]
  [ "$(sql 'SELECT count(*), min(count), max(count) FROM t_errors')" = '2|4|4' ]
  # Nothing of theirs is left in the shared sessions.
  sql 'TRUNCATE t, t_ledger, t_errors'
  PGHOST=$SERVERS_DIR/bouncer PGPORT=6432
  load_in -t t --no-ledger
  [ "$(tally)" = '3000 committed 12 quarantined' ]
  [ "$(psql -qXAtc "SELECT current_setting('lock_timeout'), current_setting('statement_timeout'), count(*) FROM pg_prepared_statements")" = '0|0|0' ]
}
