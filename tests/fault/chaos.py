#!/usr/bin/env python3
"""Run the whole pipeline under faults; scripts/chaos.sh starts it with servers of its own.

    chaos.py --pipeline FILE --servers FILE --emulator FILE --rounds N --seed S [--first R] [--messages N]
             [--only FORM] [--mutant NAME] [--verbose]

In each round a sender feeds a queue while one to three pipelines load it, with leases. In every third
round one more pipeline keeps its data in files, on disks that are full. Most rounds are storms. At
moments drawn from the seed a storm kills stages (-9, -TERM, -STOP and -CONT), backends and the database
server, fills archives, and stalls, cuts and refuses both networks. Every third round is a strain. No
process ends, but stages, backends and the database are stopped for longer than the visibility timeout,
and the queue refuses single deletes. Then all faults end and the queue is drained.

There are several forms of rounds (forms.py), used in turn:

  plain:    One event in a message.
  parts:    Several events in a message, which sqs-unwrap --each splits.
  upsert:   The last state of a few things, --upsert with --newer.
  keys:     The key is rotated, and read again under --follow.
  tables:   Columns of the table, its ledger and its error table are added, dropped and retyped
            during the load. Another queue is loaded into another database in parallel.
  lambda:   sqs-lambda behind AWS's emulator, and at times a pipeline on the same queue.

The history is checked during the round, and the result by checker.py:

  - every event sent is one row with what was sent, or one error row with it if it was bad;
  - no delete was requested before each event of the message was committed, checked at each request;
  - no message was delivered again while an undisturbed pipeline held it;
  - no pipeline ended with 0 and left a message whose delete was refused;
  - no program took a full disk for success;
  - no clear value is in the database, on the way to it, in the archives or in the messages.

The seed determines a round: --first R --rounds 1 repeats one, as far as a scheduler can.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# pylint: disable=wrong-import-position
from database import Session, psql, psql_until  # noqa: E402
from forms import FORMS, Beside, form_of  # noqa: E402
from history import GIVEN_UP_S, History, Sender, Ticker, call, value_of  # noqa: E402
from lambdas import Lambda  # noqa: E402
from networks import DatabaseNetwork, QueueNetwork  # noqa: E402
from pipelines import PATIENT, ByFiles, Pipeline, signal_to  # noqa: E402

STORM_S = 2.5
STOP_S = (2.5, 3.0)  # in a strain: the length of a stop; longer than the visibility timeout
DRAIN_S = 60
PROGRAMS = ("sqs-pull", "sqs-unwrap", "pii-mask", "pg-load", "sqs-ack", "sqs-lambda")
BESIDE = "beside"  # the other database


class Load:
    """A queue, its messages, and its database."""

    def __init__(self, config, form, rng, name, seconds, database=None):
        self.form, self.name, self.database = form, name, database
        self.url = value_of("QueueUrl", call("CreateQueue", QueueName="chaos-" + uuid.uuid4().hex, **{
            "Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": str(form.visibility)}))
        self.settings = dict(
            form.settings, SQS_QUEUE_URL=self.url,
            SQS2PG_LOAD_OPTIONS=config.environment["SQS2PG_LOAD_OPTIONS"] + form.load)
        if database:
            self.settings["PGDATABASE"] = database
        self.sender = Sender(self.url, rng, int(config.messages * form.share), seconds, form, name,
                             config.beside if database else None)

    def left(self):
        answer = call("GetQueueAttributes", self.url, **{"AttributeName.1": "All"}).replace("\n", "")
        return tuple(int(value_of("Value", answer.split("<Name>ApproximateNumberOfMessages%s</Name>" % name, 1)[1]))
                     for name in ("", "NotVisible"))


class Round:
    script, messages = "scripts/chaos.sh", 300

    def __init__(self, number, config):
        self.number, self.config = number, config
        self.form = config.only or form_of(number)
        self.rng = random.Random("%d/%d" % (config.seed, number))
        self.changing = random.Random("%d/%d/changes" % (config.seed, number))
        self.calm, self.changes = threading.Event(), 0
        self.strain = number % 3 == 0
        self.seconds = 2 * STOP_S[1] if self.strain else STORM_S
        self.history = History(config.session, config.ticker)
        self.fault = self.history.fault
        self.done = []
        self.pipelines, self.loads = [], []

    # ---- the faults

    def note(self, text):
        self.done.append(text)

    def stage(self, *names):
        live = [(pipeline, pid, name) for pipeline in self.pipelines for pid, name in pipeline.stages()
                if not names or name in names]
        return self.rng.choice(live) if live else (None, None, "nobody")

    def kill_stage(self):
        pipeline, pid, name = self.stage()
        how = self.rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
        self.note("%s to %s" % (how.name, name))
        if pid is not None:
            pipeline.signal_stage(pid, name, how)
        if pid is not None and how == signal.SIGSTOP:
            threading.Timer(self.rng.random() * (self.form.visibility + 1), signal_to, (pid, signal.SIGCONT)).start()

    def kill_pipeline(self):
        pipeline = self.rng.choice(self.pipelines)
        how = self.rng.choice([signal.SIGKILL, signal.SIGTERM])
        self.note("%s to a pipeline" % how.name)
        pipeline.signal(how)

    def backend(self):
        rows = psql("SELECT pid FROM pg_stat_activity WHERE application_name = 'pg-load' ORDER BY pid")
        return int(self.rng.choice(rows)[0]) if rows else None

    def kill_backend(self):
        """Kill a backend; -9 takes the whole server down, as a crash does."""
        pid, how = self.backend(), self.rng.choice([signal.SIGTERM, signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP])
        self.note("%s to a backend" % how.name)
        if pid is not None:
            signal_to(pid, how)
        if pid is not None and how == signal.SIGSTOP:
            threading.Timer(self.rng.random(), signal_to, (pid, signal.SIGCONT)).start()

    def restart_database(self):
        self.note("the database server")
        subprocess.run(self.config.restart, check=True, env=os.environ, stdout=subprocess.DEVNULL)

    def fill_disk(self):
        _, pid, _ = self.stage("gzip")
        self.note("no room for an archive" if pid is not None else "no archive to fill")
        if pid is not None:
            subprocess.run(["prlimit", "--pid", str(pid), "--fsize=1"], stderr=subprocess.DEVNULL, check=False)

    def queue_network(self):
        kind = self.rng.choice(["fail", "drop", "cut", "lose", "stall", "refuse", "sever"])
        self.note("the queue's network: %s" % kind)
        if kind == "sever":
            self.config.queue.sever()
        else:
            self.config.queue.trouble(kind, self.rng.random() * 0.7)

    def database_network(self):
        kind = self.rng.choice(["cut", "stall", "deaf"])
        self.note("the database's network: %s" % kind)
        self.config.server.trouble(kind, self.rng.random() * 0.7)

    STORM = [(kill_stage, 8), (kill_pipeline, 2), (kill_backend, 3), (restart_database, 1), (fill_disk, 2),
             (queue_network, 5), (database_network, 4)]

    def storm(self):
        """Draw the faults beforehand, so that their times do not depend on what exists then."""
        actions, weights = zip(*self.STORM)
        plan, at = [], 0
        while at < STORM_S:
            at += self.rng.random() * 0.4
            plan.append((at, self.rng.choices(actions, weights)[0], self.rng.random()))
        began = time.monotonic()
        for at, action, seed in plan:
            time.sleep(max(0, began + at - time.monotonic()))
            self.rng = random.Random(seed)
            action(self)
            for pipeline in self.pipelines:
                pipeline.supervise()

    def stand_still(self, seconds):
        """Stop something that a message passes between receive and delete."""
        what = self.rng.choice(["stage", "stage", "backend", "network"])
        if what == "network":
            self.config.server.trouble("stall", seconds)
        pipeline, pid, name = (None, self.backend(), "a backend") if what == "backend" else self.stage(*PATIENT[:4])
        self.note("%s stops for a while" % ("the database's network" if what == "network" else name))
        if what == "network" or pid is None:
            return
        if pipeline is not None:
            pipeline.signal_stage(pid, name, signal.SIGSTOP)
        else:
            signal_to(pid, signal.SIGSTOP)
        threading.Timer(seconds, signal_to, (pid, signal.SIGCONT)).start()

    def strains(self):
        for _ in range(2):
            seconds = self.rng.uniform(*STOP_S)
            time.sleep(0.3)
            self.config.queue.trouble("refuse", seconds)
            self.stand_still(seconds)
            time.sleep(seconds)
            for pipeline in self.pipelines:
                pipeline.supervise()

    # ---- the end

    def drain(self):
        self.config.queue.heal()
        self.config.server.heal()
        psql_until("SELECT 1")
        for pipeline in self.pipelines:
            pipeline.tell_to_stop()
        for pipeline in self.pipelines:
            if not pipeline.wait(40):
                self.fault("pipeline %s does not end on SIGTERM" % pipeline.name)
        for load in self.loads:
            self.empty(load)

    def empty(self, load):
        until = time.monotonic() + DRAIN_S
        last = Pipeline("drain-" + load.name, self.config, self.history, settings=load.settings)
        self.pipelines.append(last)
        while (left := load.left()) != (0, 0):
            if time.monotonic() > until:
                self.fault("the queue does not become empty: %d visible, %d in flight" % left)
                return
            last.start()
            if not last.wait(DRAIN_S):
                self.fault("a pipeline that drains does not end")
                return

    def outrun(self):
        """Return the number of warnings that a batch was loaded although the columns had changed in each
        attempt."""
        return self.config.log.read_bytes().count(b"its rows may lack values for the newest columns")

    def check(self, load, look):
        """Check in a separate process, which knows only this about the round."""
        sent = self.config.work / "sent"
        with sent.open("w", encoding="utf-8") as file:
            for message, events in load.sender.sent.items():
                for event in events:
                    file.write(json.dumps({**event, "message": message}) + "\n")
        done = subprocess.run(
            [sys.executable, "-B", str(HERE / "checker.py"), "--sent", str(sent), "--form", load.form.name,
             "--key", str(self.config.key), *(["--database", load.database] if load.database else []),
             *(["--outrun"] if self.outrun() else []),
             "--look", *map(str, look)],
            capture_output=True, text=True, check=False)
        counts = None
        for line in done.stdout.splitlines():
            kind, text = line.split(": ", 1)
            if kind == "violation":
                self.fault(text)
            else:
                counts = json.loads(text)
        if done.returncode != 0 or counts is None:
            raise RuntimeError("the checker failed: %s" % done.stderr)
        return counts

    def judge(self):
        server_log = self.config.work / "server-log"
        server_log.write_bytes(self.config.read_server_log())
        look = [self.config.log, server_log, *self.config.archive.iterdir()]
        look += [path for path in self.config.work.glob("files/*") if path.name not in ("received", "unwrapped")]
        counts = collections.Counter(sent=sum(len(load.sender.sent) for load in self.loads))
        for load in self.loads:
            counts.update(self.check(load, look))
        counts.update(self.history.counts)
        counts.update(faults=len(self.done), changes=self.changes, outrun=self.outrun(),
                      starts=sum(pipeline.starts for pipeline in self.pipelines))
        if self.config.server.clear:
            self.fault("a clear value was sent to the database")
        for line in self.config.log.read_text(errors="replace").splitlines():
            if line.startswith("by-files: full disk"):
                self.fault(line)
        return counts

    def launch(self):
        first, config = self.loads[0], self.config
        count = self.rng.randint(1, 3)
        if self.form.name == "lambda":
            self.pipelines += [Lambda("lambda%d" % at, config, self.history, settings=first.settings)
                               for at in range(self.rng.randint(1, 2))]
            count = int(self.rng.random() < 0.3)
        settings = first.settings
        if self.form.name == "keys" and self.rng.random() < 0.5:
            settings = dict(settings, SQS2PG_KEY_FILE="", SQS2PG_KEY_COMMAND="cat %s" % config.key)
        for at in range(count):
            options = ["--follow"]
            if self.rng.random() < 0.4:
                options += ["--archive", str(config.archive)]
            self.pipelines.append(Pipeline("pipeline%d" % at, config, self.history, options, settings))
        if self.number % 3 == 1 and self.form.name != "lambda":
            rng = random.Random(self.rng.random())
            self.pipelines.append(ByFiles("files", config, self.history, rng, first.settings))
        for load in self.loads[1:]:
            self.pipelines.append(Pipeline(load.name, config, self.history, ["--follow"], load.settings))
        for pipeline in self.pipelines:
            pipeline.start()

    def prepare(self):
        config = self.config
        config.clean()
        psql_until(self.form.table)
        self.loads.append(Load(config, self.form, random.Random(self.rng.random()), "user", self.seconds))
        if self.form.name == "tables":
            config.beside.ask_until(Beside.table)
            self.loads.append(Load(config, Beside(), random.Random(self.rng.random()), BESIDE, self.seconds, BESIDE))
        config.queue.begin(self.history, self.rng.random())
        self.history.senders = [load.sender for load in self.loads]

    def run(self):
        self.prepare()
        changing = threading.Thread(target=self.form.disturb, args=(self,), daemon=True)
        counts = {}
        try:
            self.launch()
            for load in self.loads:
                load.sender.start()
            changing.start()
            if self.strain:
                self.strains()
            else:
                self.storm()
            self.calm.set()
            changing.join()
            for load in self.loads:
                load.sender.join()
            self.drain()
            counts = self.judge()
        finally:
            self.calm.set()
            for pipeline in self.pipelines:
                if pipeline.process is not None and pipeline.process.poll() is None:
                    pipeline.kill_all()
            for load in self.loads:
                call("DeleteQueue", load.url)
        return counts


class Config:
    def __init__(self, options):
        self.seed, self.messages = options.seed, options.messages
        self.work = pathlib.Path(os.environ["SERVERS_DIR"]) / "chaos"
        self.work.mkdir(exist_ok=True)
        self.log, self.key, self.programs = self.work / "log", self.work / "key", self.work / "bin"
        self.archive = self.work / "archive"
        self.restart = [options.servers, "restart"]
        self.emulator, self.only = options.emulator, {form.name: form for form in FORMS}.get(options.only)
        self.session, self.beside, self.ticker = Session(), Session(database=BESIDE), Ticker()
        psql_until("CREATE DATABASE " + BESIDE)
        self.queue = QueueNetwork(os.environ["AWS_ENDPOINT_URL_SQS"])
        self.server = DatabaseNetwork("%s/.s.PGSQL.%s" % (os.environ["PGHOST"], os.environ["PGPORT"]))
        # The script runs the programs beside it.
        self.programs.mkdir()
        shutil.copy(options.pipeline, self.programs / "sqs2pg")
        shutil.copytree(pathlib.Path(options.pipeline).parent / "pipeline", self.programs / "pipeline")
        for name in PROGRAMS:
            (self.programs / name).symlink_to(shutil.which(name))
        bootstrap = self.programs / "bootstrap"
        bootstrap.write_text("#!/bin/sh\nexec %s\n" % (self.programs / "sqs-lambda"), encoding="ascii")
        bootstrap.chmod(0o755)
        self.environment = dict(
            os.environ, AWS_ENDPOINT_URL_SQS="http://127.0.0.1:%d" % self.queue.port, PGHOST="127.0.0.1",
            PGPORT=str(self.server.port), SQS2PG_TABLE="user_logins", SQS2PG_KEY_FILE=str(self.key),
            SQS2PG_PULL_OPTIONS="--wait 1 --retry-timeout 10s", SQS2PG_LOAD_OPTIONS="--linger 20ms --retry-timeout 10s",
            SQS2PG_ACK_OPTIONS="--retry-timeout %ds" % GIVEN_UP_S)
        self.server_log = pathlib.Path(os.environ["SERVERS_DIR"]) / "postgres" / "log"
        self.server_said = 0

    def clean(self):
        self.log.write_bytes(b"")
        self.key.unlink(missing_ok=True)
        subprocess.run(["pii-keygen", "-q", str(self.key)], check=True, stderr=subprocess.DEVNULL)
        for folder in (self.archive, self.work / "files"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()

    def read_server_log(self):
        with self.server_log.open("rb") as file:
            file.seek(self.server_said)
            text = file.read()
        self.server_said += len(text)
        return text


def kinds_of(faults):
    """Return the faults, those that differ only in messages and numbers together."""
    kinds = {}
    for fault in faults:
        kinds.setdefault(re.sub(r"[0-9a-f]+(-[0-9a-f]+){4}|[0-9.]+", "", fault), []).append(fault)
    return kinds.values()


def tell(one, counts, options, seconds):
    faults = one.history.faults
    print("round %d of seed %d, %s: %s in %.1f s: %s" % (
        one.number, options.seed, one.form.name, "FAILED" if faults else "ok", seconds,
        " ".join("%s=%d" % pair for pair in counts.items())))
    if options.verbose or faults:
        print("  %s: %s" % ("strain" if one.strain else "storm", "; ".join(one.done)))
    for alike in kinds_of(faults):
        print("  %s%s" % (alike[0], "" if len(alike) == 1 else " (and %d more like it)" % (len(alike) - 1)))
    if faults and options.mutant is None:
        print("  to repeat: %s --seed %d --first %d --rounds 1%s%s" % (
            one.script, options.seed, one.number,
            "" if options.messages == one.messages else " --messages %d" % options.messages,
            " --only %s" % options.only if options.only else ""))
        lines = one.config.log.read_text(errors="replace").splitlines()[-30:]
        print("".join("  | %s\n" % line for line in lines), end="")
    sys.stdout.flush()


def arguments(make):
    """Return a parser of the arguments of all rounds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--messages", type=int, default=make.messages)
    parser.add_argument("--mutant", help="the programs have this flaw: the first failed round shows it")
    parser.add_argument("--only", choices=sorted({form.name for form in FORMS}), help="rounds of this form alone")
    parser.add_argument("--emulator", required=True)
    parser.add_argument("--pipeline", required=True)
    parser.add_argument("--servers", required=True)
    parser.add_argument("--verbose", action="store_true")
    return parser


def rounds(make, config, options):
    """Run the rounds; does not return."""
    totals, kinds, failed = {}, collections.Counter(), 0
    for number in range(options.first, options.first + options.rounds):
        one = make(number, config)
        began = time.monotonic()
        try:
            counts = one.run()
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            counts = {}
            one.fault("the round failed: %s" % error)
        kinds.update(one.done)
        for name, count in counts.items():
            totals[name] = totals.get(name, 0) + count
        tell(one, counts, options, time.monotonic() - began)
        failed += bool(one.history.faults)
        if failed and options.mutant is not None:
            print("mutant %s: found in round %d: %s" % (options.mutant, number, one.history.faults[0]))
            sys.exit(0)
    if options.mutant is not None:
        print("mutant %s: NOT found in %d rounds" % (options.mutant, options.rounds))
        sys.exit(1)
    print("history: rounds=%d failed=%d %s" % (
        options.rounds, failed, " ".join("%s=%d" % pair for pair in totals.items())))
    print("faults: %s" % ", ".join("%dx %s" % (count, kind) for kind, count in sorted(kinds.items())))
    print("%d passed, %d failed" % (options.rounds - failed, failed))
    sys.exit(1 if failed else 0)


def main():
    options = arguments(Round).parse_args()
    rounds(Round, Config(options), options)


if __name__ == "__main__":
    main()
