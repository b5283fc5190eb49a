#!/usr/bin/env bash
# The command line of scripts/pipeline.sh; usage() is its manual. Sourced by it; uses its messages
# and program().
#
#   options "$@"    set option and replay; end the script for --help, --version and mistakes

# shellcheck disable=SC2034,SC2153,SC2154 # what the files share
:

# Values by option name; options without a value hold 1.
declare -A option=()
replay=()

usage() {
  cat 2>/dev/null <<'USAGE'
usage: sqs2pg [-fqv] [--no-lock | --lock-wait TIME] [--lock-status N]
              [--archive DIR] [--log text|json] [-c FILE]
       sqs2pg [-qv] [--log text|json] [-c FILE] --replay FILE...

Run sqs-pull | sqs-unwrap | pii-mask | pg-load | sqs-ack, one run at a time for
each queue.

  -c, --config FILE    settings, lines of NAME=VALUE
  -f, --follow         wait for more messages when the queue is empty
      --archive DIR    keep the masked records in compressed files in DIR
      --replay FILE    load masked records from such files instead, and end
      --no-lock        run even when another run has this queue
      --lock-wait TIME wait up to TIME for the other run to end [default 0]
      --lock-status N  exit status when another run has this queue [default 0]
      --log text|json  format of messages [default text]
  -q, --quiet          only errors
  -v, --verbose        say more
  -h, --help           print this help
  -V, --version        print the version

Settings, from the file or else from the environment:

  SQS_QUEUE_URL        the queue (required)
  SQS2PG_TABLE         the table (required)
  SQS2PG_KEY_FILE      the key file of pii-mask, or a pipe that delivers it
  SQS2PG_KEY_COMMAND   instead, a command that prints the key file
  SQS2PG_PASSWORD_COMMAND
                       a command that prints the password of the database
  SQS2PG_MAPS          folder of pg-load's maps
  SQS2PG_PULL_OPTIONS, SQS2PG_MASK_OPTIONS, SQS2PG_LOAD_OPTIONS, SQS2PG_ACK_OPTIONS
                       further options of the programs, separated by blanks
  SQS2PG_UNWRAP_OPTIONS
                       those of sqs-unwrap; off disables unwrapping
  SQS2PG_LOCK_DIR      folder of the lock files
  SQS2PG_METRICS_DIR   folder of metrics files, one for each program
  AWS_*, PG*, ...      as the programs and their libraries use them; each program
                       gets only its own

The file is read, never executed, and must belong to you or root (sqs2pg(1)). Exit status:
the gravest of the programs', or --lock-status when another run has the queue.
USAGE
}

usage_error() {
  message error "$1"
  message hint "try '$NAME --help'"
  exit "$USAGE"
}

# similar RESULT WORD NAME...: set the name that begins and ends most like the word. At least half of
# its letters must agree.
similar() {
  local -n its_similar=$1
  local word=$2 name from to length best=0
  for name in "${@:3}"; do
    length=$((${#word} > ${#name} ? ${#word} : ${#name}))
    for ((from = 0; from < ${#word} && from < ${#name}; from++)); do
      [ "${word:from:1}" = "${name:from:1}" ] || break
    done
    for ((to = 0; from + to < ${#word} && from + to < ${#name}; to++)); do
      [ "${word:${#word}-to-1:1}" = "${name:${#name}-to-1:1}" ] || break
    done
    [ $(((from + to) * 2)) -lt $length ] || [ $(((from + to) * 100 / length)) -le $best ] || {
      best=$(((from + to) * 100 / length))
      its_similar=$name
    }
  done
}

# unknown_option OPTION: report it, with the option that was perhaps meant.
unknown_option() {
  local meant=''
  similar meant "${1#--}" config follow archive replay no-lock lock-wait lock-status log quiet verbose help version
  usage_error "unknown option $1${meant:+, did you mean --$meant}"
}

unexpected() { usage_error "unexpected argument; a settings file is named with --config"; }

# once NAME VALUE: take the value of an option that is allowed once.
once() {
  [ -z "${option[$1]:-}" ] || usage_error "option --$1 given twice"
  [ -n "$2" ] || usage_error "option --$1 needs a value"
  option[$1]=$2
}

# milliseconds RESULT TIME: convert a time in the form of the programs.
milliseconds() {
  local -n its_milliseconds=$1
  local -A units=([ms]=1 [s]=1000 [m]=60000 [h]=3600000 [d]=86400000)
  [[ $2 =~ ^([0-9]{1,9})(ms|s|m|h|d|)$ ]] &&
    its_milliseconds=$((10#${BASH_REMATCH[1]} * units[${BASH_REMATCH[2]:-s}]))
}

version() {
  local path line
  path=$(program sqs-pull) || exit
  line=$("$path" --version) && printf '%s %s\n' "$NAME" "${line##* }" 2>/dev/null
}

# with_value NAME VALUE: take an option that has a value.
with_value() {
  local ms
  once "$1" "$2"
  case $1 in
  lock-wait) milliseconds ms "$2" || usage_error "option --lock-wait takes a time such as 30s" ;;
  lock-status)
    [[ $2 =~ ^([0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5])$ ]] || usage_error "option --lock-status takes a number to 255"
    ;;
  log)
    [[ $2 =~ ^(text|json)$ ]] || usage_error "option --log takes text or json"
    log_form=$2 flags+=(--log "$2")
    ;;
  esac
}

# The rules of the programs: bundled letters, no abbreviations, no repeated option with a value.
options() {
  local argument name letter
  local -A long=([f]=--follow [q]=--quiet [v]=--verbose [h]=--help [V]=--version)
  while [ $# -gt 0 ]; do
    argument=$1
    shift
    case $argument in
    -c | --config | --log | --archive | --replay | --lock-wait | --lock-status)
      [ $# -gt 0 ] || usage_error "option $argument needs a value"
      [ "$argument" != -c ] || argument=--config
      set -- "$argument=$1" "${@:2}"
      ;;
    --config=* | --log=* | --archive=* | --lock-wait=* | --lock-status=*)
      name=${argument%%=*}
      with_value "${name#--}" "${argument#*=}"
      ;;
    --replay=?*) replay+=("${argument#*=}") ;;
    --replay=) usage_error "option --replay needs a value" ;;
    --follow | --no-lock) option[${argument#--}]=1 ;;
    --quiet) verbosity=$((verbosity - 1)) && flags+=(-q) ;;
    --verbose) verbosity=$((verbosity + 1)) && flags+=(-v) ;;
    --help) { usage && exit "$OK"; } || fail "$IO" "cannot write to standard output" ;;
    --version) { version && exit "$OK"; } || fail "$IO" "cannot write to standard output" ;;
    -c*) set -- "--config=${argument#-c}" "$@" ;;
    --)
      [ $# -eq 0 ] || [ ${#replay[@]} -gt 0 ] || unexpected
      replay+=("$@") && set --
      ;;
    --follow=* | --no-lock=* | --quiet=* | --verbose=* | --help=* | --version=*) usage_error "option ${argument%%=*} takes no value" ;;
    --*) unknown_option "${argument%%=*}" ;;
    -?*)
      letter=${argument:1:1}
      [ -z "${argument:2}" ] || set -- "-${argument:2}" "$@"
      [ -n "${long[$letter]:-}" ] || usage_error "unknown option -$letter"
      set -- "${long[$letter]}" "$@"
      ;;
    *)
      [ ${#replay[@]} -gt 0 ] || unexpected
      replay+=("$argument")
      ;;
    esac
  done
  [ -z "${option[no-lock]:-}" ] || [ -z "${option[lock-wait]:-}${option[lock-status]:-}" ] ||
    usage_error "--no-lock excludes --lock-wait and --lock-status"
  [ ${#replay[@]} -eq 0 ] || [ -z "${option[follow]:-}${option[archive]:-}" ] ||
    usage_error "--replay excludes --follow and --archive"
}
