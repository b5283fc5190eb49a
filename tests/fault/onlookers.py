"""Record what happens while hosts fail: requests to the queue, rows on the standby, and times."""

import calendar
import http.client
import threading
import time

from database import Session
from history import LATE_S, History
from networks import QueueNetwork

FAULT_DELAY_S = 5     # time until a fault takes effect
REPLAY_S = 5      # time in which the standby replays what it has received
SKEW_S = 300      # a request is refused when its date is off by more
SKEWED = (b"<ErrorResponse><Error><Type>Sender</Type><Code>RequestTimeTooSkewed</Code><Message>no</Message>"
          b"</Error></ErrorResponse>")


class StandbyHistory(History):
    """A history whose check before a delete reads the standby. Data that it has received counts as soon
    as it is replayed, within REPLAY_S."""

    def __init__(self, session, ticker, visibility):
        super().__init__(session, ticker)
        self.visibility, self.ends = visibility, {}  # the end of the lease of a message, as requested
        self.watched, self.taken, self.deleted = set(), {}, {}
        # The host that receives the message of this number waits for the fault, so that it comes during
        # the run.
        self.due, self.reached, self.struck = 0, threading.Event(), threading.Event()

    def received(self, life, ids):
        now = time.monotonic()
        with self.lock:
            for message in self.watched.intersection(ids):
                self.taken.setdefault(message, now)
        super().received(life, ids)
        if self.counts["received"] >= self.due:
            self.reached.set()
            if not self.struck.is_set():
                self.struck.wait(FAULT_DELAY_S)
                life.troubled = time.monotonic()

    def deleting(self, life, ids):
        with self.lock:
            for message in ids:
                self.deleted.setdefault(message, life.name.split(".")[0])
        super().deleting(life, ids)

    def extended(self, ids):
        now = time.monotonic()
        with self.lock:
            self.ends.update((one, now + self.visibility) for one in ids if now < self.ends.get(one, 0))
        super().extended(ids)

    def check_lease(self, message, now):
        """Excuse a server without time, which hands out messages that were extended in time."""
        if now >= self.ends.get(message, 0) - LATE_S:
            super().check_lease(message, now)
        self.ends[message] = now + self.visibility

    def watch(self, host):
        """Note from now on who takes over the messages of this host."""
        with self.lock:
            self.watched = {one for one, (life, _) in self.holders.items() if life is host.life}

    def stored(self, ids):
        found = super().stored(ids)
        if found == ids:
            return found
        until = time.monotonic() + REPLAY_S
        due = self.session.ask_until("SELECT coalesce(pg_last_wal_receive_lsn(), '0/0')")
        while True:
            replayed = self.session.ask_until(
                "SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= '%s'" % "".join(due)) == ["t"]
            found = super().stored(ids)
            if found == ids or replayed or time.monotonic() > until:
                return found
            time.sleep(0.01)


class Network(QueueNetwork):
    """Refuse requests with a wrong date; the answer has the right time."""

    skewed = 0

    def ask(self, handler, request):
        """Use a connection that is kept as the client keeps its own, as there are many requests."""
        if not hasattr(handler, "upstream"):
            handler.upstream = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=60)
        headers = {name: handler.headers[name] for name in ("Authorization", "Content-Type", "X-Amz-Date")}
        handler.upstream.request("POST", handler.path, request, headers)
        response = handler.upstream.getresponse()
        return response.status, response.read()

    def pass_on(self, handler):
        dated = calendar.timegm(time.strptime(handler.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ"))
        if abs(dated - time.time()) < SKEW_S:
            super().pass_on(handler)
            return
        self.skewed += 1
        handler.rfile.read(int(handler.headers["Content-Length"]))
        handler.send_response_only(403)
        handler.send_header("Date", handler.date_time_string())
        handler.send_header("Content-Length", str(len(SKEWED)))
        handler.end_headers()
        handler.wfile.write(SKEWED)


class Watch(threading.Thread):
    """Record the number of rows over time."""

    def __init__(self, host):
        super().__init__(daemon=True)
        self.session, self.seen, self.over = Session(host), [], False
        self.start()

    def run(self):
        while not self.over:
            answer = self.session.ask("SELECT count(*) FROM user_logins")
            if answer:
                self.seen.append((time.monotonic(), int(answer[0])))
            time.sleep(0.05)
        self.session.end()

    def rows(self):
        return self.seen[-1][1] if self.seen else 0

    def rate(self, since, until):
        """Return the rows per second, from the first to the last between these times."""
        seen = [one for one in self.seen if since <= one[0] <= until]
        first = max((one for one in seen if one[1] == seen[0][1]), default=None)
        last = min((one for one in seen if one[1] == seen[-1][1]), default=None)
        return (last[1] - first[1]) / (last[0] - first[0]) if seen and last[0] > first[0] else 0

    def next_row(self, since):
        """Return the time when the first row after this time was seen."""
        before = max((rows for at, rows in self.seen if at <= since), default=0)
        return min((at for at, rows in self.seen if at > since and rows > before), default=since)
