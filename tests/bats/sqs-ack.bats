#!/usr/bin/env bats
# sqs-ack: which lines delete a message, and that every line read is processed.

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  fresh_queue VisibilityTimeout=300
}

teardown() { sqs_teardown; }

# take N: put N messages on the queue and receive them into ./records.
take() {
  fill "$1"
  pull -n "$1" >records
}

@test "many messages through all three programs: each id once, the queue empty, nothing failed" {
  n=$(many)
  bodies 1 "$n" | sqs-send -v 2>send.err
  grep -q "sent=$n rejected=0 failed=0" send.err
  pull 2>pull.err | tee f | committed | sqs-ack -v 2>ack.err
  each_once "$n" f
  [ "$(jq -r .sqs.message_id f | sort -u | wc -l)" -eq "$n" ]
  grep -q "deleted=$n lost=0 failed=0 repeated=0 rejected=0 refused=0 unaddressed=0" ack.err
  counts_are 0 0 0
}

@test "statuses: four delete, rejected does not" {
  take 5
  paste -d' ' <(printf '%s\n' committed duplicate quarantined sent rejected) records |
    while read -r word record; do jq -c --arg word "$word" '.status = $word' <<<"$record"; done >verdicts
  status=0
  sqs-ack --print -v <verdicts >acks 2>err || status=$?
  [ "$status" -eq 1 ]
  [ "$(jq -r '.status + " " + .ack' acks | sort | paste -sd,)" = \
    'committed deleted,duplicate deleted,quarantined deleted,rejected none,sent deleted' ]
  grep -q 'deleted=4 lost=0 failed=0 repeated=0 rejected=1 refused=0' err
  counts_are 0 1 0
}

@test "lines without a known status are refused: sqs-pull | sqs-ack deletes nothing" {
  fill 12
  run -1 bash -c 'sqs-pull --wait 1 | sqs-ack --print >acks'
  [[ $output == *'warning: line 1 is without a known status: refused'* ]]
  [[ $output == *refused=12* ]]
  [ ! -s acks ]
  counts_are 0 12 0
}

@test "each kind of invalid line is refused, with one warning for its kind" {
  take 1
  {
    jq -c '.status = "Committed"' records
    jq -c '.status = 1' records
    jq -c '.status = null' records
    jq -c '.status = "would-commit"' records
    jq -c '.status = "would-duplicate"' records
    jq -c '.status = "would-quarantine"' records
    jq -c '.status = "would-reject"' records
    jq -c '.status = "committed" | .sqs.queue_url += "x"' records
    jq -c '.status = "committed" | .sqs.queue_url |= sub("[0-9]{12}"; "999999999999")' records
    jq -c '.status = "committed" | .sqs.queue_url = "nonsense"' records
    echo 'not json'
    echo '["committed"]'
    echo
    jq -c '.status = "committed" | .pad = "x" * 3000' records
    committed <records | head -c 100
  } >lines
  status=0
  sqs-ack --max-record 2k --print <lines >acks 2>err || status=$?
  [ "$status" -eq 1 ]
  grep -q 'deleted=0 lost=0 failed=0 repeated=0 rejected=0 refused=14 unaddressed=0' err
  # The line of blanks does not count.
  grep -q ' skipped=1$' err
  for kind in 'line 1 is without a known status' 'line 4 is of a dry run' 'line 8 is of another queue' \
    'line 11 is not a JSON object' 'line 14 is longer than --max-record'; do
    grep -q "warning: $kind: refused" err
  done
  [ "$(grep -c warning: err)" -eq 5 ]
  # Refused verdicts are printed too.
  [ "$(acks acks)" = '7 none' ]
  counts_are 0 1 0
}

@test "a line whose queue URL is none is of another queue" {
  take 1
  local url
  for url in 5 '["x"]' '{}' '""' true; do
    committed <records | jq -c --argjson url "$url" '.sqs.queue_url = $url' >verdict
    run -1 sqs-ack <verdict
    [[ $output == *'line 1 is of another queue'*'refused=1 '* ]]
  done
  counts_are 0 1 0
  committed <records | jq -c '.sqs.queue_url = null' | sqs-ack
  counts_are 0 0 0
}

@test "a verdict without a receipt handle is counted as unaddressed" {
  printf '%s\n' '{"line":1,"status":"committed"}' '{"sqs":{},"status":"duplicate"}' \
    '{"sqs":{"receipt_handle":7},"status":"committed"}' >verdicts
  run -0 sqs-ack <verdicts
  [[ $output == *' unaddressed=3 requests=0 '* ]]
}

@test "no URL in a line is ever used" {
  take 1
  # Nothing listens there; the name and account are ours.
  jq -c '.status = "committed" | .sqs.queue_url |= sub("//[^/]*"; "//127.0.0.1:1")' records >verdict
  run -0 --separate-stderr sqs-ack <verdict
  [ -z "$stderr" ]
  counts_are 0 0 0
}

@test "one handle in many verdicts is one entry of one batch" {
  take 3
  proxy_start
  committed <records >v
  cat v v v v v >verdicts
  run -0 sqs-ack -v --print <verdicts
  [[ $output == *'deleted=3 lost=0 failed=0 repeated=12 '* ]]
  [ "$(grep -c '"ack":"deleted"' <<<"$output")" -eq 15 ]
  [ "$(requests DeleteMessageBatch)" -eq 1 ]
  counts_are 0 0 0
}

@test "verdicts are collected into batches of ten" {
  take 25
  proxy_start
  committed <records | sqs-ack -j 1
  [ "$(requests DeleteMessageBatch)" -eq 3 ]
  counts_are 0 0 0
}

@test "a verdict waits for a full batch for the time of --linger" {
  take 3
  proxy_start
  committed <records >verdicts
  # A single one is sent although the input stays open.
  mkfifo pipe
  sqs-ack <pipe 3>&- 4>&- &
  echo $! >pid
  exec 7>pipe
  sed -n 1p verdicts >&7
  eventually 20 counts_are 0 2 0
  exec 7>&-
  wait "$(<pid)"
  # With a long linger two are sent together.
  rm proxy/requests
  sqs-ack --linger 7s <pipe 3>&- 4>&- &
  echo $! >pid
  exec 7>pipe
  sed -n 2p verdicts >&7
  sleep 1
  counts_are 0 2 0
  sed -n 3p verdicts >&7
  eventually 20 counts_are 0 0 0
  [ "$(requests DeleteMessageBatch)" -eq 1 ]
  # The end of the input ends the wait.
  exec 7>&-
  wait "$(<pid)"
  take 1
  SECONDS=0
  committed <records | sqs-ack --linger 1m
  [ "$SECONDS" -lt 20 ]
  counts_are 0 0 0
}

@test "--print writes each verdict unchanged, with ack added" {
  take 2
  jq -c '.status = "committed" | .extra = {"a": [1.10, "x"]}' records >verdicts
  printf '%s' "$(sed 's/^{/{ /' verdicts)" >spaced
  run -0 --separate-stderr sqs-ack --print <spaced
  [ "$(sort <<<"$output")" = "$(sed -E 's/^\{/{ /; s/\}$/,"ack":"deleted"}/' verdicts | sort)" ]
  [ -z "$stderr" ]
}

@test "a stale handle is lost, without an error of the run; AWS and moto accept it" {
  fill 1
  sqs-pull -n 1 --visibility-timeout 1s >first
  sleep 1.5
  sqs-pull -n 1 --wait 1 >second
  committed <first >verdicts
  run -0 bash -c 'sqs-ack --print -v <verdicts'
  if [ "$SERVERS_SQS" = elasticmq ]; then
    [[ $output == *'"ack":"lost"'*'deleted=0 lost=1 failed=0'* ]]
    counts_are 0 1 0
  fi
  # The newest one deletes.
  committed <second | sqs-ack
  counts_are 0 0 0
}

@test "an invalid handle is lost too" {
  for handle in nonsense 'with "quotes" & <signs>'; do
    jq -nc --arg handle "$handle" '{sqs: {receipt_handle: $handle}, status: "committed"}'
  done >verdicts
  take 1
  committed <records >>verdicts
  run -0 bash -c 'sqs-ack --print <verdicts 2>err'
  [ "$(jq -r .ack <<<"$output" | sort | xargs)" = 'deleted lost lost' ]
  grep -q 'lost=2' err
  counts_are 0 0 0
}

@test "entries that fail temporarily are sent again, and only these" {
  take 40
  proxy_start
  mode 'entry 3 InternalError' 'missing 4'
  committed <records >verdicts
  run -0 --separate-stderr sqs-ack --print <verdicts
  [ "$(grep -c '"ack":"deleted"' <<<"$output")" -ge 38 ]
  # The proxy reports deleted messages as failed, so a retry may find them gone.
  [[ $output != *'"ack":"failed"'* ]]
  counts_are 0 0 0
}

@test "entries that fail permanently are counted as failed: status 1" {
  take 1
  proxy_start
  mode 'entry 1 InternalError'
  committed <records >verdict
  SECONDS=0
  run -1 sqs-ack --print --retry-timeout 2s <verdict
  [ "$SECONDS" -lt 15 ]
  [[ $output == *'"ack":"failed"'* ]]
  [[ $output == *failed=1* ]]
  # Back-off: a handful of tries, not hundreds.
  [ "$(requests DeleteMessageBatch)" -lt 20 ]
}

@test "a batch refused as a whole is sent again entry by entry" {
  take 10
  proxy_start
  mode 'once BatchRequestTooLong'
  committed <records >verdicts
  run -0 --separate-stderr sqs-ack --print <verdicts
  [ "$(grep -c '"ack":"deleted"' <<<"$output")" -eq 10 ]
  [ -z "$stderr" ]
  [ "$(requests DeleteMessageBatch)" -eq 11 ]
  counts_are 0 0 0
}

@test "a batch refused as a whole for one handle is sent again entry by entry: only that message is lost" {
  take 10
  proxy_start
  mode 'once ReceiptHandleIsInvalid'
  committed <records >verdicts
  run -0 --separate-stderr sqs-ack --print <verdicts
  [ "$(acks /dev/stdin <<<"$output")" = '10 deleted' ]
  [ -z "$stderr" ]
  [ "$(requests DeleteMessageBatch)" -eq 11 ]
  counts_are 0 0 0
  mode 'error 1 ReceiptHandleIsInvalid'
  run -0 --separate-stderr sqs-ack --print <verdicts
  [ "$(acks /dev/stdin <<<"$output")" = '10 lost' ]
  [[ $stderr == *' lost=10 failed=0 '* ]]
}

@test "--release makes messages visible again, for any status" {
  take 5
  jq -c 'if .body.n == 1 then .status = "rejected" elif .body.n == 2 then .status = "committed" else . end' \
    records >lines
  run -0 bash -c 'sqs-ack --release --print -v <lines 2>err | jq -r .ack | sort -u'
  [ "$output" = none ]
  grep -q 'released=5 lost=0 failed=0' err
  counts_are 5 0 0
}

@test "every line read is processed when the program before it dies" {
  take 25
  committed <records >verdicts
  run -0 bash -c '(cat verdicts; sleep 0.3; kill -KILL "$BASHPID") | sqs-ack'
  counts_are 0 0 0
}

@test "input that ends within a line: the whole lines are processed" {
  take 5
  committed <records >verdicts
  head -c -20 verdicts >short
  run -1 sqs-ack <short
  [[ $output == *'deleted=4 '*'refused=1 '* ]]
  counts_are 0 1 0
}

@test "the last line may lack its newline, and lines may end in CRLF" {
  take 2
  committed <records | sed 's/$/\r/' | head -c -1 | sqs-ack
  counts_are 0 0 0
}

@test "a reader of --print that goes away ends printing, but not deleting" {
  take 300
  committed <records >verdicts
  run -0 bash -c 'sqs-ack --print <verdicts 2>err | head -n 1 >first; echo "${PIPESTATUS[0]}"'
  [ "$output" = 74 ]
  grep -q 'cannot write to standard output: Broken pipe' err
  grep -q 'deleted=300 ' err
  counts_are 0 0 0
}

# rejections N: print N verdicts of 400 bytes that are passed on and cost no request.
rejections() {
  awk -v n="$1" 'BEGIN { pad = sprintf("%300s", ""); gsub(/ /, "x", pad); for (i = 1; i <= n; i++)
    printf "{\"sqs\":{\"message_id\":\"%d\",\"receipt_handle\":\"h%d\"},\"status\":\"rejected\",\"pad\":\"%s\"}\n", i, i, pad }'
}

@test "a reader of --print that goes away with much left unread: all input is still read and processed" {
  take 50
  { rejections 20000; committed <records; } >verdicts
  # It reads nothing until much more waits than the output buffer holds.
  run -0 timeout 30 bash -c 'sqs-ack --print <verdicts 2>err | sleep 1; echo "${PIPESTATUS[0]}"'
  [ "$output" = 74 ]
  grep -q 'deleted=50 .*rejected=20000 ' err
  counts_are 0 0 0
  # The same with a reader that took a line first.
  run -0 timeout 30 bash -c 'sqs-ack --print <verdicts 2>err | (read -r _; sleep 0.5); echo "${PIPESTATUS[0]}"'
  [ "$output" = 74 ]
  grep -q ' rejected=20000 ' err
}

@test "SIGTERM with a stalled reader of --print: 74 after --grace, all lines read are processed" {
  take 5
  committed <records >verdicts
  mkfifo in out
  tail -s 60 -f /dev/null 3>&- 4>&- <out &
  echo $! >pid
  # Its input does not end, and more output waits than its buffer holds.
  sqs-ack --print --grace 2s <in >out 2>err 3>&- 4>&- &
  echo $! >>pid
  exec 7>in
  cat verdicts >&7
  rejections 20000 >&7 2>rejections.err 3>&- 4>&- &
  echo $! >>pid
  eventually 20 counts_are 0 0 0
  sleep 0.5
  kill -TERM "$(sed -n 2p pid)"
  SECONDS=0
  status=0
  wait "$(sed -n 2p pid)" || status=$?
  [ "$status" -eq 74 ]
  [ "$SECONDS" -le 30 ]
  grep -q 'cannot write to standard output: its reader took nothing for the whole grace time' err
  grep -q deleted=5 err
  exec 7>&-
  kill "$(sed -n 1p pid)"
}

@test "standard output that fails: 74, all messages deleted" {
  take 5
  committed <records >verdicts
  run -74 bash -c 'sqs-ack --print <verdicts >/dev/full'
  counts_are 0 0 0
}

@test "a slow reader of --print delays nothing forever" {
  take 200
  committed <records >verdicts
  run -0 bash -c 'sqs-ack --print <verdicts | (sleep 2; cat)'
  # Do not count the queue: a batch sent again after a late answer is on it twice.
  [ "$(grep -c '"ack":"deleted"' <<<"$output")" -eq 200 ]
  [ "${#lines[@]}" -eq 200 ]
}

@test "standard input that cannot be read: 74" {
  run -74 bash -c 'sqs-ack <.'
  [[ $output == *'cannot read standard input: Is a directory'* ]]
}

@test "a receipt handle of megabytes is refused, and the other verdicts count" {
  take 2
  {
    committed <records | head -1
    printf '{"sqs":{"receipt_handle":"%s"},"status":"committed"}\n' "$(head -c 3500000 /dev/zero | tr '\0' h)"
    committed <records | tail -1
  } >lines
  run --separate-stderr -1 sqs-ack -v <lines
  [[ $stderr == *'warning: line 2 is with a receipt handle of more than 64 KiB: refused'* ]]
  [[ $stderr == *'deleted=2 lost=0 failed=0 '*'refused=1 '* ]]
  counts_are 0 0 0
}

@test "out of memory for a line: 70" {
  # A sanitizer needs more address space than is allowed here.
  ! readelf -d "$(command -v sqs-ack)" | grep -q libasan || return 0
  head -c 60M /dev/zero | tr '\0' x >in
  run -70 bash -c 'ulimit -v 70000 && sqs-ack --max-record 64M <in'
  [[ $output == 'sqs-ack: error: out of memory'* ]]
}

@test "SIGTERM: a pipe is drained to its end, then 0" {
  take 20
  committed <records >verdicts
  mkfifo pipe
  sqs-ack -v <pipe 2>err 3>&- 4>&- &
  echo $! >pid
  exec 7>pipe
  head -n 10 verdicts >&7
  eventually 20 counts_are 0 10 0
  kill -TERM "$(<pid)"
  sleep 0.5
  tail -n 10 verdicts >&7
  exec 7>&-
  wait "$(<pid)"
  grep -q deleted=20 err
  counts_are 0 0 0
}

@test "SIGTERM: a pipe without end is left after --grace" {
  mkfifo pipe
  sqs-ack --grace 1s <pipe 3>&- 4>&- &
  echo $! >pid
  exec 7>pipe
  eventually 60 started sqs-ack "$(<pid)"
  kill -TERM "$(<pid)"
  SECONDS=0
  wait "$(<pid)"
  [ "$SECONDS" -le 30 ]
  exec 7>&-
}

@test "a second SIGTERM ends the run immediately, with 143" {
  mkfifo pipe
  sqs-ack <pipe 3>&- 4>&- &
  echo $! >pid
  exec 7>pipe
  eventually 60 started sqs-ack "$(<pid)"
  kill -TERM "$(<pid)"
  eventually 60 noticed "$(<pid)"
  kill -TERM "$(<pid)"
  status=0
  wait "$(<pid)" || status=$?
  [ "$status" -eq 143 ]
  exec 7>&-
}

@test "an empty input: no output, 0" {
  run --separate-stderr -0 sqs-ack </dev/null
  [ -z "$output$stderr" ]
}
