#!/usr/bin/env bats
# Run docs/tutorial.md in one shell, as printed.

load ../lib/common
load ../lib/page

# shellcheck disable=SC2034  # page.bash reads it
PAGE=$ROOT/docs/tutorial.md

setup() {
  common_setup
  fresh_database
  QUEUE=$(servers_queue orders)
  install -D -m 755 "$ROOT/scripts/init.sh" bin/sqs2pg-init
  copy_sqs2pg bin
  cp bin/sqs2pg bin/sqs2pg-status
  # Each load drains the queue: the wait for an empty queue may be shorter than in real life.
  mkdir quick
  printf '#!/bin/sh\ncase $* in *--wait*) ;; *) set -- --wait 1 "$@" ;; esac\nexec %q "$@"\n' "$(command -v sqs-pull)" >quick/sqs-pull
  chmod 755 quick/sqs-pull
  export PATH=$PWD/quick:$PWD/bin:$PATH SQS2PG_LOCK_DIR=$PWD
}

teardown() {
  [ -z "${!:-}" ] || kill -9 "$!" 2>/dev/null || true
  common_teardown
}

# types HEADING N: run the block in this shell; its output goes to the file said.
types() { eval "$(block "$@")" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- 4>&- || { cat "$BATS_TEST_TMPDIR/said" && return 1; }; }

# shape: replace tokens, which differ from run to run.
shape() { sed -E 's/siv1[.][0-9a-f]{8}[.][A-Za-z0-9_-]+/TOKEN/g; s/ +$//'; }

# all_back: the messages of the dry run are visible again.
all_back() { [ "$(servers_counts "$QUEUE")" = '12 0 0' ]; }

# shows HEADING [N]: each line of the N-th fenced block under that heading was printed.
shows() {
  local line
  awk -v wanted="$1" -v number="${2:-1}" '/^## / { on = substr($0, 4) == wanted }
    on && /^```/ { inside = !inside; count += inside; next } on && inside && count == number' "$PAGE" | shape >screen
  [ -s screen ]
  shape <"$BATS_TEST_TMPDIR/said" >real
  while IFS= read -r line; do
    grep -qxF -- "$line" real || { echo "not printed: $line" && cat real && return 1; }
  done <screen
  rm screen real
}

@test "the tutorial loads SNS messages into a table, with the lines and screens of the page" {
  types '2. Send some orders' 1
  types '2. Send some orders' 2
  types '3. Look at the queue' 1
  shows '3. Look at the queue'
  [ -s orders.key ]
  types '4. Write the policy' 1
  types '4. Write the policy' 2
  shows '4. Write the policy'
  eventually 60 all_back
  types '5. Create the table' 1
  types '6. Write the map' 1
  types '7. Choose the key of an event' 1
  [ "$(grep -c . orders.env)" = 6 ]
  types '8. Try it' 1
  shows '8. Try it'
  eventually 60 all_back
  types '9. Load' 1
  shows '9. Load' 1
  [ "$(sql 'SELECT count(*), min(order_id), max(total) FROM orders')" = '12|1001|31.50' ]
  [ "$(sql "SELECT count(DISTINCT customer_email) FROM orders WHERE customer_email LIKE 'siv1.%'")" = 12 ]
  types '9. Load' 2
  shows '9. Load' 2
  types '10. Repair a refused record' 1
  shows '10. Repair a refused record' 1
  types '10. Repair a refused record' 2
  shows '10. Repair a refused record' 2
  [ "$(sql 'SELECT total FROM orders WHERE order_id = 1013')" = 20.00 ]
  types '11. Find a customer' 1
  shows '11. Find a customer' 1
  types '11. Find a customer' 2
  shows '11. Find a customer' 2
  types '12. Keep it running' 1
  types '12. Keep it running' 2
  # No clear value is in the database.
  run -1 bash -c 'pg_dump | grep -iE "kowalski|@example"'
  # Every block of the page was run.
  run page_unused
  [ -z "$output" ]
}

@test "the screen of the demo in the README has the headings and counts of the demo" {
  local line count=0
  awk '/^## / { on = $0 == "## Try it" } on && /^```/ { inside = !inside; next } on && inside' "$ROOT/README.md" >shown
  while IFS= read -r line; do
    grep -qF "heading '${line#== }'" "$ROOT/scripts/demo.sh" || { echo "no heading of the demo: $line" && return 1; }
    count=$((count + 1))
  done < <(grep '^== ' shown)
  [ "$count" -ge 5 ]
  # 99 of the hundred events are whole.
  [ "$(sed -n 's/^loaded: //p; s/^quarantined: //p' shown | xargs)" = '99 1' ]
  grep -qF "expect \"rows loaded\" 99" "$ROOT/scripts/demo.sh"
}
