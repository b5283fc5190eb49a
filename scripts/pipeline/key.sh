#!/usr/bin/env bash
# The masking key of scripts/pipeline.sh: a file, or what comes through a pipe, which a command of
# the settings has printed, or which SQS2PG_KEY_FILE names. Sourced by it; uses its messages and
# settings, program(), make_pipe() and await().
#
# What comes through a pipe can be read once, and is wanted twice: by the trial before the first
# receive and by the stage. So it is copied into two pipes, and stays in the kernel till then: no
# disk sees it, nor this script.
#
#   key_settings          ends the script if the settings name two keys
#   take_key              0 with key_trial and key_stage, the file's names for the two; or a status,
#                         with what it is for said
#   drop_key WHICH...     closes the descriptors of trial or stage
#   close_key KEPT...     in a shell that is to become a program: all, but for these
#   stop_taking           for a signal: gives up a key that is being waited for

# Backquotes: see there.
# shellcheck disable=SC2006,SC2034,SC2153,SC2154 # what the files share
:

KEY_TIME=60    # seconds in which a key has to come
KEY_MOST=32768 # bytes of a key file, as pii-mask has it

key_trial='' key_stage=''
# By what they are for: trial and stage, of pipes; given, what SQS2PG_KEY_FILE names by its number.
declare -A key_ends=()
# file, command, fifo or pipe, which is one that was inherited; read, when that has been
key_kind='file'
# The process that takes the key.
key_taker=''

key_settings() {
  local file=${settings[SQS2PG_KEY_FILE]:-} number='' given
  if [ -n "${settings[SQS2PG_KEY_COMMAND]:-}" ]; then
    [ -z "$file" ] || fail "$CONFIG" 'SQS2PG_KEY_FILE and SQS2PG_KEY_COMMAND exclude each other: set one of them'
    key_kind='command'
    return
  fi
  key_trial=$file key_stage=$file
  [ "$file" != /dev/stdin ] || number=0
  [[ ! $file =~ ^(/dev/fd|/proc/self/fd)/([0-9]{1,9})$ ]] || number=$((10#${BASH_REMATCH[2]}))
  if [ -z "$number" ]; then
    [ ! -p "$file" ] || key_kind=fifo
  elif { exec {given}<&"$number"; } 2>/dev/null; then
    # Under a number that only the masker is to have.
    exec {number}<&-
    key_ends[given]=$given key_trial=/dev/fd/$given key_stage=/dev/fd/$given
    [ ! -p "/proc/self/fd/$given" ] || key_kind=pipe
  fi
}

# close_key KEPT...: in a shell that is to become a program. drop_key WHICH...
close_key() {
  local fd
  for fd in "${key_ends[@]}"; do [[ " $* " == *" $fd "* ]] || exec {fd}<&-; done
}
drop_key() {
  local which fd
  for which; do
    fd=${key_ends[$which]:-}
    [ -z "$fd" ] || exec {fd}<&-
    unset -v "key_ends[$which]"
  done
}

# key_command RESULT: its words, the first one a path; those of the programs that are installed
# beside this script need not be in PATH.
key_command() {
  local -n its_command=$1
  words its_command SQS2PG_KEY_COMMAND
  if [ ${#its_command[@]} -eq 0 ]; then
    message error 'SQS2PG_KEY_COMMAND names no command'
    return "$CONFIG"
  elif [[ ${its_command[0]} != */* ]]; then
    its_command[0]=`program "${its_command[0]}"` || return
  elif [ ! -f "${its_command[0]}" ] || [ ! -x "${its_command[0]}" ]; then
    message error "cannot run ${its_command[0]}, SQS2PG_KEY_COMMAND"
    return "$UNAVAILABLE"
  fi
}

# judged_fifo: prints what comes through the FIFO, which is judged as pii-mask judges a key file.
judged_fifo() {
  local path mode most=0700
  path=`program sqs2pg-read` || return
  [[ " ${settings[SQS2PG_MASK_OPTIONS]:-} " != *' --key-group-readable '* ]] || most=0740
  # setpriv starts it by its own name, not by ours.
  # shellcheck disable=SC2016  # the inner shell's
  (exec setpriv --pdeathsig KILL -- bash -c 'exec -a "$@"' sh "$NAME" "$path" "${flags[@]}" -- "${settings[SQS2PG_KEY_FILE]}") | {
    # Of nothing that could be judged that program has told.
    IFS= read -r mode || return "$OK"
    if ((8#$mode & ~8#$most)); then
      message error "${settings[SQS2PG_KEY_FILE]}: others may read the key (mode $mode)"
      return "$PERMISSION"
    fi
    exec setpriv --pdeathsig KILL -- cat
  }
}

# print_key COMMAND...: in a shell of its own.
print_key() {
  local fd
  case $key_kind in
  command)
    adopt key-command
    # Nothing else is open in it: neither the lock, which it could leave to another.
    for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      [ "$fd" -le 2 ] || exec {fd}>&-
    done
    # One that asks on the terminal fails at once, and is not stopped till its time is over.
    trap '' TTIN TTOU
    exec "${without[@]}" setpriv --pdeathsig KILL -- "$@" </dev/null
    ;;
  fifo) judged_fifo ;;
  *) exec setpriv --pdeathsig KILL -- cat <&"${key_ends[given]}" ;;
  esac
}

# key_came STATUS SOME: says what is wrong with a command's end.
key_came() {
  local what
  case $1 in
  0)
    [ -z "$2" ] || return 0
    what='printed nothing'
    ;;
  late) what="did not end within $KEY_TIME s, or what it started still holds its output" ;;
  141) what='printed more than a key file holds' ;;
  *) what="ended with status $1" ;;
  esac
  message error "the key command $what"
  message hint "the first word of it is ${settings[SQS2PG_KEY_COMMAND]%%[[:blank:]]*}"
  return "$UNAVAILABLE"
}

# take_key
take_key() {
  local pipes=() command=() trial stage to_trial to_stage end lives status some='' deadline late='' fd
  case $key_kind in
  file) return 0 ;;
  command) key_command command || return ;;
  read)
    message error 'the key came through a pipe that was handed over, and can be read only once'
    return "$IO"
    ;;
  esac
  drop_key trial stage
  make_pipe trial to_trial
  make_pipe stage to_stage
  make_pipe end lives
  (
    # Neither the lock nor the line's: should this script be killed, this may stay for a while.
    for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      [ "$fd" -le 2 ] || [[ " $stderr $to_trial $to_stage $lives ${key_ends[given]:-} " == *" $fd "* ]] || exec {fd}>&-
    done
    idle='' pipes=("$to_trial" "$to_stage" "$lives")
    # bash tells of a child that a signal has ended; key_came() does by itself.
    exec 2>/dev/null
    (
      exec 2>&"$stderr"
      close_pipes
      print_key "${command[@]}"
    ) | head -c "$((KEY_MOST + 1))" | tee "/dev/fd/$to_trial" >&"$to_stage"
    exit "${PIPESTATUS[0]}"
  ) &
  key_taker=$!
  exec {lives}>&-
  deadline=$((EPOCHSECONDS + KEY_TIME))
  # As in wait_for_stages(): what it waits for, and nothing else, ends it.
  while read -r -t "$KEY_TIME" -u "$end"; [ $? -ne 1 ]; do
    [ "$EPOCHSECONDS" -ge "$deadline" ] || continue
    late=late
    stop_taking
  done
  await "$key_taker" 2>/dev/null
  status=${late:-$?}
  key_taker=''
  # This script still holds an end to write into: what can be read was written.
  ! read -r -t 0 -u "$trial" || some=1
  for fd in "$end" "$to_trial" "$to_stage"; do exec {fd}>&-; done
  key_ends[trial]=$trial key_ends[stage]=$stage
  key_trial=/dev/fd/$trial key_stage=/dev/fd/$stage
  [ "$key_kind" != pipe ] || { key_kind='read' && drop_key given; }
  # A stop, which ended it.
  [ ${#signals[@]} -eq 0 ] || return "$IO"
  if [ "$key_kind" = command ]; then
    key_came "$status" "$some"
  elif [ "$status" = late ]; then
    message error "no key came through ${settings[SQS2PG_KEY_FILE]} within $KEY_TIME s"
    return "$IO"
  elif [ "$status" -ne 141 ]; then
    return "$status"
  fi
  # 141: more than a key file holds, which the trial tells.
}

# stop_taking: ends what takes the key, if it lives.
stop_taking() { [ -z "$key_taker" ] || kill -s KILL -- "-$key_taker" "$key_taker"; } 2>/dev/null
