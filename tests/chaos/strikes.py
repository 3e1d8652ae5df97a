"""What became of a planned fault: whether it really hit, and how long it took until the same thing worked again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.plan import Fault

PATIENCE = 60.0


@dataclass(slots=True)
class Strike:
    fault: Fault
    target: str = ""
    struck: float | None = None  # when, by this host's clock
    has_hit: bool = False
    detail: str = ""
    recovery: float | None = None  # seconds; None where nothing had to recover, or it did not before the end

    def hit(self, detail: str = "") -> None:
        self.has_hit, self.detail = True, detail

    def recovered(
        self, condition: Callable[[], bool], stop: Callable[[], bool] = lambda: False, since: float | None = None
    ) -> bool:
        """Waits until the condition holds and takes the time. `stop`: when nobody will bring it about any more."""
        begin = time.time() if since is None else since
        while not condition():
            if stop() or time.time() - begin > PATIENCE:
                return False
            time.sleep(0.05)
        self.recovery = round(time.time() - begin, 2)
        return True
