"""The messages sent, who held each and when, and their outcome."""

import os
import threading
import time
import urllib.parse
import urllib.request

ID_KNOWN_S = 10    # time in which the sender learns the id of its message
SETTLED_S = 2   # time after the last fault of a network in which retries still show it
GIVEN_UP_S = 5  # time for which sqs-ack repeats a refused delete
LATE_S = 0.3    # a delay of the machine that excuses a late extension
ANSWER_S = 1     # time between the delivery of a message and its answer here


def call(action, url=None, **arguments):
    """Call the queue server, bypassing the faults."""
    form = urllib.parse.urlencode({"Action": action, **arguments}).encode()
    with urllib.request.urlopen(url or os.environ["AWS_ENDPOINT_URL_SQS"] + "/", form, timeout=30) as answer:
        return answer.read().decode()


def value_of(name, text):
    return text.split("<%s>" % name, 1)[1].split("</%s>" % name, 1)[0]


class Sender(threading.Thread):
    """Send messages to a queue over some seconds, and know the events of each."""

    def __init__(self, url, rng, count, seconds, form, name="user", session=None):
        super().__init__(daemon=True)
        self.url, self.rng, self.count, self.seconds = url, rng, count, seconds
        self.form, self.events_of = form, name
        self.session = session  # to the database of its messages, if it is another one
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
    """Measure when this machine did not schedule us in time, and so perhaps no other process."""

    def __init__(self):
        super().__init__(daemon=True)
        self.late = []  # time and length
        self.start()

    def run(self):
        while True:
            began = time.monotonic()
            time.sleep(0.02)
            late = time.monotonic() - began - 0.02
            if late > 0.05:
                self.late.append((began, late))

    def slow(self, began):
        """Count a request that began at this time as a delay of the machine, if the server took long."""
        late = time.monotonic() - began - 0.05
        if late > 0:
            self.late.append((began, late))

    def lateness(self, since):
        return sum(late for began, late in self.late if began + late >= since)


class Life:
    """One run of a pipeline. Its requests carry its name as their access key."""

    def __init__(self, name, leased):
        self.name = name
        self.leased = leased    # it extends its messages until the verdict
        self.disturbed = False  # by a signal that may end its leases
        self.troubled = 0       # time of the last fault in its network to the queue
        self.refused = {}       # messages with a refused delete, not yet deleted: since when


class History:
    """The history of one round: the network to the queue reports each request, in order."""

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

    def add_life(self, life):
        self.lives[life.name] = life

    def life_of(self, name):
        return self.lives.get(name) or Life(name, False)

    # ---- requests

    def received(self, life, ids):
        """Note that the server has handed out these messages."""
        now = time.monotonic()
        with self.lock:
            for message in ids:
                self.counts["received"] += 1
                self.counts["again"] += message in self.seen
                self.seen.add(message)
                self.check_lease(message, now)
                self.holders[message] = (life, now)

    def check_lease(self, message, now):
        """Check that no other pipeline receives a message that an undisturbed one holds and has
        not given up."""
        life, since = self.holders.get(message, (None, 0))
        if life is None or not life.leased or life.disturbed or life.troubled + SETTLED_S > since:
            return
        if life.refused.get(message, now) + GIVEN_UP_S <= now:
            return
        if self.ticker.lateness(since - ANSWER_S) < LATE_S:
            self.faults.append("message %s was delivered again after %.1f s, while %s held it undisturbed"
                               % (message, now - since, life.name))

    def invoked(self, failed):
        """Note that a function has been given messages, and this many failed."""
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
        """Note that the delete of these has been refused, as a temporary error."""
        with self.lock:
            self.counts["refused"] += len(ids)
            life.refused.update((one, life.refused.get(one, time.monotonic())) for one in ids)

    def may_delete(self, ids):
        """Check, before a delete and whatever its outcome, that each of them is committed."""
        early = ids - self.stored(ids)
        with self.lock:
            self.faults += ["the delete of message %s came before its commit" % one for one in sorted(early)]

    def deleting(self, life, ids):
        """Note that the server is about to get the request."""
        with self.lock:
            self.counts["deletes"] += len(ids)
            for message in ids:
                life.refused.pop(message, None)
                self.holders.pop(message, None)

    def stored(self, ids):
        """Return those whose events are all rows, or error rows if bad."""
        until = time.monotonic() + ID_KNOWN_S
        while any(all(one not in sender.sent for sender in self.senders) for one in ids):
            if time.monotonic() > until:
                self.fault("a message was deleted that was never sent")
                return ids
            time.sleep(0.01)
        found = set()
        for sender in self.senders:
            mine = {one: sender.sent[one] for one in ids if one in sender.sent}
            if mine:
                found |= sender.form.stored((sender.session or self.session).ask_until, mine)
        return found

    def ended(self, life, status):
        """Note that a pipeline has ended by itself. 0 means that nothing is left to do."""
        if status == 0 and life.refused:
            self.fault("%s ended with 0, and left %d messages whose delete was refused"
                       % (life.name, len(life.refused)))

