#!/usr/bin/env bats
# The site that make docs builds, and the pictures, in a real browser.

# run with the status that it must have.
bats_require_minimum_version 1.5.0

setup() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  cd "$BATS_TEST_TMPDIR" || return 1
}

look() { "$ROOT/tests/lib/browser.py" "$@"; }

@test "no page is wider than a phone or a screen, and text can be read in light and dark" {
  "$ROOT/scripts/docs.py" site
  look site
  # And what is wrong is noticed.
  mkdir -p tree/docs
  cp "$ROOT"/docs/site.{css,html} tree/docs/
  echo "<div class=\"wide\" style=\"width: 400px\">x</div> <p style=\"color: #777; background: #888\">y</p>" >tree/README.md
  "$ROOT/scripts/docs.py" -C tree wrong
  run -1 look wrong
  [[ $output = *'at 375: is '*' wide'*'at 375: <div class="wide"> ends at '*'light: <p class=""> has a contrast of 1.'*'1 seen, 4 found' ]]
}

@test "in the pictures no text stands on another or over an edge" {
  look "$ROOT"/docs/{pipeline,rooms}.svg
  sed 's/sqs-unwrap |/sqs-unwrap that is named far too long |/' "$ROOT/docs/pipeline.txt" >wide.txt
  "$ROOT/scripts/picture.py" wide.txt wide.svg
  run -1 look wide.svg
  [[ $output = *'over an edge: sqs-unwrap that'* ]]
}
