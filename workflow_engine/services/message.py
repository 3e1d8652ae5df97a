"""Messages and signals. A message goes to exactly one receiver, unless it is asked to go to all."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from workflow_engine import ids, models
from workflow_engine.engine.commands import ThrowSignal, TriggerEventSubscription
from workflow_engine.engine.errors import BadInput, NotAllowed, NotFound
from workflow_engine.services.command import execute
from workflow_engine.services.results import CorrelationResult
from workflow_engine.services.runtime.starting import start_process_instance
from workflow_engine.services.visibility import current, is_visible
from workflow_engine.services.who import name_of
from workflow_engine.store import database
from workflow_engine.store.retry import repeating
from workflow_engine.store.tables import value_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Who the message is for."""

    name: str | None
    business_key: str | None = None
    process_instance_id: str | None = None
    tenant_id: str | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)
    local_keys: Mapping[str, Any] = field(default_factory=dict)
    process_definition_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Payload:
    """What a message brings, and who sends it."""

    variables: Mapping[str, Any]
    local_variables: Mapping[str, Any]
    triggered_scope_variables: Mapping[str, Any] = field(default_factory=dict)
    user: str | None
    using: str


# A receiver may be gone by the time its instance is locked: then somebody else may be the one.
ATTEMPTS = 3


def correlate_message(
    message_name: str | None,
    *,
    business_key: str | None = None,
    process_instance_id: str | None = None,
    tenant_id: str | None = None,
    correlation_keys: Mapping[str, Any] | None = None,
    local_correlation_keys: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    local_variables: Mapping[str, Any] | None = None,
    triggered_scope_variables: Mapping[str, Any] | None = None,
    process_definition_id: str | None = None,
    all: bool = False,
    user: Any = None,
    using: str | None = None,
) -> list[CorrelationResult]:
    """Hands the message to the one execution that waits for it, else to the one start event; `all`: to every one of both.

    `triggered_scope_variables` become local to the scope that the message begins or goes on in. `tenant_id` "" means without tenant, None any. Refused with NotAllowed, and nothing changed, if none or several fit.
    """
    if message_name is None and not (business_key or process_instance_id or correlation_keys):
        raise BadInput(
            "Cannot correlate a message: it has neither a name nor a business key, instance or correlation keys."
        )
    alias = database.alias(using)
    payload = _Payload(
        variables=variables or {},
        local_variables=local_variables or {},
        triggered_scope_variables=triggered_scope_variables or {},
        user=name_of(user),
        using=alias,
    )
    wanted = _Wanted(
        name=message_name,
        business_key=business_key,
        process_instance_id=process_instance_id,
        tenant_id=tenant_id,
        keys=correlation_keys or {},
        local_keys=local_correlation_keys or {},
        process_definition_id=process_definition_id,
    )
    for _ in range(ATTEMPTS):
        with suppress(NotFound):
            return repeating(alias, lambda: _to_all(wanted, payload)) if all else _to_one(wanted, payload)
    raise NotAllowed(f"Cannot correlate message '{message_name}': its receiver has just gone on.")


def _to_one(wanted: _Wanted, payload: _Payload) -> list[CorrelationResult]:
    found = _the_one(wanted.name, _seen(_waiting(wanted, payload.using)), _seen(_starts(wanted, payload.using)))
    return [_start(found, wanted.business_key, payload) if found.execution_id is None else _deliver(found, payload)]


def _to_all(wanted: _Wanted, payload: _Payload) -> list[CorrelationResult]:
    with transaction.atomic(using=payload.using):
        starts = _seen(_starts(wanted, payload.using))
        delivered = [_deliver(one, payload) for one in _seen(_waiting(wanted, payload.using))]
        return [*delivered, *(_start(one, wanted.business_key, payload) for one in starts)]


def correlate_within_instance(
    process_instance_id: str,
    message_name: str | None,
    variables: Mapping[str, Any] | None = None,
    *,
    user: Any = None,
    using: str | None = None,
) -> None:
    """To every execution of the instance that waits for the message, or for any if it has no name. Nothing if none does."""
    alias = database.alias(using)
    if ids.canonical(process_instance_id) is None:
        return
    payload = _Payload(variables=variables or {}, local_variables={}, user=name_of(user), using=alias)
    wanted = _Wanted(name=message_name, process_instance_id=process_instance_id)

    def once() -> None:
        with transaction.atomic(using=alias):
            for found in _seen(_waiting(wanted, alias)):
                with suppress(NotFound):  # the one before has ended it
                    _deliver(found, payload)

    repeating(alias, once)


def message_event_received(
    message_name: str,
    execution_id: str,
    variables: Mapping[str, Any] | None = None,
    *,
    local_variables: Mapping[str, Any] | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """Hands the message to this execution; NotFound if it does not wait for it."""
    alias = database.alias(using)
    rows = models.EventSubscription.objects.using(alias).in_partition(execution_id).messages(message_name)
    subscription = rows.filter(execution_id=ids.canonical(execution_id) or None).first()
    if subscription is None or not is_visible(subscription):
        raise NotFound(f"Execution '{execution_id}' has not subscribed to a message with name '{message_name}'.")
    payload = _Payload(
        variables=variables or {}, local_variables=local_variables or {}, user=name_of(user), using=alias
    )
    _deliver(subscription, payload)


def throw_signal(command: ThrowSignal, *, user: Any = None, using: str | None = None) -> None:
    caller = current()
    if caller is not None and command.execution_id is None and caller.tenants is not None:
        asked = ("", *sorted(caller.tenants)) if command.tenant_ids is None else command.tenant_ids
        command = replace(command, tenant_ids=tuple(filter(caller.sees_tenant, asked)))
    execute(command, user=name_of(user), using=using)


def signal_event_received(
    name: str,
    variables: Mapping[str, Any] | None = None,
    *,
    execution_id: str | None = None,
    tenant_ids: tuple[str, ...] | None = None,
    user: Any = None,
    using: str | None = None,
) -> None:
    """To everybody who waits for the signal, or to one execution."""
    command = ThrowSignal(name=name, variables=variables or {}, execution_id=execution_id, tenant_ids=tenant_ids)
    throw_signal(command, user=user, using=using)


def find_message_start(message_name: str, tenant_id: str | None, using: str) -> tuple[str, str]:
    """The definition and start event that the message starts."""
    found = _the_one(message_name, [], _seen(_starts(_Wanted(name=message_name, tenant_id=tenant_id), using)))
    return found.process_definition_id or "", found.activity_id


def _seen(rows: QuerySet[models.EventSubscription]) -> list[models.EventSubscription]:
    """Those of which the caller may know. Looked at one by one: most have no tenant, so nobody's tenants are asked for."""
    return [row for row in rows if is_visible(row)]


def _the_one(
    name: str | None, waiting: list[models.EventSubscription], starts: list[models.EventSubscription]
) -> models.EventSubscription:
    if len(waiting) > 1:
        raise NotAllowed(f"Cannot correlate message '{name}': {len(waiting)} executions match, it must be exactly one.")
    if not waiting and len(starts) > 1:
        raise NotAllowed(
            f"Cannot correlate message '{name}': {len(starts)} process definitions match, it must be exactly one."
        )
    for found in [*waiting, *starts]:
        return found
    raise NotAllowed(f"Cannot correlate message '{name}': No process definition or execution matches the parameters.")


def _waiting(wanted: _Wanted, using: str) -> QuerySet[models.EventSubscription]:
    """Subscriptions of active executions that the message fits, in the order in which their roots are locked."""
    every = models.EventSubscription.objects.using(using).messages(wanted.name).of_instances()
    found = every.filter(execution__is_suspended=False)
    if wanted.business_key is not None:
        found = found.filter(process_instance__business_key=wanted.business_key)
    if wanted.process_instance_id is not None:
        found = found.for_instance(wanted.process_instance_id)
    if wanted.tenant_id is not None:
        found = found.filter(tenant_id=wanted.tenant_id)
    for scope, keys in (("process_instance_id", wanted.keys), ("execution_id", wanted.local_keys)):
        for key, value in keys.items():
            columns = {column: part for column, part in value_columns(key, value).items() if part is not None}
            variables = models.Variable.objects.using(using).filter(
                partition=OuterRef("partition"), execution_id=OuterRef(scope), task__isnull=True, name=key, **columns
            )
            found = found.filter(Exists(variables))
    return found.order_by("root_process_instance_id", "id")


def _starts(wanted: _Wanted, using: str) -> QuerySet[models.EventSubscription]:
    """Message start events of active definitions."""
    starts = models.EventSubscription.objects.using(using).of_start_events()
    if wanted.name is None:
        return starts.none()
    found = starts.messages(wanted.name).filter(process_definition__is_suspended=False)
    if wanted.tenant_id is not None:
        found = found.filter(tenant_id=wanted.tenant_id)
    if wanted.process_definition_id is not None:
        found = found.filter(process_definition_id=wanted.process_definition_id)
    return found.order_by("id")


def _deliver(found: models.EventSubscription, payload: _Payload) -> CorrelationResult:
    command = TriggerEventSubscription(
        subscription_id=str(found.pk),
        variables=payload.variables,
        local_variables=payload.local_variables,
        triggered_scope_variables=payload.triggered_scope_variables,
    )
    execute(command, user=payload.user, using=payload.using)
    execution_id = str(found.execution_id)
    return CorrelationResult(
        execution_id=execution_id,
        process_instance_id=str(found.process_instance_id),
        tenant_id=found.tenant_id,
        is_ended=not models.Execution.objects.using(payload.using).by_id(execution_id).exists(),
    )


def _start(found: models.EventSubscription, business_key: str | None, payload: _Payload) -> CorrelationResult:
    started = start_process_instance(
        found.process_definition_id or "",
        business_key=business_key,
        variables={**payload.variables, **payload.local_variables},
        start_activity_id=found.activity_id,
        user=payload.user,
        using=payload.using,
    )
    return CorrelationResult(process_instance=started, process_instance_id=started.id, tenant_id=started.tenant_id)
