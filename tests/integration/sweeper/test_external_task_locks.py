from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support import small_models as small
from workflow_engine import clock, models
from workflow_engine.services import external_task
from workflow_engine.services.external_task import Topic
from workflow_engine.sweeper import external_task_locks
from workflow_engine.sweeper.counts import Counts

pytestmark = pytest.mark.django_db


def fetch(worker: str) -> str:
    topics = [Topic(topic_name="ship", lock_duration=10_000, variables=())]
    (task,) = external_task.fetch_and_lock(worker_id=worker, topics=topics)
    return task.id


def test_an_expired_lock_is_cleared_after_a_time_of_grace(start: Callable[[bytes], str]) -> None:
    start(small.one_task())
    fetch("w")
    clock.travel(timedelta(seconds=11))
    assert external_task_locks.run_once() == Counts()
    clock.travel(timedelta(seconds=60))
    assert external_task_locks.run_once() == Counts(cleared=1)
    task = models.ExternalTask.objects.get()
    assert (task.worker_id, task.lock_expiration_time, task.retries) == (None, None, None)
    assert external_task_locks.run_once() == Counts()


def test_within_the_time_of_grace_a_late_worker_may_still_complete(start: Callable[[bytes], str]) -> None:
    start(small.one_task())
    task = fetch("w")
    clock.travel(timedelta(seconds=40))
    external_task_locks.run_once()
    external_task.complete(task, "w")
    assert not models.ExternalTask.objects.exists()


def test_a_live_lock_stays(start: Callable[[bytes], str]) -> None:
    start(small.one_task())
    fetch("w")
    assert external_task_locks.run_once(grace=timedelta(0)) == Counts()
    clock.travel(timedelta(seconds=11))
    assert external_task_locks.run_once(grace=timedelta(0)) == Counts(cleared=1)
    assert fetch("another")
