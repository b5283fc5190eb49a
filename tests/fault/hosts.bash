# The hosts of tests/fault/hosts.py, as network namespaces on one switch:
#
#   queue     10.93.1.1: the queue server, and the checks
#   one, two  10.93.1.2 and 10.93.1.3: PostgreSQL, and its synchronous standby
#   h1 to h4  10.93.1.11 to 10.93.1.14: sqs2pg
#
# Needs scripts/servers.sh and tests/lib/netns.bash. ${net}, the prefix of the names of the
# namespaces, is exported.

# shellcheck disable=SC2154  # from netns.bash, and net
HOSTS_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
HOSTS=(queue one two h1 h2 h3 h4)

# hosts_begin: start the hosts with their servers; call servers_begin before, servers_stop after.
hosts_begin() {
  local dir=$SERVERS_DIR/postgres number
  net_begin 1 "${HOSTS[@]}"
  cable queue 1 1
  cable one 1 2
  cable two 1 3
  for number in 1 2 3 4; do cable "h$number" 1 "1$number"; done
  "${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$SERVERS_DIR/ahead.so" "$HOSTS_HERE/../lib/ahead.c"
  # Loaded before the library of a sanitizer.
  export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
  hosts_queue
  servers_postgres_start
  servers_postgres_stop
  printf '%s\n' "listen_addresses = '*'" 'max_wal_senders = 4' 'wal_keep_size = 64MB' >>"$dir/data/postgresql.conf"
  printf '%s\n' 'host all all 10.93.0.0/16 trust' 'host replication all 10.93.0.0/16 trust' >>"$dir/data/pg_hba.conf"
  hosts_pair
}

hosts_end() { net_end "${HOSTS[@]}"; }

# hosts_queue: start ElasticMQ, on the loopback of its host.
hosts_queue() {
  local dir=$SERVERS_DIR/elasticmq
  mkdir -p "$dir"
  echo 9324 >"$dir/port"
  servers_elasticmq_conf 9324 >"$dir/conf"
  servers_detach "$dir/process" "$dir/log" "${becoming_root[@]}" ip netns exec "$net-queue" java -XX:+UseSerialGC \
    -XX:TieredStopAtLevel=1 -Xmx1g -Dconfig.file="$dir/conf" -cp "$(elasticmq_dir)/lib/*" org.elasticmq.server.Main
  servers_until 60 in_net queue curl -s -o /dev/null --noproxy '*' http://127.0.0.1:9324/ ||
    { servers_fail "ElasticMQ does not start" "$dir/log"; return 1; }
  servers_use elasticmq
}

# hosts_postgres HOST FOLDER: start the server over the data in that folder, on that host.
hosts_postgres() {
  local dir=$SERVERS_DIR/$2
  (cd / && servers_detach "$dir/process" "$dir/log" "${becoming_root[@]}" ip netns exec "$net-$1" \
    "${as_postgres[@]}" "$(servers_pg_bindir)/postgres" -D "$dir/data")
  servers_until 60 pg_isready -q -h "$dir" || servers_fail "PostgreSQL does not start" "$dir/log"
}

# hosts_pair: start the server on the host one, and a new synchronous standby on two.
hosts_pair() {
  local dir=$SERVERS_DIR/standby
  servers_end "$dir/process" QUIT 60
  servers_postgres_stop QUIT
  rm -rf "$dir"
  plug one-1
  hosts_postgres one postgres
  mkdir -m 700 "$dir"
  [ "$(id -u)" -ne 0 ] || chown postgres: "$dir"
  psql -qX -h "$SERVERS_DIR/postgres" -c 'ALTER SYSTEM RESET ALL' -c 'SELECT pg_reload_conf()' >/dev/null
  (cd / && in_net two "${as_postgres[@]}" "$(servers_pg_bindir)/pg_basebackup" -h 10.93.1.2 -U postgres -D "$dir/data" \
    -R -c fast) >"$SERVERS_DIR/backup.log" 2>&1 || { servers_fail "cannot copy the server" "$SERVERS_DIR/backup.log"; return 1; }
  printf '%s\n' "unix_socket_directories = '$dir'" "cluster_name = 'standby'" | as_root tee -a "$dir/data/postgresql.conf" >/dev/null
  hosts_postgres two standby
  psql -qX -h "$SERVERS_DIR/postgres" -c "ALTER SYSTEM SET synchronous_standby_names = 'standby'" -c 'SELECT pg_reload_conf()' >/dev/null
  servers_until 60 hosts_are_synchronous || servers_fail "the standby does not follow" "$dir/log"
}
hosts_are_synchronous() {
  [ "$(psql -qXAt -h "$SERVERS_DIR/postgres" -c "SELECT sync_state FROM pg_stat_replication")" = sync ]
}

# hosts_fence: end the server on the host one, as whoever promotes another must.
hosts_fence() { servers_postgres_stop QUIT; }

# hosts_rounds ARGUMENT...: run hosts.py, on the host of the queue.
hosts_rounds() {
  in_net queue env PATH="$PATH" python3 -B "$HOSTS_HERE/hosts.py" --hosts "$HOSTS_HERE/hosts.sh" \
    --pipeline "$HOSTS_HERE/../../scripts/pipeline.sh" "$@"
}
