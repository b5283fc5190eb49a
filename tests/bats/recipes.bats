#!/usr/bin/env bats
# Run the blocks of docs/recipes.md as printed.

load ../lib/common
load ../lib/page

# shellcheck disable=SC2034  # page.bash reads it
PAGE=$ROOT/docs/recipes.md

setup() {
  common_setup
  fresh_database
  # Each command drains the queue: the wait for an empty queue may be shorter than in real life.
  mkdir quick
  printf '#!/bin/sh\necho $$ >sqs-pull.pid\nexec %q --wait 1 "$@"\n' "$(command -v sqs-pull)" >quick/sqs-pull
  chmod 755 quick/sqs-pull
  copy_sqs2pg bin
  export PATH=$PWD/quick:$PWD/bin:$PATH SQS2PG_LOCK_DIR=$PWD
  key k 2>/dev/null
  ln -s "$ROOT/share" share
}

teardown() {
  local pull
  pull=$(cat "$BATS_TEST_TMPDIR/sqs-pull.pid" 2>/dev/null) && started sqs-pull "$pull" 2>/dev/null && kill -9 "$pull"
  common_teardown
}

# runs HEADING N: run the block, as a user pastes it into a shell.
runs() {
  local text
  text=$(block "$@") && bash -c "$text"
}

# sends JSON...: send messages.
sends() { printf '{"body":%s}\n' "$@" | sqs-send -q; }

rows_are() { [ "$(sql "SELECT count(*) FROM $1")" = "$2" ]; }

@test "from a shell: look at messages, keep them, and load them" {
  fresh_queue VisibilityTimeout=2
  create_user_logins
  head -n 20 "$SAMPLE" | sqs-send -q
  run -0 --separate-stderr runs 'Look before loading' 1
  [[ $output == *masked_ip* ]]
  eventually 60 counts_are 20 0 0
  runs 'From a shell' 1
  rows_are user_logins 20
  counts_are 0 0 0
  tail -n +81 "$SAMPLE" | head -n 10 | sqs-send -q
  runs 'Keep the masked records, and load them again' 1
  rows_are user_logins 30
  eventually 60 gzip -tq logins.ndjson.gz
  run -0 runs 'Keep the masked records, and load them again' 2
  rows_are user_logins 30
}

@test "refused records are read, corrected and loaded" {
  local heading='Read and correct refused records' login
  fresh_queue VisibilityTimeout=30
  create_user_logins
  login='{"user_id":"u","ip":"203.0.113.77","device_id":"593-47-5928","app_version":"2.3.0"}'
  jq -c '{body: .}, {body: (.app_version |= "v" + .)}, {body: (tojson | rtrimstr("}"))}' <<<"$login" | sqs-send -q
  sqs-pull | pii-mask -k k | pg-load -t user_logins | sqs-ack
  [ "$(sql 'SELECT stage FROM user_logins_errors ORDER BY stage' | xargs)" = 'load mask' ]
  run -0 --separate-stderr runs "$heading" 1
  [ "$(grep -cF 203.0.113.77 <<<"$output")" = 2 ]
  runs "$heading" 2
  # The dry run tells what the correction would do, and changes nothing.
  run -0 --separate-stderr bash -c "$(block "$heading" 3 | sed 's|-t user_logins >/dev/null|-n -t user_logins|')"
  [ "$(jq -r .status <<<"$output")" = would-commit ]
  rows_are user_logins 2
  runs "$heading" 3
  [ "$(sql 'SELECT count(*), count(DISTINCT masked_ip), max(app_version) FROM user_logins')" = '3|1|20300' ]
  [ "$(sql 'SELECT count(resolved_at) FROM user_logins_errors')" = 2 ]
}

@test "messages move out of a dead-letter queue" {
  local dead
  fresh_queue VisibilityTimeout=30
  dead=$(servers_queue "$(unique)")
  logins 1 12
  # The page uses other names for the queues.
  bash -c "$(block 'Move messages out of a dead-letter queue' 1 | sed "s|-Q logins-dlq|-Q $SQS_QUEUE_URL|g; s|-Q logins |-Q $dead |")"
  counts_are 0 0 0
  [ "$(servers_counts "$dead")" = '12 0 0' ]
}

BY_TYPE='Several tables from one queue, by type'

# by_type: create its tables and files.
by_type() {
  runs "$BY_TYPE" 1 >/dev/null
  block "$BY_TYPE" 2 >events.policy
  block "$BY_TYPE" 3 >other.map
  block "$BY_TYPE" 4 >by_type.bash
}

# logins FROM TO: send events of that type.
logins() { seq "$1" "$2" | sed 's/.*/{"body":{"type":"login","user_id":"u&","ip":"203.0.113.&"}}/' | sqs-send -q; }

@test "several tables from one queue, by type: each row in its table, and nothing left" {
  fresh_queue VisibilityTimeout=60
  by_type
  logins 1 200
  sends '{"type":"order","order_id":1,"total":12345678901234567890.10,"email":"a@example.org"}' \
    '{"type":"order","order_id":2,"total":1.50,"email":"b@example.org"}' '{"type":"heartbeat"}' \
    '"no event"' '["login"]' '{"type":"login","user_id":"without"}' '{"type":"refund","email":"c@example.org"}'
  runs "$BY_TYPE" 5
  rows_are logins 200
  [ "$(sql 'SELECT order_id, total FROM orders ORDER BY 1')" = $'1|12345678901234567890.10\n2|1.50' ]
  [ "$(sql "SELECT string_agg(body->>'type', ' ' ORDER BY body->>'type') FROM other_events")" = 'heartbeat refund' ]
  # No record went into two branches.
  rows_are logins_errors 0
  rows_are orders_errors 0
  [ "$(sql 'SELECT code, count(*) FROM other_events_errors GROUP BY 1 ORDER BY 1')" = $'root|2\nunmatched|1' ]
  counts_are 0 0 0
}

# another_ends_it: send one more, unless the service has ended.
another_ends_it() {
  kill -0 "$(<pid)" 2>/dev/null || return 0
  sends '{"type":"order","order_id":2,"email":"b@example.org"}'
  return 1
}

@test "by type, as a service: a branch that fails loses nothing" {
  fresh_queue VisibilityTimeout=600
  by_type
  sql 'ALTER TABLE orders RENAME TO away'
  block "$BY_TYPE" 6 >service
  bash -o pipefail service 2>err 3>&- 4>&- &
  echo $! >pid
  logins 1 50
  eventually 60 test -e failed
  eventually 60 rows_are logins 50
  sends '{"type":"order","order_id":1,"email":"a@example.org"}'
  eventually 60 counts_are 0 1 0
  # It ends at the next record.
  eventually 60 another_ends_it
  grep -q 'table orders does not exist' err
  local left
  left=$(counts)
  [ "${left% 0 0}" -ge 2 ]
  # Then all of them are loaded, each once.
  sql 'ALTER TABLE away RENAME TO orders'
  rm acked
  bash service 2>err 3>&- 4>&- &
  echo $! >pid
  eventually 60 rows_are orders "${left% 0 0}"
  eventually 60 counts_are 0 0 0
  kill "$(<sqs-pull.pid)"
  wait "$(<pid)"
  rows_are orders "${left% 0 0}"
  [ ! -e failed ]
}

@test "recipe: each record into several tables" {
  local heading='Each record into several tables'
  fresh_queue VisibilityTimeout=60
  create_user_logins
  sql 'CREATE TABLE raw_logins (body jsonb)'
  block "$BY_TYPE" 4 >by_type.bash
  block "$heading" 1 >raw.map
  sqs-send -q <"$SAMPLE"
  runs "$heading" 2
  rows_are user_logins 99
  rows_are raw_logins 99
  [ "$(sql 'SELECT count(*) FROM user_logins_errors JOIN raw_logins_errors USING (message_id)')" = 1 ]
  counts_are 0 0 0
}

@test "recipe: partitions" {
  fresh_queue VisibilityTimeout=60
  runs Partitions 1 >/dev/null
  block Partitions 2 >months.sql
  block Partitions 3 >logins.map
  sqs-send -q <"$SAMPLE"
  runs Partitions 4
  [ "$(sql 'SELECT count(*) FROM logins')" = 99 ]
  [ "$(sql "SELECT count(*) FROM logins_$(date -u +%Y_%m)")" = 99 ]
  [ "$(sql "SELECT count(*) FROM pg_inherits WHERE inhparent = 'logins'::regclass")" = 4 ]
  # Again: no change.
  psql -v ON_ERROR_STOP=1 -f months.sql
  sql "CREATE TABLE logins_2025_11 PARTITION OF logins FOR VALUES FROM ('2025-11-01') TO ('2025-12-01')"
  runs Partitions 5
  [ "$(sql "SELECT count(*) FROM pg_inherits WHERE inhparent = 'logins'::regclass")" = 4 ]
}

@test "recipe: a view of the last state" {
  local heading='A view of the last state'
  fresh_queue VisibilityTimeout=60
  runs "$heading" 1 >/dev/null
  block "$heading" 2 >order_events.map
  sends '{"id":1,"state":"paid","changed":"2026-11-29T10:02:00Z"}' '{"id":1,"state":"open","changed":"2026-11-29T10:00:00Z"}' \
    '{"id":2,"state":"open","changed":"2026-11-29T10:01:00Z"}'
  run -0 runs "$heading" 3
  [[ $output == *'paid'*'1'* ]]
  [ "$(sql 'SELECT order_id, state FROM orders ORDER BY 1')" = $'1|paid\n2|open' ]
  rows_are order_events 3
  counts_are 0 0 0
}

@test "recipe: a table of another schema" {
  local heading='A table of another schema'
  fresh_queue VisibilityTimeout=60
  sql 'CREATE ROLE loader LOGIN' 2>/dev/null || true
  runs "$heading" 1 >/dev/null
  sends '{"user_id":"u1","ip":"203.0.113.1"}' '{"user_id":"u2","ip":"203.0.113.2"}' '"no event"'
  runs "$heading" 2
  rows_are app.logins 2
  rows_are app.logins_ledger 2
  rows_are app.logins_errors 1
  counts_are 0 0 0
}

@test "recipe: plain files of JSON lines" {
  local heading='Plain files of JSON lines'
  sql 'CREATE TABLE events (id integer, masked_ip text)'
  seq 1 20 | sed 's/.*/{"id":&,"ip":"203.0.113.&"}/' >events.ndjson
  runs "$heading" 1
  [ "$(jq -r .masked_ip masked.ndjson | sort -u | wc -l)" = 20 ]
  runs "$heading" 2
  runs "$heading" 2
  rows_are events 20
  sql 'TRUNCATE events, events_ledger'
  sed 1p events.ndjson >twice && mv twice events.ndjson
  runs "$heading" 3
  runs "$heading" 3
  rows_are events 20
}

@test "recipe: logs" {
  sql 'CREATE TABLE requests (ip_token text, at timestamptz, method text, path text, status integer, file text, line bigint)'
  local n
  for n in 1 2 3; do
    printf '203.0.113.7 - - [29/Nov/2026:10:00:0%d +0100] "GET /a?b=%d HTTP/1.1" 200 512 "-" "curl"\n' "$n" "$n"
  done >access-2026-11-29.log
  echo '203.0.113.8 something else' >>access-2026-11-29.log
  runs Logs 1
  [ "$(sql 'SELECT line, at = $$2026-11-29T09:00:00Z$$::timestamptz + line * interval $$1 second$$, path, status FROM requests ORDER BY 1')" = \
    $'1|t|/a?b=1|200\n2|t|/a?b=2|200\n3|t|/a?b=3|200' ]
  [ "$(sql 'SELECT count(DISTINCT ip_token) FROM requests')" = 1 ]
  [ "$(sql 'SELECT stage, code FROM requests_errors')" = 'mask|unmatched' ]
  run -1 bash -c 'pg_dump | grep -F 203.0.113'
  # The file has grown.
  printf '203.0.113.9 - - [29/Nov/2026:10:00:05 +0100] "GET / HTTP/1.1" 404 9\n' >>access-2026-11-29.log
  runs Logs 1
  rows_are requests 4
  rows_are requests_errors 1
}

@test "recipe: CSV, with Miller and with jq" {
  sql 'CREATE TABLE users (id bigint, name text, born date, masked_ip text)'
  block CSV 2 >users.map
  printf 'id,name,born,ip\r\n007,"Ann ""A"", the first\nof two",2000-01-31,203.0.113.7\r\n12345678901234567,Bob,,203.0.113.8\r\n' >users.csv
  runs CSV 1
  [ "$(sql "SELECT id, translate(name, E'\n', '/'), born FROM users ORDER BY 1")" = \
    $'7|Ann "A", the first/of two|2000-01-31\n12345678901234567|Bob|' ]
  [ "$(sql "SELECT count(DISTINCT masked_ip) FROM users WHERE masked_ip LIKE 'siv1.%'")" = 2 ]
  runs CSV 1
  rows_are users 2
  sql 'TRUNCATE users, users_ledger'
  printf 'id,name,born,ip\r\n007,Ann,2000-01-31,203.0.113.7\r\n12345678901234567,Bob,,203.0.113.8\r\n' >users.csv
  runs CSV 3
  [ "$(sql 'SELECT id, name, born FROM users ORDER BY 1')" = $'7|Ann|2000-01-31\n12345678901234567|Bob|' ]
}

# serve OPTION...: run the service of logins.env, with these options of pg-load. served: stop it in
# order.
serve() {
  printf '%s\n' "SQS_QUEUE_URL=$SQS_QUEUE_URL" SQS2PG_TABLE=logins "SQS2PG_KEY_FILE=$PWD/k" "SQS2PG_LOAD_OPTIONS=$*" >logins.env
  sqs2pg --follow -c logins.env 2>err 3>&- 4>&- &
  echo $! >pid
}
served() {
  kill "$(<pid)"
  wait "$(<pid)"
}

# event N [MEMBERS]: send an event.
event() { sends "{\"user_id\":\"u$1\",\"ip\":\"203.0.113.$1\"${2:+,$2}}"; }
# loaded N COLUMN VALUE: wait until the N-th is stored, with that value.
loaded() { eventually 60 value_is "$@" || { cat err && return 1; }; }
value_is() { [ "$(sql "SELECT coalesce(($2)::text, '-') FROM logins WHERE user_id = 'u$1'" 2>/dev/null)" = "$3" ]; }

@test "recipe: changing the table under a running service" {
  local heading='Changing the table under a running service'
  fresh_queue VisibilityTimeout=60
  sql 'CREATE TABLE logins (user_id text NOT NULL, masked_ip text, version text)'
  serve --no-map --unknown-keys refuse
  event 1 '"version":"7"'
  loaded 1 version 7
  event 2 '"version":"8","locale":"de"'
  eventually 60 rows_are logins_errors 1
  # A new column.
  runs "$heading" 1
  event 3 '"version":"9","locale":"fr"'
  loaded 3 locale fr
  runs "$heading" 2
  loaded 2 locale de
  rows_are "logins_errors WHERE resolved_at IS NULL" 0
  # A new type.
  runs "$heading" 3
  event 4 '"version":"10"'
  loaded 4 'version + 1' 11
  event 5 '"version":"2.3"'
  eventually 60 rows_are "logins_errors WHERE sqlstate = '22P02' AND column_name = 'version' AND resolved_at IS NULL" 1
  # A new name.
  served
  runs "$heading" 4
  block "$heading" 5 >logins.map
  serve --map "$PWD/logins.map"
  event 6 '"version":11,"locale":"it"'
  loaded 6 language it
  # A removed column that the map still names: the run ends, and nothing is lost.
  runs "$heading" 6
  event 7 '"locale":"es"'
  local status=0
  wait "$(<pid)" || status=$?
  [ "$status" -eq 78 ]
  grep -q 'logins.map:3:1: version is not a column of the table' err
  sed -i /version/d logins.map
  serve --map "$PWD/logins.map"
  loaded 7 language es
  eventually 60 counts_are 0 0 0
  served
  rows_are logins 6
}

@test "every block of the page was run" {
  run page_unused
  [ -z "$output" ]
}
