#!/usr/bin/env bats
# Which program may link which library: least authority for each process, checked in the binaries.
# Also how they are hardened.

bats_require_minimum_version 1.5.0

setup_file() {
  BIN=${SQS2PG_BIN:-${BUILD:-build}/bin}
  BIN=$(cd "$BATS_TEST_DIRNAME/../.." && cd "$BIN" && pwd)
  export BIN
}

# program: the libraries it links, by their names without version, except libc.
TABLE='
sqs-pull    libcrypto libcurl libxml2
sqs-unwrap  libseccomp libz
sqs-ack     libcrypto libcurl libxml2
sqs-send    libcrypto libcurl libxml2
pii-scan    libseccomp
pii-mask    libcrypto libseccomp
pii-unmask  libcrypto libseccomp
pii-keygen  libcrypto
pg-suggest
pg-load     libjq libpq libseccomp
sqs-lambda  libcurl
rds-token   libcrypto libcurl libxml2
kms-open    libcrypto libcurl libxml2
sqs2pg-read
'

programs() { awk 'NF { print $1 }' <<<"$TABLE"; }

needed() { readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

# Sanitizers bring their own runtime, and its libraries.
sanitized() { needed "$1" | grep -qE '^lib(a|ub)san\.so'; }

# libraries FILE: print its NEEDED entries as the table writes them, on one line.
libraries() {
  local own='^(libc|libm)$'
  ! sanitized "$1" || own='^(libc|libm|libasan|libubsan|libgcc_s|libpthread|libdl|librt|ld-linux.*)$'
  needed "$1" | sed 's/\.so.*//; s/-[0-9][0-9.]*$//' | grep -vE "$own" | sort | xargs
}

# holds PROGRAM FILE: check that the file links exactly what the table has for the program.
holds() {
  local wanted got
  # A program without a foreign library has an empty row.
  wanted=$(awk -v program="$1" '$1 == program { $1 = ""; print }' <<<"$TABLE" | xargs)
  got=$(libraries "$2")
  [ "$wanted" = "$got" ] || {
    printf '%s: links %s; wanted %s\n' "$1" "${got:-nothing}" "${wanted:-nothing}"
    return 1
  }
}

imports() { readelf -sW --dyn-syms "$1" | awk '$7 == "UND" { sub(/@.*/, "", $8); print $8 }'; }

# hardened FILE: check for position independence, relocations bound and sealed at start, no
# executable stack, stack canaries, checked copies (_FORTIFY_SOURCE).
hardened() {
  local headers dynamic missing=
  headers=$(readelf -hlW "$1") dynamic=$(readelf -dW "$1")
  grep -q 'Type: *DYN' <<<"$headers" && grep -q 'FLAGS_1.*PIE' <<<"$dynamic" || missing+=' PIE'
  grep -q 'GNU_RELRO' <<<"$headers" || missing+=' RELRO'
  grep -qE '(BIND_NOW|FLAGS_1.*NOW)' <<<"$dynamic" || missing+=' BIND_NOW'
  grep -qE 'GNU_STACK.* RW  ' <<<"$headers" || missing+=' noexecstack'
  grep -qE '\(R(UN)?PATH\)' <<<"$dynamic" && missing+=' (has an rpath)'
  sanitized "$1" || imports "$1" | grep -qx '__stack_chk_fail' || missing+=' stack-protector'
  sanitized "$1" || imports "$1" | grep -vx '__stack_chk_fail' | grep -q '_chk$' || missing+=' fortify'
  [ -z "$missing" ] || {
    printf '%s: lacks%s\n' "${1##*/}" "$missing"
    return 1
  }
}

# each COMMAND...: run it for every program, and give the verdict after all.
each() {
  local program failed=0
  for program in $(programs); do "$@" "$program" "$BIN/$program" || failed=1; done
  return "$failed"
}

@test "every program is in the table, and there is no other" {
  run ls "$BIN"
  [ "$output" = "$(programs | sort)" ]
}

@test "each program links exactly what its job needs" {
  each holds
}

@test "a program that links more, less or other libraries is noticed" {
  run holds pii-keygen "$BIN/pii-mask"
  [ "$status" -eq 1 ]
  [ "$output" = 'pii-keygen: links libcrypto libseccomp; wanted libcrypto' ]
  run holds pii-mask "$BIN/pii-keygen"
  [ "$status" -eq 1 ]
  run holds pii-mask "$BIN/sqs-pull"
  [ "$status" -eq 1 ]
  run holds pg-load "$BIN/sqs-pull"
  [ "$status" -eq 1 ]
}

# The writer of --metrics-file is forked before a key is read; it runs no other program.
@test "pii programs, sqs-unwrap and pg-suggest import no call that uses a network or starts a program" {
  local program wanted
  for program in sqs-unwrap pii-scan pii-mask pii-unmask pii-keygen pg-suggest; do
    wanted=fork
    [ "$program" != pii-keygen ] || wanted=''
    run imports "$BIN/$program"
    [ "${#lines[@]}" -gt 10 ]
    run grep -xE 'socket|connect|bind|accept4?|send(to|msg)?|getaddrinfo|fork|vfork|exec[a-z]+|posix_spawnp?|dlopen' <<<"$output"
    echo "$program: $output"
    [ "$(sort -u <<<"$output")" = "$wanted" ]
  done
}

@test "sqs programs use libcrypto only for digests" {
  local program
  for program in sqs-pull sqs-ack sqs-send rds-token kms-open; do
    run imports "$BIN/$program"
    [[ $output == *SHA256* || $output == *EVP_* || $output == *HMAC* ]]
    run grep -E '^EVP_(Encrypt|Decrypt|Cipher|Seal|Open|PKEY|DigestSign)|^(AES|RSA|EC)_' <<<"$output"
    echo "$program: $output"
    [ "$status" -eq 1 ]
  done
}

@test "each program is hardened" {
  check() { hardened "$2"; }
  each check
}

@test "a program that is not hardened is noticed" {
  echo 'int main(void) { return 0; }' >"$BATS_TEST_TMPDIR/a.c"
  "${CC:-cc}" -no-pie -fno-stack-protector -Wl,-z,norelro,-z,lazy,-z,execstack,-rpath,/x \
    -o "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/a.c"
  run hardened "$BATS_TEST_TMPDIR/a"
  [ "$status" -eq 1 ]
  [ "$output" = 'a: lacks PIE RELRO BIND_NOW noexecstack (has an rpath) stack-protector fortify' ]
}

# branches: print the mark of objects in which the processor checks branch targets, or "" on a
# processor without it.
branches() {
  case $(uname -m) in
  x86_64) echo 'x86 feature: IBT, SHSTK' ;;
  aarch64) echo 'AArch64 feature: BTI, PAC' ;;
  esac
}

@test "each object is compiled with checked branches and with stack probes for each page" {
  local archive
  cd "$BIN/../lib"
  [ "$(echo *.a | wc -w)" -ge 10 ]
  for archive in *.a ../obj/cmd/*/main.o; do
    sanitized "$BIN/pg-load" || [ -z "$(branches)" ] ||
      # One .text in each object.
      [ "$(readelf -nW "$archive" | grep -c "$(branches)")" -eq "$(readelf -SW "$archive" | grep -cE ' \.text +PROGBITS')" ] ||
      { echo "$archive: not all of it" && return 1; }
  done
  # gcc records its options.
  sanitized "$BIN/pg-load" || readelf -p .debug_str "$BIN/pg-load" | grep -q -- '-fstack-clash-protection'
}

@test "a flag that the compiler does not support on this machine is left out" {
  cd "$BATS_TEST_TMPDIR"
  cat >cc <<'END'
#!/bin/sh
case " $* " in *" -fcf-protection "* | *" -mbranch-protection"* | *_FORTIFY_SOURCE=3*) exit 1 ;; esac
exec cc "$@"
END
  chmod +x cc
  plan() { MAKEFLAGS='' make -n V=1 -C "$BATS_TEST_DIRNAME/../.." BUILD="$PWD/b" "$@" "$PWD/b/obj/lib/base/buf.o"; }
  run -0 plan CC="$PWD/cc"
  [[ $output == *_FORTIFY_SOURCE=2*-fstack-clash-protection* && $output != *-fcf-protection* ]]
  [[ $output != *_FORTIFY_SOURCE=3* && $output != *-mbranch-protection* ]]
  run -0 plan
  case $(uname -m) in
  x86_64) [[ $output == *-fcf-protection* && $output != *-mbranch-protection* ]] ;;
  aarch64) [[ $output == *-mbranch-protection=standard* && $output != *-fcf-protection* ]] ;;
  esac
}
