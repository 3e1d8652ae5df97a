"""Which jobs a sweeper takes, and what becomes of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.sweeper.conftest import continuation, is_running, timer, two_continuations
from workflow_engine import clock, handlers, models
from workflow_engine.services import management, runtime
from workflow_engine.sweeper import acquisition, jobs
from workflow_engine.sweeper.counts import Counts

pytestmark = pytest.mark.django_db
Start = Callable[[bytes], str]
RETRY_CYCLE = (
    "<bpmn:extensionElements><camunda:failedJobRetryTimeCycle>R3/PT10M</camunda:failedJobRetryTimeCycle>"
    "</bpmn:extensionElements>"
)


def fail(execution: object) -> None:
    raise ValueError("no paper")


def test_an_asynchronous_continuation_is_run(start: Start) -> None:
    seen: list[str] = []
    handlers.register("sweeper_test", lambda execution: seen.append("called"))
    instance = start(continuation())
    assert seen == []
    assert jobs.run_once("me") == Counts(executed=1)
    assert seen == ["called"]
    assert not is_running(instance)
    assert jobs.run_once("me") == Counts()


def test_a_timer_fires_when_it_is_due_and_not_before(start: Start) -> None:
    instance = start(timer("PT1H"))
    clock.travel(timedelta(minutes=59, seconds=59))
    assert not jobs.run_once("me")
    assert is_running(instance)
    clock.travel(timedelta(seconds=2))
    assert jobs.run_once("me") == Counts(executed=1)
    assert not is_running(instance)


def test_a_failing_job_loses_its_retries_and_then_there_is_an_incident(start: Start) -> None:
    handlers.register("sweeper_test", fail)
    instance = start(continuation())
    for left in (2, 1, 0):
        assert jobs.run_once("me") == Counts(failed=1)
        job = models.Job.objects.get()
        assert (job.retries, job.lock_owner) == (left, None)
        assert "no paper" in job.exception_message
    assert not jobs.run_once("me")
    incident = models.Incident.objects.get()
    assert incident.incident_type == "failedJob"
    assert "no paper" in incident.incident_message

    handlers.unregister("sweeper_test")
    handlers.register("sweeper_test", lambda execution: None)
    management.set_job_retries(str(job.pk), 1)
    assert not models.Incident.objects.exists()
    assert jobs.run_once("me") == Counts(executed=1)
    assert not is_running(instance)


def test_the_models_retry_cycle_says_when(start: Start) -> None:
    handlers.register("sweeper_test", fail)
    start(continuation(extensions=RETRY_CYCLE))
    assert jobs.run_once("me") == Counts(failed=1)
    assert not jobs.run_once("me")
    clock.travel(timedelta(minutes=11))
    assert jobs.run_once("me") == Counts(failed=1)
    clock.travel(timedelta(minutes=11))
    assert jobs.run_once("me") == Counts(failed=1)
    assert models.Incident.objects.count() == 1


def test_what_failed_together_comes_back_apart(start: Start, settings: Any) -> None:
    handlers.register("sweeper_test", fail)
    for _ in range(20):
        start(continuation(extensions=RETRY_CYCLE))
    before = clock.now()
    assert jobs.run_once("me") == Counts(failed=20)
    pauses = [due - before for due in models.Job.objects.values_list("due_date", flat=True)]
    assert all(timedelta(minutes=10) <= pause < timedelta(minutes=12) for pause in pauses)
    assert max(pauses) - min(pauses) > timedelta(seconds=1)

    settings.WORKFLOW_ENGINE = {**settings.WORKFLOW_ENGINE, "RETRY_JITTER": 0}
    models.Job.objects.exclude(pk=models.Job.objects.first().pk).delete()
    with clock.travelled(timedelta(minutes=12)):
        then = clock.now()
        assert jobs.run_once("me") == Counts(failed=1)
    due = models.Job.objects.get().due_date
    assert timedelta(0) <= due - then - timedelta(minutes=10) < timedelta(minutes=1)


def test_one_broken_instance_does_not_keep_the_others_waiting(start: Start) -> None:
    handlers.register("sweeper_poison", fail)
    handlers.register("sweeper_test", lambda execution: None)
    start(continuation("sweeper_poison", key="poison"))
    good = [start(continuation()) for _ in range(3)]
    assert jobs.run_once("me") == Counts(executed=3, failed=1)
    assert not any(is_running(instance) for instance in good)


def test_suspended_instances_are_left_alone(start: Start) -> None:
    handlers.register("sweeper_test", lambda execution: None)
    instance = start(continuation())
    runtime.suspend_process_instance(instance)
    assert not jobs.run_once("me")
    runtime.activate_process_instance(instance)
    assert jobs.run_once("me") == Counts(executed=1)


def test_a_job_that_another_sweeper_holds_is_taken_over_when_its_lock_has_expired(start: Start) -> None:
    start(timer("PT0S"))
    (job,) = acquisition.acquire("another", 10)
    assert "(timer-intermediate-transition at wait of process instance" in str(job)
    assert acquisition.acquire("me", 10) == []
    clock.travel(timedelta(minutes=5, seconds=1))
    assert acquisition.acquire("me", 10) == [job]
    # The other one, late, is no longer its holder.
    assert jobs.run("another", [job]) == Counts(gone=1)
    assert jobs.run("me", [job]) == Counts(executed=1)


def test_exclusive_jobs_of_one_instance_go_to_one_sweeper_at_a_time(start: Start) -> None:
    start(two_continuations())
    (first,) = acquisition.acquire("me", 1)
    assert acquisition.acquire("another", 10) == []
    jobs.run("me", [first])
    (second,) = acquisition.acquire("another", 10)
    assert second.id != first.id


def test_neither_timers_nor_continuations_starve(start: Start) -> None:
    handlers.register("sweeper_test", lambda execution: None)
    for _ in range(6):
        start(continuation())
        start(timer("PT0S", key="timer"))
    kinds = [job.handler_type for job in acquisition.acquire("me", 6)]
    assert kinds == ["async-continuation"] * 3 + ["timer-intermediate-transition"] * 3
    # Where there is only one kind, it gets all places.
    models.Job.objects.filter(due_date__isnull=True).delete()
    assert len(acquisition.acquire("me", 3)) == 3


def test_what_has_not_begun_is_given_back_when_the_sweeper_stops(start: Start) -> None:
    handlers.register("sweeper_test", lambda execution: None)
    for _ in range(3):
        start(continuation())
    answers = iter([False, True])
    assert jobs.run_once("me", should_stop=lambda: next(answers)) == Counts({"executed": 1, "given back": 2})
    assert not models.Job.objects.filter(lock_owner__isnull=False).exists()


def test_the_next_due_date_is_known(start: Start) -> None:
    now = clock.now()
    assert acquisition.next_due(now) is None
    start(timer("PT1H"))
    due = acquisition.next_due(now)
    assert due is not None
    assert timedelta(0) <= due - now - timedelta(hours=1) < timedelta(minutes=1)


def test_an_idle_pass_is_one_small_query(django_assert_max_num_queries: Callable[[int], object]) -> None:
    with django_assert_max_num_queries(2):  # type: ignore[attr-defined]  # the clock is the other one
        assert not jobs.run_once("me")
