#!/usr/bin/env bats
# scripts/init.sh (installed as sqs2pg-init): from a queue to policy, key and settings.

load ../lib/common

setup() {
  common_setup
  fresh_queue VisibilityTimeout=60
  QUEUE=$SQS_QUEUE_URL
  unset SQS_QUEUE_URL
  # Away from the checkout, so that it uses the programs of the build under test.
  install -D -m 755 "$ROOT/scripts/init.sh" bin/sqs2pg-init
  INIT=$PWD/bin/sqs2pg-init
  export SQS2PG_LOCK_DIR=$PWD
}

init() { "$INIT" -Q "$QUEUE" -t user_logins -o files "$@"; }
counts() { servers_counts "$QUEUE"; }
# next_commands: print the two commands at the end of ./said; the second waits for messages a second
# only.
next_commands() {
  copy_sqs2pg bin
  tail -n 2 said >next
  [ "$(sed -n '1s/^  \(psql\) .*/\1/p; 2s/^  \(sqs2pg\) .*/\1/p' next | xargs)" = 'psql sqs2pg' ]
  echo 'SQS2PG_PULL_OPTIONS=--wait 1' >>"$(sed -n 's/.* -c //p' next)"
  PATH=$PWD/bin:$PATH bash -e next 2>stderr.next || { cat stderr.next && return 1; }
}
# nowhere WORD: succeed when no written file and no loaded row has it.
nowhere() {
  pg_dump >dump
  run -1 grep -rlaE "$1" dump said stderr.next files
}
nothing_made() { [ -z "$(ls -A files 2>/dev/null)" ]; }
# redriven N: make a queue that allows N deliveries.
redriven() {
  local dead
  dead=$(servers_queue "$(unique)")
  QUEUE=$(servers_queue "$(unique)" VisibilityTimeout=60 \
    "RedrivePolicy={\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:${dead##*/}\",\"maxReceiveCount\":\"$1\"}")
  sqs-send -q -Q "$QUEUE" <<<'{"body":{"ip":"203.0.113.5"}}'
}

@test "the sample queue: its files load it masked, only their owner may read them, and every message is released" {
  fresh_database
  sqs-send -q -Q "$QUEUE" <"$SAMPLE"
  run --separate-stderr -0 init
  counts_are 100 0 0
  [[ $output == *'The queue: 100 messages looked at and released; it allows any number of deliveries.'* ]]
  [[ $output == *"  sqs2pg -v -c $PWD/files/user_logins.env" ]]
  printf '%s\n' "$stderr" "$output" >said
  no_canary said files/*
  [ "$(stat -c %a files/* | sort -u)" = 600 ]
  grep -qE '^\.ip ' files/user_logins.policy
  grep -qE '^\.device_id ' files/user_logins.policy
  # The sample has one malformed event, and some that the proposed policy seals.
  next_commands
  counts_are 0 0 0
  [ "$(sql 'SELECT (SELECT count(*) FROM user_logins) + (SELECT count(*) FROM user_logins_errors)')" = 100 ]
  [ "$(sql 'SELECT count(*) > 90, bool_and(masked_ip LIKE $$siv1.%$$), count(DISTINCT user_id) > 10 FROM user_logins')" = 't|t|t' ]
  [ "$(sql "SELECT DISTINCT stage FROM user_logins_errors")" = mask ]
  pg_dump >dump
  no_canary dump stderr.next
}

@test "nested events in SNS envelopes: the two printed commands load all of them" {
  fresh_database
  local n
  for n in {1..30}; do
    jq -cn --argjson n "$n" '{body: {Type: "Notification", MessageId: "m\($n)", TopicArn: "arn:aws:sns:eu-central-1:123456789012:orders",
      Timestamp: "2026-11-29T00:00:00.000Z", SignatureVersion: "1", Signature: "x", SigningCertURL: "https://x", UnsubscribeURL: "https://y",
      Message: ({orderId: (1000 + $n), placedAt: "2026-11-29T10:00:00Z", total: 19.5, items: [{sku: "A1"}],
        customer: {fullName: "Canary Kowalski", email: "canary\($n)@example.com", ip: "203.0.113.\($n)"}} | tojson)}}'
  done | sqs-send -q -Q "$QUEUE"
  "$INIT" -Q "$QUEUE" -t shop.orders -o files >said
  counts_are 30 0 0
  sql 'CREATE SCHEMA shop'
  next_commands
  counts_are 0 0 0
  [ "$(sql "SELECT string_agg(attname || ' ' || format_type(atttypid, NULL), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = 'shop.orders'::regclass AND attnum > 0")" = 'order_id bigint, placed_at timestamp with time zone, total numeric, items jsonb, customer_full_name text, customer_email text, customer_masked_ip text' ]
  [ "$(sql "SELECT count(*), min(order_id), count(DISTINCT customer_email), bool_and(customer_email LIKE 'siv1.%') FROM shop.orders")" = '30|1001|30|t' ]
  [ "$(sql 'SELECT count(*) FROM shop.orders_errors')" = 0 ]
  nowhere 'canary|Kowalski|203[.]0[.]113'
}

@test "events without personal values, and texts, which the policy seals" {
  fresh_database
  printf '{"body":{"sensor":"s%d","at":1700000000,"value":%d.5}}\n' 1 1 2 2 3 3 | sqs-send -q -Q "$QUEUE"
  "$INIT" -Q "$QUEUE" -t readings -o files >said
  next_commands
  [ "$(sql 'SELECT count(*), max(value), min(at AT TIME ZONE $$UTC$$) FROM readings')" = '3|3.5|2023-11-14 22:13:20' ]
  # Members outside the sample do not pass.
  sqs-send -q -Q "$QUEUE" <<<'{"body":{"sensor":"s4","at":1700000000,"value":4.5,"note":"canary"}}'
  bash -c "PATH=$PWD/bin:\$PATH; $(tail -n 1 next)" 2>stderr.next
  [ "$(sql 'SELECT stage, code FROM readings_errors')" = 'mask|unnamed' ]
  nowhere canary
  printf '{"body":"canary text %d"}\n' 1 2 | sqs-send -q -Q "$QUEUE"
  run --separate-stderr -0 "$INIT" -Q "$QUEUE" -t texts -o files
  [ "${stderr_lines[-1]}" = 'sqs2pg-init: warning: no texts.sql and texts.map: the policy seals every message' ]
  [ "$(printf '%s\n' files/texts.* | xargs)" = 'files/texts.env files/texts.key files/texts.policy' ]
  [[ $output == *"  pg-load -t texts --explain"* ]]
  run -1 grep -q -- --map files/texts.env
}

@test "an invalid or too long table name is refused before the receive" {
  local name
  for name in a-b 1a 'a b' a/b a.b.c "$(printf '%057d' 0 | tr 0 a)"; do
    run -64 --separate-stderr "$INIT" -Q "$QUEUE" -t "$name" -o files
    [ "${stderr_lines[0]}" = 'sqs2pg-init: error: option --table takes a name of at most 56 letters, digits and _, or SCHEMA.TABLE' ]
  done
  nothing_made
}

@test "no clear value is written to any file, not even briefly" {
  # More than a pipe holds.
  local n
  for ((n = 1; n <= 60; n++)); do
    printf '{"body":{"ip":"203.0.113.77","mail":"canary@example.com","t":"%03000d"}}\n' "$n"
  done | sqs-send -q -Q "$QUEUE"
  strace -f -y -s 200000 -e trace=write,writev,pwrite64 -o trace "$INIT" -Q "$QUEUE" -t t -o files >out
  # They were in pipes and sockets, or this test sees nothing.
  [ "$(grep -cE 'write[^(]*\([0-9]+<(pipe|socket|UNIX|TCP)[^>]*>.*canary' trace)" -gt 0 ]
  run -1 grep -E 'write[^(]*\([0-9]+</[^>]*>.*(canary|203\.0\.113\.77)' trace
  run -1 grep -qE 'canary|203\.0\.113\.77' out files/t.policy files/t.env files/t.sql files/t.map
}

@test "under four deliveries it requires --yes: 64 before the receive" {
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
  # The second delivery: the refusal used none.
  [ "$(sqs-pull -q -n 1 -Q "$QUEUE" | jq .sqs.receive_count)" = 2 ]
  redriven 4
  run --separate-stderr -0 "$INIT" -Q "$QUEUE" -t other -o files
}

@test "an empty queue is 1, an existing file 74, no queue 69: nothing is created" {
  run --separate-stderr -1 init
  [ "${stderr_lines[-2]}" = 'sqs2pg-init: error: the queue had no message to look at' ]
  [[ ${stderr_lines[-1]} = 'sqs2pg-init: hint: '* ]]
  nothing_made
  run --separate-stderr -69 "$INIT" -Q "$QUEUE-none" -t t -o files
  nothing_made
  [ ! -e files ]
  mkdir files
  sqs-send -q -Q "$QUEUE" <<<'{"body":{"ip":"203.0.113.5"}}'
  touch files/user_logins.map
  run --separate-stderr -74 init
  [ "${stderr_lines[0]}" = "sqs2pg-init: error: $PWD/files/user_logins.map exists already" ]
  [ "$(ls files)" = user_logins.map ]
  [ "$(sqs-pull -q -n 1 -Q "$QUEUE" | jq .sqs.receive_count)" = 1 ]
}

@test "a failing scanner: its status, released messages, and no file left" {
  sqs-send -q -Q "$QUEUE" <<<'{"body":{"ip":"203.0.113.5"}}'
  # shellcheck disable=SC2016  # sh's
  printf '#!/bin/sh\ncase " $* " in *" --suggest "*) exit 70 ;; esac\nexec pii-scan "$@"\n' >bin/pii-scan
  chmod 755 bin/pii-scan
  run --separate-stderr -70 init
  nothing_made
  counts_are 1 0 0
}

@test "SIGHUP to all its programs during the receive: 129, and every message is released" {
  local status=0
  head -n 20 "$SAMPLE" | sqs-send -q -Q "$QUEUE"
  setsid "$INIT" -Q "$QUEUE" -t user_logins -o files 3>&- 4>&- >out 2>err &
  echo $! >pid
  received() { [[ $(counts) == *' 20 0' ]]; }
  eventually 60 received
  kill -s HUP -- "-$(<pid)"
  wait "$(<pid)" || status=$?
  [ "$status" -eq 129 ]
  counts_are 20 0 0
  nothing_made
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

@test "SQS2PG_KEY_COMMAND: its key masks the sample, the settings name it, and no key file is created" {
  fresh_database
  head -n 20 "$SAMPLE" | sqs-send -q -Q "$QUEUE"
  key k
  export SQS2PG_KEY_COMMAND="cat $PWD/none"
  run --separate-stderr -69 init
  [[ $stderr == *'sqs2pg-init: error: the key command ended with status 1'* && $stderr != *sqs-unwrap* ]]
  nothing_made
  counts_are 20 0 0
  SQS2PG_KEY_COMMAND=true run --separate-stderr -69 init
  [[ $stderr == *'sqs2pg-init: error: the key command printed nothing'* ]]
  sed -i 's/^KEY_TIME=60 /KEY_TIME=1 /' bin/sqs2pg-init
  SQS2PG_KEY_COMMAND='sleep 60' run --separate-stderr -69 timeout 20 "$INIT" -Q "$QUEUE" -t user_logins -o files
  [[ $stderr == *'the key command did not end within 1 s'* ]]
  nothing_made
  export SQS2PG_KEY_COMMAND=$'cat\n'"$PWD/k"
  run --separate-stderr -0 init
  [[ $output != *.key* ]]
  printf '%s\n' "$stderr" "$output" >said
  no_canary said files/*
  [ ! -e files/user_logins.key ]
  grep -qx "SQS2PG_KEY_COMMAND=cat $PWD/k" files/user_logins.env
  run -1 grep -rqF "$(awk '/primary/ { print $4 }' k)" files said
  unset SQS2PG_KEY_COMMAND
  next_commands
  [ "$(sql "SELECT DISTINCT split_part(masked_ip, '.', 2) FROM user_logins")" = "$(awk '/primary/ { print $2 }' k)" ]
}
