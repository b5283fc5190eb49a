#!/usr/bin/env bats
# Every check of scripts/lint.sh finds its violations: a small tree that passes, with one violation
# at a time.

setup_file() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  PLAIN=$BATS_FILE_TMPDIR/plain
  export ROOT PLAIN
  # Not the build folder of the real tree.
  unset BUILD MAKEFLAGS MAKELEVEL
  plain_tree
}

# write FILE: write the lines of stdin without the `@`. It keeps this file itself free of the words
# under test.
write() {
  mkdir -p "$(dirname "$1")"
  tr -d @ >"$1"
}

plain_tree() {
  mkdir -p "$PLAIN"
  cp "$ROOT/Makefile" "$ROOT/VERSION" "$ROOT/.clang-format" "$ROOT/.clang-tidy" "$PLAIN"
  cd "$PLAIN"
  write lib/base/text.h <<'END'
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/* The length of a text in bytes, its end not counted; ${text} is not NULL. */
int text_length(const char *text);

#endif
END
  write lib/base/text.c <<'END'
#include <string.h>

#include "base/text.h"

/* "system(" and stdout, in a comment or a string, are only words. */
static const char name[] = "system(\"x\"), stdout";

int text_length(const char *text)
{
    return text == name ? (int)sizeof name : (int)strlen(text);
}
END
  write lib/json/value.h <<'END'
#ifndef JSON_VALUE_H
#define JSON_VALUE_H

#include "base/text.h"

/* A value of RFC 8259, by the length of its text in bytes. */
struct json_value {
    int length;
};
void json_value_init(struct json_value *value, const char *text);

#endif
END
  write lib/json/value.c <<'END'
#include "json/value.h"

void json_value_init(struct json_value *value, const char *text)
{
    value->length = text_length(text);
}
END
  write cmd/a-tool/count.h <<'END'
#ifndef A_TOOL_COUNT_H
#define A_TOOL_COUNT_H

/* How many bytes the arguments have together. */
int count_bytes(int argc, char **argv);

#endif
END
  write cmd/a-tool/count.c <<'END'
#include "base/text.h"

#include "count.h"

int count_bytes(int argc, char **argv)
{
    int sum = 0;
    for (int i = 1; i < argc; i++)
        sum += text_length(argv[i]);
    return sum;
}
END
  write cmd/a-tool/main.c <<'END'
#include "count.h"

int main(int argc, char **argv)
{
    return count_bytes(argc, argv) == 0;
}
END
  write SECURITY.md <<'END'
- `say.bats`: says
END
  write docs/glossary.md <<'END'
| word | means | not |
|---|---|---|
| **ledger** | x | `key book` |
END
  write scripts/say.sh <<'END'
#!/bin/sh
printf '%s\n' "$1"
END
  write scripts/say.py <<'END'
print("a")
END
  write tests/bats/say.bats <<'END'
#!/usr/bin/env bats
@@test "says" {
  run scripts/say.sh x
  [ "$output" = x ]
}
END
  # The one line above that keeps its `@`.
  sed -i 's/^test "/@&/' tests/bats/say.bats
  write man/a-tool.1 <<'END'
.Dd January 1, 2026
.Dt A-TOOL 1
.Os
.Sh NAME
.Nm a-tool
.Nd count bytes
.Sh SYNOPSIS
.Nm
.Op Ar text ...
.Sh DESCRIPTION
Counts.
END
}

lint() { (cd / && "$ROOT/scripts/lint.sh" -C "$TREE" "$@"); }

setup() { TREE=$BATS_TEST_TMPDIR/tree && fresh; }
fresh() {
  rm -rf "$TREE"
  cp -R "$PLAIN" "$TREE"
  cd "$TREE"
}

# expect CHECK PATTERN: the check must fail in the present tree, with a finding that matches the
# extended regular expression. Then reset the tree.
expect() {
  local status=0 said
  said=$(lint "$1" 2>&1) || status=$?
  if [ "$status" -ne 1 ] || ! grep -qE "$2" <<<"$said"; then
    printf 'lint.sh %s: status %d, wanted /%s/:\n%s\n' "$1" "$status" "$2" "$said"
    return 1
  fi
  fresh
}

# unused CHECK TOOL: the check needs this tool, of Debian 12, and another one is installed.
unused() {
  run lint "$1"
  [ "$status" -eq 0 ] && [[ $output == *"not looked at: needs $2, found "* ]]
}

# in_text LINE: append the line to lib/base/text.c.
in_text() { printf '%s\n' "${1//@/}" >>lib/base/text.c; }

@test "a clean tree passes every check" {
  run lint
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(grep -c ' ok$' <<<"$output")" -eq "${#lines[@]}" ]
  [ "${#lines[@]}" -eq "$(sed -n 's/^CHECKS=(\(.*\))/\1/p' "$ROOT/scripts/lint.sh" | wc -w)" ]
}

@test "a clean git tree passes too, and files that git ignores are not checked" {
  git init -q .
  printf '/ignored\n' >.gitignore
  printf 'TO@DO\n' | tr -d @ >ignored
  run lint words sizes headers
  echo "$output"
  [ "$status" -eq 0 ]
  printf 'TO@DO\n' | tr -d @ >new
  expect words '^ *new:1: '
}

@test "an unknown check is a usage error" {
  run lint nonsense
  [ "$status" -eq 64 ]
}

@test "build: warnings, also of a VLA" {
  in_text 'static int unused(void) { return 1; }'
  expect build 'text\.c.*unused'
  in_text 'int text_sum(int n); int text_sum(int n) { int v[n]; v[0] = n; return v[0]; }'
  expect build 'text\.c.*variable length array'
  in_text 'void text_open(void) {}'
  expect build 'text\.c.*prototype'
}

@test "exports: names with the wrong prefix, and names in no header" {
  in_text 'int other(void); int other(void) { return 1; }'
  expect exports 'lib/base/text\.c:.*exports other,'
  in_text 'int text_more(void); int text_more(void) { return 1; }'
  expect exports 'lib/base/text\.c:.*text_more.* not state'
  # A contract for its own folder only is in a header named text_*.h.
  in_text 'int text_more(void); int text_more(void) { return 1; }'
  printf 'int text_more(void);\n' >lib/base/text_own.h
  run lint exports
  [ "$status" -eq 0 ]
  fresh
  in_text 'int textual = 1;'
  expect exports 'text\.c:.*exports textual,'
  printf 'int helper(void);\nint helper(void) { return 1; }\n' >>cmd/a-tool/main.c
  expect exports 'cmd/a-tool/main\.c:.*exports helper'
  sed -i 's/^int text_length/static inline int stray(void)\n{\n    return 1;\n}\n&/' lib/base/text.h
  expect exports 'lib/base/text\.h:6: defines stray'
  in_text '#error no object'
  expect exports 'text\.c:.*not built'
}

@test "layers: upwards, sideways, across programs, in a cycle, out of the tree" {
  in_text '#include "json/value.h"'
  expect layers 'lib/base/text\.c:12: includes lib/json/value\.h: json is not below base'
  printf '#include "json/value.h"\n' | write lib/pg/conn.c
  expect layers 'lib/pg/conn\.c:1: .*json is not below pg'
  printf '#include "mask/key.h"\n' | write lib/record/record.c
  touch lib/record/record.c && mkdir lib/mask && touch lib/mask/key.h
  expect layers 'lib/record/record\.c:1: .*mask is not below record'
  printf '#include "../a-tool/count.h"\n' | write cmd/b-tool/main.c
  expect layers 'cmd/b-tool/main\.c:1: includes cmd/a-tool/count\.h'
  in_text '#include "../../cmd/a-tool/count.h"'
  expect layers 'lib/base/text\.c:12: .*is no header'
  in_text '#include "text.h"'
  expect layers 'text\.c:12: "text\.h" is no header in lib'
  in_text '#  include  "base/nothing.h"'
  expect layers 'text\.c:12: "base/nothing\.h" is no header'
  sed -i '4i #include "json/other.h"' lib/json/value.h
  printf '#include "json/value.h"\n' | write lib/json/other.h
  expect layers 'a cycle: lib/json/.* > lib/json/.* > lib/json/'
  # A header and its source are one, and so is value_own.h, for their folder.
  printf '#include "json/value.h"\n' | write lib/json/other.h
  printf '#include "json/other.h"\n' | write lib/json/value.c
  expect layers 'a cycle: lib/json/other > lib/json/value > lib/json/other'
  printf '#include "json/value_own.h"\n' | write lib/json/other.h
  printf '#include "json/other.h"\n' | write lib/json/value.c
  printf '/* Nothing is in it. */\n' | write lib/json/value_own.h
  expect layers 'a cycle: lib/json/other > lib/json/value > lib/json/other'
  printf 'int new_thing;\n' | write lib/new/thing.c
  expect layers 'lib/new/thing\.c:1: lib/new is no layer'
}

@test "layers: includes out of order" {
  printf '#include "json/value.h"\n#include "base/text.h"\n' | write lib/json/whole.c
  expect layers 'lib/json/whole\.c:2: "base/text\.h" belongs above "json/value\.h"'
  printf '#include "json/value.h"\n\n#include "base/text.h"\n' | write lib/json/value.c
  expect layers 'lib/json/value\.c:3: "base/text\.h" belongs above "json/value\.h"'
  printf '#include <string.h>\n#include <errno.h>\n#include "base/text.h"\n\n#include <poll.h>\n' | write lib/json/whole.c
  expect layers '^layers +3 found'
  printf '#include "base/text.h"\n#ifdef X\n#include <a.h>\n#endif\n' | write lib/json/whole.c
  run lint layers
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "names: one name for two modules" {
  printf '/* A text. */\n' | write lib/json/text.h
  expect names 'lib/json/text\.h:1: has the name of lib/base/text'
  mkdir cmd/b-tool
  cp cmd/a-tool/count.c cmd/b-tool/count.c
  expect names 'cmd/b-tool/count\.c:1: has the name of cmd/a-tool/count'
  mkdir cmd/b-tool
  touch cmd/a-tool/options.c cmd/b-tool/options.h
  run lint names
  [ "$status" -eq 0 ]
}

@test "wrappers: each foreign library has one, which no header shows" {
  local header
  for header in curl/curl.h libxml/parser.h openssl/evp.h libpq-fe.h jq.h jv.h seccomp.h; do
    in_text "#include <$header>"
    expect wrappers "lib/base/text\.c:12: <$header> belongs behind lib/"
  done
  printf '#include <jv.h>\n' >>lib/json/value.c
  expect wrappers 'lib/json/value\.c:.*belongs behind lib/json/jq\.c'
  printf '#include <curl/curl.h>\n' | write lib/http/http.h
  expect wrappers 'lib/http/http\.h:1: .*in a header'
  printf '#include <zlib.h>\n' >>lib/json/value.c
  expect wrappers 'lib/json/value\.c:.*<zlib\.h> belongs behind lib/inflate/'
  in_text '#include <lzma.h>'
  expect wrappers 'text\.c:12: <lzma\.h> is of no library'
  local type
  for type in 'CURL *' 'struct curl_slist *' 'xmlParserCtxtPtr ' 'EVP_CIPHER *' 'PGconn *' 'jv ' 'scmp_filter_ctx '; do
    sed -i "s/^int text_length/${type}text_other(void);\n&/" lib/base/text.h
    expect wrappers 'lib/base/text\.h:5: .*shown in a header'
  done
}

@test "wrappers: each library is allowed in its own wrapper" {
  printf '#include <curl/curl.h>\n' | write lib/http/http.c
  printf '#include <libxml/parser.h>\n' | write lib/xml/xml.c
  printf '#include <openssl/evp.h>\n' | write lib/crypto/aes.c
  printf '#include <libpq-fe.h>\n' | write lib/pg/conn.c
  printf '#include <jq.h>\n#include <jv.h>\n' | write lib/json/jq.c
  printf '#include <seccomp.h>\n#include <sys/prctl.h>\n' | write lib/confine/confine.c
  run lint wrappers
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "prose: long sentences and words that the glossary replaces, in each kind of text" {
  local long='a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e'
  in_text "/* The key book. */"
  expect prose 'lib/base/text\.c:12: word: key book \(glossary: ledger\)'
  in_text "static const char said[] = \"no key book there\";"
  expect prose 'lib/base/text\.c:12: word: key book'
  printf '%s.\n' "$long" >>README.md
  expect prose 'README\.md:[0-9]+: long: 31 words'
  printf '.Pp\n%s.\n' "$long" >>man/a-tool.1
  expect prose 'man/a-tool\.1:[0-9]+: long: 31 words'
  printf '# %s.\n' "$long" >>scripts/say.sh
  expect prose 'scripts/say\.sh:[0-9]+: long: 31 words'
  printf '@%s "the key book" {\n}\n' test >>tests/bats/say.bats
  expect prose 'tests/bats/say\.bats:[0-9]+: word: key book'
  rm docs/glossary.md
  expect prose 'docs/glossary\.md is missing'
}

@test "sizes: files, functions, main.c" {
  local i
  for i in $(seq 500); do echo "/* $i */"; done >>lib/base/text.c
  expect sizes 'lib/base/text\.c:511: 511 lines'
  for i in $(seq 500); do echo "# $i"; done >>scripts/say.sh
  expect sizes 'scripts/say\.sh:502: '
  for i in $(seq 165); do echo "/* $i */"; done >>cmd/a-tool/main.c
  expect sizes 'cmd/a-tool/main\.c:171: .*at most 170'
  { echo 'static int long_one(void)'; echo '{'; seq -f '    /* %g */' 77; echo '    return 1;'; echo '}'; } >>lib/base/text.c
  expect sizes 'text\.c:13: long_one\(\) has 80 lines'
  # One line less is allowed, and two branches of an #if are not one function.
  { echo 'static int long_one(void)'; echo '{'; seq -f '    /* %g */' 76; echo '    return 1;'; echo '}'
    printf '#if A\nint f(void) {\n#else\nint f(int x) {\n#endif\n    return 1;\n}\nint g(void)\n{\n    return 2;\n}\n'
  } >>lib/base/text.c
  run lint sizes
  [ "$status" -eq 0 ]
}

@test "banned: calls that no file may make" {
  local call
  for call in system popen strcpy strcat sprintf vsprintf gets atoi atol strtok strtok_r alloca rand \
    tmpnam tempnam mktemp; do
    in_text "void f(void) { $call(0); }"
    expect banned "text\.c:12: $call\(\) is banned"
  done
  printf 'void f(void) { strcpy(0, 0); }\n' | write tests/unit/base_text.c
  expect banned 'tests/unit/base_text\.c:1: strcpy\(\) is banned'
}

@test "banned: output without base/out and base/msg, exit outside of main.c" {
  local words
  for words in 'printf("x")' 'puts("x")' 'fputs("x", stdout)' 'write(STDOUT_FILENO, "x", 1)' \
    'write(1, "x", 1)'; do
    in_text "void f(void) { $words; }"
    expect banned 'text\.c:12: .*base/out\.h'
  done
  for words in 'fprintf(stderr, "x")' 'perror("x")' 'warn("x")' 'err(1, "x")' 'dprintf(2, "x")'; do
    in_text "void f(void) { $words; }"
    expect banned 'text\.c:12: .*base/msg\.h'
  done
  for words in 'exit(1)' 'assert(1)'; do
    in_text "void f(void) { $words; }"
    expect banned 'text\.c:12: .*exit status'
  done
  in_text 'void f(unsigned long long wide);'
  expect banned 'text\.c:12: .*PRIu64'
  in_text 'void f(void) { x.system(1); y->rand(2); h(err, warn); strtoul(0, 0, 0); _exit(1); snprintf(0, 0, ""); }'
  in_text 'int g(char *s, ...) __attribute__((format(printf, 1, 2)));'
  run lint banned
  echo "$output"
  [ "$status" -eq 0 ]
  in_text 'static const char said[] = "no memory";'
  expect banned 'text\.c:[0-9]+: .*the words are "out of memory"'
}

@test "words: notes of later work, paths of one machine, authors" {
  local words
  for words in 'TO@DO' 'FIX@ME later' 'X@XX' '/wo@rk/main' '"/ro@ot/x"' '/ho@me/jane/src' 'bash@_jobs' \
    '/tmp/bu@ild-x' 'an A@I wrote it' 'iss@ue 2' 'Co@-Authored-By: x' 'shared/DES@IGN.md' 'see DES@IGN 4'; do
    printf '# %s\n' "$words" | tr -d @ >>scripts/say.sh
    expect words 'scripts/say\.sh:3: '
  done
  printf 'TO@DO\n' | tr -d @ >README.md
  expect words 'README\.md:1: '
  # Parts of other words, and templates of mktemp, are no finding.
  printf '# mktemp a.XX%sXX; $x/wo%s; net/ro%s; MAIL; reissue 2\n' XX rk ot >>scripts/say.sh
  run lint words
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "headers: guard and contract" {
  sed -i 's/BASE_TEXT_H/TEXT_H/' lib/base/text.h
  expect headers 'lib/base/text\.h:1: .*guard BASE_TEXT_H'
  for edit in 's/^#endif//' '1i int early;'; do sed -i "$edit" lib/base/text.h && expect headers 'text\.h:1: .*guard'; done
  sed -i 's/A_TOOL_COUNT_H/COUNT_H/' cmd/a-tool/count.h
  expect headers 'cmd/a-tool/count\.h:1: .*guard A_TOOL_COUNT_H'
  sed -i '/\/\*/d' lib/base/text.h
  expect headers 'lib/base/text\.h:1: states no contract'
  printf '/*\n * text_add(text, size):\n * Add it.\n */\nint text_add(char *text, const int *(*list)[3], ...);\n' >>lib/base/text.h
  expect headers 'lib/base/text\.h:[0-9]*: the contract names other parameters than the function: text, list, \.\.\.'
  printf 'int a; /* the first … */\n' >>lib/base/text.h
  expect headers 'lib/base/text\.h:[0-9]*: half a sentence'
}

@test "alone: a header that does not compile by itself" {
  sed -i 's/^int text_length/size_t text_size(const char *text);\n&/' lib/base/text.h
  expect alone 'base/text\.h:5:.*size_t'
}

@test "tests: skips, files without a test, files of an earlier start" {
  local line
  for line in 'sk@ip' '  sk@ip "no server"' 'command -v x || sk@ip' 'if ! x; then sk@ip; fi'; do
    printf '%s\n' "$line" | tr -d @ >>tests/bats/say.bats
    expect tests 'tests/bats/say\.bats:6: skips'
  done
  printf 'static void t(void **state) { sk@ip(); }\n' | write tests/unit/base_text.c
  expect tests 'tests/unit/base_text\.c:1: skips'
  printf '#!/usr/bin/env bats\n' | write tests/bats/empty.bats
  expect tests 'tests/bats/empty\.bats:1: holds no test'
  printf 'again() {\n  say >out 2>err &\n  eventually 60 grep ready err\n}\n' >>tests/bats/say.bats
  expect tests 'tests/bats/say\.bats:7: starts a program again, .* to err'
}

@test "shell, python, man: findings of their checkers" {
  printf 'echo $1\n' >>scripts/say.sh
  expect shell 'scripts/say\.sh:3:.*SC2086'
  printf '#!/bin/bash\nx=$(ls)\n' | write share/completions/tool
  expect shell 'share/completions/tool:2:.*SC2034'
  printf '@test "x" {\n  rm $output\n}\n' >>tests/bats/say.bats
  expect shell 'tests/bats/say\.bats:7:.*SC2086'
  printf 'if x\n' >>scripts/say.py
  expect python 'say\.py'
  printf '.Xx wrong\n' >>man/a-tool.1
  expect man 'man/a-tool\.1:12:.*unknown'
}

@test "format: lines that clang-format would change" {
  in_text 'int  f( void );'
  expect format 'lib/base/text\.c: .*places: [1-9]'
  # Another version is not used, and the check says so.
  mkdir bin
  printf '#!/bin/sh\necho "clang-format version 18.1.3"\n' >bin/clang-format
  chmod +x bin/clang-format
  cp bin/clang-format bin/clang-format-14
  PATH=$PWD/bin:$PATH SQS2PG_CACHE=$PWD/none unused format 'clang-format 14'
  [[ $output == *'found 18.1.3'* ]]
}

@test "cppcheck: a write past an array" {
  in_text 'int text_past(void); int text_past(void) { int v[2] = { 0 }; v[2] = 1; return v[0]; }'
  expect cppcheck 'lib/base/text\.c:12: .*arrayIndexOutOfBounds'
}

@test "analyzer: unchecked memory; tidy: freed memory" {
  local rest='*v = 1; free(v); }' null='lib/base/text\.c:13:.*analyzer-possible-null-dereference'
  lint slow
  printf '#include <stdlib.h>\n%s\n' "void text_new(void); void text_new(void) { char *v = malloc(1); $rest" >>lib/base/text.c
  if command -v gcc-12 >/dev/null; then expect analyzer "$null"; else unused analyzer 'gcc 12'; fi
  printf '#include <stdlib.h>\n%s\n' "void text_late(char *v); void text_late(char *v) { free(v); $rest" >>lib/base/text.c
  local late='lib/base/text\.c:13:.*clang-analyzer-unix\.Malloc'
  if [[ $(clang-tidy --version) == *' version 14.'* ]]; then expect tidy "$late"; else unused tidy 'clang-tidy 14'; fi
}

@test "security: SECURITY.md names a missing test" {
  printf -- '- `%s`: %s\n' say.bats says say.bats sings >SECURITY.md
  expect security '^  SECURITY\.md: no such test: say\.bats: sings$'
  printf -- '- `%s`: %s\n' text.c is_long >SECURITY.md
  expect security 'no such test: text\.c: is_long'
  : >SECURITY.md
  expect security 'names no test'
}

@test "a missing tool is a finding" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  local tool check
  for tool in bash sh env dirname nproc find sort grep sed awk xargs git printf cat; do
    ln -s "$(command -v "$tool")" "$BATS_TEST_TMPDIR/bin/"
  done
  for check in shell man format cppcheck python layers alone analyzer tidy; do
    PATH=$BATS_TEST_TMPDIR/bin run "$BASH" -c 'cd / && "$1/scripts/lint.sh" -C "$2" "$3"' - "$ROOT" "$TREE" "$check"
    echo "$check: $output"
    [ "$status" -eq 1 ]
  done
}

@test "STYLE.md names every check" {
  checks() { sed -n 's/^\(CHECKS\|SLOW\)=(\(.*\))/\2/p' "$ROOT/scripts/lint.sh" | tr ' ' '\n'; }
  diff <(checks | sort) \
    <(grep -oE '\*\[[^]]*\]\*' "$ROOT/STYLE.md" | grep -oE '\w+' | sort -u | grep -xFf <(checks))
}
