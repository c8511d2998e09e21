"""Starlette on uvicorn, with sse-starlette: each line of standard input goes to every client of /events and /ws."""
import asyncio
import os
import sys
from contextlib import aclosing, suppress

import uvicorn
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

queues: set[asyncio.Queue[str]] = set()


async def ticks():
    queue = asyncio.Queue(256)
    queues.add(queue)
    try:
        while queue in queues or not queue.empty():
            yield await queue.get()
    finally:
        queues.discard(queue)


async def websocket(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        async with aclosing(ticks()) as lines:
            async for line in lines:
                await socket.send_text(line)


async def main(port: int) -> None:
    app = Starlette(routes=[Route("/events", lambda _: EventSourceResponse(ticks())), WebSocketRoute("/ws", websocket)])
    serving = asyncio.create_task(uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning")).serve())
    while (line := await asyncio.to_thread(sys.stdin.readline)) and not serving.done():
        queues.difference_update([queue for queue in queues if queue.full()])  # too far behind: they end
        for queue in queues:
            queue.put_nowait(line.rstrip("\n"))
    os._exit(0)  # without taking leave of anybody


asyncio.run(main(int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"])))
