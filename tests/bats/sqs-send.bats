#!/usr/bin/env bats
# sqs-send: which records are sent, which are not, and the move from one queue to another.

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  fresh_queue VisibilityTimeout=30
}

teardown() { sqs_teardown; }

# texts: print the messages on the queue, as JSON strings, sorted.
texts() { pull --visibility-timeout 20s | jq -c 'if .body | type == "string" then .body else .body | tojson end' | sort; }

@test "a string body is sent as its text, any other unchanged, a line without one whole" {
  cat >in <<'IN'
{"body":"plain \u00e9 \"text\""}
{"body":{"a":1.10}}
{"body": [ 1 ]}
{"body":42}
{"body":null}
{"body":true}
{"other":1}
[1]
"string"
{"sqs":{"message_id":"x"},"sealed":"seal1.x"}
{"\u0062ody":"escaped key"}
{"body":"first","body":"last"}
IN
  run --separate-stderr -0 sqs-send <in
  [ -z "$output$stderr" ]
  # Numbers by their digits: jq would change them.
  pull --visibility-timeout 20s | sed -E 's/.*\},"body":(.*)\}$/\1/' | sort >out
  sort >wanted <<'WANTED'
"plain é \"text\""
{"a":1.10}
[1]
"42"
"null"
"true"
{"other":1}
[1]
"\"string\""
{"sqs":{"message_id":"x"},"sealed":"seal1.x"}
"escaped key"
"last"
WANTED
  diff wanted out
}

@test "invalid lines: a warning with the line, they are counted and not sent: status 1" {
  {
    echo '{"body":"good one"}'
    echo 'not json'
    echo '{"body":""}'
    cat <<<'{"body":"a\u0000b"}'
    cat <<<'{"body":"a\u0008b"}'
    cat <<<'{"body":"a\uffffb"}'
    printf '{"body":"%s"}\n' "$(head -c 1048577 /dev/zero | tr '\0' x)"
    cat <<<'{"body":"\ud800"}'
    echo
    cat <<<'{"body":"good two\ttab \ufffd"}'
  } >in
  status=0
  sqs-send <in 2>err || status=$?
  [ "$status" -eq 1 ]
  for line in '2 is not JSON' '3 is an empty message' '4 is a message with characters that SQS refuses' \
    '5 is a message with characters' '6 is a message with characters' '7 is a message over 1 MiB' \
    '8 is not JSON'; do
    grep -q "warning: line $line" err
  done
  grep -q 'sent=2 rejected=7 failed=0' err
  # The line of blanks does not count.
  grep -q ' skipped=1$' err
  [ "$(texts | wc -l)" -eq 2 ]
}

@test "an error record without content is not sent: its message stays where it is" {
  cat >in <<'IN'
{"sqs":{"message_id":"m1","receipt_handle":"h"},"error":{"stage":"mask","code":"cut","detail":"x"}}
{"error":{"stage":"unwrap","code":"too-long","detail":"x"},"sqs":{"message_id":"m2","receipt_handle":"h"}}
{"sqs":{"message_id":"m3","receipt_handle":"h"},"error":{"stage":"mask","code":"value"},"sealed":"seal1.x"}
{"sqs":{"message_id":"m4","receipt_handle":"h"},"error":{"stage":"unwrap","code":"deep"},"body":"b"}
{"sqs":{"message_id":"m5","receipt_handle":"h"},"error":{"stage":"own"},"row":1}
{"error":{"stage":"own"}}
IN
  run --separate-stderr -1 sqs-send --verdicts <in
  [[ $stderr == *'line 1 is an error record without content: not sent'*'line 2 is an error record'* ]]
  [[ $stderr == *'sent=4 rejected=2 failed=0'* ]]
  [ "$(jq -r '.sqs.message_id // "line"' <<<"$output" | sort | paste -sd' ')" = 'line m3 m4 m5' ]
  # A pull that is cut within a line, and all four programs: the message stays.
  local other=$SQS_QUEUE_URL
  fresh_queue VisibilityTimeout=30
  fill 1
  sqs-pull --wait 1 --empty 1 2>/dev/null | head -c -20 >cut.ndjson
  key key
  pii-mask -k key <cut.ndjson 2>/dev/null >masked
  [ "$(jq -r .error.code masked)" = cut ]
  sqs-send -q -Q "$other" --verdicts <masked >verdicts || true
  sqs-ack -q <verdicts
  counts_are 0 1 0
}

@test "a wrong file does not flood the log: the first lines are named, all of them with -v" {
  seq 200 | sed 's/^/no JSON /' >in
  run -1 --separate-stderr sqs-send <in
  [ "$(grep -c 'is not JSON: not sent' <<<"$stderr")" -eq 50 ]
  [ "$(grep -c 'warning: further lines that are not sent are only counted' <<<"$stderr")" -eq 1 ]
  [[ $stderr == *rejected=200* ]]
  run -1 --separate-stderr sqs-send -v <in
  [ "$(grep -c 'is not JSON: not sent' <<<"$stderr")" -eq 200 ]
}

@test "a line over --max-record is named and not sent, the next one is" {
  printf '{"body":"%s"}\n{"body":"short"}\n' "$(head -c 5000 /dev/zero | tr '\0' x)" >in
  run -1 sqs-send --max-record 4k <in
  [[ $output == *'warning: line 1 is longer than --max-record'* ]]
  [ "$(texts)" = '"short"' ]
}

@test "a batch has at most ten messages and 1 MiB" {
  proxy_start
  bodies 1 25 | sqs-send -j 1
  [ "$(requests SendMessageBatch)" -eq 3 ]
  rm proxy/requests
  printf '{"body":"%s"}\n' "$(head -c 400000 /dev/zero | tr '\0' x)" >one
  cat one one one one one | sqs-send -j 1
  [ "$(requests SendMessageBatch)" -eq 3 ]
  counts_are 30 0 0
}

@test "a message of exactly 1 MiB" {
  # The largest that SQS accepts today; a server with the older limit refuses it, and only it.
  printf '{"body":"%s"}\n{"body":"small"}\n' "$(head -c 1048576 /dev/zero | tr '\0' x)" >in
  status=0
  sqs-send -v <in 2>err || status=$?
  case $status in
  0) counts_are 2 0 0 ;;
  1) grep -q 'warning: line 1 is refused by the queue' err && counts_are 1 0 0 ;;
  *) cat err && false ;;
  esac
}

@test "the input stays open: the available lines are sent" {
  mkfifo pipe
  sqs-send <pipe 3>&- 4>&- &
  echo $! >pid
  exec 7>pipe
  bodies 1 3 >&7
  eventually 20 counts_are 3 0 0
  exec 7>&-
  wait "$(<pid)"
}

@test "--verdicts: one for each message sent, with sqs of the record" {
  cat >in <<'IN'
{"sqs":{"queue_url":"http://x/1/dlq", "receipt_handle":"h1"},"body":"a"}
{"body":"b"}
{"body":""}
{"sqs":"no object","body":"c"}
IN
  status=0
  sqs-send --verdicts <in >out 2>err || status=$?
  [ "$status" -eq 1 ]
  sort >wanted <<'WANTED'
{"sqs":{"queue_url":"http://x/1/dlq", "receipt_handle":"h1"},"status":"sent"}
{"line":2,"status":"sent"}
{"line":4,"status":"sent"}
WANTED
  sort out | diff wanted -
}

@test "three programs move the messages of one queue to another" {
  from=$SQS_QUEUE_URL
  fresh_queue
  main=$SQS_QUEUE_URL
  unset SQS_QUEUE_URL
  bodies 1 60 | sqs-send -Q "$from"
  sqs-pull -Q "$from" --wait 1 | sqs-send -Q "$main" --verdicts | sqs-ack -Q "$from" --print >acks
  [ "$(acks acks)" = '60 deleted' ]
  [ "$(servers_counts "$from")" = '0 0 0' ]
  [ "$(servers_counts "$main")" = '60 0 0' ]
  SQS_QUEUE_URL=$main pull >out
  each_once 60 out
}

@test "entries that fail temporarily are sent again" {
  proxy_start
  # The proxy reports sent messages as failed, so some are sent twice, none never.
  mode 'entry 2 InternalError' 'missing 3'
  bodies 1 40 | sqs-send
  pull >out
  each_at_least_once 40 out
  [ "$(wc -l <out)" -le 50 ]
}

@test "entries that the queue refuses are named with their line: status 1" {
  proxy_start
  mode 'refuse 1 InvalidMessageContents'
  run -1 sqs-send <<<'{"body":"x"}'
  [[ $output == *'warning: line 1 is refused by the queue (InvalidMessageContents)'* ]]
  [ "$(requests SendMessageBatch)" -eq 1 ]
}

@test "standard output that fails or goes away: 74, and sending stops" {
  bodies 1 5 >in
  run -74 bash -c 'sqs-send --verdicts <in >/dev/full'
  run -0 bash -c '(seq 1 20 | sed "s/.*/{\"body\":\"&\"}/"; sleep 1; seq 21 3000 | sed "s/.*/{\"body\":\"&\"}/") |
    { sqs-send --verdicts; echo $? >status; } | head -n 1'
  [ "$(<status)" -eq 74 ]
  [ "$(counts | cut -d' ' -f1)" -lt 1000 ]
}

@test "SIGTERM: reading a file stops immediately, with 0, and the lines read are sent" {
  bodies 1 20000 >in
  proxy_start
  mode 'stall 1 0.2'
  sqs-send -v <in 2>err 3>&- 4>&- &
  echo $! >pid
  some_requests() { [ "$(requests SendMessageBatch)" -ge 4 ]; }
  eventually 60 some_requests
  kill -TERM "$(<pid)"
  SECONDS=0
  wait "$(<pid)"
  [ "$SECONDS" -le 10 ]
  sent=$(grep -oP 'sent=\K[0-9]+' err)
  [ "$sent" -gt 0 ]
  [ "$sent" -lt 2000 ]
  counts_are "$sent" 0 0
}

@test "unreadable standard input: 74; an empty one: 0" {
  run -74 bash -c 'sqs-send <.'
  run --separate-stderr -0 sqs-send </dev/null
  [ -z "$output$stderr" ]
}
