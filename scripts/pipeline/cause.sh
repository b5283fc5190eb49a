#!/usr/bin/env bash
# Which status the run of scripts/pipeline.sh ends with, and which program caused it. Sourced by it;
# reads the table of stages (stages.sh).
#
#   graver STATUS OTHER    whether it is as grave, or graver
#   worsen STATUS          set worst to the graver one
#   tell_cause             after a failed run, name the program that caused it

# For the backquotes see pipeline.sh.
# shellcheck disable=SC2006,SC2034,SC2154 # what the files share
:

# Gravest first. A status that ends a supervisor's retries ranks above one that invites a retry
# (75). That ranks above a broken pipe (74), which is only its consequence in the stages before. A
# status that is not listed (a signal, a program that cannot run, 70) is the gravest.
GRAVITY=' 64 78 77 69 65 75 74 1 0 '

# The gravest of all pipelines of the run.
worst=0

# graver STATUS OTHER: return 0 when it is as grave as the other, or graver.
graver() {
  local a=${GRAVITY%% "$1" *} b=${GRAVITY%% "$2" *}
  [ "$a" != "$GRAVITY" ] || a=''
  [ "$b" != "$GRAVITY" ] || b=''
  [ "${#a}" -le "${#b}" ]
}

# worsen STATUS: set worst to the graver one.
worsen() { ! graver "$1" "$worst" || worst=$1; }

# meaning RESULT STATUS: set it to what a status means, as in sqs2pg(7).
meaning() {
  local -n its_meaning=$1
  case $2 in
  64) its_meaning='its command line is wrong' ;;
  65) its_meaning='too much was refused, or the input is unusable' ;;
  69) its_meaning='refused for good' ;;
  70) its_meaning='an internal error, or out of memory' ;;
  74) its_meaning='input or output failed' ;;
  75) its_meaning='a temporary failure outlasted the retries' ;;
  77) its_meaning='a file that others may read or write' ;;
  78) its_meaning='a key, policy, map or settings file is wrong' ;;
  *) its_meaning='not a status of these programs' ;;
  esac
}

# tell_cause: after a failed run, name the program that caused it, and those that ended because of
# it. Of several, name the gravest; of equally grave ones the last, as a broken pipe propagates from
# the end of the pipeline to its beginning.
tell_cause() {
  local i cause='' others='' status words signal
  [ ${#signals[@]} -le 1 ] || return 0
  for i in "${!names[@]}"; do
    case ${names[i]}:${statuses[i]} in
    tee:137) ;; # killed from outside, it is the cause
    *:0 | *:1 | gzip:* | tee:* | awk:* | grep:*) continue ;;
    esac
    [ -n "$cause" ] && ! graver "${statuses[i]}" "${statuses[cause]}" || cause=$i
  done
  [ -n "$cause" ] || return 0
  for i in "${!names[@]}"; do
    case $((i < cause)):${names[i]}:${statuses[i]} in 1:[ps]*:74) others+=${others:+, }${names[i]} ;; esac
  done
  status=${statuses[cause]}
  if [ "$status" -gt 128 ] && signal=`kill -l "$status" 2>/dev/null`; then
    words="was ended by signal $((status - 128)), $signal"
  else
    meaning words "$status"
    words="ended with status $status: $words"
  fi
  message error "${names[cause]} $words${others:+; ended because of it: $others}"
  [ "$status" -ne 137 ] || message hint "the kernel kills processes when memory is short; see its log"
}
