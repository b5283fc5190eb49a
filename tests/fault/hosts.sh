#!/usr/bin/env bash
# Run rounds of tests/fault/hosts.py with hosts and servers of their own, and remove them:
#
#   hosts.sh rounds ARGUMENT...
#
# Such a round calls these for a new pair of servers, or the end of the first:
#
#   hosts.sh pair|fence
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/servers.sh
. "$here/../../scripts/servers.sh"
# shellcheck source=tests/lib/netns.bash
. "$here/../lib/netns.bash"
# shellcheck source=tests/fault/hosts.bash
. "$here/hosts.bash"

# rounds ARGUMENT...: start the hosts and run the rounds.
rounds() {
  local build=${BUILD:-build} status=0
  [ "${build#/}" != "$build" ] || build=$here/../../$build
  export PATH=$build/bin:$PATH net=s2h$$
  servers_begin
  trap 'servers_stop; hosts_end' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  hosts_begin
  hosts_rounds "$@" || status=$?
  exit "$status"
}

case ${1:-} in
rounds) rounds "${@:2}" ;;
pair | fence) "hosts_$1" ;;
*)
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | sed '$d' >&2
  exit 64
  ;;
esac
