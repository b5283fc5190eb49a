#!/usr/bin/env python3
"""Prints CHANGELOG.md as a Debian changelog on standard output.

    scripts/debian-changelog.py [--next VERSION] [--date SECONDS] [CHANGELOG.md]

It prints an entry for each release, `## 1.2.0 (2026-12-03)`, the newest first. The section
`## Unreleased` becomes the entry ${VERSION}, and is left out without --next. A release whose section
has no day keeps its day in debian/changelog. SECONDS since the epoch (default: now) are the time of
an entry that has neither.

debian/changelog is the output without --next; scripts/deb.sh puts that entry on top.
"""
import argparse
import datetime
import email.utils
import os
import re
import sys
import textwrap
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WIDTH = 79


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def sections(text):
    """Return (title, body) of each `## TITLE`, in order."""
    parts = re.split(r"^## (.*)\n", text, flags=re.M)
    return list(zip(parts[1::2], parts[2::2]))


def blocks(body):
    """Return (is an item, text) of each paragraph and each item of a list."""
    found = []
    for paragraph in re.split(r"\n\s*\n", body.strip()):
        for item in re.split(r"^(?=- )", paragraph, flags=re.M):
            if item.strip():
                found.append((item.startswith("- "), " ".join(item.removeprefix("- ").split())))
    return found


def entry(version, body, maintainer, day):
    lines = [f"sqs2pg ({version}) unstable; urgency=medium", ""]
    for is_item, text in blocks(body):
        first, rest = ("    - ", "      ") if is_item else ("  * ", "    ")
        lines += textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest,
                               break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines + ["", f" -- {maintainer}  {day}", ""])


def known_days(text):
    """Return the days in debian/changelog, by version."""
    return dict(re.findall(r"^sqs2pg \(([^)]+)\).*?^ -- [^>]*>  (.*?)$", text, flags=re.M | re.S))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--next", metavar="VERSION", dest="version")
    parser.add_argument("--date", metavar="SECONDS", type=int, default=int(time.time()))
    parser.add_argument("changelog", metavar="CHANGELOG.md", nargs="?",
                        default=os.path.join(ROOT, "CHANGELOG.md"))
    arguments = parser.parse_args()
    maintainer = re.search(r"^Maintainer: (.*)$", read("debian", "control"), re.M).group(1)
    own = os.path.join(ROOT, "debian", "changelog")
    days = known_days(read("debian", "changelog")) if os.path.exists(own) else {}
    entries = []
    for title, body in sections(read(os.path.abspath(arguments.changelog))):
        version = title.split()[0]
        day = re.search(r"\((\d{4}-\d\d-\d\d)\)", title)
        if version == "Unreleased":
            if arguments.version is None:
                continue
            version = arguments.version
        if day is not None:
            noon = datetime.datetime.fromisoformat(day.group(1) + "T12:00:00+00:00")
            stamp = email.utils.format_datetime(noon)
        else:
            stamp = days.get(version) or email.utils.formatdate(arguments.date)
            stamp = stamp.replace("-0000", "+0000")
        entries.append(entry(version, body, maintainer, stamp))
    sys.stdout.write("\n".join(entries))


if __name__ == "__main__":
    main()
