"""The commands as operators use them."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.integration.sweeper.conftest import continuation, is_running, timer
from tests.support import small_models as small
from workflow_engine import clock, handlers, models

Start = Callable[[bytes], str]
PATIENCE = 60.0
FIXTURES = sorted(str(path) for path in (Path(__file__).resolve().parents[3] / "fixtures").glob("*.bpmn"))


def sweep(**options: Any) -> str:
    output = StringIO()
    call_command("workflow_sweeper", once=True, stdout=output, **options)
    return output.getvalue()


@pytest.mark.django_db
def test_once_does_what_is_due_and_says_so(start: Start) -> None:
    before = signal.getsignal(signal.SIGTERM)
    instance = start(timer())
    assert "jobs: nothing" in sweep()
    clock.travel(timedelta(hours=2))
    assert "jobs: 2 executed" in sweep()  # the timer, and the look for old history
    assert not is_running(instance)
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.django_db
def test_once_also_does_what_the_jobs_make_due(start: Start) -> None:
    handlers.register("sweeper_test", lambda execution: None)
    instance = start(continuation(attributes='camunda:asyncAfter="true"'))
    assert "jobs: 2 executed" in sweep()
    assert not is_running(instance)


@pytest.mark.django_db
def test_once_ends_even_where_a_model_goes_round_in_circles(start: Start) -> None:
    work = '<bpmn:serviceTask id="work" camunda:expression="${1}" camunda:asyncBefore="true"/>'
    gateway = '<bpmn:exclusiveGateway id="again"/>'
    flows = small.flow("start", "work") + small.flow("work", "again") + small.flow("again", "work")
    start(small.process(small.START + work + gateway + flows))
    assert "jobs: 20 executed" in sweep()


@pytest.mark.django_db
def test_once_clears_expired_locks(start: Start) -> None:
    start(small.one_task())
    models.ExternalTask.objects.update(worker_id="w", lock_expiration_time=clock.now() - timedelta(seconds=5))
    assert "external task locks: nothing" in sweep()
    assert "external task locks: 1 cleared" in sweep(lock_grace=1)


@pytest.mark.parametrize("options", [{"poll": 0}, {"threads": 0}])
def test_senseless_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="must be above 0"):
        call_command("workflow_sweeper", **options)


@contextmanager
def running_sweeper(manage: list[str], environment: dict[str, str], *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [*manage, "workflow_sweeper", "--poll", "0.1", *options]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        # After what the system checks have to say.
        assert any("is looking for due jobs" in line for line in process.stdout)
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_until_it_is_told_to_stop(
    start: Start, site_environment: dict[str, str], manage: list[str], number: signal.Signals
) -> None:
    with running_sweeper(manage, site_environment, "--threads", "2") as process:
        # One that is due at once, and one that the sweeper has to wake up for.
        instances = [start(timer("PT0S")), start(timer("PT0.5S", key="later"))]
        deadline = time.monotonic() + PATIENCE
        while any(is_running(instance) for instance in instances):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(number)
        told, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, told
    assert told.count("jobs: 1 executed") == 2
    assert "Sweeper has ended." in told


@pytest.mark.django_db
def test_deploy_prints_the_definitions() -> None:
    output = StringIO()
    call_command("workflow_deploy", *FIXTURES, name="demo", stdout=output)
    for key in ("order-saga", "prepaid-order", "collect-payment"):
        assert f"{key} version 1 ({key}:1:" in output.getvalue()
    again = StringIO()
    call_command("workflow_deploy", *FIXTURES, name="demo", changed_only=True, stdout=again)
    assert again.getvalue() == "Everything is deployed already; nothing has changed.\n"
    assert models.ProcessDefinition.objects.count() == 3


@pytest.mark.django_db
def test_deploy_tells_what_is_wrong(tmp_path: Path) -> None:
    broken = tmp_path / "broken.bpmn"
    broken.write_bytes(small.process(small.START + small.flow("start", "nowhere")))
    with pytest.raises(CommandError, match="nowhere"):
        call_command("workflow_deploy", str(broken))
    with pytest.raises(CommandError, match=r"Cannot read .*missing.bpmn: No such file"):
        call_command("workflow_deploy", str(tmp_path / "missing.bpmn"))
    assert not models.Deployment.objects.exists()
