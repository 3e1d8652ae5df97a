"""Hears of SIGTERM and SIGINT beside the server, which tells its application only when every connection is closed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


def on_termination(hear: Callable[[], object]) -> None:
    """`hear` is called first, then whatever the server itself does. Only a process's main thread hears of signals."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        _chain(number, signal.getsignal(number), hear)


def _chain(number: int, previous: Any, hear: Callable[[], object]) -> None:
    def handle(received: int, frame: FrameType | None) -> None:
        hear()
        if callable(previous):
            previous(received, frame)
        elif previous is signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    # The servers' event loops hear of signals through a file descriptor, which this leaves alone.
    signal.signal(number, handle)
