#!/usr/bin/env python3
"""Run every program with the Nth call of a kind failing (inject.c), for N from 1 until no call
fails.

    inject.py --library FILE --man FOLDER [--each K] [--case NAME]... [--from NAME] [--kind KIND]... [--at N]
              [--jobs J] [--split T] [--state FILE] [--verbose]

Needs running servers of scripts/servers.sh. Without --each every N is tried; in a whole pipeline up
to Case.most. Where a kind has more calls, it tries the first and the last of each distinct chain of
callers that ends in the code of the program, and every STEPth. "tried" in the summary says how
many. --each K limits them to K for each case, kind and error. Each ends with a clean run, by an N
past the last call.

J units run in parallel, a unit being a case, a kind and an error. With --split, T threads share the Ns of
each: for the malloc of a case whose runs mostly wait.

With --state, FILE keeps each finished unit: a case, a kind and an error. A later run with the same
FILE skips them and adds their figures to its own (inject_state.py).

judge() below and judge() of each case (inject_pii.py and so on) say what must hold after each
failure. Exits 0 only if all of it held.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import queue
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time

import inject_filters
import inject_kms
import inject_lambda
import inject_load
import inject_pii
import inject_sqs
import inject_state

CASES = inject_pii.CASES + inject_filters.CASES + inject_load.CASES + inject_sqs.CASES + inject_kms.CASES + inject_lambda.CASES
STEP, STACKS = 97, 300000
HEADER = 2048
# The possible failures of a call. With + all later ones fail, too.
HOW = {
    "malloc": ["ENOMEM", "ENOMEM+"],
    "read": ["EIO", "EINTR", "short", "EIO+", "short+"],
    "write": ["ENOSPC", "EIO+", "EINTR", "short", "short+"],
    "fsync": ["EIO"],
    "rename": ["ENOSPC"],
    "send": ["ECONNRESET", "EINTR", "short", "ECONNRESET+", "short+"],
    "recv": ["ECONNRESET", "EINTR", "short", "ECONNRESET+", "short+"],
    "open": ["EMFILE", "EMFILE+"],
    "poll": ["EINTR", "ENOMEM", "ENOMEM+"],
    "fork": ["EAGAIN", "EAGAIN+"],
    "pipe": ["EMFILE", "EMFILE+"],
    "close": ["EIO"],
    "stat": ["EIO"],
    "map": ["ENOMEM", "ENOMEM+"],
    "random": ["EIO+"],
}
# Functions of foreign libraries that die or hang outside of our control, with the reason and the
# upstream report. A run that ends so is excused, and printed. There is none now. Earlier ones:
#
# - libseccomp: when out of memory, seccomp_load follows a null pointer or one list forever, frees
#   twice, or leaves calls out. One such place: https://github.com/seccomp/libseccomp/issues/240.
#   lib/confine/call_filter.c calls it in a child, and takes only a program that it made twice.
# - libjq: jq_init and jq_compile end the process. That is documented: jq_set_nomem_handler.
#   lib/json/jq.c has a handler that leaves them.
# - libjq: a failed strdup is not noticed, up to a failed assertion. No report was found.
#   lib/json/jq_strdup.c leaves there, too.
# - OpenSSL since 3.2: OPENSSL_init_crypto waits for itself, to report a failed malloc.
#   https://github.com/openssl/openssl/issues/19334, and 32894 for a similar place.
#   lib/crypto/algorithms.c has a reserve of memory for it.
# - libpq: it misses the start of a COPY, and waits for it. No report was found. It continues once
#   there is memory; lib/pg/conn.c ends a connection where there is none for long.
FOREIGN = {}
# After these the run must be as good as one without.
HARMLESS = {(kind, how) for kind in ("read", "write", "send", "recv", "poll") for how in ("EINTR", "short", "short+")}
# For slow cases, when not all is tried.
OFTEN = ["malloc", "read", "write", "send", "recv", "fork"]
MESSAGE = re.compile(r"[\w-]+: (error|warning|hint|info|debug): \S.*[^.\s]$")
SUMMARY = re.compile(r"[\w-]+: \w+=\S+( \w+=\S+)*$")


def plain(err):
    """Return messages as text, also those that are JSON."""
    lines = []
    for line in err.splitlines():
        if line.startswith("{"):
            one = json.loads(line)
            level = "" if one["level"] == "summary" else one["level"] + ": "
            line = "%s: %s%s" % (one["program"], level, one["message"])
        lines.append(line)
    return "\n".join(lines)


class Result:
    """One run: the results of the program, and the failures injected."""

    def __init__(self, spec, status, out, err, state):
        self.spec = spec
        self.status, self.out, self.err = status, out, plain(err.decode("utf-8", "replace"))
        self.calls, self.hits, self.fd = struct.unpack("<QQq", state[:24])
        self.by_child = state[32] != 0
        self.begun = state[40] != 0
        self.trace = state[48:HEADER].split(b"\0")[0].decode("ascii", "replace")
        self.stacks = []

    def is_mute(self, program):
        """Return true when it printed no message, though other programs of its run may have."""
        return not self.out and (program + ": ") not in self.err

    def lines(self):
        """Return the whole lines of the output, and the text after the last."""
        whole, newline, piece = self.out.rpartition(b"\n")
        return (whole + newline).splitlines(), piece


class Runner:
    def __init__(self, options):
        self.options = options
        self.documented = {}
        self.running = set()
        self.lock = threading.Lock()

    def statuses(self, case):
        """Return the statuses in the manual pages of the programs of the case."""
        if case.name not in self.documented:
            pages = [self.options.man.joinpath(one + ".1").read_text(encoding="utf-8") for one in case.documented()]
            self.documented[case.name] = {int(one) for page in pages for one in re.findall(r"^\.It (\d+)$", page, re.M)}
        return self.documented[case.name]

    def run(self, case, spec, stacks=0):
        """Run the case once under ${spec}, KIND:HOW:N."""
        state = case.directory / "state"
        with open(state, "wb") as file:
            file.truncate(HEADER + 8 * stacks)
            file.seek(24)
            file.write(struct.pack("<Q", stacks))
        command = case.fresh()
        environment = dict(os.environ, **case.environment, LD_PRELOAD=str(self.options.library),
                           LD_INJECT="%s:%s" % (case.program, spec), LD_INJECT_STATE=str(state))
        with open(case.input(), "rb") as given:
            process = subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       env=environment, cwd=case.directory, start_new_session=True)
            self.running.add(process)
            # A run that never ends usually keeps its processor busy.
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(process.pid, resource.RLIMIT_CPU, (case.longest_cpu_s, case.longest_cpu_s))
            try:
                out, err = process.communicate(timeout=case.longest_s)
                status = process.returncode
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                out, err = process.communicate()
                status = None
            self.running.discard(process)
        content = state.read_bytes()
        result = Result(spec, status, out, err, content)
        if stacks:
            count = min(result.calls, stacks)
            result.stacks = struct.unpack("<%dQ" % count, content[HEADER:HEADER + 8 * count])
        return result

    def kill(self):
        """End all runs: one that hangs would keep the server from dropping its database."""
        for process in list(self.running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def judge(self, case, kind, how, result):
        """Return the errors of the run: a list of sentences."""
        program, wrong, status = case.program, [], result.status
        if status is None:
            return ["does not end in %d s" % case.longest_s]
        if status < 0 or status > 128:
            wrong.append("ends by a signal: %d" % status)
        elif status not in self.statuses(case):
            wrong.append("ends %d, which %s(1) does not have" % (status, "(1), ".join(case.documented())))
        for line in result.err.splitlines():
            if not MESSAGE.match(line) and not SUMMARY.match(line):
                wrong.append("a malformed message: %.200s" % line)
        mute = kind == "write" and (result.fd == 2 or how.endswith("+"))
        if status not in (0, 1) and not mute and ": error: " not in result.err:
            wrong.append("ends %s without a message" % status)
        for secret in case.secrets():
            if secret in result.err:
                wrong.append("a message has a secret: %s" % secret[:12])
        if (kind, how) in HARMLESS and status != case.clean_status and not case.may_matter(kind):
            wrong.append("ends %s where nothing was lost" % status)
        if result.hits == 0 and status != case.clean_status:
            wrong.append("ends %s though nothing failed" % status)
        whole = status == case.clean_status
        return wrong + case.judge(result, whole)


def chosen(result, each, most):
    """Return the Ns to try, from a run that recorded the callers of all its calls."""
    numbers = range(1, result.calls + 1)
    if each is None and result.calls <= most:
        return list(numbers)
    ends = collections.OrderedDict()
    for number, stack in enumerate(result.stacks, 1):
        ends.setdefault(stack, [number, number])[1] = number
    if each is None:
        picked = {one for stack, pair in ends.items() if stack & 1 for one in pair} | set(numbers[::STEP])
        return sorted(picked | set(numbers[len(result.stacks):]))
    # The program itself must handle its own calls: half of the Ns are of these.
    own = [pair[0] for stack, pair in ends.items() if stack & 1]
    foreign = [pair[0] for stack, pair in ends.items() if not stack & 1]
    half = spread(own, each - each // 2 if foreign else each)
    return sorted(half + spread(foreign, each - len(half)))


def spread(numbers, count):
    """Return COUNT of them, spread evenly, with the first and the last."""
    if len(numbers) <= count or count <= 0:
        return numbers if count > 0 else []
    return [numbers[at * (len(numbers) - 1) // max(count - 1, 1)] for at in range(count)]


class Work:
    """The runs of one case in one thread, and its helpers, which share them."""

    def __init__(self, runner, make, slot, helpers=0):
        self.runner, self.options = runner, runner.options
        self.case = make(self.options.work / ("%s-%s" % (make.name, slot)))
        self.violations, self.runs, self.excused = [], 0, []
        self.helpers = [Work(runner, make, "%s-%d" % (slot, number)) for number in range(helpers)]

    def end(self):
        for work in self.helpers:
            work.end()
        self.case.end()

    def some(self, kind, how, numbers):
        """Try numbers of a queue until it is empty; return the highest that was reached."""
        highest = 0
        with contextlib.suppress(queue.Empty):
            while True:
                number = numbers.get_nowait()
                if self.one(kind, how, number):
                    highest = max(highest, number)
        return highest

    def every(self, kind, how, numbers):
        """Try these numbers, with the helpers; return the highest that was reached."""
        waiting = queue.SimpleQueue()
        for number in numbers:
            waiting.put(number)
        with concurrent.futures.ThreadPoolExecutor(1 + len(self.helpers)) as pool:
            tried = [pool.submit(work.some, kind, how, waiting) for work in [self, *self.helpers]]
            highest = max(one.result() for one in tried)
        for work in self.helpers:
            self.violations += work.violations
            self.runs += work.runs
            self.excused += work.excused
            work.violations, work.runs, work.excused = [], 0, []
        return highest

    def one(self, kind, how, number):
        """Return true when the Nth call was reached."""
        base, lasting = how.rstrip("+"), how.endswith("+")
        spec = "%s:%s:%d%s" % (kind, base, number, "+" if lasting else "")
        result = self.runner.run(self.case, spec)
        wrong = self.runner.judge(self.case, kind, how, result)
        self.runs += 1
        if self.options.verbose:
            print("  %s %s: %s %s" % (self.case.name, spec, result.status, result.err.strip()), flush=True)
        died = result.status is None or result.status < 0 or result.status > 128 or result.is_mute(self.case.program)
        excuse = next((one for one in FOREIGN if died and one in result.trace), None)
        if wrong:
            word, why = ("EXCUSED", FOREIGN[excuse]) if excuse else ("VIOLATION", "; ".join(wrong))
            told = "%s %s %s: %s\n    %s\n%s" % (
                word, self.case.name, spec, why, result.trace, "".join("    | %s\n" % line for line in result.err.splitlines()[-5:]))
            print(told, end="", flush=True)
            (self.excused if excuse else self.violations).append(told)
        return result.hits > 0

    def kind(self, kind, how, clean):
        """Try one kind with one error; return the highest N reached, and the number tried."""
        options = self.options
        each = 1 if options.each and self.case.heavy else options.each
        numbers = [options.at] if options.at else chosen(clean, each, self.case.most)
        highest = self.every(kind, how, numbers)
        # Other answers may lead to other calls: continue to the first that is never made.
        number = clean.calls + 1
        while not (options.each and self.case.heavy) and options.at is None and self.one(kind, how, number):
            highest, number = number, number + 1
            if number > clean.calls + 1000:
                raise RuntimeError("%s %s:%s has no end" % (self.case.name, kind, how))
        return highest, len(numbers)

    def clean(self, kind):
        clean = self.runner.run(self.case, kind + ":EIO:0", STACKS)
        wrong = self.runner.judge(self.case, kind, "", clean)
        if not clean.begun:
            raise RuntimeError("%s never starts %s with the library" % (self.case.name, self.case.program))
        if wrong:
            raise RuntimeError("%s fails by itself: %s\n%s" % (self.case.name, "; ".join(wrong), clean.err))
        for work in self.helpers:
            work.clean(kind)
        return clean


class Total:
    """Collect and print the results of the jobs, then the highest N of each program."""

    def __init__(self):
        self.began, self.violations, self.runs, self.excused, self.before = time.monotonic(), 0, 0, 0, 0
        self.highest = collections.defaultdict(dict)

    def add(self, unit, before=False):
        """Add a finished unit, a dictionary. ${before}: of an earlier run with the same state."""
        self.violations += len(unit["violations"])
        self.runs += unit["runs"]
        self.excused += len(unit["excused"])
        self.before += unit["runs"] if before else 0
        of_program = self.highest[unit["program"]]
        of_program[unit["kind"]] = max(unit["highest"], of_program.get(unit["kind"], 0))
        if before:
            print("".join(unit["violations"] + unit["excused"]), end="")
        if unit["calls"]:
            print("%-13s %-6s %-11s calls=%d tried=%s highest=%d runs=%d violations=%d excused=%d%s" % (
                unit["case"], unit["kind"], unit["how"], unit["calls"],
                "every" if unit["tried"] == unit["calls"] else unit["tried"], unit["highest"], unit["runs"],
                len(unit["violations"]), len(unit["excused"]), " before" if before else ""), flush=True)

    def end(self):
        for program, kinds in sorted(self.highest.items()):
            print("highest N of %s: %s" % (program, " ".join("%s=%d" % one for one in kinds.items() if one[1])))
        print("inject: runs=%d violations=%d excused=%d seconds=%.0f%s" % (
            self.runs, self.violations, self.excused, time.monotonic() - self.began,
            " before=%d" % self.before if self.before else ""))
        return 0 if self.runs and not self.violations else 1


def jobs_of(makers, options):
    """Return (case, kind, errors): the work of one thread, with an environment of its own."""
    for make in makers:
        for kind in options.kind or HOW:
            if options.each and make.heavy and kind not in OFTEN:
                continue
            # The many calls of malloc are shared among threads.
            if kind == "malloc" and not options.each:
                yield from ((make, kind, [how]) for how in HOW[kind])
            else:
                yield make, kind, HOW[kind]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", type=pathlib.Path, required=True)
    parser.add_argument("--man", type=pathlib.Path, required=True)
    parser.add_argument("--each", type=int)
    parser.add_argument("--case", action="append")
    parser.add_argument("--from", dest="first")
    parser.add_argument("--kind", action="append", choices=list(HOW))
    parser.add_argument("--at", type=int)
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--split", type=int, default=1)
    parser.add_argument("--state", type=pathlib.Path)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    names = [make.name for make in CASES]
    if not {*(options.case or []), options.first or names[0]} <= set(names):
        parser.error("the cases are " + " ".join(names))
    if options.state and options.at:
        parser.error("--state keeps whole units, and --at is a part of one")
    options.case = options.case or names[names.index(options.first or names[0]):]
    return options


def main():
    options = arguments()
    options.work = pathlib.Path(os.environ["SERVERS_DIR"]) / "inject"
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir()
    runner, total = Runner(options), Total()
    state = inject_state.State(options.state, options.library, options.each)

    def finish(work, kind, how, calls, highest, tried):
        unit = {"case": work.case.name, "program": work.case.program, "kind": kind, "how": how, "calls": calls,
                "highest": highest, "tried": tried, "runs": work.runs, "violations": work.violations,
                "excused": work.excused}
        work.violations, work.runs, work.excused = [], 0, []
        with runner.lock:
            total.add(unit)
            state.keep(unit)

    def job(slot, make, kind, hows):
        work = Work(runner, make, slot, options.split - 1)
        try:
            clean = work.clean(kind)
            for how in hows:
                highest, tried = work.kind(kind, how, clean)
                finish(work, kind, how, clean.calls, highest, tried)
        finally:
            work.end()

    def cut(signum, frame):
        runner.kill()
        print("inject: cut short; the results so far follow")
        total.end()
        sys.stdout.flush()
        os._exit(1)

    signal.signal(signal.SIGTERM, cut)
    makers = [make for name in options.case for make in CASES if make.name == name]
    left = []
    for make, kind, hows in jobs_of(makers, options):
        done = [how for how in hows if state.has(make.name, kind, how)]
        for how in done:
            total.add(state.unit(make.name, kind, how), before=True)
        if len(done) < len(hows):
            left.append((make, kind, [how for how in hows if how not in done]))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for one in concurrent.futures.as_completed([pool.submit(job, slot, *what) for slot, what in enumerate(left)]):
            one.result()
    sys.exit(total.end())


if __name__ == "__main__":
    main()
