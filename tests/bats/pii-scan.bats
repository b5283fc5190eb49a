#!/usr/bin/env bats
# pii-scan: paths with personal values and the policy's action on them; no
# value is ever printed.

load ../lib/common
load ../lib/pii

setup() { pii_setup; }

# row PATH: print the line of --json in ./out for a path.
row() { jq -c --arg path "$1" 'select(.path == $path)' out; }
# personal: print the likely personal paths of ./out on one line.
personal() { jq -r 'select(.personal).path' out | xargs -d '\n' echo; }

@test "the sample: addresses and devices are found, and nothing else" {
  pii-scan --json <"$SAMPLE" >out
  [ "$(personal)" = '.ip .device_id' ]
  row .ip | jq -e '.records == 99 and .types == {"string":99} and .kinds.ip == 1 and .policy == null
    and .kinds.ipv4 + .kinds.ipv6 > 0.99 and (.distinct | . > 70 and . < 85)'
  row .user_id | jq -e '.kinds == {"user":1}'
  row .locale | jq -e '.types.null > 0 and .kinds == {}'
  no_canary out
}

@test "recall and precision by path are 0.95 at least, in six languages, over three sets of schemas" {
  local set
  for set in one two three; do
    run -0 "$ROOT/tests/lib/scan.py" "$(command -v pii-scan)" "scan_set_$set" "$(rounds 120 1000)"
    echo "# set $set: ${lines[-1]}" >&3
    [[ ${lines[-1]} =~ paths=[1-9][0-9]{2}' 'personal=[1-9][0-9]+' ' ]]
  done
}

@test "recall and precision hold for records of other producers, labelled path by path" {
  run -0 "$ROOT/tests/lib/scan_label.py" "$(command -v pii-scan)" "$ROOT/tests/vectors/scan_labels.tsv" "$(rounds 120 1000)"
  echo "# labels: ${lines[-1]}" >&3
  [[ ${lines[-1]} =~ paths=[1-9][0-9]{2}' 'personal=[1-9][0-9]+' ' ]]
}

@test "a scanner that finds nothing, or everything, fails this measure" {
  printf '#!/bin/sh\ncat >/dev/null\n' >nothing
  # shellcheck disable=SC2016  # jq's
  printf '#!/bin/sh\npii-scan "$@" | sed "s/\\"personal\\":false/\\"personal\\":true/"\n' >everything
  chmod +x nothing everything
  run -1 "$ROOT/tests/lib/scan.py" ./nothing scan_set_one 20
  run -1 "$ROOT/tests/lib/scan.py" ./everything scan_set_one 20
  [[ ${lines[-1]} == *'recall=1.0000 precision=0.'* ]]
  run -1 "$ROOT/tests/lib/scan_label.py" ./nothing "$ROOT/tests/vectors/scan_labels.tsv" 5
  run -1 "$ROOT/tests/lib/scan_label.py" ./everything "$ROOT/tests/vectors/scan_labels.tsv" 5
}

@test "no value and no key that is data is printed, in any form, for any record" {
  cat >in <<'END'
{"body":{"ip":"203.0.113.77","mail":"canary@example.com","n":4111111111111111,"t":"call +49 151 23456789 canary"}}
{"body":{"by_ip":{"203.0.113.77":1,"198.51.100.7":2},"by_mail":{"canary@example.com":{"a":"canary"}}}}
{"body":{"by_id":{"550e8400-e29b-41d4-a716-446655440000":1},"by_day":{"2024-01-15":1},"by_number":{"4711":1}}}
{"body":{"by_hash":{"d41d8cd98f00b204e9800998ecf8427e":{"x":1}},"j":"{\"mail\":\"canary@example.com\"}"}}
{"body":"canary@example.com","attributes":{"who":{"type":"String","value":"canary@example.com"}}}
{"body":{"Namé \u001b[31m\"":"canary"},"canary-free":{"email":"canary@example.com"}}
{"body":{"ip":"203.0.113.77"
canary canary@example.com
{"sqs":{},"error":{"stage":"mask","code":"syntax","detail":"canary"},"sealed":"seal1.canary"}
END
  printf '.mail siv\n' >p
  local form
  for form in '' --json --suggest; do
    # shellcheck disable=SC2086  # none or one
    pii-scan -v $form <in >out 2>err
    run -1 grep -aE '203\.0|198\.51|canary@|550e8400|2024-01|4711|d41d8|4111|23456789' out err
    run -1 grep -aP '[^\x20-\x7e\n]' out err
    [ -s out ]
  done
  run -1 --separate-stderr pii-scan --json -p p <in
  printf '%s\n' "$output" >out
  run -1 grep -aE '203\.0|198\.51|canary@|550e8400' out
  [ "$(row .by_ip.\{\} | jq -c .kinds)" = '{"ipv4":1}' ]
  row .by_mail.\{\} | jq -e '.personal and .kinds.email == 1'
  row '."Nam\u00e9 \u001b[31m\""'
  row .j | jq -e '.personal and .kinds.json == 1 and .kinds.email == 1'
  row attributes.who.value | jq -e '.personal and .policy == "drop"'
  pii-scan --json -q -p <(printf 'attributes.who hmac\nrecord."canary-free" siv\n.mail siv\n') <in >named || true
  [ "$(jq -r 'select(.path == ("attributes.who.value", "record.\"canary-free\".email")).policy' named | xargs)" = 'hmac siv' ]
  row 'record."canary-free".email' | jq -e .personal
  [ "$(row .mail | jq -r .policy)" = siv ]
}

@test "content packed into strings is inspected: JSON, base64, and one in the other" {
  local inner deep
  inner=$(printf '{"email":"canary@example.com"}' | base64 -w0)
  deep=$(jq -nc --arg a "$inner" '{data: $a} | tojson')
  # Either alphabet, with its padding or without.
  local url
  url=$(printf '{"q":">>>???","email":"canary@example.com"}' | base64 -w0)
  [[ $url == *[+/]*= ]]
  printf '{"a":%s,"b":"%s","c":"{\\"n\\":1}","d":"%s","e":"%s","f":"%s"}\n' "$deep" "$inner" \
    "$(head -c 24 /dev/zero | base64 -w0)" "$(tr +/ -_ <<<"$url")" "${url//=/}" >in
  pii-scan --root . --json <in >out
  [ "$(personal)" = '.a .b .e .f' ]
  row .a | jq -e '.kinds == {"email":1,"json":1,"base64":1}'
  row .b | jq -e '.kinds == {"email":1,"json":1,"base64":1}'
  row .c | jq -e '.kinds == {"json":1}'
  row .d | jq -e '.kinds == {}'
}

@test "with -p the status says whether the policy covers all personal paths" {
  run -0 --separate-stderr pii-scan -q -p "$ROOT/share/policies/default.policy" <"$SAMPLE"
  [ -z "$stderr" ]
  run -1 --separate-stderr pii-scan -p <(printf '.ip hmac\n') <"$SAMPLE"
  [[ $stderr == *'error: 1 of 2 likely personal paths are not covered by /dev/fd/'*', the first is .device_id'* ]]
  # keep is a decision; drop removes; a rule for an object covers its content.
  run -0 pii-scan -q -p <(printf '.ip keep\n.device_id drop\n') <"$SAMPLE"
  run -0 pii-scan -q -p <(printf '.user_id keep\nother drop\n') <"$SAMPLE"
  printf '{"a":{"b":[{"email":"canary@example.com"}]}}\n' >in
  run -0 pii-scan --root . -q -p <(printf '.a siv\n') <in
  run -0 pii-scan --root . -q -p <(printf '.b siv\ndetect email seal\n') <in
  run -1 pii-scan --root . -q -p <(printf '.b siv\ndetect phone seal\n') <in
  run -0 pii-scan --root . -q -p <(printf '.a.b[].email siv\n') <in
  run -1 pii-scan --root . -q -p <(printf '.a.b[].mail siv\n') <in
  run -78 --separate-stderr pii-scan -p <(printf '.ip nothing\n') <"$SAMPLE"
  [[ $stderr == 'pii-scan: error: /dev/fd/'*':1:5: '*nothing* ]]
  printf '.ip siv\n' >open
  chmod 666 open
  run -77 pii-scan -p open <"$SAMPLE"
  run -78 pii-scan -p absent <"$SAMPLE"
}

@test "the proposed policy does not rename a value to a key that the records have" {
  local records='{"body":{"ip":"203.0.113.77","masked_ip":"x"}}'
  pii-scan --suggest <<<"$records" >policy
  [ "$(grep -v '^#' policy | grep .)" = $'.ip siv pad\nunmatched seal\nnear seal' ]
  pii-mask -k k -p policy <<<"$records" >out
  jq -e '.error == null and .body.masked_ip == "x"' out
}

@test "a proposed policy does not seal the sample for a key as that of a rule" {
  local records
  while read -r records; do
    tr ';' '\n' <<<"$records" | jq -c '{body: .}' >in
    pii-scan --suggest <in >policy
    pii-mask -q -k k -p policy <in >out
    [ "$(jq -c 'select(.error)' out)" = '' ] || { echo "$records"; cat policy out; false; }
    run -1 grep -E '@b.com|4917|41111|203\.0' out
    run -0 pii-scan -q -p policy <in
  done <<'END'
{"email":"a@b.com","e_mail":true}
{"phone":"+491701234567","Phone":"mobile"}
{"email":"a@b.com","user":{"Email":"verified"}}
{"m":"a@b.com","user":{"ref":"u1@b.com"},"ref":"4111111111111111"}
{"m":"a@b.com","user":{"ref":"u1@b.com"},"ref":4111111111111111}
{"m":"a@b.com","a":{"ip":["203.0.113.7","203.0.113.8"]},"ip":"none"};{"m":"c@b.com","a":{"ip":[]},"ip":"none"}
{"email":"a@b.com","x":{"E-Mail":{"set":true}}};{"email":"c@b.com","x":"none"}
{"email":"a@b.com","list":[{"EMAIL":["none"]},{"EMAIL":{}}]}
END
  # Such a path passes by name; another that has the key of a rule is left to the check.
  echo '{"body":{"email":"a@b.com","e_mail":true,"x":{"email":"none"}}}' >in
  pii-scan --suggest <in >policy
  [ "$(grep -v '^#' policy | grep .)" = $'.email siv pad\n.e_mail keep\nunmatched seal\nnear seal' ]
  # Nulls of an array do not count against the records with values.
  echo '{"body":{"ips":[null,null,"203.0.113.7"]}}' >in
  pii-scan --suggest <in | grep -qx '.ips\[\] siv pad'
}

@test "the proposed policy is valid, and pii-mask with it leaves nothing in clear" {
  pii-scan --suggest <"$SAMPLE" >policy
  [ "$(grep -v '^#' policy | grep .)" = $'.ip siv pad as masked_ip\n.device_id siv pad as masked_device_id\nunmatched seal\nnear seal' ]
  pii-mask -k k -p policy --print-policy >/dev/null
  cat >in <<'END'
{"body":{"user":{"email":"canary@example.com","age":7},"odd key":{"phone":"+49 151 23456789"},"n":1}}
{"body":{"user":{"email":"canary@example.com"},"tags":["canary@example.com"],"seen":{"203.0.113.77":2},"x":"canary@example.com"}}
{"body":{"user":{"email":"canary@example.com"},"x":{"y":"canary@example.com"},"list":[{"ip":"203.0.113.77"}]}}
END
  pii-scan --suggest <in >policy
  pii-mask -k k -p policy <in >out
  run -1 grep -E 'canary|203\.0|23456789' out
  [ "$(jq -c 'select(.error)' out | wc -l)" -eq 0 ]
  [ "$(jq -r '.body.n' out | head -1)" = 1 ]
  run -0 pii-scan -q -p policy <in
  # If nothing is personal, only the paths of the sample pass.
  echo '{"body":{"sensor":"s1","odd key":{"x":1}}}' >in
  pii-scan --suggest <in >policy
  [ "$(grep -v '^#' policy | grep .)" = $'.sensor keep\n."odd key" keep\nother quarantine' ]
  [ "$(pii-mask -q -k k -p policy <in | jq -c .body)" = "$(jq -c .body in)" ]
  [ "$(pii-mask -q -k k -p policy <<<'{"body":{"sensor":"s1","note":"canary"}}' | jq -r .error.code)" = unnamed ]
}

@test "detect covers a path only where it finds the values as they are" {
  printf '.zz siv optional\nunmatched keep\ndetect ipv4,ipv6,mac,email,phone,card,iban,ssn,jwt seal\n' >policy
  local record
  while read -r record; do
    pii-mask -q -k k -p policy <<<"$record" | grep -q '"error"' && masked=0 || masked=1
    run pii-scan -q -p policy <<<"$record"
    [ "$status" -eq "$masked" ] || { echo "$status: $record"; false; }
  done <<'END'
{"body":{"ip":"203.0.113.77"}}
{"body":{"x":"203.0.113.77"}}
{"body":{"email":"ann@example.org"}}
{"body":{"q":"{\"m\":\"hi\\n203.0.113.77\"}"}}
{"body":["203.0.113.77"]}
{"body":{"card":4111111111111111}}
{"body":{"phone":48123456789}}
{"body":{"tel":"0048123456789"}}
{"body":{"ssn":"536221234"}}
{"body":{"email":"ann@localhost"}}
{"body":{"q":"MjAzLjAuMTEzLjc3IGlzIGl0"}}
END
  # One such value among many is enough.
  { yes '{"body":{"phone":"+48123456789"}}' | head -50; echo '{"body":{"phone":48123456789}}'; } >in
  run -1 pii-scan -q -p policy <in
}

@test "a proposed policy covers members beside the root, and beside the way to it" {
  local at
  cat >in <<'END'
{"body":{"to":"canary@example.com","detail":{"email":"canary@example.com","ip":"203.0.113.7"}},"trace":{"mail":"canary@example.com"},"n":1}
{"body":{"to":"canary@example.com","detail":{"email":"canary@example.com","ip":null}},"trace":{"mail":"canary@example.com"},"n":1}
END
  for at in .body .body.detail .trace; do
    pii-scan --root "$at" --suggest <in >policy
    pii-mask --root "$at" -k k -p policy <in >out
    [ "$(jq -c 'select(.pii and .n == 1)' out | wc -l)" -eq 2 ]
    run -1 grep -E 'canary|203\.0' out
    run -0 pii-scan --root "$at" -q -p policy <in
  done
  # A member beside the way is a path of the record, as in a policy.
  pii-scan --root .body.detail --json <in >out
  [ "$(personal)" = '.email .ip record.body.to record.trace.mail' ]
  run -1 pii-scan --root .body.detail -q -p <(printf '.email siv\n.ip siv\nrecord.trace.mail siv\n') <in
  run -0 pii-scan --root .body.detail -q -p <(printf '.email siv\n.ip siv\nrecord.trace.mail siv\nrecord.body.to drop\n') <in
}

@test "a proposed policy is valid for no personal values, rare values, and keys that are data" {
  # Unnameable members are not sealed if nothing is personal.
  printf '{"body":{"n":%d,"47110000":"Lamp"}}\n' 1 2 3 >in
  pii-scan --suggest <in >policy
  [ "$(grep -v '^#' policy | grep .)" = 'other keep' ]
  pii-mask -k k -p policy <in >out
  cmp <(jq -c .body in) <(jq -c .body out)
  # A rule that mostly finds nothing is optional, and so is one whose key means something else elsewhere.
  {
    echo '{"body":{"customer":{"name":"Anna Schmidt","email":"canary@example.com"},"product":{"name":"Lamp"}}}'
    printf '{"body":{"customer":{"name":null,"email":"%s@example.com"},"product":{"name":"Lamp"}}}\n' a b c
    echo '{"body":{"customer":null,"product":{"name":"Lamp"}}}'
  } >in
  pii-scan --suggest <in >policy
  grep -qx '.customer.name siv pad optional' policy
  grep -qx '.customer.email siv pad' policy
  grep -q '^# 4 of the 5 records ' policy
  pii-mask -k k -p policy <in >out
  [ "$(jq -r '.error.code // "-"' out | xargs)" = '- - - - unmatched' ]
  # Unnameable members seal the record; all known harmless members are named.
  {
    echo '{"body":{"canary@example.com":{"n":1},"user":{"mail":"canary@example.com","plan":"x","tags":["y"]},"odd \u00e9":{"z":1}}}'
    echo '{"body":{"user":{"mail":"canary@example.com","plan":"x","tags":["y"]},"odd \u00e9":{"z":1}}}'
  } >in
  pii-scan --suggest <in >policy
  run -1 grep -q canary policy
  pii-mask -k k -p policy <in >out
  [ "$(jq -r '.error.code // "-"' out | xargs)" = 'unnamed -' ]
  run -1 grep -q canary out
}

@test "on a terminal it prints the next step, and reports an empty root" {
  run -0 --separate-stderr pii-scan -v <"$SAMPLE"
  [[ $stderr == *'2 of 7 paths look personal; --suggest '* ]]
  run -0 --separate-stderr pii-scan -v --suggest <"$SAMPLE"
  [[ $stderr == *'review the policy'* ]]
  run -0 --separate-stderr pii-scan -v <<<'{"body":{"n":1}}'
  [[ $stderr == *'no key or value looks personal'* ]]
  run -0 --separate-stderr pii-scan --root .event <<<'{"body":{"n":1}}'
  [ "$stderr" = 'pii-scan: warning: no record has a value at .event: use --root to say where the event is' ]
  run -0 --separate-stderr pii-scan <"$SAMPLE"
  [ -z "$stderr" ]
}

@test "too many keys for names are joined; so are keys that are new in each record" {
  jq -nc '[range(65) | {key: "k\(.)", value: 1}] | from_entries | {wide: .}' >in
  jq -nc '[range(64) | {key: "k\(.)", value: 1}] | from_entries | {narrow: .}' >>in
  local i
  for i in $(seq 300); do
    printf '{"by_name":{"canary%s":{"mail":"c@example.com"}}}\n' "$(tr 0-9 a-j <<<"$i")"
  done >>in
  pii-scan --root . --json <in >out
  [ "$(jq -r .path out | grep -c '^\.narrow\.k')" -eq 64 ]
  [ "$(jq -r .path out | grep -c '^\.wide')" -eq 2 ]
  row .wide.\{\} | jq -e '.types.number == 65 and (.personal | not)'
  [ "$(jq -r .path out | grep '^\.by_name' | xargs)" = '.by_name .by_name.{}' ]
  row .by_name.\{\} | jq -e '.personal and .records == 300'
  run -1 grep canary out
}

@test "keys that differ in one byte are separate paths, in any order" {
  jq -nc '[range(1; 21) as $n | {key: "l\($n)", value: ([range($n + 1) as $i | {key: ([range($n) |
    if . == $i then "h" else "g" end] | add), value: 1}] | from_entries)}] | from_entries' >in
  jq -c 'map_values(to_entries | reverse | from_entries)' in >reversed
  cat reversed >>in
  pii-scan --root . --json <in >out
  [ "$(jq -s 'map(select(.types.number == 2 and .records == 2)) | length' out)" -eq 230 ]
  [ "$(jq -s 'map(select(.types.number)) | length' out)" -eq 230 ]
}

@test "a known value is inspected again below another path, and as a number" {
  local i
  for i in $(seq 20); do
    printf '{"zip":"12345","n":"12345","ip":"10.0.0.1","version":"10.0.0.1","lat":"52.5","x":52.5,"phone":5550123,"y":"5550123"}\n'
  done >in
  pii-scan --root . --json <in >out
  [ "$(jq -sc 'map(select(.types.object | not) | {(.path): (.kinds | keys | join(" "))}) | add' out)" = \
    '{".zip":"address",".n":"",".ip":"ip ipv4",".version":"",".lat":"geo",".x":"",".phone":"phone",".y":""}' ]
  jq -e '.distinct <= 1' out >/dev/null
}

@test "beside a root in sqs the members of the programs are left out, others not" {
  printf '{"sqs":{"message_id":"m","receipt_handle":"h","more":{"x":"y"},"other":"z"},"body":{"a":1}}\n' >in
  pii-scan --root .sqs.more --json <in >out
  [ "$(jq -r .path out | xargs)" = '. .x record.sqs record.sqs.other record.body record.body.a' ]
}

@test "values of further paths than 10,000 count for the path above, with a warning" {
  jq -nc '[range(64) | {key: "a\(.)", value: ([range(60) | {key: "b\(.)", value:
    ([range(3) | {key: "c\(.)", value: "canary@example.com"}] | from_entries)}] | from_entries)}] | from_entries' >in
  pii-scan --root . --json <in >out 2>err
  [ "$(wc -l <out)" -le 10000 ]
  [ "$(wc -l <out)" -gt 9900 ]
  grep -q 'warning: more than 10000 paths: [0-9]* values were counted for a parent path' err
  [ "$(jq -s 'map(select(.personal) | .kinds.email) | length > 6000' out)" = true ]
}

@test "lines that are not records are counted; only if all are does the run fail" {
  {
    printf '\xef\xbb\xbf{"body":{"ip":"203.0.113.7"}}\n   \n\n'
    printf 'no json\n[1]\n"203.0.113.7"\n{"body":{"ip":"203.0.113.8"}}\r\n'
    head -c 1000000 /dev/zero | tr '\0' '['
    printf '\n{"body":{"ip":"%s"}}\n{"body":{"ip":"\xff"}}\n{"body":{"ip":"203.0.113.9"}}' "$(head -c 5000000 /dev/zero | tr '\0' 1)"
  } >in
  pii-scan --json <in >out 2>err
  [ "$(row .ip | jq .records)" -eq 3 ]
  grep -q 'warning: 6 of 9 lines could not be read as records, the first is line 4' err
  grep -q 'records=3 malformed=6 .* skipped=3$' err
  run -65 --separate-stderr pii-scan <<<'no json'
  run -0 --separate-stderr pii-scan --json </dev/null
  [ -z "$output$stderr" ]
}

@test "records and other lines; another root; a maximum of records" {
  printf '{"email":"canary@example.com"}\n{"body":{"mail":"canary@example.com"}}\n' >in
  pii-scan --json <in >out
  [ "$(personal)" = '.email .mail' ]
  pii-scan --json --root .body <in >out
  [ "$(personal)" = '.mail record.email' ] || [ "$(personal)" = '.mail' ]
  pii-scan --json --root . <in >out
  [ "$(personal)" = '.email .body.mail' ]
  pii-scan --json --root .body.user <<<'{"body":{"user":{"email":"canary@example.com"}}}' >out
  [ "$(personal)" = '.email' ]
  yes '{"body":{"ip":"203.0.113.7"}}' | pii-scan -n 7 --json >out
  [ "$(row .ip | jq .records)" -eq 7 ]
}

@test "options that exclude each other, outputs that fail, a kernel that cannot confine" {
  run -64 pii-scan --json --suggest </dev/null
  run -64 pii-scan -n 0 </dev/null
  run -64 pii-scan --root '.a[]' </dev/null
  run -64 pii-scan file </dev/null
  local form
  for form in --json --suggest -q; do
    run -74 --separate-stderr bash -c "pii-scan $form <'$SAMPLE' >/dev/full"
    [ "$stderr" = 'pii-scan: error: cannot write to standard output: No space left on device' ]
  done
  run -0 --separate-stderr "$ROOT/tests/lib/unconfined.py" "$(command -v pii-scan)" -q <"$SAMPLE"
  [ "$stderr" = 'pii-scan: warning: this kernel cannot confine the process; continuing unconfined' ]
  run -69 "$ROOT/tests/lib/unconfined.py" "$(command -v pii-scan)" --require-sandbox <"$SAMPLE"
}

@test "while it reads it is confined, and holds only three descriptors and those of its stop flag" {
  mkfifo pipe
  pii-scan <pipe >out &
  local pid=$!
  echo "$pid" >pid
  local fd
  exec {fd}>pipe
  echo '{"body":{"ip":"203.0.113.7"}}' >&"$fd"
  confined() { [ "$(awk '/^(Seccomp|NoNewPrivs):/ { print $2 }' "/proc/$pid/status" | xargs)" = '1 2' ]; }
  eventually 60 confined
  # a sanitizer uses high ones
  [ "$(find "/proc/$pid/fd" -mindepth 1 -printf '%f\n' | awk '$1 < 200' | wc -l)" -eq 5 ]
  exec {fd}>&-
  wait "$pid"
  grep -q '^\.ip ' out
}

@test "a hundred thousand events: no false finding, and the memory of ten thousand" {
  events() {
    awk -v n="$1" 'BEGIN { srand(7); for (i = 0; i < n; i++)
      printf "{\"user_id\":\"%08x-%04x-4%03x-a%03x-%012x\",\"app_version\":\"%d.%d.%d\",\"device_type\":\"android\",\"ip\":\"%d.%d.%d.%d\",\"locale\":\"RU\",\"device_id\":\"%03d-%02d-%04d\"}\n",
        rand() * 4294967295, rand() * 65535, rand() * 4095, rand() * 4095, rand() * 281474976710655,
        rand() * 9, rand() * 9, rand() * 99, 1 + rand() * 223, rand() * 255, rand() * 255, rand() * 255,
        rand() * 1000, rand() * 100, rand() * 10000 }'
  }
  events "$(rounds 100000 1000000)" >in
  python3 "$ROOT/tests/lib/peak.py" many pii-scan --json <in >out
  python3 "$ROOT/tests/lib/peak.py" few pii-scan --json < <(head -n 10000 in) >/dev/null
  echo "# MiB: few=$(<few) many=$(<many)" >&3
  [ "$(<many)" -le 32 ]
  [ "$(<many)" -le $(($(<few) + 3)) ]
  [ "$(personal)" = '.ip .device_id' ]
  row .user_id | jq -e '.kinds == {"user":1} and (.distinct / .records | . > 0.9 and . < 1.1)'
  row .app_version | jq -e '.kinds == {}'
}
