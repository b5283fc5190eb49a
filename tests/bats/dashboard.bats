#!/usr/bin/env bats
# What scripts/day.sh and the picture of the dashboard are made with: times that are divided, and queries drawn.

load ../lib/common

setup() { common_setup; }
teardown() { common_teardown; }

# titles: of the dashboard's panels.
titles() { jq -r '.panels[].title' "$ROOT/share/grafana/sqs2pg.json"; }

# has_titles FILE
has_titles() {
  local title
  while read -r title; do
    grep -qE "[> ]$title<" "$1" || { echo "no $title" && return 1; }
  done < <(titles)
}

@test "the day's rules and routes are those that ship, but for their times" {
  local file times=0
  shorter() { "$ROOT/tests/day/shorten.py" "$1"; }
  for file in sqs2pg.rules.yml prometheus.yml alertmanager.yml; do
    shorter 40 <"$ROOT/share/prometheus/$file" >"$file"
    # Without numbers that are followed by a unit, or that end a comparison, nothing differs.
    blank() {
      grep -v '^ *#' "$1" |
        sed -E 's/\b[0-9]+(ms|s|m|h|d)\b/T/g; s/([<>] )([3-9][0-9]{2}|[0-9]{4,}|22[.]5|45)$/\1T/'
    }
    diff <(blank "$ROOT/share/prometheus/$file") <(blank "$file")
    times=$((times + $(diff "$ROOT/share/prometheus/$file" "$file" | grep -c '^>')))
  done
  [ "$times" -ge 25 ]
  promtool check rules sqs2pg.rules.yml
  # Nothing is forgotten: no time of a minute and more is left but what is said to people.
  run -1 grep -nE '(\[|offset |: )[0-9]+[mhd](\]|$)|[<>] (900|1800)$' sqs2pg.rules.yml prometheus.yml alertmanager.yml
  [ "$(shorter 2 <<<'  expr: x[10m] offset 2h > 900')" = '  expr: x[300000ms] offset 3600000ms > 450' ]
  [ "$(shorter 2 <<<'  # for: 10m')" = '  # for: 10m' ]
}

@test "the picture of the dashboard has every panel, from the panel's own queries" {
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
  # A counter that grows by three in each minute.
  grep -qF '>0.05/s<' x.svg
  run -1 grep -F '>logins delayed<' x.svg
}

@test "the page has the dashboard's picture, of the panels that there are, and not too large" {
  local picture=$ROOT/docs/dashboard.svg
  grep -qF '](dashboard.svg)' "$ROOT/docs/operating.md"
  has_titles "$picture"
  [ "$(stat -c %s "$picture")" -lt 200000 ]
  # It is of the day: alerts came, and something stands in each panel that is about them.
  [ "$(grep -c 'stroke-dasharray' "$picture")" -ge 50 ]
  for words in 'logins committed' 'logins pg-load map' 'logins .ip' 'logins dead letters' 'logins met a fault'; do
    grep -qF ">$words<" "$picture"
  done
}
