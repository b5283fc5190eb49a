#!/usr/bin/env bats
# The README's section "Your own events", run as printed: from a queue of SNS messages to a table.

load ../lib/common

setup() {
  common_setup
  fresh_database
  fresh_queue VisibilityTimeout=60
  install -D -m 755 "$ROOT/scripts/init.sh" bin/sqs2pg-init
  copy_sqs2pg bin
  export PATH=$PWD/bin:$PATH HOME=$PWD SQS2PG_LOCK_DIR=$PWD
}

# block N: print the N-th block of that section.
block() {
  awk -v wanted="$1" '/^## Your own events/ { on = 1; next } on && /^## / { exit }
    on && /^    / { if (!inside) number++; inside = 1; if (number == wanted) print substr($0, 5); next }
    { inside = 0 }' "$ROOT/README.md"
}

# shellcheck disable=SC2016  # the shell of the page expands them
@test "the lines of the README load a queue of SNS messages into a table" {
  local n
  for n in {1..12}; do
    printf '{"body":{"Type":"Notification","MessageId":"m%d","TopicArn":"arn:aws:sns:eu-central-1:123456789012:orders","Message":%s,"Timestamp":"2026-11-29T00:00:00.000Z","SignatureVersion":"1","Signature":"x","SigningCertURL":"https://x","UnsubscribeURL":"https://y"}}\n' \
      "$n" "$(jq -cn --argjson n "$n" '{orderId: (1000 + $n), placed: "2026-11-29T10:00:00Z", total: 19.5,
        customer: {fullName: "Canary Kowalski", email: "canary\($n)@example.com", ip: "203.0.113.\($n)"}} | tojson')"
  done >messages
  sqs-send -q <messages
  # The page names the queue orders.
  run -0 bash -c "$(block 1 | sed 's|-Q orders|-Q "$SQS_QUEUE_URL"|')"
  [ -s orders/orders.key ]
  # The section uses some of the proposed lines.
  grep -qE '^  customer_full_name +text NOT NULL,' orders/orders.sql
  grep -qE '^order_id +[.]body[.]orderId !$' orders/orders.map
  bash -c "$(block 2)"
  # The proposed policy covers the three values; the section replaces it.
  grep -q '^[.]customer[.]email ' orders/orders.policy
  block 3 >orders/orders.policy
  block 4 >orders/orders.map
  run -0 bash -c "set -o pipefail; $(block 5 | sed 's|-Q orders|-Q "$SQS_QUEUE_URL" --visibility-timeout 1|')"
  [ "$(grep -c '"status":"would-commit"' <<<"$output")" = 10 ]
  [[ $output != *would-[rq]* ]]
  eventually 60 counts_are 12 0 0
  run -0 bash -c "cd orders; $(block 6)"
  [[ $output = *'(0 rows)'* ]]
  [ "$(psql -Atc 'SELECT count(*), min(order_id), max(total), max(placed) = $$2026-11-29T10:00:00Z$$ FROM orders')" = '12|1001|19.50|t' ]
  [ "$(psql -Atc 'SELECT DISTINCT customer_net FROM orders')" = 203.0.113.0 ]
  [ "$(psql -Atc "SELECT count(DISTINCT customer_email) FROM orders WHERE customer_email LIKE 'siv1.%'")" = 12 ]
  # No clear value is in the database.
  run -1 bash -c 'pg_dump | grep -i canary'
  counts_are 0 0 0
}
