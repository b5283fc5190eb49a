"""Query the database, bypassing the faults."""

import subprocess
import threading
import time


def psql(text):
    """Return the rows of a query; None when no server answers."""
    done = subprocess.run(["psql", "-qXAt", "-F", " ", "-v", "ON_ERROR_STOP=1", "-c", text],
                          capture_output=True, text=True, check=False)
    return [line.split(" ") for line in done.stdout.splitlines()] if done.returncode == 0 else None


def psql_until(text, seconds=60):
    until = time.monotonic() + seconds
    while (rows := psql(text)) is None:
        if time.monotonic() > until:
            raise RuntimeError("the database does not come back")
        time.sleep(0.05)
    return rows


class Session:
    """A session that is kept, so that an answer belongs to the moment of its question."""

    END = "that was all"

    def __init__(self, host=None, database=None):
        self.lock = threading.Lock()
        self.process = None
        self.command = ["psql", "-qXAt", *(["-h", host] if host else []), *(["-d", database] if database else [])]

    def begin(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)

    def ask(self, text):
        """Return the lines of the answer, or None when there was none."""
        if self.process is None:
            self.begin()
        lines = []
        try:
            self.process.stdin.write("%s;\n\\echo %s\n" % (text, self.END))
            self.process.stdin.flush()
            for line in self.process.stdout:
                if line.rstrip("\n") == self.END:
                    return lines
                lines.append(line.rstrip("\n"))
        except OSError:
            pass
        self.end()
        return None

    def end(self):
        """End the session; the next question begins another."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def ask_until(self, text, seconds=60):
        until = time.monotonic() + seconds
        while True:
            with self.lock:
                lines = self.ask(text)
            if lines is not None:
                return lines
            if time.monotonic() > until:
                raise RuntimeError("the database does not come back")
            time.sleep(0.02)
