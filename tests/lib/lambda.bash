# For tests of sqs-lambda: the program behind the AWS emulator of the Lambda runtime interface, and the
# events of a queue. Needs lib/common.
# shellcheck disable=SC2034  # what the tests read

EMULATOR=$(emulator_dir)/aws-lambda-rie
INVOKED=2015-03-31/functions/function/invocations

lambda_setup() {
  common_setup
  fresh_database
  key k
  export SQS2PG_TABLE=t SQS2PG_KEY_FILE=$PWD/k
}

# Processes started, and their children.
lambda_teardown() {
  [ -n "${BATS_TEST_COMPLETED:-}" ] || [ ! -s lambda.err ] || cat lambda.err
  # shellcheck disable=SC2046  # one or more
  kill -9 $(lambda_tree) 2>/dev/null || true
}

# lambda_start [ARGUMENT...]: start the function, which ends its invocations after TIMEOUT seconds (60).
lambda_start() {
  local interface runtime
  interface=$(servers_free_port) runtime=$(servers_free_port)
  while [ "$runtime" = "$interface" ]; do runtime=$(servers_free_port); done
  [ -n "${BOOTSTRAP:-}" ] || {
    printf '#!/bin/bash\nexec sqs-lambda'
    [ $# -eq 0 ] || printf ' %q' "$@"
  } >bootstrap
  [ -n "${BOOTSTRAP:-}" ] || chmod +x bootstrap
  AWS_LAMBDA_FUNCTION_TIMEOUT=${TIMEOUT:-60} "$EMULATOR" --log-level error \
    --runtime-interface-emulator-address "127.0.0.1:$interface" --runtime-api-address "127.0.0.1:$runtime" \
    "${BOOTSTRAP:-./bootstrap}" 3>&- 4>&- >lambda.err 2>&1 &
  echo $! >emulator.pid
  disown
  FUNCTION=http://127.0.0.1:$interface/$INVOKED
  eventually 60 answers "$interface"
}
answers() { : <"/dev/tcp/127.0.0.1/$1"; }

# lambda_pid: print that of sqs-lambda, once it runs; stage NAME: that of a program of its pipeline.
lambda_pid() { pgrep -P "$(<emulator.pid)" -x sqs-lambda; }
stage() { pgrep -P "$(lambda_pid)" -x "$1"; }
has_stage() { [ -n "$(stage "$1")" ]; }
no_stage() { [ -z "$(pgrep -P "$(lambda_pid)")" ]; }

# lambda_tree: list the emulator, sqs-lambda and its children.
lambda_tree() {
  local emulator pid
  emulator=$(cat emulator.pid) || return 0
  echo "$emulator"
  for pid in $(pgrep -P "$emulator"); do
    echo "$pid"
    pgrep -P "$pid"
  done
}

# event FROM [DELIVERY] [QUEUE]: print one with the lines of its input as bodies, their ids from that number on;
# another DELIVERY is another receipt handle.
event() {
  jq -Rnc --argjson from "$1" --arg delivery "${2:-1}" --arg queue "${3:-q}" '{Records: [foreach inputs as $body ($from - 1; . + 1;
    {messageId: "m\(.)", receiptHandle: "h\(.)-\($delivery)", body: $body,
     attributes: {ApproximateReceiveCount: $delivery, SentTimestamp: "1763715600123",
       SenderId: "A", ApproximateFirstReceiveTimestamp: "1763715600456"},
     messageAttributes: {}, md5OfBody: "", eventSource: "aws:sqs",
     eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:\($queue)", awsRegion: "eu-west-1"})]}'
}

# bodies FROM TO: print {"id":N,"ip":…}, which the built-in policy masks.
bodies() {
  local n
  for ((n = $1; n <= $2; n++)); do printf '{"id":%d,"ip":"10.0.0.%d","device_id":"d%d"}\n' "$n" $((n % 250)) "$n"; done
}

# invoke: send the event on its input; print the answer of the function.
invoke() { curl -sS --noproxy '*' --max-time 120 -d @- "$FUNCTION"; }

# failed ID...: print the answer in which these messages have failed.
failed() {
  local ids=''
  [ $# -eq 0 ] || ids=$(printf ',{"itemIdentifier":"%s"}' "$@")
  printf '{"batchItemFailures":[%s]}' "${ids#,}"
}

# create: make the table t; rows: print the numbers of all rows and of different rows.
create() { sql 'CREATE TABLE t (id int, masked_ip text, masked_device_id text)'; }
rows() { sql 'SELECT count(*), count(DISTINCT id) FROM t'; }
