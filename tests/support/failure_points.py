"""A database that fails once, at a chosen point of a command: before or after each statement, and around the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, connection

from workflow_engine.store.transaction import Transaction

Command = Callable[..., Any]
Rows = dict[str, list[tuple[Any, ...]]]


class Injected(OperationalError):
    """Not one that the engine may repeat by itself: it has no SQLSTATE."""


@dataclass(frozen=True)
class Point:
    """`number`: of the statement, from 0; None: the commit."""

    number: int | None
    is_after: bool

    def __str__(self) -> str:
        where = "the commit" if self.number is None else f"statement {self.number}"
        return f"{'after' if self.is_after else 'before'} {where}"

    @property
    def is_lost_answer(self) -> bool:
        return self.number is None and self.is_after


def points(statements: int) -> Iterator[Point]:
    for number in range(statements):
        yield from (Point(number, False), Point(number, True))
    yield from (Point(None, False), Point(None, True))


def count_statements(command: Command) -> int:
    """Of a run that is undone again."""
    counter = _Counter()
    with connection.execute_wrapper(counter), _commits(lambda: counter.refuse_commit()), suppress(Injected):
        command()
    return counter.seen


@contextmanager
def failing(point: Point) -> Iterator[list[Point]]:
    """Gives a list that holds the point once it was reached."""
    hit: list[Point] = []

    def fail() -> None:
        if not hit:
            hit.append(point)
            raise Injected(f"injected {point}")

    counter = _Counter(point, fail)
    around = _commits(fail, point.is_after) if point.number is None else _commits(lambda: None)
    with connection.execute_wrapper(counter), around:
        yield hit


class _Counter:
    def __init__(self, point: Point | None = None, fail: Callable[[], None] = lambda: None) -> None:
        self.seen, self.point, self.fail = 0, point, fail

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return execute(sql, params, many, context)
        number, self.seen = self.seen, self.seen + 1
        here = self.point is not None and number == self.point.number
        if here and not self.point.is_after:  # type: ignore[union-attr]
            self.fail()
        result = execute(sql, params, many, context)
        if here:
            self.fail()
        return result

    def refuse_commit(self) -> None:
        raise Injected("counted")


@contextmanager
def _commits(happen: Callable[[], None], is_after: bool = False) -> Iterator[None]:
    """`happen` is called before or after each commit."""
    commit = connection.commit

    def committing() -> None:
        if not is_after:
            happen()
        commit()
        if is_after:
            happen()

    connection.commit = committing  # type: ignore[method-assign]
    try:
        yield
    finally:
        connection.commit = commit  # type: ignore[method-assign]


def before_each_commit(patch: pytest.MonkeyPatch, happen: Command) -> None:
    """`happen` may raise; Django's commits and the engine's own."""
    for owner in (connection, Transaction):
        name = "commit" if owner is connection else "_commit"
        patch.setattr(owner, name, _after(happen, getattr(owner, name)))


def _after(happen: Command, commit: Command) -> Command:
    def committing(*transaction: Any) -> None:
        happen()
        commit(*transaction)

    return committing


def all_rows() -> Rows:
    """Every row of every table of the engine."""
    known = apps.get_app_config("workflow_engine").get_models()
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=repr)
        for model in known
        if not model._meta.proxy
    }
