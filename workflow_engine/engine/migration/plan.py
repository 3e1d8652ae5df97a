"""What a migration plan says: which element of the old definition becomes which element of the new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationInstruction:
    """`update_event_trigger`: what the element waits for (name, due date) is taken from the new model."""

    source_activity_id: str
    target_activity_id: str
    update_event_trigger: bool = False

    def __str__(self) -> str:
        return f"'{self.source_activity_id}' -> '{self.target_activity_id}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationPlan:
    """`variables` are set in every migrated instance."""

    source_definition_id: str
    target_definition_id: str
    instructions: tuple[MigrationInstruction, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionReport:
    """Everything that is wrong with one instruction."""

    instruction: MigrationInstruction
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityReport:
    """Why one active instance cannot go along. Of a token that waits before or after an activity: `is_transition`."""

    instance_id: str
    activity_id: str
    failures: tuple[str, ...]
    instruction: MigrationInstruction | None = None
    is_transition: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceReport:
    process_instance_id: str
    activities: tuple[ActivityReport, ...] = ()
