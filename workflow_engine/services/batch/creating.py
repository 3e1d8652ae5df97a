"""Making a batch: its items in chunks, three job definitions, and the seed job that begins the work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from workflow_engine import conf, ids, models
from workflow_engine.engine.errors import BadInput
from workflow_engine.services import operation_log
from workflow_engine.services.batch import jobs, stored
from workflow_engine.services.batch.kinds import KINDS, Kind
from workflow_engine.services.command import session
from workflow_engine.services.who import name_of
from workflow_engine.store import database

_AT_ONCE = 50  # chunks in one statement


def create(
    kind: str,
    items: Iterable[str],
    options: Mapping[str, Any],
    *,
    tenant_id: str = "",
    user: Any = None,
    using: str | None = None,
) -> models.Batch:
    """A batch of this kind (`kinds.KINDS`) over items without repetition, read as they are stored. BadInput if there are none.

    The sweeper asks nobody what the user may see: whoever creates a batch has to, of every item.
    """
    alias, settings, who = database.alias(using), conf.current(), name_of(user)
    chosen = KINDS[kind]
    with session(alias) as current:
        batch_id = ids.new_id()
        number = _store(batch_id, iter(items), settings.batch_jobs_per_seed * settings.invocations_per_batch_job, alias)
        if not number:
            raise BadInput(chosen.empty)
        batch = models.Batch(
            id=batch_id,
            partition=ids.partition_of(batch_id),
            tenant_id=tenant_id,
            type=kind,
            configuration=stored.dumps(options),
            total_jobs=-(-number // settings.invocations_per_batch_job),
            batch_jobs_per_seed=settings.batch_jobs_per_seed,
            invocations_per_batch_job=settings.invocations_per_batch_job,
            create_user_id=who,
            start_time=current.work.now,
            **_definitions(batch_id, kind, tenant_id, alias),
        )
        batch.save(using=alias, force_insert=True)
        jobs.insert(current, batch, jobs.SEED)
        operation_log.write(_entries(batch, chosen, options, number), who, alias)
    return batch


def _store(batch_id: str, items: Iterator[str], size: int, using: str) -> int:
    """Writes the items as they come, so that memory holds only a few chunks; how many there are."""
    limit, number = conf.current().max_batch_size, 0
    while chunks := list(islice(iter(lambda: list(islice(items, size)), []), _AT_ONCE)):
        number += sum(map(len, chunks))
        if number > limit:
            raise BadInput(f"A batch of more than {limit} items is not allowed: ask for fewer at once.")
        rows = [
            models.BatchChunk(
                id=ids.new_id(batch_id), partition=ids.partition_of(batch_id), batch_id=batch_id, items=chunk
            )
            for chunk in chunks
        ]
        models.BatchChunk.objects.using(using).bulk_create(rows)
    return number


def _definitions(batch_id: str, kind: str, tenant_id: str, using: str) -> dict[str, str]:
    """The ids of the three job definitions, which live as long as the batch runs."""
    types = {"seed": jobs.SEED, "monitor": jobs.MONITOR, "batch": kind}
    made = {name: ids.new_id(batch_id) for name in types}
    models.JobDefinition.objects.using(using).bulk_create(
        models.JobDefinition(id=made[name], job_type=job_type, job_configuration=batch_id, tenant_id=tenant_id)
        for name, job_type in types.items()
    )
    return {f"{name}_job_definition_id": definition_id for name, definition_id in made.items()}


def _entries(batch: models.Batch, kind: Kind, options: Mapping[str, Any], number: int) -> list[operation_log.Entry]:
    told: dict[str, Any] = {"nrOfInstances": number, "async": True}
    told.update({name: options[option] for option, name in kind.told if options.get(option) is not None})
    if "variables" in options:
        told["nrOfVariables"] = len(options["variables"] or ())
    operation = kind.operation
    if "is_suspended" in options:
        operation = "Suspend" if options["is_suspended"] else "Activate"
    return [
        operation_log.Entry(
            operation_type=operation,
            entity_type=kind.entity,
            property=name,
            new_value=value,
            annotation=options.get("annotation"),
            process_definition_id=options.get("process_definition_id"),
            batch_id=str(batch.pk),
            tenant_id=batch.tenant_id,
        )
        for name, value in told.items()
    ]
