#!/usr/bin/env python3
"""Run the whole pipeline on a machine whose power fails. scripts/chaos.sh --power starts it with servers
of its own, and so does tests/bats/power.bats.

    power.py --pipeline FILE --servers FILE --emulator FILE --rounds N --seed S [--first R] [--messages N]
             [--verbose] [--mutant NAME] [--postgres SETTING]... [--only-synced]

In each round a sender feeds a queue outside of this machine, and two pipelines load it, with an archive
each. Now and then one of them is stopped, or the database makes a checkpoint. Then the power fails. All
processes are killed together, including PostgreSQL. Of the written data only the synced part remains,
with or without some of the rest (power.c, disk.py). After the recovery of PostgreSQL:

  - each message with a requested delete is a row, or an error row if it was bad;
  - each archive with its final name is whole, and has all messages that a pipeline deleted before it
    ended well.

Then all is drained, the power fails again, and the history is checked as in chaos.py.
"""

import contextlib
import gzip
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from chaos import Config, Round, arguments, rounds  # noqa: E402
from database import psql, psql_until  # noqa: E402
from disk import Disk  # noqa: E402
from forms import Form  # noqa: E402
from history import History  # noqa: E402
from pipelines import Pipeline, signal_to  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
CUTS = 2  # in a round, before the last
GONE_S, PATIENCE_S = 30, 60


class Known(History):
    """Know which pipeline requested which delete."""

    def __init__(self, session, ticker):
        super().__init__(session, ticker)
        self.gone = {}  # life: message ids

    def deleting(self, life, ids):
        super().deleting(life, ids)
        with self.lock:
            self.gone.setdefault(life.name, set()).update(ids)


def session_of(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as file:
            state, _, _, session = file.read().rsplit(") ", 1)[1].split()[:4]
        return int(session) if state != "Z" else None
    except OSError:
        return None


def folder_of(pid):
    try:
        return os.readlink("/proc/%d/cwd" % pid)
    except OSError:
        return None


def kill_all(of, wanted):
    """Kill every process for which of(pid) is WANTED, and those that they start meanwhile."""
    until = time.monotonic() + GONE_S
    while found := [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if of(pid) == wanted]:
        for pid in found:
            signal_to(pid, signal.SIGKILL)
        if time.monotonic() > until:
            raise RuntimeError("processes %s do not end" % found)


class Machine(Config):
    """The machine that fails: the folder of PostgreSQL, which also contains the archives."""

    def __init__(self, options):
        super().__init__(options)
        self.postgres, self.only_synced = pathlib.Path(os.environ["PGHOST"]), options.only_synced
        self.archive = self.postgres / "files" / "archive"
        self.disk = Disk(self.postgres)
        self.archive.parent.mkdir()
        compiler = os.environ.get("CC", "cc").split()
        subprocess.run([*compiler, "-shared", "-fPIC", "-D_GNU_SOURCE", "-o", str(self.postgres / "power.so"),
                        str(HERE / "power.c")], check=True)
        self.environment["LD_PRELOAD"] = str(self.postgres / "power.so")
        self.kill_database()
        with open(self.postgres / "data" / "postgresql.conf", "a", encoding="ascii") as file:
            # Data that remains after a cut is on the disk.
            file.write("fsync = on\nfull_page_writes = on\nrecovery_init_sync_method = syncfs\n")
            file.writelines(line + "\n" for line in options.postgres)
        self.disk.sync()
        self.start_database()

    def clean(self):
        super().clean()
        subprocess.run(["sync", str(self.archive.parent)], check=True, env=self.environment)

    def kill_database(self):
        """Kill it, and wait until no process has the number of its first one: a file that remains names
        it."""
        with contextlib.suppress(OSError, IndexError):
            number = (self.postgres / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0]
            kill_all(folder_of, str(self.postgres / "data"))
            until = time.monotonic() + GONE_S
            while os.path.exists("/proc/" + number) and time.monotonic() < until:
                time.sleep(0.01)

    def start_database(self):
        subprocess.run(self.restart, check=True, stdout=subprocess.DEVNULL,
                       env=dict(os.environ, LD_PRELOAD=self.environment["LD_PRELOAD"]))


class Cuts(Round):
    script, messages = "scripts/chaos.sh --power", 300

    def __init__(self, number, config):
        super().__init__(number, config)
        self.form, self.strain, self.seconds = Form(), False, 2.0 * (CUTS + 1)
        self.history = Known(config.session, config.ticker)
        self.fault = self.history.fault
        self.archived = set()  # ids that must be in an archive

    def launch(self):
        for at in range(2):
            options = ["--follow", "--archive", str(self.config.archive)]
            self.pipelines.append(Pipeline("pipeline%d" % at, self.config, self.history, options, self.loads[0].settings))
        for pipeline in self.pipelines:
            pipeline.start()

    def gone(self, pipeline):
        return self.history.gone.get(pipeline.life.name, set())

    def wait_for(self, share):
        """Wait until the delete of this share of the messages was requested."""
        until = time.monotonic() + PATIENCE_S
        while sum(map(len, list(self.history.gone.values()))) < share * self.config.messages:
            if time.monotonic() > until:
                raise RuntimeError("the pipelines do not progress")
            for pipeline in self.pipelines:
                pipeline.supervise()
            time.sleep(0.01)

    def stop_one(self):
        """Stop one: what it deleted is in its archive once it has ended well."""
        pipeline = max(self.pipelines, key=lambda one: len(self.gone(one)))
        self.note("a pipeline ends")
        pipeline.tell_to_stop()
        if not pipeline.wait(40):
            self.fault("pipeline %s does not end on SIGTERM" % pipeline.name)
        elif pipeline.process.returncode in (0, 1):
            self.archived |= self.gone(pipeline)

    def checkpoint(self):
        self.note("a checkpoint")
        psql("CHECKPOINT")

    def storm(self):
        for at in range(CUTS):
            self.wait_for((at + self.rng.uniform(0.2, 0.8)) / (CUTS + 1))
            if self.rng.random() < 0.5:
                self.checkpoint()
            if at == 0 or self.rng.random() < 0.5:
                self.stop_one()
            time.sleep(self.rng.uniform(0, 0.2))
            self.cut()
            for pipeline in self.pipelines:
                pipeline.start()

    def cut(self):
        kept = self.rng.random() < 0.5 or self.config.only_synced
        self.note("the power fails, " + ("only synced data remains" if kept else "synced data and some more remains"))
        lives = [one for one in self.pipelines if one.process is not None and one.process.poll() is None]
        kills = [self.config.kill_database]
        kills += [lambda one=one: kill_all(session_of, one.process.pid) for one in lives]
        for pipeline in lives:
            pipeline.life.disturbed = True
        self.rng.shuffle(kills)
        for kill in kills:
            kill()
        for pipeline in lives:
            pipeline.process.wait()
        self.config.disk.cut(None if kept else random.Random(self.rng.random()))
        self.config.start_database()
        self.look()

    def look(self):
        """Check what must exist."""
        psql_until("SELECT 1")
        gone = set().union(*self.history.gone.values())
        lost = gone - self.history.stored(gone)
        if lost:
            self.fault("%d messages are deleted, and their rows are lost, %s of them" % (len(lost), min(lost)))
        found = set()
        for path in self.config.archive.glob("*.gz") if self.config.archive.exists() else []:
            try:
                with gzip.open(path, "rt", encoding="utf-8") as file:
                    found.update(json.loads(line)["sqs"]["message_id"] for line in file)
            except (OSError, EOFError, ValueError, zlib.error) as error:
                self.fault("an archive of %d bytes is not whole: %s" % (path.stat().st_size, type(error).__name__))
        if self.archived - found:
            self.fault("%d messages of pipelines that ended well are in no archive" % len(self.archived - found))

    def drain(self):
        super().drain()
        self.cut()

    def judge(self):
        return {**super().judge(), "archived": len(self.archived), "cuts": CUTS + 1}

    def run(self):
        try:
            return super().run()
        finally:
            for pipeline in self.pipelines:
                if pipeline.process is not None:
                    kill_all(session_of, pipeline.process.pid)


def main():
    parser = arguments(Cuts)
    parser.add_argument("--postgres", action="append", default=[], metavar="SETTING", help="a line of the configuration")
    parser.add_argument("--only-synced", action="store_true", help="only synced data remains, never more")
    options = parser.parse_args()
    rounds(Cuts, Machine(options), options)


main()
