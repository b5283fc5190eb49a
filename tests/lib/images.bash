# For tests of containers: podman and buildah with a store of their own, and images made here, from
# Debian's packages alone. No registry is contacted.
#
#   images_begin        exports the settings of both to ${IMAGES}, a new folder
#   images_base         debian:13-slim, as the Containerfiles name it
#   images_stand_ins    the queue and the database that deploy/compose.yaml names
#   images_end          ends all containers, and removes the folder

images_begin() {
  IMAGES=$(mktemp -d "${TMPDIR:-/var/tmp}/images.XXXXXX") || return 1
  export IMAGES CONTAINERS_STORAGE_CONF=$IMAGES/storage.conf CONTAINERS_CONF=$IMAGES/containers.conf \
    CONTAINERS_REGISTRIES_CONF=$IMAGES/registries.conf DISABLE_HC_SYSTEMD=true BUILDAH_ISOLATION=chroot
  cat >"$CONTAINERS_STORAGE_CONF" <<CONF
[storage]
driver = "overlay"
graphroot = "$IMAGES/graph"
runroot = "$IMAGES/run"
CONF
  # Settings that work without systemd and without a cgroup of its own.
  cat >"$CONTAINERS_CONF" <<CONF
[containers]
cgroups = "disabled"
log_driver = "k8s-file"
default_sysctls = []
# The defaults may be more than this process has.
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
tmp_dir = "$IMAGES/tmp"
[engine.runtimes]
crun = ["$IMAGES/crun"]
[network]
network_backend = "netavark"
network_config_dir = "$IMAGES/networks"
CONF
  # crun refuses a machine with both versions of cgroups, though it uses neither.
  cat >"$IMAGES/crun" <<'RUNTIME'
#!/bin/sh
if mountpoint -q /sys/fs/cgroup/unified; then
  exec unshare --mount --propagation slave sh -c 'umount /sys/fs/cgroup/unified && exec /usr/bin/crun "$@"' crun "$@"
fi
exec /usr/bin/crun "$@"
RUNTIME
  chmod 755 "$IMAGES/crun"
  printf 'unqualified-search-registries = []\nshort-name-mode = "disabled"\n' >"$CONTAINERS_REGISTRIES_CONF"
}

images_end() {
  [ -d "${IMAGES:-}" ] || return 0
  podman rm -f -t 0 --all >/dev/null 2>&1 || true
  podman system reset -f >/dev/null 2>&1 || true
  rm -rf --one-file-system "$IMAGES"
}

# images_mirror: print where apt finds the Debian of this machine.
images_mirror() {
  # shellcheck disable=SC2016  # the syntax of apt
  apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
    awk -v own="$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" '$2 == own { print $1; exit }'
}

# images_base: import Debian under the name that FROM has, with the settings of apt on this machine.
images_base() {
  apt-config dump | grep '^Acquire::' | grep -vE '^Acquire::(IndexTargets|CompressionTypes|Changelogs|Languages)' >"$IMAGES/apt.conf"
  SOURCE_DATE_EPOCH=1760000000 mmdebstrap --quiet --variant=minbase --aptopt="$IMAGES/apt.conf" \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' trixie "$IMAGES/base.tar" "deb $(images_mirror) trixie main" || return 1
  podman import --quiet "$IMAGES/base.tar" debian:13-slim >/dev/null
  rm "$IMAGES/base.tar"
}

# images_build NAME CONTEXT [OPTION...]: build over the network of the machine, for apt.
images_build() {
  buildah bud --quiet --network host --pull-never -t "$1" "${@:3}" "$2" 2>"$IMAGES/build.log" ||
    { tail -n 40 "$IMAGES/build.log" && return 1; }
}

# images_stand_ins FOLDER VERSION: make softwaremill/elasticmq:VERSION and postgres:17, with what the
# compose file needs of them: the places of their settings, their users, their ports.
images_stand_ins() {
  mkdir -p "$1/queue" "$1/database"
  cp -r "$(elasticmq_dir)/lib" "$1/queue/lib"
  cat >"$1/queue/Containerfile" <<'FILE'
FROM debian:13-slim
RUN mkdir -p /usr/share/man/man1 && apt-get update && apt-get install -y --no-install-recommends default-jre-headless curl
COPY lib /opt/elasticmq
USER 65534:65534
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dconfig.file=/opt/elasticmq.conf", "-cp", "/opt/elasticmq/*", "org.elasticmq.server.Main"]
FILE
  cat >"$1/database/start" <<'FILE'
#!/bin/sh
# Like the real image: the first start makes the folder. Scripts in docker-entrypoint-initdb.d run on
# a server that listens on its socket alone.
set -eu
PATH=/usr/lib/postgresql/17/bin:$PATH
if [ "$(id -u)" = 0 ]; then
  chown postgres: /var/lib/postgresql/data
  exec setpriv --reuid postgres --regid postgres --init-groups "$0"
fi
export PGDATA=/var/lib/postgresql/data
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  chmod 700 "$PGDATA"
  printf '%s\n' "$POSTGRES_PASSWORD" >/tmp/password
  initdb -U "$POSTGRES_USER" --pwfile=/tmp/password --auth-host=scram-sha-256 --locale=C.UTF-8 --encoding=UTF8
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl -w -o "-c listen_addresses=''" start
  psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -c "CREATE DATABASE $POSTGRES_DB"
  for file in /docker-entrypoint-initdb.d/*.sql; do psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "$file"; done
  pg_ctl -w -m fast stop
fi
exec postgres -c listen_addresses='*' -c dynamic_shared_memory_type=mmap
FILE
  chmod 755 "$1/database/start"
  cat >"$1/database/Containerfile" <<'FILE'
FROM debian:13-slim
RUN mkdir -p /usr/share/man/man1 /usr/share/man/man7 && \
    apt-get update && apt-get install -y --no-install-recommends postgresql-17 && \
    install -d -o postgres -g postgres /run/postgresql /var/lib/postgresql/data
COPY start /start
STOPSIGNAL SIGINT
ENTRYPOINT ["/start"]
FILE
  images_build "softwaremill/elasticmq:$2" "$1/queue" && images_build postgres:17 "$1/database"
}
