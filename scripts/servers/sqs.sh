#!/usr/bin/env bash
# Part of servers.sh: ElasticMQ and moto, and SQS calls to the one in use.

# ---- ElasticMQ -------------------------------------------------------------

servers_elasticmq_conf() {
  cat <<CONF
include classpath("application.conf")
node-address { protocol = http, host = "127.0.0.1", port = $1, context-path = "" }
rest-sqs { enabled = true, bind-port = $1, bind-hostname = "127.0.0.1", sqs-limits = strict }
rest-stats { enabled = false }
aws { region = "us-east-1", accountId = "000000000000" }
CONF
}

# servers_elasticmq_start: start it and export the same as servers_use elasticmq. After
# servers_elasticmq_stop it has the same address again, and no message.
servers_elasticmq_start() {
  local dir=$SERVERS_DIR/elasticmq
  mkdir -p "$dir"
  servers_on_a_port "$dir" servers_elasticmq_launch ||
    { servers_fail "ElasticMQ does not start" "$dir/log"; return 1; }
  servers_use elasticmq
}

servers_elasticmq_launch() {
  local dir=$1 port=$2
  servers_elasticmq_conf "$port" >"$dir/conf"
  servers_detach "$dir/process" "$dir/log" java -XX:+UseSerialGC \
    -XX:TieredStopAtLevel=1 -Xmx1g -Dconfig.file="$dir/conf" \
    -cp "$(elasticmq_dir)/lib/*" org.elasticmq.server.Main
}

servers_elasticmq_stop() { servers_end "$SERVERS_DIR/elasticmq/process" TERM; }

# servers_on_a_port DIR LAUNCH: start on the port of the last run, or on a free one, and wait
# until the server answers. Another program may take the port meanwhile, so a server that dies
# gets two more tries.
servers_on_a_port() {
  local dir=$1 launch=$2 port
  for _ in 1 2 3; do
    port=$(cat "$dir/port" 2>/dev/null || servers_free_port)
    "$launch" "$dir" "$port"
    if servers_until 60 servers_answers_or_died "$dir" "$port" && servers_alive "$dir/process"; then
      echo "$port" >"$dir/port"
      return 0
    fi
    servers_end "$dir/process" KILL
  done
  return 1
}

# Any HTTP status is an answer. moto does not count this path among the requests that it accepts
# unsigned.
servers_answers_or_died() {
  servers_dead "$1/process" ||
    curl -s -o "$1/answer" --noproxy '*' -m 5 "http://127.0.0.1:$2/moto-api/data.json"
}

# ---- moto ------------------------------------------------------------------

# servers_moto_start: start it and export the same as servers_use moto: the key of a user that
# was created while the server still accepted unsigned requests. After that it checks every
# signature.
servers_moto_start() {
  local dir=$SERVERS_DIR/moto
  mkdir -p "$dir"
  # Each new server gets a new user.
  if ! servers_on_a_port "$dir" servers_moto_launch || ! servers_moto_user "$dir"; then
    servers_fail "moto does not start" "$dir/log"
    return 1
  fi
  servers_use moto
}

# Three requests are unsigned: those of servers_moto_user.
servers_moto_launch() {
  INITIAL_NO_AUTH_ACTION_COUNT=3 servers_detach "$1/process" "$1/log" \
    "$(python_dir)/bin/python3" "$SERVERS_HERE/servers/serial_moto.py" -H 127.0.0.1 -p "$2"
}

servers_moto_user() {
  local dir=$1 answer id secret
  local policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
  servers_moto_iam "$dir" -d Action=CreateUser -d UserName=sqs2pg >/dev/null &&
    servers_moto_iam "$dir" -d Action=PutUserPolicy -d UserName=sqs2pg -d PolicyName=all \
      --data-urlencode "PolicyDocument=$policy" >/dev/null &&
    answer=$(servers_moto_iam "$dir" -d Action=CreateAccessKey -d UserName=sqs2pg) || return 1
  id=$(servers_xml_value AccessKeyId <<<"$answer")
  secret=$(servers_xml_value SecretAccessKey <<<"$answer")
  printf '%s\n%s\n' "$id" "$secret" >"$dir/key"
  # A server that accepts unsigned requests would prove nothing.
  ! servers_moto_iam "$dir" -d Action=ListUsers >/dev/null 2>&1
}

servers_moto_iam() {
  local dir=$1
  shift
  curl -sS --fail-with-body --noproxy '*' -m 30 --aws-sigv4 aws:amz:us-east-1:iam \
    --user nobody:nothing -d Version=2010-05-08 "$@" "http://127.0.0.1:$(<"$dir/port")/"
}

servers_moto_stop() { servers_end "$SERVERS_DIR/moto/process" TERM; }

# ---- SQS, of whichever server is in use ------------------------------------

# Variables that would lead the programs, or the AWS tools, to other servers or keys.
SERVERS_UNSET=(AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_ENDPOINT_URL
  AWS_USE_FIPS_ENDPOINT AWS_USE_DUALSTACK_ENDPOINT AWS_IGNORE_CONFIGURED_ENDPOINT_URLS
  AWS_ENDPOINT_URL_STS AWS_DEFAULT_REGION AWS_CA_BUNDLE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME
  AWS_WEB_IDENTITY_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
  AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_AUTHORIZATION_TOKEN
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)

# servers_use elasticmq|moto: points the AWS variables at that running server:
# AWS_ENDPOINT_URL_SQS, AWS_REGION and a key. None of the user's own settings stays in effect.
# SERVERS_SQS is its name.
servers_use() {
  local dir=$SERVERS_DIR/$1 key=(elasticmq elasticmq)
  [ "$1" != moto ] || mapfile -t key <"$dir/key"
  unset "${SERVERS_UNSET[@]}"
  export SERVERS_SQS=$1 AWS_ENDPOINT_URL_SQS AWS_REGION=us-east-1
  AWS_ENDPOINT_URL_SQS=http://127.0.0.1:$(<"$dir/port")
  export AWS_ACCESS_KEY_ID=${key[0]} AWS_SECRET_ACCESS_KEY=${key[1]}
  export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
  export AWS_EC2_METADATA_DISABLED=true
}

# servers_sqs URL ACTION [CURL-DATA-OPTION...]: make one signed call and print the XML.
servers_sqs() {
  local url=$1 action=$2
  shift 2
  curl -sS --fail-with-body --noproxy '*' -m 60 --aws-sigv4 "aws:amz:$AWS_REGION:sqs" \
    --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
    -d "Action=$action" -d Version=2012-11-05 "$@" "$url"
}

servers_xml_value() { tr -d '\n' | grep -oP "(?<=<$1>)[^<]*" | head -n 1; }

# servers_queue NAME [ATTRIBUTE=VALUE...]: create a queue and print its URL.
servers_queue() {
  local name=$1 data=() n=0 attribute answer
  shift
  for attribute in "$@"; do
    n=$((n + 1))
    data+=(--data-urlencode "Attribute.$n.Name=${attribute%%=*}"
      --data-urlencode "Attribute.$n.Value=${attribute#*=}")
  done
  answer=$(servers_sqs "$AWS_ENDPOINT_URL_SQS/" CreateQueue -d "QueueName=$name" "${data[@]}") ||
    { servers_fail "cannot create queue $name: $answer"; return 1; }
  servers_xml_value QueueUrl <<<"$answer"
}

# servers_counts URL: print "VISIBLE INFLIGHT DELAYED", the three Approximate counters.
servers_counts() {
  local answer name counts=()
  answer=$(servers_sqs "$1" GetQueueAttributes -d AttributeName.1=All) || return 1
  answer=$(tr -d '\n' <<<"$answer" | sed 's/> *</></g')
  for name in '' NotVisible Delayed; do
    counts+=("$(grep -oP "(?<=<Name>ApproximateNumberOfMessages$name</Name><Value>)[0-9]+" <<<"$answer")")
  done
  echo "${counts[*]}"
}

servers_purge() { servers_sqs "$1" PurgeQueue >/dev/null; }
servers_delete() { servers_sqs "$1" DeleteQueue >/dev/null; }
