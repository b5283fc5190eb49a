"""Pipelines that are restarted whenever they end, as by a supervisor."""

import os
import pathlib
import signal
import subprocess

from history import Life

HERE = pathlib.Path(__file__).resolve().parent
# These end no lease when stopped for a while.
PATIENT = ("sqs-unwrap", "pii-mask", "pg-load", "sqs-ack", "gzip", "tee")


def processes():
    """Return the parent and the name of every process."""
    found = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % entry.name, encoding="utf-8", errors="replace") as file:
                name, rest = file.read().split(" (", 1)[1].rsplit(") ", 1)
        except OSError:
            continue
        found[int(entry.name)] = (int(rest.split()[1]), name)
    return found


def signal_to(pid, how):
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        pass


class Pipeline:
    """scripts/pipeline.sh, with leases."""

    def __init__(self, name, config, history, options=(), settings=None):
        self.name, self.config, self.history, self.options = name, config, history, options
        self.settings = settings or {}  # in addition to those of the run
        self.process, self.life = None, None
        self.starts = 0

    def command(self):
        return [str(self.config.programs / "sqs2pg"), "--no-lock", *self.options]

    def leased(self):
        return True

    def environment(self):
        return dict(self.config.environment, **self.settings, AWS_ACCESS_KEY_ID=self.life.name)

    def start(self):
        self.starts += 1
        self.life = Life("%s.%d" % (self.name, self.starts), self.leased())
        self.history.add_life(self.life)
        with open(self.config.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), env=self.environment(), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)

    def stages(self):
        """Return its processes."""
        found, todo, table = [], [self.process.pid], processes()
        while todo:
            parent = todo.pop()
            for pid, (of, name) in table.items():
                if of == parent:
                    found.append((pid, name))
                    todo.append(pid)
        return sorted(found)

    def signal_stage(self, pid, name, how):
        self.life.disturbed = self.life.disturbed or how != signal.SIGSTOP or name not in PATIENT
        signal_to(pid, how)

    def signal(self, how):
        """Signal all of it, through its first process."""
        self.life.disturbed = True
        if self.process.poll() is None:
            self.process.send_signal(how)

    def renew(self):
        """Make it read its key again; no message that it holds comes again because of that."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)

    def supervise(self):
        if self.process.poll() is not None:
            self.history.ended(self.life, self.process.returncode)
            self.start()

    def tell_to_stop(self):
        """Stop it in order: it finishes or releases its messages."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds):
        """Return true when it ends in time."""
        try:
            self.history.ended(self.life, self.process.wait(seconds))
        except subprocess.TimeoutExpired:
            self.kill_all()
            return False
        return True

    def kill_all(self):
        self.life.disturbed = True
        for pid, _ in [*self.stages(), (self.process.pid, "")]:
            signal_to(pid, signal.SIGKILL)
        self.process.wait()


class ByFiles(Pipeline):
    """The programs one after the other, with files between them that may be full."""

    def __init__(self, name, config, history, rng, settings=None):
        super().__init__(name, config, history, settings=settings)
        self.rng = rng
        self.folder = config.work / "files"
        self.folder.mkdir(exist_ok=True)

    def leased(self):
        return False

    def renew(self):
        """Do nothing: it reads the key at each start."""

    def command(self):
        rooms = ["4096"] * 4
        rooms[self.starts % 4] = self.rng.choice(["0", "4", "12"])
        return [str(HERE / "by-files.sh"), str(self.folder), *rooms]
