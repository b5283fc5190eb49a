#!/usr/bin/env bats
# Key files: how they are read, made and rotated.

load ../lib/common
load ../lib/pii

setup() {
  pii_setup
  SECRET=$(awk '/^pii1/ { print $4 }' k)
}

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

# refuses STATUS TEXT FILE [OPTION...]: every program refuses the file, and a symbolic
# link to it, and prints no key.
refuses() {
  local status_wanted=$1 text=$2 target=$3
  shift 3
  refuses_one "$status_wanted" "$text" "$target" "$@"
  ln -sfn "$(realpath -ms "$target")" via
  refuses_one "$status_wanted" "$text" via "$@"
}
refuses_one() {
  local status_wanted=$1 text=$2 file=$3 command
  shift 3
  for command in pii-mask pii-unmask; do
    run -"$status_wanted" --separate-stderr "$command" -k "$file" "$@" <<<'{"body":{"ip":"203.0.113.77"}}'
    said
  done
  run -"$status_wanted" --separate-stderr pii-keygen --list "$@" "$file"
  said
}
said() {
  [ -z "$output" ]
  echo "$stderr"
  [[ $stderr == *": error: key file $file"*"$text"* ]]
  [[ $stderr != *"${SECRET:0:8}"* && $stderr != *"${SECRET:20:8}"* ]]
}

accepts() { [ "$(pii-mask -k "$@" <<<'{"body":{"ip":""}}')" = '{"body":{"masked_ip":""},"pii":{"key":"'"$ID"'"}}' ]; }

@test "modes: only the owner has access, or the group may read where that is asked for" {
  local mode
  for mode in 600 400 700; do
    chmod $mode k
    accepts k
  done
  for mode in 604 602 601 644 666 606; do
    chmod $mode k
    refuses 77 'users other than its owner may access it' k
    refuses 77 'users other than its owner may access it' k --key-group-readable
  done
  for mode in 620 660; do
    chmod $mode k
    refuses 77 'its group may write it' k --key-group-readable
  done
  # Not root's own group: systemd passes credentials as 0440 of root and root.
  as_root chgrp 65533 k
  for mode in 640 440; do
    as_root chmod $mode k
    refuses 77 'its group may read it' k
    accepts k --key-group-readable
  done
}

@test "0440 of root and root, the mode of systemd credentials, is accepted; 0640 is not" {
  as_root chown 0:0 k
  as_root chmod 440 k
  run -0 as_root env PATH="$PATH" pii-keygen --list k
  run -0 as_root env PATH="$PATH" pii-mask -k k <<<'{"body":{"ip":""}}'
  as_root chmod 640 k
  run -77 as_root env PATH="$PATH" pii-mask -k k <<<'{"body":{"ip":""}}'
}

@test "every program refuses a FIFO of another user immediately; an inherited pipe is taken" {
  mkfifo -m 600 fifo
  as_root chown 65533 fifo
  # It has no writer: timeout would end a program that waited.
  for command in 'pii-mask -k' 'pii-unmask -k' 'pii-keygen --list' 'pii-mask -k k -p' 'pii-unmask -k k -p'; do
    # shellcheck disable=SC2086
    run -77 --separate-stderr as_root env PATH="$PATH" timeout 20 $command fifo <<<'{"body":{"ip":""}}'
    [[ $stderr == *fifo*'owned neither by this user nor by root'* ]]
  done
  [ "$(pii-mask -k <(cat k) -p <(echo .ip hmac) <<<'{"body":{"a":1,"ip":""}}' | jq -c .body.a)" = 1 ]
}

@test "a symbolic link is followed, and the file judged" {
  ln -s k link
  accepts link
  mkdir data && mv k data/k && ln -s data ..data && ln -sf ..data/k link
  accepts link
  chmod 644 data/k
  refuses 77 'users other than its owner' link
}

@test "a descriptor is duplicated, a FIFO is read" {
  local command
  accepts /dev/fd/3 3<k
  accepts /proc/self/fd/4 4<k
  accepts <(cat k)
  mkfifo -m 600 fifo
  cat k >fifo &
  accepts fifo
  # The file behind a descriptor is also judged, and may have lost its name.
  chmod 644 k
  for command in 'pii-mask -k' 'pii-unmask -k' 'pii-keygen --list'; do
    # shellcheck disable=SC2086
    run -77 --separate-stderr $command /dev/fd/3 3<k </dev/null
    [ -z "$output" ]
    [[ $stderr == *': error: key file /dev/fd/3: users other than its owner may access it'* ]]
  done
  chmod 600 k
  exec 5<k
  rm k
  accepts /dev/fd/5
  exec 5<&-
  run -78 pii-mask -k /dev/fd/77 </dev/null
}

@test "a FIFO is judged like a file, by its mode and by its content" {
  mkfifo -m 644 fifo
  exec 6<>fifo
  refuses 77 'users other than its owner' fifo
  exec 6>&-
  rm fifo
  (umask 077 && sed "s/$ID/00000000/" k >bad && mkfifo fifo)
  local command
  for command in 'pii-mask -k' 'pii-unmask -k' 'pii-keygen --list'; do
    cat bad >fifo &
    # shellcheck disable=SC2086
    run -78 --separate-stderr timeout 10 $command fifo </dev/null
    [[ $stderr == *'error: key file fifo:2: the key id does not belong to the key'* ]]
    wait
  done
}

@test "one descriptor serves several programs, at any offset" {
  exec 7<k
  [ "$(echo '{"body":{"ip":"203.0.113.7"}}' | pii-mask -k /dev/fd/7 | pii-unmask -k /dev/fd/7)" = \
    '{"body":{"ip":"203.0.113.7"}}' ]
  cat <&7 >/dev/null
  accepts /dev/fd/7
  [ "$(pii-keygen --list /dev/fd/7)" = "$ID primary" ]
  exec 7<&-
  # The key from standard input leaves no records there.
  [ "$(pii-keygen --list /dev/stdin <k)" = "$ID primary" ]
  run -0 --separate-stderr pii-mask -k /dev/stdin <k
  [ -z "$output" ]
}

@test "another owner: 77, unless it is root" {
  # Root can open it anyway, and is also refused.
  local as_root='' command
  [ "$(id -u)" -eq 0 ] || as_root='sudo -n'
  $as_root chown 65533 k
  ln -s k via
  for command in 'pii-mask -k' 'pii-unmask -k' 'pii-keygen --list' 'pii-keygen --rotate'; do
    for file in k via; do
      # shellcheck disable=SC2086
      run -77 --separate-stderr $as_root env PATH="$PATH" $command $file </dev/null
      [ -z "$output" ]
      [[ $stderr == *": error: key file $file: owned neither by this user nor by root"* ]]
    done
  done
  $as_root chown "$(id -u)" k
  accepts k
}

@test "a file that cannot be a key file: 78" {
  refuses 78 'cannot be opened: No such file' none
  mkdir -m 700 folder
  refuses 78 'neither a regular file nor a pipe' folder
  refuses 78 'neither a regular file nor a pipe' /dev/null
  : >empty
  chmod 600 empty
  refuses 78 'the file holds no key' empty
  head -c 40000 /dev/zero >big
  chmod 600 big
  refuses 78 'larger than a key file can be' big
}

# edited SED-SCRIPT: write a changed key file to ./bad.
edited() {
  rm -f bad
  (umask 077 && sed -E "$1" k >bad)
}

@test "damaged lines: 78, file and line named, never the key" {
  edited 's/^pii1 (.)/pii1 x\1/'
  refuses 78 ':2: the key id is not' bad
  edited "s/$ID/00000000/"
  refuses 78 ':2: the key id does not belong to the key' bad
  # One character of the key. The first byte changes with it.
  case $SECRET in A*) edited 's/primary A/primary B/' ;; *) edited 's/primary ./primary A/' ;; esac
  refuses 78 ':2: the key id does not belong to the key' bad
  edited 's/ primary / Primary /'
  refuses 78 ':2: the state is neither' bad
  edited 's/=$//'
  refuses 78 ':2: the key is not 32 bytes in base64' bad
  edited 's/^pii1/pii2/'
  refuses 78 ':2: not a key line' bad
  edited 's/$/ x/'
  refuses 78 ':2: not a key line' bad
  edited 's/ primary / decrypt-only /'
  refuses 78 ': no key is primary' bad
  edited p
  refuses 78 ':4: the key repeats an earlier one' bad
  (umask 077 && pii-keygen -q other && cat k other >bad)
  refuses 78 ':4: a second primary key' bad
  edited 's/^#.*/AGE-SECRET-KEY-1XYZ/'
  refuses 78 ':1: not a key line' bad
}

@test "CRLF, a missing last newline, comments and blanks are fine" {
  (umask 077 && sed 's/$/\r/' k >crlf && printf %s "$(<k)" >unended && {
    printf '\n  \n# x\n'
    sed 's/ /\t  /g; s/$/ /' k
  } >blanks)
  local file
  for file in crlf unended blanks; do
    accepts $file
    ln -sfn $file via
    accepts via
    [ "$(pii-keygen --list via)" = "$ID primary" ]
  done
}

@test "pii-keygen makes a file that only its owner can read, and prints its id" {
  umask 0
  run --separate-stderr pii-keygen new
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  [ "$stderr" = "pii-keygen: key=$(pii-keygen --list new | cut -d' ' -f1) state=primary" ]
  [ "$(stat -c %a new)" = 600 ]
  [ "$(grep -c '^pii1 [0-9a-f]\{8\} primary [A-Za-z0-9+/]\{43\}=$' new)" -eq 1 ]
  run -1 cmp -s k new
  umask 022
  run bash -c 'umask 777; exec pii-keygen -q newer'
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  [ "$(stat -c %a newer)" = 600 ]
}

@test "pii-keygen never overwrites, and leaves nothing behind when it fails" {
  cp -p k before
  run -74 --separate-stderr pii-keygen k
  [[ $stderr == *'pii-keygen: error: k exists'* ]]
  cmp k before
  ln -s nowhere dangling
  run -74 pii-keygen dangling
  [ ! -e nowhere ]
  run -74 pii-keygen no/folder
  run -74 bash -c 'ulimit -f 0; exec pii-keygen new 2>/dev/null'
  [ ! -e new ]
  run -64 pii-keygen
  run -64 pii-keygen ''
  run -64 pii-keygen --list ''
  run -64 pii-keygen a b
  run -64 pii-keygen --rotate --list k
  run -64 pii-keygen --nonsense a
  [ "$(echo a b new*)" = 'a b new*' ]
}

@test "--rotate adds a primary key, and keeps the rest" {
  chmod 640 k
  (umask 077 && printf '# mine\r\n\n' >kk && cat k >>kk && printf '  # end' >>kk)
  mv kk k
  chmod 640 k
  run -77 pii-keygen --rotate k
  pii-keygen -q --rotate --key-group-readable k
  [ "$(stat -c %a k)" = 640 ]
  grep -q '^# mine' k
  grep -q '^  # end$' k
  [ "$(pii-keygen --list --key-group-readable k | awk '{ print $2 }' | xargs)" = 'decrypt-only primary' ]
  [ "$(pii-keygen --list --key-group-readable k | awk 'NR == 1 { print $1 }')" = "$ID" ]
  chmod 600 k
  pii-keygen -q --rotate k
  [ "$(pii-keygen --list k | awk '{ print $2 }' | xargs)" = 'decrypt-only decrypt-only primary' ]
  [ "$(ls)" = k ]
}

@test "--rotate follows a link, refuses what it cannot replace, and loses no key to another" {
  mkdir data
  mv k data/k
  ln -s data/k k
  pii-keygen -q --rotate k
  [ -L k ]
  [ "$(pii-keygen --list data/k | wc -l)" -eq 2 ]
  run -78 pii-keygen --rotate /dev/fd/3 3<data/k
  run -78 pii-keygen --rotate none
  # A failure changes nothing.
  cp -p data/k before
  run -74 bash -c 'ulimit -f 0; exec pii-keygen --rotate k 2>/dev/null'
  cmp data/k before
  [ "$(ls data)" = k ]
  run -75 flock data/k pii-keygen --rotate k
  cmp data/k before
  # Ten in parallel: each either adds its key or reports that it did not.
  local i
  for i in 1 2 3 4 5 6 7 8 9 10; do
    { pii-keygen -q --rotate k && echo "$i" >>added; } 2>/dev/null &
  done
  wait
  [ "$(pii-keygen --list k | wc -l)" -eq $((2 + $(wc -l <added))) ]
}

# killed_at CALL COMMAND...: run it and send SIGKILL at that system call.
killed_at() {
  local call=$1
  shift
  run -137 strace -f -o /dev/null -e inject="$call":signal=SIGKILL "$@"
}

@test "killed at any point, --rotate leaves the old or the new file; the next --rotate removes any left-over" {
  cp -p k before
  killed_at linkat pii-keygen --rotate k
  cmp before k
  [ "$(ls -A)" = "$(printf 'before\nk')" ]
  killed_at '?rename,?renameat,?renameat2' pii-keygen --rotate k
  pii-keygen --list k
  [ "$(stat -c %a .k.pii-keygen 2>/dev/null || echo 600)" = 600 ]
  local count
  count=$(pii-keygen --list k | wc -l)
  pii-keygen -q --rotate k
  [ "$(pii-keygen --list k | wc -l)" -eq $((count + 1)) ]
  [ "$(ls -A)" = "$(printf 'before\nk')" ]
  # A new file appears complete or not at all.
  killed_at linkat pii-keygen new
  killed_at fsync pii-keygen new
  [ ! -e new ]
  # A file of another origin is not treated as a left-over.
  cp -p k before
  echo mine >.k.pii-keygen
  chmod 644 .k.pii-keygen
  run -74 pii-keygen --rotate k
  [[ $output == *'a file named .NAME.pii-keygen exists beside it' ]]
  [ "$(<.k.pii-keygen)" = mine ]
  cmp before k
}

@test "--rotate does not wait for a FIFO's writer" {
  mkfifo -m 600 fifo
  run -78 timeout 5 pii-keygen --rotate fifo
  [[ $output == *'fifo is not a regular file'* ]]
  run -74 timeout 5 pii-keygen fifo
}

@test "--list prints ids and states, and checks its output" {
  run --separate-stderr pii-keygen --list k
  [ "$output" = "$ID primary" ]
  run -74 bash -c 'pii-keygen --list k >/dev/full'
}

@test "no program prints a byte of the key, even at the highest level" {
  local text
  text=$({
    pii-mask -k k -vvv --log json <<<'{"body":{"ip":"x"}}'
    pii-unmask -k k -vvv <<<'{"body":{"ip":""}}'
    pii-keygen -vvv --list k
    pii-keygen -vvv --rotate k
  } 2>&1)
  [[ $text != *"${SECRET:0:8}"* && $text != *"${SECRET:20:8}"* ]]
}
