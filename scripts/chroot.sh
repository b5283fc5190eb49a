#!/usr/bin/env bash
# Sourced by bare.sh and cross.sh: makes a system in a folder with mmdebstrap, from the archives
# that apt uses on this machine, and runs commands in it. From this machine the system uses only
# the kernel, the network, the additional certificates and the settings of apt, pip, npm and
# Maven. Needs root.

# Environment variables that configure the programs that fetch packages.
CHROOT_PASSED=(http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_INDEX_URL
  NPM_CONFIG_REGISTRY npm_config_registry MAVEN_OPTS MAVEN_ARGS)
chroot_passed() {
  local name
  for name in "${CHROOT_PASSED[@]}"; do
    [ -z "${!name:-}" ] || printf '%s=%s\0' "$name" "${!name}"
  done
}

# chroot_run FOLDER COMMAND...: run the command in that system, without an input. The mounts are
# in a mount namespace and end with the command, so removing the folder cannot reach through one.
# The root folder is also a mount, because `ip netns` changes the propagation of the mount at /.
# shellcheck disable=SC2016  # expanded by the inner shell
chroot_run() {
  local folder=$1 settings
  shift
  mapfile -d '' settings < <(chroot_passed)
  unshare --mount --pid --fork --kill-child -- bash -c '
    set -e
    mount --make-rprivate /
    mount --bind "$1" "$1"
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" /usr/bin/env -i HOME=/srv TERM=dumb \
      NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"' \
    inside "$folder" "${settings[@]}" "$@" </dev/null
}

# Print apt's own sources, one per line: URI RELEASE CODENAME COMPONENT.
chroot_sources() {
  # shellcheck disable=SC2016  # apt's words
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT)' 'Created-By: Packages'
}

# chroot_suite: print the release of this machine.
chroot_suite() { chroot_sources | awk 'NR == 1 { sub(/-.*/, "", $3); print $3 }'; }

# chroot_sources_of SUITE: print sources.list for that SUITE on the same mirrors. The release of a
# machine is that of its main archive; -updates and -security have names derived from it, and
# unstable has neither. If ${chroot_sources_file} names a file, its lines are used instead.
chroot_sources_of() {
  if [ -n "${chroot_sources_file:-}" ]; then
    cat "$chroot_sources_file"
    return
  fi
  chroot_sources | awk -v suite="$1" '
    NR == 1 { own = $3; sub(/-.*/, "", own) }
    $2 !~ /^[a-z]+(-(updates|security))?$/ || $3 !~ "^" own "(-|$)" { next }
    suite ~ /^(sid|unstable)$/ && $3 != own { next }
    { at = $1 " " suite substr($3, length(own) + 1)
      if (!(at in parts)) order[++n] = at
      if (index(parts[at] " ", " " $4 " ") == 0) parts[at] = parts[at] " " $4 }
    END { for (i = 1; i <= n; i++) print "deb", order[i] parts[order[i]] }'
}

# Print the other settings of apt for fetching: proxies, certificates, checks. A mirror of unstable
# may be a snapshot whose lists have expired.
chroot_apt_settings() {
  apt-config dump | grep '^Acquire::' | grep -vE '^Acquire::(IndexTargets|CompressionTypes|Changelogs)' || true
  case $1 in sid | unstable) echo 'Acquire::Check-Valid-Until "false";' ;; esac
}

# The files with the package sources of pip, npm and Maven. The system file of Maven belongs to
# its package, so it becomes the user's file there.
CHROOT_CLIENTS=(/etc/pip.conf /etc/npmrc)
CHROOT_OWN_CLIENTS=(.config/pip/pip.conf .npmrc .m2/settings.xml)
chroot_copy_clients() {
  local file
  for file in "${CHROOT_CLIENTS[@]}"; do
    [ ! -f "$file" ] || install -D -m 600 "$file" "$1$file"
  done
  [ ! -f /etc/maven/settings.xml ] || install -D -m 600 /etc/maven/settings.xml "$1/srv/.m2/settings.xml"
  for file in "${CHROOT_OWN_CLIENTS[@]}"; do
    [ ! -f "$HOME/$file" ] || install -D -m 600 "$HOME/$file" "$1/srv/$file"
  done
}

# chroot_make FOLDER SUITE ARCHITECTURES PACKAGES: make a system of the required packages, apt and
# PACKAGES, for the architectures; the last two are comma-separated lists. A complete system is not
# changed. On failure it prints the end of the log to stderr and returns 1.
chroot_make() {
  local folder=$1 suite=$2 list
  [ ! -e "$folder/etc/sqs2pg-chroot" ] || return 0
  [ -n "$(chroot_sources)" ] || apt-get -q update >&2 || return 1
  command -v mmdebstrap >/dev/null ||
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install mmdebstrap; } >&2 || return 1
  list=$(chroot_sources_of "$suite")
  if [ -z "$list" ]; then
    printf 'apt has no source for this release\n' >&2
    return 1
  fi
  chroot_apt_settings "$suite" >"$folder.conf"
  if ! mmdebstrap --variant=minbase --architectures="$3" --include="apt,$4" --aptopt="$folder.conf" \
    "$suite" "$folder" - <<<"$list" >"$folder.log" 2>&1; then
    tail -n 20 "$folder.log" >&2
    return 1
  fi
  rm -f "$folder.log" "$folder.conf"
  cp /etc/resolv.conf "$folder/etc/resolv.conf"
  chroot_copy_clients "$folder"
  mkdir -p "$folder/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' \
    -exec cp {} "$folder/usr/local/share/ca-certificates/" \; 2>/dev/null || true
  chroot_run "$folder" update-ca-certificates >/dev/null 2>&1 || true
  touch "$folder/etc/sqs2pg-chroot"
}
