#!/usr/bin/env bats
# sqs-pull: messages as records, when a run ends, and what happens to unprinted messages.

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  fresh_queue VisibilityTimeout=30
}

teardown() { sqs_teardown; }

# start OPTION...: run it in the background, output in ./out, messages in ./err, its process id in ./pid.
start() {
  sqs-pull "$@" >out 2>err 3>&- 4>&- &
  echo $! >pid
}

# finish: wait for it; its status is ${status}.
finish() {
  status=0
  wait "$(<pid)" || status=$?
  rm pid
}

@test "an empty queue: no output, status 0, after two long polls" {
  proxy_start
  SECONDS=0
  run --separate-stderr -0 sqs-pull
  [ -z "$output" ]
  [ -z "$stderr" ]
  [ "$(requests ReceiveMessage)" -eq 2 ]
  [ "$SECONDS" -ge 3 ] # of 2 s each
}

@test "a drain prints each message once, as a record with its members in order" {
  fill 57
  before=$(date -u +%Y-%m-%dT%H:%M:%S)
  pull >out
  after=$(date -u -d '31 seconds' +%Y-%m-%dT%H:%M:%S)
  each_once 57 out
  counts_are 0 57 0
  [ "$(jq -c 'keys_unsorted' out | sort -u)" = '["sqs","body"]' ]
  [ "$(jq -c '.sqs | keys_unsorted' out | sort -u)" = \
    '["queue_url","message_id","receipt_handle","sent_at","first_received_at","lease_until","receive_count"]' ]
  [ "$(jq -r .sqs.queue_url out | sort -u)" = "$SQS_QUEUE_URL" ]
  [ "$(jq -r .sqs.message_id out | grep -cE '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')" -eq 57 ]
  [ "$(jq -r .sqs.message_id out | sort -u | wc -l)" -eq 57 ]
  [ "$(jq -c .sqs.receive_count out | sort -u)" = 1 ]
  [ "$(jq -r '.sqs | .sent_at, .first_received_at, .lease_until' out |
    grep -cE '^20[0-9-]{8}T[0-9:]{8}\.[0-9]{3}Z$')" -eq 171 ]
  # Sent before received, and the lease is the visibility timeout of the queue.
  [ "$(jq -c 'select(.sqs.sent_at <= .sqs.first_received_at and .sqs.first_received_at < .sqs.lease_until)' out |
    wc -l)" -eq 57 ]
  jq -r .sqs.lease_until out | while read -r until; do
    [[ $until > $before && $until < $after ]]
  done
  [ "$(jq -r '.sqs.lease_until[:19]' out | sort | head -n 1)" \> "$(date -u -d '5 seconds' +%Y-%m-%dT%H:%M:%S)" ]
}

@test "a redelivered message has a higher receive count and the same id" {
  fill 1
  pull -n 1 --visibility-timeout 1s >first
  sleep 1.5
  pull >second
  [ "$(jq .sqs.receive_count second)" = 2 ]
  [ "$(jq -r .sqs.message_id first)" = "$(jq -r .sqs.message_id second)" ]
  [ "$(jq -r .sqs.first_received_at first)" = "$(jq -r .sqs.first_received_at second)" ]
}

# body TEXT: print the output of sqs-pull for a message with that text.
body() {
  jq -nc --arg text "$1" '{body: $text}' | sqs-send
  pull -n 1 >out
  lines_are out 1
  committed <out | sqs-ack
  sed -E 's/.*\},"body":(.*)\}$/\1/' out
}

@test "bodies: objects and arrays keep their bytes, other texts become strings" {
  [ "$(body '{"a":1}')" = '{"a":1}' ]
  [ "$(body '{"n":12345678901234567891,"m":1.10,"e":1E+2,"z":-0}')" = '{"n":12345678901234567891,"m":1.10,"e":1E+2,"z":-0}' ]
  [ "$(body '{"a":1,"a":2}')" = '{"a":1,"a":2}' ]
  [ "$(body '{"\u0069p":"\u00e9\/"}')" = '{"\u0069p":"\u00e9\/"}' ]
  [ "$(body $' {\t"a" :\n [ 1 , "x  y" ] }\r\n ')" = '{"a":[1,"x  y"]}' ]
  [ "$(body '[1, {"a":null}]')" = '[1,{"a":null}]' ]
  [ "$(body '{}')" = '{}' ]
  [ "$(body '"text"')" = '"\"text\""' ]
  [ "$(body '42')" = '"42"' ]
  [ "$(body 'null')" = '"null"' ]
  [ "$(body 'hello world')" = '"hello world"' ]
  [ "$(body $'two\nlines\tand a tab')" = '"two\nlines\tand a tab"' ]
  [ "$(body 'é € 😀 & < > "')" = '"é € 😀 & < > \""' ]
  [ "$(body ' ')" = '" "' ]
  [ "$(body '  padded  ')" = '"  padded  "' ]
  # A text that only resembles JSON stays text.
  [ "$(body '[1,2')" = '"[1,2"' ]
  [ "$(body "{'a':1}")" = "\"{'a':1}\"" ]
  [ "$(body '{"a":1} x')" = '"{\"a\":1} x"' ]
  [ "$(body '{"a":"\ud800"}')" = '"{\"a\":\"\\ud800\"}"' ]
  [ "$(body '{"a":01}')" = '"{\"a\":01}"' ]
}

@test "a body nested deeper than 250 stays text" {
  deep=$(printf '[%.0s' $(seq 250))$(printf ']%.0s' $(seq 250))
  [ "$(body "$deep")" = "$deep" ]
  [ "$(body "[$deep]")" = "\"[$deep]\"" ]
}

@test "a large message is printed whole" {
  head -c 150000 /dev/urandom | base64 -w 0 >text
  jq -Rc '{body: {text: .}}' text | sqs-send
  pull | jq -r .body.text | cmp - <(cat text; echo)
}

@test "-n N: the run stops after N messages and requests no more" {
  fill 30
  pull -n 13 >out
  [ "$(wc -l <out)" -eq 13 ]
  [ "$(counts | cut -d' ' -f2)" -eq 13 ]
  # With fewer messages than requested, all are printed.
  sqs-pull -n 100 -j 1 --wait 1 >>out
  each_once 30 out
}

@test "-j 1 and -j 16 drain like any other number" {
  fill 45
  sqs-pull --wait 1 -j 1 >out
  each_once 45 out
  fresh_queue VisibilityTimeout=30
  fill 45
  sqs-pull --wait 1 -j 16 >out
  each_at_least_once 45 out
}

@test "--empty N: N receives must find nothing after the last message" {
  proxy_start
  run -0 sqs-pull --wait 1 --empty 1 -j 1
  [ "$(requests ReceiveMessage)" -eq 1 ]
  rm proxy/requests
  run -0 sqs-pull --wait 1 --empty 5 -j 1
  [ "$(requests ReceiveMessage)" -eq 5 ]
  rm proxy/requests
  fill 10
  sqs-pull --wait 1 --empty 2 -j 1 >out
  each_once 10 out
  [ "$(requests ReceiveMessage)" -eq 3 ]
}

@test "a message that arrives while the queue seems drained is still printed" {
  proxy_start
  one_receive() { [ "$(requests ReceiveMessage)" -ge 1 ]; }
  (eventually 60 one_receive && fill 1) 3>&- &
  sqs-pull --wait 1 --empty 6 -j 1 >out
  each_once 1 out
}

# gaps: print the seconds between the starts of receives, as the proxy saw them.
gaps() { awk '$2 == "ReceiveMessage" { if (n++) print $1 - last; last = $1 }' proxy/requests; }

@test "--idle-backoff: pauses grow up to MAX on an empty queue, and there is none after a message" {
  proxy_start
  start -f -j 1 --wait 0 --visibility-timeout 30s --idle-backoff 2s
  paused() { [ "$(gaps | awk '$1 >= 1.9' | wc -l)" -ge 2 ]; }
  eventually 60 paused
  # The pauses began short and doubled.
  [ "$(gaps | awk '$1 < 1' | wc -l)" -ge 2 ]
  [ "$(gaps | wc -l)" -le 12 ]
  fill 1
  eventually 60 lines_are out 1
  # From the start again.
  before=$(gaps | wc -l)
  again() { [ "$(gaps | tail -n +"$before" | awk '$1 < 0.9' | wc -l)" -ge 3 ]; }
  eventually 60 again
  kill "$(<pid)"
  finish
  [ "$status" -eq 0 ]
}

@test "-f prints messages immediately, and ends with 0 at SIGTERM" {
  start -f --wait 1
  fill 3
  eventually 60 lines_are out 3
  fill 2
  eventually 60 lines_are out 5
  kill -TERM "$(<pid)"
  SECONDS=0
  finish
  [ "$status" -eq 0 ]
  [ "$SECONDS" -le 30 ]
}

@test "a message sent during the last long poll after SIGTERM is printed" {
  start -f --wait 2
  eventually 60 started sqs-pull "$(<pid)"
  sleep 0.5
  kill -TERM "$(<pid)"
  fill 1
  finish
  [ "$status" -eq 0 ]
  # An open poll brought it, or it is still there; never in between.
  [ "$(wc -l <out)" -eq 1 ] || counts_are 1 0 0
}

@test "SIGTERM during a receive, the reader blocked: unprinted messages are visible again" {
  bodies 1 400 | jq -c '.body.pad = "x" * 4000' | sqs-send
  mkfifo pipe
  tail -s 60 -f /dev/null 3>&- 4>&- <pipe &
  reader=$!
  sqs-pull --wait 2 >pipe 2>err 3>&- 4>&- &
  echo $! >pid
  more_than_in_pipe() { ! no_more_than_in_pipe; }
  eventually 60 more_than_in_pipe
  kill -TERM "$(<pid)"
  SECONDS=0
  # The reader has half a line and does not take the rest. It gets no wrong data, and in the end
  # the pipe is given up. Whole messages are released immediately.
  eventually 60 no_more_than_in_pipe
  kill "$reader"
  finish
  [ "$SECONDS" -lt 20 ]
  grep -q 'released=[1-9]' err
}
# A pipe of 64 KiB holds at most 16 of these records.
no_more_than_in_pipe() { [ "$(counts | cut -d' ' -f2)" -le 17 ]; }

@test "a reader that goes away: unprinted messages are released, status 74" {
  bodies 1 300 | jq -c '.body.pad = "x" * 2000' | sqs-send
  run -0 bash -c 'sqs-pull --wait 1 2>err | head -n 1 >first; echo "${PIPESTATUS[0]}"'
  [ "$output" = 74 ]
  grep -q 'sqs-pull: error: cannot write to standard output: Broken pipe' err
  # Messages in the pipe are in flight, no others.
  printed=$(grep -oP 'printed=\K[0-9]+' err)
  [ "$printed" -ge 1 ]
  [ "$printed" -lt 60 ]
  counts_are $((300 - printed)) "$printed" 0
}

@test "a reader that goes away while -f waits is noticed immediately" {
  mkfifo pipe
  (sleep 1) <pipe 3>&- 4>&- &
  SECONDS=0
  status=0
  sqs-pull -f --wait 2 >pipe 2>err || status=$?
  [ "$status" -eq 74 ]
  [ "$SECONDS" -lt 12 ]
}

@test "standard output that fails: 74, the messages are released" {
  fill 5
  run -74 bash -c 'sqs-pull --wait 1 >/dev/full'
  [[ $output == *'cannot write to standard output: No space left on device'* ]]
  counts_are 5 0 0
  run -74 bash -c 'sqs-pull --wait 1 >&-'
  counts_are 5 0 0
}

@test "sqs-pull killed by SIGKILL: no message is lost" {
  fill 50
  # A server would also hand messages to the long poll of a dead client, and hide them again.
  start -f --visibility-timeout 3s --wait 1
  eventually 60 lines_at_least out 50
  kill -KILL "$(<pid)"
  finish
  [ "$status" -eq 137 ]
  eventually 30 counts_are 50 0 0
  pull >again
  each_once 50 again
}

@test "the reader of a pipe killed by SIGKILL: no message is lost" {
  fill 50
  sqs-pull --visibility-timeout 3s --wait 1 2>err | (read -r _ && kill -KILL "$BASHPID") || true
  eventually 30 counts_are 50 0 0
  pull >again
  each_at_least_once 50 again
}

@test "a body that does not match its checksum stays on the queue; the other messages are printed" {
  proxy_start
  printf '%s\n' '{"body":"one"}' '{"body":"damaged"}' '{"body":"three"}' | sqs-send
  mode 'corrupt damaged'
  status=0
  pull >out 2>err || status=$?
  [ "$status" -eq 1 ]
  [ "$(jq -r .body out | sort | xargs)" = 'one three' ]
  grep -q 'warning: message [0-9a-f-]* does not match its checksum' err
  grep -q 'corrupt=1 ' err
  run -1 grep -qE 'damaged|XXXX' err out
  # Not deleted, not printed: in flight until its timeout.
  counts_are 0 3 0
}

@test "the visibility timeout is that of the queue, or the given one" {
  fill 1
  pull >/dev/null
  counts_are 0 1 0
  fresh_queue VisibilityTimeout=1
  fill 1
  pull -n 1 >/dev/null
  eventually 20 counts_are 1 0 0
  pull -n 1 --visibility-timeout 30s | jq -r .sqs.lease_until >until
  [ "$(date -d "$(<until)" +%s)" -gt $(($(date +%s) + 10)) ]
  counts_are 0 1 0
}

@test "without permission to read the visibility timeout: a warning, 30 s, and the run continues" {
  proxy_start
  fill 2
  mode 'deny GetQueueAttributes AccessDenied'
  pull >out 2>err
  each_once 2 out
  grep -q "warning: cannot read the visibility timeout of the queue; using 30 s" err
  [ "$(jq -r .sqs.lease_until out | sort | head -n 1)" \> "$(date -u -d '5 seconds' +%Y-%m-%dT%H:%M:%S)" ]
  # With a given timeout no request is sent for it.
  rm proxy/requests
  run -0 --separate-stderr pull --visibility-timeout 5s
  [ -z "$stderr" ]
  [ "$(requests GetQueueAttributes)" -eq 0 ]
}

# peak COMMAND...: write its largest resident size in KiB to ./peak. Sanitizers keep freed memory.
peak() {
  python3 -c 'import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], check=False).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=open("peak", "w"))
sys.exit(status)' "$@"
}

@test "a drain with messages that return too soon: a warning" {
  fill 1
  run -0 sqs-pull -n 1 --visibility-timeout 2s
  [[ $output != *warning* ]]
  run timeout 6 sqs-pull --visibility-timeout 2s
  [[ $output == *'sqs-pull: warning: messages are hidden for only 2 s'* ]]
}

@test "memory does not grow with the number of messages" {
  # With a fixed number of receives: an automatic one depends on the messages.
  fill 50
  peak sqs-pull -j 4 --wait 1 >/dev/null
  few=$(<peak)
  bodies 1 "$(many)" | jq -c '.body.pad = "x" * 3000' | sqs-send
  peak sqs-pull -j 4 --wait 1 >/dev/null
  many=$(<peak)
  echo "$few KiB, then $many KiB"
  if ! nm -D "$(command -v sqs-pull)" | grep -q __asan_init; then
    [ "$many" -lt $((32 * 1024)) ]
    [ "$many" -lt $((few + 4096)) ]
  fi
}

@test "memory stays bounded while a slow reader leaves large messages waiting" {
  bodies 1 100 | jq -c '.body.pad = "x" * 262000' | sqs-send
  peak sqs-pull -j 16 --wait 1 | (sleep 2 && wc -l) >lines
  [ "$(<lines)" -ge 100 ]
  echo "$(<peak) KiB"
  if ! nm -D "$(command -v sqs-pull)" | grep -q __asan_init; then
    # The promised limit is 33 MiB; a waiting message is held once, not twice.
    [ "$(<peak)" -lt $((29 * 1024)) ]
  fi
}
