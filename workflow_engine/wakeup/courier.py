"""Brings news of work from process to process: one thread and one database connection, however many wait.

It sends what this process announces by NOTIFY, after the commit and never inside a command's transaction: commits with a NOTIFY
queue up behind each other. News of a few milliseconds travel together, and only what others wait for (`interest`). It hears them
by LISTEN. Whoever waits is also told what a look at the tables finds several times a second: that holds where notifications do
not arrive (SQLite, a pooler in transaction mode), where locks expire, and where news got lost. Nothing is right or wrong by a
notification; they only save time.
"""

from __future__ import annotations

import contextlib
import logging
import os
import random
import selectors
import threading
import time
from collections.abc import Callable, Collection, Iterator

from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from workflow_engine import conf, wakeup
from workflow_engine.store import database, waiting_work
from workflow_engine.wakeup import connecting, interest
from workflow_engine.wakeup.notifications import Notifications

logger = logging.getLogger("workflow_engine.wakeup")

COALESCE_SECONDS = 0.02
# Between two attempts to connect.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
# Looks come a little earlier or later than asked, so that processes do not look in step.
JITTER = (0.75, 1.25)

# What is waited for, and who hears which of it may have work.
Waited = Callable[[], Collection[str]]
TellOfWork = Callable[[Collection[str], Collection[str]], None]


class Courier:
    """Sends only, unless `waited` says which topics somebody waits for; `tell_of_work` hears what each look asked and found.
    Without it there are no looks."""

    def __init__(
        self, waited: Waited | None = None, tell_of_work: TellOfWork | None = None, *, using: str | None = None
    ) -> None:
        self._waited, self._tell_of_work, self._using = waited, tell_of_work, using
        self._lock = threading.Lock()
        self._of_others, self._own = interest.OfOthers(), interest.Own()
        self._outgoing: set[str] = set()
        self._is_for_all = False
        self._is_stopped = False
        self._awake_reader, self._awake_writer = -1, -1
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        with self._lock:
            if self._thread is not None or self._is_stopped:
                return
            self._awake_reader, self._awake_writer = os.pipe()
            os.set_blocking(self._awake_reader, False)
            os.set_blocking(self._awake_writer, False)
            self._thread = threading.Thread(target=self._run, name="workflow-courier", daemon=True)
            self._thread.start()
        wakeup.carry(self.carry)

    def stop(self) -> None:
        wakeup.forget(self.carry)
        with self._lock:
            self._is_stopped = True
            thread, self._thread = self._thread, None
        if thread is not None:
            self.awake()
            thread.join()
            with self._lock:
                os.close(self._awake_reader)
                os.close(self._awake_writer)
                self._awake_writer = -1

    def carry(self, topics: wakeup.Topics) -> None:
        """Called by whoever has just committed: only remembers."""
        if not conf.current().notifications:
            return
        self._bring(self._of_others.wanted(topics))

    def _bring(self, topics: wakeup.Topics) -> None:
        if topics is not None and not topics:
            return
        with self._lock:
            is_first = not self._outgoing and not self._is_for_all
            self._is_for_all = self._is_for_all or topics is None
            self._outgoing.update(topics or ())
        if is_first:
            self.awake()

    def awake(self) -> None:
        """There is something to do: somebody begins to wait, or there is news."""
        # A full pipe wakes it as well.
        with self._lock, contextlib.suppress(BlockingIOError):
            if self._awake_writer >= 0:
                os.write(self._awake_writer, b"x")

    # -- in the courier's own thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        pause = SHORTEST_PAUSE
        while not self._is_stopped:
            began = time.monotonic()
            try:
                with contextlib.closing(connecting.connect(database.alias(self._using))) as connection:
                    self._work(connection)
            except Exception as error:
                self._of_others.listening(False)
                self._tell_of_trouble(error)
                if time.monotonic() - began > LONGEST_PAUSE:
                    pause = SHORTEST_PAUSE
                self._sleep(pause * random.uniform(*JITTER))  # noqa: S311 - spreads the attempts, guards nothing
                pause = min(pause * 2, LONGEST_PAUSE)

    def _tell_of_trouble(self, error: Exception) -> None:
        """Those who wait depend on this thread, so it goes on whatever happens; only a lost database is nothing unforeseen."""
        sentence = "The connection that brings news of work will be opened again"
        if isinstance(error, Error):
            logger.warning("%s: %s", sentence, str(error).strip().split("\n")[0])
        else:
            logger.error("%s", sentence, exc_info=error)

    def _work(self, connection: BaseDatabaseWrapper) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._awake_reader, selectors.EVENT_READ)
            notifications = Notifications(connection) if conf.current().notifications else None
            if notifications is not None and self._waited is not None and notifications.listen():
                selector.register(notifications, selectors.EVENT_READ)
                self._of_others.listening(True)
                # What was told while nobody listened.
                wakeup.tell_here(None)
            next_look = next_send = 0.0
            while not self._is_stopped:
                names = self._waited() if self._waited is not None else ()
                looks = bool(names) and self._tell_of_work is not None
                asks = bool(names) and notifications is not None and notifications.is_listening
                now = time.monotonic()
                moments = ((next_look, looks), (next_send, self._has_news()), (self._own.next(names), asks))
                due = [moment for moment, is_needed in moments if is_needed]
                selector.select(max(0.0, min(due) - now) if due else None)
                self._drain()
                now = time.monotonic()
                if notifications is not None:
                    notifications.receive(wakeup.tell_here, lambda topics: self._bring(self._of_others.hear(topics)))
                    if asks:
                        self._ask(notifications, names, now)
                    if now >= next_send and self._has_news():
                        self._send(notifications)
                        next_send = now + COALESCE_SECONDS
                if looks and now >= next_look:
                    self._look(connection, names)
                    next_look = now + conf.current().look_interval.total_seconds() * random.uniform(*JITTER)  # noqa: S311

    def _ask(self, notifications: Notifications, names: Collection[str], now: float) -> None:
        if topics := self._own.due(names, now):
            notifications.ask(topics)
            self._own.told(topics, now)

    def _look(self, connection: BaseDatabaseWrapper, names: Collection[str]) -> None:
        found = waiting_work.topics_with_work(database.dialect_of(connection), names)
        if self._tell_of_work is not None:
            self._tell_of_work(names, found)

    def _has_news(self) -> bool:
        return bool(self._outgoing) or self._is_for_all

    def _send(self, notifications: Notifications) -> None:
        with self._lock:
            topics = None if self._is_for_all else self._outgoing
            self._outgoing, self._is_for_all = set(), False
        notifications.send(topics)

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self._awake_reader, 4096):
                pass

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._awake_reader, selectors.EVENT_READ)
            while not self._is_stopped and (left := until - time.monotonic()) > 0:
                selector.select(left)
                self._drain()


@contextlib.contextmanager
def carrying(using: str | None = None, *, waiting_for: Collection[str] = ()) -> Iterator[None]:
    """For a long-running process that makes work, such as the sweeper: others hear of it at once. It hears of theirs if it
    waits for something, and looks at no tables for it."""
    if connections[database.alias(using)].vendor != "postgresql":
        yield
        return
    courier = Courier(waited=(lambda: waiting_for) if waiting_for else None, using=using)
    courier.start()
    try:
        yield
    finally:
        courier.stop()
