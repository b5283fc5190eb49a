#!/usr/bin/env bash
# Measures sqs2pg against the usual alternatives. It installs missing packages, builds, starts a
# PostgreSQL and a load server of its own, and prints one table.
#
#   scripts/bench.sh [--rounds N] [--only GROUP,...] [--scale PERCENT] [--json FILE]
#
# Groups: mask load pull ack whole start memory latency lambda jobs parallel batch scale. Ageing
# and millions run by name only (see bench/README.md). Exit 0 when all was measured, at any
# figures.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
BUILD=${BUILD:-$root/build}

"$here/deps.sh" build run bench
make -s -C "$root" -j "$(nproc)" BUILD="$BUILD" all

# shellcheck source=scripts/servers.sh
. "$here/servers.sh"
servers_begin
trap servers_stop EXIT
make -s -C "$root" BUILD="$BUILD" PREFIX="$SERVERS_DIR/prefix" install >"$SERVERS_DIR/install.log"
servers_postgres_start

node=$(bench_node_dir)
cp "$root/bench/peers/node/consumer.js" "$node/"
mkdir "$SERVERS_DIR/bench"
"$(bench_python_dir)/bin/python" "$root/bench/run.py" --bin "$SERVERS_DIR/prefix/bin" \
  --work "$SERVERS_DIR/bench" --python "$(bench_python_dir)/bin/python" --node "$node" \
  --emulator "$(emulator_dir)/aws-lambda-rie" "$@"
