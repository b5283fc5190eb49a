#!/usr/bin/env bats
# Policies: files and --mask, their effect on records, and their errors.

load ../lib/common
load ../lib/pii

setup() { pii_setup; }

# mask LINE...: pass lines through pii-mask with the policy in ./p, and remove "pii".
mask() { printf '%s\n' "$@" | pii-mask -k k -p p 2>/dev/null | sed 's/,"pii":{"key":"[0-9a-f]*"}}$/}/'; }

# says TEXT PLACE: succeed when the policy in ./p is refused at LINE:COLUMN.
says() {
  run -78 --separate-stderr pii-mask -k k -p p </dev/null
  echo "$stderr"
  [[ $stderr == "pii-mask: error: p:$2: $1"* ]]
  run -78 pii-unmask -k k -p p </dev/null
  run -78 pii-mask --print-policy -p p
}

@test "the printed built-in policy has the same effect" {
  run pii-mask --print-policy
  [ "$output" = '# paths below .body
.ip siv pad as masked_ip in ip
.device_id siv pad as masked_device_id in device_id
other keep
unmatched seal
near seal' ]
  pii-mask --print-policy >p
  pii-mask -p p --print-policy | cmp - p
  pii-unmask --print-policy | cmp - p
  echo '{"body":{"ip":1,"device_id":2}}' >in
  cmp <(pii-mask -k k <in) <(pii-mask -k k -p p <in)
}

@test "a printed policy is one, also with options of the value 0" {
  printf '.ip truncate v4=0 v6=0\n.a partial keep=0\n.s siv pad\n.h hmac canonical=lower\n' >p
  pii-mask -p p --print-policy >printed
  pii-mask -p printed --print-policy | cmp - printed
  echo '{"body":{"ip":"203.0.113.77","a":"Ann Smith, Berlin","s":"x","h":"Y"}}' >in
  cmp <(pii-mask -k k -p p <in) <(pii-mask -k k -p printed <in)
}

@test "a policy file: every kind of line" {
  cat >p <<'END'
# who it is
.user.email   hmac   as email_hash
.user.name    redact                 # not needed
.devices[].id siv in device_id
."odd # key"  siv as "another key" in "some domain"
.secret       drop
.user.age     keep
require .user.email

attributes.trace keep
attributes.ip    siv
other drop
END
  run mask '{"body":{"user":{"email":"a@b.c","name":"A","age":7,"more":1},"devices":[{"id":"d","x":1},{"y":2}],"odd # key":1,"secret":2,"rest":3},"attributes":{"trace":{"type":"String","value":"t"},"ip":{"type":"String","value":"203.0.113.77"},"q":1}}'
  [ "$(sed -E 's/(siv1|hmac1)\.[^"]*/\1/g' <<<"$output")" = '{"body":{"user":{"email_hash":"hmac1","name":"[redacted]","age":7},"devices":[{"id":"siv1"},{}],"another key":"siv1"},"attributes":{"trace":{"type":"String","value":"t"},"ip":{"type":"String","value":"siv1"}}}' ]
  run mask '{"body":{"user":{"name":"A"}}}'
  jq -e '.error.code == "missing" and (.error.detail | contains(".user.email"))' <<<"$output"
}

@test "paths in one domain share tokens, and other domains do not" {
  printf '.a siv in d\n.b siv in d\n.c siv\n' >p
  run mask '{"body":{"a":"x","b":"x","c":"x"}}'
  jq -e '.body.a == .body.b and .body.a != .body.c' <<<"$output"
}

@test "other drop and quarantine: nothing passes within what is only mentioned" {
  echo '{"body":{"d":"2024-05-01","u":{"e":{"deep":"a@b.com"}},"l":["x",{"y":"a@b.com"}]}}' >in
  for line in 'require .u' 'require .u.e' 'require .l' 'require .l[]' 'unmatched keep when .u x'; do
    printf '.d siv\n%s\nother drop\n' "$line" >p
    pii-mask -q -k k -p p <in >once
    run -1 grep -F a@b.com once
    pii-mask -q -k k -p p <once | cmp - once
    # pii-scan reports the same.
    pii-scan --json -p p <in | jq -es 'map(select(.personal)) | length == 2 and all(.policy == "drop")'
    printf '.d siv\n%s\nother quarantine\n' "$line" >p
    pii-mask -q -k k -p p <in | jq -e '.error.code == "unnamed"'
  done
  # A value there is named by it, and with keep all of it is.
  printf '.d shift days=30 by=.u\nrequire .u\nother drop\n' >p
  run -0 mask '{"body":{"d":"2024-05-01","u":"x"}}'
  [[ $output == *',"u":"x"}}' ]]
  printf '.d redact\nrequire .u\n.u keep\nother drop\n' >p
  run -0 mask "$(<in)"
  jq -e '.body == {d: "[redacted]", u: {e: {deep: "a@b.com"}}}' <<<"$output"
}

@test "other quarantine: unnamed members do not pass" {
  printf '.a redact\nother quarantine\n' >p
  [ "$(mask '{"body":{"a":1}}')" = '{"body":{"a":"[redacted]"}}' ]
  run mask '{"body":{"a":1,"b":"203.0.113.77"}}'
  jq -e '.error.code == "unnamed"' <<<"$output"
  [[ $output != *203.0.113.77* ]]
}

@test "--root . for plain lines" {
  run --separate-stderr pii-mask -k k --root . <<<'{"ip":"203.0.113.77","user":1}'
  [[ $output == '{"masked_ip":"siv1.'*'","user":1,"pii":{"key":"'"$ID"'"}}' ]]
  run --separate-stderr pii-unmask -k k --root . <<<"$output"
  [ "$output" = '{"ip":"203.0.113.77","user":1}' ]
  # A wrong record there is sealed, except for sqs.
  run --separate-stderr pii-mask -k k --root . <<<'{"masked_ip":"203.0.113.77","user":203,"sqs":{"a":1}}'
  [[ $output == '{"sqs":{"a":1},"error":{"stage":"mask","code":"collision",'*'"sealed":"seal1.'* ]]
  [[ $output != *203.0.113.77* && $output != *user* ]]
  run --separate-stderr pii-unmask -k k --root . <<<"$output"
  [[ $output == *'"masked_ip":"203.0.113.77","user":203}' ]]
}

@test "masked in place: it passes again, but not with a clear value" {
  echo '.email siv' >p
  pii-mask -k k -p p <<<'{"body":{"email":"a@b.c"}}' >once
  pii-mask -k k -p p <once | cmp - once
  run --separate-stderr pii-mask -k k -p p < <(jq -c '.body.email = "d@e.f"' once)
  jq -e '.error.code == "mixed"' <<<"$output"
  [[ $output != *d@e.f* ]]
}

@test "errors: 78, with file, line and column" {
  printf '.ip siv\n.b  rot13 as c\n' >p
  says 'unknown method: rot13' 2:5
  [[ $(pii-mask -k k -p p 2>&1 </dev/null) == *'hint: use one of the methods siv, hmac, ipcrypt, ipcrypt-pfx, ff1, uuid, email, truncate, round, shift, partial, redact, sha256, drop, keep'* ]]
  echo '.a siv as' >p
  says 'a word is missing here' 1:10
  echo '.a siv like b' >p
  says 'unexpected word: like' 1:8
  echo '.a..b siv' >p
  says 'not a path' 1:4
  printf '\n.a siv\n.a.b hmac\n' >p
  says 'the path is inside or around the path' 3:1
  printf '.a siv\n.a hmac\n' >p
  says 'an earlier rule has this path or name' 2:1
  printf '.a siv as x\r\n.b siv as x\r\n' >p
  says 'an earlier rule has this path or name' 2:11
  echo '.a siv as "x' >p
  says 'the JSON string is not closed' 1:11
  echo 'other maybe' >p
  says 'unexpected word: maybe' 1:7
  printf '.a siv\n\xff\n' >p
  says 'not UTF-8' 2
  printf '.a[] siv\n.a[0].b siv\n' >p
  says '[N] beside []' 2:1
}

@test "policy files that cannot be read, or that others may write" {
  run -78 --separate-stderr pii-mask -k k -p none </dev/null
  [[ $stderr == *'none: cannot be opened: No such file or directory'* ]]
  run -78 --separate-stderr pii-mask -k k -p . </dev/null
  [[ $stderr == *'.: neither a regular file nor a pipe'* ]]
  echo '.a siv' >p
  for mode in 666 620 602; do
    chmod "$mode" p
    run -77 --separate-stderr pii-mask -k k -p p </dev/null
    [[ $stderr == *'p: its group or others may write it'* ]]
  done
  chmod 644 p
  pii-mask -k k -p p </dev/null
  pii-mask -k k -p <(cat p) </dev/null
  head -c 300000 /dev/zero | tr '\0' '#' >p
  run -78 pii-mask -k k -p p </dev/null
  [[ $output == *'larger than a policy can be'* ]]
}

@test "each shipped policy works on its example" {
  local file
  for file in "$ROOT"/share/policies/*; do
    pii-mask --print-policy -p "$file" >/dev/null
    # The comment that begins with "for:" has a record for each policy.
    sed -n 's/^# for: //p' "$file" >in
    [ -s in ]
    pii-mask -k k -p "$file" <in >masked
    run -1 grep -qF 203.0.113.77 masked
    run -1 grep -qF '"error"' masked
  done
}

@test "a policy that masks nothing is refused: it would let everything pass in clear" {
  local text
  for text in '' '# only a comment' 'require .ip' '.ip keep' 'attributes.x keep'; do
    printf '%s\n' "$text" >p
    run -78 --separate-stderr pii-mask -k k -p p </dev/null
    [[ $stderr == *'error: p'*'the policy masks nothing'* ]]
  done
  # With an explicit line it is the user's choice.
  echo 'other keep' >p
  run -0 pii-mask -k k -p p </dev/null
}

@test "other decides about the root's members, also where no path enters it" {
  local text body='{"body":{"ip":"203.0.113.77","a":[1]},"sqs":{"m":1}}'
  for text in 'other drop' 'attributes.x keep\nother drop'; do
    printf '%b\n' "$text" >p
    [ "$(pii-mask -k k -p p <<<"$body" | jq -c 'del(.pii)')" = '{"body":{},"sqs":{"m":1}}' ]
    [ "$(pii-mask -k k -p p --root . <<<"$body" | jq -c 'del(.pii)')" = '{"sqs":{"m":1}}' ]
  done
  printf 'other quarantine\n' >p
  [ "$(pii-mask -q -k k -p p <<<"$body" | jq -r .error.code)" = unnamed ]
  [ "$(pii-mask -k k -p p <<<'{"body":{}}' | jq -c .body)" = '{}' ]
}
