#!/usr/bin/env bats
# The two protocols of SQS, the query protocol and AWS JSON 1.0, have the same results; and
# failures in the second have the same effect as in the first.

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  fresh_queue VisibilityTimeout=30
  P=json
}

teardown() { sqs_teardown; }

# The three programs with the protocol ${P}.
send() { sqs-send --protocol "$P"; }
pull() { sqs-pull --protocol "$P" --wait 1 "$@"; }
ack() { sqs-ack --protocol "$P" "$@"; }

# texts FILE: print the bodies, byte for byte, and the names of the other members.
texts() {
  sed -E 's/.*\},"body":(.*)\}$/\1/' "$1" | sort
  jq -c '[keys_unsorted, (.sqs | keys_unsorted)]' "$1" | sort -u
}

@test "sent with one protocol, received with both, deleted with the other" {
  cat >in <<'IN'
{"body":"a b+c%20d&e=f/~*'()!@:;,?#[]{}|\\^`<>\""}
{"body":"é€😀\t\r\n\u007f\u0085\u00a0\u2028"}
{"body":{"a":[1.10,null,12345678901234567891],"k ":"v  v","\u0069":"\u00e9\/\\"}}
{"body":"\"text\""}
{"body":" padded "}
IN
  for P in query json; do
    send <in
    pull -n 5 --visibility-timeout 4s >first
    [ "$P" = query ] && P=json || P=query
    : >second
    until [ "$(wc -l <second)" -eq 5 ]; do pull >>second; done
    diff <(texts first) <(texts second)
    diff <(jq -c '.body | strings' in | sort) <(jq -c '.body | strings' second | sort)
    committed <second | ack --print >acks
    [ "$(acks acks)" = '5 deleted' ]
    counts_are 0 0 0
  done
}

@test "a drain in JSON: requests are signed with their target, a name finds the queue" {
  proxy_start
  n=$(($(many) / 5))
  bodies 1 "$n" | send
  pull -Q "${SQS_QUEUE_URL##*/}" | tee out | committed | ack
  each_once "$n" out
  counts_are 0 0 0
  for action in GetQueueUrl GetQueueAttributes ReceiveMessage DeleteMessageBatch SendMessageBatch; do
    [ "$(requests "$action")" -ge 1 ]
  done
  run -1 grep -v 'content-type;host;x-amz-date;x-amz-target$' proxy/requests
  # Unprinted messages become visible again.
  fill 30
  run -74 bash -c "sqs-pull --protocol json --wait 1 -j 1 >/dev/full"
  counts_are 30 0 0
  [ "$(requests ChangeMessageVisibilityBatch)" -ge 1 ]
}

@test "errors in JSON have the same effect by their names" {
  proxy_start
  run -69 sqs-pull --protocol json -Q nosuchqueue
  [[ $output == *'no such queue at '*' (QueueDoesNotExist)'* ]]
  mode 'deny ReceiveMessage AccessDeniedException'
  run -69 pull
  [[ $output == *'denies us ReceiveMessage (AccessDeniedException)'* ]]
  mode 'once RequestThrottled' 'clock 7200'
  fill 3
  pull >out
  each_once 3 out
  # A gateway that speaks no JSON, or another dialect.
  mode 'fail 1 200'
  run -75 pull --retry-timeout 1s
  [[ $output == *"sends an answer that is not from SQS, or is incomplete"* ]]
  mode 'fail 1 403'
  run -69 pull
  [[ $output == *'denies us'* ]]
  if [ "$SERVERS_SQS" = moto ]; then
    mode
    AWS_SECRET_ACCESS_KEY=wrong run -69 pull
    # moto answers this in XML.
    [[ $output == *'does not accept our credentials (SignatureDoesNotMatch)'* ]]
  fi
  run -64 sqs-pull --protocol xml
  [[ $output == *'option --protocol takes query or json'* ]]
}

@test "entries of a batch that fail, are refused, or are not answered, in JSON" {
  proxy_start
  fill 30
  pull | committed >verdicts
  mode 'entry 1 InternalError'
  # Each batch of ten loses its first entry, so that the last one is sent alone and never succeeds.
  run -1 ack --retry-timeout 1s < <(head -n 10 verdicts)
  [[ $output == *'deleted=9 '*'failed=1 '* ]]
  mode 'missing 2'
  run -0 ack -v < <(sed -n '11,20p' verdicts)
  [[ $output == *'deleted=10 '* ]]
  mode 'refuse 1 ReceiptHandleIsInvalid'
  run -0 ack -v < <(tail -n 10 verdicts)
  [[ $output == *'deleted=9 lost=1 '* ]]
  mode
  # An invalid handle.
  run -0 ack -v <<'IN'
{"sqs":{"receipt_handle":"nonsense"},"status":"committed"}
IN
  [[ $output == *'lost=1 '* ]]
}

@test "one answer in ten 503, one in eleven throttled, cut, lost or late: all messages arrive in JSON too" {
  proxy_start
  n=$(($(many) / 5))
  bodies 1 "$n" | send
  mode 'fail 10 503' 'error 11 RequestThrottled' 'cut 7' 'lose 9' 'stall 8 0.3' 'trickle 5'
  for ((round = 1; round <= 20; round++)); do
    pull --visibility-timeout 3s 2>>err | tee -a out | committed | ack 2>>err || true
    sleep 1
    [ "$(counts)" != '0 0 0' ] || break
    echo "round $round: $(counts)"
  done
  cat err
  each_at_least_once "$n" out
  counts_are 0 0 0
  run -1 grep -q error: err
}

@test "whole messages of a cut JSON answer are printed, each once" {
  proxy_start
  fill 10
  mode 'cut 1'
  run -75 sqs-pull --protocol json -n 10 --wait 0 -j 1 --visibility-timeout 30s --retry-timeout 1s
  printed=$(grep -c '"sqs"' <<<"$output")
  [ "$printed" -ge 3 ]
  [ "$printed" -lt 10 ]
  [ "$(grep '"sqs"' <<<"$output" | jq -r .sqs.message_id | sort -u | wc -l)" -eq "$printed" ]
}

@test "one message that does not match its checksum affects no other" {
  proxy_start
  bodies 1 9 | send
  send <<<'{"body":"spoil"}'
  mode 'corrupt spoil'
  for P in query json; do
    run -1 --separate-stderr pull --visibility-timeout 8s
    [ "$(jq .body.n <<<"$output" | sort -n | xargs)" = '1 2 3 4 5 6 7 8 9' ]
    [[ $stderr == *'stays on the queue'*corrupt=1* ]]
    eventually 30 counts_are 10 0 0
  done
}

@test "messages of 1 MiB, with both protocols" {
  # In the first, each byte has two in JSON and five or six in XML.
  head -c 524288 /dev/zero | tr '\000' '"' >quotes
  head -c 800000 /dev/urandom | base64 -w 0 | head -c 1048576 >plain
  for P in query json; do
    for text in quotes plain; do
      jq -Rc '{body: .}' $text | send
      pull -n 1 >record
      jq -rj .body record | cmp - $text
      committed <record | ack
    done
  done
  counts_are 0 0 0
}
