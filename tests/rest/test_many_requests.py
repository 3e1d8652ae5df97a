"""Many external tasks in one request: the request itself, and our own client's."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from tests.rest.conftest import Api
from tests.rest.many import ALL, FIELDS, UNKNOWN, commits, held, items_of, many, multi_instance, statuses
from tests.support.failure_points import all_rows
from workflow_engine import clock, models
from workflow_engine.client import Engine, EngineRefused, Transport, task_from_json

pytestmark = pytest.mark.usefixtures("sound")


@ALL
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tasks": []},
        {"workerId": "w"},
        {"workerId": "", "tasks": []},
        {"workerId": "w", "tasks": None},
        {"workerId": "w", "tasks": {}},
        {"workerId": "w", "tasks": "x"},
        {"workerId": "w", "tasks": [None]},
        {"workerId": "w", "tasks": [[]]},
        {"workerId": "w", "tasks": ["01890000-0000-7000-8000-000000000000"]},
        {"workerId": ["w"], "tasks": []},
        {"workerId": "w" * 300, "tasks": []},
    ],
)
def test_requests_that_make_no_sense_are_refused_as_a_whole(api: Api, verb: str, body: dict[str, Any]) -> None:
    assert api.post(f"/external-task/{verb}-many", body).refused(400)


@ALL
def test_the_number_of_items_is_limited(api: Api, settings: Any, verb: str) -> None:
    items = [{"id": UNKNOWN, **FIELDS[verb]}] * 4
    settings.WORKFLOW_ENGINE = {"REST": {"max_items": 3}}
    message = api.post(f"/external-task/{verb}-many", {"workerId": "w", "tasks": items}).refused(400)
    assert message == "The field 'tasks' holds 4 items, at most 3 are allowed."
    assert statuses(many(api, verb, items[:3])) == [404] * 3


@ALL
def test_other_methods(api: Api, verb: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        api.call(method, f"/external-task/{verb}-many").refused(405)


def test_below_an_engine(api: Api) -> None:
    tasks = held(api, multi_instance(2), "multi")
    body = {"workerId": "w", "tasks": items_of("complete", tasks)}
    assert statuses(api.post("/engine/default/external-task/complete-many", body).ok()["results"]) == [204, 204]
    api.post("/engine/nope/external-task/complete-many", body).refused(404)


@ALL
def test_an_idempotency_key(api: Api, verb: str) -> None:
    tasks = held(api, multi_instance(3), "multi")
    items = items_of(verb, tasks)
    items[1]["lockToken"] = UNKNOWN
    body = {"workerId": "w", "tasks": items}
    first = api.post(f"/external-task/{verb}-many", body, HTTP_IDEMPOTENCY_KEY="k")
    again = api.post(f"/external-task/{verb}-many", body, HTTP_IDEMPOTENCY_KEY="k")
    assert statuses(first.ok()["results"]) == [204, 400, 204]
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    other = {"workerId": "w", "tasks": items[:1]}
    api.post(f"/external-task/{verb}-many", other, HTTP_IDEMPOTENCY_KEY="k").refused(422)


@pytest.mark.django_db(transaction=True)
def test_with_an_idempotency_key_the_request_is_one_transaction(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = held(api, multi_instance(2), "multi", instances=2)
    body = {"workerId": "w", "tasks": items_of("complete", tasks)}

    def refuse(number: int) -> None:
        if number == 0:
            raise OperationalError("injected")

    before = all_rows()
    counted = commits(monkeypatch, refuse)
    api.post("/external-task/complete-many", body, HTTP_IDEMPOTENCY_KEY="k").refused(503)
    assert all_rows() == before
    answer = api.post("/external-task/complete-many", body, HTTP_IDEMPOTENCY_KEY="k")
    assert statuses(answer.ok()["results"]) == [204] * 4
    assert len(counted) == 2


class TestTransport(Transport):
    """To the site of this very process."""

    __test__ = False

    def __init__(self, api: Api) -> None:
        super().__init__("http://testserver/engine-rest")
        self._api = api

    def request(self, method: str, path: str, body: Any = None, *, timeout: float | None = None) -> Any:
        return self._api.call(method, path, body).ok()


def test_the_client_answers_many(api: Api) -> None:
    held(api, multi_instance(4), "multi")
    clock.travel(timedelta(seconds=61))
    engine = Engine(TestTransport(api), "w")
    rows = engine.fetch_and_lock([{"topicName": "work", "lockDuration": 60_000}], 10, wait=0)
    tasks = [task_from_json(row) for row in rows]
    assert engine.extend_locks(tasks, 600) == [None] * 4
    api.post(f"/external-task/{tasks[0].id}/unlock").ok()
    (refusal, done) = engine.complete_many([(task, {"n": 1, "day": date(2026, 1, 2)}) for task in tasks[:2]])
    assert isinstance(refusal, EngineRefused)
    assert (refusal.status, refusal.type, done) == (400, "RestException", None)
    assert "it is not locked" in refusal.message
    assert engine.failure_many([(task, "no") for task in tasks[2:]], retries=3, retry_after=5) == [None, None]
    assert models.ExternalTask.objects.filter(retries=3, error_message="no").count() == 2
    assert models.HistoricVariableInstance.objects.get(name="day").value == "2026-01-02"
