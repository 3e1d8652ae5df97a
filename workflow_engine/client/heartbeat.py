"""Keeps the locks of running tasks alive: each is extended when a third of it has passed."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from workflow_engine.client.engine import Engine
from workflow_engine.client.errors import EngineRefused, EngineUnavailable
from workflow_engine.client.task import Task

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Watched:
    task: Task
    lock: float
    due: float


class Heartbeat:
    """One thread for all tasks; it starts with the first of them and sleeps while there is none."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._watched: dict[str, _Watched] = {}
        self._extending: str | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def watch(self, task: Task, lock: float) -> None:
        with self._changed:
            self._watched[task.id] = _Watched(task, lock, time.monotonic() + lock / 3)
            if self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="workflow-heartbeat", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def forget(self, task: Task) -> None:
        """Afterwards no extension of this task is under way, so none can undo a lock that is set next."""
        with self._changed:
            self._watched.pop(task.id, None)
            self._changed.wait_for(lambda: self._extending != task.id)

    def _beat(self) -> None:
        while True:
            watched = self._next_due()
            try:
                self._extend(watched)
            except Exception:
                # Without this thread every long task would lose its lock silently.
                logger.exception("Extending the lock of task %s failed unexpectedly", watched.task.id)
            finally:
                with self._changed:
                    self._extending = None
                    self._changed.notify_all()

    def _next_due(self) -> _Watched:
        with self._changed:
            while True:
                first = min(self._watched.values(), key=lambda watched: watched.due, default=None)
                pause = None if first is None else first.due - time.monotonic()
                if first is not None and pause is not None and pause <= 0:
                    first.due = time.monotonic() + first.lock / 3
                    self._extending = first.task.id
                    return first
                self._changed.wait(pause)

    def _extend(self, watched: _Watched) -> None:
        task = watched.task
        try:
            self._engine.extend_lock(task, watched.lock, timeout=min(10.0, watched.lock / 3))
        except EngineUnavailable as error:
            watched.due = time.monotonic() + watched.lock / 10
            logger.warning("Task %s of topic %s: lock not extended yet: %s", task.id, task.topic, error)
        except EngineRefused as error:
            with self._changed:
                # A task that has just been completed is no longer watched: its 404 means nothing.
                is_lost = self._watched.pop(task.id, None) is not None
            if is_lost:
                task.lost.set()
                logger.warning("Task %s of topic %s: lock lost: %s", task.id, task.topic, error)
