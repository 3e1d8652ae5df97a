"""Guards that every other test could do without: who may go on without waiting, and which clock at which moment decides."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from tests.integration.sweeper.conftest import timer
from tests.support import small_models as small
from tests.support.pairs import meet
from workflow_engine import clock, models
from workflow_engine.engine.errors import LockLost
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Topic
from workflow_engine.store import retry, task_locks
from workflow_engine.sweeper import acquisition, external_task_locks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]

MINUTE = 60_000


def tasks(count: int) -> None:
    definition = repository.deploy(resources={"order.bpmn": small.one_task()}).definitions[0]
    for _ in range(count):
        runtime.start_process_instance(definition.pk)


def fetch(worker_id: str, max_tasks: int = 1) -> list[str]:
    topics = [Topic(topic_name="ship", lock_duration=MINUTE)]
    found = external_task.fetch_and_lock(worker_id=worker_id, topics=topics, max_tasks=max_tasks)
    return [str(task.id) for task in found]


def timers(count: int) -> None:
    definition = repository.deploy(resources={"model.bpmn": timer("PT1H")}).definitions[0]
    for _ in range(count):
        runtime.start_process_instance(definition.pk)


def has_row_locks() -> bool:
    """On SQLite the one writer is waited for, whatever it writes."""
    return connection.vendor == "postgresql"


# -- SKIP LOCKED ---------------------------------------------------------------------------------------------------------


def test_who_fetches_waits_for_no_other_fetch() -> None:
    tasks(2)
    outcome = meet(lambda: fetch("one"), lambda: fetch("other"))
    assert len({*outcome.first, *outcome.second}) == 2
    assert outcome.has_waited is not has_row_locks()


def test_a_sweeper_waits_for_no_other_that_is_just_taking_jobs() -> None:
    timers(2)
    clock.travel(timedelta(hours=2))
    outcome = meet(lambda: acquisition.acquire("one", 1), lambda: acquisition.acquire("other", 1))
    assert len({job.id for job in (*outcome.first, *outcome.second)}) == 2
    assert outcome.has_waited is not has_row_locks()


def test_tidying_of_locks_waits_for_no_late_worker() -> None:
    tasks(1)
    (task,) = fetch("w")
    clock.travel(timedelta(hours=1))
    outcome = meet(lambda: external_task.complete(task, "w"), external_task_locks.run_once)
    assert outcome.refusals == []
    assert outcome.second.total() == 0
    assert outcome.has_waited is not has_row_locks()


# -- row locks -----------------------------------------------------------------------------------------------------------


def test_a_lock_that_is_just_passed_on_is_not_extended() -> None:
    tasks(1)
    (task,) = fetch("slow")

    def pass_on() -> None:
        external_task.unlock(task)
        external_task.lock(task, "fast", 5 * MINUTE)

    outcome = meet(pass_on, lambda: external_task.extend_lock(task, "slow", MINUTE))
    assert "locked by worker 'fast'" in str(outcome.second)
    assert outcome.has_waited


def test_of_two_deployments_the_second_counts_on() -> None:
    deploy = lambda: repository.deploy(resources={"order.bpmn": small.one_task()}).definitions[0].version  # noqa: E731
    assert deploy() == 1  # from here on there is a row to lock
    outcome = meet(deploy, deploy)
    assert (outcome.first, outcome.second) == (2, 3)
    assert outcome.has_waited


# -- the clock -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("skew", [timedelta(days=1), timedelta(days=-1)], ids=["ahead", "behind"])
def test_the_clock_of_this_process_decides_nothing(skew: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks(2)
    timers(1)
    (first,) = fetch("w")
    before = clock.now()

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + skew

    monkeypatch.setattr(clock, "datetime", Wrong)
    if not has_row_locks():
        # SQLite's database is this process, and so is its clock.
        assert abs(clock.now() - before - skew) < timedelta(hours=1)
        return
    assert abs(clock.now() - before) < timedelta(hours=1)
    (second,) = fetch("other", 5)
    assert second != first
    assert acquisition.acquire("early", 5) == []
    external_task.extend_lock(first, "w", MINUTE)
    for row in models.ExternalTask.objects.all():
        assert row.lock_expiration_time is not None
        assert abs(row.lock_expiration_time - before) < timedelta(hours=1)
    clock.travel(timedelta(hours=2))
    assert len(acquisition.acquire("in time", 5)) == 1
    external_task.complete(second, "other")
    (done,) = models.HistoricProcessInstance.objects.filter(state="COMPLETED")
    assert abs(done.end_time - before - timedelta(hours=2)) < timedelta(hours=1)


def test_the_clock_goes_on_within_a_transaction() -> None:
    """The time at which a transaction began is no answer: it may have waited for a lock since."""
    tasks(1)
    with transaction.atomic():
        moments = [clock.now(), clock.now()]
        (task,) = fetch("w")
        moments.append(models.ExternalTask.objects.get().lock_expiration_time - timedelta(milliseconds=MINUTE))
        external_task.extend_lock(task, "w", MINUTE)
        moments.append(models.ExternalTask.objects.get().lock_expiration_time - timedelta(milliseconds=MINUTE))
    assert moments == sorted(set(moments))


def test_a_command_within_a_transaction_has_a_time_of_its_own() -> None:
    definition = repository.deploy(resources={"order.bpmn": small.one_task(extensions=small.UNIQUE)}).definitions[0]
    with transaction.atomic():
        begun = clock.now()
        for key in ("one", "other"):
            runtime.start_process_instance(definition.pk, business_key=key)
    one, other = models.BusinessKey.objects.order_by("created").values_list("created", flat=True)
    assert begun < one < other
    starts = list(models.HistoricProcessInstance.objects.order_by("start_time").values_list("start_time", flat=True))
    assert begun < starts[0] < starts[1]


@pytest.mark.parametrize("action", ["extend", "take"])
def test_an_expiry_counts_also_while_the_lock_was_waited_for(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks(1)
    (task,) = fetch("w")
    read = task_locks.read

    def slowly(*args: Any) -> Any:
        found = read(*args)
        clock.travel(timedelta(minutes=2))
        return found

    monkeypatch.setattr(task_locks, "read", slowly)
    if action == "extend":
        with pytest.raises(LockLost, match="it expired at"):
            external_task.extend_lock(task, "w", MINUTE)
    else:
        external_task.lock(task, "other", MINUTE)
        assert models.ExternalTask.objects.get().worker_id == "other"


# -- the others ----------------------------------------------------------------------------------------------------------


def test_what_is_given_back_late_stays_with_who_has_it_now() -> None:
    tasks(1)
    (task,) = fetch("gone")
    token = str(models.ExternalTask.objects.get().lock_token)
    clock.travel(timedelta(minutes=2))
    assert fetch("here") == [task]
    assert external_task.give_back([(task, token)]) == 0
    assert models.ExternalTask.objects.get().worker_id == "here"


def test_within_a_callers_transaction_only_the_caller_repeats() -> None:
    attempts = 0

    class Deadlock(Exception):
        sqlstate = "40P01"

    def always() -> None:
        nonlocal attempts
        attempts += 1
        raise OperationalError("deadlock detected") from Deadlock()

    with pytest.raises(OperationalError), transaction.atomic():
        retry.repeating("default", always)
    assert attempts == 1


def test_of_timers_only_the_due_ones_are_taken() -> None:
    timers(1)
    clock.travel(timedelta(minutes=30))
    timers(1)
    clock.travel(timedelta(minutes=31))
    assert len(acquisition.acquire("s", 5)) == 1


def test_a_refused_command_undoes_nothing_but_itself() -> None:
    tasks(1)
    with transaction.atomic():
        instance = runtime.start_process_instance_by_key("order", business_key="before").id
        with pytest.raises(LockLost):
            external_task.complete(str(models.ExternalTask.objects.earliest("create_time").pk), "stranger")
        runtime.set_variables(instance, {"after": 1})
    assert models.ProcessInstance.objects.by_id(instance).exists()
    assert models.Variable.objects.get().name == "after"


def test_a_job_is_held_by_somebody_until_some_time() -> None:
    timers(1)
    for half in ({"lock_owner": "s"}, {"lock_expiration_time": clock.now()}):
        with pytest.raises(IntegrityError, match="wf_job_lock_has_owner_and_expiry"), transaction.atomic():
            models.Job.objects.update(**half)
    models.Job.objects.update(lock_owner="s", lock_expiration_time=clock.now())
