"""Writes down what this process has measured, in a row of its own, and reads the rows of all."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from django.db import router, transaction

from workflow_engine import clock, ids
from workflow_engine.models import MeterReporter
from workflow_engine.services.metrics.measures import measures

PUBLISH_EVERY = 15.0  # seconds
# A process without news is seen as long as this; its last figures as well, if it has ended.
FORGOTTEN_AFTER = timedelta(hours=1)
_STILL_THERE = timedelta(minutes=10)


class _Reporter:
    """This process, told from others on the same host and from its predecessors of the same number."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()[:200]}-{os.getpid()}-{ids.new_correlation_id()[:6]}"
        self.published = -1


_reporter = _Reporter()
os.register_at_fork(after_in_child=lambda: globals().__setitem__("_reporter", _Reporter()))


def publish() -> bool:
    """One statement, and only if there is news. Whether there was."""
    mine, found = _reporter, measures()
    version = found.version
    using = router.db_for_write(MeterReporter)
    now = clock.now(using)
    rows = MeterReporter.objects.using(using)
    known = rows.filter(pk=mine.name)
    if not version or (version == mine.published and known.filter(last_seen__gt=now - _STILL_THERE).exists()):
        return False
    with transaction.atomic(using=using):
        if not known.update(last_seen=now, figures=found.figures()):
            rows.create(reporter=mine.name, started=now, last_seen=now, figures=found.figures())
            rows.filter(last_seen__lte=now - FORGOTTEN_AFTER).delete()
    mine.published = version
    return True


def published() -> list[MeterReporter]:
    """Of all processes that were seen lately."""
    using = router.db_for_write(MeterReporter)
    rows = MeterReporter.objects.using(using).filter(last_seen__gt=clock.now(using) - FORGOTTEN_AFTER)
    return list(rows.order_by("reporter"))
