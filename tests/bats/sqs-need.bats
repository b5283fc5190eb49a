#!/usr/bin/env bats
# sqs-ack on messages that need more than one verdict: --need, and parts.

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  fresh_queue VisibilityTimeout=300
}

teardown() { sqs_teardown; }

# take N: put N messages on the queue and receive them into ./records, in their order.
take() {
  fill "$1"
  pull -n "$1" | jq -cs 'sort_by(.body.n)[]' >records
}

# says N STATUS [FILTER]: print a verdict on message N.
says() { sed -n "$1p" records | jq -c --arg status "$2" "del(.body) | .status = \$status | ${3:-.}"; }

# part N STATUS PART PARTS: print a verdict on one part of message N.
part() { says "$1" "$2" ".sqs.part = $3 | .sqs.parts = $4"; }

@test "--need 2: the second verdict deletes a message, but not after a rejected one, and not alone" {
  take 4
  {
    says 1 committed && says 2 committed && says 3 committed && says 4 rejected
    says 4 duplicate && says 3 quarantined && says 1 duplicate
  } >verdicts
  status=0
  sqs-ack --need 2 --print -v <verdicts >acks 2>err || status=$?
  [ "$status" -eq 1 ]
  [ "$(jq -r '.status + " " + .ack' acks | sort | paste -sd,)" = \
    'committed part,committed part,committed part,duplicate deleted,duplicate none,quarantined deleted,rejected part' ]
  grep -q 'deleted=2 lost=0 failed=0 repeated=0 rejected=1 refused=0 .* incomplete=1$' err
  grep -q 'warning: 1 deliveries were not deleted' err
  counts_are 0 2 0
  # All have arrived: plain success, without output.
  { says 2 committed && says 4 committed && says 2 committed && says 4 duplicate; } | sqs-ack --need 2 2>err
  [ ! -s err ]
  counts_are 0 0 0
}

@test "verdicts that disagree about the number of parts delete nothing, and say so" {
  local other
  for other in '1 3' '0 3' '0 1' plain; do
    take 1
    if [ "$other" = plain ]; then says 1 committed; else part 1 committed "${other% *}" "${other#* }"; fi >second
    { part 1 committed 0 2 && cat second && part 1 committed 1 2; } >verdicts
    run -1 --separate-stderr sqs-ack --print <verdicts
    [ "$(jq -r .ack <<<"$output" | xargs)" = 'part none none' ]
    [[ $stderr == *'line 2 is at odds with others of its message about the number of parts: refused'* ]]
    [[ $stderr == *'refused=1 '* ]]
    head -2 verdicts | sqs-ack 2>err && false
    grep -q 'refused=1 .* incomplete=1' err
    counts_are 0 1 0
    sqs-ack -q < <(says 1 committed)
    counts_are 0 0 0
  done
}

@test "a message of several parts is deleted when each part has its verdict, or with --need its several verdicts" {
  take 5
  {
    part 1 committed 0 3 && part 2 committed 1 2 && part 1 committed 2 3 && part 1 committed 2 3
    part 3 committed 0 2 && part 3 rejected 1 2 && part 1 duplicate 1 3 && part 4 committed 2 2
    part 5 committed 0 2 && part 5 committed 1 3 && part 5 committed 1 2
  } >verdicts
  status=0
  sqs-ack --print -v <verdicts >acks 2>err || status=$?
  [ "$status" -eq 1 ]
  [ "$(acks acks)" = '1 deleted 4 none 6 part' ]
  grep -q 'deleted=1 lost=0 failed=0 repeated=1 rejected=1 refused=2 .* incomplete=1$' err
  counts_are 0 4 0
  { part 2 committed 0 2 && part 2 committed 1 2 && part 2 committed 1 2; } >verdicts
  run -1 bash -c 'sqs-ack -q --need 2 <verdicts 2>&1'
  counts_are 0 4 0
  part 2 committed 0 2 | cat verdicts - | sqs-ack --need 2
  counts_are 0 3 0
}

@test "verdicts that come again after the deletion are repeats: nothing is incomplete" {
  take 1
  mkfifo verdicts
  sqs-ack --print -v <verdicts >acks 2>err &
  exec 7>verdicts
  { part 1 committed 0 3 && part 1 committed 1 3 && part 1 committed 2 3; } >&7
  eventually 60 grep -q deleted acks
  part 1 committed 1 3 >&7
  exec 7>&-
  wait $!
  [ "$(acks acks)" = '1 deleted 3 part' ]
  grep -q 'deleted=1 lost=0 failed=0 repeated=1 ' err
  ! grep -q incomplete err || return 1
}

@test "a delivery with a rejected verdict is not deleted by verdicts that come again" {
  take 2
  {
    says 1 committed && says 1 rejected && says 1 committed && says 1 committed && says 1 duplicate
  } >verdicts
  run --separate-stderr -1 sqs-ack --need 2 --print -v <verdicts
  [ "$(jq -r .ack <<<"$output" | paste -sd' ')" = 'part none none none none' ]
  [[ $stderr == *'deleted=0 '* && $stderr != *incomplete* ]]
  {
    part 2 rejected 0 2 && part 2 committed 1 2 && part 2 committed 0 2 && part 2 committed 1 2
  } >verdicts
  run --separate-stderr -1 sqs-ack --print -v <verdicts
  [ "$(jq -r .ack <<<"$output" | paste -sd' ')" = 'part none none none' ]
  [[ $stderr == *'deleted=0 '* && $stderr != *incomplete* ]]
  counts_are 0 2 0
}

@test "a newer delivery ends the older one; late verdicts on that do not end the newer" {
  take 1
  {
    says 1 committed '.sqs.receipt_handle = "older"' && says 1 committed
    says 1 committed '.sqs.receipt_handle = "older"' && says 1 committed
  } >verdicts
  run -1 bash -c 'sqs-ack -v --need 2 <verdicts 2>&1'
  [[ $output == *'deleted=1 lost=0 failed=0 repeated=1 '*' incomplete=1'* ]]
  counts_are 0 0 0
}

@test "at most 120,000 deliveries wait, in constant memory" {
  awk 'BEGIN { for (i = 0; i < 240000; i++) printf \
    "{\"sqs\":{\"message_id\":\"m%d\",\"receipt_handle\":\"h%d\"},\"status\":\"committed\"}\n", i, i }' >verdicts
  head -n 1 verdicts >first
  cat first >>verdicts
  run -1 python3 -c '
import resource, subprocess, sys
done = subprocess.run(["sqs-ack", "-v", "--need", "2"], stdin=open("verdicts"))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, "KiB")
sys.exit(done.returncode)'
  # The first delivery was already forgotten at its second verdict.
  [[ $output == *'deleted=0 '*' requests=0 '*' incomplete=240001'* ]]
  case ${BUILD:-} in *asan* | *tsan*) return ;; esac
  [ "$(grep -oP '^\d+(?= KiB)' <<<"$output")" -le 32768 ]
}

@test "--release: the first verdict releases" {
  take 1
  says 1 committed | sqs-ack --need 2 --release
  counts_are 1 0 0
}

@test "--acked: a part keeps its lease, the last verdict ends it" {
  fill 20
  mkfifo acked
  if sqs-pull -v --wait 1 --acked acked 2>pull.err | committed | sed p |
    sqs-ack --need 2 --print | tee acks >acked; then
    STATUSES="${PIPESTATUS[*]}"
  fi
  [ "$STATUSES" = '0 0 0 0 0' ]
  [ "$(acks acks)" = '20 deleted 20 part' ]
  grep -q 'printed=20 released=0 .*acked=20' pull.err
  counts_are 0 0 0
  # Only one of two verdicts: the lease is held to the end, and the message then released.
  fill 1
  sqs-pull -v --wait 1 --acked acked 2>pull.err | committed | (sqs-ack -q --need 2 --print || :) >acked
  grep -q 'acked=0' pull.err
  counts_are 1 0 0
}
