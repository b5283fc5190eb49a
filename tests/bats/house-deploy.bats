#!/usr/bin/env bats
# The files in deploy/ agree with the programs.

load ../lib/common

setup() {
  common_setup
  DEPLOY=$ROOT/deploy
}

# says PROGRAM OPTION...: check that --help of the program has each option.
says() {
  local program=$1 option
  shift
  "$program" --help >help
  for option; do grep -qE -- "(^|[ ,])$option([ ,=]|\[|\$)" help || { echo "$program has no $option" && return 1; }; done
}

@test "the settings file is valid: with a real queue, table and key it loads the sample" {
  fresh_database
  create_user_logins
  fresh_queue VisibilityTimeout=30
  sqs-send -q <"$SAMPLE"
  key k
  # With the commented lines, too. Credentials and database are those of the test.
  sed -E "s|^#(SQS2PG_)|\1|;s|^(SQS_QUEUE_URL=).*|\1$SQS_QUEUE_URL|;s|^(SQS2PG_KEY_FILE=).*|\1$PWD/k|;/^PGSERVICE=/d
    s|/var/lib/sqs2pg/metrics|$PWD|" "$DEPLOY/sqs2pg.env" >settings
  [ "$(grep -c '^SQS2PG_' settings)" -eq 5 ]
  mkdir bin
  cp "$ROOT/scripts/pipeline.sh" bin/sqs2pg
  SQS2PG_LOCK_DIR=$PWD run -0 bin/sqs2pg -c settings
  [ "$(sql 'SELECT count(*) FROM user_logins')" = 99 ]
  counts_are 0 0 0
  [ "$(grep -l '^sqs2pg_' "${SQS_QUEUE_URL##*/}"-*.prom | wc -l)" -eq 5 ]
}

@test "the units and the crontab use options that the programs have" {
  cp "$ROOT/scripts/pipeline.sh" sqs2pg
  cp "$ROOT/scripts/pipeline.sh" sqs2pg-status
  chmod 755 sqs2pg sqs2pg-status
  PATH=$PWD:$PATH
  called=0
  while read -r program line; do
    called=$((called + 1))
    # shellcheck disable=SC2046
    says "$program" $(grep -oE -- '(^| )--?[a-z-]+' <<<"$line")
  done < <(sed -n 's|^ExecStart=/usr/local/bin/\(sqs2pg\)|\1|p;s|^[*/0-9 ]* \(sqs2pg\)|\1|p' "$DEPLOY"/systemd/*.service "$DEPLOY/crontab")
  [ "$called" -eq 6 ]
  says pg-load -q -t --prune-ledger
  grep -q 'pg-load -q -t user_logins --prune-ledger 30d$' "$DEPLOY/crontab"
  # The statuses without a restart are those that sqs2pg(7) calls lasting.
  [ "$(sed -n 's/^RestartPreventExitStatus=//p' "$DEPLOY/systemd/sqs2pg@.service")" = '64 65 69 70 77 78' ]
  [ "$(sed -n 's/^ *STATUS_\(USAGE\|DATA\|UNAVAILABLE\|INTERNAL\|PERMISSION\|CONFIG\) *= \([0-9]*\).*/\2/p' \
    "$ROOT/lib/base/status.h" | sort -n | xargs)" = '64 65 69 70 77 78' ]
}

@test "the settings of the container are known" {
  local settings=$DEPLOY/kubernetes/base/settings.yaml
  "$ROOT/scripts/pipeline.sh" --help >help
  grep -oE '^  (SQS|PG)[A-Z0-9_]+:' "$settings" | tr -d ' :' >names
  [ "$(wc -l <names)" -ge 10 ]
  while read -r name; do
    case $name in
    PG*) strings "$(ldd "$(command -v pg-load)" | awk '/libpq/ { print $3 }')" | grep -qx "$name" ;;
    *) grep -qw "$name" help ;;
    esac || { echo "nobody knows $name" && return 1; }
  done <names
  # A file of a package in the image: libpq has the word system from version 16 on.
  [ -s "$(sed -n 's/^  PGSSLROOTCERT: //p' "$settings")" ]
  grep -qw ca-certificates "$DEPLOY/container/Containerfile"
  # shellcheck disable=SC2046
  says pii-mask $(sed -n 's/^  SQS2PG_MASK_OPTIONS: //p' "$settings")
}

@test "the IAM policy allows exactly the calls of the pipeline" {
  # IAM has no rights for batches: the right to one message is the right to a batch.
  sed -n 's/^ *\[CALL_[A-Z_]*\] = "\([A-Za-z]*\)".*/\1/p' "$ROOT/lib/sqs/call.c" |
    sed 's/Batch$//' | grep -v '^SendMessage$' | sort -u >made
  [ "$(wc -l <made)" -ge 5 ]
  diff made <(jq -r '.Statement[].Action | arrays[] | ltrimstr("sqs:")' "$DEPLOY/iam-policy.json" | sort -u)
  # Also the right to decrypt a queue that uses a key of the account.
  [ "$(jq -r '.Statement[].Action | strings' "$DEPLOY/iam-policy.json")" = kms:Decrypt ]
}

@test "Kubernetes: no service account token, a network policy, the image by digest" {
  "$(python_dir)/bin/python" - "$DEPLOY/kubernetes/overlays/follow/deployment.yaml" \
    "$DEPLOY/kubernetes/base/network-policy.yaml" <<'END'
import re, sys, yaml
deployment, policy = (yaml.safe_load(open(name)) for name in sys.argv[1:])
pod = deployment["spec"]["template"]
assert pod["spec"]["automountServiceAccountToken"] is False
assert re.search(r"@sha256:[0-9a-f]{64}$", pod["spec"]["containers"][0]["image"])
assert policy["kind"] == "NetworkPolicy"
assert policy["spec"]["podSelector"]["matchLabels"] == pod["metadata"]["labels"]
assert set(policy["spec"]["policyTypes"]) == {"Ingress", "Egress"} and "ingress" not in policy["spec"]
assert all(rule["ports"] for rule in policy["spec"]["egress"])
END
}

@test "the units restrict the programs: systemd's exposure level is 2.0 or better" {
  for unit in "$DEPLOY"/systemd/*@.service; do
    cp "$unit" "$(basename "$unit" @.service)@x.service"
  done
  for unit in ./*@x.service; do
    # It fails above the threshold, which is in tenths.
    run -0 systemd-analyze security --no-pager --offline=yes --threshold=20 "$unit"
    [[ $output == *'Overall exposure level'* ]]
    run -1 systemd-analyze security --no-pager --offline=yes --threshold=5 "$unit"
    # Files that the programs write or read: the lock, the state and home, those of node_exporter.
    grep -qx 'StateDirectory=sqs2pg' "$unit"
    grep -qx 'Environment=HOME=/var/lib/sqs2pg' "$unit"
    case $unit in *-health@* | *-failed@*) continue ;; esac
    grep -q '^ReadWritePaths=.*/var/lib/prometheus/node-exporter' "$unit"
    [ "$(grep -oE '^(StateDirectory|RuntimeDirectory)=.*' "$unit" | wc -l)" -eq 2 ]
    grep -qx 'OnFailure=sqs2pg-failed@%i.service' "$unit"
  done
}
