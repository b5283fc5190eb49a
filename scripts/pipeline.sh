#!/usr/bin/env bash
# The four programs joined, as cron and systemd run them. Installed as sqs2pg;
# usage() below is its manual.
set -uo pipefail

NAME=sqs2pg
OK=0 EMPTY_GZIP=20 USAGE=64 UNAVAILABLE=69 INTERNAL=70 IO=74 PERMISSION=77 CONFIG=78

# Gravest first: what ends a supervisor's retrying stands above what invites one
# (75), and that above the broken pipe (74) which is but its consequence in the
# stages before. A status in none of these lists (a signal, a program that does
# not run, 70) is the gravest of all.
GRAVITY=' 64 78 77 69 65 75 74 1 0 '

usage() {
  cat 2>/dev/null <<'USAGE'
usage: sqs2pg [-fqv] [--no-lock] [--archive DIR] [--log text|json] [-c FILE]
       sqs2pg [-qv] [--log text|json] [-c FILE] --replay FILE...

Run sqs-pull | pii-mask | pg-load | sqs-ack, one run at a time for each queue.

  -c, --config FILE    settings, lines of KEY=VALUE
  -f, --follow         stay when the queue is empty, and wait for more
      --archive DIR    keep the masked records in a file there, compressed
      --replay FILE    load masked records of such files instead, and end
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
  SQS2PG_PULL_OPTIONS, SQS2PG_MASK_OPTIONS, SQS2PG_LOAD_OPTIONS, SQS2PG_ACK_OPTIONS
                       further options of the programs, separated by blanks
  SQS2PG_LOCK_DIR      folder of the lock files
  AWS_*, PG*, ...      as the programs and their libraries know them

The file is read, never executed, and must be yours (sqs2pg(1)). Exit status:
the gravest of the four programs', or 0 at once when another run has the queue.
USAGE
}

# ---- messages ----------------------------------------------------------------

verbosity=0 log_form=text

# message LEVEL TEXT, in the form that the programs use.
message() {
  local text=${2//[[:cntrl:]]/?}
  if [ "$log_form" = json ]; then
    text=${text//\\/\\\\}
    printf '{"time":"%s","program":"%s","level":"%s","message":"%s"}\n' \
      "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$NAME" "$1" "${text//\"/\\\"}" >&2
  else
    printf '%s: %s: %s\n' "$NAME" "$1" "$text" >&2
  fi
}

# relay TEXT: makes lines of a program that has another form into warnings.
relay() {
  local line
  while IFS= read -r line; do [ -z "$line" ] || message warning "$1: ${line##*: }"; done
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

unexpected() { usage_error "unexpected argument; a settings file is named with --config"; }

# ---- options -----------------------------------------------------------------

config='' follow='' locked=1 flags=() archive='' replay=() log=''
declare -A LONG=([f]=--follow [q]=--quiet [v]=--verbose [h]=--help [V]=--version)

# once NAME VALUE: takes the value of an option that is given once at most.
once() {
  [ -z "${!1}" ] || usage_error "option --$1 given twice"
  [ -n "$2" ] || usage_error "option --$1 needs a value"
  printf -v "$1" %s "$2"
}

# The programs' own rules: bundled letters, no abbreviations, nothing twice that
# has a value.
options() {
  local argument letter
  while [ $# -gt 0 ]; do
    argument=$1
    shift
    case $argument in
    -c | --config | --log | --archive | --replay)
      [ $# -gt 0 ] || usage_error "option $argument needs a value"
      [ "$argument" != -c ] || argument=--config
      set -- "$argument=$1" "${@:2}"
      ;;
    --config=*) once config "${argument#*=}" ;;
    --archive=*) once archive "${argument#*=}" ;;
    --replay=?*) replay+=("${argument#*=}") ;;
    --log=*)
      once log "${argument#*=}"
      [[ $log =~ ^(text|json)$ ]] || usage_error "option --log takes text or json"
      log_form=$log flags+=(--log "$log")
      ;;
    --follow) follow=-f ;;
    --no-lock) locked='' ;;
    --quiet) verbosity=$((verbosity - 1)) && flags+=(-q) ;;
    --verbose) verbosity=$((verbosity + 1)) && flags+=(-v) ;;
    --help) { usage && exit "$OK"; } || fail "$IO" "cannot write to standard output" ;;
    --version) { version && exit "$OK"; } || fail "$IO" "cannot write to standard output" ;;
    -c*) set -- "--config=${argument#-c}" "$@" ;;
    --replay=) usage_error "option --replay needs a value" ;;
    --)
      [ $# -eq 0 ] || [ ${#replay[@]} -gt 0 ] || unexpected
      replay+=("$@") && set --
      ;;
    --follow=* | --no-lock=* | --quiet=* | --verbose=* | --help=* | --version=*) usage_error "option ${argument%%=*} takes no value" ;;
    --*) usage_error "unknown option ${argument%%=*}" ;;
    -?*)
      letter=${argument:1:1}
      [ -z "${argument:2}" ] || set -- "-${argument:2}" "$@"
      [ -n "${LONG[$letter]:-}" ] || usage_error "unknown option -$letter"
      set -- "${LONG[$letter]}" "$@"
      ;;
    *)
      [ ${#replay[@]} -gt 0 ] || unexpected
      replay+=("$argument")
      ;;
    esac
  done
  [ ${#replay[@]} -eq 0 ] || [ -z "$follow$archive" ] ||
    usage_error "--replay excludes --follow and --archive"
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
  [[ $type == regular* ]] || fail "$CONFIG" "$file is not a regular file"
  [ "$owner" = "$(id -u)" ] || [ "$owner" = 0 ] || fail "$PERMISSION" "$file belongs to another user"
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
    [[ ! $value =~ ^(\".*\"|\'.*\')$ ]] || value=${value:1:${#value}-2}
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
    [ ! -x "$folder/$1" ] || { printf '%s\n' "$folder/$1" && return 0; }
  done
  command -v "$1" || fail "$UNAVAILABLE" "no program $1 beside this script or in PATH"
}

# ---- the lock ----------------------------------------------------------------

# queue_place: sets place, account and name of the queue, as far as they can be
# told without asking anybody; the account of a queue given by its name cannot.
queue_place() {
  local url=$SQS_QUEUE_URL endpoint=${AWS_ENDPOINT_URL_SQS:-${AWS_ENDPOINT_URL:-}} host=''
  local region='(^|[.])([a-z]{2,}(-[a-z]+)+-[0-9]+)[.].*amazonaws[.]com'
  name=$url account='' place=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
  if [[ $url == *://* ]]; then
    url=${url%/} host=${url#*://} name=${url##*/} account=${url%/*} account=${account##*/}
  fi
  [ -z "$endpoint" ] || host=${endpoint#*://}
  host=${host%%/*}
  if [[ $host =~ $region ]]; then
    place=${BASH_REMATCH[2]}
  elif [ -n "$host" ]; then
    place=${host,,}
  fi
}

# take_lock DIR HOW WORD...: a lock named after the words, or exits 0. The file
# stays: to remove it would let two runs lock two files of one name.
take_lock() {
  local file lock_fd
  file=$1/$(printf '%s\0' "${@:3}" | sha256sum | cut -c 1-16).lock
  { exec {lock_fd}>>"$file"; } 2>/dev/null || fail "$CONFIG" "cannot open the lock file $file"
  flock -n "$2" "$lock_fd" && return 0
  [ "$verbosity" -lt 1 ] || message info "another run has this queue"
  exit "$OK"
}

# lock: holds the queue for as long as this script and its stages live. Runs that
# have its URL share its name, and exclude one that has the name alone: with the
# same credentials that is the same queue, unless the URL is of another account.
lock() {
  local dir=${SQS2PG_LOCK_DIR:-} how=-x place account name
  if [ -z "$dir" ]; then
    dir=/tmp
    [ ! -w /run/lock ] || dir=/run/lock
    dir=$dir/sqs2pg-$(id -u)
    mkdir -m 700 "$dir" 2>/dev/null
    # In a folder that all may write, another may have been there first.
    { [ ! -L "$dir" ] && [ -d "$dir" ] && [ -O "$dir" ]; } ||
      fail "$PERMISSION" "$dir belongs to another user; set SQS2PG_LOCK_DIR"
  fi
  queue_place
  [ -z "$account" ] || { how=-s && take_lock "$dir" -x "$place" "$account" "$name"; }
  take_lock "$dir" "$how" "$place" "$name" "${AWS_PROFILE:-}" "${AWS_ACCESS_KEY_ID:-}"
}

# ---- the run -----------------------------------------------------------------

pids=() names=() over=() pipe_fds=() signals=0 complete='' kept=''

# A pipe that has no name, so that no stage can block on an opening and none
# holds an end that is not its own.
make_pipe() { # READ-END-VARIABLE WRITE-END-VARIABLE
  local -n read_end=$1 write_end=$2
  exec {read_end}< <(:)
  wait "$!" 2>/dev/null
  { exec {write_end}>"/proc/self/fd/$read_end"; } 2>/dev/null || fail "$IO" "cannot make a pipe"
  pipe_fds+=("$read_end" "$write_end")
}

close_pipes() {
  local fd
  for fd in "${pipe_fds[@]}"; do [ "$fd" = "$kept" ] || exec {fd}>&-; done
}

# stage IN OUT PROGRAM ARGUMENT...; the descriptor ${kept} stays open in it. The
# first is the source: should this script be killed outright, it still stops in order.
stage() {
  local in=$1 out=$2 path options=("${flags[@]}") guard=()
  path=$(program "$3") || exit
  [ ${#pids[@]} -gt 0 ] || guard=(setpriv --pdeathsig TERM --)
  case $3 in gzip | tee) options=() ;; esac
  names+=("$3")
  (
    [ "$3" != gzip ] || exec 2> >(close_pipes && relay "$3")
    exec <&"$in" >&"$out"
    close_pipes
    exec "${guard[@]}" "$path" "${options[@]}" "${@:4}"
  ) &
  pids+=($!)
  over+=('')
}

# The first signal stops the source; the others then drain the pipe to its end.
# A second one ends every stage at once, as it would end each alone.
# shellcheck disable=SC2317  # called by the trap
on_signal() {
  signals=$((signals + 1))
  # The run is only starting, and looks at signals itself.
  [ -n "$complete" ] || return 0
  if [ "$signals" -eq 1 ]; then stop_source; else kill -s TERM "${pids[@]}" 2>/dev/null; fi
}

source_ended='' source_told='' archiver='' archived='' worst=0
stop_source() {
  [ -z "$source_ended$source_told" ] || return 0
  source_told=1
  kill -s TERM "${pids[0]}" 2>/dev/null
}

graver() { # STATUS STATUS: prints the graver one
  local a=${GRAVITY%% "$1" *} b=${GRAVITY%% "$2" *}
  [ "$a" != "$GRAVITY" ] || a=''
  [ "$b" != "$GRAVITY" ] || b=''
  if [ "${#a}" -le "${#b}" ]; then echo "$1"; else echo "$2"; fi
}

# judge STAGE STATUS: prints what a status means for the run.
judge() {
  case ${names[$1]}:$2 in
  # Told to stop before it had set up its own answer to that: nothing was in hand.
  *:143) if [ "$1" -eq 0 ] && [ -n "$source_told" ] && [ "$signals" -lt 2 ]; then echo 0; else echo 143; fi ;;
  # The one behind it has ended, and says why.
  gzip:0 | tee:0 | gzip:141 | tee:141) echo 0 ;;
  gzip:137 | tee:137) echo 137 ;;
  gzip:* | tee:*) echo "$IO" ;;
  *) echo "$2" ;;
  esac
}

# ended_early STAGE STATUS: whether it did not just follow the one before it. The
# archive is no part of the guarantee: without it the run goes on.
ended_early() { [ "$1" -gt 0 ] && [ "$1" != "$archiver" ] && [ "$2" -ne 0 ] && [ -z "${over[$1 - 1]}" ]; }

# wait_all: waits for every stage; makes worst graver. A stage that ends early
# takes the run with it: on an idle queue the source might never write into the
# broken pipe, and so never learn.
wait_all() {
  local left=("${pids[@]}") ended status i before
  while [ ${#left[@]} -gt 0 ]; do
    before=$signals ended=''
    wait -n -p ended "${left[@]}" 2>/dev/null
    status=$?
    # A signal ends the wait, not the stage. And of a stage that a signal ended
    # wait -n may have forgotten, while wait has not.
    if [ -z "${ended:-}" ]; then
      ended=''
      for i in "${left[@]}"; do kill -0 "$i" 2>/dev/null || ended=$i; done
      if [ -z "$ended" ]; then
        [ "$signals" -ne "$before" ] || fail "$INTERNAL" "lost sight of a stage"
        continue
      fi
      wait "$ended"
      status=$?
    fi
    left=()
    for i in "${!pids[@]}"; do
      if [ "${pids[i]}" != "$ended" ]; then
        [ -n "${over[i]}" ] || left+=("${pids[i]}")
        continue
      fi
      over[i]=1
      status=$(judge "$i" "$status")
      worst=$(graver "$worst" "$status")
      [ "$status" -eq 0 ] || [ "$verbosity" -lt 1 ] || message info "${names[i]} ended with status $status"
      if [ "$i" -eq 0 ]; then source_ended=1; elif ended_early "$i" "$status"; then stop_source; fi
      [ "$i" != "$archiver" ] || archived=$status
    done
  done
}

# preflight: what is wrong with the key, the policy, the map, the table or the
# database is found before a message is received: every delivery counts for the
# queue's redrive policy, and a message in hand is hidden from others.
preflight() {
  quietly pii-mask --key-file "$SQS2PG_KEY_FILE" "${mask[@]}"
  quietly pg-load --table "$SQS2PG_TABLE" "${load[@]}" --explain
}
quietly() { # PROGRAM ARGUMENT...
  local path
  path=$(program "$1") || exit
  setpriv --pdeathsig KILL -- "$path" -q --log "$log_form" "${@:2}" </dev/null >/dev/null || exit
}

# open_archive: a file of its own, from which only its owner may read, made
# before a message is received; sets part and part_fd.
open_archive() {
  local place account name mask
  queue_place
  part=$archive/$name-$(date -u +%Y%m%dT%H%M%SZ)-$$.ndjson.gz.part
  mask=$(umask)
  umask 077
  { set -C && exec {part_fd}>"$part"; } 2>/dev/null || fail "$IO" "cannot make $part"
  set +C
  umask "$mask"
  pipe_fds+=("$part_fd")
}

# close_archive: it gets its name when it is complete and on the disk; without a
# record it goes.
close_archive() {
  if [ "$archived" -eq 0 ] && [ "$(stat -c %s "$part")" -le "$EMPTY_GZIP" ]; then
    rm -f "$part"
  elif [ "$archived" -ne 0 ] || ! sync "$part" || ! mv -n "$part" "${part%.part}"; then
    message error "the archive $part is not complete"
    worst=$(graver "$worst" "$IO")
  fi
}

# Its own process group for each stage: a Ctrl-C then reaches this script alone,
# which passes on one signal to one stage.
begin() {
  set -m
  trap on_signal TERM INT HUP
}

# end: after the last stage.
end() {
  close_pipes
  complete=1
  [ "$signals" -eq 0 ] || stop_source
  wait_all
}

run() {
  local pull=() mask=() load=() ack=() from_pull to_mask from_mask to_load from_load to_ack
  local acked to_acked masked from_tee to_part to_gzip part part_fd
  read -ra pull <<<"${SQS2PG_PULL_OPTIONS:-}"
  read -ra mask <<<"${SQS2PG_MASK_OPTIONS:-}"
  read -ra load <<<"${SQS2PG_LOAD_OPTIONS:-}"
  read -ra ack <<<"${SQS2PG_ACK_OPTIONS:-}"
  preflight
  make_pipe from_pull to_mask
  make_pipe from_mask to_load
  make_pipe from_load to_ack
  make_pipe acked to_acked
  masked=$to_load
  [ -z "$archive" ] || open_archive
  begin
  kept=$acked stage 0 "$to_mask" sqs-pull --acked "/dev/fd/$acked" ${follow:+"$follow"} "${pull[@]}"
  if [ -n "$archive" ]; then
    make_pipe from_tee masked
    make_pipe to_part to_gzip
  fi
  stage "$from_pull" "$masked" pii-mask --key-file "$SQS2PG_KEY_FILE" "${mask[@]}"
  [ -z "$archive" ] || kept=$to_gzip stage "$from_tee" "$to_load" tee -p "/dev/fd/$to_gzip"
  stage "$from_mask" "$to_ack" pg-load --table "$SQS2PG_TABLE" "${load[@]}"
  stage "$from_load" "$to_acked" sqs-ack --print "${ack[@]}"
  if [ -n "$archive" ]; then
    archiver=${#pids[@]}
    stage "$to_part" "$part_fd" gzip -1c
  fi
  end
  [ -z "$archive" ] || close_archive
  exit "$worst"
}

# replay: each file by a pg-load of its own, so that what one of them lacks at its
# end harms no other. Nothing is acked. A stop may cut a line, which pg-load rejects.
replay() {
  local load=() file in from_file to_load null
  read -ra load <<<"${SQS2PG_LOAD_OPTIONS:-}"
  exec {null}>/dev/null && begin
  for file in "${replay[@]}"; do
    [ "$signals" -eq 0 ] || break
    if [ -d "$file" ] || ! { exec {in}<"$file"; } 2>/dev/null; then
      message error "cannot open $file"
      worst=$(graver "$worst" "$IO")
      continue
    fi
    pids=() names=() over=() pipe_fds=("$in") source_ended='' source_told='' complete=''
    make_pipe from_file to_load
    stage "$in" "$to_load" gzip -cdf
    stage "$from_file" "$null" pg-load --table "$SQS2PG_TABLE" "${load[@]}"
    end
    case $worst in 0 | 1 | "$IO") ;; *) break ;; esac
  done
  case $signals,$worst in [1-9]*,1) worst=$OK ;; esac
  exit "$worst"
}

options "$@"
[ -z "$config" ] || read_config "$config"
if [ ${#replay[@]} -gt 0 ]; then
  require SQS2PG_TABLE
  replay
fi
require SQS_QUEUE_URL SQS2PG_TABLE SQS2PG_KEY_FILE
for name in sqs-pull pii-mask pg-load sqs-ack; do
  program "$name" >/dev/null || exit
done
[ -z "$locked" ] || lock
run
