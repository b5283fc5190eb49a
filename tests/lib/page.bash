# For tests that run the blocks of a page of docs as printed. Needs PAGE, its path.
#
# A block is a run of lines indented by four blanks under a heading of two #. Text between fences
# (```) is no block.

# page_blocks: print a line "HEADING: N" for each block of the page.
page_blocks() {
  awk '/^```/ { fenced = !fenced; inside = 0 } fenced { next }
    /^## / { heading = substr($0, 4); number = 0 }
    /^    / && heading != "" { if (!inside) print heading ": " ++number; inside = 1; next }
    { inside = 0 }' "$PAGE"
}

# block HEADING N: print the N-th block under that heading, without its indent, and record it for
# page_unused.
block() {
  printf '%s: %s\n' "$1" "$2" >>"$BATS_FILE_TMPDIR/page.run"
  awk -v wanted="$1" -v number="$2" '/^```/ { fenced = !fenced; inside = 0 } fenced { next }
    /^## / { on = substr($0, 4) == wanted }
    on && /^    / { if (!inside) seen++; inside = 1; if (seen == number) { print substr($0, 5); found = 1 } next }
    { inside = 0 } END { exit !found }' "$PAGE"
}

# page_unused: print the blocks that no test of the file has used.
page_unused() { page_blocks | grep -vxF -f "$BATS_FILE_TMPDIR/page.run"; }
