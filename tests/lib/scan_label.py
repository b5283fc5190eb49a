#!/usr/bin/env python3
"""scan_label.py PROGRAM TABLE [RECORDS]: measure how well pii-scan finds what a table labels.

TABLE is one such as tests/vectors/scan_labels.tsv. The program scans each schema of it separately.
Prints the wrong judgements, then recall and precision by path, and exits 1 when one of them is
below 0.95.
"""
import base64
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scan_label_values  # noqa: E402
from scan_label_values import R  # noqa: E402

STEP = re.compile(r'\.("(?:[^"\\]|\\.)*"|\w+)|\[(\d+)-(\d+)\]')


class Each:
    """An array."""

    def __init__(self, least, most):
        self.least, self.most, self.inner = least, most, None


def fill(spec):
    if isinstance(spec, dict):
        return {key: fill(inner) for key, inner in spec.items()}
    if isinstance(spec, Each):
        return [fill(spec.inner) for _ in range(R.randint(spec.least, spec.most))]
    return spec()


def table_map(_label, _kind, key, value, least=1, most=4):
    """An object whose keys are data."""
    return lambda: {key(): fill(value) for _ in range(R.randint(least, most))}


def packed(_label, _kind, spec, how="json"):
    """JSON as the text of a string, or that in base64."""

    def make():
        text = json.dumps(fill(spec), separators=(",", ":"), ensure_ascii=False)
        return text if how == "json" else base64.b64encode(text.encode()).decode()

    return make


NAMES = {
    **vars(scan_label_values),
    "Map": table_map,
    "Enc": packed,
    "P": lambda _kind, make: make,
    "N": lambda make: make,
    "A": lambda make: make,
    "K": lambda value: lambda: value,
}


def sometimes(make, null=0, miss=0, empty=0):
    def some():
        drawn = R.random()
        if drawn < null + miss:
            return None
        return "" if drawn < null + miss + empty else make()

    return some


def plant(tree, path, make):
    """Put what makes a value into the tree of a schema, at its path."""
    steps = [m.groups() for m in STEP.finditer(path)]
    hold = tree
    slot = "record"
    for key, least, most in steps:
        inner = hold.inner if isinstance(hold, Each) else hold.get(slot)
        if inner is None:
            inner = {} if key else Each(int(least), int(most))
            if isinstance(hold, Each):
                hold.inner = inner
            else:
                hold[slot] = inner
        hold = inner
        slot = json.loads(key) if key and key[0] == '"' else key
    if isinstance(hold, Each):
        hold.inner = make
    else:
        hold[slot] = make


def schemas(table):
    found = {}
    with open(table, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            name, path, label, value, *options = line.rstrip("\n").split("\t")
            tree, labels = found.setdefault(name, ({}, {}))
            make = eval(value, NAMES)  # a table of our own
            if options:
                make = sometimes(make, **eval(f"dict({options[0].replace(' ', ',')})"))
            plant(tree, path, make)
            labels[re.sub(r"\[\d+-\d+\]", "[]", path) + (".{}" if value.startswith("Map(") else "")] = label
    return found


def judged(rows, path):
    """Return true when the path is personal; for a map, when anything in it is."""
    if path in rows or not path.endswith(".{}"):
        return rows[path]["personal"]
    return any(row["personal"] for at, row in rows.items() if at.startswith(path[:-3]))


def main():
    program, table, count = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 200
    counts = {(wanted, got): 0 for wanted in (False, True) for got in (False, True)}
    for name, (tree, labels) in schemas(table).items():
        R.seed(name)
        lines = [json.dumps(fill(tree["record"]), ensure_ascii=R.random() < 0.5) + "\n" for _ in range(count)]
        done = subprocess.run([program, "--json", "--root", "."], input="".join(lines).encode(), check=True,
                              stdout=subprocess.PIPE)
        rows = {row["path"]: row for row in map(json.loads, done.stdout.splitlines())}
        for path, label in labels.items():
            if label == "?":
                continue
            wanted, got = label != "-", bool(rows) and judged(rows, path)
            counts[wanted, got] += 1
            if wanted != got:
                print(f"{name} {path} {label}: {rows.get(path, {}).get('kinds')}")
    hit, missed, false = counts[True, True], counts[True, False], counts[False, True]
    recall, precision = hit / (hit + missed), hit / max(1, hit + false)
    print(f"paths={sum(counts.values())} personal={hit + missed} recall={recall:.4f} precision={precision:.4f}")
    sys.exit(0 if recall >= 0.95 and precision >= 0.95 else 1)


if __name__ == "__main__":
    main()
