#!/usr/bin/env bats
# sqs-unwrap: which layers are removed, which bodies stay unchanged, and the limits.

load ../lib/common

UNWRAP=$BATS_TEST_DIRNAME/../lib/unwrap.py

setup() { common_setup; }

# Envelopes around the JSON text $1.
sns() { jq -cn --arg m "$1" '{Type:"Notification",MessageId:"i",TopicArn:"arn:t",Message:$m,Timestamp:"t",Signature:"s"}'; }
bus() { printf '{"version":"0","id":"i","detail-type":"login","source":"app","detail":%s}' "$1"; }
cloud() { printf '{"specversion":"1.0","id":"i","type":"login","source":"/app","data":%s}' "$1"; }
s3() { printf '{"Records":[{"eventSource":"aws:s3","n":%s},{"eventSource":"aws:s3","n":%s}]}' "$1" "$1"; }
quoted() { jq -cn --arg m "$1" '$m'; }
zlib() { python3 -c 'import sys, zlib; sys.stdout.buffer.write(zlib.compress(sys.stdin.buffer.read()))'; }
encoded() { printf '"%s"' "$(base64 -w0)"; }

# record BODY [ID]: print a record with that JSON text as its body.
record() { printf '{"sqs":{"message_id":"%s","receipt_handle":"r"},"body":%s}\n' "${2:-m}" "$1"; }

# body_of BODY [OPTION...]: print the resulting body, byte for byte.
body_of() {
  local body=$1
  shift
  record "$body" | sqs-unwrap "$@" 2>err | sed -E 's/.*"body":(.*)\}$/\1/; s/,"envelope":\{"kind".*//'
}
# code_of BODY [OPTION...]: print the code of the resulting error record.
code_of() {
  local body=$1
  shift
  record "$body" | sqs-unwrap "$@" 2>err | jq -r 'select(.body != null and .error.stage == "unwrap") | .error.code'
}

# A text in which each byte matters.
ODD='{"n":1.10,"big":12345678901234567891,"e":1e400,"z":-0,"u":"\u00e4\ud83d\ude00\/","t":"ä \" ]}","a":1,"a":1.0,"o":{"y":[],"x":{}}}'

@test "each kind is removed, and the bytes of the producer stay" {
  local body
  for body in "$(sns "$ODD")" "$(bus "$ODD")" "$(cloud "$ODD")" "$(cloud "$(quoted "$ODD")")" "$(quoted "$ODD")" \
    "$(quoted "$(quoted "$ODD")")" "$(encoded <<<"$ODD")" "$(printf %s "$ODD" | encoded)" \
    "$(printf %s "$ODD" | gzip | encoded)" "$(printf %s "$ODD" | zlib | encoded)" \
    "$(printf %s "$ODD" | base64 -w0 | base64 | quoted "$(cat)")" \
    "$(printf '{"specversion":"1.0","type":"t","source":"s","data_base64":%s}' "$(printf %s "$ODD" | encoded)")" \
    "$(printf '{"specversion":"1.0","type":"t","source":"s","data_base64":%s}' "$(printf %s "$ODD" | gzip | encoded)")"; do
    echo "$body"
    [ "$(body_of "$body")" = "$ODD" ]
  done
  # Spaces outside strings are removed, as in sqs-pull; other texts stay unchanged.
  [ "$(body_of "$(sns ' { "a" : [ 1.0 , "b c" ] } ')")" = '{"a":[1.0,"b c"]}' ]
  [ "$(body_of '{"Type":"Notification","TopicArn":"a","Message":"caf\u00e9 \/"}')" = '"caf\u00e9 \/"' ]
  [ "$(body_of "$(cloud 1.10)")" = '"1.10"' ]
}

@test "base64 is decoded in either alphabet, with its padding or without" {
  local odd='{"a":">>>???~~~"}' text other
  for text in "$odd" "$odd " "$odd  "; do
    text=$(printf %s "$text" | base64 -w0)
    [[ $text == *+* && $text == */* ]]
    for other in "$text" "${text//=/}" "$(tr +/ -_ <<<"$text")" "$(tr -d = <<<"$text" | tr +/ -_)"; do
      [ "$(body_of "\"$other\"")" = "$odd" ]
    done
    # Both alphabets together, or wrong padding: no base64.
    for other in "${text/+/-}" "${text//=/}=" "$text="; do
      [ "$other" = "$text" ] || [ "$(body_of "\"$other\"")" = "\"$other\"" ]
    done
  done
  [ "$(body_of '"e30"')$(body_of '"W10"')$(body_of '"e3"')" = '{}[]"e3"' ]
}

@test "a body with more members than any envelope is not an envelope, and --json and --each find their places in it" {
  local body more
  more=$(jq -cn '[range(3000) | {key: "k\(.)", value: .}] | from_entries')
  record "$(sns "$ODD" | jq -c --argjson more "$more" '. + $more')" >in
  record "$more" >>in
  record "$(sns "$ODD")" >>in
  sqs-unwrap <in >out 2>err
  cmp <(head -n2 in) <(head -n2 out)
  grep -qF "\"body\":$ODD,\"envelope\"" out
  body=$(jq -c --arg t "$ODD" '. + {text: $t, list: [1, 2]}' <<<"$more")
  [ "$(body_of "$body" --json .text)" = "$ODD" ]
  [ "$(record "$body" | sqs-unwrap --each .list | jq .body | xargs)" = "1 2" ]
}

@test "one record for each record of S3, with the envelope around it, and three more members in sqs" {
  record "$(sns "$(s3 1.10)")" | sqs-unwrap >out
  lines_are out 2
  [ "$(sed -n 2p out | grep -oP '^\{"sqs":\{.*?\}')" = \
    '{"sqs":{"message_id":"m","receipt_handle":"r","part":1,"parts":2,"unwrap":"sns.s3"}' ]
  [ "$(grep -c '"body":{"eventSource":"aws:s3","n":1.10}' out)" -eq 2 ]
  [ "$(jq -r '.envelope | .kind + "." + .outer.kind + "." + .outer.source' out | sort -u)" = s3.sns.arn:t ]
  # One without an event among others; all without one are an error.
  record '{"Records":[{"eventSource":"aws:s3","e":[1,2]},{"eventSource":"aws:s3","e":[]},{"eventSource":"aws:s3","e":[3]}]}' |
    sqs-unwrap --each .e >out
  [ "$(jq -r '"\(.sqs.part)/\(.sqs.parts) \(.body)"' out | xargs)" = '0/3 1 1/3 2 2/3 3' ]
  [ "$(code_of '{"Records":[{"eventSource":"aws:s3","e":[]},{"eventSource":"aws:s3","e":[]}]}' --each .e)" = empty ]
  # A single record is one event, and its sqs is unchanged.
  record '{"Records":[{"eventSource":"aws:s3","n":1}]}' | sqs-unwrap >out
  grep -qF '{"sqs":{"message_id":"m","receipt_handle":"r"},"body":{"eventSource"' out
}

@test "the envelope is kept: names, attributes, the rest, and no signature" {
  record '{"Type":"Notification","MessageId":"i","TopicArn":"arn:t","Subject":"s","Message":"{}","Timestamp":"t",
    "SignatureVersion":"1","Signature":"XX","SigningCertURL":"YY","UnsubscribeURL":"u",
    "MessageAttributes":{"a":{"Type":"Number","Value":"1.10"}}}' | tr -d '\n' | sqs-unwrap >out
  [ "$(jq -c '.envelope | [.kind, .id, .time, .source, .attributes, .rest.Subject, .rest.UnsubscribeURL]' out)" = \
    '["sns","i","t","arn:t",{"a":{"type":"Number","value":"1.10"}},"s","u"]' ]
  run -1 grep -E 'XX|YY|Signature' out
  # An existing envelope is the outermost.
  printf '{"envelope":{"kind":"x"},"body":%s}\n' "$(bus '{"a":1}')" | sqs-unwrap >out
  [ "$(jq -c '[.envelope.kind, .envelope.type, .envelope.outer, .body]' out)" = '["eventbridge","login",{"kind":"x"},{"a":1}]' ]
  [ "$(grep -o '"envelope"' out | wc -l)" -eq 1 ]
  # A large one is cut.
  record "$(sns '{}' | jq -c '.Subject = "x" * 17000')" | sqs-unwrap | jq -c '.envelope | [.cut, .rest, .source]' >out
  [ "$(<out)" = '[true,null,"arn:t"]' ]
}

@test "four nested layers are removed, the fifth is an error, for all kinds" {
  local text=$ODD _
  for _ in 1 2 3 4; do text=$(sns "$text"); done
  [ "$(body_of "$text")" = "$ODD" ]
  [ "$(code_of "$(sns "$text")")" = deep ]
  text=$(bus "$(bus "$(cloud "$(bus "$ODD")")")")
  [ "$(body_of "$text")" = "$ODD" ]
  [ "$(code_of "$(cloud "$text")")" = deep ]
  text=$ODD
  for _ in 1 2 3 4; do text=$(base64 -w0 <<<"$text"); done
  [ "$(body_of "\"$text\"")" = "$ODD" ]
  [ "$(code_of "$(base64 -w0 <<<"$text" | quoted "$(cat)")")" = deep ]
  # The record is kept whole, for pii-mask to seal.
  record "$(cloud "$(bus "$(bus "$(bus "$(bus '{"ip":"192.0.2.1"}')")")")")" >in
  sqs-unwrap <in 2>err >out
  [ "$(sed -E 's/,"error".*/}/' out)" = "$(<in)" ]
  grep -q 'errors=1' err
}

@test "a body that is no envelope of its format, or does not decode, stays unchanged and is counted" {
  {
    record "$(sns "$ODD" | jq -c '.ip = "192.0.2.1"')"
    record "$(bus "$ODD" | sed 's/}$/,"x":1}/')"
    record "$(cloud "$ODD" | sed 's/}$/,"x":1}/')"
    record "$(s3 1 | sed 's/}$/,"x":1}/')"
    record "$(bus "$ODD" | sed 's/}$/,"source":"b"}/')"
    record '{"Type":"SubscriptionConfirmation","TopicArn":"a","Message":"{}"}'
    record '{"Service":"Amazon S3","Event":"s3:TestEvent"}'
    record '{"Records":[{"eventSource":"aws:s3"},{"eventSource":"aws:sqs"}]}'
    record '["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]'
    record '"plain text"'
    record '"1234"'
    record "$(printf '1.10' | encoded)"
    record "$(printf '{"a":1}x' | encoded)"
    record "$(printf '{"a":1}' | gzip | head -c -1 | encoded)"
    record "$(printf '{"a":1}' | gzip | sed 's/$/x/' | encoded)"
    record "$(printf '\377\376' | encoded)"
    record '{"specversion":"1.0","type":"t","source":"s","data_base64":"//4="}'
    record '{"specversion":"1.0","type":"t","source":"s","data_base64":"e30"}'
    record '{"specversion":"1.0","type":"t","source":"s","data_base64":"e30=","data":{}}'
    record '{"a":1, "b" : [ 1.10 ]}'
    record '"eyJhIjox"'
  } >in
  sqs-unwrap -v <in >out 2>err
  cat err
  diff in out
  grep -q " left=$(wc -l <in) passed=0 errors=0" err
}

@test "masked records, error records, lines that are not records, and ambiguous records pass unchanged" {
  {
    record "$(sns '{}')" | sed 's/}$/,"pii":{"key":"0011aabb"}}/'
    record "$(sns '{}')" | sed 's/}$/,"error":{"stage":"pull"}}/'
    printf '%s\n' 'not json' '[1]' '{}' '{"x":1}' '{"body":1' '{"body":"e30=","body":"e30="}' '{"body":"'$'\xff''"}'
    # Parts of a message without an id.
    printf '{"body":%s}\n' "$(s3 1)"
    printf '{"sqs":{"message_id":""},"body":%s}\n' "$(s3 1)"
    printf '{"sqs":{"message_id":"m"'
  } >in
  sqs-unwrap <in >out
  cmp in out
}

@test "blank lines, a byte order mark, CR LF and a missing newline" {
  printf '\xef\xbb\xbf\n{"body":"eyJhIjoxfQ=="}\r\n  \n{"body":"eyJhIjoyfQ=="}' | sqs-unwrap -v >out 2>err
  [ "$(<out)" = '{"body":{"a":1}}
{"body":{"a":2}}' ]
  grep -q 'skipped=' err
}

@test "--as recognises only these kinds" {
  local body
  body=$(sns "$(bus "$ODD")")
  [ "$(body_of "$body" --as sns,eventbridge)" = "$ODD" ]
  [ "$(body_of "$body" --as sns)" = "$(bus "$ODD")" ]
  [ "$(body_of "$body" --as eventbridge)" = "$body" ]
  [ "$(body_of "$body" --as none)" = "$body" ]
  body=$(printf %s "$ODD" | gzip | encoded)
  [ "$(body_of "$body" --as base64)" = "$body" ]
  [ "$(body_of "$body" --as gzip,base64)" = "$ODD" ]
  # Deflated data needs base64 around it.
  [ "$(body_of "$body" --as gzip)" = "$ODD" ]
  [ "$(body_of "$body" --as zlib)" = "$body" ]
  local wrong
  for wrong in '' 'sns,' none,sns SNS sns,,gzip sns,sns s3,sns,s3; do
    run -64 sqs-unwrap --as "$wrong" </dev/null
  done
}

@test "--json makes the text at a path the body, if it is an object or array" {
  [ "$(body_of '{"id":1,"p":"{\"a\": 1.10}"}' --json .p)" = '{"a":1.10}' ]
  [ "$(body_of '{"p":{"q":[ 1.10 ]}}' --json .p.q)" = '[1.10]' ]
  [ "$(body_of '{"p":["x","[2.0]"]}' --json '.p[1]')" = '[2.0]' ]
  [ "$(body_of "$(sns '{"p":"{\"a\":1.10}"}')" --json .p)" = '{"a":1.10}' ]
  # Recognition on its result.
  [ "$(body_of "$(jq -cn --arg m "$(sns "$ODD")" '{p:$m}')" --json .p)" = "$ODD" ]
  # A missing path, a repeated one, no such text: the body stays.
  local body
  for body in '{"q":"{}"}' '{"p":"{}","p":"{}"}' '{"p":"{"}' '{"p":"1"}' '{"p":null}' '["{}"]'; do
    [ "$(body_of "$body" --json .p)" = "$body" ]
  done
  [ "$(body_of '"{\"a\":1.10}"' --as none --json .)" = '{"a":1.10}' ]
}

@test "--each makes a record of each element, numbered over the message" {
  record '{"events":[{"a":1.10}, "b\u00e4" ,3.0,null,[ ]],"x":1}' | sqs-unwrap --each .events >out
  [ "$(grep -oP '"body":\K.*(?=\})' out | xargs -d '\n')" = '{"a":1.10} "b\u00e4" "3.0" "null" []' ]
  [ "$(jq -c '[.sqs.part, .sqs.parts, .sqs.unwrap]' out | xargs)" = \
    '[0,5,each] [1,5,each] [2,5,each] [3,5,each] [4,5,each]' ]
  # Recognition on each; an envelope that splits makes parts of the same message.
  record "[$(s3 1),$(sns '{"a":1}'),{\"b\":2}]" | sqs-unwrap --each . >out
  [ "$(jq -r '"\(.sqs.part)/\(.sqs.parts) \(.sqs.unwrap)"' out | xargs)" = '0/4 each.s3 1/4 each.s3 2/4 each.sns 3/4 each' ]
  # One element is one event; none is an error; without an array the body stays.
  [ "$(body_of '{"events":[{"a":1}]}' --each .events)" = '{"a":1}' ]
  [ "$(code_of '{"events":[]}' --each .events)" = empty ]
  [ "$(code_of '[]' --each .)" = empty ]
  [ "$(body_of '{"events":{"a":[1]}}' --each .events)" = '{"events":{"a":[1]}}' ]
  # Each record gets the other members of the record.
  printf '{"x":[1.0],"body":[1,2],"sqs":{"message_id":"m"},"fifo":{}}\n' | sqs-unwrap --each . >out
  [ "$(head -1 out)" = '{"x":[1.0],"body":"1","sqs":{"message_id":"m","part":0,"parts":2,"unwrap":"each"},"fifo":{}}' ]
}

@test "--each lines makes a record of each line of a text, also of an encoded one" {
  record '"{\"a\":1.10}\n\n \r\n[ 2 ]\r\nplain\n"' | sqs-unwrap --each lines >out
  [ "$(grep -oP '"body":\K.*(?=\})' out | xargs -d '\n')" = '{"a":1.10} [2] "plain"' ]
  [ "$(jq -c '.sqs.unwrap' out | sort -u)" = '"lines"' ]
  record "$(printf '{"a":1}\n{"a":2}\n' | gzip | encoded)" | sqs-unwrap --each lines >out
  [ "$(jq -r '"\(.sqs.unwrap) \(.body.a)"' out | xargs)" = 'base64.gzip.lines 1 base64.gzip.lines 2' ]
  [ "$(code_of '"\n \n"' --each lines)" = empty ]
  [ "$(body_of '{"a":1}' --each lines)" = '{"a":1}' ]
}

@test "a part that is too deep is an error record; a record with a part is not split again" {
  local deep=$ODD _
  for _ in 1 2 3 4 5; do deep=$(sns "$deep"); done
  record "[{\"a\":1},$deep]" | sqs-unwrap --each . >out
  [ "$(jq -r '"\(.sqs.part)/\(.sqs.parts) \(.error.code)"' out | xargs)" = '0/2 null 1/2 deep' ]
  printf '{"sqs":{"message_id":"m","part":0,"parts":2},"body":[1,2]}\n' | sqs-unwrap --each . >out
  [ "$(jq -r '.error.code, .body[1]' out | xargs)" = 'deep 2' ]
  # Layers of the first and of the second recognition count together.
  deep=$(sns "$(sns "{\"e\":[$(sns "$(sns "$ODD")"),$(sns "$(sns "$(sns "$ODD")")")]}")")
  record "$deep" | sqs-unwrap --each .e >out
  [ "$(jq -r '.error.code' out | xargs)" = 'null deep' ]
}

@test "too many parts, too large records, or both: one error record, and no record before it" {
  record "$(jq -cn '[range(11)]')" >in
  sqs-unwrap --each . --max-parts 10 <in >out
  [ "$(jq -r '.error.code' out)" = too-many ]
  [ "$(sqs-unwrap --each . --max-parts 11 <in | wc -l)" -eq 11 ]
  record "$(jq -cn '[range(10001)]')" | sqs-unwrap --each . >out
  [ "$(jq -r '.error.code' out)" = too-many ]
  # Seventy records of almost the maximum, because each repeats the shared members.
  jq -cn '{sqs:{message_id:"m"},body:[range(70)],x:("y" * 62000)}' >in
  sqs-unwrap --each . --max-record 64k <in >out
  [ "$(jq -r '.error.code' out)" = too-many ]
  [ "$(sqs-unwrap --each . --max-record 1M <in | wc -l)" -eq 70 ]
  # No part is longer than the limit with the members that it gets.
  for n in $(seq 510 580); do
    record "[{\"a\":\"$(printf '%*s' "$n" '')\"},1]" | sqs-unwrap --each . --max-record 640 >out
    [ "$(jq -r '.error.code' out | sort -u)" = too-many ] || awk 'length > 640 { exit 1 }' out
  done
  # A line over the limit keeps its sqs.
  sqs-unwrap --max-record 64k <<<"{\"sqs\":{\"message_id\":\"m\"},\"body\":\"$(head -c 70000 /dev/zero | tr '\0' x)\"}" >out
  [ "$(<out)" = '{"sqs":{"message_id":"m"},"error":{"stage":"unwrap","code":"too-long","detail":"the line is longer than --max-record"}}' ]
}

@test "data that inflates a thousandfold is stopped at --max-record, in bounded memory" {
  head -c 300M /dev/zero | gzip -9 | encoded >bomb
  head -c 300M /dev/zero | gzip -9 | gzip -9 | encoded >twice
  { printf '['; for _ in $(seq 400); do printf '"%s",' "$(head -c 3900000 /dev/zero | gzip -9 | base64 -w0)"; done; printf '1]'; } >many
  local bomb
  for bomb in bomb twice; do record "$(<$bomb)"; done >in
  [ "$(wc -c <bomb)" -gt 300000 ]
  python3 "$BATS_TEST_DIRNAME/../lib/peak.py" peak sqs-unwrap <in >out
  [ "$(jq -r '.error.code' out | xargs)" = 'too-many too-many' ]
  cat peak
  [ "$(<peak)" -lt $((32 + 16)) ]
  # Many together: a whole message may inflate to sixty-four times as much.
  record "$(<many)" >in
  sqs-unwrap --each . <in >out
  [ "$(jq -r '.error.code' out)" = too-many ]
}

@test "another implementation has the same results for random nestings" {
  local count seed options
  count=$(rounds 400 20000)
  for seed in 1 2; do
    "$UNWRAP" generate "$seed$RANDOM" "$count" >in
    for options in '' '--each .events' '--each .' '--each lines' '--json .deep.text --each .events' '--json .events'; do
      # shellcheck disable=SC2086  # words
      sqs-unwrap -q $options <in 2>err | "$UNWRAP" show >got
      # shellcheck disable=SC2086
      "$UNWRAP" expect $options <in >wanted
      diff wanted got
    done
    [ "$(cut -f2 got | sort -u | wc -l)" -gt $((count / 3)) ]
  done
}

@test "resident memory at a hundred thousand records equals that at ten thousand, and is below 32 MiB" {
  local n peaks=()
  for n in 10000 100000; do
    record "$(sns "$(s3 "$ODD")")" | tr -d '\n' >one
    yes "$(<one)" | head -n "$n" >in || true
    python3 "$BATS_TEST_DIRNAME/../lib/peak.py" peak sqs-unwrap <in | wc -l >lines
    [ "$(<lines)" -eq $((2 * n)) ]
    peaks+=("$(<peak)")
  done
  echo "${peaks[*]}"
  [ "${peaks[1]}" -lt 32 ]
  [ "${peaks[1]}" -le $((peaks[0] + 1)) ]
}

@test "it runs under seccomp, opens nothing after its start, and decodes there" {
  printf %s "$ODD" | gzip | encoded >body
  record "$(<body)" >in
  strace -f -o trace sqs-unwrap --require-sandbox -v <in >out 2>err
  grep -qF "\"body\":$ODD" out
  sed -n '/seccomp(SECCOMP_SET_MODE_FILTER, 0, {/,$p' trace | tail -n +2 >after
  grep -q 'write(1' after
  run grep -vE ' (read|write|close|brk|mmap|munmap|mremap|madvise|futex|ioctl\(2, TCGETS|exit_group|poll|clock_gettime|sigaltstack)\(|\+\+\+ exited' after
  run grep -v ' = -1 EPERM ' <<<"$output"
  [ -z "$output" ]
  run -0 --separate-stderr "$BATS_TEST_DIRNAME/../lib/unconfined.py" sqs-unwrap -q <in
  # shellcheck disable=SC2154 # run's
  [[ $stderr == *'cannot confine the process; continuing unconfined' ]]
  run -69 --separate-stderr "$BATS_TEST_DIRNAME/../lib/unconfined.py" sqs-unwrap --require-sandbox <in
  [ -z "$output" ]
}

@test "output is flushed before a wait, and a failing output ends the run" {
  mkfifo in
  sqs-unwrap <in >out &
  echo $! >pid
  exec 5>in
  record "$(sns '{}')" >&5
  eventually 60 test -s out
  exec 5>&-
  wait "$(<pid)"
  : >pid
  run -74 bash -c "echo '{\"body\":\"e30=\"}' | sqs-unwrap >/dev/full"
  run -64 sqs-unwrap operand </dev/null
  run -64 sqs-unwrap --each '.a[]' </dev/null
  run -64 sqs-unwrap --json a </dev/null
  run -64 sqs-unwrap --max-parts 0 </dev/null
}

teardown() { common_teardown; }
