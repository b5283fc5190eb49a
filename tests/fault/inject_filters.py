"""The cases of sqs-unwrap, pii-scan, pg-suggest, rds-token and sqs2pg-read (see inject_case.py)."""

import base64
import gzip
import json
import re
import subprocess
import uuid

from inject_case import Case, login, prefix_of, record
from inject_pii import Mask

POLICY = ".user_id hmac\n.ip ipcrypt as masked_ip\n.device_id redact\n.device_type drop\ndetect email redact\n"


def sns(message):
    return json.dumps({"Type": "Notification", "MessageId": "8c4d1b2e-0000-4000-8000-000000000001",
                       "TopicArn": "arn:aws:sns:us-east-1:000000000000:t", "Message": message,
                       "Timestamp": "2026-11-21T09:00:00.123Z"})


class Unwrap(Case):
    """Each kind of layer, one of two layers, one that does not decode, an error record."""

    name, program = "unwrap", "sqs-unwrap"
    arguments = []

    def records(self):
        text = json.dumps(login(1))
        packed = base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
        event = {"version": "0", "id": "1", "detail-type": "t", "source": "s", "account": "0", "time": "t",
                 "region": "r", "resources": [], "detail": login(2)}
        cloud = {"specversion": "1.0", "type": "t", "source": "s", "id": "1", "data": login(3)}
        files = {"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": "canary-%d" % n}}} for n in range(3)]}
        bodies = [sns(text), event, cloud, files, text, packed, sns(packed), packed[:-9], '{"ip":"203.0.113.4"']
        return [record(n, body) for n, body in enumerate(bodies, 1)] + ["no json canary-5\n"]

    def prepare(self):
        self.write("input", "".join(self.records()))
        with open(self.input(), "rb") as given:
            self.clean = subprocess.run(self.fresh(), stdin=given, cwd=self.directory, check=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def judge(self, result, whole):
        wrong = prefix_of(result, self.clean)
        if whole and result.out != self.clean:
            wrong.append("ends well without all of its output")
        return wrong


class UnwrapEach(Unwrap):
    """Parts of two kinds of array, one empty and one that is none."""

    name = "unwrap-each"
    arguments = ["--json", ".text", "--each", ".events", "-v", "--log", "json"]

    def records(self):
        bodies = [{"text": json.dumps({"events": events})} for events in
                  ([login(1), sns(json.dumps(login(2)))], [], 5, [login(n, note="x" * 9000) for n in range(20)])]
        return [record(n, body) for n, body in enumerate(bodies, 1)]


class UnwrapLines(Unwrap):
    name = "unwrap-lines"
    arguments = ["--each", "lines"]

    def records(self):
        return [record(1, "\n".join(json.dumps(login(n)) for n in (1, 2, 3))), record(2, "")]


class MaskMetrics(Mask):
    """The metrics file, which a helper writes that is forked before the key is read."""

    name = "mask-metrics"
    arguments = ["-k", "key", "-p", "policy", "--metrics-file", "metrics"]

    def prepare(self):
        self.write("policy", POLICY)
        super().prepare()

    def records(self):
        return [record(n, login(n, note="canary.%d@example.com 203.0.113.%d" % (n, n))) for n in (1, 2, 3)]

    def judge(self, result, whole):
        wrong, metrics = super().judge(result, whole), self.directory / "metrics"
        if metrics.exists() and not metrics.read_text(encoding="ascii").endswith("\n"):
            wrong.append("the metrics file is cut")
        left_over = [one.name for one in self.directory.iterdir() if one.name.startswith((".metrics", "metrics."))]
        if set(left_over) - {"metrics.lock"}:
            wrong.append("leaves behind " + " ".join(left_over))
        return wrong


class MaskRewrap(Mask):
    """Masks of an old key become masks of the new one."""

    name = "mask-rewrap"
    arguments = ["-k", "key", "--rewrap"]

    def prepare(self):
        self.key()
        self.write("clear", "".join(self.records()))
        with open(self.directory / "clear", "rb") as given:
            masked = subprocess.run(["pii-mask", "-q", "-k", "key"], stdin=given, cwd=self.directory,
                                    check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        self.write("input", masked)
        subprocess.run(["pii-keygen", "-q", "--rotate", "key"], cwd=self.directory, check=True)
        self.clean = self.run_clean()

    def records(self):
        return [record(n, login(n)) for n in range(1, 4)]


class MaskMapping(Mask):
    """A mapping beside the output; each of its lines is whole, or the run fails."""

    name = "mask-mapping"
    arguments = ["-k", "key", "-m", ".ip=hmac", "-m", ".device_id=siv", "--mapping", "mapping"]

    def fresh(self):
        (self.directory / "mapping").unlink(missing_ok=True)
        return super().fresh()

    def prepare(self):
        super().prepare()
        self.complete = (self.directory / "mapping").read_bytes()

    def judge(self, result, whole):
        wrong, mapping = super().judge(result, whole), self.directory / "mapping"
        there = mapping.read_bytes() if mapping.exists() else b""
        if whole and there != self.complete:
            wrong.append("ends well without all of its mapping")
        if b"203.0.113." in there or b"canary-device" in there:
            wrong.append("the mapping has a clear value")
        return wrong


class UnmaskMapping(Mask):
    name, program = "unmask-mapping", "pii-unmask"
    arguments = ["-k", "key", "--mapping", "mapping", "--audit", "audit"]

    def prepare(self):
        self.key()
        self.write("clear", "".join(self.records()))
        with open(self.directory / "clear", "rb") as given:
            subprocess.run(["pii-mask", "-q", *MaskMapping.arguments], stdin=given, cwd=self.directory,
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.write("input", "")
        self.clean = self.run_clean()

    def fresh(self):
        (self.directory / "audit").unlink(missing_ok=True)
        return super().fresh()


class Scan(Case):
    name, program = "scan", "pii-scan"
    arguments = ["--json"]

    def prepare(self):
        self.write("policy", POLICY).chmod(0o600)
        self.write("input", "".join(record(n, login(n, mail="canary-%d@example.com" % n)) for n in range(1, 6)) +
                   "no json canary-5\n")
        with open(self.input(), "rb") as given:
            clean = subprocess.run(self.fresh(), stdin=given, cwd=self.directory, check=False, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        self.clean, self.clean_status = clean.stdout, clean.returncode

    def judge(self, result, whole):
        wrong = prefix_of(result, self.clean)
        if whole and result.out != self.clean:
            wrong.append("ends well without all of its output")
        return wrong


class ScanSuggest(Scan):
    name, arguments = "scan-suggest", ["--suggest"]


class ScanPolicy(Scan):
    name, arguments = "scan-policy", ["-p", "policy"]


class Suggest(Scan):
    name, program, arguments = "suggest", "pg-suggest", ["-t", "user_logins"]


class SuggestFolder(Scan):
    """Two files: both, or none of them."""

    name, program = "suggest-folder", "pg-suggest"

    def fresh(self):
        self.folder = self.directory / uuid.uuid4().hex
        self.folder.mkdir()
        return [self.program, "-t", "user_logins", "-o", str(self.folder)]

    def files(self):
        return {one.name: one.read_bytes() for one in self.folder.iterdir()}

    def prepare(self):
        super().prepare()
        self.complete = self.files()

    def judge(self, result, whole):
        wrong, found = super().judge(result, whole), self.files()
        if not found.items() <= self.complete.items():
            wrong.append("leaves behind %s" % " ".join(sorted(found)))
        if whole and found != self.complete:
            wrong.append("ends well without all of its files")
        return wrong


class RdsToken(Case):
    """Credentials of a profile, and the settings of a file."""

    name, program = "rds-token", "rds-token"
    arguments = ["--hostname", "db.abc.eu-west-1.rds.amazonaws.com", "--username", "loader", "--settings", "settings"]
    token = re.compile(rb"db\.abc\.eu-west-1\.rds\.amazonaws\.com:5432/\?Action=connect&DBUser=loader&"
                       rb"[A-Za-z0-9%&=._-]*&X-Amz-Signature=[0-9a-f]{64}\n")

    def prepare(self):
        self.write("input", "")
        self.write("credentials", "[canary]\naws_access_key_id = AKIDCANARY\n"
                                  "aws_secret_access_key = wJalrXUtnFEMI/canary\n").chmod(0o600)
        self.write("settings", "AWS_PROFILE=canary\nAWS_SHARED_CREDENTIALS_FILE=%s\nAWS_CONFIG_FILE=/dev/null\n"
                   % (self.directory / "credentials")).chmod(0o600)

    def judge(self, result, whole):
        if whole:
            return [] if self.token.fullmatch(result.out) else ["ends well without a token"]
        return ["fails with a token"] if result.out and result.status != 74 else []


class Settings(Case):
    name, program = "settings", "sqs2pg-read"
    arguments = ["settings"]

    def prepare(self):
        self.write("input", "")
        self.write("settings", "SQS_QUEUE_URL=q\nSQS2PG_TABLE=t\n" + "# %s\n" % ("x" * 70) * 2000).chmod(0o600)
        self.clean = subprocess.run(self.fresh(), cwd=self.directory, check=True, stdout=subprocess.PIPE).stdout

    def judge(self, result, whole):
        wrong = prefix_of(result, self.clean)
        if whole and result.out != self.clean:
            wrong.append("ends well without all of its output")
        return wrong


CASES = [Unwrap, UnwrapEach, UnwrapLines, MaskMetrics, MaskRewrap, MaskMapping, UnmaskMapping, Scan, ScanSuggest,
         ScanPolicy, Suggest, SuggestFolder, RdsToken, Settings]
