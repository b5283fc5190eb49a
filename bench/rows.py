"""The groups of the bench with peers, and those with a limit: one class a group. Each has a name, a
title and cells (name, unit, a function that measures it once). It may have ratios (ours, theirs, at
least) and limits (cell, at most). Cells in flat have a largest figure that may exceed the smallest
only by a factor. scaling.py has the groups without peers."""

import json
import pathlib
import statistics
import subprocess
import time

from bench import HERE, check, count_lines


class Mask:
    name = "mask"
    title = "Masking, records per CPU second (user and system), 300,000 records"
    ratios = [("pii-mask, built-in policy", "Python loop", 12), ("pii-mask, hmac", "Python loop", 12),
              ("pii-mask, built-in policy", "jq", 28), ("pii-mask, hmac", "jq", 28)]
    limits = []

    @staticmethod
    def cells(bench):
        count = bench.count(300000)
        records = bench.records(count)

        def cell(name, *command):
            return (name, "records/CPU s", lambda: count / bench.lines_through(list(command), records))

        mask = ["pii-mask", "-k", str(bench.key)]
        return [
            cell("pii-mask, built-in policy", *mask),
            cell("pii-mask, hmac", *mask, "-m", ".ip=hmac:masked_ip", "-m", ".device_id=hmac:masked_device_id"),
            cell("Python loop", "python3", str(HERE / "peers" / "mask_loop.py")),
            cell("jq", "jq", "-c", '.body.ip="x"|.body.device_id="y"'),
            cell("cat: what the copy costs", "cat"),
        ]


class Unwrap:
    name = "unwrap"
    title = "The event out of SNS's envelope, records per CPU second (user and system), 100,000 records"
    ratios = [("sqs-unwrap", "Python loop, json.loads twice", 12)]
    limits = []

    @staticmethod
    def cells(bench):
        count = bench.count(100000)
        wrapped = bench.made("wrapped-%d" % count, ["python3", str(HERE / "peers" / "wrap.py")], bench.records(count))

        def cell(name, *command):
            return (name, "records/CPU s", lambda: count / bench.run(list(command), wrapped)[0])

        return [
            cell("sqs-unwrap", "sqs-unwrap"),
            cell("Python loop, json.loads twice", "python3", str(HERE / "peers" / "unwrap_loop.py")),
        ]


class Scan:
    name = "scan"
    title = "Looking for personal values, records per CPU second (user and system), 100,000 records"
    ratios = [("pii-scan", "Python loop, a regular expression for each kind", 20)]
    limits = []

    @staticmethod
    def cells(bench):
        count = bench.count(100000)
        records = bench.records(count)

        def cell(name, *command):
            return (name, "records/CPU s", lambda: count / bench.run(list(command), records)[0])

        return [
            cell("pii-scan", "pii-scan", "--json"),
            cell("Python loop, a regular expression for each kind", "python3", str(HERE / "peers" / "scan_loop.py")),
        ]


class Load:
    name = "load"
    title = "Loading, rows per second, 300,000 masked records, one connection"
    ratios = [("pg-load --no-ledger", "psql \\copy of TSV", 0.9),
              ("pg-load --no-ledger, verdicts into a file", "psql \\copy of TSV", 0.9),
              ("pg-load", "psql \\copy of TSV", 0.5),
              ("pg-load", "psycopg2 execute_values", 1)]
    limits = []

    @staticmethod
    def cells(bench):
        count = bench.count(300000)
        masked = bench.masked(count)
        rows = bench.work / ("rows-%d.tsv" % count)

        def load(*command, **more):
            return bench.load(command, masked, count, **more)

        def load_to_file(*command):
            path = bench.work / "verdicts"
            with open(path, "wb") as out:
                speed = load(*command, stdout=out)
            check(count_lines(path) == count, "verdicts are missing")
            path.unlink()
            return speed

        def copy():
            if not rows.exists():
                load("pg-load", "-t", "user_logins", "--no-ledger")
                bench.sql("\\copy user_logins TO '%s'" % rows)
            return bench.load(["psql", "-qX", "-c", "\\copy user_logins FROM '%s'" % rows], None, count)

        return [
            ("psql \\copy of TSV", "rows/s", copy),
            ("pg-load --no-ledger", "rows/s", lambda: load("pg-load", "-t", "user_logins", "--no-ledger")),
            ("pg-load --no-ledger, verdicts into a file", "rows/s",
             lambda: load_to_file("pg-load", "-t", "user_logins", "--no-ledger")),
            ("pg-load", "rows/s", lambda: load("pg-load", "-t", "user_logins")),
            ("psycopg2 execute_values", "rows/s",
             lambda: load(bench.python, str(HERE / "peers" / "execute_values.py"))),
        ]


class Upsert:
    name = "upsert"
    title = ("Updating or inserting by a key, rows per second, 100,000 masked records, half of whose rows are known, "
             "one connection")
    ratios = [("pg-load --upsert", "execute_values, ON CONFLICT DO UPDATE", 4),
              ("pg-load --upsert, no ledger", "execute_values, ON CONFLICT DO UPDATE", 4)]
    limits = []
    table = """CREATE TABLE %s (user_id varchar(128) PRIMARY KEY, device_type varchar(32), masked_ip varchar(256),
 masked_device_id varchar(256), locale varchar(32), app_version varchar(32), changed timestamptz)"""

    @classmethod
    def known(cls, bench, masked):
        """Keep the rows of every second record, with an older time, beside the table."""
        if bench.sql("SELECT to_regclass('known')"):
            return
        half = bench.made("half-%s" % masked.name, ["awk", "NR % 2"], masked)
        path = bench.work / "known.map"
        path.write_text("".join("%s .body.%s\n" % (name, name) for name in (
            "user_id", "device_type", "masked_ip", "masked_device_id", "locale", "app_version")) +
            "changed $sqs.sent_at | \"2026-01-01T00:00:00Z\"\n", encoding="ascii")
        bench.sql(cls.table % "known")
        bench.run(["pg-load", "-t", "known", "--no-ledger", "--map", str(path)], half)
        (bench.work / "states.map").write_text(
            path.read_text(encoding="ascii").replace(" | \"2026-01-01T00:00:00Z\"", ""), encoding="ascii")

    @classmethod
    def cells(cls, bench):
        count = bench.count(100000)
        masked = bench.masked(count)

        def upsert(*command):
            cls.known(bench, masked)
            bench.sql("DROP TABLE IF EXISTS states, states_ledger, states_errors")
            bench.sql(cls.table % "states")
            bench.sql("INSERT INTO states TABLE known ORDER BY changed")
            bench.sql("VACUUM ANALYZE states")
            bench.sql("CHECKPOINT")
            seconds = bench.run(command, masked)[1]
            check(bench.sql("SELECT count(*), count(*) FILTER (WHERE changed > '2026-02-01') FROM states") ==
                  "%d|%d" % (count, count), "rows are missing")
            return count / seconds

        ours = ["pg-load", "-t", "states", "--map", str(bench.work / "states.map"), "--upsert", "user_id",
                "--newer", "changed"]
        return [
            ("pg-load --upsert", "rows/s", lambda: upsert(*ours)),
            ("pg-load --upsert, no ledger", "rows/s", lambda: upsert(*ours, "--no-ledger")),
            ("execute_values, ON CONFLICT DO UPDATE", "rows/s",
             lambda: upsert(bench.python, str(HERE / "peers" / "execute_values_upsert.py"))),
        ]


class Pull:
    name = "pull"
    title = "Receiving, messages per CPU second, 200,000 messages (boto3: 20,000), start-up taken off"
    ratios = [("sqs-pull", "boto3 receive_message", 16), ("sqs-pull --protocol json", "boto3 receive_message", 16)]
    limits = []

    @staticmethod
    def cells(bench):
        bench.serve()
        many, few = bench.count(200000), bench.count(20000)

        def pull(count, *more):
            bench.control("reset?count=%d" % count)
            path = bench.work / "out"
            with open(path, "wb") as out:
                cpu = bench.run(["sqs-pull", "-n", str(count), *more], stdout=out)[0]
            check(count_lines(path) == count, "sqs-pull lost messages")
            path.unlink()
            return count / cpu

        def boto3():
            program = [bench.python, str(HERE / "peers" / "receive.py")]
            start = bench.run([*program, "0"])[0]
            bench.control("reset?count=%d" % few)
            cpu = bench.run([*program, str(few)])[0]
            check(bench.control("stats")["given"] == few, "boto3 lost messages")
            return few / (cpu - start)

        return [
            ("sqs-pull", "messages/CPU s", lambda: pull(many)),
            ("sqs-pull --protocol json", "messages/CPU s", lambda: pull(many, "--protocol", "json")),
            ("boto3 receive_message", "messages/CPU s", boto3),
        ]


class Ack:
    name = "ack"
    title = "Deleting, messages per CPU second, 100,000 verdicts (boto3: 20,000), start-up taken off"
    ratios = [("sqs-ack", "boto3 delete_message_batch", 1), ("sqs-ack --protocol json", "boto3 delete_message_batch", 1)]
    limits = []

    @staticmethod
    def cells(bench):
        bench.serve()
        many, few = bench.count(100000), bench.count(20000)

        def delete(count, *command):
            start = bench.run(list(command))[0]
            verdicts = bench.verdicts(count)
            cpu = bench.run(list(command), verdicts)[0]
            stats = bench.control("stats")
            check(stats["deleted"] == count and stats["repeated"] == 0, "%s left messages" % command[0])
            verdicts.unlink()
            return count / (cpu - start)

        return [
            ("sqs-ack", "messages/CPU s", lambda: delete(many, "sqs-ack")),
            ("sqs-ack --protocol json", "messages/CPU s", lambda: delete(many, "sqs-ack", "--protocol", "json")),
            ("sqs-ack --print", "messages/CPU s", lambda: delete(many, "sqs-ack", "--print")),
            ("boto3 delete_message_batch", "messages/CPU s",
             lambda: delete(few, bench.python, str(HERE / "peers" / "delete.py"))),
        ]


class Whole:
    name = "whole"
    title = ("The whole pipeline, messages per second, from the first receive to the last delete, "
             "100,000 messages (take-home and Node: 20,000, shell: 100)")
    ratios = [("sqs2pg", "take-home in Python", 20), ("sqs2pg", "sqs-consumer and pg in Node", 12)]
    limits = []

    @staticmethod
    def cells(bench):
        bench.serve()
        many, some, few = bench.count(100000), bench.count(20000), 100

        def whole(count, *command):
            bench.new_table()
            bench.control("reset?count=%d" % count)
            bench.run(list(command))
            stats = bench.control("stats")
            check(stats["deleted"] == count, "%d of %d messages were deleted" % (stats["deleted"], count))
            bench.rows_loaded(count)
            return count / stats["seconds"]

        return [
            ("sqs2pg", "messages/s", lambda: whole(many, "sqs2pg")),
            ("take-home in Python", "messages/s",
             lambda: whole(some, bench.python, str(HERE / "peers" / "takehome.py"))),
            ("sqs-consumer and pg in Node", "messages/s",
             lambda: whole(some, "node", str(pathlib.Path(bench.node) / "consumer.js"))),
            ("aws-cli, jq and psql in shell", "messages/s",
             lambda: whole(few, str(HERE / "peers" / "shell.sh"))),
        ]


class Start:
    name = "start"
    title = "Start-up (--version), milliseconds, the median of 20 starts a round"
    programs = ["sqs-pull", "pii-mask", "pii-unmask", "pii-keygen", "pg-load", "sqs-ack", "sqs-send"]
    ratios = []
    limits = [(program, 15) for program in programs]

    @classmethod
    def cells(cls, bench):
        def start(program):
            return 1000 * statistics.median(bench.run([program, "--version"])[1] for _ in range(20))

        return [(program, "ms", lambda program=program: start(program)) for program in cls.programs]


class Memory:
    name = "memory"
    title = "Peak resident memory, MiB, at 10,000, 100,000 and 1,000,000 records"
    ratios = []
    limits = [("pii-mask, 1,000,000", 32), ("pg-load, 1,000,000", 64), ("sqs-pull, 1,000,000", 32),
              ("sqs-ack, 1,000,000", 32)]
    flat = [(name, ["%s, 100,000" % name, "%s, 1,000,000" % name], 1.1)
            for name in ("pii-mask", "pg-load", "sqs-pull", "sqs-ack")]

    @staticmethod
    def cells(bench):
        bench.serve()

        def mask(count):
            return bench.peak(["pii-mask", "-k", str(bench.key)], bench.records(count))

        def load(count):
            bench.new_table()
            return bench.peak(["pg-load", "-t", "user_logins"], bench.masked(count))

        def pull(count):
            bench.control("reset?count=%d" % count)
            return bench.peak(["sqs-pull", "-n", str(count)])

        def ack(count):
            verdicts = bench.verdicts(count)
            memory = bench.peak(["sqs-ack"], verdicts)
            check(bench.control("stats")["deleted"] == count, "sqs-ack left messages")
            verdicts.unlink()
            return memory

        sizes = [(bench.count(10 ** power), label)
                 for power, label in ((4, "10,000"), (5, "100,000"), (6, "1,000,000"))]
        return [("%s, %s" % (name, label), "MiB", lambda run=run, size=size: run(size))
                for name, run in (("pii-mask", mask), ("pg-load", load), ("sqs-pull", pull), ("sqs-ack", ack))
                for size, label in sizes]


class Latency:
    name = "latency"
    title = "One message under --follow, from sent to committed and deleted, milliseconds, the median of 20 a round"
    ratios = []
    limits = [("sqs2pg --follow", 300)]

    @staticmethod
    def cells(bench):
        bench.serve()

        def follow():
            bench.new_table()
            bench.control("reset?count=0")
            process = subprocess.Popen(["sqs2pg", "--follow"], env=bench.environment,
                                       stdout=subprocess.DEVNULL)
            took = []
            for turn in range(20):
                time.sleep(0.3 if turn else 1.0)
                began = bench.control("add?count=1")["now"]
                while (stats := bench.control("stats"))["deleted"] <= turn:
                    check(stats["now"] - began < 10, "the message was not deleted in 10 s")
                    time.sleep(0.005)
                took.append(1000 * (stats["ended"] - began))
            process.terminate()
            check(process.wait() == 0, "sqs2pg --follow failed")
            bench.rows_loaded(20)
            return statistics.median(took)

        return [("sqs2pg --follow", "ms", follow)]


class Function:
    name = "lambda"
    title = ("An invocation of sqs-lambda, warm, through AWS's emulator of the runtime interface, milliseconds, "
             "the median of 20 a round")
    ratios = []
    limits = [("sqs-lambda, 10 messages", 30), ("sqs-lambda, 1,000 messages", 150)]
    turns = 20

    @staticmethod
    def event(bodies, turn):
        """Return an event of messages that no earlier invocation had."""
        return json.dumps({"Records": [
            {"messageId": "m-%d-%d" % (turn, at), "receiptHandle": "h-%d-%d" % (turn, at), "body": body,
             "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1763715600123",
                            "SenderId": "bench", "ApproximateFirstReceiveTimestamp": "1763715600456"},
             "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs", "awsRegion": "us-east-1",
             "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:bench"}
            for at, body in enumerate(bodies)]}).encode()

    @classmethod
    def cells(cls, bench):
        with open(bench.records(bench.count(100000)), encoding="utf-8") as file:
            lines = [json.loads(next(file)) for _ in range(1000)]
        bodies = [body if isinstance(body, str) else json.dumps(body) for body in (line["body"] for line in lines)]

        def invocations(count):
            bench.new_table()
            with bench.function() as invoke:
                took = []
                for turn in range(cls.turns + 1):
                    event = cls.event(bodies[:count], turn)
                    began = time.monotonic()
                    answer = invoke(event)
                    took.append(1000 * (time.monotonic() - began))
                    check(json.loads(answer) == {"batchItemFailures": []}, "sqs-lambda left messages")
            bench.rows_loaded((cls.turns + 1) * count)
            return statistics.median(took[1:])  # the first one starts the pipeline

        return [("sqs-lambda, 10 messages", "ms", lambda: invocations(10)),
                ("sqs-lambda, 1,000 messages", "ms", lambda: invocations(1000))]


GROUPS = [Unwrap, Mask, Scan, Load, Upsert, Pull, Ack, Whole, Start, Memory, Latency, Function]
