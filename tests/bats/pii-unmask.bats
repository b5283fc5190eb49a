#!/usr/bin/env bats
# pii-unmask: the exact value and type, or an error; never a wrong answer.

load ../lib/common
load ../lib/pii

setup() { pii_setup; }

# code FILE: print the code of each record's error, "-" where there is none.
code() { jq -r '.error.code // "-"' "$1" | xargs; }

@test "masked values are restored to the byte" {
  cat >in <<'END'
{"body":{"ip":"203.0.113.77","device_id":"593-47-5928"}}
{"body":{"n":12345678901234567891,"m":1.10,"ip":"1.2.3.4","ip":"5.6.7.8"}}
{ "sqs" : {"a": 1} , "body" : { "ip" : 12345678901234567891 , "device_id":1.10 } , "z":[ ] }
{"body":{"ip":{"a" : [ 1,null ]},"device_id":false}}
{"body":{"ip":null,"device_id":""}}
{"body":{"ip":"","x":{}}}
{"body":{"ip":"\u0000\"\\\n€😀"}}
END
  mask <in >masked
  run -1 grep -qF -e 203.0.113.77 -e 593-47 -e 1.2.3.4 masked
  unmask -v <masked >out 2>err
  # The one string with another spelling.
  sed -i 's/\\u0000.*"}}/\\u0000\\"\\\\\\n€😀"}}/' in
  cmp in out
  grep -q '^pii-unmask: records=7 unmasked=7 opened=0 passed=0 errors=0 seconds=' err
}

@test "a thousand unusual records: masking and unmasking keeps values and order" {
  pii random 1000 odd >in
  local policy
  for policy in '' '-m .ip=siv -m .x=siv:y' '--root . -m .body=siv:hidden -m .n=siv'; do
    # shellcheck disable=SC2086
    mask $policy <in >masked 2>/dev/null
    # shellcheck disable=SC2086
    unmask $policy <masked >out 2>/dev/null
    jq -c 'if .error then del(.error) else . end' in >/dev/null
    # Those with a repeated key that collides are sealed, and are also restored.
    sed -E 's/"error":\{"stage":"mask","code":"[a-z-]*","detail":"[^"]*"\},?//; s/,\}$/}/' out >plain
    pii same in plain
  done
}

@test "another implementation opens a token and sealed content with only the key file" {
  mask <<<'{"body":{"ip":"203.0.113.77","device_id":[4, "4"]}}' >out
  run pii siv k ip "$(jq -r .body.masked_ip out)"
  [ "$output" = '["S", "203.0.113.77"]' ]
  run pii siv k device_id "$(jq -r .body.masked_device_id out)"
  [ "$output" = '["J", "[4, \"4\"]"]' ]
  # Not in another domain.
  run -1 pii siv k device_id "$(jq -r .body.masked_ip out)"
  mask >out <<<'{"body": "203.0.113.77" ,"attributes":{"a": 1},"x":2}'
  run pii sealed k "$(jq -r .sealed out)"
  [ "$output" = 'j{"body": "203.0.113.77","attributes":{"a": 1},"x":2}' ]
  mask >out <<<'hello 203.0.113.77'
  run pii sealed k "$(jq -r .sealed out)"
  [ "$output" = 'shello 203.0.113.77' ]
  # And in the other direction.
  printf '{"body":{"masked_ip":"%s"}}\n' "$(pii mask k ip j 1.10)" >in
  [ "$(unmask <in)" = '{"body":{"ip":1.10}}' ]
}

@test "sealed errors are opened: members in their place, lines as strings; the error stays" {
  cat >in <<'END'
{"sqs":{"a":1},"body":"203.0.113.77","attributes":{"x":1},"z":2}
{"body":[1,2],"body":{}}
{"ip":"203.0.113.77"}
[1,"203.0.113.77
{"error":{"stage":"pull","code":"md5"},"body":"203.0.113.77"}
END
  printf '{"body":"\xff"\n' >>in
  mask <in 2>/dev/null >masked
  unmask -v <masked >out 2>err
  grep -q 'records=6 unmasked=0 opened=6 passed=0 errors=0' err
  [ "$(code out)" = 'root root root syntax md5 utf8' ]
  [ "$(jq -c 'del(.error)' out | head -1)" = '{"sqs":{"a":1},"body":"203.0.113.77","attributes":{"x":1},"z":2}' ]
  run sed -n 2p out
  [[ $output == *',"body":[1,2],"body":{}}' ]]
  run sed -n 3p out
  [[ $output == *'},"ip":"203.0.113.77"}' ]]
  [ "$(sed -n 4p out | jq -r .line)" = '[1,"203.0.113.77' ]
  [ "$(sed -n 5p out)" = "$(sed -n 5p in)" ]
  [ "$(sed -n 6p out | jq -r .line_base64 | base64 -d | od -An -tx1)" = "$(printf '{"body":"\xff"' | od -An -tx1)" ]
  # A second run has nothing to open.
  unmask <out | cmp - out
  # Masked again, the opened content is sealed.
  mask <out >again 2>/dev/null
  run -1 grep -qF 203.0.113.77 again
  [ "$(grep -c '"sealed":"seal1\.' again)" -eq 6 ]
}

@test "a sealed record with a new clear body is sealed as a whole, and nothing is lost" {
  mask <<<'{"body":"first"}' >out 2>/dev/null
  sed 's/^{/{"body":"second",/' out >in
  mask <in >out 2>/dev/null
  run -1 grep -q second out
  [ "$(grep -o '"sealed"' out | wc -l)" -eq 1 ]
  unmask <out >opened
  jq -e '.body == "second"' opened
  [ "$(jq -c 'del(.body)' opened | unmask | jq -r .body)" = first ]
}

@test "an edited or pasted token, another spelling or key: an error, and the whole record" {
  mask <<<'{"sqs":{"m":1},"body":{"ip":"203.0.113.77","device_id":"593-47-5928"}}' >good
  local ip device last
  ip=$(jq -r .body.masked_ip good) device=$(jq -r .body.masked_device_id good)
  last=${ip: -1}
  {
    jq -c --arg v "$device" '.body.masked_ip=$v' good
    jq -c --arg v "$ip" '.body.masked_device_id=$v' good
    sed "s/$ip/${ip%?}$([ "$last" = A ] && echo B || echo A)/" good
    sed "s/$ip/$ip=/" good
    sed "s/$ip/${ip%?}/" good
    sed "s/$ip/${ip/$ID/00000000}/" good
    sed "s/$ip/203.0.113.9/" good
    jq -c '.body.masked_ip=7' good
    jq -c '.body.ip="203.0.113.9"' good
    jq -c '.body="x"' good
  } >in
  run -1 --separate-stderr unmask <in
  printf '%s\n' "${lines[@]}" >out
  [ "$(code out)" = 'token token token token token unknown-key token token collision root' ]
  [ "$(jq -r .error.stage out | sort -u)" = unmask ]
  [[ $stderr == *'pii-unmask: records=10 unmasked=0 opened=0 passed=0 errors=10 '* ]]
  # Nothing is clear beside it, and nothing is lost.
  run -1 grep -qF -e 203.0.113.77 -e 593-47-5928 out
  cmp <(jq -c 'del(.error)' out) <(jq -c . in)
}

@test "a sealed error that cannot be opened keeps its seal and its cause" {
  mask <<<'203.0.113.77' >out 2>/dev/null
  mv k old
  key k
  run -1 --separate-stderr unmask <out
  jq -e '.error.stage == "unmask" and .error.code == "unknown-key" and .error.cause.code == "syntax"' <<<"$output"
  [ "$(jq -r .sealed <<<"$output")" = "$(jq -r .sealed out)" ]
  # Trying again changes nothing; the right key still opens it.
  [ "$(unmask <<<"$output" 2>/dev/null || true)" = "$output" ]
  [ "$(pii-unmask -k old <<<"$output" | jq -r .line)" = 203.0.113.77 ]
}

@test "keys: a decrypt-only one opens, an unknown one does not" {
  mask <<<'{"body":{"ip":"203.0.113.77"}}' >first
  pii-keygen -q --rotate k
  mask <<<'{"body":{"ip":"203.0.113.77"}}' >second
  run -1 cmp -s first second
  [ "$(cat first second | unmask | jq -r .body.ip | xargs)" = '203.0.113.77 203.0.113.77' ]
  grep -v decrypt-only k >new
  chmod 600 new
  run -1 --separate-stderr pii-unmask -k new <first
  [ "$(jq -r .error.code <<<"$output")" = unknown-key ]
}

@test "a value without its key is unmasked once the key is there" {
  printf '{"sqs":{"message_id":"m"},"body":{"ip":"203.0.113.77","n":1.10}}\n{"body":{"ip":""}}\n' >in
  mask <in >masked
  mv k old
  key k
  run -1 --separate-stderr unmask <masked
  printf '%s\n' "$output" >errors
  [ "$(code errors)" = 'unknown-key -' ]
  # Trying again with the wrong key changes nothing, and fails.
  run -1 --separate-stderr unmask <errors
  [ "$output" = "$(<errors)" ]
  pii-unmask -k old <errors >out
  # The error stays, as with sealed content.
  [ "$(code out)" = 'unknown-key -' ]
  cmp <(sed 's/,"error":{[^}]*}//' out) in
}

@test "hmac and redact stay under their names" {
  local policy='-m .a=siv:b -m .c=hmac:d -m .e=redact -m .f=drop'
  # shellcheck disable=SC2086
  mask $policy <<<'{"body":{"a":1,"c":2,"e":3,"f":4}}' >masked
  # shellcheck disable=SC2086
  run unmask $policy <masked
  [[ $output == '{"body":{"a":1,"d":"hmac1.'*'","e":"[redacted]"}}' ]]
  # Nothing was unmasked: the record is as masked as before.
  mask -m .c=hmac:d <<<'{"body":{"c":2}}' >masked
  unmask -m .c=hmac:d <masked | cmp - masked
}

@test "rows of the database, without pii" {
  mask <<<'{"body":{"ip":"203.0.113.77"}}' | jq -c '{user_id: 1, masked_ip: .body.masked_ip}' >row
  [ "$(unmask --root . <row)" = '{"user_id":1,"ip":"203.0.113.77"}' ]
  # A warning names a forgotten --root.
  run -1 unmask <row
  [[ $output == *'"code":"root"'* ]]
}

@test "lines that are not records are sealed, not shown" {
  run -1 --separate-stderr unmask <<<'hello 203.0.113.77'
  jq -e '.error.stage == "unmask" and .error.code == "syntax" and (.sealed | startswith("seal1."))' <<<"$output"
  [[ $output != *203.0.113.77* && $stderr != *203.0* ]]
}

@test "output that fails is a failure: 74; wrong options: 64" {
  run -74 bash -c 'echo "{\"body\":{}}" | pii-unmask -k k >/dev/full'
  run -64 pii-unmask -k k --nonsense </dev/null
  run -64 pii-unmask </dev/null
  run -64 pii-unmask -k '' </dev/null
  run -64 pii-unmask -k k -p '' </dev/null
  run -64 pii-unmask -k k -p a -m .a=siv </dev/null
}
