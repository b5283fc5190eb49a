"""What the bench measures: one class a group of rows, and the servers and files they share."""

import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SEED = 20261121
TABLE = """CREATE TABLE user_logins (user_id varchar(128), device_type varchar(32), masked_ip varchar(256),
 masked_device_id varchar(256), locale varchar(32), app_version integer, create_date date)"""


class Failed(Exception):
    """A side did not do its work."""


def check(condition, what):
    if not condition:
        raise Failed(what)


class Bench:
    """Files made from the seed, the load server, and how to run and to weigh a command."""

    def __init__(self, options):
        self.bin = pathlib.Path(options.bin).resolve()
        self.work = pathlib.Path(options.work).resolve()
        self.python, self.node, self.scale = options.python, options.node, options.scale
        self.server = None
        self.environment = dict(os.environ, TMPDIR=str(self.work), AWS_ACCESS_KEY_ID="bench",
                                AWS_SECRET_ACCESS_KEY="bench", AWS_REGION="us-east-1",
                                AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true",
                                AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")
        self.environment["PATH"] = "%s:%s:%s" % (
            self.bin, pathlib.Path(self.python).parent, os.environ["PATH"])

    def __enter__(self):
        self.key = self.work / "key"
        self.environment.update(SQS2PG_TABLE="user_logins", SQS2PG_KEY_FILE=str(self.key))
        if not self.key.exists():
            self.run(["pii-keygen", str(self.key)], stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        if self.server is not None:
            self.server.terminate()
            self.server.wait()

    def count(self, full):
        return max(full * self.scale // 100, 100)

    # ---- files

    def made(self, name, command, given=None):
        """A file of the work folder, made by the command once."""
        path = self.work / name
        if not path.exists():
            with open(given or os.devnull, "rb") as source, open(str(path) + ".part", "wb") as file:
                subprocess.run(command, stdin=source, stdout=file, env=self.environment, check=True)
            os.rename(str(path) + ".part", path)
        return path

    def records(self, count):
        return self.made("records-%d" % count, ["python3", str(HERE / "data.py"), str(SEED), str(count)])

    def masked(self, count):
        return self.made("masked-%d" % count, ["pii-mask", "-q", "-k", str(self.key)], self.records(count))

    # ---- commands

    def run(self, command, given=None, **more):
        """Run it to its end; its resource usage and wall time."""
        with open(given or os.devnull, "rb") as source:
            began = time.monotonic()
            more.setdefault("stdout", subprocess.DEVNULL)
            with subprocess.Popen(command, stdin=source, env=self.environment, **more) as process:
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
        check(process.returncode == 0, "%s ended with %d" % (command[0], process.returncode))
        usage_s = usage.ru_utime + usage.ru_stime
        return usage_s, time.monotonic() - began, usage.ru_maxrss / 1024

    def lines_through(self, command, given):
        """CPU seconds of a filter that must give a line for each line."""
        path = self.work / "out"
        with open(path, "wb") as out:
            cpu = self.run(command, given, stdout=out)[0]
        lines = count_lines(path)
        path.unlink()
        check(lines == count_lines(given), "%s lost lines" % command[0])
        return cpu

    def sql(self, text):
        done = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-c", text], env=self.environment,
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def new_table(self):
        self.sql("DROP TABLE IF EXISTS user_logins, user_logins_ledger, user_logins_errors")
        self.sql(TABLE)
        self.sql("CHECKPOINT")

    def rows_loaded(self, count):
        check(int(self.sql("SELECT count(*) FROM user_logins")) == count, "rows are missing")

    # ---- the load server

    def serve(self):
        if self.server is not None:
            return
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        folder = self.work / "nginx"
        folder.mkdir(exist_ok=True)
        shutil.copy(self.made("bodies", ["python3", str(HERE / "data.py"), "--bodies", str(SEED), "10000"]),
                    folder / "bodies.txt")
        text = (HERE / "server" / "nginx.conf").read_text(encoding="ascii")
        for name, value in (("PORT", str(port)), ("DIR", str(folder)), ("HERE", str(HERE / "server"))):
            text = text.replace(name, value)
        (folder / "nginx.conf").write_text(text, encoding="ascii")
        self.server = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")],
                                       stderr=subprocess.DEVNULL)
        self.address = "http://127.0.0.1:%d" % port
        self.environment.update(SQS_QUEUE_URL=self.address + "/000000000000/bench",
                                AWS_ENDPOINT_URL_SQS=self.address)
        for _ in range(100):
            try:
                self.control("stats")
                return
            except OSError:
                time.sleep(0.1)
        raise Failed("the load server does not answer")

    def verdicts(self, count):
        """A file of verdicts on so many messages that the server has just handed out."""
        self.control("reset?count=%d" % count)
        path = self.work / "verdicts"
        with open(path, "wb") as out:
            pulled = subprocess.Popen(["sqs-pull", "-n", str(count)], env=self.environment,
                                      stdout=subprocess.PIPE)
            subprocess.run(["sed", 's/"body":.*/"status":"committed"}/'], stdin=pulled.stdout, stdout=out,
                           check=True)
            check(pulled.wait() == 0, "sqs-pull failed")
        return path

    def control(self, path):
        with urllib.request.urlopen("%s/%s" % (self.address, path), timeout=10) as answer:
            return json.load(answer)


def count_lines(path):
    lines = 0
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            lines += block.count(b"\n")
    return lines


class Mask:
    name = "mask"
    title = "Masking, records per CPU second (user and system), 300,000 records"
    ratios = [("pii-mask, built-in policy", "Python loop", 12), ("pii-mask, hmac", "Python loop", 12),
              ("pii-mask, built-in policy", "jq", 20), ("pii-mask, hmac", "jq", 20)]
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


class Load:
    name = "load"
    title = "Loading, rows per second, 300,000 masked records, one connection"
    ratios = [("pg-load --no-ledger", "psql \\copy of TSV", 0.8),
              ("pg-load --no-ledger, verdicts into a file", "psql \\copy of TSV", 0.8),
              ("pg-load", "psql \\copy of TSV", 0.35),
              ("pg-load", "psycopg2 execute_values", 1)]
    limits = []

    @staticmethod
    def cells(bench):
        count = bench.count(300000)
        masked = bench.masked(count)
        rows = bench.work / ("rows-%d.tsv" % count)

        def load(*command, **more):
            bench.new_table()
            seconds = bench.run(list(command), masked, **more)[1]
            bench.rows_loaded(count)
            return count / seconds

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
            bench.new_table()
            seconds = bench.run(["psql", "-qX", "-c", "\\copy user_logins FROM '%s'" % rows])[1]
            bench.rows_loaded(count)
            return count / seconds

        return [
            ("psql \\copy of TSV", "rows/s", copy),
            ("pg-load --no-ledger", "rows/s", lambda: load("pg-load", "-t", "user_logins", "--no-ledger")),
            ("pg-load --no-ledger, verdicts into a file", "rows/s",
             lambda: load_to_file("pg-load", "-t", "user_logins", "--no-ledger")),
            ("pg-load", "rows/s", lambda: load("pg-load", "-t", "user_logins")),
            ("psycopg2 execute_values", "rows/s",
             lambda: load(bench.python, str(HERE / "peers" / "execute_values.py"))),
        ]


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
            bench.new_table()
            seconds = bench.run(["pg-load", "-t", "user_logins", "--jobs", str(jobs)], masked)[1]
            bench.rows_loaded(count)
            return count / seconds

        return [("pg-load --jobs %d" % jobs, "rows/s", lambda jobs=jobs: load(jobs)) for jobs in (1, 2, 4)]


class Pull:
    name = "pull"
    title = "Receiving, messages per CPU second, 200,000 messages (boto3: 20,000), start-up taken off"
    ratios = [("sqs-pull", "boto3 receive_message", 15), ("sqs-pull --protocol json", "boto3 receive_message", 15)]
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
            *[("sqs-pull -j %d" % jobs, "messages/CPU s", lambda jobs=jobs: pull(many, "-j", str(jobs)))
              for jobs in (1, 2)],
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
            *[("sqs-ack -j %d" % jobs, "messages/CPU s", lambda jobs=jobs: delete(many, "sqs-ack", "-j", str(jobs)))
              for jobs in (1, 8)],
        ]


class Whole:
    name = "whole"
    title = ("The whole pipeline, messages per second, from the first receive to the last delete, "
             "100,000 messages (take-home and Node: 20,000, shell: 100)")
    ratios = [("sqs2pg", "take-home in Python", 15), ("sqs2pg", "sqs-consumer and pg in Node", 8)]
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
    title = "Peak resident memory, MiB, at 10,000 and 1,000,000 records"
    ratios = []
    limits = [("pii-mask, 1,000,000", 32), ("pg-load, 1,000,000", 64), ("sqs-pull, 1,000,000", 32),
              ("sqs-ack, 1,000,000", 32)]

    @staticmethod
    def cells(bench):
        bench.serve()

        def mask(count):
            return bench.run(["pii-mask", "-k", str(bench.key)], bench.records(count))[2]

        def load(count):
            bench.new_table()
            return bench.run(["pg-load", "-t", "user_logins"], bench.masked(count))[2]

        def pull(count):
            bench.control("reset?count=%d" % count)
            return bench.run(["sqs-pull", "-n", str(count)])[2]

        def ack(count):
            verdicts = bench.verdicts(count)
            memory = bench.run(["sqs-ack"], verdicts)[2]
            check(bench.control("stats")["deleted"] == count, "sqs-ack left messages")
            verdicts.unlink()
            return memory

        sizes = [(bench.count(10000), "10,000"), (bench.count(1000000), "1,000,000")]
        return [("%s, %s" % (name, label), "MiB", lambda run=run, size=size: run(size))
                for name, run in (("pii-mask", mask), ("pg-load", load), ("sqs-pull", pull), ("sqs-ack", ack))
                for size, label in sizes]


class Latency:
    name = "latency"
    title = "One message under --follow, from sent to committed and deleted, milliseconds, the median of 20 a round"
    ratios = []
    limits = [("sqs2pg --follow", 500)]

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


GROUPS = [Mask, Load, Jobs, Pull, Ack, Whole, Start, Memory, Latency]
