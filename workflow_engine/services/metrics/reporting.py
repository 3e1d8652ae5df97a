"""Writes down what this process has counted: a thread of its own does so every METRICS_INTERVAL and when the process ends."""

from __future__ import annotations

import atexit
import logging
import os
import socket
import threading
from collections.abc import Callable

from django.db import Error, connections, router, transaction

from workflow_engine import clock, conf
from workflow_engine.models import MeterLog, TaskMeterLog
from workflow_engine.services.metrics import memory, publishing

logger = logging.getLogger(__name__)

_lock = threading.Lock()
_is_started = False


def _forget() -> None:
    global _is_started, _lock
    _is_started, _lock = False, threading.Lock()


# Threads do not live on in a forked process.
os.register_at_fork(after_in_child=_forget)


def start() -> None:
    """Once per process, when there is something to report."""
    global _is_started
    if _is_started or conf.current().metrics_interval is None:
        return
    with _lock:
        if _is_started:
            return
        _is_started = True
    threading.Thread(target=_report_for_ever, name="metrics", daemon=True).start()
    atexit.register(_report_quietly)


def report() -> int:
    """Adds a row for everything that was counted here since the last time; how many."""
    counts = memory.counts()
    numbers, assignees = counts.take()
    if not numbers and not assignees:
        return 0
    using = router.db_for_write(MeterLog)
    try:
        with transaction.atomic(using=using):
            now = clock.now(using)
            milliseconds = int(now.timestamp() * 1000)
            host = socket.gethostname()
            MeterLog.objects.using(using).bulk_create(
                MeterLog(name=name, reporter=host, value=number, timestamp=now, milliseconds=milliseconds)
                for name, number in sorted(numbers.items())
            )
            TaskMeterLog.objects.using(using).bulk_create(
                TaskMeterLog(assignee_hash=assignee, timestamp=now) for assignee in sorted(assignees)
            )
    except Exception:
        counts.add(numbers, assignees)
        raise
    return len(numbers) + len(assignees)


def _report_for_ever() -> None:
    pause, waited = threading.Event(), 0.0
    while True:
        interval = conf.current().metrics_interval
        longest = 60.0 if interval is None else interval.total_seconds()
        pause.wait(min(longest, publishing.PUBLISH_EVERY))
        waited += publishing.PUBLISH_EVERY
        if waited >= longest:
            waited = 0.0
            _report_quietly()
        else:
            _quietly(publishing.publish)
        # Nobody else would close what this thread has opened, and it is not needed for long.
        connections.close_all()


def _report_quietly() -> None:
    """The counts stay in memory where there is no database just now."""
    _quietly(report)
    _quietly(publishing.publish)


def _quietly(write: Callable[[], object]) -> None:
    if conf.current().metrics_interval is None:
        return
    try:
        write()
    except Error as error:
        logger.warning("Metrics could not be written down: %s", str(error).strip())
