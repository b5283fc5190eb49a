#!/usr/bin/env bash
# Build the Debian package from the current work tree, into build/deb.
#
#   scripts/deb.sh [VERSION]     (make deb)
#
# Needs the packages of scripts/deps.sh build deb, and no network. It builds the source and the binary
# package. The unit tests run too, unless DEB_BUILD_OPTIONS has nocheck, which needs only one set of
# objects and is quick. The default VERSION is the file VERSION if CHANGELOG.md begins with a release;
# or else a version on the way to it, 0.1.0+git20261129.1242, by the last commit. Prints the names of
# the new files, one per line.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)

say() { printf 'deb: %s\n' "$*" >&2; }
fail() {
  say "error: $*"
  exit 1
}

# Drop variables of an outer make and of another kind of build.
unset MAKEFLAGS MAKELEVEL MFLAGS BUILD PREFIX DESTDIR SANITIZE WERROR CC CFLAGS CPPFLAGS LDFLAGS V
umask 022

# moment: print the time of the packed files, in seconds since the epoch.
moment() {
  if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
    printf '%s\n' "$SOURCE_DATE_EPOCH"
  else
    git -C "$root" log -1 --format=%ct 2>/dev/null || stat -c %Y "$root/CHANGELOG.md"
  fi
}

# files: list the files of the tree: all that git knows or would add, or all without git.
files() {
  if [ -e "$root/.git" ]; then
    git -C "$root" ls-files -zco --exclude-standard
  else
    (cd "$root" && find . -path ./build -prune -o ! -type d -printf '%P\0')
  fi
}

# new_entry VERSION SECONDS: add an entry for it to the changelog of the copy, unless there is
# one. With a given version the entry takes the text under Unreleased, or the newest release gets
# this version.
new_entry() {
  local version=$1 entry
  [ "$(dpkg-parsechangelog -l debian/changelog -S Version)" != "$version" ] || return 0
  if grep -q '^## Unreleased' CHANGELOG.md; then
    scripts/debian-changelog.py --next "$version" --date "$2" >debian/changelog.new
  else
    entry=$(dpkg-parsechangelog -l debian/changelog -S Version)
    sed "1s/(${entry//./\\.})/($version)/" debian/changelog >debian/changelog.new
  fi
  mv debian/changelog.new debian/changelog
}

main() {
  local version=${1:-} when copy tool
  for tool in dpkg-buildpackage dh python3; do
    command -v "$tool" >/dev/null || fail "$tool is missing; scripts/deps.sh build deb installs it"
  done
  when=$(moment)
  if [ -z "$version" ]; then
    version=$(<"$root/VERSION")
    ! grep -q '^## Unreleased' "$root/CHANGELOG.md" || version+=+git$(date -u -d "@$when" +%Y%m%d.%H%M)
  fi
  rm -rf "$root/build/deb"
  copy=$root/build/deb/sqs2pg-${version}
  mkdir -p "$copy"
  # Skip files that git knows but that no longer exist.
  (cd "$root" && files | while IFS= read -r -d '' file; do
    [ ! -e "$file" ] && [ ! -L "$file" ] || printf '%s\0' "$file"
  done | tar -c --null -T -) | tar -x -C "$copy"
  cd "$copy"
  chmod -R go-w,go+rX .
  new_entry "$version" "$when"
  say "building sqs2pg $version"
  dpkg-buildpackage -us -uc >"$root/build/deb/log" 2>&1 ||
    { tail -n 40 "$root/build/deb/log" >&2; fail "dpkg-buildpackage failed: see build/deb/log"; }
  cd "$root/build/deb"
  rm -rf "$copy"
  printf 'build/deb/%s\n' *.deb *.dsc *.changes *.tar.*
}

case ${1:-} in
-*) sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" ;;
*) main "$@" ;;
esac
