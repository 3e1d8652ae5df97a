"""Conditional events: they come when a variable that they see changes and their condition holds."""

from tests.unit.bpmn.models import boundary, flow, sub_process
from tests.unit.engine.play import Play, line, tasks

CONDITION = (
    '<conditionalEventDefinition %s><condition xsi:type="tFormalExpression">${n &gt; 5}</condition>'
    "</conditionalEventDefinition>"
)
PLAIN = CONDITION % ""
MAIN = '<startEvent id="s"/>' + tasks("a", "after") + line("s", "a", "after")


def handler(*, interrupts: bool, definition: str = PLAIN) -> str:
    return (
        f'<subProcess id="h" triggeredByEvent="true"><startEvent id="hs" isInterrupting="{str(interrupts).lower()}">'
        + definition
        + "</startEvent>"
        + tasks("hx")
        + line("hs", "hx")
        + "</subProcess>"
    )


def caught(*, cancel: bool, definition: str = PLAIN) -> str:
    attributes = "" if cancel else 'cancelActivity="false"'
    return boundary(definition, host="a", attributes=attributes) + tasks("seen") + flow("b", "seen")


CATCH = (
    f'<startEvent id="s"/><intermediateCatchEvent id="c">{PLAIN}</intermediateCatchEvent>'
    + tasks("after")
    + line("s", "c", "after")
)


def test_a_catching_event_waits_for_it() -> None:
    play = Play(CATCH).start({"n": 1})
    assert (play.tree, play.waiting) == ("p[c]", ["conditional c"])
    assert play.set(n=2).tree == "p[c]"
    assert play.set(n=6).tree == "p[after]"


def test_what_holds_already_is_not_waited_for() -> None:
    assert Play(CATCH).start({"n": 6}).tree == "p[after]"


def test_a_variable_that_nobody_knows_makes_it_false() -> None:
    assert Play(CATCH).start().tree == "p[c]"


def test_at_the_border_of_an_activity() -> None:
    assert Play(MAIN + caught(cancel=True)).start({"n": 1}).set(n=6).tree == "p[seen]"
    play = Play(MAIN + caught(cancel=False)).start({"n": 1}).set(n=6)
    assert play.tree == "p[a, seen]"
    assert play.set(n=7).tree == "p[a, seen, seen]"  # every change is looked at again


def test_a_change_by_the_task_itself_comes_too_late_for_its_border() -> None:
    assert Play(MAIN + caught(cancel=True)).start({"n": 1}).complete("a", {"n": 6}).tree == "p[seen]"


def test_in_an_event_sub_process() -> None:
    assert Play(MAIN + handler(interrupts=True)).start({"n": 1}).set(n=6).tree == "p[h[hx]]"
    assert Play(MAIN + handler(interrupts=False)).start({"n": 1}).set(n=6).tree == "p[a, h[hx]]"
    assert Play(MAIN + handler(interrupts=True)).start({"n": 6}).tree == "p[h[hx]]"


def test_only_the_variable_and_the_kind_of_change_that_are_named() -> None:
    named = CONDITION % 'camunda:variableName="m"'
    play = Play(MAIN + caught(cancel=True, definition=named)).start({"n": 1, "m": 1}).set(n=6)
    assert play.tree == "p[a]"
    assert play.set(m=2).tree == "p[seen]"
    created = CONDITION % 'camunda:variableName="m" camunda:variableEvents="create"'
    play = Play(MAIN + caught(cancel=True, definition=created)).start({"n": 1}).set(n=6)
    assert play.tree == "p[a]"
    assert play.set(m=1).tree == "p[seen]"


def test_a_change_outside_reaches_the_scopes_inside_and_none_beside() -> None:
    model = (
        '<startEvent id="s"/>' + sub_process(tasks("a") + line("inner", "a") + caught(cancel=True)) + line("s", "sub")
    )
    assert Play(model).start({"n": 1}).set(n=6).tree == "p[sub[seen]]"


def test_a_result_in_the_middle_of_a_command() -> None:
    model = (
        '<startEvent id="s"/><serviceTask id="w" camunda:expression="${6}" camunda:resultVariable="n"/>'
        + tasks("after")
        + line("s", "w", "after")
    )
    assert Play(model + handler(interrupts=False)).start({"n": 1}).tree == "p[after, h[hx]]"
