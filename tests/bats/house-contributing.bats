#!/usr/bin/env bats
# CONTRIBUTING.md names existing paths, make targets, scripts and parts, and its first change is
# still to do.

load ../lib/common
load ../lib/page

PAGE=$ROOT/CONTRIBUTING.md

setup() { common_setup; }

# code: print the texts of the page in backquotes and in indented blocks, a piece a line.
code() {
  grep -oE '`[^`]+`' "$PAGE" | tr -d '`'
  sed -n 's/^    //p' "$PAGE"
}

# column HEADING: print the names in the first column of the tables under a heading, without backquotes.
column() {
  awk -v wanted="$1" '/^## / { on = substr($0, 4) == wanted } on && /^\| `/' "$PAGE" | cut -d'|' -f2 | grep -oE '[a-z][a-z-]+'
}

# exist PATH...: fail, and name the path, when one is not in the tree.
exist() {
  local path bad=0
  for path; do [ -e "$ROOT/$path" ] || { echo "no such path: $path" && bad=1; }; done
  return "$bad"
}

@test "each path and each linked page exists" {
  code | grep -oE '(^|[ =(])[.A-Za-z0-9_-]*/?[A-Za-z0-9_/.-]+' | tr -d ' =(' |
    grep -E '^((cmd|lib|tests|scripts|man|docs|share)/|[.]ci/|[A-Z]+[.]md$|Makefile$)' |
    grep -vE 'NAME|LAYER' | sed 's/[.]$//' | sort -u >paths
  grep -oE '\]\([^)#]+\)' "$PAGE" | tr -d '])(' >links
  [ "$(wc -l <paths)" -ge 25 ] && [ "$(wc -l <links)" -ge 5 ]
  mapfile -t all < <(cat paths links)
  exist "${all[@]}"
  run -1 exist "${all[0]}" scripts/none.sh
  # Links within the page.
  grep -oE '\]\(#[^)]+\)' "$PAGE" | tr -d '])(#' | sort -u >anchors
  sed -n 's/^## //p' "$PAGE" | tr '[:upper:] ' '[:lower:]-' | tr -cd 'a-z0-9\n-' | sort -u >headings
  [ -z "$(comm -23 anchors headings)" ]
}

@test "each make target exists, and each capital word is in the source" {
  code | grep -oE '\bmake [^&|;)]*' | tr ' ' '\n' | grep -vE '^(make|-j2|.*=.*|)$' | sort -u >targets
  [ "$(wc -l <targets)" -ge 5 ]
  while read -r target; do env -u BUILD -u MAKEFLAGS make -C "$ROOT" -n "$target" >/dev/null 2>why || { cat why && return 1; }; done <targets
  code | grep -oE '\b[A-Z]+_[A-Z_]+\b|\bPROGRAMS\b' | grep -vE '^(LAYERS|LIBS)_NAME$' | sort -u >words
  [ "$(wc -l <words)" -ge 5 ]
  while read -r word; do grep -rqwF -- "$word" "$ROOT"/{lib,cmd,scripts,tests/unit,tests/bats/setup_suite.bash,Makefile} || [ "$word" = CMOCKA_TEST_FILTER ]; done <words
}

@test "the table of checks has those of lint.sh, and the table of parts those of test.sh" {
  column 'The checks' | sort -u >told
  sed -n 's/^lint_\([a-z]*\)() .*/\1/p' "$ROOT/scripts/lint.sh" | sort -u | diff - told
  code | grep -oE 'scripts/lint[.]sh [a-z ]+' | cut -d' ' -f2- | xargs -n 1 | sort -u | grep -vx slow | comm -23 - told >unknown
  [ ! -s unknown ]
  column 'The parts of scripts/test.sh' | grep -vx long | sort -u >told
  sed -nE 's/^    ([a-z| -]+)\) parts\+=\("\$part"\) ;;$/\1/p' "$ROOT/scripts/test.sh" | tr -d ' ' | tr '|' '\n' | sort -u >parts
  [ "$(wc -l <parts)" -ge 10 ]
  grep -vx asan-bats-moto parts | diff - told
}

@test "the first change is still to do: its key is unknown, and its lists exist" {
  cd "$BATS_TEST_TMPDIR"
  block 'A first change in fifteen minutes' 1 | sed 's|build/bin/||' >block
  run -0 bash block
  [[ $output == *.console_id* && $output != *device* ]]
  grep -qE '"device", .*license_plate' "$ROOT/tests/unit/detect_key.c"
  grep -A 10 'KIND(KEY_DEVICE), 0' "$ROOT/lib/detect/key_words.c" | grep -qF 'terminal id|'
  run -1 grep -rq 'console id' "$ROOT/lib/detect/key_words.c"
}
