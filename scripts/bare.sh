#!/usr/bin/env bash
# Proves scripts/demo.sh and scripts/test.sh on a bare Debian: debootstraps a
# folder, clones the committed tree into it, and runs both there, with nothing
# of this machine but its kernel, its network, its additional certificates and
# how its apt, pip, npm and Maven are set up: mirrors and proxies are the ones
# that apt uses here.
#
#   scripts/bare.sh [--keep] [--demo-only] [SUITE] [FOLDER]
#
# Needs root. SUITE is bookworm when not given; in one that is neither bookworm
# nor trixie the unit tests are all that is run after the demo. FOLDER, with a
# slash in it (default: a new one in /var/tmp), is removed afterwards unless
# --keep is given; a kept one is used again. The demo runs twice, and its two
# screens must be the same.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)

say() { printf 'bare: %s\n' "$*" >&2; }
fail() {
  say "error: $*"
  exit 1
}

# The settings by environment of what fetches packages.
PASSED=(http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_INDEX_URL
  NPM_CONFIG_REGISTRY npm_config_registry MAVEN_OPTS MAVEN_ARGS)
passed() {
  local name
  for name in "${PASSED[@]}"; do
    [ -z "${!name:-}" ] || printf '%s=%s\0' "$name" "${!name}"
  done
}

# The mounts live in a namespace of their own: they end with the command, and
# removing the folder can never reach through one.
# shellcheck disable=SC2016  # expanded by the inner shell
inside() {
  local settings
  mapfile -d '' settings < <(passed)
  unshare --mount --pid --fork --kill-child -- bash -c '
    set -e
    mount --make-rprivate /
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" /usr/bin/env -i HOME=/srv TERM=dumb \
      NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"' \
    inside "$folder" "${settings[@]}" "$@" </dev/null
}

# apt's own sources, a line each: URI RELEASE CODENAME COMPONENT.
sources() {
  # shellcheck disable=SC2016  # apt's words
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT)' 'Created-By: Packages'
}

# sources_of SUITE: what sources.list has to say for the same mirrors' SUITE.
# The release that a machine has is its main archive's; -updates and -security
# go by its name, and unstable has none.
sources_of() {
  sources | awk -v suite="$1" '
    NR == 1 { own = $3; sub(/-.*/, "", own) }
    $2 !~ /^[a-z]+(-(updates|security))?$/ || $3 !~ "^" own "(-|$)" { next }
    suite ~ /^(sid|unstable)$/ && $3 != own { next }
    { at = $1 " " suite substr($3, length(own) + 1)
      if (!(at in parts)) order[++n] = at
      if (index(parts[at] " ", " " $4 " ") == 0) parts[at] = parts[at] " " $4 }
    END { for (i = 1; i <= n; i++) print "deb", order[i] parts[order[i]] }'
}

# What else apt was told of fetching: proxies, certificates, what it checks.
apt_settings() { apt-config dump | grep '^Acquire::' | grep -vE '^Acquire::(IndexTargets|CompressionTypes|Changelogs)'; }

# The files that say where pip, npm and Maven fetch from.
CLIENTS=(/etc/pip.conf /etc/npmrc /etc/maven/settings.xml)
OWN_CLIENTS=(.config/pip/pip.conf .npmrc .m2/settings.xml)
copy_clients() {
  local file
  for file in "${CLIENTS[@]}"; do
    [ ! -f "$file" ] || install -D -m 600 "$file" "$folder$file"
  done
  for file in "${OWN_CLIENTS[@]}"; do
    [ ! -f "$HOME/$file" ] || install -D -m 600 "$HOME/$file" "$folder/srv/$file"
  done
}

# A bare system, and git and certificates as whoever cloned had them.
bootstrap() {
  local list mirror proxy=''
  [ ! -e "$folder/etc/sqs2pg-bare" ] || return 0
  [ -n "$(sources)" ] || apt-get -q update >&2
  command -v debootstrap >/dev/null ||
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install debootstrap; } >&2
  list=$(sources_of "$suite")
  mirror=$(awk 'NR == 1 { print $2 }' <<<"$list")
  [ -n "$mirror" ] || fail "apt has no source of a Debian release"
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  say "debootstrap $suite into $folder"
  env ${proxy:+http_proxy="$proxy"} debootstrap --variant=minbase "$suite" "$folder" "$mirror" >"$folder.log" 2>&1 ||
    { tail -n 20 "$folder.log" >&2; fail "debootstrap failed"; }
  rm -f "$folder.log"
  cp /etc/resolv.conf "$folder/etc/resolv.conf"
  printf '%s\n' "$list" >"$folder/etc/apt/sources.list"
  apt_settings >"$folder/etc/apt/apt.conf.d/99machine"
  copy_clients
  mkdir -p "$folder/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' \
    -exec cp {} "$folder/usr/local/share/ca-certificates/" \;
  inside sh -c 'export DEBIAN_FRONTEND=noninteractive; apt-get -q update &&
    apt-get -q -y --no-install-recommends install ca-certificates git' >"$folder/srv/apt.log" 2>&1 ||
    { tail -n 20 "$folder/srv/apt.log" >&2; fail "no git in the folder"; }
  touch "$folder/etc/sqs2pg-bare"
}

main() {
  local keep='' demo_only='' run parts=()
  folder='' suite=bookworm
  for argument in "$@"; do
    case $argument in
    --keep) keep=1 ;;
    --demo-only) demo_only=1 ;;
    -*) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 64 ;;
    */*) folder=$argument ;;
    *) suite=$argument ;;
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
  case $suite in bookworm | trixie) ;; *) parts=(unit) ;; esac
  [ -n "$demo_only" ] || { say "tests"; inside /srv/sqs2pg/scripts/test.sh "${parts[@]}" || fail "the tests failed"; }
  say "all well"
}

# Sourced, it gives the functions: tests/deb makes its folders with them.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  main "$@"
fi
