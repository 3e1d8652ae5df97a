"""`manage.py workflow_demo`, as `make run` starts it: orders run, an incident is resolved, Ctrl-C ends everything."""

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.site_process import free_port
from tests.acceptance.conftest import LOGIN, ROOT
from tests.support.waiting import wait_until
from workflow_engine.client import EngineRefused, EngineUnavailable, Transport, basic
from workflow_engine.client.values import encode_all

pytestmark = [pytest.mark.one_database, pytest.mark.timeout(900)]


class Demo:
    def __init__(self, manage: list[str], folder: Path) -> None:
        self.port = free_port()
        environment = {
            **os.environ,
            "DEMO": "1",
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "WEB_WORKERS": "1",
        }
        environment["DJANGO_SETTINGS_MODULE"] = "project.settings"
        command = [*manage, "workflow_demo", "--port", str(self.port), "--pause", "0.5"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.told: list[str] = []
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        self.rest = Transport(f"http://127.0.0.1:{self.port}/engine-rest", basic(*LOGIN))

    def read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            self.told.extend(self.process.stdout)

    def text(self) -> str:
        return "".join(self.told)

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.text()
        return "The demo is running" in self.text()

    def end(self, number: int) -> None:
        """Waits for the reader too: it ends when no child holds the output open any more."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(60)
        self.reader.join(60)
        assert not self.reader.is_alive(), "A child of the demo is left behind."


@pytest.fixture
def demo(manage: list[str], tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(manage, tmp_path)
    yield demo
    demo.end(signal.SIGTERM)


def test_the_demo_from_the_first_order_to_ctrl_c(demo: Demo) -> None:
    wait_until(demo.is_up, demo.text)
    assert f"http://127.0.0.1:{demo.port}/admin/" in demo.text()
    order = {"businessKey": "mine", "variables": encode_all({"scenario": "terminal-down", "customer": "Ida"})}
    instance = demo.rest.post("/process-definition/key/order-saga/start", order)["id"]

    incidents = wait_until(lambda: demo.rest.get("/incident", processInstanceId=instance), demo.text)
    assert "attempt 3 of 3" in incidents[0]["incidentMessage"]
    # The terminal says where to find it.
    wait_until(lambda: f"/admin/workflow_engine/incident/{incidents[0]['id']}/change/" in demo.text(), demo.text)
    demo.rest.request("PUT", f"/external-task/{incidents[0]['configuration']}/retries", {"retries": 1})
    wait_until(lambda: is_completed(demo.rest, instance), demo.text)
    # Customers order by themselves, too.
    assert demo.rest.get("/history/process-instance/count")["count"] > 3

    demo.end(signal.SIGINT)
    assert demo.process.returncode == 0, demo.text()
    assert "The demo has ended." in demo.text()
    assert "Traceback" not in demo.text()
    with pytest.raises(EngineUnavailable):
        demo.rest.get("/version")


def is_completed(rest: Transport, instance: str) -> bool:
    try:
        return bool(rest.get(f"/history/process-instance/{instance}")["state"] == "COMPLETED")
    except EngineRefused as error:
        raise AssertionError(str(error)) from error


def test_a_port_in_use_is_said(manage: list[str], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [*manage, "workflow_demo", "--port", str(taken.getsockname()[1])]
        environment = {**os.environ, "DEMO": "1", "DATABASE_URL": f"sqlite:///{tmp_path}/demo.sqlite3"}
        environment["DJANGO_SETTINGS_MODULE"] = "project.settings"
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "is in use: choose another one" in done.stderr
