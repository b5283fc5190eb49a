#!/usr/bin/env bats
# Run the blocks of docs/personal-data.md as printed.

load ../lib/common
load ../lib/page

# shellcheck disable=SC2034  # page.bash reads it
PAGE=$ROOT/docs/personal-data.md

setup() {
  common_setup
  fresh_database
  key key 2>/dev/null
}

# runs HEADING N: run the block in a shell of its own.
runs() {
  local text
  text=$(block "$@") && bash -c "$text"
}

# logins: print a record for each of three users, and two that cannot be stored: the table refuses one, the policy one.
logins() {
  local sqs='"sqs":{"queue_url":"q","message_id":"m%s","receipt_handle":"h"}' user
  for user in 7 8 9; do
    # shellcheck disable=SC2059  # the format is above
    printf "{$sqs,\"body\":{\"user_id\":\"u$user\",\"ip\":\"203.0.113.$user\",\"device_id\":\"d$user\"}}\n" "$user"
  done
  # shellcheck disable=SC2059
  printf "{$sqs,\"body\":{\"user_id\":\"refused\",\"ip\":\"203.0.113.7\",\"app_version\":\"none\"}}\n" refused
  # shellcheck disable=SC2059
  printf "{$sqs,\"body\":\"no object, from 203.0.113.7\"}\n" sealed
}

@test "a person is found, unmasked, rewrapped, and erased from table, error table, mapping and archive" {
  create_user_logins
  mkdir archive
  logins | pii-mask -q -k key | tee >(gzip >archive/a.gz) | pg-load -q -t user_logins >/dev/null
  [ "$(sql 'SELECT count(*) FROM user_logins') $(sql 'SELECT count(*) FROM user_logins_errors')" = '3 2' ]
  run -0 runs 'Find the rows of a known value' 1
  [[ $output == *u7*'(1 row)'* ]]
  run -0 --separate-stderr runs 'Unmask one value' 1
  [ "$output" = 203.0.113.8 ]
  [ "$(jq -r .event unmask.log | xargs)" = 'start end' ]
  # After a rotation the search still finds the row, and then the column has one key.
  pii-keygen -q --rotate key
  run -0 runs 'Find the rows of a known value' 1
  [[ $output == *u7*'(1 row)'* ]]
  [ "$(wc -l <tokens)" = 2 ]
  runs 'Move columns to another key' 1
  [ "$(sql "SELECT count(DISTINCT split_part(masked_ip, '.', 2)) FROM user_logins")" = 1 ]
  run -0 runs 'Find the rows of a known value' 1
  [[ $output == *u7*'(1 row)'* ]]
  # Erased everywhere.
  { sed 's/.*/{"masked":"&"}/' tokens && echo '{"masked":"other"}'; } >users.map
  runs 'Erase a person' 1
  [ "$(sql 'SELECT string_agg(user_id, $$ $$ ORDER BY user_id) FROM user_logins')" = 'u8 u9' ]
  [ "$(sql 'SELECT message_id FROM user_logins_errors')" = msealed ]
  run -0 --separate-stderr runs 'Erase a person' 2
  [ "$output" = msealed ]
  runs 'Erase a person' 3
  [ "$(<users.map)" = '{"masked":"other"}' ]
  eventually 60 gzip -tq archive/a.gz
  runs 'Erase a person' 4
  [ "$(zcat archive/a.gz | jq -r .sqs.message_id | xargs)" = 'm8 m9 msealed' ]
}

# order ID EMAIL: print an order as the tutorial has it.
order() {
  printf '{"sqs":{"queue_url":"q","message_id":"o%s","receipt_handle":"h"},"body":{"orderId":%s,"customer":{"fullName":"Ann","email":"%s","ip":"203.0.113.7"}}}\n' \
    "$1" "$1" "$2"
}

@test "with a nested path of a policy, a person is found, and the column moves to the new key" {
  sed -n "/^    cat >orders.policy/,/^    END/s/^    //p" "$ROOT/docs/tutorial.md" >policy.sh
  bash policy.sh
  sql 'CREATE TABLE orders (order_id bigint, customer_email text)'
  printf '%s\n' 'order_id .body.orderId !' 'customer_email .body.customer.email' >orders.map
  { order 1 ann@example.com && order 2 bob@example.com; } | pii-mask -q -k key -p orders.policy |
    pg-load -q -t orders --map orders.map >/dev/null
  pii-keygen -q --rotate key
  order 3 ann@example.com | pii-mask -q -k key -p orders.policy | pg-load -q -t orders --map orders.map >/dev/null
  [ "$(sql 'SELECT count(DISTINCT customer_email) FROM orders')" = 3 ]
  run -0 runs 'Find the rows of a known value' 2
  [[ $output == *'(2 rows)'* ]]
  # Another rule than that of the loader finds nothing, as the page warns.
  run -0 bash -c "$(block 'Find the rows of a known value' 2 | sed 's/-p orders.policy/-m .customer.email=siv/')"
  [[ $output == *'(0 rows)'* ]]
  runs 'Move columns to another key' 2
  [ "$(sql 'SELECT count(DISTINCT customer_email) FROM orders')" = 2 ]
  [ "$(sql "SELECT DISTINCT split_part(customer_email, '.', 2) FROM orders")" = "$(pii-keygen --list key | awk '/ primary$/ { print $1 }')" ]
  run -0 --separate-stderr bash -c "psql -Atc 'select customer_email from orders order by order_id' |
    pii-unmask -k key -p orders.policy --lines .customer.email"
  [ "$(xargs <<<"$output")" = 'ann@example.com bob@example.com ann@example.com' ]
}

@test "a token of a known value tests the copy of a key; another key does not pass" {
  age-keygen -q -o age.txt 2>/dev/null || age-keygen -o age.txt 2>/dev/null
  run -0 --separate-stderr runs 'Test the copy of the key' 1
  [ "$output" = restored ]
  key other 2>/dev/null
  run -1 --separate-stderr bash -c 'pii-unmask -q -k <(cat other) --lines .ip <canary'
  [ -z "$output" ]
}

@test "every block of the page was run" {
  run page_unused
  [ -z "$output" ]
}
