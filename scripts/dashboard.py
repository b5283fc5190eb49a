#!/usr/bin/env python3
"""Draws share/grafana/sqs2pg.json without Grafana, with the queries of each panel to a Prometheus.

    dashboard.py URL FROM TO FILE.svg

FROM and TO are seconds since 1970. The panels have the places, titles, units, thresholds and legends
of the file. Firing alerts are red lines, like its annotations. docs has a picture of the day of
scripts/day.sh, which calls this.
"""

import datetime
import json
import math
import pathlib
import re
import sys
import urllib.parse
import urllib.request
import xml.sax.saxutils

DASHBOARD = pathlib.Path(__file__).resolve().parent.parent / "share/grafana/sqs2pg.json"
# Pixels of a column and of a row of the grid, and of the space between panels; points of a line.
COLUMN, ROW, GAP, POINTS = 50, 24, 6, 110
RATE_S = 30
COLORS = ("#73bf69", "#f2cc0c", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#8ab8ff", "#fade2a", "#96d98d", "#ffb357",
          "#ca95e5", "#ff7383")
NAMED = {"green": "#73bf69", "yellow": "#f2cc0c", "red": "#f2495c", "blue": "#5794f2", "orange": "#ff9830"}


class Asked:
    """A Prometheus, and the time range of the queries."""

    def __init__(self, url, start, end):
        self.url, self.start, self.end = url, start, end
        self.step = max(1, math.ceil((end - start) / POINTS))

    def ask(self, expression, **how):
        expression = expression.replace("$__rate_interval", "%ds" % max(RATE_S, self.step)).replace("$queue", ".+")
        kind = "query_range" if how else "query"
        parameters = dict(how or {"time": self.end}, query=expression)
        with urllib.request.urlopen("%s/api/v1/%s?%s" % (self.url, kind, urllib.parse.urlencode(parameters))) as answer:
            return json.load(answer)["data"]["result"]

    def lines(self, expression):
        """Return labels, and pairs of time and number."""
        for series in self.ask(expression, start=self.start, end=self.end, step=self.step):
            points = [(float(at), float(value)) for at, value in series["values"]]
            yield series["metric"], [point for point in points if math.isfinite(point[1])]

    def now(self, expression):
        for series in self.ask(expression):
            yield series["metric"], float(series["value"][1])


def legend(form, labels):
    return re.sub(r"\{\{(\w+)\}\}", lambda match: labels.get(match[1], ""), form).strip()


def number(value, unit):
    """Return the value in a readable form."""
    if unit == "percentunit":
        return "%.3g%%" % (value * 100)
    if unit == "s":
        if value == 0:
            return "0 s"
        if value < 1:
            return "%.3g ms" % (value * 1000)
        return "%.3g s" % value if value < 120 else "%.3g min" % (value / 60)
    text = "%.3g" % value if value < 1000 else "%.3gk" % (value / 1000)
    return text + {"cps": "/s", "reqps": "/s"}.get(unit, "")


class Picture:
    def __init__(self, asked):
        self.asked, self.parts, self.bottom = asked, [], 0
        self.alerts = []

    def line(self, path, color, width=1.0, more=""):
        self.parts.append('<path d="%s" fill="none" stroke="%s" stroke-width="%g"%s/>' % (path, color, width, more))

    def text(self, x, y, words, size=11, color="#ccccdc", **more):
        more = "".join(' %s="%s"' % (name.replace("_", "-"), value) for name, value in more.items())
        self.parts.append('<text x="%g" y="%g" font-size="%g" fill="%s"%s>%s</text>' % (
            x, y, size, color, more, xml.sax.saxutils.escape(words)))

    def frame(self, panel):
        """Draw the frame and return left, top, width and height of its inside."""
        grid = panel["gridPos"]
        x, y = grid["x"] * COLUMN, grid["y"] * ROW
        w, h = grid["w"] * COLUMN - GAP, grid["h"] * ROW - GAP
        self.bottom = max(self.bottom, y + h)
        if panel["type"] == "row":
            self.text(x + 4, y + 16, "\u25be " + panel["title"], 13, font_weight="bold")
        else:
            self.parts.append('<rect x="%g" y="%g" width="%g" height="%g" fill="#181b1f" stroke="#2c3235"/>' % (
                x, y, w, h))
            self.text(x + 8, y + 16, panel["title"], 12, font_weight="bold")
        return x, y, w, h

    def stat(self, panel):
        x, y, w, _ = self.frame(panel)
        defaults = panel["fieldConfig"]["defaults"]
        found = [(legend(target["legendFormat"], labels), value) for target in panel["targets"]
                 for labels, value in self.asked.now(target["expr"])]
        big = len(found) == 1
        for at, (name, value) in enumerate(found):
            color = NAMED["green"]
            for step in defaults.get("thresholds", {}).get("steps", ()):
                if step["value"] is None or value >= step["value"]:
                    color = NAMED.get(step["color"], step["color"])
            words = number(value, defaults.get("unit", "short"))
            if big:
                self.text(x + w / 2, y + 62, words, 28, color, text_anchor="middle")
            else:
                self.text(x + 10, y + 32 + 12 * at, name, 10)
                self.text(x + w - 10, y + 32 + 12 * at, words, 10, color, text_anchor="end")

    def table(self, panel):
        x, y, _, _ = self.frame(panel)
        rows = [labels for target in panel["targets"] for labels, _ in self.asked.now(target["expr"])]
        for at, labels in enumerate(rows):
            for column, name in enumerate(("queue", "program", "version")):
                if at == 0:
                    self.text(x + 10 + 160 * column, y + 36, name, 11, font_weight="bold")
                self.text(x + 10 + 160 * column, y + 54 + 16 * at, labels.get(name, ""))

    def timeseries(self, panel):
        x, y, w, h = self.frame(panel)
        unit = panel["fieldConfig"]["defaults"].get("unit", "short")
        found = [(legend(target["legendFormat"], labels), points) for target in panel["targets"]
                 for labels, points in self.asked.lines(target["expr"]) if points]
        rows = self.legend(x, y + h, w, [name for name, _ in found])
        left, top, right, base = x + 52, y + 26, x + w - 10, y + h - 18 - 13 * rows
        highest = max([value for _, points in found for _, value in points], default=0) or 1
        self.grid(left, top, right, base, highest, unit)
        across, up = (right - left) / (self.asked.end - self.asked.start), (base - top) / highest
        for at in self.alerts:
            place = left + (at - self.asked.start) * across
            self.line("M%.0f %.0fV%.0f" % (place, top, base), NAMED["red"], 0.7, ' stroke-dasharray="3 2"')
        for index, (_, points) in enumerate(found):
            path, last = "", -math.inf
            for at, value in points:
                path += "L" if at - last < 1.5 * self.asked.step else "M"
                path += "%.0f %.1f" % (left + (at - self.asked.start) * across, base - value * up)
                last = at
            self.line(path, COLORS[index % len(COLORS)], 1.3)

    def legend(self, x, bottom, w, names):
        """Draw the legend and return its number of rows."""
        rows, places, at = 1, [], 0
        for name in names:
            width = 22 + 5.6 * len(name)
            if at + width > w - 16 and at:
                rows, at = rows + 1, 0
            places.append((name, at, rows))
            at += width
        for index, (name, at, row) in enumerate(places):
            top = bottom - 13 * (rows - row) - 6
            self.line("M%.0f %.0fh10" % (x + 10 + at, top - 3), COLORS[index % len(COLORS)], 3)
            self.text(x + 23 + at, top, name, 10)
        return rows

    def grid(self, left, top, right, base, highest, unit):
        for part in range(5):
            y = base - (base - top) * part / 4
            self.line("M%.0f %.0fH%.0f" % (left, y, right), "#2c3235")
            self.text(left - 4, y + 3, number(highest * part / 4, unit), 9, "#8e8e9a", text_anchor="end")
        for part in range(6):
            at = self.asked.start + (self.asked.end - self.asked.start) * part / 5
            words = datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%H:%M")
            self.text(left + (right - left) * part / 5, base + 11, words, 9, "#8e8e9a",
                      text_anchor="middle" if part < 5 else "end")

    def draw(self, dashboard):
        for annotation in dashboard["annotations"]["list"]:
            for _, points in self.asked.lines(annotation["expr"]):
                # The start of each alert.
                self.alerts += [at for (at, _), before in zip(points, [0, *(at for at, _ in points)])
                                if at - before > 1.5 * self.asked.step]
        kinds = {"row": self.frame, "stat": self.stat, "table": self.table, "timeseries": self.timeseries}
        for panel in dashboard["panels"]:
            kinds[panel["type"]](panel)
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d"'
            ' font-family="Helvetica, Arial, DejaVu Sans, sans-serif">\n'
            '<rect width="100%%" height="100%%" fill="#111217"/>\n%s\n</svg>\n'
            % (24 * COLUMN, self.bottom + GAP, "\n".join(self.parts)))


def main():
    url, start, end, file = sys.argv[1:]
    text = Picture(Asked(url, float(start), float(end))).draw(json.loads(DASHBOARD.read_text(encoding="utf-8")))
    pathlib.Path(file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
