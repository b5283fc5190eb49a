#!/usr/bin/env python3
"""scan.py PROGRAM SET [RECORDS]: measure how well pii-scan separates personal paths from others.

SET is the name of a module with SCHEMAS, a table of name: schema. A schema is an object of the form
of its records. "+KIND" marks a personal value of PERSONAL (scan_values.py), and "-KIND" one of
IMPERSONAL. A list holds the form of its elements. The program scans each schema separately;
containers are not judged. Prints the wrong judgements, then recall and precision by path, and exits
1 when one of them is below 0.95.
"""
import importlib
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scan_values import IMPERSONAL, PERSONAL  # noqa: E402


def make(r, spec):
    if isinstance(spec, dict):
        return {key: make(r, inner) for key, inner in spec.items()}
    if isinstance(spec, list):
        return [make(r, spec[0]) for _ in range(r.randint(1, 3))]
    return (PERSONAL if spec[0] == "+" else IMPERSONAL)[spec[1:]](r)


def step(key):
    bare = key.isascii() and key.replace("_", "a").isalnum() and not key[0].isdigit()
    return "." + (key if bare else json.dumps(key))


def labels(spec, path=""):
    if isinstance(spec, dict):
        for key, inner in spec.items():
            yield from labels(inner, path + step(key))
    elif isinstance(spec, list):
        yield from labels(spec[0], path + "[]")
    else:
        yield path, spec


def scan(program, lines):
    done = subprocess.run([program, "--json", "--root", "."], input="".join(lines).encode(), check=True,
                          stdout=subprocess.PIPE)
    return {row["path"]: row for row in map(json.loads, done.stdout.splitlines())}


def main():
    program, module, count = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 200
    hit = missed = false = quiet = 0
    for name, spec in importlib.import_module(module).SCHEMAS.items():
        r = random.Random(name)
        rows = scan(program, [json.dumps(make(r, spec), ensure_ascii=r.random() < 0.5) + "\n"
                              for _ in range(count)])
        for path, label in labels(spec):
            row = rows.get(path, {"personal": False, "kinds": None})
            wanted = label[0] == "+"
            hit += wanted and row["personal"]
            missed += wanted and not row["personal"]
            false += not wanted and row["personal"]
            quiet += not wanted and not row["personal"]
            if wanted != row["personal"]:
                print(f"{name} {path} {label}: {row['kinds']}")
    recall, precision = hit / (hit + missed), hit / (hit + false)
    print(f"paths={hit + missed + false + quiet} personal={hit + missed} recall={recall:.4f} precision={precision:.4f}")
    sys.exit(0 if recall >= 0.95 and precision >= 0.95 else 1)


if __name__ == "__main__":
    main()
