#!/usr/bin/env bats
# Where the sqs programs get their credentials, and what they do when these expire or are missing. SQS, STS and IAM
# are those of a moto server for this file, which checks signatures except for calls that the tests allow.

load ../lib/common
load ../lib/sqs
load ../lib/credentials

setup_file() {
  export BATS_NO_PARALLELIZE_WITHIN_FILE=true
  unset SERVERS_SQS
  servers_begin
  servers_moto_start
  iam_role one
  iam_role two
  # The limit of a process is long; its test runs in parallel with the others.
  servers_queue slow >/dev/null
  printf '[default]\ncredential_process = sleep 1000\n' >"$BATS_FILE_TMPDIR/config"
  (
    cd "$BATS_FILE_TMPDIR"
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR common_setup
    SECONDS=0
    status=0
    env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY AWS_CONFIG_FILE=config \
      sqs-pull -Q slow >out 2>err || status=$?
    echo "$status $SECONDS" >slow.new
    mv slow.new slow
  ) 3>&- 4>&- &
}

teardown_file() {
  servers_stop
}

setup() {
  common_setup
  KEY=$AWS_ACCESS_KEY_ID SECRET=$AWS_SECRET_ACCESS_KEY
  fresh_queue VisibilityTimeout=30
  # To assume a role is another service of the SQS endpoint here.
  export AWS_ENDPOINT_URL_STS=$AWS_ENDPOINT_URL_SQS AWS_CONFIG_FILE=$PWD/config
}

teardown() {
  sqs_teardown
  [ ! -s metadata/pid ] || kill "$(<metadata/pid)"
  ! grep -q Error metadata/err 2>/dev/null || { cat metadata/err && false; }
}

@test "static keys, a session token, an assumed role: valid signatures" {
  ok
  read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN < <(assumed 1)
  export AWS_SESSION_TOKEN
  ok
  AWS_SESSION_TOKEN=wrong refused 69 'does not accept our credentials'
  AWS_SECRET_ACCESS_KEY=wrong refused 69 'does not accept our credentials (SignatureDoesNotMatch)'
  unset AWS_SESSION_TOKEN
  no_keys
  config '[default]' "role_arn = $(arn one)" 'source_profile = base' \
    '[profile base]' "aws_access_key_id = $KEY" "aws_secret_access_key = $SECRET"
  proxy_start
  AWS_ENDPOINT_URL_STS=$AWS_ENDPOINT_URL_SQS
  bodies 1 3 | sqs-send
  pull | committed | sqs-ack --print >acks
  [ "$(acks acks)" = '3 deleted' ]
  [ "$(signers AssumeRole)" = "$KEY" ]
  [[ $(signers ReceiveMessage) == ASIA* ]]
  grep -q 'RoleSessionName=sqs2pg-[0-9]*$' proxy/body.AssumeRole
}

@test "a role: its settings reach STS; through other roles; from each source" {
  proxy_start
  AWS_ENDPOINT_URL_STS=$AWS_ENDPOINT_URL_SQS
  config '[profile r]' "role_arn = $(arn one)" 'source_profile = r' 'external_id = an id' \
    'role_session_name = me@work' 'duration_seconds = 901' \
    "aws_access_key_id = $KEY" "aws_secret_access_key = $SECRET" \
    '[profile far]' "role_arn = $(arn two)" 'source_profile = r2' \
    '[profile r2]' "role_arn = $(arn one)" 'credential_source = Environment'
  ok --profile r
  for field in 'RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fone' ExternalId=an+id RoleSessionName=me%40work \
    DurationSeconds=901; do
    grep -qF "&$field" proxy/body.AssumeRole
  done
  rm proxy/requests
  ok --profile far
  # The first role assumes the second one, and the key of the environment the first.
  [ "$(grep -c ' AssumeRole 200 ' proxy/requests)" -eq 2 ]
  [[ $(signers AssumeRole) == "$KEY ASIA"* || $(signers AssumeRole) == ASIA*" $KEY" ]]
  grep -q 'RoleArn=.*two' proxy/body.AssumeRole
}

@test "answers of STS: refused, broken, slow, out of order" {
  no_keys
  config '[default]' "role_arn = $(arn one)" 'source_profile = base' \
    '[profile base]' "aws_access_key_id = $KEY" 'aws_secret_access_key = hidden'
  refused 69 'STS does not accept the credentials for the role of profile default (SignatureDoesNotMatch)'
  sed -i "s,hidden,$SECRET," config
  proxy_start
  export AWS_ENDPOINT_URL_STS=$AWS_ENDPOINT_URL_SQS AWS_ENDPOINT_URL_SQS=$DIRECT
  mode 'deny AssumeRole AccessDenied'
  refused 69 'STS does not let us assume the role of profile default (AccessDenied)'
  [[ $stderr == *'hint: the role'* ]]
  mode 'deny AssumeRole ExpiredToken'
  refused 69 'STS does not accept the credentials for the role of profile default (ExpiredToken)'
  mode 'error 1 ValidationError'
  refused 69 'STS refuses to give the role of profile default (ValidationError, status 400)'
  mode 'error 1 Throttling'
  refused 75 'STS does not give the role of profile default now (Throttling)'
  mode 'fail 1 302'
  refused 69 'STS refuses to give the role'
  rm proxy/requests
  mode 'fail 1 503'
  refused 75 'STS answers with status 503'
  [ "$(requests AssumeRole)" -eq 3 ]
  mode 'fail 2 503' 'drop 3'
  ok
  mode 'big 70000'
  refused 69 'cannot get credentials from STS: the answer is too big'
  mode 'cut 1'
  refused 75 'cannot get credentials from STS: the connection broke'
  for name in AccessKeyId SecretAccessKey SessionToken Expiration; do
    mode "corrupt $name"
    refused 69 'the answer of STS lacks part of the credentials'
  done
  mode 'corrupt /Credentials'
  refused 69 'the answer of STS cannot be read'
  # The server corrects a wrong clock.
  for seconds in 7200 -7200; do
    mode "clock $seconds"
    ok
  done
  mode ''
  AWS_ENDPOINT_URL_STS=nonsense refused 69 'the endpoint of STS is not'
  AWS_ENDPOINT_URL_STS=http://127.0.0.1:1 refused 75 'cannot get credentials from STS: no connection'
  # Without a variable, the endpoint of the profile.
  export -n AWS_ENDPOINT_URL_STS
  rm proxy/requests
  sed -i "1a endpoint_url = $AWS_ENDPOINT_URL_STS" config
  ok
  [ "$(requests AssumeRole)" -eq 1 ]
  AWS_ENDPOINT_URL=http://127.0.0.1:1 refused 75 'cannot get credentials from STS: no connection'
}

# unsigned: let the server accept the next request without a signature, but none after it.
unsigned() { curl -sS --fail --noproxy '*' -o /dev/null -H Content-Type:text/plain -d 1 "$(<"$BATS_TEST_TMPDIR/server")/moto-api/reset-auth"; }

@test "a web identity: from the environment, from a profile; its file is re-read" {
  echo "$AWS_ENDPOINT_URL_SQS" >server
  proxy_start
  export AWS_ENDPOINT_URL_STS=$AWS_ENDPOINT_URL_SQS
  no_keys
  export AWS_WEB_IDENTITY_TOKEN_FILE=$PWD/token AWS_ROLE_ARN AWS_ROLE_SESSION_NAME=pod
  AWS_ROLE_ARN=$(arn one)
  for token in first.token second/token+=; do
    echo "$token" >token
    unsigned
    ok
    grep -qF "&WebIdentityToken=$(jq -Rr @uri <<<"$token")" proxy/body.AssumeRoleWithWebIdentity
  done
  grep -q '&RoleSessionName=pod&' proxy/body.AssumeRoleWithWebIdentity
  [ "$(signers AssumeRoleWithWebIdentity)" = - ]
  [[ $(signers ReceiveMessage) == ASIA* ]]
  mode 'deny AssumeRoleWithWebIdentity ExpiredTokenException'
  refused 69 'STS does not accept the credentials for the role of AWS_ROLE_ARN (ExpiredTokenException)'
  mode 'error 1 IDPCommunicationError'
  refused 75 'IDPCommunicationError'
  mode ''
  : >token
  refused 69 'AWS_WEB_IDENTITY_TOKEN_FILE: cannot read the web identity token'
  # A requested profile takes precedence, with its own file.
  echo other >other
  config '[profile p]' "role_arn = $(arn two)" "web_identity_token_file = $PWD/other" \
    '[profile by]' "role_arn = $(arn one)" 'source_profile = p'
  unsigned
  ok --profile p
  grep -q '&WebIdentityToken=other$' proxy/body.AssumeRoleWithWebIdentity
  rm proxy/requests
  unsigned
  ok --profile by
  [[ $(signers AssumeRole) == ASIA* ]]
}

@test "a container endpoint: the token, re-read from its file; never through a proxy" {
  metadata_start 4
  no_keys
  export AWS_CONTAINER_CREDENTIALS_FULL_URI="$METADATA/container?a=b"
  ok
  echo 'Bearer one' >metadata/token
  refused 69 "the container's credentials endpoint answers with status 401"
  [[ $stderr == *'hint: check the authorization token'* ]]
  AWS_CONTAINER_AUTHORIZATION_TOKEN='Bearer one' ok
  cp metadata/token file
  AWS_CONTAINER_AUTHORIZATION_TOKEN=wrong AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=file ok
  http_proxy=http://127.0.0.1:1 no_proxy='' NO_PROXY='' AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=file \
    run --separate-stderr -75 sqs-pull --wait 0 --empty 1 --retry-timeout 0
  # It did not reach SQS.
  [[ $stderr == *"${AWS_ENDPOINT_URL_SQS#http://}"*'no connection'* ]]
  [ "$(grep -c '200$' metadata/requests)" -eq 4 ]
}

@test "a container endpoint with bad answers" {
  metadata_start
  no_keys
  export AWS_CONTAINER_CREDENTIALS_FULL_URI=$METADATA/container
  answers() {
    printf '%s' "$3" >body
    serve "body /container $PWD/body"
    refused "$1" "$2"
  }
  good='"AccessKeyId":"AKIAX","SecretAccessKey":"hidden"'
  answers 69 'does not give a JSON object' '<html>'
  answers 69 'does not give a JSON object' '[]'
  answers 69 'does not give a JSON object' ''
  answers 69 'does not give a JSON object' "{$good"
  answers 69 'gives no AccessKeyId or no SecretAccessKey' '{}'
  answers 69 'gives no AccessKeyId or no SecretAccessKey' '{"AccessKeyId":"AKIAX"}'
  answers 69 'gives no AccessKeyId or no SecretAccessKey' '{"AccessKeyId":1,"SecretAccessKey":"hidden"}'
  answers 69 'gives no AccessKeyId or no SecretAccessKey' '{"AccessKeyId":"a\u0000b","SecretAccessKey":"hidden"}'
  answers 69 'are malformed' '{"AccessKeyId":"a\r\nb","SecretAccessKey":"hidden"}'
  answers 69 'Expiration that is not a time' "{$good,\"Expiration\":\"tomorrow\"}"
  answers 69 'has no credentials for us' "{\"Code\":\"Failed\",$good}"
  answers 69 'does not accept our credentials' "{$good,\"Expiration\":null,\"Token\":null}"
  serve 'big /container 70000'
  refused 69 'the answer is too big'
  serve 'cut /container'
  refused 75 'the connection broke'
  serve 'status /container 302'
  refused 69 'answers with status 302'
  rm metadata/requests
  serve 'status /container 500'
  refused 75 'answers with status 500'
  [ "$(wc -l <metadata/requests)" -eq 3 ]
  AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1/ refused 75 'no connection'
  # Three attempts of three seconds.
  serve 'slow /container 30'
  SECONDS=0
  refused 75 'no answer in time'
  [ "$SECONDS" -le 25 ]
}

@test "the instance metadata service, version 2" {
  metadata_start
  no_keys
  unset AWS_EC2_METADATA_DISABLED
  export AWS_EC2_METADATA_SERVICE_ENDPOINT=$METADATA/
  ok
  [ "$(cut -d' ' -f2,3,4 metadata/requests | xargs)" = \
    'PUT /latest/api/token 200 GET /latest/meta-data/iam/security-credentials/ 200 GET /latest/meta-data/iam/security-credentials/the-role 200' ]
  # From the profile, and as the source of a role.
  unset AWS_EC2_METADATA_SERVICE_ENDPOINT
  config '[default]' "ec2_metadata_service_endpoint = $METADATA" '[profile r]' "role_arn = $(arn two)" \
    'credential_source = Ec2InstanceMetadata' "ec2_metadata_service_endpoint = $METADATA"
  ok
  ok --profile r
  AWS_EC2_METADATA_DISABLED=TRUE refused 69 'no credentials: neither the environment nor profile default has them'
  AWS_EC2_METADATA_DISABLED=true refused 69 'config:5: there are no credentials at this source' --profile r
  role=/latest/meta-data/iam/security-credentials/
  serve "status $role 404"
  refused 69 'no credentials: neither the environment nor profile default has them, and this EC2 instance has no role'
  # No fallback to version 1.
  rm metadata/requests
  serve 'status /latest/api/token 404'
  refused 69 'the instance metadata service is off, or of version 1 only'
  [ "$(wc -l <metadata/requests)" -eq 1 ]
  serve 'status /latest/api/token 500'
  refused 75 'the instance metadata service answers with status 500'
  printf '' >empty
  serve "body /latest/api/token $PWD/empty"
  refused 69 'gives no token'
  printf 'a\r\nX: y' >forged
  serve "body /latest/api/token $PWD/forged"
  refused 69 'gives no token'
  serve "body $role $PWD/forged"
  refused 69 'the instance metadata service answers with status 404'
  printf '../x' >body
  serve "body $role $PWD/body"
  refused 69 'names no role'
  serve "status ${role}the-role 403"
  refused 69 'the instance metadata service answers with status 403'
  # As when a container is a hop too far away.
  serve 'slow /latest/api/token 10'
  SECONDS=0
  refused 75 'cannot get credentials from the instance metadata service: no answer in time'
  [[ $stderr == *'hint: in a container, raise the instance'*HttpPutResponseHopLimit* ]]
  [ "$SECONDS" -le 20 ]
}

@test "a machine that is not an instance: detected within seconds, with a hint" {
  no_keys
  unset AWS_EC2_METADATA_DISABLED
  for endpoint in http://127.0.0.1:1 http://192.0.2.1; do
    SECONDS=0
    AWS_EC2_METADATA_SERVICE_ENDPOINT=$endpoint refused 69 'no credentials: neither the environment nor profile default has them, and this machine is not an EC2 instance'
    [[ $stderr == *'hint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or use --no-sign-request'* ]]
    [ "$SECONDS" -le 15 ]
  done
  AWS_EC2_METADATA_SERVICE_ENDPOINT=nonsense refused 69 'is not an http or https URL'
}

@test "credential_process: run without a shell; its words and its faults" {
  no_keys
  read -r id secret token < <(assumed 1)
  jq -n --arg id "$id" --arg secret "$secret" --arg token "$token" \
    '{Version: 1, AccessKeyId: $id, SecretAccessKey: $secret, SessionToken: $token}' >'the keys'
  config '[default]' 'credential_process = cat "the keys"'
  ok
  # As the source of a role; keys take precedence.
  config '[default]' "role_arn = $(arn two)" 'source_profile = p' '[profile p]' 'credential_process = cat "the keys"'
  ok
  config '[default]' 'credential_process = touch ran' "aws_access_key_id = $KEY" "aws_secret_access_key = $SECRET"
  ok
  [ ! -e ran ]
  # No expansion, no pipes.
  config '[default]' 'credential_process = cat the\ keys $HOME | sh; touch ran'
  refused 69 "$PWD/config:2: credential_process ended with status 1"
  [ ! -e ran ]
  [[ $stderr == *"cat: '\$HOME'"* ]] # its own words pass
  config '[default]' 'credential_process = nosuchprogram'
  refused 78 "$PWD/config:2: cannot run credential_process: No such file or directory"
  config '[default]' 'credential_process = cat "the keys'
  refused 78 "$PWD/config:2: credential_process is not a command"
  config '[default]' 'credential_process = head -c 1000000000 /dev/zero'
  refused 69 "$PWD/config:2: credential_process prints more than 65536 bytes"
  config '[default]' 'credential_process = echo hidden'
  refused 69 'the credential_process does not give a JSON object'
}

@test "a stop request ends the wait for credentials, and the process that gives them" {
  no_keys
  config '[default]' "credential_process = sh -c 'echo \$\$ >process; sleep 1001; true'"
  sqs-pull >out 2>err 3>&- &
  pull=$!
  eventually 60 test -s process
  SECONDS=0
  kill "$pull"
  wait "$pull"
  [ "$SECONDS" -le 60 ]
  [ ! -s err ]
  # A killed process takes a moment to end. A zombie may stay where no process waits for orphans.
  group_ended() {
    local running
    running=$(awk -v group="$(<process)" '$5 == group && $3 != "Z"' /proc/[0-9]*/stat 2>/dev/null) || true
    [ -z "$running" ]
  }
  eventually 60 group_ended
}

@test "profiles that need SSO or a code: 69 and a hint" {
  no_keys
  config '[default]' 'sso_session = s' '[sso-session s]' 'sso_region = us-east-1' \
    '[profile mfa]' "role_arn = $(arn one)" 'source_profile = mfa' 'mfa_serial = arn:aws:iam::1:mfa/me' \
    "aws_access_key_id = $KEY" 'aws_secret_access_key = hidden'
  refused 69 'profile default signs in by SSO, which is not supported'
  [[ $stderr == *"hint: run 'aws sso login'"*'credential_process = aws configure export-credentials'* ]]
  refused 69 'profile mfa needs a code of an MFA device' --profile mfa
}

@test "credentials that expire during a run: no request fails" {
  metadata_start 8
  echo 8 >metadata/life
  proxy_start
  mode "lapse $PWD/metadata/issued"
  no_keys
  export AWS_CONTAINER_CREDENTIALS_FULL_URI=$METADATA/container
  sqs-pull -f --wait 1 -j 1 >out 2>err 3>&- &
  pull=$!
  for ((n = 1; n <= 12; n++)); do
    AWS_ENDPOINT_URL_SQS=$DIRECT AWS_ACCESS_KEY_ID=$KEY AWS_SECRET_ACCESS_KEY=$SECRET sqs-send <<<"{\"body\":{\"n\":$n}}"
    sleep 1
  done
  kill "$pull"
  wait "$pull"
  each_once 12 out
  [ ! -s err ] || { cat err && false; }
  # Renewed before expiry each time; never requested more than once a second.
  [ "$(wc -l <metadata/issued)" -ge 3 ]
  [ "$(wc -l <metadata/issued)" -le 11 ]
  [ "$(awk '$2 == "ReceiveMessage" { print $5 }' proxy/requests | sort -u | wc -l)" -ge 3 ]
  run -1 grep -q ' lapse ' proxy/requests
}

@test "a failed renewal: one warning; refused requests wait; 75 in the end" {
  metadata_start 8
  echo 4 >metadata/life
  proxy_start
  mode "lapse $PWD/metadata/issued"
  no_keys
  export AWS_CONTAINER_CREDENTIALS_FULL_URI=$METADATA/container
  sqs-pull -f --wait 1 -j 1 --retry-timeout 30s >out 2>err 3>&- &
  pull=$!
  eventually 60 test -s proxy/requests
  # And so is their issuer.
  serve 'status /container 500'
  eventually 60 grep -q ' lapse ' proxy/requests
  AWS_ENDPOINT_URL_SQS=$DIRECT AWS_ACCESS_KEY_ID=$KEY AWS_SECRET_ACCESS_KEY=$SECRET sqs-send <<<'{"body":{"n":1}}'
  serve ''
  eventually 60 test -s out
  [ "$(grep -c 'warning: cannot renew credentials: .* status 500; trying again' err)" -eq 1 ]
  # One request was refused and sent once more.
  [ "$(grep -c ' lapse ' proxy/requests)" -eq 1 ]
  kill "$pull"
  wait "$pull"
  [ "$(wc -l <err)" -eq 1 ]
  # Now for good.
  rm proxy/requests
  sqs-pull -f --wait 1 -j 1 --retry-timeout 1s >out 2>err 3>&- &
  pull=$!
  eventually 60 test -s proxy/requests
  serve 'status /container 500'
  status=0
  wait "$pull" || status=$?
  [ "$status" -eq 75 ]
  grep -q 'error: cannot renew credentials: .*answers with status 500' err
  [ "$(grep -c ' lapse ' proxy/requests)" -eq 1 ]
}

@test "AWS_CA_BUNDLE is also ca_bundle of the profile; the proxies are those of the environment" {
  mkdir -p proxy
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1 \
    -keyout proxy/certificate -out proxy/public 2>/dev/null
  cat proxy/public >>proxy/certificate
  proxy_start
  export AWS_ENDPOINT_URL_SQS=${AWS_ENDPOINT_URL_SQS/http:/https:}
  config '[default]' "ca_bundle = $PWD/proxy/public"
  ok
  config '[default]'
  refused 69 "the server's certificate cannot be trusted"
  # The same rule applies to STS over TLS.
  no_keys
  config '[default]' "role_arn = $(arn one)" 'source_profile = base' \
    '[profile base]' "aws_access_key_id = $KEY" "aws_secret_access_key = $SECRET"
  export AWS_ENDPOINT_URL_STS=$AWS_ENDPOINT_URL_SQS
  refused 69 "cannot get credentials from STS: the server's certificate cannot be trusted"
  AWS_CA_BUNDLE=proxy/public ok
}

@test "requests to SQS and STS use the proxy of the environment, except for its exceptions" {
  proxy_start
  http_proxy=$AWS_ENDPOINT_URL_SQS
  export http_proxy AWS_ENDPOINT_URL_SQS=$DIRECT AWS_ENDPOINT_URL_STS=$DIRECT no_proxy='' NO_PROXY=''
  no_keys
  config '[default]' "role_arn = $(arn one)" 'source_profile = base' \
    '[profile base]' "aws_access_key_id = $KEY" "aws_secret_access_key = $SECRET"
  ok
  [ "$(requests AssumeRole)" -eq 1 ]
  [ "$(requests ReceiveMessage)" -ge 1 ]
  rm proxy/requests
  no_proxy=127.0.0.1 ok
  [ ! -e proxy/requests ]
}

@test "servers.sh use: all variables that a shell needs, and none of the user" {
  export SERVERS_DIR AWS_PROFILE=mine AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_CONTAINER_CREDENTIALS_FULL_URI=http://x
  unset AWS_REGION AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_EC2_METADATA_DISABLED AWS_ENDPOINT_URL_SQS
  no_keys
  eval "$("$ROOT/scripts/servers.sh" use moto)"
  [ "$AWS_REGION $AWS_CONFIG_FILE $AWS_SHARED_CREDENTIALS_FILE $AWS_EC2_METADATA_DISABLED" = \
    'us-east-1 /dev/null /dev/null true' ]
  [ -z "${AWS_PROFILE:-}${AWS_ENDPOINT_URL:-}${AWS_CONTAINER_CREDENTIALS_FULL_URI:-}" ]
  ok
}

@test "credential_process that hangs: 75 after a minute" {
  eventually 80 test -s "$BATS_FILE_TMPDIR/slow"
  read -r status seconds <"$BATS_FILE_TMPDIR/slow"
  [ "$status" -eq 75 ]
  [ "$seconds" -ge 59 ]
  [ "$seconds" -le 75 ]
  grep -q 'config:2: credential_process takes longer than 60 seconds' "$BATS_FILE_TMPDIR/err"
}
