"""What history has told so far, folded as a reader of history would fold it: who knows only the events knows the state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_engine.engine import history

Place = tuple[str, str]  # process definition and activity


@dataclass
class Record:
    """One compensation record."""

    id: str
    number: int  # in the order of completion
    handler: str
    scope: str | None
    instance: str


class Ledger:
    """`live` holds what began and has not ended, by kind and id; `problems` what does not fit together."""

    def __init__(self) -> None:
        self.live: dict[str, dict[str, Any]] = {
            kind: {} for kind in ("instance", "activity", "job", "external", "task", "incident", "record", "undoing")
        }
        self.variables: dict[str, tuple[Any, int]] = {}
        self.definitions: dict[str, str] = {}  # by instance, live or not
        self.activities: dict[str, Place] = {}  # every activity instance that ever began
        self.ended: dict[str, datetime] = {}  # activity instances
        self.canceled: set[str] = set()
        self.oddly_ended: list[
            tuple[history.ActivityEnded, bool]
        ] = []  # never begun, or ended before: by being canceled?
        self.has_canceled = False  # in this command
        self.canceled_before_their_time: set[str] = set()  # instances that lost a job without running it
        self.taken: list[
            tuple[Record, list[Record]]
        ] = []  # records being undone, each with those that were available then
        self.undone: Counter[Place] = Counter()  # by handler
        self.last_number = 0
        self.started: Counter[Place] = Counter()
        self.left: Counter[Place] = Counter()  # ended without being canceled or ending their token
        self.postponed: Counter[tuple[str, str, str]] = Counter()  # continuations by their configuration, not yet fired
        self.lost: Counter[Place] = Counter()  # tokens canceled between two activities
        self.problems: list[str] = []
        self.time: datetime | None = None
        self.is_silent = False

    def record(self, event: Any) -> None:
        if self.is_silent:
            return
        if self.time is not None and event.time < self.time:
            self.problems.append(f"{type(event).__name__} at {event.time} comes after {self.time}")
        self.time = event.time
        handler = HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)

    def begin(self, kind: str, key: str, event: Any) -> None:
        if key in self.live[kind]:
            self.problems.append(f"{kind} {key} begins twice")
        self.live[kind][key] = event

    def end(self, kind: str, key: str) -> Any:
        found = self.live[kind].pop(key, None)
        if found is None:
            self.problems.append(f"{kind} {key} ends without having begun, or twice")
        return found


def _instance_started(ledger: Ledger, event: history.ProcessInstanceStarted) -> None:
    ledger.begin("instance", event.process_instance_id or "", event)
    ledger.definitions[event.process_instance_id or ""] = event.process_definition_id or ""


def _activity_started(ledger: Ledger, event: history.ActivityStarted) -> None:
    ledger.begin("activity", event.activity_instance_id, event)
    ledger.started[event.process_definition_id or "", event.activity_id] += 1
    ledger.activities[event.activity_instance_id] = (event.process_definition_id or "", event.activity_id)
    ledger.has_canceled |= event.activity_type in ("terminateEndEvent", "cancelEndEvent")


def _activity_ended(ledger: Ledger, event: history.ActivityEnded) -> None:
    key = event.activity_instance_id
    ledger.has_canceled |= event.canceled
    if key not in ledger.live["activity"]:
        if event.canceled and ledger.ended.get(key, event.time) == event.time:
            return  # as in Camunda: the memory of a completed scope, of which history never heard, or a scope told twice
        ledger.oddly_ended.append((event, key in ledger.canceled))
        ledger.left[event.process_definition_id or "", event.activity_id] += not event.canceled
        return
    ledger.ended[key] = event.time
    if event.canceled:
        ledger.canceled.add(key)
    begun = ledger.end("activity", key)
    if begun is not None and not event.canceled and not event.complete_scope:
        ledger.left[event.process_definition_id or "", begun.activity_id] += 1


def _variable_changed(ledger: Ledger, event: history.VariableChanged) -> None:
    known = ledger.variables.get(event.variable_id)
    if known is None and event.change != "create":
        ledger.problems.append(f"variable {event.name} {event.variable_id} changes before it is created")
    elif known is not None and event.revision < known[1]:
        ledger.problems.append(f"variable {event.name} goes back from revision {known[1]} to {event.revision}")
    if event.change == "delete":
        ledger.variables.pop(event.variable_id, None)
    else:
        ledger.variables[event.variable_id] = (event.value, event.revision)


def _job_logged(ledger: Ledger, event: history.JobLogged) -> None:
    job = event.job
    if event.state == "created":
        ledger.begin("job", job.id, event)
        change = 1
    elif event.state == "failed":
        if job.id not in ledger.live["job"]:
            ledger.problems.append(f"job {job.id} fails without having begun")
        return
    else:
        ledger.end("job", job.id)
        change = -1 if event.state == "successful" else 0
        if event.state == "deleted":
            ledger.has_canceled = True
            ledger.canceled_before_their_time.add(job.process_instance_id)
    if job.handler_type == "async-continuation":
        ledger.postponed[job.process_definition_id, job.activity_id, job.handler_configuration] += change


def _external_task_logged(ledger: Ledger, event: history.ExternalTaskLogged) -> None:
    if event.state == "created":
        ledger.begin("external", event.external_task.id, event)
    elif event.state != "failed":
        ledger.end("external", event.external_task.id)


def _compensation_recorded(ledger: Ledger, event: history.CompensationRecorded) -> None:
    records: dict[str, Record] = ledger.live["record"]
    if event.state == "available":
        ledger.last_number += 1
        record = Record(
            id=event.record_id,
            number=ledger.last_number,
            handler=event.handler_activity_id or "",
            scope=event.scope_activity_instance_id,
            instance=event.process_instance_id or "",
        )
        ledger.begin("record", event.record_id, record)
    elif event.state == "compensated":
        done = ledger.end("undoing", event.record_id)
        if done is not None:
            ledger.undone[ledger.definitions[done.instance], done.handler] += 1
    elif event.state == "discarded" and event.record_id in ledger.live["undoing"]:
        ledger.end("undoing", event.record_id)  # canceled before it was undone
    else:
        found = ledger.end("record", event.record_id)
        if found is not None and event.state == "compensating":
            ledger.begin("undoing", event.record_id, found)
            ledger.taken.append((found, list(records.values())))


HANDLERS: dict[type, Callable[[Ledger, Any], None]] = {
    history.ProcessInstanceStarted: _instance_started,
    history.ProcessInstanceEnded: lambda ledger, event: ledger.end("instance", event.process_instance_id),
    history.ActivityStarted: _activity_started,
    history.ActivityEnded: _activity_ended,
    history.VariableChanged: _variable_changed,
    history.JobLogged: _job_logged,
    history.ExternalTaskLogged: _external_task_logged,
    history.TaskCreated: lambda ledger, event: ledger.begin("task", event.task.id, event),
    history.TaskEnded: lambda ledger, event: ledger.end("task", event.task_id),
    history.IncidentOpened: lambda ledger, event: ledger.begin("incident", event.incident.id, event),
    history.IncidentClosed: lambda ledger, event: ledger.end("incident", event.incident_id),
    history.CompensationRecorded: _compensation_recorded,
}
