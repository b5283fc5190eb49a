# For tests of credentials: roles of a moto server, and a server that gives out
# their credentials. Needs lib/common and lib/sqs; KEY and SECRET are those of
# a user with all permissions.
# shellcheck disable=SC2034,SC2154  # METADATA is the tests'; run's variables

# iam_role NAME: make a role with all permissions.
iam_role() {
  local policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
  iam CreateRole "RoleName=$1" "AssumeRolePolicyDocument=$policy"
  iam PutRolePolicy "RoleName=$1" PolicyName=all "PolicyDocument=$policy"
}

iam() {
  local action=$1 data=()
  shift
  for field in "$@"; do data+=(--data-urlencode "$field"); done
  curl -sS --fail-with-body --noproxy '*' -o /dev/null --aws-sigv4 aws:amz:us-east-1:iam \
    --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -d "Action=$action" -d Version=2010-05-08 "${data[@]}" \
    "$AWS_ENDPOINT_URL_SQS/"
}

arn() { echo "arn:aws:iam::123456789012:role/$1"; }

# assumed N: print N sets of credentials of a role, as lines of ID SECRET TOKEN.
assumed() {
  local answer n
  for ((n = 0; n < $1; n++)); do
    answer=$(curl -sS --fail-with-body --noproxy '*' --aws-sigv4 aws:amz:us-east-1:sts --user "$KEY:$SECRET" \
      -d Action=AssumeRole -d Version=2011-06-15 -d "RoleSessionName=s$n" --data-urlencode "RoleArn=$(arn one)" \
      "$AWS_ENDPOINT_URL_STS/")
    echo "$(servers_xml_value AccessKeyId <<<"$answer") $(servers_xml_value SecretAccessKey <<<"$answer")" \
      "$(servers_xml_value SessionToken <<<"$answer")"
  done
}

# metadata_start [N]: start the server that gives out N sets of credentials; its folder is ./metadata.
metadata_start() {
  mkdir metadata
  assumed "${1:-1}" >metadata/keys
  python3 -B "$ROOT/tests/lib/metadata.py" "$PWD/metadata" 2>metadata/err 3>&- 4>&- &
  echo $! >metadata/pid
  servers_until 60 test -s metadata/port
  METADATA=http://127.0.0.1:$(<metadata/port)
}

# serve LINE...: set how that server answers from now on.
serve() {
  printf '%s\n' "$@" >metadata/mode.new
  mv metadata/mode.new metadata/mode
}

# no_keys: unset those of the environment.
no_keys() { unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY; }

# config LINE...: write the configuration file.
config() { printf '%s\n' "$@" >config; }

# Drains that succeed.
ok() { run -0 sqs-pull --wait 0 --empty 1 "$@"; }

# signers: print the access keys that the proxy has seen, for an action.
signers() { awk -v action="$1" '$2 == action { print $5 }' proxy/requests | sort -u | xargs; }

# refused STATUS TEXT OPTION...: check for one error with that text, and no secret.
refused() {
  local want=$1 text=$2
  shift 2
  run --separate-stderr "-$want" sqs-pull --wait 0 --empty 1 "$@"
  [ -z "$output" ]
  [[ $stderr == *"sqs-pull: error: "*"$text"* ]] || { echo "$stderr" && false; }
  [ "$(grep -c ': error: ' <<<"$stderr")" -eq 1 ]
  if [ -s metadata/keys ]; then
    # Not with run, which forgets $stderr.
    [ "$(grep -cF -f <(tr ' ' '\n' <metadata/keys) <<<"$stderr")" -eq 0 ]
  fi
  [[ $stderr != *"$SECRET"* && $stderr != *hidden* ]]
}
