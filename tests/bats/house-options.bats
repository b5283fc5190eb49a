#!/usr/bin/env bats
# What users are told of the options is one thing, in --help, in the man page and
# at the Tab key; and what make install puts down, make uninstall takes away.

setup_file() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  BIN=${SQS2PG_BIN:-${BUILD:-build}/bin}
  BIN=$(cd "$ROOT" && cd "$BIN" && pwd)
  PROGRAMS='sqs-pull sqs-unwrap sqs-ack sqs-send pii-scan pii-mask pii-unmask pii-keygen pg-suggest pg-load rds-token sqs2pg-read sqs2pg sqs2pg-init sqs2pg-status'
  COMPLETION=$ROOT/share/completions/sqs2pg.bash
  export ROOT BIN PROGRAMS COMPLETION
  # Of the build under test, not of those that this file starts.
  unset BUILD MAKEFLAGS MAKELEVEL PREFIX DESTDIR
}

# say_help PROGRAM
say_help() {
  case $1 in
  sqs2pg) "$ROOT/scripts/pipeline.sh" --help ;;
  sqs2pg-init) "$ROOT/scripts/init.sh" --help ;;
  sqs2pg-status) "$ROOT/scripts/status.sh" --help ;;
  *) "$BIN/$1" --help ;;
  esac
}

# Each of these three lists options, `-x` and `--name`, one a line and sorted.
of_help() {
  sed -nE 's/^ {2,6}(-[A-Za-z0-9])?(, )?(--[a-z][a-z0-9-]*).*/\1 \3/p' | tr -s ' ' '\n' | grep . | LC_ALL=C sort -u
}
of_page() {
  awk '$1 == ".It" || $1 == "It" {
    for (i = 2; i < NF; i++) if ($i == "Fl") { sub(/[,=]$/, "", $(i + 1)); print "-" $(i + 1) }
  }' | LC_ALL=C sort -u
}
of_completion() { complete_at "$1" - | LC_ALL=C sort -u; }

# complete_at PROGRAM WORD...: what Tab offers after these words, the last of
# which is being typed.
complete_at() {
  bash --norc -c '
    . "$COMPLETION" || exit 1
    how=$(complete -p "$1") || exit 1
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE=$* COMP_POINT=${#COMP_LINE}
    function=${how##*-F } function=${function%% *}
    "$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" || true
    [ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"' - "$@"
}

page_of() { printf '%s/man/%s.1\n' "$ROOT" "$1"; }

# same PROGRAM HELP PAGE COMPLETION: three lists; says what differs.
same() {
  local where failed=0
  [ "$(wc -l <"$2")" -ge 5 ] || { echo "$1: hardly an option in --help" && return 1; }
  for where in "$3" "$4"; do
    diff -U0 --label "$1 --help" --label "$1 ${where##*/}" "$2" "$where" | grep -v '^@' || continue
    failed=1
  done
  return "$failed"
}

@test "--help, man page and completion have the same options" {
  cd "$BATS_TEST_TMPDIR"
  local program failed=0
  for program in $PROGRAMS; do
    say_help "$program" | of_help >help
    of_page <"$(page_of "$program")" >page
    of_completion "$program" >completion
    same "$program" help page completion || failed=1
  done
  [ "$failed" -eq 0 ]
}

@test "an option that stands in one place only is noticed" {
  cd "$BATS_TEST_TMPDIR"
  printf 'usage: x [-f]\n\n  -f, --follow      stay\n      --empty N     drained\n  -h, --help        this\n  -q, --quiet  less\n' |
    of_help >help
  [ "$(xargs <help)" = '--empty --follow --help --quiet -f -h -q' ]
  printf '.Sh NAME\n.Fl Fl -elsewhere\n.Bl\n.It Fl f , Fl -follow\n.It Fl -empty Ar N\n.It Fl h , Fl -help\n.It Fl q , Fl -quiet\n.El\n' |
    of_page >page
  same x help page page
  local gone
  for gone in -f --empty; do
    grep -vxe "$gone" page >less
    run same x help less page
    [ "$status" -eq 1 ]
    [[ $output == *"$gone"* ]]
    run same x help page less
    [ "$status" -eq 1 ]
    [[ $output == *"$gone"* ]]
    run same x less page page
    [ "$status" -eq 1 ]
    [[ $output == *"$gone"* ]]
  done
}

@test "every program has the common options" {
  local program option
  for program in $PROGRAMS; do
    say_help "$program" | of_help >"$BATS_TEST_TMPDIR/help"
    for option in -h --help -V --version -v -q --log; do
      grep -qxe "$option" "$BATS_TEST_TMPDIR/help" || { echo "$program lacks $option" && return 1; }
    done
  done
}

@test "--help says every default in one form" {
  local program
  for program in $PROGRAMS; do
    say_help "$program" | grep '^  .*default' | grep -vE ' \[default [^]]+\]$' || continue
    echo "$program: a default in another form" && return 1
  done
  "$BIN/pii-mask" --help | grep -qE -- '--grace TIME .* \[default 30s\]$'
}

@test "where an option takes a file, Tab offers files; a folder, folders; where it takes a word, words" {
  cd "$BATS_TEST_TMPDIR"
  touch a-file.x
  mkdir a-folder.x
  local program option argument failed=0
  for program in $PROGRAMS; do
    while read -r option argument; do
      local wanted=a-file.x
      [ "$argument" != DIR ] || wanted=a-folder.x
      [ "$(complete_at "$program" "$option" "${wanted:0:4}")" = "$wanted" ] || {
        echo "$program $option $argument: no $wanted"
        failed=1
      }
    done < <(say_help "$program" | sed -nE 's/^ {2,6}(-., )?(--[a-z-]+) (FILE|FIFO|DIR|POLICY|F)( .*|$)/\2 \3/p')
    [ "$(complete_at "$program" --log '' | LC_ALL=C sort | xargs)" = 'json text' ] || {
      echo "$program --log: no words"
      failed=1
    }
  done
  [ "$failed" -eq 0 ]
}

@test "Tab offers what begins with what is typed, and no option as a value" {
  run complete_at sqs-pull --verb
  [ "$output" = --verbose ]
  run complete_at sqs-pull --region -
  [ "$output" = '' ]
  run complete_at pg-load --table ''
  [ "$output" = '' ]
  # After -- there are only operands.
  run complete_at sqs-pull -- --verb
  [ "$output" = '' ]
}

# installed DIR: the files and links below it.
installed() { (cd "$1" && find . ! -type d | sed 's/^\.//' | LC_ALL=C sort); }

@test "make install puts everything where it belongs, and make uninstall leaves nothing" {
  cd "$BATS_TEST_TMPDIR"
  # A build of its own, because the prefix is compiled in.
  local build=$BATS_TEST_TMPDIR/build program
  make_() { make -s -C "$ROOT" -j "$(nproc)" BUILD="$build" OPTIMIZE=-O0 CFLAGS=-U_FORTIFY_SOURCE \
    PREFIX=/usr DESTDIR="$BATS_TEST_TMPDIR/dest" "$@"; }
  make_ install >&2
  {
    for program in $PROGRAMS; do
      echo "/usr/bin/$program"
      echo "/usr/share/bash-completion/completions/$program"
      echo "/usr/share/man/man1/$program.1"
    done
    (cd "$ROOT" && for page in man/*.[57]; do echo "/usr/share/man/man${page##*.}/${page##*/}"; done)
    (cd "$ROOT/share" && find maps policies sql -type f ! -name '.*') | sed 's,^,/usr/share/sqs2pg/,'
  } | LC_ALL=C sort >wanted
  for page in /usr/share/man/man7/sqs2pg.7 /usr/share/man/man5/sqs2pg-record.5 \
    /usr/share/man/man5/pii-policy.5 /usr/share/sqs2pg/maps/user_logins.map; do
    grep -qxF "$page" wanted
  done
  installed dest | diff -U0 wanted -
  for program in $PROGRAMS; do
    [ "$(stat -c %a "dest/usr/bin/$program")" = 755 ]
    "dest/usr/bin/$program" --version
    [ "$(readlink -e "dest/usr/share/bash-completion/completions/$program")" = \
      "$PWD/dest/usr/share/bash-completion/completions/sqs2pg" ]
    man -l "dest/usr/share/man/man1/$program.1" >/dev/null 2>&1 ||
      mandoc "dest/usr/share/man/man1/$program.1" >/dev/null
  done
  # What was put there by others stays, a map of one's own too.
  touch dest/usr/bin/other dest/usr/share/sqs2pg/maps/own.map
  make_ uninstall >&2
  [ "$(installed dest | xargs)" = '/usr/bin/other /usr/share/sqs2pg/maps/own.map' ]
  [ "$(ls dest/usr/share/sqs2pg)" = maps ]
  rm dest/usr/share/sqs2pg/maps/own.map
  make_ uninstall >&2
  [ ! -e dest/usr/share/sqs2pg ]
  # Nothing left to take away is no error.
  make_ uninstall >&2
  [ "$(installed dest)" = /usr/bin/other ]
}

@test "every man page names this version" {
  local version
  version=$(<"$ROOT/VERSION")
  grep -h '^\.Os' "$ROOT"/man/*.[157] | sort -u >"$BATS_TEST_TMPDIR/named"
  [ "$(<"$BATS_TEST_TMPDIR/named")" = ".Os \"sqs2pg $version\"" ]
}

@test "what is installed finds its data under the prefix" {
  grep -q 'SQS2PG_DATADIR' "$ROOT/Makefile"
  run make -s -n -C "$ROOT" BUILD="$BATS_TEST_TMPDIR/none" PREFIX=/opt/x V=1 objects
  [[ $output == *'-DSQS2PG_DATADIR='*'/opt/x/share/sqs2pg'* ]]
}
