#!/usr/bin/env python3
"""peak.py FILE COMMAND...: runs the command; FILE gets the most memory, in MiB, that it or a child of it had resident."""

import resource
import subprocess
import sys

status = subprocess.run(sys.argv[2:], check=False).returncode
with open(sys.argv[1], "w", encoding="ascii") as file:
    file.write("%d\n" % (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
sys.exit(status if status >= 0 else 128 - status)
