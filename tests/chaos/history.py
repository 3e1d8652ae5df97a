"""What the engine tells of a run afterwards, read over its REST API."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.chaos.calling import Caller

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Activity:
    id: str
    activity_id: str
    type: str
    process_instance: str
    process_key: str
    started: float
    ended: float | None
    is_canceled: bool

    @property
    def has_completed(self) -> bool:
        return self.ended is not None and not self.is_canceled


class History:
    def __init__(self, caller: Caller) -> None:
        rows = caller.rows("/history/process-instance", sortBy="instanceId", sortOrder="asc")
        self.instances: dict[str, Row] = {row["id"]: row for row in rows}
        self.by_business_key: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.roots():
            self.by_business_key[row["processDefinitionKey"], row["businessKey"]].append(row)
        self.activities: dict[str, list[Activity]] = defaultdict(list)  # by root instance
        self.by_id: dict[str, Activity] = {}
        for row in caller.rows("/history/activity-instance", sortBy="activityInstanceId", sortOrder="asc"):
            one = _activity(row)
            self.activities[row["rootProcessInstanceId"]].append(one)
            self.by_id[one.id] = one
        done = caller.rows("/history/external-task-log", successLog="true", sortBy="externalTaskId", sortOrder="asc")
        self.handed_in: set[str] = {row["activityInstanceId"] for row in done}
        self.incidents: list[Row] = caller.rows("/history/incident", sortBy="incidentId", sortOrder="asc")

    def roots(self) -> list[Row]:
        return [row for row in self.instances.values() if row["superProcessInstanceId"] is None]


def _activity(row: Row) -> Activity:
    return Activity(
        id=row["id"],
        activity_id=row["activityId"],
        type=row["activityType"],
        process_instance=row["processInstanceId"],
        process_key=row["processDefinitionKey"],
        started=_seconds(row["startTime"]),
        ended=None if row["endTime"] is None else _seconds(row["endTime"]),
        is_canceled=bool(row["canceled"]),
    )


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
