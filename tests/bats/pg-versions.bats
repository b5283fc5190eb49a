#!/usr/bin/env bats
# pg-load: refused rows among many, on every supported version of the server and
# on one that speaks another language. Each on a server of its own.

load ../lib/common
load ../lib/records
load ../lib/refused
load ../lib/types

setup() {
  common_setup
  unset SQS2PG_MAPS
}

# The servers of the suite are not stopped here.
stop_own() { [ -z "${own:-}" ] || servers_stop "$own"; }
teardown() { stop_own; }

# server [KIND]: start one of that kind (scripts/servers.sh) for this test.
server() {
  stop_own
  export SERVERS_PG=${1:-}
  servers_begin
  own=$SERVERS_DIR
  unset SQS2PG_MAPS
  servers_postgres_start
}

# Check the version, so that each tested server is the one that it claims to be.
speaks() {
  case $1 in
  german) psql -qXc 'SELECT 1/0' 2>&1 | grep -q 'FEHLER:  Division durch Null' ;;
  *) [ "$(sql "SELECT current_setting('server_version_num')::integer / 10000")" = "$1" ] ;;
  esac
}

# One value for each type that raises class 42, 3F or XX; in the long form also each type alone.
odd_types_are_sorted_out() {
  odd_database odd
  odd_values_are_sorted_out "$(rounds 150 5000)"
  [ "$(wc -l <wanted)" -ge 18 ]
  [ -n "${SQS2PG_TEST_LONG:-}" ] || return 0
  local column
  while read -r column _; do
    odd_values_are_sorted_out 5000 "$column"
  done <types
}

@test "1,000 bad rows at random among 100,000, and types that raise class 42 or XX: exactly those are refused, each with its SQLSTATE and column" {
  server
  odd_types_are_sorted_out
  fresh_database
  spread 100000 1000
  spread_is_sorted_out 100000 1000
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 99000 ]
}

@test "the timeouts of a role do not end a batch, on every version that has them" {
  for kind in '' 17 18; do
    server "$kind"
    fresh_database
    sql "CREATE TABLE t (a integer);
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
        \$\$ BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END \$\$;
      CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"
    for name in statement_timeout lock_timeout idle_in_transaction_session_timeout transaction_timeout; do
      [ "$name" != transaction_timeout ] || [ -n "$kind" ] || continue
      sql "ALTER ROLE CURRENT_USER SET $name = '250ms'"
    done
    pg-load -t t --retry-timeout 1s >out < <(printf '{"sqs":{"message_id":"%s"},"body":{"a":1}}\n' a b)
    [ "$(jq -r .status out | xargs)" = 'committed committed' ]
  done
}

@test "100 bad rows among 10,000, and such types: the same on every other version, and on one that does not speak English" {
  kinds=$(servers_pg_kinds)
  [ "$(wc -w <<<"$kinds")" -ge 4 ]
  for kind in $kinds; do
    echo "$kind"
    server "$kind"
    speaks "$kind"
    odd_types_are_sorted_out
    fresh_database
    rm -f wanted
    spread 10000 100
    spread_is_sorted_out 10000 100 --batch-rows 3000
  done
}
