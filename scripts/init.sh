#!/usr/bin/env bash
# From the name of a queue to a working set of files. Installed as sqs2pg-init; usage() is its
# manual.
#
# No clear value reaches a disk. The received records are in a variable, and reach the programs
# through pipes. bash writes a long text after <<< to a file, so this script has none.
set -uo pipefail
umask 077

NAME=sqs2pg-init
OK=0 NONE=1 USAGE=64 UNUSABLE=65 UNAVAILABLE=69 IO=74
MOST=100         # messages to look at
DELIVERIES=4     # that a queue must allow without --yes: a look counts as one
KEY_TIME=60      # seconds to wait for the key command, as in sqs2pg
HIDDEN=120s      # visibility timeout of the messages, in case they are not released

usage() {
  cat 2>/dev/null <<'USAGE'
usage: sqs2pg-init [-qv] [-y] [--log text|json] -Q QUEUE -t TABLE -o DIR

Receive up to 100 messages of an SQS queue, release them, and write the files for loading
the queue into a table: TABLE.policy, TABLE.key, TABLE.env, TABLE.sql and TABLE.map. No
clear value is printed or written.

  -Q, --queue QUEUE    the queue, by its URL or its name
  -t, --table TABLE    the table
  -o, --output DIR     the folder of the files; created if missing
  -y, --yes            look even when the queue allows fewer than four deliveries
      --log text|json  format of messages [default text]
  -q, --quiet          only errors
  -v, --verbose        say more
  -h, --help           print this help
  -V, --version        print the version

Region, credentials and endpoint come from the environment, as for sqs-pull(1). With
SQS2PG_KEY_COMMAND set, the settings get that command, and no key file is made.
USAGE
}

# ---- messages ----------------------------------------------------------------

log_form=text flags=()

# message LEVEL TEXT: print it in the form of the programs.
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

# fail STATUS TEXT [HINT]
fail() {
  message error "$2"
  [ -z "${3:-}" ] || message hint "$3"
  exit "$1"
}
usage_error() { fail "$USAGE" "$1" "try '$NAME --help'"; }

# ---- options -----------------------------------------------------------------

declare -A option=()

# with_value NAME VALUE: take an option that is allowed once.
with_value() {
  [ -z "${option[$1]:-}" ] || usage_error "option --$1 given twice"
  [ -n "$2" ] || usage_error "option --$1 needs a value"
  option[$1]=$2
  [ "$1" != log ] || [[ $2 =~ ^(text|json)$ ]] || usage_error "option --log takes text or json"
  [ "$1" != log ] || { log_form=$2 && flags+=(--log "$2"); }
}

options() {
  local argument name letter
  local -A long=([Q]=--queue [t]=--table [o]=--output [y]=--yes [q]=--quiet [v]=--verbose [h]=--help [V]=--version)
  while [ $# -gt 0 ]; do
    argument=$1
    shift
    case $argument in
    --queue | --table | --output | --log)
      [ $# -gt 0 ] || usage_error "option $argument needs a value"
      set -- "$argument=$1" "${@:2}"
      ;;
    --queue=* | --table=* | --output=* | --log=*)
      name=${argument%%=*}
      with_value "${name#--}" "${argument#*=}"
      ;;
    --yes) option[yes]=1 ;;
    --quiet) flags+=(-q) ;;
    --verbose) flags+=(-v) ;;
    --help) { usage && exit "$OK"; } || fail "$IO" "cannot write to standard output" ;;
    --version) { version && exit "$OK"; } || fail "$IO" "cannot write to standard output" ;;
    --yes=* | --quiet=* | --verbose=* | --help=* | --version=*) usage_error "option ${argument%%=*} takes no value" ;;
    --*) usage_error "unknown option ${argument%%=*}" ;;
    -[Qto]*)
      name=${long[${argument:1:1}]}
      [ -z "${argument:2}" ] || name+=${argument/#-?/=}
      set -- "$name" "$@"
      ;;
    -?*)
      letter=${argument:1:1}
      [ -z "${argument:2}" ] || set -- "-${argument:2}" "$@"
      [ -n "${long[$letter]:-}" ] || usage_error "unknown option -$letter"
      set -- "${long[$letter]}" "$@"
      ;;
    *) usage_error "unexpected argument" ;;
    esac
  done
  for name in queue table output; do
    [ -n "${option[$name]:-}" ] || usage_error "option --$name is needed"
  done
  # It becomes part of file names, also in options that are separated by blanks. _errors and _ledger
  # must fit behind it.
  local part='[A-Za-z_][A-Za-z0-9_]{0,55}'
  [[ ${option[table]} =~ ^($part\.)?$part$ ]] ||
    usage_error "option --table takes a name of at most 56 letters, digits and _, or SCHEMA.TABLE"
}

version() {
  local path line
  path=$(program sqs-pull) || exit
  line=$("$path" --version) && printf '%s %s\n' "$NAME" "${line##* }" 2>/dev/null
}

# ---- programs ----------------------------------------------------------------

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# find_program NAME: print its path: beside this script, in the build folder, or in PATH. Return 1
# when there is none.
find_program() {
  local folder
  for folder in "$here" "$here/../build/bin"; do
    [ ! -x "$folder/$1" ] || { printf '%s\n' "$folder/$1" && return 0; }
  done
  command -v "$1"
}
program() { find_program "$1" || fail "$UNAVAILABLE" "no program $1 beside this script or in PATH"; }

# alone PROGRAM ARGUMENT...: run it without variables that might be secret.
alone() {
  local path
  path=$(program "$1") || exit
  env -i PATH="$PATH" LANG="${LANG:-}" TZ="${TZ:-}" "$path" "${flags[@]}" "${@:2}"
}

# ---- the look ----------------------------------------------------------------

# The received records; whether they must still be released.
sample='' held=''
# The number of a signal that came.
stopped=''
# The words of SQS2PG_KEY_COMMAND.
key_command=()
# The unfinished files, and the folder that this run made.
making=() made=''

# ignoring_hangup PROGRAM ARGUMENT...: run it so that a SIGHUP does not end it, with messages in hand.
ignoring_hangup() { (trap '' HUP && exec "$@"); }

# end STATUS: after a failed step, exit with it, or with that of the signal that ended the step.
end() { [ -z "$stopped" ] && exit "$1" || exit $((128 + stopped)); }

# leave: runs at the end, in any case.
leave() {
  [ -z "$held" ] || give_back
  [ ${#making[@]} -eq 0 ] || rm -f "${making[@]}"
  [ -z "$made" ] || rmdir -- "$made" 2>/dev/null # unless files were made in it
}

# give_back: release the received messages.
give_back() {
  held=''
  printf '%s\n' "$sample" | ignoring_hangup "$(program sqs-ack)" -q --log "$log_form" -Q "${option[queue]}" --release >/dev/null ||
    message warning "not every message could be released; the others come back within $HIDDEN"
}

# check_redrive RESULT: set it to the redrive policy's deliveries, in words; end the script when the look
# could be a message's last delivery.
check_redrive() {
  local -n its_words=$1
  local policy allowed='' status
  policy=$("$(program sqs-pull)" "${flags[@]}" -Q "${option[queue]}" --print-redrive)
  status=$?
  if [ "$status" -ne 0 ]; then
    [ -n "${option[yes]:-}" ] || fail "$status" "the queue's redrive policy cannot be read" "use --yes to look anyway"
    its_words='how many deliveries it allows cannot be read'
    return
  fi
  [[ ! $policy =~ \"maxReceiveCount\"[[:space:]]*:[[:space:]]*\"?([0-9]{1,9}) ]] || allowed=$((10#${BASH_REMATCH[1]}))
  [ -z "$allowed" ] || [ "$allowed" -ge "$DELIVERIES" ] || [ -n "${option[yes]:-}" ] ||
    fail "$USAGE" "the queue allows $allowed deliveries of a message, and a look counts as one" "use --yes to look anyway"
  # shellcheck disable=SC2034 # the caller's
  its_words="it allows ${allowed:-any number of} deliveries"
}

# look: receive the sample, and release it.
look() {
  local status
  sample=$(ignoring_hangup "$(program sqs-pull)" "${flags[@]}" -Q "${option[queue]}" -n "$MOST" --wait 1 --visibility-timeout "$HIDDEN")
  status=$?
  [ -z "$sample" ] || held=1
  # 1: some message was corrupt, and reported.
  [ "$status" -le 1 ] || exit "$status"
  [ -n "$sample" ] || fail "$NONE" "the queue had no message to look at" \
    "messages in flight are not seen: wait for their visibility timeout, or send an event"
  give_back
}

# unwrapped: print the sample as input of pii-mask. masked BASE: print it as input of pg-load.
unwrapped() { printf '%s\n' "$sample" | alone sqs-unwrap; }
# With its key: the file, or the output of the command, which no disk sees.
masked() {
  if [ ${#key_command[@]} -eq 0 ]; then
    unwrapped | alone pii-mask -k "$1.key" -p "$1.policy"
  else
    unwrapped | masked_by_command "$1.policy"
  fi
}
masked_by_command() { # POLICY
  {
    # grep fails when there is no line.
    timeout --foreground -k 1 "$KEY_TIME" "${key_command[@]}" </dev/null 4<&- | grep -a '' 4<&- |
      alone pii-mask -k /dev/fd/3 -p "$1" 3<&0 <&4
    set -- "${PIPESTATUS[@]}"
    # The stages before need not report a broken pipe.
    cat <&4 >/dev/null
  } 4<&0
  case $1,$2 in
  0,0) return "$3" ;;
  0,*) fail "$UNAVAILABLE" 'the key command printed nothing' ;;
  124,* | 137,*) fail "$UNAVAILABLE" "the key command did not end within $KEY_TIME s, or was killed" ;;
  *) fail "$UNAVAILABLE" "the key command ended with status $1" ;;
  esac
}

# write_files BASE: write BASE.policy and the others.
write_files() {
  local base=$1 records status=0 key=SQS2PG_KEY_COMMAND=${SQS2PG_KEY_COMMAND:-}
  { : >"$base.policy"; } 2>/dev/null || fail "$IO" "cannot make $base.policy"
  unwrapped | alone pii-scan --suggest >"$base.policy" || end "$?"
  if [ ${#key_command[@]} -eq 0 ]; then
    alone pii-keygen -q "$base.key" || exit
    key=SQS2PG_KEY_FILE=$base.key
  fi
  printf '%s\n' "# What sqs2pg needs for ${option[table]}." "SQS_QUEUE_URL=${option[queue]}" "SQS2PG_TABLE=${option[table]}" \
    "$key" "SQS2PG_MASK_OPTIONS=--policy $base.policy" >"$base.env" || fail "$IO" "cannot write $base.env"
  records=$(masked "$base") || end "$?"
  printf '%s\n' "$records" | alone pg-suggest -t "${option[table]}" -o "${base%/*}" || status=$?
  case $status in
  0) printf '%s\n' "SQS2PG_LOAD_OPTIONS=--map $base.map" >>"$base.env" || fail "$IO" "cannot write $base.env" ;;
  "$UNUSABLE") message warning "no ${option[table]}.sql and ${option[table]}.map: the policy seals every message" ;;
  *) end "$status" ;;
  esac
}

# print_findings BASE DELIVERIES FOUND: print the findings, what to check, and what comes next.
print_findings() {
  local base=$1
  printf 'The queue: %d messages looked at and released; %s.\n\n%s\n\n' "$(printf '%s\n' "$sample" | wc -l)" "$2" "$3"
  printf 'Check before loading:\n'
  printf '  %s: %s\n' "$base.policy" 'what is masked and what is not' "$base.env" 'the settings'
  [ ! -e "$base.key" ] ||
    printf '  %s: %s\n' "$base.key" 'its holder can undo the masking; keep a copy elsewhere'
  if [ -e "$base.sql" ]; then
    printf '  %s: %s\n' "$base.sql" 'the table' "$base.map" 'which value goes into which column'
    printf '\nThen:\n  psql -v ON_ERROR_STOP=1 -f %s.sql\n' "$base"
  else
    printf '\nThen, when the table exists:\n  pg-load -t %s --explain\n' "${option[table]}"
  fi
  printf '  sqs2pg -v -c %s.env\n' "$base"
}

main() {
  local dir base file deliveries found
  options "$@"
  for file in sqs-pull sqs-ack sqs-unwrap pii-scan pii-mask pii-keygen pg-suggest; do program "$file" >/dev/null || exit; done
  # On one line, as the settings take it.
  SQS2PG_KEY_COMMAND=${SQS2PG_KEY_COMMAND:-}
  SQS2PG_KEY_COMMAND=${SQS2PG_KEY_COMMAND//[$'\t\r\n']/ }
  read -ra key_command <<<"$SQS2PG_KEY_COMMAND"
  [[ ${key_command[0]:-/} == */* ]] || key_command[0]=$(program "${key_command[0]}") || exit
  [ -d "${option[output]}" ] || made=${option[output]}
  [ -d "${option[output]}" ] || mkdir -p -- "${option[output]}" 2>/dev/null || fail "$IO" "cannot make ${option[output]}"
  dir=$(cd -- "${option[output]}" && pwd) || fail "$IO" "cannot open ${option[output]}"
  [[ $dir != *[[:space:]]* ]] || usage_error "option --output takes a folder without blanks in its name"
  base=$dir/${option[table]}
  for file in "$base".{policy,key,env,sql,map}; do
    [[ ! -e $file && ! -L $file ]] ||
      fail "$IO" "$file exists already" "name another folder with --output, or move the file away"
  done
  trap leave EXIT
  # A signal waits for the end of the current step, so that no received message is forgotten.
  trap 'stopped=1' HUP
  trap 'stopped=2' INT
  trap 'stopped=15' TERM
  check_redrive deliveries
  look
  [ -z "$stopped" ] || exit $((128 + stopped))
  found=$(unwrapped | alone pii-scan) || end "$?"
  making=("$base".{policy,key,env,sql,map})
  write_files "$base"
  [ -z "$stopped" ] || exit $((128 + stopped))
  making=()
  print_findings "$base" "$deliveries" "$found" || fail "$IO" "cannot write to standard output"
}

main "$@"
