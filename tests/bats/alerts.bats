#!/usr/bin/env bats
# share/prometheus, share/grafana and share/cloudwatch: correct rules, routes, queries and files, on
# metrics that the programs write.

load ../lib/common
load ../lib/sqs

setup() {
  common_setup
  PROMETHEUS=$ROOT/share/prometheus
}

teardown() { sqs_teardown; }

# named FILE: print the metrics that it names, outside its comments.
named() { grep -v '^ *#' "$1" | grep -oE '\bsqs2pg_[a-z0-9_]+' | sort -u; }

# told FILE...: print the errors of each alert: severity, summary, description, and its section in
# the runbook.
told() {
  awk '
    function judge() {
      if (name == "") return
      if (text !~ /severity: (critical|warning|none)/) print name ": no severity"
      if (text !~ /summary: /) print name ": no summary"
      if (text !~ /description: .*Type first.*: *sqs2pg-status /) print name ": does not say what to type first"
      if (index(text, "runbook_url: \047docs/operating.md#" tolower(name) "\047") == 0) print name ": no runbook"
    }
    $1 == "-" { judge(); name = "" }
    $2 == "alert:" { name = $3; text = "" }
    { text = text " " $0 }
    END { judge() }' "$@"
}

@test "each fault raises exactly its alert, which ends with it" {
  cp "$PROMETHEUS"/*.yml .
  promtool check rules sqs2pg.rules.yml
  promtool check config prometheus.yml
  promtool test rules sqs2pg.test.yml
  [ "$(told sqs2pg.rules.yml)" = '' ]
  # Each of the alerts is in the table and in the runbook.
  sed -n 's/.*- alert: //p' sqs2pg.rules.yml | sort >raised
  [ "$(wc -l <raised)" -eq 10 ]
  sed -n 's/^## \(Sqs2pg[A-Za-z]*\)$/\1/p' "$ROOT/docs/operating.md" | sort | diff raised -
  sed -n 's/.*labels: .{alertname="\([A-Za-z0-9]*\)"}.*/\1/p' sqs2pg.test.yml | sort -u | diff raised -
  # Every recorded series is used.
  grep -oE 'sqs2pg:[a-z0-9_:]+' sqs2pg.rules.yml | sort -u >recorded
  sed -n 's/.*- record: //p' sqs2pg.rules.yml | sort | diff - recorded
  # An alert that does not come, one that stays, one too many, and a changed text.
  sed 's/_age_seconds) > 1800/&0/; s/lapsed_total.15m./lapsed_total[5h]/; s/{code!="throttled"}//; s/no batch was/a batch was/' \
    "$PROMETHEUS/sqs2pg.rules.yml" >sqs2pg.rules.yml
  run -1 promtool test rules sqs2pg.test.yml
  for wrong in 'time: 11h59m,' 'time: 15h59m,' 'time: 1h59m,' 'a batch was'; do [[ $output == *"$wrong"* ]]; done
  sed 's/Type first: /See /; s/#sqs2pgfaults/#faults/' "$PROMETHEUS/sqs2pg.rules.yml" >wrong
  told wrong >wrongs
  [ "$(grep -c 'type first' wrongs)" -ge 5 ]
  grep -qx 'Sqs2pgFaults: no runbook' wrongs
}

@test "Alertmanager: mail for every alert, a page for urgent ones, a separate route for the dead man's switch" {
  cp "$PROMETHEUS/alertmanager.yml" .
  amtool check-config alertmanager.yml
  local route
  for route in 'dead-man Sqs2pgDeadMan none' 'on-call Sqs2pgStalled critical' 'mail Sqs2pgFaults warning'; do
    read -r receiver alert severity <<<"$route"
    amtool config routes test --config.file=alertmanager.yml --verify.receivers="$receiver" \
      "alertname=$alert" "severity=$severity" queue=logins
    grep -A9 -- "- alert: $alert\$" "$PROMETHEUS/sqs2pg.rules.yml" | grep -qx " *severity: $severity"
  done
  run -1 amtool config routes test --config.file=alertmanager.yml --verify.receivers=mail alertname=Sqs2pgDeadMan
  sed -i 's/receiver: dead-man/receiver: dead/' alertmanager.yml
  run -1 amtool check-config alertmanager.yml
}

@test "rules, dashboard and agent name existing metrics, labels and files" {
  local dead file
  dead=$(servers_queue "$(unique)")
  fresh_queue VisibilityTimeout=30 \
    "RedrivePolicy={\"deadLetterTargetArn\":\"arn:aws:sqs:elasticmq:000000000000:${dead##*/}\",\"maxReceiveCount\":\"5\"}"
  fresh_database
  create_user_logins
  key k
  head -n 5 "$SAMPLE" | sqs-send -q
  copy_sqs2pg bin
  mkdir figures
  SQS2PG_TABLE=user_logins SQS2PG_KEY_FILE=k SQS2PG_LOCK_DIR=$PWD SQS2PG_PULL_OPTIONS='--wait 1' \
    SQS2PG_METRICS_DIR=$PWD/figures "$SQS2PG" -v --log json 2>log
  cat figures/*.prom >prom
  sed -n 's/^\(sqs2pg_[a-z_]*\){.*/\1/p' prom | sort -u >known
  grep -oE '[{,][a-z]+="' prom | tr -d '{,="' | sort -u >labels
  [ "$(wc -l <known)" -ge 50 ]
  for file in prometheus/sqs2pg.rules.yml prometheus/sqs2pg.test.yml grafana/sqs2pg.json cloudwatch/agent.json; do
    named "$ROOT/share/$file" >names
    [ "$(wc -l <names)" -ge 10 ]
    echo "$file: $(comm -23 names known | xargs)"
    [ "$(comm -23 names known)" = '' ]
  done
  sed 's/sqs2pg_faults_total/sqs2pg_fault_total/' "$ROOT/share/grafana/sqs2pg.json" >wrong
  [ "$(named wrong | comm -23 - known)" = sqs2pg_fault_total ]

  # Every query is valid, and groups by existing labels.
  queries() {
    jq '{groups: [{name: "x", rules: [[.. | .expr? // empty] | to_entries[] |
      {record: "x:\(.key)", expr: (.value | gsub("\\$__rate_interval"; "5m"))}]}]}' "$1"
  }
  queries "$ROOT/share/grafana/sqs2pg.json" >queries.json
  [ "$(jq '.groups[0].rules | length' queries.json)" -ge 40 ]
  promtool check rules queries.json
  jq -r '.. | .expr? // empty' queries.json | grep -oE '(by|on) \([a-z, ]+\)' | grep -oE '\([a-z, ]+' |
    tr -d '( ' | tr ',' '\n' | sort -u >grouped
  grep -qx path grouped
  [ "$(comm -23 grouped labels)" = '' ]
  # Each panel has its own place, and its queries.
  jq -e '[.panels[].gridPos | .x + .w <= 24] | all' "$ROOT/share/grafana/sqs2pg.json"
  jq -e '[.panels[] | .id] | length == (unique | length)' "$ROOT/share/grafana/sqs2pg.json"
  jq -e '[.panels[] | select(.type != "row") | .targets | length > 0] | all' "$ROOT/share/grafana/sqs2pg.json"

  # The files of the agent: what it scrapes, and the log, with its times, under the unit.
  cd "$ROOT/share/cloudwatch"
  jq -r '.. | .dimensions? // empty | flatten[]' agent.json | sort -u | comm -23 - "$OLDPWD/labels" | diff /dev/null -
  scraped=$(jq -r .logs.metrics_collected.prometheus.prometheus_config_path agent.json)
  grep -qF "$scraped" "${scraped##*/}"
  promtool check config "${scraped##*/}"
  logs=$(jq -r '.logs.logs_collected.files.collect_list[].file_path' agent.json)
  said=$(sed -n 's/^StandardError=append://p' log.conf)
  # shellcheck disable=SC2053  # a pattern
  [[ ${said/\%i/logins} == $logs ]]
  form=$(jq -r '.logs.logs_collected.files.collect_list[].timestamp_format' agent.json)
  cd "$OLDPWD"
  [ "$(wc -l <log)" -ge 5 ]
  python3 -c 'import datetime, json, sys
for line in open("log"):
    datetime.datetime.strptime(json.loads(line)["time"], sys.argv[1])' "$form"
  mkdir sqs2pg@x.service.d
  sed "s|/usr/local/bin/|$PWD/bin/|" "$ROOT/deploy/systemd/sqs2pg@.service" | grep -v '^OnFailure=' >sqs2pg@x.service
  verified() { sed "s|/usr/local/bin/|$PWD/bin/|; $1" "$ROOT/share/cloudwatch/log.conf" >sqs2pg@x.service.d/log.conf &&
    systemd-analyze verify --man=no ./sqs2pg@x.service 2>&1; }
  [ "$(verified '')" = '' ]
  [[ $(verified s/StandardError/StandardErr/) == *StandardErr* ]]
}
