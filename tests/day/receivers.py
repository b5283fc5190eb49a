"""Receive alerts: a mail server, Slack's webhook and two more, on ports of the loopback, which note
each alert."""

import collections
import email
import email.policy
import http.server
import json
import re
import socketserver
import threading
import time

Told = collections.namedtuple("Told", "at channel status alert")


class Receivers:
    """notes: for each alert in each message its time, its channel, firing or resolved, and its
    name."""

    def __init__(self):
        self.lock = threading.Lock()
        self.notes = []
        receivers = self

        class Mail(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self):
                self.say("220 day")
                while line := self.rfile.readline():
                    verb = line.split()[0].upper() if line.split() else b""
                    if verb == b"EHLO":
                        self.say("250-day")
                        self.say("250 AUTH PLAIN")
                    elif verb == b"AUTH":
                        self.say("235 come in")
                    elif verb == b"DATA":
                        self.say("354 go on")
                        text = b""
                        while (line := self.rfile.readline()) not in (b".\r\n", b""):
                            text += line
                        receivers.mail(text)
                        self.say("250 taken")
                    elif verb == b"QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 well")

        class Hook(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                text = self.rfile.read(int(self.headers["Content-Length"]))
                receivers.hook(self.path.strip("/"), json.loads(text))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.mail_port = self.serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail))
        self.hook_port = self.serve(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook))

    @staticmethod
    def serve(server):
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1]

    def note(self, channel, status, alert):
        with self.lock:
            self.notes.append(Told(time.monotonic(), channel, status.lower(), alert))

    def mail(self, text):
        subject = str(email.message_from_bytes(text, policy=email.policy.default)["Subject"])
        found = re.match(r"\[(FIRING|RESOLVED)(?::\d+)?\] (\w+)", subject)
        self.note("mail", found[1], found[2])

    def hook(self, channel, message):
        if channel == "slack":
            for attachment in message["attachments"]:
                # Alertmanager's colours for Slack.
                status = "resolved" if attachment["color"] == "good" else "firing"
                self.note(channel, status, attachment["title"])
        else:
            for alert in message["alerts"]:
                self.note(channel, alert["status"], alert["labels"]["alertname"])

    def told(self, since):
        """Return the notes from that time on."""
        with self.lock:
            return [told for told in self.notes if told.at >= since]
