"""The cases of sqs-pull, sqs-ack and sqs-send, and of each program in a whole pipeline (see inject_case.py)."""

import json
import os
import re
import subprocess
import time

from inject_case import HERE, SECRETS, TABLE, Case, Database, Queue, login, message_id, record


class Sqs(Case):
    common = ["--retry-timeout", "1s"]
    bodies = []

    def prepare(self):
        self.queue = Queue()
        self.write("input", "")
        self.environment = {"AWS_ACCESS_KEY_ID": "AKIDCANARY", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/canary"}

    def command(self):
        return [self.program, "-Q", self.queue.url, *self.common, *self.arguments]

    def fresh(self):
        self.queue.fresh(self.bodies)
        return self.command()

    def end(self):
        self.queue.drop()


class Pull(Sqs):
    name, program = "pull", "sqs-pull"
    arguments = ["-n", "3", "-j", "1", "--wait", "0"]
    bodies = [json.dumps(login(n), separators=(",", ":")) for n in (1, 2)] + ["canary-text"]

    def judge(self, result, whole):
        wrong, got = [], []
        lines, piece = result.lines()
        for line in lines:
            try:
                body = json.loads(line)["body"]
                got.append(body if isinstance(body, str) else json.dumps(body, separators=(",", ":")))
            except (ValueError, KeyError):
                wrong.append("a line is no record")
        if len(got) != len(set(got)) or not set(got) <= set(self.bodies):
            wrong.append("prints what was not on the queue")
        visible, hidden = self.queue.counts()
        if visible + hidden != len(self.bodies):
            wrong.append("%d of %d messages are on the queue" % (visible + hidden, len(self.bodies)))
        # A lost answer leaves its messages hidden, to come back; the program cannot know.
        excused = hidden if result.hits else 0
        if whole and (len(got) + excused < len(self.bodies) or piece):
            wrong.append("ends well with %d of %d records" % (len(got), len(self.bodies)))
        return wrong + self.judge_piece(piece)

    def judge_piece(self, piece):
        """Check that the next program refuses a piece of a line."""
        try:
            json.loads(piece)
        except ValueError:
            return []
        return ["a piece of a line is a record"]


class PullDrain(Pull):
    """Several receives in parallel, over AWS JSON, with a host name to look up."""

    name = "pull-drain"
    arguments = ["-j", "3", "--wait", "0", "--empty", "1", "--protocol", "json", "-v", "--log", "json"]

    def fresh(self):
        command = super().fresh()
        port = self.queue.connection.port
        return command + ["--endpoint-url", "http://localhost:%d" % port]


class PullAcked(Pull):
    """With leases: two come back as deleted; one gets no verdict."""

    name = "pull-acked"
    arguments = ["-j", "1", "--wait", "0", "--empty", "1", "--acked", "acked"]
    script = r"""rm -f acked && mkfifo acked || exit
exec 3>&1
"$@" | tee /dev/fd/3 | env -u LD_PRELOAD sed -u '/canary-text/d; s/"body":.*/"status":"committed","ack":"deleted"}/' 1<>acked
exit "${PIPESTATUS[0]}"
"""
    clean_status = 1

    def fresh(self):
        return ["bash", "-c", self.script, "bash", *super().fresh()]

    def judge(self, result, whole):
        wrong = super().judge(result, whole)
        told = re.search(r" released=(\d+) .* acked=(\d+) ", result.err)
        visible = self.queue.counts()[0]
        if told and not int(told[1]) <= visible <= len(self.bodies) - int(told[2]):
            wrong.append("it reports %s as released and %s as deleted, %d are visible" % (*told.groups(), visible))
        return wrong


class Ack(Sqs):
    """Two to delete, one to keep."""

    name, program = "ack", "sqs-ack"
    arguments = ["--linger", "0ms"]
    bodies = ["canary-1", "canary-2", "canary-3"]
    statuses = ["committed", "duplicate"]

    handles = ()

    def fresh(self):
        # As before: none is deleted, and none is visible again.
        if self.queue.url is not None and self.queue.counts() == (0, len(self.bodies)):
            return self.command()
        command = super().fresh()
        self.handles = []
        while len(self.handles) < len(self.bodies):
            self.handles += [(handle, body) for _, handle, body in self.queue.receive()]
        lines = []
        for (handle, body), status in zip(sorted(self.handles, key=lambda one: one[1]), self.statuses):
            sqs = {"queue_url": self.queue.url, "message_id": message_id(int(body[-1])), "receipt_handle": handle}
            lines.append(json.dumps({"sqs": sqs, "status": status}) + "\n")
        self.write("input", "".join(lines))
        return command

    def secrets(self):
        return SECRETS + [handle for handle, _ in self.handles]

    def judge(self, result, whole):
        wrong, left = [], sum(self.queue.counts())
        if left < 1:
            wrong.append("the one to keep is deleted")
        if whole and left != 1:
            wrong.append("ends well with %d left" % left)
        return wrong


class AckPrint(Ack):
    name = "ack-print"
    arguments = ["--print", "--metrics-file", "metrics", "-v"]
    statuses = ["committed", "duplicate", "rejected"]
    clean_status = 1

    def judge(self, result, whole):
        whole = whole and " failed=0 " in result.err
        wrong, left, acks = super().judge(result, whole), sum(self.queue.counts()), {}
        for line in result.lines()[0]:
            try:
                verdict = json.loads(line)
                acks[int(verdict["sqs"]["message_id"][:8], 16)] = (verdict["status"], verdict["ack"])
            except (ValueError, KeyError):
                wrong.append("a line is no verdict")
        deleted = [one for one in acks.values() if one[1] == "deleted"]
        if len(deleted) > len(self.bodies) - left:
            wrong.append("it reports %d as deleted, %d are" % (len(deleted), len(self.bodies) - left))
        if whole and len(acks) != len(self.bodies):
            wrong.append("ends well with %d verdicts printed" % len(acks))
        metrics = self.directory / "metrics"
        if metrics.exists() and not metrics.read_text(encoding="ascii").endswith("\n"):
            wrong.append("the metrics file is cut")
        left_over = [one.name for one in self.directory.iterdir() if one.name.startswith((".metrics", "metrics."))]
        if left_over:
            wrong.append("leaves behind " + left_over[0])
        return wrong


class Send(Sqs):
    name, program = "send", "sqs-send"
    arguments = ["--verdicts"]
    numbers = range(1, 4)

    def prepare(self):
        super().prepare()
        self.write("input", "".join(record(n, login(n)) for n in self.numbers))

    def judge(self, result, whole):
        wrong, sent = [], set()
        for line in result.lines()[0]:
            try:
                verdict = json.loads(line)
                if verdict["status"] == "sent":
                    sent.add(int(verdict["sqs"]["message_id"][:8], 16))
            except (ValueError, KeyError):
                wrong.append("a line is no verdict")
        expected = {json.dumps(login(n), separators=(",", ":")): n for n in self.numbers}
        there, batch = [], self.queue.receive()
        while batch:
            there += [expected.get(body) for _, _, body in batch]
            batch = self.queue.receive()
        if None in there:
            wrong.append("sends what was not in its input")
        if not sent <= set(there):
            wrong.append("it reports a missing message as sent")
        if whole and (set(there) != set(self.numbers) or sent != set(self.numbers)):
            wrong.append("ends well with %s on the queue and %s reported" % (sorted(there), sorted(sent)))
        return wrong


class Pipeline(Sqs):
    """A call of one of the five programs fails, in a run of scripts/pipeline.sh with leases; then a
    clean run follows."""

    bodies = [json.dumps(login(n), separators=(",", ":")) for n in (1, 2, 3)] + ['{"ip":"203.0.113.4"']
    longest_s, heavy, most = 60, True, 1000

    def prepare(self):
        super().prepare()
        self.key()
        self.database = Database()
        self.write("user_logins.map", (HERE / "../../share/maps/user_logins.map").read_bytes()).chmod(0o644)
        self.environment.update(
            PGDATABASE=self.database.name, SQS2PG_TABLE="user_logins", SQS2PG_KEY_FILE="key",
            SQS2PG_PULL_OPTIONS="--wait 0 --empty 1 --visibility-timeout 2s --retry-timeout 1s",
            SQS2PG_LOAD_OPTIONS="--retry-timeout 1s", SQS2PG_ACK_OPTIONS="--retry-timeout 1s")

    def fresh(self):
        if not self.database.untouched():
            self.database.fresh(TABLE)
        self.environment["SQS_QUEUE_URL"] = self.queue.fresh(self.bodies)
        return [str(HERE / "../../scripts/pipeline.sh"), "--no-lock"]

    def documented(self):
        return ["sqs2pg", "sqs-pull", "sqs-unwrap", "pii-mask", "pg-load", "sqs-ack"]

    def stored(self):
        rows = self.database.ask("SELECT user_id FROM user_logins")
        there = self.database.ask("SELECT to_regclass('user_logins_errors')")[0]
        return sorted(rows), int(self.database.ask("SELECT count(*) FROM user_logins_errors")[0]) if there else 0

    def until_visible(self):
        """Wait: messages that a run held are hidden for two seconds."""
        end = time.monotonic() + 10
        while self.queue.counts()[1] and time.monotonic() < end:
            time.sleep(0.05)

    def judge(self, result, whole):
        wrong = []
        if result.status != 0 and self.database.untouched() and self.queue.counts() == (len(self.bodies), 0):
            return []
        rows, errors = self.stored()
        left = sum(self.queue.counts())
        if len(rows) != len(set(rows)):
            wrong.append("a row is duplicated")
        if left + len(rows) + errors < len(self.bodies):
            wrong.append("lost: %d on the queue, %d rows, %d error rows" % (left, len(rows), errors))
        until = 0
        while sum(self.queue.counts()) and until < 5:
            until += 1
            self.until_visible()
            subprocess.run([str(HERE / "../../scripts/pipeline.sh"), "--no-lock"], cwd=self.directory, check=False,
                           stdin=subprocess.DEVNULL, capture_output=True, env=dict(os.environ, **self.environment))
        rows, errors = self.stored()
        good = ["canary-user-%d" % n for n in (1, 2, 3)]
        if not result.by_child and (rows, errors) != (good, 1) or len(rows) + errors != len(self.bodies):
            wrong.append("after a clean run: rows %s, %d error rows" % (rows, errors))
        if until == 5:
            wrong.append("the queue does not become empty")
        return wrong

    def secrets(self):
        return [*SECRETS, self.master]

    def end(self):
        super().end()
        self.database.end()


def pipeline(stage):
    return type("Pipeline_" + stage, (Pipeline,), {"name": "sqs2pg-" + stage.split("-")[1], "program": stage})


CASES = [Pull, PullDrain, PullAcked, Ack, AckPrint, Send,
         *(pipeline(stage) for stage in ("sqs-pull", "sqs-unwrap", "pii-mask", "pg-load", "sqs-ack"))]
