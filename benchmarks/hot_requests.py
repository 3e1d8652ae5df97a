"""The three hot requests through the site's own WSGI door, in process: CPU of ours and of the database for each.

PROFILE=1 tells where ours goes, by package; PROFILE=functions by function: samples, one for each millisecond of CPU.
INSTANCES: how many of them (600).
The process is that of the side-by-side comparison: two external tasks, three variables at the start, full history.
"""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.core.management import call_command

from benchmarks import models
from benchmarks.processes import backend_cpu
from project.server import settle
from workflow_engine.rest.door import get_wsgi_application
from workflow_engine.services import repository

SAMPLE_EVERY = 0.001  # seconds of CPU
LOGIN = ("benchmark", "benchmark")


def run() -> None:
    call_command("migrate", verbosity=0)
    user, _ = get_user_model().objects.get_or_create(username=LOGIN[0], is_superuser=True)
    user.set_password(LOGIN[1])
    user.save()
    repository.deploy(resources={"model.bpmn": models.sequence([models.EXTERNAL] * 2, key="hot")}, name="hot")
    if os.environ.get("PROFILE"):
        signal.signal(signal.SIGPROF, Meter.sample)
        signal.setitimer(signal.ITIMER_PROF, SAMPLE_EVERY, SAMPLE_EVERY)
    site, count = Site(), int(os.environ.get("INSTANCES", "600"))
    _work(site, 60)  # warms caches, and lets the database settle on its plans
    settle()
    try:
        _work(site, count, Meter("start"), Meter("fetchAndLock"), Meter("complete"))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _work(site: Site, count: int, *meters: Meter) -> None:
    starts, fetches, completes = meters or (Meter(""), Meter(""), Meter(""))
    for number in range(count):
        variables = {f"v{one}": {"value": f"value-{number}-{one}", "type": "String"} for one in range(3)}
        key = f"{time.time_ns()}"
        with starts:
            site.post("/process-definition/key/hot/start", {"businessKey": key, "variables": variables})
    while True:
        topics = [{"topicName": "work", "lockDuration": 60_000}]
        with fetches:
            tasks = site.post(
                "/external-task/fetchAndLock",
                {"workerId": "w", "maxTasks": 10, "usePriority": False, "topics": topics},
            )
        if not tasks:
            break
        for task in tasks:
            result = {f"r_{task['activityId']}": {"value": 42, "type": "Integer"}}
            with completes:
                site.post(f"/external-task/{task['id']}/complete", {"workerId": "w", "variables": result})
    for meter in meters:
        meter.show()
    if meters:
        total = sum(meter.own + meter.database for meter in meters) / count
        sys.stdout.write(f"{'an instance, all requests':<28} {total * 1000:>8.3f} ms\n")


class Site:
    """Our application, as a WSGI server calls it."""

    def __init__(self) -> None:
        self._application = get_wsgi_application()
        self._authorization = "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()

    def post(self, path: str, content: Any) -> Any:
        body = json.dumps(content).encode()
        told: list[str] = []
        answer = self._application(
            {
                "REQUEST_METHOD": "POST",
                "SCRIPT_NAME": "",
                "PATH_INFO": f"/engine-rest{path}",
                "QUERY_STRING": "",
                "SERVER_NAME": "127.0.0.1",
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "CONTENT_TYPE": "application/json",
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_HOST": "127.0.0.1",
                "HTTP_AUTHORIZATION": self._authorization,
                "wsgi.input": io.BytesIO(body),
                "wsgi.errors": sys.stderr,
                "wsgi.url_scheme": "http",
            },
            lambda status, headers, error=None: told.append(status),  # type: ignore[arg-type]
        )
        text = b"".join(answer)
        answer.close()
        if not told[0].startswith("2"):
            raise RuntimeError(f"POST {path}: {told[0]} {text.decode()[:1000]}")
        return json.loads(text) if text else None


class Meter:
    """CPU in seconds that its with blocks took: of this process, and of the database's that serves its connection."""

    now: ClassVar[Meter | None] = None

    def __init__(self, name: str) -> None:
        self.name, self.count, self.own, self.database = name, 0, 0.0, 0.0
        self._samples: Counter[tuple[str, str]] = Counter()

    def __enter__(self) -> None:
        self._database = backend_cpu()
        self._own = time.process_time()
        Meter.now = self

    def __exit__(self, *_: object) -> None:
        Meter.now = None
        self.own += time.process_time() - self._own
        self.database += backend_cpu() - self._database
        self.count += 1

    @classmethod
    def sample(cls, number: int, frame: Any) -> None:
        file = frame.f_code.co_filename
        if cls.now is not None:
            cls.now._samples[_package(file), f"{Path(file).name}:{frame.f_code.co_name}"] += 1

    def show(self) -> None:
        own, database = (1000 * spent / self.count for spent in (self.own, self.database))
        sys.stdout.write(f"{self.name:<28} {own:>8.3f} ms of ours, {database:>8.3f} ms of the database, {self.count}\n")
        is_by_function = os.environ.get("PROFILE") == "functions"
        found: Counter[str] = Counter()
        for (package, function), count in self._samples.items():
            found[f"{package} {function}" if is_by_function else package] += count
        for place, count in found.most_common(40 if is_by_function else 16):
            sys.stdout.write(f"    {place:<60} {own * count / found.total():>8.3f} ms\n")


def _package(file: str) -> str:
    parts = Path(file).parts
    where = next((n for n, part in enumerate(parts) if part in ("site-packages", "workflow_engine")), None)
    if where is None:
        return "python's own library"
    if parts[where] == "workflow_engine":
        return "/".join(parts[where : where + 2])
    return parts[where + 1]
