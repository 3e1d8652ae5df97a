"""The threads in which Django works. They stay, and so do their database connections.

Not concurrent.futures: its futures, and asyncio's around them, cost as much as everything else on the way of a short request.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

from django.db import connections

Result = TypeVar("Result")

PARTING_SECONDS = 10.0

_Work = tuple[Callable[[], Any], "asyncio.Future[Any]", asyncio.AbstractEventLoop]


class Threads:
    def __init__(self, count: int) -> None:
        self._count = count
        self._work: SimpleQueue[_Work | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def run(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """To be awaited. A caller that is cancelled leaves the work to its end: it may hold locks."""
        if not self._threads:
            self._start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._work.put((work, future, loop))
        return future

    async def aclose(self) -> None:
        """Waits for what is under way, and for the threads, which close their connections."""
        threads, self._threads = self._threads, []
        for _ in threads:
            self._work.put(None)
        for thread in threads:
            await asyncio.to_thread(thread.join, PARTING_SECONDS)

    def _start(self) -> None:
        for number in range(self._count):
            thread = threading.Thread(target=self._run, name=f"workflow-request-{number + 1}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self) -> None:
        try:
            while (item := self._work.get()) is not None:
                _do(*item)
                # Nothing of a request is kept until the next one comes.
                del item
        finally:
            connections.close_all()


def _do(work: Callable[[], Any], future: asyncio.Future[Any], loop: asyncio.AbstractEventLoop) -> None:
    result, error = None, None
    try:
        result = work()
    except BaseException as raised:
        error = raised
    # A loop that is closed has nobody left who waits.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(_settle, future, result, error)


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
