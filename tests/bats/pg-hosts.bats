#!/usr/bin/env bats
# pg-load: several hosts, some of them unusable; a server that does not answer; errors that no retry can
# fix. On servers of its own on the loopback: one to load into, one that never finishes starting.

load ../lib/common
load ../lib/records

setup_file() {
  servers_begin
  servers_postgres_start
  servers_postgres_stop
  socket=$PGHOST
  mkdir -m 700 "$SERVERS_DIR/starting"
  cp -a "$socket/data" "$SERVERS_DIR/starting/data"
  [ "$(id -u)" -ne 0 ] || chown postgres: "$SERVERS_DIR/starting"
  : >"$SERVERS_DIR/starting/data/standby.signal"
  alive=$(serve postgres)
  starting=$(serve starting 'hot_standby = off')
  servers_until 60 pg_isready -q -h "$socket" -p "$alive" || servers_fail 'no server' "$socket/log"
  "$BATS_TEST_DIRNAME/../lib/dead_hosts.py" "$BATS_FILE_TMPDIR/dead" 3>&- &
  echo $! >"$BATS_FILE_TMPDIR/dead.pid"
  servers_until 60 test -s "$BATS_FILE_TMPDIR/dead"
  export PGPORT=$alive socket alive starting
}

teardown_file() {
  kill "$(<"$BATS_FILE_TMPDIR/dead.pid")"
  servers_end "$SERVERS_DIR/starting/process" QUIT
  servers_stop
}

# serve NAME [SETTING]: start the server in that folder, and print its port.
serve() {
  local dir=$SERVERS_DIR/$1 port
  port=$(servers_free_port)
  printf '%s\n' "listen_addresses = '127.0.0.1'" "unix_socket_directories = '$dir'" "port = $port" "${2:-}" \
    >>"$dir/data/postgresql.conf"
  (cd / && servers_pg_detach "$dir" "$(servers_pg_bindir)") >&2
  echo "$port"
}

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer)'
  records 1 5 >in
}

# dead KIND: print the port of such a host (tests/lib/dead_hosts.py).
dead() { awk -v kind="$1" '$1 == kind { print $2 }' "$BATS_FILE_TMPDIR/dead"; }

# timed FILE COMMAND...: write "STATUS MILLISECONDS" to the file, its messages to FILE.err.
timed() {
  local file=$1 status=0 began=${EPOCHREALTIME//[.,]/}
  shift
  "$@" >"$file.out" 2>"$file.err" || status=$?
  echo "$status $(((${EPOCHREALTIME//[.,]/} - began) / 1000))" >"$file"
}

# libraries: the folders of libpq in other versions than the installed one.
libraries() {
  local major
  for major in $(postgres_majors); do echo "$(postgres_dir "$major")/lib"; done
}

# loads WHAT [OPTION...]: check that pg-load loads all five rows, with HOSTS, ADDRESSES, PORTS, and
# the libpq of LIBRARY.
loads() {
  local what=$1
  shift
  sql 'SET client_min_messages = error; DROP TABLE IF EXISTS t_ledger, t_errors; TRUNCATE t'
  PGHOST=${HOSTS-} PGPORT=${PORTS-} PGHOSTADDR=${ADDRESSES-} LD_LIBRARY_PATH=${LIBRARY-} load_in -t t "$@"
  [ "$status $(tally)" = '0 5 committed' ] || { echo "$what: $status" && cat err && false; }
  run -1 grep retrying err
}

@test "a first host that is dead in one of six ways: the second is loaded, within the deadline of the first" {
  local kind port kinds=(mute silent refuses resets closes starting-up) status ms limit
  for kind in "${kinds[@]}"; do
    port=$(dead "$kind")
    export PGHOST=127.0.0.1,127.0.0.1 PGPORT=${port:-$starting},$alive PGCONNECT_TIMEOUT=6
    sql_on_socket "CREATE TABLE \"$kind\" (id integer)"
    timed "$kind" pg-load -t "\"$kind\"" <in 3>&- &
    timed "psql-$kind" psql -qXAtc 'SELECT 1' 3>&- &
  done
  # The default deadline is ten seconds, or the share of the host in --retry-timeout.
  PGPORT=$(dead mute),$alive
  unset PGCONNECT_TIMEOUT
  sql_on_socket 'CREATE TABLE shared (id integer)'
  timed shared pg-load -t shared --retry-timeout 8s <in 3>&- &
  wait
  for kind in "${kinds[@]}" shared; do
    read -r status ms <"$kind"
    echo "# $kind: pg-load $status after $ms ms; psql $(cat "psql-$kind" 2>/dev/null) ms" | tee "$(rounds /dev/null /dev/fd/3)"
    cat "$kind.err"
    [ "$status" -eq 0 ]
    [ "$(tally "$kind.out")" = '5 committed' ]
    run -1 grep retrying "$kind.err"
    limit=6000
    [ "$kind" != shared ] || limit=4000
    case $kind in
    mute | silent | shared) [ "$ms" -ge $((limit - 100)) ] && [ "$ms" -lt 12000 ] ;;
    *) [ "$ms" -lt "$limit" ] ;;
    esac
  done
}

sql_on_socket() { PGHOST=$socket PGPORT=$alive sql "$1"; }

@test "one or two servers that do not answer: 75 within --retry-timeout and five seconds" {
  local status ms
  export PGHOST=127.0.0.1 PGCONNECT_TIMEOUT=60
  PGPORT=$(dead mute) timed mute pg-load -t t --retry-timeout 6s <in 3>&- &
  PGPORT=$(dead silent) timed silent pg-load -t t --retry-timeout 6s <in 3>&- &
  PGHOST=127.0.0.1,127.0.0.1 PGPORT=$(dead mute),$(dead silent) timed both pg-load -t t --retry-timeout 6s <in 3>&- &
  unset PGCONNECT_TIMEOUT
  PGPORT=$(dead mute) timed default pg-load -t t --retry-timeout 1s <in 3>&- &
  wait
  for kind in mute silent both default; do
    read -r status ms <"$kind"
    echo "$kind $status $ms"
    cat "$kind.err"
    [ "$status" -eq 75 ]
    [ ! -s "$kind.out" ]
    [ "$ms" -lt 11000 ]
    grep -q 'timeout expired' "$kind.err"
  done
  [ "$(grep -o 'timeout expired' both.err | wc -l)" -ge 2 ]
}

@test "lists of hosts, addresses and ports, sockets, service files and URIs are read as libpq reads them" {
  local no library
  no=$(dead refuses)
  HOSTS=127.0.0.1,localhost PORTS=$no,$alive loads 'names and ports'
  HOSTS=nowhere.invalid,127.0.0.1 PORTS=$alive loads 'a name that there is not'
  HOSTS=127.0.0.1,$socket PORTS=$no,$alive loads 'a socket in the list'
  HOSTS=,$socket PORTS=$no,$alive loads 'a host left out'
  HOSTS=127.0.0.1,$socket PORTS=$no, loads 'a port left out' -d port="$no,$alive"
  HOSTS='nowhere.invalid,nowhere.invalid' PORTS=$no,$alive ADDRESSES=127.0.0.1,127.0.0.1 loads 'addresses for names'
  HOSTS="$socket,nowhere.invalid" PORTS=$no,$alive ADDRESSES=,127.0.0.1 loads 'an address left out'
  HOSTS='' PORTS=$no,$alive ADDRESSES=127.0.0.1,127.0.0.1 loads 'addresses alone'
  HOSTS=/nowhere PORTS=1 loads 'a URI' -d "postgresql://127.0.0.1:$no,localhost:$alive/$PGDATABASE?target_session_attrs=read-write"
  HOSTS=/nowhere PORTS=1 loads 'a string' -d "host=127.0.0.1,localhost port=$no,$alive connect_timeout=3"
  printf '[s]\nhost=127.0.0.1,127.0.0.1\nport=%s,%s\n' "$no" "$alive" >service
  PGSERVICEFILE=$PWD/service loads 'a service of the string' -d service=s
  PGSERVICEFILE=$PWD/service PGSERVICE=s loads 'a service of the environment'
  # Two hosts whose passwords differ: each gets its own.
  printf '127.0.0.1:*:*:*:one\nlocalhost:*:*:*:two\n' >pgpass
  chmod 600 pgpass
  PGPASSFILE=$PWD/pgpass HOSTS=127.0.0.1,localhost PORTS=$no,$alive loads 'a password file'
  for library in $(libraries); do
    HOSTS=nowhere.invalid,127.0.0.1,localhost PORTS=1,$no,$alive LIBRARY=$library loads "$library"
  done
  for setting in PGHOSTADDR=127.0.0.1,127.0.0.1,127.0.0.1 PGPORT=1,2,3 PGHOSTADDR=nowhere,nowhere; do
    (export PGHOST=127.0.0.1,localhost "${setting?}" && load_in -t t && echo "$status") >status
    [ "$(<status)" = 69 ] || { echo "$setting" && cat err && false; }
  done
}

@test "target_session_attrs and load_balance_hosts: the requested host is loaded" {
  local library=
  export PGHOST=127.0.0.1,localhost PGPORT=$alive
  for target in any read-write primary prefer-standby; do
    HOSTS=$PGHOST PORTS=$alive PGTARGETSESSIONATTRS=$target loads "$target"
  done
  for target in read-only standby; do
    PGTARGETSESSIONATTRS=$target load_in -t t --retry-timeout 0
    [ "$status" -eq 75 ]
    [ "$(grep -c 'in hot standby mode\|not read-only' err)" -ge 1 ]
  done
  # With libpq of 16 and later.
  sql "ALTER TABLE t ADD via text DEFAULT coalesce(host(inet_server_addr()), 'socket')"
  for library in $(libraries); do
    case $library in *postgres-1[678]*) newest=$library ;; esac
  done
  printf '[s]\nhost=127.0.0.1,%s\nport=%s\nload_balance_hosts=random\n' "$socket" "$alive" >service
  unset PGHOST PGPORT
  for ((n = 1; n <= 20; n++)); do
    record "$n" "{\"id\":$n}" | LD_LIBRARY_PATH=$newest PGSERVICEFILE=$PWD/service pg-load -d service=s -t t
  done
  export PGHOST=$socket PGPORT=$alive
  [ "$(sql 'SELECT DISTINCT via FROM t WHERE id <= 20 ORDER BY 1' | xargs)" = '127.0.0.1 socket' ]
}

# refused [WORDS]: check that pg-load is refused immediately and for good, with these words.
refused() {
  local before=$SECONDS
  load_in -t t
  cat err
  [ "$status" -eq 69 ]
  [ ! -s out ]
  [ $((SECONDS - before)) -lt 10 ]
  run -1 grep retrying err
  grep -q "$1" err
}

# certificate NAME: make NAME.crt and NAME.key of an authority of its own, for localhost.
certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout "$1.key" -out "$1.crt" 2>openssl.err
}

@test "errors that no retry can fix end the run immediately, 69: TLS to a server without it, certificates, keys" {
  local library data=$socket/data
  export HOME=$PWD PGHOST=localhost
  for library in '' $(libraries); do
    PGSSLMODE=require LD_LIBRARY_PATH=$library refused 'server does not support SSL'
  done
  PGSSLMODE=require PGHOST=localhost,127.0.0.1 refused 'server does not support SSL'
  PGCHANNELBINDING=require refused 'channel binding'
  PGREQUIREPEER=nobody PGHOST=$socket refused 'requirepeer'
  certificate server
  certificate other
  install -m 600 server.key server.crt "$data"
  [ "$(id -u)" -ne 0 ] || chown postgres: "$data/server.key" "$data/server.crt"
  sql 'ALTER SYSTEM SET ssl = on' && sql 'SELECT pg_reload_conf()'
  with_tls() { PGSSLMODE=require psql -qXc 'SELECT 1'; }
  eventually 10 with_tls
  PGSSLMODE=verify-full refused 'root certificate file'
  PGSSLMODE=verify-full PGSSLROOTCERT=$PWD/server.crt load_in -t t
  [ "$status" -eq 0 ]
  PGSSLMODE=verify-ca PGSSLROOTCERT=$PWD/other.crt refused 'certificate verify failed'
  PGSSLMODE=verify-full PGSSLROOTCERT=$PWD/server.crt PGHOST=127.0.0.1 refused 'does not match host name'
  chmod 644 other.key
  PGSSLMODE=require PGSSLCERT=$PWD/other.crt PGSSLKEY=$PWD/other.key refused 'private key file'
  PGSSLMODE=require PGSSLCERT=$PWD/other.crt PGSSLKEY=$PWD/nothing refused 'private key file'
  PGSSLMODE=require PGSSLMINPROTOCOLVERSION=TLSv1.3 PGSSLMAXPROTOCOLVERSION=TLSv1.2 refused 'protocol'
  sql 'ALTER SYSTEM RESET ssl' && sql 'SELECT pg_reload_conf()'
}

@test "too few descriptors are reported as such, with every libpq" {
  local library limit
  sql 'CREATE TABLE nomap (id integer)'
  # pg-load would inherit some that bats has open; a leak check needs another.
  for library in '' $(libraries); do
    for host in localhost nowhere.invalid "$socket"; do
      for limit in 4 6 8; do
        ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 PGHOST=$host LD_LIBRARY_PATH=$library \
          run bash -c "ulimit -n $limit && exec pg-load -t nomap --no-map --retry-timeout 0" <in 3>&- 4>&-
        echo "$library $host $limit: $status $output"
        [ "$status" -eq 70 ] || { [ "$status" -eq 0 ] && [ "$limit" -ge 7 ]; } ||
          { [ "$host" = nowhere.invalid ] && [ "$limit" -gt 12 ]; }
        [ "$status" -eq 0 ] || [[ $output == 'pg-load: error: cannot '*': Too many open files'* ]]
      done
    done
  done
}
