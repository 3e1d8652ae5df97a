"""Several sweepers at one batch, while an operator stops it, lets it go on, and ends it."""

import threading
from typing import Any

import pytest
from django.db import connections

from tests.integration.sweeper.conftest import timer
from workflow_engine import models
from workflow_engine.services import batch as service
from workflow_engine.services import repository, runtime
from workflow_engine.sweeper import jobs

pytestmark = pytest.mark.django_db(transaction=True)
INSTANCES, SWEEPERS, PATIENCE = 60, 3, 120.0
JOBS_AT_ONCE, PER_JOB = 4, 2
IN_FLIGHT = SWEEPERS * JOBS_AT_ONCE * PER_JOB


@pytest.fixture(autouse=True)
def _small_batches(settings: Any, fresh_process: None) -> None:
    settings.WORKFLOW_ENGINE = {"BATCH_JOBS_PER_SEED": 7, "INVOCATIONS_PER_BATCH_JOB": PER_JOB}


@pytest.fixture
def batch() -> models.Batch:
    definition = repository.deploy(resources={"model.bpmn": timer("PT100H")}).definitions[0]
    started = [runtime.start_process_instance(definition.pk).id for _ in range(INSTANCES)]
    return service.create("instance-deletion", started, {"reason": "too many"}, user="ann")


class Sweepers:
    """Run until the batch is over, but never let it end inside of the `with`: they leave some of it until the
    operator is done. What they raise is kept.
    """

    def __init__(self) -> None:
        self.operator_is_done = threading.Event()
        self.errors: list[BaseException] = []
        self.threads = [threading.Thread(target=self._run, args=(f"s{n}",)) for n in range(SWEEPERS)]

    def __enter__(self) -> "Sweepers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.operator_is_done.set()
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
        assert not self.errors

    def _run(self, owner: str) -> None:
        try:
            while models.Batch.objects.running().exists():
                if models.ProcessInstance.objects.count() <= IN_FLIGHT:
                    self.operator_is_done.wait(PATIENCE)
                jobs.run_once(owner, JOBS_AT_ONCE)
        except BaseException as error:
            self.errors.append(error)
        finally:
            connections.close_all()


def test_each_thing_is_done_once(batch: models.Batch) -> None:
    with Sweepers():
        pass
    assert not models.ProcessInstance.objects.exists()
    logs = models.HistoricJobLog.objects.filter(job_definition_id=batch.batch_job_definition_id)
    assert logs.filter(state="successful").count() == INSTANCES / PER_JOB
    assert not logs.filter(state="failed").exists()
    assert not models.Job.objects.exists()


def test_stopping_and_going_on(batch: models.Batch) -> None:
    with Sweepers():
        for is_suspended in (True, False) * 10:
            service.set_suspended(str(batch.pk), is_suspended)
    assert not models.ProcessInstance.objects.exists()
    assert not models.HistoricJobLog.objects.filter(batch_id=batch.pk, state="failed").exists()


def test_ending_it_in_the_middle(batch: models.Batch) -> None:
    with Sweepers():
        service.delete(str(batch.pk))
    assert not models.Job.objects.filter(batch_id=batch.pk).exists()
    assert not models.BatchChunk.objects.exists()
    assert not models.Incident.objects.exists()
    ended = models.HistoricProcessInstance.objects.filter(end_time__isnull=False).count()
    assert ended + models.ProcessInstance.objects.count() == INSTANCES
