#!/usr/bin/env python3
"""A proxy that cuts PostgreSQL connections around COMMIT.

    pg_cut.py LISTEN SERVER COUNT WHEN

LISTEN and SERVER are unix sockets. The first COUNT connections on which the
client sends a COMMIT are cut: before it reaches the server (WHEN is "before"),
or after the server has answered it, the answer being held back ("after").
Each cut is a line on stdout.
"""

import os
import socket
import struct
import sys
import threading

COMMIT = b"Q" + struct.pack("!I", 11) + b"COMMIT\0"


class Cutter:
    def __init__(self, server, count, when):
        self.server = server
        self.left = count
        self.when = when
        self.lock = threading.Lock()

    def takes(self):
        with self.lock:
            if self.left == 0:
                return False
            self.left -= 1
            return True

    def serve(self, client):
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.server)
        held = threading.Event()
        back = threading.Thread(target=self.answers, args=(server, client, held), daemon=True)
        back.start()
        self.requests(client, server, held)

    def requests(self, client, server, held):
        try:
            while data := client.recv(65536):
                cuts = COMMIT in data and self.takes()
                if cuts and self.when == "before":
                    print("cut before", flush=True)
                    break
                if cuts:
                    held.set()
                server.sendall(data)
                if cuts:
                    return
        except OSError:
            pass
        self.close(client, server)

    def answers(self, server, client, held):
        try:
            while data := server.recv(65536):
                if held.is_set():
                    print("cut after", flush=True)
                    break
                client.sendall(data)
        except OSError:
            pass
        self.close(client, server)

    @staticmethod
    def close(*ends):
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def main():
    path, server, count, when = sys.argv[1:]
    cutter = Cutter(server, int(count), when)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o777)
    listener.listen(16)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=cutter.serve, args=(client,), daemon=True).start()


main()
