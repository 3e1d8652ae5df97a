"""The path that tokens took, worked out from the times of the activities."""

from datetime import UTC, datetime, timedelta

import pytest

from workflow_engine.admin.diagram import Flow, Visit, elements, taken, visited

START = datetime(2025, 1, 1, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def visit(activity_id: str, start: int, end: int | None, is_canceled: bool = False) -> Visit:
    return Visit(activity_id, at(start), None if end is None else at(end), is_canceled)


def flow(source: str, target: str, waits: bool = False) -> Flow:
    return Flow(f"{source}-{target}", source, target, waits)


@pytest.mark.one_database
def test_only_the_branch_that_was_taken() -> None:
    path = [visit("start", 0, 0), visit("gateway", 0, 0), visit("a", 0, 5), visit("b", 7, None)]
    flows = [flow("start", "gateway"), flow("gateway", "a"), flow("gateway", "b"), flow("a", "b")]
    assert taken(flows, path) == ["start-gateway", "gateway-a"]


@pytest.mark.one_database
def test_a_token_may_wait_between_two_activities() -> None:
    path = [visit("a", 0, 5), visit("b", 9, None)]
    assert taken([flow("a", "b", waits=True)], path) == ["a-b"]
    assert taken([flow("b", "a", waits=True)], path) == []


@pytest.mark.one_database
def test_nothing_leaves_what_was_cancelled() -> None:
    path = [visit("a", 0, 5, is_canceled=True), visit("b", 5, None)]
    assert taken([flow("a", "b")], path) == []
    assert visited(path) == {}


@pytest.mark.one_database
def test_bodies_count_as_their_activity() -> None:
    assert elements(tokens={"a#multiInstanceBody": 1, "b": 2}, incidents={"a": 1}) == {
        "a": {"tokens": 1, "incidents": 1},
        "b": {"tokens": 2},
    }
