"""The tree of activity instances, read without locking anything."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from workflow_engine.engine import Engine, activity_instances
from workflow_engine.engine.errors import NotFound
from workflow_engine.engine.state import Incident
from workflow_engine.services.command import unit_of_work
from workflow_engine.store import database
from workflow_engine.store.environment import StoreEnvironment
from workflow_engine.store.snapshot import SnapshotLoader


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionInstance:
    """A token that waits before or after an activity."""

    id: str
    parent_activity_instance_id: str | None
    process_instance_id: str
    process_definition_id: str
    execution_id: str
    activity_id: str
    activity_name: str | None
    activity_type: str
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityInstance:
    """One activity that is being executed; the root is the process instance itself."""

    id: str
    parent_activity_instance_id: str | None
    process_instance_id: str
    process_definition_id: str
    activity_id: str
    activity_name: str | None
    activity_type: str
    execution_ids: tuple[str, ...]
    incidents: tuple[Incident, ...] = ()
    child_activity_instances: tuple[ActivityInstance, ...] = ()
    child_transition_instances: tuple[TransitionInstance, ...] = ()


def activity_instance_tree(process_instance_id: str, *, using: str | None = None) -> ActivityInstance:
    """Where a running instance stands. NotFound if there is none."""
    alias = database.alias(using)
    # Nothing is written. PostgreSQL reads in one transaction; on SQLite one would take the write lock for nothing.
    with nullcontext() if connections[alias].vendor == "sqlite" else transaction.atomic(using=alias):
        work = unit_of_work(alias)
        loader = SnapshotLoader(work.dialect, process_instance_id)
        engine = Engine(loader, StoreEnvironment(work))
        root = activity_instances.activity_instance_tree(engine.context, process_instance_id)
    if root is None:
        raise NotFound(f"Process instance with id '{process_instance_id}' does not exist.")
    return _activity(root)


def _common(found: Any) -> dict[str, Any]:
    names = (
        "id", "parent_activity_instance_id", "process_instance_id", "process_definition_id", "activity_id", "activity_name",
        "activity_type",
    )  # fmt: skip
    return {**{name: getattr(found, name) for name in names}, "incidents": tuple(found.incidents)}


def _activity(found: activity_instances.ActivityInstance) -> ActivityInstance:
    return ActivityInstance(
        **_common(found),
        execution_ids=tuple(found.execution_ids),
        child_activity_instances=tuple(_activity(child) for child in found.children),
        child_transition_instances=tuple(
            TransitionInstance(**_common(child), execution_id=child.execution_id) for child in found.transitions
        ),
    )
