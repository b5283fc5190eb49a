#!/usr/bin/env bats
# The pictures of the documentation, and the site that make docs builds of it.

load ../lib/common

setup() { common_setup; }

@test "the pictures are what scripts/picture.py draws from the texts beside them" {
  for name in pipeline rooms; do
    "$ROOT/scripts/picture.py" "$ROOT/docs/$name.txt" "$name.svg"
    cmp "$name.svg" "$ROOT/docs/$name.svg"
    python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$name.svg"
    # Both colours, and nothing from elsewhere.
    grep -qF '@media (prefers-color-scheme: dark)' "$name.svg"
    run -1 grep -nE '(href|src|url)[ =(]|<script|<image|@import' "$name.svg"
  done
  # A changed text is another picture, and a wrong one is none.
  sed 's/masking key$/another key/' "$ROOT/docs/pipeline.txt" >other.txt
  "$ROOT/scripts/picture.py" other.txt other.svg
  run -1 cmp other.svg pipeline.svg
  echo 'bax a 1 1 plain: x' >wrong.txt
  run -1 "$ROOT/scripts/picture.py" wrong.txt wrong.svg
  [ ! -e wrong.svg ]
}

@test "the picture of the layers has every layer, in the order that the checks keep" {
  # From below, a line each: how far up it stands, and its name.
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

@test "the picture of the pipeline says of each program what sqs2pg(7) lets it hold" {
  local program secret
  # The band below a program's name says it.
  sed -n 's/^<text [^>]*class="\(first\|band\)">\(.*\)<\/text>$/\2/p' "$ROOT/docs/pipeline.svg" >words
  while IFS=: read -r program secret; do
    [ "$(grep -x -A 1 -- "$program" words | tail -n 1)" = "$secret" ]
    # A line of the table: names, then what they hold.
    grep -qE "^[.]It ([a-z-]+ )*$program( [a-z-]+)* Ta (the )?$secret Ta " "$ROOT/man/sqs2pg.7"
  done <<'END'
sqs-pull:AWS credentials
sqs-unwrap:nothing
pii-mask:masking key
pg-load:database credentials
sqs-ack:AWS credentials
END
}
