"""Jobs that this sweeper has taken, for its threads to run: each thread gets the next as soon as it is free."""

from __future__ import annotations

import time
from collections.abc import Callable

from workflow_engine.sweeper.acquisition import AcquiredJob

LARGEST_BATCH = 50
QUICK = 1.0


class Backlog:
    """Not thread-safe: the loop lets one thread in at a time.

    Batches stay as small as the number of threads, because what waits here is kept from other sweepers; they grow while
    full ones are gone within a second.
    """

    def __init__(self, threads: int, acquire: Callable[[int], list[AcquiredJob]]) -> None:
        self._acquire = acquire
        self._smallest = self._size = threads
        self._jobs: list[AcquiredJob] = []
        self._filled = 0.0

    def next_group(self) -> list[AcquiredJob]:
        """The next job, with the others that must not run at the same time as it; [] if nothing is due."""
        if not self._jobs:
            self._fill()
        if not self._jobs:
            return []
        tree = self._jobs[0].exclusive_in
        group = [job for job in self._jobs if job.exclusive_in == tree] if tree is not None else self._jobs[:1]
        self._jobs = [job for job in self._jobs if job not in group]
        return group

    def rest(self) -> list[AcquiredJob]:
        """What nobody has begun, when the sweeper ends."""
        rest, self._jobs = self._jobs, []
        return rest

    def _fill(self) -> None:
        now = time.monotonic()
        self._jobs = self._acquire(self._size)
        is_much = len(self._jobs) == self._size
        self._size = min(self._size * 2, LARGEST_BATCH) if is_much and now - self._filled < QUICK else self._smallest
        self._filled = now
