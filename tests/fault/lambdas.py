"""sqs-lambda behind AWS's emulator of its runtime interface, and a poller of a queue for it."""

import http.client
import json
import signal
import socket
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree

from pipelines import Pipeline, signal_to

TIMEOUT_S = 2  # of an invocation; the queue hides a message for longer
PATIENCE_S = 10
INVOKE = "/2015-03-31/functions/function/invocations"
ARN = "arn:aws:sqs:eu-west-1:000000000000:"
ATTRIBUTES = ("SentTimestamp", "ApproximateFirstReceiveTimestamp", "ApproximateReceiveCount", "SenderId")


def free_ports(count):
    """Return different free ports."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def texts(element):
    """Return the names of an XML element's children, without their name space, and their texts."""
    return [(child.tag.rsplit("}", 1)[-1], child) for child in element]


class Poller(threading.Thread):
    """Poll as AWS does between a queue and a function that reports failed messages."""

    def __init__(self, life, history, url, queue_port, function_port):
        super().__init__(daemon=True)
        self.life, self.history, self.url = life, history, url
        self.queue_port, self.function_port = queue_port, function_port
        self.over = False
        self.start()

    def run(self):
        while not self.over:
            try:
                self.poll()
            except (OSError, ValueError, http.client.HTTPException, ElementTree.ParseError):
                time.sleep(0.05)

    def ask(self, action, **arguments):
        form = urllib.parse.urlencode({"Action": action, "QueueUrl": self.url, **arguments})
        connection = http.client.HTTPConnection("127.0.0.1", self.queue_port, timeout=PATIENCE_S)
        try:
            connection.request("POST", urllib.parse.urlsplit(self.url).path, form, {
                "Content-Type": "application/x-www-form-urlencoded",
                "Authorization": "AWS4-HMAC-SHA256 Credential=%s/poller" % self.life.name})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise ValueError("the queue answers %d" % answer.status)
        return ElementTree.fromstring(text)

    def poll(self):
        # A function that is down is given nothing.
        socket.create_connection(("127.0.0.1", self.function_port), 1).close()
        records = [self.record(message) for name, message in (pair for part in self.ask(
            "ReceiveMessage", MaxNumberOfMessages=10, WaitTimeSeconds=1, **{"AttributeName.1": "All"})
            for pair in texts(part)) if name == "Message"]
        if not records:
            return
        failed = self.invoke(records)
        self.history.invoked(len(failed))
        done = [record for record in records if record["messageId"] not in failed]
        form = {}
        for at, record in enumerate(done, 1):
            form["DeleteMessageBatchRequestEntry.%d.Id" % at] = str(at)
            form["DeleteMessageBatchRequestEntry.%d.ReceiptHandle" % at] = record["receiptHandle"]
        if done:
            self.ask("DeleteMessageBatch", **form)

    def record(self, message):
        """Return a message as an event has it."""
        record = {"attributes": {}, "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "eu-west-1",
                  "eventSourceARN": ARN + self.url.rsplit("/", 1)[1]}
        names = {"MessageId": "messageId", "ReceiptHandle": "receiptHandle", "Body": "body", "MD5OfBody": "md5OfBody"}
        for name, element in texts(message):
            if name in names:
                record[names[name]] = element.text or ""
            elif name == "Attribute":
                key, value = (child.text or "" for _, child in texts(element))
                if key in ATTRIBUTES:
                    record["attributes"][key] = value
        return record

    def invoke(self, records):
        """Return the ids of the failed messages: all, unless the answer is from the function
        itself."""
        connection = http.client.HTTPConnection("127.0.0.1", self.function_port, timeout=PATIENCE_S)
        try:
            connection.request("POST", INVOKE, json.dumps({"Records": records}))
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        ids = {record["messageId"] for record in records}
        try:
            answer = json.loads(text)
        except ValueError:
            return ids
        if not isinstance(answer, dict) or "batchItemFailures" not in answer:
            return ids
        return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}


class Lambda(Pipeline):
    """A sandbox that can be killed, frozen and thawed."""

    poller = None
    thawing = None

    def leased(self):
        return False

    def command(self):
        self.ports = free_ports(2)
        return [self.config.emulator, "--log-level", "error",
                "--runtime-interface-emulator-address", "127.0.0.1:%d" % self.ports[0],
                "--runtime-api-address", "127.0.0.1:%d" % self.ports[1], str(self.config.programs / "bootstrap")]

    def environment(self):
        return dict(super().environment(), AWS_LAMBDA_FUNCTION_TIMEOUT=str(TIMEOUT_S))

    def start(self):
        self.end_poller()
        super().start()
        self.poller = Poller(self.life, self.history, self.settings["SQS_QUEUE_URL"], self.config.queue.port,
                             self.ports[0])

    def end_poller(self):
        if self.poller is not None:
            self.poller.over = True

    def everybody(self):
        return [pid for pid, _ in self.stages()] + [self.process.pid]

    def signal(self, how):
        """Kill the sandbox, or freeze it for a while."""
        if how == signal.SIGKILL:
            self.kill_all()
            return
        frozen = self.everybody()
        for pid in frozen:
            signal_to(pid, signal.SIGSTOP)
        self.thawing = threading.Timer(self.FROZEN_S, self.thaw, (frozen,))
        self.thawing.start()

    FROZEN_S = 2.0

    @staticmethod
    def thaw(frozen):
        for pid in frozen:
            signal_to(pid, signal.SIGCONT)

    def renew(self):
        """Do nothing: it has no such signal."""

    def supervise(self):
        if self.process.poll() is not None:
            self.start()

    def tell_to_stop(self):
        self.end_poller()

    def wait(self, seconds):
        """Wait; an open invocation is answered before the end."""
        self.poller.join(seconds)
        if self.thawing is not None:
            self.thawing.join()
        self.kill_all()
        return not self.poller.is_alive()
