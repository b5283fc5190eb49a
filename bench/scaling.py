"""Measure our programs with more connections, larger batches and longer streams, in groups without
a peer. They have the form of those in rows.py. flat lists cells whose largest figure may exceed the
smallest only by a factor."""

import os
import subprocess

from bench import HERE, check, count_lines


class Jobs:
    name = "jobs"
    title = "Loading by several connections, rows per second, 300,000 masked records"
    ratios = []
    limits = []

    @staticmethod
    def cells(bench):
        count = bench.count(300000)
        masked = bench.masked(count)

        def load(jobs):
            return bench.load(["pg-load", "-t", "user_logins", "--jobs", str(jobs)], masked, count)

        return [("pg-load --jobs %d" % jobs, "rows/s", lambda jobs=jobs: load(jobs)) for jobs in (1, 2, 4)]


class Parallel:
    name = "parallel"
    title = "Receiving and deleting with several requests at once, messages per second, 100,000 messages"
    ratios = []
    limits = []

    @staticmethod
    def cells(bench):
        bench.serve()
        count = bench.count(100000)

        def pull(jobs):
            bench.control("reset?count=%d" % count)
            path = bench.work / "out"
            with open(path, "wb") as out:
                seconds = bench.run(["sqs-pull", "-n", str(count), "-j", str(jobs)], stdout=out)[1]
            check(count_lines(path) == count, "sqs-pull lost messages")
            path.unlink()
            return count / seconds

        def delete(jobs):
            verdicts = bench.verdicts(count)
            seconds = bench.run(["sqs-ack", "-j", str(jobs)], verdicts)[1]
            check(bench.control("stats")["deleted"] == count, "sqs-ack left messages")
            verdicts.unlink()
            return count / seconds

        return [("%s -j %d" % (name, jobs), "messages/s", lambda run=run, jobs=jobs: run(jobs))
                for name, run in (("sqs-pull", pull), ("sqs-ack", delete)) for jobs in (1, 2, 4)]


class Batch:
    name = "batch"
    title = "Loading in batches of different size, with ledger, rows per second, 300,000 masked records"
    ratios = []
    limits = []

    @staticmethod
    def cells(bench):
        count = bench.count(300000)
        masked = bench.masked(count)

        def load(*more):
            return bench.load(["pg-load", "-t", "user_logins", *more], masked, count)

        return [
            *[("pg-load --batch-rows %d" % rows, "rows/s", lambda rows=rows: load("--batch-rows", str(rows)))
              for rows in (100, 1000, 5000)],
            ("pg-load as it comes: 20,000 or 8 MiB", "rows/s", load),
            ("pg-load --batch-rows 100000 --batch-bytes 128M", "rows/s",
             lambda: load("--batch-rows", "100000", "--batch-bytes", "128M")),
        ]


# A file holds at most FILE records; repeat() prints them again for more.
FILE = 1000000
# Small inputs are repeated until they take a measurable time.
LEAST, FIRST = 200000, 1000


def words(number):
    return "{:,d}".format(number)


class Scaling:
    """Measure the CPU microseconds of a program for a record, at different lengths of its input.
    The cost of the first thousand is subtracted each time. It covers the start-up, that of jq for
    the filters of a map, and the memory that pg-load takes first for its batches."""

    def __init__(self, bench):
        self.bench = bench

    def cost(self, count, run):
        """${run} takes the number of records, and returns the CPU seconds it took."""
        count, times = max(count, 10 * FIRST), max(self.bench.count(LEAST) // count, 1)
        took = sum(run(count) - run(FIRST) for _ in range(times))
        return 1e6 * took / (times * (count - FIRST))

    def through(self, command, count, file_of):
        """Run a filter over COUNT records: those of a file, repeated, each time with other ids."""
        whole = self.bench.count(FILE)
        path, repeats = file_of(min(count, whole)), count // whole
        if repeats <= 1:
            return self.bench.run(command, path)[0]
        with subprocess.Popen(["python3", str(HERE / "repeat.py"), str(path), str(repeats)],
                              stdout=subprocess.PIPE) as source:
            return self.bench.run(command, "/dev/fd/%d" % source.stdout.fileno())[0]

    def mask(self, count):
        return self.through(["pii-mask", "-k", str(self.bench.key)], count, self.bench.records)

    def load(self, count):
        bench = self.bench
        bench.new_table()
        cpu = self.through(["pg-load", "-t", "user_logins"], count, bench.masked)
        bench.rows_loaded(count)
        return cpu

    def pull(self, count):
        self.bench.control("reset?count=%d" % count)
        return self.bench.run(["sqs-pull", "-n", str(count)])[0]

    def ack(self, count):
        bench = self.bench
        verdicts = bench.verdicts(count)
        cpu = bench.run(["sqs-ack"], verdicts)[0]
        check(bench.control("stats")["deleted"] == count, "sqs-ack left messages")
        verdicts.unlink()
        return cpu

    def cells(self, programs, sizes):
        return [("%s, %s" % (name, words(size)), "us/record",
                 lambda run=run, size=size: self.cost(self.bench.count(size), run))
                for name, run in programs for size in sizes]


def flat(programs, sizes):
    return [(name, ["%s, %s" % (name, words(size)) for size in sizes], 1.1) for name in programs]


class Scale:
    name = "scale"
    title = "What a record costs in longer and longer streams, CPU microseconds, start-up taken off"
    ratios = []
    limits = []
    sizes = (10000, 100000, 1000000)
    flat = flat(("pii-mask", "pg-load", "sqs-pull", "sqs-ack"), sizes)

    @classmethod
    def cells(cls, bench):
        bench.serve()
        made = Scaling(bench)
        return made.cells((("pii-mask", made.mask), ("pg-load", made.load), ("sqs-pull", made.pull),
                           ("sqs-ack", made.ack)), cls.sizes)


class Millions:
    name = "millions"
    title = "The same for a million and for ten million records"
    ratios = []
    limits = []
    sizes = (1000000, 10000000)
    flat = flat(("pii-mask", "pg-load"), sizes)
    by_name_only = True

    @classmethod
    def cells(cls, bench):
        made = Scaling(bench)
        return made.cells((("pii-mask", made.mask), ("pg-load", made.load)), cls.sizes)


GROUPS = [Jobs, Parallel, Batch, Scale, Millions]
