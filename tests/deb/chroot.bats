#!/usr/bin/env bats
# The Debian package in a Debian with nothing else: built there without a network, checked by
# lintian, installed, upgraded, removed and purged. autopkgtest runs its own tests.
#
# scripts/test.sh deb runs this once for each suite. Needs root. DEB_SUITE is the suite. DEB_FOLDER,
# if set, keeps the two systems for the next run: DEB_FOLDER/build and DEB_FOLDER/clean.

bats_require_minimum_version 1.5.0

setup_file() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  SUITE=${DEB_SUITE:-bookworm}
  FOLDER=${DEB_FOLDER:-$(mktemp -d /var/tmp/sqs2pg-deb.XXXXXX)}
  OUT=$ROOT/build/deb-$SUITE
  export ROOT SUITE FOLDER OUT
  chmod 755 "$FOLDER"
  mkdir -p "$OUT"
}

teardown_file() { [ -n "${DEB_FOLDER:-}" ] || rm -rf --one-file-system "$FOLDER"; }

# in_system NAME COMMAND...: run it there, with inside of bare.sh.
in_system() {
  local system=$1
  shift
  (
    . "$ROOT/scripts/bare.sh"
    folder=$FOLDER/$system inside "$@"
  )
}

# system NAME PACKAGE...: make it with the minimum that the package manager needs, and these.
system() {
  local name=$1
  shift
  [ ! -e "$FOLDER/$name/etc/sqs2pg-deb" ] || return 0
  (
    . "$ROOT/scripts/bare.sh"
    folder=$FOLDER/$name
    chroot_apt_settings "$SUITE" >"$FOLDER/$name.apt"
    chroot_sources_of "$SUITE" | mmdebstrap -q --variant=apt --include="ca-certificates $*" --aptopt="$FOLDER/$name.apt" \
      "$SUITE" "$folder" -
    cp "$FOLDER/$name.apt" "$folder/etc/apt/apt.conf.d/99machine"
    cp /etc/resolv.conf "$folder/etc/resolv.conf"
    chroot_copy_clients "$folder"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$folder/usr/local/share/ca-certificates/" \;
    # Start no service.
    printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
    chmod 755 "$folder/usr/sbin/policy-rc.d"
    inside update-ca-certificates
    inside apt-get -q update
    touch "$folder/etc/sqs2pg-deb"
  ) >"$OUT/$name.log" 2>&1 || { tail -n 30 "$OUT/$name.log" && return 1; }
}

apt_in() { in_system "$1" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 "${@:2}"; }

# older DEB: make the same package with a lower number, and a file that the later one no longer has.
older() {
  local tree=$BATS_FILE_TMPDIR/older
  rm -rf "$tree"
  dpkg-deb -R "$1" "$tree"
  sed -i 's/^\(Version: [0-9.]*\).*/\1~older/' "$tree/DEBIAN/control"
  echo old >"$tree/usr/share/sqs2pg/policies/gone.policy"
  dpkg-deb --root-owner-group -b "$tree" "$FOLDER/clean/srv/older.deb" >&2
}

# everything: print the names of all files in the clean system, except databases and caches of the
# package manager.
everything() {
  (cd "$FOLDER/clean" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./srv -o -path ./var/cache \
    -o -path ./run -o -path ./var/log -o -path ./var/lib/dpkg -o -path ./var/lib/apt \) -prune -o -print) | LC_ALL=C sort
}

@test "make deb builds source and binary without a network, with unit tests and both sets of flags" {
  system build
  rm -rf --one-file-system "$FOLDER/build/srv/sqs2pg"
  mkdir "$FOLDER/build/srv/sqs2pg"
  (cd "$ROOT" && git ls-files -zco --exclude-standard | while IFS= read -r -d '' file; do
    [ ! -f "$file" ] || printf '%s\0' "$file"
  done | tar -c --null -T -) | tar -x --no-same-owner -C "$FOLDER/build/srv/sqs2pg"
  apt_in build build-dep /srv/sqs2pg/ >"$OUT/apt.log" 2>&1
  apt_in build install --no-install-recommends lintian iproute2 python3 >>"$OUT/apt.log" 2>&1
  when=$(git -C "$ROOT" log -1 --format=%ct)
  in_system build env "SOURCE_DATE_EPOCH=$when" "DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS:-}" unshare --net \
    sh -c 'ip link set lo up && cd /srv/sqs2pg && exec make deb' >"$OUT/made" 2>"$OUT/deb.log" ||
    { tail -n 40 "$OUT/deb.log" && return 1; }
  rm -f "$OUT"/sqs2pg[-_]*
  cp "$FOLDER"/build/srv/sqs2pg/build/deb/* "$OUT/"
  [ "$(grep -cE '\.(deb|dsc|changes)$' "$OUT/made")" -eq 4 ]
  compile=$(grep -m 1 'lib/base/buf\.c$' "$OUT/log")
  for flag in -std=c17 -D_FORTIFY_SOURCE= -DSQS2PG_DATADIR=\'\"/usr/share/sqs2pg\"\' -fPIE \
    -ffile-prefix-map= -Werror=format-security -fstack-protector-strong; do
    [[ $compile == *" $flag"* ]] || { echo "no $flag in: $compile" && return 1; }
  done
  [[ ${DEB_BUILD_OPTIONS:-} == *nocheck* ]] || grep -qE '^[1-9][0-9]+ passed, 0 failed$' "$OUT/log"
}

@test "lintian has no finding, also in the source" {
  in_system build sh -c 'lintian --allow-root --fail-on error,warning --display-info --pedantic \
    /srv/sqs2pg/build/deb/*.changes' >"$OUT/lintian" 2>&1 || { cat "$OUT/lintian" && return 1; }
  # An override for the lintian of one suite is unused in the other.
  grep -vE '^N:|^I: .* unused-override newer-standards-version ' "$OUT/lintian" | diff /dev/null -
}

@test "a clean system installs files, user, folders, pages and units; nothing is enabled" {
  system clean man-db
  compgen -G "$OUT/sqs2pg_*.deb" >/dev/null
  deb=$(echo "$OUT"/sqs2pg_*.deb)
  cp "$deb" "$FOLDER/clean/srv/sqs2pg.deb"
  older "$deb"
  # From an earlier run, in a kept system.
  apt_in clean purge sqs2pg >"$OUT/install.log" 2>&1 || true
  rm -rf "$FOLDER"/clean/etc/sqs2pg "$FOLDER"/clean/var/lib/sqs2pg "$FOLDER"/clean/etc/systemd/system/sqs2pg@*
  apt_in clean satisfy --no-install-recommends "$(dpkg-deb -f "$deb" Depends)" >>"$OUT/install.log" 2>&1
  everything >"$OUT/before"
  apt_in clean install --no-install-recommends /srv/older.deb >>"$OUT/install.log" 2>&1 ||
    { tail -n 30 "$OUT/install.log" && return 1; }
  in_system clean dpkg -V sqs2pg
  [ -e "$FOLDER/clean/usr/share/sqs2pg/policies/gone.policy" ]
  # The checks of debian/tests, here with nothing else installed but jq.
  apt_in clean install --no-install-recommends jq >>"$OUT/install.log" 2>&1
  install -m 755 "$ROOT/debian/tests/installed" "$FOLDER/clean/srv/installed"
  in_system clean /srv/installed
  for file in /usr/share/bash-completion/completions/pg-load /usr/share/zsh/vendor-completions/_sqs2pg \
    /usr/share/fish/vendor_completions.d/pg-load.fish /usr/lib/systemd/system/sqs2pg@.service \
    /usr/lib/systemd/system/sqs2pg-drain@.timer /usr/lib/sysusers.d/sqs2pg.conf /usr/lib/tmpfiles.d/sqs2pg.conf \
    /usr/share/doc/sqs2pg/copyright /usr/share/doc/sqs2pg/examples/sqs2pg.env; do
    in_system clean dpkg -S "$file"
  done >/dev/null
  run -1 grep -rqs sqs2pg "$FOLDER/clean/etc/systemd/system"
  [ -z "$(find "$FOLDER/clean/etc/systemd/system" -name '*sqs2pg*')" ]
}

@test "an upgrade installs the new files and keeps settings, key, drop-in and enabled units" {
  root=$FOLDER/clean
  in_system clean bash -c 'set -e
    cp /usr/share/doc/sqs2pg/examples/sqs2pg.env /etc/sqs2pg/logins.env
    chown root:_sqs2pg /etc/sqs2pg/logins.env; chmod 640 /etc/sqs2pg/logins.env
    echo "SQS2PG_PULL_OPTIONS=--wait 7" >>/etc/sqs2pg/logins.env
    pii-keygen /etc/sqs2pg/key; chown _sqs2pg: /etc/sqs2pg/key
    mkdir -p /etc/systemd/system/sqs2pg@logins.service.d
    printf "[Service]\nMemoryMax=2G\n" >/etc/systemd/system/sqs2pg@logins.service.d/more.conf
    systemctl enable -q sqs2pg@logins.service sqs2pg-drain@other.timer
    install -o _sqs2pg /dev/null /var/lib/sqs2pg/archive.ndjson.gz
    echo x >/var/lib/sqs2pg/metrics/logins.prom'
  kept() { (cd "$root" && find etc/sqs2pg etc/systemd/system var/lib/sqs2pg | sort | xargs stat -c '%n %a %u:%g %s' &&
    cat etc/sqs2pg/logins.env etc/sqs2pg/key) | grep -v '^[^ ]* [0-9]* [0-9:]* 4096$'; }
  kept >"$OUT/kept"
  [ "$(grep -c '/sqs2pg.*@.*\.\(service\|timer\) ' "$OUT/kept")" -eq 2 ]
  apt_in clean install --no-install-recommends /srv/sqs2pg.deb >>"$OUT/install.log" 2>&1 ||
    { tail -n 30 "$OUT/install.log" && return 1; }
  [ "$(in_system clean dpkg-query -W -f '${Version} ${db:Status-Status}' sqs2pg)" = "$(dpkg-deb -f "$root/srv/sqs2pg.deb" Version) installed" ]
  kept | diff "$OUT/kept" -
  [ ! -e "$root/usr/share/sqs2pg/policies/gone.policy" ]
  in_system clean /srv/installed
  # The service user can read its settings, and no other user can.
  in_system clean setpriv --reuid _sqs2pg --regid _sqs2pg --init-groups sqs2pg-read /etc/sqs2pg/logins.env |
    grep -qx 'SQS2PG_PULL_OPTIONS=--wait 7'
  run ! in_system clean setpriv --reuid nobody --regid nogroup --clear-groups cat /etc/sqs2pg/logins.env
}

@test "a removal leaves the files of the administrator; a purge leaves only keys, settings and the user" {
  root=$FOLDER/clean
  apt_in clean remove sqs2pg >>"$OUT/install.log" 2>&1
  run -127 in_system clean sqs-pull --version
  [ -s "$root/etc/sqs2pg/key" ]
  [ -s "$root/var/lib/sqs2pg/metrics/logins.prom" ]
  apt_in clean purge sqs2pg jq >>"$OUT/install.log" 2>&1
  apt_in clean autoremove --purge >>"$OUT/install.log" 2>&1
  everything | comm -13 "$OUT/before" - >"$OUT/left"
  # The package must not delete the key and the archive; the drop-in belongs to the administrator.
  diff - <(grep -vE '^\./etc/(passwd|group|shadow|gshadow)-$|^\./etc/\.pwd\.lock$' "$OUT/left") <<'END'
./etc/sqs2pg
./etc/sqs2pg/key
./etc/sqs2pg/logins.env
./etc/systemd/system/sqs2pg@logins.service.d
./etc/systemd/system/sqs2pg@logins.service.d/more.conf
./var/lib/sqs2pg
./var/lib/sqs2pg/archive.ndjson.gz
END
  in_system clean getent passwd _sqs2pg
  # Without files of the administrator, nothing is left.
  rm -rf "$root/etc/sqs2pg" "$root/var/lib/sqs2pg" "$root/etc/systemd/system/sqs2pg@logins.service.d"
  apt_in clean install --no-install-recommends /srv/sqs2pg.deb >>"$OUT/install.log" 2>&1
  apt_in clean purge sqs2pg >>"$OUT/install.log" 2>&1
  everything | comm -13 "$OUT/before" - | grep -vE '^\./etc/(passwd|group|shadow|gshadow)-$|^\./etc/\.pwd\.lock$' >"$OUT/left" || true
  diff /dev/null "$OUT/left"
}

# The commit of 0.1.0 before the later changes. It was not released, and had no package.
OLD=7ecfbf8e66a504f03a2e040f19a680e141780521

# go_on: in the clean system, with make install of 0.1.0 and a cluster of its own: 0.1.0 loads 100
# messages, which come again after the package has replaced it.
go_on() {
  set -euo pipefail
  cd "$(mktemp -d)"
  # Both report version 0.1.0.
  from() { hash -r && [ "$(type -P pii-mask) $(type -P pg-load)" = "$1/pii-mask $1/pg-load" ]; }
  loads() { pii-mask -q -k key <records | tee masked | pg-load -q --table user_logins >verdicts; }
  value() { psql -qXAt -v ON_ERROR_STOP=1 -c "$1"; }
  from /usr/local/bin
  pii-keygen -q key
  awk '{ printf "{\"sqs\":{\"queue_url\":\"http://127.0.0.1/1/logins\",\"message_id\":\"00000000-0000-4000-8000-%012d\"," \
    "\"receipt_handle\":\"r%d\",\"sent_at\":\"2026-11-21T09:00:00.123Z\"},\"body\":%s}\n", NR, NR, $0 }' /srv/old/share/demo/logins.ndjson >records
  psql -qX -f /usr/local/share/sqs2pg/sql/user_logins.sql
  loads
  cp masked masked.old
  value 'SELECT * FROM user_logins ORDER BY user_logins' >rows
  [ "$(wc -l <rows) $(value 'SELECT count(*) FROM user_logins_ledger')" = '99 99' ]
  make -s -C /srv/old uninstall
  apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends /srv/sqs2pg.deb
  from /usr/bin
  # Its tokens unmask, its key masks, its ledger knows the messages.
  jq -c '.body | [.ip, .device_id]' records >clear
  pii-unmask -q -k key <masked.old | jq -c '.body | [.ip, .device_id]' | diff clear -
  loads
  [ "$(jq -r .status verdicts | sort | uniq -c | xargs)" = '99 duplicate 1 quarantined' ]
  value 'SELECT * FROM user_logins ORDER BY user_logins' | diff rows -
}

@test "the package replaces an installed 0.1.0: table, ledger, key and tokens stay in use" {
  root=$FOLDER/clean
  rm -rf --one-file-system "$FOLDER/build/srv/old" "$root/srv/old"
  mkdir "$FOLDER/build/srv/old"
  git -C "$ROOT" archive "$OLD" | tar -x -C "$FOLDER/build/srv/old"
  in_system build sh -c 'make -s -C /srv/old && make -s -C /srv/old install DESTDIR=/srv/old/installed' >"$OUT/old.log" 2>&1 ||
    { tail -n 30 "$OUT/old.log" && return 1; }
  (cd "$root/usr/local" && find . ! -type d) >"$OUT/local"
  cp -a "$FOLDER/build/srv/old" "$root/srv/old"
  cp -a "$root/srv/old/installed/usr/local/." "$root/usr/local/"
  apt_in clean satisfy --no-install-recommends "$(dpkg-deb -f "$root/srv/sqs2pg.deb" Depends)" >>"$OUT/install.log" 2>&1
  apt_in clean install --no-install-recommends jq make postgresql >>"$OUT/install.log" 2>&1
  in_system clean env LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive pg_virtualenv bash -c "$(declare -f go_on); go_on" \
    >"$OUT/upgrade.log" 2>&1 || { tail -n 30 "$OUT/upgrade.log" && return 1; }
  (cd "$root/usr/local" && find . ! -type d) | diff "$OUT/local" -
}

# The job uses its own server, not that of this run.
@test "autopkgtest passes: the installed programs load a queue into the PostgreSQL of the system" {
  local settings=() name
  mapfile -t settings < <(
    . "$ROOT/scripts/bare.sh"
    chroot_passed | tr '\0' '\n'
  )
  settings=("${settings[@]/#/--env=}")
  rm -rf "$OUT/autopkgtest"
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare --mount -- bash -c '
    set -e
    mount --make-rprivate /
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    # Its limits are for an idle machine.
    exec env -u BUILD -u TEST_SQS autopkgtest -q --timeout-factor=10 -o "$2" "${@:3}" -- chroot "$1"' autopkgtest "$FOLDER/clean" "$OUT/autopkgtest" \
    "${settings[@]}" "$OUT"/sqs2pg_*.deb "$OUT"/sqs2pg_*.dsc >"$OUT/autopkgtest.log" 2>&1 </dev/null ||
    { tail -n 40 "$OUT/autopkgtest.log" && return 1; }
  diff - <(tr -s ' ' <"$OUT/autopkgtest/summary") <<'END'
installed PASS (superficial)
job PASS
END
}
