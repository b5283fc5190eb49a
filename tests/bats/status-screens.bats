#!/usr/bin/env bats
# The screens of sqs2pg-status in docs/operating.md, in six states.

load ../lib/common

setup() {
  common_setup
  fresh_database
  create_user_logins
  DEAD=$(servers_queue "$(unique)")
  fresh_queue VisibilityTimeout=30 \
    "RedrivePolicy={\"deadLetterTargetArn\":\"arn:aws:sqs:elasticmq:000000000000:${DEAD##*/}\",\"maxReceiveCount\":\"50\"}"
  key k
  mkdir figures
  printf '%s\n' "SQS_QUEUE_URL=$SQS_QUEUE_URL" SQS2PG_TABLE=user_logins "SQS2PG_KEY_FILE=$PWD/k" \
    'SQS2PG_PULL_OPTIONS=--wait 1 --empty 1' "SQS2PG_METRICS_DIR=$PWD/figures" >logins.env
  export SQS2PG_LOCK_DIR=$PWD
  copy_sqs2pg bin
  cp bin/sqs2pg bin/sqs2pg-status
}

teardown() { common_teardown; }

# screen: print the output, with the queues named logins and logins-dead.
screen() {
  bin/sqs2pg-status -c logins.env 2>&1 |
    sed "s/${SQS_QUEUE_URL##*/}/logins/g; s/${DEAD##*/}/logins-dead/g; s|$PWD|/var/lib/sqs2pg|g" || true
}

# shape: drop numbers, times and key ids.
shape() { sed -E 's/\b[0-9a-f]{8} (primary|decrypt-only)/ID \1/g; s/[0-9][0-9,]*/0/g; s/\b0 (ms|s|min|h|d)\b/0 s/g'; }

# shown N: print the N-th screen of the page.
shown() {
  awk -v wanted="$1" '/^## / { on = $0 == "## The screens" }
    on && /^```/ { inside = !inside; count += inside; next } on && inside && count == wanted' "$ROOT/docs/operating.md"
}

# is N: the screen has the shape of the N-th of the page.
is() {
  screen | tee "screen.$1" | shape >real
  shown "$1" | shape >page
  diff page real || { cat "screen.$1" && return 1; }
}

# ago FILE NAME SECONDS: set a time of the file to SECONDS ago.
ago() { sed -i "s/^\(sqs2pg_$2{.*} \).*/\1$(($(date +%s) - $3)).000/" "figures/${SQS_QUEUE_URL##*/}-$1.prom"; }

@test "the page shows the screens of six states" {
  # Nothing has run yet.
  sed -n '3,5p' "$SAMPLE" | sqs-send -q
  is 2
  # Healthy.
  head -n 20 "$SAMPLE" | sqs-send -q
  "$SQS2PG" -q -c logins.env
  is 1
  # Quarantined and unresolved.
  printf '{"body":%s}\n' '"no json"' '{"user_id":"u","ip":"10.0.0.2","device_id":"d","app_version":"nonsense"}' | sqs-send -q
  "$SQS2PG" -q -c logins.env
  is 6
  # The dead-letter queue has grown.
  printf '{"body":"%s"}\n' x y | sqs-send -q -Q "$DEAD"
  "$SQS2PG" -q -c logins.env
  is 5
  # Messages wait, and no run receives them.
  ago sqs-pull dead_letters_grown_timestamp_seconds 9000
  ago sqs-pull last_idle_timestamp_seconds 2500
  ago pg-load last_success_timestamp_seconds 2520
  sql "UPDATE user_logins_ledger SET loaded_at = loaded_at - interval '42 min'"
  head -n 20 "$SAMPLE" | sqs-send -q
  is 3
  # The database does not answer.
  ago sqs-pull last_idle_timestamp_seconds 1000
  PGHOST=127.0.0.1 PGPORT=1 SQS2PG_LOAD_OPTIONS='--retry-timeout 100ms' is 4
  # A changed screen is detected.
  run -1 is 1
}
