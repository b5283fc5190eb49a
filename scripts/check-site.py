#!/usr/bin/env python3
"""Looks for dead links in a static site: each link must lead to a file and an anchor that exist.

    check-site.py FOLDER

A page may link to other sites by https or mailto. It loads nothing from other sites, and has no
script. An anchor is unique on its page. Prints one line for each finding, and then exits with 1.
"""

import html.parser
import pathlib
import re
import sys
import urllib.parse

# The attribute that loads a file, by element, and the forbidden elements.
LOADS = {("link", "href"), ("img", "src"), ("source", "src"), ("source", "srcset"), ("video", "src"), ("audio", "src")}
BANNED = {"script", "iframe", "object", "embed", "base", "form"}


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.anchors, self.links, self.wrong = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag in BANNED:
            self.wrong.append("has a <%s>" % tag)
        for name, value in attributes:
            value = value or ""
            if name == "id":
                if value in self.anchors:
                    self.wrong.append("has the anchor %s twice" % value)
                self.anchors.add(value)
            elif name.startswith("on"):
                self.wrong.append("runs something: %s" % name)
            elif (tag, name) in LOADS or (tag, name) == ("a", "href"):
                self.links.append((value, (tag, name) in LOADS))
            elif name == "style":
                self.style(value)

    def style(self, text):
        for address in re.findall(r"url\(([^)]*)\)|@import\s*([^;]*)", text):
            self.wrong.append("a style takes %s" % "".join(address))


def check(folder, file, pages):
    page = pages[file]
    yield from page.wrong
    for address, loaded in page.links:
        scheme = re.match(r"([a-z][a-z0-9+.-]*):|//", address)
        if scheme:
            if loaded or scheme[1] not in ("https", "http", "mailto"):
                yield "takes from elsewhere: " + address
            continue
        path, _, fragment = address.partition("#")
        there = (file.parent / urllib.parse.unquote(path)).resolve() if path else file
        if folder not in there.parents:
            yield "a link out of the site: " + address
        elif not there.is_file():
            yield "a link to no file: " + address
        elif fragment and urllib.parse.unquote(fragment) not in getattr(pages.get(there), "anchors", ()):
            yield "a link to no anchor: " + address


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    pages = {file: Page(file.read_text(encoding="utf-8")) for file in sorted(folder.rglob("*.html"))}
    found = [(file, words) for file in pages for words in check(folder, file, pages)]
    for sheet in folder.rglob("*.css"):
        if re.search(r"url\(|@import", sheet.read_text(encoding="utf-8")):
            found.append((sheet, "takes something from elsewhere"))
    for file, words in found:
        print("%s: %s" % (file.relative_to(folder), words))
    sys.exit(1 if found or not pages else 0)


if __name__ == "__main__":
    main()
