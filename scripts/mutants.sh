#!/usr/bin/env bash
# Shows that the tests find a missing safeguard. It builds the programs without the safeguard,
# from a copy of the tree with the patch tests/fault/mutants/tests/NAME.patch, and runs the tests
# that the patch names.
#
#   scripts/mutants.sh NAME...|all
#
# Print a line for each: the test that failed, or NOT FOUND. Exit 0 only if each was found.
# chaos.sh and inject.sh have flaws of their own: --mutant there.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
BUILD=${BUILD:-build}
[ "${BUILD#/}" != "$BUILD" ] || BUILD=$root/$BUILD
export BUILD
MUTANTS=$root/tests/fault/mutants/tests
LIMIT=600 # seconds for the tests of one mutant

# find_mutant NAME: print the test that found it; return 1 if none did.
find_mutant() {
  local patch=$MUTANTS/$1.patch build file title log
  build=$("$root/tests/fault/mutated.sh" "$patch") || return
  log=$build/found.tap
  while IFS=: read -r file title; do
    timeout -k 30 "$LIMIT" env BUILD="$build" bats --tap -f "${title# }" "${build%/build}/tests/bats/$file.bats" \
      >"$log" 2>&1 </dev/null || true
    # A failure before a test begins finds nothing.
    if grep -m 1 -E '^not ok [0-9]+ ' "$log" | grep -v ' setup_' >"$build/found"; then
      printf 'mutant %s: found by %s: %s\n' "$1" "$file" "$(sed 's/^not ok [0-9]* //' "$build/found")"
      rm -rf "${build%/build}"
      return 0
    fi
  done < <(sed -n 's/^found by: //p' "$patch")
  printf 'mutant %s: NOT FOUND, see %s\n' "$1" "$log"
  return 1
}

if [ $# -eq 0 ] || [ "$1" = --help ] || [ "$1" = -h ]; then
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  [ $# -gt 0 ] || exit 64
  exit 0
fi
names=("$@")
[ "$1" != all ] || mapfile -t names < <(cd "$MUTANTS" && printf '%s\n' *.patch | sed 's/\.patch$//')
for name in "${names[@]}"; do
  [ -f "$MUTANTS/$name.patch" ] || {
    printf 'mutants: error: no mutant %s; known names:\n' "$name" >&2
    (cd "$MUTANTS" && printf '  %s\n' *.patch) | sed 's/\.patch$//' >&2
    exit 64
  }
done
"$here/deps.sh" build run test
make -s -C "$root" -j "$(nproc)" BUILD="$BUILD" all
survived=0
for name in "${names[@]}"; do
  find_mutant "$name" || survived=$((survived + 1))
done
printf '%d passed, %d failed\n' $((${#names[@]} - survived)) "$survived"
[ "$survived" -eq 0 ]
