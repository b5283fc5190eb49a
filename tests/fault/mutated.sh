#!/usr/bin/env bash
# Build the programs with a flaw, the patch FILE, in a copy of the tree. Print the folder of that
# build, which is build/ of the copy.
#
#   BUILD=build tests/fault/mutated.sh FILE
#
# The objects of BUILD are copied, so that only patched files are compiled.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-build}
[ "${build#/}" != "$build" ] || build=$root/$build
dir=$build/mutants/$(basename "$1" .patch)
rm -rf "$dir"
mkdir -p "$dir/build"
(cd "$root" && tar -c --exclude=./build --exclude=./.git .) | tar -x -C "$dir"
cp -a "$build"/{bin,obj,flags} "$dir/build"
patch -s -p1 -d "$dir" <"$1"
make -s -C "$dir" -j "$(nproc)" WERROR= BUILD="$dir/build" all >&2
printf '%s\n' "$dir/build"
