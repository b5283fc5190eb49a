#!/usr/bin/env bats
# Run the blocks of docs/keys.md for KMS and age as printed: the key goes into the store, and a run
# of sqs2pg takes it from there.

load ../lib/common
load ../lib/page

# shellcheck disable=SC2034  # page.bash reads it
PAGE=$ROOT/docs/keys.md

setup() {
  common_setup
  fresh_database
  create_user_logins
  fresh_queue VisibilityTimeout=60
  copy_sqs2pg bin
  export SQS2PG_LOCK_DIR=$PWD
  umask 077
  key logins.key 2>/dev/null
  ID=$(pii-keygen --list logins.key | cut -d ' ' -f 1)
}

teardown() {
  [ ! -s moto/pid ] || kill "$(<moto/pid)"
  common_teardown
}

# stores HEADING N: run the block, as a user pastes it into a shell.
stores() {
  local text
  text=$(block "$@") && bash -c "$text"
}

# setting HEADING N: print the block as lines of the settings, with this folder for /etc/sqs2pg.
setting() {
  block "$@" >lines
  sed "s|/etc/sqs2pg|$PWD|g" lines
}

# loads LINE...: load one message, masked with the key of these settings; the key file is removed.
loads() {
  rm logins.key
  echo '{"body":{"user_id":"u1","ip":"203.0.113.7","device_id":"d"}}' | sqs-send -q
  printf '%s\n' "SQS_QUEUE_URL=$SQS_QUEUE_URL" SQS2PG_TABLE=user_logins 'SQS2PG_PULL_OPTIONS=--wait 1 --empty 1' "$@" >settings
  SQS_QUEUE_URL='' "$SQS2PG" -c settings
  [ "$(sql "SELECT count(*) FROM user_logins WHERE masked_ip LIKE 'siv1.$ID.%'")" -eq 1 ]
}

# with_any COMMAND: run the check that the page asks for before the file is removed.
with_any() {
  local text
  text=$(block 'With any of them' 2)
  [ "$(bash -c "${text/COMMAND/$1}")" = "$ID primary" ]
}

@test "age: the setting opens the key that the lines of the page encrypted" {
  stores age 1 2>/dev/null
  stores age 2
  run -1 grep -q pii1 logins.key.age
  local line
  line=$(setting age 3)
  with_any "${line#*=}"
  loads "$line"
}

@test "KMS: the setting opens the key that the lines of the page encrypted" {
  mkdir moto
  local port
  port=$(servers_free_port)
  "$(python_dir)/bin/moto_server" -H 127.0.0.1 -p "$port" >moto/log 2>&1 3>&- 4>&- &
  echo $! >moto/pid
  export AWS_ENDPOINT_URL_KMS=http://127.0.0.1:$port
  eventually 60 curl -s -o moto/answer --noproxy '*' -m 5 "$AWS_ENDPOINT_URL_KMS/moto-api/data.json"
  local ask=(curl -sS --fail-with-body --noproxy '*' --aws-sigv4 aws:amz:us-east-1:kms --user a:b "$AWS_ENDPOINT_URL_KMS/"
    -H 'Content-Type: application/x-amz-json-1.1')
  "${ask[@]}" -H 'X-Amz-Target: TrentService.CreateKey' -d '{}' >moto/made
  "${ask[@]}" -H 'X-Amz-Target: TrentService.CreateAlias' \
    -d "{\"AliasName\":\"alias/sqs2pg\",\"TargetKeyId\":$(jq .KeyMetadata.KeyId moto/made)}"
  stores 'AWS KMS' 1
  run -1 grep -q pii1 logins.key.kms
  local line
  line=$(setting 'AWS KMS' 2)
  with_any "${line#*=}"
  loads "$line" "AWS_ENDPOINT_URL_KMS=$AWS_ENDPOINT_URL_KMS"
}
