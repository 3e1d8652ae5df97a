"""Sees to it that there is a job that removes old history. The sweepers run it like any other."""

from __future__ import annotations

from workflow_engine.services import history_cleanup
from workflow_engine.sweeper.counts import Counts


def run_once() -> Counts:
    return Counts({"planned": int(history_cleanup.prepare())})
