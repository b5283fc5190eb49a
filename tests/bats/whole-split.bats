#!/usr/bin/env bats
# The whole pipeline with a program that makes several records of a message, or copies them into
# several tables. No message is deleted before all of it is stored.

load ../lib/common

setup() {
  common_setup
  unset SQS2PG_MAPS
  fresh_database
  fresh_queue VisibilityTimeout=60
  sql 'CREATE TABLE t (id integer, v text)'
}

# stored: print the ids of rows and of error rows, sorted.
stored() { sql "SELECT id FROM t UNION ALL SELECT (record::json #>> '{body,id}')::integer FROM t_errors ORDER BY 1"; }

@test "with a filter that splits messages every event is stored once, and the queue is empty" {
  seq 1 3 60 | while read -r n; do echo "{\"body\":[{\"id\":$n},{\"id\":$((n + 1))},{\"id\":$((n + 2))}]}"; done | sqs-send -q
  sqs-pull --wait 1 -j 1 >pulled
  counts_are 0 20 0
  for options in '--no-quarantine' '--batch-rows 2 --jobs 4'; do
    # shellcheck disable=SC2086  # several
    jq -c '.body[] as $event | .body = $event' pulled | pg-load -q -t t $options >out 2>err || :
    if [ "$options" = --no-quarantine ]; then
      [ ! -s out ]
    fi
  done
  [ "$(stored)" = "$(seq 1 60)" ]
  [ "$(sql 'SELECT count(*), count(DISTINCT message_id), min(code) FROM t_errors')" = '60|20|split' ]
  sqs-ack -q <out
  counts_are 0 0 0
}

@test "the same in one pipeline, with a split message between others" {
  { echo '{"body":[{"id":1}]}' && echo '{"body":[{"id":2},{"id":3},{"id":4}]}' && echo '{"body":[{"id":5}]}'; } | sqs-send -q
  sqs-pull --wait 1 | jq -c '.body[] as $event | .body = $event' | pg-load -t t --batch-rows 1 2>err | sqs-ack
  [ "$(stored)" = "$(seq 1 5)" ]
  [ "$(sql 'SELECT count(*) FROM t_errors')" = 3 ]
  counts_are 0 0 0
}

@test "records copied into two tables: --need 2 deletes only messages that both have" {
  sql 'CREATE TABLE u (id integer CHECK (id <> 7))'
  seq 1 20 | sed 's/.*/{"body":{"id":&}}/' | sqs-send -q
  mkfifo copy
  sqs-pull --wait 1 | tee copy | pg-load -q -t t >one &
  pg-load -q -t u --no-quarantine <copy >two 2>err || [ $? = 1 ]
  wait
  # Half of the verdicts delete nothing.
  status=0
  sqs-ack -v --need 2 <one 2>err || status=$?
  [ "$status" -eq 1 ]
  grep -q 'deleted=0 .* incomplete=20$' err
  counts_are 0 20 0
  status=0
  cat one two | sqs-ack -v --need 2 2>err || status=$?
  [ "$status" -eq 1 ]
  grep -q 'deleted=19 lost=0 failed=0 repeated=0 rejected=1 ' err
  counts_are 0 1 0
  [ "$(sql 'SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)')" = '20|19' ]
}
