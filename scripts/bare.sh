#!/usr/bin/env bash
# Proves scripts/demo.sh and scripts/test.sh on a bare Debian 12: debootstraps a
# folder, clones the committed tree into it, and runs both there, with nothing
# of this machine but its kernel, network and additional certificates.
#
#   scripts/bare.sh [--keep] [--demo-only] [FOLDER]
#
# Needs root. FOLDER (default: a new one in /var/tmp) is removed afterwards
# unless --keep is given; a kept one is used again. The demo runs twice, and its
# two screens must be the same.
set -euo pipefail

SUITE=bookworm
MIRROR=http://deb.debian.org/debian

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)

say() { printf 'bare: %s\n' "$*" >&2; }
fail() {
  say "error: $*"
  exit 1
}

# The mounts live in a namespace of their own: they end with the command, and
# removing the folder can never reach through one.
# shellcheck disable=SC2016  # expanded by the inner shell
inside() {
  unshare --mount --pid --fork --kill-child -- bash -c '
    set -e
    mount --make-rprivate /
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" /usr/bin/env -i HOME=/srv TERM=dumb \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"' \
    inside "$folder" "$@" </dev/null
}

# A bare system, and git and certificates as whoever cloned had them.
bootstrap() {
  [ ! -e "$folder/etc/sqs2pg-bare" ] || return 0
  command -v debootstrap >/dev/null ||
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install debootstrap; } >&2
  say "debootstrap $SUITE into $folder"
  debootstrap --variant=minbase "$SUITE" "$folder" "$MIRROR" >"$folder.log" 2>&1 ||
    { tail -n 20 "$folder.log" >&2; fail "debootstrap failed"; }
  rm -f "$folder.log"
  cp /etc/resolv.conf "$folder/etc/resolv.conf"
  mkdir -p "$folder/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' \
    -exec cp {} "$folder/usr/local/share/ca-certificates/" \;
  inside sh -c 'export DEBIAN_FRONTEND=noninteractive; apt-get -q update &&
    apt-get -q -y --no-install-recommends install ca-certificates git' >"$folder/srv/apt.log" 2>&1 ||
    { tail -n 20 "$folder/srv/apt.log" >&2; fail "no git in the folder"; }
  touch "$folder/etc/sqs2pg-bare"
}

main() {
  local keep='' demo_only='' run
  folder=''
  for argument in "$@"; do
    case $argument in
    --keep) keep=1 ;;
    --demo-only) demo_only=1 ;;
    -*) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 64 ;;
    *) folder=$argument ;;
    esac
  done
  [ "$(id -u)" -eq 0 ] || fail "needs root"
  [ -n "$folder" ] || folder=$(mktemp -d /var/tmp/sqs2pg-bare.XXXXXX)
  mkdir -p "$folder"
  # It is the root folder of the others inside, too.
  chmod 755 "$folder"
  folder=$(cd "$folder" && pwd)
  [ -n "$keep" ] || trap 'rm -rf --one-file-system "$folder" "$folder.log"' EXIT
  bootstrap
  rm -rf --one-file-system "$folder/srv/sqs2pg"
  git clone -q --no-local "$root" "$folder/srv/sqs2pg"
  for run in 1 2; do
    say "demo, run $run"
    inside /srv/sqs2pg/scripts/demo.sh >"$folder/srv/screen$run" ||
      { cat "$folder/srv/screen$run"; fail "the demo failed"; }
  done
  cat "$folder/srv/screen1"
  cmp "$folder/srv/screen1" "$folder/srv/screen2" || fail "the demo's two screens differ"
  [ -n "$demo_only" ] || { say "tests"; inside /srv/sqs2pg/scripts/test.sh || fail "the tests failed"; }
  say "all well"
}

main "$@"
