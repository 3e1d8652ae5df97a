"""Conditional start events: evaluated when somebody asks, with the variables that he brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from workflow_engine import models
from workflow_engine.engine.commands import EvaluateStartCondition
from workflow_engine.engine.engine import Engine
from workflow_engine.engine.errors import NotAllowed
from workflow_engine.services.command import unit_of_work
from workflow_engine.services.repository import lookups
from workflow_engine.services.results import StartedInstance
from workflow_engine.services.runtime.starting import start_process_instance
from workflow_engine.services.visibility import acting_for, is_visible
from workflow_engine.store import database
from workflow_engine.store.environment import StoreEnvironment
from workflow_engine.store.retry import repeating

Start = tuple[str, str]  # definition, start event


def evaluate_start_conditions(
    variables: Mapping[str, Any],
    *,
    business_key: str | None = None,
    process_definition_id: str | None = None,
    tenant_id: str | None = None,
    user: Any = None,
    using: str | None = None,
) -> list[StartedInstance]:
    """Starts an instance for each conditional start event that holds: of the newest versions, or of the one definition.

    All in one transaction. `tenant_id` "" means without tenant, None any. NotAllowed if there is no such start event.
    """
    alias = database.alias(using)
    starts = _starts(process_definition_id, tenant_id, alias)
    if not starts:
        raise NotAllowed("No subscriptions were found during evaluation of the conditional start events.")

    def once() -> list[StartedInstance]:
        with transaction.atomic(using=alias):
            return [
                start_process_instance(
                    definition_id,
                    business_key=business_key,
                    variables=variables,
                    start_activity_id=activity_id,
                    user=user,
                    using=alias,
                )
                for definition_id, activity_id in starts
                if _holds(definition_id, activity_id, variables, alias)
            ]

    return repeating(alias, once)


def _starts(process_definition_id: str | None, tenant_id: str | None, using: str) -> list[Start]:
    if process_definition_id is not None:
        definition = lookups.definition(process_definition_id, using=using)
        process = lookups.model(process_definition_id, using=using)
        if tenant_id is not None and definition.tenant_id != tenant_id:
            return []
        return [(definition.pk, one.activity_id) for one in process.conditional_events if one.is_start_event]
    found = models.EventSubscription.objects.using(using).of_start_events().filter(event_type="conditional")
    found = found.filter(process_definition__is_suspended=False)
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    return [(str(row.process_definition_id), row.activity_id) for row in found.order_by("pk") if is_visible(row)]


def _holds(process_definition_id: str, activity_id: str, variables: Mapping[str, Any], using: str) -> bool:
    """Nothing of what is tried is written."""
    with acting_for(None), unit_of_work(using) as work:
        engine = Engine(work.loader, StoreEnvironment(work))
        command = EvaluateStartCondition(
            process_definition_id=process_definition_id, activity_id=activity_id, variables=variables
        )
        return bool(engine.execute(command))
