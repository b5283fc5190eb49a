#!/usr/bin/env bash
# The metrics files in SQS2PG_METRICS_DIR: QUEUE-STAGE.prom, where STAGE is a program. Sourced by
# scripts/pipeline.sh; uses its messages and settings, and queue_place().
#
#   metrics_queue RESULT                set the queue's name, as allowed in a file name
#   metrics_options RESULT STAGE        add the option for its file to a stage's options
#   metric RESULT FILE NAME             set the value of sqs2pg_NAME in the file; empty if missing
#   metrics_file RESULT STAGE SETTING   set the file that a stage with these options writes
#   metrics_trial                       0 when every stage could write its file
#   metrics_health RESULT AGE_MS        0 when the queue is served; RESULT gives the reason

# For the backquotes see pipeline.sh.
# shellcheck disable=SC2034,SC2154 # what the files share
:

AHEAD=60000 # ms that a time may be ahead of the clock

metrics_queue() {
  local -n its_queue=$1
  local place_of_it account_of_it name_of_it
  queue_place place_of_it account_of_it name_of_it
  its_queue=${name_of_it//[!A-Za-z0-9_.-]/_}
}

# metrics_folder: return 0 when files can be made in the folder, else a status, after its message.
metrics_folder() {
  local dir=${settings[SQS2PG_METRICS_DIR]}
  { [ ! -d "$dir" ] || [ ! -w "$dir" ]; } || return 0
  message error "cannot write into the folder $dir of SQS2PG_METRICS_DIR"
  return "$IO"
}

# metrics_options RESULT STAGE: a file that the settings name for the stage comes first.
metrics_options() {
  local -n its_options=$1
  local dir=${settings[SQS2PG_METRICS_DIR]:-} queue
  [ -n "$dir" ] && [[ " ${its_options[*]}" != *' --metrics-file'* ]] || return 0
  metrics_folder || exit
  metrics_queue queue
  its_options+=(--metrics-file "$dir/$queue-$2.prom")
  # The programs that use SQS label their metrics with the queue themselves.
  uses_aws "$2" || [[ " ${its_options[*]}" == *' --metrics-label'* ]] || its_options+=(--metrics-label "queue=$queue")
}

# metrics_file RESULT STAGE SETTING: leave it empty when the stage has none.
metrics_file() {
  local -n its_file=$1
  local options_of_it queue_of_it
  words options_of_it "$3"
  value_of its_file --metrics-file "${options_of_it[@]}"
  [ -z "$its_file" ] && [ -n "${settings[SQS2PG_METRICS_DIR]:-}" ] || return 0
  metrics_queue queue_of_it
  its_file=${settings[SQS2PG_METRICS_DIR]}/$queue_of_it-$2.prom
}

# metrics_trial: return 0 when every stage could write its file, as far as that shows without
# writing one; else a status, after its message.
metrics_trial() {
  local stage file folder
  [ -z "${settings[SQS2PG_METRICS_DIR]:-}" ] || metrics_folder || return
  for stage in sqs-pull:PULL sqs-unwrap:UNWRAP pii-mask:MASK pg-load:LOAD sqs-ack:ACK; do
    metrics_file file "${stage%:*}" "SQS2PG_${stage#*:}_OPTIONS"
    [ -n "$file" ] || continue
    folder=.
    [[ $file != */* ]] || folder=${file%/*}/
    # A lock file that another user left is not readable.
    if [ ! -w "$folder" ] || [ -L "$file" ] || [ -e "$file" ] && [ ! -f "$file" ] ||
      [ -e "$file.lock" ] && [ ! -r "$file.lock" ]; then
      message error "cannot write $file, the metrics file of ${stage%:*}"
      return "$IO"
    fi
  done
}

# metric RESULT FILE NAME
metric() {
  local -n its_value=$1
  local lines line
  its_value=''
  [ -f "$2" ] && [ -r "$2" ] || return 0
  mapfile -t lines <"$2"
  for line in "${lines[@]}"; do
    [[ $line != "sqs2pg_$3{"* ]] || its_value=${line##* }
  done
  [[ $its_value =~ ^[0-9]{1,15}([.][0-9]{3})?$ ]] || its_value=''
}

# metric_ms RESULT FILE NAME: the same for a time, in milliseconds; 0 if missing.
metric_ms() {
  local -n its_ms=$1
  local text
  metric text "$2" "$3"
  text=${text:-0}
  its_ms=$((10#${text%.*} * 1000))
  [[ $text != *.* ]] || its_ms=$((its_ms + 10#${text#*.}))
}

# ago RESULT MS: set it to words.
ago() {
  local -n its_words=$1
  local seconds=$(($2 / 1000))
  if [ "$seconds" -lt 120 ]; then
    its_words="$seconds s"
  elif [ "$seconds" -lt 7200 ]; then
    its_words="$((seconds / 60)) min"
  elif [ "$seconds" -lt 172800 ]; then
    its_words="$((seconds / 3600)) h"
  else
    its_words="$((seconds / 86400)) d"
  fi
}

# metrics_health RESULT AGE_MS
metrics_health() {
  local -n its_why=$1
  local now=$((${EPOCHREALTIME/[.,]/} / 1000)) pull load queue commit idle grown since ahead
  metrics_file pull sqs-pull SQS2PG_PULL_OPTIONS
  metrics_file load pg-load SQS2PG_LOAD_OPTIONS
  if [ ! -r "$pull" ] && [ ! -r "$load" ]; then
    metrics_queue queue
    its_why="no metrics files of the queue $queue in ${settings[SQS2PG_METRICS_DIR]}"
    return 1
  fi
  metric_ms commit "$load" last_success_timestamp_seconds
  metric_ms idle "$pull" last_idle_timestamp_seconds
  metric_ms grown "$pull" dead_letters_grown_timestamp_seconds
  ahead=$((now + AHEAD))
  if [ "$commit" -gt "$ahead" ] || [ "$idle" -gt "$ahead" ] || [ "$grown" -gt "$ahead" ]; then
    its_why='a time in the metrics files is in the future: the clock was wrong; remove the files'
    return 1
  fi
  if [ "$grown" -gt 0 ] && [ $((now - grown)) -lt "$2" ]; then
    ago since $((now - grown))
    its_why="the dead-letter queue grew $since ago"
    return 1
  fi
  if [ "$commit" -eq 0 ] && [ "$idle" -eq 0 ]; then
    its_why='no commit and no empty receive so far'
    return 1
  elif [ "$commit" -ge "$idle" ]; then
    ago since $((now - commit))
    its_why="a batch was committed $since ago"
  else
    ago since $((now - idle))
    its_why="a receive found the queue empty $since ago"
    commit=$idle
  fi
  [ $((now - commit)) -ge "$2" ] || return 0
  its_why="no commit and no empty receive within the time; last: $its_why"
  return 1
}
