"""Eight clients at once, each with a connection of its own: on SQLite, which has one writer, nobody is told that it is locked."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from tests.support import small_models as small
from tests.support.waiting import PATIENCE
from workflow_engine import models
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Topic
from workflow_engine.sweeper import jobs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]
CLIENTS, INSTANCES = 8, 6
TOPICS = [Topic(topic_name="ship", lock_duration=60_000)]


def definition() -> str:
    """start -> a job -> an external task -> end."""
    work = '<bpmn:serviceTask id="work" camunda:expression="${1}" camunda:asyncBefore="true"/>'
    flows = small.flow("start", "work") + small.flow("work", "ship") + small.flow("ship", "end")
    xml = small.process(small.START + work + small.external() + small.END + flows)
    return str(repository.deploy(resources={"model.bpmn": xml}).definitions[0].pk)


def test_nobody_is_told_that_the_database_is_locked() -> None:
    if connection.vendor == "sqlite":
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)
    process, begin = definition(), threading.Barrier(CLIENTS)
    completed: Counter[str] = Counter()

    def client(number: int) -> None:
        """Starts, runs jobs as a sweeper does, fetches, completes and reads, until its share is done. Any refusal is a failure."""
        try:
            begin.wait(PATIENCE)
            for one in range(INSTANCES):
                runtime.start_process_instance(process, variables={"client": number, "one": one}, user="demo")
                jobs.run_once(f"sweeper-{number}", 2)
                assert models.HistoricActivityInstance.objects.count() > 0
                completed.update(complete(f"worker-{number}"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))
    while jobs.run_once("last"):
        pass
    while done := complete("last"):
        completed.update(done)
    assert len(completed) == CLIENTS * INSTANCES
    assert set(completed.values()) == {1}
    assert models.HistoricProcessInstance.objects.filter(state="COMPLETED").count() == CLIENTS * INSTANCES
    assert not models.Incident.objects.exists()
    assert not models.Job.objects.exists()


def complete(worker: str) -> list[str]:
    found: list[Any] = external_task.fetch_and_lock(worker_id=worker, topics=TOPICS, max_tasks=2)
    for task in found:
        external_task.complete(task.id, worker, {"by": worker})
    return [task.id for task in found]
