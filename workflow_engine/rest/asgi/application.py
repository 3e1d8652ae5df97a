"""The ASGI application: fetchAndLock waits here, everything else goes to the application within."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from workflow_engine import wakeup
from workflow_engine.rest.asgi.fetching import Fetching
from workflow_engine.rest.asgi.signals import on_termination
from workflow_engine.rest.asgi.threads import Threads
from workflow_engine.rest.asgi.waiting_room import WaitingRoom
from workflow_engine.rest.asgi.wsgi import Receive, Scope, Send, WsgiInThreads, environ_of, is_small
from workflow_engine.rest.limits import limits
from workflow_engine.services import startup
from workflow_engine.wakeup.courier import Courier

ADDRESS = "/external-task/fetchAndLock"
# For the answers of those who wait when the server ends.
PARTING_SECONDS = 5.0


class Application:
    """`within` answers other requests; fetchAndLock goes through `django`, a WSGI application, on the threads."""

    def __init__(self, within: Any, django: Any, threads: Threads) -> None:
        self._within, self._threads = within, threads
        self.room = WaitingRoom(lambda: limits().max_waiting_requests)
        self._fetching = Fetching(django, threads, self.room)
        self._courier = Courier(self.room.topics, self.room.tell_of_work)
        self._is_open = False
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # By its end only: where the API is mounted, Django knows. Another view at such an address is answered as ever.
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith(ADDRESS):
            environ = environ_of(scope)
            if is_small(environ):
                self._open()
                self._under_way += 1
                try:
                    await self._fetching(environ, receive, send)
                finally:
                    self._under_way -= 1
                return
        elif scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        await self._within(scope, receive, send)

    def _open(self) -> None:
        """At the server's start, or with the first request where the server does not tell of its start."""
        if not self._is_open:
            self._is_open = True
            loop = asyncio.get_running_loop()
            wakeup.listen(self.room.tell)
            self.room.on_wait = self._courier.awake
            self._courier.start()
            startup.log_server()
            on_termination(lambda: loop.call_soon_threadsafe(self.room.close))

    async def _close(self) -> None:
        """Answers those who wait, then ends the threads."""
        self.room.close()
        deadline = time.monotonic() + PARTING_SECONDS
        while self._under_way and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        wakeup.forget(self.room.tell)
        await asyncio.to_thread(self._courier.stop)
        await self._threads.aclose()

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_told = {"startup": False, "shutdown": False}

        async def receive_too() -> Any:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._open()
            elif message["type"] == "lifespan.shutdown":
                await self._close()
            return message

        async def send_too(message: dict[str, Any]) -> None:
            is_told[message["type"].split(".")[1]] = True
            await send(message)

        if not isinstance(self._within, WsgiInThreads):
            # Django's own application, for one, knows no lifespan and raises.
            with contextlib.suppress(ValueError, NotImplementedError):
                await self._within(scope, receive_too, send_too)
        for phase, is_done in is_told.items():
            if not is_done:
                await receive_too()
                await send({"type": f"lifespan.{phase}.complete"})
