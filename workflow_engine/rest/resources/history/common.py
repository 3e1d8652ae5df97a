"""What all history rows show of their definition and of the instance that they go with."""

from __future__ import annotations

from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet

from workflow_engine.rest import convert
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import Arguments, Parameter

DURATION = ExpressionWrapper(F("end_time") - F("start_time"), DurationField())


def with_definition(rows: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(
        definition_key=F("process_definition__key"), instance_removal_time=F("process_instance__removal_time")
    )
    return found


def key_of(row: Any) -> str | None:
    key: str | None = row.definition_key
    return key


def removal_time(row: Any) -> str | None:
    """History is removed with its instance."""
    return format_date(row.instance_removal_time)


def removal_time_with(instance: Any) -> str | None:
    """Of what belongs to a task; there is no instance where that belongs to no process."""
    return None if instance is None else format_date(instance.removal_time)


_LOG_STATES = {"creationLog": "created", "failureLog": "failed", "successLog": "successful", "deletionLog": "deleted"}


def log_states() -> dict[str, Parameter]:
    """The list parameters of job and external task logs; several of them ask for either."""

    def condition(_: bool, arguments: Arguments) -> Q | None:
        asked = [state for name, state in _LOG_STATES.items() if arguments.get(name)]
        return Q(state__in=asked) if asked else None

    return {name: Parameter(convert.boolean, condition) for name in _LOG_STATES}


def shown_log_states(state: str) -> dict[str, bool]:
    return {name: state == own for name, own in _LOG_STATES.items()}
