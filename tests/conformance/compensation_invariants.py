"""What was done is undone newest first, and once."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.ledger import Ledger, Record
from tests.conformance.pictures import Picture


def compensation_runs_in_reverse(picture: Picture) -> Iterator[str]:
    """When a record's turn comes no newer one of its scope is left, unless the thrower asked for certain activities only."""
    for record, available in picture.ledger.taken:
        newer = [other for other in available if other.scope == record.scope and other.number > record.number]
        if _chooses(picture, record):
            newer = [other for other in newer if other.handler == record.handler]
        if newer:
            yield f"{record.handler} undoes {record.number} before {[other.number for other in newer]}"


def _chooses(picture: Picture, record: Record) -> bool:
    """Whether a throwing event of the process names an activity."""
    definition_id = picture.ledger.definitions[record.instance]
    nodes = picture.site.definitions[definition_id].flow_nodes.values()
    return any(activity.compensate_ref is not None for activity in nodes)


def each_record_has_one_handler(picture: Picture) -> Iterator[str]:
    """A handler that is an activity of its own begins as often as its records were taken."""
    ledger = picture.ledger
    taken: dict[tuple[str, str], int] = {}
    for record, _available in ledger.taken:
        place = (ledger.definitions[record.instance], record.handler)
        taken[place] = taken.get(place, 0) + 1
    for (definition_id, handler), number in taken.items():
        activity = picture.site.definitions[definition_id].flow_nodes[handler]
        if activity.is_for_compensation:
            begun = ledger.started[definition_id, handler] + _postponed(ledger, definition_id, handler)
            if begun != number:
                yield f"{number} records of {handler} were taken, but it began {begun} times"
            done, told = ledger.left[definition_id, handler], ledger.undone[definition_id, handler]
            if done != told and not activity.activities:
                yield f"{handler} did its work {done} times, {told} records say so"


def _postponed(ledger: Ledger, definition_id: str, handler: str) -> int:
    return sum(
        number
        for (definition, activity, configuration), number in ledger.postponed.items()
        if (definition, activity) == (definition_id, handler) and configuration == "activity-start-create-scope"
    )


INVARIANTS = (compensation_runs_in_reverse, each_record_has_one_handler)
