#!/usr/bin/env bash
# Proves scripts/demo.sh and scripts/test.sh on a bare system: makes one in a
# folder by mmdebstrap, clones the committed tree into it, and runs both there,
# with nothing of this machine but its kernel, its network, its additional
# certificates and how its apt, pip, npm and Maven are set up: mirrors and proxies
# are the ones that apt uses here.
#
#   scripts/bare.sh [--keep] [--sources FILE] [--demo-only | --unit | --part PART...]
#                   [SUITE] [FOLDER]
#
# Needs root. SUITE is one of the archive that apt uses here (trixie, sid; noble on
# an Ubuntu), bookworm when not given; with --sources, one of the sources in FILE, in
# the lines of sources.list (Ubuntu's, on a Debian). The demo runs twice, and its two
# screens must be the same. After it every test runs, or, in a SUITE that is neither bookworm nor
# trixie, or with --unit, the unit tests; with --part those of that part of
# scripts/test.sh, and no demo. FOLDER, with a slash in it (default: a new one in
# /var/tmp), is removed afterwards unless --keep is given; a kept one is used again.
#
# Each part has a line `SUITE PART: N passed, N failed`, and the last line is their
# sum, `SUITE: N passed, N failed`. Exit 0 only if nothing failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
# shellcheck source=scripts/chroot.sh
. "$here/chroot.sh"

say() { printf 'bare: %s\n' "$*" >&2; }
fail() {
  say "error: $*"
  exit 1
}

# A bare system, and git and certificates as whoever cloned had them.
bootstrap() {
  [ -e "$folder/etc/sqs2pg-chroot" ] || say "making $suite in $folder"
  chroot_make "$folder" "$suite" "$(dpkg --print-architecture)" ca-certificates,git || fail "no $suite"
}
inside() { chroot_run "$folder" "$@"; }

# The demo, twice: one test each, and one that their screens are the same.
run_demo() {
  local run
  for run in 1 2; do
    say "demo, run $run"
    if inside /srv/sqs2pg/scripts/demo.sh >"$folder/srv/screen$run"; then
      passed=$((passed + 1))
    else
      cat "$folder/srv/screen$run"
      failed=$((failed + 1))
    fi
  done
  [ "$failed" -gt 0 ] || cat "$folder/srv/screen1"
  if cmp "$folder/srv/screen1" "$folder/srv/screen2"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  printf '%s demo: %d passed, %d failed\n' "$suite" "$passed" "$failed"
}

# run_tests PART...: what scripts/test.sh says, the suite's name before its counts; its sum is added.
run_tests() {
  local line sum=''
  say "tests"
  while IFS= read -r line; do
    if [[ $line =~ ^[0-9]+\ passed,\ [0-9]+\ failed$ ]]; then
      sum=$line
    elif [[ $line =~ ^[a-z-]+:\ [0-9]+\ passed,\ [0-9]+\ failed ]]; then
      printf '%s %s\n' "$suite" "$line"
    else
      printf '%s\n' "$line"
    fi
  done < <(inside /srv/sqs2pg/scripts/test.sh "$@" || true)
  if [ -z "$sum" ]; then
    failed=$((failed + 1))
    return 0
  fi
  # shellcheck disable=SC2086  # N passed, N failed
  set -- $sum
  passed=$((passed + $1)) failed=$((failed + $3))
}

main() {
  local keep='' demo=1 tests=1 parts=()
  folder='' suite=bookworm passed=0 failed=0
  while [ $# -gt 0 ]; do
    case $1 in
    --keep) keep=1 ;;
    --demo-only) tests='' ;;
    --unit) parts=(unit) ;;
    --part)
      demo=''
      parts+=("${2:?--part: which}")
      shift
      ;;
    --sources)
      chroot_sources_file=${2:?--sources: which}
      shift
      ;;
    -*) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 64 ;;
    */*) folder=$1 ;;
    *) suite=$1 ;;
    esac
    shift
  done
  case $suite in bookworm | trixie) ;; *) [ ${#parts[@]} -gt 0 ] || parts=(unit) ;; esac
  [ "$(id -u)" -eq 0 ] || fail "needs root"
  [ -n "$folder" ] || folder=$(mktemp -d /var/tmp/sqs2pg-bare.XXXXXX)
  mkdir -p "$folder"
  # It is the root folder of the others inside, too.
  chmod 755 "$folder"
  folder=$(cd "$folder" && pwd)
  [ -n "$keep" ] || trap 'rm -rf --one-file-system "$folder" "$folder.log" "$folder.conf"' EXIT
  bootstrap
  rm -rf --one-file-system "$folder/srv/sqs2pg"
  git clone -q --no-local "$root" "$folder/srv/sqs2pg"
  [ -z "$demo" ] || run_demo
  [ -z "$tests" ] || run_tests "${parts[@]}"
  printf '%s: %d passed, %d failed\n' "$suite" "$passed" "$failed"
  [ "$failed" -eq 0 ]
}

# Sourced, it gives the functions: tests/deb makes its folders with them.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  main "$@"
fi
