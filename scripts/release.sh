#!/usr/bin/env bash
# Check the list for a release. It continues after a failed step, so that one run shows all of them.
# It changes nothing but build/. Only --tag makes the tag; you push it by hand.
#
#   scripts/release.sh [STEP...]     these steps, all when none is named, in this order:
#
#     tree       the main branch, all committed, and no commits missing on either side of upstream
#     version    VERSION is above the last tag's, and equal to that of man pages, CHANGELOG.md and
#                debian/changelog (if it exists)
#     notes      CHANGELOG.md says how to upgrade from the release before, and whether data that
#                outlives the programs changed: ledger keys, tokens, time zones, FIFO ids
#     tests      .ci/run
#     dist       make dist: its checksums match, and it has this version
#     same       two clones in two folders: programs and make dist are byte for byte the same
#     tag        the tag does not exist yet; prints the commands that make and push it
#
#   scripts/release.sh --tag         all steps; if none fails, makes the tag (git tag -a, or -s if
#                                    git has a key to sign with)
#
# Print one line for each step, and its findings below; the last line is `N passed, N failed`. Exit
# 0 only if no step failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
cd "$root"

STEPS=(tree version notes tests dist same tag)
version=$(<VERSION)
tag=v$version

# found TEXT: reports a finding of this step.
found() {
  printf '%s\n' "$*"
  bad=1
}

# The headings of CHANGELOG.md, and its first section, that of the coming release.
headings() { sed -n 's/^## //p' CHANGELOG.md; }
section() { awk '/^## / { n++ } n == 1' CHANGELOG.md; }

step_tree() {
  local branch ahead behind
  branch=$(git symbolic-ref -q --short HEAD || echo none)
  [ "$branch" = main ] || found "the branch is $branch, not main"
  [ -z "$(git status --porcelain)" ] || found "not committed: $(git status --porcelain | sed 's/^...//' | head -n 10 | xargs)"
  if git rev-parse -q --verify '@{upstream}' >/dev/null 2>&1; then
    read -r behind ahead < <(git rev-list --left-right --count '@{upstream}...HEAD')
    [ "$ahead" -eq 0 ] || found "$ahead commits are not pushed"
    [ "$behind" -eq 0 ] || found "$behind commits of upstream are missing"
  fi
}

step_version() {
  local page last top heading date
  [[ $version =~ ^[0-9]+[.][0-9]+[.][0-9]+$ ]] || found "VERSION is not a release number: $version"
  last=$(git tag -l 'v[0-9]*' --sort=-v:refname | grep -vxF "$tag" | head -n 1 || true)
  [ -z "$last" ] || [ "$(printf '%s\n' "$last" "$tag" | sort -V | tail -n 1)" = "$tag" ] ||
    found "VERSION $version is below the last tag, $last"
  for page in man/*.[1-8]; do
    grep -qxF ".Os \"sqs2pg $version\"" "$page" || found "$page: $(grep -m 1 '^\.Os' "$page" || echo no .Os)"
  done
  heading=$(headings | head -n 1)
  if [[ $heading =~ ^(.*)\ \(([0-9]{4}-[0-9]{2}-[0-9]{2})\)$ && ${BASH_REMATCH[1]} = "$version" ]]; then
    date=${BASH_REMATCH[2]}
    [[ ! $date > $(date +%F) ]] || found "CHANGELOG.md: $date is in the future"
  else
    found "CHANGELOG.md begins with \"## $heading\", not with \"## $version (YEAR-MONTH-DAY)\""
  fi
  if [ -f debian/changelog ]; then
    top=$(head -n 1 debian/changelog)
    # An entry of no suite (UNRELEASED) is not finished.
    [[ $top =~ ^sqs2pg\ \(([^\)]+)\)\ [a-z-]+\; && ${BASH_REMATCH[1]%-*} = "$version" ]] ||
      found "debian/changelog begins with: $top"
  fi
}

step_notes() {
  local before notes subject
  before=$(headings | sed -n '2s/ .*//p')
  [ -n "$before" ] || return 0
  notes=$(section | awk -v from="^Steps for an upgrade from ${before//./[.]}" '
    $0 ~ from { on = 1 } on && /^[^ -].*:$/ && $0 !~ from { exit } on')
  [ -n "$notes" ] || { found "CHANGELOG.md: no \"Steps for an upgrade from $before\"" && return; }
  # Each subject with the words that show that the text covers it.
  for subject in 'ledger keys:ledger.*key|key.*ledger' 'tokens:token' 'time zones:time ?zone' 'FIFO ids:fifo'; do
    tr '\n' ' ' <<<"$notes" | grep -qiE -- "${subject#*:}" ||
      found "CHANGELOG.md: the upgrade steps from $before do not mention ${subject%%:*}"
  done
}

step_tests() {
  local log=build/release/tests.log line
  mkdir -p build/release
  bash .ci/run >"$log" 2>&1 </dev/null || found ".ci/run failed: see $log"
  line=$(tail -n 1 "$log")
  [[ $line =~ ^[1-9][0-9]*\ passed,\ 0\ failed$ ]] || found "its last line: $line"
  [ -n "$bad" ] || printf '%s\n' "$line"
}

# made FOLDER: run make dist in the folder; print its output only if it fails.
made() {
  local log=$1/dist.log
  make -s -C "$1" BUILD=build dist >"$log" 2>&1 || { found "make dist failed: $(tail -n 3 "$log")" && return 1; }
  rm -f "$log"
}

step_dist() {
  local name=sqs2pg-$version inside
  made . || return 0
  (cd build && sha256sum --quiet -c "$name.sha256") || found "build/$name.sha256 does not match"
  inside=$(tar -xzOf "build/$name.tar.gz" "$name/VERSION" || true)
  [ "$inside" = "$version" ] || found "build/$name.tar.gz holds version ${inside:-none}"
  [ "$(python3 -c 'import json, sys
print(json.load(sys.stdin)["metadata"]["component"]["version"])' <"build/$name.cdx.json")" = "$version" ] ||
    found "build/$name.cdx.json has another version"
  [ -n "$bad" ] || cat "build/$name.sha256"
}

# Everything except the folder differs between the builds: name, locale, time zone, umask. No
# compiler cache may reuse objects of the other build.
step_same() {
  local work folder file
  work=$(mktemp -d)
  for folder in a b/in/another/folder; do
    mkdir -p "$work/$folder"
    git clone -q --no-local . "$work/$folder"
    (
      cd "$work/$folder"
      export CCACHE_DISABLE=1
      if [ "$folder" != a ]; then
        umask 027
        export TZ=Asia/Tokyo LC_ALL=C
      fi
      make -s -j "$(nproc)" all && made .
    ) || found "no build in $folder"
  done
  for file in "$work"/a/build/bin/* "$work"/a/build/sqs2pg-"$version".*; do
    file=${file#"$work"/a/build/}
    cmp "$work/a/build/$file" "$work/b/in/another/folder/build/$file" || {
      bad=1
      ! command -v diffoscope >/dev/null ||
        diffoscope --max-report-size 4000 "$work/a/build/$file" "$work/b/in/another/folder/build/$file" || true
    }
  done
  [ -n "$bad" ] || (cd "$work/a/build" && sha256sum bin/* "sqs2pg-$version".*)
  rm -rf "$work"
}

sign() { if git config --get user.signingkey >/dev/null; then echo -s; else echo -a; fi; }
step_tag() {
  ! git rev-parse -q --verify "refs/tags/$tag" >/dev/null || found "tag $tag already exists"
  printf '%s\n' "git tag $(sign) $tag -m 'sqs2pg $version' $(git rev-parse --short HEAD)" "git push origin main $tag"
}

main() {
  local step said passed=0 failed=0 make_tag='' steps=()
  for step in "$@"; do
    case $step in
    --tag) make_tag=1 ;;
    -h | --help)
      sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    *)
      [[ " ${STEPS[*]} " == *" $step "* ]] || {
        printf 'release: error: no step %s; see scripts/release.sh --help\n' "$step" >&2
        exit 64
      }
      steps+=("$step")
      ;;
    esac
  done
  [ -z "$make_tag" ] || [ ${#steps[@]} -eq 0 ] || {
    printf 'release: error: --tag needs all steps\n' >&2
    exit 64
  }
  [ ${#steps[@]} -gt 0 ] || steps=("${STEPS[@]}")
  for step in "${steps[@]}"; do
    bad=''
    if said=$("step_$step" 2>&1 && [ -z "$bad" ]); then
      passed=$((passed + 1))
      printf '%-8s ok\n' "$step"
    else
      failed=$((failed + 1))
      printf '%-8s missing\n' "$step"
    fi
    [ -z "$said" ] || printf '  %s\n' "${said//$'\n'/$'\n'  }"
  done
  if [ -n "$make_tag" ] && [ "$failed" -eq 0 ]; then
    git tag "$(sign)" "$tag" -m "sqs2pg $version"
    printf 'tagged %s; push it with: git push origin main %s\n' "$tag" "$tag"
  fi
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
}

main "$@"
