#!/usr/bin/env bash
# Build for another processor or C library than that of this machine, and run as much of the
# result as possible:
#
#   scripts/cross.sh [--keep] arm64|s390x [FOLDER]
#   scripts/cross.sh [--keep] musl [FOLDER]
#
# The first form builds every program and unit test with Debian's cross compiler, without a
# warning. Under qemu-user it runs the unit tests, the vectors of pii-mask --self-test, and every
# method over the sample. The output must be byte for byte that of this machine's build; s390x has
# the other byte order. Qemu does not emulate seccomp: pii-mask warns that it continues
# unconfined, as on any kernel without it. The tests of confinement, and of limits that qemu does
# not keep, are left out (NOT_EMULATED).
#
# The second form compiles every source of libraries and programs against musl, without a warning.
# It links and runs the programs without a foreign library, sqs2pg-read and pg-suggest: Debian has
# these libraries for glibc only.
#
# Needs root, for a system in FOLDER, which must have a slash in it (default: a new one in
# /var/tmp). It is removed afterwards, unless --keep is given; a kept one is used again. The
# committed tree is built. The last line is `ARCH: N passed, N failed`.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
# shellcheck source=scripts/chroot.sh
. "$here/chroot.sh"

say() { printf 'cross: %s\n' "$*" >&2; }
fail() {
  say "error: $*"
  exit 1
}

# Seccomp; the flags of memory in /proc; RLIMIT_AS; the memory that vfork shares with a child that cannot be executed.
NOT_EMULATED=(confine_confine crypto_algorithms crypto_secret json_jq base_worker credentials_profile)

LIBRARIES=(libcurl4-openssl-dev libxml2-dev libssl-dev libpq-dev libjq-dev libseccomp-dev zlib1g-dev libcmocka-dev)

inside() { chroot_run "$folder" "$@"; }

# triplet ARCH, emulator ARCH
triplet() { case $1 in arm64) echo aarch64-linux-gnu ;; *) echo "$1-linux-gnu" ;; esac; }
emulator() { case $1 in arm64) echo qemu-aarch64-static ;; *) echo "qemu-$1-static" ;; esac; }

passed=0 failed=0
# counted NAME COMMAND...: counts the command as one test.
counted() {
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    say "$what: passed"
  else
    failed=$((failed + 1))
    say "$what: failed"
  fi
}

# make_there TARGET...
make_there() {
  inside make -s -C /srv/sqs2pg -j "$(nproc)" WERROR=1 BUILD=build/cross CC="$tools-gcc" AR="$tools-ar" \
    "PKG_CONFIG=env PKG_CONFIG_LIBDIR=/usr/lib/$tools/pkgconfig:/usr/share/pkgconfig pkg-config" "$@"
}

# units: run the unit tests and the replays of the fuzz corpora, except those left out.
#
# tee writes to the descriptor of stderr. If it opened /dev/stderr, that would truncate a log.
units() {
  local status=0 said=$folder/srv/units
  # shellcheck disable=SC2016  # expanded by the inner shell
  inside env UNIT_UNDER="$qemu" UNIT_TIMEOUT=1800 bash -c '
    cd /srv/sqs2pg
    for test in build/cross/unit/* build/cross/replay/*; do
      case " $* " in *" ${test##*/} "*) continue ;; esac
      [[ $test == *.* ]] || printf "%s\n" "$test"
    done | xargs scripts/unit.sh' units "${NOT_EMULATED[@]}" | tee "$said" >&2 || status=$?
  # shellcheck disable=SC2046  # N passed, N failed
  set -- $(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$said" | tail -n 1 || true)
  passed=$((passed + ${1:-0})) failed=$((failed + ${3:-1}))
  if [ "$status" -ne 0 ] && [ "${3:-1}" -eq 0 ]; then failed=$((failed + 1)); fi
}

# Cases that both builds must handle alike: METHOD of the value at PATH in the sample.
METHODS=(.ip=siv .ip=hmac .ip=ipcrypt .ip=ipcrypt-pfx .ip=truncate .ip=sha256 .device_id=ff1 .device_id=partial
  .user_id=uuid .user_id=siv .app_version=siv .locale=redact)
masked_alike() {
  local method=$1
  shift
  "$build/bin/pii-mask" --root . -q -k "$folder/srv/key" -m "$method" <"$root/share/demo/logins.ndjson" >"$folder/srv/here" 2>/dev/null || return 1
  inside sh -c "$qemu /srv/sqs2pg/build/cross/bin/pii-mask --root . -q -k /srv/key -m $method \
    </srv/sqs2pg/share/demo/logins.ndjson >/srv/there 2>/srv/said" || return 1
  cmp "$folder/srv/here" "$folder/srv/there"
}

# The warning must appear under the emulator.
confinement_told() { grep -qx "pii-mask: warning: this kernel cannot confine the process; continuing unconfined" "$folder/srv/said"; }

self_test() { inside "$qemu" /srv/sqs2pg/build/cross/bin/pii-mask --self-test; }

processor() {
  local method packages
  tools=$(triplet "$arch") qemu=$(emulator "$arch")
  packages=$(printf "%s:$arch," "${LIBRARIES[@]}")
  # Both processors must have the same version, and s390x gets no security updates of an old release.
  if [ "$arch" = s390x ]; then
    chroot_sources_of "$(chroot_suite)" | grep -v -e '-security ' >"$folder.sources"
    chroot_sources_file=$folder.sources
  fi
  chroot_make "$folder" "$(chroot_suite)" "amd64,$arch" "${packages}gcc-$tools,libc6-dev:$arch,make,pkg-config,qemu-user-static,git,ca-certificates" ||
    fail "no system for $arch"
  clone
  "$here/deps.sh" build
  make -s -C "$root" -j "$(nproc)" BUILD="$build" "$build/bin/pii-mask" >&2 || fail "no build to compare with"
  counted "build for $arch" make_there all
  counted "unit tests for $arch" make_there unit-tests
  units
  counted "pii-mask --self-test" self_test
  (umask 077 && printf 'pii1 86a0eb9b primary %s\n' "$(printf 'sqs2pg demo key, known to anyone' | base64)" >"$folder/srv/key")
  for method in "${METHODS[@]}"; do counted "the sample, -m $method" masked_alike "$method"; done
  counted "a process that cannot be confined says so" confinement_told
}

# Links headers of the foreign libraries and of the kernel, without the glibc headers beside them.
HEADERS=(curl openssl libxml2/libxml postgresql/libpq-fe.h postgresql/postgres_ext.h postgresql/pg_config_ext.h
  seccomp.h seccomp-syscalls.h jq.h jv.h zlib.h zconf.h cmocka.h linux asm asm-generic unicode)
# shellcheck disable=SC2016  # expanded by the inner shell
link_headers() {
  inside bash -c '
    rm -rf /srv/headers
    mkdir /srv/headers
    cd /srv/headers
    for name; do
      for from in /usr/include/"$name" /usr/include/x86_64-linux-gnu/"$name"; do
        [ -e "$from" ] || continue
        if [ -d "$from" ]; then mkdir -p "${name##*/}" && cp -rsf "$from/." "${name##*/}/"; else ln -sf "$from" .; fi
      done
    done' headers "${HEADERS[@]}"
}

make_musl() {
  inside make -s -C /srv/sqs2pg -j "$(nproc)" WERROR=1 BUILD=build/cross CC=musl-gcc PKG_CONFIG=true \
    CPPFLAGS='-isystem /srv/headers' "$@"
}

# Passes a line of NDJSON through each of the two programs.
musl_runs() {
  inside sh -c 'cd /srv && echo "{\"a\":1}" >line && /srv/sqs2pg/build/cross/bin/sqs2pg-read line | grep -qx "{\"a\":1}" &&
    /srv/sqs2pg/build/cross/bin/pg-suggest --root . -t t <line | grep -q "CREATE TABLE t"'
}

musl() {
  local packages
  packages=$(printf '%s,' "${LIBRARIES[@]}")
  chroot_make "$folder" "$(chroot_suite)" amd64 "${packages}gcc,musl-tools,make,pkg-config,git,ca-certificates" ||
    fail "no system with musl"
  clone
  link_headers
  # shellcheck disable=SC2016  # make's words
  counted "every source by musl-gcc" make_musl 'SOURCES=$(wildcard lib/*/*.c cmd/*/*.c)' objects
  counted "sqs2pg-read and pg-suggest linked with musl" make_musl build/cross/bin/sqs2pg-read build/cross/bin/pg-suggest
  counted "and run" musl_runs
}

clone() {
  rm -rf --one-file-system "$folder/srv/sqs2pg"
  git clone -q --no-local "$root" "$folder/srv/sqs2pg"
}

main() {
  local keep='' argument
  folder='' arch=''
  build=${BUILD:-build}
  [ "${build#/}" != "$build" ] || build=$root/$build
  for argument; do
    case $argument in
    --keep) keep=1 ;;
    */*) folder=$argument ;;
    arm64 | s390x | musl) arch=$argument ;;
    *) arch='' && break ;;
    esac
  done
  if [ -z "$arch" ]; then
    sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 64
  fi
  [ "$(id -u)" -eq 0 ] || fail "needs root"
  [ -n "$folder" ] || folder=$(mktemp -d /var/tmp/sqs2pg-cross.XXXXXX)
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  [ -n "$keep" ] || trap 'rm -rf --one-file-system "$folder" "$folder".{log,conf,sources}' EXIT
  if [ "$arch" = musl ]; then musl; else processor; fi
  printf '%s: %d passed, %d failed\n' "$arch" "$passed" "$failed"
  [ "$failed" -eq 0 ]
}

# When sourced, this file only defines functions, for its tests.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  main "$@"
fi
