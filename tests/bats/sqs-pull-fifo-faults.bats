#!/usr/bin/env bats
# sqs-pull: the order of the groups of a FIFO queue under faults, with both protocols.

load ../lib/common
load ../lib/sqs
load ../lib/fifo

setup() { common_setup; }
teardown() { sqs_teardown; }

@test "cut or lost answers of a FIFO queue: requested again, each message once and in order" {
  for protocol in query json; do
    fifo_queue
    n=60 options=(-j 2 --wait 2 --visibility-timeout 30s)
    # Without attempt ids, lost messages return after their timeout.
    knows_attempts || { n=15 && options=(-j 1 --wait 1 --empty 1 --visibility-timeout 3s); }
    grouped "$n" 3 | sqs-send
    proxy_start
    mode 'cut 3' 'lose 4' 'fail 5 503'
    for ((round = 1; round <= 30; round++)); do
      # Faults at every third call can hit the same call of every round.
      [ "$round" -ne 10 ] || mode
      sqs-pull --protocol "$protocol" "${options[@]}" 2>>err | tee -a out |
        committed | AWS_ENDPOINT_URL_SQS=$DIRECT sqs-ack
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
    proxy_gone
  done
}

@test "a corrupt message of a FIFO group delays the later ones of the group, and no other group" {
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
    proxy_gone
  done
}

@test "the reader of messages of a FIFO queue goes away: the rest is received again, in order" {
  fifo_queue
  grouped 60 2 "$(printf 'x%.0s' {1..20000})" | sqs-send
  run -0 bash -c '{ sqs-pull --wait 1 --visibility-timeout 5s 2>err; echo $? >status; } | head -n 5 >first'
  [ "$(<status)" -eq 74 ]
  in_order first 2
  grep -q 'released=[1-9]' err
  committed <first | sqs-ack
  # Messages in the pipe return after their timeout, before the later ones.
  : >out
  SECONDS=0
  until [ "$(wc -l <out)" -ge 55 ] || [ "$SECONDS" -gt 60 ]; do
    sqs-pull --wait 1 | tee -a out | committed | sqs-ack
  done
  cat first out >all
  each_once 60 all
  ! knows_attempts || in_order all 2
}
