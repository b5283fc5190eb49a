#!/usr/bin/env bats
# The release: the same bytes from the same commit, a true list of the contents, and no step that
# can be forgotten.

load ../lib/common

setup() {
  common_setup
  # No make may write to the build under test.
  unset BUILD MAKEFLAGS MAKELEVEL
}

# repository FOLDER: make a small one with the files that make dist and scripts/release.sh read, at
# version 9.8.7.
repository() {
  mkdir -p "$1/scripts" "$1/man"
  cp "$ROOT"/Makefile "$1"
  cp "$ROOT"/scripts/{release.sh,sbom.py} "$1/scripts"
  printf '.Os "sqs2pg 9.8.7"\n' >"$1/man/x.1"
  echo 9.8.7 >"$1/VERSION"
  echo build/ >"$1/.gitignore"
  cat >"$1/CHANGELOG.md" <<'CHANGES'
# Changes

## 9.8.7 (2026-01-02)

Steps for an upgrade from 9.8.6:

- Ledger keys and
  tokens stay. The time zone is the database's. FIFO ids stay.

New:

- A tail.

## 9.8.6 (2025-01-02)
CHANGES
  git -C "$1" init -q -b main
  git -C "$1" config user.name x
  git -C "$1" config user.email x@example.org
  git -C "$1" add -A
  GIT_COMMITTER_DATE=2026-01-02T03:04:05Z git -C "$1" commit -q -m first
}

@test "two builds in different folders, with other names, locales, zones and masks, are the same" {
  local folder what
  what=$(rounds build/bin/sqs2pg-read all)
  for folder in a another/one/with/a/longer/name; do
    mkdir -p "$folder"
    cp -a "$ROOT"/{Makefile,VERSION,lib,cmd} "$folder"
    (
      export CCACHE_DISABLE=1
      if [ "$folder" != a ]; then
        export TZ=Asia/Tokyo LC_ALL=C USER=somebody
        umask 027
      fi
      make -s -C "$folder" -j "$(nproc)" BUILD=build "$what"
    )
  done
  (cd a/build && find bin lib -type f | sort) >made
  [ "$(wc -l <made)" -ge 2 ]
  while read -r file; do
    cmp "a/build/$file" "another/one/with/a/longer/name/build/$file"
    run -1 grep -qaF "$PWD" "a/build/$file"
  done <made
}

@test "make dist gives the same files from two clones, and valid checksums" {
  repository one
  git clone -q one two/clone
  make -s -C one dist
  (umask 077 && TZ=Asia/Tokyo make -s -C two/clone dist)
  for file in one/build/sqs2pg-9.8.7.{tar.gz,cdx.json,sha256}; do cmp "$file" "two/clone/build/${file##*/}"; done
  (cd one/build && sha256sum --quiet -c sqs2pg-9.8.7.sha256)
  [ "$(wc -l <one/build/sqs2pg-9.8.7.sha256)" -eq 2 ]
  [ "$(tar -xzOf one/build/sqs2pg-9.8.7.tar.gz sqs2pg-9.8.7/VERSION)" = 9.8.7 ]
  # Of no account, and with the time of the commit.
  run -0 tar --numeric-owner --utc --full-time -tvzf one/build/sqs2pg-9.8.7.tar.gz
  [ "$(awk '{ print $2, $4, $5 }' <<<"$output" | sort -u)" = '0/0 2026-01-02 03:04:05' ]
  run -1 grep -E '/(build|\.git)/' <<<"$output"
}

# The packages of the libraries by NEEDED, read from the programs themselves.
@test "the list of components is valid CycloneDX, and true" {
  local program
  make -s -C "$ROOT" BUILD="$PWD/b" sbom
  list=$(echo b/sqs2pg-*.cdx.json)
  run -0 "$(python_dir)/bin/python" - "$list" <<'CODE'
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())
sys.exit(str(wrong) if wrong else 0)
CODE
  [ "$(jq -r .metadata.component.version "$list")" = "$(<"$ROOT/VERSION")" ]
  make -s -C "$ROOT" BUILD="$PWD/b2" sbom
  cmp "$list" b2/*.cdx.json
  # Each program of the build is in it, and depends on what it needs; --as-needed may remove one.
  for program in $(cd "$(dirname "$(command -v pg-load)")" && echo *); do
    jq -r --arg program "program:$program" '. as $all | .dependencies[] | select(.ref == $program) | .dependsOn[] as $one |
      $all.components[] | select(.["bom-ref"] == $one) | .properties[] | select(.name == "sqs2pg:soname").value' "$list" | sort -u >listed
    readelf -dW "$(command -v "$program")" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
      grep -vE '^(lib(a|ub|t)san|libgcc_s|libdl|librt|libpthread|ld-linux)' | sort -u >needed
    [ -s needed ]
    [ -z "$(comm -13 listed needed)" ] || { echo "$program: not listed: $(comm -13 listed needed)" && return 1; }
  done
  # With dpkg, package and version are known: those of libcurl, and of what libcurl needs.
  version=$(dpkg-query -W -f '${Version}\n' "$(dpkg-query -S '*/libcurl.so.4' | cut -d: -f1)" | head -n 1)
  jq -e --arg version "$version" '.components[] | select(any(.properties[]?; .value == "libcurl.so.4")) | .version == $version
    and (.purl | startswith("pkg:deb/"))' "$list"
  jq -e 'any(.components[].properties[]?; .name == "sqs2pg:pkg-config" and (.value | startswith("libpq ")))' "$list"
  [ "$(jq '.components | length' "$list")" -ge 25 ]
}

@test "pip installs only packages with a pinned digest" {
  local file
  for file in "$ROOT"/{scripts,bench}/*requirements.txt; do
    # Each requirement, with its continuation lines, has a pin and a digest.
    sed -e '/^ *#/d' -e ':a;/\\$/{N;s/\\\n//;ba}' "$file" | grep . >wanted
    [ -s wanted ]
    run -1 grep -vE '^[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==[^ ]+ .*--hash=sha256:[0-9a-f]{64}' wanted
    # Each line of its source is pinned in it.
    while read -r line; do grep -qiE "^${line%%[=[]*}(\[[^]]*\])?==${line##*==} " wanted; done < <(grep -v '^#' "${file%.txt}.in")
  done
  grep -qF -- '--require-hashes' "$ROOT/scripts/deps.sh"
}

@test "release.sh accepts a complete release, and makes the tag on request" {
  repository r
  cd r
  run -0 scripts/release.sh tree version notes dist tag
  [ "${lines[-1]}" = '5 passed, 0 failed' ]
  [[ $output == *"git tag -a v9.8.7 -m 'sqs2pg 9.8.7'"*'git push origin main v9.8.7'* ]]
  [ -z "$(git tag)" ]
  # With --tag all steps count, and this tree has no tests.
  run -1 scripts/release.sh --tag
  [[ $output == *'tests    missing'* ]]
  [ -z "$(git tag)" ]
  run -64 scripts/release.sh --tag tree
  run -64 scripts/release.sh nothing
}

@test "release.sh names what is missing" {
  repository r
  cd r
  git tag v9.8.8
  run -1 scripts/release.sh version
  [[ $output == *'VERSION 9.8.7 is below the last tag, v9.8.8'* ]]
  git tag -d v9.8.8
  git tag v9.8.7
  run -1 scripts/release.sh tag
  [[ $output == *'tag v9.8.7 already exists'* ]]
  printf '.Os "sqs2pg 9.8.6"\n' >man/x.1
  run -1 scripts/release.sh tree
  [[ $output == *'not committed: man/x.1'* ]]
  run -1 scripts/release.sh version
  [[ $output == *'man/x.1: .Os "sqs2pg 9.8.6"'* ]]
  mkdir debian
  echo 'sqs2pg (9.8.6-1) unstable; urgency=low' >debian/changelog
  run -1 scripts/release.sh version
  [[ $output == *'debian/changelog begins with: sqs2pg (9.8.6-1) unstable'* ]]
  sed -i 's/(9.8.6-1) unstable/(9.8.7-1) UNRELEASED/' debian/changelog
  run -1 scripts/release.sh version
  [[ $output == *'debian/changelog begins with'* ]]
  sed -i 's/UNRELEASED/unstable/' debian/changelog
  run -1 scripts/release.sh version
  [[ $output != *'debian/changelog'* ]]
  sed -i 's/ FIFO ids stay//; s/zone/band/' CHANGELOG.md
  run -1 scripts/release.sh notes
  [[ $output == *'do not mention time zones'*'do not mention FIFO ids'* && $output != *tokens* ]]
  sed -i 's/^## 9.8.7 .*/## Unreleased/' CHANGELOG.md
  run -1 scripts/release.sh version
  [[ $output == *'CHANGELOG.md begins with "## Unreleased"'* ]]
  git switch -q -c other
  run -1 scripts/release.sh tree
  [[ $output == *'the branch is other, not main'* ]]
}
