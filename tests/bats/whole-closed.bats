#!/usr/bin/env bats
# Records that a policy does not match, through the whole pipeline: typical producers send them.
# Nothing is in clear after pii-mask, and no message is lost.

load ../lib/common

setup() {
  common_setup
  copy_sqs2pg bin
  unset SQS2PG_MAPS
  fresh_database
  fresh_queue VisibilityTimeout=30
  key k
  sql 'CREATE TABLE t (user_id text, masked_ip text, masked_device_id text)'
  (umask 077 && cat >settings) <<END
SQS_QUEUE_URL=$SQS_QUEUE_URL
AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID:-x}
AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY:-x}
PGHOST=${PGHOST:-}
PGUSER=${PGUSER:-}
PGDATABASE=$PGDATABASE
SQS2PG_TABLE=t
SQS2PG_KEY_FILE=k
SQS2PG_LOCK_DIR=$PWD
SQS2PG_PULL_OPTIONS=--wait 1 --attributes all
SQS2PG_LOAD_OPTIONS=--sealed-limit none
END
  mkdir archive
  cut -f3 "$ROOT/tests/lib/closed.tsv" >shapes
  sqs-send -q <shapes
}
IN_CLEAR=(-e 203.0.113.77 -e DEV-CANARY-0001)

# in_clear_nowhere: check the database, the archive and the messages.
in_clear_nowhere() {
  pg_dump >dump
  for file in archive/*; do
    case $file in *.zst) zstdcat "$file" ;; *.gz) zcat "$file" ;; *) cat "$file" ;; esac
  done >archived
  [ "$(wc -l <archived)" -ge "$(wc -l <shapes)" ]
  run -1 grep -a "${IN_CLEAR[@]}" dump archived err
}

@test "without --unwrap: each message is stored, sealed, and in clear nowhere" {
  echo SQS2PG_UNWRAP_OPTIONS=off >>settings
  grep -c "${IN_CLEAR[@]}" shapes | grep -qx "$(wc -l <shapes)"
  "$SQS2PG" -v -c settings --archive archive 2>err
  counts_are 0 0 0
  [ "$(sql 'SELECT (SELECT count(*) FROM t) + (SELECT count(*) FROM t_errors)')" -eq "$(wc -l <shapes)" ]
  in_clear_nowhere
}

@test "with sqs-unwrap: matched values are masked, the rest is sealed" {
  "$SQS2PG" -v -c settings --archive archive 2>err
  counts_are 0 0 0
  [ "$(sql "SELECT count(*) FROM t WHERE masked_ip LIKE 'siv1.%'")" -gt 5 ]
  [ "$(sql 'SELECT count(*) FROM t_errors')" -gt 20 ]
  in_clear_nowhere
  # The key holder can still unmask all of it.
  { sql 'SELECT record FROM t_errors' | pii-unmask -q -k k; sql 'SELECT masked_ip FROM t' | pii-unmask -q -k k --lines .ip; } >clear
  [ "$(grep -c "${IN_CLEAR[@]}" clear)" -gt 40 ]
}
