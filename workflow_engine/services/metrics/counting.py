"""Counts in the memory of this process: no statement and no row of the hot path is spent on it.

`reporting` writes the counts down from time to time. What a process that was killed had not written yet is lost.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import partial

from django.db import transaction

from workflow_engine.engine import history as events
from workflow_engine.engine.history import HistoryEvent
from workflow_engine.services.metrics import memory, names, reporting
from workflow_engine.services.metrics.measures import measures

_JOB_STATES = {"successful": names.JOB_SUCCESSFUL, "failed": names.JOB_FAILED}
_TASK_STATES = {"created": "created", "successful": "completed", "failed": "failed", "deleted": "deleted"}
_HASH_BYTES = 8
_NAMED = frozenset({events.ActivityStarted, events.ActivityEnded, events.ProcessInstanceStarted, events.JobLogged})
_OF_ASSIGNEES = frozenset({events.ActivityUpdated, events.IdentityLinkChanged})


def count(name: str, number: int = 1) -> None:
    if number:
        _add(Counter({name: number}), set(), [])


def after_commit(happened: Sequence[HistoryEvent], using: str) -> None:
    """Counts what a command did, once it has come to stay."""
    numbers: Counter[str] = Counter()
    assignees: set[int] = set()
    tasks: list[tuple[str, str]] = []
    for event in happened:
        kind = type(event)
        if kind in _NAMED and (name := _name(event)) is not None:
            numbers[name] += 1
        elif kind in _OF_ASSIGNEES and (assignee := _assignee(event)) is not None:
            assignees.add(hash_of(assignee))
        elif isinstance(event, events.ExternalTaskLogged):
            tasks.append((event.external_task.topic_name, _TASK_STATES[event.state]))
    if numbers or assignees or tasks:
        transaction.on_commit(partial(_add, numbers, assignees, tasks), using=using, robust=True)


def _assignee(event: HistoryEvent) -> str | None:
    """Who got a task. A standalone one has no activity that would tell."""
    if isinstance(event, events.ActivityUpdated):
        return event.assignee
    if isinstance(event, events.IdentityLinkChanged) and event.process_instance_id is None:
        return event.user_id if (event.type, event.operation) == ("assignee", "add") else None
    return None


def hash_of(assignee: str) -> int:
    digest = hashlib.blake2b(assignee.encode("utf-8", "replace"), digest_size=_HASH_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def fetched(topics: Sequence[str]) -> None:
    """External tasks that were handed out, each by its topic."""
    _add(Counter(), set(), [(topic, "fetched") for topic in topics])


def _add(numbers: Counter[str], assignees: set[int], tasks: Sequence[tuple[str, str]]) -> None:
    if numbers or assignees:
        memory.counts().add(numbers, assignees)
    if tasks:
        measures().tasks(tasks)
    reporting.start()


def _name(event: HistoryEvent) -> str | None:
    if isinstance(event, events.ActivityStarted):
        return names.ACTIVITY_START
    if isinstance(event, events.ActivityEnded):
        return names.ACTIVITY_END
    if isinstance(event, events.ProcessInstanceStarted):
        return names.ROOT_INSTANCE_START if event.process_instance_id == event.root_process_instance_id else None
    return _JOB_STATES.get(event.state) if isinstance(event, events.JobLogged) else None
