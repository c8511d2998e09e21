"""WebSocket with the library `websockets`: each line of standard input goes to every client, as one text frame."""
import asyncio
import os
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve

MOST_UNSENT_BYTES = 4 * 1024 * 1024  # a client that is further behind is cut


async def client(socket: ServerConnection) -> None:
    await socket.wait_closed()


async def main(port: int) -> None:
    async with serve(client, "127.0.0.1", port, backlog=4096, close_timeout=1) as server:
        while line := await asyncio.to_thread(sys.stdin.readline):
            for socket in server.connections:
                if socket.transport.get_write_buffer_size() > MOST_UNSENT_BYTES:
                    socket.transport.abort()
            broadcast(server.connections, line.rstrip("\n"))


asyncio.run(main(int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"])))
