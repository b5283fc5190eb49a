#!/usr/bin/env python3
"""A server that gives out credentials, like the agent of a container and the metadata service of an instance.

    metadata.py DIR

DIR/port gets the port of the loopback that it listens on; DIR/requests a line for each request: seconds since the
start, method, path, status. DIR/keys holds the credentials, lines of ID SECRET TOKEN: one after the other, the last one
permanently. They expire DIR/life seconds after issue (3600); DIR/issued gets ID and expiry time of each.

    GET /container                                      with the Authorization in DIR/token, if it exists
    PUT /latest/api/token                               the two of version 2 of the instance service
    GET /latest/meta-data/iam/security-credentials/…

DIR/mode, re-read for each request, holds lines of

    status PATH STATUS    requests of paths with this beginning are answered with this status
    body PATH FILE        … with the content of FILE
    slow PATH SECONDS     … this much later
    big PATH BYTES        answers are followed by this many blanks
    cut PATH              … end half way
"""

import datetime
import json
import os
import sys
import threading
import time

import loopback

directory = sys.argv[1]
started = time.monotonic()
lock = threading.Lock()
tokens = set()
handed_out = 0

ROLE = "/latest/meta-data/iam/security-credentials/"


def read(name, otherwise):
    try:
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return otherwise


def credentials():
    """Return the next credentials."""
    global handed_out
    with lock:
        keys = [line.split() for line in read("keys", "").splitlines()]
        key = keys[min(handed_out, len(keys) - 1)]
        handed_out += 1
        expires = time.time() + float(read("life", "3600"))
        with open(os.path.join(directory, "issued"), "a", encoding="ascii") as file:
            file.write("%s %.3f\n" % (key[0], expires))
    moment = datetime.datetime.fromtimestamp(expires, datetime.timezone.utc)
    return json.dumps({
        "Code": "Success",
        "AccessKeyId": key[0],
        "SecretAccessKey": key[1],
        "Token": key[2],
        "Expiration": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    })


class Handler(loopback.Handler):
    def answer(self, status, text):
        body, cut = text.encode(), False
        for kind, path, *rest in (line.split() for line in read("mode", "").splitlines() if line):
            if not self.path.startswith(path):
                continue
            if kind == "status":
                status = int(rest[0])
            elif kind == "body":
                with open(rest[0], "rb") as file:
                    body = file.read()
            elif kind == "slow":
                time.sleep(float(rest[0]))
            elif kind == "big":
                body += b" " * int(rest[0])
            elif kind == "cut":
                cut = True
        with lock, open(os.path.join(directory, "requests"), "a", encoding="ascii") as file:
            file.write("%.3f %s %s %d\n" % (time.monotonic() - started, self.command, self.path, status))
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection |= cut

    def do_PUT(self):
        if self.path != "/latest/api/token" or int(self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", 0)) < 1:
            self.answer(400, "")
            return
        token = "token-%d" % len(tokens)
        tokens.add(token)
        self.answer(200, token)

    def do_GET(self):
        if self.path.startswith("/container"):
            wanted = read("token", None)
            good = wanted is None or self.headers.get("Authorization") == wanted.strip()
            self.answer(*((200, credentials()) if good else (401, "{}")))
        elif self.headers.get("X-aws-ec2-metadata-token") not in tokens:
            self.answer(401, "")
        elif self.path == ROLE:
            self.answer(200, "the-role\n")
        elif self.path == ROLE + "the-role":
            self.answer(200, credentials())
        else:
            self.answer(404, "")


loopback.serve(directory, Handler)
