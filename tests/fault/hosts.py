#!/usr/bin/env python3
"""Run sqs2pg on four hosts that fail, with a database that fails over; tests/fault/hosts.sh starts
it.

    hosts.py --hosts FILE --pipeline FILE [--rounds N] [--seed S] [--first R] [--messages N]
             [--only vanish|failover|split] [--brief | --real] [--mutant NAME] [--verbose]

Four hosts load one queue into one database, whose commits wait for a standby on a host of its own.
The queue is full before they start. On one host the clock is an hour ahead, so its requests are
refused, as AWS does. There are three kinds of rounds; the seed gives the moments and the hosts:

  vanish    during the run one host is unplugged and one killed, as in a power failure. Another has
            a slow processor and, where the kernel can, a slow cable. Later the first is plugged in again.
  failover  during the run the database host is unplugged, and the standby promoted.
  split     the same, but the host comes back unchanged and a loader connects to it. Then it is fenced.

Then the queue is drained, and the numbers in the events are checked:

  - every message sent is one row, or one error row if it was bad, on the standby;
  - its deletion was requested, and never before the row was on the standby, checked at each request;
  - no message was delivered again while an undisturbed host held it;
  - the hosts that were left ended with 0.

--real leaves the programs and the queue their own limits, 30 s for a message, 30 s for a network,
but 2,000 messages in flight. The server needs 30 s to notice a lost loader inside a transaction.
--brief saves that time: the cable of the killed one stays plugged in, and the unplugged host comes back.
"""

import argparse
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from database import Session, psql_until  # noqa: E402
from forms import Form  # noqa: E402
from history import Sender, Ticker, call, value_of  # noqa: E402
from onlookers import Network, Watch, StandbyHistory  # noqa: E402
from pipelines import Pipeline, signal_to  # noqa: E402

KINDS = ("vanish", "failover", "split")
AFTER_S = 5       # time after a fault in which the rate is measured
RUNS_S, STOPS_S = 0.05, 0.15  # the slow processor
QUICK = {"visibility": 5, "drain": 90, "pull": "", "load": " --batch-rows 200 --retry-timeout 20s -d postgresql://?tcp_user_timeout=2000"
         "&keepalives_idle=1&keepalives_interval=1&keepalives_count=2&connect_timeout=2"}
# An emulator is slow at extending: four times 20,000 messages in flight would take all its time.
REAL = {"visibility": 30, "drain": 900, "pull": " --max-in-flight 2000", "load": ""}
PROGRAMS = ("sqs-pull", "sqs-unwrap", "pii-mask", "pg-load", "sqs-ack")
TABLE = """DROP TABLE IF EXISTS user_logins, user_logins_ledger, user_logins_errors;
CREATE TABLE user_logins (user_id varchar(128), device_type varchar(32), masked_ip varchar(256),
 masked_device_id varchar(256), locale varchar(32), app_version integer, create_date date);
CREATE INDEX ON user_logins (user_id)"""


def cable(name, state):
    subprocess.run(["ip", "-n", os.environ["net"] + "-switch", "link", "set", "%s-1" % name, state], check=True)


class Host(Pipeline):
    """sqs2pg on a host of its own."""

    ahead = False
    gone = False  # unplugged or dead: nothing would start it again
    slow = None

    def command(self):
        return ["ip", "netns", "exec", "%s-%s" % (os.environ["net"], self.name), *super().command()]

    def environment(self):
        preload = {"LD_PRELOAD": os.environ["SERVERS_DIR"] + "/ahead.so"} if self.ahead else {}
        return dict(super().environment(), **preload)

    def unplug(self):
        self.life.disturbed = self.gone = True
        cable(self.name, "down")

    def plug(self):
        self.gone = False
        cable(self.name, "up")

    def die(self):
        """End without notice, as after a power failure."""
        self.gone = True
        if not self.config.brief:
            cable(self.name, "down")
        self.kill_all()

    def slow_down(self):
        """Give its processes a part of the time, and shape its cable where the kernel has the
        queues for it."""
        done = subprocess.run(["tc", "-n", "%s-%s" % (os.environ["net"], self.name), "qdisc", "replace", "dev", "eth1", "root",
                               "tbf", "rate", "4mbit", "burst", "32kb", "latency", "400ms"], capture_output=True, check=False)
        self.slow = threading.Event()
        threading.Thread(target=self.crawl, daemon=True).start()
        return done.returncode == 0

    def crawl(self):
        while not self.slow.is_set():
            stopped = [pid for pid, _ in self.stages()] + [self.process.pid]
            for pid in stopped:
                signal_to(pid, signal.SIGSTOP)
            time.sleep(STOPS_S)
            for pid in stopped:
                signal_to(pid, signal.SIGCONT)
            time.sleep(RUNS_S)

    def speed_up(self):
        if self.slow is not None:
            self.slow.set()
        subprocess.run(["tc", "-n", "%s-%s" % (os.environ["net"], self.name), "qdisc", "del", "dev", "eth1", "root"],
                       capture_output=True, check=False)

    def supervise(self):
        if not self.gone:
            super().supervise()


class Round:
    def __init__(self, number, config):
        self.number, self.config = number, config
        self.kind = config.only or KINDS[number % 3 - 1]
        self.rng = random.Random("hosts/%d/%d" % (config.seed, number))
        self.history = StandbyHistory(config.session, config.ticker, config.limits["visibility"])
        self.history.due = config.messages * self.rng.uniform(0.2, 0.6)
        self.fault = self.history.fault
        self.done, self.told = [], []
        self.hosts = [Host("h%d" % at, config, self.history, ["--follow"]) for at in range(1, 5)]
        self.watch, self.url, self.began = None, None, 0

    def note(self, text):
        self.done.append("%.1f s: %s" % (time.monotonic() - self.began, text))

    def left(self):
        """Return the number of messages, counted only after all deletions were requested: it is
        slow."""
        if len(self.history.deleted) < self.config.messages:
            return self.config.messages
        try:
            answer = call("GetQueueAttributes", self.url, **{"AttributeName.1": "All"}).replace("\n", "")
        except urllib.error.HTTPError:
            return self.config.messages
        return sum(int(value_of("Value", answer.split("<Name>ApproximateNumberOfMessages%s</Name>" % name, 1)[1]))
                   for name in ("", "NotVisible"))

    def until(self, what, seconds):
        """Return true when it becomes true in time."""
        end = time.monotonic() + seconds
        while not what():
            if time.monotonic() > end:
                return False
            for host in self.hosts:
                host.supervise()
            time.sleep(0.02)
        return True

    def amid(self):
        """Wait for the moment of the fault."""
        if not self.until(self.history.reached.is_set, self.config.limits["drain"]):
            raise RuntimeError("the hosts do not receive")

    def strikes(self):
        """Note that the fault has begun; return the time."""
        self.history.struck.set()
        self.told.append("%d of %d rows were on the standby then" % (self.watch.rows(), self.config.messages))
        return time.monotonic()

    # ---- the faults

    def vanish(self):
        unplugged, killed, slow, ahead = self.rng.sample(self.hosts, 4)
        ahead.ahead = True
        self.launch()
        shaped = slow.slow_down()
        self.note("%s is slow%s, %s an hour ahead" % (slow.name, ", with a slow cable" if shaped else "", ahead.name))
        self.amid()
        unplugged.unplug()
        killed.die()
        at = self.strikes()
        self.history.watch(unplugged)
        self.note("%s unplugged, with %d messages in flight; %s killed" % (
            unplugged.name, len(self.history.watched), killed.name))
        if self.config.brief or (self.rng.random() < 0.5 and not self.config.real):
            self.until(lambda: False, (self.rng.random() + self.config.brief) * self.config.limits["visibility"])
            unplugged.plug()
            self.note("%s plugged in" % unplugged.name)
        drained = self.drain()
        if unplugged.gone:
            unplugged.plug()
            self.note("%s plugged in" % unplugged.name)
        slow.speed_up()
        taken = sorted(self.history.taken.values())
        if taken:
            self.told.append("taken over: %d of %d messages of the unplugged host, the first after %.1f s, the last after %.1f s" % (
                len(taken), len(self.history.watched), taken[0] - at, taken[-1] - at))
        self.tell(at, at, drained)
        return [slow, ahead]

    def failover(self):
        split = self.kind == "split"
        self.rng.choice(self.hosts).ahead = True
        self.launch()
        self.amid()
        cable("one", "down")
        at = self.strikes()
        self.note("the database's host unplugged")
        self.until(lambda: False, 5 if self.config.real else self.rng.random() * 3)
        psql_until("SELECT pg_promote()")
        promoted = time.monotonic()
        self.note("the standby promoted")
        if split:
            self.split()
        drained = self.drain()
        first = self.watch.next_row(promoted)
        self.told.append("promoted after %.1f s, the first row %.1f s later" % (promoted - at, first - promoted))
        self.tell(at, first, drained)
        return self.hosts

    def split(self):
        """Bring the old server back: it takes commits that wait for a standby which no longer
        exists."""
        cable("one", "up")
        host = self.rng.choice(self.hosts)
        host.kill_all()
        host.start()
        self.note("the old server is back; %s killed, and started" % host.name)
        self.until(lambda: False, self.config.limits["visibility"] + self.rng.random() * 3)
        self.config.ask("fence")
        self.note("the old server fenced")

    def tell(self, at, again, drained):
        before, after = self.watch.rate(0, at), self.watch.rate(again, min(again + AFTER_S, drained))
        shares = {}
        for name in self.history.deleted.values():
            shares[name] = shares.get(name, 0) + 1
        self.told.append("rows per second: %.0f before, %.0f in the 5 s after it; drained %.1f s after the fault" % (
            before, after, drained - at))
        self.told.append("messages deleted by each host: %s; requests refused for their date: %d" % (
            " ".join("%s=%d" % pair for pair in sorted(shares.items())), self.config.queue.skewed))

    # ---- the round

    def launch(self):
        self.began = time.monotonic()
        for host in self.hosts:
            host.start()

    def drain(self):
        if not self.until(lambda: self.left() == 0, self.config.limits["drain"]):
            self.fault("the queue does not become empty: %d messages were due for deletion" % len(self.history.deleted))
        return time.monotonic()

    def stop(self, due):
        """Stop in order; undisturbed hosts end with 0."""
        for host in self.hosts:
            if not host.gone:
                host.supervise()
                host.tell_to_stop()
        for host in self.hosts:
            if not host.gone and not host.wait(60):
                self.fault("%s does not end on SIGTERM" % host.name)
            elif host in due and host.process.returncode != 0:
                self.fault("%s ended with %d" % (host.name, host.process.returncode))

    def judge_each_once(self, what, found, due):
        if len(found) != len(set(found)):
            self.fault("%d %s are doubled" % (len(found) - len(set(found)), what))
        if due - set(found):
            self.fault("%d %s are lost, %s of them" % (len(due - set(found)), what, min(due - set(found))))
        if set(found) - due:
            self.fault("%d %s must not exist" % (len(set(found) - due), what))

    def judge(self, sender):
        rows = self.config.session.ask_until("SELECT user_id FROM user_logins")
        errors = self.config.session.ask_until("SELECT message_id FROM user_logins_errors WHERE resolved_at IS NULL")
        self.judge_each_once("rows", rows, {event["id"] for event in sender.events() if event["good"]})
        self.judge_each_once("error rows", errors, {
            message for message, events in sender.sent.items() if not events[0]["good"]})
        sent = len(sender.sent)
        if len(self.history.deleted) != sent:
            self.fault("of %d messages %d were deleted" % (sent, len(self.history.deleted)))
        return {"sent": sent, "rows": len(rows), "quarantined": len(errors), **self.history.counts,
                "starts": sum(host.starts for host in self.hosts)}

    def run(self):
        config = self.config
        config.begin()
        self.url = value_of("QueueUrl", call("CreateQueue", QueueName="hosts-" + uuid.uuid4().hex, **{
            "Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": str(config.limits["visibility"])}))
        config.queue.begin(self.history, self.rng.random())
        config.environment["SQS_QUEUE_URL"] = self.url
        sender = Sender(self.url, random.Random(self.rng.random()), config.messages, 0, Form())
        self.history.senders = [sender]
        sender.start()
        sender.join()
        self.watch = Watch(config.standby)
        try:
            due = self.vanish() if self.kind == "vanish" else self.failover()
            self.stop(due)
            return self.judge(sender)
        finally:
            self.watch.over = True
            self.history.struck.set()
            for host in self.hosts:
                host.speed_up()
                if host.process is not None and host.process.poll() is None:
                    host.kill_all()
                cable(host.name, "up")
            call("DeleteQueue", self.url)


class Config:
    def __init__(self, options):
        self.seed, self.messages, self.only = options.seed, options.messages, options.only
        self.brief, self.real = options.brief, options.real
        self.limits, self.hosts = REAL if options.real else QUICK, options.hosts
        servers = pathlib.Path(os.environ["SERVERS_DIR"])
        self.work = servers / "hosts"
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir()
        self.log, self.programs, key = self.work / "log", self.work / "bin", self.work / "key"
        self.first, self.standby = str(servers / "postgres"), str(servers / "standby")
        os.environ["PGHOST"] = self.standby
        self.session, self.ticker, self.fresh = Session(self.standby), Ticker(), True
        self.queue = Network(os.environ["AWS_ENDPOINT_URL_SQS"], "10.93.1.1")
        self.programs.mkdir()
        shutil.copy(options.pipeline, self.programs / "sqs2pg")
        shutil.copytree(pathlib.Path(options.pipeline).parent / "pipeline", self.programs / "pipeline")
        for name in PROGRAMS:
            (self.programs / name).symlink_to(shutil.which(name))
        subprocess.run(["pii-keygen", "-q", str(key)], check=True, stderr=subprocess.DEVNULL)
        self.environment = dict(
            os.environ, AWS_ENDPOINT_URL_SQS="http://10.93.1.1:%d" % self.queue.port, PGHOST="10.93.1.2,10.93.1.3",
            PGPORT="5432", PGTARGETSESSIONATTRS="read-write", SQS2PG_TABLE="user_logins", SQS2PG_KEY_FILE=str(key),
            SQS2PG_PULL_OPTIONS="--wait 1" + self.limits["pull"], SQS2PG_LOAD_OPTIONS="--linger 20ms" + self.limits["load"], no_proxy="*")

    def ask(self, verb):
        subprocess.run([self.hosts, verb], check=True, stdout=subprocess.DEVNULL)

    def begin(self):
        """Start a new pair after a failover."""
        if not self.fresh:
            self.ask("pair")
            self.session.end()
        self.fresh = False
        self.log.write_bytes(b"")
        self.queue.skewed = 0
        subprocess.run(["psql", "-qX", "-h", self.first, "-v", "ON_ERROR_STOP=1", "-c", TABLE], check=True,
                       capture_output=True)


def tell(one, counts, options, seconds):
    faults = one.history.faults
    print("round %d of seed %d, %s: %s in %.1f s: %s" % (
        one.number, options.seed, one.kind, "FAILED" if faults else "ok", seconds,
        " ".join("%s=%d" % pair for pair in counts.items())))
    for line in (one.done if options.verbose or faults else []) + one.told + faults[:20]:
        print("  %s" % line)
    if faults and options.mutant is None:
        print("  to repeat: scripts/chaos.sh --hosts --seed %d --first %d --rounds 1 --messages %d --only %s%s" % (
            options.seed, one.number, options.messages, one.kind, "".join(" --" + name for name in ("brief", "real") if getattr(options, name))))
        print("".join("  | %s\n" % line for line in one.config.log.read_text(errors="replace").splitlines()[-30:]), end="")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--messages", type=int, default=1500)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--mutant")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--hosts", required=True)
    parser.add_argument("--pipeline", required=True)
    options = parser.parse_args()
    config, failed = Config(options), 0
    for number in range(options.first, options.first + options.rounds):
        one, counts, began = Round(number, config), {}, time.monotonic()
        try:
            counts = one.run()
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            one.fault("the round failed: %s" % error)
        tell(one, counts, options, time.monotonic() - began)
        failed += bool(one.history.faults)
        if failed and options.mutant is not None:
            print("mutant %s: found in round %d: %s" % (options.mutant, number, one.history.faults[0]))
            sys.exit(0)
    if options.mutant is not None:
        print("mutant %s: NOT found in %d rounds" % (options.mutant, options.rounds))
        sys.exit(1)
    print("%d passed, %d failed" % (options.rounds - failed, failed))
    sys.exit(1 if failed else 0)


main()
