#!/usr/bin/env bash
# Part of servers.sh: PostgreSQL, its standby and pgbouncer, on sockets in the folder of the run.

# servers_pg_kinds: list the values of SERVERS_PG: a major version of postgres.versions, or
# german, the installed version with messages in another language.
servers_pg_kinds() {
  postgres_majors
  echo german
}

# Print the folder of the programs: of ${SERVERS_PG}, of ${SERVERS_PG_BINDIR}, or of the newest
# installed server.
servers_pg_bindir() {
  local dir
  case ${SERVERS_PG:-} in
  '' | german)
    dir=${SERVERS_PG_BINDIR:-}
    [ -n "$dir" ] || [ -z "${SERVERS_PG:-}" ] ||
      dir=$(compgen -G "$(german_dir)/server/usr/lib/postgresql/*/bin" || true)
    [ -n "$dir" ] || dir=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
    [ -n "$dir" ] || dir=$(dirname "$(command -v initdb)")
    ;;
  *) dir=$(postgres_dir "$SERVERS_PG")/bin ;;
  esac
  # If the cache is in a home that the database's user may not enter, make a copy.
  if ! servers_pg_user test -x "$dir/postgres" 2>/dev/null; then
    [ -d "$SERVERS_DIR/server" ] || cp -R "${dir%/bin}" "$SERVERS_DIR/server" || return 1
    dir=$SERVERS_DIR/server/bin
  fi
  printf '%s\n' "$dir"
}

# PostgreSQL refuses to run as root.
servers_pg_user() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid postgres --regid postgres --init-groups -- "$@"
  else
    "$@"
  fi
}

# servers_postgres_start: start a new cluster (of the kind in SERVERS_PG), or the one that
# servers_postgres_stop left. Exports PGHOST (the folder of the socket), PGPORT, PGUSER, PGDATABASE.
# Its log is ${SERVERS_DIR}/postgres/log.
servers_postgres_start() {
  local dir=$SERVERS_DIR/postgres bin try
  bin=$(servers_pg_bindir)
  if [ ! -d "$dir/data" ]; then
    mkdir -m 700 "$dir"
    [ "$(id -u)" -ne 0 ] || chown postgres: "$dir"
    (cd / && servers_pg_user "$bin/initdb" -D "$dir/data" -U postgres -A trust -N \
      --locale=C.UTF-8 --encoding=UTF8 --wal-segsize="${SERVERS_PG_SEGMENT:-16}") >"$dir/initdb.log" 2>&1 ||
      { servers_fail "initdb failed" "$dir/initdb.log"; return 1; }
    # No data here must survive a crash of the machine, so the server does not wait for disks; a
    # chroot may lack /dev/shm.
    cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
fsync = off
full_page_writes = off
shared_buffers = 64MB
dynamic_shared_memory_type = mmap
max_connections = 60
CONF
    [ "${SERVERS_PG:-}" != german ] || servers_pg_german
  fi
  unset PGHOSTADDR PGSERVICE PGPASSWORD PGOPTIONS PGSSLMODE
  export PGHOST=$dir PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
  # Run in its own folder, for a core file and for the owner of the log; not in the caller's
  # folder.
  (cd / && servers_pg_detach "$dir" "$bin")
  for ((try = 0; try < 600; try++)); do
    if pg_isready -q; then return 0; fi
    servers_alive "$dir/process" || break
    sleep 0.05
  done
  servers_fail "PostgreSQL does not start" "$dir/log"
}

# The locale is not part of the system, and may be in a folder that the server's user cannot
# enter.
servers_pg_german() {
  cp -R "$(german_dir)/locale" "$SERVERS_DIR/locale"
  echo "lc_messages = 'de_DE.UTF-8'" >>"$SERVERS_DIR/postgres/data/postgresql.conf"
}

servers_pg_detach() {
  local dir=$1 bin=$2
  [ ! -d "$SERVERS_DIR/locale" ] || export LOCPATH=$SERVERS_DIR/locale:/usr/lib/locale
  if [ "$(id -u)" -eq 0 ]; then
    servers_detach "$dir/process" "$dir/log" setpriv --reuid postgres \
      --regid postgres --init-groups -- "$bin/postgres" -D "$dir/data"
  else
    servers_detach "$dir/process" "$dir/log" "$bin/postgres" -D "$dir/data"
  fi
}

# servers_postgres_stop [INT|QUIT]: stop it fast (INT, the default) or immediately, as after a
# crash (QUIT). The data stay for the next start, which needs the last backend to have ended. A
# busy machine takes its time for that, and a killed postmaster leaves backends behind.
servers_postgres_stop() {
  servers_end "$SERVERS_DIR/postgres/process" "${1:-INT}" 60
  servers_until 60 servers_pg_gone "$SERVERS_DIR/postgres/data"
}

# servers_pg_gone DATA: return true when no process of the server over DATA is left; they all
# work in that folder.
servers_pg_gone() {
  ! { readlink /proc/[0-9]*/cwd 2>/dev/null || true; } | grep -qxF "$1"
}

# servers_standby_start: start a server that follows the first one as "standby": a new one, or the one
# that servers_standby_stop left. PGHOST=${SERVERS_DIR}/standby selects it. servers_standby_drop removes
# it.
servers_standby_start() {
  local dir=$SERVERS_DIR/standby bin copy
  bin=$(servers_pg_bindir)
  copy=$bin/pg_basebackup
  # It belongs to the package of the clients, which the folder of the translated server lacks.
  [ -x "$copy" ] || copy=$(command -v pg_basebackup)
  if [ ! -d "$dir/data" ]; then
    mkdir -m 700 "$dir"
    [ "$(id -u)" -ne 0 ] || chown postgres: "$dir"
    (cd / && servers_pg_user "$copy" -h "$SERVERS_DIR/postgres" -D "$dir/data" -R -c fast) >"$dir/backup.log" 2>&1 ||
      { servers_fail "cannot copy the server" "$dir/backup.log"; return 1; }
    printf '%s\n' "unix_socket_directories = '$dir'" "cluster_name = 'standby'" >>"$dir/data/postgresql.conf"
  fi
  (cd / && servers_pg_detach "$dir" "$bin")
  servers_until 60 pg_isready -q -h "$dir" || servers_fail "the standby does not start" "$dir/log"
}
servers_standby_stop() { servers_end "$SERVERS_DIR/standby/process" QUIT; }
servers_standby_drop() { servers_standby_stop && rm -rf "$SERVERS_DIR/standby"; }

# servers_database NAME: create it and export PGDATABASE, so that parallel tests share no table.
servers_database() {
  PGDATABASE=postgres psql -qX -c "CREATE DATABASE \"$1\"" && export PGDATABASE=$1
}
