"""The running worker: capacity, locks, an engine that goes and comes back, and the end."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.unit.client.fake_engine import PATIENCE, FakeEngine
from workflow_engine.client import Task, Worker

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def running(worker: Worker) -> Iterator[Callable[[], None]]:
    """The worker at work beside the test; the value ends it and waits for that."""
    thread = threading.Thread(target=worker.run)
    thread.start()

    def end() -> None:
        worker.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()

    try:
        yield end
    finally:
        end()


def test_tasks_run_side_by_side_and_no_more_are_fetched_than_can_run(engine: FakeEngine) -> None:
    worker = Worker(engine.url, worker_id="w", threads=3, poll=0.2)
    together = threading.Barrier(3)

    @worker.task("charge")
    def charge() -> None:
        together.wait(PATIENCE)

    for _ in range(9):
        engine.add("charge")
    with running(worker):
        engine.wait_for(lambda: len(engine.called("complete")) == 9)
    assert max(body["maxTasks"] for body in engine.called("fetchAndLock")) == 3


def test_a_topic_with_a_limit_waits_while_others_go_on(engine: FakeEngine) -> None:
    worker = Worker(engine.url, worker_id="w", threads=4, poll=0.1)
    release = threading.Event()

    @worker.task("slow", limit=1)
    def slow() -> None:
        release.wait(PATIENCE)

    @worker.task("quick")
    def quick() -> None: ...

    for topic in ("slow", "slow", "quick", "quick", "quick"):
        engine.add(topic)
    with running(worker):
        engine.wait_for(lambda: len(engine.called("complete")) == 3)
        assert sum(t["workerId"] is not None for t in engine.tasks.values() if t["topicName"] == "slow") == 1
        release.set()
        engine.wait_for(lambda: not engine.tasks)


def test_the_lock_is_extended_while_the_handler_runs(engine: FakeEngine, worker: Worker) -> None:
    extended = threading.Event()

    @worker.task("charge", lock=1)
    def charge() -> None:
        assert extended.wait(PATIENCE)

    engine.add("charge")
    with running(worker):
        engine.wait_for(lambda: len(engine.called("extendLock")) >= 2)
        extended.set()
        engine.wait_for(lambda: engine.called("complete"))
    assert engine.called("extendLock")[0] == {"workerId": "w", "newDuration": 1000, "lockToken": "token-of-task-1"}


def test_a_handler_is_told_that_its_lock_is_lost(engine: FakeEngine, worker: Worker) -> None:
    was_told = threading.Event()

    @worker.task("charge", lock=1)
    def charge(task: Task) -> None:
        if task.lost.wait(PATIENCE):
            was_told.set()

    task = engine.add("charge")
    with running(worker):
        engine.wait_for(lambda: engine.tasks[task]["workerId"])
        with engine.changed:
            del engine.tasks[task]
        assert was_told.wait(PATIENCE)
        # Life goes on.
        engine.wait_for(lambda: engine.called("complete"))


def test_an_engine_that_was_away_is_found_again(engine: FakeEngine, worker: Worker, caplog: Any) -> None:
    answers = iter([(503, None), (500, {"message": "starting"}), (0, None)])
    engine.interfere = lambda verb, body: next(answers, None) if verb == "fetchAndLock" else None
    worker.task("charge")(lambda: None)
    engine.add("charge")
    with running(worker):
        engine.wait_for(lambda: engine.called("complete"))
    # Told once when it goes and once when it is back, not at each attempt.
    assert sum("Cannot fetch tasks" in record.message for record in caplog.records if record.levelname == "ERROR") == 1


def test_stopping_lets_running_tasks_end_and_fetches_no_more(engine: FakeEngine, worker: Worker) -> None:
    started, release = threading.Event(), threading.Event()

    @worker.task("charge")
    def charge() -> None:
        started.set()
        release.wait(PATIENCE)

    engine.add("charge")
    with running(worker) as end:
        assert started.wait(PATIENCE)
        worker.stop()
        release.set()
        end()
        engine.add("charge")
    assert len(engine.called("complete")) == 1
    assert len(engine.tasks) == 1


def test_tasks_that_take_too_long_are_given_back(engine: FakeEngine) -> None:
    worker = Worker(engine.url, worker_id="w", poll=0.1, drain=0.1)
    release = threading.Event()

    @worker.task("charge")
    def charge(task: Task) -> None:
        task.lost.wait(PATIENCE)
        release.wait(PATIENCE)

    task = engine.add("charge")
    with running(worker) as end:
        engine.wait_for(lambda: engine.tasks[task]["workerId"])
        end()
    assert engine.tasks[task]["workerId"] is None
    release.set()
    assert not engine.called("complete")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_line_ends_cleanly_on_signals(engine: FakeEngine, tmp_path: Path, number: int) -> None:
    (tmp_path / "my_worker.py").write_text(
        "from workflow_engine.client import Worker\nworker = Worker(poll=0.2)\n"
        "@worker.task('charge')\ndef charge(amount: int):\n    return {'charged': amount}\n"
    )
    command = [sys.executable, "-m", "workflow_engine.client", "my_worker:worker", "--url", engine.url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WORKFLOW_ENGINE_TOKEN": "t0ken"}
    engine.add("charge", amount={"type": "Integer", "value": 3})
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        engine.wait_for(lambda: engine.called("complete"))
        process.send_signal(number)
        _, told = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 0, told
    assert engine.called("complete")[0]["variables"]["charged"]["value"] == 3
    assert {headers["Authorization"] for headers in engine.headers} == {"Bearer t0ken"}
