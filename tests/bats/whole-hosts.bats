#!/usr/bin/env bats
# sqs2pg on four hosts, in network namespaces (tests/fault/hosts.bash): hosts that vanish, one that is slow, one
# whose clock is wrong; a database that fails over to a synchronous standby. What must hold, tests/fault/hosts.py
# says and looks at. It takes root (or sudo) and iproute2: without them the tests fail.
#
# The long form is of 50,000 messages, with the limits that the programs have by themselves.

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

# round KIND MESSAGES: one of that kind passes; its figures are shown.
round() {
  local how=--brief messages=${2:-}
  [ -z "${SQS2PG_TEST_LONG:-}" ] || how=--real messages=50000
  hosts_rounds --rounds 1 --only "$1" --messages "$messages" "$how" --verbose >said 2>&1 || { cat said && return 1; }
  cat said
  sed 's/^/# /' said >"$(rounds /dev/null /dev/fd/3)"
  grep -qx '1 passed, 0 failed' said
}

@test "four hosts, of which one is unplugged, one killed, one slow and one an hour off: each event once" {
  round vanish 1200
  # The fault came amid the run, and the wrong clock was noticed.
  [[ $(<said) =~ unplugged,\ with\ ([0-9]+)\ messages ]]
  [ "${BASH_REMATCH[1]}" -gt 0 ]
  [[ $(<said) =~ dated\ wrong:\ ([0-9]+) ]]
  [ "${BASH_REMATCH[1]}" -gt 0 ]
}

@test "the database's host unplugged, its synchronous standby promoted: each event once, and no verdict lost" {
  round failover 1200
  # And the old server comes back for a while.
  [ -z "${SQS2PG_TEST_LONG:-}" ] || round split
}
