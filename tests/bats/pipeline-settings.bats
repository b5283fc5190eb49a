#!/usr/bin/env bats
# Which settings scripts/pipeline.sh (installed as sqs2pg) accepts, and which program gets which.

load ../lib/common

setup() {
  common_setup
  fresh_database
  create_user_logins
  fresh_queue VisibilityTimeout=30
  key k
  export SQS2PG_LOCK_DIR=$BATS_TEST_TMPDIR
  printf '%s\n' "SQS_QUEUE_URL=$SQS_QUEUE_URL" SQS2PG_TABLE=user_logins "SQS2PG_KEY_FILE=$PWD/k" \
    'SQS2PG_PULL_OPTIONS=--wait 1' >settings
  QUEUE=$SQS_QUEUE_URL
  unset SQS_QUEUE_URL
  copy_sqs2pg bin
}

teardown() { common_teardown; }

# below PID: print its descendants.
below() {
  local pid
  for pid in $(pgrep -P "$1"); do
    echo "$pid"
    below "$pid"
  done
}
stages() { pgrep -P "$(<pid)" -x 'sqs-pull|sqs-unwrap|pii-mask|tee|pg-load|sqs-ack|.*awk'; }
seven_stages() { [ "$(stages | wc -l)" -eq 7 ]; }
rows_are() { [ "$(sql 'SELECT count(*) FROM user_logins')" = "$1" ]; }
# names PID: print the names in its environment.
names() { tr '\0' '\n' <"/proc/$1/environ" | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'; }
has() { names "$1" | grep -qxE "$2"; }
lacks() { ! has "$@"; } # as bats passes over a command behind a bare `!`

@test "each program gets only its own part of the environment" {
  mkdir kept
  # From the file and from the environment; and names that nothing here knows.
  printf '%s\n' PGPASSWORD=canary-pg 'https_proxy=http://u:canary-proxy@127.0.0.1:9' TZ=Asia/Tokyo \
    no_proxy=127.0.0.1,localhost AWS_SESSION_TOKEN= VAULT_ADDR=canary-vault >>settings
  chmod 600 settings
  PGAPPNAME=canary-name KRB5CCNAME=canary-krb5 MASTER_KEY=canary-key lower_case=canary-lower \
    HTTP_PROXY=canary-proxy SQS2PG_ACK_OPTIONS=-v \
    env 'master-key=canary-odd' 'db.pass=canary-odd' 'BASH_FUNC_f%%=() { : canary-odd; }' "$SQS2PG" -c settings --follow --archive kept 3>&- 4>&- >out 2>err &
  echo $! >pid
  eventually 60 seven_stages
  # A record in the pipeline, so that every child process has started.
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  eventually 60 rows_are 99
  local pid name seen=''
  for pid in $(below "$(<pid)"); do
    name=$(ps -o comm= -p "$pid") || continue
    # The filter process of pg-load has none at all.
    if [ "$(ps -o comm= -p "$(ps -o ppid= -p "$pid" | tr -d ' ')")" = pg-load ]; then
      seen+=' filters'
      [ -z "$(tr -d '\0' <"/proc/$pid/environ")" ]
      continue
    fi
    seen+=" $name"
    echo "$name $pid: $(names "$pid" | xargs)"
    case $name in
    sqs-pull | sqs-ack)
      has "$pid" AWS_SECRET_ACCESS_KEY
      has "$pid" https_proxy
      has "$pid" VAULT_ADDR
      grep -qzx no_proxy=127.0.0.1,localhost "/proc/$pid/environ"
      lacks "$pid" '(PG|KRB5).*'
      ;;
    pg-load)
      has "$pid" PGPASSWORD
      lacks "$pid" '(AWS|SQS|VAULT)_.*|.*_proxy|MASTER_KEY'
      ;;
    *) lacks "$pid" '(AWS|SQS|SQS2PG|VAULT)_.*|(PG|KRB5).*|.*_proxy|.*_PROXY|MASTER_KEY' ;;
    esac
    [ "$(grep -czF canary-odd "/proc/$pid/environ")" -eq 0 ]
    lacks "$pid" 'lower_case|SQS2PG_.*_OPTIONS|SQS2PG_KEY_FILE'
    [[ $name == pg-load ]] || { has "$pid" PATH && grep -qzx TZ=Asia/Tokyo "/proc/$pid/environ"; }
  done
  for name in sqs-pull sqs-unwrap pii-mask tee pg-load filters sqs-ack gzip; do [[ "$seen " == *" $name "* ]]; done
  kill "$(<pid)"
  wait "$(<pid)"
  [ "$(zcat kept/*.gz | wc -l)" -eq 100 ]
}

@test "settings are data: no name acts on the script" {
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  local name
  # Names of the script itself, and texts that arithmetic would run.
  for name in OK NAME USAGE GRAVITY HOUR LOOK_AGAIN ARCHIVER KEEP LONG CONFIG HARMLESS; do
    echo "$name=x[\$(touch executed)0]"
  done >>settings
  printf '%s\n' COLUMNS=1 LINES=1 'SQS2PG_ACK_OPTIONS=--linger 0' "TMPDIR='a b'" >>settings
  run --separate-stderr -0 "$SQS2PG" -v -c settings
  rows_are 99
  [ ! -e executed ]
  # In the environment, too.
  OK=9 NAME=x GRAVITY=x settings=x foreign=. name=x pids=1 worst=9 signals=5 TMOUT=0 IFS=2 POSIXLY_CORRECT=1 \
    BASH_COMPAT=4.4 SECONDS='x[$(touch executed)0]' OPTIND=x phase=running CDPATH=/ GLOBIGNORE='*' \
    run --separate-stderr -0 "$SQS2PG" -v -c settings
  [[ "$stderr" == *'sqs-ack: deleted=0'* ]]
  [ ! -e executed ]
}

@test "options of several lines from the environment all count" {
  local name
  for name in PULL UNWRAP MASK LOAD ACK; do
    run --separate-stderr -64 env "SQS2PG_${name}_OPTIONS="$'\n-q\r\n--no-such\n' "$SQS2PG" -c <(grep -v "$name" settings)
    [[ $stderr == *'unknown option --no-such'* ]]
  done
  run --separate-stderr -78 env SQS2PG_MASK_OPTIONS=$'--key-group-readable\n--policy none\n' "$SQS2PG" -c settings
  [[ $stderr == *'pii-mask: error: none: cannot be opened'* ]]
}

@test "a mistake in any program's options and a file that cannot be written are found before a message is received" {
  head -n 1 "$SAMPLE" | sqs-send -q -Q "$QUEUE"
  mkdir figures
  local line name
  for line in 'PULL_OPTIONS=--wait 1 --vait 1' 'PULL_OPTIONS=--region' 'ACK_OPTIONS=--lingr 5s'; do
    { cat settings && echo "SQS2PG_$line"; } >wrong
    run --separate-stderr -64 "$SQS2PG" -c wrong
  done
  { cat settings && echo 'SQS2PG_ACK_OPTIONS=--profile none'; } >wrong
  run --separate-stderr -78 "$SQS2PG" -c wrong
  for line in LOAD_OPTIONS=--reject-file {PULL,UNWRAP,MASK,LOAD,ACK}_OPTIONS=--metrics-file; do
    { cat settings && echo "SQS2PG_$line none/file"; } >wrong
    run --separate-stderr -74 "$SQS2PG" -c wrong
    [[ $stderr == *none/file* ]]
  done
  { cat settings && echo 'SQS2PG_ACK_OPTIONS=--metrics-file /nonexistent/file'; } >wrong
  run --separate-stderr -74 "$SQS2PG" -c wrong
  [[ $stderr == 'sqs2pg: error: cannot write /nonexistent/file, the metrics file of sqs-ack' ]]
  for name in sqs-pull sqs-unwrap pii-mask pg-load sqs-ack; do
    mkdir "figures/${QUEUE##*/}-$name.prom"
    run --separate-stderr -74 env SQS2PG_METRICS_DIR=figures "$SQS2PG" -c settings
    [[ $stderr == "sqs2pg: error: cannot write figures/${QUEUE##*/}-$name.prom, the metrics file of $name" ]]
    rmdir figures/*
  done
  # It has been received once, by this.
  run -0 sqs-pull -Q "$QUEUE" -n 1 --wait 1
  [ "$(jq .sqs.receive_count <<<"$output")" -eq 1 ]
}

@test "settings with a meaning for bash or the dynamic loader are refused: 78, with file and line" {
  local line
  for line in PATH=. LD_PRELOAD=x LD_LIBRARY_PATH=. IFS=x BASH_ENV=x ENV=x SECONDS=1 RANDOM=1 OPTIND=1 UID=0 EUID=0 PPID=1 \
    SHELLOPTS=xtrace BASHOPTS=x GLIBC_TUNABLES=x OPENSSL_CONF=x TMOUT=1 lower=x ld_preload=x _=x Mixed=x 'A B=c' HTTPs_proxy=x \
    EXECIGNORE=x FUNCNEST=1 'A[0]=1' 'A-B=1' =x SQS2PG_X=1; do
    { cat settings && echo "$line"; } >wrong
    run --separate-stderr -78 "$SQS2PG" -c wrong
    [[ "$stderr" == "sqs2pg: error: wrong:5: "* ]]
  done
}

@test "a secret is recognised by its content: 77 when others may read the file, and its value is not printed" {
  local line
  for line in http_proxy=http://u:canary@127.0.0.1:9 https_proxy=u:canary@proxy:9 HTTP_PROXY=u:canary@h \
    AWS_ENDPOINT_URL=http://u:canary@127.0.0.1:9 'SQS2PG_LOAD_OPTIONS=-q --dsn postgresql://u:canary@h/d' \
    'SQS2PG_LOAD_OPTIONS=--dsn password=canary' 'PGSERVICE="postgresql://h/d?user=u&password=canary"' \
    AWS_SECRET_ACCESS_KEY=canary PGPASSWORD=canary VAULT_TOKEN=canary; do
    { cat settings && echo "$line"; } >secret
    chmod 644 secret
    run --separate-stderr -77 "$SQS2PG" -c secret
    [ "$stderr" = 'sqs2pg: error: secret holds a secret, and others may read it (mode 0644)' ]
  done
  # Not a secret.
  printf '%s\n' 'no_proxy=a@b:c' AWS_WEB_IDENTITY_TOKEN_FILE=/none/token PGPASSFILE=/none/pass 'AWS_SDK_NOTE=see http://h:80/a@b' >>settings
  chmod 644 settings
  "$SQS2PG" -c settings
}

@test "a value of the longest line is judged quickly; a longer line or a zero byte is refused: 78, with file and line" {
  # long TEXT COUNT: write a setting with COUNT of these.
  long() { { cat settings && printf 'AWS_NOTE=' && printf "$1%.0s" $(seq "$2") && printf '\n'; } >long; }
  local text
  chmod 644 settings
  for text in '://::' '?password' 'u:' 'AAAAAAAA'; do
    long "$text" $((60000 / ${#text}))
    timeout 20 "$SQS2PG" -c long
  done
  long x 65536
  run --separate-stderr -78 "$SQS2PG" -c long
  [ "$stderr" = 'sqs2pg: error: long:5: a line longer than 64 KiB' ]
  { cat settings && printf 'AWS_NOTE=a\0b\n'; } >zero
  run --separate-stderr -78 "$SQS2PG" -c zero
  [ "$stderr" = 'sqs2pg: error: zero:5: a zero byte' ]
}

@test "a signal ends the wait for a FIFO of settings, and no reader outlives the run; many lines are read quickly" {
  local signal status
  mkfifo -m 600 pipe
  reads() { below "$(<pid)" | xargs -r ps -o args= -p | grep -q '^sqs2pg.* -- pipe$'; }
  over() { ! kill -0 "$1" 2>/dev/null; }
  for signal in TERM KILL; do
    "$SQS2PG" -c pipe 3>&- 4>&- &
    echo $! >pid
    eventually 20 reads
    below "$(<pid)" >readers
    kill -s "$signal" "$(<pid)"
    status=0
    wait "$(<pid)" || status=$?
    [ "$status" -eq "$([ "$signal" = KILL ] && echo 137 || echo 0)" ]
    for pid in $(<readers); do eventually 5 over "$pid"; done
  done
  { yes '# a' | head -n 200000 && cat settings && echo X; } >long
  run --separate-stderr -78 timeout 30 "$SQS2PG" -c long
  [ "$stderr" = 'sqs2pg: error: long:200005: not a line of NAME=VALUE' ]
}

@test "the lock file: only its owner can open it; a foreign FIFO or link in its place is neither waited for nor followed" {
  local file
  mkdir locks
  (umask 022 && SQS2PG_LOCK_DIR=locks "$SQS2PG" -c settings)
  [ "$(stat -c %a locks/*.lock | sort -u)" = 600 ]
  # Where a group shares the folder and its files.
  rm locks/*
  (umask 002 && SQS2PG_LOCK_DIR=locks "$SQS2PG" -c settings)
  [ "$(stat -c %a locks/*.lock | sort -u)" = 660 ]
  file=$(printf '%s\n' locks/*.lock | head -n 1)
  rm "$file"
  mkfifo "$file"
  SQS2PG_LOCK_DIR=locks run --separate-stderr -78 timeout 20 "$SQS2PG" -c settings
  [ "$stderr" = "sqs2pg: error: cannot open the lock file $file" ]
  rm "$file"
  ln -s "$PWD/made" "$file"
  SQS2PG_LOCK_DIR=locks run --separate-stderr -78 "$SQS2PG" -c settings
  [ ! -e made ]
  # In a folder where everybody may write.
  rm "$file"
  chmod 1777 locks
  install -m 666 -o 65534 /dev/null "$file"
  SQS2PG_LOCK_DIR=locks run --separate-stderr -77 "$SQS2PG" -c settings
  [ "$stderr" = "sqs2pg: error: the lock file $file belongs to another user; set SQS2PG_LOCK_DIR" ]
}

@test "only a held lock counts as another run: a missing or failing program of the lock is 69" {
  local name line
  mkdir broken all
  # The settings are in the environment, as their reader needs setpriv, too.
  while IFS= read -r line; do export "${line?}"; done <settings
  ln -s /bin/* /usr/bin/* "$(dirname "$(command -v sqs-pull)")"/* all 2>/dev/null || true
  for name in flock setpriv sha256sum cut; do
    printf '#!/bin/sh\nexit 1\n' >"broken/$name"
    chmod 755 "broken/$name"
    PATH=$PWD/broken:$PATH run --separate-stderr -69 "$SQS2PG"
    [[ $stderr == 'sqs2pg: error: cannot '*lock* ]]
    rm "broken/$name"
    mv "all/$name" kept
    PATH=$PWD/all run --separate-stderr -69 "$SQS2PG"
    [[ $stderr == *'sqs2pg: error: cannot '*lock* ]]
    mv kept "all/$name"
  done
  # shellcheck disable=SC2016  # sh's
  printf '#!/bin/sh\nkill -9 $$\n' >broken/flock
  chmod 755 broken/flock
  PATH=$PWD/broken:$PATH run --separate-stderr -69 "$SQS2PG" --lock-status 5
  [[ $stderr == *'flock ended with status 137' ]]
}

@test "a password command gives the database password; it has no AWS variable" {
  # shellcheck disable=SC2016 # the command's own
  printf '#!/bin/sh\nenv >"%s/seen"\necho "$*"\n' "$PWD" >ask
  chmod 755 ask
  printf '%s\n' "SQS2PG_PASSWORD_COMMAND=$PWD/ask a  password" "PGHOST=$PGHOST" >>settings
  sqs-send -Q "$QUEUE" <"$SAMPLE"
  run "$SQS2PG" -c settings
  echo "$output"
  [ "$status" -eq 0 ]
  rows_are 99
  grep -qx "PGHOST=$PGHOST" seen
  [ "$(grep -cE '^(AWS_|SQS_|SQS2PG_KEY)' seen)" -eq 0 ]
  # The words belong to the command; they are not options of pg-load.
  printf '%s\n' "SQS2PG_PASSWORD_COMMAND=$PWD/no-such-command" >>settings
  run "$SQS2PG" -c settings
  echo "$output"
  [ "$status" -eq 69 ]
}

@test "files of a run are for their owner alone under the usual umask, except the metrics" {
  head -n 20 "$SAMPLE" | sqs-send -Q "$QUEUE"
  echo '{"body":{"ip":"203.0.113.5","device_id":"d","app_version":"x"}}' | sqs-send -q -Q "$QUEUE"
  printf '%s\n' "SQS2PG_METRICS_DIR=$PWD/made" "SQS2PG_LOCK_DIR=$PWD/made" \
    "SQS2PG_MASK_OPTIONS=-m .ip=hmac -m .device_id=siv --mapping $PWD/made/mapping" "SQS2PG_LOAD_OPTIONS=--reject-file $PWD/made/rejects" >>settings
  mkdir made
  (umask 022 && "$SQS2PG" -c settings --archive made) || true
  # The mapping, the reject file, the archive, and the locks.
  [ "$(find made -type f ! -name '*.prom' -perm 600 | sed 's|.*/||; s/.*[.]//' | sort -u | xargs)" = 'gz lock mapping rejects' ]
  [ -z "$(find made -type f ! -name '*.prom' ! -perm 600)" ]
  [ -z "$(find made -name '*.prom' ! -perm 644)" ]
}
