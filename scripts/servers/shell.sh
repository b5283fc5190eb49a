#!/usr/bin/env bash
# Part of servers.sh: the shell of `servers.sh shell`, with a table, a queue and a key file to try
# the programs.

# servers_shell: run the user's shell under running servers, with the programs of ${SERVERS_BIN},
# and return its status.
servers_shell() {
  local root shell=(/bin/bash)
  root=$(cd "$SERVERS_HERE/.." && pwd)
  # The shell of an account without a login only refuses.
  case ${SHELL:-} in '' | */nologin | */false) ;; *) [ ! -x "$SHELL" ] || shell=("$SHELL") ;; esac
  psql -qX -f "$root/share/sql/user_logins.sql"
  SQS_QUEUE_URL=$(servers_queue logins)
  export SQS_QUEUE_URL
  [ ! -x "$SERVERS_BIN/pii-keygen" ] || pii-keygen -q "$SERVERS_DIR/k"
  servers_shell_text "$root" >&2
  # The user's own settings may change PATH; in bash the prompt also shows that this is the
  # servers' shell.
  if [ "${shell[0]##*/}" = bash ]; then
    cat >"$SERVERS_DIR/bashrc" <<RC
[ ! -r ~/.bashrc ] || . ~/.bashrc
PATH=$(printf %q "$PATH")
PS1="(servers) \$PS1"
RC
    shell+=(--rcfile "$SERVERS_DIR/bashrc")
  fi
  "${shell[@]}"
}

# servers_shell_text ROOT: print the contents of the shell, and three commands to try.
servers_shell_text() {
  local sample=$1/share/demo/logins.ndjson sqs=ElasticMQ
  [ "$SERVERS_SQS" = elasticmq ] || sqs=$SERVERS_SQS
  [ "$PWD" != "$1" ] || sample=share/demo/logins.ndjson
  cat <<TEXT
PostgreSQL $(psql -qXAtc 'show server_version' | cut -d' ' -f1) and $sqs (an SQS server) run until you leave this shell.
  table     user_logins, empty, in the database that psql opens
  queue     logins, empty, named by \$SQS_QUEUE_URL
  key file  \$SERVERS_DIR/k
TEXT
  if [ -x "$SERVERS_BIN/pg-load" ]; then
    echo "  programs  $SERVERS_BIN, first in PATH"
  else
    echo "  programs  none in $SERVERS_BIN: leave, run make, and come back"
  fi
  cat <<TEXT
Try:
  sqs-send <$sample
  sqs-pull | pii-mask -k \$SERVERS_DIR/k | pg-load -t user_logins | sqs-ack
  psql -c 'SELECT device_type, locale, left(masked_ip, 30) AS masked_ip FROM user_logins LIMIT 3'
Leave by exit or Ctrl-D. Servers, table, queue and key file are deleted then.
TEXT
}
