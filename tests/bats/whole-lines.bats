#!/usr/bin/env bats
# Marks that Windows tools and editors put into a file of records: a byte order mark, CRLF, lines of
# blanks. Every program that reads records skips and counts them, and keeps the line numbers.

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  fresh_queue VisibilityTimeout=30
  fresh_database
  key k
}

teardown() { sqs_teardown; }

MARK=$'\xef\xbb\xbf'

# windows RECORD...: print such a file, with the mark and three lines of blanks.
windows() {
  printf '%s\r\n\r\n' "$MARK$1"
  shift
  printf '%s\r\n \t\r\n' "$@"
  printf '  '
}

@test "each program skips and counts a byte order mark and lines of blanks" {
  local one='{"body":{"ip":"203.0.113.9","a":1}}' two='{"body":{"ip":"203.0.113.9","a":2}}'
  windows "$one" "$two" >in
  pii-mask -v -k k -m .ip=siv <in >masked 2>err
  grep -q 'records=2 masked=2 .* errors=0 .* skipped=4' err
  [ "$(wc -l <masked)" -eq 2 ]
  [ "$(jq -c .body.a masked | xargs)" = '1 2' ]
  run -1 grep -q "$MARK" masked

  windows "$(sed -n 1p masked)" "$(sed -n 2p masked)" >masked-in
  pii-unmask -v -k k <masked-in >unmasked 2>err
  grep -q 'records=2 .* errors=0 .* skipped=4' err
  [ "$(wc -l <unmasked)" -eq 2 ]

  sql 'CREATE TABLE t (a int)'
  pg-load -v --no-ledger -t t <in >verdicts 2>err
  grep -q 'committed=2 .* quarantined=0 rejected=0 .* skipped=4' err
  [ "$(sql 'SELECT sum(a), count(*) FROM t')" = '3|2' ]
  # Line numbers do not change.
  [ "$(jq -c .line verdicts | sort -n | xargs)" = '1 3' ]

  sqs-send -v <in 2>err
  grep -q 'sent=2 rejected=0 .* skipped=4' err
  pull | committed >settled
  windows "$(sed -n 1p settled)" "$(sed -n 2p settled)" | sqs-ack -v 2>err
  grep -q 'deleted=2 .* refused=0 .* skipped=4' err
  counts_are 0 0 0
}

@test "a message names a bad line with its number in the file" {
  printf '%s\n\n%s\n\nbroken\n' "$MARK{}" '{"body":"x"}' >in
  run -0 --separate-stderr pii-mask -v -k k -m .a=redact --root . <in
  [ "$(wc -l <<<"$output")" -eq 3 ]
  run -1 --separate-stderr sqs-ack -v <in
  [[ $stderr == *'line 1'* ]]
  [[ $stderr == *'refused=3'* ]]
}

@test "a file with only a mark and blanks has no record, and no program reports an error" {
  windows '' >in
  sql 'CREATE TABLE t (a int)'
  for command in 'pii-mask -k k' 'pii-unmask -k k' 'pg-load --no-ledger -t t' sqs-send sqs-ack; do
    # shellcheck disable=SC2086
    run -0 --separate-stderr $command <in
    [ -z "$output$stderr" ] || { echo "$command: $output $stderr" && false; }
  done
}

@test "--lines keeps lines of blanks, so that line numbers still match, but not the mark" {
  printf '%s\n' "${MARK}203.0.113.9" '' '203.0.113.9' >in
  pii-mask -k k -m .ip=hmac --lines .ip <in >out
  lines_are out 3
  [ "$(sed -n 1p out)" = "$(sed -n 3p out)" ]
  [ -z "$(sed -n 2p out)" ]
}
