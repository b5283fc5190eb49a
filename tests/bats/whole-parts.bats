#!/usr/bin/env bats
# Messages of several events through the whole pipeline. Every event is stored once, and a message
# is deleted when all its parts are settled, whichever program is killed.

load ../lib/common

setup() {
  common_setup
  copy_sqs2pg bin
  unset SQS2PG_MAPS
  fresh_database
  fresh_queue VisibilityTimeout=4
  key k
  sql 'CREATE TABLE t (m integer, i integer, masked_ip varchar(256))'
  : >pid
  (umask 077 && cat >settings) <<END
SQS_QUEUE_URL=$SQS_QUEUE_URL
AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID:-x}
AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY:-x}
PGHOST=${PGHOST:-}
PGUSER=${PGUSER:-}
PGDATABASE=$PGDATABASE
SQS2PG_TABLE=t
SQS2PG_KEY_FILE=k
SQS2PG_LOCK_DIR=$PWD
SQS2PG_PULL_OPTIONS=--wait 1 -j 4
SQS2PG_UNWRAP_OPTIONS=--each .events
SQS2PG_LOAD_OPTIONS=--batch-rows 100
END
}
teardown() { common_teardown; }

# fill MESSAGES: send messages with 1 to 50 events each, some in an envelope, some encoded. ./events
# has their number, ./wanted the number of each message.
fill() {
  python3 - "$1" >bodies 2>events <<'END'
import base64, gzip, json, random, sys
random.seed()
total = 0
for m in range(int(sys.argv[1])):
    count = random.randint(1, 50)
    total += count
    body = {"events": [{"m": m, "i": i, "ip": "203.0.113.%d" % i} for i in range(count)]}
    kind = random.randrange(3)
    if kind == 1:
        body = {"Type": "Notification", "TopicArn": "arn:t", "Message": json.dumps(body)}
    if kind == 2:
        body = base64.b64encode(gzip.compress(json.dumps(body).encode())).decode()
    print(json.dumps({"body": body}))
print(total, file=sys.stderr)
END
  jq -c '.body | if type == "string" then . else (.Message // . | if type == "string" then fromjson else . end) | [.events[0].m, (.events | length)] end' bodies |
    python3 -c 'import base64, gzip, json, sys
for line in sys.stdin:
    found = json.loads(line)
    if isinstance(found, str):
        events = json.loads(gzip.decompress(base64.b64decode(found)))["events"]
        found = [events[0]["m"], len(events)]
    print(*found)' | sort >wanted
  sqs-send -q <bodies
}

# held: print the number of messages on the queue, in flight or not.
held() { counts | awk '{ print $1 + $2 }'; }
rows() { sql 'SELECT count(*) FROM t'; }
grown() { [ "$(rows)" -gt "$1" ] || ! kill -0 "$(<pid)" 2>/dev/null; }
empty() { [ "$(held)" -eq 0 ]; }
pass() { "$SQS2PG" -c settings >>out 2>>err || :; empty; }

# deleted_are_whole MESSAGES: check that each deleted message has all its events in the table.
deleted_are_whole() {
  local gone whole
  gone=$(($1 - $(held)))
  sql 'SELECT m, count(*) FROM t GROUP BY m' | tr '|' ' ' | sort >there
  whole=$(comm -12 wanted there | wc -l)
  echo "gone $gone whole $whole"
  [ "$gone" -le "$whole" ]
}

STAGES=(sqs-pull sqs-unwrap pii-mask pg-load sqs-ack)
# kill_one ROUND: kill a stage of the present run: each in turn if asked, then any. Add its name to
# ./kills if it was running.
kill_one() {
  local name=${STAGES[RANDOM % ${#STAGES[@]}]} stage
  [ "$1" -ge ${#STAGES[@]} ] || name=${STAGES[$1]}
  stage=$(pgrep -P "$(<pid)" -x "$name" | head -n 1)
  if [ -n "$stage" ] && kill -9 "$stage" 2>/dev/null; then echo "$name" >>kills; fi
}

@test "with leases, stages killed at random: every event is stored once, and the queue is empty" {
  local messages round before total
  messages=$(rounds 150 10000)
  fill "$messages"
  total=$(<events)
  [ "$total" -gt $((messages * 10)) ]
  : >kills
  for ((round = 0; round < $(rounds 5 200); round++)); do
    ! empty || break
    before=$(rows)
    "$SQS2PG" -c settings >>out 2>>err 3>&- &
    echo $! >pid
    # At a random moment: the first rows of the run, or some hundreds later.
    eventually 60 grown $((before + RANDOM % $(rounds 1 1500)))
    kill_one "$round"
    wait "$(<pid)" || :
    : >pid
    deleted_are_whole "$messages"
  done
  eventually 120 pass
  [ "$(sql 'SELECT count(*), count(DISTINCT (m, i)) FROM t')" = "$total|$total" ]
  [ "$(sql 'SELECT count(masked_ip) FROM t')" = "$total" ]
  [ "$(sql "SELECT count(*) FROM t_errors")" = 0 ]
  counts_are 0 0 0
  # As each of them was sent, counted independently.
  sql 'SELECT m, count(*) FROM t GROUP BY m' | tr '|' ' ' | sort >there
  cmp wanted there
  echo "# $messages messages, $total events; killed: $(sort kills | uniq -c | xargs)" >&3
  [ "$(wc -l <kills)" -ge "$(rounds 1 50)" ]
  [ -z "${SQS2PG_TEST_LONG:-}" ] || [ "$(sort -u kills | wc -l)" -eq ${#STAGES[@]} ]
}

@test "a rejected part leaves its message on the queue, and the other parts are stored once" {
  echo '{"body":{"events":[{"m":1,"i":0,"ip":"x"},{"m":1,"i":"no number","ip":"x"},{"m":1,"i":2,"ip":"x"}]}}' | sqs-send -q
  sed -i 's/^SQS2PG_LOAD_OPTIONS=.*/&  --no-quarantine/' settings
  run -1 "$SQS2PG" -c settings
  [ "$(held)" -eq 1 ]
  eventually 20 counts_are 1 0 0
  run -1 "$SQS2PG" -c settings
  [ "$(sql 'SELECT i FROM t ORDER BY i' | xargs)" = '0 2' ]
  [ "$(held)" -eq 1 ]
  # A quarantined part is settled, and its message is deleted.
  sed -i 's/ --no-quarantine//' settings
  eventually 20 counts_are 1 0 0
  run -0 "$SQS2PG" -c settings
  [ "$(sql 'SELECT i FROM t ORDER BY i' | xargs)" = '0 2' ]
  [ "$(sql 'SELECT count(*) FROM t_errors')" = 1 ]
  counts_are 0 0 0
}

@test "an empty array and an event too deep are sealed, quarantined once, and deleted" {
  local deep='{"m":1,"i":1,"ip":"203.0.113.9"}' _
  for _ in 1 2 3 4 5; do deep=$(jq -cn --arg m "$deep" '{Type:"Notification",TopicArn:"a",Message:$m}'); done
  { echo '{"body":{"events":[]}}' && echo "{\"body\":{\"events\":[{\"m\":2,\"i\":0,\"ip\":\"203.0.113.8\"},$deep]}}"; } | sqs-send -q
  run -0 "$SQS2PG" -c settings
  [ "$(sql 'SELECT m FROM t')" = 2 ]
  [ "$(sql 'SELECT stage, code FROM t_errors ORDER BY code' | xargs)" = 'unwrap|deep unwrap|empty' ]
  [ "$(sql "SELECT count(*) FROM t_errors WHERE record LIKE '%203.0.113%' OR record NOT LIKE '%sealed%'")" = 0 ]
  counts_are 0 0 0
}

@test "the replay of an archive with parts adds no row" {
  fill 20
  mkdir kept
  run -0 "$SQS2PG" -c settings --archive kept
  [ "$(rows)" = "$(<events)" ]
  run -0 "$SQS2PG" -c settings --replay kept/*.gz
  [ "$(rows)" = "$(<events)" ]
  sql 'CREATE TABLE u (m integer, i integer)'
  sed -i 's/^SQS2PG_TABLE=.*/SQS2PG_TABLE=u/' settings
  run -0 "$SQS2PG" -c settings --replay kept/*.gz
  [ "$(sql 'SELECT count(DISTINCT (m, i)) FROM u')" = "$(<events)" ]
}

@test "without sqs-unwrap bodies stay unchanged" {
  sed -i 's/^SQS2PG_UNWRAP_OPTIONS=.*/SQS2PG_UNWRAP_OPTIONS=off/' settings
  jq -cn '{body:{Type:"Notification",TopicArn:"a",Message:"{\"m\":1,\"i\":1,\"ip\":\"x\"}"}}' | sqs-send -q
  "$SQS2PG" -v -c settings 2>err || :
  run -1 grep "^sqs-unwrap:" err
  [ "$(rows)" = 0 ]
  sed -i 's/^SQS2PG_UNWRAP_OPTIONS=.*/SQS2PG_UNWRAP_OPTIONS=--as nonsense/' settings
  run -64 "$SQS2PG" -c settings
}

@test "sqs-ack holds 120,000 half settled messages within its bound of memory" {
  awk -v url="$SQS_QUEUE_URL" 'BEGIN { for (n = 0; n < 120000; n++)
    printf "{\"sqs\":{\"queue_url\":\"%s\",\"message_id\":\"m%d\",\"receipt_handle\":\"%0300d\",\"part\":0,\"parts\":50,\"unwrap\":\"each\"},\"status\":\"committed\"}\n", url, n, n }' >verdicts
  local status=0
  python3 "$BATS_TEST_DIRNAME/../lib/peak.py" peak sqs-ack <verdicts 2>err || status=$?
  [ "$status" -eq 1 ]
  grep -q ' incomplete=120000' err
  echo "# $(<peak) MiB with 120000 messages half settled" >&3
  # The shadow memory of a sanitizer does not count.
  case ${BUILD:-} in *asan* | *tsan*) return ;; esac
  [ "$(<peak)" -lt 32 ]
}
