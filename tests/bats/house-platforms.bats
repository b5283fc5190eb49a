#!/usr/bin/env bats
# The files for other platforms: Kubernetes and KEDA, Terraform, Airflow, GNU parallel.

load ../lib/common
load ../lib/records
load ../lib/page

# shellcheck disable=SC2034  # page.bash reads it
PAGE=$ROOT/docs/parallel.md

setup() {
  common_setup
  DEPLOY=$ROOT/deploy
  # Leave no compiled copy of a module.
  export PYTHONDONTWRITEBYTECODE=1
}

teardown() { common_teardown; }

python() { "$(python_dir)/bin/python" "$@"; }
platforms() { python "$ROOT/tests/lib/platforms.py" "$@"; }

# fails COMMAND...: bats ignores the failure of a command after a bare `!`.
fails() { ! "$@"; }

@test "Kubernetes: each overlay is valid for two versions and for KEDA, with the same pod" {
  run -0 platforms kubernetes "$DEPLOY/kubernetes" "$ROOT/lib/base/status.h" 1.31 1.37
  # The additions of each to the base.
  sed 's/ ConfigMap\b//;s/ NetworkPolicy\b//;s/ ServiceAccount\b//' <<<"$output" >overlays
  diff overlays - <<'LIST'
drain CronJob
follow Deployment PodDisruptionBudget
keda-follow Deployment PodDisruptionBudget ScaledObject TriggerAuthentication
keda-jobs ScaledJob TriggerAuthentication
once Job
LIST
}

@test "Kubernetes: errors are noticed" {
  cp -r "$DEPLOY/kubernetes" right
  run -0 python - "$ROOT" <<'CODE'
import os, shutil, sys
sys.path.insert(0, sys.argv[1] + "/tests/lib")
import platforms
every = ["overlays/" + name for name in ("drain/cron-job", "follow/deployment", "keda-jobs/scaled-job", "once/job")]
for files, old, new in (
    # Against the schemas.
    (every, "readOnlyRootFilesystem", "readOnlyRootFileSystem"),
    (["overlays/once/job"], "backoffLimit: 4", 'backoffLimit: "4"'),
    (["overlays/follow/disruption-budget"], "maxUnavailable", "maxUnavailables"),
    (["overlays/keda-jobs/scaled-job"], "pollingInterval", "pollInterval"),
    (["overlays/keda-jobs/scaled-job"], "ttlSecondsAfterFinished", "ttlSecondsAfterwards"),
    (["overlays/keda-jobs/scaled-job"], "queueLength", "queueLenght"),
    (["overlays/keda-follow/scaled-object"], '"false"', "false"),
    (["overlays/keda-follow/trigger-authentication"], "provider: aws", "provider: amazon"),
    # Against the promises.
    (["overlays/keda-follow/scaled-object"], '"false"', '"true"'),
    (["overlays/keda-jobs/scaled-job"], "/logins", "/orders"),
    (["overlays/once/job"], "74, 77, 78", "74, 78"),
    (["overlays/drain/cron-job"], "[75]", "[75, 78]"),
    (["overlays/once/job"], "cpu: 100m", "cpu: 200m"),
    (every, "0440", "0444"),
    (every, "{drop: [ALL]}", "{drop: [NET_RAW]}"),
    (["overlays/follow/deployment"], "      containers:", "      hostNetwork: true\n      containers:"),
    (["base/settings"], "PGSERVICE: ", "PGPASSWORD: "),
    (["base/network-policy"], "name: sqs2pg}", "name: other}"),
):
    shutil.rmtree("wrong", ignore_errors=True)
    shutil.copytree("right", "wrong")
    for name in files:
        path = os.path.join("wrong", name + ".yaml")
        text = open(path).read()
        assert old in text, (name, old)
        open(path, "w").write(text.replace(old, new))
    try:
        platforms.kubernetes("wrong", sys.argv[1] + "/lib/base/status.h", "1.37")
    except Exception as failure:
        assert type(failure).__name__ in ("AssertionError", "ValidationError"), failure
    else:
        raise SystemExit("not noticed: %s for %s" % (new, old))
CODE
}

@test "Kubernetes: libpq takes the password of a group-readable service file, and not of such a password file" {
  servers_begin
  servers_postgres_start
  { echo 'local all guarded scram-sha-256' && cat "$PGHOST/data/pg_hba.conf"; } >hba
  cat hba >"$PGHOST/data/pg_hba.conf"
  sql "CREATE ROLE guarded SUPERUSER LOGIN PASSWORD 'secret'; CREATE TABLE t (id integer); SELECT pg_reload_conf()" >/dev/null
  records 1 5 >in
  printf '%s\n' '[warehouse]' "host=$PGHOST" dbname=postgres user=guarded password=secret >pg_service.conf
  echo '*:*:*:*:secret' >pgpass
  chmod 0440 pg_service.conf pgpass
  unset PGPASSWORD
  # The server has read its configuration again.
  eventually 30 fails env PGUSER=guarded PGPASSFILE=/nonexistent psql -wqXc 'SELECT 1'
  PGUSER=guarded PGPASSFILE=$PWD/pgpass load_in -t t
  local first=$status
  PGUSER='' PGSERVICEFILE=$PWD/pg_service.conf PGSERVICE=warehouse load_in -t t
  local loaded
  loaded=$(PGUSER=postgres sql 'SELECT count(*) FROM t')
  servers_stop
  [ "$first" -eq 69 ]
  [ "$status" -eq 0 ]
  [ "$loaded" = 5 ]
}

@test "Terraform: the module parses; its role has the rights of the programs, without a name of the example" {
  run -0 platforms terraform "$DEPLOY/terraform" "$DEPLOY/iam-policy.json"
  printf '%s\n' "$output" >policy
  # IAM has no rights for batches: the right to one message is the right to a batch.
  sed -n 's/^ *\[CALL_[A-Z_]*\] = "\([A-Za-z]*\)".*/sqs:\1/p' "$ROOT/lib/sqs/call.c" |
    sed 's/Batch$//' | grep -v ':SendMessage$' | sort -u >made
  [ "$(wc -l <made)" -ge 5 ]
  diff <(jq -r '.Statement[].Action | [.] | flatten[]' policy | sort -u) <(sort made - <<<kms:Decrypt | sort -u)
  [ "$(jq -c '[.Statement[] | .Resource]' policy)" = \
    '["aws_sqs_queue.events.arn","aws_sqs_queue.dead_letter.arn","aws_kms_key.queue.arn"]' ]
  run -1 grep -E '123456789012|eu-central-1' policy
}

@test "Terraform: errors are noticed" {
  run -0 python - "$ROOT" <<'CODE'
import io, os, shutil, sys
from contextlib import redirect_stdout
sys.path.insert(0, sys.argv[1] + "/tests/lib")
import platforms
main = open(sys.argv[1] + "/deploy/terraform/main.tf").read()
for old, new in (
    ('resource "aws_kms_key" "queue" {', 'resource "aws_kms_key" "queue"'),
    ("logins-dlq", "other-dlq"),
    ("var.max_receive_count", "var.receives"),
    ("aws_kms_key.queue.arn", "aws_kms_key.other.arn"),
):
    assert old in main
    shutil.rmtree("wrong", ignore_errors=True)
    shutil.copytree(sys.argv[1] + "/deploy/terraform", "wrong")
    open("wrong/main.tf", "w").write(main.replace(old, new))
    try:
        with redirect_stdout(io.StringIO()):
            platforms.terraform("wrong", sys.argv[1] + "/deploy/iam-policy.json")
    except Exception as failure:
        assert type(failure).__name__ in ("AssertionError", "UnexpectedToken"), type(failure)
    else:
        raise SystemExit("not noticed: %s for %s" % (new, old))
CODE
}

# dag CODE [ARGUMENT...]: run Python code with the module of the DAG as dag.
dag() {
  python3 -W error -c "import logging, sys; sys.path.insert(0, '$ROOT/share/airflow'); import sqs2pg_dag as dag
logging.basicConfig(format='%(levelname)s %(message)s', level=logging.INFO)
$1" "${@:2}"
}

# ended COMMAND...: print the status of a command that the DAG runs, and its outcome; its log is in
# ./log.
ended() {
  dag "
status = dag.run(sys.argv[1:], logging.getLogger())
print(status, dag.outcome(status))" "$@" 2>log
}

@test "Airflow: the outcome of each status, from programs and from signals" {
  dag '
for status in (*range(-15, 160), 255):
    print(status, dag.outcome(status), dag.explain(status))' >outcomes
  [ "$(awk '$1 >= 0 && $1 <= 128 && $2 != "fail" { print $1, $2 }' outcomes)" = $'0 success\n75 retry\n99 skip' ]
  [ "$(awk '($1 < 0 || $1 > 128) { print $2 }' outcomes | sort -u)" = retry ]
  grep -qx '137 retry sqs2pg was ended by signal 9' outcomes
  # Each status of the programs has a text, and only 75 is retried.
  sed -n 's/^ *STATUS_[A-Z]* = \([0-9]*\).*/\1/p' "$ROOT/lib/base/status.h" >statuses
  [ "$(wc -l <statuses)" -eq 10 ]
  fails grep -wqx 99 statuses
  while read -r number; do [ "$number" -eq 0 ] || fails grep -E "^$number .*unknown to this DAG" outcomes; done <statuses
  grep -q '^2 fail .*unknown to this DAG$' outcomes
}

@test "Airflow: the DAG runs sqs2pg: success, a locked queue, a wrong setting, and an ended task" {
  fresh_database
  create_user_logins
  fresh_queue VisibilityTimeout=30
  key k 2>/dev/null
  copy_sqs2pg bin
  export PATH=$PWD/bin:$PATH SQS2PG_LOCK_DIR=$PWD
  printf '%s\n' "SQS_QUEUE_URL=$SQS_QUEUE_URL" SQS2PG_TABLE=user_logins "SQS2PG_KEY_FILE=$PWD/k" \
    'SQS2PG_PULL_OPTIONS=--wait 1' >settings
  sqs-send -q <"$SAMPLE"
  unset SQS_QUEUE_URL
  dag 'print(*dag.sqs2pg("settings"), sep="\n")' >words
  mapfile -t command <words
  [ "$(ended "${command[@]}")" = '0 success' ]
  [ "$(sql 'SELECT count(*) FROM user_logins')" = 99 ]
  # Another run holds the queue, and ends with the task that holds it.
  cat >hold.py <<'CODE'
import logging, signal, sys
sys.path.insert(0, sys.argv[1])
import sqs2pg_dag as dag
def end(*_): raise KeyboardInterrupt
signal.signal(signal.SIGUSR1, end)
logging.basicConfig(format="%(levelname)s %(message)s", level=logging.INFO)
try:
    dag.run(dag.sqs2pg("settings") + ["--follow"], logging.getLogger())
except KeyboardInterrupt:
    print("ended with the task")
CODE
  python3 hold.py "$ROOT/share/airflow" >held 2>held.log 3>&- 4>&- &
  local task=$!
  echo "$task" >pid
  pulls() { pgrep -P "$(pgrep -P "$task")" -f bin/sqs-pull; }
  eventually 30 pulls
  [ "$(ended "${command[@]}")" = '99 skip' ]
  kill -USR1 "$task"
  wait "$task"
  fails grep -q ERROR held.log
  [ "$(<held)" = 'ended with the task' ]
  # A setting that is wrong, and a file that others may write: failed immediately, with the message of sqs2pg.
  sed 's/^SQS2PG_TABLE=.*//' settings >none
  [ "$(ended "${command[@]/settings/none}")" = '78 fail' ]
  grep -q '^ERROR sqs2pg: .*SQS2PG_TABLE' log
  chmod 666 settings
  [ "$(ended "${command[@]}")" = '77 fail' ]
  chmod 644 settings
  # The database is down: retry, once pg-load has given up.
  sed "s|^SQS2PG_LOAD.*||;\$a SQS2PG_LOAD_OPTIONS=--retry-timeout 1s" settings >away
  [ "$(PGHOST=$PWD ended "${command[@]/settings/away}")" = '75 retry' ]
}

# outcome FILE: count each status, the most frequent first.
outcome() { jq -r .status "$1" | sort | uniq -c | sort -rn | awk '{ print $1, $2 }' | paste -sd' '; }

@test "docs/parallel.md: parallel and xargs neither lose nor break a line; each is loaded once" {
  local heading='GNU parallel' masked ordered loaded split n good
  n=$(rounds 5000 200000) good=$(($(rounds 5000 200000) - 5))
  fresh_database
  sql 'CREATE TABLE user_logins (event integer, masked_ip text)'
  key k 2>/dev/null
  unset SQS2PG_MAPS
  # Otherwise one process would get all of them.
  export PARALLEL='--block 50k'
  # Five of them are not JSON.
  seq "$n" | sed "s/.*/{\"body\":{\"event\":&,\"ip\":\"203.0.113.7\",\"device_id\":\"d-&\"}}/;0~$((n / 5))s/}}\$//" >raw.ndjson
  masked=$(block "$heading" 1) ordered=$(block "$heading" 2) loaded=$(block "$heading" 3) split=$(block xargs 1)
  run page_unused
  # tests/platforms/spark.bats runs those.
  [ "$output" = $'Spark: 1\nSpark: 2' ]
  # The same lines as from one process, except sealed ones, which use random numbers.
  pii-mask -q -k k <raw.ndjson | grep -v '"sealed"' >one
  lines_are one "$good"
  bash -c "$masked"
  [ "$(grep -c '"sealed"' masked.ndjson)" -eq 5 ]
  grep -v '"sealed"' masked.ndjson | sort | cmp - <(sort one)
  bash -c "$ordered"
  [ "$(grep -c '"sealed"' ordered.ndjson)" -eq 5 ]
  grep -v '"sealed"' ordered.ndjson | cmp - one
  bash -c "$split"
  [ "$(cat part.* | wc -l)" -eq "$n" ]
  cat masked.part.* | grep -v '"sealed"' | cmp - one
  # The sealed ones unmask to the input.
  grep '"sealed"' masked.ndjson | pii-unmask -q -k k | jq -r .line | sort |
    cmp - <(grep -v '}}$' raw.ndjson | sort)
  bash -c "$loaded"
  [ "$(outcome verdicts.ndjson)" = "$good committed 5 quarantined" ]
  bash -c "$loaded"
  [ "$(outcome verdicts.ndjson)" = "$good duplicate 5 quarantined" ]
  [ "$(sql 'SELECT count(*), count(DISTINCT event), count(masked_ip) FROM user_logins')" = "$good|$good|$good" ]
  [ "$(sql 'SELECT count(*) FROM user_logins_errors')" = 5 ]
  # A failing process is reported.
  run bash -c "${loaded/user_logins/no_such_table}"
  # 141 when a process ended before its lines were written to it.
  [ "$status" -ne 0 ]
  [ ! -s verdicts.ndjson ]
  run bash -c "${ordered/-k k/-k none}"
  [ "$status" -ne 0 ]
  run -123 bash -c "${split/-k k/-k none}"
}
