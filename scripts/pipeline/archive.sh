#!/usr/bin/env bash
# The masked records of a run in files, compressed, a new one each hour. Sourced by
# scripts/pipeline.sh; uses its messages, queue_place() and the table of its stages.
#
#   open_archive DIR        before a message is received; then the last stage is
#   archive_stage IN OUT    which writes the files
#   rotate                  as often as is looked
#   close_archive           after the last stage has ended

# Backquotes: see there.
# shellcheck disable=SC2006,SC2034,SC2154 # what the files share
:

HOUR=3570 # seconds that a file is written to, when that is looked at every ten

# stem, of the names; part, the first of the files; gzip, the program; turn_at, the end of the
# hour in seconds of the epoch; stage, the number of the one that writes.
declare -A archive=()

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

# open_archive DIR: a first file, before a message is received.
open_archive() {
  local place account name mask whole
  queue_place place account name
  archive[stem]=$1/$name
  archive[gzip]=`program gzip` || exit
  # Of a line that takes the place of another within its second, in the next one.
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

# archive_stage IN OUT. mawk, as Debian 13 has it, looks at its input when it has 256 KiB of it, if it
# is not told to take lines as they come.
archive_stage() {
  local path at_once=()
  path=`program awk` || exit
  case `readlink -f "$path"` in */mawk) at_once=(-W interactive) ;; esac
  archive[stage]=${#pids[@]}
  stage "$1" "$2" '' awk "${at_once[@]}" "$ARCHIVER"
}

# archive_environment: in the shell that is to become awk.
archive_environment() {
  export gzip_to_file="$KEEP" stem="${archive[stem]}" part="${archive[part]}" gzip="${archive[gzip]}" run=$$
}

# rotate: ends the file of an hour. So many marks, because another awk may look at
# its input when it has 4096 bytes; written aside, because a pipe may be full.
rotate() {
  local number=${archive[stage]:-} marks
  [ -n "$number" ] && [ -z "${statuses[number]}" ] && [ "$EPOCHSECONDS" -ge "${archive[turn_at]}" ] || return 0
  archive[turn_at]=$((EPOCHSECONDS + HOUR))
  printf -v marks '\036\n%.0s' {1..2048}
  (close_pipes && printf %s "$marks" >"/proc/${pids[number]}/fd/0") 2>/dev/null &
}

# close_archive: without a record its file goes.
close_archive() {
  local number=${archive[stage]}
  if [ "${statuses[number]}" -ne 0 ]; then
    worsen "$IO"
  elif [ ! -s "${archive[part]}" ]; then
    rm -f "${archive[part]}"
  fi
}
