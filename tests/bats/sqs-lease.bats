#!/usr/bin/env bats
# Leases: sqs-pull --acked, closed into a loop by sqs-ack --print.

load ../lib/common
load ../lib/sqs

# A wrapper such as timeout would hold the output open, too, so that the loop never saw its end.
export BATS_TEST_TIMEOUT=60

setup() {
  common_setup
  fresh_queue VisibilityTimeout=3
  mkfifo acked
}

# loop COMMAND...: the loop around a consumer; its statuses are ${STATUSES}.
# shellcheck disable=SC2034
loop() {
  STATUSES=
  sqs-pull -v --wait 1 "${SERIAL[@]}" --acked acked 2>pull.err | tee out | "$@" |
    sqs-ack -v --print 2>ack.err >acked || true
  STATUSES="${PIPESTATUS[*]}"
}

slowly() { sleep 8; committed; }
some_rejected() { jq -c '.status = if .body.n % 10 == 0 then "rejected" else "committed" end'; }
some_silent() { jq -c 'select(.body.n % 10 != 0) | .status = "committed"'; }

@test "a consumer slower than the visibility timeout: with leases no message comes twice" {
  fill 40
  loop slowly
  each_once 40 out
  grep -q 'acked=40 extended=[1-9]' pull.err
  counts_are 0 0 0
}

@test "rejected messages lose their lease and come back after their timeout" {
  fill 40
  loop some_rejected
  eventually 8 counts_are 4 0 0
}

@test "what got no verdict is released at the end" {
  fill 40
  loop some_silent
  grep -q 'released=' pull.err
  eventually 2 counts_are 4 0 0
}

@test "a stage that fails at once: everything is visible again" {
  fill 40
  loop false
  eventually 2 counts_are 40 0 0
}

@test "--acked wants a FIFO" {
  run -74 sqs-pull --acked nothing
  touch regular
  run -64 sqs-pull --acked regular
  run -64 sqs-pull --max-lease 5m
}
