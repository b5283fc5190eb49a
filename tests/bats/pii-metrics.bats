#!/usr/bin/env bats
# --metrics-file of confined programs: a separate process writes the file.

load ../lib/common
load ../lib/pii
load ../lib/figures

setup() {
  pii_setup
  printf '%s\n' '{"body":{"ip":"10.0.0.1"}}' '{"body":{"ip":"10.0.0.2","device_id":"d"}}' \
    '{"body":{"ip":"10.0.0.3"}}' nonsense '{"body":{"IP":"10.0.0.4"}}' >records
}

# sample FILE SERIES: print the value of NAME{LABEL="…"}, without the label program.
sample() {
  awk -v series="sqs2pg_$2" 'index($0, series " ") == 1 { print substr($0, length(series) + 2); n++ } END { exit n != 1 }' "$1"
}

# waiting PROGRAM [OPTION...]: start one that has handled a record and waits for the
# next, its process id in ${PID}; its standard input is held open by descriptor 5.
waiting() {
  rm -f out
  mkfifo in
  "$@" <in >out 2>err 3>&- 4>&- &
  PID=$!
  exec 5>in
  echo '{"body":{"ip":"10.0.0.1"}}' >&5
  eventually 60 test -s out
}

done_waiting() {
  exec 5>&-
  wait "$PID"
}

# helper: print the id of the process that writes the file.
helper() { xargs <"/proc/$PID/task/$PID/children"; }

@test "pii-mask --metrics-file: records, missing values by path, errors by code, exit status" {
  mkdir figures
  pii-mask -k k --metrics-file figures/m.prom <records >out
  well_formed figures/m.prom pii-mask
  [ "$(ls figures)" = m.prom ]
  cd figures
  [ "$(value m.prom records_read_total) $(value m.prom records_masked_total)" = '5 3' ]
  [ "$(value m.prom records_passed_total) $(value m.prom records_errors_total)" = '0 2' ]
  [ "$(sample m.prom 'values_missing_total{program="pii-mask",path=".ip"}')" = 0 ]
  [ "$(sample m.prom 'values_missing_total{program="pii-mask",path=".device_id"}')" = 2 ]
  [ "$(sample m.prom 'errors_total{program="pii-mask",code="syntax"}')" = 1 ]
  [ "$(sample m.prom 'errors_total{program="pii-mask",code="near"}')" = 1 ]
  [ "$(sample m.prom 'errors_total{program="pii-mask",code="depth"}')" = 0 ]
  [ "$(sample m.prom 'last_exit_status{program="pii-mask"}')" = 0 ]
  grep -q '^sqs2pg_build_info{program="pii-mask",version="[0-9.]*"} 1$' m.prom
  recent m.prom
}

@test "values add up over runs; the time of the last success stays, the exit status is the last one's" {
  local at
  pii-mask -k k --metrics-file m.prom <records >out
  at=$(value m.prom last_success_timestamp_seconds)
  pii-mask -k k --metrics-file m.prom <records >out
  [ "$(value m.prom records_read_total) $(value m.prom records_masked_total)" = '10 6' ]
  [ "$(sample m.prom 'values_missing_total{program="pii-mask",path=".device_id"}')" = 4 ]
  [ "$(sample m.prom 'errors_total{program="pii-mask",code="near"}')" = 2 ]
  awk -v a="$at" -v b="$(value m.prom last_success_timestamp_seconds)" 'BEGIN { exit !(b >= a) }'
  at=$(value m.prom last_success_timestamp_seconds)
  run -78 pii-mask -k none --metrics-file m.prom <records
  [ "$(sample m.prom 'last_exit_status{program="pii-mask"}')" = 78 ]
  [ "$(value m.prom records_read_total) $(value m.prom last_success_timestamp_seconds)" = "10 $at" ]
  local status=0
  pii-mask -k k --metrics-file m.prom <records >/dev/full || status=$?
  [ "$status" = 74 ]
  [ "$(sample m.prom 'last_exit_status{program="pii-mask"}')" = 74 ]
}

@test "pii-unmask --metrics-file: records unmasked, opened and failed" {
  pii-mask -k k <records >masked
  echo '{"body":{"masked_ip":"siv1.00000000.AAAA"},"pii":{"key":"00000000"}}' >>masked
  run -1 pii-unmask -k k --metrics-file m.prom <masked
  well_formed m.prom pii-unmask
  [ "$(value m.prom records_read_total) $(value m.prom records_unmasked_total)" = '6 3' ]
  [ "$(value m.prom records_opened_total) $(value m.prom records_errors_total)" = '2 1' ]
  [ "$(sample m.prom 'last_exit_status{program="pii-unmask"}')" = 1 ]
}

@test "--rewrap and --lines have their own samples" {
  pii-mask -k k <records >masked
  pii-mask -k k --rewrap --metrics-file m.prom <masked >out
  well_formed m.prom pii-mask
  [ "$(value m.prom records_read_total) $(value m.prom records_passed_total)" = '5 5' ]
  echo 10.0.0.1 | pii-mask -k k --lines .ip --metrics-file l.prom >out
  [ "$(value l.prom lines_masked_total)" = 1 ]
}

@test "during a run an unconfined process without standard input, output and key writes the file" {
  local pid
  waiting pii-mask -k k --metrics-file m.prom 6<k
  grep -qx 'Seccomp:.2' /proc/$PID/status
  pid=$(helper)
  [ -n "$pid" ]
  [ -e m.prom.lock ]
  find "/proc/$pid/fd" -printf '%f %l\n' >held
  cat held
  grep -qx '0 /dev/null' held
  grep -qx '1 /dev/null' held
  [ "$(grep -c socket: held)" = 1 ]
  run ! grep -E '/k$|/in$|/out$|^6 ' held
  # The program itself does not hold the metrics file open.
  [ "$(find /proc/$PID/fd -lname '*m.prom*' -printf x)" = '' ]
  # After signals to both the last metrics are still written.
  kill -TERM "$pid"
  kill -INT "$pid"
  kill -HUP "$pid"
  done_waiting
  [ "$(value m.prom records_read_total)" = 1 ]
  [ "$(sample m.prom 'last_exit_status{program="pii-mask"}')" = 0 ]
  [ ! -e m.prom.lock ]
}

@test "a second program with the same file warns and writes nothing" {
  waiting pii-mask -k k --metrics-file m.prom
  cp m.prom before
  run -0 --separate-stderr pii-mask -k k --metrics-file m.prom <records
  [[ $stderr == *'pii-mask: warning: another process keeps m.prom: '* ]]
  [ "${#lines[@]}" = 5 ]
  cmp m.prom before
  [ -e m.prom.lock ]
  done_waiting
  [ "$(value m.prom records_read_total)" = 1 ]
  # So does a lock of flock(1); a left-over lock file is no obstacle.
  cp m.prom before
  flock m.prom.lock pii-mask -k k --metrics-file m.prom <records >out 2>err
  grep -q 'another process keeps m.prom' err
  cmp m.prom before
  : >m.prom.lock
  pii-mask -k k --metrics-file m.prom <records >out 2>err
  [ "$(value m.prom records_read_total)" = 6 ]
}

@test "a reader with the file open continues to read the old one, complete" {
  pii-mask -k k --metrics-file m.prom <records >out
  cp m.prom before
  exec 6<m.prom
  pii-mask -k k --metrics-file m.prom <records >out 6<&-
  cmp before - <&6
  exec 6<&-
  run ! cmp before m.prom
}

@test "killed at any time, it leaves the old file or the new one, and no lock" {
  local i
  pii-mask -k k --metrics-file m.prom <records >out
  for ((i = 0; i < $(rounds 20 200); i++)); do
    pii-mask -k k --metrics-file m.prom <records >out 3>&- &
    kill -KILL $!
    wait $! || true
    well_formed m.prom pii-mask
    # The helper ends with the program.
    eventually 60 flock -n m.prom.lock true
  done
  waiting pii-mask -k k --metrics-file m.prom
  local pid before
  pid=$(helper)
  kill -KILL "$PID"
  wait "$PID" || true
  eventually 60 ended "$pid"
  well_formed m.prom pii-mask
  before=$(value m.prom records_read_total)
  pii-mask -k k --metrics-file m.prom <records >out
  [ "$(value m.prom records_read_total)" = $((before + 5)) ]
}

@test "a metrics file that cannot be written ends the run at its start, and causes a warning later" {
  run -74 --separate-stderr pii-mask -k k --metrics-file no/such/file <records
  [[ $stderr == 'pii-mask: error: cannot write no/such/file: No such file or directory' ]]
  [ "$output" = '' ]
  mkdir there
  waiting pii-mask -k k --metrics-file there/m.prom
  rm -r there
  done_waiting
  grep -q '^pii-mask: warning: cannot write there/m.prom: No such file or directory$' err
  [ "$(grep -c warning err)" = 1 ]
}

@test "a lost helper causes one warning, and the records go on" {
  waiting pii-mask -k k --metrics-file m.prom
  kill -KILL "$(helper)"
  echo '{"body":{"ip":"10.0.0.2"}}' >&5
  done_waiting
  [ "$(wc -l <out)" = 2 ]
  [ "$(grep -c '^pii-mask: warning: cannot write m.prom: ' err)" = 1 ]
}

@test "labels are escaped, and the paths of a long policy past 200 are counted together" {
  local i
  pii-mask -k k -m '."a\"b\\c d"=hmac' --metrics-file m.prom <<<'{"body":{"x":1}}' >out
  well_formed m.prom pii-mask
  grep -qxF 'sqs2pg_values_missing_total{program="pii-mask",path=".\"a\\\"b\\\\c d\""} 0' m.prom
  for ((i = 1; i <= 300; i++)); do echo ".p$i hmac"; done >policy
  echo '.there keep' >>policy
  pii-mask -k k -p policy --metrics-file p.prom <<<'{"body":{"there":1,"p1":"x","p300":"x"}}' >out
  well_formed p.prom pii-mask
  [ "$(grep -c '^sqs2pg_values_missing_total{' p.prom)" = 201 ]
  [ "$(sample p.prom 'values_missing_total{program="pii-mask",path=".p1"}')" = 0 ]
  [ "$(sample p.prom 'values_missing_total{program="pii-mask",path=".p200"}')" = 1 ]
  [ "$(sample p.prom 'values_missing_total{program="pii-mask",path="other"}')" = 99 ]
}

@test "sqs-unwrap --metrics-file counts by kind, pii-scan inspected records, confined and over runs" {
  local i
  printf '%s\n' '{"body":{"Type":"Notification","MessageId":"m","TopicArn":"arn:aws:sns:eu-west-1:1:t","Message":"{\"a\":1}","Timestamp":"2026-01-01T00:00:00.000Z","SignatureVersion":"1"}}' \
    '{"body":"{\"b\":2}"}' '{"body":{"c":3}}' nonsense >in
  for i in 1 2; do
    sqs-unwrap --require-sandbox --metrics-file u.prom <in >out
    pii-scan --require-sandbox --metrics-file s.prom <in >out
  done
  well_formed u.prom sqs-unwrap
  [ "$(sample u.prom 'envelopes_total{program="sqs-unwrap",kind="sns"}')" = 2 ]
  [ "$(sample u.prom 'envelopes_total{program="sqs-unwrap",kind="gzip"}')" = 0 ]
  [ "$(value u.prom records_read_total) $(value u.prom last_exit_status)" = '8 0' ]
  well_formed s.prom pii-scan
  [ "$(value s.prom records_scanned_total) $(value s.prom lines_malformed_total)" = '6 2' ]
  [ "$(value s.prom last_exit_status)" = 0 ]
  run -74 sqs-unwrap --metrics-file no/such/file <in
  run -74 pii-scan --metrics-file no/such/file <in
}
