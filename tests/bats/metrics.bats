#!/usr/bin/env bats
# The metrics of all programs, as Prometheus takes them; those of the queue; SQS2PG_METRICS_DIR.

load ../lib/common
load ../lib/sqs
load ../lib/figures

setup() {
  common_setup
  fresh_queue VisibilityTimeout=30
}

teardown() { sqs_teardown; }

# with_dead MOST: give the queue a dead-letter queue, after MOST deliveries; its URL is ${DEAD}.
with_dead() {
  DEAD=$(servers_queue "$(unique)")
  fresh_queue VisibilityTimeout=0 \
    "RedrivePolicy={\"deadLetterTargetArn\":\"arn:aws:sqs:elasticmq:000000000000:${DEAD##*/}\",\"maxReceiveCount\":\"$1\"}"
}

@test "promtool accepts the metrics file of every program" {
  fresh_database
  create_user_logins
  key k
  head -n 20 "$SAMPLE" >some
  sqs-send -q --metrics-file sqs-send.prom <some
  sqs-pull -q --wait 1 --metrics-file sqs-pull.prom | tee records |
    sqs-unwrap -q --metrics-file sqs-unwrap.prom --metrics-label queue=logins |
    pii-mask -q -k k --metrics-file pii-mask.prom --metrics-label 'queue=a"b\c' | tee masked |
    pg-load -q -t user_logins --metrics-file pg-load.prom --metrics-label queue=logins |
    sqs-ack -q --metrics-file sqs-ack.prom
  pii-unmask -q -k k --metrics-file pii-unmask.prom <masked >/dev/null
  pii-scan -q --metrics-file pii-scan.prom <records >/dev/null
  pg-suggest -q -t t --metrics-file pg-suggest.prom <masked >/dev/null
  local file
  for file in sqs-{send,pull,unwrap,ack} pii-{mask,unmask,scan} pg-{load,suggest}; do
    run -0 promtool check metrics <"$file.prom"
    [ -z "$output" ] || { echo "$file: $output" && false; }
    well_formed "$file.prom" "$file"
  done
  grep -qxF 'sqs2pg_records_read_total{program="pii-mask",queue="a\"b\\c"} 20' pii-mask.prom
  [ "$(cat ./*.prom | grep -v '^#' | sed 's/ [^ ]*$//' | sort | uniq -d)" = '' ]
  # From sending to commit and deletion: under a minute, all of them.
  for file in pg-load:commit sqs-ack:delete; do
    [ "$(grep "^sqs2pg_${file#*:}_delay_seconds_bucket{.*le=\"60\"" "${file%:*}.prom" | sed 's/.* //')" = \
      "$(grep "^sqs2pg_${file#*:}_delay_seconds_count{" "${file%:*}.prom" | sed 's/.* //')" ]
  done
  [ "$(value sqs-ack.prom delete_delay_seconds_count)" = 20 ]
  awk '/^sqs2pg_commit_delay_seconds_sum/ { exit !($2 > 0 && $2 < 1200) }' pg-load.prom
  run -64 pii-mask -k k --metrics-label program=x
  run -64 pii-mask -k k --metrics-label x
  run -64 pg-load -t t --metrics-label 'X=y'
}

# helps FILE...: print the name of each metric in C sources that has two texts. node_exporter drops
# the series of one of them.
helps() {
  cat "$@" | tr '\n' ' ' | grep -oE '"sqs2pg_[a-z_]+", *"[^"]*"' | tr -s ' ' | sort -u >texts
  cut -d'"' -f2 texts | uniq -d
}

@test "the exit status of a run that fails before it reads anything is in the file" {
  local program
  for program in 'sqs-pull --wait 0' sqs-ack sqs-send; do
    # shellcheck disable=SC2086
    fails() { run "-$1" env "${@:2}" $program ${dead:-} --retry-timeout 1s --metrics-file p.prom </dev/null; }
    rm -f p.prom
    dead='-Q logins --endpoint-url http://127.0.0.1:1' fails 75
    grep -q '^sqs2pg_last_exit_status{.*queue="logins"} 75$' p.prom
    run -0 promtool check metrics <p.prom
    rm -f p.prom
    # shellcheck disable=SC2086
    $program --metrics-file p.prom </dev/null
    cp p.prom before
    fails 69 -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY AWS_EC2_METADATA_DISABLED=true
    grep -q '^sqs2pg_last_exit_status{.*} 69$' p.prom
    # Counters and times of the run before stay, and the next one continues.
    cmp <(grep _total before) <(grep _total p.prom)
    fails 78 AWS_PROFILE=nope
    grep -q '^sqs2pg_last_exit_status{.*} 78$' p.prom
    # shellcheck disable=SC2086
    $program --metrics-file p.prom </dev/null
    grep -q '^sqs2pg_last_exit_status{.*} 0$' p.prom
    # shellcheck disable=SC2086
    run -74 env AWS_PROFILE=nope $program --metrics-file none/p.prom
  done
}

@test "a metric of several programs has one help text, whichever wrote the file first" {
  local sources=("$ROOT"/cmd/*/*.[ch] "$ROOT"/lib/*/*.[ch])
  [ "$(helps "${sources[@]}")" = '' ]
  [ "$(wc -l <texts)" -ge 60 ]
  printf '%s\n' '{ "sqs2pg_requests_total",' '"Requests." }' >wrong.c
  [ "$(helps "${sources[@]}" wrong.c)" = sqs2pg_requests_total ]
}

@test "histograms and counts by code continue across runs; differing records are counted" {
  fresh_database
  sql 'CREATE TABLE t (id integer, n integer)'
  local body
  for body in '{"id":1,"n":1}' '{"id":1,"n":2}' '{"id":"x"}' '{"z":1}'; do
    jq -cn --argjson body "$body" --arg at "$(date -u -d '3 minutes ago' +%Y-%m-%dT%H:%M:%S.000Z)" --arg id "$body" \
      '{sqs: {queue_url: "http://h/1/q", message_id: $id, receipt_handle: $id, sent_at: $at}, body: $body}'
  done >in
  pg-load -q -t t --key '.body | tojson | .[0:8]' --metrics-file f.prom --batch-rows 1 <in >out || true
  pg-load -q -t t --key '.body | tojson | .[0:8]' --metrics-file f.prom <in >out || true
  code() { sed -n "s/^sqs2pg_errors_total{.*code=\"$1\"} //p" f.prom; }
  [ "$(value f.prom records_differing_total)" -ge 1 ]
  [ "$(code refused) $(code no-columns) $(code split)" = '2 2 0' ]
  [ "$(grep -c '^sqs2pg_commit_delay_seconds_bucket' f.prom)" -eq 15 ]
  [ "$(value f.prom commit_delay_seconds_count)" = 1 ]
  [ "$(sed -n 's/^sqs2pg_commit_delay_seconds_bucket{.*le="\(60\|300\)"} /\1:/p' f.prom | xargs)" = '60:0 300:1' ]
  awk '/^sqs2pg_commit_delay_seconds_sum/ { exit !($2 > 175 && $2 < 290) }' f.prom
}

@test "sqs-pull: the depth of the queue and the last growth of its dead-letter queue, across runs" {
  with_dead 1
  # Access denied: one message, and nothing else changes.
  proxy_start
  mode 'deny GetQueueAttributes AccessDenied'
  sqs-pull -q --wait 1 --visibility-timeout 60 --metrics-file f.prom
  [ "$(requests GetQueueAttributes)" -eq 1 ]
  run -1 grep -E '^sqs2pg_(queue_messages|dead_letters\{)' f.prom
  [ "$(grep 'request_errors_total.*"denied"' f.prom | sed 's/.* //')" = 1 ]
  proxy_gone
  fill 3
  sqs-pull -q --wait 1 --visibility-timeout 60 --metrics-file f.prom >/dev/null
  [ $(($(value f.prom queue_messages) + $(value f.prom queue_messages_in_flight))) -eq 3 ]
  [ "$(value f.prom dead_letters) $(value f.prom dead_letters_grown_timestamp_seconds)" = '0 0.000' ]
  [ "$(value f.prom oldest_message_age_seconds)" -lt 60 ]
  # A second delivery is one too many.
  fill 1
  sqs-pull -q --wait 1 --visibility-timeout 0 >/dev/null
  grown() { [ "$(servers_counts "$DEAD" | cut -d' ' -f1)" -ge 1 ]; }
  eventually 20 grown
  sqs-pull -q --wait 1 --metrics-file f.prom >/dev/null
  [ "$(value f.prom dead_letters)" -ge 1 ]
  [ "$(value f.prom dead_letters_grown_timestamp_seconds | cut -d. -f1)" -gt $(($(date +%s) - 60)) ]
  [ "$(value f.prom last_idle_timestamp_seconds | cut -d. -f1)" -gt $(($(date +%s) - 60)) ]
  at=$(value f.prom dead_letters_grown_timestamp_seconds)
  sqs-pull -q --wait 1 --empty 1 --metrics-file f.prom >/dev/null
  [ "$(value f.prom dead_letters_grown_timestamp_seconds)" = "$at" ]
  # A reader hides some: they are not fewer, and not more when they are back.
  dead=$(value f.prom dead_letters)
  sqs-pull -q -Q "$DEAD" -n 10 --wait 0 --empty 1 --visibility-timeout 600 >/dev/null
  sqs-pull -q --wait 1 --empty 1 --metrics-file f.prom >/dev/null
  [ "$(value f.prom dead_letters) $(value f.prom dead_letters_grown_timestamp_seconds)" = "$dead $at" ]
  [[ $(sqs-pull --print-depth) =~ ^\{\"messages\":[0-9]+,\"in_flight\":[0-9]+,\"delayed\":0,\"dead_letter\":\{\"name\":\"${DEAD##*/}\",\"messages\":[1-9]\}\}$ ]]
  fresh_queue
  [ "$(sqs-pull --print-depth)" = '{"messages":0,"in_flight":0,"delayed":0,"dead_letter":null}' ]
  run -64 sqs-pull --print-depth --print-redrive
}

@test "an idle hour of --follow makes at most 200 requests, 260 with --metrics-file; with -v a line a minute" {
  with_dead 5
  proxy_start
  mode 'idle 120'
  preload hasten
  # A quarter of an hour, in seven and a half seconds; the access keys tell them apart.
  began=$(date +%s%N)
  AWS_ACCESS_KEY_ID=with HASTEN=120 LD_PRELOAD=$PWD/hasten.so sqs-pull -fv --metrics-file f.prom 2>err 3>&- 4>&- &
  echo $! >pid
  AWS_ACCESS_KEY_ID=without HASTEN=120 LD_PRELOAD=$PWD/hasten.so sqs-pull -f 3>&- 4>&- &
  echo $! >>pid
  sleep 7.5
  # shellcheck disable=SC2046
  kill -9 $(xargs <pid)
  minutes=$((($(date +%s%N) - began) * 120 / 60000000000))
  sent() { grep -cE " $1 [^ ]+ [^ ]+ $2 " proxy/requests; }
  echo "$minutes min: with $(sent '[A-Za-z]+' with), without $(sent '[A-Za-z]+' without)"
  [ "$minutes" -ge 14 ]
  [ "$(sent ReceiveMessage without)" -ge 20 ]
  [ $(($(sent '[A-Za-z]+' without) * 60)) -le $((200 * (minutes + 1))) ]
  [ $(($(sent '[A-Za-z]+' with) * 60)) -le $((260 * (minutes + 1) + 180)) ]
  [ "$(sent GetQueueAttributes with)" -ge 10 ]
  [ "$(grep -c 'so far: received=0 ' err)" -ge 10 ]
  [ "$(grep -c 'so far: received=0 ' err)" -le $((minutes + 1)) ]
}

@test "SQS2PG_METRICS_DIR: a file for each program, which every user may read, with any umask" {
  fresh_database
  create_user_logins
  key k
  head -n 5 "$SAMPLE" | sqs-send -q
  copy_sqs2pg bin
  mkdir figures
  export SQS2PG_TABLE=user_logins SQS2PG_KEY_FILE=k SQS2PG_LOCK_DIR=$PWD SQS2PG_PULL_OPTIONS='--wait 1' \
    SQS2PG_METRICS_DIR=$PWD/none
  run -74 "$SQS2PG"
  [[ $output == *"sqs2pg: error: cannot write into the folder $PWD/none of SQS2PG_METRICS_DIR"* ]]
  counts_are 5 0 0
  SQS2PG_METRICS_DIR=$PWD/figures SQS2PG_ACK_OPTIONS="--metrics-file $PWD/own.prom"
  export SQS2PG_ACK_OPTIONS
  (umask 077 && "$SQS2PG")
  queue=${SQS_QUEUE_URL##*/}
  [ "$(ls figures)" = "$(printf "$queue-%s.prom\n" pg-load pii-mask sqs-pull sqs-unwrap)" ]
  [ "$(stat -c %a figures/* own.prom | sort -u)" = 644 ]
  local file
  for file in figures/*; do
    [ "$(grep -v '^#' "$file" | grep -vc "queue=\"$queue\"")" -eq 0 ]
  done
  [ "$(value figures/*-pg-load.prom records_committed_total)" = 5 ]
  # Without sqs-unwrap it has no file.
  rm figures/*
  head -n 1 "$SAMPLE" | sqs-send -q
  SQS2PG_UNWRAP_OPTIONS=off "$SQS2PG"
  [ "$(find figures -name '*.prom' | wc -l)" -eq 3 ]
}

@test "--replay continues the metrics of pg-load; it writes none beside a running pipeline or without a queue" {
  fresh_database
  create_user_logins
  key k
  head -n 5 "$SAMPLE" | sqs-send -q
  copy_sqs2pg bin
  mkdir figures kept
  export SQS2PG_TABLE=user_logins SQS2PG_LOCK_DIR=$PWD
  SQS2PG_KEY_FILE=k SQS2PG_PULL_OPTIONS='--wait 1' "$SQS2PG" --archive kept
  export SQS2PG_METRICS_DIR=$PWD/figures
  again() { "$SQS2PG" --replay kept/*.gz; }
  local file=figures/${SQS_QUEUE_URL##*/}-pg-load.prom
  again
  [ "$(ls figures)" = "${file#*/}" ]
  again
  [ "$(value "$file" records_duplicate_total)" = 10 ]
  exec 9>"$file.lock"
  flock 9
  run --separate-stderr -0 again
  [[ $stderr == *"$file"* ]]
  exec 9>&-
  SQS_QUEUE_URL='' again
  [ "$(value "$file" records_duplicate_total)" = 10 ]
  [ "$(find figures -name '*.prom' | wc -l)" -eq 1 ]
}
