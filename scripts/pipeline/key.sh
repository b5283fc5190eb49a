#!/usr/bin/env bash
# The masking key of scripts/pipeline.sh: a file, or a pipe. A command of the settings writes to the
# pipe, or SQS2PG_KEY_FILE names it. Sourced by it; uses its messages and settings, program(),
# make_pipe() and await().
#
# A pipe can be read once, but the key is needed twice: by the trial before the first receive, and
# by the stage. So it is copied into two pipes, and stays in the kernel until then: neither a disk
# nor this script sees it.
#
#   key_settings          end the script when the settings name two keys
#   take_key              0, with key_trial and key_stage, the file names for the two; or a status,
#                         after its message
#   drop_key WHICH...     close the descriptors of trial or stage
#   close_key KEPT...     in a shell that becomes a program: close all but these
#   stop_taking           for a signal: stop waiting for a key

# For the backquotes see pipeline.sh.
# shellcheck disable=SC2006,SC2034,SC2153,SC2154 # what the files share
:

KEY_TIME=60    # seconds to wait for a key
KEY_MOST=32768 # bytes of a key file, the limit of pii-mask

key_trial='' key_stage=''
# Descriptors by purpose: trial and stage, of pipes; given, the number in SQS2PG_KEY_FILE.
declare -A key_ends=()
# file, command, fifo or pipe (an inherited one); read, once it has been read.
key_kind='file'
# The process that reads the key.
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
    # Under a number that only the masker gets.
    exec {number}<&-
    key_ends[given]=$given key_trial=/dev/fd/$given key_stage=/dev/fd/$given
    [ ! -p "/proc/self/fd/$given" ] || key_kind=pipe
  fi
}

# close_key KEPT...: in a shell that becomes a program. drop_key WHICH...
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

# key_command RESULT: set its words, the first one a path. Programs installed beside this script
# need not be in PATH.
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

# judged_fifo: print the content of the FIFO, which is judged as pii-mask judges a key file.
judged_fifo() {
  local path mode most=0700
  path=`program sqs2pg-read` || return
  ! has_word SQS2PG_MASK_OPTIONS --key-group-readable || most=0740
  # setpriv starts it by its own name, not by ours.
  # shellcheck disable=SC2016  # the inner shell's
  (exec setpriv --pdeathsig KILL -- bash -c 'exec -a "$@"' sh "$NAME" "$path" "${flags[@]}" -- "${settings[SQS2PG_KEY_FILE]}") | {
    # That program has reported why nothing could be judged.
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
    # Close all other descriptors: the command could pass the lock to another process.
    for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      [ "$fd" -le 2 ] || exec {fd}>&-
    done
    # A command that asks on the terminal fails immediately, instead of being stopped until the time
    # limit.
    trap '' TTIN TTOU
    exec "${without[@]}" setpriv --pdeathsig KILL -- "$@" </dev/null
    ;;
  fifo) judged_fifo ;;
  *) exec setpriv --pdeathsig KILL -- cat <&"${key_ends[given]}" ;;
  esac
}

# key_result STATUS SOME: report why the key command failed, if it did. SOME is not empty when it
# printed anything.
key_result() {
  local what command
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
  words command SQS2PG_KEY_COMMAND
  message hint "the first word of it is ${command[0]}"
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
    # Close the lock and the pipes of the pipeline: when this script is killed, this process may
    # live on for a while.
    for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      [ "$fd" -le 2 ] || [[ " $stderr $to_trial $to_stage $lives ${key_ends[given]:-} " == *" $fd "* ]] || exec {fd}>&-
    done
    idle='' pipes=("$to_trial" "$to_stage" "$lives")
    # bash reports a child that a signal ended; key_result() does so itself.
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
  # As in wait_for_stages(): only the event that it waits for ends it.
  while read -r -t "$KEY_TIME" -u "$end"; [ $? -ne 1 ]; do
    [ "$EPOCHSECONDS" -ge "$deadline" ] || continue
    late=late
    stop_taking
  done
  await "$key_taker" 2>/dev/null
  status=${late:-$?}
  key_taker=''
  # This script still holds a writing end, so everything readable has been written.
  ! read -r -t 0 -u "$trial" || some=1
  for fd in "$end" "$to_trial" "$to_stage"; do exec {fd}>&-; done
  key_ends[trial]=$trial key_ends[stage]=$stage
  key_trial=/dev/fd/$trial key_stage=/dev/fd/$stage
  [ "$key_kind" != pipe ] || { key_kind='read' && drop_key given; }
  # A stop ended it.
  [ ${#signals[@]} -eq 0 ] || return "$IO"
  if [ "$key_kind" = command ]; then
    key_result "$status" "$some"
  elif [ "$status" = late ]; then
    message error "no key came through ${settings[SQS2PG_KEY_FILE]} within $KEY_TIME s"
    return "$IO"
  elif [ "$status" -ne 141 ]; then
    return "$status"
  fi
  # 141: more than a key file holds, which the trial reports.
}

# stop_taking: end the process that reads the key, if it runs.
stop_taking() { [ -z "$key_taker" ] || kill -s KILL -- "-$key_taker" "$key_taker"; } 2>/dev/null
