"""A sweeper that runs until it is told to stop: several threads, of which one at a time asks for jobs.

Whoever gets a job lets the next thread in and runs its own; so a job that takes long delays no other, and an idle sweeper
costs a few small queries per poll, however many threads it has. News of jobs and the next due date wake it earlier.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connections

from workflow_engine import clock, wakeup
from workflow_engine.services import health
from workflow_engine.sweeper import acquisition, external_task_locks, history_cleanup, idempotency_keys, jobs, months
from workflow_engine.sweeper.acquisition import AcquiredJob
from workflow_engine.sweeper.backlog import Backlog
from workflow_engine.sweeper.counts import Counts
from workflow_engine.sweeper.turns import Turns
from workflow_engine.wakeup import Waiter

logger = logging.getLogger(__name__)

Tell = Callable[[str, Counts], None]
TELL_EVERY, TELL_SECONDS = 100, 1.0
LONGEST_PAUSE = 30.0


class Sweeper:
    """`poll`: seconds between two looks when nothing is known to become due. `tell` hears of each pass that did something."""

    def __init__(self, owner: str, *, threads: int, poll: float, tell: Tell, lock_grace: timedelta) -> None:
        self.owner, self.threads, self.poll, self.lock_grace = owner, threads, poll, lock_grace
        self._tell = tell
        self._is_stopped = threading.Event()
        self._started = clock.now()
        self._asking, self._counting = threading.Lock(), threading.Lock()
        self._done, self._told = Counts(), -TELL_SECONDS
        self._add_months = months.Look()
        turns = Turns()
        self._backlog = Backlog(threads, lambda size: acquisition.acquire(owner, size, turns=turns))
        self._news = Waiter()

    def run(self, stop: threading.Event) -> None:
        """Returns when `stop` is set and every thread has finished its job."""
        self._is_stopped = stop
        workers = [threading.Thread(target=self._run_jobs, name=f"sweeper-{n + 1}") for n in range(self.threads)]
        with wakeup.waiting([wakeup.JOBS]) as self._news:
            for worker in workers:
                worker.start()
            self._repeat(self._tidy_up, pause=max(self.poll, 10.0))
            # The one that waits for news.
            self._news.tell()
            for worker in workers:
                worker.join()
        self._give_back()
        self._tell_of_jobs()

    def _run_jobs(self) -> None:
        self._repeat(self._run_group, pause=0)

    def _run_group(self) -> None:
        with self._asking:
            group: list[AcquiredJob] = []
            while not self._is_stopped.is_set() and not (group := self._backlog.next_group()):
                self._news.wait(min(self._time_to_tell(), self._time_to_next()))
        done = jobs.run(self.owner, group, self._is_stopped.is_set)
        with self._counting:
            self._done.update(done)
            is_much = self._done.total() >= TELL_EVERY
        # Exclusive jobs of the same instance may run now; and there is something to tell.
        self._news.tell()
        if is_much:
            self._tell_of_jobs()

    def _time_to_tell(self) -> float:
        """Tells at once after a quiet time, then every second: jobs that come one by one make no line each."""
        with self._counting:
            left = self._told + TELL_SECONDS - time.monotonic() if self._done else self.poll
        if left <= 0:
            self._tell_of_jobs()
            return self.poll
        return left

    def _tell_of_jobs(self) -> None:
        """What all threads did since it was last told."""
        with self._counting:
            done, self._done = self._done, Counts()
            self._told = time.monotonic()
        if done:
            self._tell("jobs", done)

    def _time_to_next(self) -> float:
        now = clock.now()
        due = acquisition.next_due(now)
        return self.poll if due is None else min(self.poll, max(0.0, (due - now).total_seconds()))

    def _tidy_up(self) -> None:
        health.beat(self.owner, started=self._started, threads=self.threads)
        if counts := external_task_locks.run_once(grace=self.lock_grace):
            self._tell("external task locks", counts)
        if counts := idempotency_keys.run_once():
            self._tell("idempotency keys", counts)
        if counts := self._add_months():
            self._tell("months of history", counts)
        # Nothing to tell: the job itself is told of when it runs.
        history_cleanup.run_once()

    def _give_back(self) -> None:
        try:
            if rest := self._backlog.rest():
                self._done["given back"] += acquisition.release(self.owner, [job.id for job in rest])
            health.leave(self.owner)
        except (OperationalError, InterfaceError):
            logger.warning("Jobs that were not begun stay locked until their locks expire: there is no database.")
        finally:
            connections.close_all()

    def _repeat(self, duty: Callable[[], None], *, pause: float) -> None:
        """Again and again until stopped. Whatever goes wrong is told and tried again later, on a new connection."""
        trouble = 1.0
        try:
            while not self._is_stopped.is_set():
                try:
                    duty()
                except (OperationalError, InterfaceError) as error:
                    logger.error("No database, will try again for ever: %s", str(error).strip())
                except Exception:
                    logger.exception("A pass failed unexpectedly, will try again")
                else:
                    trouble = 1.0
                    self._is_stopped.wait(pause)
                    continue
                connections.close_all()
                self._is_stopped.wait(trouble * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
                trouble = min(trouble * 2, LONGEST_PAUSE)
        finally:
            # Connections belong to their thread; nobody else would close this one.
            connections.close_all()
