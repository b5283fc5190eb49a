#!/usr/bin/env bats
# Run the part of docs/parallel.md on Spark as printed, by pyspark on two threads of this machine.

load ../lib/common
load ../lib/page

# shellcheck disable=SC2034  # page.bash reads it
PAGE=$ROOT/docs/parallel.md

setup() {
  common_setup
  export SPARK_LOCAL_IP=127.0.0.1
}
teardown() { common_teardown; }

# spark CODE: run it with the SparkContext as sc.
spark() {
  { printf '%s\n' 'from pyspark import SparkContext' 'sc = SparkContext("local[2]")' \
    'sc.setLogLevel("OFF")' "$1"; } >job.py
  "$(platforms_python_dir)/bin/python" job.py 2>>spark.log
}

# parts FOLDER: print the lines of its partitions, in order.
parts() { cat "$1"/part-*; }
# outcome FOLDER: count each status, the most frequent first.
outcome() { parts "$1" | jq -r .status | sort | uniq -c | sort -rn | awk '{ print $1, $2 }' | paste -sd' '; }

@test "docs/parallel.md: Spark masks and loads 200,000 lines, in order, each once; a second run has only duplicates" {
  local n=200000 good=199990 masked loaded
  fresh_database
  sql 'CREATE TABLE user_logins (event integer, masked_ip text)'
  key k 2>/dev/null
  unset SQS2PG_MAPS
  # Ten of them are not JSON.
  seq "$n" | sed 's/.*/{"body":{"event":&,"ip":"203.0.113.7","device_id":"d-&"}}/;0~20000s/}}$//' >raw.ndjson
  masked=$(block Spark 1) loaded=$(block Spark 2)
  spark "$masked"
  [ "$(find masked -name 'part-*' | wc -l)" -eq 4 ]
  # Joined in order, they are the lines of one process, except sealed ones.
  pii-mask -q -k k <raw.ndjson 2>/dev/null | grep -v '"sealed"' >one
  parts masked | grep -v '"sealed"' | cmp - one
  lines_are one "$good"
  parts masked | grep '"sealed"' | pii-unmask -q -k k | jq -r .line | cmp - <(grep -v '}}$' raw.ndjson)
  spark "import os
$loaded"
  [ "$(find verdicts -name 'part-*' | wc -l)" -eq 2 ]
  echo "# the first run: $(outcome verdicts)" >&3
  [ "$(outcome verdicts)" = "$good committed 10 quarantined" ]
  rm -r verdicts
  spark "import os
$loaded"
  echo "# the second run: $(outcome verdicts)" >&3
  [ "$(outcome verdicts)" = "$good duplicate 10 quarantined" ]
  [ "$(sql 'SELECT count(*), count(DISTINCT event), count(masked_ip) FROM user_logins')" = "$good|$good|$good" ]
  [ "$(sql 'SELECT count(*), sum(count) FROM user_logins_errors')" = '10|20' ]
}

@test "docs/parallel.md: when a program fails, the job fails with checkCode=True, and succeeds without" {
  local loaded
  fresh_database
  unset SQS2PG_MAPS
  seq 1000 | sed 's/.*/{"body":{"event":&},"pii":{"key":"00000000"}}/' >masked
  loaded=$(block Spark 2)
  # The table does not exist.
  run spark "import os
$loaded"
  [ "$status" -ne 0 ]
  grep -q 'PIPE_FUNCTION_EXITED.*69\|exited with error code 69' spark.log
  [ ! -e verdicts/_SUCCESS ]
  rm -rf verdicts
  spark "import os
${loaded/, checkCode=True/}"
  [ -e verdicts/_SUCCESS ]
  [ -z "$(parts verdicts)" ]
}

@test "docs/parallel.md: without env a program has no PATH" {
  key k 2>/dev/null
  echo '{"body":{"ip":"203.0.113.7"}}' >raw.ndjson
  run spark "print(sc.textFile('raw.ndjson').pipe('env', checkCode=True).collect())"
  [ "$status" -eq 0 ]
  [[ $output != *PATH* ]]
}
