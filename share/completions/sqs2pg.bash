# Completion for bash: sqs2pg and its programs. Installed as
# share/bash-completion/completions/sqs2pg, with a link for each program.

# _sqs2pg_options PROGRAM: prints its options. The value is after `=`: `@` a file,
# `/` a folder, words separated by commas, or nothing that can be offered;
# without `=` there is no value.
_sqs2pg_options() {
  echo -h --help -V --version -v --verbose -q --quiet --log=text,json
  case $1 in
  sqs-unwrap | sqs-lambda) ;;
  sqs-*)
    echo -Q= --queue= --endpoint-url= --region= --profile= --no-sign-request \
      --protocol=query,json --retry-timeout=
    ;;
  esac
  case $1 in
  sqs-pull)
    echo -f --follow -j=auto --jobs=auto -n= --number= --wait= --empty= --visibility-timeout= --idle-backoff= --pace= --attributes= --fifo-ids --print-redrive --print-depth \
      --acked=@ --max-in-flight= --max-lease= --grace= --metrics-file=@ --progress
    ;;
  sqs-unwrap)
    echo --as=sns,eventbridge,cloudevents,s3,json,base64,gzip,zlib,none --json= --each=lines --max-record= \
      --max-parts= --grace= --metrics-file=@ --metrics-label= --progress --require-sandbox
    ;;
  sqs-ack)
    echo -j=auto --jobs=auto --need= --print --release --linger= --max-record= --grace= --metrics-file=@ --progress
    ;;
  sqs-send)
    echo -j= --jobs= --verdicts --group-id= --new-deduplication-ids --metrics-file=@ --progress --max-record= --grace=
    ;;
  pg-load)
    echo -t= --table= -d= --dsn= --password-command= -m=@ --map=@ --no-map --root= --explain --print-status --error-table= --no-quarantine \
      --reject-file=@ --max-rejects= --require-masked --sealed-limit= --unknown-keys=warn,refuse --key= --strict-key --upsert= --newer= --ledger-table= --no-ledger --no-create -n --dry-run \
      --show-values --prune-ledger= --force --batch-rows= --batch-bytes= --linger= -j= --jobs= --max-record= \
      --grace= --retry-timeout= --metrics-file=@ --metrics-label= --progress
    ;;
  pg-suggest)
    echo -t= --table= --root= -o=/ --output=/ -n= --number= --max-record= --grace= --metrics-file=@ --metrics-label= --progress
    ;;
  pii-scan)
    echo -p=@ --policy=@ --root= --suggest --json -n= --number= --max-record= --grace= --metrics-file=@ --metrics-label= --progress \
      --require-sandbox
    ;;
  pii-mask)
    echo -k=@ --key-file=@ -p=@ --policy=@ -m= --mask= --root= --rewrap --lines= --key-id= \
      --mapping=@ --print-policy --key-group-readable --max-record= --grace= --metrics-file=@ --metrics-label= --progress --require-sandbox --self-test
    ;;
  pii-unmask)
    echo -k=@ --key-file=@ -p=@ --policy=@ -m= --mask= --root= --key-id= --lines= --mapping=@ --audit=@ --print-policy \
      --key-group-readable --max-record= --grace= --metrics-file=@ --metrics-label= --progress --require-sandbox --self-test
    ;;
  kms-open)
    echo --seal --key-id= --context= --key-group-readable --endpoint-url= --region= --profile= --no-sign-request \
      --retry-timeout=
    ;;
  rds-token)
    echo --hostname= --port= --username= --region= --profile= --settings=@
    ;;
  pii-keygen)
    echo --rotate --list --key-group-readable
    ;;
  sqs2pg-init)
    echo -Q= --queue= -t= --table= -o=/ --output=/ -y --yes
    ;;
  sqs2pg-status)
    echo -c=@ --config=@ --json --health=
    ;;
  sqs2pg)
    echo -c=@ --config=@ -f --follow --no-lock --lock-wait= --lock-status= --archive=/ --replay=@
    ;;
  esac
}

# _sqs2pg_operand PROGRAM: prints the kind of its operand, as above.
_sqs2pg_operand() {
  case $1 in
  pii-keygen | kms-open | sqs2pg-read | sqs2pg | sqs-lambda) echo @ ;;
  esac
}

# _sqs2pg_offer KIND TYPED
_sqs2pg_offer() {
  case $1 in
  @)
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$2")
    ;;
  /)
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -d -- "$2")
    ;;
  *) mapfile -t COMPREPLY < <(compgen -W "${1//,/ }" -- "$2") ;;
  esac
}

_sqs2pg() {
  local program=${1##*/} typed=$2 before=${COMP_WORDS[COMP_CWORD - 1]} option word options
  COMPREPLY=()
  read -ra options < <(_sqs2pg_options "$program" | tr '\n' ' ')
  # bash passes "--log=js" as the three words --log, = and js.
  if [ "$typed" = = ]; then
    typed=
  elif [ "$before" = = ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ "$word" = -- ]; then
      _sqs2pg_offer "$(_sqs2pg_operand "$program")" "$typed"
      return
    fi
  done
  for option in "${options[@]}"; do
    if [ "${option%%=*}" = "$before" ] && [ "$option" != "$before" ]; then
      _sqs2pg_offer "${option#*=}" "$typed"
      return
    fi
  done
  case $typed in
  -*) mapfile -t COMPREPLY < <(compgen -W "${options[*]%%=*}" -- "$typed") ;;
  *) _sqs2pg_offer "$(_sqs2pg_operand "$program")" "$typed" ;;
  esac
}

complete -F _sqs2pg sqs-pull sqs-unwrap sqs-ack sqs-send pii-scan pii-mask pii-unmask pii-keygen pg-suggest pg-load sqs-lambda rds-token kms-open sqs2pg-read sqs2pg sqs2pg-init sqs2pg-status
