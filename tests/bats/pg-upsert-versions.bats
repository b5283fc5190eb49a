#!/usr/bin/env bats
# pg-load --upsert on every supported version of the server, each on a server of its own: values,
# equal keys, partitions and refused records.

load ../lib/common
load ../lib/records
load ../lib/upsert

setup() {
  common_setup
  unset SQS2PG_MAPS
}

stop_own() { [ -z "${own:-}" ] || servers_stop "$own"; }
teardown() { stop_own; }

# server KIND: start one of that kind (scripts/servers.sh) for this test.
server() {
  stop_own
  export SERVERS_PG=$1
  servers_begin
  own=$SERVERS_DIR
  unset SQS2PG_MAPS
  servers_postgres_start
  fresh_database
}

@test "rows are inserted, updated and refused alike on every version, and on one that does not speak English" {
  kinds=$(servers_pg_kinds)
  [ "$(wc -w <<<"$kinds")" -ge 4 ]
  for kind in $kinds; do
    server "$kind"
    echo "# $kind: $(sql 'SHOW server_version')" >&3
    equal_keys 1000
    # Through the temporary table, in COPY's binary format.
    keys_of 1200 'k uuid' 'sprintf("\"k\":\"%08x-0000-4000-8000-000000000000\"", i * 40503 % 65536)'
    partitioned 40
    bad_rows 20
    values_are_taken 1
  done
}
