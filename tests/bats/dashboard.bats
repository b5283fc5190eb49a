#!/usr/bin/env bats
# The tools of scripts/day.sh and of the picture of the dashboard: they shorten times and draw
# queries.

load ../lib/common

setup() { common_setup; }
teardown() { common_teardown; }

# titles: print the titles of the panels of the dashboard.
titles() { jq -r '.panels[].title' "$ROOT/share/grafana/sqs2pg.json"; }

# has_titles FILE: check that it has all of them.
has_titles() {
  local title
  while read -r title; do
    grep -qE "[> ]$title<" "$1" || { echo "no $title" && return 1; }
  done < <(titles)
}

@test "the rules and routes of the day test differ from the shipped ones only in their times" {
  local file times=0
  shorter() { "$ROOT/tests/day/shorten.py" "$1"; }
  for file in sqs2pg.rules.yml prometheus.yml alertmanager.yml; do
    shorter 40 <"$ROOT/share/prometheus/$file" >"$file"
    # Without numbers before a unit or at the end of a comparison, nothing differs.
    blank() {
      grep -v '^ *#' "$1" |
        sed -E 's/\b[0-9]+(ms|s|m|h|d)\b/T/g; s/([<>] )([3-9][0-9]{2}|[0-9]{4,}|22[.]5|45)$/\1T/'
    }
    diff <(blank "$ROOT/share/prometheus/$file") <(blank "$file")
    times=$((times + $(diff "$ROOT/share/prometheus/$file" "$file" | grep -c '^>')))
  done
  [ "$times" -ge 25 ]
  promtool check rules sqs2pg.rules.yml
  # Complete: no time of a minute or more is left, except in texts.
  run -1 grep -nE '(\[|offset |: )[0-9]+[mhd](\]|$)|[<>] (900|1800)$' sqs2pg.rules.yml prometheus.yml alertmanager.yml
  [ "$(shorter 2 <<<'  expr: x[10m] offset 2h > 900')" = '  expr: x[300000ms] offset 3600000ms > 450' ]
  [ "$(shorter 2 <<<'  # for: 10m')" = '  # for: 10m' ]
}

@test "the picture of the dashboard has every panel, drawn from its own queries" {
  # Two hours of a queue, and a Prometheus over them.
  awk -v now="$(date +%s)" 'BEGIN {
    split("sqs2pg_queue_messages sqs2pg_dead_letters sqs2pg_records_committed_total", names)
    for (n = 1; n in names; n++) {
      print "# TYPE " names[n] " gauge"
      for (at = now - 7200; at <= now; at += 10)
        printf "%s{program=\"x\",queue=\"logins\"} %.1f %d\n", names[n], (at - now + 7200) * n / 60, at
    }
    print "# EOF" }' >figures
  promtool tsdb create-blocks-from openmetrics figures data >blocks
  echo '{}' >none.yml
  port=$(servers_free_port)
  prometheus --config.file=none.yml --storage.tsdb.path=data --web.listen-address="127.0.0.1:$port" 2>log 3>&- 4>&- &
  echo $! >pid
  eventually 60 curl -fs --noproxy '*' "http://127.0.0.1:$port/-/ready"
  "$ROOT/scripts/dashboard.py" "http://127.0.0.1:$port" "$(date -d '-1 hour' +%s)" "$(date +%s)" x.svg
  python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' x.svg
  has_titles x.svg
  for words in 'logins to be received' 'logins dead letters' 'logins committed'; do grep -qF ">$words<" x.svg; done
  # A counter that grows by three each minute.
  grep -qF '>0.05/s<' x.svg
  run -1 grep -F '>logins delayed<' x.svg
}

@test "the page has the picture of the dashboard, with the present panels, and not too large" {
  local picture=$ROOT/docs/dashboard.svg
  grep -qF '](dashboard.svg)' "$ROOT/docs/operating.md"
  has_titles "$picture"
  [ "$(stat -c %s "$picture")" -lt 200000 ]
  # It shows the day test: alerts fired, and each panel about them has data.
  [ "$(grep -c 'stroke-dasharray' "$picture")" -ge 50 ]
  for words in 'logins committed' 'logins pg-load map' 'logins .ip' 'logins dead letters' 'logins met a fault'; do
    grep -qF ">$words<" "$picture"
  done
}
