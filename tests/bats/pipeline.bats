#!/usr/bin/env bats
# scripts/pipeline.sh (installed as sqs2pg): the four programs joined.

load ../lib/common

setup() {
  common_setup
  fresh_database
  create_user_logins
  fresh_queue VisibilityTimeout=30
  key k
  export SQS2PG_LOCK_DIR=$BATS_TEST_TMPDIR
  {
    echo '# settings of a test'
    echo "SQS_QUEUE_URL=$SQS_QUEUE_URL"
    echo ' SQS2PG_TABLE="user_logins"'
    echo "SQS2PG_KEY_FILE='$BATS_TEST_TMPDIR/k'"
    echo 'SQS2PG_PULL_OPTIONS=--wait 1'
  } >settings
  QUEUE=$SQS_QUEUE_URL
  unset SQS_QUEUE_URL
  # Away from the checkout, so that it takes the programs of the build under test.
  install -D -m 755 "$ROOT/scripts/pipeline.sh" bin/sqs2pg
  SQS2PG=$BATS_TEST_TMPDIR/bin/sqs2pg
  BIN=$(dirname "$(command -v sqs-pull)")
}

# What a test left running, if it failed half way.
teardown() {
  [ -s run.pid ] || return 0
  # shellcheck disable=SC2046
  kill -9 $(cat run.pid stages.pid) 2>/dev/null || true
}

sqs2pg() { "$SQS2PG" "$@"; }
counts() { servers_counts "$QUEUE"; }
rows() { sql 'SELECT count(*) FROM user_logins'; }
rows_are() { [ "$(rows)" = "$1" ]; }

# start OPTION...: a run in the background, its process id in ./run.pid.
start() {
  "$SQS2PG" -c settings "$@" 3>&- 4>&- >run.out 2>run.err &
  echo $! >run.pid
}

# stages: the process ids of the stages of the run in the background.
stages() { pgrep -P "$(<run.pid)" -f "$BIN/(sqs-pull|pii-mask|pg-load|sqs-ack)" | tee stages.pid; }
four_stages() { [ "$(stages | wc -l)" -eq 4 ]; }
gone() {
  local pid
  for pid in "$@"; do
    # A zombie has ended.
    case $(ps -o stat= -p "$pid") in '' | Z*) ;; *) return 1 ;; esac
  done
}

# finish: waits for the run's end, not for ever; its status is the function's.
finish() {
  eventually 20 gone "$(<run.pid)" && wait "$(<run.pid)"
}

@test "settings from a file: the sample is loaded, and the queue is empty" {
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  counts_are 100 0 0
  sqs2pg -c settings
  [ "$(rows)" = 99 ]
  [ "$(sql 'SELECT count(*) FROM user_logins_errors')" = 1 ]
  counts_are 0 0 0
}

@test "an empty queue: nothing to do is success, and silence" {
  run --separate-stderr sqs2pg -c settings
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  [ -z "$stderr" ]
}

@test "installed, it takes the programs beside it before those in PATH" {
  ln -s "$BIN"/{sqs-pull,pii-mask,pg-load} bin/
  printf '#!/bin/sh\ncat >/dev/null\nexit 1\n' >bin/sqs-ack
  chmod 755 bin/sqs-ack
  run sqs2pg -c settings
  [ "$status" -eq 1 ]
}

@test "settings from the environment alone" {
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  SQS_QUEUE_URL=$QUEUE SQS2PG_TABLE=user_logins SQS2PG_KEY_FILE=k sqs2pg
  [ "$(rows)" = 99 ]
}

@test "one run at a time for each queue" {
  start -f
  eventually 10 four_stages
  run --separate-stderr sqs2pg -c settings
  [ "$status" -eq 0 ]
  [ -z "$stderr" ]
  run --separate-stderr sqs2pg -v -c settings
  [ "$status" -eq 0 ]
  [ "$stderr" = "sqs2pg: info: another run has this queue" ]
  # Another queue is nobody's business; nor is this one's, when told so.
  SECOND=$(servers_queue "$(unique)")
  sed "s|^SQS_QUEUE_URL=.*|SQS_QUEUE_URL=$SECOND|" settings >second
  sqs-send -Q "$SECOND" <"$SAMPLE"
  sqs2pg -c second
  [ "$(rows)" = 99 ]
  sqs2pg --no-lock -c settings
  kill "$(<run.pid)"
  finish
  # The lock went with its holder.
  run --separate-stderr sqs2pg -v -c settings
  [ "$status" -eq 0 ]
  [[ "$stderr" != *"another run"* ]]
}

@test "follow: new messages are loaded; SIGTERM ends it in order with 0" {
  start -f
  eventually 10 four_stages
  local pids
  pids=$(stages)
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  eventually 20 rows_are 99
  eventually 10 counts_are 0 0 0
  kill "$(<run.pid)"
  finish
  # shellcheck disable=SC2086
  gone $pids
}

@test "killed outright: its stages end all the same" {
  start -f
  eventually 10 four_stages
  local pids
  pids=$(stages)
  kill -9 "$(<run.pid)"
  # shellcheck disable=SC2086
  eventually 30 gone $pids
}

@test "a stage that dies takes the run with it, even on an idle queue" {
  start -f
  eventually 10 four_stages
  local pids
  pids=$(stages)
  kill -9 "$(pgrep -P "$(<run.pid)" -f "$BIN/pg-load")"
  local status=0
  finish || status=$?
  [ "$status" -eq 137 ]
  # shellcheck disable=SC2086
  gone $pids
}

@test "no such table, no database: 69 and 75 before a message is received" {
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  sed 's/user_logins/no_such_table/' settings >no_table
  run -69 sqs2pg -c no_table
  counts_are 100 0 0
  echo 'SQS2PG_LOAD_OPTIONS=--retry-timeout 1s' >>settings
  PGHOST=$BATS_TEST_TMPDIR run -75 sqs2pg -c settings
  counts_are 100 0 0
}

@test "a table that goes during the run: 69, and the messages come back" {
  servers_sqs "$QUEUE" SetQueueAttributes -d Attribute.1.Name=VisibilityTimeout -d Attribute.1.Value=3
  start -f
  eventually 10 four_stages
  sql 'DROP TABLE user_logins'
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  local status=0
  wait "$(<run.pid)" || status=$?
  [ "$status" -eq 69 ]
  eventually 40 counts_are 100 0 0
}

@test "the gravest status: a key file that others may read is 77" {
  chmod 644 k
  run sqs2pg -c settings
  [ "$status" -eq 77 ]
}

@test "the gravest status: a source stopped while it was still starting does not count" {
  ln -s "$BIN"/{pii-mask,sqs-ack} bin/
  printf '#!/bin/sh\nexec sleep 30\n' >bin/sqs-pull
  # A loader that finds all well when asked, and then does not.
  printf '#!/bin/sh\nfor a; do [ "$a" != --explain ] || exit 0; done\nexit 69\n' >bin/pg-load
  chmod 755 bin/sqs-pull bin/pg-load
  run sqs2pg -c settings
  [ "$status" -eq 69 ]
}

@test "a settings file is read, not executed" {
  # shellcheck disable=SC2016
  echo 'HARMLESS=$(touch executed)`touch executed`; touch executed' >>settings
  sqs2pg -c settings
  [ ! -e executed ]
}

@test "a settings file that is wrong: 78, with file and line" {
  local line
  for line in 'no equals sign' '1X=2' 'PATH=.' 'LD_PRELOAD=x.so' 'SQS2PG_TABEL=x'; do
    head -n 4 settings >wrong
    echo "$line" >>wrong
    run --separate-stderr sqs2pg -c wrong
    [ "$status" -eq 78 ]
    [[ "$stderr" == "sqs2pg: error: wrong:5: "* ]]
  done
  run sqs2pg -c no-such-file
  [ "$status" -eq 78 ]
  mkfifo pipe
  run timeout 10 "$SQS2PG" -c pipe
  [ "$status" -eq 78 ]
}

@test "a setting that is missing: 78" {
  grep -v KEY_FILE settings >less
  run --separate-stderr sqs2pg -c less
  [ "$status" -eq 78 ]
  [ "$stderr" = "sqs2pg: error: SQS2PG_KEY_FILE is not set in less" ]
}

@test "a settings file that others may write: 77; one with a secret that they may read, too" {
  chmod 664 settings
  run sqs2pg -c settings
  [ "$status" -eq 77 ]
  chmod 646 settings
  run sqs2pg -c settings
  [ "$status" -eq 77 ]
  chmod 644 settings
  sqs2pg -c settings
  echo "AWS_SECRET_ACCESS_KEY=$AWS_SECRET_ACCESS_KEY" >>settings
  run --separate-stderr sqs2pg -c settings
  [ "$status" -eq 77 ]
  [[ "$stderr" != *"$AWS_SECRET_ACCESS_KEY"* ]]
  chmod 640 settings
  sqs2pg -c settings
}

@test "usage errors: 64; help and version: 0; a full disk under them: 74" {
  local arguments
  for arguments in -x --nonsense operand '-c a -c b' -c --config= --log=xml --log; do
    # shellcheck disable=SC2086
    run --separate-stderr sqs2pg $arguments
    [ "$status" -eq 64 ]
    [[ "$stderr" == *"hint: try 'sqs2pg --help'" ]]
  done
  run --separate-stderr sqs2pg --help
  [ "$status" -eq 0 ]
  [[ "$output" == "usage: sqs2pg "* ]]
  run --separate-stderr sqs2pg -V
  [ "$status" -eq 0 ]
  [ "$output" = "sqs2pg $(<"$ROOT/VERSION")" ]
  run bash -c '"$0" --help >/dev/full' "$SQS2PG"
  [ "$status" -eq 74 ]
}
