#!/usr/bin/env bash
# The exercise in shell: aws-cli, jq and psql, with PostgreSQL's sha256() in place of sha256sum. Ten
# messages at a time, until the queue is empty.
set -euo pipefail

aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL_SQS" --output json sqs "$@" --queue-url "$SQS_QUEUE_URL"; }

while answer=$(aws receive-message --max-number-of-messages 10 --wait-time-seconds 1 \
  --attribute-names SentTimestamp) && [ -n "$answer" ]; do
  jq -r '.Messages[] | (.Body | fromjson) as $b |
    [$b.user_id, $b.device_type, $b.ip, $b.device_id, $b.locale,
     ($b.app_version | split(".") | map(tonumber) | .[0] * 10000 + .[1] * 100 + .[2]),
     (.Attributes.SentTimestamp | tonumber / 1000 | todate[:10])] | @csv' <<<"$answer" |
    psql -qX -v ON_ERROR_STOP=1 -c 'CREATE TEMPORARY TABLE arrived (LIKE user_logins)' \
      -c '\copy arrived from pstdin csv' \
      -c "INSERT INTO user_logins SELECT user_id, device_type, encode(sha256(masked_ip::bytea), 'hex'),
          encode(sha256(masked_device_id::bytea), 'hex'), locale, app_version, create_date FROM arrived"
  jq -c '[.Messages | to_entries[] | {Id: (.key | tostring), ReceiptHandle: .value.ReceiptHandle}]' \
    <<<"$answer" >"$TMPDIR/entries"
  aws delete-message-batch --entries "file://$TMPDIR/entries" >"$TMPDIR/deleted"
done
