#!/usr/bin/env bats
# debian/ and the units, as far as they can be checked without a build of the package. tests/deb
# builds, installs, upgrades and purges it (scripts/test.sh deb).

load ../lib/common

setup() {
  common_setup
  DEBIAN=$ROOT/debian SYSTEMD=$ROOT/deploy/systemd
}

@test "the changelog of the package is that of CHANGELOG.md, and its newest release is VERSION" {
  "$ROOT/scripts/debian-changelog.py" >made
  diff made "$DEBIAN/changelog" || { echo 'run scripts/debian-changelog.py >new && mv new debian/changelog' && return 1; }
  run --separate-stderr -0 dpkg-parsechangelog -l made -S Version
  [ "$output" = "$(<"$ROOT/VERSION")" ]
  [ "$stderr" = '' ]
  # Count characters, also in a system without a locale.
  LC_ALL=C.UTF-8 run -1 grep -nE '^ [^-].{79}' made
  # Unreleased changes make an entry of their own, above.
  printf '# Changes\n\n## Unreleased\n\nBetter.\n\n- `x` does\n  more.\n\n## 0.1.0 (2026-12-03)\n\n- Old.\n' >CHANGES
  "$ROOT/scripts/debian-changelog.py" --next 0.2.0~1 --date 1796256000 CHANGES >made
  diff - <(sed 's/ -- .*>/ -- x/' made) <<'END'
sqs2pg (0.2.0~1) unstable; urgency=medium

  * Better.
    - `x` does more.

 -- x  Thu, 03 Dec 2026 00:00:00 +0000

sqs2pg (0.1.0) unstable; urgency=medium

    - Old.

 -- x  Thu, 03 Dec 2026 12:00:00 +0000
END
}

@test "the package needs for its build what scripts/deps.sh installs" {
  # The compiler, make and libc come with every build; pkg-config is now pkgconf.
  (. "$ROOT/scripts/deps.sh" && printf '%s\n' "${BUILD_PACKAGES[@]}" libcmocka-dev) |
    grep -vxE 'gcc|libc6-dev|make' | sed 's/^pkg-config$/pkgconf/' | sort >installed
  sed -n '/^Build-Depends:/,/^[^ B]/p' "$DEBIAN/control" | grep -oE '[a-z][a-z0-9+.-]*(-dev|conf)\b' | sort >wanted
  [ "$(wc -l <wanted)" -ge 9 ]
  diff installed wanted
}

@test "the files that debian/ names exist, and the license is the right one" {
  cd "$ROOT"
  while read -r file; do
    [ -s "$file" ] || { echo "no $file" && return 1; }
  done < <(cat debian/sqs2pg.docs debian/sqs2pg.examples)
  # Every unit that a script of the package names.
  grep -ohE 'sqs2pg(-[a-z]+)?@\*\.[a-z]+' debian/sqs2pg.p* | sort -u | tr -d '*' >"$BATS_TEST_TMPDIR/named"
  (cd "$SYSTEMD" && ls -- *@*) | diff - "$BATS_TEST_TMPDIR/named"
  diff <(sed -n '/^License: ISC$/,/^$/s/^ //p' debian/copyright | tail -n +1 | sed 's/^\.$//') \
    <(sed -n '/^Permission/,$p' LICENSE)
  grep -qF "$(sed -n 's/^Copyright (c) \([0-9]* The sqs2pg authors\)$/Copyright: \1/p' LICENSE)" debian/copyright
  # Files of other authors carry their license.
  grep -rlE 'Apache License' tests/vectors | sort | diff - <(sed -n '/^Files: tests/,/^Copyright/s/^\(Files: \| *\)\(tests[^ ]*\)$/\2/p' debian/copyright)
}

# verified UNIT...: verify copies of the units, one instance each, started from a folder that has
# the script.
verified() {
  local unit
  install -D -m 755 "$ROOT/scripts/pipeline.sh" bin/sqs2pg
  install -m 755 "$ROOT/scripts/status.sh" bin/sqs2pg-status
  for unit; do sed "s|/usr/local/bin/|$PWD/bin/|" "$unit" >"$(basename "${unit/@./@x.}")"; done
  systemd-analyze verify --man=no ./*@x.* 2>&1
}

@test "systemd accepts the units without a warning, and warns of a wrong one" {
  verified "$SYSTEMD"/*@.* >said
  diff /dev/null said
  [ "$(compgen -G '*@x.*' | wc -l)" -eq 6 ]
  sed 's/^KillMode=.*/KillMod=mixed/' "$SYSTEMD/sqs2pg@.service" >sqs2pg@.service
  verified "$PWD/sqs2pg@.service" >said || true
  grep -q KillMod said
}

@test "systemd makes the user and the folders that the units name" {
  mkdir -p root/etc
  systemd-sysusers --root="$PWD/root" "$SYSTEMD/sqs2pg.sysusers.conf"
  user=$(cut -d: -f1 root/etc/passwd)
  [ "$(sed -n 's/^\(User\|Group\)=//p' "$SYSTEMD"/*.service | sort -u)" = "$user" ]
  [[ $(<root/etc/passwd) == *:/var/lib/sqs2pg:*nologin ]]
  [ "$(cut -d: -f1 root/etc/group)" = "$user" ]
  id=$(cut -d: -f3 root/etc/passwd)
  systemd-tmpfiles --root="$PWD/root" --create "$SYSTEMD/sqs2pg.tmpfiles.conf"
  (cd root && stat -c '%a %u:%g %n' etc/sqs2pg var/lib/sqs2pg var/lib/sqs2pg/metrics run/sqs2pg) | diff - <(
    printf '%s\n' "750 0:$id etc/sqs2pg" "751 $id:$id var/lib/sqs2pg" "755 $id:$id var/lib/sqs2pg/metrics" "755 $id:$id run/sqs2pg")
  # The settings of the service for its home must not undo that.
  [ "$(sed -n 's/^StateDirectoryMode=//p' "$SYSTEMD"/*.service | sort -u)" = 0751 ]
}
