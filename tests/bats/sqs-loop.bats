#!/usr/bin/env bats
# The loop of leases when a stage dies, fails, never starts or is stopped: it ends, and no message
# is lost.

load ../lib/common
load ../lib/sqs

# A wrapper such as timeout would also hold the output open, so that the loop never saw its end.
export BATS_TEST_TIMEOUT=150

setup() {
  common_setup
  mkfifo acked
}

@test "a stage that fails immediately, or is missing: all messages are visible again" {
  fresh_queue VisibilityTimeout=60
  fill 40
  for consumer in false no-such-program; do
    loop "$consumer" 2>/dev/null
    [ "${STATUSES##* }" -eq 0 ]
    counts_are 40 0 0
  done
}

@test "no process opens the FIFO: the run ends, and all messages are visible again" {
  fresh_queue VisibilityTimeout=90
  fill 40
  run -1 bash -c 'set -o pipefail; sqs-pull -v --wait 1 --grace 2s --acked acked 2>err | cat >out'
  grep -q 'warning: no process has opened the --acked FIFO' err
  grep -q 'printed=40 released=40 .*acked=0' err
  counts_are 40 0 0
  # The same when the reader goes away with much left to print.
  bodies 41 300 | jq -c '.body.pad = "x" * 4000' | sqs-send
  SECONDS=0
  run -0 bash -c 'sqs-pull --wait 1 --acked acked 2>err | head -n 1 >first; echo "${PIPESTATUS[0]}"'
  [ "$output" = 74 ]
  [ "$SECONDS" -lt 20 ]
  counts_are 300 0 0
}

@test "a wrong command line does not block the program that opens the FIFO" {
  fresh_queue
  for options in '--wait 99 --acked acked' '--acked acked --nonsense' '--acked=acked operand' '-f --empty 1 --acked=acked'; do
    # Also when that program is late.
    for late in 0 0.3; do
      # shellcheck disable=SC2016
      run -0 timeout 30 bash -c 'sqs-pull $1 2>err | (sleep "$2"; exec sqs-ack --print >acked); echo "${PIPESTATUS[*]}"' \
        - "$options" "$late"
      [ "$output" = '64 0' ]
    done
  done
}

# Not $(<...), at which bash ends a shell under set -e even in a condition.
closed() { [ -s consumer.pid ] && [ -s ack.pid ] && grep -qx sqs-ack "/proc/$(cat ack.pid)/comm"; }

nothing_in_flight() { [ "$(counts | cut -d' ' -f2)" -eq 0 ]; }

# survive STAGE SIGNAL MOMENT HIDDEN: run 60 messages in a folder and a queue of their own, with the
# visibility timeout HIDDEN. After MOMENT verdicts, send the signal to the stage. The run must end,
# and messages without a verdict must still be on the queue.
survive() {
  mkdir "$1-$2-$3" && cd "$1-$2-$3" && mkfifo acked || return 1
  export SQS_QUEUE_URL
  SQS_QUEUE_URL=$(servers_queue "$(unique)_$1_$2_$3" "VisibilityTimeout=$4") && fill 60 && : >verdicts || return 1
  # shellcheck disable=SC2016  # expanded by the inner shell
  {
    set +e
    role pull sqs-pull -v --wait 1 --acked acked 2>pull.err |
      role consumer bash -c 'while IFS= read -r line; do
        printf "%s,\"status\":\"committed\"}\n" "${line%\}}" && sleep 0.02 || exit; done' 2>/dev/null |
      tee verdicts | (echo "$BASHPID" >ack.pid && exec sqs-ack -v --print >acked 2>ack.err)
    echo "${PIPESTATUS[*]}" >statuses
  } 2>/dev/null &
  # Before sqs-pull has opened the FIFO, the shell would wait for it forever.
  if ! { eventually 60 closed && eventually 60 lines_at_least verdicts "$3"; }; then
    echo "no such moment" && return 1
  fi
  kill -s "$2" "$(<"$1.pid")"
  eventually 60 test -s statuses || { echo "it hangs" && return 1; }
  eventually 60 nothing_in_flight || { echo "$(counts) left" && return 1; }
  sqs-pull -q --wait 1 --visibility-timeout 60s >rest
  # A cut verdict was not processed.
  jq -cR 'fromjson? | .body.n' verdicts rest | sort -nu | diff -q - <(seq 60) || { echo "lost" && return 1; }
}

@test "each stage killed by SIGKILL or SIGTERM, at its start or half way: the loop ends, and no message is lost" {
  runs=()
  for stage in pull consumer ack; do
    for signal in KILL TERM; do
      for moment in 0 20; do
        # A killed source releases nothing. The other stages get a shorter wait.
        hidden=90
        [ "$stage-$signal" != pull-KILL ] || hidden=8
        survive "$stage" "$signal" "$moment" "$hidden" >"$stage-$signal-$moment.log" 2>&1 3>&- 4>&- &
        runs+=($!)
      done
    done
  done
  failed=0
  for run in "${runs[@]}"; do wait "$run" || failed=1; done
  [ "$failed" -eq 0 ] || { tail -n 5 ./*.log ./*/*.err ./*/statuses; false; }
  # A stopped source loses nothing and releases no message that gets its verdict; nor does a stopped end.
  [ "$(<pull-TERM-20/statuses)" = '0 0 0 0' ]
  [ "$(<ack-TERM-20/statuses)" = '0 0 0 0' ]
  grep -q 'deleted=60' ack-TERM-20/ack.err
  # A source whose verdicts end without a stop request is not done, although it has printed all.
  [[ $(<ack-KILL-20/statuses) == @(1|74)' '* ]]
}

@test "SIGTERM to sqs-pull and SIGKILL to the program after it: unacknowledged messages are visible within seconds" {
  twenty='for ((i = 0; i < 20; i++)); do IFS= read -r line; printf "%s,\"status\":\"committed\"}\n" "${line%\}}"; done
    exec tail -s 60 -f /dev/null'
  for victim in consumer none; do
    fresh_queue VisibilityTimeout=90
    fill 50
    rm -f statuses
    {
      set +e
      role pull sqs-pull -v -f --wait 2 --grace 2s --acked acked 2>pull.err | tee out |
        role consumer bash -c "$twenty" | sqs-ack -v --print 2>ack.err >acked
      echo "${PIPESTATUS[*]}" >statuses
    } 3>&- 4>&- 2>/dev/null &
    eventually 30 counts_are 0 30 0
    kill -TERM "$(<pull.pid)"
    [ "$victim" = none ] || kill -KILL "$(<consumer.pid)"
    # The wait for a live but silent consumer lasts as long as --grace.
    eventually 12 counts_are 30 0 0
    kill -KILL "$(<consumer.pid)" 2>/dev/null || true
    eventually 60 test -s statuses
    grep -q 'released=30 .*acked=20' pull.err
  done
}
