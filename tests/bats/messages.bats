#!/usr/bin/env bats
# The messages for each mistake of a new user: the cause, what to do about it, and no content of a
# record.

load ../lib/common
load ../lib/records

# shellcheck source=tests/lib/mistakes.sh
. "$BATS_TEST_DIRNAME/../lib/mistakes.sh"

setup_file() {
  export BATS_NO_PARALLELIZE_WITHIN_FILE=true
  servers_begin
  servers_postgres_start
  hba=$PGHOST/data/pg_hba.conf
  { echo 'local all guarded scram-sha-256'; cat "$hba"; } >"$BATS_FILE_TMPDIR/hba"
  cat "$BATS_FILE_TMPDIR/hba" >"$hba"
  psql -qX -c "CREATE ROLE guarded LOGIN PASSWORD 'x'" -c 'SELECT pg_reload_conf()' >/dev/null
  export GUARDED=$PGHOST SQS_URL
  SQS_URL=$(servers_queue "mistakes$$" VisibilityTimeout=30)
}

teardown_file() { servers_stop; }

setup() {
  pg_setup
  export SQS_QUEUE_URL=$SQS_URL
  create_user_logins
  copy_sqs2pg bin
  # For user nobody, too.
  chmod -R a+rX .
}

teardown() { common_teardown; }

# told NAME STATUS TEXT...: the mistake ends with that status. Its messages have each of the texts,
# have the form of all messages, and hold nothing of a record or a secret.
told() {
  local name=$1 wanted=$2 text program='(sqs-[a-z]*|pii-[a-z]*|pg-[a-z]*|sqs2pg(-[a-z]*)?)' status=0
  mkdir "$name"
  chmod 755 "$name"
  cd "$name"
  [ -e ../k ] || key ../k 2>/dev/null
  cp ../k k
  "mistake_$name" || status=$?
  printf '## %s: %s\n' "$name" "$status"
  sed 's/^/    /' err
  [ "$status" -eq "$wanted" ]
  for text in "${@:3}"; do grep -qF -- "$text" err || { echo "    lacks: $text" && return 1; }; done
  [ "$(grep -cvE "^$program: ((error|warning|hint|info): [^A-Z ]*[^.]*|[a-z_]+=)" err)" -eq 0 ] || return 1
  [ "$(grep -c "$SECRET" err)" -eq 0 ]
  cd "$BATS_TEST_TMPDIR"
}

@test "each mistake has its message: settings and options" {
  told settings_folder 78 'Permission denied' 'may not enter the folder /'
  told no_config 78 'SQS2PG_TABLE, SQS2PG_KEY_FILE are not set' 'name a file of settings, --config FILE'
  told config_blank 78 'settings:1: not a line of NAME=VALUE: a blank stands before the sign =' 'write SQS2PG_TABLE=VALUE'
  told config_name 78 'settings:1: no such setting as SQS2PG_TABEL, did you mean SQS2PG_TABLE'
  told option 64 'unknown option --folow, did you mean --follow'
  told option_sqs2pg 64 'unknown option --folow, did you mean --follow'
  told option_value 64 'option --wait takes'
  told option_secret 64 '--dsn holds a password, which others could see; use PGPASSFILE'
  told nothing_to_read 0 'pii-mask: hint: reading from the terminal; ctrl-D ends the input'
  told operand 64 'no operand is taken: records are read from standard input'
}

@test "each mistake has its message: the queue" {
  told wrong_queue 69 'no such queue at' ': no-such-queue' 'check its name, and the account and region'
  told wrong_queue_url 69 'no such queue at' ': no-such-queue' 'check its name, and the account and region'
  told arn 64 'the queue is an ARN; its URL is https://sqs.eu-west-1.amazonaws.com/123456789012/logins' "give the queue's URL"
  told no_queue 64 'no queue is given' 'give it with --queue or in SQS_QUEUE_URL'
  told no_credentials 69 'no credentials' 'set AWS_ACCESS_KEY_ID'
  told no_region 64 'no region is given' '--region'
  told ack_of_records 1 'line 1 is without a known status' 'verdicts are what pg-load prints'
}

@test "each mistake has its message: masking" {
  told forgotten_mask 0 'no column takes key ip' 'no record had a value for column masked_ip' \
    'put pii-mask before pg-load; these records do not look masked'
  told mask_after_load 0 'looks like verdicts of pg-load' 'put pii-mask before pg-load'
  told forgotten_unwrap 0 'is an envelope: sns' 'put sqs-unwrap before pii-mask'
  told policy_meets_nothing 0 'policy path .ipp matched no record' 'use pii-scan to list the paths'
  told no_key 64 'option --key-file is missing'
  told key_missing 78 'key file no-such-key: cannot be opened: No such file or directory' 'make a key file with pii-keygen'
  told key_of_root 77 'key file rootkey: this user may not read it: Permission denied' 'it belongs to uid' 'give it to this user'
  told key_open 77 'key file openkey: users other than its owner may access it' 'chmod 600'
  told policy_method 78 'policy:1:5: unknown method: encrypt' 'use one of the methods siv, hmac'
  told body_no_object 0 'line 1 quarantined: mask root: the record has no body, or it is not an object (a missing brace?)'
  told plain_lines 0 'error_codes=root:1' 'use --root to say where the values are'
  # A hint belongs to its message: with -q only an error has one.
  pii-mask -k k -q <forgotten_unwrap/in 2>err >out
  [ "$(grep -vc '^pii-mask: records=' err)" -eq 0 ]
  run --separate-stderr -64 pii-mask -q --policie x
  [[ $stderr == *error:*hint:* ]]
  # On a terminal, and with -v, a code comes with an explanation.
  pii-mask -k k -v <plain_lines/in 2>err >out
  grep -q 'info: 1 record could not be masked, root: the record has no body, or it is not an object (a missing brace?)' err
}

@test "each mistake has its message: the database" {
  told no_database 75 'connection to server on socket' \
    'name the database with --dsn, PGHOST or PGSERVICE'
  told no_password 69 'no password supplied' 'set PGPASSFILE, write ~/.pgpass, or give --password-command'
  told wrong_password 69 '28P01 invalid_password' 'password authentication failed for user "guarded"' \
    'check the user, and its password or --password-command'
  told wrong_database 69 'database "no_such_database" does not exist'
  told wrong_table 69 'table user_login does not exist in database'
  told no_rights 69 'permission denied for schema public' 'ask an administrator to create it with'
  told map_of_another_schema 0 'is not used: table app.user_logins is not in the current schema' 'name it with --map'
}

@test "each mistake has its message: tables, maps, keys" {
  told misspelt_column 0 'no column takes key locale' \
    'no record had a value for column locale (t.map:2); perhaps its key is locale'
  fresh_database
  told map_column 78 't.map:2:1: lokale is not a column of the table' 'did you mean locale'
  fresh_database
  told key_finds_nothing 69 'the first, line 1, for key: --key finds nothing in it' 'check that --key .body.event_id fits the records'
  fresh_database
  told not_null 69 'the first, line 1, for SQLSTATE 23502 not_null_violation, column tenant' \
    'map a value to column tenant, or give it a DEFAULT'
  fresh_database
  told too_long 69 'the first, line 1, for SQLSTATE 22001 string_data_right_truncation, column name' 'widen column name'
  fresh_database
  told one_too_long 0 'line 4 quarantined: load refused, SQLSTATE 22001 string_data_right_truncation, column name'
  fresh_database
  told no_partition 0 'line 2 quarantined: load refused, SQLSTATE 23514 check_violation: no partition takes it'
  fresh_database
  told no_partitions 69 'none of 20 records can be loaded' 'no partition takes it: create one for its values'
  fresh_database
  told row_security 69 't has row level security for this role, and COPY does not load such a table' 'use --upsert, or a role with BYPASSRLS'
  fresh_database
  told broken_pipe 74 'cannot write to standard output: Broken pipe: the program that reads it has ended, see what it says'
  [ "$(grep -c 'error\|hint\|warning' broken_pipe/err)" -eq 1 ]
}

@test "each mistake has its message: lines that are no records, expressions, names" {
  local whole='hint: each line must be one JSON object: use jq -c . for other JSON'
  told pretty_json 0 'line 1 quarantined: load syntax: the line is not valid JSON' "$whole"
  told json_array 0 'line 1 quarantined: load not-object: the line is not a JSON object' "$whole"
  told compressed 0 "$whole" 'zcat for a compressed file'
  told mask_pretty_json 0 'error_codes=syntax:4' "$whole"
  told suggest_csv 65 '2 of 2 lines are not records' "$whole"
  told send_text 1 'line 1 is not JSON: not sent' "give one record on each line: jq -cR '{body: .}' makes records of text lines"
  told map_equals 78 't.map:1:9: not a jq program' 'write each line of a map as COLUMN EXPRESSION'
  told map_missing 78 'map no-such.map: No such file or directory'
  told map_word 78 'user_id/0 is not defined' 'begin a path with a dot: the key user_id of the body is .body.user_id'
  told map_root 0 'no record had a value for column user_id (t.map:1)' 'write .body.user_id for the key of the body'
  told key_word 64 '--key:1:1: user_id/0 is not defined' 'the key user_id of the body is .body.user_id'
  told root_word 64 '--root takes a path such as . or .detail'
  told mask_word 64 'option --mask ip=siv: column 1: not a path' 'begin a path with a dot'
  fresh_database
  create_user_logins
  told key_root 0 'line 1 quarantined: load key: --key finds nothing in it' \
    'paths begin at the record: write .body.user_id for the key of the body'
  told upsert_no_index 69 'has no unique index over (user_id)' 'CREATE UNIQUE INDEX ON user_logins (user_id)'
  told upsert_column 69 '--upsert: user_logins has no column userid, did you mean user_id'
  fresh_database
  told upsert_null 0 'line 1 quarantined: load missing, column id: a value that the map, --upsert or --newer requires is missing'
  fresh_database
  told upsert_rule 69 '--upsert: t has rule copy_row, and the server then takes no ON CONFLICT' 'replace the rule by a trigger'
}

@test "each mistake has its message: keys, policies and queues of others, and missing files" {
  told other_key 1 '1 of 1 records could not be unmasked' 'unknown-key means that the key file lacks the key'
  told other_policy 0 'nothing was unmasked' 'give the policy of the masking with --policy'
  told other_queue 1 'line 1 is of another queue' 'set --queue or SQS_QUEUE_URL to the queue'
  told dry_run_ack 1 'line 1 is of a dry run: refused' 'run pg-load without --dry-run'
  told endpoint 75 'cannot reach 127.0.0.1:1: no connection (Connection refused)'
  told host 75 'could not translate host name "no-such-host.invalid"'
  told port 75 'connection to server at "127.0.0.1", port 1 failed: Connection refused'
  told init_again 74 'made/logins.policy exists already' 'name another folder with --output'
  told init_empty 1 'the queue had no message to look at' 'messages in flight are not seen'
}

@test "each mistake has its message: a stage of sqs2pg that ends" {
  told stage_ends 69 'sqs2pg: error: pg-load ended with status 69: refused for good; ended because of it: ' \
    'pii-mask: error: cannot write to standard output: Broken pipe: pg-load, which reads it, has ended, see what it says'
  fresh_database
  create_user_logins
  told stage_killed 137 'sqs2pg: error: pg-load was ended by signal 9, KILL' 'hint: the kernel kills processes when memory is short'
}

@test "the summary in the JSON log has its figures as members" {
  key k 2>/dev/null
  logins 1 2 >in
  pii-mask -k k -v --log json <in >masked 2>err
  jq -e 'select(.level == "summary") | .records == 2 and .masked == 2 and .errors == 0 and (.seconds | type) == "number"' err
  sql 'CREATE TABLE t (id integer)'
  { record 1 '{"id":1}' && record 2 '"x"'; } | pii-mask -k k -p <(printf '.ip siv as masked_ip optional\nunmatched keep\nother keep\n') --log json 2>err >masked
  jq -e 'select(.level == "summary") | .error_codes == "root:1"' err
  pg-load -t t --log json <masked 2>err >out
  jq -e 'select(.level == "summary") | .committed == 1 and .quarantined == 1 and .program == "pg-load"' err
  jq -s -e 'length > 0' err >/dev/null
}
