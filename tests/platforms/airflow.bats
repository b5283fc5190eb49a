#!/usr/bin/env bats
# The DAG of share/airflow, run by `airflow dags test` with real runs of sqs2pg: the result in
# Airflow for each status.

load ../lib/common

setup() {
  common_setup
  export AIRFLOW_HOME=$PWD/airflow AIRFLOW__CORE__DAGS_FOLDER=$ROOT/share/airflow AIRFLOW__CORE__LOAD_EXAMPLES=False \
    SQS2PG_DAG_CONFIG=$PWD/settings SQS2PG_LOCK_DIR=$PWD PYTHONDONTWRITEBYTECODE=1
  copy_sqs2pg bin
  PATH=$PWD/bin:$(platforms_python_dir)/bin:$PATH
  fresh_database
  create_user_logins
  fresh_queue VisibilityTimeout=30
  key k 2>/dev/null
  sqs-send -q <"$SAMPLE"
  QUEUE=$SQS_QUEUE_URL
  unset SQS_QUEUE_URL
  settings
  airflow db migrate >migrated 2>&1
}
teardown() { common_teardown; }

# settings [LINE...]: write the settings.
settings() {
  printf '%s\n' "SQS_QUEUE_URL=$QUEUE" SQS2PG_TABLE=user_logins "SQS2PG_KEY_FILE=$PWD/k" \
    'SQS2PG_PULL_OPTIONS=--wait 1' "$@" >settings
}

# dag: run it once; its messages are in ./log.
dag() { airflow dags test sqs2pg >log 2>&1 || true; }
# states: set ${STATES} to the states of its task, and of the run; print them under the name ${1}.
states() {
  STATES=$(grep -oE 'new_state=[a-z_]+|DagRun Finished: .*, state=[a-z]+' log | sed 's/.*state=//' | paste -sd' ')
  echo "# $1: $STATES" >&3
}
rows() { sql 'SELECT count(*) FROM user_logins'; }

@test "Airflow: 0 is success, the lock of another run a skip, and neither is retried" {
  local holder
  bin/sqs2pg --follow -c settings 2>held 3>&- 4>&- &
  holder=$!
  echo "$holder" >pid
  loaded() { [ "$(rows)" = 99 ]; }
  eventually 60 loaded
  dag
  states 'held by another run'
  [ "$STATES" = 'skipped success' ]
  grep -q 'another run has the queue' log
  kill "$holder"
  wait "$holder"
  dag
  states 'status 0'
  [ "$STATES" = 'success success' ]
}

@test "Airflow: 77, 78 and 69 fail immediately, with the message of sqs2pg" {
  chmod 666 settings
  dag
  states 'status 77'
  [ "$STATES" = 'failed failed' ]
  grep -q 'sqs2pg ended with 77' log
  chmod 644 settings
  sed -i '/^SQS2PG_TABLE/d' settings
  dag
  states 'status 78'
  [ "$STATES" = 'failed failed' ]
  grep -q 'SQS2PG_TABLE' log
  echo SQS2PG_TABLE=no_such_table >>settings
  dag
  states 'status 69'
  [ "$STATES" = 'failed failed' ]
  grep -q 'sqs2pg ended with 69' log
  [ "$(rows)" = 0 ]
}

@test "Airflow: 75 is retried a minute later, and loads" {
  local run
  # The database is down until Airflow has seen it once.
  mkdir away
  settings 'SQS2PG_LOAD_OPTIONS=--retry-timeout 1s' "PGHOST=$PWD/away"
  dag &
  run=$!
  retried() { grep -q 'new_state=up_for_retry' log; }
  eventually 600 retried
  ln -s "$PGHOST"/.s.PGSQL.* away/
  wait "$run"
  states 'status 75, then 0'
  [ "$STATES" = 'up_for_retry success success' ]
  grep -q 'sqs2pg ended with 75' log
  [ "$(rows)" = 99 ]
}
