"""Shared by the groups of the bench: files made from the seed, the servers, and measured commands."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SEED = 20261121
TABLE = """CREATE TABLE user_logins (user_id varchar(128), device_type varchar(32), masked_ip varchar(256),
 masked_device_id varchar(256), locale varchar(32), app_version integer, create_date date)"""


class Failed(Exception):
    """A side did not complete its work."""


def check(condition, what):
    if not condition:
        raise Failed(what)


def number(value):
    """Return a figure as it is shown."""
    return "%.3g" % value if value < 1000 else "{:,.0f}".format(value)


class Bench:
    """Files made from the seed, the load server, and ways to run and measure a command."""

    def __init__(self, options):
        self.bin = pathlib.Path(options.bin).resolve()
        self.work = pathlib.Path(options.work).resolve()
        self.python, self.node, self.scale = options.python, options.node, options.scale
        self.emulator = options.emulator
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
        """Return a file of the work folder, which the command makes once."""
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
        """Run it to its end; return its CPU and wall time in seconds."""
        with open(given or os.devnull, "rb") as source:
            began = time.monotonic()
            more.setdefault("stdout", subprocess.DEVNULL)
            with subprocess.Popen(command, stdin=source, env=self.environment, **more) as process:
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
        check(process.returncode == 0, "%s ended with %d" % (command[0], process.returncode))
        usage_s = usage.ru_utime + usage.ru_stime
        return usage_s, time.monotonic() - began

    def peak(self, command, given=None):
        """Return the maximum of its resident memory in MiB. For our own child the system would
        report at least our own memory, so a smaller program is its parent."""
        path = self.work / "peak"
        self.run(["/usr/bin/time", "-q", "-f", "%M", "-o", str(path), *command], given)
        return int(path.read_text(encoding="ascii")) / 1024

    def lines_through(self, command, given):
        """Return the CPU seconds of a filter that must give a line for each line."""
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

    def load(self, command, given, count, **more):
        """Return the rows per second of a command that loads COUNT rows into a new table."""
        self.new_table()
        seconds = self.run(command, given, **more)[1]
        self.rows_loaded(count)
        return count / seconds

    # ---- the load server

    def serve(self):
        if self.server is not None:
            return
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            other.bind(("127.0.0.1", 0))
            port, secure = one.getsockname()[1], other.getsockname()[1]
        folder = self.work / "nginx"
        folder.mkdir(exist_ok=True)
        self.certificate = folder / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", str(folder / "key.pem"), "-out", str(self.certificate), "-days", "30",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
                       stderr=subprocess.DEVNULL, check=True)
        shutil.copy(self.made("bodies", ["python3", str(HERE / "data.py"), "--bodies", str(SEED), "10000"]),
                    folder / "bodies.txt")
        text = (HERE / "server" / "nginx.conf").read_text(encoding="ascii")
        for name, value in (("PLAIN", str(port)), ("SECURE", str(secure)), ("DIR", str(folder)), ("HERE", str(HERE / "server"))):
            text = text.replace(name, value)
        (folder / "nginx.conf").write_text(text, encoding="ascii")
        self.server = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")],
                                       stderr=subprocess.DEVNULL)
        self.address = "http://127.0.0.1:%d" % port
        self.secure_address = "https://127.0.0.1:%d" % secure
        self.environment.update(self.endpoint(self.address))
        for _ in range(100):
            try:
                self.control("stats")
                return
            except OSError:
                time.sleep(0.1)
        raise Failed("the load server does not answer")

    @staticmethod
    def endpoint(address):
        """Return the variables that name the load server to every side."""
        return {"SQS_QUEUE_URL": address + "/000000000000/bench", "AWS_ENDPOINT_URL_SQS": address}

    def secure(self):
        """Return the environment of a side that uses TLS."""
        return dict(self.environment, **self.endpoint(self.secure_address), AWS_CA_BUNDLE=str(self.certificate),
                    NODE_EXTRA_CA_CERTS=str(self.certificate))

    @contextlib.contextmanager
    def function(self):
        """Start sqs-lambda behind the emulator; yield a function that invokes it."""
        bootstrap = self.work / "bootstrap"
        bootstrap.write_text("#!/bin/sh\nexec sqs-lambda\n", encoding="ascii")
        bootstrap.chmod(0o755)
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            other.bind(("127.0.0.1", 0))
            ports = [each.getsockname()[1] for each in (one, other)]
        url = "http://127.0.0.1:%d/2015-03-31/functions/function/invocations" % ports[0]
        with subprocess.Popen(
                [self.emulator, "--log-level", "error", "--runtime-interface-emulator-address",
                 "127.0.0.1:%d" % ports[0], "--runtime-api-address", "127.0.0.1:%d" % ports[1], str(bootstrap)],
                env=dict(self.environment, AWS_LAMBDA_FUNCTION_TIMEOUT="60"), stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL) as process:
            until = time.monotonic() + 30
            while True:
                try:
                    socket.create_connection(("127.0.0.1", ports[0])).close()
                    break
                except OSError:
                    check(time.monotonic() < until and process.poll() is None, "the emulator did not start")
                    time.sleep(0.01)
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

            def invoke(event):
                with opener.open(url, event, timeout=60) as answer:
                    return answer.read()

            try:
                yield invoke
            finally:
                process.terminate()

    def verdicts(self, count):
        """Return a file of verdicts on COUNT messages that the server has just handed out."""
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
