"""Instances that begin with instructions instead of their start event."""

import pytest

from tests.unit.engine.play import Play
from tests.unit.engine.test_modification import NESTED, TWO_TASKS, after, before, on_flow
from tests.unit.engine.test_modification_cancellation import cancel
from workflow_engine.engine.errors import BadInput


def test_at_an_activity_or_on_a_flow() -> None:
    assert Play(TWO_TASKS).start(start_instructions=(before("b"),)).history == {"b active": 1}
    assert Play(TWO_TASKS).start(start_instructions=(after("a"),)).tree == "p[b]"
    assert Play(TWO_TASKS).start(start_instructions=(on_flow("a_b"),)).tree == "p[b]"
    assert Play(NESTED).start(start_instructions=(before("y"),)).tree == "p[sub[y]]"


def test_at_several_places() -> None:
    play = Play(NESTED).start(start_instructions=(before("a"), before("y"), before("x")))
    assert play.tree == "p[a, sub[x, y]]"
    play.complete("y").complete("x").complete("a").complete("x").complete("y").complete("y")
    assert play.state == "COMPLETED"


def test_variables_are_there_before_the_first_instruction() -> None:
    play = Play(TWO_TASKS).start(
        {"n": 1}, start_instructions=(before("a", variables={"n": 2}, local_variables={"mine": 3}), before("b"))
    )
    assert play.variables == {"n": 2, "mine": 3}


def test_an_instance_that_reaches_its_end_at_once() -> None:
    assert Play(TWO_TASKS).start(start_instructions=(before("e"),)).state == "COMPLETED"


def test_there_is_nothing_to_cancel_yet() -> None:
    assert Play(TWO_TASKS).start(start_instructions=(cancel(activity_id="b"), before("b"))).tree == "p[b]"
    assert Play(TWO_TASKS).start(start_instructions=(cancel(activity_id="a"),)).tree == "p[a]"


def test_an_unknown_activity_starts_nothing() -> None:
    play = Play(TWO_TASKS)
    with pytest.raises(BadInput, match="Start before activity 'no'; Element 'no' does not exist in process 'p:1:"):
        play.start(start_instructions=(before("no"),))
    assert play.site.database.instances == {}
