#!/usr/bin/env bats
# scripts/init.sh (installed as sqs2pg-init): from a queue to policy, key and settings.

load ../lib/common

setup() {
  common_setup
  fresh_queue VisibilityTimeout=60
  QUEUE=$SQS_QUEUE_URL
  unset SQS_QUEUE_URL
  # Away from the checkout, so that it takes the programs of the build under test.
  install -D -m 755 "$ROOT/scripts/init.sh" bin/sqs2pg-init
  INIT=$PWD/bin/sqs2pg-init
  export SQS2PG_LOCK_DIR=$PWD
}

init() { "$INIT" -Q "$QUEUE" -t user_logins -o files "$@"; }
counts() { servers_counts "$QUEUE"; }
nothing_made() { [ -z "$(ls -A files 2>/dev/null)" ]; }
# redriven N: a queue whose messages may be received so often.
redriven() {
  local dead
  dead=$(servers_queue "$(unique)")
  QUEUE=$(servers_queue "$(unique)" VisibilityTimeout=60 \
    "RedrivePolicy={\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:${dead##*/}\",\"maxReceiveCount\":\"$1\"}")
  sqs-send -q -Q "$QUEUE" <<<'{"body":{"ip":"203.0.113.5"}}'
}

@test "the sample's queue: files that load it, masked, for their owner alone; every message is released" {
  fresh_database
  create_user_logins
  sqs-send -q -Q "$QUEUE" <"$SAMPLE"
  run --separate-stderr -0 init
  counts_are 100 0 0
  [[ $output == *'The queue: 100 messages looked at and released; it allows any number of deliveries.'* ]]
  [[ $output == *"  sqs2pg -v -c $PWD/files/user_logins.env" ]]
  printf '%s\n' "$output" "$stderr" >said
  no_canary said files/*
  [ "$(stat -c %a files/* | sort -u)" = 600 ]
  grep -qE '^\.ip ' files/user_logins.policy
  grep -qE '^\.device_id ' files/user_logins.policy
  # What it wrote is what sqs2pg takes. The sample has one event that is malformed.
  copy_sqs2pg bin
  echo SQS2PG_PULL_OPTIONS=--wait 1 >>files/user_logins.env
  run --separate-stderr -0 "$SQS2PG" -c files/user_logins.env
  counts_are 0 0 0
  [ "$(sql "SELECT count(*) FROM user_logins WHERE masked_ip LIKE '%siv1.%'")" -gt 0 ]
  sql 'SELECT * FROM user_logins' >rows
  no_canary rows
}

@test "no clear value is written to any file, not for a moment" {
  # More than a pipe holds.
  local n
  for ((n = 1; n <= 60; n++)); do
    printf '{"body":{"ip":"203.0.113.77","mail":"canary@example.com","t":"%03000d"}}\n' "$n"
  done | sqs-send -q -Q "$QUEUE"
  strace -f -y -s 200000 -e trace=write,writev,pwrite64 -o trace "$INIT" -Q "$QUEUE" -t t -o files >out
  # In pipes and sockets they were, or this looks at nothing.
  [ "$(grep -cE 'write[^(]*\([0-9]+<(pipe|socket|UNIX|TCP)[^>]*>.*canary' trace)" -gt 0 ]
  run -1 grep -E 'write[^(]*\([0-9]+</[^>]*>.*(canary|203\.0\.113\.77)' trace
  run -1 grep -qE 'canary|203\.0\.113\.77' out files/t.policy files/t.env
}

@test "under four deliveries it wants --yes: 64 before anything is received" {
  redriven 3
  run --separate-stderr -64 init
  [ "${stderr_lines[0]}" = 'sqs2pg-init: error: the queue allows 3 deliveries of a message, and a look counts as one' ]
  nothing_made
  [ "$(sqs-pull --print-redrive -Q "$QUEUE" | jq -r .maxReceiveCount)" = 3 ]
  [ "$(sqs-pull --print-redrive --protocol json -Q "$QUEUE" | jq -r .maxReceiveCount)" = 3 ]
  run -64 sqs-pull --print-redrive --acked /dev/null -Q "$QUEUE"
  run --separate-stderr -0 init --yes
  [[ $output == *'it allows 3 deliveries.'* ]]
  counts_are 1 0 0
  # The second delivery: none was spent by the refusal.
  [ "$(sqs-pull -q -n 1 -Q "$QUEUE" | jq .sqs.receive_count)" = 2 ]
  redriven 4
  run --separate-stderr -0 "$INIT" -Q "$QUEUE" -t other -o files
}

@test "an empty queue is 1, a file that is there already 74, no queue 69: nothing is made" {
  run --separate-stderr -1 init
  [ "${stderr_lines[-1]}" = 'sqs2pg-init: error: no message was there to be looked at' ]
  nothing_made
  run --separate-stderr -69 "$INIT" -Q "$QUEUE-none" -t t -o files
  nothing_made
  sqs-send -q -Q "$QUEUE" <<<'{"body":{"ip":"203.0.113.5"}}'
  touch files/user_logins.map
  run --separate-stderr -74 init
  [ "$stderr" = "sqs2pg-init: error: there is a $PWD/files/user_logins.map already" ]
  [ "$(ls files)" = user_logins.map ]
  [ "$(sqs-pull -q -n 1 -Q "$QUEUE" | jq .sqs.receive_count)" = 1 ]
}

@test "a scanner that fails: its status, the messages are released, and no file is left" {
  sqs-send -q -Q "$QUEUE" <<<'{"body":{"ip":"203.0.113.5"}}'
  # shellcheck disable=SC2016  # sh's
  printf '#!/bin/sh\ncase " $* " in *" --suggest "*) exit 70 ;; esac\nexec pii-scan "$@"\n' >bin/pii-scan
  chmod 755 bin/pii-scan
  run --separate-stderr -70 init
  nothing_made
  counts_are 1 0 0
}

@test "usage errors: 64" {
  local arguments
  for arguments in '' '-Q q -t t' '-Q q -o o' '-t t -o o' '-Q q -Q q -t t -o o' '-Q q -t a/b -o o' '-Q q -t t -o o x' '-x' \
    '--yes=1' '-Q' '--log x -Q q -t t -o o'; do
    # shellcheck disable=SC2086
    run -64 "$INIT" $arguments
  done
  run -74 bash -c '"$0" --help >/dev/full' "$INIT"
}
