#!/usr/bin/env bash
# The four programs joined, as cron and systemd run them. Installed as sqs2pg;
# usage() below is its manual.
set -uo pipefail

NAME=sqs2pg
OK=0 USAGE=64 UNAVAILABLE=69 INTERNAL=70 IO=74 PERMISSION=77 CONFIG=78

# Gravest first: what ends a supervisor's retrying stands above what invites one
# (75), and that above the broken pipe (74) which is but its consequence in the
# stages before. A status in none of these lists (a signal, a program that does
# not run, 70) is the gravest of all.
GRAVITY=(64 78 77 69 65 75 74 1 0)

usage() {
  cat <<'USAGE'
usage: sqs2pg [-fqv] [--no-lock] [--log text|json] [-c FILE]

Run sqs-pull | pii-mask | pg-load | sqs-ack, one run at a time for each queue.

  -c, --config FILE    settings, lines of KEY=VALUE
  -f, --follow         stay when the queue is empty, and wait for more
      --no-lock        run although another run has this queue
      --log text|json  form of the messages
  -q, --quiet          errors only
  -v, --verbose        more messages
  -h, --help           this text
  -V, --version        the version

Settings, from the file or, where it is silent, from the environment:

  SQS_QUEUE_URL        the queue (required)
  SQS2PG_TABLE         the table (required)
  SQS2PG_KEY_FILE      the key file of pii-mask (required)
  SQS2PG_MAPS          folder of pg-load's maps
  SQS2PG_PULL_OPTIONS  further options of sqs-pull, separated by blanks
  SQS2PG_MASK_OPTIONS  the same for pii-mask
  SQS2PG_LOAD_OPTIONS  the same for pg-load
  SQS2PG_ACK_OPTIONS   the same for sqs-ack
  SQS2PG_LOCK_DIR      folder of the lock files
  AWS_*, PG*, ...      as the programs and their libraries know them

The file is read, never executed: nothing in it is expanded. Empty lines and
lines that begin with # are skipped; one pair of quotes around a value is
removed. It must belong to you or to root, and nobody else may write it; when
it holds a password or a secret key, only its group may read it besides.

Exit status: the gravest of the four programs' (sqs2pg(7)), or 0 at once when
another run has the queue.
USAGE
}

# ---- messages ----------------------------------------------------------------

verbosity=0 log_form=text

# message LEVEL TEXT, in the form that the programs use.
message() {
  local text=$2
  if [ "$log_form" = json ]; then
    text=${text//\\/\\\\}
    printf '{"time":"%s","program":"%s","level":"%s","message":"%s"}\n' \
      "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$NAME" "$1" "${text//\"/\\\"}" >&2
  else
    printf '%s: %s: %s\n' "$NAME" "$1" "$text" >&2
  fi
}

# fail STATUS TEXT
fail() {
  message error "$2"
  exit "$1"
}

usage_error() {
  message error "$1"
  message hint "try '$NAME --help'"
  exit "$USAGE"
}

# ---- options -----------------------------------------------------------------

config='' follow='' locked=1 flags=()

# The programs' own rules: bundled letters, no abbreviations, nothing twice that
# has a value.
options() {
  local argument letter seen_log=''
  while [ $# -gt 0 ]; do
    argument=$1
    shift
    case $argument in
    -c | --config | --log)
      [ $# -gt 0 ] || usage_error "option $argument needs a value"
      [ "$argument" != -c ] || argument=--config
      set -- "$argument=$1" "${@:2}"
      ;;
    --config=*)
      [ -z "$config" ] || usage_error "option --config given twice"
      config=${argument#*=}
      [ -n "$config" ] || usage_error "option --config needs a value"
      ;;
    --log=*)
      [ -z "$seen_log" ] || usage_error "option --log given twice"
      seen_log=1 log_form=${argument#*=}
      case $log_form in
      text | json) flags+=(--log "$log_form") ;;
      *) log_form=text && usage_error "option --log takes text or json" ;;
      esac
      ;;
    --follow) follow=-f ;;
    --no-lock) locked='' ;;
    --quiet) verbosity=$((verbosity - 1)) && flags+=(-q) ;;
    --verbose) verbosity=$((verbosity + 1)) && flags+=(-v) ;;
    --help)
      usage 2>/dev/null || fail "$IO" "cannot write to standard output"
      exit "$OK"
      ;;
    --version)
      version || fail "$IO" "cannot write to standard output"
      exit "$OK"
      ;;
    -c*) set -- "--config=${argument#-c}" "$@" ;;
    --*) usage_error "unknown option ${argument%%=*}" ;;
    -?*)
      letter=${argument:1:1}
      [ -z "${argument:2}" ] || set -- "-${argument:2}" "$@"
      case $letter in
      f) set -- --follow "$@" ;;
      q) set -- --quiet "$@" ;;
      v) set -- --verbose "$@" ;;
      h) set -- --help "$@" ;;
      V) set -- --version "$@" ;;
      *) usage_error "unknown option -$letter" ;;
      esac
      ;;
    *) usage_error "unexpected argument; a settings file is named with --config" ;;
    esac
  done
}

version() {
  local path line
  path=$(program sqs-pull) || exit
  line=$("$path" --version) && printf '%s %s\n' "$NAME" "${line##* }" 2>/dev/null
}

# ---- settings ----------------------------------------------------------------

# Names that would change the shell or the loader, not the programs' settings.
readonly FOREIGN='^(PATH|IFS|ENV|SHELLOPTS|CDPATH|GLOBIGNORE|PS[0-9]|PROMPT_COMMAND|POSIXLY_CORRECT|OPT(ARG|IND|ERR)|BASH.*|LD_.*|E?UID|PPID|[A-Z]*_?GROUPS|FUNCNAME|RANDOM|SRANDOM|SECONDS|LINENO|_.*|GCONV_PATH|OPENSSL_CONF)$'
readonly SECRET='^(AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|PGPASSWORD|PGSSLPASSWORD|AWS_CONTAINER_AUTHORIZATION_TOKEN)$'
readonly OWN='^SQS2PG_(TABLE|KEY_FILE|MAPS|(PULL|MASK|LOAD|ACK)_OPTIONS|LOCK_DIR)$'

# read_config FILE: exports its settings. The descriptor is judged, not the
# name, which may mean another file a moment later.
read_config() {
  local file=$1 fd line name value number=0 mode owner type secret=''
  # First, because the opening of a FIFO would wait.
  [ ! -e "$file" ] || [ -f "$file" ] || fail "$CONFIG" "$file is not a regular file"
  [ -e "$file" ] || fail "$CONFIG" "cannot open $file: no such file"
  { exec {fd}<"$file"; } 2>/dev/null || fail "$CONFIG" "cannot open $file: no right to read it"
  read -r mode owner type < <(stat -L -c '%a %u %F' "/proc/self/fd/$fd")
  case $type in
  regular*) ;;
  *) fail "$CONFIG" "$file is not a regular file" ;;
  esac
  if [ "$owner" != "$(id -u)" ] && [ "$owner" != 0 ]; then
    fail "$PERMISSION" "$file belongs to another user"
  fi
  [ $((8#$mode & 8#022)) -eq 0 ] || fail "$PERMISSION" "$file may be written by others (mode $mode)"
  while IFS= read -r line <&"$fd" || [ -n "$line" ]; do
    number=$((number + 1))
    line=${line%$'\r'}
    line=${line#"${line%%[![:blank:]]*}"}
    case $line in '' | '#'*) continue ;; esac
    name=${line%%=*} value=${line#*=}
    [[ $line == *=* && $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] ||
      fail "$CONFIG" "$file:$number: not a line of KEY=VALUE"
    [[ ! $name =~ $FOREIGN ]] || fail "$CONFIG" "$file:$number: $name cannot be set here"
    [[ $name != SQS2PG_* || $name =~ $OWN ]] || fail "$CONFIG" "$file:$number: no such setting as $name"
    [[ ! $name =~ $SECRET ]] || secret=1
    case $value in
    \"*\" | \'*\') [ ${#value} -lt 2 ] || value=${value:1:${#value}-2} ;;
    esac
    export "$name=$value"
  done
  exec {fd}<&-
  [ -z "$secret" ] || [ $((8#$mode & 8#004)) -eq 0 ] ||
    fail "$PERMISSION" "$file holds a secret and may be read by others (mode $mode)"
}

# require NAME...
require() {
  local name
  for name in "$@"; do
    [ -n "${!name:-}" ] || fail "$CONFIG" "$name is not set${config:+ in $config}"
  done
}

# ---- programs ----------------------------------------------------------------

# program NAME: the one installed beside this script, else the one that make
# built, else the one in PATH.
program() {
  local here folder
  here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
  for folder in "$here" "$here/../build/bin"; do
    if [ -x "$folder/$1" ]; then
      printf '%s\n' "$folder/$1"
      return 0
    fi
  done
  command -v "$1" || fail "$UNAVAILABLE" "no program $1 beside this script or in PATH"
}

# ---- the lock ----------------------------------------------------------------

# lock: holds the queue's lock for as long as this script and its stages live,
# or exits 0. The file stays: to remove it would let two runs lock two files of
# one name.
lock() {
  local dir=${SQS2PG_LOCK_DIR:-} file
  if [ -z "$dir" ]; then
    dir=/tmp
    [ ! -w /run/lock ] || dir=/run/lock
    dir=$dir/sqs2pg-$(id -u)
    mkdir -m 700 "$dir" 2>/dev/null
    # In a folder that all may write, another may have been there first.
    if [ -L "$dir" ] || [ ! -d "$dir" ] || [ ! -O "$dir" ]; then
      fail "$PERMISSION" "$dir belongs to another user; set SQS2PG_LOCK_DIR"
    fi
  fi
  file=$dir/$(printf '%s' "$SQS_QUEUE_URL" | sha256sum | cut -c 1-16).lock
  { exec {lock_fd}>>"$file"; } 2>/dev/null || fail "$CONFIG" "cannot open the lock file $file"
  flock -n "$lock_fd" && return 0
  [ "$verbosity" -lt 1 ] || message info "another run has this queue"
  exit "$OK"
}

# ---- the run -----------------------------------------------------------------

pids=() names=() over=() pipe_fds=() parent_death=() signals=0

# A pipe whose two ends are opened here, so that no stage can block on an
# opening and none holds an end that is not its own.
make_pipe() { # READ-END-VARIABLE WRITE-END-VARIABLE
  local -n read_end=$1 write_end=$2
  local both work fifo
  work=$(mktemp -d) || fail "$IO" "cannot make a temporary folder"
  fifo=$work/pipe
  mkfifo -m 600 "$fifo" || fail "$IO" "cannot make a pipe"
  exec {both}<>"$fifo"
  # shellcheck disable=SC2094  # the two ends of one pipe
  exec {read_end}<"$fifo" {write_end}>"$fifo"
  exec {both}>&-
  rm -r "$work"
  pipe_fds+=("$read_end" "$write_end")
}

# stage IN OUT PROGRAM ARGUMENT...
stage() {
  local in=$1 out=$2 path fd
  path=$(program "$3") || exit
  names+=("$3")
  (
    exec <&"$in" >&"$out"
    for fd in "${pipe_fds[@]}"; do exec {fd}>&-; done
    exec "${parent_death[@]}" "$path" "${flags[@]}" "${@:4}"
  ) &
  pids+=($!)
  over+=('')
}

# The first signal stops the source; the others then drain the pipe to its end.
# A second one ends every stage at once, as it would end each alone.
# shellcheck disable=SC2317  # called by the trap
on_signal() {
  signals=$((signals + 1))
  # Fewer: the run is only starting, and looks at signals itself.
  [ "${#pids[@]}" -eq 4 ] || return 0
  if [ "$signals" -eq 1 ]; then
    stop_source
  else
    kill -s TERM "${pids[@]}" 2>/dev/null
  fi
}

source_ended='' source_told=''
stop_source() {
  [ -z "$source_ended$source_told" ] || return 0
  source_told=1
  kill -s TERM "${pids[0]}" 2>/dev/null
}

graver() { # STATUS STATUS: prints the graver one
  local a b i
  a=-1 b=-1
  for i in "${!GRAVITY[@]}"; do
    [ "${GRAVITY[i]}" -ne "$1" ] || a=$i
    [ "${GRAVITY[i]}" -ne "$2" ] || b=$i
  done
  if [ "$a" -le "$b" ]; then echo "$1"; else echo "$2"; fi
}

# wait_all: waits for every stage; sets worst. A stage that ends before the
# source takes the run with it: on an idle queue the source might never write
# into the broken pipe, and so never learn.
wait_all() {
  local left=("${pids[@]}") ended status i before
  worst=0
  while [ ${#left[@]} -gt 0 ]; do
    before=$signals ended=''
    wait -n -p ended "${left[@]}" 2>/dev/null
    status=$?
    # A signal ends the wait, not the stage. And of a stage that a signal ended
    # wait -n may have forgotten, while wait has not.
    if [ -z "${ended:-}" ]; then
      ended=''
      for i in "${left[@]}"; do
        kill -0 "$i" 2>/dev/null || ended=$i
      done
      if [ -z "$ended" ]; then
        [ "$signals" -ne "$before" ] || fail "$INTERNAL" "lost sight of a stage"
        continue
      fi
      wait "$ended"
      status=$?
    fi
    # Told to stop before it had set up its own answer to that: nothing was in hand.
    if [ "$ended" = "${pids[0]}" ] && [ -n "$source_told" ] && [ "$signals" -lt 2 ] &&
      [ "$status" -eq 143 ]; then
      status=0
    fi
    worst=$(graver "$worst" "$status")
    left=()
    for i in "${!pids[@]}"; do
      if [ "${pids[i]}" != "$ended" ]; then
        [ -n "${over[i]}" ] || left+=("${pids[i]}")
        continue
      fi
      over[i]=1
      [ "$status" -eq 0 ] || [ "$verbosity" -lt 1 ] || message info "${names[i]} ended with status $status"
      if [ "$i" -gt 0 ]; then stop_source; else source_ended=1; fi
    done
  done
}

# preflight: what is wrong with the key, the policy, the map, the table or the
# database is found before a message is received: every delivery counts for the
# queue's redrive policy, and a message in hand is hidden from others.
preflight() {
  local path end_with_us=(setpriv --pdeathsig KILL --)
  path=$(program pii-mask) || exit
  "${end_with_us[@]}" "$path" -q --log "$log_form" --key-file "$SQS2PG_KEY_FILE" "${mask[@]}" \
    </dev/null >/dev/null || exit
  path=$(program pg-load) || exit
  "${end_with_us[@]}" "$path" -q --log "$log_form" --table "$SQS2PG_TABLE" "${load[@]}" --explain \
    </dev/null >/dev/null || exit
}

run() {
  local pull=() mask=() load=() ack=() from_pull to_mask from_mask to_load from_load to_ack fd
  read -ra pull <<<"${SQS2PG_PULL_OPTIONS:-}"
  read -ra mask <<<"${SQS2PG_MASK_OPTIONS:-}"
  read -ra load <<<"${SQS2PG_LOAD_OPTIONS:-}"
  read -ra ack <<<"${SQS2PG_ACK_OPTIONS:-}"
  preflight
  make_pipe from_pull to_mask
  make_pipe from_mask to_load
  make_pipe from_load to_ack
  # Its own process group for each stage: a Ctrl-C then reaches this script
  # alone, which passes on one signal to one stage.
  set -m
  trap on_signal TERM INT HUP
  # Should this script be killed outright, its source still stops in order.
  parent_death=(setpriv --pdeathsig TERM --)
  stage 0 "$to_mask" sqs-pull ${follow:+"$follow"} "${pull[@]}"
  parent_death=()
  stage "$from_pull" "$to_load" pii-mask --key-file "$SQS2PG_KEY_FILE" "${mask[@]}"
  stage "$from_mask" "$to_ack" pg-load --table "$SQS2PG_TABLE" "${load[@]}"
  stage "$from_load" 1 sqs-ack "${ack[@]}"
  for fd in "${pipe_fds[@]}"; do exec {fd}>&-; done
  [ "$signals" -eq 0 ] || stop_source
  wait_all
  exit "$worst"
}

options "$@"
[ -z "$config" ] || read_config "$config"
require SQS_QUEUE_URL SQS2PG_TABLE SQS2PG_KEY_FILE
for name in sqs-pull pii-mask pg-load sqs-ack; do
  program "$name" >/dev/null || exit
done
[ -z "$locked" ] || lock
run
