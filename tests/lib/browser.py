#!/usr/bin/env python3
"""Open pages in a headless Chromium, and report what does not fit or cannot be read.

    browser.py FOLDER [--pictures FOLDER]     every page of a site
    browser.py FILE.svg...                    pictures

A page is opened at 375 and at 1280 pixels: nothing may be wider than the window, except in boxes
that scroll. In light and in dark, text must have a contrast of 4.5 to its background (WCAG 2,
success criterion 1.4.3), and the browser may ask only for files. In a picture, in both colours, no
text may overlap another or cross an edge. Each finding is a line, and the status is then 1.
--pictures writes each page as it was seen.

It talks to the browser over a pipe, in the DevTools protocol: no port, no package.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

WIDTHS = (375, 1280)
SCHEMES = ("light", "dark")
BROWSERS = ("chromium-headless-shell", "chromium")

MEASURES = pathlib.Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


class Browser:
    def __init__(self):
        program = next(filter(None, map(shutil.which, BROWSERS)), None)
        if program is None:
            sys.exit("browser: none of " + ", ".join(BROWSERS))
        self.home = tempfile.mkdtemp()
        down, up = os.pipe(), os.pipe()
        command = [program, "--headless", "--remote-debugging-pipe", "--disable-gpu", "--hide-scrollbars",
                   "--no-first-run", "--user-data-dir=" + self.home, "about:blank"]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")

        # The browser reads from 3 and writes to 4.
        def ends():
            reading, writing = os.dup(down[0]), os.dup(up[1])
            os.dup2(reading, 3)
            os.dup2(writing, 4)
        self.process = subprocess.Popen(command, preexec_fn=ends, close_fds=False, stderr=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL)
        os.close(down[0])
        os.close(up[1])
        self.to, self.out, self.rest = down[1], up[0], b""
        self.count, self.session, self.asked = 0, None, []
        self.width, self.scheme = None, None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self.call(domain + ".enable")

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.out, 1 << 20)
            if not more:
                sys.exit("browser: ended")
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        answer = json.loads(text)
        if answer.get("method") == "Network.requestWillBeSent":
            self.asked.append(answer["params"]["request"]["url"])
        return answer

    def call(self, method, **parameters):
        self.count += 1
        request = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        left = json.dumps(request).encode() + b"\0"
        while left:
            left = left[os.write(self.to, left):]
        while True:
            answer = self.message()
            if answer.get("id") == self.count:
                if "error" in answer:
                    sys.exit("browser: %s: %s" % (method, answer["error"]["message"]))
                return answer["result"]

    def window(self, width, scheme="light"):
        if width != self.width:
            self.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        if scheme != self.scheme:
            self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.width, self.scheme = width, scheme

    def open(self, file):
        self.asked.clear()
        self.call("Page.navigate", url=file.resolve().as_uri())
        while self.message().get("method") != "Page.loadEventFired":
            pass
        yield from ("asks for " + url for url in self.asked if not url.startswith(("file:", "data:")))

    def found(self, measure):
        """Return what one of the functions in browser.js finds on the page."""
        result = self.call("Runtime.evaluate", expression="%s\n%s()" % (MEASURES, measure), returnByValue=True)
        if "exceptionDetails" in result:
            sys.exit("browser: " + result["exceptionDetails"]["exception"]["description"])
        return result["result"]["value"]

    def picture(self, file):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 4000), "scale": 1}
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(data))

    def close(self):
        try:
            self.call("Browser.close")
        finally:
            self.process.wait()
            shutil.rmtree(self.home, ignore_errors=True)


def look_at_page(browser, file, pictures):
    yield from browser.open(file)
    for width in WIDTHS:
        browser.window(width)
        for words in browser.found("wide"):
            yield "at %d: %s" % (width, words)
        for scheme in SCHEMES if width == WIDTHS[-1] or pictures else ():
            browser.window(width, scheme)
            for words in browser.found("faint"):
                yield "%s: %s" % (scheme, words)
            if pictures:
                browser.picture(pictures / ("%s-%d-%s.png" % (file.stem, width, scheme)))


def look_at_picture(browser, file):
    yield from browser.open(file)
    browser.window(1280)
    yield from browser.found("cramped")


def main():
    names, pictures = sys.argv[1:], None
    if "--pictures" in names:
        at = names.index("--pictures")
        pictures = pathlib.Path(names[at + 1])
        del names[at:at + 2]
    browser, count = Browser(), 0
    seen = 0
    try:
        for name in map(pathlib.Path, names):
            for file in sorted(name.rglob("*.html")) if name.is_dir() else [name]:
                look = look_at_picture(browser, file) if file.suffix == ".svg" else look_at_page(browser, file, pictures)
                seen += 1
                for words in look:
                    count += 1
                    print("%s: %s" % (file, words))
    finally:
        browser.close()
    print("%d seen, %d found" % (seen, count))
    sys.exit(1 if count or not seen else 0)


if __name__ == "__main__":
    main()
