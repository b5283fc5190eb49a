#!/usr/bin/env bats
# Broken messages and answers: they affect no other message, are reported, and are not requested
# again and again.
# shellcheck disable=SC2119,SC2120  # run gives arguments too

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  fresh_queue VisibilityTimeout=30
  stderr=
  proxy_start
}

teardown() { sqs_teardown; }

hex() { printf '%b' "$1" | xxd -p | tr -d '\n'; }
md5() { printf '%b' "$1" | md5sum | cut -c -32; }

# three: send two good messages and xMARKy, which the proxy makes a bad one. The good ones hold all
# characters that XML escapes, and are usually in the same receive.
GOOD='{"t":"<a> & \"b\" it'\''s","n":1}'
three() {
  jq -nc --arg good "$GOOD" '{body: $good}, {body: "xMARKy"}, {body: ($good + " ")}' | sqs-send -q
}

# seen_again OPTION...: drain messages that become visible immediately; the drain ends anyway.
seen_again() { timeout 60 sqs-pull --wait 0 --visibility-timeout 0 "$@"; }

# printed: print the bodies in ./out, each once.
printed() { jq -c .body out | sort -u; }

@test "a character that XML forbids is printed unchanged when its checksum matches, and so are the others" {
  three
  original=$(md5 xMARKy)
  # Its form in the answer, and its bytes.
  while read -r answer meant; do
    mode "swap MARK $(hex "$answer")" "swap $original $(hex "$(md5 "x${meant}y")")"
    seen_again >out 2>err
    printed >bodies
    printf '%b' "x${meant}y" | jq -Rsc . >expected
    [ "$meant" != '\0000' ] || echo '"x\u0000y"' >expected
    echo "$GOOD" | jq -c . >>expected
    diff <(sort expected) bodies || { echo "$answer" && cat err && false; }
  done <<'END'
&#1; \0001
&#x1;&quot; \0001"
&#x0000001F;&amp; \0037&
\0001&lt; \0001<
\0013\0014 \0013\0014
&#xFFFE;&gt; \0357\0277\0276>
&#65535; \0357\0277\0277
\0357\0277\0276 \0357\0277\0276
&#0;&apos; \0000'
&#x10FE01;\0001 \0364\0217\0270\0201\0001
END
}

@test "an invalid character leaves its message on the queue, with one warning by id; the others are printed" {
  three
  seen_again >all
  id=$(jq -r 'select(.body == "xMARKy").sqs.message_id' all | sort -u)
  # None of these is Unicode, or UTF-8; and a control character other than the one sent.
  for answer in '&#xD800;' '&#xdfff;&quot;' '&#x110000;' '&#99999999999;' '\0377' '\0303' '\0355\0240\0200' '\0001'; do
    mode "swap MARK $(hex "$answer")"
    run -1 --separate-stderr seen_again
    jq -c .body <<<"$output" | sort -u | diff - <(echo "$GOOD" | jq -c .) || { echo "$answer" && false; }
    [ "$(grep -c "warning: message $id does not match its checksum or is incomplete; it stays on the queue" <<<"$stderr")" -eq 1 ]
    [ "$(grep -c 'it stays on the queue' <<<"$stderr")" -eq 1 ]
  done
}

@test "invalid characters in attributes and ids have the same effect" {
  jq -nc '{attributes: {a: {type: "String", value: "uMARKv"}}, body: "bad"},
    {attributes: {a: {type: "String", value: "<&>"}}, body: "good"}' | sqs-send -q
  for answer in '&#1;' '\0001' '&#xDC00;' '\0377'; do
    mode "swap MARK $(hex "$answer")"
    run -1 --separate-stderr seen_again --attributes all
    jq -c '[.body, .attributes.a.value]' <<<"$output" | sort -u | diff - <(echo '["good","<&>"]')
    # Attributes that are not requested do not matter.
    run -0 --separate-stderr seen_again
    [ "$(jq -r .body <<<"$output" | sort -u | xargs)" = 'bad good' ]
  done
  mode "swap <MessageId> $(hex '<MessageId>\0001&#2;')"
  seen_again >out
  [ "$(jq -r '.sqs.message_id[:2]' out | sort -u | jq -Rsc .)" = '"\u0001\u0002\n"' ]
  mode "swap <MessageId> $(hex '<MessageId>\0377')"
  run -1 --separate-stderr seen_again
  [ -z "$output" ]
  [ "$(grep -c 'warning: a message without a readable id does not match' <<<"$stderr")" -eq 2 ]
}

@test "a broken message in a valid JSON answer affects no other, and causes one warning by id" {
  three
  seen_again >all
  id=$(jq -r 'select(.body == "xMARKy").sqs.message_id' all | sort -u)
  for answer in '\0001' '\\\\ud800' '\\\\q' '\0377'; do
    mode "swap MARK $(hex "$answer")"
    run -1 --separate-stderr seen_again --protocol json
    jq -c .body <<<"$output" | sort -u | diff - <(echo "$GOOD" | jq -c .) || { echo "$answer" && false; }
    [ "$(grep -c 'it stays on the queue' <<<"$stderr")" -eq 1 ]
    # After a backslash that begins no escape, the message has no readable id.
    [ "$answer" = '\\\\q' ] || [[ $stderr == *"warning: message $id does not match"* ]]
  done
}

@test "messages that return immediately do not prolong a drain, not even a corrupt one" {
  fill 3
  for time in 0 1s; do
    timeout 60 sqs-pull --wait 1 --visibility-timeout "$time" >out 2>err
    each_at_least_once 3 out
    grep -q "warning: messages are hidden for only ${time%s} s" err
  done
  sqs-send -q <<<'{"body":"spoil"}'
  mode 'corrupt spoil'
  for time in 0 1s; do
    eventually 30 counts_are 4 0 0
    run -1 --separate-stderr timeout 60 sqs-pull --wait 1 --visibility-timeout "$time"
    echo "$output" >out
    each_at_least_once 3 out
    [ "$(grep -c 'it stays on the queue' <<<"$stderr")" -eq 1 ]
  done
  # A single one does not either, and is requested no faster than from an empty queue.
  fresh_queue
  sqs-send -q <<<'{"body":"spoil"}'
  rm -f proxy/requests
  run -124 --separate-stderr timeout 3 sqs-pull -f --wait 0 -j 1 --visibility-timeout 0
  [ "$(grep -c 'it stays on the queue' <<<"$stderr")" -eq 1 ]
  [ "$(requests ReceiveMessage)" -le 12 ]
}

@test "a corrupt message of a FIFO group that returns immediately, and the later ones, end a drain" {
  SQS_QUEUE_URL=$(servers_queue "$(unique).fifo" FifoQueue=true ContentBasedDeduplication=true)
  export SQS_QUEUE_URL
  printf '{"body":"%s"}\n' spoil b c | sqs-send -q
  mode 'corrupt spoil'
  run -1 --separate-stderr timeout 60 sqs-pull --wait 1 --visibility-timeout 1s
  # moto returns redelivered messages in another order, the last of a group first.
  [ "$SERVERS_SQS" = moto ] || [ -z "$output" ]
  [ "$(grep -c 'it stays on the queue' <<<"$stderr")" -eq 1 ]
}

@test "an unreadable answer: one warning, and a drain ends with 1" {
  for P in query json; do
    fresh_queue
    mode
    fill 20
    # The second of the two answers with messages.
    mode 'truncate 2'
    rm -f proxy/requests
    run -1 --separate-stderr sqs-pull -v --protocol "$P" --wait 0 -j 1 --visibility-timeout 30s
    [ "$(grep -c 'sends an answer that is not from SQS, or is incomplete; trying again' <<<"$stderr")" -eq 1 ]
    [[ $stderr == *'warning: '*' answers could not be read; their messages return after the visibility timeout'* ]]
    [[ $stderr == *' unreadable='[1-9]* ]]
    [ "$(grep -c sqs <<<"$output")" -ge 10 ]
  done
}

@test "a server with only unreadable answers ends the run: 75" {
  mode 'truncate 1'
  for P in query json; do
    fresh_queue
    bodies 1 3 | sqs-send -q --endpoint-url "$DIRECT"
    rm -f proxy/requests
    run -75 --separate-stderr timeout 60 sqs-pull --protocol "$P" --wait 0 --visibility-timeout 0 --retry-timeout 2s
    [[ $stderr == *'error: '*'sends an answer that is not from SQS'* ]]
    [ "$(wc -l <proxy/requests)" -le 16 ]
  done
}

@test "a queue once reported as missing: retried with --follow, 69 immediately in a drain" {
  fill 3
  mode 'once AWS.SimpleQueueService.NonExistentQueue'
  sqs-pull -f --visibility-timeout 30s --wait 1 >out 2>err 3>&- 4>&- &
  echo $! >pid
  eventually 60 lines_at_least out 3
  kill "$(<pid)"
  wait "$(<pid)"
  rm pid
  [ "$(grep -c 'warning: no such queue at 127.0.0.1:[0-9]* (NonExistentQueue): [^ ]*; trying again' err)" -eq 1 ]
  for P in query json; do
    mode "error 1 AWS.SimpleQueueService.NonExistentQueue"
    rm -f proxy/requests
    run -69 --separate-stderr sqs-pull --protocol $P -j 1 --wait 0 --visibility-timeout 30s
    [[ $stderr == *'error: no such queue at'* ]]
    [ "$(wc -l <proxy/requests)" -eq 1 ]
    # For a minute, or for the given time.
    SECONDS=0
    run -69 --separate-stderr sqs-pull -f --protocol $P --wait 0 --visibility-timeout 30s --retry-timeout "$(rounds 3s 5m)"
    [ "$SECONDS" -ge "$(rounds 3 60)" ]
    [ "$SECONDS" -le "$(rounds 20 90)" ]
    [ "$(wc -l <proxy/requests)" -le $((4 + 5 * SECONDS)) ]
  done
}

@test "a queue that existed and is reported as missing: sqs-ack retries; one that never existed is 69 immediately" {
  fill 20
  pull | committed >verdicts
  mode 'error 1 AWS.SimpleQueueService.NonExistentQueue'
  rm -f proxy/requests
  run -69 --separate-stderr sqs-ack -j 1 <verdicts
  [ "$(wc -l <proxy/requests)" -eq 1 ]
  # The second of the batches.
  mode 'error 2 AWS.SimpleQueueService.NonExistentQueue'
  run -0 --separate-stderr sqs-ack -j 1 <verdicts
  [ "$(grep -c 'warning: no such queue' <<<"$stderr")" -eq 1 ]
  counts_are 0 0 0
}

@test "too few descriptors for a connection: the message says so, with a hint" {
  export AWS_ENDPOINT_URL_SQS=http://localhost:${AWS_ENDPOINT_URL_SQS##*:}
  local told=0
  for ((limit = 5; limit <= 24; limit++)); do
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 run --separate-stderr bash -c \
      "ulimit -n $limit && exec sqs-pull --wait 0 -j 1 --visibility-timeout 30s --retry-timeout 0 </dev/null" 3>&- 4>&-
    [ "$status" -ne 0 ] || break
    [[ $stderr == *'Too many open files'* ]] || { echo "$limit: $status $stderr" && false; }
    [[ $stderr != *'too few descriptors'*'hint: raise the limit of open files, for example with ulimit -n'* ]] || told=1
  done
  [ "$status" -eq 0 ]
  [ "$told" -eq 1 ]
}
