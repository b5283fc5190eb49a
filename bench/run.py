#!/usr/bin/env python3
"""Run the groups of the bench, ours and those of peers in turn; scripts/bench.sh starts it.

    run.py --bin DIR --work DIR [--rounds N] [--only GROUP,...] [--scale PERCENT] [--json FILE]

Each cell is the median of the rounds, with the lowest and highest beside it; each ratio is that of
two medians. The output of every side is checked for completeness in every round.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# pylint: disable=wrong-import-position
from bench import Bench, number  # noqa: E402
import ageing  # noqa: E402
import network  # noqa: E402
import rows  # noqa: E402
import scaling  # noqa: E402

GROUPS = network.GROUPS + rows.GROUPS + scaling.GROUPS + ageing.GROUPS


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return (done.stdout or done.stderr).strip().splitlines()[0]
    except (OSError, IndexError):
        return "none"


def machine():
    with open("/proc/cpuinfo", encoding="ascii") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if "model name" in line), "?")
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": "%s, %d cores" % (model, os.cpu_count()),
        "system": platform.platform(),
        "postgres": first_line("psql", "--version"),
        "nginx": first_line("nginx", "-v"),
        "jq": first_line("jq", "--version"),
        "node": first_line("node", "--version"),
        "python": platform.python_version(),
        "compiler": first_line("cc", "--version"),
    }


def measure(group, bench, rounds):
    """Return the cells of the group: name, unit, figures of all rounds."""
    cells = group.cells(bench)
    figures = {name: [] for name, _, _ in cells}
    for turn in range(rounds):
        for name, _, run in cells:
            figures[name].append(run())
            print("bench: %s: round %d: %s %s" % (group.name, turn + 1, name, number(figures[name][-1])),
                  file=sys.stderr, flush=True)
    return [{"name": name, "unit": unit, "median": statistics.median(figures[name]),
             "low": min(figures[name]), "high": max(figures[name])} for name, unit, _ in cells]


def ratios(group, cells):
    by_name = {cell["name"]: cell for cell in cells}
    for ours, theirs, least in group.ratios:
        value = by_name[ours]["median"] / by_name[theirs]["median"]
        yield {"ours": ours, "against": theirs, "ratio": value, "at_least": least,
               "reached": value >= least}


def table(results):
    for result in results:
        print("\n%s\n" % result["title"])
        for cell in result["cells"]:
            print("  %-44s %12s %s   (%s to %s)" % (
                cell["name"], number(cell["median"]), cell["unit"], number(cell["low"]), number(cell["high"])))
        for ratio in result["ratios"]:
            print("  %-44s %11.2fx against %s (wanted: %gx)%s" % (
                ratio["ours"], ratio["ratio"], ratio["against"], ratio["at_least"],
                "" if ratio["reached"] else "   SHORT"))
        for limit in result["limits"]:
            print("  %-44s %12s, wanted: at most %s%s" % (
                limit["name"], number(limit["value"]), limit["at_most"], "" if limit["reached"] else "   SHORT"))


def limits(group, cells):
    by_name = {cell["name"]: cell for cell in cells}
    for name, most in group.limits:
        value = by_name[name]["median"]
        yield {"name": name, "value": value, "at_most": most, "reached": value <= most}
    for name, among, most in getattr(group, "flat", []):
        costs = [by_name[cell]["median"] for cell in among]
        value = max(costs) / min(costs)
        yield {"name": "%s, largest to smallest" % name, "value": value, "at_most": most,
               "reached": value <= most}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--node", default="")
    parser.add_argument("--emulator", default="aws-lambda-rie")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=int, default=100)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", default="")
    options = parser.parse_args()
    only = [name for name in options.only.split(",") if name]
    groups = [group for group in GROUPS
              if (group.name in only if only else not getattr(group, "by_name_only", False))]
    unknown = set(only) - {group.name for group in GROUPS}
    if unknown:
        sys.exit("bench: no group %s; there are %s" % (
            ", ".join(sorted(unknown)), ", ".join(group.name for group in GROUPS)))
    results = []
    began = time.monotonic()
    with Bench(options) as bench:
        for group in groups:
            cells = measure(group, bench, options.rounds)
            results.append({"group": group.name, "title": group.title, "cells": cells,
                            "ratios": list(ratios(group, cells)), "limits": list(limits(group, cells))})
    about = machine()
    about.update(rounds=options.rounds, scale=options.scale, seconds=round(time.monotonic() - began))
    for name, value in about.items():
        print("%-9s %s" % (name, value))
    table(results)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"machine": about, "results": results}, file, indent=1)
            file.write("\n")


main()
