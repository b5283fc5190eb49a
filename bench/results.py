#!/usr/bin/env python3
"""Put the figures into the documents: results.py FILE...

FILE is the output of run.py --json. When several have a group, the figures of the last one count.
It writes the part of bench/RESULTS.md between its two marks again, and the plots in bench/plots.
The rest of RESULTS.md is written manually.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# pylint: disable=wrong-import-position
import plot  # noqa: E402
from bench import number  # noqa: E402

BEGIN, END = "<!-- figures: written by bench/results.py -->", "<!-- end of figures -->"


def cell_of(result, name):
    return next(cell for cell in result["cells"] if cell["name"] == name)


def about(machine):
    """Return where, when and with what, in a paragraph."""
    text = ("%(cpu)s; %(system)s; %(compiler)s; %(postgres)s; %(nginx)s; %(jq)s; Node %(node)s; Python "
            "%(python)s. %(date)s, %(rounds)s rounds" % machine)
    if machine["scale"] != 100:
        text += ", **with %s%% of the records that the titles name**" % machine["scale"]
    return text + "."


def wanted(results):
    """Return the table of the targets."""
    yield "| group | ours | | against | | ratio | wanted | |"
    yield "|---|---|---:|---|---:|---:|---:|---|"
    for result in results:
        for ratio in result["ratios"]:
            ours, theirs = cell_of(result, ratio["ours"]), cell_of(result, ratio["against"])
            yield "| %s | %s | %s %s | %s | %s | %.2fx | at least %gx | %s |" % (
                result["group"], ratio["ours"], number(ours["median"]), ours["unit"], ratio["against"],
                number(theirs["median"]), ratio["ratio"], ratio["at_least"],
                "reached" if ratio["reached"] else "**short**")
        for limit in result["limits"]:
            # A ratio of two figures, or a value in the unit of one.
            unit = next((" " + cell["unit"] for cell in result["cells"] if cell["name"] == limit["name"]), "x")
            yield "| %s | %s | %s%s | | | | at most %g%s | %s |" % (
                result["group"], limit["name"], number(limit["value"]), unit, limit["at_most"], unit,
                "reached" if limit["reached"] else "**over**")


def every(results):
    """Return all figures, group by group."""
    for result in results:
        yield ""
        yield "**%s.** %s." % (result["group"], result["title"])
        yield ""
        yield "| | median | lowest | highest | |"
        yield "|---|---:|---:|---:|---|"
        for cell in result["cells"]:
            yield "| %s | %s | %s | %s | %s |" % (
                cell["name"], number(cell["median"]), number(cell["low"]), number(cell["high"]), cell["unit"])


def main():
    files = [json.loads(pathlib.Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:]]
    if not files:
        sys.exit(__doc__)
    groups = {result["group"]: result for file in files for result in file["results"]}
    results = list(groups.values())
    lines = [BEGIN, ""]
    for file in files:
        lines += ["%s: %s" % (", ".join(result["group"] for result in file["results"]), about(file["machine"])), ""]
    lines += [*wanted(results), "", "### Every figure", *every(results), "", END]
    path = HERE / "RESULTS.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        sys.exit("results: RESULTS.md has lost its marks")
    path.write_text(before + "\n".join(lines) + after, encoding="utf-8")
    (HERE / "plots").mkdir(exist_ok=True)
    for result in results:
        plot.plot(result, HERE / "plots")


main()
