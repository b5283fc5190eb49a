#!/usr/bin/env python3
"""Look for personal values as a script would: json, a regular expression for each kind, a set of
the different values of each path."""

import json
import re
import sys

KINDS = {
    "ipv4": re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])"),
    "ipv6": re.compile(r"(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:){1,6}:[0-9A-Fa-f:]*"),
    "mac": re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"),
    "email": re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"),
    "phone": re.compile(r"\+?\d[\d ()./-]{6,}\d"),
    "card": re.compile(r"\b(?:\d[ -]?){13,19}\b"),
    "iban": re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9 ]{11,30}\b"),
    "ssn": re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    "jwt": re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"),
}
PATHS = {}


def walk(path, value):
    if isinstance(value, dict):
        for key, inner in value.items():
            walk(path + "." + key, inner)
    elif isinstance(value, list):
        for inner in value:
            walk(path + "[]", inner)
    else:
        counts, different = PATHS.setdefault(path, ({}, set()))
        different.add(value)
        counts["values"] = counts.get("values", 0) + 1
        for kind, pattern in KINDS.items() if isinstance(value, str) else ():
            if pattern.search(value):
                counts[kind] = counts.get(kind, 0) + 1


for line in sys.stdin:
    walk("", json.loads(line)["body"])
for path, (counts, different) in PATHS.items():
    print(json.dumps({"path": path, "distinct": len(different), **counts}))
