#!/usr/bin/env bats
# The flaws that scripts/chaos.sh --mutant and scripts/inject.sh --mutant build into
# the programs: each can still be built. That each is found, only they show.

bats_require_minimum_version 1.5.0

setup_file() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  export ROOT
  unset BUILD MAKEFLAGS MAKELEVEL
}

@test "every mutant's patch applies to one source, and what it makes compiles" {
  count=0
  for patch in "$ROOT"/tests/fault/mutants/{,calls/}*.patch; do
    file=$(sed -n 's|^+++ b/||p' "$patch")
    [ -f "$ROOT/$file" ]
    tree=$BATS_TEST_TMPDIR/$(basename "$patch" .patch)
    mkdir -p "$tree"
    cp -a "$ROOT"/{Makefile,VERSION,cmd,lib} "$tree"
    patch -s -p1 -d "$tree" <"$patch"
    run -1 cmp -s "$ROOT/$file" "$tree/$file"
    make -s -C "$tree" BUILD=b "b/obj/${file%.c}.o"
    count=$((count + 1))
  done
  [ "$count" -ge 13 ]
}

@test "chaos.sh names its mutants, and refuses another" {
  run -64 "$ROOT/scripts/chaos.sh" --mutant nothing
  [[ $output == *'  no-ledger'*'  verdict-before-answer'* ]]
}
