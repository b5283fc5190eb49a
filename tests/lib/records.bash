# For tests of pg-load: records and their outcome. Needs lib/common.

# pg_setup: create a database; remove all maps but those of the test.
pg_setup() {
  common_setup
  unset SQS2PG_MAPS
  fresh_database
}

# mid N: print a message id, the same for the same number.
mid() { printf '%08x-0000-4000-8000-%012x\n' "$1" "$1"; }

# record N BODY [DELIVERY]: print a record with message id mid N. Another DELIVERY gives another
# receipt handle.
record() {
  printf '{"sqs":{"queue_url":"http://localhost/1/q","message_id":"%s","receipt_handle":"h%s",' "$(mid "$1")" "$1${3:+-$3}"
  printf '"sent_at":"2026-11-21T09:00:00.123Z"},"body":%s}\n' "$2"
}

# records FROM TO [FIELDS]: print records with bodies {"id":N,FIELDS}, N from FROM to TO.
records() {
  awk -v from="$1" -v to="$2" -v fields="${3:+,$3}" 'BEGIN { for (n = from; n <= to; n++) printf \
    "{\"sqs\":{\"queue_url\":\"http://localhost/1/q\",\"message_id\":\"%08x-0000-4000-8000-%012x\"," \
    "\"receipt_handle\":\"h%d\",\"sent_at\":\"2026-11-21T09:00:00.123Z\"}," \
    "\"body\":{\"id\":%d%s}}\n", n, n, n, n, fields }'
}

# load_in OPTION...: run pg-load on ./in, with verdicts in ./out and messages in ./err. The exit
# status is ${status}.
# shellcheck disable=SC2034  # status is the caller's
load_in() {
  status=0
  pg-load "$@" <in >out 2>err || status=$?
}

# tally [FILE]: count the statuses in FILE (./out), as "2 committed 1 duplicate".
tally() { grep -oP '"status":"\K[^"]*' "${1:-out}" | sort | uniq -c | xargs; }

# verdict N: print the status that ./out has for message id mid N.
verdict() { grep -F "$(mid "$1")" out | grep -oP '"status":"\K[^"]*' | xargs; }
