#!/usr/bin/env bash
# Runs the unit tests given as arguments (make check builds them), shows what
# the failing ones say, and ends with `unit: N passed, N failed`.
set -euo pipefail

passed=0 failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

for test in "$@"; do
  status=0
  CMOCKA_MESSAGE_OUTPUT=TAP "$test" >"$out" 2>&1 || status=$?
  ok=$(grep -c '^ok ' "$out" || true)
  bad=$(grep -c '^not ok ' "$out" || true)
  # A crash, a sanitizer's report or a leak fails without a `not ok` line; so
  # does a program that runs no test at all.
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ $((ok + bad)) -eq 0 ]; then bad=1; fi
  if [ "$bad" -gt 0 ]; then
    printf 'unit: %s: status %d\n' "${test##*/}" "$status" >&2
    grep -v '^ok ' "$out" >&2 || true
  fi
  passed=$((passed + ok)) failed=$((failed + bad))
done

printf 'unit: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
