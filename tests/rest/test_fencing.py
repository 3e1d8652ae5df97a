"""`lockToken`: whoever sends it is told when its lock went to somebody else, even to a worker of the same id."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.rest.conftest import Api
from workflow_engine import clock, models

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_process")]

Waiting = Callable[..., dict[str, Any]]

ANSWERS: dict[str, dict[str, Any]] = {
    "complete": {},
    "failure": {"errorMessage": "no", "retries": 2, "retryTimeout": 0},
    "bpmnError": {"errorCode": "E"},
    "extendLock": {"newDuration": 60_000},
}


def fetch(api: Api, worker: str = "w") -> dict[str, Any]:
    body = {"workerId": worker, "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 10_000}]}
    (task,) = api.post("/external-task/fetchAndLock", body).ok()
    return task  # type: ignore[no-any-return]


@pytest.mark.parametrize("verb", ANSWERS)
def test_a_stale_token_of_the_same_worker_is_refused(api: Api, waiting_task: Waiting, verb: str) -> None:
    waiting_task()
    first = fetch(api)
    clock.travel(timedelta(seconds=11))
    second = fetch(api)
    assert first["id"] == second["id"]
    assert first["lockToken"] != second["lockToken"]
    path, body = f"/external-task/{first['id']}/{verb}", {"workerId": "w", **ANSWERS[verb]}
    before = models.ExternalTask.objects.values().get()
    assert "meanwhile" in api.post(path, {**body, "lockToken": first["lockToken"]}).refused(400)
    assert models.ExternalTask.objects.values().get() == before
    api.post(path, {**body, "lockToken": second["lockToken"]}).ok()


@pytest.mark.parametrize("verb", ANSWERS)
def test_without_a_token_the_worker_id_decides(api: Api, waiting_task: Waiting, verb: str) -> None:
    waiting_task()
    task = fetch(api)
    path = f"/external-task/{task['id']}/{verb}"
    api.post(path, {"workerId": "other", **ANSWERS[verb]}).refused(400)
    api.post(path, {"workerId": "w", **ANSWERS[verb]}).ok()


@pytest.mark.parametrize("verb", ANSWERS)
def test_another_workers_token_does_not_stand_for_its_id(api: Api, waiting_task: Waiting, verb: str) -> None:
    waiting_task()
    task = fetch(api)
    body = {"workerId": "other", "lockToken": task["lockToken"], **ANSWERS[verb]}
    api.post(f"/external-task/{task['id']}/{verb}", body).refused(400)


@pytest.mark.parametrize("token", ["", "not-a-token", "00000000-0000-0000-0000-000000000000", 5, ["x"]])
@pytest.mark.parametrize("verb", ANSWERS)
def test_a_token_that_is_none_is_refused(api: Api, waiting_task: Waiting, verb: str, token: Any) -> None:
    waiting_task()
    task = fetch(api)
    body = {"workerId": "w", "lockToken": token, **ANSWERS[verb]}
    api.post(f"/external-task/{task['id']}/{verb}", body).refused(400)


def test_after_an_unlock_the_old_token_is_stale_even_if_the_same_worker_locks_again(
    api: Api, waiting_task: Waiting
) -> None:
    waiting_task()
    task = fetch(api)
    api.post(f"/external-task/{task['id']}/unlock").ok()
    api.post(f"/external-task/{task['id']}/lock", {"workerId": "w", "lockDuration": 10_000}).ok()
    path = f"/external-task/{task['id']}/complete"
    api.post(path, {"workerId": "w", "lockToken": task["lockToken"]}).refused(400)
    api.post(path, {"workerId": "w"}).ok()


@pytest.mark.parametrize("verb", ["complete", "failure", "bpmnError"])
def test_an_expired_lock_that_nobody_took_is_still_good_for_an_answer(
    api: Api, waiting_task: Waiting, verb: str
) -> None:
    waiting_task()
    task = fetch(api)
    clock.travel(timedelta(seconds=11))
    body = {"workerId": "w", "lockToken": task["lockToken"]}
    api.post(f"/external-task/{task['id']}/extendLock", {**body, **ANSWERS["extendLock"]}).refused(400)
    api.post(f"/external-task/{task['id']}/{verb}", {**body, **ANSWERS[verb]}).ok()
