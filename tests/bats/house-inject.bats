#!/usr/bin/env bats
# scripts/inject.sh reaches its programs. Its state: a run that is ended goes on where it was, with the same build only.

bats_require_minimum_version 1.5.0

setup() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  built=${BUILD:-build}
  [ "${built#/}" != "$built" ] || built=$ROOT/$built
  make -s -C "$ROOT" BUILD="$built" "$built/fault/inject.so"
  mkdir "$BATS_TEST_TMPDIR/bin"
  cp "$built"/bin/* "$BATS_TEST_TMPDIR/bin"
  export PATH=$BATS_TEST_TMPDIR/bin:$PATH SERVERS_DIR=$BATS_TEST_TMPDIR
  cd "$BATS_TEST_TMPDIR"
}

# inject [OPTION...]: two cases without a server, with one kind of call.
inject() {
  python3 -B "$ROOT/tests/fault/inject.py" --library "$built/fault/inject.so" --man "$ROOT/man" -j 1 \
    --case keygen-list --kind read --state state "$@"
}

runs() { sed -n 's/^inject: runs=\([0-9]*\) violations=0 excused=0 .*/\1/p' <<<"$output"; }

@test "finished units are skipped and count in the totals" {
  run -0 inject
  whole=$(runs)
  [ "$whole" -gt 5 ]
  [[ $output != *before* ]]
  units=$(($(wc -l <state) - 1))
  [ "$units" -eq 5 ]
  run -0 inject
  [ "$(runs)" -eq "$whole" ]
  [[ $output == *" before=$whole" ]]
  [ "$(grep -c ' before$' <<<"$output")" -eq "$units" ]
  [ "$(($(wc -l <state) - 1))" -eq "$units" ]
}

@test "a line that was cut off is done again, the others are not" {
  run -0 inject
  whole=$(runs)
  truncate -s -9 state
  run -0 inject
  [ "$(runs)" -eq "$whole" ]
  [ "$(grep -c ' before$' <<<"$output")" -eq 4 ]
  [ "$(jq -s length state)" -eq 6 ]
}

@test "another build or another --each begins again" {
  run -0 inject
  run -0 inject --each 1
  [[ $output == *'inject: the state is of another tree or another --each; it begins again'* ]]
  [[ $output != *before* ]]
  run -0 inject --each 1
  [[ $output == *before* ]]
  echo >>bin/pii-keygen
  run -0 inject --each 1
  [[ $output != *before* ]]
}

@test "a violation is kept, and told again" {
  run -0 inject
  jq -c 'if .how == "EIO" then .violations = ["VIOLATION kept\n"] else . end' state >changed
  mv changed state
  run -1 inject
  [[ $output == *'VIOLATION kept'*'violations=1'* ]]
}

@test "a case whose program never has the library is an error, not a success" {
  mv bin/pii-keygen bin/real
  printf '#!/bin/sh\nexec "%s/bin/real" "$@"\n' "$PWD" >bin/pii-keygen
  chmod +x bin/pii-keygen
  run -1 inject
  [[ $output == *'keygen-list never starts pii-keygen with the library'* ]]
}

# failing NAME [OPTION...]: sqs-unwrap with the options, out of memory from the call that NAME, a number, says.
failing() {
  : >memory
  truncate -s 2048 memory
  LD_INJECT=sqs-unwrap:malloc:ENOMEM:$1 LD_INJECT_STATE=memory LD_PRELOAD=$built/fault/inject.so \
    sqs-unwrap "${@:2}" <in >out 2>err
}

@test "sqs-unwrap without memory passes no envelope on as it came" {
  message='{"user_id":"a"}'
  jq -cn --arg message "$message" '{sqs: {message_id: "m1", receipt_handle: "r1"},
    body: {Type: "Notification", TopicArn: "arn:aws:sns:us-east-1:000000000000:t", Message: $message,
      events: [{n: 1}, {n: 2}]}}' >both
  jq -c 'del(.body.events)' both >plain
  jq -c 'del(.body.Type)' both >each
  for options in "plain" "each --each .events" "each --json .Message"; do
    read -ra options <<<"$options"
    cp "${options[0]}" in
    failing 0 "${options[@]:1}"
    cp out clean
    calls=$(od -An -t u8 -N 8 memory)
    failed=0
    for ((n = calls; n > calls - 12; n--)); do
      failing "$n+" "${options[@]:1}" && cmp out clean && continue
      grep '^sqs-unwrap: error: .*memory' err
      [ ! -s out ]
      failed=$((failed + 1))
    done
    [ "$failed" -ge 3 ]
  done
}
