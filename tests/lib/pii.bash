# For tests of the pii programs: a key. Needs lib/common.
# shellcheck disable=SC2034  # ID is the tests'

# pii_setup: a key in ./k; ID is its id.
pii_setup() {
  common_setup
  key k 2>/dev/null
  ID=$(pii-keygen --list k | cut -d' ' -f1)
}

# ended PID: it has ended, waited for or not; a container's first process may wait for nothing that
# is left to it.
ended() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }

# pii COMMAND...: another implementation of the formats, lib/pii.py.
pii() { "$(python_dir)/bin/python" "$ROOT/tests/lib/pii.py" "$@"; }

mask() { pii-mask -k k "$@"; }
unmask() { pii-unmask -k k "$@"; }
