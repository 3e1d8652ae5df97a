"""The statements of the hot path, as they are sent while an instance lives its life."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from tests.support import small_models as small
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Topic

Sent = tuple[str, Sequence[Any]]
TOPICS = [Topic(topic_name="ship", lock_duration=60_000)]


@contextmanager
def sent() -> Iterator[list[Sent]]:
    """What goes to the database, without what begins and ends transactions."""
    found: list[Sent] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().split(" ", 1)[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            found.append((sql, (params[0] if many else params) or ()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def life() -> list[Sent]:
    """Start, fetchAndLock, extendLock, failure, fetch again, unlock, complete: of an instance whose definition is known already."""
    definition = repository.deploy(resources={"model.bpmn": small.one_task()}).definitions[0]
    for repeated in (True, False):
        with sent() as found:
            runtime.start_process_instance(definition.pk, variables={"a": 1, "b": "x"}, business_key="k")
            task = _fetch()
            external_task.extend_lock(task, "w", 90_000)
            external_task.failure(task, "w", error_message="no", retries=1)
            external_task.unlock(task)
            external_task.complete(_fetch(), "w", {"a": 2, "c": True})
        if not repeated:
            return found
    raise AssertionError("not reached")


def _fetch() -> str:
    return external_task.fetch_and_lock(worker_id="w", max_tasks=10, topics=TOPICS)[0].id
