"""Two networks with troubles that can be switched on: to the queue server, and to the database."""

import http.client
import http.server
import socket
import threading
import time
import urllib.parse


class Trouble:
    """A kind of trouble that lasts for some seconds."""

    def __init__(self):
        self.kind, self.until = None, 0

    def trouble(self, kind, seconds):
        self.kind, self.until = kind, time.monotonic() + seconds

    def heal(self):
        self.kind = None

    def now(self):
        return self.kind if time.monotonic() < self.until else None


class QueueNetwork(Trouble):
    """In front of the queue server. Before it passes a delete on it asks `committed` which of the
    messages have their row: an emulator's receipt handle begins with the message's id."""

    def __init__(self, upstream, committed, rng):
        super().__init__()
        self.upstream = urllib.parse.urlsplit(upstream)
        self.committed, self.rng = committed, rng
        self.lock = threading.Lock()
        self.begin()
        network = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except (OSError, http.client.HTTPException):
                    pass

            def do_POST(self):
                network.pass_on(self)

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def begin(self):
        """A new round."""
        self.heal()
        self.deletes, self.early = 0, []

    def witness(self, request):
        form = urllib.parse.parse_qs(request.decode())
        if form.get("Action") != ["DeleteMessageBatch"]:
            return
        ids = {values[0].split("#")[0] for name, values in form.items() if name.endswith(".ReceiptHandle")}
        missing = ids - self.committed(ids)
        with self.lock:
            self.deletes += len(ids)
            self.early += sorted(missing)

    def pass_on(self, handler):
        request = handler.rfile.read(int(handler.headers["Content-Length"]))
        kind = self.now() if self.rng.random() < 0.7 else None
        if kind == "drop":
            handler.close_connection = True
            return
        if kind == "fail":
            self.answer(handler, 503, b"no")
            return
        if kind == "stall":
            time.sleep(self.rng.random())
        self.witness(request)
        connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=60)
        headers = {name: value for name, value in handler.headers.items() if name.lower() != "connection"}
        connection.request("POST", handler.path, request, headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        if kind == "lose":
            handler.close_connection = True
            return
        self.answer(handler, response.status, body, kind == "cut")

    @staticmethod
    def answer(handler, status, body, cut=False):
        handler.send_response_only(status)
        handler.send_header("Content-Type", "text/xml")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2] if cut else body)
        handler.wfile.flush()
        handler.close_connection = handler.close_connection or cut


class DatabaseNetwork(Trouble):
    """TCP in front of the database's unix socket. "cut": connections are closed when something
    passes; "deaf": what the server answers is thrown away with the connection; "stall": it waits."""

    def __init__(self, path):
        super().__init__()
        self.path = path
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
        try:
            while data := source.recv(65536):
                kind = self.now()
                if kind == "cut" or (kind == "deaf" and answers):
                    break
                if kind == "stall":
                    time.sleep(0.2)
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
