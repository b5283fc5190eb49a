# The servers of the whole suite, started once: PostgreSQL, and as SQS server
# the one that TEST_SQS names, elasticmq (the default) or moto.

setup_suite() {
  # shellcheck source=scripts/servers.sh
  . "$BATS_TEST_DIRNAME/../../scripts/servers.sh"
  servers_begin
  servers_postgres_start
  "servers_${TEST_SQS:-elasticmq}_start"
}

teardown_suite() {
  servers_stop
}
