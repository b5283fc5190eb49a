#!/usr/bin/env bats
# sqs2pg --follow over many messages: the programs use no more resources at the end than at the
# beginning (scripts/soak.sh, bench/soak.py). The long form uses a million messages.

load ../lib/common

setup() { common_setup; }
teardown() { [ -z "${own:-}" ] || servers_stop; }

@test "memory, descriptors, WAL a row and ledger a key do not grow" {
  local messages
  messages=$(rounds 300000 1000000)
  # Do not count what others write.
  servers_begin
  own=1
  servers_postgres_start
  run python3 -B "$ROOT/bench/soak.py" --bin "$(dirname "$(command -v pg-load)")" --pipeline "$ROOT/scripts/pipeline.sh" \
    --work "$PWD/work" --messages "$messages" --rate 15000 --every 0.2
  echo "$output"
  echo "# ${lines[-1]}" >&3
  [ "$status" -eq 0 ]
  [[ $output = *"ok: $messages keys in the ledger"* ]]
  [ "$(grep -c '^ok: ' <<<"$output")" -eq 15 ]
}
