"""History of process instances, activities and compensation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from workflow_engine import models
from workflow_engine.engine import history as events
from workflow_engine.models.historic_process_instance import InstanceState
from workflow_engine.store.history.rows import HistoryRows


def process_instance_started(rows: HistoryRows, event: events.ProcessInstanceStarted) -> None:
    rows.insert(
        models.HistoricProcessInstance,
        event,
        event.process_instance_id or "",
        business_key=event.business_key,
        process_definition_key=event.process_definition_key,
        super_process_instance_id=event.super_process_instance_id,
        start_time=event.time,
        start_user_id=event.start_user_id,
        start_activity_id=event.start_activity_id,
        restarted_process_instance_id=event.restarted_process_instance_id,
        state=InstanceState.ACTIVE.value,
    )


def process_instance_updated(rows: HistoryRows, event: events.ProcessInstanceUpdated) -> None:
    values: dict[str, Any] = {"state": event.state}
    if event.business_key is not None:
        values["business_key"] = event.business_key
    if event.process_definition_id is not None:  # migration moves an instance to another definition
        values["process_definition_id"] = event.process_definition_id
        values["process_definition_key"] = event.process_definition_id.rsplit(":", 2)[0]
    rows.update(models.HistoricProcessInstance, event.process_instance_id or "", **values)


def process_instance_ended(rows: HistoryRows, event: events.ProcessInstanceEnded) -> None:
    values: dict[str, Any] = {"state": event.state, "end_time": event.time, "delete_reason": event.delete_reason}
    if event.end_activity_id is not None:
        values["end_activity_id"] = event.end_activity_id
    days = rows.time_to_live(event.process_definition_id)
    if days is not None and event.process_instance_id == event.root_process_instance_id:
        values["removal_time"] = event.time + timedelta(days=days)
    rows.update(models.HistoricProcessInstance, event.process_instance_id or "", **values)


def activity_started(rows: HistoryRows, event: events.ActivityStarted) -> None:
    rows.insert(
        models.HistoricActivityInstance,
        event,
        event.activity_instance_id,
        parent_activity_instance_id=event.parent_activity_instance_id,
        execution_id=event.execution_id,
        activity_id=event.activity_id,
        activity_name=event.activity_name,
        activity_type=event.activity_type,
        start_time=event.time,
        sequence_counter=event.sequence_counter,
    )


def activity_updated(rows: HistoryRows, event: events.ActivityUpdated) -> None:
    names = ("execution_id", "task_id", "called_process_instance_id", "assignee", "parent_activity_instance_id")
    known = {name: getattr(event, name) for name in (*names, "activity_id", "activity_name")}
    values = {name: value for name, value in known.items() if value is not None}
    if event.activity_id is not None and event.process_definition_id is not None:
        values["process_definition_id"] = event.process_definition_id
    rows.update(models.HistoricActivityInstance, event.activity_instance_id, **values)


def activity_ended(rows: HistoryRows, event: events.ActivityEnded) -> None:
    values: dict[str, Any] = {
        "end_time": event.time,
        "execution_id": event.execution_id,
        "activity_id": event.activity_id,
        "activity_name": event.activity_name,
        "activity_type": event.activity_type,
    }
    if event.canceled:
        values["canceled"] = True
    if event.complete_scope:
        values["complete_scope"] = True
    rows.update(models.HistoricActivityInstance, event.activity_instance_id, **values)


def compensation_recorded(rows: HistoryRows, event: events.CompensationRecorded) -> None:
    times = {"available": "create_time", "compensating": "start_time"}
    values = {
        "state": event.state,
        times.get(event.state, "end_time"): event.time,
        "activity_id": event.activity_id,
        "handler_activity_id": event.handler_activity_id,
        "scope_activity_instance_id": event.scope_activity_instance_id,
        "execution_id": event.execution_id,
    }
    if event.state == "available":
        rows.insert(models.CompensationRecord, event, event.record_id, **values)
    else:
        rows.update(models.CompensationRecord, event.record_id, **{k: v for k, v in values.items() if v is not None})
