#!/usr/bin/env bats
# The first commands of a new user: scripts/demo.sh, its tour, and the shell of scripts/servers.sh.

load ../lib/common

setup() {
  common_setup
  # No make of the test run may print to the screen, and settings of the user do not count.
  unset MAKEFLAGS MAKELEVEL
  export HOME=$PWD PSQLRC=/dev/null PSQL_PAGER='' SQS2PG_CACHE
  SQS2PG_CACHE=$(HOME=$OUR_HOME cache_dir)
}
setup_file() { export OUR_HOME=$HOME; }
teardown() { [ -z "${base:-}" ] || rm -rf "$base"; }

# own_base: make a folder for that of the servers, in ${base} and TMPDIR, which the database user
# may enter.
own_base() {
  base=$(mktemp -d /tmp/sqs2pg-demo.XXXXXX)
  chmod 711 "$base"
  export TMPDIR=$base
}
nothing_left() {
  ! compgen -G "$base/*" || return 1
  ! { readlink /proc/[0-9]*/cwd 2>/dev/null || true; } | grep -qF "$base"
}

# typed PROMPT COMMAND...: run on a terminal; ./screen is what it shows.
typed() { "$ROOT/tests/lib/typed.py" "$@" >screen; }

# gone DIR PID...: check that the folder of the servers and these processes no longer exist.
gone() {
  local dir=$1 pid
  shift
  [ ! -e "$dir" ] || return 1
  for pid; do [ ! -d "/proc/$pid" ] || return 1; done
}

@test "servers.sh shell: the three commands that it prints work; nothing is left after exit" {
  # The lines below Try, typed as printed, and the processes that ran meanwhile.
  cat >lines <<'LINES'
sed -n '/^Try:/,/^Leave/s/^  \(.*\)\r$/\1/p' screen >try; cd "$ROOT"
. "$OLDPWD/try" >"$OLDPWD/tried" 2>&1; cd "$OLDPWD"
psql -qXAtc 'SELECT count(*) FROM user_logins' >rows
env | sort >seen; cat "$SERVERS_DIR"/*/process | cut -d' ' -f1 >pids
exit 7
LINES
  export ROOT
  SHELL=/bin/bash run -7 typed '(servers) ' "$ROOT/scripts/servers.sh" shell <lines
  [ "$(wc -l <try)" -eq 3 ]
  [ "$(<rows)" = 99 ]
  grep -qE '^ android .*siv1[.]' tried
  # shellcheck disable=SC2046  # two or more
  eventually 20 gone "$(sed -n 's/^SERVERS_DIR=//p' seen)" $(<pids)
  [ "$(wc -l <pids)" -eq 2 ]
}

@test "servers.sh shell starts the user's own shell, with the variables of a test" {
  local variables='^(PG[A-Z]*|AWS_[A-Z_]*|SQS2PG_MAPS|SERVERS_SQS)='
  # shellcheck disable=SC2016
  printf '#!/bin/sh\nenv | sort >%q\npg-load --version >%q\nexit 9\n' "$PWD/seen" "$PWD/version" >own
  chmod 755 own
  (
    export SHELL=$PWD/own AWS_PROFILE=mine AWS_ENDPOINT_URL=http://192.0.2.1 PGSERVICE=mine PGPASSWORD=mine
    run -9 "$ROOT/scripts/servers.sh" shell
    [[ $output == *'sqs-pull | pii-mask'* ]]
  )
  env | grep -oE "$variables" | sort >wanted
  grep -oE "$variables" seen >there
  [ "$(wc -l <wanted)" -ge 10 ]
  diff wanted there
  [ "$(<version)" = "$(pg-load --version)" ]
  eventually 20 gone "$(sed -n 's/^SERVERS_DIR=//p' seen)"
}

@test "servers.sh shell: a closed terminal, an account without a shell, missing servers" {
  printf '%s\n' 'echo "$SERVERS_DIR" >dir' 'cut -d" " -f1 "$SERVERS_DIR"/*/process >pids' >lines
  SHELL=/usr/sbin/nologin typed --hang-up '(servers) ' "$ROOT/scripts/servers.sh" shell <lines || true
  [ "$(wc -l <pids)" -eq 2 ]
  # shellcheck disable=SC2046  # two
  eventually 20 gone "$(<dir)" $(<pids)
  SQS2PG_CACHE=$PWD/none run -69 "$ROOT/scripts/servers.sh" shell
  [[ $output == *'elasticmq is not installed'*'hint: run scripts/deps.sh' ]]
  run -64 "$ROOT/scripts/servers.sh" shell --nonsense
}

# tour_is_right SCREEN: check that each step has a reason and a command, and that each outcome
# appears.
tour_is_right() {
  [ "$(grep -c '^# ' "$1")" -eq 13 ]
  [ "$(grep -c '^\$ ' "$1")" -eq 13 ]
  [ "$(grep -c '^593-47-5928$' "$1")" -eq 4 ]
  grep -qE '^ siv1[.][0-9a-f]{8}[.][^ ]+ \| +4$' "$1"
  grep -qE '"event":"end".*"values":\{"ip":1\}' "$1"
  grep -qE '^ +110 \| mask +\| root \| t$' "$1"
  grep -qxF '{"status":"duplicate","ack":"deleted"}' "$1"
  [ "$(grep -A 2 '^ rows *$' "$1" | tail -n 1 | xargs)" = 111 ]
}

# next_is_there SCREEN: check that the files named below Next exist.
next_is_there() {
  sed -n '/^== Next$/,$p' "$1" | sed 1d >next
  [ "$(wc -l <next)" -ge 3 ]
  while read -r path _; do [ -e "$ROOT/$path" ]; done <next
  [[ $(<"$ROOT/README.md") == *$'\n## Your own events\n'* ]]
}

@test "demo.sh --tour: a rotation, an unmasked value, a corrected record, a redelivery; no wait, nothing left" {
  own_base
  run -0 --separate-stderr "$ROOT/scripts/demo.sh" --tour </dev/null
  printf '%s\n' "$output" >screen
  tour_is_right screen
  next_is_there screen
  [[ $stderr != *Enter* ]]
  nothing_left
  run -64 "$ROOT/scripts/demo.sh" --nonsense
}

@test "demo.sh --tour on a terminal waits for Enter; closed during a step, it leaves nothing" {
  own_base
  printf '\n\n' >lines
  typed --hang-up '[Enter' "$ROOT/scripts/demo.sh" --tour <lines || true
  # Two steps, without the reason of the third.
  [ "$(grep -c '^# ' screen)" -eq 2 ]
  [ "$(grep -o '\[Enter' screen | wc -l)" -eq 3 ]
  eventually 20 nothing_left
}
