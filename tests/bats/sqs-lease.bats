#!/usr/bin/env bats
# Leases: sqs-pull --acked, in a loop with sqs-ack --print, and irregular conditions: a slow
# consumer, silence, invalid lines. Stages that end too early are in sqs-loop.bats.

load ../lib/common
load ../lib/sqs

# A wrapper such as timeout would also hold the output open, so that the loop never saw its end.
export BATS_TEST_TIMEOUT=150

setup() {
  common_setup
  mkfifo acked
}

teardown() { sqs_teardown; }

some_rejected() { jq -c '.status = if .body.n % 10 == 0 then "rejected" else "committed" end'; }
some_silent() { jq -c 'select(.body.n % 10 != 0) | .status = "committed"'; }

@test "a consumer slower than the visibility timeout: with leases no message is received twice" {
  fresh_queue VisibilityTimeout=10
  fill 40
  slowly() { sleep 15 && committed; }
  # Receives that continue all the time would get messages that became visible again.
  # shellcheck disable=SC2034  # loop's
  PULL=(-j 1 --empty 15)
  loop slowly
  [ "$STATUSES" = '0 0 0 0' ] || { echo "$STATUSES" && cat ./*.err && false; }
  each_once 40 out
  grep -q 'acked=40 extended=[1-9].* lapsed=0' pull.err
  grep -q 'deleted=40 lost=0 failed=0' ack.err
  counts_are 0 0 0
}

@test "a consumer slower than the visibility timeout: without leases messages return, and the newest handle counts" {
  fresh_queue VisibilityTimeout=2
  fill 10
  # Each is received three times.
  sqs-pull -j 1 --wait 1 --empty 8 -n 30 | tee out | (cat >all && committed <all) | sqs-ack -v --print >acks 2>err
  [ "$(jq .body.n out | sort -n | uniq -c | awk '$1 >= 2' | wc -l)" -ge 5 ]
  each_at_least_once 10 out
  [ "$(jq -r 'select(.ack == "deleted").sqs.message_id' acks | sort -u | wc -l)" -eq 10 ]
  grep -q ' failed=0 ' err
  [ "$SERVERS_SQS" = moto ] || [ "$(acks acks)" = '10 deleted 20 lost' ]
  counts_are 0 0 0
}

@test "frozen for longer than the visibility timeout: another consumer receives the messages, they return, the newest handle counts" {
  fresh_queue VisibilityTimeout=3
  fill 10
  held() { until [ -e go ]; do sleep 0.1; done && committed; }
  {
    set +e
    role pull sqs-pull -v -j 1 --wait 1 --empty 8 --acked acked 2>pull.err | tee out | held |
      sqs-ack --print 2>ack.err | tee acks >acked
    echo "${PIPESTATUS[*]}" >statuses
  } 3>&- 4>&- &
  eventually 20 lines_are out 10
  kill -STOP "$(<pull.pid)"
  : >other
  until lines_at_least other 10; do sqs-pull -j 1 --wait 2 -n 10 --visibility-timeout 1s >>other; done
  kill -CONT "$(<pull.pid)"
  # moto accepts a stale handle permanently, so the messages stay ours.
  [ "$SERVERS_SQS" = moto ] || eventually 20 lines_at_least out 20
  touch go
  eventually 60 test -s statuses
  [ "$(<statuses)" = '0 0 0 0 0' ]
  each_at_least_once 10 out
  [ "$(jq -r 'select(.ack == "deleted").sqs.message_id' acks | sort -u | wc -l)" -eq 10 ]
  # There, one that returned just then is deleted with its old handle: it is lost with its new one.
  [ "$SERVERS_SQS" = moto ] || grep -q ' acked=10 ' pull.err
  counts_are 0 0 0
}

@test "frozen for longer than the visibility timeout: a message returned by its own open receive has lapsed" {
  fresh_queue VisibilityTimeout=3
  fill 1
  proxy_start
  sqs-pull -v -j 1 -n 2 --wait 20 --grace 1s --acked acked >out 2>err 3>&- 4>&- &
  echo $! >pid
  answered() { [ "$(grep -c " $1" proxy/requests)" -ge "$2" ]; }
  eventually 20 answered ReceiveMessage 1
  # When it has been extended the next receive is open.
  eventually 20 answered ChangeMessageVisibility 1
  kill -STOP "$(<pid)"
  eventually 20 answered ReceiveMessage 2
  kill -CONT "$(<pid)"
  wait "$(<pid)" || [ $? -eq 1 ]
  lines_are out 2
  grep -q ' lapsed=1 ' err
}

@test "deleted before its verdict arrives: the extension finds nothing, and the verdict still ends the lease" {
  fresh_queue VisibilityTimeout=4
  fill 1
  proxy_start
  sqs-pull -v -j 1 -n 1 --wait 1 --acked acked >out 2>err 3>&- 4>&- &
  echo $! >pid
  exec 7>acked
  eventually 20 lines_are out 1
  committed <out | sqs-ack --print >verdict
  eventually 20 grep -q ' ChangeMessageVisibilityBatch 200' proxy/requests
  cat verdict >&7
  wait "$(<pid)"
  exec 7>&-
  grep -q ' acked=1 extended=[01] lapsed=0 ' err
}

@test "a message received again uses its new handle: a verdict on the old one ends no lease" {
  fresh_queue VisibilityTimeout=60
  fill 1
  sqs-pull -f -v -j 1 --wait 1 --acked acked >out 2>err 3>&- 4>&- &
  echo $! >pid
  exec 7>acked
  eventually 20 lines_are out 1
  sqs-ack --release <out
  eventually 20 lines_are out 2
  [ "$(jq -r .sqs.message_id out | sort -u | wc -l)" -eq 1 ]
  [ "$(jq -r .sqs.receipt_handle out | sort -u | wc -l)" -eq 2 ]
  head -n 1 out | jq -c '.status = "committed" | .ack = "lost"' >&7
  exec 7>&-
  # No process is left to write verdicts, so the message of the remaining lease is released.
  status=0
  wait "$(<pid)" || status=$?
  [ "$status" -eq 74 ]
  grep -q 'printed=2 released=1 .*acked=0' err
  counts_are 1 0 0
}

@test "rejected messages lose their lease and return after their timeout" {
  fresh_queue VisibilityTimeout=3
  fill 40
  loop some_rejected
  eventually 20 counts_are 4 0 0
  grep -q 'released=0 .*acked=40' pull.err
}

@test "messages without a verdict are released at the end" {
  fresh_queue VisibilityTimeout=60
  fill 40
  loop some_silent
  [ "$STATUSES" = '1 0 0 0' ]
  grep -q 'warning: 4 messages got no verdict and are released' pull.err
  grep -q 'released=4 .*acked=36' pull.err
  counts_are 4 0 0
}

@test "--max-in-flight: limits the messages without a verdict" {
  fresh_queue VisibilityTimeout=60
  fill 20
  sqs-pull -f -v --wait 1 --acked acked --max-in-flight 5 --grace 1s >out 2>err 3>&- 4>&- &
  echo $! >pid
  exec 7>acked
  eventually 20 lines_are out 5
  sleep 1.5
  lines_are out 5
  counts_are 15 5 0
  head -n 2 out | committed | sqs-ack --print >&7
  eventually 20 lines_are out 7
  # A verdict that leaves the message on the queue makes room too.
  sed -n 3p out | jq -c '.status = "rejected"' | sqs-ack --print >&7 2>/dev/null || true
  eventually 20 lines_are out 8
  sleep 1
  lines_are out 8
  kill "$(<pid)"
  wait "$(<pid)"
  exec 7>&-
  grep -q 'printed=8 released=5 .*acked=3' err
  counts_are 17 1 0
}

@test "--max-lease: a message without a verdict for this time is given up, with a warning" {
  fresh_queue VisibilityTimeout=2
  fill 3
  sqs-pull -v --wait 1 -n 3 --acked acked --max-lease 5s --grace 1s >out 2>err 3>&- 4>&- &
  echo $! >pid
  exec 7>acked
  local status=0
  wait "$(<pid)" || status=$?
  exec 7>&-
  [ "$status" -eq 1 ]
  lines_are out 3
  [ "$(grep -c 'warning: a message has had no verdict for 5 s and is no longer extended' err)" -eq 1 ]
  grep -qE 'released=0 .*acked=0 extended=([3-9]|1[0-9]) lapsed=3' err
  eventually 20 counts_are 3 0 0
}

@test "without permission to extend messages: one warning, and the run continues" {
  fresh_queue VisibilityTimeout=10
  fill 12
  proxy_start
  mode 'deny ChangeMessageVisibilityBatch AccessDenied'
  warned() { grep 'warning: cannot extend messages in flight: .*AccessDenied' pull.err; }
  # No verdict before an extension was tried.
  once_warned() { eventually 60 warned && committed; }
  loop once_warned
  [ "$STATUSES" = '0 0 0 0' ] || { echo "$STATUSES" && cat ./*.err && false; }
  [ "$(warned | wc -l)" -eq 1 ]
  each_once 12 out
  grep -q ' acked=12 extended=0 lapsed=0 ' pull.err
  counts_are 0 0 0
}

@test "invalid lines on the FIFO: ignored with one warning, and they end no lease" {
  fresh_queue VisibilityTimeout=60
  fill 4
  # With a limit, so that it ends when all is acknowledged, though the FIFO does not.
  sqs-pull -v --wait 1 -n 4 --acked acked >out 2>err 3>&- 4>&- &
  echo $! >pid
  exec 7>acked
  eventually 20 lines_are out 4
  committed <out | sqs-ack --print >good
  {
    printf '%s\n' 'not json' '[]' '{}' '"x"' '' '{"status":"committed"}' '{"ack":"deleted"}' '{"sqs":{},"status":"committed","ack":"deleted"}'
    printf 'a\0b\377\n'
    # No ack, an unknown ack, an unknown id and handle, a handle that is not the newest.
    head -n 1 out
    jq -c '.ack = "whatever"' good
    jq -c '.sqs.message_id = "unknown"' good
    jq -c '.sqs.message_id = 7' good
    jq -c '.sqs.receipt_handle = "stale"' good
    head -c 1048576 /dev/zero | tr '\0' x
    echo
    head -n 1 good | head -c 100
    echo
  } >&7
  sleep 1
  kill -0 "$(<pid)"
  # Lines in pieces, and with CRLF.
  head -n 1 good | head -c 150 >&7
  sleep 0.3
  head -n 1 good | tail -c +151 >&7
  sed -n '2,4s/$/\r/p' good >&7
  wait "$(<pid)"
  exec 7>&-
  [ "$(grep -c 'warning: a line of the --acked FIFO is not a verdict of sqs-ack --print: ignored' err)" -eq 1 ]
  grep -q 'released=0 .*acked=4 .*lapsed=0' err
  counts_are 0 0 0
}

@test "--acked needs a FIFO" {
  fresh_queue
  run -74 sqs-pull --acked nothing
  touch regular
  run -64 sqs-pull --acked regular
  run -64 sqs-pull --max-lease 5m
  run -64 sqs-pull --acked acked --max-in-flight 0
  run -64 sqs-pull --acked acked --max-lease 13h
}
