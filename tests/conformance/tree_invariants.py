"""The execution tree is well formed, it holds what it says, everything in it waits for something, nothing outlives it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.pictures import OWNED, Picture, Row, scopes_around
from workflow_engine.bpmn import behaviors
from workflow_engine.engine import state
from workflow_engine.engine.execution import Contents

JOINS = (behaviors.PARALLEL_GATEWAY, behaviors.INCLUSIVE_GATEWAY)


def tree_is_well_formed(picture: Picture) -> Iterator[str]:
    for row in picture.executions.values():
        where = f"execution {row['id']} at {row['activity_id']}"
        parent = picture.executions.get(row["parent_id"] or "")
        if row["parent_id"] is None:
            if row["id"] != row["process_instance_id"]:
                yield f"{where} has no parent but is no process instance"
            yield from _root_is_right(picture, row, where)
        elif parent is None:
            yield f"{where}: its parent {row['parent_id']} is gone"
        else:
            if parent["process_instance_id"] != row["process_instance_id"]:
                yield f"{where} is in another instance than its parent"
            if row["is_concurrent"] and not parent["is_scope"]:
                yield f"{where} is concurrent below {parent['id']}, which is no scope"
            if not row["is_concurrent"] and not row["is_scope"]:
                yield f"{where} is neither a token among others nor a scope"
        if picture.path(row)[-1]["parent_id"] is not None:
            yield f"{where} hangs in a circle"
        if row["activity_id"] is not None and picture.activity(row) is None:
            yield f"{where}: the definition has no such activity"


def _root_is_right(picture: Picture, row: Row, where: str) -> Iterator[str]:
    caller = picture.executions.get(row["super_execution_id"] or "")
    if row["super_execution_id"] is not None and caller is None:
        yield f"{where}: who called it is gone"
    root = row["id"] if caller is None else caller["root_process_instance_id"]
    if row["root_process_instance_id"] != root:
        yield f"{where}: its root is {row['root_process_instance_id']} instead of {root}"


def siblings_agree(picture: Picture) -> Iterator[str]:
    """A scope has one child that carries on inside it, or several tokens side by side."""
    for row in picture.executions.values():
        children = picture.live_children(row)
        if len(children) > 1 and not all(child["is_concurrent"] for child in children):
            yield f"execution {row['id']}: some of {[child['id'] for child in children]} are not concurrent"
        if not row["is_scope"] and len(picture.children[row["id"]]) > 1:
            yield f"token {row['id']} has several children"


def scopes_have_executions(picture: Picture) -> Iterator[str]:
    """As many scope executions lead to a token as there are scopes around its activity."""
    for leaf in picture.leaves:
        activity = picture.activity(leaf)
        if activity is None or picture.is_below_compensation(leaf):
            continue
        scopes = scopes_around(activity)
        if activity.is_scope and (leaf["activity_instance_id"] is not None or is_left(picture, leaf)):
            scopes.insert(0, activity)
        executions = [row for row in picture.path(leaf) if row["is_scope"]]
        if len(scopes) != len(executions):
            yield (
                f"token {leaf['id']} at {activity.id}: the scopes {[scope.id for scope in scopes]} have the executions"
                f" {[row['id'] for row in executions]}"
            )


def is_left(picture: Picture, leaf: Row) -> bool:
    """Whether the activity is done and only a continuation after it is awaited."""
    return any(job["handler_configuration"] == "activity-end" for job in picture.owned[state.Job][leaf["id"]])


def contents_are_true(picture: Picture) -> Iterator[str]:
    for row in picture.executions.values():
        said = row["contents"]
        found = 0
        if picture.children[row["id"]]:
            found |= Contents.CHILDREN
        if any(child["is_event_scope"] for child in picture.children[row["id"]]):
            found |= Contents.EVENT_SCOPES
        flags = (
            Contents.VARIABLES, Contents.EXTERNAL_TASKS, Contents.USER_TASKS, Contents.JOBS, Contents.SUBSCRIPTIONS, Contents.INCIDENTS,
        )  # fmt: skip
        for kind, flag in zip(OWNED, flags, strict=True):
            if any(kind is not state.Variable or owned["task_id"] is None for owned in picture.owned[kind][row["id"]]):
                found |= flag
        # Children that moved to another parent, seen from the child only: their bits may stay, which costs one look.
        loose = Contents.CHILDREN | Contents.EVENT_SCOPES
        if said | loose != found | loose or found & ~said:
            yield f"execution {row['id']} at {row['activity_id']} says {said!r} and has {found!r}"


def rows_have_owners(picture: Picture) -> Iterator[str]:
    """Nothing outlives its execution, its task or its instance."""
    for kind in OWNED:
        for row in picture.tables[kind].values():
            owner = picture.executions.get(row["execution_id"] or "")
            if row["execution_id"] is None:
                continue  # waits for a start event
            if owner is None:
                yield f"{kind.__name__} {row['id']}: its execution {row['execution_id']} is gone"
            elif owner["process_instance_id"] != row["process_instance_id"]:
                yield f"{kind.__name__} {row['id']} is in another instance than its execution"
            if row.get("task_id") is not None and row["task_id"] not in picture.tables[state.UserTask]:
                yield f"{kind.__name__} {row['id']}: its task is gone"


def nothing_is_stuck(picture: Picture) -> Iterator[str]:
    """Every token waits for something that can come; who waits at a join, for a token that can."""
    for leaf in picture.leaves:
        activity = picture.activity(leaf)
        if activity is not None and activity.behavior in JOINS and not leaf["is_active"]:
            others = _tokens_beside(picture, leaf)
            if all(other["activity_id"] == leaf["activity_id"] for other in others):
                yield f"token {leaf['id']} waits at {leaf['activity_id']} for ever"
        elif not _waits(picture, leaf):
            yield f"token {leaf['id']} at {leaf['activity_id']} waits for nothing"


def _tokens_beside(picture: Picture, leaf: Row) -> list[Row]:
    scope = next(row for row in picture.path(leaf) if row["is_scope"])
    return [other for other in picture.leaves if scope in picture.path(other)]


def _waits(picture: Picture, leaf: Row) -> bool:
    waiting = (state.ExternalTask, state.UserTask, state.Job, state.EventSubscription, state.Incident)
    if any(picture.owned[kind][leaf["id"]] for kind in waiting) or picture.sub_instance(leaf) is not None:
        return True
    activity = picture.activity(leaf)
    # An instance of a parallel multi-instance that is done stays until its siblings are.
    return (
        activity is not None and activity.is_inner_of_multi_instance and not leaf["is_active"] and leaf["is_concurrent"]
    )


INVARIANTS = (
    tree_is_well_formed,
    siblings_agree,
    scopes_have_executions,
    contents_are_true,
    rows_have_owners,
    nothing_is_stuck,
)
