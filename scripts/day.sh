#!/usr/bin/env bash
# Run a day in fifteen minutes: a sender, sqs2pg --follow in its unit's form, and Debian's node_exporter,
# Prometheus and Alertmanager with the files of share/prometheus. Faults come one after another. Each must
# raise its alert and no other, and the alert must end when the fault is repaired. The test counts received
# notifications: mails, Slack's webhook, and the two others.
#
#   scripts/day.sh [--only NAME[,NAME...]] [--picture FILE] [--keep DIR]
#
#   --only NAME      only these faults; an unknown name prints all;
#   --picture FILE   draw share/grafana's dashboard of the day, as SVG (scripts/dashboard.py);
#   --keep DIR       leave configurations, logs and the time series in DIR
#
# tests/day/shorten.py divides all times in the rules and routes by 40, and changes nothing else in them.
# The clock of sqs-pull runs three times as fast (tests/lib/hasten.c), because it looks at its queues once a
# minute and once in five minutes. The last line is `N passed, N failed`. Exit 0 only if none failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
BUILD=${BUILD:-build}
[ "${BUILD#/}" != "$BUILD" ] || BUILD=$root/$BUILD
export BUILD

case ${1:-} in
-h | --help)
  sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
  ;;
esac
"$here/deps.sh" build run day
make -s -C "$root" -j "$(nproc)" BUILD="$BUILD" all
"$here/servers.sh" run python3 -B "$root/tests/day/day.py" "$@"
