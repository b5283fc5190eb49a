"""The bench under real conditions: TLS, each request answered after a delay, the database at some
distance. The groups have the form of those in rows.py. All of them, five rounds, take about twenty
minutes:

    scripts/bench.sh --only network,network-pull,network-ack,network-database,network-latency
"""

import os
import pathlib
import subprocess
import sys
import time

from bench import HERE, check

DELAYS = (0, 5, 20, 80)


def far(bench, count, delay):
    bench.control("reset?count=%d&delay=%d" % (count, delay))


class Network:
    name = "network"
    by_name_only = True
    title = ("The whole pipeline with TLS, messages per second from the first receive to the last delete, each "
             "request answered after the given milliseconds")
    ratios = [("sqs2pg, 20 ms", "sqs-consumer and pg in Node, 8 consumers, 20 ms", 14),
              ("sqs2pg, 20 ms", "take-home in Python, 20 ms", 110)]
    limits = []
    requests = {}

    @classmethod
    def cells(cls, bench):
        bench.serve()
        peers = str(HERE / "peers")

        def whole(name, count, delay, command, consumers=8, **more):
            bench.new_table()
            far(bench, count, delay)
            environment = dict(bench.secure(), CONSUMERS=str(consumers), **more)
            done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
            check(done.returncode == 0, "%s ended with %d" % (command[0], done.returncode))
            stats = bench.control("stats")
            check(stats["deleted"] == count, "%d of %d messages were deleted" % (stats["deleted"], count))
            bench.rows_loaded(count)
            cls.requests[name] = 1000000 * stats["requests"] / count
            return count / stats["seconds"]

        def row(name, delay, full, command, **more):
            name = "%s, %d ms" % (name, delay)
            count = bench.count(full)
            return (name, "messages/s", lambda: whole(name, count, delay, command, **more))

        node = ["node", str(pathlib.Path(bench.node) / "consumer.js")]
        python = [bench.python, peers + "/asyncio_peer.py"]
        best = {"SQS2PG_PULL_OPTIONS": "-j 64", "SQS2PG_ACK_OPTIONS": "-j 64"}
        cells = []
        for delay in DELAYS:
            some = 400000 // (delay + 40)
            cells += [
                row("sqs2pg", delay, 200000 if delay < 80 else 100000, ["sqs2pg"]),
                row("sqs-consumer and pg in Node, 8 consumers", delay, some, node),
                row("sqs-consumer and pg in Node, 64 consumers", delay, 2 * some, node, consumers=64),
            ]
        cells += [
            row("sqs2pg -j 64", 20, 200000, ["sqs2pg"], **best),
            row("asyncio in Python, 8 consumers", 20, 4000, python),
            row("asyncio in Python, 64 consumers", 20, 4000, python, consumers=64),
            row("take-home in Python", 20, 1000, [bench.python, peers + "/takehome.py"]),
        ]
        last = [name for name, _, _ in cells if "20 ms" in name]
        return cells + [("requests a million: " + name, "requests", lambda name=name: cls.requests[name])
                        for name in last]


class NetworkPull:
    name = "network-pull"
    by_name_only = True
    title = "Receiving with TLS, messages per second of wall time, start-up included"
    ratios = [("sqs-pull, 20 ms", "sqs-pull -j 64, 20 ms", 0.9)]
    limits = []

    @staticmethod
    def cells(bench):
        bench.serve()

        def pull(count, delay, *command):
            far(bench, count, delay)
            path = bench.work / "out"
            began = time.monotonic()
            with open(path, "wb") as out:
                check(subprocess.run(command, env=bench.secure(), stdout=out, check=False).returncode == 0,
                      "%s failed" % command[0])
            seconds = time.monotonic() - began
            check(bench.control("stats")["given"] == count, "messages are left")
            path.unlink()
            return count / seconds

        def row(name, delay, full, *command):
            count = bench.count(full)
            return ("%s, %d ms" % (name, delay), "messages/s",
                    lambda: pull(count, delay, *[part.replace("COUNT", str(count)) for part in command]))

        receive = [bench.python, str(HERE / "peers" / "receive.py"), "COUNT"]
        return [cell for delay in DELAYS for cell in (
            row("sqs-pull", delay, 40000, "sqs-pull", "-n", "COUNT"),
            row("sqs-pull -j 64", delay, 40000, "sqs-pull", "-n", "COUNT", "-j", "64"),
            row("boto3 receive_message", delay, 1000, *receive))]


class NetworkAck:
    name = "network-ack"
    by_name_only = True
    title = "Deleting with TLS, messages per second of wall time, start-up included"
    ratios = [("sqs-ack, 20 ms", "sqs-ack -j 64, 20 ms", 0.9)]
    limits = []

    @staticmethod
    def cells(bench):
        bench.serve()

        def delete(count, delay, *command):
            verdicts = bench.verdicts(count)
            bench.control("delay?ms=%d" % delay)
            began = time.monotonic()
            with open(verdicts, "rb") as given:
                check(subprocess.run(command, env=bench.secure(), stdin=given, stdout=subprocess.DEVNULL,
                                     check=False).returncode == 0, "%s failed" % command[0])
            seconds = time.monotonic() - began
            check(bench.control("stats")["deleted"] == count, "messages are left")
            verdicts.unlink()
            return count / seconds

        def row(name, delay, full, *command):
            count = bench.count(full)
            return ("%s, %d ms" % (name, delay), "messages/s", lambda: delete(count, delay, *command))

        return [cell for delay in DELAYS for cell in (
            row("sqs-ack", delay, 40000, "sqs-ack"),
            row("sqs-ack -j 64", delay, 40000, "sqs-ack", "-j", "64"),
            row("boto3 delete_message_batch", delay, 1000, bench.python, str(HERE / "peers" / "delete.py")))]


class NetworkDatabase:
    name = "network-database"
    by_name_only = True
    title = "pg-load with the database at the given distance in milliseconds, rows per second, 60,000 masked records"
    ratios = []
    limits = []

    @staticmethod
    def cells(bench):
        count = bench.count(60000)
        masked = bench.masked(count)
        upstream = "%s/.s.PGSQL.%s" % (os.environ["PGHOST"], os.environ.get("PGPORT", "5432"))

        def load(delay, *command):
            folder = bench.work / "far"
            folder.mkdir(exist_ok=True)
            path = folder / ".s.PGSQL.5432"
            path.unlink(missing_ok=True)
            bench.new_table()
            with subprocess.Popen([sys.executable, str(HERE / "delay.py"), str(path), upstream, str(delay)]) as proxy:
                while not path.exists():
                    time.sleep(0.05)
                environment = dict(bench.environment, PGHOST=str(folder), PGPORT="5432")
                began = time.monotonic()
                with open(masked, "rb") as given:
                    status = subprocess.run(command, env=environment, stdin=given, stdout=subprocess.DEVNULL,
                                            check=False).returncode
                seconds = time.monotonic() - began
                proxy.terminate()
            check(status == 0, "%s failed" % command[0])
            bench.rows_loaded(count)
            return count / seconds

        execute = [bench.python, str(HERE / "peers" / "execute_values.py")]
        return [("%s, %d ms" % (name, delay), "rows/s", lambda delay=delay, command=command: load(delay, *command))
                for delay in (0, 1, 5)
                for name, command in (("pg-load", ["pg-load", "-t", "user_logins"]),
                                      ("psycopg2 execute_values", execute))]


class NetworkLatency:
    name = "network-latency"
    by_name_only = True
    title = ("One message under --follow with TLS and 20 ms a request, from sent to committed and deleted, "
             "milliseconds, 50 messages a round")
    ratios = []
    limits = []

    @staticmethod
    def cells(bench):
        bench.serve()
        took = []

        def follow():
            bench.new_table()
            far(bench, 0, 20)
            took.clear()
            process = subprocess.Popen(["sqs2pg", "--follow"], env=bench.secure(), stdout=subprocess.DEVNULL)
            for turn in range(50):
                time.sleep(0.1 if turn else 2.0)
                began = bench.control("add?count=1")["now"]
                while (stats := bench.control("stats"))["deleted"] <= turn:
                    check(stats["now"] - began < 10, "the message was not deleted in 10 s")
                    time.sleep(0.005)
                took.append(1000 * (stats["ended"] - began))
            process.terminate()
            check(process.wait() == 0, "sqs2pg --follow failed")
            took.sort()
            return took[len(took) // 2]

        return [("sqs2pg --follow, p50", "ms", follow),
                ("sqs2pg --follow, p99", "ms", lambda: took[-1])]


GROUPS = [Network, NetworkPull, NetworkAck, NetworkDatabase, NetworkLatency]
