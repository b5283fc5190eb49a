#!/usr/bin/env bash
# Private servers for the demo, the tests and the hand: PostgreSQL on a unix
# socket, ElasticMQ and moto on free ports of the loopback. Each run has its
# own, and they are gone afterwards, even when their starter is killed.
#
# By hand, in two commands:
#
#   scripts/deps.sh
#   scripts/servers.sh shell           a shell with PG*, AWS_*, PATH, SQS2PG_MAPS set
#
# or, for one command (--moto: moto's server, which checks signatures, as the
# SQS endpoint instead of ElasticMQ):
#
#   scripts/servers.sh run [--moto] COMMAND...
#
# With SERVERS_PG=13, 17, 18 or german the database is of another version than
# the one installed, or speaks German. Within either of them:
#
#   SQS_QUEUE_URL=$(scripts/servers.sh queue NAME [VisibilityTimeout=5 ...])
#   scripts/servers.sh counts URL      visible, in flight and delayed messages
#   scripts/servers.sh purge URL
#   scripts/servers.sh delete URL
#   scripts/servers.sh use elasticmq|moto   what to set and unset, for eval
#   scripts/servers.sh restart         PostgreSQL, as after a crash
#
# Sourced, it gives the functions below, each with its contract, and sets no
# trap: the caller calls servers_stop.

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
fi

SERVERS_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/deps.sh
. "$SERVERS_HERE/deps.sh"

# ---- the run's folder and its processes ------------------------------------

# servers_begin: makes the folder of this run, ${SERVERS_DIR}, and the watchdog
# that stops everything in it when the calling process ends; exports SQS2PG_MAPS.
servers_begin() {
  local base=${TMPDIR:-/tmp}
  # A socket's path must fit into 107 bytes.
  [ ${#base} -le 60 ] || base=/tmp
  SERVERS_DIR=$(mktemp -d "$base/sqs2pg.XXXXXX") || return 1
  export SERVERS_DIR
  # The database's user passes through; nobody lists.
  chmod 711 "$SERVERS_DIR"
  # Copies: those of a checkout may be another user's, or writable for a group,
  # and pg-load would refuse them.
  mkdir "$SERVERS_DIR/maps"
  install -m 644 "$SERVERS_HERE"/../share/maps/*.map "$SERVERS_DIR/maps"
  export SQS2PG_MAPS=$SERVERS_DIR/maps
  servers_detach "$SERVERS_DIR/watchdog" /dev/null \
    bash "$SERVERS_HERE/servers.sh" watch "$SERVERS_DIR" "$$"
  # For curl and libcurl: never ask a proxy for these servers.
  export no_proxy=127.0.0.1,localhost NO_PROXY=127.0.0.1,localhost
}

# servers_stop [DIR]: ends every server of the run and removes its folder.
servers_stop() {
  local dir=${1:-${SERVERS_DIR:-}} name
  [ -n "$dir" ] && [ -d "$dir" ] || return 0
  servers_end "$dir/watchdog" TERM
  for name in bouncer moto elasticmq; do servers_end "$dir/$name/process" TERM; done
  # Immediate: the data goes with the folder.
  for name in standby postgres; do servers_end "$dir/$name/process" QUIT; done
  rm -rf "$dir"
}

# servers_detach FILE LOG COMMAND...: starts the command in a session of its
# own, with no descriptor of ours but the log, and no child of the caller, so
# that neither a wait nor a closed terminal concerns it. FILE gets its process
# id and start time.
servers_detach() {
  local file=$1 log=$2
  shift 2
  rm -f "$file"
  (
    # shellcheck disable=SC2016  # expanded by the inner shell
    setsid bash -c '
      for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        [ "$fd" -le 2 ] || eval "exec $fd>&-"
      done
      stat=$(cat "/proc/$$/stat")
      set -- "$1" "$stat" "${@:2}"
      set -- "$1" "$(set -- ${2##*) }; echo "${20}")" "${@:3}"
      echo "$$ $2" >"$1.new" && mv "$1.new" "$1" || exit 1
      exec "${@:3}"' detach "$file" "$@" </dev/null >>"$log" 2>&1 &
  )
  # The name appears once the id is in the file.
  servers_until 10 test -s "$file"
}

# servers_alive FILE: is the process that FILE names still that process?
servers_alive() {
  local pid started stat
  read -r pid started 2>/dev/null <"$1" || return 1
  # Not $(<...), at which bash ends a shell under set -e even here.
  read -r stat 2>/dev/null <"/proc/$pid/stat" || return 1
  # Fields after the name, which may hold blanks: state first, start 20th.
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  # None: it ended between the opening and the reading.
  [ $# -ge 20 ] && [ "$1" != Z ] && [ "${20}" = "$started" ]
}
servers_dead() { ! servers_alive "$1"; }

# servers_end FILE SIGNAL: signals the process, waits for its end, and after ten
# seconds kills it.
servers_end() {
  local pid
  servers_alive "$1" || return 0
  read -r pid _ <"$1"
  # Not us: the watchdog, too, calls servers_stop.
  [ "$pid" != "$$" ] || return 0
  kill -s "$2" "$pid" 2>/dev/null || return 0
  servers_until 10 servers_dead "$1" || kill -s KILL "$pid" 2>/dev/null || true
}

# servers_until SECONDS COMMAND...: polls until the command succeeds.
servers_until() {
  local end=$((SECONDS + $1 + 1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.05
  done
}

servers_fail() {
  printf 'servers: error: %s\n' "$1" >&2
  [ -z "${2:-}" ] || tail -n 20 "$2" >&2
  return 1
}

# servers_free_port: a port of the loopback, below those that the system gives
# to outgoing connections, where nobody answers.
servers_free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

# ---- PostgreSQL ------------------------------------------------------------

# servers_pg_kinds: what SERVERS_PG may be: a major of postgres.versions, or
# german, the installed one with messages in another language.
servers_pg_kinds() {
  postgres_majors
  echo german
}

# The newest server installed; that of ${SERVERS_PG_BINDIR}; or what ${SERVERS_PG}
# names.
servers_pg_bindir() {
  local dir
  case ${SERVERS_PG:-} in
  '' | german)
    dir=${SERVERS_PG_BINDIR:-}
    [ -n "$dir" ] || [ -z "${SERVERS_PG:-}" ] ||
      dir=$(compgen -G "$(german_dir)/server/usr/lib/postgresql/*/bin" || true)
    [ -n "$dir" ] || dir=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
    [ -n "$dir" ] || dir=$(dirname "$(command -v initdb)")
    ;;
  *) dir=$(postgres_dir "$SERVERS_PG")/bin ;;
  esac
  # A cache in a home that the database's user may not enter: a copy.
  if ! servers_pg_user test -x "$dir/postgres" 2>/dev/null; then
    [ -d "$SERVERS_DIR/server" ] || cp -R "${dir%/bin}" "$SERVERS_DIR/server" || return 1
    dir=$SERVERS_DIR/server/bin
  fi
  printf '%s\n' "$dir"
}

# PostgreSQL refuses to run as root.
servers_pg_user() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid postgres --regid postgres --init-groups -- "$@"
  else
    "$@"
  fi
}

# servers_postgres_start: a fresh cluster (of the kind that SERVERS_PG names), or again the one that
# servers_postgres_stop left; exports PGHOST (the socket's folder), PGPORT,
# PGUSER, PGDATABASE. Its log is ${SERVERS_DIR}/postgres/log.
servers_postgres_start() {
  local dir=$SERVERS_DIR/postgres bin try
  bin=$(servers_pg_bindir)
  if [ ! -d "$dir/data" ]; then
    mkdir -m 700 "$dir"
    [ "$(id -u)" -ne 0 ] || chown postgres: "$dir"
    (cd / && servers_pg_user "$bin/initdb" -D "$dir/data" -U postgres -A trust -N \
      --locale=C.UTF-8 --encoding=UTF8) >"$dir/initdb.log" 2>&1 ||
      { servers_fail "initdb failed" "$dir/initdb.log"; return 1; }
    # Nothing here outlives a crash of the machine, so nothing waits for disks;
    # a chroot may lack /dev/shm.
    cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
fsync = off
full_page_writes = off
shared_buffers = 64MB
dynamic_shared_memory_type = mmap
max_connections = 60
CONF
    [ "${SERVERS_PG:-}" != german ] || servers_pg_german
  fi
  unset PGHOSTADDR PGSERVICE PGPASSWORD PGOPTIONS PGSSLMODE
  export PGHOST=$dir PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
  # Its own folder, for a core and for the log's owner; not the caller's.
  (cd / && servers_pg_detach "$dir" "$bin")
  for ((try = 0; try < 600; try++)); do
    if pg_isready -q; then return 0; fi
    servers_alive "$dir/process" || break
    sleep 0.05
  done
  servers_fail "PostgreSQL does not start" "$dir/log"
}

# Its locale is no part of the system, and may lie where its user cannot go.
servers_pg_german() {
  cp -R "$(german_dir)/locale" "$SERVERS_DIR/locale"
  echo "lc_messages = 'de_DE.UTF-8'" >>"$SERVERS_DIR/postgres/data/postgresql.conf"
}

servers_pg_detach() {
  local dir=$1 bin=$2
  [ ! -d "$SERVERS_DIR/locale" ] || export LOCPATH=$SERVERS_DIR/locale:/usr/lib/locale
  if [ "$(id -u)" -eq 0 ]; then
    servers_detach "$dir/process" "$dir/log" setpriv --reuid postgres \
      --regid postgres --init-groups -- "$bin/postgres" -D "$dir/data"
  else
    servers_detach "$dir/process" "$dir/log" "$bin/postgres" -D "$dir/data"
  fi
}

# servers_postgres_stop [INT|QUIT]: fast (INT, the default) or immediate, as
# after a crash (QUIT); the data stay for the next start.
servers_postgres_stop() { servers_end "$SERVERS_DIR/postgres/process" "${1:-INT}"; }

# servers_standby_start: a server that follows that one as "standby", fresh or again the one that
# servers_standby_stop left; PGHOST=${SERVERS_DIR}/standby leads to it. servers_standby_drop is its end.
servers_standby_start() {
  local dir=$SERVERS_DIR/standby bin
  bin=$(servers_pg_bindir)
  if [ ! -d "$dir/data" ]; then
    mkdir -m 700 "$dir"
    [ "$(id -u)" -ne 0 ] || chown postgres: "$dir"
    (cd / && servers_pg_user "$bin/pg_basebackup" -h "$SERVERS_DIR/postgres" -D "$dir/data" -R -c fast) >"$dir/backup.log" 2>&1 ||
      { servers_fail "no copy of the server" "$dir/backup.log"; return 1; }
    printf '%s\n' "unix_socket_directories = '$dir'" "cluster_name = 'standby'" >>"$dir/data/postgresql.conf"
  fi
  (cd / && servers_pg_detach "$dir" "$bin")
  servers_until 60 pg_isready -q -h "$dir" || servers_fail "the standby does not start" "$dir/log"
}
servers_standby_stop() { servers_end "$SERVERS_DIR/standby/process" QUIT; }
servers_standby_drop() { servers_standby_stop && rm -rf "$SERVERS_DIR/standby"; }

# servers_database NAME: creates it and exports PGDATABASE, so that tests that
# run side by side share no table.
servers_database() {
  PGDATABASE=postgres psql -qX -c "CREATE DATABASE \"$1\"" && export PGDATABASE=$1
}

# ---- ElasticMQ -------------------------------------------------------------

servers_elasticmq_conf() {
  cat <<CONF
include classpath("application.conf")
node-address { protocol = http, host = "127.0.0.1", port = $1, context-path = "" }
rest-sqs { enabled = true, bind-port = $1, bind-hostname = "127.0.0.1", sqs-limits = strict }
rest-stats { enabled = false }
aws { region = "us-east-1", accountId = "000000000000" }
CONF
}

# servers_elasticmq_start: exports what servers_use elasticmq does. Started
# again after servers_elasticmq_stop it has the same address, and no message.
servers_elasticmq_start() {
  local dir=$SERVERS_DIR/elasticmq
  mkdir -p "$dir"
  servers_on_a_port "$dir" servers_elasticmq_launch ||
    { servers_fail "ElasticMQ does not start" "$dir/log"; return 1; }
  servers_use elasticmq
}

servers_elasticmq_launch() {
  local dir=$1 port=$2
  servers_elasticmq_conf "$port" >"$dir/conf"
  servers_detach "$dir/process" "$dir/log" java -XX:+UseSerialGC \
    -XX:TieredStopAtLevel=1 -Xmx1g -Dconfig.file="$dir/conf" \
    -cp "$(elasticmq_dir)/lib/*" org.elasticmq.server.Main
}

servers_elasticmq_stop() { servers_end "$SERVERS_DIR/elasticmq/process" TERM; }

# servers_on_a_port DIR LAUNCH: starts on the port of last time, else on a free
# one, and waits until it answers; another may take the port in between, so a
# server that dies gets two more tries.
servers_on_a_port() {
  local dir=$1 launch=$2 port try
  for try in 1 2 3; do
    port=$(cat "$dir/port" 2>/dev/null || servers_free_port)
    "$launch" "$dir" "$port"
    if servers_until 60 servers_answers_or_died "$dir" "$port" && servers_alive "$dir/process"; then
      echo "$port" >"$dir/port"
      return 0
    fi
    servers_end "$dir/process" KILL
  done
  return 1
}

# Any HTTP status is an answer. The path is one that moto does not count among
# the requests it takes unsigned.
servers_answers_or_died() {
  servers_dead "$1/process" ||
    curl -s -o "$1/answer" --noproxy '*' -m 5 "http://127.0.0.1:$2/moto-api/data.json"
}

# ---- moto ------------------------------------------------------------------

# servers_moto_start: exports what servers_use moto does: the key of a user that
# was created while the server still took requests unsigned. From then on it
# checks every signature.
servers_moto_start() {
  local dir=$SERVERS_DIR/moto
  mkdir -p "$dir"
  # The user is new in each new server.
  if ! servers_on_a_port "$dir" servers_moto_launch || ! servers_moto_user "$dir"; then
    servers_fail "moto does not start" "$dir/log"
    return 1
  fi
  servers_use moto
}

# Three requests go unsigned: those of servers_moto_user.
servers_moto_launch() {
  INITIAL_NO_AUTH_ACTION_COUNT=3 servers_detach "$1/process" "$1/log" \
    "$(python_dir)/bin/moto_server" -H 127.0.0.1 -p "$2"
}

servers_moto_user() {
  local dir=$1 answer id secret
  local policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
  servers_moto_iam "$dir" -d Action=CreateUser -d UserName=sqs2pg >/dev/null &&
    servers_moto_iam "$dir" -d Action=PutUserPolicy -d UserName=sqs2pg -d PolicyName=all \
      --data-urlencode "PolicyDocument=$policy" >/dev/null &&
    answer=$(servers_moto_iam "$dir" -d Action=CreateAccessKey -d UserName=sqs2pg) || return 1
  id=$(servers_xml_value AccessKeyId <<<"$answer")
  secret=$(servers_xml_value SecretAccessKey <<<"$answer")
  printf '%s\n%s\n' "$id" "$secret" >"$dir/key"
  # A server that took unsigned requests would prove nothing.
  ! servers_moto_iam "$dir" -d Action=ListUsers >/dev/null 2>&1
}

servers_moto_iam() {
  local dir=$1
  shift
  curl -sS --fail-with-body --noproxy '*' -m 30 --aws-sigv4 aws:amz:us-east-1:iam \
    --user nobody:nothing -d Version=2010-05-08 "$@" "http://127.0.0.1:$(<"$dir/port")/"
}

servers_moto_stop() { servers_end "$SERVERS_DIR/moto/process" TERM; }

# ---- SQS, of whichever server is in use ------------------------------------

# What would lead the programs, or the AWS tools, to other servers or keys.
SERVERS_UNSET=(AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_ENDPOINT_URL
  AWS_USE_FIPS_ENDPOINT AWS_USE_DUALSTACK_ENDPOINT AWS_IGNORE_CONFIGURED_ENDPOINT_URLS
  AWS_ENDPOINT_URL_STS AWS_DEFAULT_REGION AWS_CA_BUNDLE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME
  AWS_WEB_IDENTITY_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
  AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_AUTHORIZATION_TOKEN
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)

# servers_use elasticmq|moto: makes that running server the one that the AWS
# variables name: AWS_ENDPOINT_URL_SQS, AWS_REGION and a key; nothing of the
# user's own settings stays in force. SERVERS_SQS is its name.
servers_use() {
  local dir=$SERVERS_DIR/$1 key=(elasticmq elasticmq)
  [ "$1" != moto ] || mapfile -t key <"$dir/key"
  unset "${SERVERS_UNSET[@]}"
  export SERVERS_SQS=$1 AWS_ENDPOINT_URL_SQS AWS_REGION=us-east-1
  AWS_ENDPOINT_URL_SQS=http://127.0.0.1:$(<"$dir/port")
  export AWS_ACCESS_KEY_ID=${key[0]} AWS_SECRET_ACCESS_KEY=${key[1]}
  export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
  export AWS_EC2_METADATA_DISABLED=true
}

# servers_sqs URL ACTION [CURL-DATA-OPTION...]: one signed call; prints the XML.
servers_sqs() {
  local url=$1 action=$2
  shift 2
  curl -sS --fail-with-body --noproxy '*' -m 60 --aws-sigv4 "aws:amz:$AWS_REGION:sqs" \
    --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
    -d "Action=$action" -d Version=2012-11-05 "$@" "$url"
}

servers_xml_value() { tr -d '\n' | grep -oP "(?<=<$1>)[^<]*" | head -n 1; }

# servers_queue NAME [ATTRIBUTE=VALUE...]: creates it and prints its URL.
servers_queue() {
  local name=$1 data=() n=0 attribute answer
  shift
  for attribute in "$@"; do
    n=$((n + 1))
    data+=(--data-urlencode "Attribute.$n.Name=${attribute%%=*}"
      --data-urlencode "Attribute.$n.Value=${attribute#*=}")
  done
  answer=$(servers_sqs "$AWS_ENDPOINT_URL_SQS/" CreateQueue -d "QueueName=$name" "${data[@]}") ||
    { servers_fail "no queue $name: $answer"; return 1; }
  servers_xml_value QueueUrl <<<"$answer"
}

# servers_counts URL: "VISIBLE INFLIGHT DELAYED", the three Approximate counters.
servers_counts() {
  local answer name counts=()
  answer=$(servers_sqs "$1" GetQueueAttributes -d AttributeName.1=All) || return 1
  answer=$(tr -d '\n' <<<"$answer" | sed 's/> *</></g')
  for name in '' NotVisible Delayed; do
    counts+=("$(grep -oP "(?<=<Name>ApproximateNumberOfMessages$name</Name><Value>)[0-9]+" <<<"$answer")")
  done
  echo "${counts[*]}"
}

servers_purge() { servers_sqs "$1" PurgeQueue >/dev/null; }
servers_delete() { servers_sqs "$1" DeleteQueue >/dev/null; }

# ---- as a command ----------------------------------------------------------

servers_usage() {
  sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

servers_run() {
  local root sqs=elasticmq status=0
  if [ "${1:-}" = --moto ]; then
    sqs=moto
    shift
  fi
  root=$(cd "$SERVERS_HERE/.." && pwd)
  servers_begin
  trap servers_stop EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  servers_postgres_start
  "servers_${sqs}_start"
  local build=${BUILD:-build}
  [ "${build#/}" != "$build" ] || build=$root/$build
  export PATH=$build/bin:$PATH
  "$@" || status=$?
  exit "$status"
}

servers_main() {
  local verb=${1:-}
  [ $# -eq 0 ] || shift
  case $verb in
  run)
    [ $# -gt 0 ] || { servers_usage >&2; exit 64; }
    servers_run "$@"
    ;;
  shell) servers_run "$@" "${SHELL:-/bin/bash}" ;;
  queue | counts | purge | delete) "servers_$verb" "$@" ;;
  restart) servers_postgres_stop QUIT && servers_postgres_start ;;
  use)
    servers_use "$@"
    local name
    printf 'unset %s\n' "${SERVERS_UNSET[*]}"
    for name in SERVERS_SQS AWS_ENDPOINT_URL_SQS AWS_REGION AWS_ACCESS_KEY_ID \
      AWS_SECRET_ACCESS_KEY AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_EC2_METADATA_DISABLED; do
      printf 'export %s=%q\n' "$name" "${!name}"
    done
    ;;
  watch)
    # Every run's folder is its own; the owner's end is the end of all in it.
    tail -s 0.5 --pid="$2" -f /dev/null || true
    servers_stop "$1"
    ;;
  -h | --help) servers_usage ;;
  *)
    servers_usage >&2
    exit 64
    ;;
  esac
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  servers_main "$@"
fi
