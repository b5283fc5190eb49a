#!/usr/bin/env python3
"""The whole pipeline under faults; started by scripts/chaos.sh with servers of its own.

    chaos.py --rounds N --seed S [--first R] [--pipeline FILE] [--messages N] [--verbose]

In each round a sender feeds a queue while one to three pipelines load it and, at moments drawn from
the seed, stages are killed (-9, -TERM, -STOP and -CONT), backends and the database server with them,
limits make files full, and both networks stall, cut and refuse. Then all is healed and the queue
drained, and the history is judged:

  - every message sent is one row, or one error row if it was bad: none lost, none doubled;
  - no message was deleted before its row was committed: asked at each delete, before it is passed on;
  - no clear value stands in the database or in what the programs said.

A round is its seed's: --first R --rounds 1 plays one again, as far as a scheduler can.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from networks import DatabaseNetwork, QueueNetwork  # noqa: E402

VISIBILITY_S = 3
CHAOS_S = 3.0
DRAIN_S = 60
CANARY = ("chaos-device-", "2001:db8:c4a0:")
TABLE = """DROP TABLE IF EXISTS user_logins, user_logins_ledger, user_logins_errors;
CREATE TABLE user_logins (user_id varchar(128), device_type varchar(32), masked_ip varchar(256),
 masked_device_id varchar(256), locale varchar(32), app_version integer, create_date date)"""


def psql(text, *more):
    """The rows of a query; None when there is no server to ask."""
    done = subprocess.run(["psql", "-qXAt", "-F", " ", "-v", "ON_ERROR_STOP=1", *more, "-c", text],
                          capture_output=True, text=True, check=False)
    return [line.split(" ") for line in done.stdout.splitlines()] if done.returncode == 0 else None


def psql_until(text, seconds=60):
    until = time.monotonic() + seconds
    while (rows := psql(text)) is None:
        if time.monotonic() > until:
            raise RuntimeError("the database does not come back")
        time.sleep(0.05)
    return rows


def call(action, url=None, **arguments):
    """A call of the queue server, past the faults."""
    form = urllib.parse.urlencode({"Action": action, **arguments}).encode()
    with urllib.request.urlopen(url or os.environ["AWS_ENDPOINT_URL_SQS"] + "/", form, timeout=30) as answer:
        return answer.read().decode()


def value_of(name, text):
    return text.split("<%s>" % name, 1)[1].split("</%s>" % name, 1)[0]


class Sender(threading.Thread):
    """Puts messages on the queue over the time of the chaos and knows what each should become."""

    def __init__(self, url, rng, count):
        super().__init__()
        self.url, self.rng, self.count = url, rng, count
        self.good, self.bad = {}, set()  # message id: user id; message ids

    def body(self, number):
        login = {"user_id": "user-%d" % number, "app_version": "2.3.%d" % (number % 9), "device_type": "android",
                 "ip": "%s:%x" % (CANARY[1], number), "locale": None, "device_id": CANARY[0] + str(number)}
        kind = self.rng.random()
        if kind < 0.04:
            return json.dumps(login)[:-1], False  # malformed
        if kind < 0.06:
            login["app_version"] = "none"  # the map refuses it
        elif kind < 0.08:
            login["locale"] = "x" * 40  # the server does
        return json.dumps(login), kind >= 0.08

    def run(self):
        number = 0
        while number < self.count:
            size = self.rng.randint(1, 10)
            bodies = [self.body(number + at) for at in range(size)]
            form = {}
            for at, (text, _) in enumerate(bodies, 1):
                form["SendMessageBatchRequestEntry.%d.Id" % at] = str(at)
                form["SendMessageBatchRequestEntry.%d.MessageBody" % at] = text
            answer = call("SendMessageBatch", self.url, **form)
            for entry in answer.split("<SendMessageBatchResultEntry>")[1:]:
                at, message = int(value_of("Id", entry)), value_of("MessageId", entry)
                if bodies[at - 1][1]:
                    self.good[message] = "user-%d" % (number + at - 1)
                else:
                    self.bad.add(message)
            number += size
            time.sleep(self.rng.random() * 2 * CHAOS_S * size / self.count)


def processes():
    """Of every process its parent and its name."""
    found = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % entry.name, encoding="utf-8", errors="replace") as file:
                name, rest = file.read().split(" (", 1)[1].rsplit(") ", 1)
        except OSError:
            continue
        found[int(entry.name)] = (int(rest.split()[1]), name)
    return found


class Pipeline:
    """One that is started again whenever it ends, as a supervisor would."""

    def __init__(self, number, config, log):
        self.number, self.config, self.log = number, config, log
        self.process = None
        self.starts = 0

    def start(self, follow=True):
        self.starts += 1
        command = [self.config.pipeline, "--no-lock"] + (["--follow"] if follow else [])
        if self.number == 2 and follow:
            command += ["--archive", str(self.config.work / "archive")]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, env=self.config.environment, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)

    def stages(self):
        """Processes of it, deepest first."""
        found, todo, table = [], [self.process.pid], processes()
        while todo:
            parent = todo.pop()
            for pid, (of, name) in table.items():
                if of == parent:
                    found.append((pid, name))
                    todo.append(pid)
        return found

    def supervise(self):
        if self.process.poll() is not None:
            self.start()

    def stop(self):
        """In order, as far as it can: nothing may be left of it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            return False
        return True


class Round:
    def __init__(self, number, config):
        self.number, self.config = number, config
        self.rng = random.Random("%d/%d" % (config.seed, number))
        self.log = config.work / "log"
        self.done = []
        self.faults = []

    def fault(self, text):
        self.faults.append(text)

    # ---- the chaos

    def stage(self, *names):
        live = [(pid, name) for pipeline in self.pipelines for pid, name in pipeline.stages()
                if not names or name in names]
        return self.rng.choice(sorted(live)) if live else (None, None)

    def kill_stage(self):
        pid, name = self.stage()
        how = self.rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
        if pid is None:
            return "no stage"
        try:
            os.kill(pid, how)
            if how == signal.SIGSTOP:
                pause = self.rng.random() * (VISIBILITY_S + 1)
                threading.Timer(pause, resume, (pid,)).start()
        except ProcessLookupError:
            pass
        return "%s to %s" % (how.name, name)

    def kill_pipeline(self):
        pipeline = self.rng.choice(self.pipelines)
        how = self.rng.choice([signal.SIGKILL, signal.SIGTERM])
        if pipeline.process.poll() is None:
            pipeline.process.send_signal(how)
        return "%s to pipeline %d" % (how.name, pipeline.number)

    def kill_backend(self):
        psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pg-load'"
             " ORDER BY random() LIMIT 1")
        return "a backend"

    def restart_database(self):
        subprocess.run(self.config.database, check=True, env=os.environ, stdout=subprocess.DEVNULL)
        return "the database server"

    def fill_disk(self):
        pid, name = self.stage("gzip", "pg-load", "sqs-pull")
        if pid is not None:
            subprocess.run(["prlimit", "--pid", str(pid), "--fsize=1"], stderr=subprocess.DEVNULL, check=False)
        return "no room on disk for %s" % name

    def queue_network(self):
        kind = self.rng.choice(["fail", "drop", "cut", "lose", "stall"])
        self.config.queue.trouble(kind, self.rng.random() * 0.7)
        return "the queue's network: %s" % kind

    def database_network(self):
        kind = self.rng.choice(["cut", "stall", "deaf"])
        self.config.server.trouble(kind, self.rng.random() * 0.7)
        return "the database's network: %s" % kind

    ACTIONS = [(kill_stage, 8), (kill_pipeline, 2), (kill_backend, 3), (restart_database, 1), (fill_disk, 1),
               (queue_network, 4), (database_network, 4)]

    def chaos(self):
        until = time.monotonic() + CHAOS_S
        actions, weights = zip(*self.ACTIONS)
        while time.monotonic() < until:
            time.sleep(self.rng.random() * 0.4)
            self.done.append(self.rng.choices(actions, weights)[0](self))
            for pipeline in self.pipelines:
                pipeline.supervise()

    # ---- the history

    def drain(self):
        self.config.queue.heal()
        self.config.server.heal()
        psql_until("SELECT 1")
        for pipeline in self.pipelines:
            if not pipeline.stop():
                self.fault("pipeline %d does not end on SIGTERM" % pipeline.number)
                kill_all(pipeline)
        until, last = time.monotonic() + DRAIN_S, Pipeline(0, self.config, self.log)
        while self.left() != (0, 0):
            if time.monotonic() > until:
                self.fault("the queue does not become empty: %d visible, %d in flight" % self.left())
                return
            last.start(follow=False)
            try:
                last.process.wait(DRAIN_S)
            except subprocess.TimeoutExpired:
                self.fault("a pipeline that drains does not end")
                kill_all(last)
                return

    def left(self):
        answer = call("GetQueueAttributes", self.url, **{"AttributeName.1": "All"}).replace("\n", "")
        counts = []
        for name in ("", "NotVisible"):
            rest = answer.split("<Name>ApproximateNumberOfMessages%s</Name>" % name, 1)[1]
            counts.append(int(value_of("Value", rest)))
        return tuple(counts)

    def judge(self, sender):
        rows = [row[0] for row in psql_until("SELECT user_id FROM user_logins")]
        errors = [row[0] for row in psql_until("SELECT message_id FROM user_logins_errors WHERE resolved_at IS NULL")]
        good = set(sender.good.values())
        if len(rows) != len(set(rows)):
            self.fault("%d rows are doubled" % (len(rows) - len(set(rows))))
        for what, missing in (("rows", good - set(rows)), ("error rows", sender.bad - set(errors))):
            if missing:
                self.fault("%d %s are lost, %s of them" % (len(missing), what, sorted(missing)[0]))
        for what, surplus in (("rows", set(rows) - good), ("error rows", set(errors) - sender.bad)):
            if surplus:
                self.fault("%d %s should not be there" % (len(surplus), what))
        for message in self.config.queue.early:
            self.fault("message %s was deleted before it was committed" % message)
        self.history = {"sent": len(sender.good) + len(sender.bad), "rows": len(rows), "quarantined": len(errors),
                        "deletes": self.config.queue.deletes, "faults": len(self.done),
                        "starts": sum(pipeline.starts for pipeline in self.pipelines)}

    def look_for_clear_values(self):
        dump = subprocess.run(["pg_dump", "--data-only"], capture_output=True, check=True).stdout
        for place, content in (("database", dump), ("messages", self.log.read_bytes())):
            if any(canary.encode() in content for canary in CANARY):
                self.fault("a clear value stands in the %s" % place)

    def run(self):
        config = self.config
        self.log.write_bytes(b"")
        psql_until(TABLE)
        name = "chaos-" + uuid.uuid4().hex
        self.url = value_of("QueueUrl", call("CreateQueue", QueueName=name, **{
            "Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": str(VISIBILITY_S)}))
        config.queue.begin()
        config.environment["SQS_QUEUE_URL"] = self.url
        sender = Sender(self.url, random.Random(self.rng.random()), config.messages)
        self.pipelines = [Pipeline(at, config, self.log) for at in range(self.rng.randint(1, 3))]
        for pipeline in self.pipelines:
            pipeline.start()
        sender.start()
        try:
            self.chaos()
            sender.join()
            self.drain()
            self.judge(sender)
            self.look_for_clear_values()
        finally:
            for pipeline in self.pipelines:
                kill_all(pipeline)
            call("DeleteQueue", self.url)
        return not self.faults


def resume(pid):
    try:
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        pass


def kill_all(pipeline):
    for pid, _ in [*pipeline.stages(), (pipeline.process.pid, "")]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    pipeline.process.wait()


def committed(ids):
    """Which of these message ids have their row, or their error row; asked until the server answers."""
    listed = ",".join("'%s'" % one for one in ids)
    rows = psql_until("SELECT key FROM user_logins_ledger WHERE key IN (%s) UNION"
                      " SELECT key FROM user_logins_errors WHERE key IN (%s)" % (listed, listed))
    return {row[0] for row in rows}


class Config:
    def __init__(self, options):
        self.seed, self.messages, self.pipeline = options.seed, options.messages, options.pipeline
        self.work = pathlib.Path(os.environ["SERVERS_DIR"]) / "chaos"
        self.work.mkdir(exist_ok=True)
        self.database = [options.servers, "restart"]
        self.queue = QueueNetwork(os.environ["AWS_ENDPOINT_URL_SQS"], committed, random.Random(options.seed))
        self.server = DatabaseNetwork("%s/.s.PGSQL.%s" % (os.environ["PGHOST"], os.environ["PGPORT"]))
        key = self.work / "key"
        shutil.rmtree(self.work / "archive", ignore_errors=True)
        (self.work / "archive").mkdir()
        if not key.exists():
            subprocess.run(["pii-keygen", "-q", str(key)], check=True, stderr=subprocess.DEVNULL)
        self.environment = dict(
            os.environ, AWS_ENDPOINT_URL_SQS="http://127.0.0.1:%d" % self.queue.port, PGHOST="127.0.0.1",
            PGPORT=str(self.server.port), SQS2PG_TABLE="user_logins", SQS2PG_KEY_FILE=str(key),
            SQS2PG_PULL_OPTIONS="--wait 1 --retry-timeout 10s", SQS2PG_LOAD_OPTIONS="--linger 20ms --retry-timeout 10s",
            SQS2PG_ACK_OPTIONS="--retry-timeout 5s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--pipeline", required=True)
    parser.add_argument("--servers", required=True)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    config = Config(options)
    totals, failed = {}, 0
    for number in range(options.first, options.first + options.rounds):
        one = Round(number, config)
        began = time.monotonic()
        good = one.run()
        for name, count in one.history.items():
            totals[name] = totals.get(name, 0) + count
        print("round %d of seed %d: %s in %.1f s: %s" % (
            number, options.seed, "ok" if good else "FAILED", time.monotonic() - began,
            " ".join("%s=%d" % pair for pair in one.history.items())), flush=True)
        if options.verbose or not good:
            print("  " + "; ".join(one.done))
        if not good:
            failed += 1
            kept = config.work / ("log-%d" % number)
            shutil.copy(one.log, kept)
            print("".join("  %s\n" % fault for fault in one.faults), end="")
            print("  play it again: scripts/chaos.sh --seed %d --first %d --rounds 1" % (options.seed, number))
            sys.stdout.write("".join("  | " + line for line in one.log.read_text(errors="replace").splitlines(True)[-30:]))
            sys.stdout.flush()
    print("history: rounds=%d failed=%d %s" % (
        options.rounds, failed, " ".join("%s=%d" % pair for pair in totals.items())))
    sys.exit(1 if failed else 0)


main()
