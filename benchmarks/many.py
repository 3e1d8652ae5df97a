"""The same work by requests for one and by requests for many, in turns, through the site's own WSGI door.

TASKS: how many of each (400). AT_ONCE: how many in one request (100). ROUNDS (5). The ratio is of the medians.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command

from benchmarks import figures, models
from benchmarks.hot_requests import LOGIN, Site
from workflow_engine.services import repository

Items = list[dict[str, Any]]
RESULT = {"result": {"value": 42, "type": "Integer"}}


def run() -> None:
    call_command("migrate", verbosity=0)
    logging.getLogger("workflow_engine").setLevel(logging.WARNING)  # or each failure is a line
    user, _ = get_user_model().objects.get_or_create(username=LOGIN[0], is_superuser=True)
    user.set_password(LOGIN[1])
    user.save()
    count = int(os.environ.get("TASKS", "400"))
    work = Work(Site(), count)
    for name, prepare, one, many in (
        ("start", lambda: work.keys(count), work.start, work.start_many),
        ("complete, an instance each", lambda: work.instances(count), work.complete, work.complete_many),
        ("complete, all of one instance", work.multi_instance, work.complete, work.complete_many),
        ("fail, all of one instance", work.multi_instance, work.fail, work.fail_many),
        ("extend, all of one instance", work.multi_instance, work.extend, work.extend_many),
    ):
        _compare(name, count, prepare, one, many, work.tidy)


def _compare(
    name: str, count: int, prepare: Callable[[], Items], one: Any, many: Any, tidy: Callable[[], None]
) -> None:
    at_once = int(os.environ.get("AT_ONCE", "100"))
    found: dict[str, list[float]] = {"one by one": [], f"{at_once} at once": []}
    for turn in range(1 + int(os.environ.get("ROUNDS", "5"))):
        for kind, times in found.items():
            items = prepare()
            began = time.perf_counter()
            if kind == "one by one":
                for item in items:
                    one(item)
            else:
                for start in range(0, count, at_once):
                    many(items[start : start + at_once])
            spent = time.perf_counter() - began
            if turn:  # the first warms caches
                times.append(count / spent)
            tidy()
    for kind, times in found.items():
        figures.show(f"{name}, {kind}", "a second", times)
    singly, together = (statistics.median(times) for times in found.values())
    sys.stdout.write(f"{'':<44} {'':>10} {together / singly:>10.1f} times\n")


class Work:
    """Things to do, ready to be done."""

    def __init__(self, site: Site, count: int) -> None:
        self._site, self._count = site, count
        for key, xml in (
            ("single", models.sequence([models.EXTERNAL], key="single")),
            ("multi", models.multi_instance(count)),
        ):
            repository.deploy(resources={f"{key}.bpmn": xml}, name=key)

    def keys(self, count: int) -> Items:
        return [{"processDefinitionKey": "single", "businessKey": f"{time.time_ns()}-{n}"} for n in range(count)]

    def instances(self, count: int) -> Items:
        for start in range(0, count, 100):
            self.start_many(self.keys(min(100, count - start)))
        return self._fetched()

    def multi_instance(self) -> Items:
        self._site.post("/process-definition/key/multi/start", {})
        return self._fetched()

    def tidy(self) -> None:
        """Nothing is left to be fetched by the next."""
        while items := self._fetched():
            self.complete_many(items)

    def start(self, item: dict[str, Any]) -> None:
        self._site.post("/process-definition/key/single/start", {"businessKey": item["businessKey"]})

    def start_many(self, items: Items) -> None:
        _done(self._site.post("/process-instance/start-many", {"instances": items}), 200)

    def complete(self, item: dict[str, Any]) -> None:
        self._answer(item, "complete", variables=RESULT)

    def complete_many(self, items: Items) -> None:
        self._answer_many(items, "complete", variables=RESULT)

    def fail(self, item: dict[str, Any]) -> None:
        self._answer(item, "failure", errorMessage="no", retries=3, retryTimeout=0)

    def fail_many(self, items: Items) -> None:
        self._answer_many(items, "failure", errorMessage="no", retries=3, retryTimeout=0)

    def extend(self, item: dict[str, Any]) -> None:
        self._answer(item, "extendLock", newDuration=1)

    def extend_many(self, items: Items) -> None:
        self._answer_many(items, "extendLock", newDuration=1)

    def _fetched(self) -> Items:
        topics = [{"topicName": "work", "lockDuration": 600_000}]
        tasks = self._site.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1_000, "topics": topics})
        return [{"id": task["id"], "lockToken": task["lockToken"]} for task in tasks]

    def _answer(self, item: dict[str, Any], verb: str, **fields: Any) -> None:
        body = {"workerId": "w", "lockToken": item["lockToken"], **fields}
        self._site.post(f"/external-task/{item['id']}/{verb}", body)

    def _answer_many(self, items: Items, verb: str, **fields: Any) -> None:
        tasks = [{**item, **fields} for item in items]
        _done(self._site.post(f"/external-task/{verb}-many", {"workerId": "w", "tasks": tasks}), 204)


def _done(answer: dict[str, Items], status: int) -> None:
    for result in answer["results"]:
        if result["status"] != status:
            raise RuntimeError(f"refused: {result}")
