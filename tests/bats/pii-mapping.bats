#!/usr/bin/env bats
# --mapping: the reference mapping of irreversible values; --audit: who unmasked how much.

load ../lib/common
load ../lib/pii

setup() {
  pii_setup
  printf '.mail email\n.ip hmac canonical=ip as h\n.x sha256\n.s siv as t in text\n' >p
}

records() {
  local i
  for i in "$@"; do printf '{"body":{"mail":"Ann%s@example.org","ip":"203.0.113.%s","x":%s,"s":"secret"}}\n' "$i" "$i" "$i"; done
}

@test "mapping: one line for each masked value, which only the key holder can read" {
  records 1 2 1 2 1 | pii-mask -q -k k -p p --mapping map >masked 2>err
  [ "$(wc -l <map)" -eq 6 ]
  run -1 grep -qE '203\.0\.113|Ann|secret' map
  # Each line: its domain, a value of the records, a token of the domain mapping/DOMAIN.
  [ "$(jq -c keys_unsorted map | sort -u)" = '["domain","masked","value"]' ]
  cmp <(jq -r '.masked' map | sort) <(jq -r '.body | .mail, .h, .x' masked | sort -u)
  run pii siv k mapping/mail "$(jq -r 'select(.domain == "mail").value' map | head -1)"
  [ "$output" = '["S", "Ann1@example.org"]' ]
  pii-unmask -k k --mapping map >clear
  jq -se 'map(.clear) == ["Ann1@example.org", "203.0.113.1", 1, "Ann2@example.org", "203.0.113.2", 2]' clear
  cmp <(jq -c 'del(.clear)' clear) map
  [ "$(stat -c %a map)" = 600 ]
  # The next run continues the same file, also under another key.
  pii-keygen -q --rotate k
  records 3 | pii-mask -q -k k -p p --mapping map >>masked 2>err
  pii-unmask -k k -p p --mapping map | jq -se 'length == 9 and all(.clear != null)'
}

@test "an output option that names the key file is refused, and the key stays" {
  cp k before
  ln -s k link
  ln k hard
  local name
  for name in k ./k link hard; do
    run -64 pii-mask -k k -p p --mapping "$name" <<<''
    [[ $output == *"option --mapping $name: this is the key file" ]]
    run -64 pii-mask -k k -p p --metrics-file "$name" <<<''
    run -64 pii-unmask -k link -p p --audit "$name" <<<''
    run -64 pii-unmask -k k -p p --metrics-file "$name" <<<''
    cmp k before
  done
  [ "$(ls)" = $'before\nhard\nk\nlink\np' ]
}

@test "mapping: a line that cannot be opened is an error, and the others go on" {
  records 1 2 | pii-mask -q -k k -p p --mapping map >masked 2>err
  sed -i -E '2s/"domain":"[a-z]*"/"domain":"other"/; 3s/siv1\.[0-9a-f]*/siv1.00000000/; 4s/\}$//' map
  run -1 --separate-stderr pii-unmask -q -k k --mapping map
  [ "$(jq -r '.error.code // "-"' <<<"$output" | xargs)" = '- token unknown-key syntax - -' ]
  # The next run ends a line that a crash truncated.
  printf '{"domain":"mail","mas' >map
  records 1 | pii-mask -q -k k -p p --mapping map >masked 2>err
  run -1 --separate-stderr pii-unmask -q -k k --mapping map
  [ "$(jq -r '.error.code // "-"' <<<"$output" | xargs)" = 'syntax - - -' ]
}

@test "mapping: it is on disk before the records that use it, or the run ends with 74" {
  records 1 2 3 >in
  strace -f -e trace=openat,write -s 12 -o trace pii-mask -q -k k -p p --mapping map <in >masked 2>err
  grep -q 'openat.*"map", O_RDWR.*O_APPEND.*O_DSYNC' trace
  grep -E 'write\((1|[3-9]), "\{' trace | head -2 | cut -d'"' -f2- >order
  [[ $(head -1 order) == '{\"domain\"'* && $(tail -1 order) == '{\"body\"'* ]]
  # With a disk that is full after the first line of the last run, no record goes out.
  run -74 --separate-stderr bash -c 'ulimit -f 1; for i in 4 5 6 7 8 9; do echo "{\"body\":{\"mail\":\"a$i@example.org\",\"ip\":\"203.0.113.$i\"}}"; done | pii-mask -q -k k -p p --mapping map'
  [ -z "$output" ]
  [[ $stderr == *'cannot write --mapping file map: File too large'* ]]
  run -74 --separate-stderr pii-mask -k k -m .ip=hmac --mapping none/map <in
  [[ $stderr == *'cannot open --mapping file none/map: No such file or directory'* && -z $output ]]
  run -74 --separate-stderr pii-mask -k k -m .ip=hmac --mapping /dev/full <in
  [[ $stderr == *'not a regular file'* ]]
  run -64 pii-mask -k k -m .ip=hmac --mapping map --lines .ip </dev/null
  run -64 pii-mask -k k -m .ip=hmac --mapping map --rewrap </dev/null
  run -64 pii-unmask -k k -m .ip=siv --mapping map --lines .ip </dev/null
}

@test "mapping: repeats are remembered in bounded memory" {
  local count
  count=$(rounds 200000 1000000)
  seq "$count" | sed 's/.*/{"body":{"ip":"&"}}/' >in
  cat in in | pii-mask -q -k k -m .ip=hmac --mapping map >masked
  # These are new twice: more values than are remembered come between.
  [ "$(wc -l <map)" -ge "$count" ] && [ "$(wc -l <map)" -le $((2 * count)) ]
  [ "$(jq -r .masked map | sort -u | wc -l)" -eq "$count" ]
  head -100 in | pii-mask -q -k k -m .ip=hmac --mapping few >masked
  for _ in {1..50}; do head -100 in; done | pii-mask -q -k k -m .ip=hmac --mapping more >masked
  cmp few more
}

@test "audit: a line at the start and one at the end, with counts but no value" {
  records 1 2 3 | pii-mask -q -k k -p p >masked 2>err
  echo '{"body":7}' | pii-mask -q -k k -p p >>masked 2>>err
  pii-unmask -q -k k -p p --audit audit <masked >out
  [ "$(wc -l <audit)" -eq 2 ] && [ "$(stat -c %a audit)" = 600 ]
  jq -se --arg id "$ID" --arg user "$(id -un)" --argjson uid "$(id -u)" '
    .[0].event == "start" and .[1].event == "end" and .[0].pid == .[1].pid and
    all(.uid == $uid and .user == $user and .keys == [$id] and (.at | test("^20.*Z$"))) and
    .[1].records == 4 and .[1].values == {"text": 3, "": 1} and .[1].errors == 0 and .[1].status == 0' audit
  run -1 grep -qF -e secret -e siv1 audit
  # Also for single values, mappings, and failed runs.
  jq -r .body.t masked | head -2 | pii-unmask -q -k k -p p --lines .s --audit audit
  [ "$(tail -1 audit | jq -c '[.records, .values, .status]')" = '[2,{"text":2},0]' ]
  records 1 | pii-mask -q -k k -p p --mapping map >/dev/null 2>err
  pii-unmask -q -k k --mapping map --audit audit >/dev/null
    [ "$(tail -1 audit | jq -c '[.records, .values, .status]')" = '[3,{"mail":1,"ip":1,"":1},0]' ]
  run -74 bash -c 'pii-unmask -q -k k -p p --audit audit <masked >/dev/full'
  [ "$(tail -1 audit | jq -c .status)" = 74 ]
  run -1 pii-unmask -q -k k -p p --lines .s --audit audit <<<nothing
  [ "$(tail -1 audit | jq -c '[.records, .values, .errors, .status]')" = '[1,{},1,1]' ]
}

@test "audit: nothing is unmasked when the audit line cannot be written" {
  records 1 | pii-mask -q -k k -p p >masked 2>err
  run -74 --separate-stderr pii-unmask -k k -p p --audit none/audit <masked
  [[ -z $output && $stderr == *'cannot open --audit file'* ]]
  # Messages go through a pipe, because the limit would also apply to their file.
  run -74 bash -c 'ulimit -f 0; pii-unmask -k k -p p --audit audit <masked 2>&1'
  [ "$output" = 'pii-unmask: error: cannot write --audit file audit: File too large' ]
}
