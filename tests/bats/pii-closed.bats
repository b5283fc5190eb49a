#!/usr/bin/env bats
# Content that no rule matches: unmatched, near, detect, members beside the reserved ones. The lines
# of tests/lib/closed.tsv and content.tsv are CODE, name and record; those of ordinary.tsv a name,
# the rules with ";" between them, and a body.

load ../lib/common
load ../lib/pii

setup() {
  pii_setup
  LIB=$ROOT/tests/lib
}

IN_CLEAR=(-e 203.0.113.77 -e DEV-CANARY-0001)
DETECT='detect ipv4,ipv6,mac,email,phone,card,iban,ssn,jwt'

# mask POLICY...: pass stdin through pii-mask with these lines as its policy.
mask() {
  printf '%s\n' "$@" >p
  pii-mask -q -k k -p p
}
# code: print the code of each record of stdin, "-" where there is none.
code() { jq -r '.error.code? // "-"'; }

@test "the built-in policy lets no shape of the producers pass in clear, and gives each its code" {
  cut -f3 "$LIB/closed.tsv" >in
  [ "$(wc -l <in)" -ge 64 ]
  grep -c "${IN_CLEAR[@]}" in | grep -qx "$(wc -l <in)"
  pii-mask -k k <in >out 2>err
  run -1 grep -a "${IN_CLEAR[@]}" out err
  diff <(code <out | paste - <(cut -f2 "$LIB/closed.tsv")) <(cut -f1,2 "$LIB/closed.tsv")
  # Nothing is lost.
  pii-unmask -q -k k <out | grep -c "${IN_CLEAR[@]}" | grep -qx "$(wc -l <in)"
}

@test "detect seals a value that is personal by its content, or replaces it and keeps every other byte" {
  cut -f3 "$LIB/content.tsv" >in
  run mask '.ip siv' '.device_id siv optional' "$DETECT seal" <in
  [ "$(code <<<"$output" | sort -u)" = detect ]
  [[ $output != *203.0.113.77* && $output != *canary* ]]
  # Without detect it passes, or this test would prove nothing.
  mask '.ip siv' '.device_id siv optional' <in | grep -c 203.0.113.77 | grep -qx 7
  mask '.ip keep' '.device_id keep' 'other keep' "$DETECT redact" <in >out
  [ "$(code <out | sort -u)" = - ]
  run -1 grep -e 203 -e canary -e 4111 -e '30 123' -e DE89 -e 85a3 -e 00:1b -e eyJ out
  # JSON in a string remains JSON: its escapes are no part of a value.
  mask '.ip siv' "$DETECT redact" <<<'{"body":{"ip":1,"raw":"{\"m\":\"\\nann@example.org\\t203.0.113.77\"}"}}' |
    jq -r '.body.raw | fromjson.m' | xargs | grep -qx '\[email\] \[ipv4\]'
  run sed -n 5,7p out
  [ "${lines[0]}" = '{"body":{"user_id":"u1","ip":"198.51.100.1","device_id":"x","raw":"{\"in\":\"{\\\"addr\\\":\\\"[ipv4]\\\"}\"}"},"pii":{"key":"'"$ID"'"}}' ]
  [ "${lines[1]}" = '{"body":{"ip":"198.51.100.1","note":"[ipv4]"},"pii":{"key":"'"$ID"'"}}' ]
  [ "${lines[2]}" = '{"body":{"user_id":"u1","ip":"198.51.100.1","device_id":"x","note":"write to [email], please"},"pii":{"key":"'"$ID"'"}}' ]
}

@test "detect: many pieces, keys, escapes around them, separate kinds; named values stay" {
  printf '%s\n' '{"body":{"n":"203.0.113.77, a@b.example and 203.0.113.78","\u00e4 203.0.113.77":1 ,"k":"203.0.113.77","d":"203.0.113.77","s":"\n203\u002e0.113.77\"\ud83d\ude00 203.0.113.77"},"sqs":{"queue_url":"http://203.0.113.77/"}}' >in
  mask '.k keep' '.d drop' 'detect ipv4 redact' <in >out
  [ "$(<out)" = '{"body":{"n":"[ipv4], a@b.example and [ipv4]","\u00e4 [ipv4]":1 ,"k":"203.0.113.77","s":"\n[ipv4]\"\ud83d\ude00 [ipv4]"},"sqs":{"queue_url":"http://203.0.113.77/"},"pii":{"key":"'"$ID"'"}}' ]
  # It passes again, and is not masked twice.
  pii-mask -q -k k -p p <out | cmp - out
  mask '.k keep' '.d drop' 'detect ipv4 redact' 'detect email seal' <in | code | grep -qx detect
  # Four numbers under a key for a version are a version; other values there are not.
  mask '.k siv' 'detect ipv4 seal' <<<'{"body":{"k":1,"app_version" : "2.1.0.4","os":{"\"version":"10.0.0.1","Firmware":"1.2.3.4"},"appVer":"4.0.12.7","android_sdk":"1.0.0.2"}}' | code | grep -qx -- -
  for body in '{"k":1,"version":"at 203.0.113.77"}' '{"k":1,"conversion":"203.0.113.77"}' '{"k":1,"CONVERSION":"203.0.113.77"}' '{"k":1,"version":["203.0.113.77"]}' '{"k":1,"server":"203.0.113.77"}' '{"k":1,"fw":"203.0.113.77"}' '{"k":1,"v":"203.0.113.77"}'; do
    mask '.k siv' 'detect ipv4 seal' <<<"{\"body\":$body}" | code | grep -qx detect
  done
  # The whole record is sealed: the value may be anywhere.
  mask '.k siv' 'detect ipv4 seal' <<<'{"body":{"k":1},"trace":{"from":["203.0.113.77"]}}' >out
  [ "$(jq -c 'del(.sealed)' out)" = '{"error":{"stage":"mask","code":"detect","detail":"ipv4: a personal value that no rule names"}}' ]
}

@test "unmatched: seal, keep, and keep for records known to be harmless" {
  printf '%s\n' '{"body":{"type":"heartbeat"}}' '{"body":{"type":"login"}}' '{"body":{"type":3}}' \
    '{"body":{"type":"heartbeat","type":"login"}}' '{"body":{"type":"login","ip":""}}' '{"body":{"ip":null}}' >in
  [ "$(mask '.ip siv' <in | code | xargs)" = 'unmatched unmatched unmatched unmatched - unmatched' ]
  [ "$(mask '.ip siv' 'unmatched seal' <in | code | xargs)" = 'unmatched unmatched unmatched unmatched - unmatched' ]
  [ "$(mask '.ip siv' 'unmatched keep' <in | code | xargs)" = '- - - - - -' ]
  [ "$(mask '.ip siv' 'unmatched keep when .type heartbeat ping' <in | code | xargs)" = '- unmatched unmatched unmatched - unmatched' ]
  [ "$(mask '.ip siv' 'unmatched keep when .type heartbeat' 'unmatched keep when .type "3"' <in | code | xargs)" = '- unmatched - unmatched - unmatched' ]
  # A rule that keeps matches nothing; one that drops does.
  [ "$(mask '.ip siv' '.type keep' <in | code | head -1)" = unmatched ]
  [ "$(mask '.ip siv' '.type drop' <in | code | head -1)" = - ]
}

@test "near: another spelling, elsewhere with a value, elsewhere without one; a named key passes" {
  near() { mask '.ip siv' '.device_id siv' "${@:2}" <<<"$1" | code; }
  local rest='"ip":"192.0.2.1","device_id":"d"'
  [ "$(near "{\"body\":{$rest,\"DeviceID\":7}}")" = near ]
  [ "$(near "{\"body\":{$rest,\"DeviceID\":7}}" 'near keep')" = - ]
  [ "$(near "{\"body\":{$rest,\"DeviceID\":7}}" '.DeviceID keep')" = - ]
  [ "$(near "{\"body\":{$rest,\"a\":[{\"DEVICE-ID\":false}]}}")" = near ]
  # Null and empty values identify nobody.
  [ "$(near "{\"body\":{$rest,\"IP\":null,\"Ip\":\"\",\"i_p\":[ ],\"iP\":{}}}")" = - ]
  # The key elsewhere: a value that is not personal, that of the rule, one of a kind.
  [ "$(near "{\"body\":{$rest,\"router\":{\"ip\":\"edge\"}}}")" = - ]
  [ "$(near "{\"body\":{$rest,\"router\":{\"ip\":\"d\"}}}")" = near ]
  [ "$(near "{\"body\":{$rest,\"router\":{\"ip\":[[\"192.0.2.\\u0031\"]]}}}")" = near ]
  [ "$(near "{\"body\":{$rest,\"router\":{\"ip\":\"a@b.example\"}}}")" = near ]
  [ "$(near "{\"body\":{$rest,\"router\":{\"ip\":\"192.0.2.9\"}}}" '.router.ip keep')" = - ]
  # An object or array is also a value, and may hold numbers.
  [ "$(near "{\"body\":{$rest,\"id\":[7,{\"n\":8}],\"a\":{\"id\":[7,{\"n\":8}]}}}" '.id siv')" = near ]
  [ "$(near "{\"body\":{$rest,\"id\":[7,{\"n\":8}],\"a\":{\"id\":[7,{\"n\":9}]}}}" '.id siv')" = - ]
  # The value of a member that is removed.
  [ "$(near "{\"body\":{$rest,\"name\":\"Ann\",\"a\":{\"name\":\"Ann\"}}}" '.name drop')" = near ]
  [ "$(near "{\"body\":{$rest,\"name\":\"Ann\",\"a\":{\"name\":\"Bob\"}}}" '.name drop')" = - ]
  # Its rule found nothing.
  [ "$(near '{"body":{"ip":"192.0.2.1","device":{"device_id":"edge"}}}')" = near ]
  [ "$(near '{"body":{"ip":"192.0.2.1","device_id":null,"device":{"device_id":"edge"}}}')" = near ]
  [ "$(mask '.ip siv' '.device_id siv optional' <<<'{"body":{"ip":"192.0.2.1","device":{"device_id":"edge"}}}' | code)" = - ]
  # Removed members do not count, nor do those masked or kept as a whole.
  [ "$(near "{\"body\":{$rest,\"ctx\":{\"IP\":\"192.0.2.7\"}}}" '.ctx drop')" = - ]
  [ "$(near "{\"body\":{$rest,\"ctx\":{\"IP\":\"192.0.2.7\"}}}" '.ctx siv')" = - ]
  [ "$(near "{\"body\":{$rest,\"IP\":\"192.0.2.7\"},\"sqs\":{\"IP\":1}}" 'other drop')" = - ]
  [ "$(near "{\"body\":{$rest},\"sqs\":{\"IP\":\"192.0.2.7\"},\"attributes\":{\"IP\":1}}")" = - ]
  # A path that is only required is not named.
  [ "$(near "{\"body\":{$rest,\"Ip\":\"192.0.2.7\"}}" 'require .Ip')" = near ]
  # Letters of other alphabets also have two cases.
  [ "$(mask '."größe" siv' <<<'{"body":{"größe":1,"GR\u00d6ßE":2}}' | code)" = near ]
  [ "$(mask '."имя" siv' <<<'{"body":{"имя":1,"Имя":2}}' | code)" = near ]
}

@test "near also checks masked records" {
  mask '.ip siv as masked_ip' '.device_id siv as masked_device_id' <<<'{"body":{"ip":"192.0.2.1","device_id":"d"}}' >once
  pii-mask -k k -p p <once | cmp - once
  local change
  for change in '.body.IP = "192.0.2.1"' '.body.x.ip = "192.0.2.1"' '.deviceId = 1' 'del(.body.masked_ip) | .body.y.ip = "edge"'; do
    pii-mask -q -k k -p p < <(jq -c "$change" once) >out
    [ "$(code <out)" = near ]
    run -1 grep -e '192.0.2.1' -e edge -e deviceId out
  done
  pii-mask -k k -p p < <(jq -c '.body.x.ip = "edge"' once) | code | grep -qx -- -
}

@test "other decides about members beside the body and on the way to a deeper root" {
  local record='{"sqs":{"m":1},"trace":{"a":1,"b":2},"note":"n","body":{"v":1,"detail":{"ip":"192.0.2.1","x":1}},"envelope":{"kind":"sns","id":"i"}}'
  less() { jq -c 'del(.pii, .body.detail.ip)' <<<"$1"; }
  deep() { printf '%s\n' "$@" >p && pii-mask -q -k k -p p --root .body.detail <<<"$record"; }
  run --separate-stderr deep '.ip siv'
  [ "$(less "$output")" = '{"sqs":{"m":1},"trace":{"a":1,"b":2},"note":"n","body":{"v":1,"detail":{"x":1}}}' ]
  run --separate-stderr deep '.ip siv' 'other drop'
  [ "$(less "$output")" = '{"sqs":{"m":1},"body":{"detail":{}}}' ]
  run --separate-stderr deep '.ip siv' '.x keep' 'record.trace.a keep' 'record.note redact' 'envelope.id keep' 'other drop'
  [ "$(less "$output")" = '{"sqs":{"m":1},"trace":{"a":1},"note":"[redacted]","body":{"detail":{"x":1}},"envelope":{"id":"i"}}' ]
  run --separate-stderr deep '.ip siv' 'other quarantine'
  [ "$(jq -c 'del(.sealed)' <<<"$output")" = '{"sqs":{"m":1},"error":{"stage":"mask","code":"unnamed","detail":"the policy does not name every member"}}' ]
  [ "$(pii-unmask -q -k k -p p --root .body.detail <<<"$output" | jq -c 'del(.error)')" = "$(jq -c . <<<"$record")" ]
  # In any failure these do not pass if the policy keeps only named members.
  run --separate-stderr mask '.ip siv' 'other drop' <<<'{"sqs":{"m":1},"body":"text","note":"203.0.113.77"}'
  [ "$(jq -c '[.error.code, has("note"), .sqs.m]' <<<"$output")" = '["root",false,1]' ]
  # Nor with any other policy: where the values of a failed record are is unknown.
  local rules body
  for rules in 'other keep' 'record.note keep' 'record.note siv' 'record.note drop' 'detect ipv4 redact' 'detect ipv4 seal'; do
    for body in '"text"' null '{"ip":"canary"}' '{"ip":"192.0.2.1","IP":1}' '{"x":1}'; do
      run --separate-stderr mask '.ip ipcrypt' "$rules" 'require .ip' <<<"{\"body\":$body,\"note\":\"203.0.113.77\"}"
      [ "$(jq -c '[has("error"), has("sealed"), .note]' <<<"$output")" = '[true,true,null]' ]
      [ "$(pii-unmask -q -k k -p p <<<"$output" | jq -r .note)" = 203.0.113.77 ]
      run --separate-stderr mask '.ip ipcrypt' "$rules" <<<"{\"body\":$body,\"error\":{\"stage\":\"s\",\"code\":\"c\"},\"note\":\"203.0.113.77\"}"
      [ "$(jq -c '[has("error"), has("sealed"), .note]' <<<"$output")" = '[true,true,null]' ]
    done
  done
}

@test "values of rules beside the root are restored" {
  printf '%s\n' 'record.user.name siv' 'record.list[] siv' 'envelope.source siv' '.ip siv as m' >p
  echo '{"user":{"name":"Ada","x":1},"list":["a",2],"body":{"ip":"192.0.2.1"},"envelope":{"source":"s"}}' >in
  pii-mask -k k -p p <in >out
  run -1 grep -e Ada -e '"a"' -e 192.0.2.1 -e '"s"' out
  pii-mask -k k -p p <out | cmp - out
  pii-unmask -k k -p p <out | cmp - in
}

@test "a rule that matched none of the first 100 records causes one warning" {
  printf '%s\n' '.ip siv' '.devcie_id siv' '.referrer siv optional' '.locale keep' >p
  yes '{"body":{"ip":"192.0.2.1"}}' | head -300 >in
  pii-mask -k k -p p <in >out 2>err
  [ "$(grep -c warning: err)" -eq 1 ]
  grep -qx 'pii-mask: warning: policy path .devcie_id matched none of the first 100 records' err
  head -99 in | pii-mask -k k -p p 2>err >out
  [ ! -s err ]
  # The warning comes while records come, not at the end.
  # shellcheck disable=SC2069  # stderr is what is read
  coproc MASK { pii-mask -k k -p p 2>&1 >out; }
  local in=${MASK[1]} pid=$MASK_PID
  head -100 in >&"$in"
  read -r line <&"${MASK[0]}"
  [[ $line == *'.devcie_id matched none of '* ]]
  exec {in}>&-
  wait "$pid"
}

@test "an envelope around unmatched events is named once, with sqs-unwrap" {
  local kind
  for kind in sns eventbridge cloudevents; do
    grep -P "\t$kind\t" "$LIB/closed.tsv" | cut -f3 >in
    cat in in in | pii-mask -k k 2>err >out
    [ "$(grep -c 'warning: ' err)" -eq 1 ]
    grep -q "is an envelope: $kind\$" err
    grep -q 'hint: .*sqs-unwrap' err
  done
}

@test "the summary: masked records, missing values by path, errors by code" {
  {
    echo '{"body":{"ip":"192.0.2.1"}}'
    echo '{"body":{"ip":"192.0.2.1","device_id":"d"}}'
    echo '{"body":{"x":1}}'
    echo '{"body":{"ip":null,"device_id":null}}'
    echo '{"body":{"ip":1,"IP":2}}'
    echo '{"body":3}'
    echo 'x'
  } >in
  printf '%s\n' '.ip siv' '.device_id siv' 'unmatched keep' >p
  pii-mask -v -k k -p p <in 2>err >out
  [[ $(tail -n 1 err) == 'pii-mask: records=7 masked=2 passed=2 errors=3 missing=3 seconds='*' missing_paths=.ip:1,.device_id:2 error_codes=syntax:1,root:1,near:1' ]]
}

@test "ordinary schemas cause no false alarm" {
  local name rules body count=0
  while IFS=$'\t' read -r name rules body; do
    tr ';' '\n' <<<"$rules" >p
    printf '{"body":%s}\n' "$body" | pii-mask -k k -p p >out 2>err
    jq -e 'has("error") | not' out >/dev/null || { echo "$name: $(jq -c .error out)" && return 1; }
    [ ! -s err ]
    count=$((count + 1))
  done <"$LIB/ordinary.tsv"
  [ "$(cut -f1 "$LIB/ordinary.tsv" | sort -u | wc -l)" -ge 40 ]
  echo "$count records of $(cut -f1 "$LIB/ordinary.tsv" | sort -u | wc -l) schemas"
}

@test "correct events: the built-in and the strictest policy seal none and find nothing" {
  local policy
  python3 "$ROOT/bench/data.py" 7 "$(rounds 20000 1000000)" >in
  # The one truncated line of the sample is a body of another shape.
  jq -c '{body: (if has("body") then .body else . end)}' "$SAMPLE" >>in
  for policy in default user_logins strict; do
    pii-mask -v -k k -p "$ROOT/share/policies/$policy.policy" <in 2>err |
      jq -c 'select(.error) | .error.code' >errors
    cat err
    [ "$(<errors)" = '"root"' ]
    run -1 grep warning err
  done
}
