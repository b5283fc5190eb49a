#!/usr/bin/env bats
# Receives and deletes with an automatic number, --pace, and the limits at any number:
# memory, and the time until a lease is extended. The steps of the number, and that it settles, are
# in tests/unit/sqs_receive_number.c.

load ../lib/common
load ../lib/sqs

export BATS_TEST_TIMEOUT=150

setup() {
  common_setup
  fresh_queue VisibilityTimeout=30
}

teardown() { sqs_teardown; }

# numbers FILE: print the numbers of parallel receives in the log, on one line.
numbers() { sed -n 's/.*info: parallel receives: \([0-9]*\) .*/\1/p' "$1" | xargs; }

# halved REASON FILE: check that each number logged with the reason is half of the one before, and
# that there is one.
halved() {
  awk -v reason="$1" 'BEGIN { before = 1 }
    /info: parallel receives: / {
      match($0, /parallel receives: [0-9]+/)
      now = substr($0, RSTART + 19, RLENGTH - 19) + 0
      if (index($0, "(" reason ")")) { found = 1; if (now != int(before / 2) && now != 1) bad = 1 }
      before = now
    }
    END { exit !found || bad }' "$2"
}

# receives: print the times at which answers to receives left the proxy, in seconds.
receives() { awk '$2 == "ReceiveMessage" { print $1 }' proxy/requests; }

is_sanitized() { nm -D "$(command -v "$1")" | grep -q __asan_init; }

# Print the highest resident memory of the last command of measured(), in KiB.
measured() { python3 -B "$ROOT/tests/lib/peak.py" "$@"; }

follow() {
  sqs-pull -v -f --wait 1 >out 2>err 3>&- 4>&- &
  echo $! >pid
}
ended() { kill "$(<pid)" && wait "$(<pid)"; }

@test "a burst: the number of receives doubles again and again; on an empty queue it returns to one" {
  fill "$(many)"
  proxy_start
  follow
  eventually 60 lines_at_least out "$(many)"
  [[ $(numbers err) == '2 4 8 '* || $(numbers err) == '2 4 8' ]]
  one() { [[ $(numbers err) == *' 1' ]]; }
  eventually 60 one
  # The open receives of the burst return, then a second passes before each next one.
  sleep 1
  before=$(receives | wc -l)
  more() { [ "$(receives | wc -l)" -ge $((before + 4)) ]; }
  eventually 60 more
  receives | tail -n +$((before + 2)) | awk 'NR > 1 && $1 - last < 0.9 { exit 1 } { last = $1 }'
  ended
  each_at_least_once "$(many)" out
}

@test "a queue of a few messages, and an empty one: one receive at a time" {
  fill 3
  proxy_start
  sqs-pull -v --wait 1 >out 2>err
  each_once 3 out
  [ -z "$(numbers err)" ]
  [ "$(receives | wc -l)" -eq 3 ]
  receives | awk 'NR > 1 && $1 - last < 0.9 { exit 1 } { last = $1 }'
}

@test "a server that throttles: the number is halved each time, and each message arrives once" {
  local n=600
  [ "$SERVERS_SQS" != moto ] || n=$(many)
  fresh_queue VisibilityTimeout=300
  proxy_start
  for fault in 'error 12 RequestThrottled' 'fail 12 503'; do
    mode
    fill "$n"
    mode "$fault"
    sqs-pull -v --wait 1 >out 2>err
    mode
    each_once "$n" out
    [ "$SERVERS_SQS" = moto ] || halved 'the server throttles' err || { cat err && false; }
    committed <out | sqs-ack -q
  done
}

@test "a reader that takes nothing: the number is halved once, and no unneeded receive begins" {
  local n=1000
  [ "$SERVERS_SQS" != moto ] || n=$(many)
  bodies 1 "$n" | jq -c '.body.pad = "x" * 1000' | sqs-send -q
  proxy_start
  mkfifo pipe
  sqs-pull -v --wait 1 -f >pipe 2>err 3>&- 4>&- &
  echo $! >pid
  exec 7<pipe
  stands() { grep -q 'parallel receives: .* (the output is not read)' err; }
  eventually 60 stands
  # The open ones are answered; an idle poll would follow within a second.
  quiet() { local before && before=$(receives | wc -l) && sleep 1.5 && [ "$(receives | wc -l)" -eq "$before" ]; }
  eventually 60 quiet
  [ "$(grep -c 'the output is not read' err)" -eq 1 ]
  halved 'the output is not read' err
  # It continues when the reader does.
  head -n "$n" <&7 | jq .body.n | sort -nu >ids
  [ "$(wc -l <ids)" -ge $((n - 1)) ]
  kill "$(<pid)"
  exec 7<&-
  wait "$(<pid)" || true
}

@test "-j N: a fixed number for any load" {
  fill 100
  sqs-pull -v -j 3 --wait 1 >out 2>err
  [ -z "$(numbers err)" ]
  run -0 sqs-pull -q -j 256 --wait 0 --empty 1
  run -64 sqs-pull -j 257
  run -64 sqs-pull -j some
  run -64 sqs-ack -j some </dev/null
  run -64 sqs-send -j auto </dev/null
  run -0 sqs-ack -j auto </dev/null
}

@test "--pace: a pause after a receive that was not full, none after a full one" {
  fill 25
  proxy_start
  sqs-pull -v --wait 0 --pace 2s --empty 1 --visibility-timeout 30s >out 2>err
  each_once 25 out
  # Ten, ten and five; the next one waits.
  receives | tail -n 2 | awk 'NR > 1 && $1 - last < 2 { exit 1 } { last = $1 }'
  [ "$SERVERS_SQS" = moto ] || receives | head -n 3 | awk 'NR > 1 && $1 - last > 1.5 { exit 1 } { last = $1 }'
  run -64 sqs-pull --pace 2h
}

@test "sqs-ack: as many parallel deletes as full batches wait" {
  fill 200
  pull | committed >verdicts
  proxy_start
  # None is answered before this number is open.
  mode 'gather DeleteMessageBatch 16'
  [ "$(wc -l <verdicts)" -eq 200 ]
  sqs-ack -q <verdicts
  [ "$(requests DeleteMessageBatch)" -eq 20 ]
  counts_are 0 0 0
}

@test "memory at -j 64: 60 KB records, a reader that lags, large records after small ones" {
  local loose='' count=200
  ! is_sanitized sqs-pull || loose=1
  [ "$SERVERS_SQS" != moto ] || count=30
  bodies 1 "$count" | jq -c '.body.pad = "x" * 59000' >large
  for jobs in 64 256; do
    fresh_queue VisibilityTimeout=300
    fill "$count"
    sqs-send -q <large
    measured peak sqs-pull -q -j "$jobs" --wait 1 | (sleep 2 && cat) | wc -l >lines
    [ "$(<lines)" -ge $((count * 2)) ]
    echo "-j $jobs: $(<peak) MiB"
    [ -n "$loose" ] || [ "$(<peak)" -le 32 ]
  done
}

@test "leases are extended in time, with a slow server and many leases" {
  count=$(rounds 1000 1500)
  [ "$SERVERS_SQS" != moto ] || count=100
  fresh_queue VisibilityTimeout=10
  mkfifo acked
  fill "$count"
  proxy_start
  mode 'stall 1 1'
  # Four in parallel extend 40 messages a second, and 200 are due.
  sqs-pull -v -f --wait 1 --acked acked >out 2>err 3>&- 4>&- &
  echo $! >pid
  exec 7>acked
  eventually 60 lines_at_least out "$count"
  # Three rounds.
  sleep 16
  jq -r .sqs.message_id out | sort | uniq -d >twice
  [ ! -s twice ] || { wc -l twice && false; }
  committed <out | sqs-ack --print -q >&7
  exec 7>&-
  wait "$(<pid)" || true
  grep -qE ' extended=[23][0-9]*' err
  eventually 20 counts_are 0 0 0
}
