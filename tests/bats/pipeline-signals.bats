#!/usr/bin/env bats
# scripts/pipeline.sh (installed as sqs2pg) while signals reach it and its stages.

load ../lib/common

setup() {
  common_setup
  fresh_database
  key k
  export SQS2PG_LOCK_DIR=$BATS_TEST_TMPDIR
  printf '%s\n' SQS2PG_TABLE=t "SQS2PG_KEY_COMMAND=cat $PWD/k" 'SQS2PG_LOAD_OPTIONS=--no-map' \
    'SQS2PG_PULL_OPTIONS=--wait 1' >settings
  sql 'CREATE TABLE t (id integer, masked_ip text)'
  copy_sqs2pg bin
}

teardown() { common_teardown; }

@test "random stops, continues, signals and kills: no hang, no stage left, no message lost" {
  local rounds queues=() queue
  rounds=$(rounds 40 500)
  for queue in 1 2 3 4 5 6; do queues+=("$(servers_queue "$(unique)" VisibilityTimeout=4)"); done
  run python3 "$ROOT/tests/lib/signals.py" "$rounds" 12 "$SQS2PG" "$PWD/settings" "${queues[@]}" -- sqs-send -q -Q
  echo "$output"
  echo "# ${lines[-1]}" >&3
  [ "$status" -eq 0 ]
  # Uncommitted messages still exist, hidden for a while at most.
  all_loaded() {
    for queue in "${queues[@]}"; do SQS_QUEUE_URL=$queue "$SQS2PG" -q -c settings & done
    wait
    [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = "$((rounds * 20))|$((rounds * 20))" ]
  }
  eventually 60 all_loaded
}

@test "a signal that interrupts a wait is not taken for the status of a stage" {
  cat >collect <<'EOF'
set -muo pipefail
. "$1"
trap on_renewal USR1
(exit "$2") &
stage=$!
while kill -0 "$stage" 2>/dev/null; do :; done
wait "$stage"
# No builtin runs between the last wait and this signal: bash lets it interrupt the next wait.
none=`env kill -s USR1 "$$"`
status_of "$stage"
echo "$? $renewal"
EOF
  local expected
  for expected in 0 5 127 138; do
    run --separate-stderr -0 bash collect "$ROOT/scripts/pipeline/stages.sh" "$expected"
    [ "$output" = "$expected 1" ]
  done
}

# start OPTION...: start a run in the background, with its process id in ./pid.
start() {
  SQS_QUEUE_URL=$QUEUE "$SQS2PG" -c settings "$@" 3>&- 4>&- >run.out 2>run.err &
  echo $! >pid
}
stages() { pgrep -P "$(<pid)" -x 'sqs-pull|sqs-unwrap|pii-mask|pg-load|sqs-ack'; }
five_stages() { [ "$(stages | wc -l)" -eq 5 ]; }
ended() { [ ! -e "/proc/$(<pid)" ] || [ "$(ps -o stat= -p "$(<pid)")" = Z ]; }
# finish SECONDS: wait for the run's end and return its status.
finish() { eventually "$1" ended && wait "$(<pid)"; }

send() { # FIRST LAST
  jq -nc --argjson a "$1" --argjson b "$2" 'range($a; $b + 1) | {body: {id: ., ip: "192.0.2.1"}}' | sqs-send -q -Q "$QUEUE"
}
rows_are() { [ "$(sql 'SELECT count(*) FROM t')" = "$1" ]; }
backend() {
  sql "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
}
# waiting: succeed when the loader's backend waits in the trigger.
waiting() { [ -n "$(sql "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")" ]; }

@test "SIGTERM while COMMIT waits: reported, ends within --grace with 75, and the messages stay" {
  local status=0 began
  QUEUE=$(servers_queue "$(unique)" VisibilityTimeout=4)
  sed -i 's/--no-map/--no-map --grace 8s/' settings
  sql 'CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$'
  sql 'CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()'
  start --follow
  eventually 60 five_stages
  send 1 10
  eventually 60 waiting
  began=$SECONDS
  stages >was
  kill "$(<pid)"
  finish 60 || status=$?
  [ "$status" -eq 75 ]
  [ $((SECONDS - began)) -le 9 ]
  grep -q '^pg-load: warning: stopping: waiting for the database, 7 s at most$' run.err
  [ -z "$(ps -o pid= -p "$(xargs <was | tr ' ' ,)")" ]
  sql 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
  sql 'DROP TRIGGER wait ON t'
  rows_are 0
  # shellcheck disable=SC2317
  loaded() { SQS_QUEUE_URL=$QUEUE "$SQS2PG" -q -c settings && rows_are 10; }
  eventually 60 loaded
}

@test "SIGTERM while the database hangs: ends within --grace with 75; a second one kills all programs" {
  local status=0 began hung
  QUEUE=$(servers_queue "$(unique)" VisibilityTimeout=4)
  sed -i 's/--no-map/--no-map --grace 8s/' settings
  start --follow
  eventually 60 five_stages
  send 1 10
  eventually 60 rows_are 10
  hung=$(backend)
  kill -STOP "$hung"
  send 11 20
  began=$SECONDS
  kill "$(<pid)"
  finish 60 || status=$?
  kill -CONT "$hung"
  [ "$status" -eq 75 ] || [ "$status" -eq 0 ] # 0: it was told before it had received
  [ $((SECONDS - began)) -le 9 ]
  # Again, with a longer grace period.
  sed -i 's/--grace 8s/--grace 10m/' settings
  status=0
  start --follow
  eventually 60 five_stages
  eventually 60 started sqs-pull "$(pgrep -P "$(<pid)" -x sqs-pull)"
  stages >was
  kill -STOP "$(pgrep -P "$(<pid)" -x pii-mask)"
  kill "$(<pid)"
  # sqs-pull has closed its output, and all wait for the stopped stage.
  source_closed() { [ "$(readlink "/proc/$(pgrep -P "$(<pid)" -x sqs-pull)/fd/1")" = /dev/null ]; }
  eventually 60 source_closed
  kill -HUP "$(<pid)"
  finish 10 || status=$?
  [ "$status" -eq 129 ]
  [ -z "$(ps -o pid= -p "$(xargs <was | tr ' ' ,)")" ]
  loaded() { SQS_QUEUE_URL=$QUEUE "$SQS2PG" -q -c settings && rows_are 20; }
  eventually 60 loaded
}

@test "--replay: a stop hides the rejection of the line that it cuts, and no other" {
  local status=0
  printf 'SQS2PG_TABLE=t\nSQS2PG_LOAD_OPTIONS=--no-map --batch-rows 1000\n' >big
  some() { [ "$(sql 'SELECT count(*) FROM t')" -gt 0 ]; }
  { echo '{"cut'; seq 400000 | sed 's/.*/{"sqs":{"message_id":"&","receipt_handle":"h"},"body":{"id":&},"pii":{"key":"00000000"}}/'; } >many
  "$SQS2PG" -c big --replay many 3>&- 4>&- 2>err &
  echo $! >pid
  eventually 60 some
  kill "$(<pid)"
  finish 60 || status=$?
  [ "$status" -eq 1 ]
  [ "$(sql 'SELECT count(*) FROM t')" -lt 400000 ]
}

@test "--lock-wait and --lock-status" {
  QUEUE=$(servers_queue "$(unique)")
  start --follow
  eventually 60 five_stages
  export SQS_QUEUE_URL=$QUEUE
  run --separate-stderr -7 "$SQS2PG" -c settings --lock-status 7
  [ -z "$stderr" ]
  run --separate-stderr -9 "$SQS2PG" -v -c settings --lock-wait 300ms --lock-status=09
  [ "$stderr" = "sqs2pg: info: another run has this queue" ]
  # A waiting run gets the lock when the other ends.
  "$SQS2PG" -v -c settings --lock-wait 1m 3>&- 4>&- 2>waited &
  local waiter=$!
  waits() { pgrep -P "$waiter" -x flock; }
  eventually 60 waits
  kill "$(<pid)"
  finish 60
  wait "$waiter"
  grep -q '^pg-load: committed=0 ' waited
  # A signal ends the wait.
  start --follow
  eventually 60 five_stages
  "$SQS2PG" -c settings --lock-wait 1d --lock-status 9 3>&- 4>&- &
  waiter=$!
  eventually 60 waits
  kill "$waiter"
  wait "$waiter"
  kill "$(<pid)"
  finish 60
  local arguments
  for arguments in '--lock-wait x' '--lock-wait=' '--lock-status 256' '--lock-status -1' '--no-lock --lock-wait 1s' \
    '--no-lock --lock-status 1' '--lock-wait 1s --lock-wait 1s'; do
    # shellcheck disable=SC2086
    run -64 "$SQS2PG" -c settings $arguments
  done
}

@test "--archive, --follow: a file is complete when its hour has ended; a failure to create the next one is 74" {
  local status=0
  renewed() { [ -n "$(ls kept)" ] && five_stages; }
  QUEUE=$(servers_queue "$(unique)")
  sed -i 's/^HOUR=3570 /HOUR=2 /' bin/pipeline/archive.sh # an hour of two seconds
  grep -q '^HOUR=2 ' bin/pipeline/archive.sh
  mkdir kept
  complete() { [ "$(zcat kept/*.ndjson.gz | wc -l)" -eq "$1" ] && [ -z "$(ls kept/*.part 2>/dev/null)" ]; }
  start --follow --archive kept
  eventually 60 five_stages
  send 1 500
  eventually 60 complete 500
  send 501 600
  eventually 60 complete 600
  [ "$(find kept -type f | wc -l)" -ge 2 ]
  zcat kept/*.gz | jq -es '[.[].body.id] | unique == [range(1; 601)]'
  [ "$(stat -c %a kept/* | sort -u)" = 600 ]
  mv kept gone
  send 601 610
  eventually 60 rows_are 610
  eventually 60 grep -q '^sqs2pg: warning: archive: ' run.err
  # A renewal needs the folder; with it, the run goes on, and the archive too.
  kill -s USR1 "$(<pid)"
  eventually 60 grep -q 'the renewal failed' run.err
  mkdir kept
  kill -s USR1 "$(<pid)"
  eventually 60 renewed
  send 611 620
  eventually 60 complete 10
  eventually 60 rows_are 620
  kill "$(<pid)"
  finish 60 || status=$?
  [ "$status" -eq 74 ]
  [ "$(counts)" = '0 0 0' ]
}
counts() { servers_counts "$QUEUE"; }

@test "--archive, --follow: an hour ends also after a signal and with a stopped stage" {
  local mask status=0
  QUEUE=$(servers_queue "$(unique)" VisibilityTimeout=4)
  sed -i 's/^HOUR=3570 /HOUR=3 /' bin/pipeline/archive.sh
  grep -q '^HOUR=3 ' bin/pipeline/archive.sh
  sed -i 's/--no-map/--no-map --grace 10m/' settings
  mkdir kept
  archived() { [ -n "$(ls kept/*.gz)" ] && [ "$(zcat kept/*.gz | wc -l)" -eq "$1" ]; }
  start --follow --archive kept
  eventually 60 five_stages
  send 1 10
  eventually 60 archived 10
  # A new hour has just begun.
  send 11 20
  eventually 60 rows_are 20
  mask=$(pgrep -P "$(<pid)" -x pii-mask)
  kill -STOP "$mask"
  kill "$(<pid)"
  eventually 60 archived 20
  [ -e "/proc/$(<pid)" ]
  kill -CONT "$mask"
  finish 60 || status=$?
  [ "$status" -eq 0 ]
  [ -z "$(ls kept/*.part 2>/dev/null)" ]
}
