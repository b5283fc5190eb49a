#!/usr/bin/env bats
# What the programs report while they run: --metrics-file, --progress,
# --log json.

load ../lib/common
load ../lib/sqs
load ../lib/figures

setup() {
  common_setup
  fresh_queue VisibilityTimeout=30
}

teardown() { sqs_teardown; }

# formed FILE PROGRAM: check that its metrics are well formed, and of our queue.
formed() { well_formed "$1" "$2" "queue=\"${SQS_QUEUE_URL##*/}\""; }

# terminal COMMAND: run it on a terminal; the output goes to ./shown.
terminal() { script -qec "stty cols 100; $1" /dev/null </dev/null >shown 3>&- 4>&-; }

# shows_progress PROGRAM: check for its live line.
shows_progress() { grep -qP "\\r$1: [0-9]+ messages, [0-9.]+/s, (none in hand|oldest [0-9.]+ s) *\\r" shown; }

@test "sqs-ack --metrics-file: its counts, the last success, and no other file left" {
  fill 12
  pull | committed >in
  echo '{"status":"rejected","sqs":{}}' >>in
  echo nonsense >>in
  mkdir figures
  run -1 sqs-ack --metrics-file figures/ack.prom <in
  formed figures/ack.prom sqs-ack
  [ "$(value figures/ack.prom messages_settled_total)" = 12 ]
  [ "$(value figures/ack.prom verdicts_rejected_total)" = 1 ]
  [ "$(value figures/ack.prom verdicts_refused_total)" = 1 ]
  [ "$(value figures/ack.prom messages_in_hand)" = 0 ]
  [ "$(value figures/ack.prom last_exit_status)" = 1 ]
  recent figures/ack.prom
  before=$(value figures/ack.prom last_success_timestamp_seconds)
  sqs-ack --metrics-file figures/ack.prom </dev/null
  [ "$(value figures/ack.prom messages_settled_total)" = 12 ]
  [ "$(value figures/ack.prom last_exit_status)" = 0 ]
  [ "$(value figures/ack.prom last_success_timestamp_seconds)" = "$before" ]
  [ "$(ls figures)" = ack.prom ]
}

@test "sqs-send --metrics-file: its counts, over two runs" {
  printf '%s\n' '{"body":"a"}' '{"body":""}' '{"body":"b"}' >in
  run -1 sqs-send --metrics-file send.prom <in
  run -1 sqs-send --metrics-file send.prom <in
  formed send.prom sqs-send
  [ "$(value send.prom messages_sent_total) $(value send.prom records_refused_total)" = '4 2' ]
  [ "$(value send.prom messages_unsent_total) $(value send.prom last_exit_status)" = '0 1' ]
  recent send.prom
  run -74 sqs-send --metrics-file no/such/file <in
  counts_are 4 0 0
}

@test "sqs-pull --metrics-file: its counts, the last successful receive, empty or not" {
  fill 12
  sqs-send <<<'{"body":"spoil"}'
  proxy_start
  mode 'corrupt spoil'
  mkdir figures
  run -1 --separate-stderr sqs-pull -j 1 --wait 1 --metrics-file figures/pull.prom
  formed figures/pull.prom sqs-pull
  [ "$(value figures/pull.prom messages_received_total)" = 13 ]
  [ "$(value figures/pull.prom messages_printed_total)" = 12 ]
  [ "$(value figures/pull.prom messages_corrupt_total)" = 1 ]
  [ "$(value figures/pull.prom messages_in_hand)" = 0 ]
  [ "$(value figures/pull.prom requests_total)" = "$(wc -l <proxy/requests)" ]
  recent figures/pull.prom
  success() { value figures/pull.prom last_success_timestamp_seconds; }
  # An empty receive is a success; a failed one is not.
  first=$(success)
  sqs-pull --wait 0 --empty 1 --metrics-file figures/pull.prom
  second=$(success)
  [[ $second > $first ]]
  mode 'deny ReceiveMessage AccessDenied'
  run -69 sqs-pull --metrics-file figures/pull.prom
  [ "$(success)" = "$second" ]
  [ "$(value figures/pull.prom messages_received_total)" = 13 ]
  [ "$(value figures/pull.prom last_exit_status)" = 69 ]
  [ "$(ls figures)" = pull.prom ]
  # Unprinted messages are released and no longer in hand.
  mode
  fresh_queue VisibilityTimeout=30
  fill 5
  run -74 bash -c 'sqs-pull -j 1 --wait 1 --metrics-file figures/pull.prom >/dev/full'
  formed figures/pull.prom sqs-pull
  [ "$(value figures/pull.prom messages_released_total)" = 5 ]
  [ "$(value figures/pull.prom messages_in_hand)" = 0 ]
}

@test "sqs-pull --metrics-file with leases: replaced during the run, a message in hand until its verdict" {
  fresh_queue VisibilityTimeout=6
  fill 7
  mkfifo acked
  sqs-pull -f -j 1 --wait 1 --acked acked --metrics-file pull.prom >out 2>err 3>&- 4>&- &
  echo $! >pid
  exec 7>acked
  in_hand_is() { [ "$(value pull.prom messages_in_hand)" = "$1" ]; }
  eventually 60 in_hand_is 7
  [ "$(value pull.prom messages_printed_total)" = 7 ]
  [ "$(value pull.prom messages_acked_total)" = 0 ]
  head -n 4 out | committed | sqs-ack --print >&7
  # Three are extended until no process is left to write verdicts.
  exec 7>&-
  status=0
  wait "$(<pid)" || status=$?
  [ "$status" -eq 74 ]
  formed pull.prom sqs-pull
  [ "$(value pull.prom messages_acked_total)" = 4 ]
  [ "$(value pull.prom messages_released_total)" = 3 ]
  [ "$(value pull.prom leases_lapsed_total)" = 0 ]
  [ "$(value pull.prom leases_extended_total)" -ge 7 ]
  in_hand_is 0
}

@test "--metrics-file: an unwritable file is 74 before any work; later, a warning" {
  fill 1
  pull | committed >in
  for file in no/such/folder . /dev/null /dev/full; do
    run -74 sqs-ack --metrics-file "$file" <in
    [[ $output == "sqs-ack: error: cannot write $file: "* ]]
  done
  [[ $output == *': it is not a regular file'* ]]
  [ -c /dev/null ]
  counts_are 0 1 0
  fill 1
  run -74 sqs-pull --metrics-file no/such/folder
  [[ $output == "sqs-pull: error: cannot write no/such/folder: "* ]]
  run -74 sqs-pull --metrics-file .
  [[ $output == "sqs-pull: error: cannot write .: it is not a regular file"* ]]
  counts_are 1 1 0
  pull >/dev/null
  mkdir gone
  mkfifo pipe
  sqs-ack --metrics-file gone/file <pipe 2>err 3>&- 4>&- &
  echo $! >pid
  exec 7>pipe
  # It writes the file before it connects, and a failure then would end it.
  echo x >&7
  eventually 60 grep -q '^sqs-ack: warning: line 1 is not a JSON object' err
  rm -r gone
  cat in >&7
  exec 7>&-
  status=0
  wait "$(<pid)" || status=$?
  [ "$status" -eq 1 ]
  grep -q '^sqs-ack: warning: cannot write gone/file: ' err
  [ "$(grep -c warning err)" -eq 2 ]
  counts_are 0 1 0
}

@test "--progress: a live line on a terminal, removed before the summary; elsewhere nothing" {
  bodies 1 30 >in
  terminal 'sqs-send --progress <in'
  shows_progress sqs-send
  grep -qP '\r +\r(sqs-send: sent=30 .*)\r' shown
  terminal 'sqs-pull --progress --wait 1 >records'
  shows_progress sqs-pull
  grep -qP '\rsqs-pull: 30 messages, [0-9.]+/s, none in hand *\r' shown
  grep -qP '\r +\r(sqs-pull: received=30 .*)\r' shown
  committed <records >verdicts
  terminal 'sqs-ack --progress <verdicts'
  shows_progress sqs-ack
  grep -qP '\r +\r(sqs-ack: deleted=30 .*)\r' shown
  run --separate-stderr -0 sqs-send --progress <in
  [ -z "$stderr" ]
}

@test "--log json: each line of each sqs program is JSON, with the summary" {
  bodies 1 3 | sqs-send -v --log json 2>err
  sqs-pull -v --log json --wait 1 2>>err | committed | sqs-ack -v --log json 2>>err
  printf -v odd 'a"b\\c\nd\te\001 \303\251 \377'
  sqs-ack --log json --metrics-file "$odd/x" </dev/null 2>>err || true
  sqs-ack --log json -Q "$odd" </dev/null 2>>err || true
  sqs-pull --log json "--$odd" 2>>err || true
  jq -es 'length >= 6 and all(.time and .program and .level and .message)' err
  [ "$(jq -r 'select(.level == "summary").program' err | sort -u | xargs)" = 'sqs-ack sqs-pull sqs-send' ]
}
