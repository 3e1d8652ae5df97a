"""`fetch_and_lock`: hands out tasks to workers. Never waits; who wants to wait asks again (`workflow_engine.wakeup`)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from workflow_engine import conf, logs
from workflow_engine.engine.errors import BadInput
from workflow_engine.services.external_task.locking import lock_duration
from workflow_engine.services.metrics import counting
from workflow_engine.services.observed import timed
from workflow_engine.services.results import LockedExternalTask
from workflow_engine.services.visibility import Visibility
from workflow_engine.store import database, definitions, fetch, visible_variables
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.fetch import Candidates, Found
from workflow_engine.store.retry import repeating
from workflow_engine.store.topics import Only, Topic

logger = logging.getLogger("workflow_engine.external_tasks")


def fetch_and_lock(
    *,
    worker_id: str,
    topics: Sequence[Topic],
    max_tasks: int = 10,
    use_priority: bool = False,
    create_time_order: str | None = None,
    user: Any = None,
    visibility: Visibility | None = None,
    using: str | None = None,
) -> list[LockedExternalTask]:
    """Hands out at most `max_tasks` tasks of the topics that nobody holds and locks them for the worker.

    `visibility`: which of them the worker may see. Given by name, as a long poll looks again where no caller is at hand.
    """
    _check_fetch(worker_id, max_tasks, topics)
    wanted = Candidates(topics=topics, limit=max_tasks, use_priority=use_priority, create_time_order=create_time_order)
    alias = database.alias(using)
    dialect = database.dialect(alias)
    with timed("FetchAndLock"):
        fetched = _fetch(alias, dialect, wanted, visibility, worker_id)
    if fetched:
        counting.fetched([task.topic_name for task in fetched])
        if logger.isEnabledFor(logging.DEBUG):
            _log(fetched, worker_id)
    return fetched


def _fetch(
    alias: str, dialect: Dialect, wanted: Candidates, visibility: Visibility | None, worker_id: str
) -> list[LockedExternalTask]:
    # SQLite has one writer: who only looks for work, again and again, must not be it.
    if dialect.connection.vendor == "sqlite" and not _find(dialect, wanted, visibility, lock=False)[0]:
        return []
    return repeating(alias, lambda: _fetch_once(alias, wanted, visibility, worker_id))


def _log(fetched: Sequence[LockedExternalTask], worker_id: str) -> None:
    for task in fetched:
        logs.event(
            logger,
            logging.DEBUG,
            "external_task_fetched",
            f"External task of topic {task.topic_name} fetched",
            external_task_id=task.id,
            topic_name=task.topic_name,
            worker_id=worker_id,
            process_instance_id=task.process_instance_id,
            process_definition_key=task.process_definition_key,
            activity_id=task.activity_id,
            business_key=task.business_key,
        )


def _find(
    dialect: Dialect, wanted: Candidates, visibility: Visibility | None, *, lock: bool = True
) -> tuple[list[Found], datetime | None]:
    """What one caller may have. Asks for everybody's first: only where that holds somebody else's the tenants are looked up."""
    found, now = fetch.find(dialect, wanted, lock=lock)
    if visibility is None or all(visibility.sees(one.task) for one in found):
        return found, now
    return fetch.find(dialect, replace(wanted, only=_only(visibility)), lock=lock)


def _only(visibility: Visibility) -> Only:
    tenants, definitions = visibility.tenants, visibility.definitions
    return Only(
        tenant_ids=None if tenants is None else ("", *sorted(tenants)),
        definition_keys=None if definitions is None else tuple(sorted(definitions.keys)),
        definition_ids=() if definitions is None else tuple(sorted(definitions.ids)),
    )


def _fetch_once(
    using: str, wanted: Candidates, visibility: Visibility | None, worker_id: str
) -> list[LockedExternalTask]:
    dialect = database.dialect(using)
    with dialect.transaction():
        found, now = _find(dialect, wanted, visibility)
        if not found or now is None:
            return []
        asked = [wanted.topics[one.position] for one in found]
        variables = visible_variables.of_tasks(dialect, [one.task for one in found], asked)
        fetch.lock(dialect, found, wanted.topics, worker_id, now)
        return [
            _locked(one, wanted.topics[one.position], seen, using) for one, seen in zip(found, variables, strict=True)
        ]


def _check_fetch(worker_id: str, max_tasks: int, topics: Sequence[Topic]) -> None:
    if not worker_id:
        raise BadInput("Cannot fetch external tasks: the worker id is empty.")
    limit = conf.current().max_tasks_per_fetch
    if not 0 <= max_tasks <= limit:
        raise BadInput(f"Cannot fetch external tasks: maxTasks is {max_tasks}, it must be between 0 and {limit}.")
    for topic in topics:
        if not topic.topic_name:
            raise BadInput("Cannot fetch external tasks: a topic has no name.")
        lock_duration(topic.lock_duration, f"lockDuration of topic '{topic.topic_name}'")


def _locked(one: Found, topic: Topic, variables: Mapping[str, Any], using: str) -> LockedExternalTask:
    task = one.task
    definition = definitions.get(task.process_definition_id, using)
    properties = None
    if topic.include_extension_properties:
        properties = (
            dict(definition.flow_nodes[task.activity_id].properties)
            if task.activity_id in definition.flow_nodes
            else {}
        )
    assert task.worker_id is not None
    assert task.lock_expiration_time is not None
    assert task.lock_token is not None
    return LockedExternalTask(
        id=task.id,
        topic_name=task.topic_name,
        worker_id=task.worker_id,
        lock_expiration_time=task.lock_expiration_time,
        lock_token=task.lock_token,
        activity_id=task.activity_id,
        activity_instance_id=task.activity_instance_id,
        execution_id=task.execution_id,
        process_instance_id=task.process_instance_id,
        process_definition_id=task.process_definition_id,
        process_definition_key=task.process_definition_key,
        process_definition_version_tag=definition.version_tag,
        business_key=task.business_key,
        tenant_id=task.tenant_id,
        create_time=task.create_time,
        priority=task.priority,
        retries=task.retries,
        error_message=task.error_message,
        error_details=task.error_details,
        is_suspended=task.is_suspended,
        variables=variables,
        extension_properties=properties,
        traceparent=task.traceparent,
    )
