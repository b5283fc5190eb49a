#!/usr/bin/env bash
# The mistakes of a new user, each made on purpose, with their messages and statuses.
# tests/bats/messages.bats says which messages must come. To read them:
#
#   bats tests/bats/messages.bats --show-output-of-passing-tests
#
# Each mistake_NAME runs in a folder of its own with a database and a queue, as common.bash makes
# them.
# Its output is in ./out, its messages in ./err, and its status is that of the mistake.

SECRET=SeCrEt-203.0.113.77

# say COMMAND...: run it, with its messages in ./err.
say() { "$@" >out 2>err; }
# as_nobody COMMAND...: run it as a user who may enter no folder of root.
as_nobody() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid nobody --regid nogroup --clear-groups -- "$@"
  else
    "$@"
  fi
}
logins() { # N...: records of the take-home events
  local n
  for n in "$@"; do
    record "$n" '{"user_id":"u'"$n"'","ip":"'"$SECRET"'","device_id":"'"$SECRET"'","device_type":"ios","locale":"DE","app_version":"2.3.0"}'
  done
}

# ---- settings, sqs2pg --------------------------------------------------------------------------

mistake_settings_folder() { # settings in a folder without access
  mkdir -m 700 closed
  [ "$(id -u)" -eq 0 ] || chmod 000 closed
  say as_nobody sqs2pg-read "$PWD/closed/settings.env" # as sqs2pg -c reads it
}
mistake_no_config() { say env -u SQS_QUEUE_URL "$SQS2PG"; }
mistake_config_blank() { # A = b
  printf 'SQS2PG_TABLE = t\n' >settings
  say "$SQS2PG" -c settings
}
mistake_config_name() { # a misspelt setting
  printf 'SQS2PG_TABEL=t\n' >settings
  say "$SQS2PG" -c settings
}
mistake_option() { say sqs-pull --folow -Q x; }
mistake_option_sqs2pg() { say "$SQS2PG" --folow; }
mistake_option_value() { say sqs-pull -Q x --wait soon; }
mistake_option_secret() { say pg-load -t t -d "host=h password=$SECRET"; }
mistake_nothing_to_read() { # no pipe before it: it would wait in silence
  printf 'exec "$@" 2>err\n' >typed
  script -qec "bash typed pii-mask -k k" /dev/null </dev/null >out
}
mistake_operand() { say pg-load -t t records.json; }

# ---- the queue ---------------------------------------------------------------------------------

mistake_wrong_queue() { say sqs-pull -Q no-such-queue --retry-timeout 0; }
mistake_wrong_queue_url() { say sqs-pull -Q "${SQS_QUEUE_URL%/*}/no-such-queue" --retry-timeout 0; }
mistake_arn() { say sqs-pull -Q arn:aws:sqs:eu-west-1:123456789012:logins; }
mistake_no_queue() { say env -u SQS_QUEUE_URL sqs-pull; }
mistake_no_credentials() {
  say env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_PROFILE HOME="$PWD" AWS_EC2_METADATA_DISABLED=true \
    sqs-pull -Q "$SQS_QUEUE_URL"
}
mistake_no_region() {
  say env -u AWS_REGION -u AWS_DEFAULT_REGION -u AWS_ENDPOINT_URL_SQS -u AWS_ENDPOINT_URL HOME="$PWD" sqs-pull -Q logins
}

# ---- masking -----------------------------------------------------------------------------------

mistake_forgotten_mask() { # sqs-pull | pg-load
  logins 1 2 >in
  SQS2PG_MAPS=$SERVERS_DIR/maps say pg-load -t user_logins <in
}
mistake_mask_after_load() { # sqs-pull | pg-load | pii-mask
  { record 1 '{}' && record 2 '{}'; } | sed 's/"body":{}/"status":"committed"/' >in
  say pii-mask -k k <in
}
mistake_policy_meets_nothing() {
  printf '.ipp siv as masked_ip\n' >policy
  logins 1 2 3 >in
  say pii-mask -k k -p policy <in
}
mistake_no_key() { say pii-mask; }
mistake_key_missing() { say pii-mask -k no-such-key; }
mistake_key_of_root() { # a key file that this user may not read
  cp k rootkey
  chmod 600 rootkey
  [ "$(id -u)" -eq 0 ] || chmod 000 rootkey
  chmod 755 .
  say as_nobody pii-mask -k rootkey </dev/null
}
mistake_key_open() {
  cp k openkey
  chmod 644 openkey
  say pii-mask -k openkey </dev/null
}
mistake_policy_method() {
  printf '.ip encrypt\n' >policy
  say pii-mask -k k -p policy </dev/null
}
mistake_body_no_object() { # "mask root"
  record 99 '"'"$SECRET"'"' | pii-mask -k k -q >in 2>mask.err
  say pg-load -t user_logins <in
}
mistake_plain_lines() { # NDJSON that is no record, without --root
  printf '{"user_id":"a","ip":"%s"}\n' "$SECRET" >in
  say pii-mask -k k <in
}
mistake_forgotten_unwrap() { # an SNS envelope
  record 1 '{"Type":"Notification","MessageId":"a","TopicArn":"arn:aws:sns:eu-west-1:1:t","Message":"{\"ip\":\"'$SECRET'\"}"}' >in
  say pii-mask -k k <in
}

# ---- the database ------------------------------------------------------------------------------

mistake_no_database() { # no PG* variables
  say env -u PGHOST -u PGPORT -u PGUSER -u PGDATABASE pg-load -t t --retry-timeout 1s </dev/null
}
mistake_no_password() { PGUSER=guarded say env -u PGPASSWORD PGPASSFILE=/nonexistent pg-load -d "host=$GUARDED" -t t </dev/null; }
mistake_wrong_password() { PGPASSWORD=$SECRET PGUSER=guarded say pg-load -d "host=$GUARDED" -t t </dev/null; }
mistake_wrong_database() { PGDATABASE=no_such_database say pg-load -t t </dev/null; }
mistake_wrong_table() { say pg-load -t user_login </dev/null; }
mistake_no_rights() {
  sql "CREATE ROLE poor_$$_$BATS_TEST_NUMBER LOGIN" 2>/dev/null
  PGUSER=poor_$$_$BATS_TEST_NUMBER say pg-load -t user_logins --no-map </dev/null
}
mistake_misspelt_column() { # in a path of the map: values lost
  sql 'CREATE TABLE t (id integer, locale text)'
  printf 'id .body.id\nlocale .body.lokale\n' >t.map
  for n in 1 2 3; do record $n '{"id":'$n',"locale":"'$SECRET'"}'; done >in
  say pg-load -t t --map t.map <in
}
mistake_map_column() { # a column that does not exist
  sql 'CREATE TABLE t (id integer, locale text)'
  printf 'id .body.id\nlokale .body.locale\n' >t.map
  say pg-load -t t --map t.map </dev/null
}
mistake_key_finds_nothing() {
  sql 'CREATE TABLE t (id integer)'
  records 1 20 >in
  say pg-load -t t --key .body.event_id <in
}
mistake_map_of_another_schema() {
  sql 'CREATE SCHEMA app; CREATE TABLE app.user_logins (LIKE user_logins)'
  logins 1 >in
  SQS2PG_MAPS=$SERVERS_DIR/maps say pg-load -t app.user_logins <in
}
mistake_not_null() {
  sql 'CREATE TABLE t (id integer, tenant text NOT NULL)'
  records 1 20 >in
  say pg-load -t t <in
}
mistake_too_long() {
  sql 'CREATE TABLE t (id integer, name varchar(3))'
  records 1 20 '"name":"'$SECRET'"' >in
  say pg-load -t t <in
}
mistake_one_too_long() {
  sql 'CREATE TABLE t (id integer, name varchar(3))'
  { records 1 3 '"name":"abc"'; record 4 '{"id":4,"name":"'$SECRET'"}'; } >in
  say pg-load -t t <in
}

mistake_no_partition() {
  sql 'CREATE TABLE t (id integer) PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)'
  records 1 2 >in
  say pg-load -t t <in
}
mistake_no_partitions() {
  sql 'CREATE TABLE t (id integer) PARTITION BY LIST (id)'
  records 1 20 >in
  say pg-load -t t <in
}
mistake_row_security() {
  local role=guest_$$_$BATS_TEST_NUMBER
  sql "CREATE TABLE t (id integer); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (true)
    WITH CHECK (true); CREATE ROLE $role LOGIN; GRANT ALL ON t TO $role; GRANT CREATE ON SCHEMA public TO $role"
  records 1 2 >in
  PGUSER=$role say pg-load -t t <in
}

# ---- pipes -------------------------------------------------------------------------------------

mistake_ack_of_records() { # sqs-pull | sqs-ack
  logins 1 >in
  say sqs-ack <in
}
mistake_broken_pipe() { # the next program has ended
  records 1 2000 '"x":"'"$(printf 'y%.0s' {1..200})"'"' >in
  sql 'CREATE TABLE t (id integer)'
  { pg-load -t t --no-ledger --batch-rows 10 <in 2>err || echo $? >status; } | true
  return "$(<status)"
}
mistake_stage_ends() { # one program of sqs2pg ends, so the others end
  fresh_queue VisibilityTimeout=60
  seq 1 300 | awk -v pad="$(printf 'y%.0s' {1..2000})" -v secret="$SECRET" \
    '{ printf "{\"body\":{\"user_id\":\"u%d\",\"ip\":\"%s\",\"device_id\":\"%s\",\"pad\":\"%s\"}}\n", $1, secret, secret, pad }' |
    sqs-send -q
  sql "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
    RAISE EXCEPTION 'no' USING ERRCODE = 'XX001'; END \$\$;
    CREATE TRIGGER refuse BEFORE INSERT ON user_logins FOR EACH ROW EXECUTE FUNCTION refuse()"
  printf '%s\n' "SQS_QUEUE_URL=$SQS_QUEUE_URL" SQS2PG_TABLE=user_logins "SQS2PG_KEY_FILE=$PWD/k" \
    "SQS2PG_LOAD_OPTIONS=--no-map --batch-rows 10" >settings
  say "$SQS2PG" -c settings
}
mistake_stage_killed() { # as the kernel kills a process that takes too much memory
  fresh_queue VisibilityTimeout=60
  printf '%s\n' "SQS_QUEUE_URL=$SQS_QUEUE_URL" SQS2PG_TABLE=user_logins "SQS2PG_KEY_FILE=$PWD/k" \
    "SQS2PG_PULL_OPTIONS=--wait 1" "SQS2PG_LOAD_OPTIONS=--no-map --metrics-file $PWD/figures" >settings
  "$SQS2PG" -f -c settings >out 2>err 3>&- 4>&- &
  eventually 60 test -s figures
  pkill -KILL -P $! -x pg-load
  wait $!
}

# ---- lines that are no records, expressions, names -----------------------------------------------

mistake_pretty_json() { # one object over several lines, as jq prints it
  printf '{\n  "user_id": "a",\n  "ip": "%s"\n}\n' "$SECRET" >in
  say pg-load -t user_logins --no-map --root . <in
}
mistake_json_array() {
  printf '[{"user_id":"a"},{"user_id":"%s"}]\n' "$SECRET" >in
  say pg-load -t user_logins --no-map --root . <in
}
mistake_mask_pretty_json() {
  printf '{\n  "user_id": "a",\n  "ip": "%s"\n}\n' "$SECRET" >in
  say pii-mask -k k --root . <in
}
mistake_suggest_csv() {
  printf 'id,name\n1,%s\n' "$SECRET" >in
  say pg-suggest -t t --root . <in
}
mistake_compressed() {
  logins 1 2 | gzip >in
  say pg-load -t user_logins --no-map <in
}
mistake_send_text() {
  printf 'hello %s\n' "$SECRET" >in
  say sqs-send <in
}
mistake_map_equals() { # COLUMN = EXPRESSION
  printf 'user_id = .body.user_id\n' >t.map
  say pg-load -t user_logins --map t.map </dev/null
}
mistake_map_missing() { say pg-load -t user_logins --map no-such.map </dev/null; }
mistake_map_word() { # a key instead of a path
  printf 'user_id user_id\n' >t.map
  say pg-load -t user_logins --map t.map </dev/null
}
mistake_map_root() { # a path that forgets the body
  printf 'user_id .user_id !\n' >t.map
  logins 1 2 >in
  say pg-load -t user_logins --map t.map <in
}
mistake_key_word() { say pg-load -t user_logins --no-map --key user_id </dev/null; }
mistake_key_root() { # a path that forgets the body
  logins 1 2 >in
  say pg-load -t user_logins --no-map --key .user_id <in
}
mistake_root_word() { say pg-load -t user_logins --no-map --root body </dev/null; }
mistake_mask_word() { say pii-mask -k k -m ip=siv </dev/null; }
mistake_upsert_no_index() { say pg-load -t user_logins --no-map --upsert user_id </dev/null; }
mistake_upsert_column() { say pg-load -t user_logins --no-map --upsert userid </dev/null; }

mistake_upsert_null() {
  sql 'CREATE TABLE t (id integer PRIMARY KEY, v text)'
  record 1 '{"v":"'"$SECRET"'"}' >in
  say pg-load -t t --upsert id <in
}
mistake_upsert_rule() {
  sql 'CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE u (id integer);
    CREATE RULE copy_row AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (NEW.id)'
  records 1 2 >in
  say pg-load -t t --upsert id <in
}

# ---- keys, policies and queues of others ---------------------------------------------------------

mistake_other_key() { # pii-unmask with a key that did not mask
  key other 2>/dev/null
  logins 1 | pii-mask -k k -q >in
  say pii-unmask -k other <in
}
mistake_other_policy() { # pii-unmask without the policy that masked
  printf '.user_id siv as who\nnear keep\n' >policy
  record 1 '{"user_id":"'"$SECRET"'"}' | pii-mask -k k -p policy -q >in
  say pii-unmask -k k <in
}
mistake_other_queue() { # verdicts for another queue
  logins 1 | jq -c '.status = "committed"' >in
  say sqs-ack <in
}
mistake_endpoint() { say sqs-pull --endpoint-url http://127.0.0.1:1 -Q logins --retry-timeout 0; }
mistake_host() { PGHOST=no-such-host.invalid say pg-load -t t --retry-timeout 0 </dev/null; }
mistake_port() { PGHOST=127.0.0.1 PGPORT=1 say pg-load -t t --retry-timeout 0 </dev/null; }
mistake_dry_run_ack() { # pg-load --dry-run | sqs-ack
  printf '{"sqs":{"queue_url":"%s","message_id":"m","receipt_handle":"h"},"body":{"user_id":"u"}}\n' "$SQS_QUEUE_URL" |
    pg-load -t user_logins --no-map --dry-run -q >in 2>/dev/null
  say sqs-ack <in
}
mistake_init_again() { # sqs2pg-init where its files exist
  mkdir made
  touch made/logins.policy
  install -D -m 755 "$ROOT/scripts/init.sh" bin/sqs2pg-init
  say bin/sqs2pg-init -Q "$SQS_QUEUE_URL" -t logins -o made
}
mistake_init_empty() {
  install -D -m 755 "$ROOT/scripts/init.sh" bin/sqs2pg-init
  say bin/sqs2pg-init -Q "$SQS_QUEUE_URL" -t logins -o made
}
