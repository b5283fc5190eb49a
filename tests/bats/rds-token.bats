#!/usr/bin/env bats
# rds-token: its output, its settings, and that no secret is printed.

load ../lib/common

setup() {
  common_setup
  PYTHON=$(python_dir)/bin/python
  export HOME=$PWD AWS_EC2_METADATA_DISABLED=true
  unset "${!AWS_@}"
  export AWS_EC2_METADATA_DISABLED=true
  HOST=db.abc.eu-west-1.rds.amazonaws.com
}

teardown() { common_teardown; }

# fails COMMAND...: needed because bats ignores the status of a bare `!`.
fails() { ! "$@"; }

# token OPTION...: make a token of this host and a user; messages are in ./err.
token() {
  status=0
  rds-token --hostname "$HOST" --username loader "$@" >out 2>err || status=$?
}

# settings MODE LINE...: write these lines to ./file.
settings() {
  printf '%s\n' "${@:2}" >file
  chmod "$1" file
}

# refused STATUS MESSAGE: check for that status and message.
refused() {
  echo "$status $(<err)"
  [ "$status" -eq "$1" ]
  grep -qF "$2" err
  [ ! -s out ]
  fails grep -q SeCrEt err
}

@test "the tokens of botocore, byte for byte" {
  run --separate-stderr "$PYTHON" -B "$ROOT/tests/lib/rds.py"
  echo "$output"
  echo "$stderr"
  [ "$status" -eq 0 ]
  [ "${lines[-1]}" = 'tokens=60 wrong=0' ]
}

@test "the region of every form of host name" {
  local host
  while read -r host wanted; do
    AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=secret env -u AWS_REGION -u AWS_DEFAULT_REGION \
      rds-token --hostname "$host" --username x >out
    grep -q "%2F$wanted%2Frds-db%2F" out || { echo "$host" && false; }
  done <<'END'
db.c9x.eu-west-1.rds.amazonaws.com eu-west-1
db.proxy-c9x.EU-West-1.rds.amazonaws.com eu-west-1
db.c9x.us-gov-west-1.rds.amazonaws.com us-gov-west-1
db.c9x.cn-north-1.rds.amazonaws.com.cn cn-north-1
db.cluster-c9x.rds.cn-northwest-1.amazonaws.com.cn cn-northwest-1
db.cluster-ro-c9x1.rds.cn-northwest-1.amazonaws.com.cn cn-northwest-1
db.cluster-custom-c9x1.eu-west-1.rds.amazonaws.com eu-west-1
db.c9x.us-iso-east-1.rds.c2s.ic.gov us-iso-east-1
db.c9x.rds.us-iso-east-1.c2s.ic.gov us-iso-east-1
END
  run -64 env -u AWS_REGION -u AWS_DEFAULT_REGION rds-token --hostname db.rds.example.org --username x
}

@test "settings of a file of sqs2pg: keys, region, a profile; they take precedence over the environment" {
  settings 600 'SQS2PG_TABLE=t' 'PGPASSWORD=SeCrEt' '# a comment' "AWS_ACCESS_KEY_ID=AKIDFILE" \
    'AWS_SECRET_ACCESS_KEY="SeCrEt"' 'AWS_REGION=us-west-2'
  AWS_ACCESS_KEY_ID=AKIDENV AWS_SECRET_ACCESS_KEY=x token --settings file
  [ "$status" -eq 0 ]
  grep -q '^db.abc.eu-west-1.rds.amazonaws.com:5432/?Action=connect&DBUser=loader&' out
  grep -q 'X-Amz-Credential=AKIDFILE%2F........%2Feu-west-1%2Frds-db%2Faws4_request' out
  HOST=localhost
  token --settings file
  grep -q '%2Fus-west-2%2F' out
  printf '[profile p]\naws_access_key_id = AKIDP\naws_secret_access_key = y\nregion = eu-north-1\n' >config
  settings 644 'AWS_PROFILE=p' "AWS_CONFIG_FILE=$PWD/config"
  token --settings file
  [ "$status" -eq 0 ]
  grep -q 'AKIDP%2F........%2Feu-north-1%2F' out
}

@test "no part of a key in the environment joins a key or profile of the file" {
  export AWS_ACCESS_KEY_ID=AKIDENV AWS_SECRET_ACCESS_KEY=x AWS_SESSION_TOKEN=envtoken
  settings 600 'AWS_ACCESS_KEY_ID=AKIDFILE' 'AWS_SECRET_ACCESS_KEY=SeCrEt'
  token --settings file
  [ "$status" -eq 0 ]
  grep -q 'Credential=AKIDFILE%2F' out
  fails grep -q 'Security-Token' out
  settings 600 'AWS_ACCESS_KEY_ID=AKIDFILE'
  token --settings file
  refused 69 'only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set'
  printf '[profile p]\naws_access_key_id = AKIDP\naws_secret_access_key = y\n' >config
  settings 644 'AWS_PROFILE=p' "AWS_CONFIG_FILE=$PWD/config"
  token --settings file
  grep -q 'Credential=AKIDP%2F' out
  # Other settings leave the key of the environment.
  settings 644 'AWS_REGION=eu-west-1'
  token --settings file
  grep -q 'Credential=AKIDENV%2F.*Security-Token=envtoken' out
}

@test "a credential_process gets the settings, except those of the database" {
  # for the script itself
  printf '#!/bin/sh\nenv >"$SEEN"\necho "{\\"Version\\":1,\\"AccessKeyId\\":\\"AKIDC\\",\\"SecretAccessKey\\":\\"z\\"}"\n' >process
  chmod 755 process
  printf '[default]\ncredential_process = %s\n' "$PWD/process" >config
  settings 600 "SEEN=$PWD/seen" "AWS_CONFIG_FILE=$PWD/config" 'PGPASSWORD=SeCrEt' 'SQS2PG_KEY_FILE=k'
  token --settings file
  [ "$status" -eq 0 ]
  grep -q AKIDC out
  grep -q '^AWS_CONFIG_FILE=' seen
  fails grep -qE 'SeCrEt|SQS2PG_KEY_FILE' seen
}

@test "a container endpoint and the metadata service of an instance give the credentials" {
  mkdir metadata
  echo 'ASIAROLE SeCrEt to/ken' >metadata/keys
  echo 'Bearer SeCrEt' >metadata/token
  python3 -B "$ROOT/tests/lib/metadata.py" "$PWD/metadata" 2>metadata/err 3>&- 4>&- &
  echo $! >pid
  servers_until 60 test -s metadata/port
  local server
  server=http://127.0.0.1:$(<metadata/port)
  unset AWS_EC2_METADATA_DISABLED
  export AWS_EC2_METADATA_SERVICE_ENDPOINT=$server
  token
  [ "$status" -eq 0 ]
  grep -q 'X-Amz-Credential=ASIAROLE%2F........%2Feu-west-1%2Frds-db%2Faws4_request' out
  grep -q 'X-Amz-Security-Token=to%2Fken&' out
  # The settings file names the endpoint of the container, as pg-load's environment does not.
  export AWS_EC2_METADATA_DISABLED=true
  settings 600 "AWS_CONTAINER_CREDENTIALS_FULL_URI=$server/container" 'AWS_CONTAINER_AUTHORIZATION_TOKEN=Bearer SeCrEt'
  token --settings file
  [ "$status" -eq 0 ]
  grep -q 'X-Amz-Credential=ASIAROLE%2F' out
  grep -q ' GET /container 200$' metadata/requests
  kill "$(<pid)"
  wait "$(<pid)" || true
  : >pid
}

@test "wrong settings: file and line are named, and no value" {
  settings 600 'A=1' 'AWS_REGION = SeCrEt'
  token --settings file
  refused 78 'file:2: not a line of NAME=VALUE'
  grep -q 'hint: no blank may stand before the sign =' err
  settings 600 'lower=SeCrEt'
  token --settings file
  refused 78 'file:1: not a line of NAME=VALUE'
  settings 600 'LD_PRELOAD=SeCrEt'
  token --settings file
  refused 78 'file:1: LD_PRELOAD cannot be set here'
  settings 644 'AWS_SECRET_ACCESS_KEY=SeCrEt'
  token --settings file
  refused 77 'file holds a secret, and others may read it (mode 0644)'
  settings 644 'https_proxy=http://user:SeCrEt@proxy:1'
  token --settings file
  refused 77 'file holds a secret, and others may read it (mode 0644)'
  settings 622 'A=1'
  token --settings file
  refused 77 'file: others may write to it'
  token --settings missing
  refused 78 'cannot open missing: No such file or directory'
  printf 'A=1\000\n' >file
  chmod 600 file
  token --settings file
  refused 78 'file:1: a zero byte'
  head -c 2000000 /dev/zero | tr '\000' '#' >file
  token --settings file
  refused 78 'file: larger than 1 MiB'
}

@test "no credentials, no region, half of a key" {
  token
  refused 69 'no credentials'
  grep -q 'hint: give a settings file with --settings' err
  HOST=localhost
  AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=SeCrEt token
  refused 64 'no region is known'
  printf '%s\n' '[default]' 'region = x y' 'aws_access_key_id = a' 'aws_secret_access_key = b' >config
  AWS_CONFIG_FILE=$PWD/config token
  refused 78 'config:2: the region is not a valid name'
  AWS_ACCESS_KEY_ID=a token --region eu-west-1
  refused 69 'only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set'
}

@test "usage" {
  run rds-token --username x
  [ "$status" -eq 64 ]
  run rds-token --hostname x
  [ "$status" -eq 64 ]
  for wrong in '--port 0' '--port 65536' '--hostname a/b' '--username ' '--settings ' 'operand'; do
    # shellcheck disable=SC2086 # two words
    token ${wrong% *} ${wrong:+"${wrong#* }"}
    [ "$status" -eq 64 ]
  done
  status=0
  AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b rds-token --hostname "$HOST" --username x >/dev/full 2>err || status=$?
  [ "$status" -eq 74 ]
}
