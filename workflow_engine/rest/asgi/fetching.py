"""fetchAndLock for a server that need not wait in a thread: the request goes through Django, waits as a coroutine, and goes again."""

from __future__ import annotations

import asyncio
import io
import time
from functools import partial
from typing import Any

from workflow_engine.rest.asgi.place import PLACE, Place, give_back
from workflow_engine.rest.asgi.threads import Threads
from workflow_engine.rest.asgi.waiting_room import WaitingRoom
from workflow_engine.rest.asgi.wsgi import Answer, Disconnected, Environ, Receive, Send, call, read_body


class Fetching:
    def __init__(self, django: Any, threads: Threads, room: WaitingRoom) -> None:
        self._django, self._threads, self._room = django, threads, room

    async def __call__(self, environ: Environ, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(receive)
        except Disconnected:
            return
        loop = asyncio.get_running_loop()
        news = asyncio.Event()
        place = Place(self._room, partial(loop.call_soon_threadsafe, news.set))
        hang_up = loop.create_task(_hang_up(receive))
        hang_up.add_done_callback(lambda _: place.hung_up())
        try:
            answer = await self._answer(environ, body, place, news, hang_up)
            if hang_up.done():
                await self._abandon(place)
            else:
                await self._send(answer, place, send)
        except asyncio.CancelledError:
            # The server's way to say that the client is gone.
            self._threads.run(lambda: give_back(place.abandon()))
            raise
        finally:
            place.leave()
            hang_up.cancel()

    async def _answer(
        self, environ: Environ, body: bytes, place: Place, news: asyncio.Event, hang_up: asyncio.Task[None]
    ) -> Answer:
        while True:
            news.clear()
            # A pass that does not get as far as the view ends the wait: credentials may have been revoked meanwhile.
            place.is_waiting = False
            request = {**environ, "wsgi.input": io.BytesIO(body), PLACE: place}
            answer = await self._threads.run(lambda request=request: call(self._django, request))  # type: ignore[misc]
            assert answer is not None
            if not place.is_waiting or not await self._wait(place, news, hang_up):
                return answer

    async def _wait(self, place: Place, news: asyncio.Event, hang_up: asyncio.Task[None]) -> bool:
        """Whether it is time to look again; otherwise the wait is over and the last answer stands."""
        seconds = place.deadline - time.monotonic()
        if seconds <= 0 or self._room.is_closed or hang_up.done():
            return False
        told = asyncio.ensure_future(news.wait())
        try:
            await asyncio.wait((told, hang_up), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            told.cancel()
        return news.is_set() and not self._room.is_closed and not hang_up.done()

    async def _send(self, answer: Answer, place: Place, send: Send) -> None:
        try:
            await answer.send(send)
        except OSError:
            await self._abandon(place)

    async def _abandon(self, place: Place) -> None:
        if found := place.abandon():
            await self._threads.run(lambda: give_back(found))


async def _hang_up(receive: Receive) -> None:
    """Ends when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
