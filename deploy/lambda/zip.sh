#!/usr/bin/env bash
# The programs as a zip file for a function of AWS Lambda with the runtime provided.al2023:
#
#   deploy/lambda/zip.sh OUT.zip [BIN]     BIN: the folder of the built programs (build/bin)
#
#   bootstrap      starts bin/sqs-lambda with the libraries beside it
#   bin/           sqs-lambda, sqs-unwrap, pii-mask, pg-load, kms-open
#   lib/           what they link, but for the C library, which is Lambda's own
#   share/maps/    the maps that come with the programs
#
# They are to be built where the C library is no newer than Lambda's: in a container of
# amazonlinux:2023. Further files, as a policy, are added with zip(1).
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PROGRAMS=(sqs-lambda sqs-unwrap pii-mask pg-load kms-open)
# Those of the C library.
OWN='^(linux-vdso|ld-linux.*|lib(c|m|dl|rt|pthread|resolv|util|nsl|anl))\.so'

# libraries FILE: the paths of what it links.
libraries() { ldd "$1" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }'; }

main() {
  local out=${1:?usage: zip.sh OUT.zip [BIN]} bin=${2:-$HERE/../../build/bin} folder program library
  out=$(realpath "$out")
  folder=$(mktemp -d)
  # shellcheck disable=SC2064  # as it is now
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
