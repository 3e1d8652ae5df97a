"""Who knows only the history knows the state: folding the events gives the rows."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.pictures import Picture
from workflow_engine.engine import state
from workflow_engine.engine.activity_instances import ActivityInstance, activity_instance_tree
from workflow_engine.engine.errors import EngineError

KINDS = {"job": state.Job, "external": state.ExternalTask, "task": state.UserTask, "incident": state.Incident}


def events_fit_together(picture: Picture) -> Iterator[str]:
    """Times ascend, everything begins before it ends, and once."""
    yield from picture.ledger.problems
    for event, was_canceled in picture.ledger.oddly_ended:
        place = (picture, event.process_definition_id or "", event.activity_id)
        if not (is_composite_handler(*place) or (was_canceled and _may_be_interrupted_at_once(*place))):
            yield f"{event.activity_id} {event.activity_instance_id} ends without having begun, or twice"


def history_tells_the_rows(picture: Picture) -> Iterator[str]:
    live = picture.ledger.live
    for kind, table in KINDS.items():
        yield from _same(kind, set(live[kind]), set(picture.tables[table]))
    instances = {row["id"] for row in picture.executions.values() if row["parent_id"] is None}
    # As in Camunda: history never hears that a called instance was canceled while only continuations waited in it.
    unheard = live["instance"].keys() - instances & picture.ledger.canceled_before_their_time
    yield from _same("instance", set(live["instance"]) - unheard, instances)
    records = {
        row["id"] for row in picture.tables[state.EventSubscription].values() if row["event_type"] == "compensate"
    }
    yield from _same("compensation record", set(live["record"]), records)


def history_tells_the_variables(picture: Picture) -> Iterator[str]:
    for row in picture.tables[state.Variable].values():
        value, _revision = picture.ledger.variables.get(row["id"], ("nothing", 0))
        if value != row["value"]:
            yield f"variable {row['name']} of {row['execution_id']} is {row['value']!r}; history says {value!r}"


def history_tells_the_activities(picture: Picture) -> Iterator[str]:
    """Activities that began and have not ended are those of the trees of activity instances."""
    begun = picture.ledger.live["activity"]
    told = {
        key: event.activity_id
        for key, event in begun.items()
        if not is_composite_handler(picture, event.process_definition_id or "", event.activity_id)
    }
    found: dict[str, str] = {}
    context = picture.site.reader().context
    for row in picture.children[None]:
        try:
            tree = activity_instance_tree(context, row["id"])
        except EngineError as error:
            yield f"there is no tree: {error}"
            return
        assert tree is not None
        for instance in _below(tree):
            if instance.id not in picture.ledger.activities and _compensates(picture, row["id"]):
                continue  # a completed scope that is being compensated, as in Camunda: not told again
            if instance.id in picture.ledger.ended and _may_be_interrupted_at_once(
                picture, instance.process_definition_id, instance.activity_id
            ):
                continue  # as in Camunda: told to be canceled when its event sub-process took over
            place = picture.ledger.activities.get(instance.id, (instance.process_definition_id, instance.activity_id))
            if is_composite_handler(picture, *place):
                continue
            if instance.id in found:
                yield f"activity instance {instance.id} occurs twice: at {found[instance.id]} and {instance.activity_id}"
            found[instance.id] = instance.activity_id
    if told != found:
        missing = {key: name for key, name in told.items() if found.get(key) != name}
        extra = {key: name for key, name in found.items() if told.get(key) != name}
        yield f"activities that history says are live but the tree does not have: {missing}; only in the tree: {extra}"


def is_composite_handler(picture: Picture, definition_id: str, activity_id: str) -> bool:
    """A sub-process that undoes. As in Camunda its instance may change its id while it runs, and the tree may lose it."""
    scope = picture.site.definitions[definition_id].flow_nodes[activity_id]
    return scope.is_for_compensation and bool(scope.activities)


def _may_be_interrupted_at_once(picture: Picture, definition_id: str, activity_id: str) -> bool:
    """Whether a condition that holds when the scope begins starts an event sub-process in place of everything else."""
    scope = picture.site.definitions[definition_id].flow_nodes[activity_id]
    return any(inner.triggered_by_event and inner.cancel_activity for inner in scope.activities) and any(
        subscription.event_type == "conditional" for subscription in scope.event_subscriptions
    )


def _compensates(picture: Picture, process_instance_id: str) -> bool:
    rows = [row for row in picture.executions.values() if row["process_instance_id"] == process_instance_id]
    return any(activity is not None and activity.throws_compensation for activity in map(picture.activity, rows))


def _below(instance: ActivityInstance) -> Iterator[ActivityInstance]:
    for child in instance.children:
        yield child
        yield from _below(child)


def _same(what: str, told: set[str], found: set[str]) -> Iterator[str]:
    if told != found:
        yield f"{what}: history says {sorted(told - found)} are live and does not know {sorted(found - told)}"


INVARIANTS = (events_fit_together, history_tells_the_rows, history_tells_the_variables, history_tells_the_activities)
