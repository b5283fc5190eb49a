#!/usr/bin/env python3
"""Plots for the README: plot.py RESULTS.json FOLDER writes FOLDER/GROUP.svg by gnuplot, ours and
the peers' medians as bars, the lowest and highest round as a line on each."""

import json
import pathlib
import subprocess
import sys

SCRIPT = """set terminal svg size 720,%(height)d font 'sans-serif,13' background '#ffffff'
set output '%(file)s'
set title "%(title)s" noenhanced
set yrange [%(top)s:-0.6]
set xrange [0:*]
set format x '%%.0s%%c'
set lmargin 36
set ytics scale 0
set grid x lc rgb '#dddddd'
set border 1
unset key
$cells << END
%(cells)s
END
plot $cells using 2:0:(0):2:($0-0.35):($0+0.35):5:yticlabel(1) with boxxyerror fillstyle solid noborder lc rgb variable, \\
     '' using 2:0:3:4 with xerrorbars lc rgb '#333333' pt 0
"""
OURS, THEIRS = 0x2F6F9F, 0xB8B8B8
PROGRAMS = ("sqs2pg", "sqs-", "pii-", "pg-load")


def plot(result, folder):
    cells = "\n".join(
        '"%s" %g %g %g %d' % (cell["name"].replace("\\", "\\\\"), cell["median"], cell["low"], cell["high"],
                              # Beginning with one of our programs' names, but sqs-consumer.
                              OURS if cell["name"].startswith(PROGRAMS)
                              and not cell["name"].startswith("sqs-consumer") else THEIRS)
        for cell in result["cells"])
    count = len(result["cells"])
    script = SCRIPT % {
        "height": 90 + 32 * count, "file": folder / (result["group"] + ".svg"), "top": count - 0.4,
        "title": ",".join(result["title"].split(",")[:2]), "cells": cells}
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main():
    results = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))["results"]
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for result in results:
        plot(result, folder)


main()
