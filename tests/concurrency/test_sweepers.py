"""Several sweepers side by side: no job runs twice, a broken one stops nobody, a lost database is found again."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connections

from tests.integration.sweeper.conftest import continuation, timer, two_continuations
from workflow_engine import clock, handlers, models
from workflow_engine.services import repository, runtime
from workflow_engine.sweeper import acquisition, external_task_locks, jobs
from workflow_engine.sweeper.counts import Counts
from workflow_engine.sweeper.loop import Sweeper

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def _tidy(fresh_process: None) -> Iterator[None]:
    yield
    for name in ("sweeper_test", "sweeper_poison"):
        if handlers.find(name) is not None:
            handlers.unregister(name)


def start_many(model: bytes, count: int) -> None:
    definition = repository.deploy(resources={"model.bpmn": model}).definitions[0]
    for _ in range(count):
        runtime.start_process_instance(definition.pk)


def sweepers_until(condition: Callable[[Counts], bool], *, count: int = 2, threads: int = 2) -> Counts:
    """Lets `count` sweepers run until the sum of what they told fulfils the condition."""
    total, changed, stop = Counts(), threading.Condition(), threading.Event()

    def tell(duty: str, counts: Counts) -> None:
        with changed:
            total.update(counts)
            changed.notify_all()

    running = []
    for number in range(count):
        sweeper = Sweeper(f"s{number}", threads=threads, poll=0.05, tell=tell, lock_grace=external_task_locks.GRACE)
        running.append(threading.Thread(target=sweeper.run, args=(stop,)))
    for thread in running:
        thread.start()
    with changed:
        is_done = changed.wait_for(lambda: condition(total), PATIENCE)
    stop.set()
    for thread in running:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert is_done, str(total)
    return total


def test_two_sweepers_never_run_one_job_twice() -> None:
    start_many(timer("PT1H"), 60)
    clock.travel(timedelta(hours=2))
    assert sweepers_until(lambda done: done["executed"] >= 60) == Counts(executed=60)
    assert models.HistoricJobLog.objects.filter(state="successful").count() == 60
    assert not models.ProcessInstance.objects.exists()


def test_a_handler_is_called_once_for_each_instance() -> None:
    called: Counter[str] = Counter()
    handlers.register("sweeper_test", lambda execution: called.update([execution.process_instance_id]))
    start_many(continuation(), 40)
    sweepers_until(lambda done: done["executed"] >= 40, count=3)
    assert len(called) == 40
    assert set(called.values()) == {1}


def test_taking_jobs_at_the_same_moment_takes_each_once() -> None:
    start_many(timer("PT1H"), 40)
    clock.travel(timedelta(hours=2))
    barrier, taken, lock = threading.Barrier(4), [], threading.Lock()

    def take(owner: str) -> None:
        try:
            barrier.wait(PATIENCE)
            for _ in range(4):
                found = acquisition.acquire(owner, 5)
                with lock:
                    taken.extend(job.id for job in found)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(f"s{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(taken) == len(set(taken))
    assert models.Job.objects.filter(lock_owner__isnull=False).count() == len(taken)


def test_a_poison_job_at_the_head_stops_nobody() -> None:
    def fail(execution: Any) -> None:
        raise ValueError("poison")

    handlers.register("sweeper_poison", fail)
    handlers.register("sweeper_test", lambda execution: None)
    start_many(continuation("sweeper_poison", key="poison"), 5)
    start_many(continuation(), 20)
    done = sweepers_until(lambda done: done["executed"] >= 20 and done["failed"] >= 15)
    assert done == Counts(executed=20, failed=15)
    assert models.Incident.objects.filter(incident_type="failedJob").count() == 5


def test_a_long_job_delays_no_other() -> None:
    """With a second thread: whoever runs a job has let the next one look for work."""
    release, done = threading.Event(), threading.Event()

    def wait(execution: Any) -> None:
        if connections["default"].vendor == "postgresql":
            # On SQLite the one writer would wait for itself.
            assert release.wait(PATIENCE)

    handlers.register("sweeper_poison", wait)
    handlers.register("sweeper_test", lambda execution: done.set())
    start_many(continuation("sweeper_poison", key="long"), 1)
    start_many(continuation(), 1)
    releaser = threading.Thread(target=lambda: (done.wait(PATIENCE), release.set()))
    releaser.start()
    assert sweepers_until(lambda counts: counts["executed"] == 2, count=1, threads=4) == Counts(executed=2)
    releaser.join()
    assert done.is_set()


def test_exclusive_jobs_of_one_instance_never_overlap() -> None:
    start_many(two_continuations(), 10)
    assert sweepers_until(lambda done: done["executed"] >= 20, count=3)["executed"] == 20
    assert not models.ProcessInstance.objects.exists()


def test_a_lost_database_is_found_again(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    start_many(timer("PT0S"), 3)
    failures = iter([OperationalError("server closed the connection unexpectedly")] * 3)
    acquire = acquisition.acquire

    def sometimes(*args: Any, **options: Any) -> Any:
        if (failure := next(failures, None)) is not None:
            connections["default"].close()
            raise failure
        return acquire(*args, **options)

    monkeypatch.setattr(acquisition, "acquire", sometimes)
    assert sweepers_until(lambda done: done["executed"] >= 3, count=1) == Counts(executed=3)
    assert "No database, will try again for ever: server closed the connection" in caplog.text


def break_first_job(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    execute, failures = jobs.management.execute_job, iter([failure])

    def sometimes(*args: Any, **options: Any) -> None:
        if (next_failure := next(failures, None)) is not None:
            raise next_failure
        execute(*args, **options)

    monkeypatch.setattr(jobs.management, "execute_job", sometimes)


def test_a_connection_that_is_lost_in_the_middle_of_a_job_is_not_its_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    start_many(timer("PT0S"), 2)
    break_first_job(monkeypatch, InterfaceError("the connection is closed"))
    done = sweepers_until(lambda done: done["executed"] >= 2, count=1)
    assert done["executed"] == 2
    assert done["given back"] >= 1
    assert done["failed"] == 0


def test_a_job_that_the_database_refuses_is_not_in_the_way_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    start_many(timer("PT0S"), 2)
    timeout = OperationalError("canceling statement due to lock timeout")
    timeout.__cause__ = Exception()
    timeout.__cause__.sqlstate = "55P03"  # type: ignore[attr-defined]  # as psycopg's errors have it
    break_first_job(monkeypatch, timeout)
    done = sweepers_until(lambda done: done.total() >= 2, count=1)
    assert done == Counts(executed=1, failed=1)
    # Its lock expires, and then it is tried again with all its retries.
    assert models.Job.objects.get(process_instance__isnull=False).retries == 3
    clock.travel(timedelta(minutes=6))
    assert sweepers_until(lambda done: done.total() >= 1, count=1) == Counts(executed=1)
