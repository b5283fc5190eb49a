#!/usr/bin/env bats
# What the programs tell of themselves while they run: --metrics-file, --progress,
# --log json.

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  fresh_queue VisibilityTimeout=30
}

teardown() {
  [ ! -s pid ] || kill -9 "$(<pid)" 2>/dev/null || true
}

# value FILE NAME: of the one sample of that name.
value() { grep -oP "^$2\{[^}]*\} \K.*" "$1"; }

# well_formed FILE PROGRAM: HELP and TYPE before each sample, each of our own name,
# program and queue; counters end in _total.
well_formed() {
  awk -v program="$2" -v queue="${SQS_QUEUE_URL##*/}" '
    $1 == "#" && $2 == "HELP" { help = $3; if (NF < 5) bad = 1; next }
    $1 == "#" && $2 == "TYPE" { type = $3; kind = $4; next }
    {
      name = $1
      sub(/\{.*/, "", name)
      if (name != help || name != type || name !~ /^sqs2pg_[a-z_]+$/ || seen[name]++) bad = 1
      if ((kind == "counter") != (name ~ /_total$/) || $1 !~ "[{]program=\"" program "\"") bad = 1
      if (name !~ /start_time/ && $1 !~ "\"" queue "\"}$" && program != "pg-load") bad = 1
      count++
    }
    END { exit bad || count < 4 }' "$1"
}

# recent FILE: the last success is of the last minute.
recent() {
  local at
  at=$(value "$1" sqs2pg_last_success_timestamp_seconds)
  awk -v at="$at" -v now="$(date +%s)" 'BEGIN { exit !(now - at < 60 && at <= now + 1) }'
}

# terminal COMMAND: runs it on a terminal; what it shows goes to ./shown.
terminal() { script -qec "stty cols 100; $1" /dev/null </dev/null >shown 3>&- 4>&-; }

@test "sqs-ack --metrics-file: what it did, when it last succeeded, and nothing left beside it" {
  fill 12
  pull | committed >in
  echo '{"status":"rejected","sqs":{}}' >>in
  echo nonsense >>in
  mkdir figures
  run -1 sqs-ack --metrics-file figures/ack.prom <in
  well_formed figures/ack.prom sqs-ack
  [ "$(value figures/ack.prom sqs2pg_messages_settled_total)" = 12 ]
  [ "$(value figures/ack.prom sqs2pg_verdicts_rejected_total)" = 1 ]
  [ "$(value figures/ack.prom sqs2pg_verdicts_refused_total)" = 1 ]
  [ "$(value figures/ack.prom sqs2pg_messages_in_hand)" = 0 ]
  recent figures/ack.prom
  before=$(value figures/ack.prom sqs2pg_last_success_timestamp_seconds)
  sqs-ack --metrics-file figures/ack.prom </dev/null
  [ "$(value figures/ack.prom sqs2pg_messages_settled_total)" = 0 ]
  [ "$(value figures/ack.prom sqs2pg_last_success_timestamp_seconds)" = "$before" ]
  [ "$(ls figures)" = ack.prom ]
}

@test "--metrics-file: one that cannot be written is 74 before anything is done; later, a warning" {
  fill 1
  pull | committed >in
  for file in no/such/folder . /dev/null /dev/full; do
    run -74 sqs-ack --metrics-file "$file" <in
    [[ $output == "sqs-ack: error: cannot write $file: "* ]]
  done
  [ -c /dev/null ]
  counts_are 0 1 0
  mkdir gone
  mkfifo pipe
  sqs-ack --metrics-file gone/file <pipe 2>err 3>&- 4>&- &
  echo $! >pid
  exec 7>pipe
  eventually 5 test -e gone/file
  rm -r gone
  cat in >&7
  exec 7>&-
  wait "$(<pid)"
  grep -q '^sqs-ack: warning: cannot write gone/file: ' err
  [ "$(grep -c warning err)" -eq 1 ]
  counts_are 0 0 0
}

@test "sqs-ack and sqs-send --progress: a live line on a terminal, away before the summary, else nothing" {
  bodies 1 30 >in
  terminal 'sqs-send --progress <in'
  grep -qP '\rsqs-send: [0-9]+ messages, [0-9.]+/s, (none in hand|oldest [0-9.]+ s) *\r' shown
  grep -qP '\r +\r(sqs-send: sent=30 .*)\r' shown
  pull | committed >verdicts
  terminal 'sqs-ack --progress <verdicts'
  grep -qP '\rsqs-ack: [0-9]+ messages' shown
  grep -qP '\r +\r(sqs-ack: deleted=30 .*)\r' shown
  run --separate-stderr -0 sqs-send --progress <in
  [ -z "$stderr" ]
}

@test "--log json: every line of every sqs program is JSON, the summary too" {
  bodies 1 3 | sqs-send -v --log json 2>err
  sqs-pull -v --log json --wait 1 2>>err | committed | sqs-ack -v --log json 2>>err
  printf -v odd 'a"b\\c\nd\te\001 \303\251 \377'
  sqs-ack --log json --metrics-file "$odd/x" </dev/null 2>>err || true
  sqs-ack --log json -Q "$odd" </dev/null 2>>err || true
  sqs-pull --log json "--$odd" 2>>err || true
  jq -es 'length >= 6 and all(.time and .program and .level and .message)' err
  [ "$(jq -r 'select(.level == "summary").program' err | sort -u | xargs)" = 'sqs-ack sqs-pull sqs-send' ]
}
