"""Batches: one operation on many things in the background, as Camunda 7 has them.

`create` stores the items in chunks; the sweeper's jobs do the rest (`jobs.py`), at any number of places, and go on after any
of them has died. An item that fails is a failed job with its message; the others are done all the same.
"""

from workflow_engine.services.batch.changing import (
    calculated_removal_time,
    delete,
    delete_history,
    set_removal_time,
    set_suspended,
)
from workflow_engine.services.batch.creating import create
from workflow_engine.services.batch.kinds import KINDS
from workflow_engine.services.batch.removing import remove_expired
from workflow_engine.services.batch.running import execute

__all__ = [
    "KINDS",
    "calculated_removal_time",
    "create",
    "delete",
    "delete_history",
    "execute",
    "remove_expired",
    "set_removal_time",
    "set_suspended",
]
