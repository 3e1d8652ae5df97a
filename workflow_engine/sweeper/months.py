"""Adds the months to come, where history is split by month (`workflow_partitions`). Elsewhere it costs nothing or one small query."""

from __future__ import annotations

import logging
import time

from django.db import ProgrammingError

from workflow_engine.services import partitions
from workflow_engine.store import database
from workflow_engine.sweeper.counts import Counts

logger = logging.getLogger(__name__)

PAUSE = 3600.0


def run_once() -> Counts:
    try:
        added = partitions.keep_ahead(database.alias())
    except (partitions.PartitionError, ProgrammingError) as error:
        # Such as: it may not make tables. Nothing is lost, the default part takes what has no month.
        logger.warning("Months of history were not added, `workflow_partitions add` does it: %s", str(error).strip())
        return Counts()
    return Counts({"added": len(added)} if added else {})


class Look:
    """`run_once`, once in an hour."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self) -> Counts:
        if time.monotonic() < self._next:
            return Counts()
        self._next = time.monotonic() + PAUSE
        return run_once()
