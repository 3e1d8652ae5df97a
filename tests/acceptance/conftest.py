"""A live server, somebody who looks at it over REST, and the stock clients."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.contrib.auth import get_user_model

from tests.acceptance.stock_clients import CLIENTS, PYTHON_PROGRAMS, Plan, StockWorker, command
from tests.support.waiting import wait_until
from workflow_engine import clock
from workflow_engine.client import EngineRefused, Transport, basic
from workflow_engine.client.values import encode_all
from workflow_engine.sweeper import jobs

ROOT = Path(__file__).resolve().parents[2]
REAL_MODELS = Path(os.environ.get("SHARED_DIR") or ROOT.parent / "shared") / "models"
LOGIN = ("demo", "demo")


class Site:
    """The engine as an operator sees it: only over REST, but for the sweeper, which the test lets look for work."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.rest = Transport(base_url, basic(*LOGIN))

    def deploy(self, path: Path) -> dict[str, Any]:
        """As sent by any HTTP client, unchanged: multipart with the file's own bytes."""
        files = {path.name: (path.name, path.read_bytes(), "application/octet-stream")}
        answer = requests.post(
            f"{self.base_url}/deployment/create",
            data={"deployment-name": path.stem},
            files=files,
            auth=LOGIN,
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        definitions: dict[str, Any] = answer.json()["deployedProcessDefinitions"]
        return definitions

    def download(self, path: str) -> bytes:
        answer = requests.get(f"{self.base_url}{path}", auth=LOGIN, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.content

    def start(self, key: str, **variables: Any) -> str:
        body = {"businessKey": f"{key}-1", "variables": encode_all(variables)}
        return str(self.rest.post(f"/process-definition/key/{key}/start", body)["id"])

    def sweep(self) -> None:
        while jobs.run_once("acceptance"):
            pass

    def is_ended(self, instance: str) -> bool:
        try:
            self.rest.get(f"/process-instance/{instance}")
        except EngineRefused as error:
            if error.is_gone:
                return True
            raise
        return False

    def state(self, instance: str) -> str:
        return str(self.rest.get(f"/history/process-instance/{instance}")["state"])

    def ended_activities(self, instance: str) -> list[tuple[str, bool]]:
        rows = self.rest.get("/history/activity-instance", processInstanceId=instance)
        assert all(row["endTime"] for row in rows)
        return [(row["activityId"], row["canceled"]) for row in rows]


def model(name: str) -> Path:
    """The real model where it is at hand, else our own of the same shape."""
    real = REAL_MODELS / f"{name}.bpmn"
    return real if real.exists() else Path(__file__).resolve().parent / "models" / f"{name}.bpmn"


@pytest.fixture
def site(live_server: Any) -> Iterator[Site]:
    get_user_model().objects.create_superuser(LOGIN[0], password=LOGIN[1])
    site = Site(f"{live_server.url}/engine-rest")
    yield site
    site.rest.close()
    # A stopped worker leaves requests behind, which must not look into the next test's database.
    wait_until(lambda: not connections_served(), connections_served)
    clock.reset()


def connections_served() -> list[threading.Thread]:
    """The live server gives each connection a thread of this process, until its client has gone and it has answered."""
    return [thread for thread in threading.enumerate() if "process_request_thread" in thread.name]


@pytest.fixture(params=CLIENTS)
def client_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def stock_worker(
    request: pytest.FixtureRequest, client_name: str, site: Site, node_environment: dict[str, str]
) -> Iterator[Callable[[Plan], StockWorker]]:
    """A function that starts the client with a plan."""
    started: list[StockWorker] = []
    if client_name == "java":
        program = request.getfixturevalue("java_worker")
    elif client_name == "javascript":
        program = [request.getfixturevalue("node"), "stock_worker.mjs"]
    else:
        program = [sys.executable, PYTHON_PROGRAMS[client_name]]

    def start(plan: Plan) -> StockWorker:
        worker = StockWorker(command(program, site.base_url, *LOGIN, plan), node_environment)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.stop()
