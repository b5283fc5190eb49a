#!/usr/bin/env bats
# sqs-pull: FIFO queues, their ids and the order of their groups, with both protocols.

load ../lib/common
load ../lib/sqs
load ../lib/fifo

setup() { common_setup; }
teardown() { sqs_teardown; }

@test "a FIFO queue: sequence numbers always, group and deduplication ids with --fifo-ids" {
  for protocol in query json; do
    fifo_queue
    grouped 4 2 | sqs-send
    pull --protocol "$protocol" -n 4 >plain
    fifo_queue
    grouped 4 2 | sqs-send
    pull --protocol "$protocol" -n 4 --fifo-ids >ids
    [ "$(jq -c 'has("fifo")' plain | sort -u)" = false ]
    # Producers choose them: not in sqs, which passes every program.
    [ "$(jq -c '.sqs | has("message_group_id") or has("deduplication_id")' plain ids | sort -u)" = false ]
    [ "$(jq -c 'keys_unsorted' ids | sort -u)" = '["sqs","fifo","body"]' ]
    [ "$(jq -rs 'sort_by(.body.n)[].fifo | "\(.message_group_id) \(.deduplication_id)"' ids | xargs)" = \
      'g1 d1 g0 d2 g1 d3 g0 d4' ]
    ! knows_attempts || [ "$(jq -r '.sqs.sequence_number | type' plain ids | sort -u)" = string ]
  done
  # A standard queue has none.
  fresh_queue
  fill 1
  sqs-pull --wait 1 --fifo-ids | jq -e '(.sqs | has("sequence_number")) or has("fifo") | not'
}

# Messages that wait for a verdict lock their group, and a queue with locked groups gives nothing:
# that does not count as drained.
@test "a FIFO queue drained with parallel receives: each group in order, each message once" {
  # Long polls of moto do not notice that a group is unlocked.
  n=120
  knows_attempts || n=36
  for protocol in query json; do
    fifo_queue
    grouped "$n" 6 | sqs-send
    rm -f fifo
    mkfifo fifo
    # Not in a function, whose shell would also hold the output open.
    sqs-pull --wait 1 --protocol "$protocol" --acked fifo | tee out |
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
  sqs-pull -v --wait 1 --acked fifo 2>err | tee out | (cat >all && committed <all) |
    sqs-ack --print >fifo
  [ "$SECONDS" -ge 10 ]
  printed=$(wc -l <out)
  [ "$printed" -ge 10 ]
  in_order out 2
  grep -q " acked=$printed .*lapsed=0" err
  # Where locked groups give nothing, the later messages are left for the next run.
  counts_are $((40 - printed)) 0 0
  cp out all
  until counts_are 0 0 0; do
    pull | tee -a all | committed | sqs-ack
  done
  each_once 40 all
  in_order all 2
}
