#!/usr/bin/env bats
# A working pii-mask or pii-unmask can do almost nothing else.

load ../lib/common
load ../lib/pii

setup() { pii_setup; }

# working PROGRAM: start one that has written a record and waits for the next, its
# process id in ${PID}; its standard input is held open by descriptor 5.
working() {
  rm -f out
  mkfifo in
  "$1" -k k <in >out &
  PID=$!
  exec 5>in
  echo '{"body":{"n":1}}' >&5
  eventually 60 test -s out
}

done_working() {
  exec 5>&-
  wait "$PID"
}

@test "they run under seccomp, can gain no privileges, and hold only their three files" {
  local program
  for program in pii-mask pii-unmask; do
    working $program
    grep -qx 'NoNewPrivs:.1' /proc/$PID/status
    grep -qx 'Seccomp:.2' /proc/$PID/status
    # Its three, the pipe of the stop flag, and those open before it started.
    find /proc/$PID/fd -printf '%l\n' | sort -u >held
    find /proc/$$/fd -printf '%l\n' | sort -u >inherited
    run comm -23 held inherited
    echo "$output"
    [ "$(grep -c '^/' <<<"$output")" -le 3 ]
    [[ $output != */k* ]]
    done_working
    rm -f in out
  done
}

@test "no descriptor of the parent survives, neither the key's nor any other, readable or writable" {
  local program
  for program in pii-mask pii-unmask; do
    mkfifo in
    : >scratch
    exec 7<k 8>scratch 9<>scratch
    $program -k /dev/fd/7 <in >out &
    PID=$!
    exec 5>in
    echo '{"body":{"n":1}}' >&5
    eventually 60 test -s out
    # The three, and the two ends of the stop flag's pipe; a sanitizer uses a high one.
    find /proc/$PID/fd -printf '%f %l\n' | awk '$1 < 200' | sort -n >held
    cat held
    [ "$(awk '$1 > 2 && $2 !~ /^pipe:/' held)" = '' ]
    [ "$(awk '$1 > 2' held | wc -l)" -eq 2 ]
    exec 7<&- 8>&- 9>&-
    done_working
    rm -f in out
  done
}

@test "they leave no core" {
  local program
  for program in pii-mask pii-unmask; do
    working $program
    grep -q '^Max core file size  *0  *0 ' /proc/$PID/limits
    done_working
    rm -f in out
    # Nor one through a pipe of the kernel, which has no limit.
    strace -f -e trace=prctl -o trace $program -k k <<<'{"body":{"ip":""}}' >out
    grep -qE 'prctl\(PR_SET_DUMPABLE, SUID_DUMP_DISABLE\) += 0' trace
    rm -f out
  done
}

@test "keys are kept out of swap, or a message says that they are not" {
  mkfifo in
  pii-mask -v -k k <in >out 2>err &
  PID=$!
  exec 5>in
  echo '{"body":{"n":1}}' >&5
  eventually 60 test -s out
  local locked
  locked=$(awk '$1 == "VmLck:" { print $2 }' /proc/$PID/status)
  done_working
  echo "$locked KiB, $(<err)"
  # A sanitizer locks nothing, but reports success.
  ! readelf -d "$(command -v pii-mask)" | grep -q libasan || return 0
  [ "$locked" -ge 100 ] || grep -q 'may be swapped out' err
  # Without the right to lock memory there is a message.
  local drop=
  [ "$(id -u)" -ne 0 ] || drop='setpriv --inh-caps=-ipc_lock --bounding-set=-ipc_lock'
  run -0 --separate-stderr bash -c "ulimit -l 0; exec $drop pii-mask -k k <<<'{}'"
  [[ $stderr == *'warning: the keys may be swapped out'* ]]
}

@test "no open, no socket, no execve after start-up, on the output of real records" {
  head -50 "$SAMPLE" | jq -c '{body: .}' >in
  local program
  for program in pii-mask pii-unmask; do
    strace -f -o trace "$program" -k k -v <in >out 2>err
    [ "$(wc -l <out)" -eq 50 ]
    sed -n '/seccomp(SECCOMP_SET_MODE_FILTER, 0, {/,$p' trace | tail -n +2 >after
    grep -q 'read(0' after
    grep -q 'write(1' after
    run grep -vE ' (read|write|close|brk|mmap|munmap|mremap|madvise|futex|ioctl\(2, TCGETS|exit_group|poll|clock_gettime|sigaltstack)\(|\+\+\+ exited' after
    echo "$output"
    # Other attempts (glibc looks for the time zone) are refused.
    run grep -v ' = -1 EPERM ' <<<"$output"
    [ -z "$output" ]
    mv out in
  done
}

@test "code that runs inside once records are read can open, send and start nothing" {
  preload escape
  local program call n
  head -100 "$SAMPLE" | jq -Rc '{body: (fromjson? // .)}' >in
  # In other programs the library is refused nothing, or this test would prove nothing.
  LD_PRELOAD=$PWD/escape.so ESCAPE_AFTER=1 wc -l <in 2>free >/dev/null
  n=$(wc -l <free)
  [ "$n" -ge 18 ]
  rm -rf escaped escaped-folder
  # A refusal by the kernel or a container itself proves nothing about us.
  for call in open openat openat-create socket-unix socketpair execve execveat clone kill mmap-executable; do
    [ "$call not-refused" = "$(grep -x "$call .*" free)" ] || [ "$call-$(uname -m)" = open-aarch64 ]
  done
  for program in pii-mask pii-unmask; do
    # In two pieces: it tries when the first is masked and the second has arrived.
    : >out
    { head -50 in; eventually 60 lines_are out 50; tail -n +51 in; } |
      LD_PRELOAD=$PWD/escape.so ESCAPE_AFTER=50 "$program" -k k --require-sandbox >out 2>err
    cat err
    [ "$(grep -c ' refused$' err)" -eq "$n" ]
    run -1 grep -q not-refused err
    [ ! -e escaped ]
    [ ! -e escaped-folder ]
    # The work goes on.
    [ "$(wc -l <out)" -eq 100 ]
    mv out in
  done
  [ "$(jq -r '.body | objects | .ip' in | wc -l)" -ge 98 ]
}

@test "OpenSSL reads no configuration" {
  printf 'openssl_conf = x\n[x]\nproviders = y\n[y]\nz = w\n[w]\nmodule = %s/evil.so\nactivate = 1\n' "$PWD" >conf
  OPENSSL_CONF=$PWD/conf strace -f -e trace=file -o trace pii-mask -k k <<<'{"body":{"ip":"x"}}' >out
  run -1 grep -q -e evil -e "$PWD/conf" trace
  grep -q masked_ip out
}

@test "--require-sandbox succeeds here" {
  [ "$(pii-mask -k k --require-sandbox <<<'{"body":{"ip":""}}' | jq -c .body)" = '{"masked_ip":""}' ]
}

@test "a kernel that cannot confine them: a warning, or 69 with --require-sandbox" {
  local program
  for program in pii-mask pii-unmask; do
    run -0 --separate-stderr "$BATS_TEST_DIRNAME/../lib/unconfined.py" "$program" -k k <<<'{"body":{"ip":""}}'
    jq -e '.body.ip == "" or .body.masked_ip == ""' <<<"$output"
    [ "$stderr" = "$program: warning: this kernel cannot confine the process; continuing unconfined" ]
    run -0 --separate-stderr "$BATS_TEST_DIRNAME/../lib/unconfined.py" "$program" -q -k k <<<'{"body":{"ip":""}}'
    [[ $stderr == *'cannot confine the process'* ]]
    run -69 --separate-stderr "$BATS_TEST_DIRNAME/../lib/unconfined.py" "$program" -k k --require-sandbox <<<'{"body":{"ip":""}}'
    [ -z "$output" ]
    [ "$stderr" = "$program: error: this kernel cannot confine the process" ]
  done
}
