"""Two networks with faults that can be switched on: to the queue server, and to the database."""

import http.client
import http.server
import random
import re
import socket
import threading
import time
import urllib.parse

from clear import is_clear

OVERLAP = 64  # bytes of a piece that are searched again with the next
NOTHING_DELETED = (b"<DeleteMessageBatchResponse><DeleteMessageBatchResult></DeleteMessageBatchResult>"
                   b"</DeleteMessageBatchResponse>")


class Trouble:
    """A kind of fault that lasts for some seconds."""

    def __init__(self):
        self.kind, self.until = None, 0

    def trouble(self, kind, seconds):
        self.kind, self.until = kind, time.monotonic() + seconds

    def heal(self):
        self.kind = None

    def now(self):
        return self.kind if time.monotonic() < self.until else None


class Connections:
    """The open connections, to be cut off together."""

    def __init__(self):
        self.lock = threading.Lock()
        self.open = set()

    def add(self, connection):
        with self.lock:
            self.open.add(connection)

    def remove(self, connection):
        with self.lock:
            self.open.discard(connection)

    def sever(self):
        with self.lock:
            for connection in self.open:
                shut(connection)


def shut(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


class QueueNetwork(Trouble):
    """A proxy in front of the queue server that reports requests to the history. The receipt handle
    of an emulator begins with the id of the message.

    "drop": the connection is closed on a request; "fail": 503; "stall": a request waits; "cut": an
    answer ends half way; "lose": it never comes, though the server has acted; "refuse": of a batch
    of deletes the first entry is refused, with SenderFault false.
    """

    def __init__(self, upstream, address="127.0.0.1"):
        super().__init__()
        self.upstream = urllib.parse.urlsplit(upstream)
        self.history, self.rng = None, None
        self.connections = Connections()
        network = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle(self):
                network.connections.add(self.connection)
                try:
                    super().handle()
                except (OSError, http.client.HTTPException):
                    pass
                finally:
                    network.connections.remove(self.connection)

            def do_POST(self):
                network.pass_on(self)

        server = http.server.ThreadingHTTPServer((address, 0), Handler)
        server.daemon_threads = True
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def begin(self, history, seed):
        """Begin a new round."""
        self.heal()
        self.history, self.rng = history, random.Random(seed)

    def sever(self):
        for life in list(self.history.lives.values()):
            life.troubled = time.monotonic()
        self.connections.sever()

    def pass_on(self, handler):
        request = handler.rfile.read(int(handler.headers["Content-Length"]))
        name = re.search("Credential=([^/]*)/", handler.headers.get("Authorization", ""))
        life = self.history.life_of(name.group(1) if name else "")
        form = dict(urllib.parse.parse_qsl(request.decode(), keep_blank_values=True))
        if form["Action"] == "DeleteMessageBatch":
            self.history.may_delete(handles(form))
        kind = self.now() if self.rng.random() < 0.7 else None
        if kind not in (None, "refuse"):
            life.troubled = time.monotonic()
        if kind == "drop":
            handler.close_connection = True
        elif kind == "fail":
            self.answer(handler, 503, b"no")
        else:
            self.exchange(handler, form, life, kind)

    def exchange(self, handler, form, life, kind):
        if kind == "stall":
            time.sleep(self.rng.random())
            life.troubled = time.monotonic()
        refused = None
        if kind == "refuse" and form["Action"] == "DeleteMessageBatch":
            refused = self.take_out(form, life)
        self.witness(form, life)
        status, body = 200, NOTHING_DELETED
        if form["Action"] != "DeleteMessageBatch" or handles(form):
            began = time.monotonic()
            status, body = self.ask(handler, urllib.parse.urlencode(form).encode())
            if form["Action"] != "ReceiveMessage":
                self.history.ticker.slow(began)
        if refused:
            body = body.replace(b"</DeleteMessageBatchResult>", refused + b"</DeleteMessageBatchResult>")
        if form["Action"] == "ReceiveMessage" and status == 200:
            self.history.received(life, re.findall("<MessageId>([^<]*)</MessageId>", body.decode()))
        if kind in ("lose", "cut"):
            life.troubled = time.monotonic()
        if kind == "lose":
            handler.close_connection = True
        else:
            self.answer(handler, status, body, kind == "cut")

    def ask(self, handler, request):
        connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=60)
        dropped = ("connection", "content-length")
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in dropped}
        connection.request("POST", handler.path, request, headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, body

    def take_out(self, form, life):
        """Remove the first entry of a batch; return its entry in the answer."""
        place = min(int(name.split(".")[1]) for name in form if name.endswith(".ReceiptHandle"))
        prefix = "DeleteMessageBatchRequestEntry.%d." % place
        entry = {name: form.pop(name) for name in list(form) if name.startswith(prefix)}
        self.history.refused(life, handles(entry))
        return (b"<BatchResultErrorEntry><Id>%s</Id><Code>InternalError</Code><Message>no</Message>"
                b"<SenderFault>false</SenderFault></BatchResultErrorEntry>" % entry[prefix + "Id"].encode())

    def witness(self, form, life):
        ids = handles(form)
        if form["Action"] == "DeleteMessageBatch":
            self.history.deleting(life, ids)
        elif form["Action"] == "ChangeMessageVisibilityBatch":
            times = {value for name, value in form.items() if name.endswith(".VisibilityTimeout")}
            if times == {"0"}:
                self.history.released(ids)
            else:
                self.history.extended(ids)
        elif form["Action"] not in ("ReceiveMessage", "GetQueueAttributes", "GetQueueUrl"):
            self.history.fault("a pipeline calls %s" % form["Action"])

    @staticmethod
    def answer(handler, status, body, cut=False):
        handler.send_response_only(status)
        handler.send_header("Content-Type", "text/xml")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2] if cut else body)
        handler.wfile.flush()
        handler.close_connection = handler.close_connection or cut


def handles(form):
    """Return the ids of the messages of the receipt handles in it."""
    return {value.split("#")[0] for name, value in form.items() if name.endswith(".ReceiptHandle")}


class DatabaseNetwork(Trouble):
    """A TCP proxy in front of the unix socket of the database. "cut": connections are closed when
    data passes; "deaf": the answer of the server is dropped with the connection; "stall": it waits.
    Data to the server is searched for clear values."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.clear = False
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.path)
            except OSError:
                client.close()
                continue
            for source, target, answers in ((client, server, False), (server, client, True)):
                threading.Thread(target=self.pump, args=(source, target, answers), daemon=True).start()

    def pump(self, source, target, answers):
        before = b""
        try:
            while data := source.recv(65536):
                before = before[-OVERLAP:] + data
                self.clear = self.clear or is_clear(before)
                kind = self.now()
                if kind == "cut" or (kind == "deaf" and answers):
                    break
                if kind == "stall":
                    time.sleep(0.2)
                target.sendall(data)
        except OSError:
            pass
        shut(source)
        shut(target)
