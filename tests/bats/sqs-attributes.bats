#!/usr/bin/env bats
# sqs-pull: message attributes, with both protocols.

load ../lib/common
load ../lib/sqs

setup() { common_setup; }
teardown() { sqs_teardown; }

@test "message attributes: none, by name, all; of every type" {
  fresh_queue VisibilityTimeout=2
  cat >in <<'IN'
{"attributes":{"a":{"type":"String","value":"tëxt & <\"more\">\n\\"},"n.1":{"type":"Number.int","value":"1.50"},"n.2":{"type":"Number","value":"7"},"b":{"type":"Binary.x","value":"AAEC/w=="}},"body":"all"}
{"body":"none"}
IN
  sqs-send <in
  # got OPTION...: print the records without sqs, when both have arrived.
  got() {
    : >out
    until [ "$(wc -l <out)" -ge 2 ]; do pull -n 2 "$@" >>out; done
    jq -cS 'del(.sqs)' out | sort
  }
  for protocol in query json; do
    diff <(got --protocol "$protocol" --attributes all) <(jq -cS . in | sort)
    [ "$(jq -c 'keys_unsorted' out | sort | xargs)" = '[sqs,attributes,body] [sqs,body]' ]
    diff <(got --protocol "$protocol") <(jq -cS 'del(.attributes)' in | sort)
    diff <(got --protocol "$protocol" --attributes=b,n.1,no.such) \
      <(jq -cS 'if .attributes then .attributes |= {b, "n.1"} else . end' in | sort)
  done
  # Independent of the server: ElasticMQ also gives attributes whose names are a part of this one.
  [ "$(got --attributes ab | grep -c attributes)" = 0 ]
  for value in '' ',' 'a,' ',a' 'a b' 'a*' '*' '.*' "$(seq -s , 1 65)" "$(printf 'x%.0s' {1..257})"; do
    run -64 sqs-pull --attributes "$value"
    [[ $output == *'option --attributes takes names separated by commas, or all'* ]]
  done
}

@test "attributes that do not match their checksum: the message stays; without the option it is printed" {
  fresh_queue VisibilityTimeout=6
  printf '{"body":"%s","attributes":{"a":{"type":"String","value":"%s"}}}\n' one good two spoil three good | sqs-send
  proxy_start
  mode 'corrupt spoil'
  for protocol in query json; do
    run -1 --separate-stderr pull --empty 1 --protocol "$protocol" --attributes all
    [ "$(jq -r .body <<<"$output" | sort | xargs)" = 'one three' ]
    [[ $stderr == *'it stays on the queue'*corrupt=1* ]]
    eventually 30 counts_are 3 0 0
    pull --empty 1 --protocol "$protocol" >out
    [ "$(jq -r .body out | sort | xargs)" = 'one three two' ]
    eventually 30 counts_are 3 0 0
  done
}
