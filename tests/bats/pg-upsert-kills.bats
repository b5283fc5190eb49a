#!/usr/bin/env bats
# pg-load --upsert: four loaders of the same rows are killed, or their sessions ended. Each row has the
# state of its newest record, each record has a verdict, and there is no deadlock.
#
# On a server of its own, whose sessions are ended. In the long form 100,000 records over 10,000 rows,
# in batches of both kinds.

load ../lib/common
load ../lib/records

setup_file() {
  servers_begin
  servers_postgres_start
}
teardown_file() { servers_stop; }
setup() { pg_setup; }

# kills_do_no_harm RECORDS ROWS BATCH KILLS
kills_do_no_harm() {
  fresh_database
  sql 'CREATE TABLE t (id integer PRIMARY KEY, n integer, v text)'
  run -0 python3 "$ROOT/tests/lib/upsert_kills.py" "$1" "$2" 4 "$3" "$4" "$RANDOM"
  echo "# $output" >&3
  # Some were killed.
  [ "$(jq .killed <<<"$output")" -ge 4 ]
  [ "$(jq .sessions_ended <<<"$output")" -ge 1 ]
}

@test "four loaders of the same rows are killed at any moment: the last state by --newer, a verdict for every record" {
  kills_do_no_harm 4000 400 120 12
  [ -n "${SQS2PG_TEST_LONG:-}" ] || return 0
  kills_do_no_harm 100000 10000 200 100
  kills_do_no_harm 100000 10000 1500 60
}
