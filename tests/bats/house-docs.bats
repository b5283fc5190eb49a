#!/usr/bin/env bats
# The pictures of the documentation, and the site that make docs builds.

load ../lib/common

setup() { common_setup; }

@test "scripts/picture.py draws the pictures from their texts" {
  for name in pipeline rooms; do
    "$ROOT/scripts/picture.py" "$ROOT/docs/$name.txt" "$name.svg"
    cmp "$name.svg" "$ROOT/docs/$name.svg"
    python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$name.svg"
    # Both colours, and nothing from other sites.
    grep -qF '@media (prefers-color-scheme: dark)' "$name.svg"
    run -1 grep -nE '(href|src|url)[ =(]|<script|<image|@import' "$name.svg"
  done
  # A changed text gives another picture, and a wrong one gives none.
  sed 's/masking key$/another key/' "$ROOT/docs/pipeline.txt" >other.txt
  "$ROOT/scripts/picture.py" other.txt other.svg
  run -1 cmp other.svg pipeline.svg
  echo 'bax a 1 1 plain: x' >wrong.txt
  run -1 "$ROOT/scripts/picture.py" wrong.txt wrong.svg
  [ ! -e wrong.svg ]
}

@test "the picture of the layers has every layer, in the order of the checks" {
  # From the bottom, a line each: its height and its name.
  sed -n 's/^<rect class="[a-z]*" x="[0-9.]*" y="\([0-9.]*\)".*/\1/p
    s/^<text [^>]*class="first">\(.*\)<\/text>$/\1/p' "$ROOT/docs/rooms.svg" |
    awk '/^[0-9]/ { y = $1; next } { print y, $1 } $1 == "base" { exit }' | grep -v ' cmd$' |
    sort -k1,1nr -k2 | cut -d' ' -f2 >drawn
  python3 - "$ROOT/scripts/check-structure.py" <<'CODE' >kept
import re, sys
ranks = re.search(r"^RANK = (\{.*?\})$", open(sys.argv[1]).read(), re.M | re.S)[1]
print("\n".join(name for name, rank in sorted(eval(ranks).items(), key=lambda pair: (pair[1], pair[0]))))
CODE
  diff kept drawn
  find "$ROOT/lib" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | diff - <(sort drawn)
}

@test "the picture of the pipeline shows what each program holds, as sqs2pg(7) says" {
  local program secret
  # The band below the name of a program.
  sed -n 's/^<text [^>]*class="\(first\|band\)">\(.*\)<\/text>$/\2/p' "$ROOT/docs/pipeline.svg" >words
  while IFS=: read -r program secret; do
    [ "$(grep -x -A 1 -- "$program" words | tail -n 1)" = "$secret" ]
    # A line of the table: names, then their secrets.
    grep -qE "^[.]It ([a-z-]+ )*$program( [a-z-]+)* Ta (the )?$secret Ta " "$ROOT/man/sqs2pg.7"
  done <<'END'
sqs-pull:AWS credentials
sqs-unwrap:nothing
pii-mask:masking key
pg-load:database credentials
sqs-ack:AWS credentials
END
}

site() { "$ROOT/scripts/docs.py" -C tree site; }
check() { "$ROOT/scripts/check-site.py" site; }

@test "make docs builds the site with every page and manual, and without a dead link" {
  make -s -C "$ROOT" BUILD="$PWD" docs
  sed -n '/^<nav /,/^<\/nav>/p' docs/index.html >navigation
  for page in "$ROOT"/*.md "$ROOT"/docs/*.md "$ROOT"/man/*.[157]; do
    page=${page#"$ROOT/"}
    page=${page%.md}.html
    [ "$page" != README.html ] || page=index.html
    [ -s "docs/$page" ] || { echo "no $page" && return 1; }
    grep -qF "<a href=\"$page\"" navigation || { echo "no link to $page" && return 1; }
  done
  # Manuals link to each other, and not to those of the system.
  grep -qF '<a class="Xr" href="sqs2pg-record.5.html">' docs/man/pg-load.1.html
  run -1 grep -rnE 'href="(jq|tee|cron)[.]' docs/man
  # Again, in another folder: the same bytes.
  "$ROOT/scripts/docs.py" again
  diff -r docs again
}

@test "anchors are the same as on GitHub" {
  mkdir -p tree/docs
  cp "$ROOT"/docs/site.{css,html} tree/docs/
  printf '## %s\n\n' 'Back up, and restore' '`pg-load`: a C++ & C_test' 'A [link](#again)' Again Again 'Zürich – 1.2' >tree/README.md
  site
  sed -n 's/^<h2 id="\([^"]*\)".*/\1/p' site/index.html >anchors
  printf '%s\n' back-up-and-restore pg-load-a-c--c_test a-link again again-1 zürich--12 | diff - anchors
  check
}

@test "a dead link, a dead anchor and a picture from elsewhere are found" {
  mkdir -p tree/docs
  cp "$ROOT"/docs/site.{css,html} tree/docs/
  echo '# A' >tree/docs/a.md
  page() { echo "$1" >tree/README.md && site; }
  page '[a](docs/a.md#a) [b](#b) <a id="b"></a> [it](https://example.org/)'
  check
  run -1 page '[a](docs/b.md)'
  [ "$output" = 'docs: error: README.md: a link to no file of the repository: docs/b.md' ]
  run -1 page '![a](https://example.org/a.png)'
  [ "$output" = 'docs: error: README.md: a picture from elsewhere: https://example.org/a.png' ]
  found() {
    page "$1"
    run -1 check
    [ "$output" = "index.html: $2" ]
  }
  found '[a](docs/a.md#b)' 'a link to no anchor: docs/a.html#b'
  found '[a](#b)' 'a link to no anchor: #b'
  found '<script>x</script>' 'has a <script>'
  found '<i style="background: url(x)"></i>' 'a style takes x'
  page '[a](docs/a.md)'
  rm site/docs/a.html
  run -1 check
  [ "${lines[0]}" = 'index.html: a link to no file: docs/a.html' ]
}

@test "a link to a file of the tree opens a page that shows it" {
  mkdir -p tree/docs tree/deploy/one
  cp "$ROOT"/docs/site.{css,html} tree/docs/
  cp "$ROOT/docs/rooms.svg" tree/docs/
  echo 'key = <value> & more' >tree/deploy/one/x.conf
  printf '# Deploy\n\n[up](../README.md#a)\n' >tree/deploy/README.md
  printf '# A\n\n[x](deploy/one/x.conf) [y](deploy/README.md) [z](deploy) ![p](docs/rooms.svg)\n' >tree/README.md
  site
  check
  grep -qF '<pre><code>key = &lt;value&gt; &amp; more' site/deploy/one/x.conf.html
  grep -qF '<a href="../index.html#a">up</a>' site/deploy/README.html
  grep -qF '<li><code>one/x.conf</code></li>' site/deploy.html
  cmp "$ROOT/docs/rooms.svg" site/docs/rooms.svg
  # A folder that is no site is left unchanged.
  run -1 "$ROOT/scripts/docs.py" -C tree tree
  [ "$output" = 'docs: error: tree: not empty, and no site' ]
}
