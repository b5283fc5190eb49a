#!/usr/bin/env python3
"""Builds a static site of the documentation: the Markdown pages and the manuals, with a navigation.

    docs.py [-C ROOT] FOLDER      (make docs: into build/docs)

Needs cmark-gfm and mandoc (scripts/deps.sh docs). The pages have no script and load nothing from
other sites: the folder can be opened directly, or served at any address. The same tree gives the same
bytes.

A heading has the same anchor as on GitHub, so that a link works in both places. A link to another
file of the repository leads to a page that shows the file: Markdown as HTML, a folder as a list,
any other file as text. Pictures are copied. A link to a missing file is an error.

docs/site.html is the template of each page, docs/site.css the style sheet.
"""

import argparse
import html
import os
import pathlib
import posixpath
import re
import shutil
import subprocess
import sys
import urllib.parse

NAME, SHEET, FORM = "sqs2pg", "docs/site.css", "docs/site.html"
# The entries of the navigation, in this order; a `*` stands for the other files of its folder.
GROUPS = [
    ("Start", ["README.md", "docs/tutorial.md", "docs/faq.md", "docs/comparison.md"]),
    ("Use", ["docs/operating.md", "docs/recipes.md", "docs/keys.md", "docs/parallel.md", "docs/scale.md", "docs/*.md"]),
    ("Inside", ["docs/ARCHITECTURE.md", "docs/glossary.md", "SECURITY.md", "STYLE.md"]),
    ("Project", ["CONTRIBUTING.md", "CHANGELOG.md", "*.md"]),
]
MANUALS = [("Manual", "7"), ("Programs", "1"), ("Formats", "5")]
PICTURES = (".svg", ".png")
# The extensions of cmark-gfm that GitHub uses.
MARK = ".sqs2pg-site"  # the file that tells a site of this script
MARKDOWN = ["cmark-gfm", "--unsafe", "-e", "table", "-e", "strikethrough", "-e", "autolink", "-e", "tasklist"]
MANUAL = ["mandoc", "-T", "html", "-W", "warning,stop", "-O", "fragment,man=%N.%S.html"]


class Failure(Exception):
    """An error in the tree, as a message."""


def run(command, **how):
    done = subprocess.run(command, capture_output=True, encoding="utf-8", **how)
    if done.returncode != 0:
        raise Failure("%s: %s" % (command[0], (done.stderr or done.stdout).strip()))
    return done.stdout


def plain(markup):
    """Return the text without markup."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup)).strip()


def slug(text):
    """Return the anchor of a heading as GitHub makes it, before a number makes it unique."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def target_of(source):
    """Return the place of a repository file in the site."""
    if source == "README.md":
        return "index.html"
    if source == SHEET or source.endswith(PICTURES):
        return source
    return re.sub(r"\.md$", "", source) + ".html"


def link(source, other):
    """Return the relative link from the page of one file to that of another."""
    there = posixpath.relpath(target_of(other), posixpath.dirname(target_of(source)) or ".")
    return urllib.parse.quote(there)


class Page:
    def __init__(self, source, title, body):
        self.source, self.title, self.body = source, title, body


class Site:
    def __init__(self, root):
        self.root, self.pages, self.others = root, {}, []
        try:
            listed = run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=root).split("\0")
        except (Failure, FileNotFoundError):
            listed = [path.relative_to(root).as_posix() for path in root.rglob("*")]
        self.files = sorted(name for name in listed if not re.match(r"$|build/|[.]git/", name) and (root / name).is_file())
        self.folders = {parent.as_posix() for name in self.files for parent in pathlib.PurePosixPath(name).parents}
        self.manuals = [name for name in self.files if re.fullmatch(r"man/[\w-]+\.[157]", name)]
        named = [name for _, names in GROUPS for name in names]
        self.groups = []
        for title, names in GROUPS:
            found = [each for name in names for each in self.files
                     if each == name or "*" in name and each not in named and re.fullmatch(name.replace("*", r"[^/]+"), each)]
            self.groups.append((title, found))
        for title, section in MANUALS:
            self.groups.append((title, [name for name in self.manuals if name.endswith("." + section)]))

    # ---- pages ---------------------------------------------------------------

    def build(self):
        waiting = [name for _, names in self.groups for name in names]
        while waiting:
            source = waiting.pop(0)
            if source in self.pages or source in self.others:
                continue
            if source.endswith(PICTURES):
                self.others.append(source)
                continue
            self.linked = []
            self.pages[source] = self.page(source)
            waiting += self.linked

    def page(self, source):
        if source in self.folders:
            return self.folder(source)
        if source in self.manuals:
            return self.manual(source)
        if source.endswith(".md"):
            return self.markdown(source)
        try:
            text = (self.root / source).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise Failure("%s: linked, and neither text nor a picture" % source) from None
        body = "<h1>%s</h1>\n<pre><code>%s</code></pre>" % (html.escape(source), html.escape(text))
        return Page(source, source, body)

    def folder(self, source):
        inside = [name[len(source) + 1:] for name in self.files if name.startswith(source + "/")]
        rows = "".join("<li><code>%s</code></li>\n" % html.escape(name) for name in inside)
        return Page(source, source + "/", "<h1>%s/</h1>\n<ul>\n%s</ul>" % (html.escape(source), rows))

    def markdown(self, source):
        body = run(MARKDOWN + [str(self.root / source)])
        seen = {}

        def heading(match):
            level, inner = match.groups()
            anchor = slug(plain(inner))
            count = seen[anchor] = seen.get(anchor, -1) + 1
            anchor += "-%d" % count if count else ""
            return '<h%s id="%s">%s <a class="anchor" href="#%s" aria-label="Link to this section">#</a></h%s>' % (
                level, html.escape(anchor), inner, urllib.parse.quote(anchor), level)

        body = re.sub(r"<h([1-6])>(.*?)</h\1>", heading, body, flags=re.S)
        body = re.sub(r'(?<= )(href|src)="([^"]*)"', lambda m: '%s="%s"' % (m[1], self.follow(source, m[1], m[2])), body)
        body = re.sub(r"<code>([\w-]+)\(([157])\)</code>", lambda m: self.mention(source, m), body)
        body = re.sub(r"<p>(<img [^>]*>)</p>", r'<div class="picture">\1</div>', body)
        first = re.search(r'<h1 [^>]*>(.*?) <a class="anchor"', body, re.S)
        return Page(source, plain(first[1]) if first else source, self.scrolled(body))

    def manual(self, source):
        body = run(MANUAL + [str(self.root / source)])
        known = {posixpath.basename(target_of(name)) for name in self.manuals}
        # Manuals of the system have no page here.
        body = re.sub(r'<a class="Xr" href="([^"]*)">(.*?)</a>', lambda m: m[0] if m[1] in known else m[2], body, flags=re.S)
        body = re.sub(r'<a class="In">(.*?)</a>', r"\1", body)
        # Use the page's own heading above the sections, instead of a line that repeats it.
        body = re.sub(r'<table class="head">.*?</table>', "", body, flags=re.S)
        body = re.sub(r"(</?h)([12])\b", lambda m: m[1] + str(int(m[2]) + 1), body)
        name, _, section = posixpath.basename(source).rpartition(".")
        title = "%s(%s)" % (name, section)
        return Page(source, title, '<div class="manual">\n<h1>%s</h1>\n%s</div>' % (title, self.scrolled(body)))

    @staticmethod
    def scrolled(body):
        """Put tables into boxes, so that wide ones scroll there; except a manual's synopsis and edges."""
        body = re.sub(r'<table(?! class="(?:Nm|head|foot)").*?</table>', r'<div class="scroll">\g<0></div>', body, flags=re.S)
        return re.sub(r'(<table class="Bl-column[^>]*>\s*<tr)', r'\1 class="first"', body)

    # ---- links ---------------------------------------------------------------

    def follow(self, source, attribute, address):
        """Return the target in the site of a link or picture of a page."""
        address = html.unescape(address)
        if re.match(r"[a-z][a-z0-9+.-]*:|//", address):
            if attribute == "src":
                raise Failure("%s: a picture from elsewhere: %s" % (source, address))
            return html.escape(address)
        path, mark, fragment = address.partition("#")
        if not path:
            return html.escape(address)
        there = posixpath.normpath(posixpath.join(posixpath.dirname(source), urllib.parse.unquote(path)))
        if there not in self.files and there not in self.folders - {"."}:
            raise Failure("%s: a link to no file of the repository: %s" % (source, address))
        self.linked.append(there)
        return html.escape(link(source, there) + mark + fragment)

    def mention(self, source, match):
        """Return a link to a manual that a page names."""
        manual = "man/%s.%s" % match.groups()
        return '<a href="%s">%s</a>' % (link(source, manual), match[0]) if manual in self.manuals else match[0]

    # ---- writing -------------------------------------------------------------

    def navigation(self, source):
        parts = []
        for title, names in self.groups:
            rows = "".join('<li><a href="%s"%s>%s</a></li>\n' % (
                link(source, name), ' aria-current="page"' if name == source else "",
                "Overview" if name == "README.md" else html.escape(self.pages[name].title)) for name in names)
            if rows:
                parts.append("<h2>%s</h2>\n<ul>\n%s</ul>" % (title, rows))
        return "\n".join(parts)

    @staticmethod
    def contents(page):
        """Return links to the sections of a page, for its top, or nothing for few sections."""
        found = re.findall(r'<h2[^>]* id="([^"]*)"[^>]*>(.*?)</h2>', page.body, re.S)
        if len(found) < 3:
            return ""
        rows = "".join('<li><a href="#%s">%s</a></li>\n' % (
            urllib.parse.quote(html.unescape(anchor)), html.escape(plain(re.sub(r'<a class="anchor".*?</a>', "", inner))))
            for anchor, inner in found)
        return '<details class="contents">\n<summary>On this page</summary>\n<ul>\n%s</ul>\n</details>\n' % rows

    def write(self, out):
        form = (self.root / FORM).read_text(encoding="utf-8")
        for source, page in sorted(self.pages.items()):
            title = page.title if page.title == NAME else "%s - %s" % (page.title, NAME)
            target = out / target_of(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(form.format(
                title=html.escape(title), sheet=link(source, SHEET), home=link(source, "README.md"), name=NAME,
                body=page.body.replace("</h1>", "</h1>\n" + self.contents(page), 1), source=html.escape(source),
                navigation=self.navigation(source)), encoding="utf-8")
        for source in sorted([*self.others, SHEET]):
            (out / source).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.root / source, out / source)


def main():
    parser = argparse.ArgumentParser(description="Builds a static site of the documentation.")
    parser.add_argument("-C", dest="root", default=pathlib.Path(__file__).resolve().parent.parent, type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    out = options.folder
    try:
        site = Site(options.root)
        site.build()
        # Remove only a site that this script made.
        if out.exists() and any(out.iterdir()) and not (out / MARK).exists():
            raise Failure("%s: not empty, and no site" % out)
        shutil.rmtree(out, ignore_errors=True)
        site.write(out)
        (out / MARK).touch()
    except (Failure, OSError) as failure:
        sys.exit("docs: error: %s" % failure)


if __name__ == "__main__":
    os.umask(0o022)
    main()
