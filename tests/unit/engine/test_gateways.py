"""Exclusive, parallel, inclusive and event-based gateways."""

import pytest

from tests.unit.bpmn.models import flow
from tests.unit.engine.play import Play, line, tasks
from workflow_engine.engine import state
from workflow_engine.engine.errors import ModelError

START = '<startEvent id="s"/>'


def when(source: str, target: str, condition: str) -> str:
    return flow(
        source, target, f'<conditionExpression xsi:type="tFormalExpression">${{{condition}}}</conditionExpression>'
    )


# -- exclusive ------------------------------------------------------------------------------------

CHOICE = (
    START
    + '<exclusiveGateway id="x" default="x_c"/>'
    + tasks("a", "b", "c")
    + line("s", "x")
    + when("x", "a", "n > 10")
    + when("x", "b", "n > 5")
    + flow("x", "c")
)


@pytest.mark.parametrize(("n", "expected"), [(11, "p[a]"), (6, "p[b]"), (1, "p[c]")])
def test_the_first_flow_whose_condition_holds(n: int, expected: str) -> None:
    assert Play(CHOICE).start({"n": n}).tree == expected


def test_without_a_way_on_the_command_is_refused() -> None:
    model = START + '<exclusiveGateway id="x"/>' + tasks("a", "b") + line("s", "x")
    play = Play(model + when("x", "a", "n > 10") + when("x", "b", "n > 5"))
    with pytest.raises(ModelError, match="No outgoing sequence flow of exclusive gateway 'x'") as refused:
        play.start({"n": 1})
    assert refused.value.activity_id == "x"
    assert play.left_over == {}


# -- parallel -------------------------------------------------------------------------------------

FORK = (
    START
    + '<parallelGateway id="fork"/><parallelGateway id="join"/><endEvent id="e"/>'
    + tasks("a", "b", "after")
    + line("s", "fork", "a", "join", "after", "e")
    + line("fork", "b", "join")
)


def test_a_fork_takes_all_flows_and_a_join_waits_for_all() -> None:
    play = Play(FORK).start()
    assert play.tree == "p[a, b]"
    assert play.complete("a").tree == "p[b, join]"
    assert play.complete("b").tree == "p[after]"
    assert play.history["join ended"] == 2
    assert len(play.rows(state.Execution)) == 1  # the last token is folded back into the instance
    assert play.complete("after").state == "COMPLETED"


def test_tokens_that_nobody_joins_end_one_by_one() -> None:
    model = START + '<parallelGateway id="fork"/>' + tasks("a", "b") + line("s", "fork", "a") + line("fork", "b")
    play = Play(model).start().complete("a")
    assert (play.tree, play.state) == ("p[b]", "ACTIVE")
    assert play.complete("b").state == "COMPLETED"


def test_a_join_counts_tokens_not_flows() -> None:
    twice = FORK.replace('<sequenceFlow id="s_fork" sourceRef="s" targetRef="fork"/>', "") + (
        '<parallelGateway id="first"/>' + line("s", "first", "fork") + tasks("x") + line("first", "x", "join")
    )
    play = Play(twice).start()
    assert play.tree == "p[a, b, x]"
    assert play.complete("x").complete("a").tree == "p[b, join, join]"
    assert play.complete("b").tree == "p[after]"


# -- inclusive ------------------------------------------------------------------------------------

SOME = (
    START
    + '<inclusiveGateway id="i" default="i_c"/><inclusiveGateway id="join"/>'
    + tasks("a", "b", "c", "after")
    + line("s", "i")
    + when("i", "a", "n > 1")
    + when("i", "b", "n > 2")
    + flow("i", "c")
    + line("a", "join", "after")
    + line("b", "join")
    + line("c", "join")
)


@pytest.mark.parametrize(("n", "expected"), [(3, "p[a, b]"), (2, "p[a]"), (1, "p[c]")])
def test_every_flow_whose_condition_holds(n: int, expected: str) -> None:
    assert Play(SOME).start({"n": n}).tree == expected


def test_the_join_waits_for_those_that_can_still_come() -> None:
    play = Play(SOME).start({"n": 3}).complete("a")
    assert play.tree == "p[b, join]"
    assert play.complete("b").tree == "p[after]"
    assert Play(SOME).start({"n": 2}).complete("a").tree == "p[after]"


# -- event-based ----------------------------------------------------------------------------------

EVENTS = (
    START
    + '<eventBasedGateway id="g"/>'
    + '<intermediateCatchEvent id="paid"><messageEventDefinition messageRef="m1"/></intermediateCatchEvent>'
    + '<intermediateCatchEvent id="alarm"><signalEventDefinition signalRef="s1"/></intermediateCatchEvent>'
    + '<intermediateCatchEvent id="late"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>'
    + "</intermediateCatchEvent>"
    + tasks("a", "b", "c")
    + line("s", "g", "paid", "a")
    + line("g", "alarm", "b")
    + line("g", "late", "c")
)


def test_the_first_event_decides() -> None:
    play = Play(EVENTS).start()
    assert play.waiting == ["message paid", "signal alarm", "timer late"]
    assert play.tree == "p[g]"
    assert play.send("paid", {"amount": 5}).waiting == ["task a"]
    assert play.history == {"s ended": 1, "g canceled": 1, "paid ended": 1, "a active": 1}
    assert play.variables == {"amount": 5}
    assert Play(EVENTS).start().send("alarm").waiting == ["task b"]
    assert Play(EVENTS).start().fire("late").waiting == ["task c"]
