#!/usr/bin/env bats
# pii-mask: the records that pass, without personal values.

load ../lib/common
load ../lib/pii

setup() { pii_setup; }

@test "numbers keep their digits, and no address is visible under any spelling of its key" {
  run --separate-stderr mask <<<'{"body":{"n":12345678901234567891,"m":1.10,"\u0069p":"1.2.3.4","ip":"5.6.7.8"}}'
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -eq 1 ]
  [[ $output == '{"body":{"n":12345678901234567891,"m":1.10,"masked_ip":"siv1.'"$ID"'.'* ]]
  [[ $output == *'","masked_ip":"siv1.'* ]]
  [[ $output == *'"},"pii":{"key":"'"$ID"'"}}' ]]
  [[ $output != *1.2.3.4* && $output != *5.6.7.8* ]]
  [ -z "$stderr" ]
}

@test "the sample: all records but the malformed one are masked, and no value is clear" {
  jq -c '{sqs: {message_id: input_line_number | tostring}, body: (if has("body") then .body else . end)}' \
    "$SAMPLE" >in
  [ "$(wc -l <in)" -eq 100 ]
  mask -v <in >out 2>err
  [ "$(wc -l <out)" -eq 100 ]
  no_canary out err
  grep -q '^pii-mask: records=100 masked=99 passed=0 errors=1 missing=0 seconds=[0-9.]* error_codes=root:1$' err
  # Other values are unchanged.
  show() { jq -c '.sqs, (.body | objects | .user_id, .locale, .app_version)' "$1"; }
  cmp <(show in) <(show out)
  # The number of different addresses and devices is unchanged.
  local pair
  for pair in ip:masked_ip device_id:masked_device_id; do
    [ "$(jq -r ".body | objects | .${pair%:*}" in | sort | uniq -c | awk '{print $1}' | sort | xargs)" = \
      "$(jq -r ".body | objects | .${pair#*:}" out | sort | uniq -c | awk '{print $1}' | sort | xargs)" ]
  done
  pii-unmask -k k <out >back
  diff <(jq -c 'select(.error | not)' back) <(jq -c 'select(.body | type == "object")' in)
  [ "$(jq -c 'select(.error) | .body' back)" = "$(jq -c 'select(.body | type == "string") | .body' in)" ]
}

@test "bodies that are not objects, and false claims, are sealed" {
  cat >in <<'END'
hello 203.0.113.77
"203.0.113.77"
[1,2 203.0.113.77
[{"ip":"203.0.113.77"}]
{"body":"hello 203.0.113.77"}
{"body":"203.0.113.77"}
{"body":["203.0.113.77"]}
{"body":[{"ip":"203.0.113.77"}]}
{"body":203.0}
{"body":null,"ip":"203.0.113.77"}
{"ip":"203.0.113.77"}
{"body":{"ip":"203.0.113.77"},"pii":1}
{"body":{"ip":"203.0.113.77"},"pii":{"key":"00000000"}}
{"body":{"masked_ip":"203.0.113.77"}}
{"body":{"ip":1,"m\u0061sked_ip":"203.0.113.77"}}
{"body":{"ip":"203.0.113.77"}
{"error":{"stage":"pull","code":"md5"},"body":"203.0.113.77"}
{"body":{},"attributes":{"a":{"type":"String","value":"203.0.113.77"}},"error":{}}
END
  printf '{"body":{"ip":"203.0.113.77"},"pii":{"key":"%s"}}\n' "$ID" >>in
  run --separate-stderr mask <in
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -eq "$(wc -l <in)" ]
  [[ $output != *203.0* && $stderr != *203.0* ]]
  [[ $stderr == 'pii-mask: records=19 masked=0 passed=0 errors=19 '* ]]
  local line
  for line in "${lines[@]}"; do
    [[ $line == *'"sealed":"seal1.'"$ID"'.'* ]]
    jq -e '.error and .sealed and (has("body") or has("attributes") | not)' <<<"$line"
  done
}

@test "sqs passes byte for byte, with masked, sealed and malformed lines" {
  local sqs='{"message_id" : "m", "receipt_handle":"\u0041\/=="}'
  printf '{"sqs":%s,"body":%s}\n' "$sqs" '{"ip":1}' "$sqs" '"x"' "$sqs" '{"ip":1' "$sqs" '"\ud800"' >in
  run -0 mask <in
  local line
  for line in "${lines[@]}"; do
    [[ $line == '{"sqs":'"$sqs"','* || $line == pii-mask:* ]]
  done
  [ "${#lines[@]}" -eq 5 ]
}

@test "records that are too deep or too long" {
  local deep
  deep=$(printf '%0300d' 0)
  printf '{"sqs":{"message_id":"d"},"body":{"ip":%s"203.0.113.77"%s}}\n' "${deep//0/[}" "${deep//0/]}" >in
  {
    printf '{"sqs":{"message_id":"l"},"body":{"ip":"203.0.113.77","x":"'
    head -c 5000000 /dev/zero | tr '\0' x
    printf '"}}\n'
    printf '{"body":{"ip":"203.0.113.77","x":"'
    head -c 4000000 /dev/zero | tr '\0' x
    printf '"},"sqs":{"message_id":"late"}}'
  } >>in
  mask <in >out
  [ "$(wc -l <out)" -eq 3 ]
  run -1 grep -qF 203.0.113.77 out
  run sed -n 1p out
  [[ $output == '{"sqs":{"message_id":"d"},"error":{"stage":"mask","code":"depth",'*'"sealed":"'* ]]
  # Only the address of its message remains.
  run sed -n 2p out
  [ "$output" = '{"sqs":{"message_id":"l"},"error":{"stage":"mask","code":"too-long","detail":"the line is longer than --max-record"}}' ]
  run sed -n 3p out
  [[ $output == '{"body":{"masked_ip":"siv1.'* ]]
  # With another limit, and the sqs behind the kept part of a line.
  tail -n 1 in | mask --max-record 100k >out
  [ "$(<out)" = '{"error":{"stage":"mask","code":"too-long","detail":"the line is longer than --max-record"}}' ]
  printf '{"body":{"ip":1}}\n' | mask --max-record 17 | grep -q '"pii"'
  printf '{"body":{"ip":1}}\n' | mask --max-record 16 | grep -q too-long
}

@test "a truncated last record is not sealed, so that its message is not deleted" {
  whole='{"sqs":{"message_id":"m"},"body":{"ip":"203.0.113.77","x":1}}'
  for length in 26 40 50 60; do
    printf '%s' "${whole:0:length}" | mask >out
    [ "$(<out)" = '{"sqs":{"message_id":"m"},"error":{"stage":"mask","code":"cut","detail":"the last line is incomplete"}}' ]
  done
  # Not even its sqs is complete.
  for length in 1 5 8 20 24; do
    printf '%s' "${whole:0:length}" | mask >out
    [ "$(<out)" = '{"error":{"stage":"mask","code":"cut","detail":"the last line is incomplete"}}' ]
  done
  # A complete record without its newline passes; with a newline the piece is malformed; without sqs nothing can be deleted.
  printf '%s' "$whole" | mask | grep -q '"masked_ip":"siv1'
  printf '%s\n' "${whole:0:50}" | mask | grep -q '"code":"syntax".*"sealed":"seal1'
  printf '{"body":{"ip":"203.0.1' | mask | grep -q '"code":"syntax".*"sealed":"seal1'
  # Complete, and malformed: its writer did not die.
  printf '{"sqs":{"message_id":"m"},"body":{"x":"}\\"","y":"\\ud800"}}' | mask | grep -q '"code":"surrogate".*"sealed":"seal1'
  printf '{"sqs":{"message_id":"m"},"body":{"ip":"\xff"}}' | mask | grep -q '"code":"utf8".*"sealed":"seal1'
  printf '{"sqs":{"message_id":"m"},"body":[01]} ' | mask | grep -q '"code":"syntax".*"sealed":"seal1'
}

@test "CRLF, a missing last newline, an empty input, an empty line" {
  printf '{"body":{"ip":"","x":1}}\r\n{"body":{"ip":"","x":2}}\r\n{"body":{"ip":"","x":3}}' >in
  mask <in >out
  printf '{"body":{"masked_ip":"","x":%d},"pii":{"key":"'"$ID"'"}}\n' 1 2 3 | cmp - out
  mask </dev/null >out
  [ ! -s out ]
  # Lines without data are skipped.
  echo | mask >out
  [ ! -s out ]
}

@test "all reserved and unknown keys pass unchanged, attributes do not" {
  run mask <<<'{ "z" : 1.0, "sqs":{},"attributes":{"ip":"203.0.113.77"},"body":{ "\u0061":[ ],"ip":"" } , "\u007a":"\/" }'
  [ "$output" = '{ "z" : 1.0, "sqs":{},"body":{ "\u0061":[ ],"masked_ip":"" } , "\u007a":"\/" ,"pii":{"key":"'"$ID"'"}}' ]
}

@test "masked records pass again, unchanged" {
  jq -c '{body: .}' <(head -5 "$SAMPLE") | mask >once
  mask -v <once >twice 2>err
  cmp once twice
  grep -q 'records=5 masked=0 passed=5 errors=0' err
  # Also after a rotation.
  pii-keygen -q --rotate k
  mask <once | cmp - once
}

@test "another implementation makes the same siv and hmac tokens" {
  run pii mask k ip S 199.172.111.135
  [ "$(mask <<<'{"body":{"ip":"199.172.111.135"}}' | jq -r .body.masked_ip)" = "$output" ]
  run pii mask k odd j 1.10
  [ "$(mask -m .odd=siv <<<'{"body":{"odd":1.10}}' | jq -r .body.odd)" = "$output" ]
  run pii hmac k device_id s 593-47-5928
  [ "$(mask -m .device_id=hmac <<<'{"body":{"device_id":"593-47-5928"}}' | jq -r .body.device_id)" = "$output" ]
  run pii hmac k device_id j '[1, "x"]'
  [ "$(mask -m .device_id=hmac <<<'{"body":{"device_id":[1, "x"]}}' | jq -r .body.device_id)" = "$output" ]
}

@test "equal values give equal tokens; another type, path or key gives another token" {
  tokens() { mask -m .a=siv -m .b=siv -m .c=hmac -m .d=hmac | jq -r '.body[]'; }
  printf '%s\n' '{"body":{"a":"4","b":"4","c":"4","d":"4"}}' '{"body":{"a":4,"b":4,"c":4,"d":4}}' >in
  tokens <in >first
  tokens <in >second
  cmp first second
  [ "$(sort -u first | wc -l)" -eq 8 ]
  rm k
  key k
  tokens <in >third
  [ "$(sort -u first third | wc -l)" -eq 16 ]
}

@test "output that fails is a failure: 74" {
  run -74 bash -c 'echo "{}" | pii-mask -k k >/dev/full'
  [[ $output == *'pii-mask: error: cannot write to standard output: '* ]]
  # The reader ends.
  run -74 bash -c '(yes "{\"body\":{}}" | head -100000; sleep 0.1) | { pii-mask -k k; echo $? >status; } | true; exit $(<status)'
  run -74 bash -c 'pii-mask -k k --print-policy >/dev/full'
  run -74 bash -c 'echo "{}" | pii-mask -k k >&-'
  # A limit on the size of files, whose signal would end an unprepared process.
  run -74 bash -c 'ulimit -f 1; yes "{\"body\":{}}" | head -1000 | { pii-mask -k k >file; }'
  [[ $output == *'pii-mask: error: cannot write to standard output: File too large'* ]]
}

@test "input that fails is a failure: 74" {
  run -74 bash -c 'pii-mask -k k <.'
  [[ $output == *'pii-mask: error: cannot read standard input: '* ]]
  run -74 bash -c 'pii-mask -k k <&-'
}

@test "out of memory for a line: earlier records go out, then 70" {
  local program
  # A sanitizer needs more address space than allowed here.
  ! readelf -d "$(command -v pii-mask)" | grep -q libasan || return 0
  {
    printf '{"body":{"x":1}}\n'
    head -c 60M /dev/zero | tr '\0' x
  } >in
  printf '.ip siv\nunmatched keep\n' >p
  for program in pii-mask pii-unmask; do
    run -70 --separate-stderr bash -c 'ulimit -v 60000 && "$0" -k k -p p --max-record 64M <in' $program
    [ "$(jq -c .body <<<"$output")" = '{"x":1}' ]
    [[ $stderr == "$program: error: out of memory"* ]]
  done
}

@test "wrong command lines: 64, and a hint" {
  local words
  for words in '--nonsense' '-x' '-k' '--key-file=k --key-file=k' '-k k -k k' 'file' '-k k file' '' \
    '-k k --max-record 0' '-k k --max-record 65M' '-k k --max-record x' '-k k --grace x' \
    '--key-file=' '-k k --policy='     '-k k -p a -m .a=siv' '-k k -p a -p b' '-k k -m .a=rot13' '-k k -m .a' '-k k -m a=siv' \
    '-k k --root body' '-k k --root .body[]' '-k k --root .sqs' '-k k -q=1' '-k k --quiet=1' \
    '-k k -m .a=siv -m .a=hmac' '-k k -m .a[0].b=siv -m .a[]=siv'; do
    # shellcheck disable=SC2086
    run -64 --separate-stderr pii-mask $words </dev/null
    [[ $stderr == 'pii-mask: error: '*"try 'pii-mask --help'"* || $words == *-m* || $words == *--root* ]]
    [ -z "$output" ]
  done
}

@test "messages: none after plain success, a summary otherwise, JSON if asked" {
  echo '{"body":{"ip":""}}' >in
  run -0 --separate-stderr mask <in
  [ -z "$stderr" ]
  run -0 --separate-stderr mask -v <in
  [[ $stderr == 'pii-mask: records=1 masked=1 passed=0 errors=0 missing=1 seconds='*' missing_paths=.device_id:1' ]]
  run -0 --separate-stderr mask -v --log json <in
  jq -e '.program == "pii-mask" and .level == "summary" and (.message | startswith("records=1"))' <<<"$stderr"
  run -0 --separate-stderr mask -q <<<'203.0.113.77'
  [[ $stderr == *'pii-mask: records=1 masked=0 passed=0 errors=1 '* ]]
}

@test "--progress: a live line on a terminal, removed before the summary, else nothing" {
  local program
  printf '%s\n' '{"body":{"ip":"203.0.113.77"}}' '{"body":{"ip":""}}' >in
  for program in pii-mask pii-unmask; do
    script -qec "stty cols 100; { cat in; sleep 1; cat in; } | $program -k k --progress >out" /dev/null </dev/null >shown 3>&- 4>&-
    cat -A shown
    [ "$(wc -l <out)" -eq 4 ]
    # Also while it waits; the count continues.
    grep -qP "\\r$program: 2 records, [0-9.]+/s, none in hand *\\r" shown
    grep -qP "\\r +\\r($program: records=4 .*)\\r" shown
    run --separate-stderr -0 $program -k k --progress <in
    [ -z "$stderr" ]
    mv out in && head -2 in >two && mv two in
  done
}

@test "a record is written before the next one arrives" {
  mkfifo in
  pii-mask -k k <in >out &
  exec 5>in
  echo '{"body":{"n":1}}' >&5
  eventually 60 test -s out
  [ "$(wc -l <out)" -eq 1 ]
  printf '{"body":{"n":2}}' >&5
  exec 5>&-
  wait $!
  [ "$(wc -l <out)" -eq 2 ]
}

@test "SIGTERM: a pipe is drained, for as long as --grace says" {
  mkfifo in
  pii-mask -k k -v <in >out 2>err &
  local pid=$!
  exec 5>in
  echo '{"body":{"n":1}}' >&5
  eventually 60 test -s out
  kill -TERM $pid
  echo '{"body":{"n":2}}' >&5
  exec 5>&-
  wait $pid
  [ "$(wc -l <out)" -eq 2 ]
  grep -q records=2 err
  # The pipe stays open.
  rm out
  pii-mask -k k --grace 200ms <in >out &
  pid=$!
  exec 5>in
  echo '{"body":{"n":1}}' >&5
  eventually 60 test -s out
  kill -TERM $pid
  wait $pid
  exec 5>&-
  # A second signal ends it immediately.
  rm out
  pii-mask -k k <in >out &
  pid=$!
  exec 5>in
  echo '{"body":{"n":1}}' >&5
  eventually 60 test -s out
  kill -TERM $pid
  eventually 60 noticed $pid
  kill -TERM $pid
  local status=0
  wait $pid || status=$?
  [ "$status" -eq 143 ]
  exec 5>&-
}

# waiting_in FD BYTES: succeed when the pipe holds at least these bytes.
waiting_in() {
  python3 -c 'import array, fcntl, sys, termios
size = array.array("i", [0])
fcntl.ioctl(int(sys.argv[1]), termios.FIONREAD, size)
sys.exit(size[0] < int(sys.argv[2]))' "$@"
}

@test "SIGTERM: pii-mask waits --grace for a reader that takes nothing" {
  local program pid status
  mkfifo out
  yes '{"body":{"x":1,"ip":""}}' | head -50000 >in
  for program in pii-mask pii-unmask; do
    $program -q -k k --grace 500ms <in >out 2>err &
    pid=$!
    exec 5<out
    # Its pipe is full, and it blocks.
    eventually 60 waiting_in 5 61440
    sleep 0.5
    kill -TERM $pid
    eventually 60 ended $pid || kill -KILL $pid
    status=0
    wait $pid || status=$?
    exec 5<&-
    [ "$status" -eq 74 ]
    grep -q "$program: error: cannot write to standard output: the reader stalled for longer than --grace" err
    # A reader that continues gets all of it, in whole lines.
    $program -q -k k --grace 20s <in >out 2>err &
    pid=$!
    exec 5<out
    eventually 60 waiting_in 5 61440
    kill -TERM $pid
    sleep 0.3
    cat <&5 >got
    exec 5<&-
    wait $pid
    [ -s got ]
    [ "$(jq -c .body.x got | sort -u)" = 1 ]
  done
}

# different COUNT: print records of a kilobyte, all with different values; every tenth cannot be masked.
different() {
  awk -v count="$1" 'BEGIN {
    fill = sprintf("%600s", ""); gsub(/ /, "x", fill)
    for (n = 1; n <= count; n++)
      printf "{\"sqs\":{\"message_id\":\"%d\"},\"body\":%s\"ip\":\"10.%d.%d.%d\",\"device_id\":\"%09d\",\"x\":\"%s\"}}\n",
        n, n % 10 ? "{" : "[", n / 65536, n / 256 % 256, n % 256, n, fill
  }'
}

# peak PROGRAM FILE: print the peak resident memory in KiB over those records.
peak() {
  "$(python_dir)/bin/python" -c '
import resource, subprocess, sys
with open(sys.argv[2]) as records:
    subprocess.run([sys.argv[1], "-q", "-k", "k"], stdin=records, stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
}

@test "resident memory is equal at a hundred thousand and ten thousand records, and below 32 MiB" {
  local program few many
  different 100000 >many
  head -10000 many >few
  for program in pii-mask pii-unmask; do
    few=$(peak $program few) many=$(peak $program many)
    echo "$program: $few KiB, $many KiB"
    [ "$many" -le $((few + few / 10)) ]
    [ "$many" -le 32768 ]
    mask -q <many >masked && mv masked many && head -10000 many >few
  done
  # They were masked, not only read.
  [ "$(jq -r '.body.masked_ip // empty' few | sort -u | wc -l)" -eq 9000 ]
  [ "$(grep -c '"sealed":"seal1' few)" -eq 1000 ]
}

@test "only pii-unmask shows a canary in a record that cannot be masked; nothing shows one in a line too long" {
  local deep canary policy='-m .ip=ipcrypt:masked_ip -m .device_id=siv:masked_device_id'
  deep=$(printf '%0300d' 0)
  {
    echo '{"body":{"ip":"203.0.113.7","device_id":"canary-malformed"'
    echo 'canary-no-json'
    printf '{"body":{"ip":%s"canary-deep"%s}}\n' "${deep//0/[}" "${deep//0/]}"
    echo '{"body":{"ip":"canary-address"}}'
    echo '{"body":{"ip":"203.0.113.7"},"attributes":{"canary-name":{"type":"String","value":"canary-attribute"}},"body":[]}'
    echo '{"body":{"device_id":"canary-duplicate","d\u0065vice_id":"canary-escaped","device_id":{"canary-inside":1}}}'
    echo '{"body":"canary-body","error":{"stage":"pull","code":"md5"}}'
    echo '{"body":{"masked_ip":"canary-collision"}}'
    echo '{"body":{"device_id":"canary-mixed"},"pii":{"key":"'"$ID"'"}}'
    printf '{"body":{"device_id":"canary-surrogate\\ud800"}}\n{"body":{"device_id":"canary-bytes\xff"}}\n'
  } >in
  printf '{"sqs":{"message_id":"l"},"body":{"ip":"canary-long","x":"%0200000d"}}\n' 0 >long
  # shellcheck disable=SC2086
  cat in long | mask -v -v --max-record 100k $policy --log json >out 2>err
  [ "$(wc -l <out)" -eq 12 ]
  run -1 grep -a canary out err
  # shellcheck disable=SC2086
  pii-unmask -k k -v -v $policy <out >back 2>err
  run -1 grep -a canary err
  for canary in malformed no-json deep address name attribute duplicate escaped inside body collision mixed; do
    grep -qa "canary-$canary" back || { echo "$canary" && return 1; }
  done
  # A line that is not UTF-8 becomes base64.
  [ "$(jq -r '.line // empty' back | grep -c canary-surrogate)" -eq 1 ]
  [ "$(jq -r '.line_base64 // empty | @base64d' back | grep -ac canary-bytes)" -eq 1 ]
  run -1 grep -qa canary-long back
  # A message attribute that the policy does not name is removed, not masked.
  mask >out 2>err <<<'{"body":{"ip":""},"attributes":{"canary-name":{"type":"String","value":"canary-attribute"}}}'
  pii-unmask -k k <out >back
  run -1 grep -a canary out err back
}

@test "members that a lost brace put inside sqs are sealed, not carried as its address" {
  cat >in <<'LINES'
{"sqs":{"message_id":"a","body":{"ip":"203.0.113.77"}}
{"sqs":{"message_id":"a","body":{"ip":"203.0.113.77"}}}
{"sqs":["203.0.113.77"],"body":5}
{"sqs":{"message_id":"a","x":["203.0.113.77"]},"error":{"stage":"pull","code":"x"}}
{"sqs":{"message_id":"kept","receive_count":1},"body":{"ip":
LINES
  mask <in >out
  [ "$(grep -c '"sealed":"seal1' out)" -eq 5 ]
  run -1 grep -F 203.0.113.77 out
  [ "$(sed -n 5p out | jq -c .sqs)" = '{"message_id":"kept","receive_count":1}' ]
  [ "$(pii-unmask -k k <out | grep -cF 203.0.113.77)" -eq 4 ]
}

# policy [COMMAND...]: print the number of pii-mask's scheduling policy (sched(7)) once it answers.
policy() {
  local line
  coproc MASK { exec "$@" pii-mask -q -k k; }
  echo '{"body":{"ip":"192.0.2.1"}}' >&"${MASK[1]}"
  read -r line <&"${MASK[0]}"
  sed 's/.*) //' "/proc/$MASK_PID/stat" | cut -d' ' -f39
  eval "exec ${MASK[1]}>&-"
  wait "$MASK_PID"
}

@test "it runs as batch work, unless another scheduling policy was set" {
  [ "$(policy)" = 3 ]
  [ "$(policy chrt --idle 0)" = 5 ]
}
