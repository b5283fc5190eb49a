#!/usr/bin/env bash
# A day in fifteen minutes: a sender, sqs2pg --follow as a unit would keep it, and Debian's node_exporter,
# Prometheus and Alertmanager with the files of share/prometheus. Faults come one after another; each has to
# raise its alert and no other, and when it is mended the alert has to go. What is counted is what arrives:
# mails, Slack's webhook, and the two others.
#
#   scripts/day.sh [--only NAME[,NAME...]] [--picture FILE] [--keep DIR]
#
#   --only NAME      these faults alone; an unknown name prints all
#   --picture FILE   draw share/grafana's dashboard of the day, as SVG (scripts/dashboard.py)
#   --keep DIR       leave configurations, logs and the time series there
#
# All times in the rules and routes are divided by 40 (tests/day/shorten.py; nothing else in them changes),
# and the clock of sqs-pull runs three times as fast (tests/lib/hasten.c), as it looks at its queues once in
# a minute and once in five. The last line is `N passed, N failed`; exit 0 only if none failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
BUILD=${BUILD:-build}
[ "${BUILD#/}" != "$BUILD" ] || BUILD=$root/$BUILD
export BUILD

case ${1:-} in
-h | --help)
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" | sed '$d'
  exit 0
  ;;
esac
"$here/deps.sh" build run day
make -s -C "$root" -j "$(nproc)" BUILD="$BUILD" all
"$here/servers.sh" run python3 -B "$root/tests/day/day.py" "$@"
