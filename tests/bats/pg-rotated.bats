#!/usr/bin/env bats
# pg-load: refused messages that come again after a rotation of the masking key. Each has one error
# row, and nothing else is taken for such a message.

load ../lib/common
load ../lib/records
load ../lib/pii

setup() {
  pii_setup
  unset SQS2PG_MAPS
  fresh_database
  sql 'CREATE TABLE t (id integer, masked_ip text, v text)'
}

teardown() { [ -z "${own:-}" ] || servers_stop "$own"; }

# delivered N COUNT BODY: print the record of the delivery of message N that has this receive count.
delivered() { record "$1" "$3" "$2" | sed "s/\"sent_at\"/\"receive_count\":$2,\"sent_at\"/"; }

# loads OPTION...: run pg-load on its input, behind a good record; the verdicts are in ./out.
loads() {
  { record "$((1000000 + BASHPID))" '{"id":1,"masked_ip":"good"}' && cat; } | pg-load -q -t t "$@" >out
}

rotate() { pii-keygen -q --rotate k; }

# errors: print number and sum of counts of the error rows.
errors() { sql 'SELECT count(*), sum(count) FROM t_errors'; }

# new_only: succeed if the primary key masked or sealed the error rows, and no other.
new_only() {
  local new
  new=$(pii-keygen --list k | awk '$2 == "primary" { print $1 }')
  [ "$(sql "SELECT DISTINCT (regexp_matches(record, '(?:siv1|hmac1|seal1)\.([0-9a-f]{8})', 'g'))[1] FROM t_errors")" = "$new" ]
}

# bodies: print what the error rows hold, in clear.
bodies() { sql 'SELECT record FROM t_errors ORDER BY message_id, first_at' | unmask -q "$@" | jq -c .body; }

# all_kinds N: print records of one refused message of each kind, in their Nth delivery. The table
# refuses one, a policy seals two, and two are parts of one message.
all_kinds() {
  delivered 1 "$1" '{"id":"x","ip":"203.0.113.7","device_id":"d"}'
  delivered 2 "$1" '{"id":1}'
  delivered 3 "$1" '"{\"ip\":\"203.0.113.7\""'
  delivered 4 "$1" '{"id":"y","ip":"203.0.113.7"}' | sed 's/}/,"part":0,"parts":2,"unwrap":"each"}/'
  delivered 4 "$1" '{"id":"y","ip":"203.0.113.7"}' | sed 's/}/,"part":1,"parts":2,"unwrap":"each"}/'
}

# each_kind_once: load a message of each kind before and after a rotation, and check the rows.
each_kind_once() {
  all_kinds 1 | mask -q | loads
  [ "$(errors)" = '5|5' ]
  bodies >first
  rotate
  all_kinds 2 | mask -q | loads
  [ "$(tally)" = '1 committed 5 quarantined' ]
  [ "$(errors)" = '5|10' ]
  new_only
  bodies | diff first -
  [ "$(sql 'SELECT count(*) FROM t_errors WHERE first_at < last_at')" = 5 ]
  # Again, under the same key and under a third one.
  all_kinds 3 | mask -q | loads
  rotate
  all_kinds 4 | mask -q | loads
  [ "$(errors)" = '5|20' ]
  new_only
  bodies | diff first -
}

@test "a queue delivers a refused and a sealed message again after a rotation: one error row each" {
  fresh_queue
  { printf '{"body":{"id":"x%s","ip":"203.0.113.7"}}\n' 1 2 3 && echo '{"body":{"id":4}}'; } | sqs-send -q
  for count in 1 2 3; do
    rotate
    # The visibility timeout of the delivery before has ended.
    : >pulled
    while [ "$(wc -l <pulled)" -lt 4 ]; do sqs-pull -q --wait 1 --empty 1 -n $((4 - $(wc -l <pulled))) --visibility-timeout 4s >>pulled; done
    mask -q <pulled | loads
    [ "$(errors)" = "4|$((4 * count))" ]
    new_only
    sleep 4
  done
  [ "$(bodies | sort | xargs -d'\n')" = '{"id":"x1","ip":"203.0.113.7"} {"id":"x2","ip":"203.0.113.7"} {"id":"x3","ip":"203.0.113.7"} {"id":4}' ]
}

@test "a refused record, sealed records and parts that come again after a rotation keep one error row each" {
  each_kind_once
}

@test "the same on every other version of the server" {
  for kind in $(servers_pg_kinds); do
    echo "$kind"
    [ -z "${own:-}" ] || servers_stop "$own"
    export SERVERS_PG=$kind
    servers_begin
    own=$SERVERS_DIR
    unset SQS2PG_MAPS
    servers_postgres_start
    fresh_database
    sql 'CREATE TABLE t (id integer, masked_ip text, v text)'
    each_kind_once
  done
}

@test "the same with each keyed method, of those that keep a form too" {
  cat >policy <<'END'
.a ipcrypt
.b ipcrypt-pfx
.c ff1
.d ff1 alphabet=alnum62
.e uuid
.f email
.g hmac
.h shift days=30 by=.i
.i siv
.n ff1
attributes.x siv
END
  body='{"id":"x","a":"203.0.113.7","b":"203.0.113.7","c":"593-47-5928","d":"aB3-xYz9Q","e":"123e4567-e89b-42d3-a456-426614174000",'
  body+='"f":"someone@example.com","g":"4","h":"2000-02-29T10:00:00Z","i":"u","n":5931234567},"attributes":{"x":{"type":"String","value":"v"}}'
  for count in 1 2 3 4 5; do
    delivered 1 "$count" "$body" | mask -q -p policy | loads --no-map
    rotate
  done
  [ "$(errors)" = '1|5' ]
  # The row has what came last.
  [ "$(sql "SELECT record::json #>> '{sqs,receive_count}' FROM t_errors")" = 5 ]
  bodies -p policy | jq -e '.a == "203.0.113.7" and .c == "593-47-5928" and .h == "2000-02-29T10:00:00Z" and .n == 5931234567'
}

@test "a row that was resolved is open again, has the reason of the last delivery, and is found by its correction" {
  body='{"id":"x","ip":"203.0.113.7"}'
  for options in '' '--key .body.masked_ip'; do
    # shellcheck disable=SC2086  # two words
    load() { loads $options; }
    delivered 1 1 "$body" | mask -q | load
    sql 'UPDATE t_errors SET resolved_at = now(); ALTER TABLE t ADD CONSTRAINT short CHECK (length(masked_ip) < 9), ALTER id TYPE text'
    rotate
    delivered 1 2 "$body" | mask -q | load
    [ "$(sql 'SELECT count, sqlstate, constraint_name, resolved_at IS NULL FROM t_errors')" = '2|23514|short|t' ]
    sql 'ALTER TABLE t DROP CONSTRAINT short'
    sql 'SELECT record FROM t_errors' | load
    [ "$(sql 'SELECT count(*), count(resolved_at) FROM t_errors')" = '1|1' ]
    sql 'DROP TABLE t_errors, t_ledger; TRUNCATE t; ALTER TABLE t ALTER id TYPE integer USING id::integer'
  done
}

@test "one row takes the last delivery; an earlier one after it keeps its own, and none is lost" {
  delivered 1 1 '{"id":"x","ip":"203.0.113.7"}' | mask -q >one
  rotate
  delivered 1 2 '{"id":"x","ip":"203.0.113.7"}' | mask -q >two
  rotate
  delivered 1 3 '{"id":"x","ip":"203.0.113.7"}' | mask -q >three
  counts() { sql "SELECT record::json #>> '{sqs,receive_count}' FROM t_errors ORDER BY 1" | xargs; }
  while IFS=: read -r order kept; do
    read -ra files <<<"$order"
    cat "${files[@]}" | loads --batch-rows 1
    [ "$(counts)" = "$kept" ]
    [ "$(sql 'SELECT sum(count) FROM t_errors')" = "${#files[@]}" ]
    sql 'DELETE FROM t_errors'
    # In one batch their order is not that of the input.
    cat "${files[@]}" | loads
    [[ $(counts) == *"${kept: -1}" ]]
    [ "$(sql 'SELECT sum(count) FROM t_errors')" = "${#files[@]}" ]
    sql 'DELETE FROM t_errors'
  done <<'END'
one two:2
two one:1 2
one three two:2 3
three two one:1 2 3
two one three:1 3
END
}

@test "an edited line of an archive is stored, though a later delivery under another key is" {
  delivered 1 1 '{"id":"x","ip":"203.0.113.7"}' | mask -q >archive
  loads <archive
  rotate
  delivered 1 2 '{"id":"x","ip":"203.0.113.7"}' | mask -q | loads
  [ "$(errors)" = '1|2' ]
  rotate
  unmask -q <archive | jq -c '.body.ip = "203.0.113.8" | del(.pii)' | mask -q | loads
  [ "$(errors)" = '2|3' ]
  [ "$(bodies | jq -r .ip | sort | xargs)" = '203.0.113.7 203.0.113.8' ]
}

@test "thousands of refused messages come again after a rotation, large ones among them" {
  printf 's/LARGE/%s/\n' "$(head -c 300000 /dev/zero | tr '\0' b)" >large.sed
  for count in 1 2; do
    { records 1 2500 '"ip":"10.0.0.1"' && records 3001 3030 '"ip":"10.0.0.1","v":"LARGE"' | sed -f large.sed; } |
      sed "s/\"sent_at\"/\"receive_count\":$count,&/; s/\"id\":[0-9]*,/\"id\":\"x\",/" |
      mask -q | loads --batch-bytes 64M --linger 1m
    rotate
  done
  [ "$(errors)" = '2530|5060' ]
  [ "$(sql 'SELECT min(count), max(count) FROM t_errors')" = '2|2' ]
}

@test "an edited replay is stored, under the new key too: of an error row, and of an archive with its handles" {
  delivered 1 1 '{"id":"x","ip":"203.0.113.7","v":"a"}' | mask -q | tee archive | loads
  rotate
  # From the error table; what is masked is edited too.
  for v in b c; do
    sql 'SELECT record FROM t_errors ORDER BY first_at LIMIT 1' | unmask -q | jq -c ".body.v = \"$v\" | del(.pii)" | mask -q | loads
  done
  sql 'SELECT record FROM t_errors ORDER BY first_at LIMIT 1' | unmask -q | jq -c '.body.ip = "203.0.113.8" | del(.pii)' | mask -q | loads
  [ "$(errors)" = '4|4' ]
  # With a handle.
  unmask -q <archive | jq -c '.body.v = "d" | del(.pii)' | mask -q | loads
  unmask -q <archive | jq -c '.body.ip = "203.0.113.9" | del(.pii)' | mask -q | loads
  [ "$(errors)" = '6|6' ]
  [ "$(bodies | jq -r '.v + .ip' | xargs)" = 'a203.0.113.7 b203.0.113.7 c203.0.113.7 a203.0.113.8 d203.0.113.7 a203.0.113.9' ]
  # The message comes once more, and after it an edit of the earlier delivery.
  delivered 1 2 '{"id":"x","ip":"203.0.113.7","v":"a"}' | mask -q | loads
  [ "$(errors)" = '6|7' ]
  sed 's/"v":"a"/"v":"e"/' archive | loads
  [ "$(errors)" = '7|8' ]
}

@test "events that a filter made of one message are each stored, before and after a rotation" {
  each() { jq -c '.body.events[] as $event | .body = $event'; }
  events='{"events":[{"id":"x","ip":"203.0.113.7"},{"id":"x","ip":"203.0.113.8"},{"id":"y","ip":"203.0.113.8"}]}'
  # clear_ones: print the different events in the error table.
  clear_ones() { bodies | jq -r '.id + .ip' | sort -u | xargs; }
  # Both deliveries have all events.
  for rows in 1 2 100; do
    delivered 1 1 "$events" | each | mask -q | loads --batch-rows "$rows"
    rotate
    delivered 1 2 "$events" | each | mask -q | loads --batch-rows "$rows"
    [ "$(clear_ones)" = 'x203.0.113.7 x203.0.113.8 y203.0.113.8' ]
    sql 'DELETE FROM t_errors'
  done
  # A run has stored some of the events before it died.
  for had in 1 2; do
    for rows in 1 2 100; do
      delivered 1 1 "$events" | each | mask -q | head -n "$had" | loads --batch-rows "$rows"
      rotate
      delivered 1 2 "$events" | each | mask -q | loads --batch-rows "$rows"
      [ "$(clear_ones)" = 'x203.0.113.7 x203.0.113.8 y203.0.113.8' ]
      sql 'DELETE FROM t_errors'
    done
  done
  # Two loaders with filters of their own share an error table, so that none sees the other's event.
  event() { delivered 1 "$1" "{\"id\":\"x\",\"ip\":\"203.0.113.$2\"}" | mask -q | loads; }
  event 1 7
  rotate
  event 2 8
  event 2 7
  [ "$(clear_ones)" = 'x203.0.113.7 x203.0.113.8' ]
  [ "$(errors)" = '2|3' ]
}
