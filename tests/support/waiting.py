"""Waiting for what another process or thread does: until it shows, and never longer than a patient person would."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 60.0


def wait_until(condition: Callable[[], Any], what: Callable[[], Any] = lambda: "") -> Any:
    """The condition's value once it is true. It may read from the database, so it is asked again and again."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < deadline, f"Not within {PATIENCE:.0f} seconds: {what()}"
        time.sleep(0.02)
    return value
