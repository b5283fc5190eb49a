"""The parts of the day: a sender, sqs2pg --follow as its unit runs it, a queue and a table."""

import itertools
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "fault"))
# pylint: disable=wrong-import-position
from database import psql_until  # noqa: E402
from pipelines import processes, signal_to  # noqa: E402

# deploy/systemd/sqs2pg@.service: the statuses that it does not restart after, and its pause.
NOT_AGAIN, PAUSE_S = (64, 65, 69, 70, 77, 78), 30
EVENTS = [line for line in (ROOT / "share/demo/logins.ndjson").read_text(encoding="utf-8").splitlines()
          if "user_id" in json.loads(line)]


class Sender:
    """Send login events at a fixed rate; change turns them into others."""

    RATE = 12

    def __init__(self, url):
        self.url, self.change, self.sent, self.ended = url, None, 0, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.lock = threading.Lock()
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "sqs-send", "-q", "-Q", url],
                                        stdin=subprocess.PIPE, text=True)
        self.thread.start()

    def send(self, body):
        with self.lock:
            self.process.stdin.write(json.dumps({"body": body}) + "\n")
            self.process.stdin.flush()
            self.sent += 1

    def run(self):
        for line in itertools.cycle(EVENTS):
            if self.ended.wait(1 / self.RATE):
                return
            change, event = self.change, json.loads(line)
            self.send(change(event) if change else event)

    def stop(self):
        self.ended.set()
        self.thread.join()
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise RuntimeError("the sender failed")


class Service:
    """Run the pipeline, and restart it after a status that allows it."""

    def __init__(self, folder, queue, factor, sqs_endpoint):
        self.folder, self.pause = folder, PAUSE_S / factor
        self.environment = dict(os.environ, AWS_ENDPOINT_URL_SQS=sqs_endpoint, SQS2PG_LOCK_DIR=str(folder))
        self.settings = {
            "SQS_QUEUE_URL": queue, "SQS2PG_TABLE": "user_logins", "SQS2PG_KEY_FILE": str(folder / "key"),
            "SQS2PG_METRICS_DIR": str(folder / "figures"),
            "SQS2PG_PULL_OPTIONS": "--wait 1 --max-in-flight 60"}
        (folder / "figures").mkdir()
        subprocess.run(["pii-keygen", "-q", str(folder / "key")], check=True)
        subprocess.run(["cc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-o", "hasten.so", ROOT / "tests/lib/hasten.c"],
                       cwd=folder, check=True)
        programs = folder / "bin"
        (programs / "pipeline").mkdir(parents=True)
        for part in sorted((ROOT / "scripts/pipeline").glob("*.sh")):
            (programs / "pipeline" / part.name).write_bytes(part.read_bytes())
        (programs / "sqs2pg").write_bytes((ROOT / "scripts/pipeline.sh").read_bytes())
        (programs / "sqs-pull").write_text(
            '#!/bin/sh\nexec env HASTEN=3 LD_PRELOAD=%s/hasten.so %s/bin/sqs-pull "$@"\n'
            % (folder, os.environ["BUILD"]), encoding="utf-8")
        for name in ("sqs2pg", "sqs-pull"):
            (programs / name).chmod(0o755)
        self.process, self.wanted, self.statuses = None, False, []
        self.thread = None
        self.write()

    def write(self):
        text = "".join("%s=%s\n" % item for item in self.settings.items())
        (self.folder / "logins.env").write_text(text, encoding="utf-8")

    def start(self):
        self.wanted = True
        self.thread = threading.Thread(target=self.keep, daemon=True)
        self.thread.start()

    def keep(self):
        while self.wanted:
            with open(self.folder / "service.log", "ab") as log:
                self.process = subprocess.Popen(
                    ["setpriv", "--pdeathsig", "TERM", str(self.folder / "bin/sqs2pg"), "--follow", "-c", "logins.env"],
                    cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            status = self.process.wait()
            self.statuses.append(status)
            if status in NOT_AGAIN:
                return
            time.sleep(self.pause)

    def stop(self):
        self.wanted = False
        self.process.terminate()
        self.thread.join()

    def restart(self, **settings):
        self.stop()
        self.settings.update(settings)
        self.write()
        self.start()

    def signal(self, how):
        """Signal each of its processes."""
        todo, table, found = [self.process.pid], processes(), []
        while todo:
            found.append(todo.pop())
            todo += [pid for pid, (parent, _) in table.items() if parent == found[-1]]
        for pid in found:
            signal_to(pid, how)

    def kill(self):
        self.signal(signal.SIGKILL)


def rows(table):
    return int(psql_until("SELECT count(*) FROM %s" % table)[0][0])
