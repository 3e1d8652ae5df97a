"""What is drawn on a diagram: per element how many tokens, incidents, visits; and the sequence flows that were taken.

Plain data for `diagram.js`, which fetches the model's XML itself. Element ids come from models, so they are never trusted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.forms import Media

from workflow_engine.models import Execution, HistoricActivityInstance, Incident

BODY = "#multiInstanceBody"  # the scope around the instances of a multi-instance activity is no element of its own


class Visit(NamedTuple):
    """One activity instance, as far as a diagram is concerned."""

    activity_id: str
    start: datetime
    end: datetime | None
    is_canceled: bool


class Flow(NamedTuple):
    """A sequence flow; `waits` where an asynchronous continuation may stand between its two ends."""

    id: str
    source: str
    target: str
    waits: bool


def tokens() -> Any:
    """Executions that stand on an activity: those without children, remembered scopes apart."""
    children = Execution.objects.filter(parent_id=OuterRef("pk"), is_event_scope=False)
    return Execution.objects.filter(activity_id__isnull=False, is_event_scope=False).exclude(Exists(children))


def of_definition(process_definition_id: str) -> dict[str, dict[str, int]]:
    """Instances and incidents per activity, over all running instances of one version."""
    standing = tokens().filter(process_definition_id=process_definition_id)
    counted = standing.order_by().values_list("activity_id").annotate(Count("process_instance_id", distinct=True))
    stopped = Incident.objects.filter(process_definition_id=process_definition_id, activity_id__isnull=False)
    return elements(tokens=dict(counted), incidents=_counts(stopped))


def of_instance(process_instance_id: object) -> dict[str, dict[str, int]]:
    """Where the tokens of one running instance stand, what has stopped, and what was visited."""
    standing = tokens().for_instance(process_instance_id)
    stopped = Incident.objects.for_instance(process_instance_id).filter(activity_id__isnull=False)
    return elements(tokens=_counts(standing), incidents=_counts(stopped))


def elements(**counts: Mapping[Any, int]) -> dict[str, dict[str, int]]:
    """{"ChargeCard": {"tokens": 1, "incidents": 1}} out of counters by activity id."""
    found: dict[str, dict[str, int]] = {}
    for kind, by_activity in counts.items():
        for activity_id, number in by_activity.items():
            element = found.setdefault(str(activity_id).removesuffix(BODY), {})
            element[kind] = element.get(kind, 0) + number
    return found


def visits(process_instance_id: object, limit: int) -> list[Visit]:
    rows = HistoricActivityInstance.objects.for_instance(process_instance_id).in_order()
    return [Visit(*row) for row in rows.values_list("activity_id", "start_time", "end_time", "canceled")[:limit]]


def visited(path: Iterable[Visit]) -> Counter[str]:
    """How often each activity was completed."""
    done = (visit for visit in path if visit.end is not None and not visit.is_canceled)
    return Counter(visit.activity_id for visit in done)


def taken(flows: Iterable[Flow], path: Iterable[Visit]) -> list[str]:
    """The flows that tokens went along.

    History does not record them. But one command has one time, so a flow was taken where its target began at the very moment
    its source ended, or later if the token could wait in between.
    """
    started: dict[str, list[datetime]] = {}
    ended: dict[str, list[datetime]] = {}
    for visit in path:
        started.setdefault(visit.activity_id, []).append(visit.start)
        if visit.end is not None and not visit.is_canceled:
            ended.setdefault(visit.activity_id, []).append(visit.end)
    return [flow.id for flow in flows if _is_taken(flow, ended.get(flow.source, []), started.get(flow.target, []))]


def _is_taken(flow: Flow, ends: list[datetime], starts: list[datetime]) -> bool:
    if flow.waits:
        return bool(ends) and bool(starts) and min(ends) <= max(starts)
    return not set(ends).isdisjoint(starts)


def _counts(rows: QuerySet[Any]) -> dict[Any, int]:
    return dict(rows.order_by().values_list("activity_id").annotate(Count("pk")))


_BPMN_JS = "workflow_engine/vendor/bpmn-js"
MEDIA = Media(
    css={
        "all": [
            f"{_BPMN_JS}/assets/diagram-js.css",
            f"{_BPMN_JS}/assets/bpmn-js.css",
            f"{_BPMN_JS}/assets/bpmn-font/css/bpmn.css",
        ]
    },
    js=[f"{_BPMN_JS}/bpmn-navigated-viewer.production.min.js", "workflow_engine/js/diagram.js"],
)
