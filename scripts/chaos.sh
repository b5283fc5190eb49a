#!/usr/bin/env bash
# Test the guarantee by experiment: run the whole pipeline under kills, restarts, full disks and
# broken networks, and check its history (tests/fault/chaos.py).
#
#   scripts/chaos.sh [--rounds N] [--seed S] [--first R] [--messages N] [--only FORM] [--verbose]
#   scripts/chaos.sh --mutant NAME|all [...]
#   scripts/chaos.sh --hosts [...]
#   scripts/chaos.sh --power [--only-synced] [--postgres SETTING]... [...]
#
# Rounds take turns: plain, parts (sqs-unwrap --each), upsert, keys (rotated under --follow),
# tables (altered under the loaders) and lambda. A round takes about seven seconds, and the
# default 20 rounds two and a half minutes. A failed round prints the command that repeats it.
# Exit 0 only if no round failed.
#
# With --mutant the programs get a deliberate flaw: the patch tests/fault/mutants/NAME.patch, in a
# copy of the tree. Exit 0 only if the rounds find it. This shows how far the run itself can be
# trusted.
#
# With --hosts there are four hosts that vanish, die or have a wrong clock, and a database that
# fails over to a synchronous standby (tests/fault/hosts.py). The six rounds take about twenty
# seconds each, and need root for network namespaces.
#
# With --power the machine loses its power, and PostgreSQL and the archives keep only synced data
# (tests/fault/power.py). The queue is on another machine: its messages stay.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/deps.sh
. "$here/deps.sh"
root=$(cd "$here/.." && pwd)
BUILD=${BUILD:-build}
[ "${BUILD#/}" != "$BUILD" ] || BUILD=$root/$BUILD
export BUILD
MUTANTS=$root/tests/fault/mutants

# rounds BUILD ARGUMENT...: run the rounds on servers of their own.
rounds() {
  if [ -n "$hosts" ]; then
    BUILD=$1 "$root/tests/fault/hosts.sh" rounds "${@:2}"
    return
  fi
  BUILD=$1 SERVERS_PG_SEGMENT=$segment "$here/servers.sh" run python3 "$root/tests/fault/$what.py" \
    --pipeline "$here/pipeline.sh" --servers "$here/servers.sh" \
    --emulator "$(emulator_dir)/aws-lambda-rie" "${@:2}"
}

# With --power WAL files are small, because each commit compares one with the disk.
mutant='' hosts='' what=chaos segment=16 arguments=()
while [ $# -gt 0 ]; do
  case $1 in
  -h | --help)
    sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  --hosts) hosts=1 ;;
  --power) what=power segment=1 ;;
  --mutant)
    mutant=${2:-}
    [ "$mutant" = all ] || [ -f "$MUTANTS/$mutant.patch" ] || {
      printf 'chaos: error: no mutant has that name; known names:\n' >&2
      (cd "$MUTANTS" && printf '  %s\n' *.patch) | sed 's/\.patch$//' >&2
      exit 64
    }
    shift
    ;;
  *) arguments+=("$1") ;;
  esac
  shift
done

"$here/deps.sh" build run test
make -s -C "$root" -j "$(nproc)" BUILD="$BUILD" all
if [ -z "$mutant" ]; then
  rounds "$BUILD" "${arguments[@]}"
  exit
fi
names=("$mutant")
[ "$mutant" != all ] || mapfile -t names < <(cd "$MUTANTS" && printf '%s\n' *.patch | sed 's/\.patch$//')
survived=0
for name in "${names[@]}"; do
  build=$("$root/tests/fault/mutated.sh" "$MUTANTS/$name.patch")
  rounds "$build" --mutant "$name" "${arguments[@]}" || survived=1
done
exit "$survived"
