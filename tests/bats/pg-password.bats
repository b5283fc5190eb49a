#!/usr/bin/env bats
# pg-load --password-command: a program prints the password, and runs before each connection.
# On a server of its own, whose passwords change while loaders run.

load ../lib/common
load ../lib/records

setup_file() {
  servers_begin
  servers_postgres_start
  hba=$PGHOST/data/pg_hba.conf
  { echo 'local all guarded scram-sha-256'; cat "$hba"; } >"$BATS_FILE_TMPDIR/hba"
  cat "$BATS_FILE_TMPDIR/hba" >"$hba"
  psql -qX -c 'CREATE ROLE guarded SUPERUSER LOGIN' -c 'SELECT pg_reload_conf()' >/dev/null
}

teardown_file() { servers_stop; }

setup() {
  pg_setup
  export PGPASSFILE=/nonexistent BATS_NO_PARALLELIZE_WITHIN_FILE=true
  unset PGPASSWORD
  sql 'CREATE TABLE t (id integer)'
  change first
  records 1 5 >in
}

teardown() { common_teardown; }

# fails COMMAND...: negates it; bats does not check a command after `!`.
fails() { ! "$@"; }

# change PASSWORD: set the password of the role; a loader is signed out.
change() {
  PGUSER=postgres psql -qXAt -c "ALTER ROLE guarded PASSWORD '$1'" -c "SELECT count(pg_terminate_backend(pid))
    FROM pg_stat_activity WHERE usename = 'guarded' AND datname = current_database()" >/dev/null
}

# command TEXT: ./command runs this script.
command() {
  printf '#!/bin/sh\n%s\n' "$1" >command.new
  chmod 755 command.new
  mv command.new command
}

# load_guarded OPTION...: run load_in with the password that ./command prints.
load_guarded() { PGUSER=guarded load_in -t t --password-command ./command "$@"; }

# refused STATUS MESSAGE: check the result of load_guarded.
refused() {
  cat err
  [ "$status" -eq "$1" ]
  grep -qF "$2" err
  [ ! -s out ]
  fails grep -q secret err
  [ "$(sql 'SELECT count(*) FROM t')" = 0 ]
}

@test "the first line is the password, whatever follows it" {
  command 'echo first'
  load_guarded
  [ "$status" -eq 0 ]
  [ "$(tally)" = '5 committed' ]
  for text in 'printf first' 'printf "first\r\nsecond\n"' 'echo first; echo second' \
    'echo first; head -c 1048576 /dev/zero'; do
    command "$text"
    load_guarded --no-ledger
    echo "$text: $status $(<err)"
    [ "$status" -eq 0 ]
    [ "$(tally)" = '5 committed' ]
  done
}

@test "the command takes precedence over PGPASSWORD, which it does not see" {
  command 'env >seen; echo first'
  PGPASSWORD=secret load_guarded
  [ "$status" -eq 0 ]
  grep -q '^PGUSER=guarded' seen
  fails grep -q secret seen
  PGPASSWORD=secret PGUSER=guarded load_in -t t
  [ "$status" -eq 69 ]
}

@test "blanks separate the words of a command, and no shell sees them" {
  # shellcheck disable=SC2016 # nothing is expanded, which is the point
  command 'printf "%s|" "$@" >seen; echo first'
  PGUSER=guarded load_in -t t --password-command '  ./command   a "b  $HOME  ; '
  [ "$status" -eq 0 ]
  # shellcheck disable=SC2016
  [ "$(<seen)" = 'a|"b|$HOME|;|' ]
  PGUSER=guarded load_in -t t --password-command '  '
  [ "$status" -eq 64 ]
}

@test "the password changes during a run: the loader asks for the new one, and nothing is lost or doubled" {
  command 'cat password'
  echo first >password
  mkfifo pipe
  PGUSER=guarded pg-load -t t --linger 20ms --password-command ./command <pipe >out 2>err 3>&- &
  echo $! >pid
  exec 9>pipe
  records 1 5 >&9
  eventually 60 lines_are out 5
  # The old password no longer works, and the new one is not available yet.
  change second
  records 6 10 >&9
  eventually 60 grep -q 'retrying' err
  lines_are out 5
  echo second >password
  eventually 60 lines_are out 10
  exec 9>&-
  wait "$(<pid)"
  : >pid
  [ "$(tally)" = '10 committed' ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = '10|10' ]
  fails grep -qE 'first|second' err
}

@test "a login that stays refused is a temporary failure, so that a supervisor runs it again" {
  command 'echo secret; echo >>asked'
  load_guarded --retry-timeout 1s
  refused 75 'SQLSTATE 28P01'
  grep -qxF 'pg-load: warning: retrying for up to 1 s: SQLSTATE 28P01 invalid_password' err
  [ "$(wc -l <asked)" -ge 2 ]
  # The systemd unit has this too.
  grep -q '^RestartPreventExitStatus=.*69' "$ROOT/deploy/systemd/sqs2pg@.service"
  fails grep -q '^RestartPreventExitStatus=.*75' "$ROOT/deploy/systemd/sqs2pg@.service"
}

@test "a command that fails is retried, and then is a temporary failure" {
  # shellcheck disable=SC2016 # the command's own
  command 'echo secret; echo >>asked; [ "$(wc -l <asked)" -ge 3 ]'
  load_guarded --retry-timeout 100ms
  refused 75 'the password command ./command ended with status 1'
  # shellcheck disable=SC2016
  command 'kill -9 $$'
  load_guarded --retry-timeout 0
  refused 75 'the password command ./command was ended by signal 9'
  rm -f asked
  # shellcheck disable=SC2016
  command 'echo >>asked; [ "$(wc -l <asked)" -ge 3 ] && echo first'
  load_guarded
  [ "$status" -eq 0 ]
  [ "$(tally)" = '5 committed' ]
}

@test "a command that is missing or called wrongly is not retried" {
  for code in 64 77 78; do
    command "echo secret; echo >>asked; exit $code"
    rm -f asked
    load_guarded
    refused 69 "the password command ./command ended with status $code"
    [ "$(wc -l <asked)" -eq 1 ]
  done
  PGUSER=guarded load_in -t t --password-command './no-such-command secret'
  refused 69 'the password command ./no-such-command cannot be run: No such file or directory'
}

@test "no output, an empty line, a zero byte and an endless line are not passwords" {
  command ':'
  load_guarded --retry-timeout 0
  refused 75 'the password command ./command printed no password'
  command 'echo; echo secret'
  load_guarded --retry-timeout 0
  refused 75 'the password command ./command printed no password'
  command 'printf "secret\000\n"'
  load_guarded
  refused 69 'the password command ./command printed a zero byte in the password'
  command 'printf secret; head -c 1048576 /dev/zero | tr "\000" x'
  load_guarded
  refused 69 'the password command ./command printed a line longer than 64 KiB'
}

# ended PID: whether no process of it runs.
ended() { ! grep -qs '^State:[[:space:]]*[^Z[:space:]]' <(grep -s '^State:' "/proc/$1/status"); }

@test "a command that hangs is killed in time, with all processes that it started" {
  command 'sleep 1000 & echo $! >child; echo secret; wait'
  SECONDS=0
  # A connection gets at least three seconds.
  load_guarded --retry-timeout 1s
  refused 75 'the password command ./command took longer than'
  [ "$SECONDS" -lt 60 ]
  eventually 60 ended "$(<child)"
}

@test "a stop request ends the wait for the command" {
  command 'touch asked; sleep 1000'
  PGUSER=guarded pg-load -t t --grace 0 --password-command ./command <in >out 2>err 3>&- &
  echo $! >pid
  eventually 60 test -e asked
  kill -TERM "$(<pid)"
  status=0
  wait "$(<pid)" || status=$?
  : >pid
  echo "$status $(<err)"
  [ "$status" -eq 75 ]
  [ ! -s out ]
}

@test "the password is in no argument and no environment" {
  command 'echo first'
  mkfifo pipe
  PGUSER=guarded pg-load -t t --linger 20ms --password-command ./command <pipe >out 2>err 3>&- &
  echo $! >pid
  exec 9>pipe
  records 1 5 >&9
  eventually 60 lines_are out 5
  fails grep -qa first "/proc/$(<pid)/environ"
  fails grep -qa first "/proc/$(<pid)/cmdline"
  exec 9>&-
  wait "$(<pid)"
  : >pid
}
