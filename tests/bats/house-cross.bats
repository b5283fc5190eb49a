#!/usr/bin/env bats
# scripts/cross.sh, as far as it can be checked without another system: what it counts and prints.

load ../lib/common

setup() {
  common_setup
  mkdir -p system/srv
}

# units_saying STATUS LINE...: print the counts of cross.sh after unit tests with these lines and
# that status. The file log, which already has a line, gets stderr.
units_saying() {
  bash -c '
    . "$1/scripts/cross.sh"
    folder=$PWD/system qemu=qemu
    inside() { printf "%s\n" "${prints[@]}" && return "$exits"; }
    exits=$2 prints=("${@:3}")
    echo before >&2
    units
    echo after >&2
    printf "%d passed, %d failed\n" "$passed" "$failed"' counts "$ROOT" "$@" 2>log
}

@test "a log that stderr was redirected to keeps every line" {
  run -0 units_saying 0 'base_buf: 3 passed, 0 failed' '3 passed, 0 failed'
  [ "$output" = '3 passed, 0 failed' ]
  printf '%s\n' before 'base_buf: 3 passed, 0 failed' '3 passed, 0 failed' after | diff - log
}

@test "after a failed unit test the rest still runs, and the counts are right" {
  run -0 units_saying 123 'base_buf: 3 passed, 1 failed' '  why' '3 passed, 1 failed'
  [ "$output" = '3 passed, 1 failed' ]
  # A failure without a count.
  run -0 units_saying 127 'unit: error: no test given'
  [ "$output" = '0 passed, 1 failed' ]
  run -0 units_saying 1 '3 passed, 0 failed'
  [ "$output" = '3 passed, 1 failed' ]
}
