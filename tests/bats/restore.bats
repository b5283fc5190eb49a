#!/usr/bin/env bats
# Run the blocks of docs/operating.md as printed: a restore drill, a rotation, and the commands for
# each alert.

load ../lib/common
load ../lib/page

# shellcheck disable=SC2034  # page.bash reads it
PAGE=$ROOT/docs/operating.md
RESTORE='Backup and restore'

setup() {
  common_setup
  fresh_database
  create_user_logins
  DEAD_LETTERS=$(servers_queue "$(unique)")
  export DEAD_LETTERS
  fresh_queue VisibilityTimeout=60 \
    "RedrivePolicy={\"deadLetterTargetArn\":\"arn:aws:sqs:elasticmq:000000000000:${DEAD_LETTERS##*/}\",\"maxReceiveCount\":\"50\"}"
  key key 2>/dev/null
  mkdir metrics archive quick
  {
    echo "SQS_QUEUE_URL=$SQS_QUEUE_URL"
    echo 'SQS2PG_TABLE=user_logins'
    echo "SQS2PG_KEY_FILE=$PWD/key"
    echo "SQS2PG_METRICS_DIR=$PWD/metrics"
    echo 'SQS2PG_PULL_OPTIONS=--wait 1'
  } >logins.env
  # A look waits for its messages only briefly; again() makes the hidden ones visible.
  printf '#!/bin/sh\n%q --wait 1 --empty 1 "$@" | tee -a seen\n' "$(command -v sqs-pull)" >quick/sqs-pull
  copy_sqs2pg bin
  cp bin/sqs2pg bin/sqs2pg-status
  chmod 755 quick/sqs-pull
  LOOKS=$PWD/quick:$PWD/bin:$PATH
  export PATH=$PWD/bin:$PATH SQS2PG_LOCK_DIR=$PWD
}

teardown() { common_teardown; }

# runs HEADING N: run the block, as a user pastes it into a shell.
runs() {
  local text
  text=$(block "$@") && bash -c "$text"
}

# again [QUEUE]: make the messages of a look visible. looks HEADING N: run a block that looks.
again() {
  sqs-ack -q --release ${1:+-Q "$1"} <seen || true
  rm seen
}
looks() {
  run --separate-stderr -0 runs "$@"
  again
}

# logins FROM TO: send good events. bad N: send one that the table refuses, and one that cannot be
# masked.
logins() { seq "$1" "$2" | sed 's/.*/{"body":{"user_id":"u&","ip":"203.0.113.7","device_id":"d&"}}/' | sqs-send -q; }
bad() { printf '{"body":%s}\n' "{\"user_id\":\"bad\",\"ip\":\"203.0.113.8\",\"device_id\":\"d\",\"app_version\":\"v$1\"}" "\"text $1\"" | sqs-send -q; }

rows() { sql 'SELECT count(*) FROM user_logins'; }
rows_are() { [ "$(rows)" = "$1" ]; }
stored() { rows_are "$1" && [ "$(sql 'SELECT count(*) FROM user_logins_errors')" = "$2" ]; }

# serve OPTION...: start the service. served: stop it, and expect an orderly end.
serve() {
  "$SQS2PG" --follow -c logins.env "$@" 2>err 3>&- 4>&- &
  echo $! >pid
}
served() {
  kill "$(<pid)"
  wait "$(<pid)"
}

# content: print all that the three tables hold, except times of loads and counts of refusals.
content() {
  sql 'SELECT * FROM user_logins ORDER BY user_id'
  sql 'SELECT key, content FROM user_logins_ledger ORDER BY key'
  sql 'SELECT key, message_id, stage, code, sqlstate, column_name, record FROM user_logins_errors ORDER BY key'
}

# summed WORD: add up that count in the summaries in ./replay, over the files.
summed() { grep -oP "^pg-load: .*\b$1=\K[0-9]+" replay | awk '{ n += $1 } END { print n }'; }

@test "the restore drill: restored to a point in time, archives replayed: no duplicate, nothing missing" {
  # A backup during the load, and another day of it.
  serve --archive archive
  logins 1 200
  bad 1
  eventually 60 stored 200 2
  runs "$RESTORE" 1
  logins 201 500
  bad 2
  eventually 60 stored 500 4
  served
  counts_are 0 0 0
  logins 501 550
  "$SQS2PG" -c logins.env --archive archive
  rows_are 550
  [ "$(find archive -name '*.ndjson.gz' | wc -l)" -eq 2 ]
  content >before
  # Messages that come during the outage.
  logins 551 560
  # The database is lost.
  local lost=$PGDATABASE
  PGDATABASE=postgres sql "DROP DATABASE \"$lost\""
  runs "$RESTORE" 2
  stored 200 2
  [ "$(sql 'SELECT count(*) FROM user_logins_ledger')" = 200 ]
  run -0 runs "$RESTORE" 3
  printf '%s\n' "$output" >replay
  [ "$(summed committed) $(summed duplicate) $(summed quarantined)" = '350 200 4' ]
  content | diff before - >&2
  # Again: nothing.
  run -0 runs "$RESTORE" 3
  printf '%s\n' "$output" >replay
  [ "$(summed committed) $(summed duplicate) $(summed quarantined)" = '0 550 4' ]
  content | cmp before -
  # Also those of the queue.
  counts_are 10 0 0
  "$SQS2PG" -c logins.env
  counts_are 0 0 0
  run -0 runs "$RESTORE" 4
  echo "# $(xargs <<<"$output")" >&3
  [ "$output" = $'rows|560\nledger|560\nquarantined|4' ]
  [ "$(sql 'SELECT count(DISTINCT user_id) FROM user_logins')" = 560 ]
  # No clear value is in the archives.
  run -1 bash -c 'zcat archive/*.gz | grep -F 203.0.113'
}

@test "mistakes in the drill: without its ledger a table gets duplicates; a missing archive is noticed" {
  logins 1 20
  "$SQS2PG" -c logins.env --archive archive
  runs "$RESTORE" 1
  logins 21 30
  "$SQS2PG" -c logins.env --archive archive
  pg_dump -Fc -t user_logins -f table.dump
  local lost=$PGDATABASE
  PGDATABASE=postgres sql "DROP DATABASE \"$lost\""
  createdb "$lost"
  pg_restore -d "$lost" table.dump
  runs "$RESTORE" 3 2>replay
  rows_are 60
  PGDATABASE=postgres sql "DROP DATABASE \"$lost\""
  runs "$RESTORE" 2
  # The newer one is the last by its name.
  find archive -name '*.gz' | sort | tail -n 1 | xargs rm
  runs "$RESTORE" 3 2>replay
  rows_are 20
}

# keys_are N: check the number of keys in the masked column.
keys_are() { [ "$(sql "SELECT count(DISTINCT split_part(masked_ip, '.', 2)) FROM user_logins")" = "$1" ]; }

@test "a rotation under a running service and a constant load: no loss, no duplicate, the columns rewrapped, the old key retired" {
  local heading='Key rotation' old new sent
  # A list to join the table with, by values masked before the rotation.
  sql 'CREATE TABLE watched (masked_ip text)'
  printf '203.0.113.%s\n' 1 2 | pii-mask -k key --lines .ip | sql '\copy watched FROM STDIN'
  joined() { sql 'SELECT count(*) FROM user_logins JOIN watched USING (masked_ip)'; }
  old=$(pii-keygen --list key | awk '{ print $1 }')
  serve -v
  # Ten at a time, two of each of five addresses, until ./going is removed.
  : >going
  (
    n=0
    while [ -e going ]; do
      seq $((n + 1)) $((n + 10)) | awk '{ printf "{\"body\":{\"user_id\":\"u%d\",\"ip\":\"203.0.113.%d\",\"device_id\":\"d\"}}\n", $1, $1 % 5 }' | sqs-send -q
      n=$((n + 10))
    done
    echo "$n" >sent
  ) 3>&- 4>&- &
  some() { [ "$(rows)" -ge 50 ]; }
  eventually 60 some
  run -0 runs "$heading" 1
  [ "$(grep -cE ' (primary|decrypt-only)$' <<<"$output")" -eq 2 ]
  new=$(awk '/ primary$/ { print $1 }' <<<"$output")
  kill -USR1 "$(<pid)"
  eventually 60 keys_are 2
  run -0 runs "$heading" 2
  grep -q " $old " <<<"$output"
  grep -q " $new " <<<"$output"
  rm going
  eventually 60 test -s sent
  sent=$(<sent)
  eventually 60 rows_are "$sent"
  eventually 60 counts_are 0 0 0
  # Each event once; joins miss the rows masked with the new key.
  [ "$(sql 'SELECT count(DISTINCT user_id), count(DISTINCT masked_ip) FROM user_logins')" = "$sent|10" ]
  run -0 runs "$heading" 4
  [ "$(cut -d '|' -f 1 <<<"$output" | sort)" = "$(printf '%s\n' "$old" "$new" | sort)" ]
  echo "# sent and stored $sent, by key: $(xargs <<<"$output"); joined $(joined) of $((sent * 2 / 5))" >&3
  [ "$(joined)" -lt $((sent * 2 / 5)) ]
  # Both tables rewrapped, while the service runs.
  runs "$heading" 3
  bash -c "$(block "$heading" 3 | sed 's/user_logins/watched/g')"
  keys_are 1
  [ "$(sql 'SELECT count(*), count(DISTINCT user_id), count(DISTINCT masked_ip) FROM user_logins')" = "$sent|$sent|5" ]
  [ "$(joined)" -eq $((sent * 2 / 5)) ]
  run -0 runs "$heading" 4
  echo "# moved: $output; joined $(joined) of $((sent * 2 / 5))" >&3
  [ "$output" = "$new|$sent" ]
  # The error table names its keys, those of sealed records too.
  printf '{"sqs":{"queue_url":"q","message_id":"%s"},"body":%s}\n' refused '{"user_id":"r","ip":"203.0.113.1","device_id":"d","app_version":"none"}' \
    sealed '"text"' | pii-mask -q -k key | pg-load -q -t user_logins >/dev/null
  run -0 runs "$heading" 5
  [ "$output" = "$new|3" ]
  sql 'DELETE FROM user_logins_errors'
  # The whole table can be unmasked without the old key, and the service continues.
  runs "$heading" 6
  [ "$(pii-keygen --list key)" = "$new primary" ]
  [ "$(stat -c %a key)" = 600 ]
  kill -USR1 "$(<pid)"
  thrice() { [ "$(grep -c 'pg-load: info: using map' err)" -eq 3 ]; }
  eventually 60 thrice
  logins $((sent + 1)) $((sent + 10))
  eventually 60 rows_are $((sent + 10))
  served
  counts_are 0 0 0
  keys_are 1
  sql 'SELECT DISTINCT masked_ip FROM user_logins' | pii-unmask -k key --lines .ip | sort | xargs >clear
  [ "$(<clear)" = '203.0.113.0 203.0.113.1 203.0.113.2 203.0.113.3 203.0.113.4 203.0.113.7' ]
}

# sns JSON: print a message with that event in the envelope of SNS.
sns() { jq -cn --arg event "$1" '{body: {Type: "Notification", MessageId: "i", TopicArn: "arn:t", Message: $event, Timestamp: "t", Signature: "s"}}'; }

WHERE='Where is my row?'

# places N: run the N-th block that searches.
places() { run --separate-stderr -0 runs "$WHERE" "$1"; }

@test "where is my row: each place is searched, and no value is printed" {
  export value
  # In the table, with NULL for a member that the producer has moved.
  printf '{"body":%s}\n' '{"user_id":"moved","ip":"203.0.113.7","device_id":"d","app":{"locale":"de"}}' | sqs-send -q
  # Long names: a short one can occur in a token by chance.
  logins 900001 900003
  bad 1
  "$SQS2PG" -c logins.env --archive archive || true
  stored 4 2
  value=u900002 places 1
  [[ $output == *u900002*'(1 row)'*'(0 rows)'* ]]
  value=bad places 1
  [[ $output == *'(0 rows)'*refused*22P02*app_version*'(1 row)'* || $output == *'(0 rows)'*load*map*'(1 row)'* ]]
  value='text 1' places 2
  [[ $output == '["'*'","mask","root"]' ]]
  value=nowhere
  run --separate-stderr -1 bash -o pipefail -c "$(block "$WHERE" 2 | sed 's/ | jq .*//')"
  value=u900003 places 3
  [[ $output == '["'*'","would-duplicate"]' ]]
  value=bad places 3
  [[ $output == '["'*'","would-quarantine"]' ]]
  # On the queue, in an envelope, and on the dead-letter queue.
  sns '{"user_id":"waits","ip":"203.0.113.7","device_id":"d"}' | sqs-send -q
  logins 4 5
  bad 2
  printf '{"body":{"user_id":"waits","ip":"203.0.113.9","device_id":"d"}}\n' | sqs-send -q -Q "$DEAD_LETTERS"
  PATH=$LOOKS value=waits places 4
  [ "$(jq -r '.[2] // "clear"' <<<"$output" | sort | xargs)" = 'clear clear root' ]
  [ "$(jq -r 'select(.[2] == null)[0]' <<<"$output" | sort -u | wc -l)" = 2 ]
  [[ $output != *203.0.113* ]]
  places 5
  [[ $output == *.body.locale*with_locale*' 4 '*' 0'* ]]
  # A renamed nested member is no unknown key: NULL, without a warning, unless the map has a !.
  printf '%s\n' 'user_id .body.user_id' 'locale .body.app.locale' >nested.map
  echo '{"sqs":{"queue_url":"q","message_id":"n"},"body":{"user_id":"n","app":{"language":"de"}}}' >nested
  run --separate-stderr -0 pg-load -q -n -t user_logins --map nested.map --unknown-keys refuse <nested
  [ "$(jq -r .status <<<"$output") ${stderr:-}" = 'would-commit ' ]
  sed -i 's/locale$/& !/' nested.map
  run --separate-stderr -0 pg-load -q -n -t user_logins --map nested.map <nested
  [ "$(jq -r .status <<<"$output")" = would-quarantine ]
}

@test "the commands for each alert" {
  logins 1 20
  bad 1
  "$SQS2PG" -c logins.env || true
  stored 20 2
  # The output of a look, also at events in envelopes.
  logins 21 23
  sns '{"user_id":"u24","ip":"203.0.113.7","device_id":"d","app":{"locale":"de"}}' | sqs-send -q
  bad 2
  sns '{"user_id":"dead","ip":"203.0.113.9","device_id":"d"}' | sqs-send -q -Q "$DEAD_LETTERS"
  export PATH=$LOOKS
  run --separate-stderr -0 runs 'The first look' 1
  [[ $output == *'2 unresolved'* ]]
  run --separate-stderr -0 runs Sqs2pgStalled 1
  [ "$(jq -sc '[.[0].messages, .[1].table]' <<<"$output")" = '[6,"user_logins"]' ]
  run --separate-stderr -0 runs Sqs2pgStalled 2
  [[ $output == *wait_event*usename* ]]
  run --separate-stderr -0 runs Sqs2pgStalled 3
  [[ $output == *masked_ip* ]]
  run --separate-stderr -0 runs Sqs2pgRejected 1
  grep -q '^sqs2pg_records_rejected_total{.*} 0' <<<"$output"
  looks Sqs2pgRejected 2
  [ "$(awk '{ print $1, $2 }' <<<"$output")" = $'4 would-commit\n2 would-quarantine' ]
  run --separate-stderr -0 runs Sqs2pgQuarantinedRising 1
  [[ $output == *app_version* && $output == *root* ]]
  run --separate-stderr -0 runs Sqs2pgQuarantinedRising 2
  [[ $output == *'1 ["app_version","masked_device_id","masked_ip","user_id"]' ]]
  run --separate-stderr -0 runs Sqs2pgMissingValues 1
  grep -q 'path="\.ip"' <<<"$output"
  looks Sqs2pgMissingValues 2
  [[ $output == *.ip*ipv4* && $output == *.app.locale* && $output != *.Message* ]]
  run --separate-stderr -0 runs Sqs2pgOldestMessageAge 1
  [[ $output == *sqs2pg_receives_at_once* && $output == *sqs2pg_records_in_hand* ]]
  run --separate-stderr -0 runs Sqs2pgDeadLettersGrowing 1
  [[ $output == *maxReceiveCount*'"user_id"'* ]]
  again "$DEAD_LETTERS"
  run --separate-stderr -0 runs Sqs2pgDeadLettersGrowing 2
  [ "$(xargs <<<"$output")" = '1 would-commit' ]
  again "$DEAD_LETTERS"
  runs Sqs2pgDeadLettersGrowing 3
  [ "$(servers_counts "$DEAD_LETTERS")" = '0 0 0' ]
  rm seen
  run --separate-stderr -0 runs Sqs2pgLeasesLost 1
  grep -q '^sqs2pg_messages_lost_total{.*} 0' <<<"$output"
  run --separate-stderr -0 runs Sqs2pgFaults 1
  [[ $output == *sqs2pg_faults_total*'read only: false' ]]
  looks Sqs2pgSealedFlood 1
  [ "$(sort -n <<<"$output" | awk '{ print $1, $2 }')" = $'1 root\n6 fine' ]
  looks Sqs2pgSealedFlood 2
  [[ $output == *'.ip '* ]]
  run --separate-stderr -0 runs Sqs2pgDeadMan 1
  [[ $stderr == *'well'* || $stderr == *' ago' ]]
  run --separate-stderr -0 runs 'Metrics files' 1
  [ "$(wc -l <<<"$output")" -eq 5 ]
  run --separate-stderr -0 runs 'Health checks' 1
  [ -z "$output" ]
}

@test "every block of the page was run, and every alert has a section" {
  run page_unused
  [ -z "$output" ]
  for alert in Stalled Rejected QuarantinedRising MissingValues OldestMessageAge DeadLettersGrowing LeasesLost Faults SealedFlood DeadMan; do
    grep -qx "## Sqs2pg$alert" "$PAGE"
    grep -q "(#sqs2pg${alert,,})" "$PAGE"
  done
}
