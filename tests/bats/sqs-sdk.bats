#!/usr/bin/env bats
# Configurations as the AWS SDK for Python reads them.

load ../lib/common

setup() { common_setup; }

@test "boto3 and sqs-pull read about 250 configurations alike: host, region, key and token" {
  run --separate-stderr env -u no_proxy -u NO_PROXY "$(python_dir)/bin/python" -B "$ROOT/tests/lib/sdk.py"
  echo "$output"
  echo "$stderr"
  [ "$status" -eq 0 ]
  [[ ${lines[-1]} == configurations=*' wrong=0' ]]
  n=${lines[-1]#configurations=}
  [ "${n%% *}" -ge 200 ]
}
