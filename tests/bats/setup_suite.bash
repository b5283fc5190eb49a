# The servers of the whole suite, started once: PostgreSQL, and the SQS server that TEST_SQS names,
# elasticmq (the default) or moto.

setup_suite() {
  # shellcheck source=scripts/servers.sh
  . "$BATS_TEST_DIRNAME/../../scripts/servers.sh"
  servers_begin
  real_psql
  servers_postgres_start
  "servers_${TEST_SQS:-elasticmq}_start"
}

# real_psql: put psql itself first in PATH. Debian's script before it takes four times as long as
# most of the queries.
real_psql() {
  local newest
  newest=$(compgen -G '/usr/lib/postgresql/*/bin/psql' | sort -V | tail -n 1) || return 0
  [ -n "$newest" ] || return 0
  mkdir "$BATS_RUN_TMPDIR/client"
  ln -s "$newest" "$BATS_RUN_TMPDIR/client/psql"
  export PATH=$BATS_RUN_TMPDIR/client:$PATH
}

teardown_suite() {
  servers_stop
}
