#!/usr/bin/env bats
# The promises across programs: loading, deleting, and no clear values.

load ../lib/common

setup() {
  common_setup
  fresh_database
  create_user_logins
  key k
}

loaded() { sql 'SELECT count(*) FROM user_logins'; }
quarantined() { sql 'SELECT count(*) FROM user_logins_errors'; }
send_sample() { sqs-send -q <"$SAMPLE"; }

# the_line: run the pipeline with only the environment, as a user types it.
the_line() {
  sqs-pull | pii-mask --key-file k | pg-load --table user_logins | sqs-ack
}

@test "the pipeline, configured by the environment alone: 99 loaded, 1 quarantined, queue empty" {
  fresh_queue VisibilityTimeout=30
  send_sample
  counts_are 100 0 0
  set -o pipefail
  the_line >out 2>err
  [ ! -s out ]
  # Not a plain success: pii-mask and pg-load report the quarantined record, and the others print
  # nothing.
  grep -q 'pg-load: committed=99 duplicate=0 quarantined=1 rejected=0' err
  run -1 grep -vE '^(pii-mask|pg-load): ' err
  [ "$(loaded)" = 99 ]
  [ "$(quarantined)" = 1 ]
  counts_are 0 0 0
  # Again, on the drained queue: nothing new, no error.
  the_line >out 2>err
  [ ! -s err ]
  [ "$(loaded) $(quarantined)" = "99 1" ]
}

@test "the sample sent again under new message ids is loaded again" {
  fresh_queue VisibilityTimeout=30
  send_sample
  the_line
  send_sample
  the_line
  [ "$(loaded)" = 198 ]
  [ "$(quarantined)" = 2 ]
  counts_are 0 0 0
}

@test "messages redelivered after their visibility timeout load nothing and are deleted as duplicates" {
  fresh_queue VisibilityTimeout=4
  send_sample
  # Loaded and never acknowledged: sqs-ack is missing.
  sqs-pull --wait 1 --empty 1 | pii-mask -k k | pg-load -t user_logins >verdicts
  [ "$(wc -l <verdicts)" = 100 ]
  eventually 20 counts_are 100 0 0
  sqs-pull | pii-mask -k k | pg-load -v -t user_logins 2>stderr.load | tee again | sqs-ack
  [ "$(jq -r .status again | sort | uniq -c | xargs)" = "99 duplicate 1 quarantined" ]
  grep -q 'committed=0 duplicate=99 quarantined=1 rejected=0' stderr.load
  [ "$(loaded) $(quarantined)" = "99 1" ]
  counts_are 0 0 0
  # The receipt handles of the first delivery are invalid: they delete nothing, and cause no error.
  run -0 sqs-ack <verdicts
}

@test "only pii-unmask prints a clear ip or device id" {
  fresh_queue VisibilityTimeout=30
  send_sample
  sqs-pull -vv 2>pull.err | tee raw | pii-mask -vv -k k 2>mask.err | tee masked |
    pg-load -vv -t user_logins --reject-file rejects 2>load.err | tee verdicts | sqs-ack -vv --print >acks 2>ack.err
  no_canary raw && return 1 # the test itself finds one
  pg_dump -a >dump
  sql 'SELECT * FROM user_logins_errors' >errors
  grep -q 'siv1\.' dump
  grep -q 'seal1\.' errors
  cp "$SERVERS_DIR/postgres/log" server.log
  touch rejects
  no_canary masked verdicts acks rejects dump errors server.log pull.err mask.err load.err ack.err
  # The key holder gets each of them back.
  pii-unmask -k k <masked >clear
  canaries >wanted
  while IFS= read -r canary; do grep -qF -- "$canary" clear || { echo "lost: $canary" && return 1; }; done <wanted
}

@test "equal values stay equal: the masked columns show as many duplicates as the sample" {
  fresh_queue VisibilityTimeout=30
  send_sample
  the_line
  wanted=$(jq -rs 'map(select(.ip)) | "\(map(.ip) | unique | length)|\(map(.device_id) | unique | length)"' "$SAMPLE")
  [ "$(sql 'SELECT count(DISTINCT masked_ip), count(DISTINCT masked_device_id) FROM user_logins')" = "$wanted" ]
}

@test "bodies that are no object, false claims and collisions: none passes in clear, none is lost" {
  fresh_queue VisibilityTimeout=30
  # A line is a body; as JSON strings, so that each arrives unchanged.
  while IFS= read -r text; do jq -cn --arg text "$text" '{body: $text}'; done >hostile <<'TEXTS'
hello 203.0.113.77
"203.0.113.77"
[1,2
[{"ip":"203.0.113.77"}]
{"ip":"203.0.113.77","masked_ip":"siv1.00000000.x"}
{"user_id":"u1","ip":"203.0.113.77"
{"user_id":"u2","\u0069p":"203.0.113.77"}
TEXTS
  sqs-send -q <hostile
  sqs-pull | pii-mask -k k | tee masked | pg-load -t user_logins | sqs-ack
  [ "$(wc -l <masked)" = 7 ]
  run -1 grep -qF 203.0.113.77 masked
  pg_dump >dump
  run -1 grep -qF 203.0.113.77 dump
  [ "$(loaded) $(quarantined)" = "1 6" ]
  counts_are 0 0 0
  # The key holder can unmask all of it.
  [ "$(pii-unmask -k k <masked | grep -cF 203.0.113.77)" = 6 ]
}

@test "each program ends 74 when stdout is on a full disk, and 64 on a wrong option" {
  fresh_queue VisibilityTimeout=30
  echo '{"body":{"user_id":"u","ip":"192.0.2.1"}}' >record
  sqs-send -q <record
  run -74 bash -c 'sqs-pull >/dev/full'
  run -74 bash -c 'pii-mask -k k <record >/dev/full'
  pii-mask -k k <record >masked
  run -74 bash -c 'pii-unmask -k k <masked >/dev/full'
  run -74 bash -c 'pg-load -t user_logins <masked >/dev/full'
  run -74 bash -c 'pii-keygen --list k >/dev/full'
  echo '{"line":1,"status":"rejected"}' >verdict
  run -74 bash -c 'sqs-ack --print <verdict >/dev/full'
  for program in sqs-pull sqs-ack sqs-send pii-mask pii-unmask pii-keygen pg-load; do
    run -74 bash -c "$program --help >/dev/full"
    run -64 "$program" --no-such-option
    run -64 "$program" --log
    run -0 "$program" --version
    [ "$output" = "$program $(cat "$ROOT/VERSION")" ]
  done
}

@test "with a key file that others may read a program ends 77, and reads and writes nothing" {
  chmod 644 k
  run -77 --separate-stderr bash -c 'echo "{\"body\":{}}" | pii-mask -k k'
  [ -z "$output" ]
  [[ "$stderr" == *"pii-mask: error: "*k* ]]
  run -77 --separate-stderr bash -c 'echo "{\"body\":{}}" | pii-unmask -k k'
  [ -z "$output" ]
  run -77 pii-keygen --list k
}
