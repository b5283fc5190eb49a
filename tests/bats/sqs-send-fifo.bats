#!/usr/bin/env bats
# sqs-send: attributes, and the ids and the order of FIFO queues; and
# moves from one queue to another.

load ../lib/common
load ../lib/sqs
load ../lib/fifo

setup() { common_setup; }
teardown() { sqs_teardown; }

# raw: delete all messages of the queue and print them as in the XML of the server:
# {"body","group","deduplication","attributes":{NAME:[TYPE,VALUE]}}.
raw() {
  local answer lines
  while answer=$(servers_sqs "$SQS_QUEUE_URL" ReceiveMessage -d MaxNumberOfMessages=10 -d AttributeName.1=All \
    -d MessageAttributeName.1=All -d WaitTimeSeconds=1); do
    lines=$(python3 -c '
import json, re, sys
import xml.etree.ElementTree as tree
text = re.sub(r" xmlns=\"[^\"]*\"", "", sys.stdin.read())
for message in tree.fromstring(text).iter("Message"):
    system = {a.findtext("Name"): a.findtext("Value") for a in message.findall("Attribute")}
    users = {}
    for attribute in message.findall("MessageAttribute"):
        value = attribute.find("Value")
        text = value.findtext("StringValue")
        users[attribute.findtext("Name")] = [value.findtext("DataType"), text or value.findtext("BinaryValue")]
    print(json.dumps({"body": message.findtext("Body"), "group": system.get("MessageGroupId"),
        "deduplication": system.get("MessageDeduplicationId"), "attributes": users,
        "handle": message.findtext("ReceiptHandle")}))' <<<"$answer") || return 1
    [ -n "$lines" ] || return 0
    jq -c 'del(.handle)' <<<"$lines"
    jq -c '{sqs: {receipt_handle: .handle}, status: "committed"}' <<<"$lines" | sqs-ack -q
  done
}

@test "attributes of every type are sent with the body, each name once" {
  fresh_queue
  cat >in <<'IN'
{"body":"plain"}
{"body":"all","attributes":{"a":{"type":"String","value":"tëxt & <\"more\">"},"n.1":{"value":"1.50","type":"Number.int"},"b":{"type":"Binary","value":"AAEC/w=="}}}
{"body":"none","attributes":{}}
{"body":"null","attributes":null}
{"body":"twice","attributes":{"a":{"type":"String","value":"x"},"\u0061":{"type":"String","value":"first","value":"y","other":1}}}
{"attributes":{"a":1},"no":"body"}
IN
  run --separate-stderr -0 sqs-send <in
  [ -z "$output$stderr" ]
  raw | jq -cS '[.body, .attributes]' | sort >out
  sort >wanted <<'WANTED'
["plain",{}]
["all",{"a":["String","tëxt & <\"more\">"],"b":["Binary","AAEC/w=="],"n.1":["Number.int","1.50"]}]
["none",{}]
["null",{}]
["twice",{"a":["String","y"]}]
["{\"attributes\":{\"a\":1},\"no\":\"body\"}",{}]
WANTED
  diff wanted out
}

@test "invalid attributes: a warning with the line, the message is counted and not sent: status 1" {
  fresh_queue
  {
    for attributes in 1 '"x"' '[]' '{"a":1}' '{"a":null}' '{"a":{}}' '{"a":{"type":"String"}}' \
      '{"a":{"type":"String","value":1}}' '{"a":{"type":"String","value":""}}' '{"":{"type":"String","value":"x"}}' \
      '{"a":{"type":"Text","value":"x"}}' '{"a":{"type":"Binary","value":"no base64"}}'; do
      printf '{"body":"bad","attributes":%s}\n' "$attributes"
    done
    printf '{"body":"bad","attributes":{%s}}\n' \
      "$(for i in $(seq 11); do printf '"a%s":{"type":"String","value":"x"},' "$i"; done | sed 's/,$//')"
    printf '{"body":"bad","attributes":{"a":{"type":"String","value":"a\\u0001"}}}\n'
    printf '{"body":"good","attributes":{%s}}\n' \
      "$(for i in $(seq 10); do printf '"a%s":{"type":"String","value":"x"},' "$i"; done | sed 's/,$//')"
  } >in
  run --separate-stderr -1 sqs-send <in
  [ "$(grep -c 'with invalid attributes: not sent' <<<"$stderr")" -eq 12 ]
  grep -q 'line 13 is a message with more than ten attributes' <<<"$stderr"
  grep -q 'line 14 is a message with characters that SQS refuses' <<<"$stderr"
  grep -q 'sent=1 rejected=14 failed=0' <<<"$stderr"
  [ "$(raw | jq -c '[.body, (.attributes | length)]')" = '["good",10]' ]
}

@test "attributes count towards the size of a message and of a batch" {
  fresh_queue
  proxy_start
  # Each has a third of 1 MiB and more, half of it attributes: two fit, three do not.
  printf '{"body":"%s","attributes":{"a":{"type":"String","value":"%s"}}}\n' \
    "$(head -c 180000 /dev/zero | tr '\0' x)" "$(head -c 180000 /dev/zero | tr '\0' y)" >one
  sqs-send -q -j 1 < <(cat one one one one one) || true
  [ "$(requests SendMessageBatch)" -ge 3 ]
  printf '{"body":"%s","attributes":{"a":{"type":"String","value":"%s"}}}\n' \
    "$(head -c 1048000 /dev/zero | tr '\0' x)" "$(head -c 1000 /dev/zero | tr '\0' y)" >large
  run -1 sqs-send <large
  [[ $output == *'line 1 is a message over 1 MiB'* ]]
}

@test "a FIFO queue gets the ids of the records, and keeps the order of each group" {
  fifo_queue
  for n in $(seq 1 60); do
    printf '{"sqs":{"message_id":"m%s"},"fifo":{"message_group_id":"g%s","deduplication_id":"d-%s"},"body":{"n":%s}}\n' \
      "$n" $((n % 3)) "$n" "$n"
  done >in
  run --separate-stderr -0 sqs-send <in
  [ -z "$stderr" ]
  raw >out
  jq -c '[.group, .deduplication, (.body | fromjson.n)]' out | sort -t, -k3n >got
  for n in $(seq 1 60); do printf '["g%s","d-%s",%s]\n' $((n % 3)) "$n" "$n"; done | sort -t, -k3n | diff - got
  for group in g0 g1 g2; do
    jq -c "select(.group == \"$group\").body | fromjson.n" out >order
    [ "$(wc -l <order)" -eq 20 ]
    sort -nc order
  done
}

@test "records of version 0.1.0 with ids in sqs are accepted; ids in fifo take precedence" {
  fifo_queue
  cat >in <<'END'
{"sqs":{"message_group_id":"a","deduplication_id":"d1"},"body":"1"}
{"sqs":{"message_group_id":"old","deduplication_id":"d2"},"fifo":{"message_group_id":"b"},"body":"2"}
{"fifo":{"message_group_id":"c","deduplication_id":"d3"},"sqs":{"message_group_id":"old","deduplication_id":"old"},"body":"3"}
{"sqs":{"message_group_id":"d","deduplication_id":"d4"},"fifo":{"message_group_id":null},"body":"4"}
{"fifo":{"message_group_id":"old"},"fifo":{"message_group_id":"e","deduplication_id":"d5"},"body":"5"}
END
  sqs-send <in
  [ "$(raw | jq -c '[.body, .group, .deduplication]' | sort | xargs -d '\n')" = \
    '["1","a","d1"] ["2","b","d2"] ["3","c","d3"] ["4","d","d4"] ["5","e","d5"]' ]
}

@test "a FIFO queue and records without ids: one group, in the order of the input; the same input again adds nothing" {
  fifo_queue
  bodies 1 25 >in
  bodies 1 1 >>in
  sqs-send <in
  # The same input again, as after a crash: nothing new. Two equal lines of one input stay two.
  sqs-send <in
  raw >out
  [ "$(jq -r '.body | fromjson.n' out | xargs)" = "$(seq -s ' ' 1 25) 1" ]
  [ "$(jq -r .group out | sort -u)" = sqs-send ]
  [ "$(jq -r .deduplication out | grep -cE '^[0-9a-f]{64}$')" -eq 26 ]
  # A given group for records without one; the message id where there is one.
  printf '%s\n' '{"sqs":{"message_id":"m1"},"body":"a"}' '{"sqs":{"message_id":"m2"},"fifo":{"message_group_id":"own"},"body":"b"}' |
    sqs-send --group-id mine
  [ "$(raw | jq -c '[.body, .group, .deduplication]' | xargs -d '\n')" = '["a","mine","m1"] ["b","own","m2"]' ]
}

@test "--new-deduplication-ids: the queue does not drop a message whose id it knows" {
  fifo_queue
  printf '{"sqs":{"message_id":"%s"},"fifo":{"message_group_id":"g","deduplication_id":"same"},"body":"x"}\n' m1 >first
  sed 's/m1/m2/' first >second
  sqs-send <first
  sqs-send <second
  [ "$(raw | wc -l)" -eq 1 ]
  sqs-send --new-deduplication-ids <second
  [ "$(raw | jq -r .deduplication)" = m2 ]
}

@test "parts of a message, and messages of one id, are all on the FIFO queue; a record again is dropped" {
  fifo_queue
  for n in 0 1 2; do
    printf '{"sqs":{"message_id":"m1","part":%s,"parts":3},"fifo":{"message_group_id":"g","deduplication_id":"d"},"body":"p%s"}\n' $n $n
  done >in
  printf '{"sqs":{"message_id":"%s"},"fifo":{"message_group_id":"g","deduplication_id":"same"},"body":"%s"}\n' m2 a m3 b m2 a m3 b >>in
  printf '{"sqs":{"message_id":"%s"},"fifo":{"message_group_id":"g"},"body":"%s"}\n' "$(head -c 200 /dev/zero | tr '\0' m)" long >>in
  sqs-send <in
  sqs-send <in
  raw >out
  [ "$(jq -r .body out | xargs)" = 'p0 p1 p2 a b long' ]
  [ "$(jq -r .deduplication out | sed -E 's/^[0-9a-f]{64}$/digest/' | xargs)" = 'digest digest digest same m3 digest' ]
}

@test "ids that are too long for SQS: these lines are named, and the others are sent" {
  fifo_queue
  local long
  long=$(head -c 3000000 /dev/zero | tr '\0' i)
  {
    echo '{"body":"a"}'
    printf '{"fifo":{"message_group_id":"%s"},"body":"b"}\n' "$long" "${long:0:129}"
    printf '{"fifo":{"deduplication_id":"%s"},"body":"b"}\n' "$long"
    echo '{"body":"c"}'
  } >in
  run --separate-stderr -1 sqs-send <in
  for line in 2 3 4; do
    [[ $stderr == *"warning: line $line is a message whose group or deduplication id has more than 128 bytes: not sent"* ]]
  done
  [[ $stderr == *'sent=2 rejected=3 failed=0'* ]]
  [ "$(raw | jq -r .body | xargs)" = 'a c' ]
}

@test "the order is kept when answers are errors, are lost or report one message only" {
  fifo_queue
  proxy_start
  mode 'fail 3 503' 'lose 4' 'missing 5'
  bodies 1 150 | sqs-send --retry-timeout 60s
  raw | jq -r '.body | fromjson.n' >out
  diff <(seq 1 150) out
}

@test "a batch that a FIFO queue refuses whole is sent one by one, in order" {
  fifo_queue
  printf '{"fifo":{"message_group_id":"%s"},"body":{"n":%s}}\n' g 1 g 2 'not a group' 3 g 4 g 5 >in
  status=0
  sqs-send <in 2>err || status=$?
  # A server that accepts any group refuses nothing.
  if [ "$status" -eq 1 ]; then
    grep -q 'warning: line 3 is refused by the queue' err
    [ "$(raw | jq -r '.body | fromjson.n' | xargs)" = '1 2 4 5' ]
  else
    [ "$status" -eq 0 ]
    [ "$(raw | jq -r '.body | fromjson.n' | xargs)" = '1 2 3 4 5' ]
  fi
}

@test "an invalid group id: 64" {
  fresh_queue
  for id in '' 'a b' "$(head -c 129 /dev/zero | tr '\0' x)" 'é'; do
    run -64 sqs-send --group-id "$id" </dev/null
  done
}

@test "--verdicts on a full disk: 74; and records already read are not sent again and again" {
  fifo_queue
  bodies 1 5 >in
  run -74 bash -c 'sqs-send --verdicts <in >/dev/full'
  [ "$(raw | wc -l)" -le 5 ]
}

@test "three programs move attributes too; after the sender is killed half way, no message is lost" {
  fresh_queue VisibilityTimeout=3
  from=$SQS_QUEUE_URL
  fresh_queue
  main=$SQS_QUEUE_URL
  unset SQS_QUEUE_URL
  count=$(many)
  bodies 1 "$count" | jq -c '.attributes.own = {type: "Number.own", value: (.body.n * 3 | tostring)}' | sqs-send -Q "$from"
  # A slow sender, killed after some messages.
  mkfifo records
  sqs-pull -Q "$from" --attributes all --wait 1 >records 2>pull.err 3>&- 4>&- &
  pull=$!
  (
    sqs-send -Q "$main" --verdicts <records &
    echo $! >pid
    wait $!
  ) 2>/dev/null 3>&- 4>&- | sqs-ack -Q "$from" 2>ack.err 3>&- 4>&- &
  some() { [ "$(servers_counts "$main" | cut -d' ' -f1)" -ge 20 ]; }
  eventually 60 some
  kill -9 "$(<pid)"
  wait "$pull" || true
  eventually 60 sh -c "! kill -0 $pull 2>/dev/null"
  # Messages without a verdict return, and a second run moves them.
  all_visible() { [ "$(servers_counts "$from" | cut -d' ' -f2)" -eq 0 ]; }
  eventually 60 all_visible
  sqs-pull -Q "$from" --attributes all --wait 1 | sqs-send -Q "$main" --verdicts | sqs-ack -Q "$from"
  [ "$(servers_counts "$from")" = '0 0 0' ]
  SQS_QUEUE_URL=$main pull --attributes all --visibility-timeout 60s >out
  each_at_least_once "$count" out
  [ "$(jq -c '.attributes == {own: {type: "Number.own", value: (.body.n * 3 | tostring)}}' out | sort -u)" = true ]
}
