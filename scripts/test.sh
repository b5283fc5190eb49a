#!/usr/bin/env bash
# Run every test, on a bare Debian or Ubuntu, straight after the clone. It installs the missing
# packages, builds, and runs these parts:
#
#     lint      the static checks
#     unit      the unit tests
#     bats      the programs against PostgreSQL and ElasticMQ
#     bats-moto the SQS tests again against moto, which checks signatures
#     chaos     20 rounds of scripts/chaos.sh, always the same
#     static    the slow static checks: gcc's analyzer and clang-tidy
#     memcheck  most of the unit tests under valgrind
#     guard     the instructions per record, compared with bench/guard.txt
#     asan-unit, asan-bats
#               the tests on a build under ASan and UBSan (also asan-bats-moto, by
#               name only: the other parts cover it)
#     tsan      the tests of pg-load, whose connections are threads, on a build under
#               TSan (libpq and libjq are not instrumented: TSan only sees their
#               locks, allocations, reads and writes; nothing is suppressed)
#     inject    each program with one failing call, a few of each kind
#               (all of them: scripts/inject.sh)
#     container the image, built twice, and deploy/compose.yaml, run by podman on
#               images made here; needs root; only in the long form or by name
#     platforms the DAG of share/airflow under Airflow, and docs/parallel.md under Spark;
#               large downloads; only in the long form or by name
#     deb       the Debian package, built, installed, upgraded and purged in systems of
#               bookworm and trixie; needs root; only in the long form or by name
#     browser   the documentation site in a real browser; a large download; only in the
#               long form or by name
#     mutants   scripts/mutants.sh: the programs without one safeguard after the other,
#               each found by the named test; only in the long form or by name
#     day       scripts/day.sh: a day of faults and of the alerts that they raise; only
#               in the long form or by name
#     cross     builds for arm64, s390x and musl, by scripts/cross.sh; needs root; only
#               in the long form or by name
#
#   scripts/test.sh [long] [PART...]     (make test; PART: one of the names above,
#                                         asan, or asan-bats-moto)
#
# Parts that mostly compute (lint, unit, asan-unit, static, memcheck, guard) run beside those that
# mostly wait, at a lower priority. Their results are printed after they end.
#
# long: the bats files run more rounds, enough to be sure; this takes hours instead of minutes.
#
# The last line is `N passed, N failed`. Exit 0 only if nothing failed and something ran.
# build/test keeps the output of each part.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
# The two groups run in parallel.
WAITING=(bats bats-moto chaos asan-bats tsan inject)
LONG_ONLY=(container platforms deb browser day mutants cross)
COMPUTING=(unit lint asan-unit static memcheck guard)
JOBS=$(nproc)

# A hanging test must not hang the run; beside others it takes longer than alone.
export UNIT_TIMEOUT=1200

say() { printf 'test: %s\n' "$*" >&2; }

passed=0 failed=0
# add PASSED FAILED
add() { passed=$((passed + $1)) failed=$((failed + $2)); }

# build_of PART: print the folder of the build that the part needs.
build_of() {
  case $1 in
  asan-*) printf '%s/build/asan\n' "$root" ;;
  tsan) printf '%s/build/tsan\n' "$root" ;;
  *) printf '%s/build\n' "$root" ;;
  esac
}

# make_in PART TARGET...: build for a part. If two parts need the same build, one waits for the
# other. UBSan traps, and ASan reports the trap: the runtime of UBSan would start only at its
# first report, and a confined program cannot do that.
make_in() {
  local part=$1 build report make=(make -C "$root" -j "$JOBS")
  build=$(build_of "$1")
  report=$build/report.o
  shift
  mkdir -p "$build"
  [ "$*" != all ] || make=(flock "$build/lock" "${make[@]}")
  case $part in
  asan-* | tsan)
    cc -c -O1 -g -fPIE -D_GNU_SOURCE -o "$report.$part" "$root/tests/lib/report.c"
    mv "$report.$part" "$report"
    ;;
  esac
  case $part in
  asan-*)
    "${make[@]}" SANITIZE=1 BUILD="$build" LDFLAGS="$report" \
      CFLAGS=-fsanitize-undefined-trap-on-error "$@"
    ;;
  tsan) "${make[@]}" SANITIZE=thread BUILD="$build" LDFLAGS="$report" "$@" ;;
  *) "${make[@]}" "$@" ;;
  esac
}

# Use one file for the reports of all processes, of any user (tests/lib/report.c).
sanitize() {
  reports=$(mktemp)
  chmod 666 "$reports"
  export ASAN_OPTIONS=exitcode=99:handle_sigill=1 SANITIZER_REPORTS=$reports
  # TSan would wait a second at each end for reports of running threads.
  export TSAN_OPTIONS=exitcode=99:atexit_sleep_ms=0:second_deadlock_stack=1
}

# part_lint LOG, and the others: run one part into LOG and add what it counted.
part_lint() {
  if make_in lint lint >"$1" 2>&1; then add 1 0; else add 0 1 && return 1; fi
}

# Needs exactly the versions of Debian 12; others report other findings.
part_static() {
  if BUILD=$(build_of static) "$here/lint.sh" slow >"$1" 2>&1; then add 1 0; else add 0 1 && return 1; fi
}

# part_counted LOG COMMAND...: run a command that prints its own counts.
part_counted() {
  local status=0 line
  "${@:2}" >"$1" 2>&1 || status=$?
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$1" | tail -n 1)
  if [ -z "$line" ]; then
    add 0 1
    return 1
  fi
  # shellcheck disable=SC2086
  set -- $line
  add "$1" "$3"
  if [ "$status" -ne 0 ] && [ "$3" -eq 0 ]; then add 0 1; fi
  return "$status"
}

# bats_files PART: list the files that take longest first. sqs-credentials and sqs-sdk have a
# server of their own, so they do not run on moto again. Under the sanitizers, files that run none
# of the programs, or that measure their memory, are left out.
LONG=(power pg-chaos pg-versions sqs-pull house-lint sqs-large pipeline sqs-credentials sqs-protocols pg-doubt pg-network whole-hosts pg-faults
  sqs-faults sqs-lease house-options pipeline-signals pg-targets pg-hosts)
bats_files() {
  local file names=("${LONG[@]}")
  for file in "$root"/tests/bats/*.bats; do names+=("$(basename "$file" .bats)"); done
  printf '%s\n' "${names[@]}" | awk '!seen[$0]++' | case $1 in
  *-moto) grep -E '^(sqs-|pipeline$)' | grep -vxE 'sqs-(credentials|sdk)' ;;
  asan-*) grep -vE '^(dashboard|power|soak|house-(container|contributing|cross|debian|demo|deploy|dist|docs|forge|inject|lint|mutants|needed|platforms))$' ;;
  *) cat ;;
  esac | sed "s|.*|$root/tests/bats/&.bats|"
}

# part_bats LOG SERVER FILE...: run the files in parallel, the tests of one file in order.
part_bats() {
  local log=$1 server=$2 ok bad status=0 limit=2400
  shift 2
  # Files that compile within containers or other systems take long in the short form, too.
  case ${long:+long}$part in long* | container | platforms | deb) limit=21600 ;; esac
  # A hanging test must not hang the run.
  TEST_SQS=$server BUILD=$(build_of "$part") SQS2PG_TEST_LONG=$long \
    timeout -k 30 "$limit" env --default-signal=HUP,INT bats --tap --timing -j $((JOBS * 5 / 2)) \
    --no-parallelize-within-files "$@" >"$log" 2>&1 || status=$?
  # A skipped test counts as failed.
  ok=$(grep -E '^ok ' "$log" | grep -vcE ' # skip( |$)' || true)
  bad=$(grep -cE '^not ok |^ok .* # skip( |$)' "$log" || true)
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ $((ok + bad)) -eq 0 ]; then bad=1; fi
  add "$ok" "$bad"
  [ "$bad" -eq 0 ]
}

# part_inject LOG: counts each case, kind of call and error as one test.
part_inject() {
  local status=0 ok bad
  BUILD=$(build_of "$part") timeout -k 30 900 "$here/inject.sh" --each 2 >"$1" 2>&1 || status=$?
  ok=$(grep -cE ' violations=0 ' "$1" || true)
  bad=$(grep -cE '^[^:]* violations=[1-9]' "$1" || true)
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  add "$ok" "$bad"
  [ "$bad" -eq 0 ]
}

# part_deb LOG: run tests/deb, once for each suite.
part_deb() {
  local suite status=0
  for suite in bookworm trixie; do
    DEB_SUITE=$suite part_bats "$1.$suite" elasticmq "$root/tests/deb/chroot.bats" || status=1
    sed "s/^\(not \)\?ok [0-9]*/& $suite:/" "$1.$suite"
  done >"$1"
  return "$status"
}

# part_cross LOG: add the counts of each processor.
part_cross() {
  local arch status=0 line
  : >"$1"
  for arch in arm64 s390x musl; do
    "$here/cross.sh" "$arch" >>"$1" 2>&1 || status=1
    line=$(grep -oP "^$arch: \\K[0-9]+ passed, [0-9]+ failed$" "$1" || echo '0 passed, 1 failed')
    # shellcheck disable=SC2086
    set -- "$1" $line
    add "$2" "$4"
  done
  return "$status"
}

# run_part PART: print the result, and the output if the part failed. Sets ${passed} and
# ${failed}.
run_part() {
  local part=$1 log=$logs/$1.log start=$SECONDS status=0 reports='' found files
  local kind=${part#asan-}
  case $part in asan-* | tsan) sanitize ;; esac
  if ! make_in "$part" all >"$log" 2>&1; then
    add 0 1
    status=1
  else
    case $kind in
    lint) part_lint "$log" ;;
    static) part_static "$log" ;;
    unit) part_counted "$log" make_in "$part" check ;;
    memcheck) part_counted "$log" make_in "$part" memcheck ;;
    guard) part_counted "$log" make_in "$part" guard ;;
    # Takes two or three minutes; a hanging round must not hang the run.
    chaos) part_counted "$log" timeout -k 30 900 "$here/chaos.sh" --rounds 20 --seed 1 ;;
    bats | bats-moto)
      mapfile -t files < <(bats_files "$part")
      part_bats "$log" "$([ "$kind" = bats ] && echo elasticmq || echo moto)" "${files[@]}"
      ;;
    inject) part_inject "$log" ;;
    container) part_bats "$log" elasticmq "$root/tests/container/image.bats" ;;
    platforms) part_bats "$log" elasticmq "$root"/tests/platforms/{airflow,spark}.bats ;;
    deb) part_deb "$log" ;;
    browser) part_bats "$log" elasticmq "$root/tests/browser/site.bats" ;;
    cross) part_cross "$log" ;;
    # Takes fifteen minutes on an idle machine.
    day) part_counted "$log" timeout -k 30 3600 "$here/day.sh" ;;
    mutants) part_counted "$log" timeout -k 30 10800 "$here/mutants.sh" all ;;
    tsan) part_bats "$log" elasticmq "$root"/tests/bats/pg-{faults,figures,load,map,refused,split,stream,tables,targets}.bats ;;
    esac || status=1
  fi
  if [ -n "$reports" ]; then
    unset ASAN_OPTIONS TSAN_OPTIONS SANITIZER_REPORTS
    # A thread that ends while LeakSanitizer looks around is not a finding.
    sed -i '/^==[0-9]*==Unable to get registers from thread [0-9]*[.]$/d' "$reports"
    found=$(grep -cE '==ERROR: |WARNING: ThreadSanitizer' "$reports" || true)
    if [ -s "$reports" ]; then
      # One more failure for each process with a report.
      add 0 $((found > 0 ? found : 1))
      status=1
      cat "$reports" >>"$log"
    fi
    rm -f "$reports"
  fi
  if [ "$status" -ne 0 ]; then
    # bats prints the passed tests too.
    grep -vE '^ok ' "$log" || true
  fi
  printf '%s: %d passed, %d failed (%d s)\n' "$part" "$passed" "$failed" $((SECONDS - start))
}

# run_lane PART...: run the parts one after the other, and keep output and counts in files.
run_lane() {
  local part
  for part; do
    passed=0 failed=0
    run_part "$part" >"$logs/$part.said"
    printf '%d %d\n' "$passed" "$failed" >"$logs/$part.new"
    mv "$logs/$part.new" "$logs/$part.counted"
  done
}

# tell PART...: print the results of these parallel parts that have ended and are not printed
# yet.
tell() {
  local part
  for part; do
    if [ -s "$logs/$part.counted" ] && [ -e "$logs/$part.said" ]; then
      cat "$logs/$part.said"
      rm "$logs/$part.said"
    fi
  done
}

main() {
  local part parts=() sets=(build run test) front=() beside=() lane sum_passed=0 sum_failed=0 ok bad
  long=''
  for part in "$@"; do
    case $part in
    long) long=1 ;;
    -h | --help)
      sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    lint | static | unit | memcheck | guard | bats | bats-moto | chaos | asan-unit | asan-bats | asan-bats-moto | tsan | inject | container | platforms | deb | browser | day | mutants | cross) parts+=("$part") ;;
    asan) parts+=(asan-unit asan-bats asan-bats-moto) ;;
    *)
      say "error: no part $part; see scripts/test.sh --help"
      exit 64
      ;;
    esac
  done
  [ ${#parts[@]} -gt 0 ] || parts=("${WAITING[@]}" ${long:+"${LONG_ONLY[@]}"} "${COMPUTING[@]}")
  for part in "${parts[@]}"; do
    case $part in container | platforms | deb | browser | day) sets+=("$part") ;; esac
  done
  "$here/deps.sh" "${sets[@]}"
  logs=$root/build/test
  mkdir -p "$logs"
  for part in "${parts[@]}"; do
    if [[ " ${COMPUTING[*]} " == *" $part "* ]]; then beside+=("$part"); else front+=("$part"); fi
    rm -f "$logs/$part".{said,counted}
  done
  # In a process group of its own, so that all of it can be ended together.
  set -m
  (renice -n 5 -p "$BASHPID" >/dev/null && run_lane "${beside[@]}") &
  lane=$!
  set +m
  trap 'kill -- "-$lane" 2>/dev/null || true' EXIT
  for part in "${front[@]}"; do
    run_lane "$part"
    tell "$part" "${beside[@]}"
  done
  wait "$lane" || true
  trap - EXIT
  tell "${beside[@]}"
  for part in "${parts[@]}"; do
    if [ -s "$logs/$part.counted" ]; then
      read -r ok bad <"$logs/$part.counted"
    else
      ok=0 bad=1
      printf '%s: ended without a count, 1 failed\n' "$part"
    fi
    sum_passed=$((sum_passed + ok)) sum_failed=$((sum_failed + bad))
  done
  printf '%d passed, %d failed\n' "$sum_passed" "$sum_failed"
  [ "$sum_failed" -eq 0 ] && [ "$sum_passed" -gt 0 ]
}

main "$@"
