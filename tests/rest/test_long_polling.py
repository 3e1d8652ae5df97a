"""Waiting for tasks: woken at once from this process, soon from others, bounded in number and time."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections
from django.test import RequestFactory

from tests.rest.conftest import Api, basic, external_task_process
from workflow_engine import wakeup
from workflow_engine.rest import long_polling
from workflow_engine.rest.long_polling import Wish
from workflow_engine.rest.resources.external_task import fetch

REQUEST = RequestFactory().post("/")


def wish(seconds: float) -> Wish:
    return Wish(topics=("a",), seconds=seconds)


@contextmanager
def in_thread(work: Callable[[], Any]) -> Iterator[list[Any]]:
    """Runs beside the block; its result is in the list when the block is left."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield results
    finally:
        thread.join(30)
        assert not thread.is_alive()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.one_database
def test_news_wakes_those_who_wait_for_the_topic() -> None:
    with wakeup.waiting(["a", "b"]) as waiter:
        wakeup.announce(["c"])
        assert not waiter.wait(0)
        wakeup.announce(["b", "c"])
        assert waiter.wait(0)
        assert not waiter.wait(0)
        wakeup.announce()
        assert waiter.wait(0)
    assert wakeup._waiters == {}


@pytest.mark.django_db
def test_what_is_there_is_given_at_once() -> None:
    looks = []

    def look() -> list[int]:
        looks.append(1)
        return [1]

    assert long_polling.poll(REQUEST, wish(10), look) == [1]
    assert len(looks) == 1
    assert long_polling.poll(REQUEST, wish(0), list) == []


@pytest.mark.django_db
def test_the_time_ends() -> None:
    started = time.monotonic()
    assert long_polling.poll(REQUEST, wish(0.3), list) == []
    assert 0.3 <= time.monotonic() - started < 3
    assert long_polling.waiting_threads() == 0


@pytest.mark.django_db
def test_too_many_who_wait_are_answered_at_once(settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"REST": {"max_waiting_threads": 1}}
    with in_thread(lambda: long_polling.poll(REQUEST, wish(1), list)):
        wait_until(lambda: long_polling.waiting_threads() == 1)
        started = time.monotonic()
        assert long_polling.poll(REQUEST, wish(10), list) == []
        assert time.monotonic() - started < 0.5
    assert long_polling.waiting_threads() == 0


@pytest.mark.django_db
def test_a_client_that_hung_up_gets_nothing() -> None:
    ours, theirs = socket.socketpair()
    request = RequestFactory().post("/", **{"gunicorn.socket": ours})  # type: ignore[arg-type]
    looks: list[float] = []

    def look() -> list[int]:
        looks.append(time.monotonic())
        if len(looks) == 1:
            theirs.close()
            return []
        return [1]

    assert long_polling.poll(request, wish(5), look) == []
    assert len(looks) == 1
    ours.close()


@pytest.mark.django_db
def test_an_error_while_looking_frees_the_place() -> None:
    calls: list[int] = []

    def look() -> list[int]:
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError
        return []

    with pytest.raises(RuntimeError):
        long_polling.poll(REQUEST, wish(5), look)
    assert long_polling.waiting_threads() == 0
    assert wakeup._waiters == {}


@pytest.mark.django_db(transaction=True)
def test_work_that_appears_is_handed_out_at_once(api: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(long_polling, "LOOK_AGAIN_SECONDS", (20.0, 20.0))
    api.deploy(external_task_process("polled", "polled")).ok()
    worker = Api(basic("root", "secret"))
    body = {
        "workerId": "w", "maxTasks": 1, "asyncResponseTimeout": 20_000, "topics": [{"topicName": "polled", "lockDuration": 1000}]
    }  # fmt: skip
    with in_thread(lambda: worker.post("/external-task/fetchAndLock", body)) as results:
        wait_until(lambda: long_polling.waiting_threads() == 1)
        started = time.monotonic()
        api.start("polled")
    assert len(results[0].ok()) == 1
    assert time.monotonic() - started < 5


@pytest.mark.django_db(transaction=True)
def test_work_of_another_process_is_found_soon(api: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(wakeup, "announce", lambda topics=None: None)
    api.deploy(external_task_process("polled", "polled")).ok()
    worker = Api(basic("root", "secret"))
    body = {
        "workerId": "w", "maxTasks": 1, "asyncResponseTimeout": 20_000, "topics": [{"topicName": "polled", "lockDuration": 1000}]
    }  # fmt: skip
    with in_thread(lambda: worker.post("/external-task/fetchAndLock", body)) as results:
        wait_until(lambda: long_polling.waiting_threads() == 1)
        started = time.monotonic()
        api.start("polled")
    assert len(results[0].ok()) == 1
    assert time.monotonic() - started < 5


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_waiting(api: Api, monkeypatch: Any) -> None:
    """Not even where the host site wraps its requests in transactions."""
    seen: list[bool] = []

    def poll(*arguments: Any) -> list[Any]:
        seen.append(connection.in_atomic_block)
        return []

    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    monkeypatch.setattr(fetch, "poll", poll)
    body = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "x", "lockDuration": 1000}]}
    api.post("/external-task/fetchAndLock", body).ok()
    assert seen == [False]
