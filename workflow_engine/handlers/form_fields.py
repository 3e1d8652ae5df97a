"""What a validator of a form field gets beside the value: see `camunda:constraint name="validator"`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow_engine.engine.delegates import DelegateExecution, DelegateTask


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFieldContext:
    """`execution` and `task` are those of a task's form; the form of a start event has neither, as nothing runs yet."""

    field_id: str
    field_type: str
    configuration: str  # as the model names the validator
    submitted: Mapping[str, Any] = field(default_factory=dict)  # everything that was sent, as it was sent
    execution: DelegateExecution | None = None
    task: DelegateTask | None = None
    user_id: str | None = None
