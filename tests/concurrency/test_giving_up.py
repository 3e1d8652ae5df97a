"""The sweeper gives up a task that workers keep dropping, just as somebody else has its own idea of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support import small_models as small
from tests.support.pairs import meet
from workflow_engine import clock, models, verification
from workflow_engine.engine.errors import LockLost
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Topic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]

TOPICS = [Topic(topic_name="ship", lock_duration=60_000)]


@pytest.fixture
def dropped() -> str:
    """A task that was handed out once and whose lock has expired."""
    definition = repository.deploy(resources={"model.bpmn": small.one_task()}).definitions[0]
    runtime.start_process_instance(definition.pk)
    (task,) = external_task.fetch_and_lock(worker_id="w", topics=TOPICS)
    clock.travel(timedelta(minutes=2))
    return task.id


def give_up(task_id: str) -> Callable[[], Any]:
    return lambda: external_task.give_up(task_id, 1)


@pytest.fixture(autouse=True)
def _verified() -> Any:
    yield
    assert [str(violation) for violation in verification.verify()] == []


def test_two_sweepers_open_one_incident(dropped: str) -> None:
    outcome = meet(give_up(dropped), give_up(dropped))
    assert (outcome.first, outcome.second) == (True, False)
    assert models.Incident.objects.count() == 1


def test_a_late_worker_that_comes_first_has_completed_it(dropped: str) -> None:
    outcome = meet(lambda: external_task.complete(dropped, "w"), give_up(dropped))
    assert (outcome.second, outcome.refusals) == (False, [])
    assert models.HistoricProcessInstance.objects.get().state == "COMPLETED"
    assert not models.Incident.objects.exists()


def test_a_late_worker_that_comes_second_is_refused(dropped: str) -> None:
    outcome = meet(give_up(dropped), lambda: external_task.complete(dropped, "w"))
    assert outcome.first is True
    assert isinstance(outcome.second, LockLost)
    assert models.Incident.objects.count() == 1


def test_a_lock_by_id_that_comes_first_holds(dropped: str) -> None:
    outcome = meet(lambda: external_task.lock(dropped, "another", 60_000), give_up(dropped))
    assert (outcome.second, outcome.refusals) == (False, [])
    task = models.ExternalTask.objects.get()
    assert (task.worker_id, task.retries) == ("another", None)
    external_task.complete(dropped, "another")


def test_a_lock_by_id_that_comes_second_finds_it_given_up(dropped: str) -> None:
    outcome = meet(give_up(dropped), lambda: external_task.lock(dropped, "another", 60_000))
    assert (outcome.first, outcome.refusals) == (True, [])
    task = models.ExternalTask.objects.get()
    assert (task.worker_id, task.retries) == ("another", 0)
    external_task.complete(dropped, "another")
    assert not models.Incident.objects.exists()


def test_new_retries_that_come_first_begin_the_count_again(dropped: str) -> None:
    outcome = meet(lambda: external_task.set_retries(dropped, 3), give_up(dropped))
    assert (outcome.second, outcome.refusals) == (False, [])
    assert not models.Incident.objects.exists()


def test_new_retries_that_come_second_resolve_the_incident(dropped: str) -> None:
    outcome = meet(give_up(dropped), lambda: external_task.set_retries(dropped, 3))
    assert (outcome.first, outcome.refusals) == (True, [])
    assert not models.Incident.objects.exists()
    assert external_task.fetch_and_lock(worker_id="w", topics=TOPICS)


def test_a_deleted_instance_takes_it_along(dropped: str) -> None:
    instance = str(models.ProcessInstance.objects.get().pk)
    outcome = meet(lambda: runtime.delete_process_instance(instance), give_up(dropped))
    assert (outcome.second, outcome.refusals) == (False, [])
    assert not models.Incident.objects.exists()
