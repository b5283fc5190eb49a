#!/usr/bin/env bats
# Ugly records, lines and answers (tests/lib/ugly.py): each is handled correctly, in bounded memory
# and time. Nothing is lost, and no value is in clear or in a message.

load ../lib/common
load ../lib/sqs
load ../lib/records

UGLY=$ROOT/tests/lib/ugly.py

setup() {
  common_setup
  key k
}
teardown() { common_teardown; }

# within MIB COMMAND...: check that its peak of memory is at most MIB. Its messages are in ./err,
# and hold no value. ASan needs more memory, which does not count.
within() {
  local most=$1 ended=0
  shift
  python3 "$ROOT/tests/lib/peak.py" peak timeout 50 "$@" 2>err || ended=$?
  ! grep -aE '203\.0\.113|canary' err || return 99
  [ -n "${ASAN_OPTIONS:-}" ] || [ "$(<peak)" -le "$most" ] || { echo "$1 took $(<peak) MiB" && return 99; }
  return "$ended"
}

# lines: write to ./lines one ugly record each, to ./names its kind, and print the number of
# records. Three are of blanks only, which all programs skip.
lines() {
  python3 -B "$UGLY" lines names >lines
  count=$(($(wc -l <names) - 3))
}

@test "ugly lines: pii-mask makes a record of each, none in clear, and pii-unmask restores them" {
  lines
  # 32 and four times the largest, of 3 MiB.
  within 44 pii-mask -k k <lines >masked
  [ "$(wc -l <masked)" = "$count" ]
  run -1 grep -qaF 203.0.113. masked
  python3 -c 'import json, sys; [json.loads(line, parse_int=str) for line in open("masked", "rb")]'
  # Masking again changes nothing. (A token is longer than its value.)
  within 44 pii-mask --max-record 8M -k k <masked >again
  diff <(grep -v '"error"' masked) <(grep -v '"error"' again)
  within 44 pii-unmask --max-record 8M -k k <masked >clear
  [ "$(wc -l <clear)" = "$count" ]
  python3 -B "$UGLY" lost lines clear >lost
  [ ! -s lost ]
}

@test "ugly lines: pg-load stores each once, as a row or as an error, masked or not" {
  lines
  fresh_database
  create_user_logins
  pii-mask -q -k k <lines >masked
  for input in lines masked; do
    sql 'DROP TABLE IF EXISTS user_logins_ledger, user_logins_errors; TRUNCATE user_logins'
    status=0
    within 76 pg-load -t user_logins --max-record 8M <$input >verdicts || status=$?
    [ "$status" -eq 0 ]
    [ "$(wc -l <verdicts)" = "$count" ]
    rows=$(sql 'SELECT count(*) FROM user_logins')
    errors=$(sql 'SELECT count(*) FROM user_logins_errors')
    [ "$rows" -ge 5 ]
    echo "$rows + $errors of $count"
    [ $((rows + errors)) = "$count" ]
    [ "$(tally verdicts)" = "$rows committed $errors quarantined" ]
    # SQL injection elsewhere is a value here.
    [ "$(sql "SELECT count(*) FROM user_logins WHERE user_id LIKE '%DROP TABLE%'")" = 1 ]
    # The same again adds nothing.
    within 76 pg-load -t user_logins --max-record 8M <$input >verdicts
    [ "$(sql 'SELECT count(*) FROM user_logins')" = "$rows" ]
  done
  pg_dump -a >dump
  run -1 grep -qaF 203.0.113. dump
}

@test "ugly lines: sqs-ack deletes no message for them; sqs-send counts each as sent or failed" {
  lines
  fresh_queue VisibilityTimeout=30
  fill 1
  status=0
  within 44 sqs-ack <lines >out || status=$?
  [ "$status" -eq 1 ]
  [ ! -s out ]
  grep -q " refused=$count .* skipped=3$" err
  counts_are 1 0 0
  status=0
  within 44 sqs-send <lines >out || status=$?
  [ "$status" -eq 1 ]
  sent=$(grep -oP ' sent=\K[0-9]+' err)
  rejected=$(grep -oP ' rejected=\K[0-9]+' err)
  [ "$sent" -gt 10 ]
  [ $((sent + rejected)) = "$count" ]
  eventually 10 counts_are $((sent + 1)) 0 0
}

@test "sqs-send: an empty line is no message, and not reported as out of memory" {
  fresh_queue
  run -0 --separate-stderr sqs-send -v <<<''
  [[ "$stderr" == *'sent=0 rejected=0 '*' skipped=1' ]]
  [[ "$stderr" != *memory* ]]
}

@test "ugly messages in the whole pipeline: each is a row or an error row, the queue is empty, nothing in clear" {
  fresh_queue VisibilityTimeout=60
  fresh_database
  create_user_logins
  python3 -B "$UGLY" bodies names >bodies
  # SQS refuses texts with some of the characters.
  sqs-send -v <bodies 2>send.err || [ $? -eq 1 ]
  sent=$(grep -oP ' sent=\K[0-9]+' send.err)
  [ "$sent" -gt 25 ]
  counts_are "$sent" 0 0
  pipeline
  [ "$STATUSES" = "0 0 0 0" ]
  counts_are 0 0 0
  [ "$(sql 'SELECT (SELECT count(*) FROM user_logins) + (SELECT count(*) FROM user_logins_errors)')" = "$sent" ]
  pg_dump -a >dump
  run -1 grep -qaF 203.0.113. dump stderr
}

@test "huge lines: loaded up to the limit; beyond it skipped in little memory, and never deleted" {
  fresh_database
  create_user_logins
  python3 -B "$UGLY" one 60-mib >one
  # Over the default limit: at most four MiB are kept, then nothing.
  within 48 pii-mask -k k <one >masked
  within 80 pg-load -q -t user_logins <masked >verdicts || [ $? -eq 1 ]
  [ "$(tally verdicts)" = "1 rejected" ]
  # Its address was kept, so its message is known.
  grep -q '"receipt_handle":"canary-handle-1"' verdicts
  within $((32 + 4 * 60)) pii-mask --max-record 64M -k k <one >masked
  run -1 grep -qaF 203.0.113. masked
  grep -q '"masked_ip":"siv1' masked
  python3 -B "$UGLY" one 70-mib >one
  within $((32 + 4 * 64)) pii-mask --max-record 64M -k k <one >masked
  grep -q '"code":"too-long"' masked
  # Each of a million is masked.
  python3 -B "$UGLY" one million-same-ips >one
  within $((32 + 4 * 64)) pii-mask --max-record 64M -k k <one >masked
  run -1 grep -qaF 203.0.113. masked
  [ "$(grep -o '"masked_ip":"siv1' masked | wc -l)" = 1000001 ]
}

# serve: make the server of canned answers the endpoint.
serve() {
  mkdir -p canned
  python3 -B "$UGLY" serve canned 3>&- 4>&- &
  echo $! >"$BATS_TEST_TMPDIR/pid"
  eventually 60 test -s canned/port
  AWS_ENDPOINT_URL_SQS=http://127.0.0.1:$(<canned/port)
}

# refused OPTION...: check that sqs-pull refuses the answer: it prints nothing, and ends.
refused() {
  local status=0
  within 44 sqs-pull -n 1 --wait 0 --visibility-timeout 30s --retry-timeout 100ms "$@" >out || status=$?
  [ ! -s out ] || { echo "taken: $(head -c 200 canned/answer)" && return 1; }
  case $status in 69 | 75) ;; *) echo "status $status: $(head -c 200 canned/answer)" && return 1 ;; esac
  grep -q '^sqs-pull: error: ' err
}

@test "XML answers with entities, a DTD, a billion laughs, too deep, cut, of another kind are refused" {
  serve
  export SQS_QUEUE_URL=$AWS_ENDPOINT_URL_SQS/000000000000/q
  message='<Message><MessageId>canary</MessageId><ReceiptHandle>canary</ReceiptHandle><Body>BODY</Body></Message>'
  answer="<ReceiveMessageResponse><ReceiveMessageResult>$message</ReceiveMessageResult></ReceiveMessageResponse>"
  echo canary-file >secret
  # The first shows that the others are refused for their contents.
  echo "$answer" >canned/answer
  [ "$(sqs-pull -n 1 --wait 0 --visibility-timeout 30s | jq -r .body)" = BODY ]
  while IFS= read -r doctype; do
    printf '<?xml version="1.0"?>%s%s' "$doctype" "${answer/BODY/"&e;"}" >canned/answer
    refused
  done <<DOCTYPES
<!DOCTYPE r [<!ENTITY e "canary">]>
<!DOCTYPE r [<!ENTITY e SYSTEM "file://$PWD/secret">]>
<!DOCTYPE r SYSTEM "$AWS_ENDPOINT_URL_SQS/dtd">
<!DOCTYPE r [<!ENTITY % p SYSTEM "file://$PWD/secret"> %p;]>
<!DOCTYPE r [<!ENTITY a "canary"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY f "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;"><!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;"><!ENTITY e "&h;&h;&h;&h;&h;&h;&h;&h;&h;&h;">]>

DOCTYPES
  for answer in "$(printf '<a>%.0s' {1..20000})" "${answer%/Body*}" '<html><body>canary' '' '{"Messages":[]}' \
    "$(printf '%s<!--%s-->' "<ReceiveMessageResponse>" "$(head -c 300000 /dev/zero | tr '\0' -)")"; do
    printf %s "$answer" >canned/answer
    refused
  done
}

@test "JSON answers too deep, cut, of another kind, or of other types are refused" {
  serve
  export SQS_QUEUE_URL=$AWS_ENDPOINT_URL_SQS/000000000000/q
  echo '{"Messages":[{"MessageId":"m","ReceiptHandle":"canary","Body":"BODY"}]}' >canned/answer
  [ "$(sqs-pull --protocol json -n 1 --wait 0 --visibility-timeout 30s | jq -r .body)" = BODY ]
  for answer in "$(printf '[%.0s' {1..20000})" "{\"Messages\":$(printf '[%.0s' {1..1000})$(printf ']%.0s' {1..1000})}" \
    '{"Messages":[{"MessageId":"canary"' '<html>canary' '' $'{"Messages":\xff}'; do
    printf %s "$answer" >canned/answer
    refused --protocol json
  done
}
