# For tests of --metrics-file.

# value FILE NAME: print the value of the one sample sqs2pg_NAME.
value() { grep -oP "^sqs2pg_$2\{[^}]*\} \K.*" "$1"; }

# well_formed FILE PROGRAM [LABEL]: check the samples of each family: HELP and TYPE come once, before
# them. Each has our prefix, that program and that label, and none comes twice. Counters end in
# _total.
well_formed() {
  awk -v labels="{program=\"$2\"${3:+,$3}" '
    $1 == "#" && $2 == "HELP" { help = $3; if (NF < 5 || families[help]++) bad = 1; next }
    $1 == "#" && $2 == "TYPE" { type = $3; kind = $4; next }
    {
      series = name = $0
      sub(/\{.*/, "", name)
      if (kind == "histogram" && !sub(/_(bucket|sum|count)$/, "", name)) bad = 1
      sub(/ [0-9.]+$/, "", series)
      if (name != help || name != type || name !~ /^sqs2pg_[a-z_]+$/ || seen[series]++) bad = 1
      if ((kind == "counter") != (name ~ /_total$/)) bad = 1
      at = index(series, "{")
      next_one = substr(series, at + length(labels), 1)
      if (index(series, labels) != at || next_one !~ /[,}]/ || series !~ /\}$/) bad = 1
      count++
    }
    END {
      exit bad || count < 7 || !families["sqs2pg_build_info"] || !families["sqs2pg_start_time_seconds"] ||
        !families["sqs2pg_last_success_timestamp_seconds"]
    }' "$1"
}

# recent FILE: check that the last success is less than a minute old.
recent() {
  local at
  at=$(value "$1" last_success_timestamp_seconds)
  awk -v at="$at" -v now="$(date +%s)" 'BEGIN { exit !(now - at < 60 && at <= now + 1) }'
}
