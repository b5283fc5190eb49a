#!/usr/bin/env bats
# Each method of a policy: its output, its way back, what it refuses, its options.

load ../lib/common
load ../lib/pii

setup() { pii_setup; }

# mask POLICY JSON...: bodies of these members, through pii-mask with the policy; into ./masked.
mask() {
  printf '%b\n' "$1" >p
  printf '{"body":%s}\n' "${@:2}" | pii-mask -k k -p p >masked 2>err
}

# back JSON...: ./masked unmasked is bodies of these.
back() {
  pii-unmask -k k -p p <masked >out
  diff out <(printf '{"body":%s}\n' "$@")
}

# codes: those of ./masked, "-" where there is none.
codes() { jq -r '.error.code // "-"' masked | xargs; }

@test "ipcrypt: addresses become addresses and come back in one spelling" {
  mask '.ip ipcrypt as m' '{"ip":"203.0.113.77"}' '{"ip":"::ffff:203.0.113.77"}' \
    '{"ip":"2001:DB8:0:0::0001"}' '{"ip":"\u0032001:db8::1"}' '{"ip":null}' '{"ip":""}'
  [ "$(codes)" = '- - - - - -' ]
  run -1 grep -qF -e 203.0.113.77 -e 2001:db8 masked
  [ "$(jq -r .body.m masked | sort -u | grep -c :)" -eq 2 ]
  back '{"ip":"203.0.113.77"}' '{"ip":"203.0.113.77"}' '{"ip":"2001:db8::1"}' '{"ip":"2001:db8::1"}' \
    '{"ip":null}' '{"ip":""}'
}

@test "ipcrypt-pfx: subnets stay subnets" {
  mask '.ip ipcrypt-pfx as m' '{"ip":"203.0.113.77"}' '{"ip":"203.0.113.9"}' '{"ip":"203.0.99.9"}' \
    '{"ip":"2001:db8:1::1"}' '{"ip":"2001:db8:1::ffff:1"}'
  run jq -r .body.m masked
  [[ ${lines[0]} =~ ^[0-9.]+$ && ${lines[0]%.*} = "${lines[1]%.*}" && ${lines[0]} != "${lines[1]}" ]]
  [[ ${lines[0]%.*.*} = "${lines[2]%.*.*}" && ${lines[0]%.*} != "${lines[2]%.*}" ]]
  [[ ${lines[3]%%:*} = "${lines[4]%%:*}" && ${lines[3]} != "${lines[4]}" ]]
  [ "${lines[0]%.*.*}" != 203.0 ]
  back '{"ip":"203.0.113.77"}' '{"ip":"203.0.113.9"}' '{"ip":"203.0.99.9"}' '{"ip":"2001:db8:1::1"}' \
    '{"ip":"2001:db8:1::ffff:1"}'
}

@test "no address: an error record, sealed, for each method of addresses" {
  local method
  for method in ipcrypt ipcrypt-pfx truncate; do
    mask ".ip $method" '{"ip":"203.0.113.077"}' '{"ip":"203.0.113.77 "}' '{"ip":"203.0.113"}' \
      '{"ip":"0xcb007101"}' '{"ip":3405803853}' '{"ip":"fe80::203:0:113:77%eth0"}' '{"ip":["203.0.113.77"]}' \
      '{"ip":"203.0.113.77\u0000"}' '{"ip":"203.0.113.77:80"}' '{"ip":true}'
    [ "$(jq -r .error.code masked | sort | uniq -c | xargs)" = '10 value' ]
    run -1 grep -qF -e 203 -e 3405803853 -e cb007101 masked
    run -1 grep -qF -e 203 -e 3405803853 -e cb007101 err
    [[ $(head -1 masked) == *'.ip: the value is not an IP address'* ]]
    pii-unmask -k k -p p <masked | grep -qF 203.0.113.077
  done
}

@test "ff1: shape and type stay, and what was there comes back" {
  mask '.id ff1 as m\n.a ff1 alphabet=alnum36\n.b ff1 alphabet=alnum62 as c in id' \
    '{"id":"593-47-5928"}' '{"id":"000000"}' '{"id":12345678}' '{"id":-12345678901234567891}' \
    '{"id":"12345678"}' '{"a":"zz-99/0a"}' '{"b":"AB12 cd34 €"}' '{"id":"593\u002d47-5928"}'
  [ "$(codes)" = '- - - - - - - -' ]
  run jq -c '.body | (.m // .a // .c)' masked
  [[ ${lines[0]} =~ ^'"'[0-9]{3}-[0-9]{2}-[0-9]{4}'"'$ ]]
  [[ ${lines[1]} =~ ^'"'[0-9]{6}'"'$ ]]
  [[ ${lines[4]} =~ ^'"'[0-9]{8}'"'$ ]]
  [[ ${lines[5]} =~ ^'"'[0-9a-z]{2}-[0-9a-z]{2}/[0-9a-z]{2}'"'$ ]]
  [[ ${lines[6]} =~ ^'"'[0-9A-Za-z]{4}' '[0-9A-Za-z]{4}' €"'$ ]]
  [ "${lines[7]}" = "${lines[0]}" ]
  run -1 grep -qF -e 593-47-5928 -e 12345678 -e AB12 masked
  grep -qE '"m":[1-9][0-9]{7}\}' masked
  grep -qE '"m":-[1-9][0-9]{19}\}' masked
  back '{"id":"593-47-5928"}' '{"id":"000000"}' '{"id":12345678}' '{"id":-12345678901234567891}' \
    '{"id":"12345678"}' '{"a":"zz-99/0a"}' '{"b":"AB12 cd34 €"}' '{"id":"593-47-5928"}'
}

@test "ff1: what does not fit is an error record" {
  mask '.id ff1' '{"id":"12345"}' '{"id":"593-47-592x"}' '{"id":"593-47-592é"}' '{"id":"593-47-592８"}' \
    '{"id":123456}' '{"id":1234567.5}' '{"id":1234567e1}' '{"id":0}' '{"id":true}' '{"id":["1234567"]}' \
    "{\"id\":\"$(printf '7%.0s' {1..129})\"}"
  [ "$(jq -r .error.code masked | sort | uniq -c | xargs)" = '11 value' ]
  run -1 grep -qE '12345|593|7777' masked
  mask '.id ff1 alphabet=alnum36' '{"id":"abC4"}' '{"id":1234567}' '{"id":"abc"}'
  [ "$(codes)" = 'value value value' ]
}

@test "truncate, partial, sha256, redact, drop: their outputs, which do not come back" {
  mask '.a truncate\n.b truncate v4=16 v6=32 as c\n.d partial\n.e partial keep=2\n.f sha256\n.g redact\n.h drop' \
    '{"a":"203.0.113.77","b":"203.0.113.77","d":"593-47-5928","e":"593-47-5928","f":"203.0.113.77","g":1,"h":2}' \
    '{"a":"2001:db8:85a3:7::1","b":"2001:db8:85a3:7::1","d":123456789012345,"e":"żółwiewą","f":7}' \
    '{"a":"::ffff:203.0.113.77","d":true,"e":["abcdef"],"f":"7"}' '{"d":"ab","e":"abcd","a":null}'
  run jq -c .body masked
  [ "${lines[0]}" = '{"a":"203.0.113.0","c":"203.0.0.0","d":"********928","e":"*********28","f":"0c25434b09c62046f88142b1412b949ea7e9bc61479d71b2b74ab8dbc3d2d946","g":"[redacted]"}' ]
  [ "${lines[1]}" = '{"a":"2001:db8:85a3::","c":"2001:db8::","d":"***********2345","e":"******wą","f":"7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451"}' ]
  [ "${lines[2]}" = '{"a":"203.0.113.0","d":"****","e":"****","f":"7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451"}' ]
  [ "${lines[3]}" = '{"d":"**","e":"***d","a":null}' ]
  pii-unmask -k k -p p <masked | cmp - masked
  # A second time they pass; a clear value beside the claim does not.
  pii-mask -q -k k -p p <masked | cmp - masked
  sed 's/203\.0\.113\.0/203.0.113.77/' masked | head -1 >in
  run --separate-stderr pii-mask -q -k k -p p <in
  [[ $output == *'"code":"mixed"'* && $output != *203.0.113.77* ]]
}

@test "truncate: an IPv4 address inside an IPv6 one loses its low bits too" {
  # clear address, with the defaults, with v4=20 v6=127
  local rows='2002:cb00:714d::1|2002:cb00:7100::|2002:cb00:7000::
2002:cb00:714d:9:8:7:6:5|2002:cb00:7100::|2002:cb00:7000:9:8:7:6:4
2001:0:cb00:714d:8000:63bf:3fff:fdd2|2001:0:cb00::|2001:0:cb00:7000:8000:63bf:3fff:f000
64:ff9b::203.0.113.77|64:ff9b::|64:ff9b::cb00:7000
64:ff9b:1::203.0.113.77|64:ff9b:1::|64:ff9b:1::
64:ff9b:1:cb00:71:4d00::|64:ff9b:1::|64:ff9b:1::
::203.0.113.77|::|::cb00:7000
::ffff:0:203.0.113.77|::|::ffff:0:cb00:7000
2001:db8:1:2:0:5efe:203.0.113.77|2001:db8:1::|2001:db8:1:2:0:5efe:cb00:7000
2001:db8:1:2:200:5efe:203.0.113.77|2001:db8:1::|2001:db8:1:2:200:5efe:cb00:7000
2001:db8:cb00:714d::1|2001:db8:cb00::|2001:db8:cb00:714d::
2003:cb00:714d::1|2003:cb00:714d::|2003:cb00:714d::' row
  printf '.a truncate\n.b truncate v4=20 v6=127\n' >p
  while IFS='|' read -r clear usual wide; do
    row=$(printf '{"body":{"a":"%s","b":"%s"}}' "$clear" "$clear" | pii-mask -k k -p p | jq -r '.body | .a + "|" + .b')
    echo "$clear: $row"
    [ "$row" = "$usual|$wide" ]
  done <<<"$rows"
}

@test "sha256 is warned of at every start, with -q too" {
  for quiet in '' -q; do
    # shellcheck disable=SC2086
    run -0 --separate-stderr pii-mask $quiet -k k -m .ip=sha256 </dev/null
    [[ $stderr == *'pii-mask: warning: .ip: sha256 has no key: '*' IPv4 '*'in minutes'* ]]
  done
  run -0 --separate-stderr pii-mask -k k -m .ip=hmac </dev/null
  [[ $stderr != *warning*sha256* ]]
}

@test "domains and keys part, for every method with a key" {
  local method value
  for method in siv hmac ipcrypt ipcrypt-pfx ff1; do
    value='"203.0.113.77"'
    mask ".a $method in d\n.b $method in d\n.c $method" "{\"a\":$value,\"b\":$value,\"c\":$value}"
    jq -e '.body | .a == .b and .a != .c' masked
    cp masked first
    pii-keygen -q --rotate k
    mask ".a $method in d\n.b $method in d\n.c $method" "{\"a\":$value,\"b\":$value,\"c\":$value}"
    run -1 cmp -s <(jq .body first) <(jq .body masked)
    # The key that pii names undoes it, after the rotation too.
    [ "$method" = hmac ] || [ "$(pii-unmask -k k -p p <first | jq -r .body.a)" = 203.0.113.77 ]
  done
}

@test "ipcrypt and ff1 go by pii.key, or by --key-id, and never guess" {
  mask '.ip ipcrypt\n.id ff1' '{"ip":"203.0.113.77","id":"593-47-5928"}'
  jq -c 'del(.pii)' masked >row
  run -1 --separate-stderr pii-unmask -k k -p p <row
  jq -e '.error.code == "unknown-key" and (.error.detail | contains("--key-id"))' <<<"$output"
  [ "$(pii-unmask -k k -p p --key-id "$ID" <row)" = '{"body":{"ip":"203.0.113.77","id":"593-47-5928"}}' ]
  run -64 --separate-stderr pii-unmask -k k -p p --key-id 00000000 <row
  [[ $stderr == *'option --key-id 00000000: no such key in the key file'* ]]
  run -64 pii-unmask -k k -p p --key-id "$ID"x <row
  # What pii says counts, and a key that is not there is an error.
  jq -c '.pii.key = "00000000"' masked >in
  run -1 --separate-stderr pii-unmask -k k -p p --key-id "$ID" <in
  jq -e '.error.code == "unknown-key"' <<<"$output"
  # None of the method's values.
  jq -c '.body.ip = "no address"' masked >in
  run -1 --separate-stderr pii-unmask -k k -p p <in
  jq -e '.error.code == "token"' <<<"$output"
}

@test "in place, a value of ipcrypt or ff1 cannot be told from a clear one: mixed" {
  mask '.ip ipcrypt' '{"ip":"203.0.113.77"}'
  run --separate-stderr pii-mask -k k -p p <masked
  [[ $output == *'"code":"mixed"'* ]]
  mask '.ip ipcrypt as m' '{"ip":"203.0.113.77"}'
  pii-mask -k k -p p <masked | cmp - masked
}

@test "another implementation makes the same, from the key file and the manual alone" {
  mask '.a ipcrypt\n.b ipcrypt-pfx as ip\n.c ff1 in id\n.d ff1 alphabet=alnum62' \
    '{"a":"203.0.113.77","b":"203.0.113.77","c":"593475928","d":"AbCd1234"}' \
    '{"a":"2001:db8::1","b":"2001:db8::1","c":"000000","d":"zzzz"}'
  run jq -r '.body | .a, .ip, .c, .d' masked
  [ "${lines[0]}" = "$(pii ipcrypt k a 203.0.113.77)" ]
  [ "${lines[1]}" = "$(pii ipcrypt-pfx k b 203.0.113.77)" ]
  [ "${lines[2]}" = "$(pii ff1 k id digits 593475928)" ]
  [ "${lines[3]}" = "$(pii ff1 k d alnum62 AbCd1234)" ]
  [ "${lines[4]}" = "$(pii ipcrypt k a 2001:db8::1)" ]
  [ "${lines[5]}" = "$(pii ipcrypt-pfx k b 2001:db8::1)" ]
  [ "${lines[6]}" = "$(pii ff1 k id digits 000000)" ]
  [ "${lines[7]}" = "$(pii ff1 k d alnum62 zzzz)" ]
}

@test "options are spelt out by --print-policy; a wrong one is named with its place" {
  printf '.a ff1\n.b truncate v6=56\n.c partial keep=2 as d\n.e ff1 alphabet=alnum62 in x as y\nattributes.z ff1 alphabet=alnum36\n' >p
  run pii-mask --print-policy -p p
  [ "$output" = '# paths below .body
.a ff1 alphabet=digits in a
.b truncate v4=24 v6=56
.c partial keep=2 as d
.e ff1 alphabet=alnum62 as y in x
attributes.z ff1 alphabet=alnum36 in z
other keep' ]
  pii-mask --print-policy -p p >q
  pii-mask --print-policy -p q | cmp - q
  local text
  while IFS='|' read -r place says text; do
    printf '%s\n' "$text" >p
    run -78 --separate-stderr pii-mask -k k -p p </dev/null
    [[ $stderr == "pii-mask: error: p:$place: $says"* ]]
  done <<'END'
1:8|no option of this method: x=1|.a ff1 x=1
1:8|no option of this method: alphabet=digits|.a siv alphabet=digits
1:8|not a value of this option: alphabet=hex|.a ff1 alphabet=hex
1:13|not a value of this option: v4=32|.a truncate v4=32
1:13|not a value of this option: v4=024|.a truncate v4=024
1:13|not a value of this option: v6=|.a truncate v6=
1:20|unexpected word: v4=9|.a truncate v4=8   v4=9
1:13|unexpected word: keep=3|.a siv as b keep=3
END
}

@test "a message attribute is masked by its method, and is nowhere else in clear" {
  printf 'attributes.ip ipcrypt\nattributes.id ff1\n' >p
  pii-mask -k k -p p >masked <<'END'
{"body":{},"attributes":{"ip":{"type":"String","value":"203.0.113.77"},"id":{"type":"Number","value":"5934759"},"x":{"type":"String","value":"203.0.113.77"}}}
{"body":{},"attributes":{"ip":{"type":"String","value":"no 203.0.113.77"}}}
END
  run -1 grep -qF -e 203.0.113.77 -e 5934759 masked
  [ "$(codes)" = '- value' ]
  jq -e '.attributes | keys == ["id", "ip"]' <(head -1 masked)
  pii-unmask -k k -p p <masked >out
  jq -e '.attributes.ip.value == "203.0.113.77" and .attributes.id.value == "5934759"' <(head -1 out)
  grep -qF 'no 203.0.113.77' out
}
