# The servers of the whole suite, started once: PostgreSQL, and as SQS server
# the one that TEST_SQS names, elasticmq (the default) or moto.

setup_suite() {
  # shellcheck source=scripts/servers.sh
  . "$BATS_TEST_DIRNAME/../../scripts/servers.sh"
  servers_begin
  real_psql
  servers_postgres_start
  "servers_${TEST_SQS:-elasticmq}_start"
}

# real_psql: psql itself comes first in PATH, and not Debian's script in front of it, which costs
# four times as much as what most of the calls do.
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
