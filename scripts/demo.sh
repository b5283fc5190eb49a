#!/usr/bin/env bash
# The main job, from a bare Debian or Ubuntu, straight after the clone. It installs
# what is missing, builds, and starts a private PostgreSQL and SQS server. It puts the
# sample on a queue, and loads it into the table of logins with the one-line
# pipeline.
#
#   scripts/demo.sh        (or make demo)
#   scripts/demo.sh --tour     the same, then a tour: rotate the key, unmask a value, mend a
#                              quarantined record, and see a redelivery. On a terminal, each
#                              step of the tour waits for Enter.
#
# Without the tour the screen (stdout) is the same at every run; progress goes to stderr.
# Exit 0 only if each outcome is right.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
# shellcheck source=scripts/servers.sh
. "$here/servers.sh"
# shellcheck source=scripts/demo/tour.sh
. "$here/demo/tour.sh"

say() { printf 'demo: %s\n' "$*" >&2; }
fail() {
  say "error: $*"
  exit 1
}

# expect WHAT WANTED GOT
expect() { [ "$2" = "$3" ] || fail "$1: wanted $2, got ${3:-nothing}"; }

heading() { printf '\n== %s\n' "$*"; }

# table SQL: print it on the screen, in the same form under every psql configuration.
table() { psql -qX -P pager=off -P null=null -P footer=off -c "$1" | grep .; }
value() { psql -qXAt -c "$1"; }

# NOT A SECRET: this key is in a public file, so that the screen is the same at every run. Make
# your own with pii-keygen.
write_demo_key() {
  (umask 077 && printf 'pii1 86a0eb9b primary %s\n' \
    "$(printf 'sqs2pg demo key, known to anyone' | base64)" >"$1")
}

# The pipeline of the README as a user types it; the environment has all other settings.
pipeline() {
  sqs-pull | pii-mask --key-file k | pg-load --table user_logins | sqs-ack
}

# run_pipeline: run that line; all four exit statuses must be 0 (pipefail).
run_pipeline() {
  local status=0
  pipeline || status=$?
  expect "the pipeline's status" 0 "$status"
}

prepare() {
  "$here/deps.sh" build run
  say "building"
  make -s -j "$(nproc)" -C "$root" BUILD="$build" all >&2 || fail "the build failed"
  servers_begin
  say "starting PostgreSQL and ElasticMQ"
  servers_postgres_start
  servers_elasticmq_start
  mkdir "$SERVERS_DIR/demo"
  cd "$SERVERS_DIR/demo"
  export PATH=$build/bin:$PATH
  write_demo_key k
  SQS_QUEUE_URL=$(servers_queue logins)
  export SQS_QUEUE_URL
  psql -qX <<'SQL'
CREATE TABLE user_logins (user_id varchar(128), device_type varchar(32), masked_ip varchar(256),
  masked_device_id varchar(256), locale varchar(32), app_version integer, create_date date);
SQL
}

rows() { value 'SELECT count(*) FROM user_logins'; }
errors() { value "SELECT count(*) FROM user_logins_errors"; }

show_queue() {
  local counts
  counts=$(servers_counts "$SQS_QUEUE_URL")
  expect "messages visible, in flight and delayed" "$1" "$counts"
  # shellcheck disable=SC2086
  printf 'queue: visible=%d in_flight=%d delayed=%d\n' $counts
}

show_ten_rows() {
  heading 'Ten rows of user_logins (the masked values cut short)'
  table "SELECT left(user_id, 8) AS user_id, device_type, left(masked_ip, 26) AS masked_ip,
      left(masked_device_id, 26) AS masked_device_id, locale, app_version,
      abs(create_date - current_date) <= 1 AS dated_today
    FROM user_logins
    ORDER BY user_logins.user_id, user_logins.masked_ip, app_version, locale LIMIT 10"
  expect "rows in clear" 0 "$(value "SELECT count(*) FROM user_logins
    WHERE masked_ip NOT LIKE 'siv1.%' OR masked_device_id NOT LIKE 'siv1.%'")"
}

show_quarantined() {
  heading 'The quarantined event: it lacks its closing brace, so it was sealed whole'
  table "SELECT stage, code, left(substring(record FROM 'seal1[^\"]*'), 60) AS sealed
    FROM user_logins_errors"
}

show_duplicates() {
  heading 'Duplicates that the masked columns still show'
  table 'SELECT count(*) AS rows,
      count(*) - count(DISTINCT masked_ip) AS repeated_ips,
      count(*) - count(DISTINCT masked_device_id) AS repeated_devices
    FROM user_logins'
  # The same counts in the clear sample.
  local clear
  clear=$(jq -rs 'map(select(.ip)) | [length - (map(.ip) | unique | length),
    length - (map(.device_id) | unique | length)] | join("|")' "$root/share/demo/logins.ndjson")
  expect "repeated ips and devices" "$clear" "$(value 'SELECT
    count(*) - count(DISTINCT masked_ip), count(*) - count(DISTINCT masked_device_id) FROM user_logins')"
}

show_unmasked() {
  local masked clear
  heading 'One row, masked, and unmasked by the holder of the key'
  masked=$(value "SELECT json_build_object('body', json_build_object('user_id', user_id,
      'masked_ip', masked_ip, 'masked_device_id', masked_device_id))
    FROM user_logins WHERE user_id = '424cdd21-063a-43a7-b91b-7ca1a833afae'
    ORDER BY masked_ip, app_version LIMIT 1" | jq -c .)
  clear=$(pii-unmask --key-file k <<<"$masked")
  printf '%s\n%s\n' "$masked" "$clear"
  expect "the unmasked device" 593-47-5928 "$(jq -r .body.device_id <<<"$clear")"
}

# show_next: says what to try next.
show_next() {
  heading 'Next'
  [ -n "$tour" ] || echo 'scripts/demo.sh --tour     rotate the key, unmask a value, mend a record, see a redelivery'
  echo 'scripts/servers.sh shell   the same servers, and a shell to try the programs'
  echo 'docs/tutorial.md           from your first queue to a running pipeline'
  echo 'README.md                  "Your own events": your queue and your table'
}

main() {
  tour=''
  case $* in
  '') ;;
  --tour) tour=1 ;;
  -h | --help)
    sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *)
    say "error: unknown argument; see scripts/demo.sh --help"
    exit 64
    ;;
  esac
  build=${BUILD:-build}
  [ "${build#/}" != "$build" ] || build=$root/$build
  trap servers_stop EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  prepare

  heading 'A hundred login events on the queue'
  sqs-send <"$root/share/demo/logins.ndjson"
  show_queue '100 0 0'

  heading 'sqs-pull | pii-mask --key-file k | pg-load --table user_logins | sqs-ack'
  run_pipeline
  expect "rows loaded" 99 "$(rows)"
  expect "events quarantined" 1 "$(errors)"
  printf 'loaded: %d\nquarantined: %d\n' "$(rows)" "$(errors)"
  show_queue '0 0 0'

  show_ten_rows
  show_quarantined
  show_duplicates
  show_unmasked

  heading 'The same line again, on the drained queue'
  local before
  before=$(rows)
  run_pipeline
  printf 'new rows: %d\n' $(($(rows) - before))
  expect "rows after the second run" 99 "$(rows)"
  expect "quarantined after the second run" 1 "$(errors)"
  show_queue '0 0 0'

  [ -z "$tour" ] || tour "$root"
  show_next
}

main "$@"
