"""Real connections in real threads: what only one of several may get."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from tests.support import small_models as small
from workflow_engine import clock, models
from workflow_engine.engine.errors import EngineError
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Topic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]


def at_once(count: int, work: Callable[[int], Any], threads: int = 8) -> list[Any]:
    """Runs `work` in threads that begin together; each has a connection of its own."""
    barrier = threading.Barrier(min(count, threads))

    def run(index: int) -> Any:
        try:
            if index < threads:
                barrier.wait(timeout=30)
            return work(index)
        except EngineError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=threads) as pool:
        return list(pool.map(run, range(count)))


def test_fifty_starts_with_one_business_key_make_one_instance() -> None:
    repository.deploy(resources={"order.bpmn": small.one_task(extensions=small.UNIQUE)})
    results = at_once(50, lambda index: runtime.start_process_instance_by_key("order", business_key="K"))
    assert len({result.id for result in results}) == 1
    assert Counter(result.already_existed for result in results) == {True: 49, False: 1}
    assert models.ProcessInstance.objects.count() == 1
    assert models.HistoricProcessInstance.objects.count() == 1
    assert models.BusinessKey.objects.count() == 1


def test_two_fetchers_never_hold_one_task() -> None:
    definition = repository.deploy(resources={"order.bpmn": small.one_task()}).definitions[0]
    for _ in range(60):
        runtime.start_process_instance(definition.pk)

    def fetch(index: int) -> list[str]:
        found = []
        for _ in range(40):
            topics = [Topic(topic_name="ship", lock_duration=600_000, variables=())]
            tasks = external_task.fetch_and_lock(worker_id=f"w{index}", topics=topics, max_tasks=3)
            found += [task.id for task in tasks]
            if not tasks and len(found) > 0:
                break
        return found

    held = [task for tasks in at_once(8, fetch) for task in tasks]
    assert len(held) == len(set(held))
    left = models.ExternalTask.objects.filter(worker_id__isnull=True).count()
    assert len(held) + left == 60


def test_an_expired_task_goes_to_one_of_many() -> None:
    definition = repository.deploy(resources={"order.bpmn": small.one_task()}).definitions[0]
    runtime.start_process_instance(definition.pk)
    topics = [Topic(topic_name="ship", lock_duration=1000, variables=())]
    (task,) = external_task.fetch_and_lock(worker_id="first", topics=topics)
    clock.travel(timedelta(seconds=2))
    found = at_once(8, lambda i: external_task.fetch_and_lock(worker_id=f"w{i}", topics=topics))
    assert sorted(len(tasks) for tasks in found) == [0] * 7 + [1]
    with pytest.raises(EngineError, match="locked by worker"):
        external_task.complete(task.id, "first")


def test_of_many_completions_one_counts() -> None:
    definition = repository.deploy(resources={"order.bpmn": small.one_task()}).definitions[0]
    runtime.start_process_instance(definition.pk)
    topics = [Topic(topic_name="ship", lock_duration=60_000)]
    (task,) = external_task.fetch_and_lock(worker_id="w", topics=topics)
    results = at_once(8, lambda i: external_task.complete(task.id, "w", {"by": i}))
    assert Counter(type(result).__name__ for result in results) == {"NoneType": 1, "NotFound": 7}
    assert models.HistoricProcessInstance.objects.get().state == "COMPLETED"
    assert models.HistoricVariableInstance.objects.count() == 1


def test_a_parallel_join_fires_once_however_the_branches_arrive() -> None:
    branches = 6
    body = small.START + '<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>' + small.END
    body += small.flow("start", "fork") + small.flow("join", "end")
    for i in range(branches):
        body += small.external("ship", f"t{i}") + small.flow("fork", f"t{i}") + small.flow(f"t{i}", "join")
    definition = repository.deploy(resources={"join.bpmn": small.process(body)}).definitions[0]
    for _ in range(3):
        started = runtime.start_process_instance(definition.pk)
        topics = [Topic(topic_name="ship", lock_duration=60_000)]
        tasks = external_task.fetch_and_lock(worker_id="w", topics=topics, max_tasks=branches)
        assert len(tasks) == branches
        results = at_once(branches, lambda i, tasks=tasks: external_task.complete(tasks[i].id, "w", {f"v{i}": i}))  # type: ignore[misc]
        assert results == [None] * branches
        assert models.HistoricProcessInstance.objects.by_id(started.id).get().state == "COMPLETED"
        ends = models.HistoricActivityInstance.objects.for_instance(started.id).filter(activity_id="end")
        assert ends.count() == 1
        sequences = list(models.HistoricDetail.objects.for_instance(started.id).values_list("sequence", flat=True))
        assert len(sequences) == len(set(sequences)) == branches
    assert not models.Execution.objects.exists()


def test_concurrent_deployments_count_versions_without_gaps() -> None:
    results = at_once(8, lambda i: repository.deploy(resources={"order.bpmn": small.one_task()}, name=str(i)))
    assert sorted(result.definitions[0].version for result in results) == list(range(1, 9))


def test_retries_of_a_command_are_bounded(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from workflow_engine.store import retry

    settings.WORKFLOW_ENGINE = {"COMMAND_RETRIES": 3}
    attempts = 0

    class Deadlock(Exception):
        sqlstate = "40P01"

    def always() -> None:
        nonlocal attempts
        attempts += 1
        raise OperationalError("deadlock detected") from Deadlock()

    with pytest.raises(OperationalError):
        retry.repeating("default", always)
    assert attempts == 4
