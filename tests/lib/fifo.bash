# Functions for tests of FIFO queues.

# fifo_queue: make an empty FIFO queue, in SQS_QUEUE_URL.
fifo_queue() {
  SQS_QUEUE_URL=$(servers_queue "$(unique).fifo" FifoQueue=true VisibilityTimeout=30) && export SQS_QUEUE_URL
}

# grouped COUNT GROUPS [TEXT]: print COUNT records with bodies {"n":1} and so on, spread over groups g0, g1 …
grouped() {
  awk -v count="$1" -v groups="$2" -v text="${3:-}" 'BEGIN { for (n = 1; n <= count; n++)
    printf "{\"fifo\":{\"message_group_id\":\"g%d\",\"deduplication_id\":\"d%d\"},\"body\":{\"n\":%d,\"t\":\"%s\"}}\n",
      n % groups, n, n, text }'
}

# in_order FILE GROUPS: check that the numbers of each group rise, none twice.
in_order() {
  local group
  for ((group = 0; group < $2; group++)); do
    jq --argjson group "$group" --argjson groups "$2" '.body.n | select(. % $groups == $group)' "$1" >numbers
    sort -nu numbers | diff - numbers || return 1
  done
}

# moto has neither sequence numbers nor attempt ids; and it returns redelivered messages in another
# order, the last of a group first.
knows_attempts() { [ "$SERVERS_SQS" != moto ]; }
