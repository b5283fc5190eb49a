#!/usr/bin/env python3
"""Run sqs2pg --follow over many messages, and measure its programs meanwhile; scripts/soak.sh
starts it.

    soak.py --bin FOLDER --pipeline FILE --work FOLDER [--messages N] [--rate R] [--every SECONDS]
            [--plot FILE.svg]

Every few seconds it takes a sample: the resident memory and the descriptors of each program, the
keys and the bytes of the ledger, and the WAL. It prints a table of some samples. It compares the
first quarter of them with the last, from 100,000 messages on, when all caches are full. Memory may
grow by a tenth, descriptors not at all. WAL a row and bytes of the ledger a key may grow by fifteen
hundredths. The last line is `N passed, N failed`. Exits 0 only if none failed.
"""

import argparse
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# pylint: disable=wrong-import-position
from bench import Bench, Failed, check  # noqa: E402

PROGRAMS = ("sqs-pull", "sqs-unwrap", "pii-mask", "pg-load", "sqs-ack", "sqs2pg")
WARM, ROWS = 100000, 12
STALLED_S = 60  # without a deleted message, the run has failed
LOOK = """SELECT pg_current_wal_insert_lsn() - '0/0', count(*), pg_total_relation_size('user_logins_ledger')
 FROM user_logins_ledger"""
SCRIPT = """set terminal svg size 900,760 font 'sans-serif,12' background '#ffffff'
set output '%(file)s'
set multiplot layout 3,1
set key outside right center
set grid lc rgb '#dddddd'
set xlabel 'thousands of messages'
set yrange [0:*]
$data << END
%(data)s
END
set ylabel 'resident, MiB'
plot %(memory)s
set ylabel 'descriptors'
plot %(descriptors)s
set ylabel 'bytes'
plot $data using 1:%(wal)d with lines lw 2 title 'WAL a row', '' using 1:%(ledger)d with lines lw 2 title 'ledger a key'
"""


class Look:
    """One sample."""

    def __init__(self, began, done, memory, descriptors, database):
        self.seconds, self.done = time.monotonic() - began, done
        self.memory, self.descriptors = memory, descriptors  # by program: MiB, number
        self.wal, self.keys, self.ledger = database


def stages(first):
    """Return process ids by program, of the descendants of the first."""
    found, children = {"sqs2pg": [first]}, {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            text = pathlib.Path("/proc", entry, "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        name, rest = text.split(" (", 1)[1].rsplit(") ", 1)
        children.setdefault(int(rest.split()[1]), []).append((int(entry), name))
    todo = [first]
    while todo:
        for pid, name in children.get(todo.pop(), ()):
            todo.append(pid)
            if name in PROGRAMS[:-1]:
                found.setdefault(name, []).append(pid)
    return found


def resident(pid):
    text = pathlib.Path("/proc/%d/status" % pid).read_text(encoding="utf-8", errors="replace")
    for line in text.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


def of_programs(first):
    """Return their memory and their descriptors, or None while one of them is ending."""
    try:
        found = stages(first)
        return ({name: sum(map(resident, pids)) for name, pids in found.items()},
                {name: sum(len(os.listdir("/proc/%d/fd" % pid)) for pid in pids) for name, pids in found.items()})
    except OSError:
        return None


class Soak:
    def __init__(self, bench, options):
        self.bench, self.options = bench, options
        self.looks, self.failed, self.passed = [], 0, 0

    def feed(self, given, seconds):
        """Return the number of messages sent to the queue so far."""
        due = self.options.messages
        if self.options.rate:
            due = min(due, int(self.options.rate * seconds))
        if due > given:
            self.bench.control("add?count=%d" % (due - given))
        return max(due, given)

    def look(self, process, began):
        """Take a sample; return the number of loaded messages."""
        done = self.bench.control("stats")["deleted"]
        if self.bench.sql("SELECT to_regclass('user_logins_ledger')") == "":
            return done
        database = [int(value) for value in self.bench.sql(LOOK).split("|")]
        seen = of_programs(process.pid)
        if seen is not None and all(name in seen[0] for name in PROGRAMS):
            self.looks.append(Look(began, done, *seen, database))
        return done

    def run(self):
        bench, messages, given, done = self.bench, self.options.messages, 0, 0
        bench.serve()
        bench.new_table()
        bench.control("reset?count=0")
        with open(bench.work / "soak.log", "wb") as log:
            process = subprocess.Popen([self.options.pipeline, "--follow"], env=bench.environment, stderr=log)
        try:
            began = time.monotonic()
            progress = began
            while done < messages:
                given = self.feed(given, time.monotonic() - began)
                before, done = done, self.look(process, began)
                progress = time.monotonic() if done > before else progress
                check(process.poll() is None, "sqs2pg has ended")
                check(time.monotonic() - progress < STALLED_S, "no message was deleted for %d s" % STALLED_S)
                time.sleep(self.options.every)
            process.send_signal(signal.SIGTERM)
            check(process.wait(60) == 0, "sqs2pg ended with %s" % process.returncode)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        bench.rows_loaded(messages)
        keys = int(bench.sql("SELECT count(*) FROM user_logins_ledger"))
        self.say(keys == messages, "%d keys in the ledger for %d messages" % (keys, messages))

    # ---- results

    def say(self, well, text):
        print("%s: %s" % ("ok" if well else "FAILED", text))
        self.passed, self.failed = self.passed + well, self.failed + (not well)

    def a_row(self, at):
        """Return the WAL of a row between two samples."""
        one, other = self.looks[at - 1], self.looks[at]
        return (other.wal - one.wal) / (other.keys - one.keys) if other.keys > one.keys else None

    def table(self):
        print("%8s %10s  %s  %s  %9s %9s %7s" % (
            "seconds", "messages", " ".join("%10s" % name for name in PROGRAMS),
            " ".join("%3s" % "fd" for _ in PROGRAMS), "keys", "ledger MB", "WAL/row"))
        step = max(1, len(self.looks) // ROWS)
        for at in range(step, len(self.looks), step):
            one, row = self.looks[at], self.a_row(at)
            print("%8.1f %10d  %s  %s  %9d %9.1f %7s" % (
                one.seconds, one.done, " ".join("%6.1f MiB" % one.memory[name] for name in PROGRAMS),
                " ".join("%3d" % one.descriptors[name] for name in PROGRAMS), one.keys, one.ledger / 1e6,
                "-" if row is None else "%.0f" % row))

    def judge(self):
        warm = [at for at, one in enumerate(self.looks) if one.done >= min(WARM, self.options.messages // 3)]
        quarter = len(warm) // 4
        check(quarter >= 3, "too few samples to judge: %d; more messages or a shorter --every gives more" % len(warm))
        first, last = warm[:quarter], warm[-quarter:]

        def compare(what, of, most, unit):
            sides = [[value for value in map(of, side) if value is not None] for side in (first, last)]
            check(all(sides), "nothing to compare: " + what)
            before, after = map(statistics.median, sides)
            self.say(after <= most * before, "%s: %.1f %s in the first quarter, %.1f in the last" % (
                what, before, unit, after))

        for name in PROGRAMS:
            compare("memory of " + name, lambda at, name=name: self.looks[at].memory[name], 1.1, "MiB")
            before, after = [max(self.looks[at].descriptors[name] for at in side) for side in (first, last)]
            self.say(after <= before, "descriptors of %s: %d at most in the first quarter, %d in the last" % (
                name, before, after))
        compare("WAL of a row", lambda at: self.a_row(at) if at else None, 1.15, "bytes")
        compare("ledger of a key", lambda at: self.looks[at].ledger / self.looks[at].keys, 1.15, "bytes")

    def plot(self, file):
        looks = [at for at in range(1, len(self.looks)) if self.a_row(at) is not None]
        rows = []
        for at in looks[::max(1, len(looks) // 400)]:
            one = self.looks[at]
            rows.append("%g %s %s %g %g" % (
                one.done / 1000, " ".join("%.2f" % one.memory[name] for name in PROGRAMS),
                " ".join("%d" % one.descriptors[name] for name in PROGRAMS), self.a_row(at), one.ledger / one.keys))
        count = len(PROGRAMS)

        def lines(start):
            return ", ".join("$data using 1:%d with lines lw 2 title '%s'" % (start + at, name)
                             for at, name in enumerate(PROGRAMS))

        script = SCRIPT % {"file": file, "data": "\n".join(rows), "memory": lines(2), "descriptors": lines(2 + count),
                           "wal": 2 + 2 * count, "ledger": 3 + 2 * count}
        subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main():
    parser = argparse.ArgumentParser()
    for name in ("bin", "pipeline", "work"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--messages", type=int, default=1000000)
    parser.add_argument("--rate", type=int, help="messages that come in a second; without it all are there")
    parser.add_argument("--every", type=float, default=0.5)
    parser.add_argument("--plot")
    options = parser.parse_args()
    options.python, options.node, options.scale, options.emulator = sys.executable, None, 100, None
    pathlib.Path(options.work).mkdir(exist_ok=True)
    with Bench(options) as bench:
        soak = Soak(bench, options)
        try:
            soak.run()
            soak.table()
            soak.judge()
        except Failed as failure:
            sys.exit("soak: error: %s" % failure)
        if options.plot:
            soak.plot(options.plot)
    print("%d passed, %d failed" % (soak.passed, soak.failed))
    sys.exit(1 if soak.failed else 0)


if __name__ == "__main__":
    main()
