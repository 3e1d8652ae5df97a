"""One idempotency key, many requests at the same moment, each with a connection of its own: carried out once."""

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connections

from tests.concurrency.test_races import at_once
from tests.rest.conftest import Api, basic, user_task_process
from tests.support import small_models as small
from workflow_engine import clock, models
from workflow_engine.services import idempotency, repository, runtime
from workflow_engine.services.errors import KeyReused
from workflow_engine.services.idempotency import Answer, KeyedRequest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]
START = "/process-definition/key/human/start"


def request(body_hash: str = "h") -> KeyedRequest:
    return KeyedRequest(caller="user 1", method="POST", path="/start", key="k", body_hash=body_hash)


def start(_: object = None) -> Answer:
    return Answer(status=200, text=runtime.start_process_instance_by_key("order").id)


@pytest.fixture
def order() -> None:
    repository.deploy(resources={"order.bpmn": small.one_task()})


def test_twenty_requests_over_http_start_one_instance() -> None:
    get_user_model().objects.create_superuser("root", password="secret")
    Api(basic("root", "secret")).deploy(user_task_process("human")).ok()

    def send(index: int) -> tuple[int, bytes, str | None]:
        answer = Api(basic("root", "secret")).post(START, {"businessKey": "b"}, HTTP_IDEMPOTENCY_KEY="k")
        return answer.status, answer.content, answer.headers.get("Idempotent-Replayed")

    answers = at_once(20, send)
    assert {(status, content) for status, content, _ in answers} == {(200, answers[0][1])}
    assert Counter(repeated for *_, repeated in answers) == {None: 1, "true": 19}
    assert models.HistoricProcessInstance.objects.count() == 1


def test_the_second_waits_for_the_first(order: None) -> None:
    begun, release = threading.Event(), threading.Event()

    def slow() -> Answer:
        answer = start()
        begun.set()
        assert release.wait(30)
        return answer

    def second(index: int) -> Answer:
        if index == 0:
            return idempotency.once(request(), slow)
        assert begun.wait(30)
        # Whoever got this far may now be let in by the end of the first only.
        threading.Timer(0.2, release.set).start()
        return idempotency.once(request(), start)

    first, other = at_once(2, second)
    assert first.text == other.text
    assert (first.is_repeated, other.is_repeated) == (False, True)
    assert models.HistoricProcessInstance.objects.count() == 1


def test_if_the_first_is_refused_the_second_is_carried_out(order: None) -> None:
    refused = threading.Event()

    def fail() -> Answer:
        start()
        refused.set()
        raise KeyReused("any refusal")

    def send(index: int) -> Answer:
        if index == 0:
            return idempotency.once(request(), fail)
        assert refused.wait(30)
        return idempotency.once(request(), start)

    results = at_once(2, send)
    assert isinstance(results[0], KeyReused)
    assert results[1].is_repeated is False
    assert models.HistoricProcessInstance.objects.count() == 1


def test_of_many_bodies_one_wins(order: None) -> None:
    results: list[Any] = at_once(12, lambda index: idempotency.once(request(f"body {index % 3}"), start))
    answers = [result for result in results if isinstance(result, Answer)]
    refusals = [result for result in results if isinstance(result, KeyReused)]
    assert (len(answers), len(refusals)) == (4, 8)
    assert len({answer.text for answer in answers}) == 1
    assert models.HistoricProcessInstance.objects.count() == 1


def test_an_expired_key_is_taken_over_once(order: None) -> None:
    old = idempotency.once(request(), start)
    clock.travel(timedelta(hours=25))
    answers = at_once(12, lambda index: idempotency.once(request(), start))
    assert len({answer.text for answer in answers} - {old.text}) == 1
    assert Counter(answer.is_repeated for answer in answers) == {False: 1, True: 11}
    assert models.HistoricProcessInstance.objects.count() == 2


def test_a_conflict_repeats_the_whole(order: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    class Deadlock(Exception):
        sqlstate = "40P01"

    failures = iter([1])

    def sometimes() -> Answer:
        answer = start()
        if next(failures, None):
            raise OperationalError("deadlock detected") from Deadlock()
        return answer

    assert idempotency.once(request(), sometimes).is_repeated is False
    assert models.HistoricProcessInstance.objects.count() == 1
    assert models.IdempotencyKey.objects.count() == 1
    connections.close_all()
