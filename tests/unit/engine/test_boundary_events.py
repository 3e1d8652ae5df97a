"""Events at the border of an activity: interrupting ones cancel it, others run beside it."""

from tests.unit.bpmn.models import boundary, flow, sub_process
from tests.unit.engine.play import Play, line, tasks, worker_task

MESSAGE = '<messageEventDefinition messageRef="m1"/>'
SIGNAL = '<signalEventDefinition signalRef="s1"/>'
ERROR = '<errorEventDefinition errorRef="e1"/>'
ANY_ERROR = "<errorEventDefinition/>"
BESIDE = 'cancelActivity="false"'


def at(host: str, definition: str, *, id: str = "b", attributes: str = "") -> str:
    """An event at the activity and the task that it leads to."""
    return boundary(definition, id=id, host=host, attributes=attributes) + tasks(f"on_{id}") + flow(id, f"on_{id}")


TASK = '<startEvent id="s"/><endEvent id="e"/>' + tasks("a") + line("s", "a", "e")
SUB = '<startEvent id="s"/><endEvent id="e"/>' + sub_process(tasks("x") + line("inner", "x")) + line("s", "sub", "e")
WORK = '<startEvent id="s"/><endEvent id="e"/>' + worker_task("w") + line("s", "w", "e")


def test_an_interrupting_event_cancels_its_host() -> None:
    play = Play(TASK + at("a", MESSAGE)).start()
    assert play.waiting == ["message b", "task a"]
    assert play.send("b", {"n": 1}).tree == "p[on_b]"
    assert play.waiting == ["task on_b"]
    assert play.history == {"s ended": 1, "a canceled": 1, "b ended": 1, "on_b active": 1}
    assert play.variables == {"n": 1}


def test_another_event_runs_beside_its_host_as_often_as_it_comes() -> None:
    play = Play(TASK + at("a", SIGNAL, attributes=BESIDE)).start()
    assert play.send("b").send("b").tree == "p[a, on_b, on_b]"
    assert play.complete("a").tree == "p[on_b, on_b]"
    assert "signal b" not in play.waiting


def test_a_completed_host_waits_for_nothing() -> None:
    assert Play(TASK + at("a", MESSAGE)).start().complete("a").state == "COMPLETED"


def test_interrupting_a_sub_process_cancels_what_is_inside() -> None:
    play = Play(SUB + at("sub", MESSAGE)).start().send("b")
    assert play.tree == "p[on_b]"
    assert play.history["x canceled"] == play.history["sub canceled"] == 1


def test_beside_a_sub_process_goes_on_in_the_scope_around_it() -> None:
    play = Play(SUB + at("sub", MESSAGE, attributes=BESIDE)).start().send("b")
    assert play.tree == "p[on_b, sub[x]]"
    assert play.complete("x").tree == "p[on_b]"


def test_two_events_at_one_host() -> None:
    model = TASK + at("a", MESSAGE, id="m") + at("a", SIGNAL, id="sig", attributes=BESIDE)
    play = Play(model).start().send("sig")
    assert play.tree == "p[a, on_sig]"
    assert play.send("m").tree == "p[on_m, on_sig]"
    assert play.waiting == ["task on_m", "task on_sig"]


def test_an_error_is_caught_by_its_code_before_any_other() -> None:
    model = WORK + at("w", ANY_ERROR, id="any") + at("w", ERROR, id="one")
    assert Play(model).start().throw("w", "E1").tree == "p[on_one]"
    assert Play(model).start().throw("w", "E2").tree == "p[on_any]"


def test_the_caught_error_tells_its_code_and_message() -> None:
    definition = (
        '<errorEventDefinition errorRef="e1" camunda:errorCodeVariable="code" camunda:errorMessageVariable="why"/>'
    )
    play = Play(WORK + at("w", definition)).start().throw("w", "E1", "out of stock")
    assert play.variables == {"code": "E1", "why": "out of stock"}


def test_an_error_inside_a_sub_process_reaches_its_border() -> None:
    inside = sub_process(worker_task("w") + line("inner", "w"))
    model = '<startEvent id="s"/>' + inside + line("s", "sub") + at("sub", ERROR)
    play = Play(model).start().throw("w", "E1")
    assert play.tree == "p[on_b]"
    assert play.history["w canceled"] == play.history["sub canceled"] == 1
