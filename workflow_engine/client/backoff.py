"""Growing pauses with jitter, so that many workers that lost the engine together do not come back together."""

from __future__ import annotations

import random


class Backoff:
    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self._pause = first

    def next(self) -> float:
        pause, self._pause = self._pause, min(self._pause * 2, self._longest)
        return pause * random.uniform(0.5, 1.0)  # noqa: S311 - no secret

    def reset(self) -> None:
        self._pause = self._first
