#!/usr/bin/env bats
# The ids of FIFO queues, which producers choose: only ids that the policy names pass, and an error
# record holds none of them in clear.

load ../lib/common

setup() {
  common_setup
  key k
}

mask() { pii-mask -k k "$@"; }
unmask() { pii-unmask -k k "$@"; }

RECORD='{"sqs":{"message_id":"m"},"fifo":{"message_group_id":"anna@example.org","deduplication_id":"order-4711"},"body":{"ip":"203.0.113.77"}}'

@test "fifo is removed unless the policy names it" {
  run -0 --separate-stderr mask <<<"$RECORD"
  [ "$(jq -c 'keys' <<<"$output")" = '["body","pii","sqs"]' ]
  # In another spelling, repeated, or of another kind.
  run -0 --separate-stderr mask <<<'{"\u0066ifo":"anna@example.org","fifo":{"message_group_id":"anna@example.org"},"body":{"ip":""}}'
  [[ $output != *anna* ]]
  [ "$(jq -c 'has("fifo")' <<<"$output")" = false ]
  # Also with the record as the root.
  run -0 --separate-stderr mask -m .body.ip=siv --root . <<<"$RECORD"
  [[ $output != *anna* && $output != *4711* ]]
}

@test "only ids that the policy names pass, masked or kept" {
  printf '.ip siv as masked_ip\nfifo.message_group_id siv\n' >one
  run -0 --separate-stderr mask -p one <<<"$RECORD"
  [ "$(jq -c '.fifo | keys' <<<"$output")" = '["message_group_id"]' ]
  [[ $(jq -r .fifo.message_group_id <<<"$output") == siv1.* ]]
  [ "$(unmask -p one <<<"$output" | jq -c '[.fifo, .body]')" = \
    '[{"message_group_id":"anna@example.org"},{"ip":"203.0.113.77"}]' ]
  printf '.ip siv\nfifo.message_group_id hmac in user\nfifo.deduplication_id keep\n' >two
  run -0 --separate-stderr mask -p two <<<"$RECORD"
  [[ $(jq -r .fifo.message_group_id <<<"$output") == hmac1.* ]]
  [ "$(jq -r .fifo.deduplication_id <<<"$output")" = order-4711 ]
  # Naming an id lets no attribute pass, and the reverse.
  jq -c '.attributes = {a: {type: "String", value: "anna@example.org"}}' <<<"$RECORD" >both
  run -0 --separate-stderr mask -p two <both
  [[ $output != *anna* ]]
  printf '.ip siv\nattributes.a keep\n' >three
  run -0 --separate-stderr mask -p three <both
  [ "$(jq -c '[has("fifo"), .attributes.a.value]' <<<"$output")" = '[false,"anna@example.org"]' ]
  # Also on the command line; and printed as it was read.
  [ "$(mask -m .ip=siv -m fifo.deduplication_id=keep <<<"$RECORD" | jq -c .fifo)" = '{"deduplication_id":"order-4711"}' ]
  mask -p two --print-policy | grep -x 'fifo.message_group_id hmac in user'
}

@test "a policy with a wrong line for fifo is refused, with the line" {
  printf '.ip siv\nfifo.message_group_id siv as group\n' >p
  run -78 mask -p p <<<"$RECORD"
  [[ $output == *'p:2:'* ]]
  printf '.ip siv\nfifo.a/b siv\n' >p
  run -78 mask -p p <<<"$RECORD"
  [[ $output == *'p:2:'* ]]
  printf '.ip siv\nenvelope.rest keep\nenvelope.rest.ip siv\n' >p
  run -78 mask -p p <<<"$RECORD"
  [[ $output == *'p:3:10: a rule for envelope or fifo names a whole member'* ]]
  run -64 mask --root .fifo -m .x=siv <<<"$RECORD"
  run -64 mask --root . -m .fifo.x=siv <<<"$RECORD"
}

@test "an error record seals fifo with the rest, and pii-unmask restores it" {
  printf '.ip siv\nrequire .gone\nfifo.message_group_id keep\n' >p
  for options in '' '-p p'; do
    # shellcheck disable=SC2086
    jq -c '.body = "text"' <<<"$RECORD" | mask $options >out
    [ "$(jq -c 'keys' out)" = '["error","sealed","sqs"]' ]
    run -1 grep -E 'anna|4711' out
    [ "$(unmask <out | jq -c .fifo)" = "$(jq -c .fifo <<<"$RECORD")" ]
  done
  # Also one that arrives with an error.
  jq -c '.error = {stage: "x", code: "y"}' <<<"$RECORD" | mask >out
  run -1 grep -E 'anna|4711' out
  jq -c '{sqs, fifo, error: {stage: "x", code: "y"}}' <<<"$RECORD" | mask >out
  run -1 grep -E 'anna|4711' out
  # A clear id beside a sealed one does not replace it.
  jq -c '.body = "text"' <<<"$RECORD" | mask | jq -c '.fifo = {message_group_id: "other"}' | unmask >out || true
  jq -e '.error.code == "collision" and .sealed' out
}

@test "--rewrap also moves the ids to another key" {
  printf '.ip siv\nfifo.message_group_id siv\n' >p
  mask -p p <<<"$RECORD" >old
  pii-keygen --rotate k
  mask -p p --rewrap <old >new
  [ "$(jq -r .fifo.message_group_id old)" != "$(jq -r .fifo.message_group_id new)" ]
  [ "$(unmask -p p <new | jq -r .fifo.message_group_id)" = anna@example.org ]
  # An id that should not have passed is an error.
  jq -c '.fifo = {deduplication_id: "order-4711"}' old | mask --rewrap -m .ip=siv >out || true
  run -1 grep 4711 out
}
