#!/usr/bin/env bash
# Run libFuzzer entries (make fuzz builds them) one after the other, TIME seconds each. It prints
# for each the number of runs, the coverage and the findings.
#
#   TIME=60 BUILD=build/fuzz scripts/fuzz.sh NAME...
#
# Each starts from tests/fuzz/corpus/NAME and keeps new inputs in BUILD/corpus/NAME, where the
# next run continues. A failing input goes to BUILD/found/NAME. Exit 1 when there is one.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${BUILD:-build/fuzz} time=${TIME:-60} failed=0
[ $# -gt 0 ] || {
  printf 'fuzz: error: no name given; usage: scripts/fuzz.sh NAME...\n' >&2
  exit 64
}
for name; do
  [ -f "tests/fuzz/$name.c" ] || {
    printf 'fuzz: error: no such entry: tests/fuzz/%s.c; usage: scripts/fuzz.sh NAME...\n' "$name" >&2
    exit 64
  }
done

for name; do
  mkdir -p "$build/corpus/$name" "$build/found/$name"
  log=$build/$name.log status=0
  dictionary=tests/fuzz/$name.dict
  [ -f "$dictionary" ] || dictionary=tests/fuzz/json.dict
  options=(-dict="$dictionary")
  "$build/fuzzer/$name" -max_total_time="$time" -max_len="${LENGTH:-4096}" -timeout=20 -rss_limit_mb=1024 \
    -print_final_stats=1 -artifact_prefix="$build/found/$name/" "${options[@]}" \
    "$build/corpus/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1 || status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  cover=$(grep -aoE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -n 1 || true)
  printf '%s: %s runs, %s, %s\n' "$name" "${runs:-0}" "${cover:-nothing covered}" \
    "$([ "$status" -eq 0 ] && echo nothing found || echo "FOUND SOMETHING, see $log")"
  [ "$status" -eq 0 ] || failed=1
done
exit "$failed"
