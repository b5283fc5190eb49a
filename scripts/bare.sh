#!/usr/bin/env bash
# Run scripts/demo.sh and scripts/test.sh on a bare system, to prove that they work there. It
# makes the system in a folder with mmdebstrap and clones the committed tree into it. From this
# machine the system uses only the kernel, the network, the additional certificates and the
# settings of apt, pip, npm and Maven, with their mirrors and proxies.
#
#   scripts/bare.sh [--keep] [--sources FILE] [--demo-only | --unit | --part PART...]
#                   [SUITE] [FOLDER]
#
# Needs root. SUITE is a suite of the archive that apt uses here: trixie, sid, or noble on an
# Ubuntu. The default is bookworm. With --sources, SUITE is one of the sources in FILE, in the
# lines of sources.list (of Ubuntu, on a Debian). The demo runs twice, and both screens must be
# the same. After it every test runs. In a SUITE other than bookworm and trixie, or with --unit,
# only the unit tests run. With --part only that part of scripts/test.sh runs, and no demo. FOLDER
# must have a slash in it (default: a new one in /var/tmp). It is removed afterwards, unless
# --keep is given; a kept one is used again.
#
# Each part has a line `SUITE PART: N passed, N failed`. The last line is the sum, `SUITE: N
# passed, N failed`. Exit 0 only if nothing failed.
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

# Make a bare system with git and certificates, which any user needs for the clone.
bootstrap() {
  [ -e "$folder/etc/sqs2pg-chroot" ] || say "making $suite in $folder"
  chroot_make "$folder" "$suite" "$(dpkg --print-architecture)" ca-certificates,git || fail "no $suite"
}
inside() { chroot_run "$folder" "$@"; }

# Run the demo twice: each run is a test, and the comparison of the screens is one more.
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

# run_tests PART...: run scripts/test.sh, print its lines with the name of the suite before the
# counts, and add to the sum.
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
  # Inside, this folder is also the root folder of the other tests.
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

# When sourced, this file only defines functions: tests/deb makes its folders with them.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  main "$@"
fi
