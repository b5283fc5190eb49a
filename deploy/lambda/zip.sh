#!/usr/bin/env bash
# Packs the programs into a zip file for an AWS Lambda function with the runtime provided.al2023:
#
#   deploy/lambda/zip.sh OUT.zip [BIN]     BIN: the folder of the built programs (build/bin)
#
#   bootstrap      starts bin/sqs-lambda with the libraries beside it
#   bin/           sqs-lambda, sqs-unwrap, pii-mask, pg-load, kms-open
#   lib/           their libraries, without the C library, which is Lambda's own
#   share/maps/    the maps that come with the programs
#
# Build the programs where the C library is no newer than Lambda's: in a container of
# amazonlinux:2023. Add further files, such as a policy, with zip(1).
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PROGRAMS=(sqs-lambda sqs-unwrap pii-mask pg-load kms-open)
# The parts of the C library.
OWN='^(linux-vdso|ld-linux.*|lib(c|m|dl|rt|pthread|resolv|util|nsl|anl))\.so'

# libraries FILE: prints the paths of its libraries.
libraries() { ldd "$1" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }'; }

main() {
  local out=${1:?usage: zip.sh OUT.zip [BIN]} bin=${2:-$HERE/../../build/bin} folder program library
  out=$(realpath "$out")
  folder=$(mktemp -d)
  # shellcheck disable=SC2064  # with its current value
  trap "rm -rf '$folder'" EXIT
  mkdir -p "$folder"/{bin,lib,share/maps}
  install -m 755 "$HERE/bootstrap" "$folder/bootstrap"
  for program in "${PROGRAMS[@]}"; do
    install -s --strip-program=strip -m 755 "$bin/$program" "$folder/bin/$program"
    while IFS= read -r library; do
      [[ ${library##*/} =~ $OWN ]] || install -m 755 "$library" "$folder/lib/${library##*/}"
    done < <(libraries "$bin/$program")
  done
  install -m 644 "$HERE"/../../share/maps/*.map "$folder/share/maps/"
  rm -f "$out"
  (cd "$folder" && python3 -m zipfile -c "$out" bootstrap bin lib share)
}

main "$@"
