"""What was sent, who held it when, and what became of it."""

import os
import threading
import time
import urllib.parse
import urllib.request

KNOWN_S = 10    # how long the sender may take to learn the id of what it sent
SETTLED_S = 2   # how long after its last trouble a network may still be felt in retries
GIVEN_UP_S = 5  # how long sqs-ack goes on where deleting is refused
LATE_S = 0.3    # a machine so much late excuses a late heartbeat
GIVEN_S = 1     # how long before its answer was seen here a message may have been given away


def call(action, url=None, **arguments):
    """A call of the queue server, past the faults."""
    form = urllib.parse.urlencode({"Action": action, **arguments}).encode()
    with urllib.request.urlopen(url or os.environ["AWS_ENDPOINT_URL_SQS"] + "/", form, timeout=30) as answer:
        return answer.read().decode()


def value_of(name, text):
    return text.split("<%s>" % name, 1)[1].split("</%s>" % name, 1)[0]


class Sender(threading.Thread):
    """Puts messages on a queue over some seconds and knows the events of each."""

    def __init__(self, url, rng, count, seconds, form, name="user", session=None):
        super().__init__(daemon=True)
        self.url, self.rng, self.count, self.seconds = url, rng, count, seconds
        self.form, self.events_of = form, name
        self.session = session  # to the database that its messages are for, if that is another
        self.sent = {}          # message id: its events, each with id, good and body

    def events(self):
        return [event for events in self.sent.values() for event in events]

    def run(self):
        number = 0
        while number < self.count:
            size = self.rng.randint(1, 10)
            messages = [self.form.message(self.rng, number + at, "%s-%d" % (self.events_of, number + at))
                        for at in range(size)]
            form = {}
            for at, (text, _) in enumerate(messages, 1):
                form["SendMessageBatchRequestEntry.%d.Id" % at] = str(at)
                form["SendMessageBatchRequestEntry.%d.MessageBody" % at] = text
            answer = call("SendMessageBatch", self.url, **form)
            for entry in answer.split("<SendMessageBatchResultEntry>")[1:]:
                self.sent[value_of("MessageId", entry)] = messages[int(value_of("Id", entry)) - 1][1]
            number += size
            time.sleep(self.rng.random() * 2 * self.seconds * size / self.count)


class Ticker(threading.Thread):
    """Knows when this machine had no time for us, and so perhaps none for others."""

    def __init__(self):
        super().__init__(daemon=True)
        self.late = []  # when, for how long
        self.start()

    def run(self):
        while True:
            began = time.monotonic()
            time.sleep(0.02)
            late = time.monotonic() - began - 0.02
            if late > 0.05:
                self.late.append((began, late))

    def slow(self, began):
        """What began then has taken a server too long."""
        late = time.monotonic() - began - 0.05
        if late > 0:
            self.late.append((began, late))

    def lateness(self, since):
        return sum(late for began, late in self.late if began + late >= since)


class Life:
    """One run of a pipeline. Its requests carry its name as their access key."""

    def __init__(self, name, leased):
        self.name = name
        self.leased = leased    # it keeps what it has received hidden until the verdict
        self.disturbed = False  # by a signal that may end its leases
        self.troubled = 0       # when its network to the queue last had trouble
        self.refused = {}       # messages that it was refused the deleting of, and has not since deleted: since when


class History:
    """Of one round: told by the network to the queue of what passes, in the order of passing."""

    def __init__(self, session, ticker):
        self.session, self.ticker = session, ticker
        self.senders = []
        self.lock = threading.Lock()
        self.lives = {}
        self.holders = {}  # message id: life, since when
        self.seen = set()
        self.faults = []
        self.counts = {"received": 0, "again": 0, "extended": 0, "deletes": 0, "refused": 0,
                       "invocations": 0, "failed": 0}

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    def born(self, life):
        self.lives[life.name] = life

    def life_of(self, name):
        return self.lives.get(name) or Life(name, False)

    # ---- what passes

    def received(self, life, ids):
        """The server has given these messages away."""
        now = time.monotonic()
        with self.lock:
            for message in ids:
                self.counts["received"] += 1
                self.counts["again"] += message in self.seen
                self.seen.add(message)
                self.look_at_lease(message, now)
                self.holders[message] = (life, now)

    def look_at_lease(self, message, now):
        """What an undisturbed pipeline holds, and has not given up, is delivered to nobody else."""
        life, since = self.holders.get(message, (None, 0))
        if life is None or not life.leased or life.disturbed or life.troubled + SETTLED_S > since:
            return
        if life.refused.get(message, now) + GIVEN_UP_S <= now:
            return
        if self.ticker.lateness(since - GIVEN_S) < LATE_S:
            self.faults.append("message %s was delivered again after %.1f s, while %s held it undisturbed"
                               % (message, now - since, life.name))

    def invoked(self, failed):
        """A function has been given messages, and this many failed."""
        with self.lock:
            self.counts["invocations"] += 1
            self.counts["failed"] += failed

    def released(self, ids):
        with self.lock:
            for message in ids:
                self.holders.pop(message, None)

    def extended(self, ids):
        with self.lock:
            self.counts["extended"] += len(ids)

    def refused(self, life, ids):
        """The deleting of these has been refused, as for a moment."""
        with self.lock:
            self.counts["refused"] += len(ids)
            life.refused.update((one, life.refused.get(one, time.monotonic())) for one in ids)

    def may_delete(self, ids):
        """It is asked for, whatever comes of it: is each of them committed?"""
        early = ids - self.stored(ids)
        with self.lock:
            self.faults += ["message %s was to be deleted before it was committed" % one for one in sorted(early)]

    def deleting(self, life, ids):
        """The server is about to hear of it."""
        with self.lock:
            self.counts["deletes"] += len(ids)
            for message in ids:
                life.refused.pop(message, None)
                self.holders.pop(message, None)

    def stored(self, ids):
        """Those of which each event is a row, or an error row if it is bad."""
        until = time.monotonic() + KNOWN_S
        while any(all(one not in sender.sent for sender in self.senders) for one in ids):
            if time.monotonic() > until:
                self.fault("a message was deleted that nobody sent")
                return ids
            time.sleep(0.01)
        found = set()
        for sender in self.senders:
            mine = {one: sender.sent[one] for one in ids if one in sender.sent}
            if mine:
                found |= sender.form.stored((sender.session or self.session).ask_until, mine)
        return found

    def ended(self, life, status):
        """A pipeline has ended by itself. 0 says that nothing is left to do."""
        if status == 0 and life.refused:
            self.fault("%s ended with 0, and left %d messages that it was refused the deleting of"
                       % (life.name, len(life.refused)))

