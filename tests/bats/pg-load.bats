#!/usr/bin/env bats
# pg-load: the outcome of records, as the verdicts and the tables show it.

load ../lib/common
load ../lib/records

setup() { pg_setup; }

create_t() { sql "CREATE TABLE t (id integer, v varchar(5), ${1:-n integer})"; }

@test "three bad rows of 5,000: the others are committed, those three quarantined, all acknowledged" {
  create_user_logins
  export SQS2PG_MAPS=$SERVERS_DIR/maps
  awk 'BEGIN { for (n = 1; n <= 5000; n++) {
    user = "u" n; version = "2.3." n % 100
    if (n == 17) version = "x.y"
    if (n == 2500) user = sprintf("%200s", "u")
    if (n == 4999) user = "a\\u0000b"
    printf "{\"sqs\":{\"message_id\":\"%08x-0000-4000-8000-%012x\",\"receipt_handle\":\"h%d\"," \
      "\"sent_at\":\"2026-11-21T23:59:59.999Z\"},\"body\":{\"user_id\":\"%s\",\"app_version\":\"%s\"}}\n",
      n, n, n, user, version } }' >in
  load_in -t user_logins
  [ "$status" -eq 0 ]
  [ "$(tally)" = '4997 committed 3 quarantined' ]
  [ "$(verdict 17)" = quarantined ]
  [ "$(verdict 2500)" = quarantined ]
  [ "$(verdict 4999)" = quarantined ]
  [ "$(sql 'SELECT count(*), count(DISTINCT user_id), min(create_date), max(create_date) FROM user_logins')" = '4997|4997|2026-11-21|2026-11-21' ]
  [ "$(sql 'SELECT count(*) FROM user_logins_ledger')" = 4997 ]
  [ "$(sql 'SELECT stage, code, sqlstate, column_name, count FROM user_logins_errors ORDER BY code')" = 'load|map||app_version|1
load|nul||user_id|1
load|refused|22001|user_id|1' ]
  # The summary is printed because some records were refused.
  grep -q 'committed=4997 duplicate=0 quarantined=3 rejected=0 batches=1 seconds=' err

  # The same three are corrected and replayed.
  sed -n '17p;2500p;4999p' in | sed 's/x\.y/1.2.3/; s/ \{100,\}//; s/\\u0000//' >corrected
  mv corrected in
  load_in -t user_logins
  [ "$status" -eq 0 ]
  [ "$(tally)" = '3 committed' ]
  [ ! -s err ]
  [ "$(sql 'SELECT count(*) FROM user_logins')" = 5000 ]
  [ "$(sql 'SELECT count(*) FROM user_logins_errors WHERE resolved_at IS NOT NULL')" = 3 ]
}

@test "all four statuses come in one run, each verdict with the sqs bytes of its record" {
  create_t
  {
    record 1 '{"id":1}'
    record 1 '{"id":1}'
    record 2 '{"id":"x"}'
    echo '{"sqs":{ "message_id" : "m3" ,"receipt_handle":"\u0068"},"error":{"stage":"pull","code":"too-long"}}'
  } >in
  load_in -t t
  [ "$status" -eq 1 ]
  [ "$(tally)" = '1 committed 1 duplicate 1 quarantined 1 rejected' ]
  grep -qxF '{"sqs":{ "message_id" : "m3" ,"receipt_handle":"\u0068"},"status":"rejected"}' out
  [ "$(sed -n 1p out)" = "$(sed -n 1p in | sed 's/,"body.*/,"status":"committed"}/')" ]
}

@test "a redelivered record is a duplicate, however often and among any others" {
  create_t
  records 1 100 >in
  load_in -t t
  [ "$(tally)" = '100 committed' ]
  load_in -t t
  [ "$status" -eq 0 ]
  [ ! -s err ]
  [ "$(tally)" = '100 duplicate' ]
  records 51 150 >in
  load_in -t t --batch-rows 7
  [ "$(tally)" = '50 committed 50 duplicate' ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '150|150' ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 150 ]
}

@test "the first good copy in a batch is loaded" {
  create_t
  {
    record 1 '{"id":1,"v":"too long"}'
    record 1 '{"id":1,"v":"bad\u0000"}' second
    record 1 '{"id":1,"v":"good"}' third
    record 1 '{"id":1,"v":"late"}' fourth
    record 2 '{"id":2}'
  } >in
  load_in -t t
  [ "$status" -eq 0 ]
  [ "$(verdict 1)" = 'quarantined quarantined committed duplicate' ]
  [ "$(sql 'SELECT id, v FROM t ORDER BY id')" = '1|good
2|' ]
  # Two contents of one message are both kept; the third resolves both.
  [ "$(sql 'SELECT count(*), count(resolved_at) FROM t_errors')" = '2|2' ]
  load_in -t t
  [ "$(tally)" = '5 duplicate' ]
}

@test "a key whose only copies were refused is not in the ledger" {
  create_t
  { record 1 '{"id":"x"}' && record 1 '{"id":"y"}' second && records 2 50; } >in
  load_in -t t
  [ "$(tally)" = '49 committed 2 quarantined' ]
  [ "$(sql 'SELECT count(*) FROM t_ledger')" = 49 ]
  record 1 '{"id":1}' >in
  load_in -t t
  [ "$(tally)" = '1 committed' ]
  [ "$(sql 'SELECT count(*), count(resolved_at) FROM t_errors')" = '2|2' ]
}

@test "a bad record delivered three times: one error row with count 3, quarantined each time" {
  create_t
  record 7 '{"id":"x"}' >in
  for delivery in 1 2 3; do
    sed -i "s/\"h7[^\"]*\"/\"h7-$delivery\"/" in
    load_in -t t
    [ "$status" -eq 0 ]
    [ "$(tally)" = '1 quarantined' ]
  done
  [ "$(sql 'SELECT count(*), max(count), max(sqlstate), max(column_name), max(message_id) FROM t_errors')" = "1|3|22P02|id|$(mid 7)" ]
  # Its content is unchanged, except for the receipt handle.
  [ "$(sql 'SELECT record FROM t_errors')" = "$(sed 's/"receipt_handle":"[^"]*",//' in)" ]
  [ "$(sql 'SELECT last_at > first_at FROM t_errors')" = t ]
  # In one batch too.
  cat in in in >three && mv three in
  load_in -t t
  [ "$(tally)" = '3 quarantined' ]
  [ "$(sql 'SELECT count(*), max(count) FROM t_errors')" = '1|6' ]
}

@test "--key identifies records, whatever their message ids" {
  create_t
  { record 1 '{"id":"a","v":"k"}' && record 2 '{"id":1,"v":"k"}' && record 3 '{"id":2,"v":"k"}' &&
    record 4 '{"id":3,"v":null}' && record 5 '{"id":4}' && record 6 '{"id":5,"v":"l"}'; } >in
  load_in -t t --key .body.v
  [ "$status" -eq 0 ]
  [ "$(sql 'SELECT id, v FROM t ORDER BY id')" = '1|k
5|l' ]
  [ "$(verdict 1) $(verdict 2) $(verdict 3)" = 'quarantined committed duplicate' ]
  [ "$(verdict 4) $(verdict 5)" = 'quarantined quarantined' ]
  [ "$(sql "SELECT count(*) FROM t_errors WHERE code = 'key'")" = 2 ]
  # The key of the second copy finds the error row of the first.
  [ "$(sql "SELECT resolved_at IS NOT NULL FROM t_errors WHERE message_id = '$(mid 1)'")" = t ]
  # With a corrected key, the message id finds it.
  record 4 '{"id":3,"v":"m"}' >in
  load_in -t t --key '.body.v | ascii_downcase'
  [ "$(tally)" = '1 committed' ]
  [ "$(sql "SELECT resolved_at IS NOT NULL FROM t_errors WHERE message_id = '$(mid 4)'")" = t ]
  # The filter and the name of the queue are part of the key.
  { record 7 '{"id":7,"v":"K"}' && record 8 '{"id":8,"v":"K"}' | sed 's#/1/q#/1/other#'; } >in
  load_in -t t --key '.body.v | ascii_downcase'
  [ "$(verdict 7) $(verdict 8)" = 'duplicate committed' ]
}

@test "--key: a path takes the spelling, a filter what jq writes, and refuses numbers it would round; \"\" is a key" {
  sql 'CREATE TABLE t (id integer)'
  {
    record 1 '{"id":1,"k":12345678901234567891}'
    record 2 '{"id":2,"k":12345678901234567892}'
    record 3 '{"id":3,"k":""}'
    record 4 '{"id":4,"k":""}'
    record 5 '{"id":5,"k":1.0}'
    record 6 '{"id":6,"k":1}'
    record 7 '{"id":7,"k":"1"}'
  } >in
  load_in -t t --key .body.k
  [ "$(sql 'SELECT string_agg(id::text, $$,$$ ORDER BY id) FROM t')" = 1,2,3,5,6 ]
  [ "$(verdict 4) $(verdict 7)" = 'duplicate duplicate' ]
  sql 'TRUNCATE t, t_ledger, t_errors'
  load_in -t t --key '.body.k | tostring'
  [ "$(verdict 1) $(verdict 2)" = 'quarantined quarantined' ]
  [ "$(sql 'SELECT DISTINCT code FROM t_errors')" = key ]
  [ "$(verdict 3) $(verdict 4) $(verdict 7)" = 'committed duplicate duplicate' ]
}

@test "records without a message id are loaded outside the ledger, and warned of once" {
  create_t
  printf '{"body":{"id":1}}\n{"body":{"id":2}}\n{"sqs":{},"body":{"id":3}}' >in
  load_in -t t
  [ "$status" -eq 0 ]
  [ "$(sed -n 1,2p out)" = '{"line":1,"status":"committed"}
{"line":2,"status":"committed"}' ]
  [ "$(sed -n 3p out)" = '{"sqs":{},"status":"committed"}' ]
  [ "$(grep -c 'outside the ledger' err)" = 1 ]
  load_in -t t -v
  [ "$(sql 'SELECT count(*) FROM t')" = 6 ]
  grep -q 'unkeyed=3' err
}

@test "--no-ledger loads every record, and creates no ledger" {
  create_t
  { records 1 10 && records 1 10 && record 11 '{"id":"x"}'; } >in
  load_in -t t --no-ledger
  [ "$status" -eq 0 ]
  [ "$(tally)" = '20 committed 1 quarantined' ]
  [ "$(sql "SELECT to_regclass('t_ledger') IS NULL")" = t ]
  record 11 '{"id":11}' >in
  load_in -t t --no-ledger
  [ "$(sql 'SELECT count(resolved_at) FROM t_errors')" = 1 ]
}

@test "error records that arrive are stored with their content, or rejected" {
  create_t
  cat >in <<'END'
{"sqs":{"message_id":"m1","receipt_handle":"h"},"error":{"stage":"mask","code":"syntax","detail":"d"},"sealed":"seal1.0011aabb.QUJD"}
{"sqs":{"message_id":"m2","receipt_handle":"h"},"error":{"stage":"mask","code":"collision"},"body":{"é":1}}
{"sqs":{"message_id":"m3","receipt_handle":"h"},"error":{"stage":"pull","code":"too-long"}}
{"sqs":{"message_id":"m4","receipt_handle":"h"},"error":{"stage":"we ird","code":5},"body":null}
{"sqs":{"message_id":"m5"},"error":null,"body":{"id":5}}
END
  load_in -t t
  [ "$status" -eq 1 ]
  [ "$(grep -oP '"status":"\K[^"]*' out | xargs)" = 'quarantined quarantined rejected rejected committed' ]
  [ "$(sql "SELECT stage, code FROM t_errors ORDER BY message_id")" = 'mask|syntax
mask|collision' ]
  [ "$(sql "SELECT record FROM t_errors WHERE message_id = 'm1'")" = "$(sed -n '1s/,"receipt_handle":"h"//p' in)" ]
  # It is pure ASCII, and still the same JSON.
  [ "$(sql "SELECT record ~ '^[ -~]*\$', record::json #>> '{body,é}' FROM t_errors WHERE message_id = 'm2'")" = 't|1' ]
  # When it is opened and sent again, its id identifies the message.
  echo '{"sqs":{"message_id":"m1"},"body":{"id":1}}' >in
  load_in -t t
  [ "$(sql "SELECT resolved_at IS NOT NULL FROM t_errors WHERE message_id = 'm1'")" = t ]
}

@test "the stage and the code of an error record are shown and stored only if they are words" {
  create_t
  long=$(printf 'a%.0s' {1..32})
  cat >in <<END
{"sqs":{"message_id":"m1"},"error":{"stage":"CANARY 1.2.3.4","code":"canary@example"},"body":1}
{"sqs":{"message_id":"m2"},"error":{"stage":"canary\\u002d1","code":"${long}canary"},"body":1}
{"sqs":{"message_id":"m3"},"error":{"stage":"","code":["canary"]},"body":1}
{"sqs":{"message_id":"m4"},"error":"canary","body":1}
{"sqs":{"message_id":"m5"},"error":{"stage":"pull-2","code":"$long"},"body":1}
END
  load_in -t t
  [ "$(tally)" = '5 quarantined' ]
  run -1 grep -i canary err
  [ "$(grep -c 'quarantined: unknown unknown' err)" = 4 ]
  grep -qF "line 5 quarantined: pull-2 $long" err
  [ "$(sql "SELECT DISTINCT stage, code FROM t_errors WHERE message_id <> 'm5'")" = 'unknown|unknown' ]
  [ "$(sql "SELECT stage, code FROM t_errors WHERE message_id = 'm5'")" = "pull-2|$long" ]
}

@test "lines that are not records are stored whole, to the byte" {
  create_t
  {
    printf '{"sqs":{"message_id":"m1","receipt_handle":"h"},"body":{"id":\n'
    printf '{"sqs":{"message_id":"m2"},"body":"\xff\\ \xc3\xa9"}\n'
    printf '[1,2]\n'
    printf '{"sqs":{"message_id":"m4"},"body":"\\ud800"}\n'
    printf '\n'
    printf '{"body":1}}\n'
    printf '{"sqs":{"message_id":"m6"},"body":%s%s}\n' "$(printf '[%.0s' {1..300})" "$(printf ']%.0s' {1..300})"
    record 7 '{"id":7}'
  } >in
  load_in -t t
  [ "$status" -eq 0 ]
  [ "$(tally)" = '1 committed 6 quarantined' ]
  grep -qxF '{"sqs":{"message_id":"m1","receipt_handle":"h"},"status":"quarantined"}' out
  grep -qxF '{"line":3,"status":"quarantined"}' out
  [ "$(sql "SELECT string_agg(coalesce(message_id, '-') || ' ' || code, ',' ORDER BY message_id, code) FROM t_errors")" = 'm1 syntax,m2 utf8,m4 surrogate,m6 depth,- not-object,- syntax' ]
  [ "$(sql "SELECT encode(decode(record, 'escape'), 'hex') FROM t_errors WHERE message_id = 'm2'")" = "$(sed -n 2p in | tr -d '\n' | od -An -v -tx1 | tr -d ' \n')" ]
  [ "$(sql "SELECT count(*) FROM t_errors WHERE record !~ '^[ -~]*\$'")" = 0 ]
  [ "$(sql "SELECT count(*) FROM t_errors WHERE key::text !~ '^.{8}-.{4}-8.{3}-[89ab].{3}-'")" = 0 ]
}

@test "a line that is too long is rejected under its own sqs, and not stored" {
  create_t
  {
    record 1 "{\"id\":1,\"v\":\"$(head -c 3000 /dev/zero | tr '\0' x)\"}"
    record 2 '{"id":2}'
    printf '{"body":"%s"}\n' "$(head -c 3000 /dev/zero | tr '\0' x)"
  } >in
  load_in -t t --max-record 2k --reject-file rejects
  [ "$status" -eq 1 ]
  [ "$(verdict 1)" = rejected ]
  [ "$(verdict 2)" = committed ]
  grep -qxF '{"line":3,"status":"rejected"}' out
  [ "$(sql 'SELECT count(*) FROM t_errors')" = 0 ]
  grep -qF "$(mid 1)" rejects
  grep -qF '"error":{"stage":"load","code":"too-long"}' rejects
  # In a later run it may fit; its key is still unused.
  sed -i 's/x\{100,\}/x/' in
  load_in -t t
  [ "$(verdict 1)" = committed ]
}

@test "a cut last line is rejected, and not stored" {
  create_t
  { record 1 '{"id":1}' && record 2 '{"id":2,"v":"abcdef"}'; } >in
  truncate -s -6 in
  load_in -t t --reject-file rejects
  [ "$status" -eq 1 ]
  [ "$(verdict 1)" = committed ]
  [ "$(verdict 2)" = rejected ]
  [ "$(sql 'SELECT count(*) FROM t')" = 1 ]
  [ "$(sql 'SELECT count(*) FROM t_errors')" = 0 ]
  [ "$(jq -c '[.sqs.message_id, .error.code]' rejects)" = "[\"$(mid 2)\",\"cut\"]" ]
  # With its newline it is complete, and malformed.
  echo >>in
  load_in -t t
  [ "$(verdict 2)" = quarantined ]
  # So is a line without a newline whose last brace is there: no writer died in it.
  record 4 '{"id":4,"v":"\ud800"}' | head -c -1 >in && load_in -t t
  [ "$(verdict 4)" = quarantined ]
  # It is so short that not even its sqs is complete.
  for length in 1 5 9 30; do
    record 3 '{"id":3}' | head -c "$length" >in
    load_in -t t
    [ "$status" -eq 1 ]
    [ "$(<out)" = '{"line":1,"status":"rejected"}' ]
  done
  [ "$(sql 'SELECT count(*) FROM t_errors')" = 2 ]
  # Only its newline is missing.
  record 3 '{"id":3}' | head -c -1 >in
  load_in -t t
  [ "$(verdict 3)" = committed ]
}

@test "--no-quarantine rejects; --reject-file keeps a copy either way, which loads when corrected" {
  create_t
  { records 1 20 && record 21 '{"id":"x"}' && echo 'no json' && record 22 '{"nothing":1}'; } >in
  load_in -t t --no-quarantine --reject-file rejects
  [ "$status" -eq 1 ]
  [ "$(tally)" = '20 committed 3 rejected' ]
  [ "$(sql "SELECT to_regclass('t_errors') IS NULL")" = t ]
  tail -n 3 in | cmp - rejects
  [ "$(stat -c %a rejects)" = 600 ]
  sed 's/"x"/21/; s/no json/{"body":{"id":23}}/; s/"nothing":1/"id":22/' rejects >in
  load_in -t t
  [ "$(tally)" = '3 committed' ]
  record 24 '{"id":"y"}' >in
  load_in -t t --reject-file rejects
  [ "$(tally)" = '1 quarantined' ]
  [ "$(wc -l <rejects)" = 4 ]
}

@test "--max-rejects: the batch that passes it is rolled back, 65" {
  create_t
  { records 1 10 && record 11 '{"id":"x"}' && records 12 20 && record 21 '{"id":"y"}' && records 22 30; } >in
  load_in -t t --max-rejects 1 --batch-rows 11
  [ "$status" -eq 65 ]
  [ "$(tally)" = '10 committed 1 quarantined' ]
  [ "$(sql 'SELECT count(*) FROM t')" = 10 ]
  [ "$(sql 'SELECT count(*) FROM t_errors')" = 1 ]
  grep -q 'max-rejects' err
  load_in -t t --max-rejects 2
  [ "$status" -eq 0 ]
  # A percentage of the records counts from the thousandth on.
  load_in -t t --max-rejects 1%
  [ "$status" -eq 0 ]
  { records 101 1200 && records 1201 1212 '"v":"too long"'; } >in
  load_in -t t --max-rejects 1%
  [ "$status" -eq 65 ]
  [ ! -s out ]
  load_in -t t --max-rejects 2%
  [ "$status" -eq 0 ]
}

@test "--dry-run prints would-be verdicts, deferred constraints included, and leaves nothing" {
  sql 'CREATE TABLE parent (id integer PRIMARY KEY)'
  sql 'INSERT INTO parent SELECT generate_series(1, 10)'
  create_t 'n integer REFERENCES parent DEFERRABLE INITIALLY DEFERRED'
  { records 1 5 '"n":1' && record 6 '{"id":6,"n":99}' && record 5 '{"id":5}' second && record 7 '{"id":"x"}'; } >in
  load_in -t t -n
  [ "$status" -eq 0 ]
  [ "$(tally)" = '5 would-commit 1 would-duplicate 2 would-quarantine' ]
  [ "$(verdict 6)" = would-quarantine ]
  [ "$(sql "SELECT count(*) FROM t")" = 0 ]
  [ "$(sql "SELECT to_regclass('t_ledger') IS NULL AND to_regclass('t_errors') IS NULL")" = t ]
  grep -q 'would_commit=5 would_duplicate=1 would_quarantine=2' err
  load_in -t t
  [ "$(tally)" = '5 committed 1 duplicate 2 quarantined' ]
  [ "$(sql "SELECT constraint_name FROM t_errors WHERE sqlstate = '23503'")" = t_n_fkey ]
  load_in -t t --dry-run --no-quarantine
  [ "$status" -eq 1 ]
  [ "$(tally)" = '6 would-duplicate 2 would-reject' ]
}

@test "pg-load --dry-run | sqs-ack deletes nothing; without --dry-run it does" {
  create_t
  fresh_queue VisibilityTimeout=1
  for n in 1 2 3; do echo "{\"body\":{\"id\":$n}}"; done | sqs-send
  sqs-pull -n 3 2>err | pg-load -t t --dry-run 2>>err | tee out | sqs-ack 2>>err || true
  [ "$(tally)" = '3 would-commit' ]
  grep -q 'dry run' err
  eventually 10 counts_are 3 0 0
  sqs-pull -n 3 2>err | pg-load -t t 2>>err | tee out | sqs-ack 2>>err
  [ "$(tally)" = '3 committed' ]
  sleep 1.2
  counts_are 0 0 0
}

@test "a usage error ends the run with 64" {
  : >in
  while IFS= read -r wrong; do
    # shellcheck disable=SC2086
    load_in $wrong
    echo "$wrong: $status $(cat err)"
    [ "$status" -eq 64 ]
    [ ! -s out ]
    run -1 grep canary err
  done <<'END'

-t t --nosuch
-t t -t u
-t t operand
-t t --map a --no-map
-t t --key .a --no-ledger
-t t --no-quarantine --error-table e
-t t --max-rejects x
-t t --max-rejects 101%
-t t --batch-rows 0
-t t --linger soon
-t t --prune-ledger 3d
-t t --force
-t t --dsn a --dsn b
-t t --dsn password=canary
-t t --dsn postgresql://u:canary@h/d
-t t --dsn dbname='canary
-t t --dsn nosuch=canary
-t t --prune-ledger 30d --dry-run
-t t --prune-ledger 30d --explain
END
}

@test "usage: an empty value is an error, and the message for a wrong one names the allowed values" {
  : >in
  for option in table dsn map key error-table ledger-table reject-file max-rejects prune-ledger batch-rows \
    batch-bytes linger max-record grace retry-timeout; do
    load_in "--$option" ''
    [ "$status" -eq 64 ]
    grep -qxF "pg-load: error: option --$option needs a value" err
    load_in "--$option="
    [ "$status" -eq 64 ]
  done
  while read -r option value allowed; do
    load_in -t t "$option" "$value"
    [ "$status" -eq 64 ]
    grep -qxF "pg-load: error: $option takes $allowed" err
  done <<'END'
--max-rejects 101% a number of records, or a percentage from 0% to 100%
--prune-ledger soon a duration such as 30d, from 1ms to 36500d
--batch-rows 1000001 a number from 1 to 1000000
--batch-bytes 257M a size from 1 to 256M
--linger 61m a duration such as 100ms, from 0 to 1h
--max-record 65M a size from 1 to 64M
--grace 25h a duration such as 30s, from 0 to 24h
--retry-timeout x a duration such as 30s, from 0 to 24h
END
}
