#!/usr/bin/env bats
# The flaws that scripts/chaos.sh --mutant, scripts/inject.sh --mutant and scripts/mutants.sh build
# into the programs: each can still be built. Only those scripts show that each is found.

bats_require_minimum_version 1.5.0

setup_file() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  export ROOT
  unset BUILD MAKEFLAGS MAKELEVEL
}

# files_of PATCH: print the files that it changes.
files_of() { sed -n 's|^+++ b/||p' "$1"; }

@test "the patch of every mutant changes one source, which compiles" {
  count=0
  for patch in "$ROOT"/tests/fault/mutants/{,calls/}*.patch; do
    file=$(files_of "$patch")
    [ -f "$ROOT/$file" ]
    tree=$BATS_TEST_TMPDIR/$(basename "$patch" .patch)
    mkdir -p "$tree"
    cp -a "$ROOT"/{Makefile,VERSION,cmd,lib} "$tree"
    patch -s -p1 -d "$tree" <"$patch"
    run -1 cmp -s "$ROOT/$file" "$tree/$file"
    make -s -C "$tree" BUILD=b "b/obj/${file%.c}.o"
    count=$((count + 1))
  done
  [ "$count" -ge 18 ]
}

@test "the patch against every safeguard applies, and the tests that must find it exist" {
  count=0
  for patch in "$ROOT"/tests/fault/mutants/tests/*.patch; do
    for file in $(files_of "$patch"); do
      mkdir -p "$BATS_TEST_TMPDIR/tree/$(dirname "$file")"
      cp -a "$ROOT/$file" "$BATS_TEST_TMPDIR/tree/$file"
    done
    patch -s -p1 --fuzz=0 -d "$BATS_TEST_TMPDIR/tree" <"$patch"
    named=0
    while IFS=: read -r file title; do
      grep -qE "^@test \"${title# }" "$ROOT/tests/bats/$file.bats"
      named=$((named + 1))
    done < <(sed -n 's/^found by: //p' "$patch")
    [ "$named" -ge 1 ]
    count=$((count + 1))
  done
  [ "$count" -ge 26 ]
}

@test "chaos.sh and mutants.sh name their mutants, and refuse other names" {
  run -64 "$ROOT/scripts/chaos.sh" --mutant nothing
  [[ $output == *'  no-ledger'*'  verdict-before-answer'* ]]
  run -64 "$ROOT/scripts/mutants.sh" nothing
  [[ $output == *'  descriptor-left-open'*'  unmatched-off'* ]]
}
