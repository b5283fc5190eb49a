#!/usr/bin/env python3
"""Listen as hosts that are useless to a client of PostgreSQL, on ports of the loopback.

    dead_hosts.py FILE

FILE gets a line "KIND PORT" for each, written when all exist:

        mute     accepts a connection and sends nothing
        silent   answers no SYN: its queue of connections is full
        refuses  has no listening process
        resets   resets a connection once the client has sent something
        closes   closes it then
"""

import os
import socket
import struct
import sys
import threading

LINGER_NONE = struct.pack("ii", 1, 0)  # close() resets


def listening(backlog=128):
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(backlog)
    return server


def full(held):
    server = listening(0)
    while True:
        client = socket.socket()
        client.settimeout(0.5)
        held.append(client)
        try:
            client.connect(server.getsockname())
        except TimeoutError:
            return server


def serve(server, resets):
    while True:
        client, _ = server.accept()
        client.recv(65536)
        if resets:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
        client.close()


def main():
    held = []
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))  # never listens; keeps the port from others
    hosts = {"mute": listening(), "silent": full(held), "refuses": bound, "resets": listening(),
             "closes": listening()}
    for kind in ("resets", "closes"):
        threading.Thread(target=serve, args=(hosts[kind], kind == "resets"), daemon=True).start()
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        for kind, server in hosts.items():
            print(kind, server.getsockname()[1], file=file)
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    threading.Event().wait()


main()
