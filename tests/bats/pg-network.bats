#!/usr/bin/env bats
# pg-load: hosts that vanish silently from the network, and connections to another machine. In network
# namespaces of its own, joined by bridges, which needs root (or sudo) and iproute2: without them the
# tests fail.
#
#   server   10.93.1.1 and 10.93.2.1: PostgreSQL, with a cable to either bridge
#   near     10.93.1.2: loaders; the server's cable to them is pulled
#   far      10.93.2.2: loaders; their own cable is pulled
#   pool     10.93.1.3 and 10.93.2.3: pgbouncer, and a loader on the same host

load ../lib/common
load ../lib/netns
load ../lib/records

WITHIN=40

networks() {
  local name
  net_begin 2 server near far pool
  for name in switch server near far pool; do
    # Small buffers keep a COPY from ending before a cable is pulled.
    in_net "$name" sh -c 'echo 4096 65536 65536 | tee /proc/sys/net/ipv4/tcp_rmem /proc/sys/net/ipv4/tcp_wmem' >/dev/null
  done
  cable server 1 1
  cable server 2 1
  cable near 1 2
  cable far 2 2
  cable pool 1 3
  cable pool 2 3
}

setup_file() {
  export BATS_NO_PARALLELIZE_WITHIN_FILE=true net=s2p$$
  servers_begin
  networks
  servers_postgres_start
  servers_postgres_stop
  local dir=$SERVERS_DIR/postgres bin bouncer=$SERVERS_DIR/bouncer
  bin=$(servers_pg_bindir)
  printf '%s\n' "listen_addresses = '*'" "log_line_prefix = '%m %a '" >>"$dir/data/postgresql.conf"
  echo 'host all all 10.93.0.0/16 trust' >>"$dir/data/pg_hba.conf"
  (cd / && servers_detach "$dir/process" "$dir/log" "${becoming_root[@]}" ip netns exec "$net-server" "${as_postgres[@]}" "$bin/postgres" -D "$dir/data")
  servers_until 60 pg_isready -q
  mkdir "$bouncer"
  cat >"$bouncer/ini" <<END
[databases]
by1 = host=10.93.1.1 port=5432 dbname=network user=postgres
by2 = host=10.93.2.1 port=5432 dbname=network user=postgres
[pgbouncer]
%include $SERVERS_DIR/pgbouncer.ini
listen_addr = *
listen_port = 6432
unix_socket_dir = $bouncer
auth_type = any
END
  [ "$(id -u)" -ne 0 ] || chown -R postgres: "$bouncer"
  install -m 644 "$ROOT/deploy/pgbouncer.ini" "$SERVERS_DIR/pgbouncer.ini"
  (cd / && servers_detach "$bouncer/process" "$bouncer/log" "${becoming_root[@]}" ip netns exec "$net-pool" "${as_postgres[@]}" /usr/sbin/pgbouncer "$bouncer/ini")
  servers_database network
}

teardown_file() {
  servers_stop
  net_end server near far pool
}

setup() {
  common_setup
  unset SQS2PG_MAPS
  plug server-1
  plug far-2
}
teardown() { common_teardown; }

# begin NAME NAMESPACE HOST [VARIABLE=VALUE...]: start pg-load there on NAME.in into table NAME, which
# sleeps at the row with id 100.
begin() {
  local name=$1 where=$2 host=$3
  shift 3
  in_net "$where" env PGHOST="$host" PGUSER=postgres PGAPPNAME="$name" "$@" \
    "$(command -v pg-load)" -t "$name" --no-create --retry-timeout 1s --batch-bytes 4m \
    <"$name.in" >"$name.out" 2>"$name.err" 3>&- &
  echo $! >>pid
}

# table NAME: create a table that stops its loader at the row with id 100 until the gate is opened, with
# the tables that pg-load needs.
table() {
  sql "CREATE TABLE $1 (id integer, v text);
    CREATE TRIGGER held_up BEFORE INSERT ON $1 FOR EACH ROW WHEN (NEW.id = 100) EXECUTE FUNCTION hold_up()"
  psql -qX -v ON_ERROR_STOP=1 -v "table=$1" -f "$ROOT/share/sql/pg-load.sql"
  sql "INSERT INTO gates VALUES ('$1', false)"
}

tables() {
  sql 'CREATE TABLE gates (name text, open boolean)'
  sql "CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
    WHILE NOT (SELECT open FROM gates WHERE name = TG_TABLE_NAME) LOOP PERFORM pg_sleep(0.05); END LOOP;
    RETURN NEW; END \$\$"
  local name
  for name; do table "$name"; done
}
open_gates() { sql "UPDATE gates SET open = true WHERE name IN ($1)"; }

# waits NAME EVENT: whether its backend waits for that, in COPY.
waits() {
  [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = '$1' AND wait_event = '$2'
    AND state = 'active' AND query ILIKE '%COPY%'")" = 1 ]
}

# look PULLED: notes, in seconds since then, which backends have ended and which loaders have noticed.
look() {
  local name here now=${EPOCHREALTIME//[.,]/}
  here=$(sql 'SELECT application_name FROM pg_stat_activity')
  for name in a b c d e f; do
    [ -s "backend.$name" ] || grep -qx "$name" <<<"$here" || echo $(((now - $1) / 1000)) >"backend.$name"
    [ -s "loader.$name" ] || ! grep -q retrying "$name.err" || echo $(((now - $1) / 1000)) >"loader.$name"
  done
  [ "$(find . -name 'backend.?' -o -name 'loader.?' | wc -l)" -eq 12 ]
}

@test "hosts vanish, in a wait or in COPY, with pgbouncer or without: both sides notice within 40 s, and a second loader finishes" {
  local name side pulled patient pids=()
  tables a b c d e f g
  records 1 200 >small
  records 1 20000 "\"v\":\"$(printf '%0100d' 0)\"" >large
  for name in a d e; do cp small "$name.in"; done
  for name in b c f g; do cp large "$name.in"; done
  begin a near 10.93.1.1 # waits for an answer
  begin b near 10.93.1.1 # cannot send all of its rows
  begin c far 10.93.2.1
  begin d far 10.93.2.1
  begin e pool "$SERVERS_DIR/bouncer" PGPORT=6432 PGDATABASE=by1
  begin f far 10.93.2.3 PGPORT=6432 PGDATABASE=by2
  # Its server is there, but takes no rows for longer than the limit for a vanished one.
  begin g pool 10.93.2.1
  patient=$!
  for name in a b c d e f g; do eventually 60 waits "$name" PgSleep || { cat "$name.err" && false; }; done
  # These two are caught with rows to send, and the server waits for them.
  mapfile -t pids < <(as_root ip netns pids "$net-far")
  as_root kill -STOP "${pids[@]}"
  open_gates "'c', 'f'"
  for name in c f; do eventually 60 waits "$name" ClientRead; done

  pulled=${EPOCHREALTIME//[.,]/}
  pull server-1
  pull far-2
  as_root kill -CONT "${pids[@]}"
  eventually 60 look "$pulled" || true
  for name in a b c d e f; do
    echo "# $name: the loader noticed after $(cat "loader.$name") ms, the server after $(cat "backend.$name") ms" |
      tee "$(rounds /dev/null /dev/fd/3)"
  done
  for side in backend loader; do
    for name in a b c d e f; do [ "$(<"$side.$name")" -le $((WITHIN * 1000)) ]; done
  done
  for name in a b c d e f; do [ ! -s "$name.out" ]; done

  # It takes longer than tcp_user_timeout, whatever the others took.
  longer() { [ $((${EPOCHREALTIME//[.,]/} - pulled)) -gt 36000000 ]; }
  eventually 60 longer
  open_gates "'a', 'b', 'd', 'e', 'g'"
  wait "$patient"
  [ "$(tally g.out)" = '20000 committed' ]
  run -1 grep retrying g.err

  for name in a b c d e f; do
    pg-load -t "$name" --no-create <"$name.in" >"$name.out"
    [ "$(tally "$name.out")" = "$(wc -l <"$name.in") committed" ]
    [ "$(sql "SELECT count(*), count(DISTINCT id) FROM $name")" = "$(wc -l <"$name.in")|$(wc -l <"$name.in")" ]
  done
}

# told NAMESPACE HOST [VARIABLE=VALUE...]: print how often pg-load warns there, after a load.
told() {
  local where=$1 host=$2
  shift 2
  in_net "$where" env PGHOST="$host" PGUSER=postgres HOME="$PWD" "$@" "$(command -v pg-load)" -t v --no-create -j 2 \
    <small >out 2>err
  lines_are out 200
  grep -c 'warning: nothing verifies that' err || true
}

@test "a connection to another machine that verifies nothing is warned of once" {
  table_of_one_column
  records 1 200 >small
  [ "$(told near 10.93.1.1)" = 1 ]
  grep -q 'nothing verifies that 10.93.1.1 is' err
  grep -q 'hint: .*PGSSLMODE=verify-full' err
  [ "$(told near 10.93.1.1,10.93.1.1 PGSSLMODE=prefer)" = 1 ]
  [ "$(told server 127.0.0.1)" = 0 ]
  [ "$(told server "$PGHOST")" = 0 ]
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=server -addext subjectAltName=IP:10.93.1.1 \
    -keyout server.key -out server.crt 2>openssl.err
  install -m 600 server.key server.crt "$PGHOST/data"
  [ "$(id -u)" -ne 0 ] || chown postgres: "$PGHOST/data/server.key" "$PGHOST/data/server.crt"
  sql 'ALTER SYSTEM SET ssl = on' && sql 'SELECT pg_reload_conf()'
  with_tls() { in_net near env PGHOST=10.93.1.1 PGUSER=postgres PGSSLMODE=require psql -qXc 'SELECT 1'; }
  eventually 60 with_tls
  [ "$(told near 10.93.1.1 PGSSLMODE=require)" = 1 ]
  [ "$(told near 10.93.1.1 PGSSLMODE=verify-full PGSSLROOTCERT="$PWD/server.crt")" = 0 ]
  [ "$(told near 10.93.1.1 PGSSLMODE=verify-ca PGSSLROOTCERT="$PWD/server.crt")" = 0 ]
  # libpq verifies with this file at any sslmode.
  mkdir .postgresql
  cp server.crt .postgresql/root.crt
  [ "$(told near 10.93.1.1)" = 0 ]
  [ "$(told near 10.93.1.1 PGSSLMODE=disable)" = 1 ]
}

table_of_one_column() {
  sql 'CREATE TABLE v (id integer)'
  psql -qX -v ON_ERROR_STOP=1 -v table=v -f "$ROOT/share/sql/pg-load.sql"
}
