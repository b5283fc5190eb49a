#!/usr/bin/env bash
# The masked records of a run in compressed files, a new one each hour. Sourced by
# scripts/pipeline.sh; uses its messages, queue_place() and the table of stages.
#
#   open_archive DIR        before a message is received; the last stage is then
#   archive_trial           before a renewal
#   archive_stage IN OUT    which writes the files
#   rotate                  each time the stages are checked
#   close_archive           after the last stage has ended

# For the backquotes see pipeline.sh.
# shellcheck disable=SC2006,SC2034,SC2154 # what the files share
:

HOUR=3570 # seconds for one file, checked every ten

# stem: the names up to the time; part: the first file; gzip: the path of the program; turn_at: when
# the next file begins, in seconds since 1970; stage: the number of the writing stage; failed:
# whether one failed in this run.
declare -A archive=()

# A file of records that only its owner may read. It gets its name when it is complete and synced,
# and the folder is synced before the stage ends. Some file systems cannot sync a folder alone: then
# the whole file system is synced. A file whose awk was killed keeps .part. $part is created
# beforehand, later files with their first record.
# shellcheck disable=SC2016  # the shell's that awk starts
KEEP='part=${part:-$stem-$(date -u +%Y%m%dT%H%M%SZ)-$run.ndjson.gz.part}
umask 077 && exec >>"$part" && "$gzip" -1c && [ -e "/proc/$PPID/exe" ] && sync "$part" && mv -n "$part" "${part%.part}" && [ ! -e "$part" ] &&
{ sync "${part%/*}/" 2>/dev/null || sync -f "${part%.part}"; }'

# Lines into files. A line that ends in a character which no record holds ends the file. That
# character may come inside a record: then the record still goes into the old file. The last line
# waits for the next one: a killed writer may have cut it off, and then it is dropped.
# shellcheck disable=SC2016  # awk's
ARCHIVER='function keep_last() { if (waiting) { print last | file; open = 1 } waiting = 0 }
function finish() { keep_last(); if (open && close(file) != 0) exit bad = 1; if (open) file = "part=; " keep; open = 0 }
function whole(text) {
  gsub(/\\./, "", text); gsub(/"[^"]*"/, "", text)
  return text !~ /["\\]/ && gsub(/[{[]/, "", text) == gsub(/[]}]/, "", text)
}
BEGIN { keep = ENVIRON["gzip_to_file"]; file = keep }
{ mark = index($0, "\036") }
mark { held = held substr($0, 1, mark - 1); if (held == "") finish(); else due = 1; next }
{ keep_last(); last = held $0; waiting = 1; held = "" }
due && whole(last) { finish(); due = 0 }
END {
  if (!bad && held != "") { keep_last(); last = held; waiting = 1 }
  if (!bad) { if (waiting && !whole(last)) waiting = 0; finish() }
  exit bad
}'

# archive_trial: before a renewal, return 0 when a file could be created, else a status, after its
# message.
archive_trial() {
  local folder=${option[archive]:-}
  [ -n "$folder" ] && [ ! -w "$folder/" ] || return 0
  message error "cannot make a file in $folder"
  return "$IO"
}

# open_archive DIR: create the first file, before a message is received.
open_archive() {
  local place account name mask whole
  queue_place place account name
  # No program takes the names for options.
  [[ $1 != -* ]] || set -- "./$1"
  archive[stem]=$1/$name
  archive[gzip]=`program gzip` || exit
  # A renewed pipeline within the same second uses the next second.
  while
    archive[part]=${archive[stem]}-`date -u +%Y%m%dT%H%M%SZ`-$$.ndjson.gz.part
    whole=${archive[part]%.part}
    [ -e "$whole" ]
  do sleep 0.1; done
  mask=`umask`
  umask 077
  { set -C && : >"${archive[part]}"; } 2>/dev/null || fail "$IO" "cannot make ${archive[part]}"
  set +C
  umask "$mask"
  archive[turn_at]=$((EPOCHSECONDS + HOUR))
}

# archive_stage IN OUT. Without -W interactive, mawk of Debian 13 reads its input only when there
# are 256 KiB.
archive_stage() {
  local path at_once=()
  path=`program awk` || exit
  case `readlink -f "$path"` in */mawk) at_once=(-W interactive) ;; esac
  archive[stage]=${#pids[@]}
  stage "$1" "$2" '' awk "${at_once[@]}" "$ARCHIVER"
}

# archive_environment: called in the shell that becomes awk.
archive_environment() {
  export LC_ALL=C gzip_to_file="$KEEP" stem="${archive[stem]}" part="${archive[part]}" gzip="${archive[gzip]}" run=$$
}

# rotate: end the file of an hour. Many marks, because other versions of awk read their input when
# there are 4096 bytes; written in the background, because the pipe may be full.
rotate() {
  local number=${archive[stage]:-} marks
  [ -n "$number" ] && [ -z "${statuses[number]}" ] && [ "$EPOCHSECONDS" -ge "${archive[turn_at]}" ] || return 0
  archive[turn_at]=$((EPOCHSECONDS + HOUR))
  printf -v marks '\036\n%.0s' {1..2048}
  (close_pipes && printf %s "$marks" >"/proc/${pids[number]}/fd/0") 2>/dev/null &
}

# close_archive: remove a file without records.
close_archive() {
  local number=${archive[stage]}
  if [ "${statuses[number]}" -ne 0 ]; then
    archive[failed]=1
  elif [ ! -s "${archive[part]}" ]; then
    rm -f "${archive[part]}"
  fi
}
