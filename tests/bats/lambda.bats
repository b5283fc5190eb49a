#!/usr/bin/env bats
# sqs-lambda behind the emulator of AWS for the Lambda runtime interface. The answer for each
# message, and the state left when time runs out, a program dies or the execution environment is frozen.

load ../lib/common
load ../lib/locks
load ../lib/lambda

setup() { lambda_setup; }
teardown() { lambda_teardown; }

@test "messages are loaded, a malformed one is sealed, a redelivery makes no second row" {
  create
  lambda_start
  { bodies 1 9 && echo 'no JSON'; } >in
  run -0 invoke < <(event 1 <in)
  [ "$output" = "$(failed)" ]
  [ "$(rows)" = '9|9' ]
  [ "$(sql "SELECT count(*) FROM t_errors WHERE record ~ 'seal1'")" = 1 ]
  [ "$(sql "SELECT count(*) FROM t WHERE masked_ip LIKE 'siv1.%'")" = 9 ]
  # Once more, as another delivery; and with the records of sqs-pull, from the queue of that name.
  run -0 invoke < <(event 1 2 <in)
  [ "$output" = "$(failed)" ]
  bodies 1 9 | awk '{ printf "{\"sqs\":{\"queue_url\":\"http://localhost/123456789012/q\",\"message_id\":\"m%d\"," \
    "\"receipt_handle\":\"x\",\"sent_at\":\"2025-11-21T09:00:00.123Z\"},\"body\":%s}\n", NR, $0 }' |
    pii-mask -k k | pg-load -t t >out
  [ "$(grep -c '"status":"duplicate"' out)" -eq 9 ]
  [ "$(rows)" = '9|9' ]
  # The log has only messages that need action, and the pipeline is alive.
  has_stage sqs-unwrap && has_stage pii-mask && has_stage pg-load
}

@test "refused messages fail alone, on a FIFO queue with all later ones" {
  create
  export SQS2PG_LOAD_OPTIONS=--no-quarantine
  lambda_start
  { bodies 1 2 && echo '{"id":"x","ip":"10.0.0.1"}' && bodies 4 5; } >in
  run -0 invoke < <(event 1 <in)
  [ "$output" = "$(failed m3)" ]
  run -0 invoke < <(event 1 2 q.fifo <in)
  [ "$output" = "$(failed m3 m4 m5)" ]
  # One that lacks a part, and one event that is not from a queue.
  run -0 invoke < <(bodies 6 8 | event 6 | jq -c 'del(.Records[1].body)')
  [ "$output" = "$(failed m7)" ]
  grep -q '^sqs-lambda: warning: 1 messages have no body, receipt handle or ARN' lambda.err
  run -0 invoke < <(bodies 6 8 | event 6 | jq -c '.Records[1].eventSource = "aws:kinesis"')
  [[ $output == *'"errorType":"Sqs2pg.Data"'* ]]
  run -0 invoke <<<'{}'
  [[ $output == *'"errorMessage":"the event is not from an SQS queue"'* ]]
  run -0 invoke <<<'{"Records":[]}'
  [ "$output" = "$(failed)" ]
}

@test "a body keeps its bytes" {
  local odd='{"n":1.10,"big":12345678901234567891,"e":1e400,"z":-0,"u":"\u00e4\ud83d\ude00\/","t":"ä \" ]}","a":1,"a":1.0}'
  sql 'CREATE TABLE t (doc text, ip text, sent text, queue text, first text, n text)'
  printf '%s\n' 'doc .body' 'ip .body.ip' 'sent $sqs.sent_at' 'queue $sqs.queue_url' 'first $sqs.first_received_at' \
    'n $sqs.receive_count' >map
  printf '.ip siv optional\nother keep\nunmatched keep\n' >policy
  export SQS2PG_LOAD_OPTIONS="--map $PWD/map" SQS2PG_MASK_OPTIONS="-p $PWD/policy"
  lambda_start
  run -0 invoke < <({ echo "$odd" && echo ' { "a" : [ 1.0 , "b c" ] } '; } | event 1)
  [ "$output" = "$(failed)" ]
  [ "$(sql "SELECT doc FROM t WHERE doc LIKE '%big%'")" = "$odd" ]
  [ "$(sql "SELECT doc FROM t WHERE doc NOT LIKE '%big%'")" = '{"a":[1.0,"b c"]}' ]
  [ "$(sql 'SELECT DISTINCT sent, queue, first, n FROM t')" = \
    '2025-11-21T09:00:00.123Z|https://sqs.eu-west-1.amazonaws.com/123456789012/q|2025-11-21T09:00:00.456Z|1' ]
}

@test "the parts of a message count together" {
  sql 'CREATE TABLE t (id int, masked_ip text)'
  export SQS2PG_LOAD_OPTIONS=--no-quarantine
  lambda_start
  local one='{"eventSource":"aws:s3","id":1,"ip":"10.0.0.1"}' bad='{"eventSource":"aws:s3","id":"x","ip":"10.0.0.1"}'
  run -0 invoke < <(printf '{"Records":[%s]}\n' "$one,$one" "$one,$bad" "$one,$one,$one" | event 1)
  [ "$output" = "$(failed m2)" ]
  [ "$(sql 'SELECT count(*) FROM t')" = 6 ]
}

@test "a permanent refusal is an error of the invocation, and works again after the repair" {
  # It sees the statuses of its children with any inherited signal settings.
  printf '#!/bin/sh\nexec env --ignore-signal=CHLD sqs-lambda\n' >ignoring
  chmod +x ignoring
  BOOTSTRAP=./ignoring lambda_start
  run -0 invoke < <(bodies 1 2 | event 1)
  [[ $output == *'pg-load ended with status 69'*'"errorType":"Sqs2pg.Unavailable"'* ]]
  create
  run -0 invoke < <(bodies 1 2 | event 1)
  [ "$output" = "$(failed)" ]
  # Gone while the pipeline is alive.
  sql 'ALTER TABLE t RENAME TO u'
  run -0 invoke < <(bodies 3 4 | event 3)
  [[ $output == *'"errorType":"Sqs2pg.Unavailable"'* ]]
  sql 'ALTER TABLE u RENAME TO t'
  kill -9 "$(stage pii-mask)" || true
  chmod 644 k
  run -0 invoke < <(bodies 3 4 | event 3)
  [[ $output == *'pii-mask ended with status 77'*'"errorType":"Sqs2pg.Permission"'* ]]
  echo 'no key' >k && chmod 600 k
  run -0 invoke < <(bodies 3 4 | event 3)
  [[ $output == *'pii-mask ended with status 78'*'"errorType":"Sqs2pg.Config"'* ]]
  [ "$(rows)" = '2|2' ]
}

@test "a missing setting is an error of each invocation" {
  unset SQS2PG_TABLE
  lambda_start
  run -0 invoke < <(bodies 1 2 | event 1)
  [[ $output == *'"errorMessage":"SQS2PG_TABLE is not set","errorType":"Sqs2pg.Config"'* ]]
  kill -9 "$(<emulator.pid)"
  SQS2PG_METRICS_DIR=$PWD SQS2PG_TABLE=t SQS2PG_KEY_COMMAND=true lambda_start
  run -0 invoke < <(bodies 1 2 | event 1)
  [[ $output == *'SQS2PG_KEY_FILE and SQS2PG_KEY_COMMAND exclude each other'*'"errorType":"Sqs2pg.Config"'* ]]
  grep -q '^sqs-lambda: warning: SQS2PG_METRICS_DIR is ignored' lambda.err
  kill -9 "$(<emulator.pid)"
  SQS2PG_KEY_COMMAND=true lambda_start -- cat
  run -0 invoke < <(bodies 1 2 | event 1)
  [[ $output == *'SQS2PG_KEY_FILE and SQS2PG_KEY_COMMAND exclude each other'*'"errorType":"Sqs2pg.Config"'* ]]
  kill -9 "$(<emulator.pid)"
  TIMEOUT=2 SQS2PG_KEY_FILE='' SQS2PG_TABLE=t SQS2PG_KEY_COMMAND='sleep 60' lambda_start
  run -0 invoke < <(bodies 1 2 | event 1)
  [[ $output == *'sleep did not end in time'*'"errorType":"Sqs2pg.Temporary"'* ]]
  for api in 127.0.0.1 :1 127.0.0.1:abc 127.0.0.1:99999 1:2:3 http://127.0.0.1:9; do
    AWS_LAMBDA_RUNTIME_API=$api run -78 sqs-lambda
    [[ $output == *'AWS_LAMBDA_RUNTIME_API is not HOST:PORT'* ]]
  done
  run -78 env -u AWS_LAMBDA_RUNTIME_API sqs-lambda
  [[ $output == *'AWS_LAMBDA_RUNTIME_API is not set'* ]]
  run -64 sqs-lambda cat
}

@test "the database is away: all messages fail before the deadline, and no work is left on the server" {
  TIMEOUT=3 PGHOST=$PWD/nowhere lambda_start
  run -0 invoke < <(bodies 1 3 | event 1)
  [ "$output" = "$(failed m1 m2 m3)" ]
  no_stage
}

@test "at the deadline, unfinished work is ended first, so that none of it thaws" {
  create
  TIMEOUT=6 lambda_start
  run -0 invoke < <(bodies 1 1 | event 1)
  hold
  run -0 invoke < <(bodies 2 4 | event 2)
  [ "$output" = "$(failed m2 m3 m4)" ]
  no_stage
  # The loader cancelled on the server: no session waits for a lock there.
  eventually 60 nobody_waits
  # Lambda freezes the environment after the answer. Neither it nor a redelivery elsewhere blocks the other.
  stop "$(lambda_pid)"
  let_go
  bodies 2 4 | awk '{ printf "{\"sqs\":{\"queue_url\":\"http://localhost/123456789012/q\",\"message_id\":\"m%d\"," \
    "\"receipt_handle\":\"x\",\"sent_at\":\"2025-11-21T09:00:00.123Z\"},\"body\":%s}\n", NR + 1, $0 }' |
    pii-mask -k k | timeout 10 pg-load -t t >out
  [ "$(grep -c '"status":"committed"' out)" -eq 3 ]
  kill -CONT "$(lambda_pid)"
  run -0 invoke < <(bodies 2 5 | event 2 2)
  [ "$output" = "$(failed)" ]
  [ "$(rows)" = '5|5' ]
}

@test "at the deadline, the children of a command end with it, in any order" {
  create
  TIMEOUT=6 lambda_start -- sh -c 'pii-mask -k k | pg-load -t t --linger 0'
  run -0 invoke < <(bodies 1 1 | event 1)
  hold
  run -0 invoke < <(bodies 2 4 | event 2)
  [ "$output" = "$(failed m2 m3 m4)" ]
  let_go
  # No process is left to write: the server notices within seconds, and commits nothing.
  eventually 60 no_loader
  [ "$(rows)" = '1|1' ]
}
no_loader() {
  [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pg-load'")" = 0 ]
}

# Frozen within a transaction: the session that waits for its keys ends its session (pg-load(1)).
is_held_up_or_done() { is_held_up || lines_are out 3; }

@test "a frozen execution environment within a batch: a redelivery elsewhere succeeds, and there is only one row" {
  local seconds
  seconds=$(rounds 2 75)
  create
  TIMEOUT=300 lambda_start
  run -0 invoke < <(bodies 1 1 | event 1)
  hold
  invoke < <(bodies 2 4 | event 2) >answer 3>&- 4>&- &
  eventually 60 is_held_up
  # shellcheck disable=SC2046  # four
  stop $(lambda_tree | tail -n +2)
  let_go
  bodies 2 4 | awk '{ printf "{\"sqs\":{\"queue_url\":\"http://localhost/123456789012/q\",\"message_id\":\"m%d\"," \
    "\"receipt_handle\":\"x\",\"sent_at\":\"2025-11-21T09:00:00.123Z\"},\"body\":%s}\n", NR + 1, $0 }' |
    pii-mask -k k >masked
  pg-load -t t --retry-timeout 5m <masked >out 2>err 3>&- 4>&- &
  local loader=$!
  # In the short form it thaws while the other waits for it. It does not if it was blocked before it had its
  # keys, which a check of the table once a minute may cause.
  [ -n "${SQS2PG_TEST_LONG:-}" ] || eventually 60 is_held_up_or_done
  [ -z "${SQS2PG_TEST_LONG:-}" ] || eventually "$seconds" lines_are out 3
  # shellcheck disable=SC2046  # four
  kill -CONT $(lambda_tree | tail -n +2)
  wait "$loader"
  eventually 60 test -s answer
  [ "$(<answer)" = "$(failed)" ]
  lines_are out 3
  [ "$(rows)" = '4|4' ]
}

loads_anew() { grep -q 'signal 9 ended pg-load' lambda.err && has_stage pg-load; }

@test "a program killed between or during invocations is started again" {
  local name n=1
  create
  lambda_start
  run -0 invoke < <(bodies 1 1 | event 1)
  for name in sqs-unwrap pii-mask pg-load; do
    n=$((n + 1))
    kill -9 "$(stage "$name")"
    run -0 invoke < <(bodies "$n" "$n" | event "$n")
    echo "$name: $output"
    [ "$output" = "$(failed)" ]
  done
  for name in pii-mask pg-load; do
    n=$((n + 1))
    hold
    invoke < <(bodies "$n" "$n" | event "$n") >answer 3>&- 4>&- &
    eventually 60 is_held_up
    kill -9 "$(stage "$name")"
    [ "$name" != pg-load ] || eventually 60 loads_anew
    let_go
    wait
    [ "$(<answer)" = "$(failed)" ]
  done
  [ "$(rows)" = '6|6' ]
}

@test "each program has only its own secrets; the key command has those of AWS, and runs at every start" {
  create
  cat >give-key <<'SCRIPT'
#!/bin/bash
env >>key.env
echo run >>key.runs
[ ! -e key.status ] || exit "$(<key.status)"
cat k
SCRIPT
  chmod +x give-key
  export SQS2PG_KEY_COMMAND=$PWD/give-key PGPASSWORD=hidden
  unset SQS2PG_KEY_FILE
  lambda_start
  run -0 invoke < <(bodies 1 2 | event 1)
  [ "$output" = "$(failed)" ]
  local name
  for name in sqs-unwrap pii-mask pg-load; do
    tr '\0' '\n' <"/proc/$(stage "$name")/environ" >"$name.env"
    run -1 grep -E '^(AWS_|SQS2PG_KEY)' "$name.env"
  done
  run -1 grep -E '^PG' sqs-unwrap.env pii-mask.env
  grep -q '^PGPASSWORD=hidden' pg-load.env
  grep -q '^AWS_LAMBDA_RUNTIME_API=' key.env
  tr '\0' ' ' <"/proc/$(stage pg-load)/cmdline" | grep -F -- ' --require-masked --linger 0 '
  run -1 grep -E '^(PG|SQS2PG)' key.env
  # The key is in no argument, and a process that does not need it has no descriptor of it.
  run -1 grep -aqF "$(awk '/^pii1/ { print $4 }' k)" "/proc/$(stage pii-mask)/cmdline" "/proc/$(stage pii-mask)/environ"
  kill -9 "$(stage pg-load)"
  run -0 invoke < <(bodies 3 3 | event 3)
  [ "$output" = "$(failed)" ]
  lines_are key.runs 2
  kill -9 "$(stage pg-load)"
  echo 1 >key.status
  run -0 invoke < <(bodies 4 4 | event 4)
  [[ $output == *'give-key ended with status 1'*'"errorType":"Sqs2pg.Unavailable"'* ]]
  echo 0 >key.status
  run -0 invoke < <(bodies 4 4 | event 4)
  [[ $output == *'give-key printed nothing'*'"errorType":"Sqs2pg.Unavailable"'* ]]
}

@test "a verdict counts only for its own delivery, and only if it reports a committed row" {
  TIMEOUT=4 lambda_start -- jq --unbuffered -c '{sqs: (.sqs | if .message_id == "m2" then .receipt_handle = "h2-0" else . end)} +
    (if .body.v then {status: .body.v} else {} end)'
  run -0 invoke < <(printf '{"v":"%s"}\n' committed committed would-commit rejected duplicate quarantined strange | { cat && echo '{}'; } | event 1)
  [ "$output" = "$(failed m2 m3 m4 m7 m8)" ]
  no_stage
}

@test "one delivery twice in an event needs two verdicts" {
  create
  lambda_start
  run -0 invoke < <({ bodies 1 1 && bodies 1 1; } | event 1 | jq -c '.Records[1].messageId = "m1" | .Records[1].receiptHandle = "h1-1"')
  [ "$output" = "$(failed)" ]
  [ "$(rows)" = '1|1' ]
}

@test "a command has all variables except those of AWS, and the key through a descriptor" {
  create
  export SQS2PG_KEY_COMMAND="cat $PWD/k"
  # One without a value is unset, and must not stand before that of the descriptor.
  export SQS2PG_KEY_FILE=''
  lambda_start -- sh -c 'tr "\\0" "\\n" </proc/$$/environ >command.env; pii-mask -k "$SQS2PG_KEY_FILE" | pg-load -t "$SQS2PG_TABLE" --linger 0'
  run -0 invoke < <(bodies 1 20 | event 1)
  [ "$output" = "$(failed)" ]
  [ "$(rows)" = '20|20' ]
  run -1 grep -E '^(AWS_|SQS2PG_KEY_COMMAND)' command.env
  [ "$(grep -a ^SQS2PG_KEY_FILE= command.env)" = SQS2PG_KEY_FILE=/proc/self/fd/3 ]
  grep -q '^PGDATABASE=' command.env
}

@test "a stop request ends it and all its children" {
  create
  lambda_start
  run -0 invoke < <(bodies 1 3 | event 1)
  local lambda name pids=()
  lambda=$(lambda_pid)
  for name in sqs-unwrap pii-mask pg-load; do pids+=("$(stage "$name")"); done
  kill -TERM "$lambda"
  for pid in "$lambda" "${pids[@]}"; do eventually 60 is_gone "$pid"; done
}
# A zombie has ended.
is_gone() { case $(ps -o stat= -p "$1") in '' | Z*) ;; *) return 1 ;; esac }

@test "the zip file has all needed files" {
  create_user_logins
  "$ROOT/deploy/lambda/zip.sh" out.zip "$(dirname "$(command -v sqs-lambda)")"
  python3 -c 'import os, sys, zipfile
for info in zipfile.ZipFile("out.zip").infolist():
    path = zipfile.ZipFile("out.zip").extract(info, "task")
    os.chmod(path, info.external_attr >> 16 & 0o777)'
  unset SQS2PG_MAPS
  PATH=/usr/bin:/bin BOOTSTRAP=$PWD/task/bootstrap SQS2PG_TABLE=user_logins lambda_start
  run -0 invoke < <(event 1 <"$SAMPLE")
  [ "$output" = "$(failed)" ]
  [ "$(sql 'SELECT count(*) FROM user_logins')" = 99 ]
  [ "$(readlink "/proc/$(stage pg-load)/exe")" = "$PWD/task/bin/pg-load" ]
  grep -qF "$PWD/task/lib/libpq.so.5" "/proc/$(stage pg-load)/maps"
}

@test "the event sources request the failed messages, and the settings are known ones" {
  local file name
  for file in template event-source-mapping; do
    jq -e '[.. | .FunctionResponseTypes? // empty] == [["ReportBatchItemFailures"]]' "$ROOT/deploy/lambda/$file.json"
  done
  for name in $(jq -r '.Resources.Loader.Properties.Environment.Variables | keys[] | select(startswith("SQS2PG_"))' \
    "$ROOT/deploy/lambda/template.json"); do
    grep -qE "^\.It Ev .*$name" "$ROOT/man/sqs-lambda.1"
  done
}

@test "a connection that was not used for a minute is replaced before the next batch" {
  local n
  preload hasten
  sql 'CREATE TABLE t (id int, backend int DEFAULT pg_backend_pid())'
  mkfifo pipe
  HASTEN=60 LD_PRELOAD=$PWD/hasten.so pg-load -t t --linger 0 <pipe >out 2>err 3>&- 4>&- &
  exec {PIPE}>pipe
  for n in 1 2; do
    [ "$n" -eq 1 ] || sleep 1.1
    printf '{"sqs":{"message_id":"m%d","receipt_handle":"x"},"body":{"id":%d}}\n' "$n" "$n" >&"$PIPE"
    eventually 60 lines_are out "$n"
  done
  exec {PIPE}>&-
  wait
  [ "$(sql 'SELECT count(DISTINCT backend) FROM t')" = 2 ]
}
