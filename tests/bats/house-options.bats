#!/usr/bin/env bats
# The options agree in --help, in the man page and in the completions; make uninstall removes what
# make install adds.

setup_file() {
  ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  BIN=${SQS2PG_BIN:-${BUILD:-build}/bin}
  BIN=$(cd "$ROOT" && cd "$BIN" && pwd)
  PROGRAMS='sqs-pull sqs-unwrap sqs-ack sqs-send pii-scan pii-mask pii-unmask pii-keygen pg-suggest pg-load sqs-lambda rds-token kms-open sqs2pg-read sqs2pg sqs2pg-init sqs2pg-status'
  COMPLETIONS=$ROOT/share/completions
  COMPLETION=$COMPLETIONS/sqs2pg.bash
  export ROOT BIN PROGRAMS COMPLETIONS COMPLETION
  # Those of the build under test, not of the builds that this file starts.
  unset BUILD MAKEFLAGS MAKELEVEL PREFIX DESTDIR
}

# say_help PROGRAM: print its help.
say_help() {
  case $1 in
  sqs2pg) "$ROOT/scripts/pipeline.sh" --help ;;
  sqs2pg-init) "$ROOT/scripts/init.sh" --help ;;
  sqs2pg-status) "$ROOT/scripts/status.sh" --help ;;
  *) "$BIN/$1" --help ;;
  esac
}

# Each of these five prints options, `-x` and `--name`, one a line and sorted.
of_help() {
  sed -nE 's/^ {2,6}(-[A-Za-z0-9])?(, )?(--[a-z][a-z0-9-]*).*/\1 \3/p' | tr -s ' ' '\n' | grep . | LC_ALL=C sort -u
}
of_page() {
  awk '$1 == ".It" || $1 == "It" {
    for (i = 2; i < NF; i++) if ($i == "Fl") { sub(/[,=]$/, "", $(i + 1)); print "-" $(i + 1) }
  }' | LC_ALL=C sort -u
}
of_completion() { complete_at "$1" - | LC_ALL=C sort -u; }

# The arguments of _arguments, as zsh itself expands them.
of_zsh() {
  zsh -f -c '_arguments() { print -rl -- "$@"; }; service=$1; . "$2"' - "$1" "$COMPLETIONS/_sqs2pg" |
    sed -nE 's/^(\*|\([^)]*\))?(--?[A-Za-z0-9][a-z0-9-]*)[+=]?\[.*/\2/p' | LC_ALL=C sort -u
}
# in_fish LINE...: print the offers of Tab at the end of each, and after a tab the descriptions.
in_fish() {
  HOME=$BATS_TEST_TMPDIR fish --no-config -c 'set fish_complete_path; source $argv[1]
    for line in $argv[2..-1]; complete -C $line; end' "$COMPLETIONS/sqs2pg.fish" "$@"
}
of_fish() { in_fish "$1 -" "$1 --" | cut -f 1 | grep '^-' | LC_ALL=C sort -u; }

# complete_at PROGRAM WORD...: print the offers of Tab after these words, the last of which is
# incomplete.
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

# same PROGRAM HELP LIST...: print how the others differ from the first.
same() {
  local where failed=0
  [ "$(wc -l <"$2")" -ge 5 ] || { echo "$1: too few options in --help" && return 1; }
  for where in "${@:3}"; do
    diff -U0 --label "$1 --help" --label "$1 ${where##*/}" "$2" "$where" | grep -v '^@' || continue
    failed=1
  done
  return "$failed"
}

@test "--help, man page and the completions for bash, zsh and fish have the same options" {
  cd "$BATS_TEST_TMPDIR"
  local program failed=0
  for program in $PROGRAMS; do
    say_help "$program" | of_help >help
    of_page <"$(page_of "$program")" >page
    of_completion "$program" >completion
    of_zsh "$program" >zsh
    of_fish "$program" >fish
    same "$program" help page completion zsh fish || failed=1
  done
  [ "$failed" -eq 0 ]
}

@test "an option that is in one place only is noticed" {
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

@test "--help gives every default in one form" {
  local program
  for program in $PROGRAMS; do
    say_help "$program" | grep '^  .*default' | grep -vE ' \[default [^]]+\]$' || continue
    echo "$program: a default in another form" && return 1
  done
  "$BIN/pii-mask" --help | grep -qE -- '--grace TIME .* \[default 30s\]$'
}

@test "Tab offers files, folders or words, as the option takes them" {
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

@test "Tab offers what begins with the typed text, and no option as a value" {
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

@test "make completions generates the completions for zsh and fish from --help" {
  local shell
  for shell in zsh:_sqs2pg fish:sqs2pg.fish; do
    "$ROOT/scripts/completions.py" "$BIN" "${shell%%:*}" >"$BATS_TEST_TMPDIR/made"
    diff "$BATS_TEST_TMPDIR/made" "$COMPLETIONS/${shell#*:}" || { echo "run make completions" && return 1; }
  done
  # A new or removed program or option changes both.
  [ "$(sed -n 's/^#compdef //p' "$COMPLETIONS/_sqs2pg" | tr ' ' '\n' | sort)" = "$(tr ' ' '\n' <<<"$PROGRAMS" | sort)" ]
}

@test "Tab in zsh and in fish: an option with its text, a word, a file, a folder" {
  cd "$BATS_TEST_TMPDIR"
  touch a-file.x
  mkdir a-folder.x
  in_fish 'sqs-pull --verb' 'sqs-pull --log j' 'pii-mask --policy a-fi' 'pg-suggest --output a-fo' 'sqs-pull a-' 'pii-keygen a-fi' >offered
  [ "$(cut -f 1 offered | xargs)" = '--verbose json a-file.x a-folder.x/ a-file.x' ]
  grep -qP '^--verbose\tsay more$' offered
  # A real zsh on a terminal of its own; the test waits for each answer.
  cat >typed <<'END'
zmodload zsh/zpty
zpty z "TERM=dumb zsh -f -i"
ask() { local seen; zpty -w -n z $1; zpty -r z seen $2 || exit 1; }
ask $'PS1=; fpath=('$1$' $fpath); autoload -Uz compinit; compinit -u -D; print -r rea""dy\n' '*ready*'
ask $'sqs-pull --verb\t' '*--verbose *'
ask $'\025sqs-pull --log j\t' '*json *'
ask $'\025pii-mask --policy=a-fi\t' '*a-file.x *'
ask $'\025pg-suggest -o a-fo\t' '*a-folder.x/*'
ask $'\025sqs2pg -\t' '*run even when another run has this queue*'
END
  run timeout 60 zsh -f typed "$COMPLETIONS"
  [ "$status" -eq 0 ]
}

# installed DIR: print the files and links below it.
installed() { (cd "$1" && find . ! -type d | sed 's/^\.//' | LC_ALL=C sort); }

@test "make install puts everything where it belongs, and make uninstall leaves nothing" {
  cd "$BATS_TEST_TMPDIR"
  # A separate build, because the prefix is compiled in.
  local build=$BATS_TEST_TMPDIR/build program
  make_() { make -s -C "$ROOT" -j "$(nproc)" BUILD="$build" OPTIMIZE=-O0 CFLAGS=-U_FORTIFY_SOURCE \
    PREFIX=/usr DESTDIR="$BATS_TEST_TMPDIR/dest" "$@"; }
  make_ install >&2
  {
    for program in $PROGRAMS; do
      echo "/usr/bin/$program"
      echo "/usr/share/bash-completion/completions/$program"
      echo "/usr/share/fish/vendor_completions.d/$program.fish"
      echo "/usr/share/man/man1/$program.1"
    done
    (cd "$ROOT" && for page in man/*.[57]; do echo "/usr/share/man/man${page##*.}/${page##*/}"; done)
    echo /usr/share/zsh/site-functions/_sqs2pg
    (cd "$ROOT/deploy/systemd" && ls -- *.service *.timer) | sed 's,^,/usr/lib/systemd/system/,'
    printf '/usr/lib/%s.d/sqs2pg.conf\n' sysusers tmpfiles
    (cd "$ROOT/share" && find maps policies sql -type f ! -name '.*') | sed 's,^,/usr/share/sqs2pg/,'
  } | LC_ALL=C sort >wanted
  for page in /usr/share/man/man7/sqs2pg.7 /usr/share/man/man5/sqs2pg-record.5 \
    /usr/share/man/man5/pii-policy.5 /usr/share/sqs2pg/maps/user_logins.map /usr/lib/systemd/system/sqs2pg@.service; do
    grep -qxF "$page" wanted
  done
  installed dest | diff -U0 wanted -
  for program in $PROGRAMS; do
    [ "$(stat -c %a "dest/usr/bin/$program")" = 755 ]
    "dest/usr/bin/$program" --version
    [ "$(readlink -e "dest/usr/share/bash-completion/completions/$program")" = \
      "$PWD/dest/usr/share/bash-completion/completions/sqs2pg" ]
    [ "$(readlink -e "dest/usr/share/fish/vendor_completions.d/$program.fish")" = \
      "$PWD/dest/usr/share/fish/vendor_completions.d/sqs2pg.fish" ]
    man -l "dest/usr/share/man/man1/$program.1" >/dev/null 2>&1 ||
      mandoc "dest/usr/share/man/man1/$program.1" >/dev/null
  done
  # The units start what was installed.
  [ "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' dest/usr/lib/systemd/system/*.service | sort -u | xargs)" = '/usr/bin/sqs2pg /usr/bin/sqs2pg-status' ]
  # Files of others stay, also a map of the user.
  touch dest/usr/bin/other dest/usr/share/sqs2pg/maps/own.map
  make_ uninstall >&2
  [ "$(installed dest | xargs)" = '/usr/bin/other /usr/share/sqs2pg/maps/own.map' ]
  [ "$(ls dest/usr/share/sqs2pg)" = maps ]
  rm dest/usr/share/sqs2pg/maps/own.map
  make_ uninstall >&2
  [ ! -e dest/usr/share/sqs2pg ]
  # Nothing to remove is no error.
  make_ uninstall >&2
  [ "$(installed dest)" = /usr/bin/other ]
}

@test "every man page names the present version" {
  local version
  version=$(<"$ROOT/VERSION")
  grep -h '^\.Os' "$ROOT"/man/*.[157] | sort -u >"$BATS_TEST_TMPDIR/named"
  [ "$(<"$BATS_TEST_TMPDIR/named")" = ".Os \"sqs2pg $version\"" ]
}

@test "the installed programs find their data under the prefix" {
  grep -q 'SQS2PG_DATADIR' "$ROOT/Makefile"
  run make -s -n -C "$ROOT" BUILD="$BATS_TEST_TMPDIR/none" PREFIX=/opt/x V=1 objects
  [[ $output == *'-DSQS2PG_DATADIR='*'/opt/x/share/sqs2pg'* ]]
}
