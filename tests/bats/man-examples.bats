#!/usr/bin/env bats
# Run the examples of man pages as printed: those of pg-load, pg-suggest, sqs2pg-init and sqs-ack.
# (pg-upsert.bats has those of pg-load --upsert.)

load ../lib/common

setup() {
  common_setup
  fresh_database
  mkdir quick
  printf '#!/bin/sh\nexec %q --wait 1 "$@"\n' "$(command -v sqs-pull)" >quick/sqs-pull
  chmod 755 quick/sqs-pull
  export PATH=$PWD/quick:$PATH
  key k 2>/dev/null
}

# example PAGE FIRST: print the lines of an example, from the one that begins with FIRST.
example() {
  mandoc -T utf8 "$ROOT/man/$1" | col -bx | sed -n '/^EXAMPLES/,/^SEE ALSO/p' |
    awk -v first="$2" '!found && index($0, first) { found = index($0, first) } found && !/[^ ]/ { exit }
      found { print substr($0, found) } END { exit !found }'
}
# runs PAGE FIRST: run it, as a user pastes it into a shell.
runs() {
  local text
  text=$(example "$@") && bash -c "$text"
}
rows_are() { [ "$(sql "SELECT count(*) FROM $1")" = "$2" ]; }

@test "pg-load: a dry run, a load, the refused records, a pruned ledger" {
  fresh_queue VisibilityTimeout=60
  create_user_logins
  sqs-send -q <"$SAMPLE"
  run -0 runs pg-load.1 'pg-load --explain -t user_logins'
  [ "$(wc -l <<<"$output")" -eq 7 ]
  runs pg-load.1 'sqs-pull | pii-mask -k k | pg-load --dry-run' >out
  [ "$(xargs <out)" = '99 would-commit 1 would-quarantine' ]
  rows_are user_logins 0
  counts_are 0 100 0
  fresh_queue VisibilityTimeout=60
  sqs-send -q <"$SAMPLE"
  runs pg-load.1 'sqs-pull | pii-mask -k k | pg-load -t user_logins | sqs-ack'
  rows_are user_logins 99
  counts_are 0 0 0
  run -0 runs pg-load.1 "psql -c 'select code"
  [[ $output == *' root '*' 1'* ]]
  sql "UPDATE user_logins_ledger SET loaded_at = now() - interval '31 days' WHERE key IN (SELECT key FROM user_logins_ledger LIMIT 9)"
  runs pg-load.1 'pg-load -t user_logins --prune-ledger 30d'
  rows_are user_logins_ledger 90
}

@test "pg-load: a map, and a plain file" {
  sql 'CREATE TABLE logins (who text, day date, raw jsonb)'
  example pg-load.1 'who  .body' >logins.map
  echo '{"sqs":{"queue_url":"q","message_id":"m","sent_at":"2026-11-29T10:00:00.000Z"},"body":{"user_id":"u"}}' |
    pg-load -t logins --map logins.map >out
  [ "$(sql 'SELECT * FROM logins')" = 'u|2026-11-29|{"user_id": "u"}' ]
  sql 'CREATE TABLE events (id integer, v text)'
  seq 1 9 | sed 's/.*/{"id":&,"v":"x"}/' >events.ndjson
  runs pg-load.1 'pg-load -t events --root'
  runs pg-load.1 'pg-load -t events --root'
  rows_are events 9
}

@test "pg-suggest: from a file to a table; the contents of a queue; a map from the output" {
  seq 1 20 | sed 's|.*|{"id":&,"at":"2026-11-29T10:00:00Z","who":{"name":"n&","ip":"203.0.113.&"}}|' >events.ndjson
  runs pg-suggest.1 'pg-suggest -t events' >out 2>err
  rows_are events 20
  [ "$(grep -c committed out)" -eq 20 ]
  run -1 grep error err
  fresh_queue VisibilityTimeout=60
  jq -c '{body: {Type: "Notification", MessageId: "m", TopicArn: "arn:aws:sns:eu-west-1:1:t", Message: (.who | tojson),
    Timestamp: "2026-11-29T00:00:00.000Z"}}' events.ndjson | sqs-send -q
  printf '.ip siv pad as masked_ip\n' >policy
  runs pg-suggest.1 'sqs-pull -n 100' >proposed.sql
  psql -q -v ON_ERROR_STOP=1 -f proposed.sql
  runs pg-suggest.1 'sed -n' >logins.map
  grep -qE '^masked_ip +[.]body[.]masked_ip !$' logins.map
  pg-load -t logins --map logins.map --explain >out
}

@test "sqs2pg-init: a folder of files" {
  fresh_queue VisibilityTimeout=60
  install -D -m 755 "$ROOT/scripts/init.sh" bin/sqs2pg-init
  sqs-send -q <"$SAMPLE"
  local line
  line=$(example sqs2pg-init.1 '$ sqs2pg-init')
  [ "$line" = '$ sqs2pg-init -Q logins -t user_logins -o /etc/sqs2pg' ]
  # The page uses another queue and folder.
  line=${line#\$ } line=${line/logins /$SQS_QUEUE_URL } line=${line/\/etc\/sqs2pg/made}
  rm quick/sqs-pull
  PATH=$PWD/bin:$PATH bash -c "$line" >told
  ls made >files
  [ "$(xargs <files)" = 'user_logins.env user_logins.key user_logins.map user_logins.policy user_logins.sql' ]
  counts_are 100 0 0
}

@test "sqs-ack: verdicts in a file, released messages, and two tables" {
  fresh_queue VisibilityTimeout=60
  create_user_logins
  sql 'CREATE TABLE logins_raw (user_id text, app_version text, masked_ip text)'
  sqs-send -q <"$SAMPLE"
  runs sqs-ack.1 'sqs-pull -n 10 | tee'
  [ "$(wc -l <look.ndjson)" -eq 10 ]
  counts_are 100 0 0
  runs sqs-ack.1 "sqs-pull -n 10 | jq -c '.status"
  counts_are 90 0 0
  runs sqs-ack.1 'sqs-pull | pii-mask -k k | pg-load -t user_logins >verdicts'
  counts_are 0 0 0
  runs sqs-ack.1 'sqs-ack --print <verdicts' >ids
  sqs-send -q <"$SAMPLE"
  runs sqs-ack.1 'mkfifo copy'
  rows_are logins_raw 99
  counts_are 0 0 0
}
