#!/usr/bin/env bats
# sqs-pull: message attributes, and FIFO queues: their ids, and the order of their groups, whatever
# goes wrong. By both protocols.

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  REAL=$AWS_ENDPOINT_URL_SQS
}

teardown() {
  [ ! -s pid ] || kill -9 "$(<pid)" 2>/dev/null || true
  proxy_stop
}

counts() { AWS_ENDPOINT_URL_SQS=$REAL servers_counts "$SQS_QUEUE_URL"; }

# fifo_queue: an empty FIFO queue, in SQS_QUEUE_URL.
fifo_queue() {
  SQS_QUEUE_URL=$(servers_queue "$(unique).fifo" FifoQueue=true VisibilityTimeout=30) && export SQS_QUEUE_URL
}

# grouped COUNT GROUPS [TEXT]: so many records with bodies {"n":1} and so on, dealt out to groups g0, g1 …
grouped() {
  awk -v count="$1" -v groups="$2" -v text="${3:-}" 'BEGIN { for (n = 1; n <= count; n++)
    printf "{\"sqs\":{\"message_group_id\":\"g%d\",\"deduplication_id\":\"d%d\"},\"body\":{\"n\":%d,\"t\":\"%s\"}}\n",
      n % groups, n, n, text }'
}

# in_order FILE GROUPS: each group's numbers rise, none twice.
in_order() {
  local group
  for ((group = 0; group < $2; group++)); do
    jq --argjson group "$group" --argjson groups "$2" '.body.n | select(. % $groups == $group)' "$1" >numbers
    sort -nu numbers | diff - numbers || return 1
  done
}

# moto knows neither sequence numbers nor attempt ids; and what comes again after its visibility
# timeout it gives in another order, the last of a group first.
knows_attempts() { [ "$SERVERS_SQS" != moto ]; }

@test "message attributes: none, by name, all; of every type" {
  fresh_queue VisibilityTimeout=2
  cat >in <<'IN'
{"attributes":{"a":{"type":"String","value":"tëxt & <\"more\">\n\\"},"n.1":{"type":"Number.int","value":"1.50"},"n.2":{"type":"Number","value":"7"},"b":{"type":"Binary.x","value":"AAEC/w=="}},"body":"all"}
{"body":"none"}
IN
  sqs-send <in
  # got OPTION...: the records without their sqs, when both are there.
  got() {
    : >out
    until [ "$(wc -l <out)" -ge 2 ]; do pull -n 2 "$@" >>out; done
    jq -cS 'del(.sqs)' out | sort
  }
  for protocol in query json; do
    diff <(got --protocol "$protocol" --attributes all) <(jq -cS . in | sort)
    [ "$(jq -c 'keys_unsorted' out | sort | xargs)" = '[sqs,attributes,body] [sqs,body]' ]
    diff <(got --protocol "$protocol") <(jq -cS 'del(.attributes)' in | sort)
    diff <(got --protocol "$protocol" --attributes=b,n.1,no.such) \
      <(jq -cS 'if .attributes then .attributes |= {b, "n.1"} else . end' in | sort)
  done
  for value in '' ',' 'a,' ',a' 'a b' 'a*' '*' '.*' "$(seq -s , 1 65)" "$(printf 'x%.0s' {1..257})"; do
    run -64 sqs-pull --attributes "$value"
    [[ $output == *'option --attributes takes names with commas between, or all'* ]]
  done
}

@test "attributes that do not match their checksum: the message stays; without the option it is printed" {
  fresh_queue VisibilityTimeout=6
  printf '{"body":"%s","attributes":{"a":{"type":"String","value":"%s"}}}\n' one good two spoil three good | sqs-send
  proxy_start
  mode 'corrupt spoil'
  for protocol in query json; do
    run -1 --separate-stderr pull --empty 1 --protocol "$protocol" --attributes all
    [ "$(jq -r .body <<<"$output" | sort | xargs)" = 'one three' ]
    [[ $stderr == *'it stays on the queue'*corrupt=1* ]]
    eventually 30 counts_are 3 0 0
    pull --empty 1 --protocol "$protocol" >out
    [ "$(jq -r .body out | sort | xargs)" = 'one three two' ]
    eventually 30 counts_are 3 0 0
  done
}

@test "a FIFO queue: sequence numbers always, group and deduplication ids with --fifo-ids" {
  for protocol in query json; do
    fifo_queue
    grouped 4 2 | sqs-send
    pull --protocol "$protocol" -n 4 >plain
    fifo_queue
    grouped 4 2 | sqs-send
    pull --protocol "$protocol" -n 4 --fifo-ids >ids
    [ "$(jq -c '[.sqs.message_group_id, .sqs.deduplication_id] == [null, null]' plain | sort -u)" = true ]
    [ "$(jq -rs 'sort_by(.body.n)[].sqs | "\(.message_group_id) \(.deduplication_id)"' ids | xargs)" = \
      'g1 d1 g0 d2 g1 d3 g0 d4' ]
    ! knows_attempts || [ "$(jq -r '.sqs.sequence_number | type' plain ids | sort -u)" = string ]
  done
  # A queue that is no FIFO queue has none.
  fresh_queue
  fill 1
  sqs-pull --wait 1 --fifo-ids | jq -e '.sqs | has("sequence_number") or has("deduplication_id") | not'
}

# Messages that wait for a verdict lock their group, and a queue with locked groups gives nothing:
# that is not drained.
@test "a FIFO queue drained by several receives at once: each group in order, each message once" {
  # moto's long polls do not see that a group is no longer locked.
  n=120
  knows_attempts || n=36
  for protocol in query json; do
    fifo_queue
    grouped "$n" 6 | sqs-send
    rm -f fifo
    mkfifo fifo
    # No function around it, whose shell would hold the output open, too.
    sqs-pull --wait 1 "${SERIAL[@]}" --protocol "$protocol" --acked fifo | tee out |
      jq --unbuffered -c '.status = "committed"' | { sleep 2 && sqs-ack --print >fifo; }
    each_once "$n" out
    in_order out 6
    counts_are 0 0 0
  done
}

@test "a consumer that holds its output back until its input ends: a FIFO queue with locked groups still ends, in order" {
  fifo_queue
  grouped 40 2 | sqs-send
  mkfifo fifo
  SECONDS=0
  sqs-pull -v --wait 1 "${SERIAL[@]}" --acked fifo 2>err | tee out | (cat >all && committed <all) |
    sqs-ack --print >fifo
  [ "$SECONDS" -ge 10 ]
  printed=$(wc -l <out)
  [ "$printed" -ge 10 ]
  in_order out 2
  grep -q " acked=$printed .*lapsed=0" err
  # Where locked groups give nothing, what is behind is left for the next run.
  counts_are $((40 - printed)) 0 0
  cp out all
  until counts_are 0 0 0; do
    pull | tee -a all | committed | sqs-ack
  done
  each_once 40 all
  in_order all 2
}

@test "answers of a FIFO queue that are cut or lost: asked for again, each message once and in order" {
  for protocol in query json; do
    fifo_queue
    n=60 options=(-j 2 --wait 2 --visibility-timeout 30s)
    # Without attempt ids, what is lost comes back in its own time.
    knows_attempts || { n=15 && options=(-j 1 --wait 1 --empty 1 --visibility-timeout 3s); }
    grouped "$n" 3 | sqs-send
    proxy_start
    mode 'cut 3' 'lose 4' 'fail 5 503'
    for ((round = 1; round <= 30; round++)); do
      sqs-pull --protocol "$protocol" "${options[@]}" 2>>err | tee -a out |
        committed | AWS_ENDPOINT_URL_SQS=$REAL sqs-ack
      [ "$(counts)" != '0 0 0' ] || break
      sleep 1
    done
    each_at_least_once "$n" out
    if knows_attempts; then
      each_once "$n" out
      in_order out 3
    fi
    counts_are 0 0 0
    rm out
    proxy_stop
    rm -r proxy
    AWS_ENDPOINT_URL_SQS=$REAL
  done
}

@test "a corrupt message of a FIFO group holds back those behind it, and no other group" {
  for protocol in query json; do
    fifo_queue
    { grouped 3 1 && grouped 4 1 spoil | tail -n 1 && grouped 8 1 | tail -n 4 && grouped 9 9 | sed 's/g0/other/' | tail -n 1; } |
      sqs-send
    proxy_start
    mode 'corrupt spoil'
    # One receive, which gets them all.
    run -1 --separate-stderr sqs-pull -j 1 --wait 1 --protocol "$protocol" --empty 1 --visibility-timeout 4s
    [ "$(jq .body.n <<<"$output" | sort -n | xargs)" = '1 2 3 9' ]
    [[ $stderr == *"it stays on the queue"*corrupt=1\ held=4\ * ]] || { echo "$stderr" && false; }
    committed <<<"$output" | sqs-ack
    mode
    : >out
    until [ "$(jq .body.n out | sort -u | wc -l)" -eq 5 ]; do
      pull --protocol "$protocol" | tee -a out | committed | sqs-ack
    done
    [ "$(jq .body.n out | sort -nu | xargs)" = '4 5 6 7 8' ]
    ! knows_attempts || [ "$(jq .body.n out | xargs)" = '4 5 6 7 8' ]
    proxy_stop
    rm -r proxy
    AWS_ENDPOINT_URL_SQS=$REAL
  done
}

@test "the reader of a FIFO queue's messages goes away: the rest comes again, in order" {
  fifo_queue
  grouped 60 2 "$(printf 'x%.0s' {1..20000})" | sqs-send
  run -0 bash -c '{ sqs-pull --wait 1 --visibility-timeout 5s 2>err; echo $? >status; } | head -n 5 >first'
  [ "$(<status)" -eq 74 ]
  in_order first 2
  grep -q 'released=[1-9]' err
  committed <first | sqs-ack
  # What was in the pipe comes back after its time, before what is behind it.
  : >out
  SECONDS=0
  until [ "$(wc -l <out)" -ge 55 ] || [ "$SECONDS" -gt 60 ]; do
    sqs-pull --wait 1 | tee -a out | committed | sqs-ack
  done
  cat first out >all
  each_once 60 all
  ! knows_attempts || in_order all 2
}
