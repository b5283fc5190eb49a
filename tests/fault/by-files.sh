#!/usr/bin/env bash
# Run the five programs one after the other, with a file between each two. Each file has room for ROOM
# KiB; with 0 it has none, as on a full disk.
#
#   by-files.sh DIR ROOM ROOM ROOM ROOM
#
# When a program takes a full disk for success, the last line on stderr says so.
set -u

# A write to a full file fails, as on a full disk.
trap '' XFSZ
dir=$1
rm -f "$dir"/{received,unwrapped,masked,verdicts}

# stage IN OUT ROOM COMMAND...
stage() {
  local in=$1 out=$2 room=$3 status to=$2
  shift 3
  : >"$out"
  [ "$room" -gt 0 ] || to=/dev/full
  (
    ulimit -f "$room"
    exec "$@" <"$in" >>"$to"
  )
  status=$?
  # Without input there is no output.
  if [ "$status" -eq 0 ] && [ -s "$in" ] && [ "$(stat -c %s "$out")" -ge $((room * 1024)) ]; then
    echo "by-files: full disk: $1 ended with 0" >&2
  fi
}

stage /dev/null "$dir/received" "$2" sqs-pull --wait 1 --empty 1 -n 60 -q
# shellcheck disable=SC2086  # options
stage "$dir/received" "$dir/unwrapped" "$3" sqs-unwrap -q ${SQS2PG_UNWRAP_OPTIONS:-}
stage "$dir/unwrapped" "$dir/masked" "$4" pii-mask -q --key-file "$SQS2PG_KEY_FILE"
# shellcheck disable=SC2086
stage "$dir/masked" "$dir/verdicts" "$5" pg-load -q --table "$SQS2PG_TABLE" $SQS2PG_LOAD_OPTIONS
# shellcheck disable=SC2086
sqs-ack -q $SQS2PG_ACK_OPTIONS <"$dir/verdicts"
