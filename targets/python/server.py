"""Server-Sent Events with Python's standard library alone: each line of standard input goes to every client of /events."""
import asyncio
import os
import sys

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
MOST_UNSENT_BYTES = 4 * 1024 * 1024  # a client that is further behind is cut

clients: set[asyncio.StreamWriter] = set()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        request = await reader.readuntil(b"\r\n\r\n")
        if not request.startswith(b"GET /events "):
            writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            return
        writer.write(HEAD)
        clients.add(writer)
        await reader.read()  # it says nothing more: this returns when it is gone
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass
    finally:
        clients.discard(writer)
        writer.close()


async def main(port: int) -> None:
    await asyncio.start_server(serve, "127.0.0.1", port, backlog=4096)
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        event = b"data: " + line.rstrip(b"\n") + b"\n\n"
        for writer in clients:
            if writer.transport.get_write_buffer_size() > MOST_UNSENT_BYTES:
                writer.transport.abort()
            else:
                writer.write(event)
    os._exit(0)  # without taking leave of anybody


asyncio.run(main(int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"])))
