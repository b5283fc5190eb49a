#!/usr/bin/env bats
# How the sqs programs find queue, endpoint, region and credentials, and their messages when they cannot.

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  fresh_queue VisibilityTimeout=30
  URL=$SQS_QUEUE_URL
  NAME=${URL##*/}
  ENDPOINT=$AWS_ENDPOINT_URL_SQS
  KEY=$AWS_ACCESS_KEY_ID SECRET=$AWS_SECRET_ACCESS_KEY
}

teardown() { sqs_teardown; }

# without VARIABLE... -- COMMAND...: run the command without these variables.
without() {
  local unset=()
  while [ "$1" != -- ]; do
    unset+=(-u "$1")
    shift
  done
  shift
  env "${unset[@]}" "$@"
}

# ok COMMAND...: check that a drain succeeds.
ok() { run -0 "$@" --wait 0 --empty 1; }

# refused STATUS TEXT COMMAND...: check for that status, and the text within one error.
refused() {
  local want=$1 text=$2
  shift 2
  stderr=
  run --separate-stderr "-$want" "$@"
  [ -z "$output" ]
  [[ $stderr == *": error: "*"$text"* ]] || { echo "$stderr" && false; }
  [ "$(grep -c ': error: ' <<<"$stderr")" -eq 1 ]
  [[ $stderr != *"$SECRET"* ]]
}

@test "the queue: from a variable, from an option, as URL or name" {
  ok sqs-pull
  unset SQS_QUEUE_URL
  ok sqs-pull -Q "$URL"
  ok sqs-pull --queue="$NAME"
  SQS_QUEUE_URL=$NAME ok sqs-pull
  # The option takes precedence.
  SQS_QUEUE_URL=nonsense ok sqs-pull -Q "$NAME"
  refused 64 'no queue is given' sqs-pull
  [[ $stderr == *'hint: give it with --queue or in SQS_QUEUE_URL'* ]]
  for queue in 'a b' 'http://127.0.0.1/' ftp://127.0.0.1/1/q 'http://127.0.0.1/1/q?x=y' http://a:b@127.0.0.1/1/q ''; do
    refused 64 'neither a queue' sqs-pull -Q "$queue"
  done
}

@test "a queue found by name is printed with its URL" {
  fill 1
  pull -Q "$NAME" | jq -r .sqs.queue_url >url
  [[ $(<url) == http*://*/*/"$NAME" ]]
  # sqs-ack with the name accepts it as the same queue.
  fill 1
  pull -Q "$NAME" | committed | sqs-ack -Q "$NAME" --print >acks
  [ "$(acks acks)" = '1 deleted' ]
}

@test "a slash at the end of the URL means the same queue" {
  fill 1
  pull -Q "$URL/" >slash
  jq -r .sqs.queue_url slash | grep -qx "${URL%/}"
  committed <slash | sqs-ack -Q "$URL//" --print >acks
  [ "$(acks acks)" = '1 deleted' ]
}

@test "a missing queue: 69, for each program, by name and by URL" {
  for program in sqs-pull sqs-ack sqs-send; do
    refused 69 'no such queue' "$program" -Q nosuchqueue <<<'{"sqs":{"receipt_handle":"x"},"status":"sent"}'
    refused 69 'no such queue' "$program" -Q "${URL%/*}/nosuchqueue" <<<'{"sqs":{"receipt_handle":"x"},"status":"sent"}'
  done
}

@test "the endpoint: option, two variables, the profile, the queue URL, in this order" {
  bad=http://127.0.0.1:1 # no server listens
  unset AWS_ENDPOINT_URL_SQS
  printf '[default]\nendpoint_url = %s\n' "$ENDPOINT" >config
  path=/${URL#*://*/}
  ok sqs-pull
  AWS_ENDPOINT_URL=$ENDPOINT ok sqs-pull -Q "$bad$path"
  AWS_CONFIG_FILE=config ok sqs-pull -Q "$bad$path"
  AWS_CONFIG_FILE=config AWS_ENDPOINT_URL=$bad run -75 sqs-pull --retry-timeout 0
  AWS_ENDPOINT_URL_SQS=$ENDPOINT AWS_ENDPOINT_URL=$bad ok sqs-pull
  AWS_ENDPOINT_URL_SQS=$bad AWS_ENDPOINT_URL=$bad ok sqs-pull --endpoint-url "$ENDPOINT/"
  run -75 sqs-pull --endpoint-url "$bad" --retry-timeout 0
  for endpoint in localhost:1 ftp://localhost http://u:p@localhost 'http://localhost/?x' nonsense; do
    refused 64 'the endpoint is not' sqs-pull --endpoint-url "$endpoint"
  done
}

@test "the region of the signature: option, host of the queue URL, variables, profile" {
  proxy_start
  regions() { cut -d' ' -f6 proxy/requests | sort -u | xargs; }
  signed_for() {
    local want=$1
    shift
    rm -f proxy/requests
    run "$@" --wait 0 --empty 1 --retry-timeout 0
    [ "$(regions)" = "$want" ] || { regions && false; }
  }
  signed_for us-east-1 sqs-pull
  signed_for eu-north-1 sqs-pull --region eu-north-1
  AWS_REGION=eu-west-3 AWS_DEFAULT_REGION=eu-west-2 signed_for eu-west-3 sqs-pull
  unset AWS_REGION
  AWS_DEFAULT_REGION=eu-west-2 signed_for eu-west-2 sqs-pull
  printf '[default]\nregion = eu-west-1\n[profile other]\nregion = sa-east-1\n' >config
  export AWS_CONFIG_FILE=$PWD/config
  signed_for eu-west-1 sqs-pull
  AWS_PROFILE=other signed_for sa-east-1 sqs-pull
  aws=https://sqs.ca-central-1.amazonaws.com/000000000000/$NAME
  AWS_REGION=eu-west-3 signed_for ca-central-1 sqs-pull -Q "$aws"
  signed_for ap-south-1 sqs-pull -Q "$aws" --region ap-south-1
  # A server that is not AWS gets the default region; for AWS it must be set.
  AWS_CONFIG_FILE=/dev/null signed_for us-east-1 sqs-pull
  unset AWS_ENDPOINT_URL_SQS
  AWS_CONFIG_FILE=/dev/null refused 64 'no region is given' sqs-pull -Q "$NAME"
  refused 64 'the region is not' sqs-pull --region 'x/y'
}

@test "credentials: the environment, or a requested profile" {
  printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$KEY" "$SECRET" >good
  printf '[default]\naws_access_key_id = WRONG\naws_secret_access_key = wrong\n' >bad
  printf '[x]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$KEY" "$SECRET" >>bad
  proxy_start
  keys() { cut -d' ' -f5 proxy/requests | sort -u; }
  AWS_SHARED_CREDENTIALS_FILE=bad ok sqs-pull
  [ "$(keys)" = "$KEY" ]
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  rm proxy/requests
  AWS_SHARED_CREDENTIALS_FILE=good ok sqs-pull
  AWS_CONFIG_FILE=good ok sqs-pull
  AWS_SHARED_CREDENTIALS_FILE=bad ok sqs-pull --profile x
  AWS_SHARED_CREDENTIALS_FILE=bad AWS_PROFILE=x ok sqs-pull
  [ "$(keys)" = "$KEY" ]
  # --profile takes precedence over the environment.
  AWS_ACCESS_KEY_ID=WRONG AWS_SECRET_ACCESS_KEY=wrong AWS_SHARED_CREDENTIALS_FILE=bad ok sqs-pull --profile x
  [ "$(keys)" = "$KEY" ]
}

@test "no credentials: 69 and a hint" {
  for program in sqs-pull sqs-ack sqs-send; do
    refused 69 'no credentials' without AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY -- "$program" </dev/null
    [[ $stderr == *'hint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or use --no-sign-request'* ]]
  done
  refused 69 'only one of' without AWS_SECRET_ACCESS_KEY -- sqs-pull
}

@test "wrong profile files: 78, with file and line" {
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  export AWS_CONFIG_FILE=$PWD/config
  printf '[default]\nrole_arn = arn\nsource_profile = x\n' >config
  refused 78 "$PWD/config:3: source_profile names no profile" sqs-pull
  printf '[default]\nregion = x\nnonsense\n' >config
  refused 78 "$PWD/config:3: " sqs-pull
  printf '[default]\n' >config
  refused 78 'profile nope is neither in' sqs-pull --profile nope
  mkdir folder
  AWS_CONFIG_FILE=$PWD/folder refused 78 'cannot read' sqs-pull
}

@test "--no-sign-request sends no signature, and needs no credentials" {
  proxy_start
  run without AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY -- sqs-pull --no-sign-request --wait 0 --empty 1 --retry-timeout 0
  [ "$(cut -d' ' -f5 proxy/requests | sort -u)" = - ]
  [ "$SERVERS_SQS" = moto ] || [ "$status" -eq 0 ]
}

@test "a wrong secret or an unknown key: 69 and a plain message, if the server checks" {
  if [ "$SERVERS_SQS" = moto ]; then
    AWS_SECRET_ACCESS_KEY=wrong refused 69 'does not accept our credentials (SignatureDoesNotMatch)' sqs-pull
    [[ $stderr == *'hint: check the access key, its secret, the session token and the region'* ]]
    AWS_ACCESS_KEY_ID=AKIAUNKNOWN refused 69 'does not accept our credentials (InvalidClientTokenId)' sqs-pull
    AWS_SECRET_ACCESS_KEY=wrong refused 69 'does not accept our credentials' sqs-send <<<'{"body":"x"}'
    AWS_SECRET_ACCESS_KEY=wrong refused 69 'does not accept our credentials' sqs-ack \
      <<<'{"sqs":{"receipt_handle":"x"},"status":"sent"}'
    AWS_SECRET_ACCESS_KEY=wrong refused 69 'does not accept our credentials' sqs-ack -Q "$NAME" </dev/null
  else
    # ElasticMQ checks nothing.
    AWS_SECRET_ACCESS_KEY=wrong ok sqs-pull
  fi
}

@test "signatures are valid for bodies of every kind" {
  cat >in <<'IN'
{"body":"a b+c%20d&e=f/~*'()!@:;,?#[]{}|\\^`<>\""}
{"body":"é€😀\t\r\n\u007f\u0085\u00a0\u2028"}
{"body":{"a":[1.10,null],"k ":"v  v"}}
IN
  sqs-send <in
  pull | jq -c .body | sort >out
  jq -c .body in | sort | diff - out
}

@test "a session token is sent and signed" {
  proxy_start
  AWS_SESSION_TOKEN=FwoGZXIvYXdzEB/+=token run sqs-pull --wait 0 --empty 1 --retry-timeout 0
  grep -q ';x-amz-security-token' proxy/requests
  rm proxy/requests
  ok sqs-pull
  run -1 grep -q security-token proxy/requests
}

@test "expired credentials are read again from the profile, once" {
  proxy_start
  fill 12
  printf '[default]\naws_access_key_id = OLD\naws_secret_access_key = old\n' >credentials
  printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$KEY" "$SECRET" >renewed
  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  export AWS_SHARED_CREDENTIALS_FILE=$PWD/credentials
  mode 'expire OLD'
  # The refusal takes a second; the file is renewed before it.
  (eventually 20 test -e proxy/body.GetQueueAttributes && mv renewed credentials) 3>&- &
  pull >out
  each_once 12 out
  # Credentials that stay expired are refused in the end, without endless retries.
  printf '[default]\naws_access_key_id = OLD\naws_secret_access_key = old\n' >credentials
  rm proxy/requests
  run -69 sqs-pull
  [[ $output == *'does not accept our credentials (ExpiredToken)'* ]]
  [ "$(wc -l <proxy/requests)" -le 2 ]
}

@test "the clock of the server corrects a wrong clock" {
  proxy_start
  for seconds in 7200 -7200; do
    mode "clock $seconds"
    fill 3
    pull | committed | sqs-ack
    counts_are 0 0 0
  done
  # One refusal for each run, not one for each request.
  [ "$(grep -c ' clock ' proxy/requests)" -le 8 ]
}

# certificate: make a key and a self-signed certificate for 127.0.0.1 in ./proxy/certificate.
certificate() {
  mkdir -p proxy
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext "subjectAltName=IP:$1" \
    -keyout proxy/certificate -out proxy/public 2>/dev/null
  cat proxy/public >>proxy/certificate
}

@test "the certificate of a server is verified; AWS_CA_BUNDLE names the trusted ones" {
  certificate 127.0.0.1
  proxy_start
  export AWS_ENDPOINT_URL_SQS=${AWS_ENDPOINT_URL_SQS/http:/https:}
  # A retry is useless.
  SECONDS=0
  refused 69 "the server's certificate cannot be trusted" sqs-pull
  [[ $stderr == *'hint: set AWS_CA_BUNDLE to a file of trusted certificates'* ]]
  [ "$SECONDS" -lt 15 ]
  AWS_CA_BUNDLE=proxy/public ok sqs-pull
  AWS_CA_BUNDLE=nowhere refused 69 'the file of trusted certificates cannot be used' sqs-pull
}

@test "a certificate for another host is refused" {
  certificate 127.0.0.9
  proxy_start
  export AWS_ENDPOINT_URL_SQS=${AWS_ENDPOINT_URL_SQS/http:/https:}
  AWS_CA_BUNDLE=proxy/public refused 69 "the server's certificate cannot be trusted" sqs-pull
}

@test "requests name the program suite and its version" {
  proxy_start
  ok sqs-pull
  version=$(sqs-pull --version)
  [ "$(cut -d' ' -f4 proxy/requests | sort -u)" = "sqs2pg/${version##* }" ]
}

@test "wrong command lines: 64" {
  for program in sqs-pull sqs-ack sqs-send; do
    for option in --nonsense -x operand '--jobs=0' '--jobs=x' '--jobs=1 --jobs=2' '--retry-timeout=x' --region; do
      # shellcheck disable=SC2086
      refused 64 '' $program $option </dev/null
    done
  done
  for option in --wait=21 --wait=1.5 --wait=500ms --wait=-1 --number=0 --empty=0 --visibility-timeout=13h '-f --empty 2' \
    --idle-backoff=x; do
    # shellcheck disable=SC2086
    refused 64 '' sqs-pull $option
  done
  for option in --linger=x --max-record=65M --max-record=0 --grace=x --print=yes; do
    refused 64 '' sqs-ack "$option" </dev/null
  done
}

@test "too few descriptors are not reported as a lack of memory" {
  # Bats has open descriptors that the programs would inherit; and a leak check needs one of its own. With 8
  # later versions of libcurl start, and a request lacks one (sqs-broken.bats).
  for limit in 5 6 7; do
    for program in sqs-pull sqs-ack sqs-send; do
      ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 \
        run -70 bash -c "ulimit -n $limit && exec $program </dev/null" 3>&- 4>&-
      [[ $output == "$program: error: cannot "*': Too many open files'$'\n'"$program: hint: "*'ulimit -n' ]] || { echo "$limit: $output" && false; }
    done
  done
}

@test "--help and --version on a full device: 74" {
  for program in sqs-pull sqs-ack sqs-send; do
    for option in --help --version; do
      run -0 "$program" "$option"
      run -74 bash -c "$program $option >/dev/full"
    done
  done
}
