#!/usr/bin/env python3
"""Divide the times in a configuration of Prometheus or Alertmanager: shorten.py FACTOR <FILE
>SHORTER

It divides exactly three things. Ranges: `[15m]`, `offset 1h`. The values of keys that are a time:
`for: 5m`, `group_interval: 5m`. Numbers of 300 and more at the end of a comparison: `> 900`, as the
rules count in seconds there. Comments, annotations, shares and counts stay.
"""

import re
import sys

UNITS_MS = {"ms": 1, "s": 1000, "m": 60000, "h": 3600000, "d": 86400000}
TIME = r"(\d+)(ms|s|m|h|d)"
PLACES = (
    re.compile(r"(?<=\[)" + TIME + r"(?=\])"),
    re.compile(r"(?<=\boffset )" + TIME + r"\b"),
    re.compile(r"(?<=: )" + TIME + r"$"),
)
SECONDS = re.compile(r"(?<=[<>] )([3-9]\d\d|\d{4,})$")


def shorter(text, factor):
    """Return the text with its times divided, and their number."""
    count = 0

    def time(match):
        nonlocal count
        count += 1
        ms = int(match[1]) * UNITS_MS[match[2]] / factor
        return "%dms" % round(ms) if ms else "0s"

    def seconds(match):
        nonlocal count
        count += 1
        return "%g" % (int(match[1]) / factor)

    lines = []
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            for place in PLACES:
                line = place.sub(time, line)
            line = SECONDS.sub(seconds, line)
        lines.append(line + "\n")
    return "".join(lines), count


if __name__ == "__main__":
    sys.stdout.write(shorter(sys.stdin.read(), float(sys.argv[1]))[0])
