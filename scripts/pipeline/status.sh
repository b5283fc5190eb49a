#!/usr/bin/env bash
# sqs2pg-status: scripts/pipeline.sh under this name. It reads settings in the same way and gives
# each program its own part. Sourced by pipeline.sh; status_usage() is its manual.
#
#   status_main "$@"    the whole program

# For the backquotes see pipeline.sh.
# shellcheck disable=SC2006,SC2034,SC2154 # what the files share
:

USUAL_AGE=900000 # ms: what --health asks about, on the screen
RECENT=120 # s: how long a metrics file tells of the present
ANSWER_TIME=15   # seconds for all requests of a program: a silent server is no failure to retry

status_usage() {
  cat 2>/dev/null <<'USAGE'
usage: sqs2pg-status [-qv] [--json | --health AGE] [--log text|json] [-c FILE]

Show the state of a pipeline: the queue and its dead-letter queue, the table, quarantined records,
the ledger, the keys, and whether it is healthy. No value of a record is printed.

  -c, --config FILE    settings, lines of NAME=VALUE
      --json           one line of JSON
      --health AGE     print nothing, send no request, and exit 0 when, according to the metrics
                       files, a batch was committed or the queue was empty within AGE, and the
                       dead-letter queue did not grow; else print the reason and exit 1
      --log text|json  format of messages [default text]
  -q, --quiet          only errors
  -v, --verbose        say more
  -h, --help           print this help
  -V, --version        print the version

The settings are those of sqs2pg, from the file or else from the environment;
--health needs SQS2PG_METRICS_DIR.
USAGE
}

# status_options "$@": set option; end the script for --help, --version and mistakes.
status_options() {
  local argument letter
  local -A long=([q]=--quiet [v]=--verbose [h]=--help [V]=--version)
  while [ $# -gt 0 ]; do
    argument=$1
    shift
    case $argument in
    -c | --config | --log | --health)
      [ $# -gt 0 ] || usage_error "option $argument needs a value"
      [ "$argument" != -c ] || argument=--config
      set -- "$argument=$1" "${@:2}"
      ;;
    --config=* | --log=*)
      letter=${argument%%=*}
      with_value "${letter#--}" "${argument#*=}"
      ;;
    --health=*)
      once health "${argument#*=}"
      { milliseconds age "${option[health]}" && [ "$age" -gt 0 ]; } || usage_error "option --health takes a time such as 15m"
      ;;
    --json) option[json]=1 ;;
    --quiet) verbosity=$((verbosity - 1)) && flags+=(-q) ;;
    --verbose) verbosity=$((verbosity + 1)) && flags+=(-v) ;;
    --help) { status_usage && exit "$OK"; } || fail "$IO" "cannot write to standard output" ;;
    --version) { version && exit "$OK"; } || fail "$IO" "cannot write to standard output" ;;
    -c*) set -- "--config=${argument#-c}" "$@" ;;
    --json=* | --quiet=* | --verbose=* | --help=* | --version=*) usage_error "option ${argument%%=*} takes no value" ;;
    --*) usage_error "unknown option ${argument%%=*}" ;;
    -?*)
      letter=${argument:1:1}
      [ -z "${argument:2}" ] || set -- "-${argument:2}" "$@"
      [ -n "${long[$letter]:-}" ] || usage_error "unknown option -$letter"
      set -- "${long[$letter]}" "$@"
      ;;
    *) unexpected ;;
    esac
  done
  [ -z "${option[json]:-}" ] || [ -z "${option[health]:-}" ] || usage_error "--json excludes --health"
}

# ---- questions to the programs --------------------------------------------------

# Their output; empty after a failure, which worsens worst.
depth='' tables='' ring=''

# asked RESULT PROGRAM ARGUMENT...: set it to the program's output; it gets its part of the
# settings.
asked() {
  local -n its_answer=$1
  local path status
  path=`program "$2"` || exit
  # setpriv once more, because timeout starts a process.
  its_answer=`run_beside "$2" timeout -k 1 "$ANSWER_TIME" setpriv --pdeathsig KILL -- "$path" "${flags[@]}" "${@:3}" </dev/null`
  status=$?
  [ "$status" -ne 0 ] || return 0
  case $status in 124 | 137)
    message error "$2 had no answer within $ANSWER_TIME s"
    status=$TEMPORARY
    ;;
  esac
  its_answer=''
  worsen "$status"
}

# briefly RESULT: limit the retries in these options of a program.
briefly() {
  local -n its_words_briefly=$1
  [[ " ${its_words_briefly[*]}" == *' --retry-timeout'* ]] || its_words_briefly+=(--retry-timeout 5s)
}

ask() {
  local pull load=() keys=(--list) kept
  words pull SQS2PG_PULL_OPTIONS
  briefly pull
  asked depth sqs-pull "${pull[@]}" --print-depth
  loading load
  briefly load
  asked tables pg-load "${load[@]}" --print-status
  [ -n "${settings[SQS2PG_KEY_FILE]:-}${settings[SQS2PG_KEY_COMMAND]:-}" ] || return 0
  key_settings
  if take_key; then
    ! has_word SQS2PG_MASK_OPTIONS --key-group-readable || keys+=(--key-group-readable)
    kept="${key_ends[trial]:-} ${key_ends[given]:-}"
    asked ring pii-keygen "${keys[@]}" "$key_trial"
  else
    worsen "$?"
  fi
}

# ---- output ---------------------------------------------------------------------

# quoted RESULT TEXT: set it to a JSON string.
quoted() {
  local -n its_quoted=$1
  local string=${2//[[:cntrl:]]/?}
  string=${string//\\/\\\\}
  its_quoted="\"${string//\"/\\\"}\""
}

# in_json RESULT TEXT PATTERN: set it to the first group that matches, or null.
in_json() {
  local -n its_found=$1
  its_found=null
  [[ ! $2 =~ $3 ]] || its_found=${BASH_REMATCH[1]}
}

# name_in_json RESULT TEXT: set it to the member name, without its escapes, or null.
name_in_json() {
  local -n its_name=$1
  in_json its_name "$2" '"name":"(([^"\]|\\.)*)"'
  its_name=${its_name//\\\"/\"}
  its_name=${its_name//\\\\/\\}
}

# commas RESULT NUMBER: group the thousands.
commas() {
  local -n its_digits=$1
  its_digits=$2
  while [[ $its_digits =~ ^([0-9]+)([0-9]{3}(,.*)?)$ ]]; do its_digits=${BASH_REMATCH[1]},${BASH_REMATCH[2]}; done
}

# The answers in JSON, by member name.
declare -A facts=()

# gather: fill the facts.
gather() {
  local name oldest='' changed pull_file grown_ms why ok=null dead messages text id state
  metrics_queue name
  metrics_file pull_file sqs-pull SQS2PG_PULL_OPTIONS
  # A run that has ended leaves the age of its last minutes.
  changed=`stat -c %Y -- "$pull_file" 2>/dev/null`
  [ $((EPOCHSECONDS - ${changed:-0})) -ge "$RECENT" ] || metric oldest "$pull_file" oldest_message_age_seconds
  metric_ms grown_ms "$pull_file" dead_letters_grown_timestamp_seconds
  quoted text "$name"
  facts[queue]=null facts[dead_letter]=null
  if [ -n "$depth" ]; then
    facts[queue]="{\"name\":$text,${depth:1}"
    facts[queue]="${facts[queue]%%,\"dead_letter\"*},\"oldest_seconds\":${oldest:-null}}"
    in_json dead "$depth" '"dead_letter":\{"name":"([^"]*)"'
    in_json messages "$depth" '"dead_letter":\{"name":"[^"]*","messages":([0-9]+)'
    text=null
    [ "$grown_ms" -eq 0 ] || text=\"`date -u -d "@$((grown_ms / 1000))" +%Y-%m-%dT%H:%M:%SZ`\"
    [ "$dead" = null ] || facts[dead_letter]="{\"name\":\"$dead\",\"messages\":$messages,\"grown_at\":$text}"
  fi
  in_json text "$tables" '^\{("table":.*\}),"quarantined":[n{].*$'
  facts[table]=null
  [ "$text" = null ] || facts[table]="{\"name\":${text#'"table":'}}"
  in_json 'facts[quarantined]' "$tables" '"quarantined":(\{[^}]*\}|null),"ledger":'
  in_json 'facts[ledger]' "$tables" ',"ledger":(\{.*\})\}$'
  facts[keys]=null
  if [ -n "$ring" ]; then
    text=''
    while read -r id state _; do
      [[ ! $id =~ ^[0-9a-f]{8}$ ]] || text+="${text:+,}{\"id\":\"$id\",\"state\":\"$state\"}"
    done < <(printf '%s\n' "$ring")
    facts[keys]="[$text]"
  fi
  why='SQS2PG_METRICS_DIR is not set'
  if [ -n "${settings[SQS2PG_METRICS_DIR]:-}" ]; then
    if metrics_health why "$USUAL_AGE"; then ok=true; else ok=false; fi
  fi
  quoted text "$why"
  facts[health]="{\"ok\":$ok,\"why\":$text}"
}

show_json() {
  local name line=''
  for name in queue dead_letter table quarantined ledger keys health; do line+="${line:+,}\"$name\":${facts[$name]}"; done
  printf '{%s}\n' "$line"
}

# row NAME TEXT
row() { printf '%-13s %s\n' "$1" "$2"; }

show_queue() {
  local name messages in_flight delayed oldest grown text
  if [ "${facts[queue]}" = null ]; then
    row queue 'unknown: the request to the queue failed'
    return
  fi
  in_json name "${facts[queue]}" '"name":"([^"]*)"'
  in_json messages "${facts[queue]}" '"messages":([0-9]+)'
  in_json in_flight "${facts[queue]}" '"in_flight":([0-9]+)'
  in_json delayed "${facts[queue]}" '"delayed":([0-9]+)'
  in_json oldest "${facts[queue]}" '"oldest_seconds":([0-9]+)'
  commas messages "$messages"
  text="$name: $messages waiting, $in_flight in flight, $delayed delayed"
  if [ "$oldest" != null ]; then
    ago oldest $((oldest * 1000))
    text+="; oldest at last receive: $oldest"
  fi
  row queue "$text"
  in_json name "${facts[dead_letter]}" '"name":"([^"]*)"'
  in_json messages "${facts[dead_letter]}" '"messages":([0-9]+)'
  in_json grown "${facts[dead_letter]}" '"grown_at":"([^"]*)"'
  text="$name: ${messages/null/number unknown}"
  [ "$grown" = null ] || text+=", grew at $grown"
  [ "$name" != null ] || text='the queue has none'
  row 'dead letters' "$text"
}

show_tables() {
  local name commit committed quarantined keys bytes text rest total=0
  if [ "${facts[table]}" = null ]; then
    row table 'unknown: the request to the database failed'
    return
  fi
  name_in_json name "${facts[table]}"
  in_json commit "${facts[table]}" '"last_commit":"([^"]*)"'
  in_json committed "${facts[table]}" '"committed":([0-9]+)'
  in_json quarantined "${facts[table]}" '"quarantined":([0-9]+)'
  commas committed "$committed"
  row table "$name: last commit ${commit/null/unknown}; in the last hour ${committed/null/?} committed, ${quarantined/null/?} quarantined"
  rest=${facts[quarantined]} text=''
  while [[ $rest =~ \"([^\"]*)\":([0-9]+)(.*) ]]; do
    text+="${text:+, }${BASH_REMATCH[1]} ${BASH_REMATCH[2]}" total=$((total + BASH_REMATCH[2])) rest=${BASH_REMATCH[3]}
  done
  text="$total unresolved${text:+: $text}"
  [ "${facts[quarantined]}" != null ] || text='not kept'
  row quarantined "$text"
  name_in_json name "${facts[ledger]}"
  in_json keys "${facts[ledger]}" '"keys":([0-9]+)'
  in_json bytes "${facts[ledger]}" '"bytes":([0-9]+)'
  commas keys "$keys"
  text='not kept'
  [ "${facts[ledger]}" = null ] || text="$name: $keys keys, $((bytes / 1048576)) MiB"
  row ledger "$text"
}

show_screen() {
  local text rest=${facts[keys]} ok
  show_queue
  show_tables
  text=''
  while [[ $rest =~ \"id\":\"([0-9a-f]*)\",\"state\":\"([a-z-]*)\"(.*) ]]; do
    text+="${text:+, }${BASH_REMATCH[1]} ${BASH_REMATCH[2]}" rest=${BASH_REMATCH[3]}
  done
  row keys "${text:-unknown}"
  in_json text "${facts[health]}" '"why":"(.*)"\}$'
  in_json ok "${facts[health]}" '"ok":([a-z]+)'
  case $ok in true) ok=healthy ;; false) ok='not healthy' ;; *) ok=unknown ;; esac
  row health "$ok: $text"
}

status_main() {
  local age=0 why
  NAME=sqs2pg-status
  status_options "$@"
  [ -z "${option[config]:-}" ] || read_config "${option[config]}"
  if [ -n "${option[health]:-}" ]; then
    require "${option[config]:-}" SQS_QUEUE_URL SQS2PG_METRICS_DIR
    if metrics_health why "$age"; then
      [ "$verbosity" -lt 1 ] || message info "$why"
      exit "$OK"
    fi
    message error "$why"
    exit 1
  fi
  require "${option[config]:-}" SQS_QUEUE_URL SQS2PG_TABLE
  # A process group for the reading of the key, so that all of it can be ended.
  set -m
  trap end_all EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT
  trap 'exit 129' HUP
  ask
  gather
  # The reader may end first, and bash would report each line.
  trap '' PIPE
  if [ -n "${option[json]:-}" ]; then show_json; else show_screen; fi 2>/dev/null || fail "$IO" "cannot write to standard output"
  exit "$worst"
}
