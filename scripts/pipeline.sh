#!/usr/bin/env bash
# The four programs joined, as cron and systemd run them. Installed as sqs2pg;
# usage() below is its manual.
#
# Once there are traps, commands are substituted by backquotes. What stands in $( ) bash
# parses as it is expanded, and a trap that comes just then is parsed amid it, and lost.
# shellcheck disable=SC2006
set -uo pipefail

# What the environment holds is data, as the settings file is: before anything has
# a name here it moves to where none means anything to the shell, and adopt() hands
# each program its own part. Only what every program may have stays.
unset -v settings foreign
declare -A settings=()
foreign='^(PATH|IFS|ENV|SHELLOPTS|CDPATH|GLOBIGNORE|PS[0-9]|PROMPT_COMMAND|POSIXLY_CORRECT|OPT(ARG|IND|ERR)|BASH.*|LD_.*|E?UID|PPID|[A-Z]*_?GROUPS|FUNCN(AME|EST)|EXECIGNORE|S?RANDOM|SECONDS|LINENO|EPOCH.*|HIST.*|COMP_.*|DIRSTACK|TMOUT|REPLY|MAPFILE|_.*|GCONV_PATH|GLIBC_TUNABLES|MALLOC_.*|OPENSSL_.*)$'
common() { # NAME: whether every program may have it
  case $1 in
  HOME | USER | LOGNAME | LANG | LANGUAGE | LC_* | TZ | TZDIR | TMPDIR | TERM) ;;
  # Of the environment alone.
  PATH | SHELL | PWD | SHLVL | _ | LD_* | GCONV_PATH | GLIBC_TUNABLES | MALLOC_* | OPENSSL_* | *SAN_OPTIONS) ;;
  *) return 1 ;;
  esac
}
while read -r name; do
  ! common "$name" || continue
  [[ $name =~ $foreign ]] || settings[$name]=${!name}
  unset -v "$name"
done < <(compgen -e) 2>/dev/null
# What cannot be a variable here bash hands on to each program it starts: env takes it away.
without=()
while IFS= read -r -d '' name; do
  [[ $name =~ ^([A-Za-z_][A-Za-z0-9_]*)?= || $name != *=* ]] || without+=(-u "${name%%=*}")
done </proc/self/environ
[ ${#without[@]} -eq 0 ] || without=(env "${without[@]}")
unset -v name

NAME=sqs2pg
OK=0 USAGE=64 UNAVAILABLE=69 IO=74 PERMISSION=77 CONFIG=78
HOUR=3570     # seconds that an archive is written to, when that is looked at every
LOOK_AGAIN=10 # seconds; what happens between them is noticed when it does

# Gravest first: what ends a supervisor's retrying stands above what invites one
# (75), and that above the broken pipe (74) which is but its consequence in the
# stages before. A status in none of these lists (a signal, a program that does
# not run, 70) is the gravest of all.
GRAVITY=' 64 78 77 69 65 75 74 1 0 '

usage() {
  cat 2>/dev/null <<'USAGE'
usage: sqs2pg [-fqv] [--no-lock | --lock-wait TIME] [--lock-status N]
              [--archive DIR] [--log text|json] [-c FILE]
       sqs2pg [-qv] [--log text|json] [-c FILE] --replay FILE...

Run sqs-pull | pii-mask | pg-load | sqs-ack, one run at a time for each queue.

  -c, --config FILE    settings, lines of KEY=VALUE
  -f, --follow         stay when the queue is empty, and wait for more
      --archive DIR    keep the masked records in files there, compressed
      --replay FILE    load masked records of such files instead, and end
      --no-lock        run although another run has this queue
      --lock-wait TIME wait so long for the other run's end, as 30s or 5m (default: 0)
      --lock-status N  the exit status when another run has this queue (default: 0)
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
  AWS_*, PG*, ...      as the programs and their libraries know them; each program
                       gets its own alone

The file is read, never executed, and must be yours (sqs2pg(1)). Exit status:
the gravest of the four programs', or --lock-status when another run has the queue.
USAGE
}

# ---- messages ----------------------------------------------------------------

verbosity=0 log_form=text
# A descriptor of its own: what bash says of a stage's end is for nobody.
stderr=2
[ ! -e /proc/self/fd/2 ] || exec {stderr}>&2

# message LEVEL TEXT, in the form that the programs use.
message() {
  local text=${2//[[:cntrl:]]/?}
  if [ "$log_form" = json ]; then
    text=${text//\\/\\\\}
    printf '{"time":"%s","program":"%s","level":"%s","message":"%s"}\n' \
      "`date -u +%Y-%m-%dT%H:%M:%S.%3NZ`" "$NAME" "$1" "${text//\"/\\\"}" >&"$stderr"
  else
    printf '%s: %s: %s\n' "$NAME" "$1" "$text" >&"$stderr"
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

unexpected() { usage_error "unexpected argument; a settings file is named with --config"; }

# ---- options -----------------------------------------------------------------

config='' follow='' locked=1 flags=() archive='' replay=() log='' lock_wait='' lock_status=''
declare -A LONG=([f]=--follow [q]=--quiet [v]=--verbose [h]=--help [V]=--version)

# once NAME VALUE: takes the value of an option that is given once at most.
once() {
  local -n taken=${1//-/_}
  [ -z "$taken" ] || usage_error "option --$1 given twice"
  [ -n "$2" ] || usage_error "option --$1 needs a value"
  taken=$2
}

# milliseconds TIME: sets ms, of a time as the programs take it.
milliseconds() {
  local -A units=([ms]=1 [s]=1000 [m]=60000 [h]=3600000 [d]=86400000)
  [[ $1 =~ ^([0-9]{1,9})(ms|s|m|h|d|)$ ]] && ms=$((10#${BASH_REMATCH[1]} * units[${BASH_REMATCH[2]:-s}]))
}

# The programs' own rules: bundled letters, no abbreviations, nothing twice that
# has a value.
options() {
  local argument letter
  while [ $# -gt 0 ]; do
    argument=$1
    shift
    case $argument in
    -c | --config | --log | --archive | --replay | --lock-wait | --lock-status)
      [ $# -gt 0 ] || usage_error "option $argument needs a value"
      [ "$argument" != -c ] || argument=--config
      set -- "$argument=$1" "${@:2}"
      ;;
    --config=*) once config "${argument#*=}" ;;
    --archive=*) once archive "${argument#*=}" ;;
    --lock-wait=*)
      once lock-wait "${argument#*=}"
      milliseconds "$lock_wait" || usage_error "option --lock-wait takes a time such as 30s"
      ;;
    --lock-status=*)
      once lock-status "${argument#*=}"
      [[ $lock_status =~ ^([0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5])$ ]] || usage_error "option --lock-status takes a number to 255"
      ;;
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
  [ -n "$locked" ] || [ -z "$lock_wait$lock_status" ] ||
    usage_error "--no-lock excludes --lock-wait and --lock-status"
  [ ${#replay[@]} -eq 0 ] || [ -z "$follow$archive" ] ||
    usage_error "--replay excludes --follow and --archive"
}

version() {
  local path line
  path=$(program sqs-pull) || exit
  line=$("$path" --version) && printf '%s %s\n' "$NAME" "${line##* }" 2>/dev/null
}

# ---- settings ----------------------------------------------------------------

# A secret, by the name of a setting, and by its value: a URL or a connection string
# with a password. A proxy may be written without the beginning of a URL.
secret_name='(PASSWORD|SECRET|TOKEN|SECRET_ACCESS_KEY)$'
own='^SQS2PG_(TABLE|KEY_FILE|MAPS|(PULL|MASK|LOAD|ACK)_OPTIONS|LOCK_DIR)$'

# Whoever writes a value may make it long: no regular expression looks for these, as
# those of the C library take minutes for some texts of 64 KiB.
is_secret() { # NAME VALUE
  local value=" ${2,,}" user pieces i IFS=/ -
  [[ ! $1 =~ $secret_name ]] || return 0
  [[ $value != *[[:space:]?\&=]password=* && $value != *[[:space:]?\&=]sslpassword=* ]] || return 0
  set -f
  # shellcheck disable=SC2206 # at each slash
  pieces=($value)
  [[ ${1,,} != *_proxy ]] || pieces=(: '' "${2%%/*}" "${pieces[@]}")
  for ((i = 2; i < ${#pieces[@]}; i++)); do
    user=${pieces[i]%%@*}
    [ -n "${pieces[i - 1]}" ] || [[ ${pieces[i - 2]} != *: || $user == "${pieces[i]}" ]] ||
      [[ $user == *[[:space:]]* || $user != *:?* ]] || return 0
  done
  return 1
}

# belongs NAME PROGRAM: whether the program gets that setting. What nobody here
# knows may be for a credential_process, which sqs-* start.
belongs() {
  case $1 in
  PG* | KRB5* | SQS2PG_MAPS) [ "$2" = pg-load ] ;;
  SSL_CERT_*) [[ $2 == sqs-* || $2 == pg-load ]] ;;
  SQS2PG_*) false ;;
  *) common "$1" || [[ $2 == sqs-* && ($1 =~ ^[A-Z][A-Z0-9_]*$ || $1 =~ ^(https?|no|all)_proxy$) ]] ;;
  esac
}

# adopt PROGRAM: in a shell that is to become it.
adopt() {
  local name
  for name in "${!settings[@]}"; do
    ! belongs "$name" "$1" || { unset -v "$name" && export "$name=${settings[$name]}"; }
  done
}

# read_config FILE: takes its settings. sqs2pg-read judges what it opens, under
# this script's name.
read_config() {
  local file=$1 path text line name value number=0 mode secret=''
  path=`program sqs2pg-read` || exit
  text=`exec -a "$NAME" "$path" "${flags[@]}" -- "$file"` || exit
  mode=${text%%$'\n'*} text=${text:${#mode}}
  while [ -n "$text" ]; do
    # By length: to take a text off by its content takes its length squared.
    text=${text:1} line=${text%%$'\n'*}
    text=${text:${#line}} number=$((number + 1))
    line=${line%$'\r'} name=${line%%[![:blank:]]*}
    line=${line:${#name}}
    case $line in '' | '#'*) continue ;; esac
    name=${line%%=*} value=${line:${#name}+1}
    [[ $line == *=* && $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] ||
      fail "$CONFIG" "$file:$number: not a line of KEY=VALUE"
    [[ $name =~ ^([A-Z][A-Z0-9_]*|(https?|no|all)_proxy)$ ]] ||
      fail "$CONFIG" "$file:$number: a setting's name is in upper case, unlike $name"
    [[ ! $name =~ $foreign ]] || fail "$CONFIG" "$file:$number: $name cannot be set here"
    [[ $name != SQS2PG_* || $name =~ $own ]] || fail "$CONFIG" "$file:$number: no such setting as $name"
    [[ ! $value =~ ^(\".*\"|\'.*\')$ ]] || value=${value:1:${#value}-2}
    ! is_secret "$name" "$value" || secret=1
    settings[$name]=$value
  done
  # Of an inherited pipe there is no mode.
  [ -z "$secret" ] || [ "$mode" = - ] || [ $((8#$mode & 8#004)) -eq 0 ] ||
    fail "$PERMISSION" "$file holds a secret and may be read by others (mode $mode)"
}

# require NAME...
require() {
  local name
  for name in "$@"; do
    [ -n "${settings[$name]:-}" ] || fail "$CONFIG" "$name is not set${config:+ in $config}"
  done
}

# ---- programs ----------------------------------------------------------------

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# program NAME: the one installed beside this script, else the one that make
# built, else the one in PATH.
program() {
  local folder
  for folder in "$here" "$here/../build/bin"; do
    [ ! -x "$folder/$1" ] || { printf '%s\n' "$folder/$1" && return 0; }
  done
  command -v "$1" || fail "$UNAVAILABLE" "no program $1 beside this script or in PATH"
}

# stages_file: where the stages are found: beside this script, as in a checkout, or
# in the one whose programs stand in PATH. What make install puts down has them inside.
stages_file() {
  local file pull
  file=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/pipeline-stages.sh
  if [ ! -f "$file" ] && pull=$(command -v sqs-pull); then
    file=$(dirname "$(readlink -f "$pull")")/../../scripts/pipeline-stages.sh
  fi
  [ -f "$file" ] || file=/dev/null
  printf '%s\n' "$file"
}
# shellcheck source=scripts/pipeline-stages.sh
. "$(stages_file)"
declare -F stage >/dev/null || fail "$UNAVAILABLE" "no file pipeline-stages.sh beside this script"

# ---- the lock ----------------------------------------------------------------

# queue_place: sets place, account and name of the queue, as far as they can be
# told without asking anybody; the account of a queue given by its name cannot.
queue_place() {
  local url=${settings[SQS_QUEUE_URL]} endpoint=${settings[AWS_ENDPOINT_URL_SQS]:-${settings[AWS_ENDPOINT_URL]:-}} host=''
  local region='(^|[.])([a-z]{2,}(-[a-z]+)+-[0-9]+)[.].*amazonaws[.]com'
  name=$url account='' place=${settings[AWS_REGION]:-${settings[AWS_DEFAULT_REGION]:-}}
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

# take_lock DIR HOW WORD...: a lock named after the words, or exits. The file
# stays: to remove it would let two runs lock two files of one name.
take_lock() {
  local file lock_fd mask left=$((lock_until - ${EPOCHREALTIME/[.,]/} / 1000))
  file=$1/`printf '%s\0' "${@:3}" | sha256sum | cut -c 1-16`.lock
  # Whoever can open it can hold it: the group only where it may write what we make.
  mask=`umask`
  umask 077
  [ $((8#$mask & 8#020)) -ne 0 ] || umask 007
  # For reading, too, so that no FIFO put there is waited for.
  if [ -L "$file" ] || ! { exec {lock_fd}<>"$file"; } 2>/dev/null || [ ! -f "/proc/self/fd/$lock_fd" ]; then
    fail "$CONFIG" "cannot open the lock file $file"
  fi
  umask "$mask"
  [ ! -k "$1" ] || [ -O "/proc/self/fd/$lock_fd" ] ||
    fail "$PERMISSION" "the lock file $file belongs to another user; set SQS2PG_LOCK_DIR"
  [ "$left" -gt 0 ] || left=0
  printf -v left '%d.%03d' "$((left / 1000))" "$((left % 1000))"
  aside flock flock -w "$left" "$2" "$lock_fd" && return 0
  [ "$verbosity" -lt 1 ] || message info "another run has this queue"
  exit "$((10#${lock_status:-0}))"
}

# lock: holds the queue for as long as this script and its stages live. Runs that
# have its URL share its name, and exclude one that has the name alone: with the
# same credentials that is the same queue, unless the URL is of another account.
lock() {
  local dir=${settings[SQS2PG_LOCK_DIR]:-} how=-x place account name ms lock_until
  if [ -z "$dir" ]; then
    dir=/tmp
    [ ! -w /run/lock ] || dir=/run/lock
    dir=$dir/sqs2pg-`id -u`
    mkdir -m 700 "$dir" 2>/dev/null
    # In a folder that all may write, another may have been there first.
    { [ ! -L "$dir" ] && [ -d "$dir" ] && [ -O "$dir" ]; } ||
      fail "$PERMISSION" "$dir belongs to another user; set SQS2PG_LOCK_DIR"
  fi
  queue_place
  milliseconds "${lock_wait:-0}"
  lock_until=$((${EPOCHREALTIME/[.,]/} / 1000 + ms))
  [ -z "$account" ] || { how=-s && take_lock "$dir" -x "$place" "$account" "$name"; }
  take_lock "$dir" "$how" "$place" "$name" "${settings[AWS_PROFILE]:-}" "${settings[AWS_ACCESS_KEY_ID]:-}"
}

# ---- the run -----------------------------------------------------------------

# preflight: what is wrong with the key, the policy, the map, the table or the
# database is found before a message is received: every delivery counts for the
# queue's redrive policy, and a message in hand is hidden from others.
preflight() {
  quietly pii-mask --require-sandbox --key-file "${settings[SQS2PG_KEY_FILE]}" "${mask[@]}"
  quietly pg-load --table "${settings[SQS2PG_TABLE]}" "${load[@]}" --explain
}
quietly() { # PROGRAM ARGUMENT...
  local path
  path=`program "$1"` || exit
  aside "$1" "$path" -q --log "$log_form" "${@:2}" </dev/null >/dev/null || exit
}

# end: after the last stage has been started.
end() {
  close_pipes "$last_ended" "$all_ended" "$never" "$ever" "$complaints"
  phase=running
  [ "$signals" -eq 0 ] || stop_source
  [ "$signals" -le 1 ] || end_all
  wait_all 2>/dev/null
  phase=starting
}

# leave: ends the run, with its status.
leave() {
  [ "$signals" -le 1 ] || exit $((128 + signal))
  exit "$worst"
}

run() {
  local pull=() mask=() load=() ack=() from_pull to_mask from_mask to_load from_load to_ack
  local acked to_acked masked from_tee to_part to_gzip null stem part gzip turn_at
  read -ra pull <<<"${settings[SQS2PG_PULL_OPTIONS]:-}"
  read -ra mask <<<"${settings[SQS2PG_MASK_OPTIONS]:-}"
  read -ra load <<<"${settings[SQS2PG_LOAD_OPTIONS]:-}"
  read -ra ack <<<"${settings[SQS2PG_ACK_OPTIONS]:-}"
  preflight
  make_ends
  make_pipe from_pull to_mask
  make_pipe from_mask to_load
  make_pipe from_load to_ack
  make_pipe acked to_acked
  masked=$to_load
  if [ -n "$archive" ]; then
    make_pipe from_tee masked
    make_pipe to_part to_gzip
    exec {null}>/dev/null
    open_archive
  fi
  phase=starting
  kept=$acked stage 0 "$to_mask" sqs-pull --acked "/dev/fd/$acked" ${follow:+"$follow"} "${pull[@]}"
  stage "$from_pull" "$masked" pii-mask --require-sandbox --key-file "${settings[SQS2PG_KEY_FILE]}" "${mask[@]}"
  [ -z "$archive" ] || kept=$to_gzip stage "$from_tee" "$to_load" tee -p "/dev/fd/$to_gzip"
  loader=${#pids[@]}
  stage "$from_mask" "$to_ack" pg-load --table "${settings[SQS2PG_TABLE]}" "${load[@]}"
  kept=$last_lives stage "$from_load" "$to_acked" sqs-ack --print "${ack[@]}"
  if [ -n "$archive" ]; then
    archiver=${#pids[@]}
    stage "$to_part" "$null" awk "$ARCHIVER"
  fi
  end
  [ -z "$archive" ] || close_archive
  leave
}

# replay: each file by a pg-load of its own, so that what one of them lacks at its
# end harms no other. Nothing is acked. A stop may cut a line, which pg-load rejects.
replay() {
  local load=() file in from_file to_load null
  read -ra load <<<"${settings[SQS2PG_LOAD_OPTIONS]:-}"
  exec {null}>/dev/null
  for file in "${replay[@]}"; do
    [ "$signals" -eq 0 ] || break
    if [ -d "$file" ] || ! { exec {in}<"$file"; } 2>/dev/null; then
      message error "cannot open $file"
      worsen "$IO"
      continue
    fi
    pids=() names=() over=() pipe_fds=("$in") source_ended='' source_told='' loader_told=''
    make_ends
    make_pipe from_file to_load
    phase=starting
    stage "$in" "$to_load" gzip -cdf
    loader=1
    kept=$last_lives stage "$from_file" "$null" pg-load --table "${settings[SQS2PG_TABLE]}" "${load[@]}"
    end
    close_pipes
    case $worst in 0 | 1 | "$IO") ;; *) break ;; esac
  done
  case $signals,$worst in 1,1) worst=$OK ;; esac
  leave
}

# Its own process group for each program: a Ctrl-C then reaches this script alone,
# which passes on one signal to one stage. And without it bash drops a SIGINT that
# comes while it waits for a command which does not end of it.
set -m
trap end_all EXIT
trap 'on_signal 15' TERM
trap 'on_signal 2' INT
trap 'on_signal 1' HUP
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
