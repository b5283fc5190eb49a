#!/usr/bin/env bash
# Every program with one call of it failing, the Nth of malloc, read, write,
# send, recv, fsync, rename, open, poll, fork and others, N = 1 until nothing
# fails any more, on real servers; and each outcome judged (tests/fault/inject.py).
#
#   scripts/inject.sh [--each K] [--case NAME]... [--kind KIND]... [--at N] [--verbose]
#
# All of it takes some hours on a small machine. With --each K it is K calls at
# most for each program, kind of call and error. A violation prints its case,
# kind and N; --case, --kind and --at play it again. Exit 0 only if there is none.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
export BUILD=${BUILD:-$root/build}

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | sed '$d'
  exit 0
fi
"$here/deps.sh" build run test
make -s -C "$root" -j "$(nproc)" BUILD="$BUILD" all inject
PATH="$BUILD/bin:$PATH" exec "$here/servers.sh" run python3 "$root/tests/fault/inject.py" \
  --library "$BUILD/fault/inject.so" --man "$root/man" "$@"
