"""What the services answer with: frozen values, independent of rows that may be gone by then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflow_engine import models


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedInstance:
    """`already_existed`: the business key is unique and belongs to this instance, so nothing was started."""

    id: str
    process_definition_id: str
    process_definition_key: str
    business_key: str | None
    tenant_id: str
    is_ended: bool
    is_suspended: bool = False
    already_existed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentResult:
    """`definitions` are the new ones; `is_new` is False if duplicate filtering found everything deployed already."""

    deployment: models.Deployment
    definitions: list[models.ProcessDefinition]
    warnings: tuple[Any, ...] = ()  # bpmn.Problem values
    is_new: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelationResult:
    """A message reached an execution, or (`process_instance`) started an instance."""

    process_instance: StartedInstance | None = None
    execution_id: str | None = None
    process_instance_id: str | None = None
    tenant_id: str = ""
    is_ended: bool = False  # whether the execution that got it has ended meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedExternalTask:
    """A task that a worker holds now, with all that the worker asked for."""

    id: str
    topic_name: str
    worker_id: str
    lock_expiration_time: datetime
    lock_token: str
    activity_id: str
    activity_instance_id: str
    execution_id: str
    process_instance_id: str
    process_definition_id: str
    process_definition_key: str
    process_definition_version_tag: str | None
    business_key: str | None
    tenant_id: str
    create_time: datetime
    priority: int
    retries: int | None
    error_message: str | None
    error_details: str | None
    is_suspended: bool
    variables: Mapping[str, Any] = field(default_factory=dict)  # engine values by name
    extension_properties: Mapping[str, str] | None = None
    traceparent: str | None = None
