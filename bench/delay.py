#!/usr/bin/env python3
"""Add the delay of a distant server: delay.py FOLDER/.s.PGSQL.5432 UPSTREAM MS. It listens on the
first socket and connects to the second. Data takes MS/2 milliseconds in each direction. Data
written together arrives together, and does not wait for earlier data."""

import asyncio
import sys

PATH, UPSTREAM, DELAY = sys.argv[1], sys.argv[2], float(sys.argv[3]) / 2000


async def carry(reader, writer):
    """Read immediately, write later, in order."""
    queue = asyncio.Queue(1000)
    loop = asyncio.get_running_loop()

    async def write():
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if not data:
                writer.close()
                return
            writer.write(data)
            await writer.drain()

    task = asyncio.create_task(write())
    try:
        while data := await reader.read(1 << 16):
            await queue.put((loop.time() + DELAY, data))
        await queue.put((loop.time() + DELAY, b""))
        await task
    except OSError:
        writer.close()


async def serve(reader, writer):
    far_reader, far_writer = await asyncio.open_unix_connection(UPSTREAM)
    await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))


async def main():
    server = await asyncio.start_unix_server(serve, PATH)
    async with server:
        await server.serve_forever()


asyncio.run(main())
