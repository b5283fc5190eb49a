#!/usr/bin/env bats
# The sqs programs when the network, the server or a gateway fails. Sent messages arrive, failed requests
# are given up in time, and no request is sent more often than needed.

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  fresh_queue VisibilityTimeout=30
}

teardown() { sqs_teardown; }

@test "no server listens: 75 after the retry time, for each program, and a plain message" {
  export AWS_ENDPOINT_URL_SQS=http://127.0.0.1:1
  for program in sqs-pull sqs-ack sqs-send; do
    SECONDS=0
    stderr=
    run -75 --separate-stderr "$program" --retry-timeout 2s <<<'{"sqs":{"receipt_handle":"x"},"status":"sent"}'
    [ "$SECONDS" -le 15 ]
    [ -z "$output" ]
    [[ $stderr == *": error: cannot reach 127.0.0.1:1: no connection (Connection refused)"* ]]
    [ "$(grep -c 'error:' <<<"$stderr")" -eq 1 ]
  done
}

@test "a host without an address: 75" {
  run -75 sqs-pull --endpoint-url http://nowhere.invalid --retry-timeout 1s
  [[ $output == *'cannot reach nowhere.invalid: the name has no address'* ]]
}

@test "while nothing succeeds, requests stay under five a second at any parallelism" {
  proxy_start
  mode 'drop 1'
  jq -nc 'range(500) | {sqs: {receipt_handle: "h\(.)"}, body: "b", status: "sent"}' >input
  for program in 'sqs-pull --visibility-timeout 30s' sqs-ack sqs-send; do
    rm -f proxy/requests
    # shellcheck disable=SC2086
    run -75 $program -j 16 --retry-timeout 6s <input
    # Requests open at the beginning, then the slow retries.
    [ "$(wc -l <proxy/requests)" -le $((16 + 6 * 5)) ]
  done
}

@test "a server that returns is used again" {
  proxy_start
  fill 20
  mode 'fail 1 503'
  sqs-pull --wait 1 >out 2>err 3>&- 4>&- &
  echo $! >pid
  eventually 60 grep -q 'warning: 127.0.0.1:[0-9]* answers .* with status 503; trying again' err
  mode
  wait "$(<pid)"
  each_once 20 out
}

@test "one answer in ten 503, one in eleven throttled, cut, lost or late: all messages arrive, none is left" {
  proxy_start
  # Messages lost in transit return after this time.
  n=$(($(many) / 5))
  bodies 1 "$n" | sqs-send
  mode 'fail 10 503' 'error 11 RequestThrottled' 'cut 7' 'lose 9' 'stall 8 0.3' 'trickle 5'
  for ((round = 1; round <= 20; round++)); do
    sqs-pull --wait 1 --visibility-timeout 3s 2>>err | tee -a out | committed | sqs-ack 2>>err || true
    sleep 1
    [ "$(counts)" != '0 0 0' ] || break
    echo "round $round: $(counts)"
  done
  cat err
  each_at_least_once "$n" out
  counts_are 0 0 0
  run -1 grep -q error: err
}

@test "whole messages of a cut answer are printed" {
  proxy_start
  fill 10
  mode 'cut 1'
  run -75 sqs-pull -n 10 --wait 0 -j 1 --visibility-timeout 30s --retry-timeout 1s
  printed=$(grep -c '"sqs"' <<<"$output")
  [ "$printed" -ge 3 ]
  [ "$printed" -lt 10 ]
  [ "$(grep '"sqs"' <<<"$output" | jq -r .sqs.message_id | sort -u | wc -l)" -eq "$printed" ]
}

@test "an answer of another server does not count as an empty queue" {
  proxy_start
  mode 'fail 1 200'
  run -75 sqs-pull --retry-timeout 1s
  [[ $output == *"sends an answer that is not from SQS, or is incomplete"* ]]
}

@test "an answer without end is given up" {
  proxy_start
  mode 'big 2000000'
  run -1 sqs-ack --retry-timeout 1s <<<'{"sqs":{"receipt_handle":"x"},"status":"sent"}'
  [[ $output == *'the answer is too big'*failed=1* ]]
}

@test "a redirection is not followed" {
  proxy_start
  mode 'fail 1 307'
  run -69 sqs-pull --wait 0
  [[ $output == *'with status 307'* ]]
  [ "$(grep -c ' ReceiveMessage ' proxy/requests)" -le 4 ]
}

@test "access denied: 69, immediately" {
  proxy_start
  mode 'deny ReceiveMessage AccessDenied'
  SECONDS=0
  run -69 sqs-pull
  [ "$SECONDS" -lt 10 ]
  [[ $output == *'denies us ReceiveMessage (AccessDenied)'* ]]
  mode 'deny DeleteMessageBatch AccessDeniedException'
  run -69 sqs-ack <<<'{"sqs":{"receipt_handle":"x"},"status":"sent"}'
  [[ $output == *'denies us DeleteMessageBatch (AccessDeniedException)'* ]]
}

@test "the server dies during a run: 75, and unprinted messages are not counted as printed" {
  proxy_start
  fill 30
  sqs-pull -f --wait 1 --retry-timeout 2s >out 2>err 3>&- 4>&- &
  echo $! >pid
  eventually 60 lines_at_least out 30
  kill "$(<proxy/pid)"
  rm proxy/pid
  status=0
  wait "$(<pid)" || status=$?
  [ "$status" -eq 75 ]
  grep -q 'no connection' err
  each_at_least_once 30 out
}

@test "SIGTERM while the server is down: 0, immediately" {
  export AWS_ENDPOINT_URL_SQS=http://127.0.0.1:1
  for option in --visibility-timeout=30s ''; do
    sqs-pull -f ${option:+"$option"} 2>err 3>&- 4>&- &
    echo $! >pid
    eventually 60 started sqs-pull "$(<pid)"
    sleep 0.5
    SECONDS=0
    kill -TERM "$(<pid)"
    wait "$(<pid)"
    # Retries go on for 30 seconds.
    [ "$SECONDS" -le 20 ]
  done
}

@test "nothing private is printed: no body, receipt handle or key, at any level" {
  proxy_start
  fill 20
  sqs-send -q <<<'{"body":"user"}'
  mode 'fail 5 503' 'cut 4' 'entry 2 InternalError' 'corrupt user' 'error 6 Some.Thing'
  sqs-pull -vv --wait 1 --visibility-timeout 20s >out 2>err || true
  committed <out | sqs-ack -vv --print >acks 2>>err || true
  jq -c '.status = "nonsense"' out | sqs-ack -vv 2>>err || true
  sqs-send -vv <out 2>>err || true
  [ -s err ]
  jq -r .sqs.receipt_handle out >private
  printf '%s\n' "$AWS_SECRET_ACCESS_KEY" '"n"' >>private
  [ "$SERVERS_SQS" = elasticmq ] || echo "$AWS_ACCESS_KEY_ID" >>private
  [ "$SERVERS_SQS" = moto ] || sed -i '/^elasticmq$/d' private
  run -1 grep -F -f private err
  # Nor of the unprinted message: only its id, and no handle in the forms of the two servers.
  grep -qE 'warning: message [0-9a-f-]{36} does not match its checksum' err
  sed -i -E 's/message [0-9a-f-]{36} does not match/message ID does not match/' err
  run -1 grep -E '[0-9a-f]{8}-[0-9a-f]{4}-|[a-z]{40}' err
}
