#!/usr/bin/env bash
# Run every check that needs no running program. STYLE.md names the rule of each check.
#
#   scripts/lint.sh [-C ROOT] [CHECK...]        (all but the slow ones when none is named)
#   scripts/lint.sh slow                        (only these: analyzer and tidy)
#
# Print one line for each check, and its findings below. Exit 0 only if there are none; a missing
# tool is a finding. If a tool is not the version that the check needs, the line has `not looked
# at` instead of `ok`, with the needed version. Objects go into ${BUILD:-build}/lint, so that a
# second run is quick.
#
# The checks are functions that are called through variables, which shellcheck cannot see.
# shellcheck disable=SC2317
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/..
if [ "${1:-}" = -C ]; then
  root=$2
  shift 2
fi
cd "$root"
objects=${BUILD:-build}/lint
# shellcheck source=scripts/deps.sh
. "$here/deps.sh"
# The status of a check whose tool has another version.
NOT_LOOKED_AT=3

CHECKS=(build exports layers names wrappers sizes banned words prose headers alone tests security shell python man format cppcheck)
SLOW=(analyzer tidy)

# sources PATTERN...: list the files of the tree that git knows or would add, or all files
# without git.
sources() {
  local file pattern
  if [ -e .git ] && git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -co --exclude-standard -- "$@" | while IFS= read -r file; do
      [ ! -f "$file" ] || printf '%s\n' "$file"
    done
  else
    for pattern in "$@"; do
      find . -path ./build -prune -o -path "./$pattern" -type f -printf '%P\n'
    done | sort
  fi
}

# each COMMAND...: run the command on the files named on stdin; do nothing when there are none.
each() { xargs -r -d '\n' "$@"; }

# From an outer make only the number of jobs is known, and its job slots are not available here.
compile() { MAKEFLAGS='' MAKELEVEL='' make -s -k -j "$(nproc)" WERROR=1 BUILD="$objects" objects 2>&1; }
structure() { "$here/check-structure.py" -C . --objects "$objects/obj" "$1"; }

# Everything compiles without a warning.
lint_build() { compile; }

# Checks that read the source, and the symbols that it exports.
lint_exports() {
  compile >/dev/null || true
  structure exports
}
lint_layers() { structure layers; }
lint_names() { structure names; }
lint_wrappers() { structure wrappers; }
lint_sizes() { structure sizes; }
lint_banned() { structure banned; }
lint_words() { structure words; }
# Sentences of at most 30 words, in the words of docs/glossary.md.
lint_prose() { "$here/prose.py" -C . --check; }
lint_headers() { structure headers; }
lint_tests() { structure tests; }

# The tests that SECURITY.md names exist: "- `FILE`: TITLE".
lint_security() {
  local line file title bad=0 count=0
  while IFS= read -r line; do
    [[ $line =~ ^-\ \`([a-z0-9_-]+\.(bats|c))\`:\ (.+)$ ]] || continue
    file=${BASH_REMATCH[1]} title=${BASH_REMATCH[3]} count=$((count + 1))
    case $file in
    *.bats) grep -qsF "@test \"${title//\$/\\$}\" {" "tests/bats/$file" && continue ;;
    *.c) grep -qsE "^static void $title\(void \*\*state\)" "tests/unit/$file" && continue ;;
    esac
    printf 'SECURITY.md: no such test: %s: %s\n' "$file" "$title"
    bad=1
  done <SECURITY.md
  if [ "$count" -eq 0 ]; then
    printf 'SECURITY.md: names no test\n'
    bad=1
  fi
  return "$bad"
}

# Each header compiles alone, without the headers of the foreign library on the include path.
lint_alone() {
  sources 'lib/*.h' 'cmd/*.h' |
    each -n 1 -P "$(nproc)" "${CC:-cc}" -fsyntax-only -x c -std=c17 -D_GNU_SOURCE -Ilib -Wall -Wextra \
      -Wpedantic -Werror 2>&1
}

shell_sources() {
  sources 'scripts/*' 'tests/*' 'bench/*' 'deploy/*' '.ci/*' 'share/completions/*' 'debian/*' |
    each awk 'FNR == 1 && (/^#!.*[\/ ](ba|da)?sh$/ || FILENAME ~ /[.](ba)?sh$/) { print FILENAME }'
}
# Exceptions for test files. Each @test is a subshell (SC2030, SC2031), and a failing cd ends it
# (SC2164). Pipelines in single quotes are for another shell (SC2016). `run` assigns variables out
# of sight (SC2154). `x <f | cmp - f` only reads f (SC2094).
lint_shell() {
  local status=0
  shell_sources | each shellcheck -x -P SCRIPTDIR -f gcc || status=1
  sources 'tests/*.bats' | each shellcheck -x -P SCRIPTDIR -s bats -e SC2016,SC2030,SC2031,SC2094,SC2154,SC2164 -f gcc || status=1
  return "$status"
}

lint_python() {
  sources '*.py' | each python3 -W error -c '
import sys
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        compile(file.read(), name, "exec")' 2>&1
}

lint_man() { sources 'man/*.[1-8]' | each mandoc -T lint -W warning; }

# version TOOL NUMBER: return true if the tool has that version.
version() { [[ $("$1" --version 2>/dev/null) =~ [^0-9.]"$2". ]]; }

# of_version NUMBER NAME...: print the first of these tools with that version, or the reason why
# there is none.
of_version() {
  local number=$1 tool found=''
  shift
  for tool; do
    command -v "$tool" >/dev/null || continue
    if version "$tool" "$number"; then
      printf '%s\n' "$tool"
      return 0
    fi
    found=$("$tool" --version 2>/dev/null | grep -oE '[0-9]+[.][0-9.]+' | head -n 1)
  done
  if [ -z "$found" ]; then
    printf '%s: command not found\n' "$1"
    return 1
  fi
  printf 'needs %s %s, found %s\n' "$1" "$number" "$found"
  return "$NOT_LOOKED_AT"
}

# Each version formats a little differently, so only Debian 12's is used.
lint_format() {
  local tool status=0
  tool=$(of_version 14 clang-format clang-format-14 "$(lint_dir)/bin/clang-format") || status=$?
  if [ "$status" -ne 0 ]; then
    printf '%s\n' "$tool"
    return "$status"
  fi
  sources '*.c' '*.h' | each "$tool" --dry-run -Werror --style=file 2>&1 |
    awk -F: '/^[^ ]+:[0-9]+:[0-9]+: / { if (!places[$1]++) names[++count] = $1; next }
      /command not found|No such file/ { print; bad = 1 }
      END {
        for (i = 1; i <= count; i++)
          printf "%s: not as clang-format -i has it, places: %d\n", names[i], places[names[i]]
        exit bad || count > 0
      }'
}

# Disabled: that each member is used in the same file (unusedStructMember), and that the headers of
# the system are read (missingIncludeSystem). Other versions report other false findings, so only
# Debian 12's runs the checks across functions.
lint_cppcheck() {
  local list status=0 others=()
  list=$(sources 'lib/*.c' 'cmd/*.c')
  [ -n "$list" ] || return 0
  case $(cppcheck --version) in
  *' 2.10'*) ;;
  *) others=(--suppress={uninitvar,memleak,nullPointerOutOfMemory,normalCheckLevelMaxBranches}) ;;
  esac
  # Only changed files are checked again.
  mkdir -p "$objects/cppcheck"
  cppcheck -q -j "$(nproc)" --cppcheck-build-dir="$objects/cppcheck" --std=c11 -Ilib --file-list=- --error-exitcode=1 --inline-suppr \
    -D_GNU_SOURCE -DSQS2PG_VERSION='""' -DSQS2PG_DATADIR='""' \
    --enable=warning,performance,portability --suppress=missingIncludeSystem \
    --suppress=unusedStructMember --suppress=unmatchedSuppression "${others[@]}" \
    --template='{file}:{line}: {message} ({id})' <<<"$list" 2>&1 || status=$?
  return "$status"
}

# Check paths through a file that end in an error, with gcc. Other versions report other false
# findings, so only Debian 12's is used. Leaks are disabled: the analyzer loses track of members of a
# caller's structure. clang-tidy, ASan and valgrind find leaks.
lint_analyzer() {
  local gcc status=0
  gcc=$(of_version 12 gcc gcc-12) || status=$?
  if [ "$status" -ne 0 ]; then
    printf '%s\n' "$gcc"
    return "$status"
  fi
  MAKEFLAGS='' MAKELEVEL='' make -s -k -j "$(nproc)" WERROR=1 BUILD="$objects/analyzer" CC="$gcc" \
    OPTIMIZE='-O0' HARDEN='' CFLAGS='-fanalyzer -Wno-analyzer-malloc-leak' objects 2>&1
}

# Run the checks of .clang-tidy on programs and libraries. One file at a time: with more it takes
# va_start() for unknown in all but the first.
lint_tidy() {
  local tool status=0
  tool=$(of_version 14 clang-tidy clang-tidy-14) || status=$?
  if [ "$status" -ne 0 ]; then
    printf '%s\n' "$tool"
    return "$status"
  fi
  # shellcheck disable=SC2046
  sources 'lib/*.c' 'cmd/*.c' |
    xargs -r -d '\n' -I '{}' -P "$(nproc)" "$tool" --quiet --warnings-as-errors='*' '{}' -- -std=c17 \
      -D_GNU_SOURCE -DSQS2PG_VERSION='""' -DSQS2PG_DATADIR='""' -Ilib \
      $(pkg-config --cflags libxml-2.0 libpq libcurl) 2>&1 |
    awk '/ warnings? (generated|treated as errors)/ { next } { print; bad = 1 } END { exit bad }'
}

failed=0
[ "$*" != slow ] || set -- "${SLOW[@]}"
for check in "${@:-"${CHECKS[@]}"}"; do
  declare -F "lint_$check" >/dev/null || {
    printf 'lint: error: no such check: %s\n' "$check" >&2
    exit 64
  }
  status=0
  found=$("lint_$check" 2>&1) || status=$?
  if [ "$status" -eq 0 ]; then
    printf '%-9s ok%s\n' "$check" "${found:+, ${found//$'\n'/, }}"
  elif [ "$status" -eq "$NOT_LOOKED_AT" ]; then
    printf '%-9s not looked at: %s\n' "$check" "$found"
  else
    printf '%-9s %d found\n  %s\n' "$check" "$(grep -c . <<<"$found")" "${found//$'\n'/$'\n'  }"
    failed=1
  fi
done
exit "$failed"
