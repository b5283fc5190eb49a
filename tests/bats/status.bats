#!/usr/bin/env bats
# sqs2pg-status: scripts/pipeline.sh by that name.

load ../lib/common

setup() {
  common_setup
  fresh_database
  create_user_logins
  DEAD=$(servers_queue "$(unique)")
  fresh_queue VisibilityTimeout=30 \
    "RedrivePolicy={\"deadLetterTargetArn\":\"arn:aws:sqs:elasticmq:000000000000:${DEAD##*/}\",\"maxReceiveCount\":\"50\"}"
  QUEUE=$SQS_QUEUE_URL NAME=${SQS_QUEUE_URL##*/}
  key k
  mkdir figures
  {
    echo "SQS_QUEUE_URL=$SQS_QUEUE_URL"
    echo 'SQS2PG_TABLE=user_logins'
    echo "SQS2PG_KEY_FILE=$PWD/k"
    echo 'SQS2PG_PULL_OPTIONS=--wait 1'
    echo "SQS2PG_METRICS_DIR=$PWD/figures"
  } >settings
  unset SQS_QUEUE_URL
  export SQS2PG_LOCK_DIR=$PWD
  copy_sqs2pg bin
  cp bin/sqs2pg bin/sqs2pg-status
}

teardown() { common_teardown; }

status() { bin/sqs2pg-status -c settings "$@"; }
healthy() { status --health "$1"; }
send() { sqs-send -q -Q "$QUEUE"; }
# aged FILE NAME SECONDS: set a time of the file to SECONDS ago.
aged() {
  sed -i "s/^\(sqs2pg_$2{.*} \).*/\1$(($(date +%s) - $3)).000/" "figures/$NAME-$1.prom"
}

@test "six states: healthy, idle, stalled, growing dead letters, growing quarantine, no database" {
  # Nothing has run yet.
  run -1 healthy 5m
  [ "$output" = "sqs2pg-status: error: no metrics files of the queue $NAME in $PWD/figures" ]
  # Fine.
  head -n 20 "$SAMPLE" | send
  "$SQS2PG" -c settings
  run -0 healthy 5m
  [ -z "$output" ]
  run -0 status
  echo "$output"
  [[ ${lines[0]} == "queue         $NAME: 0 waiting, 0 in flight, 0 delayed; oldest at last receive: "* ]]
  # Two minutes after the end of the run its oldest message says nothing.
  touch -d '3 minutes ago' "figures/$NAME-sqs-pull.prom"
  [ "$(status --json | jq .queue.oldest_seconds)" = null ]
  touch "figures/$NAME-sqs-pull.prom"
  [ "${lines[1]}" = "dead letters  ${DEAD##*/}: 0" ]
  [[ ${lines[2]} == 'table         user_logins: last commit 20'*'Z; in the last hour 20 committed, 0 quarantined' ]]
  [ "${lines[3]}" = 'quarantined   0 unresolved' ]
  [ "${lines[4]}" = 'ledger        public.user_logins_ledger: 20 keys, 0 MiB' ]
  [ "${lines[5]}" = "keys          $(pii-keygen --list k)" ]
  [[ ${lines[6]} == 'health        healthy: a '* ]]
  # Idle: the last commit was long ago, but the queue was empty.
  aged pg-load last_success_timestamp_seconds 7000
  run -0 status -v --health 5m
  [[ $output == 'sqs2pg-status: info: a receive found the queue empty '*' ago' ]]
  # Stalled.
  aged sqs-pull last_idle_timestamp_seconds 600
  run -1 healthy 5m
  [[ $output == 'sqs2pg-status: error: no commit and no empty receive within the time; last: a receive found the queue empty 10 min ago' ]]
  run -0 healthy 11m
  run -0 status --json
  [ "$(jq -c .health.ok <<<"$output")" = true ]
  # A clock that was ahead once does not make it healthy without limit.
  aged sqs-pull last_idle_timestamp_seconds -3600
  run -1 healthy 5m
  [[ $output == *'a time in the metrics files is in the future: the clock was wrong; remove the files' ]]
  # A metrics file that the settings name for a stage.
  aged sqs-pull last_idle_timestamp_seconds 600
  printf 'sqs2pg_last_idle_timestamp_seconds{queue="x"} %s.000\n' "$(date +%s)" >own.prom
  sed "s|^SQS2PG_PULL_OPTIONS=|&--metrics-file $PWD/own.prom |" settings >own
  run -0 bin/sqs2pg-status -c own --health 5m
  run -1 healthy 5m
  # Dead letters.
  aged sqs-pull last_idle_timestamp_seconds 1
  aged sqs-pull dead_letters_grown_timestamp_seconds 101
  run -1 healthy 5m
  grep -qxE 'sqs2pg-status: error: the dead-letter queue grew 1[0-9]{2} s ago' <<<"$output"
  run -0 healthy 90s
  sqs-send -q -Q "$DEAD" <<<'{"body":"x"}'
  run -0 status --json
  [ "$(jq -c '[.dead_letter.messages, (.dead_letter.grown_at | test("^20.*Z$")), .health.ok]' <<<"$output")" = '[1,true,false]' ]
  # Quarantine.
  { echo '{"body":"no json"}'; echo '{"body":{"ip":"10.0.0.1","x":"no-such-column-alone"}}'; echo '{"body":{"user_id":"u","app_version":"nonsense","ip":"10.0.0.2","device_id":"d"}}'; } >in
  send <in
  "$SQS2PG" -q -c settings || true
  run -0 status --json
  echo "$output"
  [ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" = 'queue dead_letter table quarantined ledger keys health' ]
  [ "$(jq '.table.hour.quarantined == ([.quarantined[]] | add) and .table.hour.quarantined >= 1' <<<"$output")" = true ]
  [ "$(jq -c '[.table.name, .ledger.name, .keys[0].state, (.keys[0].id | length)]' <<<"$output")" = '["user_logins","public.user_logins_ledger","primary",8]' ]
  run -0 status
  [[ $output == *"quarantined   "[1-9]*" unresolved: "* ]]
  run -1 grep -E 'nonsense|10\.0\.0|no-such-column' <<<"$output"
  # No database: the rest is shown.
  PGHOST=$PWD/none SQS2PG_LOAD_OPTIONS='--retry-timeout 100ms' run --separate-stderr -75 status --json
  [ "$(jq -c '[.table, .quarantined, .ledger, .queue.messages, .health.ok]' <<<"$output")" = '[null,null,null,0,false]' ]
  [[ $stderr == *'pg-load: error: cannot connect'* ]]
  PGHOST=$PWD/none SQS2PG_LOAD_OPTIONS='--retry-timeout 100ms' run --separate-stderr -75 status
  [[ $output == *'table         unknown: the request to the database failed'* ]]
  [[ $output == *"queue         $NAME: "* ]]
}

@test "required settings; an empty table; no ledger; a wrong command line" {
  run --separate-stderr -0 status --json
  [ "$(jq -c '[.table.last_commit, .table.hour.committed, .quarantined, .ledger.keys, .health.ok]' <<<"$output")" = '[null,0,{},0,false]' ]
  [ -z "$stderr" ]
  [ -z "$(sql "SELECT FROM pg_class WHERE relname LIKE 'user_logins_%'")" ]
  SQS2PG_LOAD_OPTIONS='--no-ledger --no-quarantine' run -0 status
  [[ $output == *'quarantined   not kept'*'ledger        not kept'* ]]
  chmod 644 k
  run --separate-stderr -77 status --json
  [ "$(jq -c .keys <<<"$output")" = null ]
  chmod 600 k
  sed -i '/METRICS_DIR/d' settings
  run -78 healthy 5m
  [[ $output == *'SQS2PG_METRICS_DIR is not set in settings'* ]]
  run -0 status --json
  [ "$(jq -c '[.health, .queue.oldest_seconds]' <<<"$output")" = '[{"ok":null,"why":"SQS2PG_METRICS_DIR is not set"},null]' ]
  run -64 status --health
  run -64 status --health soon
  run -64 status --json --health 5m
  run -64 status x
  run -64 pg-load -t t --print-status --explain
}

@test "a queue that accepts and does not answer is given up: 75, and the rest is shown" {
  local port
  port=$(servers_free_port)
  sed -i 's/^ANSWER_TIME=15 /ANSWER_TIME=5 /' bin/pipeline/status.sh
  python3 -c "import socket, time; s = socket.create_server(('127.0.0.1', $port)); print(flush=True)
time.sleep(120)" >listening 3>&- 4>&- &
  echo $! >pid
  eventually 60 test -s listening
  echo "SQS2PG_PULL_OPTIONS=--endpoint-url http://127.0.0.1:$port" >>settings
  run --separate-stderr -75 timeout 100 bin/sqs2pg-status -c settings
  [ "$stderr" = 'sqs2pg-status: error: sqs-pull had no answer within 5 s' ]
  [[ $output == *'queue         unknown'*'table         user_logins: '* ]]
}

@test "a quoted name of the table stands whole on the screen" {
  sql 'ALTER TABLE user_logins RENAME TO "Log""\}ins"'
  sed -i 's/^SQS2PG_TABLE=.*/SQS2PG_TABLE=public."Log""\\}ins"/' settings
  head -n 1 "$SAMPLE" | send
  "$SQS2PG" -c settings
  run -0 status
  [[ $output == *$'\ntable         public."Log""\\}ins": last commit '* ]]
  [[ $output == *$'\nledger        public."Log""\\}ins_ledger": 0 keys, '* ]]
}

@test "each program of sqs2pg-status gets only its own part of the settings" {
  local name
  for name in sqs-pull pg-load pii-keygen; do
    printf '#!/bin/sh\nenv >%s/%s.env\nexec %s "$@"\n' "$PWD" "$name" "$(command -v "$name")" >"bin/$name"
    chmod 755 "bin/$name"
  done
  printf '%s\n' AWS_SECRET_ACCESS_KEY=aws-secret PGPASSWORD=pg-secret >>settings
  chmod 600 settings
  run -0 status
  run -1 grep -F secret <<<"$output"
  [ "$(grep -lE '^(AWS_|SQS_QUEUE_URL)' ./*.env)" = ./sqs-pull.env ]
  [ "$(grep -l '^PG' ./*.env)" = ./pg-load.env ]
  [ "$(grep -hE 'secret' ./*.env)" = "PGPASSWORD=pg-secret
AWS_SECRET_ACCESS_KEY=aws-secret" ]
  run -1 grep -l '^SQS2PG_' pii-keygen.env sqs-pull.env
}

# Print the sockets of an address family and the connections in the trace "calls".
connections() { grep -v '/nscd/' calls | grep -E 'AF_INET|connect\('; }

@test "--health makes no connection and needs no secret" {
  echo x >figures/"$NAME-pg-load.prom"
  strace -f -qq -e trace=socket,connect -o calls bin/sqs2pg-status -c settings || true
  connections
  # Without SHELL, bash looks itself up in the password file, and libc tries the socket of the name
  # service cache. That is not one of our servers.
  strace -f -qq -e trace=socket,connect -o calls \
    env -u SHELL bin/sqs2pg-status -c settings --health 5m || true
  run -1 connections
  env -i PATH="$PATH" SQS_QUEUE_URL="$QUEUE" SQS2PG_METRICS_DIR="$PWD/figures" bin/sqs2pg-status --health 5m || [ $? -eq 1 ]
  # Longer than the time since 1970.
  run -1 healthy 30000d
  [ "$output" = 'sqs2pg-status: error: no commit and no empty receive so far' ]
}
