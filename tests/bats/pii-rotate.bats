#!/usr/bin/env bats
# After a rotation: records moved to the new key, values found under both;
# and the vectors of --self-test.

load ../lib/common
load ../lib/pii

setup() {
  pii_setup
  OLD=$ID
}

# rotated: add a second key; NEW is its id.
rotated() {
  pii-keygen -q --rotate k
  NEW=$(pii-keygen --list k | awk '$2 == "primary" { print $1 }')
}

all_methods() {
  cat >policy <<'END'
.a siv as masked_a
.list[].b siv
.ip ipcrypt as masked_ip
.net ipcrypt-pfx
.id ff1 as masked_id in ids
.code ff1 alphabet=alnum62
.h hmac as token
.place truncate
.r redact
attributes.x siv
unmatched keep
END
  cat >in <<'END'
{"sqs":{"m":1},"body":{"a":12345678901234567891,"list":[{"b":"1"},{"b":null},{"b":1.10}],"ip":"203.0.113.77","net":"2001:db8::77"},"attributes":{"x":{"type":"String","value":"203.0.113.77"}}}
{"body":{"id":"593-47-5928","code":"aB3-xYz9Q","h":"593-47-5928","place":"203.0.113.77","r":1,"n":[1.10, 2]}}
{ "body" : { "a" : {"b" : "203.0.113.77"} , "a":"" } }
{"body":{}}
END
}

@test "--rewrap gives the same bytes as masking under the new key" {
  all_methods
  mask -p policy <in >old 2>/dev/null
  rotated
  mask -p policy <in >new 2>/dev/null
  run -1 cmp -s old new
  mask -v -p policy --rewrap <old >moved 2>err
  grep -q 'records=4 rewrapped=4 resealed=0 passed=0 errors=0 ' err
  # Irreversible values stay under their key.
  sed "s/hmac1\.$OLD\.[A-Za-z0-9_-]*/X/" moved >moved.less
  sed "s/hmac1\.$NEW\.[A-Za-z0-9_-]*/X/" new >new.less
  cmp moved.less new.less
  grep -q "hmac1\.$OLD" moved
  run -1 grep -qF -e 203.0.113.77 -e 593-47-5928 moved err
  # A second run has nothing to do; unmasking works in both cases.
  mask -v -p policy --rewrap <moved 2>err | cmp - moved
  grep -q 'records=4 rewrapped=0 resealed=0 passed=4 errors=0 ' err
  cmp <(unmask -p policy <moved | jq -c 'del(.body.token)') <(unmask -p policy <old | jq -c 'del(.body.token)')
}

@test "--rewrap moves sealed errors, also those with clear content beside them" {
  printf '%s\n' 'no record 203.0.113.77' '{"sqs":{"m":1},"body":"203.0.113.77"}' |
    mask >old 2>/dev/null
  rotated
  sed 's/^{/{"body":{"ip":"203.0.113.77"},/' old | head -1 >>old
  mask -v --rewrap <old >moved 2>err
  grep -q 'records=3 rewrapped=0 resealed=3 passed=0 errors=0 ' err
  [ "$(grep -c "\"sealed\":\"seal1\.$NEW\." moved)" -eq 3 ]
  run -1 grep -qF -e "$OLD" -e 203.0.113.77 moved
  [ "$(unmask <moved | head -2 | jq -r '.line // .body' | xargs)" = 'no record 203.0.113.77 203.0.113.77' ]
  # Without the old key, the others still work.
  grep -v decrypt-only k >new
  chmod 600 new
  [ "$(pii-unmask -k new <moved | head -1 | jq -r .line)" = 'no record 203.0.113.77' ]
}

@test "--rewrap lets nothing clear pass, and loses no content of refused records" {
  mask <<<'{"body":{"ip":"203.0.113.77"}}' >masked
  local token last
  token=$(jq -r .body.masked_ip masked) last=$(jq -r .body.masked_ip masked | tail -c 2)
  rotated
  {
    sed 's/"masked_ip"/"ip":"203.0.113.77","masked_ip"/' masked
    sed "s/$token/${token%?}$([ "$last" = A ] && echo B || echo A)/" masked
    sed "s/$token/203.0.113.77/" masked
    sed "s/$OLD\"/00000000\"/" masked
    sed "s/$token/siv1.00000000.${token#siv1.*.}/" masked
    echo '{"body":{"email":"203.0.113.77"}}'
    echo '{"body":{"masked_ip":"203.0.113.77"}}'
    echo '{"body":{"ip":"203.0.113.77"},"error":{"code":"x"}}'
    echo 'no record 203.0.113.77'
    jq -c '.attributes={x:"203.0.113.77"}' masked
    jq -c '.body=[203]' masked
  } >in
  run -1 --separate-stderr pii-mask -k k --rewrap <in
  printf '%s\n' "${lines[@]}" >out
  [ "$(wc -l <out)" -eq 11 ]
  [[ $stderr != *203.0* ]]
  run -1 grep -qF -e 203.0.113.77 out
  [ "$(jq -r .error.code out | xargs)" = 'mixed mixed mixed mixed mixed mixed token mixed syntax mixed root' ]
  # These errors are our own: they pass pii-mask unchanged.
  mask <out 2>/dev/null | cmp - out
  [ "$(grep -c '"sealed":"seal1\.' out)" -eq 11 ]
  # --rewrap does not mask clear values.
  unmask <out 2>/dev/null | jq -c 'del(.error)' >back || true
  [ "$(sed -n 1p back)" = "$(head -1 in | jq -c .)" ]
  [ "$(sed -n 9p back | jq -r .line)" = 'no record 203.0.113.77' ]
  [ "$(sed -n 5p back)" = "$(sed -n 5p in | jq -c .)" ]
}

@test "--rewrap: rows without pii must show that they are masked, or are sealed" {
  local policy='-m .a=siv:b -m .h=hmac -m .n=ipcrypt'
  # shellcheck disable=SC2086
  mask $policy <<<'{"body":{"a":1,"h":2,"n":"203.0.113.77"}}' | jq -c .body >row
  rotated
  {
    cat row
    jq -c 'del(.n)' row
    jq -c 'del(.n) | .h="hidden"' row
    jq -c 'del(.n) | .b="hidden"' row
    jq -c "del(.n) | .b=\"siv1.00000000.\(.b[14:])\"" row
    echo '{"x":"hidden"}'
    echo '{"b":null}'
    jq -c 'del(.n) | .attributes={x:"hidden"}' row
    jq -c 'del(.n) | .a="hidden"' row
  } >in
  # shellcheck disable=SC2086
  run -1 --separate-stderr pii-mask -k k $policy --root . --rewrap <in
  printf '%s\n' "${lines[@]}" >out
  [ "$(jq -r '.error.code // "-"' out | xargs)" = 'unknown-key - mixed token unknown-key mixed - mixed mixed' ]
  run -1 grep -q hidden out
  # shellcheck disable=SC2086
  mask $policy --root . --key-id "$OLD" --rewrap <row >moved
  # shellcheck disable=SC2086
  [ "$(unmask $policy --root . --key-id "$NEW" <moved | jq -c 'del(.h)')" = '{"a":1,"n":"203.0.113.77"}' ]
}

@test "--rewrap judges records as masking does: redacted, sealed, near, other; with pii and without" {
  printf '.ip siv as m\ndetect ipv4 redact\ndetect email seal\n' >p
  mask -p p <<<'{"body":{"ip":"192.0.2.1"}}' >masked
  rotated
  {
    jq -c '.body.x = "at 203.0.113.77"' masked
    jq -c '.body.x = "ann@example.org"' masked
    jq -c '.body.x = {ip: "203.0.113.77"}' masked
    jq -c '.body.IP = "203.0.113.77"' masked
  } >with
  jq -c 'del(.pii)' with >without
  local records
  for records in with without; do
    run -1 --separate-stderr pii-mask -k k -p p --rewrap <"$records"
    printf '%s\n' "${lines[@]}" >out
    [ "$(jq -r '.error.code // .body.x' out | xargs -d '\n')" = $'at [ipv4] detect near near' ]
    run -1 grep -e 203.0 -e ann@ out
    [ "$(head -1 out | jq -r .body.m)" != "$(jq -r .body.m masked)" ]
    # A second time it is the same, under the same key.
    head -1 out | mask -p p --rewrap | cmp - <(head -1 out)
  done
  # A table need not have the other members that records must have.
  printf '.ip siv as m\n.user keep\nrequire .user\n' >p
  jq -c 'del(.pii)' masked | mask -p p --rewrap | jq -e .body.m >/dev/null
  printf '.ip siv as m\nother quarantine\n' >p
  jq -c 'del(.pii) | .body.x = "203.0.113.77"' masked >row
  run -1 --separate-stderr pii-mask -k k -p p --rewrap <row
  [ "$(jq -r .error.code <<<"$output")" = unnamed ]
}

@test "rows of the database: --rewrap and --lines find and move them" {
  mask <<<'{"body":{"ip":"203.0.113.77","device_id":"593-47-5928"}}' | jq -c .body >row
  rotated
  # The row is found under the old key, although the new one masks.
  mask --lines .ip <<<203.0.113.77 >tokens
  [ "$(wc -l <tokens)" -eq 2 ]
  [[ $(head -1 tokens) == siv1.$NEW.* && $(tail -1 tokens) == siv1.$OLD.* ]]
  grep -qxF "$(jq -r .masked_ip row)" tokens
  mask --root . --rewrap <row >moved
  [ "$(jq -r .masked_ip moved)" = "$(head -1 tokens)" ]
  [ "$(jq -c keys moved)" = '["masked_device_id","masked_ip"]' ]
  # Methods whose values do not name their key need it as an option.
  mask -m .ip=ipcrypt:x <<<'{"body":{"ip":"203.0.113.77"}}' | jq -c .body >new
  sed -E "/ $NEW /s/primary/decrypt-only/; / $OLD /s/decrypt-only/primary/" k >back
  chmod 600 back
  run -1 pii-mask -k back --root . -m .ip=ipcrypt:x --rewrap <new
  [[ $output == *unknown-key* ]]
  pii-mask -k back --root . -m .ip=ipcrypt:x --rewrap --key-id "$NEW" <new >out
  [ "$(pii-unmask -k back --root . -m .ip=ipcrypt:x --key-id "$OLD" <out)" = '{"ip":"203.0.113.77"}' ]
  run -64 pii-mask -k back --root . -m .ip=ipcrypt:x --rewrap --key-id 00000000 </dev/null
  run -64 pii-mask -k k --key-id "$NEW" </dev/null
}

@test "--lines: each input line gives one line per key, whatever it holds" {
  printf '203.0.113.77\r\n\n\xff\nten per cent: ä "\\\n' >in
  run -1 --separate-stderr pii-mask -k k -v --lines .ip <in
  [[ $stderr == *'error: 1 of 4 lines could not be masked, the first is line 3'* ]]
  [[ $stderr == *'lines=4 masked=2 empty=1 errors=1 '* ]]
  pii-mask -k k --lines .ip <in >out 2>/dev/null || true
  [ "$(wc -l <out)" -eq 4 ]
  [ "$(sed -n 1p out)" = "$(mask <<<'{"body":{"ip":"203.0.113.77"}}' | jq -r .body.masked_ip)" ]
  [ -z "$(sed -n 2,3p out | tr -d '\n')" ]
  cmp <(unmask --lines .ip <out) <(printf '203.0.113.77\n\n\nten per cent: ä "\\\n')
  rotated
  pii-mask -k k --lines .ip <in >out 2>/dev/null || true
  [ "$(wc -l <out)" -eq 8 ]
  [ "$(unmask --lines .ip <out | uniq | head -1)" = 203.0.113.77 ]
  # In another domain the token differs, and does not open.
  run -1 --separate-stderr pii-unmask -k k --lines .device_id <<<"$(head -1 out)"
  [ -z "$output" ]
  [[ $stderr == *'1 of 1 lines could not be unmasked, the first is line 1'* && $stderr != *siv1* ]]
  # A line over the maximum is also counted.
  head -c 5000 /dev/zero | tr '\0' x >long
  echo >>long
  echo y >>long
  run -1 --separate-stderr pii-mask -k k --max-record 1k --lines .ip <long
  [ "${#lines[@]}" -eq 2 ]
}

@test "--lines: values that are not plain text become JSON, one per line" {
  mask >out <<'END'
{"body":{"ip":4}}
{"body":{"ip":"4"}}
{"body":{"ip":"two\nlines"}}
{"body":{"ip":[1, "x"]}}
END
  [ "$(jq -r .body.masked_ip out | unmask --lines .ip)" = "$(printf '4\n4\n"two\\nlines"\n[1, "x"]')" ]
}

@test "--lines: characters that ff1 keeps stay unescaped, to be compared and undone" {
  printf '593\t47"5928/€\n' >in
  mask -m .id=ff1 --lines .id <in >out
  [[ $(<out) =~ ^[0-9]{3}$'\t'[0-9]{2}'"'[0-9]{4}/€$ ]]
  [ "$(unmask -m .id=ff1 --key-id "$OLD" --lines .id <out)" = '"593\t47\"5928/€"' ]
}

@test "--lines follows the policy: method, options, domain, attributes" {
  all_methods
  [ "$(mask -p policy --lines .id <<<593-47-5928)" = \
    "$(mask -p policy <<<'{"body":{"id":"593-47-5928"}}' 2>/dev/null | jq -r .body.masked_id)" ]
  [ "$(mask -p policy --lines .id <<<593-47-5928 | unmask -p policy --key-id "$OLD" --lines .id)" = 593-47-5928 ]
  [ "$(mask -p policy --lines .ip <<<2001:0DB8::1 | unmask -p policy --key-id "$OLD" --lines .ip)" = 2001:db8::1 ]
  [ "$(mask -p policy --lines attributes.x <<<x | unmask -p policy --lines attributes.x)" = x ]
  [ "$(mask -p policy --lines '.list[].b' <<<x)" = "$(mask -p policy --lines '.["list"][].b' <<<x)" ]
  [ "$(mask -p policy --lines .place <<<203.0.113.77)" = 203.0.113.0 ]
  rotated
  # A method without a key makes one value for any number of keys.
  [ "$(mask -p policy --lines .r <<<x | wc -l)" -eq 1 ]
  [ "$(mask -p policy --lines .h <<<x | wc -l)" -eq 2 ]
  run -1 pii-mask -k k -p policy --lines .ip <<<nonsense
  local path
  for path in .nothing .masked_a . x ''; do
    run -64 --separate-stderr pii-mask -k k -p policy --lines "$path" </dev/null
    [[ $stderr == *'the policy names no such path'* ]]
  done
  for path in .h .place .r; do
    run -64 --separate-stderr pii-unmask -k k -p policy --lines "$path" </dev/null
    [[ $stderr == *"option --lines $path: "*' cannot be undone'* ]]
  done
  run -64 --separate-stderr pii-unmask -k k -p policy --lines .id </dev/null
  [[ $stderr == *'--key-id is needed'* ]]
  run -64 pii-mask -k k -m .x=drop -m .y=siv --lines .x </dev/null
  run -64 pii-mask -k k --lines .ip --rewrap </dev/null
}

@test "--lines and --rewrap answer before the next line comes, and detect a failed output" {
  local pid
  coproc MASK { exec pii-mask -k k --lines .ip; }
  pid=$MASK_PID
  echo 203.0.113.77 >&"${MASK[1]}"
  read -rt 20 answer <&"${MASK[0]}"
  [[ $answer == siv1.* ]]
  eval "exec ${MASK[1]}>&-"
  wait "$pid"
  run -74 bash -c 'echo x | pii-mask -k k --lines .ip >/dev/full'
  run -74 bash -c 'echo "{}" | pii-mask -k k --rewrap >/dev/full'
}

@test "--self-test computes the published vectors, and needs no key" {
  local program vector
  for program in pii-mask pii-unmask; do
    run -0 --separate-stderr $program --self-test
    [ -z "$stderr" ]
    [ "${#lines[@]}" -ge 14 ]
    [ "$(grep -vc '^passed ' <<<"$output")" -eq 0 ]
    for vector in 'AES-SIV, RFC 5297 A.1' 'AES-SIV, RFC 5297 A.2' 'HMAC-SHA-256, RFC 4231' \
      'HKDF-SHA-256, RFC 5869' 'draft-denis-ipcrypt' 'NIST SP 800-38G'; do
      [[ $output == *"$vector"* ]]
    done
    run -74 bash -c "$program --self-test >/dev/full"
  done
}

@test "--self-test ends with 70 when a vector fails, and names it" {
  preload wrong
  local program wrong
  for program in pii-mask pii-unmask; do
    for wrong in aes aes-fails sha256 sha256-fails; do
      WRONG=$wrong LD_PRELOAD=$PWD/wrong.so run -70 --separate-stderr $program --self-test
      echo "$output"
      [[ $stderr == *"$program: error: "[0-9]*' of the vectors failed' ]]
      # All vectors that depend on it fail, and no others.
      case $wrong in
      aes*) [ "$(grep '^failed ' <<<"$output" | cut -d' ' -f2 | sort -u | xargs)" = 'AES-256, AES-SIV, FF1, ipcrypt-deterministic' ] ;;
      *) [ "$(grep '^failed ' <<<"$output" | cut -d' ' -f2 | sort -u | xargs)" = 'HKDF-SHA-256, HMAC-SHA-256,' ] ;;
      esac
      [ "$(grep -c '^failed ' <<<"$output")" -eq "${stderr//[!0-9]/}" ]
    done
  done
  # With the library loaded and nothing wrong, all pass.
  LD_PRELOAD=$PWD/wrong.so pii-mask --self-test >out
  run -1 grep -q '^failed' out
}
