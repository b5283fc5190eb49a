#!/usr/bin/env bash
# The stages of scripts/pipeline.sh: how they are started, joined, signalled and
# waited for, and the archive. Sourced by it; uses its messages, program() and adopt().
#
#   make_ends; make_pipe READ WRITE...
#   set -m; phase=starting
#   stage IN OUT PROGRAM ARGUMENT...   one after the other, the source first and, with
#                                      kept=$last_lives, the last of the line
#   phase=running; wait_all            worst is the gravest of their statuses then
#
# loader is the number of the stage that a signal tells of the end besides the source,
# archiver that of the archive, each counted from 0, or empty.

# Backquotes: see there.
# shellcheck disable=SC2006,SC2034,SC2154 # what the two files share
:

# ---- signals -----------------------------------------------------------------

# early: no stage has started; starting; running.
phase=early signals=0 signal='' helper=''

# The first signal stops the source, and tells the loader that time is short; the
# others drain the pipe to its end. The second ends all at once, stopped ones too.
# shellcheck disable=SC2317  # called by the traps
on_signal() {
  signals=$((signals + 1)) signal=$1
  case $phase,$signals in
  early,*) exit "$OK" ;;
  starting,*) ;;
  running,1) stop_source; tell_loader ;;
  *) end_all ;;
  esac
}

# end_all: nothing that was started outlives this script.
end_all() {
  local i
  [ -z "$helper" ] || kill -s KILL "$helper"
  for i in "${!pids[@]}"; do [ -n "${over[i]}" ] || kill -s KILL "${pids[i]}"; done
} 2>/dev/null

# aside PROGRAM COMMAND...: runs it so that a signal need not wait for its end, with
# that program's part of the environment.
aside() {
  (adopt "$1" && exec "${without[@]}" setpriv --pdeathsig KILL -- "${@:2}" {stderr}>&-) &
  helper=$!
  wait -f "$helper" # and not for its being stopped
  set -- $?
  helper=''
  return "$1"
}

# ---- the run -----------------------------------------------------------------

pids=() names=() over=() pipe_fds=() kept='' loader='' loader_told=''
source_ended='' source_told='' archiver='' archived='' worst=0
# Set by make_ends.
last_ended='' last_lives='' all_ended='' all_live='' never='' ever='' complaints='' to_complain=''

# A pipe that has no name, so that no stage can block on an opening and none
# holds an end that is not its own; and no process makes it, whose end would have
# to be waited for: to bash a short text behind <<< is one.
make_pipe() { # READ-END-VARIABLE WRITE-END-VARIABLE
  local -n read_end=$1 write_end=$2
  { exec {read_end}<<<'' && [ -p "/proc/self/fd/$read_end" ] && exec {write_end}>"/proc/self/fd/$read_end"; } 2>/dev/null ||
    fail "$IO" "cannot make a pipe"
  read -r -u "$read_end"
  pipe_fds+=("$read_end" "$write_end")
}

# close_pipes KEPT...
close_pipes() {
  local fd
  for fd in "${pipe_fds[@]}"; do [[ " $* " == *" $fd "* ]] || exec {fd}>&-; done
}

# Pipes that are never written to. Each ends with those that hold it: the last
# stage, and all of them; this script holds the third.
make_ends() {
  make_pipe last_ended last_lives
  make_pipe all_ended all_live
  make_pipe never ever
  make_pipe complaints to_complain
}

# stage IN OUT PROGRAM ARGUMENT...; the descriptors ${kept} stay open in it. The
# first is the source: should this script be killed outright, it still stops in order.
stage() {
  local in=$1 out=$2 path options=("${flags[@]}") guard=()
  path=`program "$3"` || exit
  [ ${#pids[@]} -gt 0 ] || guard=(setpriv --pdeathsig TERM --)
  names+=("$3")
  (
    case $3 in
    tee) options=() ;;
    gzip | awk) options=() && exec 2>&"$to_complain" ;;
    esac
    adopt "$3"
    [ "$3" != awk ] || export gzip_to_file="$KEEP" stem part gzip run=$$
    exec <&"$in" >&"$out" {stderr}>&-
    # shellcheck disable=SC2086  # some descriptors
    close_pipes $kept "$all_live"
    exec "${without[@]}" "${guard[@]}" "$path" "${options[@]}" "${@:4}"
  ) &
  pids+=($!)
  over+=('')
}

stop_source() {
  [ -z "$source_ended$source_told" ] || return 0
  source_told=1
  kill -s TERM "${pids[0]}" 2>/dev/null
}

# tell_loader: its time of grace begins now, not when its input ends: the database
# may hang. Before it answers to signals itself, one would end it. It runs in a trap,
# where a read would take away the time limit of the read that was interrupted.
tell_loader() {
  local lines line name='' caught=0
  [ -n "$loader" ] && [ -z "$loader_told${over[loader]}" ] || return 0
  mapfile -t lines <"/proc/${pids[loader]}/status"
  for line in "${lines[@]}"; do
    case $line in Name:*) name=${line#*$'\t'} ;; SigCgt:*) caught=${line#*$'\t'} ;; esac
  done
  [ "$name" = "${names[loader]}" ] && ((16#$caught & 1 << 14)) || return 0
  kill -s TERM "${pids[loader]}" && loader_told=1
} 2>/dev/null

# worsen STATUS: makes worst the graver one.
worsen() {
  local a=${GRAVITY%% "$1" *} b=${GRAVITY%% "$worst" *}
  [ "$a" != "$GRAVITY" ] || a=''
  [ "$b" != "$GRAVITY" ] || b=''
  [ "${#a}" -gt "${#b}" ] || worst=$1
}

# ended STAGE STATUS: of those that take a stage's status for the run's. A stage
# that ends early, not just after the one before it, takes the run with it: on an
# idle queue the source might never write into the broken pipe, and so never
# learn. But the archive is no part of the guarantee: without it the run goes on.
ended() {
  local status=$2 before=0
  case ${names[$1]}:$2 in
  # Told to stop before it had set up its own answer to that: nothing was in hand.
  *:143) [ "$1" -gt 0 ] || [ -z "$source_told" ] || status=0 ;;
  # The one behind it has ended, and says why.
  gzip:141 | tee:141) status=0 ;;
  gzip:[!0]* | tee:[!0]* | awk:[!0]*) [ "$2" -eq 137 ] || status=$IO ;;
  esac
  over[$1]=1
  worsen "$status"
  [ "$status" -eq 0 ] || [ "$verbosity" -lt 1 ] || message info "${names[$1]} ended with status $status"
  [ "$1" -eq 0 ] || before=${over[$1 - 1]}
  if [ "$1" -eq 0 ]; then
    source_ended=1
  elif [ "$1" = "$archiver" ]; then
    archived=$status
    [ "$status" -eq 0 ] || message error "an archive, $stem-*-$$.ndjson.gz.part, is not complete"
  elif [ "$status" -ne 0 ] && [ -z "$before" ]; then
    stop_source
  fi
}

# collect: sees to the stages that have ended; whether all have. bash takes up the
# status of a child when it ends. To wait for one that lives is what must not be:
# a signal at the wrong moment loses the status of another, and with it the end.
collect() {
  local i left='' before status
  for i in "${!pids[@]}"; do
    [ -z "${over[i]}" ] || continue
    if kill -0 "${pids[i]}" 2>/dev/null; then
      left=1
      continue
    fi
    while before=$signals; do
      wait "${pids[i]}"
      status=$?
      [ "$signals" -ne "$before" ] || break
    done
    ended "$i" "$status"
  done
  [ -z "$left" ]
}

# relay: what others than our programs said, in the form of the messages.
relay() {
  local line who=gzip
  [ -z "$archive" ] || who=archive
  while read -r -t 0 -u "$complaints" && IFS= read -r -t 1 -u "$complaints" line; do
    [ -z "$line" ] || message warning "$who: ${line##*: }"
  done
}

# wait_all: waits for every stage; makes worst graver. A stage that is stopped is
# waited for, too. Reading, unlike wait, is ended by nothing but what it waits for;
# that it ends by itself at times is for a signal that came just before it.
wait_all() {
  local watched=$last_ended pause result
  while ! collect; do
    relay
    rotate
    [ "$signals" -eq 0 ] || tell_loader
    pause=$LOOK_AGAIN
    [ -z "$archive" ] || [ "$HOUR" -gt "$pause" ] || pause=$HOUR
    [ -n "$watched" ] || pause=0.05
    read -r -t "$pause" -u "${watched:-$never}"
    result=$?
    if [ "$result" -eq 1 ]; then
      if [ "$watched" = "$last_ended" ]; then watched=$all_ended; else watched=''; fi
    elif [ "$watched" = "$all_ended" ]; then
      stop_source # nobody reads from it any more
    fi
  done
  relay
}

# ---- the archive -------------------------------------------------------------

# A file of records, for its owner alone, that gets its name when it is complete
# and on the disk. $part is made beforehand; further ones are when there is a record.
# shellcheck disable=SC2016  # the shell's that awk starts
KEEP='part=${part:-$stem-$(date -u +%Y%m%dT%H%M%SZ)-$run.ndjson.gz.part}
umask 077 && exec >>"$part" && "$gzip" -1c && sync "$part" && mv -n "$part" "${part%.part}" && [ ! -e "$part" ]'

# Lines into files: what ends one is a line that ends in a character which no record
# has. As it may stand within a record, that one goes into the file yet.
# shellcheck disable=SC2016  # awk's
ARCHIVER='function finish() { if (open && close(file) != 0) exit bad = 1; if (open) file = "part=; " keep; open = 0 }
BEGIN { keep = ENVIRON["gzip_to_file"]; file = keep }
{ mark = index($0, "\036") }
mark { held = held substr($0, 1, mark - 1); if (held == "") finish(); else due = 1; next }
{ print held $0 | file; open = 1; held = "" }
due { finish(); due = 0 }
END { if (!bad) finish(); exit bad }'

# open_archive: a first file, before a message is received; sets stem, part, gzip and turn_at.
open_archive() {
  local place account name mask
  queue_place
  stem=$archive/$name
  gzip=`program gzip` || exit
  part=$stem-`date -u +%Y%m%dT%H%M%SZ`-$$.ndjson.gz.part
  mask=`umask`
  umask 077
  { set -C && : >"$part"; } 2>/dev/null || fail "$IO" "cannot make $part"
  set +C
  umask "$mask"
  turn_at=$((EPOCHSECONDS + HOUR))
}

# rotate: ends the file of an hour. So many marks, because awk may look at its
# input when it has 4096 bytes; written aside, because a pipe may be full.
rotate() {
  [ -n "$archiver" ] && [ -z "${over[archiver]}" ] && [ "$EPOCHSECONDS" -ge "$turn_at" ] || return 0
  turn_at=$((EPOCHSECONDS + HOUR))
  local marks
  printf -v marks '\036\n%.0s' {1..2048}
  (close_pipes && printf %s "$marks" >"/proc/${pids[archiver]}/fd/0") 2>/dev/null &
}

# close_archive: without a record its file goes.
close_archive() {
  if [ "$archived" -ne 0 ]; then
    worsen "$IO"
  elif [ ! -s "$part" ]; then
    rm -f "$part"
  fi
}

