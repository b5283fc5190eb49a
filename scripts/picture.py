#!/usr/bin/env python3
"""Draws a picture of boxes and arrows as SVG, from a text that describes it.

    picture.py FILE.txt FILE.svg

A line of the text has one of these forms; a line that begins with `#` is a comment.

    title TEXT                          a title, for readers who cannot see the picture
    about TEXT                          a description for them; several lines are joined
    columns 120 +40 120                 widths in pixels, from the left; `+` is a gap before the next
    rows 40 +60 90                      heights, likewise; a second pair of these begins below the first
    box NAME COLUMNS ROWS KIND: LINE | LINE || BAND
                                        COLUMNS and ROWS are numbers or ranges, `2` or `1-5`
    note COLUMNS ROWS KIND: LINE | LINE only text; KIND is heading or plain
    arrow FROM TO [dashed] [up N]: LINE | LINE
                                        FROM and TO are NAME.SIDE or NAME.SIDE@PART: a side is l, r, t
                                        or b, the part goes from 0 to 1 along it. Without a part an
                                        end is level with the other one. `up N` goes N pixels above.

The kinds of boxes are the colours in STYLE. The picture has its own background, and colours for light
and for dark, so that it is readable on any page.
"""

import pathlib
import re
import sys
from xml.sax.saxutils import escape

MARGIN, LINE, BAND = 16, 17, 24
# The colours of each kind: background, edge and band, for light and for dark.
KINDS = {
    "plain": ("#ffffff", "#6b7785", "#6b7785", "#1c232c", "#8592a1", "#4a5562"),
    "aws": ("#fff4e2", "#b35c00", "#a35200", "#33240f", "#e09a3e", "#8a4b06"),
    "nothing": ("#f1f3f5", "#5f6b78", "#5a6572", "#22292f", "#93a0ad", "#4d5863"),
    "key": ("#f4ecfc", "#7b45b5", "#7340ab", "#2b2038", "#bb94e6", "#6c41a0"),
    "database": ("#e7f1fc", "#1f66ad", "#1d5fa3", "#15273a", "#6fb0ef", "#1f5c9c"),
    "frame": ("none", "#6b7785", "#6b7785", "none", "#8592a1", "#4a5562"),
    "store": ("#e6f5ec", "#26744a", "#226a43", "#162c20", "#67c294", "#236b44"),
}
STYLE = "".join(line + "\n" for line in (
    'text { font: 12.5px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: %(text)s; text-anchor: middle; }',
    'text.first { font: bold 13.5px ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; }',
    'text.heading { font-weight: bold; font-size: 14.5px; text-anchor: start; }',
    'text.band { fill: #ffffff; font-size: 12px; }',
    'text.label { font-size: 12px; fill: %(soft)s; }',
    '.start { text-anchor: start !important; }',
    '.ground { fill: %(ground)s; }',
    '.line { fill: none; stroke: %(soft)s; stroke-width: 1.6; }',
    '.dashed { stroke-dasharray: 5 4; }',
    '.head { fill: %(soft)s; }',
))


def style():
    light, dark = [], []
    for name, (ground, edge, band, ground_d, edge_d, band_d) in KINDS.items():
        form = ".%s { fill: %s; stroke: %s; stroke-width: 1.4; }\n.%s-band { fill: %s; }\n"
        light.append(form % (name, ground, edge, name, band))
        dark.append(form % (name, ground_d, edge_d, name, band_d))
    return "%s%s@media (prefers-color-scheme: dark) {\n%s%s}\n" % (
        STYLE % {"text": "#1b232c", "soft": "#46525f", "ground": "#ffffff"}, "".join(light),
        STYLE % {"text": "#e8edf2", "soft": "#b4c0cc", "ground": "#12171d"}, "".join(dark))


def number(value):
    return ("%.1f" % value).removesuffix(".0")


class Picture:
    def __init__(self):
        self.title, self.about, self.parts, self.boxes = "", [], [], {}
        self.columns, self.rows, self.width, self.bottom = [], [], 0, MARGIN

    def spans(self, words, at):
        """Return the start and the end of each column or row."""
        spans = []
        for word in words.split():
            size = int(word.lstrip("+"))
            if not word.startswith("+"):
                spans.append((at, at + size))
            at += size
        return spans

    def place(self, columns, rows):
        """Return x, y, width, height of these columns and rows."""
        sides = []
        for spans, which in ((self.columns, columns), (self.rows, rows)):
            first, _, last = which.partition("-")
            sides.append((spans[int(first) - 1][0], spans[int(last or first) - 1][1]))
        (x, right), (y, bottom) = sides
        return x, y, right - x, bottom - y

    def put(self, form, *values):
        self.parts.append(form % tuple(number(v) if isinstance(v, (int, float)) else v for v in values))

    def text(self, x, y, kind, words):
        self.put('<text x="%s" y="%s"%s>%s</text>', x, y, ' class="%s"' % kind if kind else "", escape(words))

    def box(self, name, columns, rows, kind, words):
        x, y, w, h = self.boxes[name] = self.place(columns, rows)
        words, _, band = words.partition("||")
        self.put('<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="6"/>', kind, x, y, w, h)
        if band:
            top = y + h - BAND
            self.put('<path class="%s-band" d="M%s %sh%sv%sa6 6 0 0 1 -6 6h%sa6 6 0 0 1 -6 -6z"/>', kind, x, top, w,
                     BAND - 6, 12 - w)
            h -= BAND
        lines = [line.strip() for line in words.split("|")] if words.strip() else []
        top = y + h / 2 - LINE * len(lines) / 2 + 13
        for row, line in enumerate(lines):
            self.text(x + w / 2, top + LINE * row, "first" if row == 0 else "", line)
        if band:
            self.text(x + w / 2, y + h + 16.5, "band", band.strip())

    def note(self, columns, rows, kind, words):
        x, y, w, h = self.place(columns, rows)
        lines = [line.strip() for line in words.split("|")]
        for row, line in enumerate(lines):
            at = y + h / 2 - LINE * len(lines) / 2 + 13 + LINE * row
            if kind == "heading":
                self.text(x, at, "heading" if row == 0 else "label start", line)
            else:
                self.text(x + w / 2, at, "label", line)

    def end(self, spec):
        """Return the side of a box, and the place of an end on it: None if the other end decides it."""
        name, side, part = re.fullmatch(r"([\w-]+)\.([lrtb])(?:@([\d.]+))?", spec).groups()
        x, y, w, h = self.boxes[name]
        level, along, start = {"l": (x, h, y), "r": (x + w, h, y), "t": (y, w, x), "b": (y + h, w, x)}[side]
        return side, level, None if part is None else start + along * float(part), start + along / 2

    def arrow(self, source, target, dashed, up, words):
        (side, level, part, middle), (_, level_2, part_2, middle_2) = self.end(source), self.end(target)
        if part is None:
            part = part_2 if part_2 is not None else min(middle, middle_2, key=lambda m: abs(m - middle))
        if part_2 is None:
            part_2 = part if up is None else middle_2
        across = side in "lr"
        points = [(level, part), (level_2, part_2)] if across else [(part, level), (part_2, level_2)]
        if up is not None:
            top = min(level, level_2) - up
            points[1:1] = [(part, top), (part_2, top)]
        # The head: a triangle, and the line ends at its base.
        (x, y), (x_2, y_2) = points[-2:]
        dx, dy = (x_2 > x) - (x_2 < x), (y_2 > y) - (y_2 < y)
        points[-1] = (x_2 - 7 * dx, y_2 - 7 * dy)
        self.put('<path class="line%s" d="M%s"/>', " dashed" if dashed else "",
                 "L".join("%s %s" % (number(a), number(b)) for a, b in points))
        self.put('<path class="head" d="M%s %sL%s %sL%s %sz"/>', x_2, y_2, x_2 - 9 * dx - 4.5 * dy,
                 y_2 - 9 * dy + 4.5 * dx, x_2 - 9 * dx + 4.5 * dy, y_2 - 9 * dy - 4.5 * dx)
        lines = [line.strip() for line in words.split("|") if line.strip()]
        for row, line in enumerate(lines):
            if up is not None:
                self.text((part + part_2) / 2, top - 7 - 15 * (len(lines) - 1 - row), "label", line)
            elif across:
                self.text((level + level_2) / 2, part + 16 + 15 * row, "label", line)
            else:
                self.text(part + 8, (level + level_2) / 2 + 4 + 15 * (row - (len(lines) - 1) / 2), "label start", line)

    def read(self, text):
        for line in text.splitlines():
            word, _, rest = line.strip().partition(" ")
            head, _, words = (part.strip() for part in rest.partition(":"))
            if word == "title":
                self.title = rest
            elif word == "about":
                self.about.append(rest)
            elif word == "columns":
                self.columns = self.spans(rest, MARGIN)
                self.width = max(self.width, self.columns[-1][1] + MARGIN)
            elif word == "rows":
                self.rows = self.spans(rest, self.bottom)
                self.bottom = self.rows[-1][1] + MARGIN
            elif word == "box":
                self.box(*head.split(), words)
            elif word == "note":
                self.note(*head.split(), words)
            elif word == "arrow":
                match = re.fullmatch(r"(\S+) (\S+)( dashed)?(?: up (\d+))?", head)
                self.arrow(match[1], match[2], match[3], match[4] and int(match[4]), words)
            elif word and not word.startswith("#"):
                raise ValueError("unknown word: " + word)

    def draw(self):
        return ('<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img"'
                ' aria-labelledby="title about">\n<title id="title">%s</title>\n<desc id="about">%s</desc>\n'
                '<style>\n%s</style>\n<rect class="ground" width="100%%" height="100%%" rx="8"/>\n%s\n</svg>\n'
                % (self.width, self.bottom, self.width, self.bottom, escape(self.title), escape(" ".join(self.about)),
                   style(), "\n".join(self.parts)))


def main():
    source, target = map(pathlib.Path, sys.argv[1:])
    picture = Picture()
    picture.read(source.read_text(encoding="utf-8"))
    target.write_text(picture.draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
