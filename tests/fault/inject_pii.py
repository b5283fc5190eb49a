"""The cases of pii-mask, pii-unmask and pii-keygen (see inject_case.py)."""

import re
import subprocess
import uuid

from inject_case import SECRETS, Case, login, prefix_of, record


NO_ROOM = re.compile(rb'"error":\{"stage":"\w+","code":"too-large"')


class Mask(Case):
    name, program = "mask", "pii-mask"
    arguments = ["-k", "key"]

    def records(self):
        lines = [record(n, login(n)) for n in range(1, 4)]
        return lines + [record(4, '{"ip":"203.0.113.4"'), "no json canary-5\n", record(6, login(6))]

    def prepare(self):
        self.key()
        self.write("input", "".join(self.records()))
        self.clean = self.run_clean()

    def run_clean(self):
        with open(self.input(), "rb") as given:
            return subprocess.run(self.fresh(), stdin=given, cwd=self.directory, check=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def secrets(self):
        return [*SECRETS, self.master]

    def judge(self, result, whole):
        out = self.without_excused(result)
        wrong = [] if self.clean.startswith(out) else ["prints what a clean run does not print"]
        if whole and out != self.clean:
            wrong.append("ends well without all of its output")
        return wrong

    def without_excused(self, result):
        """Return the output with each line restored that became an error record for lack of memory.
        All of such a line is sealed, and stored so, as for a line that never finds its memory."""
        lines, clean = result.out.splitlines(True), self.clean.splitlines(True)
        if "ENOMEM" in result.spec:
            for at, line in enumerate(lines[:len(clean)]):
                if NO_ROOM.search(line) and b"203.0.113." not in line and b"canary-device" not in line:
                    lines[at] = clean[at]
        return b"".join(lines)


class MaskMethods(Mask):
    name = "mask-methods"
    arguments = ["-k", "key", "-p", "policy", "-v", "--log", "json"]

    def prepare(self):
        self.write("policy", ".user_id hmac as masked_user\n.ip ipcrypt as masked_ip\n.device_id redact\n"
                             ".device_type drop\n.locale partial\n.app_version ff1\nother keep\n")
        super().prepare()

    def records(self):
        return [record(n, login(n, locale="canary-locale", app_version="12345678%d" % n)) for n in range(1, 4)]


class MaskLong(Mask):
    """More than one buffer of output, so that a failing write leaves a piece of a line."""

    name = "mask-long"

    def records(self):
        return [record(n, login(n, note="x" * 3000)) for n in range(1, 61)]

    def judge(self, result, whole):
        wrong = super().judge(result, whole)
        piece = result.lines()[1]
        if piece:
            # Masked already; the next program must refuse it.
            self.write("piece", piece)
            with open(self.directory / "piece", "rb") as given:
                again = subprocess.run(["pii-mask", "-q", "-k", "key"], stdin=given, cwd=self.directory, check=False,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
            if again and b'"error":{' not in again:
                wrong.append("a piece of a line is taken for a record")
        return wrong


class Unmask(Mask):
    name, program = "unmask", "pii-unmask"

    def prepare(self):
        self.key()
        self.write("clear", "".join(self.records()))
        with open(self.directory / "clear", "rb") as given:
            masked = subprocess.run(["pii-mask", "-q", *self.arguments], stdin=given, cwd=self.directory,
                                    check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        self.write("input", masked)
        self.clean = self.run_clean()


class Keygen(Case):
    name, program = "keygen", "pii-keygen"

    def prepare(self):
        self.write("input", "")

    def fresh(self):
        self.folder = self.directory / uuid.uuid4().hex
        self.folder.mkdir()
        return ["pii-keygen", str(self.folder / "key")]

    def keys(self, path):
        """Return the ids of a key file, as listed; None if it is none."""
        listed = subprocess.run(["pii-keygen", "--list", str(path)], check=False, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)
        return listed.stdout.decode().splitlines() if listed.returncode == 0 else None

    def judge(self, result, whole):
        wrong, path = [], self.folder / "key"
        found = sorted(one.name for one in self.folder.iterdir())
        if found not in ([], ["key"]):
            wrong.append("leaves behind " + " ".join(found))
        if path.exists() and (path.stat().st_mode & 0o7777 != 0o600 or len(self.keys(path) or []) != 1):
            wrong.append("leaves an invalid key file")
        if whole and not path.exists():
            wrong.append("ends well without a key file")
        return wrong


class KeygenRotate(Keygen):
    name = "keygen-rotate"

    def fresh(self):
        super().fresh()
        path = self.folder / "key"
        subprocess.run(["pii-keygen", "-q", str(path)], check=True, stderr=subprocess.DEVNULL)
        self.before = self.keys(path)[0].split()[0]
        return ["pii-keygen", "--rotate", str(path)]

    def judge(self, result, whole):
        wrong, path = [], self.folder / "key"
        found = sorted(one.name for one in self.folder.iterdir())
        if found != ["key"]:
            wrong.append("leaves behind " + " ".join(found))
        keys = self.keys(path) or []
        if path.stat().st_mode & 0o7777 != 0o600 or self.before not in [one.split()[0] for one in keys]:
            wrong.append("the old key is lost")
        if whole and len(keys) != 2:
            wrong.append("ends well without a new key")
        return wrong


class KeygenList(Keygen):
    name = "keygen-list"

    def prepare(self):
        super().prepare()
        self.key()
        self.clean = b"".join(b"%s\n" % one.encode() for one in self.keys(self.directory / "key"))

    def fresh(self):
        return ["pii-keygen", "--list", "key"]

    def judge(self, result, whole):
        return prefix_of(result, self.clean) + (["prints too little"] if whole and result.out != self.clean else [])


CASES = [Mask, MaskMethods, MaskLong, Unmask, Keygen, KeygenRotate, KeygenList]
