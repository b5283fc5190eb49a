#!/usr/bin/env bash
# The settings of scripts/pipeline.sh, and which program gets which. Sourced by it; uses its
# messages and program(), and adds to its array of settings.
#
#   read_config FILE         read the file, which overrides the environment
#   require FILE NAME...     end the script unless these are set; name FILE, if there is one
#   words RESULT NAME        set an array of the setting's words
#   has_word NAME WORD       return 0 when the setting has that word
#   value_of RESULT OPTION WORD...   set the value of an option among these
#   adopt PROGRAM            in a shell that becomes the program: export its part

# For the backquotes see pipeline.sh.
# shellcheck disable=SC2004,SC2006,SC2034,SC2153,SC2154 # what the files share
:

# Recognise a secret by the name of a setting, or by its value: a URL or a connection string with a
# password. A proxy may lack the beginning of a URL.
secret_name='(PASSWORD|SECRET|TOKEN|SECRET_ACCESS_KEY)$'
own=(SQS2PG_{TABLE,KEY_FILE,KEY_COMMAND,PASSWORD_COMMAND,MAPS,{PULL,UNWRAP,MASK,LOAD,ACK}_OPTIONS,LOCK_DIR,METRICS_DIR})

# A value may be long, and the C library's regular expressions take minutes for some texts of 64
# KiB: so none is used here.
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

# uses_aws PROGRAM: return 0 when the program, or the key command, may send requests to AWS.
uses_aws() { [[ ($1 == sqs-* && $1 != sqs-unwrap) || $1 == key-command ]]; }

# belongs NAME PROGRAM: return 0 when the program gets that setting. Unknown names may be for a
# credential_process, which the programs that use AWS start.
belongs() {
  case $1 in
  PG* | KRB5* | SQS2PG_MAPS) [ "$2" = pg-load ] ;;
  SSL_CERT_*) uses_aws "$2" || [ "$2" = pg-load ] ;;
  SQS2PG_*) false ;;
  *) common "$1" || { uses_aws "$2" && [[ $1 =~ ^[A-Z][A-Z0-9_]*$ || $1 =~ ^(https?|no|all)_proxy$ ]]; } ;;
  esac
}

# adopt PROGRAM: called in the shell that becomes it.
adopt() {
  local name
  for name in "${!settings[@]}"; do
    ! belongs "$name" "$1" || { unset -v "$name" && export "$name=${settings[$name]}"; }
  done
}

# unknown_setting PLACE NAME: end the script, and name the setting that was perhaps meant.
unknown_setting() {
  local meant=''
  similar meant "${2#SQS2PG_}" "${own[@]#SQS2PG_}"
  fail "$CONFIG" "$1: no such setting as $2${meant:+, did you mean SQS2PG_$meant}"
}

# read_lines RESULT FILE: set an array of its mode and its lines, or end the script.
# The program sqs2pg-read judges the file that it opens, and reports under this script's name. The
# file may be a FIFO: a signal need not wait for its writer, and the reader ends with this script.
read_lines() {
  local -n its_lines=$1
  local path pipes=() from to status
  path=`program sqs2pg-read` || exit
  make_pipe from to
  (
    exec >&"$to"
    close_pipes
    trap '' TTIN TTOU
    # setpriv starts it by its own name, not by ours.
    # shellcheck disable=SC2016  # the inner shell's
    exec setpriv --pdeathsig KILL -- bash -c 'exec -a "$@"' sh "$NAME" "$path" "${flags[@]}" -- "$2"
  ) <&0 &
  helper=$!
  exec {to}>&-
  mapfile -t its_lines <&"$from"
  exec {from}<&-
  await "$helper"
  status=$?
  helper=''
  case $status in
  0) ;;
  6? | 7?) exit "$status" ;; # reported by it
  *) fail "$UNAVAILABLE" "cannot read $2: its reader ended with status $status" ;;
  esac
}

# read_config FILE: read its settings.
read_config() {
  local file=$1 lines line name value number=-1 mode secret=''
  read_lines lines "$file"
  mode=${lines[0]}
  for line in "${lines[@]}"; do
    number=$((number + 1))
    [ "$number" -gt 0 ] || continue
    line=${line%$'\r'} name=${line%%[![:blank:]]*}
    line=${line:${#name}}
    case $line in '' | '#'*) continue ;; esac
    name=${line%%=*} value=${line:${#name}+1}
    if [[ $line =~ ^[A-Za-z_][A-Za-z0-9_]*[[:blank:]]+= ]]; then
      message error "$file:$number: not a line of NAME=VALUE: a blank stands before the sign ="
      message hint "write ${name%%[[:blank:]]*}=VALUE, without blanks around the sign"
      exit "$CONFIG"
    fi
    [[ $line == *=* && $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] ||
      fail "$CONFIG" "$file:$number: not a line of NAME=VALUE"
    [[ $name =~ ^([A-Z][A-Z0-9_]*|(https?|no|all)_proxy)$ ]] ||
      fail "$CONFIG" "$file:$number: a setting's name is in upper case, unlike $name"
    [[ ! $name =~ $foreign ]] || fail "$CONFIG" "$file:$number: $name cannot be set here"
    [[ $name != SQS2PG_* || " ${own[*]} " == *" $name "* ]] || unknown_setting "$file:$number" "$name"
    [[ ! $value =~ ^(\".*\"|\'.*\')$ ]] || value=${value:1:${#value}-2}
    ! is_secret "$name" "$value" || secret=1
    settings[$name]=$value
  done
  # An inherited pipe has no mode.
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

# words RESULT NAME: split a setting at blanks. A value from the environment may have several lines,
# and read would end with the first.
words() {
  local -n its_words=$1
  local text_of_it=${settings[$2]:-}
  read -ra its_words <<<"${text_of_it//[$'\t\r\n']/ }"
}

# value_of RESULT OPTION WORD...: set it to the option's value among the words, or leave it empty.
value_of() {
  local -n its_value_of=$1
  its_value_of=''
  local option_of_it=$2
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
    "$option_of_it") its_value_of=${2:-} ;;
    "$option_of_it="*) its_value_of=${1#*=} ;;
    esac
    shift
  done
}

# has_word NAME WORD: return 0 when the setting has that word.
has_word() {
  local words_of_it
  words words_of_it "$1"
  [[ " ${words_of_it[*]} " == *" $2 "* ]]
}
