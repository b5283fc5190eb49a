#!/usr/bin/env bash
# Sourced by bare.sh and cross.sh: a system in a folder, made by mmdebstrap from the
# archives that this machine's apt uses, and commands in it, with nothing of this
# machine but its kernel, its network, its additional certificates and how its apt,
# pip, npm and Maven are set up. Needs root.

# The settings by environment of what fetches packages.
CHROOT_PASSED=(http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_INDEX_URL
  NPM_CONFIG_REGISTRY npm_config_registry MAVEN_OPTS MAVEN_ARGS)
chroot_passed() {
  local name
  for name in "${CHROOT_PASSED[@]}"; do
    [ -z "${!name:-}" ] || printf '%s=%s\0' "$name" "${!name}"
  done
}

# chroot_run FOLDER COMMAND...: in that system, without an input.
# The mounts live in a namespace of their own: they end with the command, and
# removing the folder can never reach through one. Its root is a mount as well: `ip netns`
# changes how the mounts of / are told of.
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

# apt's own sources, a line each: URI RELEASE CODENAME COMPONENT.
chroot_sources() {
  # shellcheck disable=SC2016  # apt's words
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT)' 'Created-By: Packages'
}

# chroot_suite: the release that this machine has.
chroot_suite() { chroot_sources | awk 'NR == 1 { sub(/-.*/, "", $3); print $3 }'; }

# chroot_sources_of SUITE: what sources.list has to say for the same mirrors' SUITE.
# The release that a machine has is its main archive's; -updates and -security
# go by its name, and unstable has none. The file ${chroot_sources_file} says it instead, if named.
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

# What else apt was told of fetching: proxies, certificates, what it checks. A mirror may have unstable
# as it was at some time, with lists that have run out since.
chroot_apt_settings() {
  apt-config dump | grep '^Acquire::' | grep -vE '^Acquire::(IndexTargets|CompressionTypes|Changelogs)' || true
  case $1 in sid | unstable) echo 'Acquire::Check-Valid-Until "false";' ;; esac
}

# The files that say where pip, npm and Maven fetch from. Maven's, of the system, is one that its
# package brings: there it is the user's.
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

# chroot_make FOLDER SUITE ARCHITECTURES PACKAGES: a system of the required packages, apt and these,
# for the architectures; the last two parted by commas. One that is whole is left as it is. On failure
# its last words on stderr, and 1.
chroot_make() {
  local folder=$1 suite=$2 list
  [ ! -e "$folder/etc/sqs2pg-chroot" ] || return 0
  [ -n "$(chroot_sources)" ] || apt-get -q update >&2 || return 1
  command -v mmdebstrap >/dev/null ||
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install mmdebstrap; } >&2 || return 1
  list=$(chroot_sources_of "$suite")
  if [ -z "$list" ]; then
    printf 'apt has no source of a release\n' >&2
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
