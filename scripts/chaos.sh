#!/usr/bin/env bash
# The guarantee, shown by experiment: the whole pipeline under kills, restarts,
# full disks and broken networks, and its history judged (tests/fault/chaos.py).
#
#   scripts/chaos.sh [--rounds N] [--seed S] [--first R] [--messages N] [--verbose]
#
# A round takes some ten seconds. A failed one prints what to type to play it
# again. Exit 0 only if none failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
export BUILD=${BUILD:-$root/build}

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | sed '$d'
  exit 0
fi
"$here/deps.sh" build run test
make -s -C "$root" -j "$(nproc)" BUILD="$BUILD" all
PATH="$BUILD/bin:$PATH" exec "$here/servers.sh" run python3 "$root/tests/fault/chaos.py" \
  --pipeline "$here/pipeline.sh" --servers "$here/servers.sh" "$@"
