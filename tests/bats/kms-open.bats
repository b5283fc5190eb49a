#!/usr/bin/env bats
# kms-open: key files sealed and opened with KMS, that of a moto server for this file. It
# checks signatures. A proxy does what moto does not (disabled keys, throttling, faults).

load ../lib/common
load ../lib/sqs

setup_file() {
  export BATS_NO_PARALLELIZE_WITHIN_FILE=true
  servers_begin
  servers_moto_start
  # shellcheck disable=SC2153  # servers_moto_start sets it
  export AWS_ENDPOINT_URL_KMS=$AWS_ENDPOINT_URL_SQS
  ONE=$(create_key) TWO=$(create_key)
  export ONE TWO
  ask CreateAlias "{\"AliasName\":\"alias/one\",\"TargetKeyId\":\"$ONE\"}"
  BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR common_setup
  key key
  "$(python_dir)/bin/python" -c 'import boto3, sys
client = boto3.client("kms", "us-east-1", endpoint_url=sys.argv[2])
blob = client.encrypt(KeyId=sys.argv[1], Plaintext=open("key", "rb").read(), EncryptionContext={"queue": "logins"})
open("sealed", "wb").write(blob["CiphertextBlob"])' "$ONE" "$AWS_ENDPOINT_URL_KMS"
}

teardown_file() { servers_stop; }

setup() {
  common_setup
  cp -p "$BATS_FILE_TMPDIR"/{key,sealed} .
  SECRET=$(awk '/^pii1/ { print $4 }' key) OURS=$AWS_SECRET_ACCESS_KEY
}

teardown() { sqs_teardown; }

# fails COMMAND...: needed because bats ignores the status of a bare `!`.
fails() { ! "$@"; }

# ask ACTION JSON: send a request to KMS directly.
ask() {
  curl -sS --fail-with-body --noproxy '*' --aws-sigv4 aws:amz:us-east-1:kms \
    --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H 'Content-Type: application/x-amz-json-1.1' \
    -H "X-Amz-Target: TrentService.$1" -d "$2" "$AWS_ENDPOINT_URL_KMS/"
}
create_key() { ask CreateKey '{}' | jq -r .KeyMetadata.KeyId; }

# proxied LINE...: put the proxy in front of KMS, with these faults.
proxied() {
  [ -d proxy ] || proxy_start
  AWS_ENDPOINT_URL_KMS=$AWS_ENDPOINT_URL_SQS
  rm -f proxy/requests
  mode "$@"
}

# opens [OPTION...]: check that ./sealed opens and is the key.
opens() {
  kms-open --context queue=logins "$@" sealed >opened 2>err || { cat err && return 1; }
  cmp opened key
}

# refused STATUS TEXT OPTION...: check for one error with that text, nothing on stdout, and no key in either.
refused() {
  local status=0
  kms-open "${@:3}" >out 2>err || status=$?
  cat err
  [ "$status" -eq "$1" ]
  [ "$(grep -c '^kms-open: error: ' err)" -eq 1 ]
  grep '^kms-open: error: ' err | grep -qF -- "$2"
  [ ! -s out ]
  ! grep -qF -e "$SECRET" -e "$OURS" err
}

@test "a sealed file opens again, with any tool, and so does one that another tool sealed" {
  opens
  [ ! -s err ]
  opens -v
  grep -qx "kms-open: opened=$(wc -c <key) requests=1 key=arn:aws:kms:us-east-1:123456789012:key/$ONE" err
  kms-open --seal --key-id alias/one --context queue=logins --context 'a"b=ü=c' key >ours
  fails grep -q pii1 ours
  kms-open --context 'a"b=ü=c' --context queue=logins ours | cmp - key
  "$(python_dir)/bin/python" -c 'import boto3, sys
client = boto3.client("kms", "us-east-1", endpoint_url=sys.argv[1])
context = {"queue": "logins", "a\"b": "ü=c"}
sys.stdout.buffer.write(client.decrypt(CiphertextBlob=open("ours", "rb").read(), EncryptionContext=context)["Plaintext"])' \
    "$AWS_ENDPOINT_URL_KMS" | cmp - key
  # As text: on one line, on several, through a pipe.
  base64 -w 0 sealed >text
  kms-open --context queue=logins text | cmp - key
  base64 -w 20 sealed | sed 's/$/\r/' | kms-open --context queue=logins /dev/stdin | cmp - key
  pii-mask --key-file <(kms-open --context queue=logins sealed) --mask .ip=siv <<<'{"body":{"ip":"192.0.2.1"}}' >masked
  grep -q "siv1.$(awk '/^pii1/ { print $2 }' key)" masked
}

@test "the request: AWS JSON 1.1, signed with all its headers" {
  proxied
  opens --key-id "$ONE"
  grep -q ' Decrypt 200 sqs2pg/[^ ]* [^ ]* us-east-1 content-type;host;x-amz-date;x-amz-target$' proxy/requests
  jq -e --arg key "$ONE" --arg blob "$(base64 -w 0 sealed)" \
    '. == {CiphertextBlob: $blob, KeyId: $key, EncryptionContext: {queue: "logins"}}' proxy/body.Decrypt
  opens
  jq -e 'has("KeyId") | not' proxy/body.Decrypt
  kms-open --seal --key-id "$ONE" key >/dev/null
  jq -e --arg key "$ONE" --arg text "$(base64 -w 0 key)" '. == {Plaintext: $text, KeyId: $key}' proxy/body.Encrypt
}

@test "another context, another key, no such key, a damaged file, a file not from KMS" {
  local host=${AWS_ENDPOINT_URL_KMS#http://}
  refused 69 "$host does not open sealed (InvalidCiphertextException)" sealed
  grep -q '^kms-open: hint: check --context and the region' err
  refused 69 'does not open sealed' --context queue=orders sealed
  refused 69 'does not open sealed' --context queue=logins --context more= sealed
  refused 69 'denies us Decrypt (AccessDeniedException)' --context queue=logins --key-id "$TWO" sealed
  refused 69 'knows no such key (NotFoundException)' --seal --key-id alias/none key
  printf x | dd of=sealed bs=1 seek=70 conv=notrunc status=none
  refused 69 'does not open sealed' --context queue=logins sealed
  echo nonsense >other
  refused 69 'does not open other (InvalidCiphertextException)' other
}

@test "refusals of KMS: each with a hint, and immediately" {
  local name text
  proxied
  while read -r name text; do
    mode "error 1 $name"
    refused 69 "$text ($name)" --context queue=logins sealed
    [[ $name == ValidationException ]] || grep -q '^kms-open: hint: ' err
  done <<'END'
DisabledException has disabled the key
KMSInvalidStateException cannot use the key in its present state
InvalidKeyUsageException does not use this key for encryption
IncorrectKeyException reports that another key sealed sealed
AccessDeniedException denies us Decrypt
UnrecognizedClientException does not accept our credentials
ExpiredTokenException does not accept our credentials
ValidationException answers Decrypt with status 400
END
  mode 'deny Encrypt AccessDeniedException'
  refused 69 'denies us Encrypt (AccessDeniedException)' --seal --key-id "$ONE" key
  grep -q 'hint: .*kms:Encrypt' err
  # Once each: no retry.
  [ "$(requests Decrypt)" -eq 8 ]
  [ "$(requests Encrypt)" -eq 1 ]
  mode
  AWS_SECRET_ACCESS_KEY=SeCrEt refused 69 'denies us Decrypt' sealed
}

@test "throttling, server faults, a lost, cut or slow answer: retried" {
  proxied 'once ThrottlingException'
  opens -v
  grep -q ' requests=2 ' err
  for fault in 'fail 2 503' 'fail 2 500' 'error 2 KMSInternalException' 'error 2 ThrottlingException' 'drop 2' 'cut 2' \
    'lose 2' 'truncate 2' 'trickle 1'; do
    mode "$fault"
    opens || { echo "$fault" && false; }
    opens || { echo "$fault" && false; }
  done
  mode 'fail 1 503'
  refused 75 'answers Decrypt with status 503' --retry-timeout 1500ms --context queue=logins sealed
  grep -q '^kms-open: warning: .* answers Decrypt with status 503; trying again$' err
  [ "$(requests Decrypt)" -ge 10 ]
  mode 'truncate 1'
  refused 75 "sends an answer that is not from KMS, or is incomplete" --retry-timeout 0 --context queue=logins sealed
  mode 'big 100000'
  refused 69 'cannot reach' --context queue=logins sealed
  mode 'fail 1 307'
  refused 69 'answers Decrypt with status 307' --context queue=logins sealed
}

@test "a wrong clock is corrected; expired credentials are renewed once" {
  proxied 'clock 86400'
  opens
  [ "$(awk '{ print $3 }' proxy/requests | xargs)" = 'clock 200' ]
  # for the script itself
  printf '#!/bin/sh\nn=$(cat n 2>/dev/null || echo 0)\necho $((n + 1)) >n\nid=AKIDGONE\n[ $n = 0 ] || id=%s\n' "$AWS_ACCESS_KEY_ID" >process
  # for the script itself
  printf 'echo "{\\"Version\\":1,\\"AccessKeyId\\":\\"$id\\",\\"SecretAccessKey\\":\\"%s\\"}"\n' "$AWS_SECRET_ACCESS_KEY" >>process
  chmod 755 process
  printf '[profile p]\ncredential_process = %s\nregion = us-east-1\n' "$PWD/process" >config
  export AWS_CONFIG_FILE=$PWD/config
  proxied 'expire AKIDGONE'
  opens --profile p
  [ "$(<n)" -eq 2 ]
  [ "$(awk '{ print $3 }' proxy/requests | xargs)" = 'expire 200' ]
  proxied "expire $AWS_ACCESS_KEY_ID"
  refused 69 'does not accept our credentials (ExpiredToken)' --context queue=logins sealed
  [ "$(requests Decrypt)" -eq 1 ]
}

@test "the endpoint of KMS: option, variables, profile; region, partition and variant" {
  # A missing proxy shows the host, and no name is looked up.
  local direct=$AWS_ENDPOINT_URL_KMS
  unset AWS_ENDPOINT_URL_KMS
  reaches() { https_proxy=http://127.0.0.1:1 refused 75 "cannot reach $1: " --retry-timeout 0 "${@:2}" sealed; }
  reaches kms.us-east-1.amazonaws.com
  reaches kms.cn-north-1.amazonaws.com.cn --region cn-north-1
  reaches kms.eu-central-1.amazonaws.com --key-id arn:aws:kms:eu-central-1:123456789012:key/x
  reaches kms.eu-west-3.amazonaws.com --region eu-west-3 --key-id arn:aws:kms:eu-central-1:123456789012:key/x
  reaches kms-fips.us-gov-west-1.amazonaws.com --region fips-us-gov-west-1
  AWS_USE_FIPS_ENDPOINT=true reaches kms-fips.us-east-1.amazonaws.com
  AWS_USE_DUALSTACK_ENDPOINT=true reaches kms.us-east-1.api.aws
  AWS_USE_FIPS_ENDPOINT=maybe refused 64 'AWS_USE_FIPS_ENDPOINT is neither true nor false' sealed
  printf '[default]\nregion = ap-south-1\nservices = mine\n[services mine]\nkms =\n  endpoint_url = %s\n' "$direct" >config
  AWS_CONFIG_FILE=$PWD/config opens
  AWS_CONFIG_FILE=$PWD/config AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true AWS_REGION='' reaches kms.ap-south-1.amazonaws.com
  AWS_ENDPOINT_URL=http://127.0.0.1:1 opens --endpoint-url "$direct"
  AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_ENDPOINT_URL_KMS=$direct opens
  AWS_REGION='' AWS_ENDPOINT_URL_KMS=$direct opens
  AWS_REGION='' refused 64 'no region is given' sealed
  refused 64 'the region is not a valid name' --region x/y sealed
  refused 64 'the endpoint is not an http or https URL' --endpoint-url ftp://x sealed
}

@test "no credentials, a dead endpoint, a missing profile" {
  AWS_ACCESS_KEY_ID='' AWS_SECRET_ACCESS_KEY='' refused 69 'no credentials' sealed
  AWS_ENDPOINT_URL_KMS=http://127.0.0.1:1 refused 75 'cannot reach 127.0.0.1:1: no connection' --retry-timeout 300ms sealed
  refused 78 'none' --profile none sealed
}

@test "files: mode, size, kind; an inherited pipe" {
  refused 78 'cannot open missing: No such file or directory' missing
  : >empty
  refused 78 'empty is empty' empty
  printf ' \n\n' >blank
  refused 78 'blank is empty' blank
  chmod 600 empty
  refused 78 'empty is empty' --seal --key-id "$ONE" empty
  { cat key && head -c 4096 /dev/zero | tr '\0' '#'; } | head -c 4096 >largest
  chmod 600 largest
  kms-open --seal --key-id "$ONE" largest >largest.kms
  kms-open largest.kms | cmp - largest
  echo >>largest
  refused 78 'key file largest is too large: KMS seals 4096 bytes at most' --seal --key-id "$ONE" largest
  head -c 100000 /dev/zero >zeros
  refused 78 'zeros is larger than any file sealed with KMS' zeros
  head -c 6145 /dev/zero >zeros
  refused 78 'zeros is larger than any file sealed with KMS' zeros
  echo '# no key' >other
  chmod 600 other sealed
  refused 78 'other is not a key file' --seal --key-id "$ONE" other
  refused 78 'sealed is not a key file' --seal --key-id "$ONE" sealed
  chmod 666 sealed
  refused 77 'sealed: others may write' sealed
  chmod 444 sealed
  opens
  chmod 644 key
  refused 77 'key file key: users other than its owner may access it' --seal --key-id "$ONE" key
  chmod 640 key
  refused 77 'key file key: ' --seal --key-id "$ONE" key
  grep -q -- '--key-group-readable' err
  kms-open --seal --key-id "$ONE" --key-group-readable key >/dev/null
  mkdir folder
  refused 78 'folder: ' folder
  proxied
  refused 78 'key is a key file that is not sealed' key
  echo '# a comment' | cat - key >commented
  refused 78 'commented is a key file that is not sealed' commented
  # Formats that pii-mask accepts; and base64, which must be decoded first.
  sed 's/^pii1 /  pii1\t/' key >blanks
  refused 78 'blanks is a key file that is not sealed' blanks
  base64 -w 60 key >lines
  refused 78 'lines is a key file that is not sealed' lines
  [ ! -e proxy/requests ]
  # shellcheck disable=SC2002  # a pipe
  cat key | kms-open --seal --key-id "$ONE" /dev/stdin | kms-open /dev/stdin | cmp - key
}

@test "on a terminal, nothing is printed and no request sent; a full disk is reported" {
  proxied
  printf 'kms-open --context queue=logins sealed 2>err\necho $? >status\n' >typed
  script -qec 'bash typed' /dev/null </dev/null >shown
  [ "$(<status)" -eq 64 ]
  [ ! -s shown ]
  grep -q 'standard output is a terminal, which would show and keep the key' err
  [ ! -e proxy/requests ]
  status=0
  kms-open --context queue=logins sealed >/dev/full 2>err || status=$?
  [ "$status" -eq 74 ]
  fails grep -qF "$SECRET" err
}

@test "it leaves no core: core dumps are disabled before the key is read" {
  # A sanitizer cannot look for leaks under another tracer.
  ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 strace -f -e trace=prctl,openat -o trace kms-open --seal --key-id "$ONE" key >/dev/null
  [ "$(grep -oE 'PR_SET_DUMPABLE, SUID_DUMP_DISABLE|"key"' trace | xargs)" = 'PR_SET_DUMPABLE, SUID_DUMP_DISABLE key' ]
}

@test "usage" {
  refused 64 'operand FILE is missing' --context queue=logins
  refused 64 'one FILE at a time' sealed sealed
  refused 64 'option --seal needs --key-id' --seal key
  refused 64 'option --key-group-readable needs --seal' --key-group-readable sealed
  refused 64 'option --context takes NAME=VALUE' --context queue sealed
  refused 64 'option --context takes NAME=VALUE' --context =x sealed
  refused 64 'option --context: the name a is given twice' --context a=1 --context b=2 --context a=3 sealed
  refused 64 'option --context takes a text in UTF-8' --context $'a=\xff' sealed
  refused 64 'option --key-id takes the name of a KMS key' --key-id 'a b' sealed
  # One is not the end of another.
  kms-open --seal --key-id "$ONE" --context 'x"a=1' --context 'a=x"b' --context 'b=' --context 'c=:x' --context ':=y' key |
    kms-open --context ':=y' --context 'c=:x' --context 'b=' --context 'a=x"b' --context 'x"a=1' /dev/stdin | cmp - key
}
