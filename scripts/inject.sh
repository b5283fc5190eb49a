#!/usr/bin/env bash
# Run every program on real servers with one failing call: the Nth malloc, read, write, send, recv, fsync,
# rename, open, poll, fork and others. N starts at 1 and ends when no call fails any more.
# tests/fault/inject.py judges each outcome.
#
#   scripts/inject.sh [--each K] [--case NAME]... [--from NAME] [--kind KIND]... [--at N] [-j JOBS]
#                     [--split THREADS] [--state FILE] [--verbose]
#   scripts/inject.sh --mutant NAME|all
#
# A full run takes some hours on a small machine. With --state FILE it can be ended and started again: units
# that FILE has as finished are skipped, and count in the totals. A changed build begins again.
# With --split, THREADS share the runs of each unit: for those that mostly wait. --from continues at a case.
# --each K limits the calls to K for each program, kind of call and error. A violation prints its case, kind
# and N; --case, --kind and --at repeat it. Exit 0 only if there is none.
#
# With --mutant the programs get a deliberate flaw, the patch tests/fault/mutants/calls/NAME.patch, which names
# the cases that must find it. Exit 0 only if they do.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
BUILD=${BUILD:-build}
[ "${BUILD#/}" != "$BUILD" ] || BUILD=$root/$BUILD
export BUILD
MUTANTS=$root/tests/fault/mutants/calls

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
fi

# inject BUILD ARGUMENT...: run the cases on the running servers.
inject() {
  PATH="$1/bin:$PATH" python3 "$root/tests/fault/inject.py" --library "$BUILD/fault/inject.so" \
    --man "$root/man" "${@:2}"
}

# Run within the servers and report each mutant that is not found.
mutants() {
  local name build status survived=0 arguments
  for name; do
    build=$("$root/tests/fault/mutated.sh" "$MUTANTS/$name.patch")
    read -ra arguments < <(sed -n 's/^found by: //p' "$MUTANTS/$name.patch")
    status=0
    inject "$build" "${arguments[@]}" >"$build/inject.log" 2>&1 || status=$?
    if [ "$status" -eq 1 ] && grep -q '^VIOLATION ' "$build/inject.log"; then
      printf 'mutant %s: found: %s\n' "$name" "$(grep -m 1 '^VIOLATION ' "$build/inject.log")"
    else
      printf 'mutant %s: NOT FOUND, see %s\n' "$name" "$build/inject.log"
      survived=1
    fi
  done
  return "$survived"
}

if [ "${1:-}" = --within ]; then
  "${@:2}"
  exit
fi
"$here/deps.sh" build run test
make -s -C "$root" -j "$(nproc)" BUILD="$BUILD" all inject
if [ "${1:-}" != --mutant ]; then
  exec "$here/servers.sh" run "$here/inject.sh" --within inject "$BUILD" "$@"
fi
names=("${2:-}")
[ "${2:-}" != all ] || mapfile -t names < <(cd "$MUTANTS" && printf '%s\n' *.patch | sed 's/\.patch$//')
[ -f "$MUTANTS/${names[0]}.patch" ] || {
  printf 'inject: error: no mutant has that name; known names:\n' >&2
  (cd "$MUTANTS" && printf '  %s\n' *.patch) | sed 's/\.patch$//' >&2
  exit 64
}
exec "$here/servers.sh" run "$here/inject.sh" --within mutants "${names[@]}"
