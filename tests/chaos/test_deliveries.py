"""The judge of what went over the network sees what it is there to see."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.deliveries import Deliveries
from tests.chaos.framing import Message
from tests.chaos.journal import Exchange, Journal

pytestmark = pytest.mark.one_database

LOCK = 6
Tell = Callable[..., Exchange]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def message(first_line: str, body: Any) -> Message:
    return Message(first_line, {}, json.dumps(body).encode(), b"")


def fetched(journal: Journal, at: float, worker: str, token: str) -> Exchange:
    """At second `at` the worker is given the task for LOCK seconds."""
    topics = [{"topicName": "step", "lockDuration": LOCK * 1000}]
    request = message("POST /engine-rest/external-task/fetchAndLock HTTP/1.1", {"workerId": worker, "topics": topics})
    entry = journal.add(request, "web-1")
    row = {
        "id": "task",
        "topicName": "step",
        "lockExpirationTime": datetime.fromtimestamp(at + LOCK, UTC).isoformat(),
        "lockToken": token,
        "workerId": worker,
        "activityInstanceId": "activity",
        "processInstanceId": "instance",
    }
    journal.answered(entry, message("HTTP/1.1 200 OK", [row]), request)
    entry.sent, entry.answered = at - 0.1, at + 0.1
    return entry


def told(
    journal: Journal, at: float, verb: str, worker: str = "w1", token: str | None = "t1", status: int = 204, **more: Any
) -> Exchange:
    body = {"workerId": worker, **({} if token is None else {"lockToken": token}), **more}
    request = message(f"POST /engine-rest/external-task/task/{verb} HTTP/1.1", body)
    entry = journal.add(request, "web-1")
    journal.answered(entry, message(f"HTTP/1.1 {status} x", None), request)
    entry.sent, entry.answered = at, at + 0.1
    return entry


def kinds(journal: Journal) -> list[str]:
    return [violation.kind for violation in Deliveries(journal).judge()]


def test_a_task_that_is_given_again_needs_a_reason(journal: Journal) -> None:
    fetched(journal, 100, "w1", "t1")
    fetched(journal, 100 + LOCK - 1, "w2", "t2")
    assert kinds(journal) == ["duplicate"]


def test_an_expired_lock_is_a_reason(journal: Journal) -> None:
    fetched(journal, 100, "w1", "t1")
    fetched(journal, 100 + LOCK, "w2", "t2")
    told(journal, 107, "complete", "w2", "t2")
    judged = Deliveries(journal)
    assert list(judged.judge()) == []
    assert judged.reasons == {"expired": 1}
    assert judged.is_completed("task")


def test_an_extended_lock_has_not_expired(journal: Journal) -> None:
    fetched(journal, 100, "w1", "t1")
    told(journal, 104, "extendLock", newDuration=LOCK * 1000)
    fetched(journal, 100 + LOCK, "w2", "t2")
    assert kinds(journal) == ["duplicate"]


@pytest.mark.parametrize("verb", ["failure", "unlock"])
def test_a_failure_and_an_unlock_are_reasons(journal: Journal, verb: str) -> None:
    fetched(journal, 100, "w1", "t1")
    told(journal, 101, verb)
    fetched(journal, 102, "w2", "t2")
    assert kinds(journal) == []


def test_the_failure_of_somebody_else_is_none(journal: Journal) -> None:
    fetched(journal, 100, "w1", "t1")
    told(journal, 101, "failure", "w3", "t3", status=400)
    fetched(journal, 102, "w2", "t2")
    assert kinds(journal) == ["duplicate"]


def test_nobody_is_given_what_has_been_completed(journal: Journal) -> None:
    fetched(journal, 100, "w1", "t1")
    told(journal, 101, "complete")
    fetched(journal, 100 + LOCK, "w2", "t2")
    assert kinds(journal) == ["redone"]


@pytest.mark.parametrize("token", ["t1", None])
def test_no_answer_is_taken_from_a_worker_that_lost_its_task(journal: Journal, token: str | None) -> None:
    fetched(journal, 100, "w1", "t1")
    fetched(journal, 100 + LOCK, "w2", "t2")
    told(journal, 107, "complete", "w1", token)
    assert kinds(journal) == ["unfenced"]


def test_it_may_be_late_where_nobody_else_has_the_task(journal: Journal) -> None:
    fetched(journal, 100, "w1", "t1")
    told(journal, 100 + LOCK + 5, "complete")
    assert kinds(journal) == []
