# For tests that run the blocks of a page of docs as they are printed. Needs PAGE, its path.
#
# A block is what stands indented by four blanks under a heading of two #, up to the first other line.

# page_blocks: all of them, a line "HEADING: N" for each.
page_blocks() {
  awk '/^## / { heading = substr($0, 4); number = 0 }
    /^    / && heading != "" { if (!inside) print heading ": " ++number; inside = 1; next }
    { inside = 0 }' "$PAGE"
}

# block HEADING N: the N-th under that heading, without its blanks. Noted in page.run, for page_unused.
block() {
  printf '%s: %s\n' "$1" "$2" >>"$BATS_FILE_TMPDIR/page.run"
  awk -v wanted="$1" -v number="$2" '/^## / { on = substr($0, 4) == wanted }
    on && /^    / { if (!inside) seen++; inside = 1; if (seen == number) { print substr($0, 5); found = 1 } next }
    { inside = 0 } END { exit !found }' "$PAGE"
}

# page_unused: the blocks that no test of the file has asked for.
page_unused() { page_blocks | grep -vxF -f "$BATS_FILE_TMPDIR/page.run"; }
