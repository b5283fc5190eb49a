# For tests of the pii programs: a key. Needs lib/common.
# shellcheck disable=SC2034  # ID is the tests'

# pii_setup: make a key in ./k; ID is its id.
pii_setup() {
  common_setup
  key k 2>/dev/null
  ID=$(pii-keygen --list k | cut -d' ' -f1)
}

# ended PID: succeed when the process has ended, even if its parent has not waited for it. The first
# process of a container may not wait for orphans.
ended() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }

# pii COMMAND...: run another implementation of the formats, lib/pii.py.
pii() { "$(python_dir)/bin/python" "$ROOT/tests/lib/pii.py" "$@"; }

mask() { pii-mask -k k "$@"; }
unmask() { pii-unmask -k k "$@"; }
