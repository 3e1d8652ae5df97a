"""MAX_DELIVERIES: a task whose workers never answer becomes an incident instead of being handed out for ever."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ObjectDoesNotExist
from django.test import override_settings

from tests.support import small_models as small
from workflow_engine import clock, models
from workflow_engine.engine.errors import LockLost
from workflow_engine.services import external_task
from workflow_engine.services.external_task import Topic
from workflow_engine.store import database, waiting_work
from workflow_engine.sweeper import external_task_locks
from workflow_engine.sweeper.counts import Counts

pytestmark = pytest.mark.django_db

EXPIRED = timedelta(seconds=11)
GRACE = timedelta(seconds=60)


def limited(**more: Any) -> Any:
    return override_settings(WORKFLOW_ENGINE={**settings.WORKFLOW_ENGINE, **more})


def fetch(worker: str = "w") -> list[external_task.LockedExternalTask]:
    topics = [Topic(topic_name="ship", lock_duration=10_000, variables=())]
    return external_task.fetch_and_lock(worker_id=worker, topics=topics)


def drop(times: int) -> str:
    """Workers fetch it so often and never answer; the last lock has expired."""
    for _ in range(times):
        (task,) = fetch()
        clock.travel(EXPIRED)
    return task.id


def deliveries() -> int:
    return models.ExternalTask.objects.get().deliveries


def waiting_topics() -> set[str]:
    return waiting_work.topics_with_work(database.dialect(), {"ship", "other"})


@limited(MAX_DELIVERIES=2)
def test_it_becomes_an_incident_that_an_operator_resolves(start: Callable[[bytes], str]) -> None:
    instance = start(small.one_task())
    task_id = drop(2)
    assert fetch() == []
    assert waiting_topics() == set()
    assert external_task_locks.run_once() == Counts()  # a late worker may still answer
    clock.travel(GRACE)
    assert external_task_locks.run_once() == Counts({"given up": 1})
    incident = models.Incident.objects.get()
    assert (incident.incident_type, str(incident.configuration)) == ("failedExternalTask", task_id)
    assert str(incident.process_instance_id) == instance
    assert "2 times" in incident.incident_message
    assert "'w'" in incident.incident_message
    task = models.ExternalTask.objects.get()
    assert (task.retries, task.worker_id, task.lock_token, task.deliveries) == (0, None, None, 0)
    assert task.error_message == incident.incident_message
    assert external_task_locks.run_once() == Counts()
    with pytest.raises(LockLost):
        external_task.complete(task_id, "w")
    external_task.set_retries(task_id, 1)
    assert not models.Incident.objects.exists()
    assert waiting_topics() == {"ship"}
    (again,) = fetch()
    external_task.complete(again.id, "w")


@limited(MAX_DELIVERIES=2)
def test_a_late_worker_completes_the_last_delivery(start: Callable[[bytes], str]) -> None:
    start(small.one_task())
    task_id = drop(2)
    external_task_locks.run_once()
    external_task.complete(task_id, "w")
    clock.travel(GRACE)
    assert external_task_locks.run_once() == Counts()
    with pytest.raises(ObjectDoesNotExist):
        models.Incident.objects.get()


@limited(MAX_DELIVERIES=2)
def test_a_lock_that_lives_again_is_left_alone(start: Callable[[bytes], str]) -> None:
    start(small.one_task())
    task_id = drop(2)
    external_task.lock(task_id, "w", 10_000)
    assert external_task.give_up(task_id, 2) is False
    assert external_task_locks.run_once(grace=timedelta(0)) == Counts()
    external_task.complete(task_id, "w")
    assert external_task.give_up(task_id, 2) is False


def test_without_a_limit_it_is_handed_out_for_ever_and_counted(start: Callable[[bytes], str]) -> None:
    start(small.one_task())
    drop(7)
    assert deliveries() == 7
    clock.travel(GRACE)
    assert external_task_locks.run_once() == Counts(cleared=1)
    assert fetch()


@limited(MAX_DELIVERIES=1, MAX_DELIVERIES_BY_TOPIC={"ship": 3, "other": None})
def test_a_topic_has_a_limit_of_its_own(start: Callable[[bytes], str]) -> None:
    start(small.one_task())
    drop(2)
    clock.travel(GRACE)
    assert external_task_locks.run_once() == Counts(cleared=1)
    drop(1)
    assert fetch() == []
    clock.travel(GRACE)
    assert external_task_locks.run_once() == Counts({"given up": 1})


@limited(MAX_DELIVERIES=1, MAX_DELIVERIES_BY_TOPIC={"ship": None})
def test_a_topic_without_limit(start: Callable[[bytes], str]) -> None:
    start(small.one_task())
    drop(3)
    assert waiting_topics() == {"ship"}
    clock.travel(GRACE)
    assert external_task_locks.run_once() == Counts(cleared=1)


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (lambda task: external_task.failure(task.id, "w", error_message="no", retries=2), 0),
        (lambda task: external_task.unlock(task.id), 0),
        (lambda task: external_task.set_retries(task.id, 5), 0),
        (lambda task: external_task.give_back([(task.id, task.lock_token)]), 1),
        # It says only that the worker lives so far: a task that kills its workers late must count too.
        (lambda task: external_task.extend_lock(task.id, "w", 20_000), 2),
        (lambda task: external_task.lock(task.id, "w", 20_000), 2),
    ],
    ids=["failure", "unlock", "set retries", "give back", "extend lock", "lock again"],
)
def test_what_begins_the_count_again(start: Callable[[bytes], str], answer: Callable[[Any], None], left: int) -> None:
    start(small.one_task())
    drop(1)
    (task,) = fetch()
    assert deliveries() == 2
    answer(task)
    assert deliveries() == left


def test_a_lock_by_id_is_a_delivery(start: Callable[[bytes], str]) -> None:
    start(small.one_task())
    external_task.lock(str(models.ExternalTask.objects.get().pk), "w", 10_000)
    assert deliveries() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"MAX_DELIVERIES": 0},
        {"MAX_DELIVERIES": "3"},
        {"MAX_DELIVERIES": True},
        {"MAX_DELIVERIES_BY_TOPIC": 3},
        {"MAX_DELIVERIES_BY_TOPIC": {"ship": 0}},
        {"MAX_DELIVERIES_BY_TOPIC": {1: 3}},
    ],
)
def test_wrong_limits_are_found_by_the_system_check(wrong: dict[str, Any]) -> None:
    with override_settings(WORKFLOW_ENGINE=wrong):
        assert [found.id for found in run_checks() if found.id == "workflow_engine.E002"]


@limited(MAX_DELIVERIES=1, MAX_DELIVERIES_BY_TOPIC={"ship": 2, "free": None})
def test_right_limits_pass_the_system_check() -> None:
    assert not [found for found in run_checks() if found.id == "workflow_engine.E002"]
