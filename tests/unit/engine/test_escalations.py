"""Escalations: told outwards; who throws one goes on unless it is interrupted."""

import pytest

from tests.unit.bpmn.models import boundary, flow, sub_process
from tests.unit.engine.play import Play, line, tasks
from workflow_engine.engine.errors import NotAllowed

ESCALATION = '<escalationEventDefinition escalationRef="x1"/>'
INSIDE = sub_process(
    f'<intermediateThrowEvent id="t">{ESCALATION}</intermediateThrowEvent>' + tasks("x") + line("inner", "t", "x")
)
START = '<startEvent id="s"/>'
AROUND = START + INSIDE + tasks("after") + line("s", "sub", "after")


def caught(*, cancel: bool, definition: str = ESCALATION) -> str:
    attributes = "" if cancel else 'cancelActivity="false"'
    return boundary(definition, host="sub", attributes=attributes) + tasks("heard") + flow("b", "heard")


def test_without_anybody_who_hears_it_the_token_goes_on() -> None:
    assert Play(AROUND).start().tree == "p[sub[x]]"


def test_heard_beside() -> None:
    play = Play(AROUND + caught(cancel=False)).start()
    assert play.tree == "p[heard, sub[x]]"
    assert play.complete("x").complete("heard").tree == "p[after]"


def test_heard_and_interrupted() -> None:
    play = Play(AROUND + caught(cancel=True)).start()
    assert play.tree == "p[heard]"
    assert play.history["sub canceled"] == 1


def test_another_code_is_not_heard_and_any_code_is() -> None:
    other = '<escalationEventDefinition escalationRef="x2"/>'
    assert Play(AROUND + caught(cancel=True, definition=other)).start().tree == "p[sub[x]]"
    anything = '<escalationEventDefinition camunda:escalationCodeVariable="code"/>'
    play = Play(AROUND + caught(cancel=True, definition=anything)).start()
    assert (play.tree, play.variables) == ("p[heard]", {"code": "X1"})


def test_an_end_event_escalates_and_ends() -> None:
    inside = sub_process(f'<endEvent id="t">{ESCALATION}</endEvent>' + line("inner", "t"))
    model = START + inside + tasks("after") + line("s", "sub", "after")
    assert Play(model + caught(cancel=False)).start().tree == "p[after, heard]"
    assert Play(model + caught(cancel=True)).start().tree == "p[heard]"


def test_from_a_user_task_it_must_be_heard() -> None:
    model = START + sub_process(tasks("x") + line("inner", "x")) + line("s", "sub")
    assert Play(model + caught(cancel=False)).start().escalate("x", "X1").tree == "p[heard, sub[x]]"
    with pytest.raises(NotAllowed, match="throws an escalation event with escalationCode 'X2'"):
        Play(model + caught(cancel=False)).start().escalate("x", "X2")


def test_an_event_sub_process_hears_it() -> None:
    handler = (
        '<subProcess id="h" triggeredByEvent="true"><startEvent id="hs" isInterrupting="false">'
        f"{ESCALATION}</startEvent>" + tasks("hx") + line("hs", "hx") + "</subProcess>"
    )
    play = Play(AROUND + handler).start()
    assert play.tree == "p[h[hx], sub[x]]"
