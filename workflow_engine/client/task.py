"""The task as a handler sees it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow_engine.client.values import decode_all


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """`lost` is set when the lock is gone: the task was taken away, cancelled, or the worker stops. A long handler
    looks at it between its steps and gives up; what it returns is no longer asked for."""

    id: str
    topic: str
    worker_id: str
    variables: Mapping[str, Any]
    business_key: str | None = None
    retries: int | None = None  # None: never failed
    priority: int = 0
    error_message: str | None = None  # of the last failure
    error_details: str | None = None
    process_instance_id: str = ""
    process_definition_id: str = ""
    process_definition_key: str = ""
    execution_id: str = ""
    activity_id: str = ""
    activity_instance_id: str = ""
    tenant_id: str | None = None
    lock_token: str | None = None
    traceparent: str | None = None  # W3C Trace Context of what made the task, where the engine's site traces
    extension_properties: Mapping[str, str] = field(default_factory=dict)
    lost: threading.Event = field(default_factory=threading.Event, repr=False)


def task_from_json(row: Mapping[str, Any]) -> Task:
    return Task(
        id=row["id"],
        topic=row["topicName"],
        worker_id=row["workerId"],
        variables=decode_all(row.get("variables")),
        business_key=row.get("businessKey"),
        retries=row.get("retries"),
        priority=row.get("priority") or 0,
        error_message=row.get("errorMessage"),
        error_details=row.get("errorDetails"),
        process_instance_id=row.get("processInstanceId") or "",
        process_definition_id=row.get("processDefinitionId") or "",
        process_definition_key=row.get("processDefinitionKey") or "",
        execution_id=row.get("executionId") or "",
        activity_id=row.get("activityId") or "",
        activity_instance_id=row.get("activityInstanceId") or "",
        tenant_id=row.get("tenantId"),
        lock_token=row.get("lockToken"),
        traceparent=row.get("traceparent"),
        extension_properties=row.get("extensionProperties") or {},
    )
