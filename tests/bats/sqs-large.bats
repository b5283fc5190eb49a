#!/usr/bin/env bats
# The sqs programs with many messages: through a plain pipe, through a failing network, with
# leases and rejected messages, and from one FIFO queue to another.
#
#   TEST_MESSAGES=100000 bats -f rejected tests/bats/sqs-large.bats
#
# sets the number of messages of each test (the default is lower, see lots()), with time for them.

load ../lib/common
load ../lib/sqs

export BATS_TEST_TIMEOUT=$((TEST_MESSAGES > 0 ? 3600 : 240))

setup() { common_setup; }
teardown() { sqs_teardown; }

# lots N: print the number of messages to use where N are wanted: fewer on moto, whose time grows with the
# square, and with programs under a sanitizer.
lots() {
  local n=${TEST_MESSAGES:-$1}
  [ -n "${TEST_MESSAGES:-}" ] || [ -z "${SANITIZER_REPORTS:-}" ] || n=$((n / 4))
  [ "$SERVERS_SQS" != moto ] || n=$((n / 80 < 100 ? 100 : n / 80))
  echo "$n"
}

# same FILE: check that standard input is the file, byte for byte; show the first differences.
same() { diff "$1" - >difference || { head -n 5 difference && return 1; }; }

@test "through tee and jq: each message once, each deleted, none failed" {
  fresh_queue VisibilityTimeout=600
  n=$(lots 20000)
  fill "$n"
  sqs-pull -v --wait 1 2>pull.err | tee f | jq -c '.status="committed"' | sqs-ack -v 2>ack.err
  each_once "$n" f
  [ "$(jq -r .sqs.message_id f | sort -u | wc -l)" -eq "$n" ]
  counts_are 0 0 0
  grep -q " received=$n printed=$n released=0 corrupt=0 " pull.err
  grep -q " deleted=$n lost=0 failed=0 " ack.err
}

# faulty PROTOCOL N: load N messages through all faults together into a table, once each.
faulty() {
  local n=$2 round began cpu wall
  fresh_queue VisibilityTimeout=3
  fresh_database
  sql 'CREATE TABLE arrived (n integer)'
  fill "$n"
  proxy_start
  mode 'fail 10 503' 'error 13 RequestThrottled' 'cut 9' 'truncate 11' 'stall 97 2'
  began=$EPOCHREALTIME
  for round in $(seq 40); do
    { TIMEFORMAT='%U %S' && time sqs-pull --protocol "$1" --wait 1 2>>err; } 2>>cpu |
      tee -a out | pg-load -q -t arrived | sqs-ack --protocol "$1" 2>>err || true
    counts_are 0 0 0 && break
    sleep 0.5
  done
  wall=$(awk -v from="$began" -v to="$EPOCHREALTIME" 'BEGIN { print to - from }')
  cat err
  echo "$round rounds, $wall s"
  # The purpose of the ledger: in the table once, even after redeliveries.
  [ "$(sql 'SELECT count(*), count(DISTINCT n), min(n), max(n) FROM arrived')" = "$n|$n|1|$n" ]
  [ "$(sql 'SELECT count(*) FROM arrived_ledger')" = "$n" ]
  [ "$(jq -r .sqs.message_id out | sort -u | wc -l)" -eq "$n" ]
  counts_are 0 0 0
  run -1 grep -q error: err
  # There were faults, and each cost only a few requests.
  grep -q ' fail ' proxy/requests
  [ "$(grep -cE ' (ReceiveMessage|DeleteMessageBatch) ' proxy/requests)" -le $((n + 200 * round)) ]
  # Waiting uses no CPU time.
  cpu=$(awk '{ s += $1 + $2 } END { print s }' cpu)
  awk -v cpu="$cpu" -v wall="$wall" 'BEGIN { exit !(cpu < wall / 2) }'
}

@test "a network that fails in every way, with the query protocol: all messages arrive, once each" {
  faulty query "$(lots 5000)"
}

@test "a network that fails in every way, with the JSON protocol: all messages arrive, once each" {
  faulty json "$(lots 1000)"
}

# redriven N: make a queue with N messages and a dead-letter queue, in DEAD, after two receives.
redriven() {
  local arn
  DEAD=$(servers_queue "$(unique)")
  arn=$(servers_sqs "$DEAD" GetQueueAttributes -d AttributeName.1=QueueArn | servers_xml_value Value)
  fresh_queue VisibilityTimeout=5 "RedrivePolicy={\"deadLetterTargetArn\":\"$arn\",\"maxReceiveCount\":\"2\"}"
  fill "$1"
}

none_hidden() { [[ $(counts) == *' 0 0' ]]; }
dead_are() { [ "$(servers_counts "$DEAD")" = "$1 0 0" ]; }

# leased: run the loop once, with every tenth message rejected. It ends with 0, or with 1 for those.
leased() {
  local status=0
  sqs-pull -v --wait 1 --acked acked 2>>pull.err |
    jq -c --unbuffered '.status = if .body.n % 10 == 0 then "rejected" else "committed" end' | tee -a out |
    sqs-ack -v --print 2>>ack.err >acked || status=$?
  [ "$status" -le 1 ]
}

@test "leases, every tenth message rejected: the loop ends, and these return and reach the dead-letter queue" {
  n=$(lots 10000)
  redriven "$n"
  mkfifo acked
  for round in $(seq 10); do
    leased
    # Rejected ones stay hidden for their timeout.
    eventually 60 none_hidden
    [ "$(counts)" != '0 0 0' ] || break
    echo "round $round: $(counts)"
  done
  eventually 60 dead_are $((n / 10))
  # No committed message was received twice; rejected ones as often as the policy allows.
  seq 1 "$n" | grep -v '0$' | same <(jq 'select(.status == "committed").body.n' out | sort -n)
  seq 10 10 "$n" | sed p | same <(jq 'select(.status == "rejected").body.n' out | sort -n)
  seq 10 10 "$n" | same <(SQS_QUEUE_URL=$DEAD pull --visibility-timeout 600s | jq .body.n | sort -n)
  run -1 grep -E 'error:| failed=[1-9]' pull.err ack.err
}

# attributed COUNT GROUPS: print records for a FIFO queue, spread over groups, with attributes of two types.
attributed() {
  awk -v count="$1" -v groups="$2" 'BEGIN { for (n = 1; n <= count; n++)
    printf "{\"fifo\":{\"message_group_id\":\"g%d\",\"deduplication_id\":\"d%d\"},\"attributes\":" \
      "{\"trace\":{\"type\":\"String\",\"value\":\"t-%d\"},\"weight\":{\"type\":\"Number\",\"value\":\"%d\"}}," \
      "\"body\":{\"n\":%d}}\n", n % groups, n, n, n, n }'
}

# what FILE: print the parts that a move must keep, one message per line, in the order of their groups.
what() { jq -cS '[.fifo.message_group_id, .fifo.deduplication_id, .attributes, .body]' "$1" | sort -t, -s -k1,1; }

# Messages behind a locked group are not visible to a receive: a drain may end before they are.
@test "three programs move a FIFO queue to another: attributes, groups, ids and order are kept" {
  from=$(servers_queue "$(unique).fifo" FifoQueue=true VisibilityTimeout=600)
  to=$(servers_queue "$(unique).fifo" FifoQueue=true VisibilityTimeout=600)
  n=$(lots 2000)
  attributed "$n" 40 >in
  sqs-send -q -Q "$from" <in
  for ((round = 0; round < 10; round++)); do
    sqs-pull -Q "$from" --attributes all --fifo-ids --wait 1 |
      sqs-send -Q "$to" --verdicts | tee -a verdicts | sqs-ack -v -Q "$from" 2>>ack.err
    [ "$(servers_counts "$from")" != '0 0 0' ] || break
  done
  [ "$(servers_counts "$from")" = '0 0 0' ]
  [ "$(grep -oP ' deleted=\K[0-9]+(?= lost=0 failed=0 )' ack.err | awk '{ sum += $1 } END { print sum }')" = "$n" ]
  [ "$(jq -r .status verdicts | sort | uniq -c | xargs)" = "$n sent" ]
  # A group continues only when its messages are deleted.
  for ((round = 0; round < 10; round++)); do
    sqs-pull -Q "$to" --attributes all --fifo-ids --wait 1 | tee -a out | committed | sqs-ack -Q "$to"
    [ "$(servers_counts "$to")" != '0 0 0' ] || break
  done
  what in | same <(what out)
}
