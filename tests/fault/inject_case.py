"""Shared by the cases of inject.py: records, a database and a queue without failures, and Case.

Each thread makes a case once, in a folder of its own. fresh() resets the environment and returns
the command. judge(result, whole) returns the errors afterwards. ${whole} is true when the status is
that of a run without failures: then everything must be done; otherwise nothing may be lost.
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import subprocess
import time
import urllib.parse
import uuid

HERE = pathlib.Path(__file__).resolve().parent
SECRETS = ["203.0.113.", "canary-", "wJalrXUtnFEMI", "AKIDCANARY"]
TABLE = """CREATE TABLE user_logins (user_id varchar(128), device_type varchar(32), masked_ip varchar(256),
 masked_device_id varchar(256), locale varchar(32), app_version integer, create_date date)"""


def login(number, **other):
    return {"user_id": "canary-user-%d" % number, "app_version": "2.3.%d" % number, "device_type": "android",
            "ip": "203.0.113.%d" % number, "locale": None, "device_id": "canary-device-%d" % number, **other}


def message_id(number):
    return "%08x-0000-4000-8000-%012x" % (number, number)


def record(number, body):
    """Return a line as sqs-pull prints it."""
    return json.dumps({"sqs": {"queue_url": "http://localhost/000000000000/q", "message_id": message_id(number),
                               "receipt_handle": "canary-handle-%d" % number, "sent_at": "2026-11-21T09:00:00.123Z"},
                       "body": body}, separators=(",", ":")) + "\n"


def prefix_of(result, clean):
    """Return the errors of an output that must be the beginning of another, in whole lines and a
    piece."""
    if not clean.startswith(result.out):
        return ["prints what a clean run does not print"]
    return []


class Case:
    name = program = ""
    clean_status = 0
    longest_s, longest_cpu_s = 30, 3
    heavy = False
    most = 1000000  # calls of a kind up to which every one is tried
    arguments = []

    def __init__(self, directory):
        self.directory = directory
        self.environment = {}
        directory.mkdir()
        self.prepare()

    def prepare(self):
        pass

    def write(self, name, text):
        path = self.directory / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def input(self):
        return self.directory / "input"

    def fresh(self):
        return [self.program, *self.arguments]

    def documented(self):
        return [self.program]

    def secrets(self):
        return SECRETS

    def may_matter(self, kind):
        """Return true when a failure that is harmless elsewhere may change the status here."""
        return False

    def end(self):
        pass

    def key(self):
        path = self.directory / "key"
        subprocess.run(["pii-keygen", "-q", str(path)], check=True, stderr=subprocess.DEVNULL)
        self.master = path.read_text(encoding="ascii").split()[-1]
        return path


def administer(sql):
    """Run SQL on a connection of its own, which the server may first refuse, just after many
    others."""
    for attempt in range(40):
        if subprocess.run(["psql", "-qX", "-c", sql], check=False, stderr=subprocess.DEVNULL).returncode != 2:
            return
        time.sleep(0.25)
    raise RuntimeError("the server takes no connection")


class Database:
    """A database of its own, queried through one psql that stays."""

    def __init__(self):
        self.name = "inject_" + uuid.uuid4().hex
        administer("CREATE DATABASE " + self.name)
        self.psql = None
        self.connect()

    def connect(self):
        """Connect as administer() does: one refusal is not final."""
        for attempt in range(40):
            self.psql = subprocess.Popen(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-d", self.name],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            try:
                self.ask("SELECT 1")
                return
            except (RuntimeError, BrokenPipeError):
                with contextlib.suppress(BrokenPipeError):
                    self.psql.stdin.close()
                self.psql.wait()
                self.psql.stdout.close()
                time.sleep(0.25)
        raise RuntimeError("the server takes no connection")

    def ask(self, query):
        self.psql.stdin.write("SET client_min_messages = error; %s;\n\\echo end-of-answer\n" % query)
        self.psql.stdin.flush()
        rows = []
        for line in self.psql.stdout:
            if line == "end-of-answer\n":
                return rows
            rows.append(line.rstrip("\n"))
        raise RuntimeError("psql has gone")

    def fresh(self, table):
        self.ask("DROP TABLE IF EXISTS user_logins, user_logins_ledger, user_logins_errors; " + table)

    def untouched(self):
        """Return true when it holds an empty table, and nothing that pg-load makes."""
        found = self.ask("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        return found == ["user_logins"] and self.ask("SELECT count(*) FROM user_logins") == ["0"]

    def end(self):
        self.psql.stdin.close()
        self.psql.wait()
        self.psql.stdout.close()
        administer("DROP DATABASE %s WITH (FORCE)" % self.name)


class Queue:
    """A queue with the input of a run, on a connection that stays and bypasses all failures. After
    a run that has changed it, the next one gets a new queue."""

    def __init__(self):
        where = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL_SQS"])
        self.connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
        self.url = None

    def call(self, action, path="/", **arguments):
        form = urllib.parse.urlencode({"Action": action, **arguments})
        self.connection.request("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError("%s: %s" % (action, text))
        return text

    def here(self, action, **arguments):
        return self.call(action, urllib.parse.urlsplit(self.url).path, **arguments)

    def fresh(self, bodies):
        if self.url is not None and self.counts() == (len(bodies), 0):
            return self.url
        self.drop()
        answer = self.call("CreateQueue", QueueName="inject-" + uuid.uuid4().hex,
                           **{"Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": "60"})
        self.url = re.search("<QueueUrl>(.*?)</QueueUrl>", answer).group(1)
        form = {}
        for at, body in enumerate(bodies, 1):
            form["SendMessageBatchRequestEntry.%d.Id" % at] = str(at)
            form["SendMessageBatchRequestEntry.%d.MessageBody" % at] = body
        if bodies:
            self.here("SendMessageBatch", **form)
        return self.url

    def receive(self):
        """Return (message id, receipt handle, body) of up to ten."""
        answer = self.here("ReceiveMessage", MaxNumberOfMessages="10", VisibilityTimeout="600")
        found = []
        for one in answer.split("<Message>")[1:]:
            found.append(tuple(re.search("<%s>(.*?)</%s>" % (name, name), one, re.S).group(1).replace("&quot;", '"')
                               for name in ("MessageId", "ReceiptHandle", "Body")))
        return found

    def counts(self):
        """Return the numbers of visible messages and of those in flight."""
        answer = self.here("GetQueueAttributes", **{"AttributeName.1": "All"})
        return tuple(int(re.search(r"<Name>ApproximateNumberOfMessages%s</Name>\s*<Value>(\d+)" % name, answer).group(1))
                     for name in ("", "NotVisible"))

    def drop(self):
        if self.url is not None:
            self.here("DeleteQueue")
        self.url = None
