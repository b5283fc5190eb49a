#!/usr/bin/env bats
# Where scripts/pipeline.sh (installed as sqs2pg) and sqs2pg-status get the key, and how a run
# renews it.

load ../lib/common

setup() {
  common_setup
  fresh_database
  create_user_logins
  fresh_queue VisibilityTimeout=30
  key k
  export SQS2PG_LOCK_DIR=$BATS_TEST_TMPDIR
  printf '%s\n' "SQS_QUEUE_URL=$SQS_QUEUE_URL" SQS2PG_TABLE=user_logins 'SQS2PG_PULL_OPTIONS=--wait 1' >settings
  QUEUE=$SQS_QUEUE_URL
  unset SQS_QUEUE_URL
  copy_sqs2pg bin
  ln -s sqs2pg bin/sqs2pg-status
  # A command that prints the key and records its environment.
  cat >give <<'END'
#!/bin/bash
echo run >>"$1.runs"
cp /proc/self/environ "$1.environ"
find /proc/$$/fd -mindepth 1 -printf '%f ' >"$1.fds"
[ ! -e "$1.fails" ] || exit "$(<"$1.fails")"
cat "$1"
END
  chmod 755 give
  by_command=("SQS2PG_KEY_COMMAND=$PWD/give $PWD/k")
}

teardown() {
  [ -n "${BATS_TEST_COMPLETED:-}" ] || [ ! -s err ] || cat err
  common_teardown
}

counts() { servers_counts "$QUEUE"; }
rows_are() { [ "$(sql 'SELECT count(*) FROM user_logins')" = "$1" ]; }
# follow OPTION...: start a run in the background.
follow() {
  "$SQS2PG" -v -c settings --follow "$@" 2>err 3>&- 4>&- &
  echo $! >pid
}
stages() { pgrep -P "$(<pid)" -x 'sqs-pull|sqs-unwrap|pii-mask|pg-load|sqs-ack'; }
five_stages() { [ "$(stages | wc -l)" -eq 5 ]; }
over() { ! kill -0 "$1" 2>/dev/null; }
said() { grep -qF -- "$1" err; }
# logins FROM TO: print events.
logins() { seq "$1" "$2" | sed 's/.*/{"body":{"user_id":"u&","ip":"203.0.113.7","device_id":"d"}}/' | sqs-send -q -Q "$QUEUE"; }
# names PID: print the names in its environment.
names() { tr '\0' '\n' <"/proc/$1/environ" | sed 's/=.*//'; }
# keys: print the key ids of the table's values, with their counts.
keys() { sql "SELECT split_part(masked_ip, '.', 2), count(*) FROM user_logins GROUP BY 1"; }

@test "a key command runs once, with the AWS settings, which only the SQS stages get" {
  printf '%s\n' "${by_command[@]}" VAULT_ADDR=canary-vault PGPASSWORD=canary-pg >>settings
  chmod 600 settings
  AWS_SESSION_TOKEN='' follow
  eventually 60 five_stages
  logins 1 20
  eventually 60 rows_are 20
  lines_are k.runs 1
  tr '\0' '\n' <k.environ | sed 's/=.*//' >names
  grep -qx AWS_SECRET_ACCESS_KEY names
  grep -qx VAULT_ADDR names
  grep -qx PATH names
  run -1 grep -E '^(PG|SQS2PG_)' names
  # Neither the lock nor an end of a pipe.
  [ "$(tr -d '0125 ' <k.fds)" = '' ]
  local pid name seen=''
  for pid in $(stages); do
    name=$(<"/proc/$pid/comm")
    seen+=" $name"
    case $name in
    sqs-pull | sqs-ack) names "$pid" | grep -qx AWS_SECRET_ACCESS_KEY ;;
    *) run -1 grep -E '^(AWS|SQS|VAULT|SQS2PG_KEY)_' <(names "$pid") ;;
    esac
    [ "$name" = pg-load ] || run -1 grep -E '^PG' <(names "$pid")
    run -1 grep -qaF "$(awk '/primary/ { print $4 }' k)" "/proc/$pid/environ" "/proc/$pid/cmdline"
  done
  for name in sqs-pull sqs-unwrap pii-mask pg-load sqs-ack; do [[ "$seen " == *" $name "* ]]; done
  # No process holds an end of a pipe without its other end, such as that of the key.
  # shellcheck disable=SC2046
  find $(stages | sed 's|.*|/proc/&/fd|') -mindepth 1 -lname 'pipe:*' ! -name 0 -perm -400 -printf '%l\n' | sort -u >reads
  # shellcheck disable=SC2046
  find $(echo "$(<pid)" "$(stages)" | xargs -n 1 | sed 's|.*|/proc/&/fd|') -lname 'pipe:*' -perm -200 -printf '%l\n' | sort -u >writes
  [ "$(wc -l <reads)" -ge 4 ]
  [ -z "$(comm -23 reads writes)" ]
  # The script itself never had the key.
  run -1 grep -qaF "$(awk '/primary/ { print $4 }' k)" "/proc/$(<pid)/environ"
  kill "$(<pid)"
  wait "$(<pid)"
  counts_are 0 0 0
  [ "$(keys)" = "$(awk '/primary/ { print $2 }' k)|20" ]
}

@test "a command that fails or prints nothing: 69 before a message is received" {
  logins 1 1
  printf '%s\n' "${by_command[@]}" >>settings
  local case
  for case in 1 75; do
    echo "$case" >k.fails
    run --separate-stderr -69 "$SQS2PG" -c settings
    [[ $stderr == *"sqs2pg: error: the key command ended with status $case"* ]]
  done
  rm k.fails
  mv k k.good
  : >k
  run --separate-stderr -69 "$SQS2PG" -c settings
  [[ $stderr == *'error: the key command printed nothing'* ]]
  head -c 100000 /dev/zero | tr '\0' '#' >k
  run --separate-stderr -69 "$SQS2PG" -c settings
  [[ $stderr == *'error: the key command printed more than a key file holds'* ]]
  echo 'no key' >k
  run --separate-stderr -78 "$SQS2PG" -c settings
  [[ $stderr == *pii-mask*:1:* && $stderr != *'no key'$'\n'* ]]
  # A missing command, and a killed one.
  SQS2PG_KEY_COMMAND=$'./give\nk.none\n' run --separate-stderr -69 "$SQS2PG" -c <(grep -v KEY_COMMAND settings)
  [[ $stderr == *'the key command ended with status 1'*$'the first word of it is ./give' ]]
  SQS2PG_KEY_COMMAND=no-such-program run --separate-stderr -69 "$SQS2PG" -c <(grep -v KEY_COMMAND settings)
  [[ $stderr == *'no program no-such-program'* ]]
  SQS2PG_KEY_COMMAND=$PWD/none run --separate-stderr -69 "$SQS2PG" -c <(grep -v KEY_COMMAND settings)
  [[ $stderr == *"cannot run $PWD/none"* ]]
  printf '#!/bin/sh\nkill -9 $$\n' >give
  run --separate-stderr -69 "$SQS2PG" -c settings
  [[ $stderr == *'the key command ended with status 137'* ]]
  SQS2PG_KEY_FILE=k run --separate-stderr -78 "$SQS2PG" -c settings
  [[ $stderr == *'exclude each other'* ]]
  run -0 sqs-pull -Q "$QUEUE" -n 1 --wait 1
  [ "$(jq .sqs.receive_count <<<"$output")" -eq 1 ]
}

@test "a signal during the key command ends the run and the command immediately" {
  printf '#!/bin/sh\necho $$ >pid.command\nexec sleep 1000\n' >give
  printf '%s\n' "${by_command[@]}" >>settings
  follow
  eventually 30 test -s pid.command
  kill -USR1 "$(<pid)"
  eventually 30 noticed "$(<pid)"
  kill -0 "$(<pid)"
  kill "$(<pid)"
  wait "$(<pid)"
  eventually 10 over "$(<pid.command)"
}

@test "a key comes through an inherited pipe, standard input, or a FIFO that only the owner may read" {
  logins 1 3
  env SQS2PG_KEY_FILE=<(cat k) "$SQS2PG" -c settings
  rows_are 3
  logins 4 6
  SQS2PG_KEY_FILE=/dev/stdin "$SQS2PG" -c settings < <(cat k)
  rows_are 6
  logins 7 9
  SQS2PG_KEY_FILE=/dev/fd/5 "$SQS2PG" -c settings 5<k
  rows_are 9
  # The FIFO.
  mkfifo -m 600 fifo
  logins 10 12
  cat k >fifo 3>&- &
  SQS2PG_KEY_FILE=fifo "$SQS2PG" -c settings
  rows_are 12
  mkfifo -m 640 wide
  cat k >wide 3>&- &
  SQS2PG_KEY_FILE=wide run --separate-stderr -77 "$SQS2PG" -c settings
  [[ $stderr == *'wide: others may read the key (mode 0640)'* ]]
  cat k >wide 3>&- &
  SQS2PG_MASK_OPTIONS=$'--key-group-readable\r\n-q\n' SQS2PG_KEY_FILE=wide "$SQS2PG" -c settings
  chmod 602 fifo
  SQS2PG_KEY_FILE=fifo run --separate-stderr -77 "$SQS2PG" -c settings
  [[ $stderr == *'fifo: others may write to it'* ]]
  # An empty FIFO is an empty key file.
  run --separate-stderr -78 env SQS2PG_KEY_FILE=<(:) "$SQS2PG" -c settings
  [ "$(keys)" = "$(awk '/primary/ { print $2 }' k)|12" ]
}

@test "USR1 renews the key under load; a failed renewal leaves the run unchanged" {
  printf '%s\n' "${by_command[@]}" >>settings
  mkdir kept
  follow --archive kept
  eventually 60 five_stages
  local before
  before=$(stages | xargs)
  logins 1 20
  eventually 60 rows_are 20
  # A command that fails, and an invalid key file.
  echo 1 >k.fails
  kill -USR1 "$(<pid)"
  eventually 30 said 'the run continues with the old key, policy and map'
  said 'the key command ended with status 1' # and why
  [ "$(stages | xargs)" = "$before" ]
  rm k.fails
  # Another key file: records come before, during and after the renewal.
  pii-keygen -q --rotate k
  : >going
  (
    n=21
    while [ -e going ]; do
      logins "$n" $((n + 4))
      n=$((n + 5))
    done
    echo $((n - 1)) >sent
  ) 3>&- 4>&- &
  kill -USR1 "$(<pid)"
  eventually 60 said 'renewing key, policy and map'
  new_key() { [ "$(keys | wc -l)" -eq 2 ]; }
  eventually 60 new_key
  lines_are k.runs 3
  rm going
  eventually 60 test -s sent
  eventually 60 rows_are "$(<sent)"
  kill "$(<pid)"
  wait "$(<pid)"
  counts_are 0 0 0
  [ "$(sql 'SELECT count(DISTINCT user_id) FROM user_logins')" = "$(<sent)" ]
  [ "$(sql 'SELECT count(*) FROM user_logins_ledger')" = "$(<sent)" ]
  # Each line of stages has its own archive file, and all of them exist.
  [ "$(zcat kept/*.gz | wc -l)" = "$(<sent)" ]
  [ "$(find kept -name '*.part' | wc -l)" -eq 0 ]
  keys | sed 's/^/# rows by key: /' >&3
}

# quick: reduce the minute's wait for a key to two seconds.
quick() { sed -i 's/^KEY_TIME=60 /KEY_TIME=2 /' bin/pipeline/key.sh && grep -q '^KEY_TIME=2 ' bin/pipeline/key.sh; }

@test "sqs2pg and sqs2pg-status report a missing key in one line; a key that is too large is 78" {
  local program
  quick
  printf '#!/bin/sh\ncat "$1"; sleep 600\n' >hold
  mkfifo -m 600 nobody
  for program in sqs2pg sqs2pg-status; do
    cp settings with && echo "SQS2PG_KEY_COMMAND=/bin/sh $PWD/hold $PWD/k" >>with
    run -69 --separate-stderr timeout 60 "bin/$program" -c with
    grep -qx 'sqs2pg.*: error: the key command did not end within 2 s, or what it started still holds its output' <<<"$stderr"
    run -1 grep -E 'line [0-9]+:|Killed' <<<"$stderr"
    cp settings with && echo "SQS2PG_KEY_FILE=$PWD/nobody" >>with
    run -74 --separate-stderr timeout 60 "bin/$program" -c with
    grep -q "error: no key came through $PWD/nobody within 2 s" <<<"$stderr"
    run -1 grep -E 'line [0-9]+:|Killed' <<<"$stderr"
  done
  cp settings with && echo SQS2PG_KEY_FILE=/dev/stdin >>with
  run -78 --separate-stderr "$SQS2PG" -c with < <(head -c 300000 /dev/zero)
  [[ $stderr == *'32 KiB'* ]]
  cp settings with && echo 'SQS2PG_KEY_COMMAND= ' >>with
  SQS2PG_KEY_COMMAND=' ' run -78 --separate-stderr "$SQS2PG" -c settings
  [[ $stderr == *'SQS2PG_KEY_COMMAND names no command'* ]]
}

@test "killed during the key command: the queue is free for the next run" {
  printf '#!/bin/sh\necho $$ >key.pid\nexec sleep 600\n' >hang
  chmod 755 hang
  cp settings with && echo "SQS2PG_KEY_COMMAND=$PWD/hang" >>with
  "$SQS2PG" -c with 2>err 3>&- 4>&- &
  local started=$!
  eventually 60 test -s key.pid
  kill -9 "$started"
  printf '%s\n' "${by_command[@]}" >>settings
  run -0 "$SQS2PG" -v --lock-status 99 -c settings
  kill -9 "$(<key.pid)" 2>/dev/null || true
}

@test "a terminal that stops background writers stops no stage" {
  printf '%s\n' "${by_command[@]}" >>settings
  logins 1 3
  timeout 60 script -qec "stty tostop; bash $SQS2PG -v -c settings" /dev/null </dev/null >shown
  rows_are 3
}

@test "sqs2pg-status runs the key command for the ids; --health does not" {
  mkdir metrics
  printf '%s\n' "${by_command[@]}" "SQS2PG_METRICS_DIR=$PWD/metrics" >>settings
  pii-keygen -q --rotate k
  "$SQS2PG" -c settings
  rm k.runs
  run --separate-stderr -0 bin/sqs2pg-status -c settings --health 5m
  [ ! -e k.runs ]
  run --separate-stderr -0 bin/sqs2pg-status -c settings --json
  lines_are k.runs 1
  [ "$(jq -r '.keys[] | "\(.id) \(.state)"' <<<"$output")" = "$(pii-keygen --list k)" ]
  echo 1 >k.fails
  run --separate-stderr -69 bin/sqs2pg-status -c settings
  [[ $output == *$'\nkeys          unknown\n'* && $stderr == *'the key command ended with status 1'* ]]
}
