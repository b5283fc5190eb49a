#!/usr/bin/env bash
# Run the programs as one pipeline, for cron and systemd. Installed as sqs2pg. options.sh has the
# manual that --help prints.
#
# Under the name sqs2pg-status it shows the state of the pipeline (status.sh).
#
# The folder pipeline has its parts: command line, settings, lock, key, stages, the cause of a
# failure, archive, metrics and status. make install inserts them here. The parts share the
# settings, the messages and the table of stages (stages.sh).
#
# Once there are traps, use backquotes for command substitution. bash parses $( ) when it expands
# it, and loses a trap that comes during that.
# shellcheck disable=SC2006,SC2034,SC2154 # what the files share
set -uo pipefail
# Ignore SIGUSR1 until there is a handler: the default action would end the script.
trap '' USR1

# The environment is data, like the settings file. Its variables move into an array before they
# could mean anything to this shell, and adopt() gives each program its own part. Only variables
# that every program may have stay.
unset -v settings foreign
declare -A settings=()
foreign='^(PATH|IFS|ENV|SHELLOPTS|CDPATH|GLOBIGNORE|PS[0-9]|PROMPT_COMMAND|POSIXLY_CORRECT|OPT(ARG|IND|ERR)|BASH.*|LD_.*|E?UID|PPID|[A-Z]*_?GROUPS|FUNCN(AME|EST)|EXECIGNORE|S?RANDOM|SECONDS|LINENO|EPOCH.*|HIST.*|COMP_.*|DIRSTACK|TMOUT|REPLY|MAPFILE|_.*|GCONV_PATH|GLIBC_TUNABLES|MALLOC_.*|OPENSSL_.*)$'
common() { # NAME: true when every program may have it
  case $1 in
  HOME | USER | LOGNAME | LANG | LANGUAGE | LC_* | TZ | TZDIR | TMPDIR | TERM) ;;
  # Only from the environment.
  PATH | SHELL | PWD | SHLVL | _ | LD_* | GCONV_PATH | GLIBC_TUNABLES | MALLOC_* | OPENSSL_* | *SAN_OPTIONS) ;;
  *) return 1 ;;
  esac
}
while read -r name; do
  ! common "$name" || continue
  [[ $name =~ $foreign ]] || settings[$name]=${!name}
  unset -v "$name"
done < <(compgen -e) 2>/dev/null
# bash passes entries that cannot be variables on to each program: env removes them.
without=()
while IFS= read -r -d '' name; do
  [[ $name =~ ^([A-Za-z_][A-Za-z0-9_]*)?= || $name != *=* ]] || without+=(-u "${name%%=*}")
done </proc/self/environ
[ ${#without[@]} -eq 0 ] || without=(env "${without[@]}")
unset -v name

NAME=sqs2pg
OK=0 USAGE=64 UNAVAILABLE=69 IO=74 TEMPORARY=75 PERMISSION=77 CONFIG=78

# ---- messages ----------------------------------------------------------------

verbosity=0 log_form=text
# The options -q, -v and --log as given, to pass on to the programs.
flags=()
# A descriptor of its own, because bash reports the end of a stage on standard error.
stderr=2
[ ! -e /proc/self/fd/2 ] || exec {stderr}>&2

# message LEVEL TEXT: print it in the form of the programs.
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

# ---- programs and parts ------------------------------------------------------

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# program NAME: print the path of the one installed beside this script, else of the one that make
# built, else of the one in PATH.
program() {
  local folder
  for folder in "$here" "$here/../build/bin"; do
    [ ! -x "$folder/$1" ] || { printf '%s\n' "$folder/$1" && return 0; }
  done
  command -v "$1" || fail "$UNAVAILABLE" "no program $1 beside this script or in PATH"
}

# parts_folder: print the folder of the parts: beside this script, as in a checkout, or that of the
# checkout whose programs are in PATH.
parts_folder() {
  local folder=$here/pipeline pull
  if [ ! -d "$folder" ] && pull=$(command -v sqs-pull); then
    folder=$(dirname "$(readlink -f "$pull")")/../../scripts/pipeline
  fi
  [ -f "$folder/stages.sh" ] || fail "$UNAVAILABLE" "no folder pipeline beside this script"
  printf '%s\n' "$folder"
}
parts=$(parts_folder) || exit
# shellcheck source=scripts/pipeline/options.sh
. "$parts/options.sh"
# shellcheck source=scripts/pipeline/settings.sh
. "$parts/settings.sh"
# shellcheck source=scripts/pipeline/lock.sh
. "$parts/lock.sh"
# shellcheck source=scripts/pipeline/key.sh
. "$parts/key.sh"
# shellcheck source=scripts/pipeline/stages.sh
. "$parts/stages.sh"
# shellcheck source=scripts/pipeline/cause.sh
. "$parts/cause.sh"
# shellcheck source=scripts/pipeline/archive.sh
. "$parts/archive.sh"
# shellcheck source=scripts/pipeline/metrics.sh
. "$parts/metrics.sh"
# shellcheck source=scripts/pipeline/status.sh
. "$parts/status.sh"

# ---- the run -----------------------------------------------------------------

# quietly PROGRAM ARGUMENT...: run a trial.
quietly() {
  local path
  path=`program "$1"` || return
  run_beside "$1" "$path" -q --log "$log_form" "${@:2}" </dev/null >/dev/null
}

# loading RESULT: set the arguments of pg-load. It refuses unmasked records. With --follow, more
# sealed records in a row are allowed.
loading() {
  local -n its_arguments=$1
  words its_arguments SQS2PG_LOAD_OPTIONS
  [ -z "${option[follow]:-}" ] || [[ " ${its_arguments[*]}" == *' --sealed-limit'* ]] ||
    its_arguments=(--sealed-limit 1000 "${its_arguments[@]}")
  [ -z "${settings[SQS2PG_PASSWORD_COMMAND]:-}" ] ||
    its_arguments=(--password-command "${settings[SQS2PG_PASSWORD_COMMAND]}" "${its_arguments[@]}")
  its_arguments=(--table "${settings[SQS2PG_TABLE]}" --require-masked "${its_arguments[@]}")
}

# leave: end the run, with its status.
leave() {
  [ ${#signals[@]} -le 1 ] || exit $((128 + signals[-1]))
  [ -z "${archive[failed]:-}" ] || worsen "$IO"
  exit "$worst"
}

# try_rejects OPTION...: try the file for refused records in these options of pg-load, which opens
# it when it loads.
try_rejects() {
  local file
  value_of file --reject-file "$@"
  # To open a FIFO would wait for its reader.
  [ -n "$file" ] && [ ! -p "$file" ] && ! (umask 077 && : >>"$file") 2>/dev/null || return 0
  message error "cannot write $file, the --reject-file of pg-load"
  return "$IO"
}

# prepare: find mistakes in options, key, policy, map, table or database, and files that cannot be
# written, before a message is received. Every delivery counts for the redrive policy, and a message
# in flight is hidden from others. Return 0, or a status.
prepare() {
  local pull unwrap mask load ack kept
  words pull SQS2PG_PULL_OPTIONS
  words unwrap SQS2PG_UNWRAP_OPTIONS
  words mask SQS2PG_MASK_OPTIONS
  loading load
  words ack SQS2PG_ACK_OPTIONS
  # Should --help become the value of the last option, it still receives nothing.
  quietly sqs-pull --print-depth "${pull[@]}" --help || return
  take_key || return
  [ "${unwrap[*]}" = off ] || quietly sqs-unwrap --require-sandbox "${unwrap[@]}" || return
  kept="${key_ends[trial]:-} ${key_ends[given]:-}"
  quietly pii-mask --require-sandbox --key-file "$key_trial" "${mask[@]}" || return
  kept=''
  drop_key trial
  quietly pg-load "${load[@]}" --explain || return
  try_rejects "${load[@]}" || return
  metrics_trial || return
  # Its input is empty, so it deletes nothing.
  quietly sqs-ack --print "${ack[@]}"
}

# renew: during a run, try what a start would try. On success the source stops. When everything
# received is loaded and deleted, a new pipeline replaces this one.
renew() {
  local status=0
  renewal=''
  [ -n "${option[follow]:-}" ] || return 0
  { prepare && archive_trial; } 2>&"$stderr" || status=$?
  if [ ${#signals[@]} -gt 0 ]; then
    return
  elif [ "$status" -ne 0 ]; then
    drop_key trial stage
    message warning 'the renewal failed; the run continues with the old key, policy and map'
  else
    [ "$verbosity" -lt 1 ] || message info 'renewing key, policy and map'
    renewing=1
    stop_source
  fi
}

# run_pipeline: each stage reads the output of the one before, and sqs-pull reads the results of
# sqs-ack.
#
#   sqs-pull | sqs-unwrap | pii-mask [| tee] | pg-load | sqs-ack
#                                       | awk, which starts gzip
run_pipeline() {
  local pull unwrap mask load ack from_pull to_mask from_mask to_load from_load to_ack
  local pulled from_unwrap
  local acked to_acked masked from_tee to_part to_gzip null
  words pull SQS2PG_PULL_OPTIONS
  words unwrap SQS2PG_UNWRAP_OPTIONS
  words mask SQS2PG_MASK_OPTIONS
  loading load
  words ack SQS2PG_ACK_OPTIONS
  pull=(${option[follow]:+-f} "${pull[@]}")
  mask=(--require-sandbox --key-file "$key_stage" "${mask[@]}")
  metrics_options pull sqs-pull
  [ "${unwrap[*]}" = off ] || metrics_options unwrap sqs-unwrap
  metrics_options mask pii-mask
  metrics_options load pg-load
  metrics_options ack sqs-ack
  # Make all pipes before the first stage.
  new_pipeline
  make_pipe from_pull to_mask
  make_pipe from_mask to_load
  make_pipe from_load to_ack
  make_pipe acked to_acked
  pulled=$to_mask masked=$to_load
  if [ "${unwrap[*]}" = off ]; then readers[sqs-pull]=pii-mask; else make_pipe from_unwrap pulled; fi
  if [ -n "${option[archive]:-}" ]; then
    make_pipe from_tee masked
    make_pipe to_part to_gzip
    exec {null}>/dev/null
    pipes+=("$null")
    open_archive "${option[archive]}"
    readers[pii-mask]=tee readers[tee]=pg-load
  fi
  phase=starting
  stage 0 "$pulled" "$acked" sqs-pull --acked "/dev/fd/$acked" "${pull[@]}"
  [ "${unwrap[*]}" = off ] || stage "$from_unwrap" "$to_mask" '' sqs-unwrap --require-sandbox "${unwrap[@]}"
  stage "$from_pull" "$masked" "${key_ends[stage]:-} ${key_ends[given]:-}" pii-mask "${mask[@]}"
  [ -z "${option[archive]:-}" ] || stage "$from_tee" "$to_load" "$to_gzip" tee -p "/dev/fd/$to_gzip"
  stage "$from_mask" "$to_ack" '' pg-load "${load[@]}"
  stage "$from_load" "$to_acked" "${ends[last_lives]}" sqs-ack --print "${ack[@]}"
  [ -z "${option[archive]:-}" ] || archive_stage "$to_part" "$null"
  drop_key stage
  wait_for_pipeline
  [ -z "${option[archive]:-}" ] || close_archive
  close_pipes
}

# run: run one pipeline, and a new one for each renewal.
run() {
  renewal=''
  prepare || exit
  renewing=1
  while [ -n "$renewing" ]; do
    renewing=''
    run_pipeline
    [ ${#signals[@]} -eq 0 ] || leave
    case $worst in 0 | 1) ;; *) leave ;; esac
  done
  leave
}

# cannot_open FILE: report it, with the reason.
cannot_open() {
  local reason='permission denied'
  [ -e "$1" ] || reason='no such file'
  [ ! -d "$1" ] || reason='it is a folder'
  message error "cannot open $1: $reason"
  worsen "$IO"
}

# replay FILE...: load each by a pg-load of its own, so that a cut line at the end of one cannot
# harm another. Nothing is acknowledged. After a stop, one rejected line is not counted: it may be
# the line that the stop cut.
replay() {
  local load file in from_file to_load from_load to_count counted to_counted count rejected=0
  loading load
  # Without a queue there is no name for the metrics file.
  [ -z "${settings[SQS_QUEUE_URL]:-}" ] || metrics_options load pg-load
  # new_pipeline does not close this pipe: the script reads it after each file.
  make_pipe counted to_counted
  for file in "$@"; do
    [ ${#signals[@]} -eq 0 ] || break
    if [ -d "$file" ] || ! { exec {in}<"$file"; } 2>/dev/null; then
      cannot_open "$file"
      continue
    fi
    replayed=$file
    new_pipeline
    pipes+=("$in")
    make_pipe from_file to_load
    make_pipe from_load to_count
    phase=starting
    stage "$in" "$to_load" '' gzip -cdf
    stage "$from_file" "$to_count" '' pg-load "${load[@]}"
    stage "$from_load" "$to_counted" "${ends[last_lives]}" grep -c '"status":"rejected"'
    wait_for_pipeline
    close_pipes
    count=0
    ! read -r -t 0 -u "$counted" || read -r -u "$counted" count
    [ ${#signals[@]} -eq 0 ] || [ "$count" -eq 0 ] || count=$((count - 1))
    rejected=$((rejected + count))
    case $worst in 0 | 1 | "$IO") ;; *) break ;; esac
  done
  case ${#signals[@]},$worst in 1,1) [ "$rejected" -gt 0 ] || worst=$OK ;; esac
  leave
}

main() {
  local name key=SQS2PG_KEY_FILE
  options "$@"
  [ -z "${option[config]:-}" ] || read_config "${option[config]}"
  if [ ${#replay[@]} -gt 0 ]; then
    require "${option[config]:-}" SQS2PG_TABLE
    replay "${replay[@]}"
  fi
  [ -z "${settings[SQS2PG_KEY_COMMAND]:-}" ] || key=SQS2PG_KEY_COMMAND
  require "${option[config]:-}" SQS_QUEUE_URL SQS2PG_TABLE "$key"
  key_settings
  for name in sqs-pull sqs-unwrap pii-mask pg-load sqs-ack; do
    program "$name" >/dev/null || exit
  done
  if [ -z "${option[no-lock]:-}" ] && ! lock "${option[lock-wait]:-0}"; then
    [ "$verbosity" -lt 1 ] || message info "another run has this queue"
    exit "$((10#${option[lock-status]:-0}))"
  fi
  run
}

case ${0##*/} in sqs2pg-status | status.sh) status_main "$@" ;; esac

# Each program gets its own process group: Ctrl-C then reaches only this script, which signals one
# stage. Without groups, bash drops a SIGINT that comes while it waits for a command that survives
# it.
set -m
trap on_renewal USR1
trap 'on_signal 1' HUP
trap 'on_signal 2' INT
trap 'on_signal 15' TERM
# Last: once bash has this trap, a signal without one ends the script after it, by that signal.
trap end_all EXIT
main "$@"
