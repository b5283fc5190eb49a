#!/usr/bin/env bash
# One run at a time for each queue. Sourced by scripts/pipeline.sh; uses its messages and settings,
# milliseconds() and run_beside().
#
#   queue_place PLACE ACCOUNT NAME   set these variables, as far as they are known
#   lock WAIT                        hold the queue as long as this script and its stages run;
#                                    1 when another run holds it for that long

# For the backquotes see pipeline.sh.
# shellcheck disable=SC2006,SC2034,SC2154 # what the files share
:

# queue_place PLACE ACCOUNT NAME: set the queue's endpoint, account and name, if they are known
# without a request. The account of a queue given by name is not known.
queue_place() {
  local -n its_place=$1 its_account=$2 its_name=$3
  local url=${settings[SQS_QUEUE_URL]} endpoint=${settings[AWS_ENDPOINT_URL_SQS]:-${settings[AWS_ENDPOINT_URL]:-}} host=''
  local region='(^|[.])([a-z]{2,}(-[a-z]+)+-[0-9]+)[.].*amazonaws[.]com'
  its_name=$url its_account='' its_place=${settings[AWS_REGION]:-${settings[AWS_DEFAULT_REGION]:-}}
  if [[ $url == *://* ]]; then
    url=${url%/} host=${url#*://} its_name=${url##*/} its_account=${url%/*} its_account=${its_account##*/}
  fi
  [ -z "$endpoint" ] || host=${endpoint#*://}
  host=${host%%/*}
  if [[ $host =~ $region ]]; then
    its_place=${BASH_REMATCH[2]}
  elif [ -n "$host" ]; then
    its_place=${host,,}
  fi
}

HELD=99 # for flock -E: the status for a held lock; neither setpriv nor env nor flock ends with it otherwise

# take_lock DIR HOW UNTIL WORD...: take a lock named after the words, shared or exclusive as flock
# has it; wait for it until that time (milliseconds). Return 1 when another process holds it. The
# file stays: after its removal two runs could lock two files of one name.
take_lock() {
  local file lock_fd mask left=$(($3 - ${EPOCHREALTIME/[.,]/} / 1000))
  file=`printf '%s\0' "${@:4}" | sha256sum | cut -c 1-16`
  [ ${#file} -eq 16 ] || fail "$UNAVAILABLE" 'cannot name the lock file: sha256sum or cut failed'
  file=$1/$file.lock
  # Whoever can open it can hold it: only a group that may write our files anyway.
  mask=`umask`
  umask 077
  [ $((8#$mask & 8#020)) -ne 0 ] || umask 007
  # For reading too, so that a FIFO at that place is not waited for.
  if [ -L "$file" ] || ! { exec {lock_fd}<>"$file"; } 2>/dev/null || [ ! -f "/proc/self/fd/$lock_fd" ]; then
    fail "$CONFIG" "cannot open the lock file $file"
  fi
  umask "$mask"
  [ ! -k "$1" ] || [ -O "/proc/self/fd/$lock_fd" ] ||
    fail "$PERMISSION" "the lock file $file belongs to another user; set SQS2PG_LOCK_DIR"
  [ "$left" -gt 0 ] || left=0
  printf -v left '%d.%03d' "$((left / 1000))" "$((left % 1000))"
  run_beside flock flock -E "$HELD" -w "$left" "$2" "$lock_fd"
  set -- $?
  case $1 in
  0) return 0 ;;
  "$HELD") return 1 ;;
  *) fail "$UNAVAILABLE" "cannot lock $file: flock ended with status $1" ;;
  esac
}

# lock_dir RESULT: set the folder of the lock files.
lock_dir() {
  local -n its_dir=$1
  its_dir=${settings[SQS2PG_LOCK_DIR]:-}
  [ -z "$its_dir" ] || return 0
  its_dir=/tmp
  [ ! -w /run/lock ] || its_dir=/run/lock
  its_dir=$its_dir/sqs2pg-`id -u`
  mkdir -m 700 "$its_dir" 2>/dev/null
  # In a folder that everybody may write, another user may have created it first.
  { [ ! -L "$its_dir" ] && [ -d "$its_dir" ] && [ -O "$its_dir" ]; } ||
    fail "$PERMISSION" "$its_dir belongs to another user; set SQS2PG_LOCK_DIR"
}

# lock WAIT. Runs with the queue's URL share the lock of its name, and exclude a run that has only
# the name. With the same credentials that is the same queue, unless the URL is of another account.
lock() {
  local dir how=-x place account name wait_ms deadline
  lock_dir dir
  queue_place place account name
  milliseconds wait_ms "$1"
  deadline=$((${EPOCHREALTIME/[.,]/} / 1000 + wait_ms))
  if [ -n "$account" ]; then
    how=-s
    take_lock "$dir" -x "$deadline" "$place" "$account" "$name" || return 1
  fi
  take_lock "$dir" "$how" "$deadline" "$place" "$name" "${settings[AWS_PROFILE]:-}" "${settings[AWS_ACCESS_KEY_ID]:-}"
}
