#!/usr/bin/env python3
"""Cut PostgreSQL connections around COMMIT, as a proxy.

    pg_cut.py LISTEN SERVER COUNT WHEN [SHARE]

LISTEN and SERVER are unix sockets. The proxy cuts the connections of the first COUNT COMMITs that
clients send. WHEN is

        before   the COMMIT does not reach the server
        after    the server has answered; the answer is held back
        either   one of the two, at random
        during   the COMMIT is passed on, and the server never learns of the cut
        hold     as before, but the client's connection ends only when LISTEN.go exists
        spoil    nothing is cut; a failing statement is sent before the COMMIT, so that the server
                 answers it with ROLLBACK

With SHARE, from 0 to 1, only that share of the COMMITs counts, chosen at random. Each cut is a line
on stdout.
"""

import os
import random
import socket
import struct
import sys
import threading
import time

COMMIT = b"Q" + struct.pack("!I", 11) + b"COMMIT\0"
FAILS = b"Q" + struct.pack("!I", 15) + b"SELECT 1/0\0"


class Cutter:
    def __init__(self, server, go, count, when, share):
        self.go = go
        self.kept = []
        self.server = server
        self.left = count
        self.when = when
        self.share = share
        self.lock = threading.Lock()

    def takes(self):
        with self.lock:
            if self.left == 0 or random.random() >= self.share:
                return False
            self.left -= 1
            return True

    def serve(self, client):
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.server)
        held = threading.Event()
        spoilt = threading.Event()
        back = threading.Thread(
            target=self.answers, args=(server, client, held, spoilt), daemon=True
        )
        back.start()
        self.requests(client, server, held, spoilt)

    def requests(self, client, server, held, spoilt):
        try:
            while data := client.recv(65536):
                when = self.when if COMMIT in data and self.takes() else None
                if when == "either":
                    when = random.choice(["before", "after"])
                if when == "before":
                    print("cut before", flush=True)
                    break
                if when == "spoil":
                    # The client waits: this answer is for the failing statement, and not for the
                    # client.
                    spoilt.set()
                    server.sendall(FAILS)
                    while spoilt.is_set():
                        time.sleep(0.001)
                if when == "hold":
                    held.set()
                    print("held", flush=True)
                    while not os.path.exists(self.go):
                        time.sleep(0.01)
                    break
                if when == "after":
                    held.set()
                server.sendall(data)
                if when == "during":
                    held.set()
                    print("cut during", flush=True)
                    self.kept.append(server)
                    self.close(client)
                    return
                if when == "after":
                    return
        except OSError:
            pass
        self.close(client, server)

    def answers(self, server, client, held, spoilt):
        swallowed = b""
        try:
            while data := server.recv(65536):
                if held.is_set():
                    if self.when == "during":
                        return
                    print("cut after", flush=True)
                    break
                if spoilt.is_set():
                    # Up to ReadyForQuery, in a transaction that has failed.
                    swallowed += data
                    if swallowed.endswith(b"Z" + struct.pack("!I", 5) + b"E"):
                        print("spoilt", flush=True)
                        swallowed = b""
                        spoilt.clear()
                    continue
                client.sendall(data)
        except OSError:
            pass
        if not (held.is_set() and self.when == "hold"):
            self.close(client, server)

    @staticmethod
    def close(*ends):
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def main():
    path, server, count, when = sys.argv[1:5]
    share = float(sys.argv[5]) if len(sys.argv) > 5 else 1.0
    cutter = Cutter(server, path + ".go", int(count), when, share)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o777)
    listener.listen(16)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=cutter.serve, args=(client,), daemon=True).start()


main()
