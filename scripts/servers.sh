#!/usr/bin/env bash
# Private servers for the demo, the tests and manual use: PostgreSQL on a unix socket, ElasticMQ and
# moto on free ports of the loopback. Each run has its own. They end with the run, even when the
# process that started them is killed.
#
# By hand, in two commands:
#
#   scripts/deps.sh
#   scripts/servers.sh shell [--moto]  your $SHELL with PG*, AWS_*, PATH and SQS2PG_MAPS set, a table,
#                                      a queue and a key file, and three commands to try
#
# or, for one command (--moto: use moto, which checks signatures, as the SQS endpoint instead of
# ElasticMQ):
#
#   scripts/servers.sh run [--moto] COMMAND...
#
# SERVERS_PG=13, 17, 18 or german selects another version of the database than the installed one, or
# one with German messages. Within either of them:
#
#     SQS_QUEUE_URL=$(scripts/servers.sh queue NAME [VisibilityTimeout=5 ...])
#     scripts/servers.sh counts URL      visible, in flight and delayed messages
#     scripts/servers.sh purge URL
#     scripts/servers.sh delete URL
#     scripts/servers.sh use elasticmq|moto   prints variables to set and unset, for eval
#     scripts/servers.sh restart         restarts PostgreSQL, as after a crash
#
# When sourced, it defines the functions of scripts/servers, each with its contract, and sets no trap:
# the caller calls servers_stop.

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
fi

SERVERS_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/deps.sh
. "$SERVERS_HERE/deps.sh"
# The parts, with the contracts of their functions.
# shellcheck source=scripts/servers/process.sh
. "$SERVERS_HERE/servers/process.sh"
# shellcheck source=scripts/servers/postgres.sh
. "$SERVERS_HERE/servers/postgres.sh"
# shellcheck source=scripts/servers/sqs.sh
. "$SERVERS_HERE/servers/sqs.sh"
# shellcheck source=scripts/servers/shell.sh
. "$SERVERS_HERE/servers/shell.sh"

# ---- as a command ----------------------------------------------------------

servers_usage() {
  sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

# servers_installed elasticmq|moto: return true if scripts/deps.sh has installed the servers.
servers_installed() {
  have_server >/dev/null && command -v psql curl >/dev/null || return 1
  case $1 in
  elasticmq) command -v java >/dev/null && [ -d "$(elasticmq_dir)" ] ;;
  moto) [ -e "$(python_dir)/complete" ] ;;
  esac
}

# servers_run [--moto] COMMAND...: run the command, which may be a function, under the servers, and
# end with its status.
servers_run() {
  local sqs=elasticmq status=0
  if [ "${1:-}" = --moto ]; then
    sqs=moto
    shift
  fi
  if ! servers_installed "$sqs"; then
    servers_fail "PostgreSQL or $sqs is not installed" || true
    printf 'servers: hint: run scripts/deps.sh\n' >&2
    exit 69
  fi
  servers_begin
  trap servers_stop EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  servers_postgres_start
  "servers_${sqs}_start"
  export PATH=$SERVERS_BIN:$PATH
  "$@" || status=$?
  exit "$status"
}

servers_main() {
  local verb=${1:-} build=${BUILD:-build}
  [ $# -eq 0 ] || shift
  [ "${build#/}" != "$build" ] || build=$(cd "$SERVERS_HERE/.." && pwd)/$build
  SERVERS_BIN=$build/bin
  case $verb in
  run)
    [ $# -gt 0 ] || { servers_usage >&2; exit 64; }
    servers_run "$@"
    ;;
  shell)
    [ "$*" = "" ] || [ "$*" = --moto ] || { servers_usage >&2; exit 64; }
    servers_run "$@" servers_shell
    ;;
  queue | counts | purge | delete) "servers_$verb" "$@" ;;
  restart) servers_postgres_stop QUIT && servers_postgres_start ;;
  use)
    servers_use "$@"
    local name
    printf 'unset %s\n' "${SERVERS_UNSET[*]}"
    for name in SERVERS_SQS AWS_ENDPOINT_URL_SQS AWS_REGION AWS_ACCESS_KEY_ID \
      AWS_SECRET_ACCESS_KEY AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_EC2_METADATA_DISABLED; do
      printf 'export %s=%q\n' "$name" "${!name}"
    done
    ;;
  watch)
    # Each run has a folder of its own; when its owner ends, all processes in it end.
    tail -s 0.5 --pid="$2" -f /dev/null || true
    servers_stop "$1"
    ;;
  -h | --help) servers_usage ;;
  *)
    servers_usage >&2
    exit 64
    ;;
  esac
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  servers_main "$@"
fi
