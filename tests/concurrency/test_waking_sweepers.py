"""A sweeper that waits hears of new work, and knows when the next is due: here it would look again only after an hour."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from tests.integration.sweeper.conftest import continuation, timer, two_continuations
from tests.support.waiting import PATIENCE, wait_until
from workflow_engine import handlers, models, wakeup
from workflow_engine.services import repository, runtime
from workflow_engine.sweeper import external_task_locks
from workflow_engine.sweeper.counts import Counts
from workflow_engine.sweeper.loop import Sweeper
from workflow_engine.wakeup import courier

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3600.0


@pytest.fixture(autouse=True)
def _tidy(fresh_process: None) -> Iterator[None]:
    handlers.register("sweeper_test", lambda execution: None)
    yield
    handlers.unregister("sweeper_test")


def start(model: bytes) -> str:
    definition = repository.deploy(resources={"model.bpmn": model}).definitions[0]
    return runtime.start_process_instance(definition.pk).id


def ended(*instances: str) -> bool:
    return not models.ProcessInstance.objects.filter(pk__in=instances).exists()


@contextmanager
def waiting_sweeper(threads: int = 3) -> Iterator[Counts]:
    """In this process, idle by now; what it tells. It ends at once, although it waits."""
    told, stop = Counts(), threading.Event()
    sweeper = Sweeper(
        "s",
        threads=threads,
        poll=HOUR,
        tell=lambda duty, counts: told.update(counts),
        lock_grace=external_task_locks.GRACE,
    )
    thread = threading.Thread(target=sweeper.run, args=(stop,))
    # Whatever there is at the beginning, it does.
    first = start(continuation(key="first"))
    thread.start()
    try:
        wait_until(lambda: ended(first) and told["executed"] == 1)
        told.clear()
        yield told
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_what_this_process_makes_wakes_it() -> None:
    with waiting_sweeper() as told:
        instances = [start(continuation()), start(two_continuations())]
        wait_until(lambda: ended(*instances))
        wait_until(lambda: told["executed"] == 3)
    assert told == Counts(executed=3)
    assert not models.SweeperHeartbeat.objects.exists()


def test_it_knows_when_a_timer_is_due() -> None:
    with waiting_sweeper():
        instance = start(timer("PT1S"))
        wait_until(lambda: ended(instance))


def test_jobs_that_nobody_can_run_wake_nobody() -> None:
    heard: list[object] = []
    wakeup.listen(heard.append)
    try:
        start(timer("PT1H"))
        assert heard == []
        instance = start(continuation())
        assert heard == [{wakeup.JOBS}]
        runtime.suspend_process_instance(instance)
        assert len(heard) == 1
        runtime.activate_process_instance(instance)
        assert heard[1:] == [{wakeup.JOBS}]
    finally:
        wakeup.forget(heard.append)


def test_what_another_process_makes_is_found_without_waiting_for_the_next_look(
    site_environment: dict[str, str], manage: list[str]
) -> None:
    # SQLite has no notifications: there a sweeper finds with its next look what other processes make.
    poll = HOUR if connection.vendor == "postgresql" else 0.1
    command = [*manage, "workflow_sweeper", "--poll", str(poll), "--threads", "2"]
    process = subprocess.Popen(
        command,
        env=site_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        with courier.carrying():
            first = start(two_continuations())
            wait_until(lambda: ended(first))
            # From now on it waits, and listens or is just about to: then it looks once more.
            for _ in range(3):
                instance = start(two_continuations())
                wait_until(lambda instance=instance: ended(instance))
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, told
    assert "Sweeper has ended." in told
    assert not models.SweeperHeartbeat.objects.exists()
