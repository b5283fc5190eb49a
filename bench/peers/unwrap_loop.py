#!/usr/bin/env python3
"""Take the event out of SNS's envelope, as a script would: parse the record, and the Message in it."""

import json
import sys

for line in sys.stdin:
    record = json.loads(line)
    record["body"] = json.loads(record["body"]["Message"])
    sys.stdout.write(json.dumps(record) + "\n")
