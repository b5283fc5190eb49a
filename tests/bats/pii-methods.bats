#!/usr/bin/env bats
# Each method of a policy: its output, unmasking, refused values and options.

load ../lib/common
load ../lib/pii

setup() { pii_setup; }

# mask POLICY JSON...: pass bodies of these members through pii-mask with the policy, into ./masked.
mask() {
  printf '%b\n' "$1" >p
  printf '{"body":%s}\n' "${@:2}" | pii-mask -k k -p p >masked 2>err
}

# back JSON...: succeed when ./masked unmasked is bodies of these members.
back() {
  pii-unmask -k k -p p <masked >out
  diff out <(printf '{"body":%s}\n' "$@")
}

# codes: print the codes of ./masked, "-" where there is none.
codes() { jq -r '.error.code // "-"' masked | xargs; }

@test "ipcrypt: addresses become addresses and are restored in one spelling" {
  mask '.ip ipcrypt as m
unmatched keep' '{"ip":"203.0.113.77"}' '{"ip":"::ffff:203.0.113.77"}' \
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

@test "a value that is not an address becomes a sealed error record, for each method of addresses" {
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

@test "ff1: shape and type stay, and unmasking restores the value" {
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

@test "ff1: a value that does not fit is an error record" {
  mask '.id ff1' '{"id":"12345"}' '{"id":"593-47-592x"}' '{"id":"593-47-592é"}' '{"id":"593-47-592８"}' \
    '{"id":123456}' '{"id":1234567.5}' '{"id":1234567e1}' '{"id":0}' '{"id":true}' '{"id":["1234567"]}' \
    "{\"id\":\"$(printf '7%.0s' {1..129})\"}"
  [ "$(jq -r .error.code masked | sort | uniq -c | xargs)" = '11 value' ]
  run -1 grep -qE '12345|593|7777' masked
  mask '.id ff1 alphabet=alnum36' '{"id":"abC4"}' '{"id":1234567}' '{"id":"abc"}'
  [ "$(codes)" = 'value value value' ]
}

@test "truncate, partial, sha256, redact, drop: their outputs, which unmasking keeps" {
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
  # They pass a second time; a clear value beside the claim does not.
  pii-mask -q -k k -p p <masked | cmp - masked
  sed 's/203\.0\.113\.0/203.0.113.77/' masked | head -1 >in
  run --separate-stderr pii-mask -q -k k -p p <in
  [[ $output == *'"code":"mixed"'* && $output != *203.0.113.77* ]]
}

@test "truncate: an IPv4 address inside an IPv6 address also loses its low bits" {
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

@test "sha256 causes a warning at every start, also with -q" {
  for quiet in '' -q; do
    # shellcheck disable=SC2086
    run -0 --separate-stderr pii-mask $quiet -k k -m .ip=sha256 </dev/null
    [[ $stderr == *'pii-mask: warning: .ip: sha256 has no key: '*' IPv4 '*'in minutes'* ]]
  done
  run -0 --separate-stderr pii-mask -k k -m .ip=hmac </dev/null
  [[ $stderr != *warning*sha256* ]]
}

@test "domains and keys give different outputs, for every method with a key" {
  local method value
  for method in siv "siv pad" "siv canonical=ip" hmac ipcrypt ipcrypt-pfx ff1; do
    value='"203.0.113.77"'
    mask ".a $method in d\n.b $method in d\n.c $method" "{\"a\":$value,\"b\":$value,\"c\":$value}"
    jq -e '.body | .a == .b and .a != .c' masked
    cp masked first
    pii-keygen -q --rotate k
    mask ".a $method in d\n.b $method in d\n.c $method" "{\"a\":$value,\"b\":$value,\"c\":$value}"
    run -1 cmp -s <(jq .body first) <(jq .body masked)
    # The key that pii names undoes it, also after the rotation.
    [ "$method" = hmac ] || [ "$(pii-unmask -k k -p p <first | jq -r .body.a)" = 203.0.113.77 ]
  done
}

@test "ipcrypt and ff1 use pii.key or --key-id, and never guess" {
  mask '.ip ipcrypt\n.id ff1' '{"ip":"203.0.113.77","id":"593-47-5928"}'
  jq -c 'del(.pii)' masked >row
  run -1 --separate-stderr pii-unmask -k k -p p <row
  jq -e '.error.code == "unknown-key" and (.error.detail | contains("--key-id"))' <<<"$output"
  [ "$(pii-unmask -k k -p p --key-id "$ID" <row)" = '{"body":{"ip":"203.0.113.77","id":"593-47-5928"}}' ]
  run -64 --separate-stderr pii-unmask -k k -p p --key-id 00000000 <row
  [[ $stderr == *'option --key-id 00000000: no such key in the key file'* ]]
  run -64 pii-unmask -k k -p p --key-id "$ID"x <row
  # The key in pii counts, and an unknown key is an error.
  jq -c '.pii.key = "00000000"' masked >in
  run -1 --separate-stderr pii-unmask -k k -p p --key-id "$ID" <in
  jq -e '.error.code == "unknown-key"' <<<"$output"
  # Not a value of the method.
  jq -c '.body.ip = "no address"' masked >in
  run -1 --separate-stderr pii-unmask -k k -p p <in
  jq -e '.error.code == "token"' <<<"$output"
}

@test "in place, a value of ipcrypt or ff1 looks like a clear one: mixed" {
  mask '.ip ipcrypt' '{"ip":"203.0.113.77"}'
  run --separate-stderr pii-mask -k k -p p <masked
  [[ $output == *'"code":"mixed"'* ]]
  mask '.ip ipcrypt as m' '{"ip":"203.0.113.77"}'
  pii-mask -k k -p p <masked | cmp - masked
}

@test "uuid: version, variant, nil and max stay; unmasking restores the value in lower case" {
  local u=F81D4FAE-7dec-11d0-a765-00a0c91e6bf6 v=0190163d-8694-739b-aea5-966c26f8ad91
  mask '.id uuid as m' "{\"id\":\"$u\"}" "{\"id\":\"${u,,}\"}" "{\"id\":\"$v\"}" \
    '{"id":"00000000-0000-0000-0000-000000000000"}' '{"id":"ffffffff-FFFF-ffff-ffff-ffffffffffff"}' \
    '{"id":"6ba7b810-9dad-11d1-c0b4-00c04fd430c8"}' '{"id":""}'
  [ "$(codes)" = '- - - - - - -' ]
  run jq -r .body.m masked
  [[ ${lines[0]} =~ ^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$ ]]
  [ "${lines[0]}" = "${lines[1]}" ] && [ "${lines[0]}" != "${u,,}" ]
  [[ ${lines[2]} =~ ^[0-9a-f-]{14}-7[0-9a-f]{3}-[89ab] || ${lines[2]} =~ ^.{14}7.{4}[89ab] ]]
  [ "${lines[3]}" = 00000000-0000-0000-0000-000000000000 ]
  [ "${lines[4]}" = ffffffff-ffff-ffff-ffff-ffffffffffff ]
  [[ ${lines[5]} =~ ^.{14}1.{4}[cd] ]]
  back "{\"id\":\"${u,,}\"}" "{\"id\":\"${u,,}\"}" "{\"id\":\"$v\"}" \
    '{"id":"00000000-0000-0000-0000-000000000000"}' '{"id":"ffffffff-ffff-ffff-ffff-ffffffffffff"}' \
    '{"id":"6ba7b810-9dad-11d1-c0b4-00c04fd430c8"}' '{"id":""}'
  mask '.id uuid' '{"id":"f81d4fae7dec11d0a76500a0c91e6bf6"}' '{"id":"{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}"}' \
    '{"id":"g81d4fae-7dec-11d0-a765-00a0c91e6bf6"}' '{"id":"f81d4fae-7dec-11d0-a765-00a0c91e6bf"}' '{"id":4}'
  [ "$(codes)" = 'value value value value value' ]
}

@test "email: the provider stays, the name does not, and the case of letters does not count" {
  mask '.e email as m\n.f email domains=gmail.com,example.org in e' '{"e":"Ann.Example+x@Gmail.com"}' \
    '{"e":"ann.example+x@gmail.com"}' '{"f":"ann.example+x@gmail.com"}' '{"f":"ann@rare.example"}' \
    '{"e":"\u017c@b\u00fccher.example"}'
  [ "$(codes)" = '- - - - -' ]
  # Random letters may spell a name.
  run -1 grep -qiE 'ann|rare' <(sed -E 's/"[a-z2-7]{26}@/"@/' masked)
  run jq -r '.body | .m // .f' masked
  [[ ${lines[0]} =~ ^[a-z2-7]{26}@gmail\.com$ ]]
  [ "${lines[1]}" = "${lines[0]}" ] && [ "${lines[2]}" = "${lines[0]}" ]
  [[ ${lines[3]} =~ ^[a-z2-7]{26}@masked\.invalid$ && ${lines[4]} =~ ^[a-z2-7]{26}@bücher\.example$ ]]
  pii-unmask -k k -p p <masked | cmp - masked
  pii-mask -q -k k -p p <masked | cmp - masked
  mask '.e email' '{"e":"ann"}' '{"e":"ann@host"}' '{"e":"a@b@example.org"}' '{"e":"\"a b\"@example.org"}' \
    '{"e":"a@[203.0.113.77]"}' '{"e":"a@203.0.113.77"}' '{"e":"Ann <a@example.org>"}' '{"e":" a@example.org"}' \
    '{"e":"@example.org"}' '{"e":"a@example..org"}' '{"e":7}' '{"e":"a\uff20b@example.org"}' '{"e":"a@b\uff20example.org"}' \
    '{"e":"a\u00a0b@example.org"}' '{"e":"a\u200bb@example.org"}' '{"e":"a@203.0.113.\uff17\uff17"}'
  [ "$(jq -r .error.code masked | sort | uniq -c | xargs)" = '16 value' ]
  run -1 grep -qF -e 203 -e example <(jq -c 'del(.sealed)' masked)
}

@test "round: numbers, dates and times are rounded down and keep their spelling" {
  local unit clear rounded
  while read -r unit clear rounded; do
    mask ".a round unit=$unit" "{\"a\":$clear}"
    echo "$unit $clear: $(<masked)"
    [ "$(sed -E 's/^\{"body":\{"a":(.*)\},"pii".*/\1/; s/.*"code":"(value)".*/\1/' masked)" = "$rounded" ]
  done <<'END'
10 37 30
10 -37 -40
10 -40 -40
10 0 0
10 -0 -0
10 7 0
10 -7 -10
10 37.50 30.00
10 -30.01 -40.00
10 99999999999999999999999999 99999999999999999999999990
10 -99999999999999999999999999 -100000000000000000000000000
1 -0.5 -1.0
1000 1.5e3 1.0e3
10 -0.95e1 -1.00e1
10 12e-1 0e-1
7 1e2 value
10 "037" "030"
10 "-3" "-10"
10 "3x" value
10 true value
10 "2024-02-29" value
day "2024-02-29" "2024-02-29"
day "2024-02-29T23:59:60.5+02:00" "2024-02-29T00:00:00.0+02:00"
month "20240229T101112Z" "20240201T000000Z"
month "2024-02-29" "2024-02-01"
year "2024-02-29T10:11Z" "2024-01-01T00:00Z"
year "2024-02-29" "2024-01-01"
year "2024" "2024"
month "2023-02-29" value
month "29/02/2024" value
month 20240229 value
END
  mask '.a round unit=10\n.b round month' '{"a":37,"b":"2024-02-29"}'
  pii-mask -q -k k -p p <masked | cmp - masked
  pii-unmask -k k -p p <masked | cmp - masked
}

@test "shift: distances of one person stay, and unmasking restores the values" {
  mask '.born shift days=30 by=.user\n.d[] shift days=30 by=.user in born\n.user siv canonical=trim as u' \
    '{"user":"u1","born":"2000-02-27","d":["2000-03-01T10:00:00Z","20000301"]}' \
    '{"born":"1999-12-31","user":" u1 "}' '{"born":"1999-12-31","user":"u2"}' '{"born":"","user":"u2"}'
  [ "$(codes)" = '- - - -' ]
  run jq -r '.body | .born, .d[]?' masked
  days() { echo $(($(date -ud "${1:0:10}" +%s) / 86400 - $(date -ud "$2" +%s) / 86400)); }
  local moved
  moved=$(days "${lines[0]}" 2000-02-27)
  [ "$moved" -ge -30 ] && [ "$moved" -le 30 ] && [ "$moved" -ne 0 ]
  [ "$(days "${lines[1]}" 2000-03-01)" -eq "$moved" ] && [[ ${lines[1]} == *T10:00:00Z ]]
  [ "${lines[2]}" = "$(tr -d - <<<"${lines[1]:0:10}")" ]
  [ "$(days "${lines[3]}" 1999-12-31)" -eq "$moved" ]
  [ "$(days "${lines[4]}" 1999-12-31)" -ne "$moved" ]
  back '{"user":"u1","born":"2000-02-27","d":["2000-03-01T10:00:00Z","20000301"]}' \
    '{"born":"1999-12-31","user":"u1"}' '{"born":"1999-12-31","user":"u2"}' '{"born":"","user":"u2"}'
  # Also under another key, and moved to it.
  pii-keygen -q --rotate k
  pii-mask --rewrap -k k -p p <masked >moved
  run -1 cmp -s <(jq -r .body.born masked) <(jq -r .body.born moved)
  mv moved masked
  back '{"user":"u1","born":"2000-02-27","d":["2000-03-01T10:00:00Z","20000301"]}' \
    '{"born":"1999-12-31","user":"u1"}' '{"born":"1999-12-31","user":"u2"}' '{"born":"","user":"u2"}'
  mask '.born shift days=30 by=.user' '{"born":"2000-01-01"}' '{"born":"2000-01-01","user":null}' \
    '{"born":"2000-01-01","user":""}' '{"born":"2000-01","user":1}' '{"born":"2000-02-30","user":1}' \
    '{"born":"0001-01-01T00:00:00","user":7}' '{"born":"9999-12-31","user":7}' '{"born":20000101,"user":1}'
  [ "$(jq -r .error.code masked | sort | uniq -c | xargs)" = '1 - 7 value' ] ||
    [ "$(jq -r '.error.code // "-"' masked | sort | uniq -c | xargs)" = '1 - 7 value' ]
  run -64 --separate-stderr pii-mask -k k -p p --lines .born </dev/null
  [[ $stderr == *'shift needs the whole record'* ]]
}

@test "canonical: all spellings become one token, and unmasking gives the canonical one" {
  mask '.a siv canonical=ip as m\n.b siv canonical=lower as n\n.c hmac canonical=trim' \
    '{"a":"2001:DB8:0::1","b":"Ann","c":"x"}' '{"a":"2001:db8::1","b":"ANN","c":" \tx\n"}' \
    '{"a":null,"b":7,"c":"   "}' '{"a":"no address"}' '{"a":7}'
  [ "$(codes)" = '- - - value value' ]
  jq -se '.[0].body == .[1].body and .[2].body.c == ""' masked
  head -3 masked >rows && mv rows masked
  back "{\"a\":\"2001:db8::1\",\"b\":\"ann\",\"c\":$(head -1 masked | jq .body.c)}" \
    "{\"a\":\"2001:db8::1\",\"b\":\"ann\",\"c\":$(head -1 masked | jq .body.c)}" '{"a":null,"b":7,"c":""}'
  [ "$(pii-mask -k k -p p --lines .b <<<ANN)" = "$(head -1 masked | jq -r .body.n)" ]
}

@test "pad: tokens have one length, and those of 0.1.0 can be unmasked and converted" {
  mask '.a siv pad\n.b siv pad=64' '{"a":"1.2.3.4","b":"x"}' '{"a":"203.0.113.77","b":"a longer text than that"}' '{"a":[1]}'
  [ "$(jq -r '.body.a | length' masked | sort -u | wc -l)" -eq 1 ]
  [ "$(jq -r '.body.b // empty | length' masked | sort -u | wc -l)" -eq 1 ]
  back '{"a":"1.2.3.4","b":"x"}' '{"a":"203.0.113.77","b":"a longer text than that"}' '{"a":[1]}'
  printf '{"body":{"masked_ip":"%s"},"pii":{"key":"%s"}}\n' "$(pii mask k ip s 203.0.113.77)" "$ID" >old
  [ "$(pii-unmask -k k <old)" = '{"body":{"ip":"203.0.113.77"}}' ]
  pii-mask -k k <old | cmp - old
  pii-mask --rewrap -k k <old >new
  [ "$(jq -r .body.masked_ip new)" = "$(pii mask k ip S 203.0.113.77)" ]
  pii-mask --rewrap -k k <new | cmp - new
  # Sealed content is also padded.
  echo '{"body":"x"}' | pii-mask -q -k k >one 2>/dev/null
  echo '{"body":"xyz"}' | pii-mask -q -k k >two 2>/dev/null
  [ "$(jq -r '.sealed | length' one)" -eq "$(jq -r '.sealed | length' two)" ]
}

@test "ff1 keep: the first characters stay, and are part of the tweak" {
  mask '.t ff1 keep=2 as m\n.h ff1 hex' '{"t":"+48 123 456 789"}' '{"t":48123456789}' '{"t":"49123456789"}' '{"h":"deadbeef"}'
  [ "$(codes)" = '- - - -' ]
  run jq -r '.body | .m // .h' masked
  [[ ${lines[0]} =~ ^'+48 '[0-9]{3}' '[0-9]{3}' '[0-9]{3}$ ]]
  [ "$(tr -d ' +' <<<"${lines[0]}")" = "${lines[1]}" ]
  [[ ${lines[2]} == 49* && ${lines[2]:2} != "${lines[1]:2}" && ${lines[3]} =~ ^[0-9a-f]{8}$ ]]
  back '{"t":"+48 123 456 789"}' '{"t":48123456789}' '{"t":"49123456789"}' '{"h":"deadbeef"}'
  mask '.t ff1 keep=2\n.h ff1 hex' '{"t":"4812345"}' '{"h":"DEADBEEF"}' '{"h":"beef"}'
  [ "$(codes)" = 'value value value' ]
}

@test "the programs compute the vectors of the manual page" {
  local rule value masked count=0
  echo 'pii1 2d6f0e6f primary AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' >known
  chmod 600 known
  while IFS='|' read -r rule value masked; do
    echo "$rule" >p
    printf '{"u":"u1","%s":%s}\n' "$(sed 's/^\.\([a-z]*\).*/\1/' p)" "$value" >in
    run pii-mask -q --root . -k known -p p <in
    echo "$rule: $output"
    [[ $output == *":$masked,\"pii\""* ]]
    # The page also has them.
    grep -qF -e "$(tr -d '"' <<<"$masked")" "$ROOT/man/pii-policy.5"
    count=$((count + 1))
  done < <(grep '^\.' "$ROOT/tests/vectors/methods.txt")
  [ "$count" -ge 9 ]
}

@test "another implementation makes the same of uuid, email, shift, round, and ff1 with keep and hex" {
  mask '.a uuid\n.b email in mail\n.c shift days=365 by=.n\n.d ff1 keep=2\n.e ff1 hex\n.f round unit=250\n.g round year' \
    '{"a":"0190163d-8694-739b-aea5-966c26f8ad91","b":"Ann@Example.ORG","c":"2024-02-29","n":17,"d":"48123456789","e":"deadbeef00","f":-1234.56,"g":"2024-02-29T10:11:12.345+02:00"}'
  run jq -r '.body | .a, .b, .c, .d, .e' masked
  [ "${lines[0]}" = "$(pii uuid k a 0190163d-8694-739b-aea5-966c26f8ad91)" ]
  [ "${lines[1]}" = "$(pii email k mail Ann@Example.ORG)" ]
  [ "${lines[2]}" = "$(pii shift k c 365 j 17 2024-02-29)" ]
  [ "${lines[3]}" = "$(pii ff1 k d digits 48123456789 2)" ]
  [ "${lines[4]}" = "$(pii ff1 k e hex deadbeef00)" ]
  grep -qF "\"f\":$(pii round 250 -1234.56)," masked
  grep -qF "\"g\":\"$(pii round year 2024-02-29T10:11:12.345+02:00)\"" masked
}

@test "another implementation makes the same from only the key file and the manual" {
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

@test "--print-policy prints all options; an error names a wrong one and its place" {
  printf '.a ff1\n.b truncate v6=56\n.c partial keep=2 as d\n.e ff1 alphabet=alnum62 in x as y\nattributes.z ff1 alphabet=alnum36\n' >p
  run pii-mask --print-policy -p p
  [ "$output" = '# paths below .body
.a ff1 alphabet=digits in a
.b truncate v4=24 v6=56
.c partial keep=2 as d
.e ff1 alphabet=alnum62 as y in x
attributes.z ff1 alphabet=alnum36 in z
other keep
unmatched seal
near seal' ]
  pii-mask --print-policy -p p >q
  pii-mask --print-policy -p q | cmp - q
  local text
  while IFS='|' read -r place says text; do
    printf '%s\n' "$text" >p
    run -78 --separate-stderr pii-mask -k k -p p </dev/null
    [[ $stderr == "pii-mask: error: p:$place: $says"* ]]
  done <<'END'
1:12|not an option of this method: last=2|.a partial last=2
1:8|not an option of this method: x=1|.a ff1 x=1
1:8|not an option of this method: alphabet=digits|.a siv alphabet=digits
1:8|not a value of this option: alphabet=octal|.a ff1 alphabet=octal
1:13|not a value of this option: v4=32|.a truncate v4=32
1:13|not a value of this option: v4=024|.a truncate v4=024
1:13|not a value of this option: v6=|.a truncate v6=
1:20|unexpected word: v4=9|.a truncate v4=8   v4=9
1:13|unexpected word: keep=3|.a siv as b keep=3
1:4|an option that this method needs is missing: round|.a round
1:4|an option that this method needs is missing: shift|.a shift by=.b
1:20|not a path|.a shift days=9 by=b
1:20|by= must name one value|.a shift days=9 by=.b[0]
1:10|not a value of this option: domains=A.example|.a email domains=A.example
1:8|unexpected word: hexa|.a ff1 hexa
1:8|not a value of this option: pad=1|.a siv pad=1
END
}

@test "an error about an option names the options of the method" {
  local text hint
  while IFS='|' read -r text hint; do
    printf '%s\n' "$text" >p
    run -78 --separate-stderr pii-mask -k k -p p </dev/null
    echo "$stderr"
    [ "${stderr_lines[1]}" = "pii-mask: hint: use ${hint//\//|}" ]
  done <<'END'
.a partial last=2|the options of partial: keep=0..64
.a siv alphabet=hex|the options of siv: canonical=ip/lower/trim, pad=2..4096
.a truncate v4=32|the options of truncate: v4=0..31, v6=0..127
.a round|the options of round: unit=day/month/year/1..999999999
.a shift days=9|the options of shift: days=1..99999, by=PATH
.a email keep=1|the options of email: domains=DOMAIN,...
.a redact keep=1|redact without options
END
}

@test "rules of one method and domain must agree in pad and canonical, and by must be restorable: else 78" {
  local text
  while IFS='|' read -r place text; do
    printf '%b\n' "$text" >p
    run -78 --separate-stderr pii-mask -k k -p p </dev/null
    echo "$text: $stderr"
    [[ $stderr == "pii-mask: error: p:$place: rules of one method and domain must agree"* ||
      $stderr == "pii-mask: error: p:$place: by= must name one value"* ]]
  done <<'END'
2:1|.a siv pad in x\n.b siv in x
2:1|.a siv pad in x\n.b siv pad=32 in x
3:1|.a hmac canonical=ip in x\n.c siv in x\n.b hmac canonical=trim in x
2:12|.x siv pad\nattributes.x siv
1:1|.a shift days=9 by=.b\n.b hmac
1:1|.a shift days=9 by=.b\n.b drop
1:1|.a shift days=9 by=.b\n.c siv as b
1:1|.a shift days=9 by=.a
1:1|.a shift days=9 by=.b\n.b shift days=9 by=.c
2:1|.b siv\n.a shift days=9 by=.b.c
2:1|.b.c siv as d\n.a shift days=9 by=.b
END
  printf '.a siv pad in x\n.b siv in y\n.c hmac in x\n.d ff1 keep=2 in x\n.e ff1 in x\n.f shift days=9 by=.g\n' >p
  pii-mask -k k -p p </dev/null
}

@test "a message attribute is masked with its method, and is clear nowhere else" {
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
