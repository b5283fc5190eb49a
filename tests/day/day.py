#!/usr/bin/env python3
"""Run a day of faults and alerts. scripts/day.sh starts it with servers of its own, and has the
manual."""

import argparse
import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

from service import ROOT, Sender, Service, rows
from watch import Watch, until

sys.path.insert(0, str(ROOT / "tests" / "fault"))
# pylint: disable=wrong-import-position
from database import psql_until  # noqa: E402

FACTOR = 40
VISIBILITY_S = 15
RECEIVES = 10
DEAD_MAN_S = 900 / FACTOR
# The longest times for an alert to come and to go; the time of quiet where none may come.
RAISED_S, CLEARED_S, QUIET_S = 120, 150, 30


def say(text):
    print(text, flush=True)


def servers(command):
    subprocess.run(["bash", "-c", '. "$1" && ' + command, "day", str(ROOT / "scripts/servers.sh")], check=True)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Day:
    def __init__(self, folder):
        self.folder = folder
        self.lock = None
        self.notes = []
        script = str(ROOT / "scripts/servers.sh")
        self.script = script
        self.dead = output(script, "queue", "dead")
        self.queue = output(
            script, "queue", "logins", "VisibilityTimeout=%d" % VISIBILITY_S,
            'RedrivePolicy={"deadLetterTargetArn":"arn:aws:sqs:elasticmq:000000000000:dead","maxReceiveCount":"%d"}'
            % RECEIVES)
        psql_until("CREATE TABLE user_logins (user_id varchar(128), device_type varchar(32), masked_ip varchar(256),"
                   " masked_device_id varchar(256), locale varchar(32), app_version integer, create_date date)")
        (folder / "proxy").mkdir()
        with open(folder / "proxy.log", "wb") as log:
            self.proxy = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "python3", "-B", str(ROOT / "tests/lib/proxy.py"),
                 str(folder / "proxy"), os.environ["AWS_ENDPOINT_URL_SQS"]], stderr=log)
        port = until(60, lambda: (folder / "proxy/port").exists()) and (folder / "proxy/port").read_text("ascii")
        self.service = Service(folder, self.queue, FACTOR, "http://127.0.0.1:%s" % port.strip())
        self.watch = Watch(folder, folder / "figures", FACTOR)
        self.receivers = self.watch.receivers

    def mode(self, text):
        (self.folder / "proxy/mode").write_text(text + "\n", encoding="ascii")

    # ---- the faults: the fault and its repair ----

    def hold(self):
        """Keep the table locked by another transaction."""
        self.lock = subprocess.Popen(["psql", "-qX"], stdin=subprocess.PIPE, text=True)
        self.lock.stdin.write("BEGIN; LOCK TABLE user_logins;\n")
        self.lock.stdin.flush()

    def let_go(self):
        self.lock.stdin.close()
        self.lock.wait()

    def database_away(self):
        servers("servers_postgres_stop INT")

    def database_back(self):
        servers("servers_postgres_start")

    def too_long(self):
        self.service.restart(SQS2PG_MASK_OPTIONS="--max-record 32k")
        for number in range(5):
            self.sender.send({"user_id": "long%d" % number, "ip": "203.0.113.9", "device_id": "d",
                              "note": "x" * 60000})

    def longer_records(self):
        self.service.restart(SQS2PG_MASK_OPTIONS="--max-record 1M")

    def refused(self):
        """Send refused records among good ones: where all fail pg-load ends, as the map may be
        wrong."""
        for number in range(60):
            self.sender.send({"user_id": "good%d" % number, "ip": "203.0.113.8", "device_id": "d"})
            self.sender.send({"user_id": "bad%d" % number, "ip": "203.0.113.8", "device_id": "d",
                              "app_version": "version %d" % number})

    def without_address(self):
        self.sender.change = lambda event: {name: value for name, value in event.items() if name != "ip"}

    def as_ever(self):
        self.sender.change = None

    def slow(self):
        psql_until("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
                   " 'BEGIN PERFORM pg_sleep(0.12); RETURN NEW; END'")
        psql_until("CREATE TRIGGER slow BEFORE INSERT ON user_logins FOR EACH ROW EXECUTE FUNCTION slow()")
        for number in range(600):
            self.sender.send({"user_id": "burst%d" % number, "ip": "203.0.113.7", "device_id": "d"})

    def quick(self):
        psql_until("DROP FUNCTION slow CASCADE")

    def looks(self):
        """Look at messages too often, while the service is stopped for a moment."""
        self.service.stop()
        for number in range(5):
            self.sender.send({"user_id": "looked%d" % number, "ip": "203.0.113.6", "device_id": "d"})
        for _ in range(RECEIVES + 1):
            output("sqs-pull", "-q", "-Q", self.queue, "-j", "1", "-n", "100", "--wait", "0", "--empty", "1",
                   "--visibility-timeout", "0")
        until(20, lambda: output(self.script, "counts", self.dead) != "0 0 0")
        self.service.start()

    def frozen(self):
        """Freeze the machine with messages in flight, for longer than the visibility timeout;
        another takes them."""
        self.hold()
        time.sleep(3)
        self.service.signal(signal.SIGSTOP)
        self.let_go()
        time.sleep(VISIBILITY_S + 1)
        output("sqs-pull", "-q", "-Q", self.queue, "-n", "2000", "--wait", "0", "--empty", "1",
               "--visibility-timeout", "1")
        self.service.signal(signal.SIGCONT)

    def no_json(self):
        for number in range(300):
            self.sender.send("ip=203.0.113.5 user=%d" % number)

    def nothing(self):
        pass

    # Name: description, alert ("": none may come), fault, repair.
    FAULTS = {
        "long": ("five records are longer than --max-record", "Sqs2pgRejected", too_long, longer_records),
        "refused": ("sixty records are refused by the table", "Sqs2pgQuarantinedRising", refused, nothing),
        "missing": ("events come without their address", "Sqs2pgMissingValues", without_address, as_ever),
        "slow": ("a burst comes while a trigger takes 0.12 s a row", "Sqs2pgOldestMessageAge", slow, quick),
        "looks": ("messages are looked at eleven times", "Sqs2pgDeadLettersGrowing", looks, nothing),
        "frozen": ("the machine is frozen for 16 s", "Sqs2pgLeasesLost", frozen, nothing),
        "sealed": ("300 messages are no JSON", "Sqs2pgSealedFlood", no_json, nothing),
        "locked": ("the table is locked, pg-load waits", "Sqs2pgStalled", hold, let_go),
        "database": ("the database is down", "Sqs2pgFaults", database_away, database_back),
        "errors": ("every second request to SQS is answered 500", "Sqs2pgFaults",
                   lambda day: day.mode("fail 2 500"), lambda day: day.mode("")),
        "throttled": ("every third request to SQS is throttled", "",
                      lambda day: day.mode("error 3 RequestThrottled"), lambda day: day.mode("")),
        "killed": ("every process of the service is killed", "", lambda day: day.service.kill(), nothing),
        "silent": ("Alertmanager is down", "Sqs2pgDeadMan",
                   lambda day: day.watch.stop("alertmanager"), lambda day: day.watch.start("alertmanager")),
    }

    # ---- their effects ----

    def firing(self, alert, since):
        """Return the firing alerts; the dead man's alert fires when its signal is overdue."""
        if alert == "Sqs2pgDeadMan":
            last = max(told.at for told in self.receivers.told(0) if told.channel == "dead-man")
            return time.monotonic() - last > DEAD_MAN_S
        return any(told.alert == alert and told.status == "firing" for told in self.receivers.told(since))

    def resolved(self, alert, since):
        if alert == "Sqs2pgDeadMan":
            return any(told.channel == "dead-man" for told in self.receivers.told(since))
        return any(told.alert == alert and told.status == "resolved" for told in self.receivers.told(since))

    def settled(self):
        """Return true when nothing is firing or pending, and only the records of some seconds are
        pending."""
        return (until(CLEARED_S, lambda: not self.watch.alerts()) is not None
                and until(60, lambda: int(output(self.script, "counts", self.queue).split()[0]) < 60) is not None)

    def play(self, name):
        """Play one fault; return true when it went as expected; print a line of the table."""
        what, alert, inject, mend = self.FAULTS[name]
        start, raised, cleared = time.monotonic(), None, None
        inject(self)
        if alert:
            if until(RAISED_S, lambda: self.firing(alert, start)):
                raised = time.monotonic() - start
        else:
            time.sleep(QUIET_S)
        mended = time.monotonic()
        mend(self)
        if alert and until(CLEARED_S, lambda: self.resolved(alert, mended)):
            cleared = time.monotonic() - mended
        still = not self.settled()
        others = sorted({told.alert for told in self.receivers.told(start) if told.status == "firing"}
                        - {alert, "Sqs2pgDeadMan"})
        well = not others and not still and (not alert or (raised is not None and cleared is not None))
        ways = sorted({told.channel for told in self.receivers.told(start) if told.alert == alert})

        def seconds(value):
            return "%.0f" % value if value is not None else "-"
        say("| %s | %s | %s | %s | %s | %s |%s" % (
            what, alert or "none", seconds(raised), seconds(cleared), ", ".join(others) or "none",
            ", ".join(ways) or "-", "" if well else " **failed**"))
        return well

    def run(self, names):
        self.sender = Sender(self.queue)
        self.service.start()
        # A file is written every ten seconds, which these rules take for minutes: wait for the first
        # commits.
        committed = self.folder / "figures/logins-pg-load.prom"
        until(60, lambda: committed.exists() and re.search(r"last_success.* [1-9]", committed.read_text("utf-8")))
        for name in ("exporter", "alertmanager", "prometheus"):
            self.watch.start(name)
        # An hour and a half: some rules compare with an hour ago.
        time.sleep(5400 / FACTOR * (0.2 if "missing" not in names else 1))
        say("times of rules and routes divided by %d: %d of them" % (FACTOR, self.watch.times))
        say("")
        say("| fault | alert | s until it was sent | s until it was resolved | other alerts | channels |")
        say("|---|---|---|---|---|---|")
        early = {told.alert for told in self.receivers.told(0)} - {"Sqs2pgDeadMan"}
        if early:
            say("| before the first | none | - | - | %s | - | **failed**" % ", ".join(sorted(early)))
        results = [not early, *(self.play(name) for name in names)]
        results.append(self.judge())
        return results

    def judge(self):
        """Check that every event sent is stored once, and that none of the three reported an error."""
        self.sender.stop()
        left = until(90, lambda: output(self.script, "counts", self.queue) == "0 0 0")
        self.service.stop()
        loaded, errors = rows("user_logins"), rows("user_logins_errors")
        dead = int(output(self.script, "counts", self.dead).split()[0])
        complaints = self.watch.complaints()
        say("")
        say("%d sent: %d rows, %d error rows, %d dead letters; runs of the service that ended: %s" % (
            self.sender.sent, loaded, errors, dead, " ".join(map(str, self.service.statuses))))
        for line in complaints[:10]:
            say(line)
        return bool(left) and loaded + errors + dead == self.sender.sent and not complaints


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", metavar="NAME[,NAME...]")
    parser.add_argument("--picture", metavar="FILE", type=pathlib.Path)
    parser.add_argument("--keep", metavar="DIR", type=pathlib.Path)
    given = parser.parse_args()
    names = given.only.split(",") if given.only else list(Day.FAULTS)
    if not set(names) <= set(Day.FAULTS):
        parser.error("the faults are " + ", ".join(Day.FAULTS))
    with contextlib.ExitStack() as stack:
        folder = given.keep or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="day.")))
        folder.mkdir(exist_ok=True)
        folder = folder.resolve()
        start = time.time()
        day = Day(folder)
        stack.callback(day.proxy.kill)
        stack.callback(day.watch.stop_all)
        results = day.run(names)
        say("%.1f minutes" % ((time.time() - start) / 60))
        if given.picture:
            subprocess.run([str(ROOT / "scripts/dashboard.py"), day.watch.url, "%.0f" % start, "%.0f" % time.time(),
                            str(given.picture.absolute())], check=True)
    say("%d passed, %d failed" % (results.count(True), results.count(False)))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
