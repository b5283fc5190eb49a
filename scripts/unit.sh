#!/usr/bin/env bash
# Run unit test programs (make check builds them). It prints one line for each, and finally the
# sum of all tests: `N passed, N failed`.
#
#   scripts/unit.sh TEST...         (each under the command UNIT_UNDER, if that is set)
#
# The output of a program goes to TEST.log, and appears if the program fails. A program that
# crashes, hangs, exits with a status that differs from its counts, skips a test or runs none
# counts as one more failure.
set -euo pipefail

[ $# -gt 0 ] || {
  printf 'unit: error: no test given; usage: scripts/unit.sh TEST...\n' >&2
  exit 64
}

# total WORD LOG: print the sum of cmocka's lines, `[  PASSED  ] 3 test(s).`; a program has one
# for each group.
total() {
  awk -v word="$1" '$1 == "[" && $2 == word && $3 == "]" && $5 ~ /^test\(s\)/ { sum += $4 }
    END { print sum + 0 }' "$2"
}

read -ra under <<<"${UNIT_UNDER:-}"
sum_passed=0 sum_failed=0
for test in "$@"; do
  log=$test.log status=0
  CMOCKA_MESSAGE_OUTPUT=STDOUT timeout -k 10 "${UNIT_TIMEOUT:-300}" "${under[@]}" "$test" >"$log" 2>&1 || status=$?
  passed=$(total PASSED "$log") failed=$(total FAILED "$log") why=
  if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
    failed=$((failed + 1)) why=', timed out'
  elif [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    failed=1 why=", status $status"
  elif [ "$(total SKIPPED "$log")" -gt 0 ]; then
    failed=$((failed + 1)) why=', skipped some'
  elif [ $((passed + failed)) -eq 0 ]; then
    failed=1 why=', ran no test'
  fi
  printf '%s: %d passed, %d failed%s\n' "${test##*/}" "$passed" "$failed" "$why"
  if [ "$failed" -gt 0 ]; then
    grep -avE '^\[ +(RUN|OK) +\]' "$log" | sed 's/^/  /' || true
  fi
  sum_passed=$((sum_passed + passed)) sum_failed=$((sum_failed + failed))
done

printf '%d passed, %d failed\n' "$sum_passed" "$sum_failed"
[ "$sum_failed" -eq 0 ]
