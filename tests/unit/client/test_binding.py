from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest

from workflow_engine.client import Task
from workflow_engine.client.binding import bind


class Colour(Enum):
    RED = "red"


def a_task(**variables: Any) -> Task:
    return Task(id="1", topic="t", worker_id="w", variables=variables)


def test_variables_come_by_name_and_are_converted_by_hint() -> None:
    def handler(
        amount: Decimal, day: date, key: UUID, colour: Colour, count: int | None, note: str = "none", *, anything: Any
    ) -> None: ...

    task = a_task(
        amount=1.5, day="2026-01-02", key="0" * 32, colour="red", count=None, anything=[1], other="not asked for"
    )
    assert bind(handler).arguments(task) == {
        "amount": Decimal("1.5"),
        "day": date(2026, 1, 2),
        "key": UUID(int=0),
        "colour": Colour.RED,
        "count": None,
        "anything": [1],
    }


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(TypeError, match="no variable 'amount'"):
        bind(lambda amount: None).arguments(a_task())


def test_a_wrong_value_is_named() -> None:
    def handler(amount: Decimal) -> None: ...

    with pytest.raises(ValueError, match="Variable 'amount' is 'much', which is no Decimal"):
        bind(handler).arguments(a_task(amount="much"))


def test_the_task_itself_and_the_rest() -> None:
    def handler(job: Task, a: int, **others: Any) -> None: ...

    task = a_task(a=1, b=2)
    assert bind(handler).arguments(task) == {"job": task, "a": 1, "b": 2}


@pytest.mark.parametrize(
    ("handler", "names"),
    [(lambda a, b=1: None, ("a", "b")), (lambda: None, ()), (lambda task: None, None), (lambda **rest: None, None)],
)
def test_only_variables_that_the_handler_can_see_are_fetched(
    handler: Callable[..., None], names: tuple[str, ...] | None
) -> None:
    assert bind(handler).variable_names == names


def test_an_async_handler_is_awaited() -> None:
    async def handler(a: int) -> dict[str, int]:
        return {"b": a + 1}

    # In a thread of its own, as a worker calls its handlers: other tests may have left a loop running in this one.
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(bind(handler).call, a_task(a=1)).result() == {"b": 2}


def test_parameters_that_have_no_name_are_refused() -> None:
    with pytest.raises(TypeError, match="'values'"):
        bind(lambda *values: None)
