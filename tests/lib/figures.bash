# For tests of --metrics-file.

# value FILE NAME: of the one sample sqs2pg_NAME.
value() { grep -oP "^sqs2pg_$2\{[^}]*\} \K.*" "$1"; }

# well_formed FILE PROGRAM LABEL: HELP and TYPE before each sample, each of our own name, of that
# program and with that label; counters end in _total.
well_formed() {
  awk -v labels="{program=\"$2\",$3}" -v program="{program=\"$2\"" '
    $1 == "#" && $2 == "HELP" { help = $3; if (NF < 5) bad = 1; next }
    $1 == "#" && $2 == "TYPE" { type = $3; kind = $4; next }
    {
      name = $1
      sub(/\{.*/, "", name)
      if (name != help || name != type || name !~ /^sqs2pg_[a-z_]+$/ || seen[name]++) bad = 1
      if ((kind == "counter") != (name ~ /_total$/)) bad = 1
      if (index($1, name ~ /start_time/ ? program : labels) != length(name) + 1) bad = 1
      count++
    }
    END { exit bad || count < 10 }' "$1"
}

# recent FILE: the last success is of the last minute.
recent() {
  local at
  at=$(value "$1" last_success_timestamp_seconds)
  awk -v at="$at" -v now="$(date +%s)" 'BEGIN { exit !(now - at < 60 && at <= now + 1) }'
}
