"""The judge sees each thing that a broken engine could do to an order."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.courses import COURSES, Course
from tests.chaos.deliveries import Deliveries
from tests.chaos.framing import Message
from tests.chaos.history import History
from tests.chaos.journal import Journal
from tests.chaos.judge import Judge
from tests.chaos.ledger import Effect
from tests.chaos.starters import Order

pytestmark = pytest.mark.one_database

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SEQUENCE, PAUSE, TWICE = (
    next(one for one in COURSES if one.key == key) for key in ("chaos-sequence", "chaos-pause", "chaos-twice")
)


class Told:
    """What the engine's API tells of one order, `instance`; stands in for the caller that reads it."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.order = Order(1, course, {}, "key", instance="instance")
        self.lists: dict[str, list[dict[str, Any]]] = {
            "/history/process-instance": [],
            "/history/activity-instance": [],
            "/history/external-task-log": [],
            "/history/incident": [],
        }
        self.effects: list[Effect] = []
        self.instance("instance")

    def rows(self, path: str, **query: Any) -> list[dict[str, Any]]:
        return self.lists[path]

    def instance(self, name: str, **changed: Any) -> None:
        row = {
            "id": name,
            "processDefinitionKey": self.course.key,
            "businessKey": self.order.business_key,
            "superProcessInstanceId": None,
            "endTime": moment(9),
            "state": "COMPLETED",
        }
        self.lists["/history/process-instance"].append({**row, **changed})

    def activity(self, name: str, kind: str, begin: float = 0, end: float | None = 1, canceled: bool = False) -> None:
        row = {
            "id": f"{name}:{len(self.lists['/history/activity-instance'])}",
            "activityId": name,
            "activityType": kind,
            "processInstanceId": "instance",
            "rootProcessInstanceId": "instance",
            "processDefinitionKey": self.course.key,
            "startTime": moment(begin),
            "endTime": None if end is None else moment(end),
            "canceled": canceled,
        }
        self.lists["/history/activity-instance"].append(row)

    def work(self, name: str, is_done: bool = True) -> None:
        """An external task that was handed in, and that a worker did (or not)."""
        self.activity(name, "serviceTask")
        key = self.lists["/history/activity-instance"][-1]["id"]
        self.lists["/history/external-task-log"].append({"activityInstanceId": key})
        if is_done:
            self.effects.append(Effect(f"task of {key}", key, "instance", None, "w1"))

    def kinds(self, journal: Journal) -> list[str]:
        judge = Judge([self.order], History(self), journal, self.effects, Deliveries(journal))  # type: ignore[arg-type]
        # Nothing was fetched over this network, so every effect is somebody's own idea.
        return [violation.kind for violation in judge.judge() if violation.kind != "foreign effect"]


def moment(second: float) -> str:
    return (BEGIN + timedelta(seconds=second)).isoformat(timespec="milliseconds")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def told() -> Told:
    """A sequence that went well."""
    told = Told(SEQUENCE)
    for name in ("a", "b", "c"):
        told.work(name)
    told.activity("end", "noneEndEvent")
    return told


def test_all_is_well(told: Told, journal: Journal) -> None:
    assert told.kinds(journal) == []


def test_an_acknowledged_instance_that_is_nowhere(told: Told, journal: Journal) -> None:
    told.order.instance = "another"
    assert told.kinds(journal) == ["lost"]


def test_two_instances_of_one_start(told: Told, journal: Journal) -> None:
    told.instance("second")
    assert told.kinds(journal) == ["doubled"]


def test_two_answers_to_one_start(told: Told, journal: Journal) -> None:
    request = Message("POST /engine-rest/process-definition/key/x/start HTTP/1.1", {"idempotency-key": "key"}, b"", b"")
    entry = journal.add(request, "web-1")
    journal.answered(entry, Message("HTTP/1.1 200 OK", {}, b'{"id": "unheard"}', b""), request)
    assert told.kinds(journal) == ["lost"]


def test_an_instance_that_nobody_asked_for(told: Told, journal: Journal) -> None:
    told.instance("other", businessKey="nobody's")
    assert told.kinds(journal) == ["doubled"]


def test_a_start_without_an_answer(told: Told, journal: Journal) -> None:
    told.order.instance = None
    assert told.kinds(journal) == ["unacknowledged"]


def test_an_instance_that_does_not_end(told: Told, journal: Journal) -> None:
    told.lists["/history/process-instance"][0]["endTime"] = None
    assert told.kinds(journal) == ["stuck"]


@pytest.mark.parametrize("state", ["INTERNALLY_TERMINATED", "EXTERNALLY_TERMINATED"])
def test_an_instance_that_was_terminated(told: Told, journal: Journal, state: str) -> None:
    told.lists["/history/process-instance"][0]["state"] = state
    assert told.kinds(journal) == ["wrong end"]


def test_an_activity_too_many(told: Told, journal: Journal) -> None:
    told.work("b")
    assert told.kinds(journal) == ["wrong end"]


def test_an_activity_too_few(journal: Journal) -> None:
    told = Told(SEQUENCE)
    for name in ("a", "c"):
        told.work(name)
    told.activity("end", "noneEndEvent")
    assert told.kinds(journal) == ["wrong end"]


def test_two_ends(told: Told, journal: Journal) -> None:
    told.activity("end", "noneEndEvent")
    assert told.kinds(journal) == ["wrong end"]


def test_what_was_canceled_does_not_count(told: Told, journal: Journal) -> None:
    told.activity("b", "serviceTask", canceled=True)
    assert told.kinds(journal) == []


def test_work_that_nobody_did(told: Told, journal: Journal) -> None:
    told.effects.pop()
    assert told.kinds(journal) == ["no effect"]


@pytest.mark.parametrize(("waited", "found"), [(0.9, ["early"]), (1.0, [])])
def test_a_timer(journal: Journal, waited: float, found: list[str]) -> None:
    told = Told(PAUSE)
    for name in ("a", "b"):
        told.work(name)
    told.activity("pause", "intermediateTimer", begin=2, end=2 + waited)
    told.activity("end", "noneEndEvent")
    assert told.kinds(journal) == found


def test_a_message_that_was_acknowledged_and_did_not_arrive(journal: Journal) -> None:
    told = Told(TWICE)
    told.order.message_keys = ["first", "second"]
    told.activity("first", "intermediateMessageCatch")
    told.work("between")
    told.activity("end", "noneEndEvent")
    assert told.kinds(journal) == ["wrong end", "lost"]


def test_an_incident_without_poison(told: Told, journal: Journal) -> None:
    incident = {"processInstanceId": "instance", "incidentType": "failedJob", "activityId": "b", "incidentMessage": "x"}
    told.lists["/history/incident"].append(incident)
    assert told.kinds(journal) == ["incident"]


@pytest.mark.parametrize(("status", "found"), [(500, ["error"]), (503, []), (404, [])])
def test_answers_that_say_it_broke(told: Told, journal: Journal, status: int, found: list[str]) -> None:
    request = Message("GET /engine-rest/incident HTTP/1.1", {}, b"", b"")
    journal.answered(journal.add(request, "web-1"), Message(f"HTTP/1.1 {status} x", {}, b"", b""), request)
    assert told.kinds(journal) == found
