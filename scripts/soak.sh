#!/usr/bin/env bash
# Run sqs2pg --follow over a million messages, on servers of its own. It prints a table of the
# memory and descriptors of its programs, the ledger and the WAL, and judges each as flat or not
# (see bench/soak.py).
#
#   scripts/soak.sh [--messages N] [--rate R] [--every SECONDS] [--plot FILE.svg]
#
#   --messages N   number of messages (1000000);
#   --rate R       messages per second; without it all are there at the start;
#   --every S      seconds between two samples (0.5);
#   --plot FILE    draw the samples; bench/plots/soak.svg shows a million messages
#
# The messages come from the load server of bench/README.md. Exit 0 only if all is flat.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
BUILD=${BUILD:-build}
[ "${BUILD#/}" != "$BUILD" ] || BUILD=$root/$BUILD

case ${1:-} in
-h | --help)
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
  ;;
esac
"$here/deps.sh" build run soak
make -s -C "$root" -j "$(nproc)" BUILD="$BUILD" all

# shellcheck source=scripts/servers.sh
. "$here/servers.sh"
servers_begin
trap servers_stop EXIT
servers_postgres_start
export PATH=$BUILD/bin:$PATH
python3 -B "$root/bench/soak.py" --bin "$BUILD/bin" --pipeline "$here/pipeline.sh" --work "$SERVERS_DIR/soak" "$@"
