"""Run one asyncio server in a thread of its own.

Receives a coroutine that opens a listening server; hands on the port it listens on. Knows no mail protocol.
There is one way to stop it, `stop()`, from any thread: every connection is cancelled and the thread has ended
when it returns. A server that was stopped is not started again.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class ServerThread:
    """A listening server and the thread that serves it."""

    def __init__(self, name: str, open_server: Callable[[], Awaitable[asyncio.Server]]) -> None:
        self._open_server = open_server
        self._ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> int:
        """Start serving and return the port; raises what `open_server` raised."""
        self._thread.start()
        _, _, port = self._ready.result()
        return port

    def stop(self) -> None:
        """End all connections, close the port and wait for the thread."""
        loop, stopping, _ = self._ready.result()
        loop.call_soon_threadsafe(stopping.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # whatever it is, start() raises it in the caller's thread
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        server = await self._open_server()
        stopping = asyncio.Event()
        self._ready.set_result((asyncio.get_running_loop(), stopping, server.sockets[0].getsockname()[1]))
        await stopping.wait()
        server.close()  # asyncio.run then cancels the connections' tasks, and each of them closes its socket
