#!/usr/bin/env bash
# The settings of scripts/pipeline.sh, and which program gets which. Sourced by it; uses its
# messages and program(), and adds to its array of settings.
#
#   read_config FILE         those of the file, which count before the environment's
#   require FILE NAME...     ends the script unless these are set; FILE is named, if there is one
#   words RESULT NAME        an array of the setting's words
#   adopt PROGRAM            in a shell that is to become the program: exports its part

# Backquotes: see there.
# shellcheck disable=SC2004,SC2006,SC2034,SC2153,SC2154 # what the files share
:

# A secret, by the name of a setting, and by its value: a URL or a connection string
# with a password. A proxy may be written without the beginning of a URL.
secret_name='(PASSWORD|SECRET|TOKEN|SECRET_ACCESS_KEY)$'
own='^SQS2PG_(TABLE|KEY_(FILE|COMMAND)|MAPS|(PULL|UNWRAP|MASK|LOAD|ACK)_OPTIONS|LOCK_DIR|METRICS_DIR|PASSWORD_COMMAND)$'

# Whoever writes a value may make it long: no regular expression looks for these, as
# those of the C library take minutes for some texts of 64 KiB.
is_secret() { # NAME VALUE
  local value=" ${2,,}" user pieces i IFS=/ -
  [[ ! $1 =~ $secret_name ]] || return 0
  [[ $value != *[[:space:]?\&=]password=* && $value != *[[:space:]?\&=]sslpassword=* ]] || return 0
  set -f
  # shellcheck disable=SC2206 # at each slash
  pieces=($value)
  [[ ${1,,} != *_proxy ]] || pieces=(: '' "${2%%/*}" "${pieces[@]}")
  for ((i = 2; i < ${#pieces[@]}; i++)); do
    user=${pieces[i]%%@*}
    [ -n "${pieces[i - 1]}" ] || [[ ${pieces[i - 2]} != *: || $user == "${pieces[i]}" ]] ||
      [[ $user == *[[:space:]]* || $user != *:?* ]] || return 0
  done
  return 1
}

# speaks PROGRAM: it sends requests to AWS. The command of the key may have to.
speaks() { [[ ($1 == sqs-* && $1 != sqs-unwrap) || $1 == key-command ]]; }

# belongs NAME PROGRAM: whether the program gets that setting. What nobody here
# knows may be for a credential_process, which those that speak to AWS start.
belongs() {
  case $1 in
  PG* | KRB5* | SQS2PG_MAPS) [ "$2" = pg-load ] ;;
  SSL_CERT_*) speaks "$2" || [ "$2" = pg-load ] ;;
  SQS2PG_*) false ;;
  *) common "$1" || { speaks "$2" && [[ $1 =~ ^[A-Z][A-Z0-9_]*$ || $1 =~ ^(https?|no|all)_proxy$ ]]; } ;;
  esac
}

# adopt PROGRAM: in a shell that is to become it.
adopt() {
  local name
  for name in "${!settings[@]}"; do
    ! belongs "$name" "$1" || { unset -v "$name" && export "$name=${settings[$name]}"; }
  done
}

# read_config FILE: takes its settings. sqs2pg-read judges what it opens, under
# this script's name.
read_config() {
  local file=$1 path text line name value number=0 mode secret=''
  path=`program sqs2pg-read` || exit
  text=`exec -a "$NAME" "$path" "${flags[@]}" -- "$file"` || exit
  mode=${text%%$'\n'*} text=${text:${#mode}}
  while [ -n "$text" ]; do
    # By length: to take a text off by its content takes its length squared.
    text=${text:1} line=${text%%$'\n'*}
    text=${text:${#line}} number=$((number + 1))
    line=${line%$'\r'} name=${line%%[![:blank:]]*}
    line=${line:${#name}}
    case $line in '' | '#'*) continue ;; esac
    name=${line%%=*} value=${line:${#name}+1}
    if [[ $line =~ ^[A-Za-z_][A-Za-z0-9_]*[[:blank:]]+= ]]; then
      message error "$file:$number: not a line of KEY=VALUE: a blank stands before the sign ="
      message hint "write ${name%%[[:blank:]]*}=VALUE, without blanks around the sign"
      exit "$CONFIG"
    fi
    [[ $line == *=* && $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] ||
      fail "$CONFIG" "$file:$number: not a line of KEY=VALUE"
    [[ $name =~ ^([A-Z][A-Z0-9_]*|(https?|no|all)_proxy)$ ]] ||
      fail "$CONFIG" "$file:$number: a setting's name is in upper case, unlike $name"
    [[ ! $name =~ $foreign ]] || fail "$CONFIG" "$file:$number: $name cannot be set here"
    [[ $name != SQS2PG_* || $name =~ $own ]] || fail "$CONFIG" "$file:$number: no such setting as $name"
    [[ ! $value =~ ^(\".*\"|\'.*\')$ ]] || value=${value:1:${#value}-2}
    ! is_secret "$name" "$value" || secret=1
    settings[$name]=$value
  done
  # Of an inherited pipe there is no mode.
  [ -z "$secret" ] || [ "$mode" = - ] || [ $((8#$mode & 8#004)) -eq 0 ] ||
    fail "$PERMISSION" "$file holds a secret, and others may read it (mode $mode)"
}

# require FILE NAME...
require() {
  local name missing=()
  for name in "${@:2}"; do
    [ -n "${settings[$name]:-}" ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  name=${missing[*]}
  [ ${#missing[@]} -gt 1 ] || name+=' is'
  [ ${#missing[@]} -eq 1 ] || name="${name// /, } are"
  message error "$name not set${1:+ in $1}"
  [ -n "$1" ] || message hint "name a file of settings, --config FILE, or set them in the environment"
  exit "$CONFIG"
}

# words RESULT NAME: those of a setting, parted by blanks.
words() {
  local -n its_words=$1
  read -ra its_words <<<"${settings[$2]:-}"
}
