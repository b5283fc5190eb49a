#!/usr/bin/env bats
# pg-load: records that another program has made of one message. Each is stored
# once, as a row or as refused, and none is called a duplicate.

load ../lib/common
load ../lib/records

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer, v text)'
}

teardown() { common_teardown; }

# events N ID...: print a message N with these events, as sqs-pull prints it.
events() {
  local n=$1
  shift
  record "$n" "{\"events\":[$(printf '{"id":%s},' "$@" | sed 's/,$//')]}"
}

# each: make records of the events, as users write it.
each() { jq -c '.body.events[] as $event | .body = $event'; }

# stored: print the ids of rows and of error rows, sorted, one a line.
stored() {
  {
    sql 'SELECT id FROM t'
    [ "$(sql "SELECT to_regclass('t_errors') IS NULL")" = t ] || sql "SELECT record::json #>> '{body,id}' FROM t_errors"
  } | sort -n
}

# all_refused: check the outcome of ./in of the first test.
all_refused() {
  [ "$status" -eq 0 ]
  [ "$(tally)" = '3 committed 9 quarantined' ]
  [ "$(sql 'SELECT count(*) FROM t')" = 3 ]
  diff <(stored) <(seq 1 12)
  [ "$(sql "SELECT count(*), count(DISTINCT key), sum(count), string_agg(DISTINCT stage || ' ' || code, ',') FROM t_errors")" = '9|9|9|load split' ]
}

@test "three events of a message are refused, in one batch, across batches, by several connections, from a file and from a pipe" {
  {
    events 1 1 2 3 | each && record 2 '{"id":4}' && events 3 5 6 7 | each && record 4 '{"id":8}'
    events 5 9 10 11 | each && record 6 '{"id":12}'
  } >in
  for options in '' '--batch-rows 1' '--batch-rows 2' '--batch-rows 1 --jobs 4' '--batch-rows 2 --jobs 4 --linger 0' \
    '--batch-bytes 1' '--key .body.id' '--no-ledger'; do
    # shellcheck disable=SC2086  # several
    load_in -t t $options
    all_refused
    grep -q '^pg-load: hint: .*sqs-unwrap' err
    sql 'DROP TABLE IF EXISTS t_ledger; DROP TABLE t_errors; TRUNCATE t'
  done
  status=0
  # shellcheck disable=SC2002  # a pipe is needed
  cat in | pg-load -t t --batch-rows 1 >out 2>err || status=$?
  all_refused
  # Redelivered and replayed, they give the same rows.
  sed 's/"h\([135]\)"/"again\1"/' in | pg-load -t t >out 2>err
  [ "$(tally)" = '3 duplicate 9 quarantined' ]
  [ "$(sql 'SELECT count(*), min(count), max(count) FROM t_errors')" = '9|2|2' ]
}

@test "records of one message with others between them: each is stored, and none is a duplicate" {
  events 1 1 2 3 | each >halves
  {
    sed -n 1p halves && record 2 '{"id":4}' && sed -n 2p halves && records 5 30 && sed -n 3p halves && records 31 31
  } >in
  for options in '' '--batch-rows 1' '--batch-rows 2' '--batch-rows 1 --jobs 4'; do
    # shellcheck disable=SC2086
    load_in -t t $options
    [ "$status" -eq 0 ]
    diff <(stored) <(seq 1 31)
    # The first may be submitted already; the others are refused.
    grep -q 'line 3 quarantined: load split' err
    grep -q 'line 30 quarantined: load split' err
    run -1 grep duplicate out
    sql 'DROP TABLE t_ledger, t_errors; TRUNCATE t'
  done
  # The window is 100,000 records.
  { sed -n 1p halves && records 5 100002 && sed -n 2p halves; } >in
  load_in -t t --batch-rows 5000
  [ "$(tally)" = '99999 committed 1 quarantined' ]
  [ "$(sql 'SELECT code FROM t_errors')" = split ]
}

@test "a message that is not split stays a duplicate: other deliveries, the same content, earlier runs, replays" {
  # The same content, in a batch and later; other content in another delivery.
  { record 1 '{"id":1}' && record 1 '{"id":1}' && record 2 '{"id":2}' && record 1 '{"id":1}' && record 1 '{"id":9}' second; } >in
  for options in '' '--batch-rows 1'; do
    # shellcheck disable=SC2086
    load_in -t t $options
    [ "$(tally)" = '2 committed 3 duplicate' ]
    [ ! -s err ]
    sql 'DELETE FROM t_ledger; DELETE FROM t'
  done
  # A key held from an earlier run.
  record 1 '{"id":1}' >in
  load_in -t t
  events 1 1 2 3 | each >in
  for options in '' '--batch-rows 1'; do
    # shellcheck disable=SC2086
    load_in -t t $options
    [ "$(tally)" = '3 duplicate' ]
  done
  # sqs-unwrap makes parts, and a message without a handle is not deleted.
  events 7 1 2 | each | jq -c '.sqs.part = .body.id - 1 | .sqs.parts = 2' >in
  events 8 1 2 | each | jq -c 'del(.sqs.receipt_handle)' >>in
  load_in -t t --no-ledger
  [ "$(tally)" = '4 committed' ]
}

@test "a record that was committed before another of its message came stays committed" {
  mkfifo pipe
  pg-load -t t --linger 0 <pipe >out 2>err &
  echo $! >pid
  exec 7>pipe
  record 1 '{"id":1}' >&7
  eventually 60 lines_are out 1
  { record 1 '{"id":2}' && record 1 '{"id":1}' && record 1 '{"id":2}'; } >&7
  exec 7>&-
  wait "$(cat pid)"
  [ "$(tally)" = '1 committed 1 duplicate 2 quarantined' ]
  diff <(stored) <(seq 1 2)
  [ "$(sql 'SELECT code, count FROM t_errors')" = 'split|2' ]
}

@test "the last record of a batch waits for the next one, at most one linger" {
  mkfifo pipe
  pg-load -t t --batch-rows 1 --linger 1m <pipe >out 2>err &
  echo $! >pid
  exec 7>pipe
  record 1 '{"id":1}' >&7
  events 2 2 3 | each | sed -n 1p >&7
  # The verdict of the first says that the second has been read.
  eventually 60 lines_are out 1
  record 3 '{"id":4}' >&7
  events 4 5 6 7 | each | sed -n 1p >&7
  eventually 60 lines_are out 3
  [ "$(tally)" = '3 committed' ]
  events 4 5 6 7 | each | sed -n 2,3p >&7
  exec 7>&-
  wait "$(cat pid)"
  [ "$(tally)" = '3 committed 3 quarantined' ]
  [ "$(sql 'SELECT count(*) FROM t')" = 3 ]
  # Nothing comes.
  mkfifo second
  rm out
  pg-load -t t --batch-rows 1 <second >out 2>err &
  echo $! >pid
  exec 7>second
  record 9 '{"id":9}' >&7
  eventually 60 lines_are out 1
  exec 7>&-
  wait "$(cat pid)"
}

@test "--no-quarantine: a split message gets no verdict, and the run ends with 65 once the others have theirs" {
  { record 1 '{"id":1}' && events 2 2 3 4 | each && record 3 '{"id":5}'; } >in
  for options in '' '--batch-rows 1' '--dry-run'; do
    # shellcheck disable=SC2086
    load_in -t t --no-quarantine $options
    [ "$status" -eq 65 ]
    run -1 grep -F "$(mid 2)" out
    [ "$(verdict 1 | sed 's/would-commit/committed/')" = committed ]
    grep -q '^pg-load: error: another program has made several records of one message$' err
    [ "$(sql "SELECT to_regclass('t_errors') IS NULL, (SELECT count(*) FROM t WHERE id BETWEEN 2 AND 4)")" = 't|0' ]
    sql 'DROP TABLE IF EXISTS t_ledger; TRUNCATE t'
  done
  # A message that an earlier run had loaded gets its verdict.
  record 2 '{"id":2}' >one && pg-load -q -t t <one >out
  load_in -t t --no-quarantine
  [ "$status" -eq 0 ]
  [ "$(tally)" = '2 committed 3 duplicate' ]
}

@test "a split message with a record that cannot be stored remains on the queue" {
  { events 1 1 2 | each && events 1 3 | each | sed "s/\"id\":3/\"id\":3,\"v\":\"$(printf '%02000d' 0)\"/"; } >in
  load_in -t t --max-record 1K
  [ "$status" -eq 1 ]
  [ "$(tally)" = '3 rejected' ]
  # Error records count too.
  { record 1 '{"id":1}' && record 1 0 | sed 's/"body":0/"error":{"stage":"mask","code":"syntax"},"sealed":"s"/'; } >in
  load_in -t t --batch-rows 1
  [ "$(tally)" = '2 quarantined' ]
  [ "$(sql 'SELECT count(*), min(code), max(code) FROM t_errors')" = '2|split|split' ]
}

@test "only the commit of its own record resolves an error row, not that of another of the message" {
  # With --key: another event of the message.
  record 1 '{"id":"x","v":"a"}' >in
  load_in -t t --key .body.v
  record 1 '{"id":2,"v":"b"}' second >in
  load_in -t t --key .body.v
  [ "$(tally)" = '1 committed' ]
  [ "$(sql 'SELECT count(*), count(resolved_at) FROM t_errors')" = '1|0' ]
  record 1 '{"id":1,"v":"a"}' third >in
  load_in -t t --key .body.v
  [ "$(sql 'SELECT count(*), count(resolved_at) FROM t_errors')" = '1|1' ]
  sql 'TRUNCATE t, t_ledger, t_errors'
  # A split message, then one of its records alone, without and with --key.
  events 2 1 2 3 | each >in
  load_in -t t
  sed -n 2p in | sed 's/"h2"/"later"/' >one
  pg-load -t t <one >out
  [ "$(tally)" = '1 committed' ]
  [ "$(sql "SELECT record::json #>> '{body,id}' FROM t_errors WHERE resolved_at IS NOT NULL")" = 2 ]
  sql 'TRUNCATE t, t_ledger, t_errors'
  load_in -t t --key .body.id
  sed -n 3p in | sed 's/"h2"/"later"/; s/"id":3/"id":3,"v":"corrected"/' >one
  pg-load -t t --key .body.id <one >out
  [ "$(sql "SELECT record::json #>> '{body,id}' FROM t_errors WHERE resolved_at IS NOT NULL")" = 3 ]
}
