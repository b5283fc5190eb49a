#!/usr/bin/env bash
# Part of servers.sh: the folder of the run, and the processes in it. Each writes its process id
# into a file, so that any program that finds the folder can end it.

# servers_begin: make the folder of this run, ${SERVERS_DIR}, and start the supervisor that
# stops everything in it when the calling process ends; export SQS2PG_MAPS.
servers_begin() {
  local base=${TMPDIR:-/tmp}
  # A socket's path must fit into 107 bytes.
  [ ${#base} -le 60 ] || base=/tmp
  SERVERS_DIR=$(mktemp -d "$base/sqs2pg.XXXXXX") || return 1
  export SERVERS_DIR
  # The database's user may pass through the folder; nobody may list it.
  chmod 711 "$SERVERS_DIR"
  # Copies: the files of a checkout may belong to another user, or be writable for a group, and
  # pg-load would refuse them.
  mkdir "$SERVERS_DIR/maps"
  install -m 644 "$SERVERS_HERE"/../share/maps/*.map "$SERVERS_DIR/maps"
  export SQS2PG_MAPS=$SERVERS_DIR/maps
  servers_detach "$SERVERS_DIR/watchdog" /dev/null \
    bash "$SERVERS_HERE/servers.sh" watch "$SERVERS_DIR" "$$"
  # For curl and libcurl: never ask a proxy for these servers.
  export no_proxy=127.0.0.1,localhost NO_PROXY=127.0.0.1,localhost
}

# servers_stop [DIR]: end every server of the run and remove its folder.
servers_stop() {
  local dir=${1:-${SERVERS_DIR:-}} name
  [ -n "$dir" ] && [ -d "$dir" ] || return 0
  servers_end "$dir/watchdog" TERM
  for name in bouncer moto elasticmq; do servers_end "$dir/$name/process" TERM; done
  # Immediate shutdown: the data goes with the folder.
  for name in standby postgres; do servers_end "$dir/$name/process" QUIT; done
  rm -rf "$dir"
}

# servers_detach FILE LOG COMMAND...: start the command in a session of its own, with no
# inherited descriptor but the log, and not as a child of the caller. So neither a wait nor a
# closed terminal affects it. FILE gets its process id and start time.
servers_detach() {
  local file=$1 log=$2
  shift 2
  rm -f "$file"
  (
    # shellcheck disable=SC2016  # expanded by the inner shell
    setsid bash -c '
      for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        [ "$fd" -le 2 ] || eval "exec $fd>&-"
      done
      stat=$(cat "/proc/$$/stat")
      set -- "$1" "$stat" "${@:2}"
      set -- "$1" "$(set -- ${2##*) }; echo "${20}")" "${@:3}"
      echo "$$ $2" >"$1.new" && mv "$1.new" "$1" || exit 1
      exec "${@:3}"' detach "$file" "$@" </dev/null >>"$log" 2>&1 &
  )
  # The name appears only when the id is in the file.
  servers_until 60 test -s "$file"
}

# servers_alive FILE: return true if the process that FILE names is still that process.
servers_alive() {
  local pid started stat
  read -r pid started 2>/dev/null <"$1" || return 1
  # Not $(<...): bash ends a shell under set -e there, even in a condition.
  read -r stat 2>/dev/null <"/proc/$pid/stat" || return 1
  # Fields after the name, which may hold blanks: state first, start 20th.
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  # No fields: the process ended between open and read.
  [ $# -ge 20 ] && [ "$1" != Z ] && [ "${20}" = "$started" ]
}
servers_dead() { ! servers_alive "$1"; }

# servers_end FILE SIGNAL [SECONDS]: signals the process, waits for its end, and kills it after
# SECONDS (ten by default).
servers_end() {
  local pid
  servers_alive "$1" || return 0
  read -r pid _ <"$1"
  # Do not wait for this process: the guard process also calls servers_stop.
  [ "$pid" != "$$" ] || return 0
  kill -s "$2" "$pid" 2>/dev/null || return 0
  servers_until "${3:-10}" servers_dead "$1" || kill -s KILL "$pid" 2>/dev/null || true
}

# servers_until SECONDS COMMAND...: polls until the command succeeds.
servers_until() {
  local end=$((SECONDS + $1 + 1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.05
  done
}

servers_fail() {
  printf 'servers: error: %s\n' "$1" >&2
  [ -z "${2:-}" ] || tail -n 20 "$2" >&2
  return 1
}

# servers_free_port: print a port of the loopback without a listener, below those that the system
# gives to outgoing connections.
servers_free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}
