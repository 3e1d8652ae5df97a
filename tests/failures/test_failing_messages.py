"""As the failure points of statements, for what really goes to PostgreSQL: messages that hold several statements, BEGIN and COMMIT."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from tests.failures.test_failure_points import SCENARIOS, Scenario, send_again
from tests.support.failure_points import Injected, all_rows, count_statements
from workflow_engine import verification
from workflow_engine.store.prepared import Statements

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]


@contextmanager
def failing(number: int, *, is_after: bool) -> Iterator[list[bool]]:
    """Breaks at the message of this number; gives a list that then says whether it was to commit."""
    hit: list[bool] = []
    seen = 0
    send = Statements.run_all

    def sending(self: Statements, *arguments: Any, begin: bool = False, commit: bool = False) -> Any:
        nonlocal seen
        is_here, seen = seen == number, seen + 1
        if is_here and not is_after:
            hit.append(commit)
            raise Injected(f"before message {number}")
        answers = send(self, *arguments, begin=begin, commit=commit)
        if is_here:
            hit.append(commit)
            raise Injected(f"after message {number}")
        return answers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statements, "run_all", sending)
        yield hit


@pytest.mark.parametrize("scenario_of", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_a_lost_message_leaves_all_or_nothing(scenario_of: Callable[[], Scenario]) -> None:
    scenario = scenario_of()
    count_statements(scenario.command)  # compiles the model
    before = all_rows()
    for number in range(100):
        if not _fails(scenario, number, is_after=False):
            break
        assert all_rows() == before, f"before message {number}: something is left over"
        if any(_fails(scenario, number, is_after=True)):
            break
        assert all_rows() == before, f"after message {number}: something is left over"
    assert all_rows() != before, "nothing was done"
    assert [str(violation) for violation in verification.verify()] == []
    send_again(scenario)
    assert [str(violation) for violation in verification.verify()] == []


def _fails(scenario: Scenario, number: int, *, is_after: bool) -> list[bool]:
    """Empty if the command came to its end."""
    with failing(number, is_after=is_after) as hit:
        try:
            scenario.command()
        except Injected:
            connection.close()  # as after a real loss
            assert hit
        else:
            assert not hit
    return hit
