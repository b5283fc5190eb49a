#!/usr/bin/env bats
# sqs2pg on four hosts, in network namespaces (tests/fault/hosts.bash). Hosts vanish, one is slow,
# one has a wrong clock; the database fails over to a synchronous standby. tests/fault/hosts.py
# states and checks what must hold. The tests need root (or sudo) and iproute2, and fail without
# them.
#
# The long form uses 50,000 messages and the default limits of the programs.

load ../lib/common
load ../lib/netns
load ../fault/hosts

setup_file() {
  export BATS_NO_PARALLELIZE_WITHIN_FILE=true net=s2h$$
  servers_begin
  hosts_begin
}

teardown_file() {
  servers_stop
  hosts_end
}

setup() { common_setup; }

# round KIND MESSAGES: run one round of that kind, and show its figures.
round() {
  local how=--brief messages=${2:-}
  [ -z "${SQS2PG_TEST_LONG:-}" ] || how=--real messages=50000
  hosts_rounds --rounds 1 --only "$1" --messages "$messages" "$how" --verbose >said 2>&1 || { cat said && return 1; }
  cat said
  sed 's/^/# /' said >"$(rounds /dev/null /dev/fd/3)"
  grep -qx '1 passed, 0 failed' said
}

@test "four hosts, one unplugged, one killed, one slow and one with a wrong clock: each event is stored once" {
  round vanish 1200
  # The fault came during the run, and the wrong clock was noticed.
  [[ $(<said) =~ unplugged,\ with\ ([0-9]+)\ messages ]]
  [ "${BASH_REMATCH[1]}" -gt 0 ]
  [[ $(<said) =~ for\ their\ date:\ ([0-9]+) ]]
  [ "${BASH_REMATCH[1]}" -gt 0 ]
}

@test "the database host unplugged, its synchronous standby promoted: each event is stored once, no verdict is lost" {
  round failover 1200
  # Also with the old server back for a while.
  [ -z "${SQS2PG_TEST_LONG:-}" ] || round split
}
