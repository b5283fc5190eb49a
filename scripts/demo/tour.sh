#!/usr/bin/env bash
# Part of demo.sh: the steps of --tour, after the demo. Each step prints its reason, a command as a
# user types it, and the output of that command. Then it compares the result with the expected one.

TOUR_USER=424cdd21-063a-43a7-b91b-7ca1a833afae

# tour_wait: on a terminal, waits for Enter.
tour_wait() {
  [ -t 0 ] && [ -t 1 ] || return 0
  printf '\n[Enter for the next step] ' >&2
  read -r _ || fail "the terminal is closed"
}

# step REASON COMMAND: print both, and run the command in a shell of its own. Sets ${SHOWN} to its
# output.
step() {
  tour_wait
  printf '\n# %s\n$ %s\n' "$1" "$2"
  bash -o pipefail -c "$2" 2>&1 | tee shown || fail "the last command failed"
  SHOWN=$(<shown)
}

tour_rotation() {
  local tokens="SELECT masked_device_id AS token, count(*) FROM user_logins
  WHERE user_id = '$TOUR_USER' GROUP BY 1"
  heading 'Tour 1 of 4: key rotation'
  step 'Add a key. It masks from now on; the old key still unmasks.' \
    'pii-keygen -q --rotate k && pii-keygen --list k'
  expect "states of the keys" 'decrypt-only primary' "$(awk '{ print $2 }' <<<"$SHOWN" | xargs)"
  step 'Ten of the events come again, as new messages. The new key masks them.' \
    'head share/demo/logins.ndjson | sqs-send
sqs-pull -n 10 | pii-mask --key-file k | pg-load --table user_logins | sqs-ack'
  expect "rows" 109 "$(rows)"
  step 'One device now has two tokens, one of each key: GROUP BY and JOIN take it for two devices.' \
    "psql -c \"$tokens\""
  expect "tokens of the device" '2 4' "$(value "SELECT count(DISTINCT token), sum(count) FROM ($tokens) t" | tr '|' ' ')"
  step 'Both keys still unmask: pii-unmask reads the id of the key in each token.' \
    "psql -Atc \"SELECT masked_device_id FROM user_logins WHERE user_id = '$TOUR_USER'\" |
  pii-unmask --key-file k --lines .device_id"
  expect "the unmasked devices" '593-47-5928 593-47-5928 593-47-5928 593-47-5928' "$(xargs <<<"$SHOWN")"
  step 'Rewrap the old tokens: the same values under the new key. No clear value is written.' \
    "psql -Atc \"SELECT DISTINCT json_build_object('old', masked_device_id, 'masked_device_id', masked_device_id)::text
    FROM user_logins\" | pii-mask --key-file k --root . --rewrap | jq -r '[.old, .masked_device_id] | @tsv' >moved.tsv
psql -1 -c 'CREATE TEMP TABLE moved (old text PRIMARY KEY, new text)' -c '\\copy moved FROM moved.tsv' \\
  -c 'UPDATE user_logins SET masked_device_id = new FROM moved WHERE masked_device_id = old'"
  step 'The device has one token again, in old rows and new ones.' "psql -c \"$tokens\""
  expect "tokens of the device" '1 4' "$(value "SELECT count(DISTINCT token), sum(count) FROM ($tokens) t" | tr '|' ' ')"
}

tour_unmask() {
  heading 'Tour 2 of 4: one value for a key holder, on record'
  step 'Unmask the address of one row. The audit file records who did it.' \
    "psql -Atc \"SELECT masked_ip FROM user_logins WHERE user_id = '$TOUR_USER'
  ORDER BY app_version DESC LIMIT 1\" |
  pii-unmask --key-file k --lines .ip --audit audit.log"
  expect "the unmasked address" 199.172.111.135 "$SHOWN"
  step 'The audit file has a line for the start of each run and one for its end, and no value.' 'cat audit.log'
  expect "the audit file" 'start end' "$(jq -r .event audit.log | xargs)"
  expect "values on record" 1 "$(jq -s 'last.values.ip' audit.log)"
}

tour_mend() {
  local open="SELECT record FROM user_logins_errors WHERE resolved_at IS NULL"
  heading 'Tour 3 of 4: mend a quarantined record'
  step 'The record is sealed in the error table. A key holder reads it: its closing brace is missing.' \
    "psql -Atc '$open' |
  pii-unmask --key-file k | jq -r .body"
  step 'Mend it, mask it and load it. pg-load sets resolved_at in the transaction of the row.' \
    "psql -Atc '$open' |
  pii-unmask --key-file k | jq -c 'del(.error) | .body = (.body + \"}\" | fromjson)' |
  pii-mask --key-file k | pg-load --table user_logins | jq -r .status"
  expect "the verdict" committed "$SHOWN"
  step 'The row is there, and nothing is left to mend.' \
    "psql -c 'SELECT (SELECT count(*) FROM user_logins) AS rows, stage, code,
    resolved_at IS NOT NULL AS resolved FROM user_logins_errors'"
  expect "rows, errors and errors resolved" '110 1 1' "$(rows) $(errors) $(value \
    'SELECT count(*) FROM user_logins_errors WHERE resolved_at IS NOT NULL')"
}

tour_redelivery() {
  heading 'Tour 4 of 4: the same message, delivered twice'
  step 'Load a message and do not acknowledge it, as if the pipeline ended there. It is hidden for 1 s only.' \
    'head -n 1 share/demo/logins.ndjson | sqs-send
sqs-pull -n 1 --visibility-timeout 1s | pii-mask --key-file k | pg-load --table user_logins | jq -r .status'
  expect "the first verdict" committed "$SHOWN"
  expect "rows" 111 "$(rows)"
  step 'SQS delivers it again. The ledger knows it: no second row, and the message is deleted.' \
    'sqs-pull -n 1 --wait 10 | pii-mask --key-file k | pg-load --table user_logins |
  sqs-ack --print | jq -c "{status, ack}"
psql -c "SELECT count(*) AS rows FROM user_logins"'
  expect "the second verdict" '{"status":"duplicate","ack":"deleted"}' "$(head -n 1 <<<"$SHOWN")"
  expect "rows" 111 "$(rows)"
  show_queue '0 0 0'
}

# tour ROOT: run the four parts, one after the other, in the folder of the demo. ROOT is the tree.
tour() {
  ln -s "$1/share" share
  # A pager would interrupt the steps.
  export PSQLRC=/dev/null PSQL_PAGER=''
  tour_rotation
  tour_unmask
  tour_mend
  tour_redelivery
}
