"""I1 and I2 of a live instance: its tokens form a tree, every row has an owner, and everything waits for something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from workflow_engine.bpmn import behaviors
from workflow_engine.engine.execution import Contents
from workflow_engine.models import EventSubscription, ExternalTask, Incident, Job, UserTask, Variable
from workflow_engine.verification.pictures import OWNED, Picture
from workflow_engine.verification.violation import Violation

JOINS = (behaviors.PARALLEL_GATEWAY, behaviors.INCLUSIVE_GATEWAY)
WAITS = (ExternalTask, UserTask, Job, EventSubscription, Incident)
FLAGS = {
    Variable: Contents.VARIABLES,
    ExternalTask: Contents.EXTERNAL_TASKS,
    UserTask: Contents.USER_TASKS,
    Job: Contents.JOBS,
    EventSubscription: Contents.SUBSCRIPTIONS,
    Incident: Contents.INCIDENTS,
}


def check(picture: Picture) -> Iterator[Violation]:
    instance = picture.process_instance_id
    for message in _tree(picture):
        yield Violation("I2", instance, message)
    for message in _owners(picture):
        yield Violation("I2", instance, message)
    for message in _waiting(picture):
        yield Violation("I1", instance, message)


def _tree(picture: Picture) -> Iterator[str]:
    if picture.process_instance_id not in picture.executions:
        yield "its own execution is gone, others are left"
    for row in picture.executions.values():
        where = f"execution {row.pk} at {row.activity_id}"
        if not picture.has_definition(row):
            yield f"{where}: its process definition {row.process_definition_id} is gone"
        elif row.activity_id is not None and picture.activity(row) is None:
            yield f"{where}: process definition {row.process_definition_id} has no such activity"
        if row.parent_id is None:
            continue
        parent = picture.executions.get(str(row.parent_id))
        if parent is None:
            yield f"{where}: its parent {row.parent_id} is gone"
        elif row.is_concurrent and not parent.is_scope:
            yield f"{where} is one of several below {parent.pk}, which is no scope"
        elif not row.is_concurrent and not row.is_scope:
            yield f"{where} is neither one token of several nor a scope"
        if list(picture.path(row))[-1].parent_id is not None and parent is not None:
            yield f"{where} does not hang below the process instance"
        siblings = picture.live_children(row)
        if len(siblings) > 1 and not all(child.is_concurrent for child in siblings):
            yield f"{where} carries a token that stands beside others without being one of several"


def _owners(picture: Picture) -> Iterator[str]:
    tasks = {row.pk for rows in picture.owned[UserTask].values() for row in rows}
    for kind in OWNED:
        name = kind._meta.verbose_name
        for execution_id, rows in picture.owned[kind].items():
            execution = picture.executions.get(execution_id)
            if execution is None:
                yield f"{name} {', '.join(str(row.pk) for row in rows[:5])}: its execution {execution_id} is gone"
            elif not execution.contents & FLAGS[kind] and _own(kind, rows):
                yield f"execution {execution_id} does not know of its {name} {rows[0].pk}"
    for rows in picture.owned[Variable].values():
        for row in rows:
            if row.task_id is not None and row.task_id not in tasks:
                yield f"variable {row.name} ({row.pk}): its task {row.task_id} is gone"


def _own(kind: Any, rows: list[Any]) -> bool:
    """A task's own variables are found by the task."""
    return kind is not Variable or any(row.task_id is None for row in rows)


def _waiting(picture: Picture) -> Iterator[str]:
    leaves = picture.leaves
    standing = _activities_by_scope(picture, leaves)
    for leaf in leaves:
        if not picture.has_definition(leaf):
            continue
        activity = picture.activity(leaf)
        if activity is not None and activity.behavior in JOINS and not leaf.is_active:
            scope = next((row for row in picture.path(leaf) if row.is_scope), None)
            if scope is None or standing[scope.pk] == {leaf.activity_id}:
                yield f"token {leaf.pk} waits at {leaf.activity_id} for tokens that can no longer come"
        elif not _waits(picture, leaf, activity):
            yield f"token {leaf.pk} at {leaf.activity_id} waits for nothing: it is stuck"


def _activities_by_scope(picture: Picture, leaves: list[Any]) -> dict[Any, set[str | None]]:
    """Where the tokens stand that are somewhere below each scope."""
    standing: dict[Any, set[str | None]] = defaultdict(set)
    for leaf in leaves:
        for row in picture.path(leaf):
            if row.is_scope:
                standing[row.pk].add(leaf.activity_id)
    return standing


def _waits(picture: Picture, leaf: Any, activity: Any) -> bool:
    leaf_id = str(leaf.pk)
    if leaf_id in picture.callers or any(picture.owned[kind].get(leaf_id) for kind in WAITS):
        return True
    # One of a parallel multi-instance that is done stays until its siblings are.
    return activity is not None and activity.is_inner_of_multi_instance and not leaf.is_active and leaf.is_concurrent
