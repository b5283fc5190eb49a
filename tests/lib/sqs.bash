# For tests of the sqs programs: messages, and a proxy that causes faults. Needs
# lib/common.

# bodies FROM TO: print records with bodies {"n":N}, N from FROM to TO.
bodies() { awk -v from="$1" -v to="$2" 'BEGIN { for (n = from; n <= to; n++) printf "{\"body\":{\"n\":%d}}\n", n }'; }

# fill N: put N messages on the queue, with bodies {"n":1} and so on.
fill() { bodies 1 "$1" | sqs-send -q; }

# many: print a large number of messages; the time of moto grows with the queue.
many() { if [ "$SERVERS_SQS" = moto ]; then echo 150; else echo 2000; fi; }

# pull OPTION...: drain quickly.
pull() { sqs-pull --wait 1 "$@"; }

# committed: turn records into verdicts.
committed() { jq -c '.status = "committed"'; }

# acks FILE: print the number of each ack, as "2 deleted 1 lost".
acks() { jq -r .ack "$1" | sort | uniq -c | xargs; }

# each_once N FILE: check that the file has the bodies {"n":1} to {"n":N}, each once.
each_once() { [ "$(jq .body.n "$2" | sort -n)" = "$(seq 1 "$1")" ]; }

# each_at_least_once N FILE: check that the file has each of these bodies.
each_at_least_once() { [ "$(jq .body.n "$2" | sort -nu)" = "$(seq 1 "$1")" ]; }

# loop COMMAND...: run the loop of leases, with the FIFO ./acked, around a consumer, with the options ${PULL}; its statuses are ${STATUSES}.
# shellcheck disable=SC2034,SC2094
loop() {
  if sqs-pull -v --wait 1 "${PULL[@]}" --acked acked 2>pull.err | tee out | "$@" |
    sqs-ack -v --print 2>ack.err >acked; then
    STATUSES="${PIPESTATUS[*]}"
  else
    STATUSES="${PIPESTATUS[*]}"
  fi
}
PULL=()

# role NAME COMMAND...: become the command, with its process id in ./NAME.pid.
role() {
  echo "$BASHPID" >"$1.pid"
  exec "${@:2}"
}

# proxy_start: start a proxy in front of the server and make it the endpoint. Its
# folder is ./proxy, its faults are lines of ./proxy/mode. Requests of the tests
# themselves go to the URL of the queue, and so past the proxy, as do those of a
# program with the endpoint ${DIRECT}.
proxy_start() {
  # shellcheck disable=SC2034  # the tests'
  DIRECT=$AWS_ENDPOINT_URL_SQS
  mkdir -p proxy
  python3 -B "$ROOT/tests/lib/proxy.py" "$PWD/proxy" "$AWS_ENDPOINT_URL_SQS" 2>proxy/err 3>&- 4>&- &
  echo $! >proxy/pid
  servers_until 60 test -s proxy/port
  AWS_ENDPOINT_URL_SQS=http://127.0.0.1:$(<proxy/port)
}

# proxy_stop: for sqs_teardown, with or without a proxy.
proxy_stop() {
  local status=0
  [ -s "$BATS_TEST_TMPDIR/proxy/pid" ] || return 0
  kill "$(<"$BATS_TEST_TMPDIR/proxy/pid")" || status=1
  # A fault of the proxy itself would look like one that it causes.
  ! grep -q Error "$BATS_TEST_TMPDIR/proxy/err" || { cat "$BATS_TEST_TMPDIR/proxy/err" && status=1; }
  return "$status"
}

# proxy_gone: stop it within a test; the server is the endpoint again.
proxy_gone() {
  proxy_stop
  rm -r proxy
  AWS_ENDPOINT_URL_SQS=$DIRECT
}

# sqs_teardown: stop what the test left running, and the proxy.
sqs_teardown() {
  common_teardown
  proxy_stop
}

# mode LINE...: set the faults from now on.
mode() {
  printf '%s\n' "$@" >proxy/mode.new
  mv proxy/mode.new proxy/mode
}

# requests ACTION: print the number of these requests at the proxy.
requests() { grep -c " $1 " proxy/requests || true; }
