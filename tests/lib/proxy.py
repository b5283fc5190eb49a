#!/usr/bin/env python3
"""A proxy in front of an SQS server that causes the faults of a network, a gateway or AWS.

    proxy.py DIR UPSTREAM

UPSTREAM is the URL of the server. With DIR/certificate, a key and certificate in PEM, it speaks TLS.
DIR/port gets the port of the loopback that the proxy listens on; DIR/requests gets a line for each
request: seconds since the start, action, its result, the User-Agent, access key id, region and
names of the signed headers; DIR/body.ACTION holds the last request of that action. DIR/mode, re-read
for each request, holds lines of

    fail N STATUS     every Nth request is answered STATUS, nothing passed on; 3xx name the server
    deny ACTION CODE  requests of this action are refused with status 403
    error N CODE      every Nth request is answered with this SQS error and status 400
    once CODE         the first request is answered with this error
    cut N             every Nth answer ends half way, and the connection with it
    truncate N        every Nth answer is half a document, with a matching length
    lose N            every Nth answer is thrown away, after the server has acted
    stall N SECONDS   every Nth answer comes this much later
    trickle N         every Nth answer comes in pieces
    drop N            every Nth connection is closed without an answer
    corrupt TEXT      TEXT in answers is replaced by as many X
    swap TEXT HEX     TEXT in answers is replaced by these bytes
    entry N CODE      the first entry of every Nth batch is refused with CODE, not as a fault of the sender
    refuse N CODE     the same, as a fault of the sender
    missing N         the answer to every Nth batch lacks the first entry
    lapse FILE        requests are refused as expired unless FILE has their access key with a future time
                      (seconds since 1970)
    expire KEY        requests signed with this access key are refused as expired, after a second
    clock SECONDS     the clock of the server: requests dated 5 minutes off are refused
    gather ACTION N   requests of this action wait for each other: the first is answered when N have come
    idle FACTOR       receives are answered here, with no message, after their wait time divided by this
    big BYTES         answers are followed by this many blanks
"""

import datetime
import http.client
import json
import os
import re
import sys
import threading
import time
import urllib.parse

import loopback

directory, upstream = sys.argv[1], urllib.parse.urlsplit(sys.argv[2])
started = time.monotonic()
counts = {}
lock = threading.Lock()
gathered = threading.Condition(lock)
GATHER_S = 60


def modes():
    try:
        with open(os.path.join(directory, "mode"), encoding="ascii") as file:
            return [line.split() for line in file if line.strip()]
    except FileNotFoundError:
        return []


def nth(mode):
    """Return true when the mode applies to this one."""
    with lock:
        key = tuple(mode)
        counts[key] = counts.get(key, 0) + 1
        return counts[key] % int(mode[1]) == 0


def gather(mode):
    """Wait until as many requests as the mode names have come. Return false when they do not come."""
    key = tuple(mode)
    with gathered:
        counts[key] = counts.get(key, 0) + 1
        gathered.notify_all()
        return gathered.wait_for(lambda: counts[key] >= int(mode[2]), GATHER_S)


FAILED = b"<BatchResultErrorEntry><Id>%s</Id><SenderFault>%s</SenderFault><Code>%s</Code></BatchResultErrorEntry>"


class Handler(loopback.Handler):
    def note(self, what):
        signature = re.search(
            r"Credential=([^/]*)/[^/]*/([^/]*)/.*SignedHeaders=([^,]*)", self.headers.get("Authorization", ""))
        parts = [
            "%.3f" % (time.monotonic() - started), self.action, what, self.headers.get("User-Agent", "-"),
            *(signature.groups() if signature else "---")]
        with lock, open(os.path.join(directory, "requests"), "a", encoding="ascii") as file:
            file.write(" ".join(parts) + "\n")

    def error(self, code):
        """Return an error document in the protocol of the request."""
        if self.json:
            kind = "com.amazonaws.sqs#" + code.removeprefix("AWS.SimpleQueueService.")
            return json.dumps({"__type": kind, "message": "by the proxy"}).encode()
        return (
            "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>by the proxy</Message>"
            "</Error></ErrorResponse>" % code
        ).encode()

    def answer(self, status, body, shown=None, date=None):
        """Send the answer; with ${shown}, fewer bytes of it than announced."""
        self.send_response_only(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0" if self.json else "text/xml")
        self.send_header("Date", self.date_time_string(date))
        self.send_header("Content-Length", str(len(body)))
        if 300 <= status < 400:
            self.send_header("Location", urllib.parse.urljoin(upstream.geturl(), self.path))
        self.end_headers()
        self.wfile.write(body if shown is None else body[:shown])
        self.wfile.flush()
        if shown is not None:
            self.close_connection = True

    def refuse(self, mode, status, body, date=None):
        """Note first: the client may check immediately after the answer."""
        self.note(mode[0])
        self.answer(status, body, date=date)

    def lapsed(self, name):
        found = re.search("Credential=([^/]*)/", self.headers.get("Authorization", ""))
        with open(name, encoding="ascii") as file:
            times = dict(line.split() for line in file)
        return found is None or float(times.get(found.group(1), 0)) < time.time()

    def refused_before(self, mode):
        """Apply faults that end the request before the server sees it. Return true when it was answered."""
        if mode[0] == "fail" and nth(mode):
            self.refuse(mode, int(mode[2]), b"<html><body>by the proxy</body></html>")
        elif mode[0] == "error" and nth(mode):
            self.refuse(mode, 400, self.error(mode[2]))
        elif mode[0] == "deny" and mode[1] == self.action:
            self.refuse(mode, 403, self.error(mode[2]))
        elif mode[0] == "once" and nth([mode[0], "1"]) and counts[("once", "1")] == 1:
            self.refuse(mode, 400, self.error(mode[1]))
        elif mode[0] == "drop" and nth(mode):
            self.note(mode[0])
            self.close_connection = True
        elif mode[0] == "expire" and "Credential=%s/" % mode[1] in self.headers.get("Authorization", ""):
            time.sleep(1)
            self.refuse(mode, 403, self.error("ExpiredToken"))
        elif mode[0] == "idle" and self.action == "ReceiveMessage":
            time.sleep(int(re.search(rb'WaitTimeSeconds"?[=:](\d+)', self.request_body).group(1)) / float(mode[1]))
            self.refuse(mode, 200, b"{}" if self.json else b"<ReceiveMessageResponse><ReceiveMessageResult/></ReceiveMessageResponse>")
        elif mode[0] == "lapse" and self.lapsed(mode[1]):
            self.refuse(mode, 403, self.error("ExpiredToken"))
        elif mode[0] == "gather" and mode[1] == self.action and not gather(mode):
            self.refuse(mode, 503, b"")
        elif mode[0] == "clock":
            theirs = time.time() + float(mode[1])
            ours = datetime.datetime.strptime(self.headers["X-Amz-Date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
            if abs(ours.timestamp() - theirs) < 300:
                return False
            self.refuse(mode, 403, self.error("RequestTimeTooSkewed"), date=theirs)
        else:
            return False
        return True

    def entry_changed(self, mode, body):
        """Return the answer to a batch with its first entry refused, or left out."""
        refused, ours = len(mode) > 2, mode[0] == "refuse"
        if self.json:
            answer = json.loads(body)
            done = answer.get("Successful") or answer.get("Failed")
            if done and nth(mode):
                first = done.pop(0)
                if refused:
                    failed = {"Id": first["Id"], "SenderFault": ours, "Code": mode[2]}
                    answer["Failed"] = [*(answer.get("Failed") or []), failed]
            return json.dumps(answer).encode()
        done = re.search(rb"<(\w+BatchResultEntry|BatchResultErrorEntry)>.*?<Id>(\d)</Id>.*?</\1>", body, re.S)
        if done and nth(mode):
            instead = FAILED % (done.group(2), b"true" if ours else b"false", mode[2].encode()) if refused else b""
            body = body[: done.start()] + instead + body[done.end() :]
        return body

    def changed(self, mode, body):
        """Return the answer after a fault that changes it."""
        if mode[0] == "stall" and nth(mode):
            time.sleep(float(mode[2]))
        elif mode[0] == "corrupt":
            body = body.replace(mode[1].encode(), b"X" * len(mode[1]))
        elif mode[0] == "swap":
            body = body.replace(mode[1].encode(), bytes.fromhex(mode[2]))
        elif mode[0] in ("entry", "refuse", "missing"):
            body = self.entry_changed(mode, body)
        elif mode[0] == "big":
            body += b" " * int(mode[1])
        elif mode[0] == "truncate" and nth(mode):
            body = body[: len(body) // 2]
        return body

    def do_POST(self):
        request = self.request_body = self.rfile.read(int(self.headers["Content-Length"]))
        target = self.headers.get("X-Amz-Target", "")
        self.json = target != ""
        found = re.search(rb"Action=(\w+)", request) if not self.json else re.search(rb"\.(\w+)$", target.encode())
        self.action = found.group(1).decode() if found else "-"
        with lock, open(os.path.join(directory, "body." + self.action), "wb") as file:
            file.write(request)
        active = modes()
        for mode in active:
            if self.refused_before(mode):
                return
        connection = http.client.HTTPConnection(upstream.hostname, upstream.port, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        connection.request("POST", self.path, request, headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        for mode in active:
            body = self.changed(mode, body)
        self.note(str(response.status))
        for mode in active:
            if mode[0] == "lose" and nth(mode):
                self.close_connection = True
                return
            if mode[0] == "cut" and nth(mode):
                self.answer(response.status, body, shown=len(body) // 2)
                return
            if mode[0] == "trickle" and nth(mode):
                self.answer(response.status, body, shown=0)
                for at in range(0, len(body), 97):
                    self.wfile.write(body[at : at + 97])
                    self.wfile.flush()
                    time.sleep(0.005)
                return
        self.answer(response.status, body)


certificate = os.path.join(directory, "certificate")
loopback.serve(directory, Handler, certificate if os.path.exists(certificate) else None)
