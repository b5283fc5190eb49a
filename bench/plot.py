#!/usr/bin/env python3
"""Plot results: plot.py FILE FOLDER. FILE is the output of run.py --json; gnuplot draws
FOLDER/GROUP.svg. Bars show our medians and those of the peers, a line on each the lowest and
highest round."""

import json
import pathlib
import subprocess
import sys
import textwrap

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# pylint: disable=wrong-import-position
from bench import number  # noqa: E402

SCRIPT = """set terminal svg size 760,%(height)d font 'sans-serif,13' background '#ffffff'
set output '%(file)s'
set label "%(title)s" at screen 0.5, screen %(top).3f center noenhanced
set tmargin %(margin)d
set lmargin 40
set rmargin 3
set yrange [%(end)s:-0.6]
set xrange [0:%(most)g]
set ytics scale 0 noenhanced textcolor rgb '#000000'
unset xtics
set border 2 lc rgb '#999999'
unset key
$cells << END
%(cells)s
END
plot $cells using 2:0:(0):2:($0-0.35):($0+0.35):5:yticlabel(1) with boxxyerror fillstyle solid noborder lc rgb variable, \\
     '' using 2:0:3:4 with xerrorbars lc rgb '#333333' pt 0, \\
     '' using 4:0:6 with labels left offset char 0.7,0 noenhanced
"""
OURS, THEIRS = 0x2F6F9F, 0xB8B8B8
PROGRAMS = ("sqs2pg", "sqs-", "pii-", "pg-load")


def row(cell):
    # Beginning with one of our programs' names, but sqs-consumer.
    ours = cell["name"].startswith(PROGRAMS) and not cell["name"].startswith("sqs-consumer")
    return '"%s" %g %g %g %d "%s"' % (
        cell["name"].replace("\\", "\\\\"), cell["median"], cell["low"], cell["high"],
        OURS if ours else THEIRS, number(cell["median"]))


def plot(result, folder):
    cells = result["cells"]
    title = textwrap.wrap(result["title"], 96)
    height = 30 + 32 * len(cells) + 18 * len(title)
    script = SCRIPT % {
        "height": height, "margin": 1 + 1.3 * len(title), "top": 1 - 16 / height, "end": len(cells) - 0.4,
        "most": 1.2 * max(cell["high"] for cell in cells), "title": "\\n".join(title),
        "file": folder / (result["group"] + ".svg"), "cells": "\n".join(map(row, cells))}
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main():
    results = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))["results"]
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for result in results:
        plot(result, folder)


if __name__ == "__main__":
    main()
