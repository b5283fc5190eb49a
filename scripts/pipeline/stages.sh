#!/usr/bin/env bash
# The stages of scripts/pipeline.sh: start, join, signal them and wait for them. Sourced by it; uses
# its messages, program(), adopt() and renew(). Of the other parts it uses rotate(),
# archive_environment(), close_key(), stop_taking(), worsen() and tell_cause().
#
#   new_pipeline                            begin a table of stages, and the pipes to wait on
#   make_pipe READ WRITE...
#   set -m; phase=starting
#   stage IN OUT KEPT PROGRAM ARGUMENT...   one after the other, the source first; the last one
#                                           keeps ${ends[last_lives]} open
#   await PROCESS                           return its status, whatever signals come meanwhile
#   wait_for_pipeline                       set worst to the gravest of their statuses, and name
#                                           the program with it when that is an error

# For the backquotes see pipeline.sh.
# shellcheck disable=SC2006,SC2034,SC2154 # what the files share
:

LOOK_AGAIN=10 # seconds; signals and ends of stages are noticed immediately

# The table of stages, by number: process, program, whether a signal was passed on to it, and its
# exit status, empty while it runs.
pids=() names=() told=() statuses=()
# The program that reads each one's output: given to each, so that it can name a reader that has
# ended.
declare -A readers=([sqs-pull]=sqs-unwrap [sqs-unwrap]=pii-mask [pii-mask]=pg-load [pg-load]=sqs-ack [sqs-ack]=sqs-pull)
# The file of --replay that gzip reads.
replayed=''
# The pipes of the pipeline: all descriptors, and by name those that are never written to.
pipes=()
declare -A ends=()

# ---- signals -----------------------------------------------------------------

# early: no stage has started; starting; running.
phase=early
# The signals that stop; whether one came that asks for a renewal, and whether that is in progress.
signals=() renewal='' renewing=''
# The process of run_beside().
helper=''
# The descriptor on which await() sleeps.
idle=''

# The first signal stops the source, and tells the loader that time is short; the others drain the
# pipe to its end. The second kills everything, including stopped stages.
# shellcheck disable=SC2317  # called by the traps
on_signal() {
  signals+=("$1")
  case $phase,${#signals[@]} in
  early,*) exit "$OK" ;;
  starting,*) ;;
  running,1) stop_source; tell_loader; stop_helpers ;;
  *) end_all ;;
  esac
}

# on_renewal: an empty line wakes the wait for the pipeline's end.
# shellcheck disable=SC2317  # called by the trap
on_renewal() {
  renewal=1
  [ "$phase" != running ] || echo >"/proc/self/fd/${ends[last]}"
} 2>/dev/null

# stop_helpers: end the processes of run_beside() and the key.
stop_helpers() {
  stop_taking
  [ -z "$helper" ] || kill -s KILL "$helper"
} 2>/dev/null

# end_all: nothing that was started outlives this script.
end_all() {
  local i
  stop_helpers
  for i in "${!pids[@]}"; do [ -n "${statuses[i]}" ] || kill -s KILL "${pids[i]}"; done
} 2>/dev/null

# run_beside PROGRAM COMMAND...: run the command so that a signal need not wait for its end, with that program's
# part of the environment. The descriptors in $kept stay open in it when they are the key's.
run_beside() {
  # shellcheck disable=SC2086  # some descriptors
  (
    drop_idle
    close_key ${kept:-}
    adopt "$1"
    exec "${without[@]}" setpriv --pdeathsig KILL -- "${@:2}" {stderr}>&-
  ) &
  helper=$!
  await "$helper"
  set -- $?
  helper=''
  return "$1"
}

# await PROCESS: return its status when it ends; a stop is not an end. It must not use wait on a
# running process: a signal at the wrong moment would lose the status of another, and so its end.
await() {
  local ms=2 pause
  [ -n "$idle" ] || make_idle
  while kill -0 "$1"; do
    printf -v pause '0.%03d' "$ms"
    read -r -t "$pause" -u "$idle"
    [ "$ms" -ge 100 ] || ms=$((ms * 2))
  done 2>/dev/null
  status_of "$1"
}

# status_of PROCESS: return the status of an ended process, which bash has collected. A wait that a
# signal interrupts returns the number of that signal instead, even when its trap ran before the
# wait began. Only a wait that found the process sets the variable.
status_of() {
  local found='' status=127
  while [ -z "$found" ]; do
    wait -p found "$1"
    status=$?
    found=${found:-}
    [ "$status" -ne 127 ] || break # no such process
  done
  return "$status"
}

# ---- the pipeline ------------------------------------------------------------

# A pipe without a name, so that no stage can block in an open and each holds only its own ends. No
# process makes it, whose end would need a wait: for bash, a short text behind <<< is a pipe.
make_pipe() { # READ-END-VARIABLE WRITE-END-VARIABLE
  local -n read_end=$1 write_end=$2
  { exec {read_end}<<<'' && [ -p "/proc/self/fd/$read_end" ] && exec {write_end}>"/proc/self/fd/$read_end"; } 2>/dev/null ||
    fail "$IO" "cannot make a pipe"
  read -r -u "$read_end"
  pipes+=("$read_end" "$write_end")
}

# make_idle: a pipe that nothing is ever read from; only this script could write to it.
make_idle() {
  local pipes=() from to
  make_pipe from to
  exec {idle}<>"/proc/self/fd/$from"
  close_pipes
}
drop_idle() { [ -z "$idle" ] || exec {idle}>&-; }

# close_pipes KEPT...
close_pipes() {
  local fd
  for fd in "${pipes[@]}"; do [[ " $* " == *" $fd "* ]] || exec {fd}>&-; done
}

# new_pipeline: begin a table of stages. Each of the pipes that are never written to ends with its
# holders: the last stage; all stages; this script holds the third.
new_pipeline() {
  local name read write
  pids=() names=() told=() statuses=() pipes=()
  for name in last all never complaints; do
    make_pipe read write
    ends[$name]=$read ends[${name}_lives]=$write
  done
}

# stage IN OUT KEPT PROGRAM ARGUMENT...; the descriptors KEPT stay open in it. The first stage is
# the source: when this script is killed, the source still stops in order.
stage() {
  local in=$1 out=$2 kept=$3 name=$4 path options=("${flags[@]}") guard=()
  path=`program "$name"` || exit
  [ ${#pids[@]} -gt 0 ] || guard=(setpriv --pdeathsig TERM --)
  names+=("$name") told+=('') statuses+=('')
  (
    case $name in
    tee | grep) options=() ;;
    gzip | awk) options=() && exec 2>&"${ends[complaints_lives]}" ;;
    esac
    # A terminal may stop background processes that write to it.
    trap '' TTOU
    adopt "$name"
    [ -z "${readers[$name]:-}" ] || export PIPELINE_READER="${readers[$name]}"
    [ "$name" != awk ] || archive_environment
    exec <&"$in" >&"$out" {stderr}>&-
    drop_idle
    # shellcheck disable=SC2086  # some descriptors
    close_pipes $kept "${ends[all_lives]}"
    # shellcheck disable=SC2086
    close_key $kept
    exec "${without[@]}" "${guard[@]}" "$path" "${options[@]}" "${@:5}"
  ) &
  pids+=($!)
}

# stop_source: send SIGTERM to the first stage, once, if it runs.
stop_source() {
  [ -z "${statuses[0]}${told[0]}" ] || return 0
  told[0]=1
  kill -s TERM "${pids[0]}" 2>/dev/null
}

# tell_loader: its grace period begins now, not at the end of its input: the database may hang.
# Before pg-load handles signals, one would end it. This runs in a trap, where a read would remove
# the time limit of the interrupted read.
tell_loader() {
  local i lines line name='' caught=0
  for i in "${!names[@]}"; do [ "${names[i]}" != pg-load ] || break; done
  [ -z "${told[i]}${statuses[i]}" ] || return 0
  mapfile -t lines <"/proc/${pids[i]}/status"
  for line in "${lines[@]}"; do
    case $line in Name:*) name=${line#*$'\t'} ;; SigCgt:*) caught=${line#*$'\t'} ;; esac
  done
  [ "$name" = pg-load ] && ((16#$caught & 1 << 14)) || return 0
  kill -s TERM "${pids[i]}" && told[i]=1
} 2>/dev/null

# ended STAGE STATUS: handle the end of a stage whose status counts for the run. A stage that ends
# before its predecessor ends the run: on an idle queue the source might never write into the broken
# pipe, and so never notice. But the archive is not part of the guarantee: the run continues without
# it.
ended() {
  local number=$1 status=$2
  case ${names[number]}:$status in
  # Stopped before it handled signals: no record was in hand.
  *:143) [ "$number" -gt 0 ] || [ -z "${told[0]}" ] || status=0 ;;
  # The next stage has ended, and reports why.
  gzip:141 | tee:141) status=0 ;;
  # It has counted none.
  grep:1) status=0 ;;
  gzip:[!0]* | tee:[!0]* | awk:[!0]*) [ "$status" -eq 137 ] || status=$IO ;;
  esac
  statuses[number]=$status
  [ "$number" = "${archive[stage]:-}" ] || worsen "$status"
  [ "$status" -ne 0 ] || return 0
  [ "$verbosity" -lt 1 ] || message info "${names[number]} ended with status $status"
  if [ "$number" = "${archive[stage]:-}" ]; then
    message error "the archive ${archive[stem]}-*-$$.ndjson.gz.part is incomplete"
  elif [ "$number" -gt 0 ] && [ -z "${statuses[number - 1]}" ]; then
    stop_source
  fi
}

# collect: handle the stages that have ended; return 0 when all have.
collect() {
  local i left=''
  for i in "${!pids[@]}"; do
    [ -z "${statuses[i]}" ] || continue
    if kill -0 "${pids[i]}" 2>/dev/null; then
      left=1
      continue
    fi
    status_of "${pids[i]}"
    ended "$i" "$?"
  done
  [ -z "$left" ]
}

# relay: print what foreign programs wrote to standard error, in the form of our messages.
relay() {
  local line level=warning who=archive
  [ -z "$replayed" ] || level=error who="gzip: $replayed"
  while read -r -t 0 -u "${ends[complaints]}" && IFS= read -r -t 1 -u "${ends[complaints]}" line; do
    [ -z "$line" ] || message "$level" "$who: ${line##*: }"
  done
}

# wait_for_stages: set worst. It waits for stopped stages too. Unlike wait, read ends only for the
# event that it waits for, or for a signal that came just before it.
wait_for_stages() {
  local watched=last pause result
  while ! collect; do
    relay
    rotate
    [ ${#signals[@]} -eq 0 ] || tell_loader
    [ -z "$renewal" ] || [ -n "$renewing" ] || renew
    pause=$LOOK_AGAIN
    [ -z "${archive[stage]:-}" ] || [ "$HOUR" -gt "$pause" ] || pause=$HOUR
    [ "$watched" != never ] || pause=0.05
    read -r -t "$pause" -u "${ends[$watched]}"
    result=$?
    if [ "$result" -eq 1 ]; then
      if [ "$watched" = last ]; then watched=all; else watched=never; fi
    elif [ "$watched" = all ]; then
      stop_source # nobody reads from it any more
    fi
  done
  relay
}

# wait_for_pipeline: called after the last stage was started.
wait_for_pipeline() {
  local kept=("${ends[last]}" "${ends[all]}" "${ends[never]}" "${ends[never_lives]}" "${ends[complaints]}")
  close_pipes "${kept[@]}"
  # The numbers of closed descriptors may be reused.
  pipes=("${kept[@]}")
  phase=running
  [ ${#signals[@]} -eq 0 ] || stop_source
  [ ${#signals[@]} -le 1 ] || end_all
  wait_for_stages 2>/dev/null
  tell_cause
  phase=starting
}
