"""Event sub-processes: handlers that belong to a whole scope."""

from tests.unit.bpmn.models import sub_process
from tests.unit.engine.play import Play, line, tasks, worker_task

MESSAGE = '<messageEventDefinition messageRef="m1"/>'


def handler(definition: str, *, interrupts: bool = True, id: str = "h") -> str:
    return (
        f'<subProcess id="{id}" triggeredByEvent="true"><startEvent id="{id}_start" isInterrupting="{str(interrupts).lower()}">'
        f"{definition}</startEvent>" + tasks(f"{id}_task") + line(f"{id}_start", f"{id}_task") + "</subProcess>"
    )


MAIN = '<startEvent id="s"/>' + tasks("a", "after") + line("s", "a", "after")


def test_an_interrupting_one_replaces_everything_in_its_scope() -> None:
    play = Play(MAIN + handler(MESSAGE)).start()
    assert play.waiting == ["message h_start", "task a"]
    assert play.send("h_start", {"n": 1}).tree == "p[h[h_task]]"
    assert play.waiting == ["task h_task"]
    assert play.history["a canceled"] == 1
    assert play.complete("h_task").state == "COMPLETED"


def test_another_one_runs_beside_and_can_be_started_again() -> None:
    play = Play(MAIN + handler(MESSAGE, interrupts=False)).start().send("h_start").send("h_start")
    assert play.tree == "p[a, h[h_task], h[h_task]]"
    play.complete("a").complete("after")
    assert play.tree == "p[h[h_task], h[h_task]]"
    assert play.complete("h_task").complete("h_task").state == "COMPLETED"


def test_it_waits_only_while_its_scope_is_active() -> None:
    inside = sub_process(tasks("x") + line("inner", "x") + handler(MESSAGE))
    play = Play('<startEvent id="s"/>' + inside + tasks("after") + line("s", "sub", "after")).start()
    assert play.waiting == ["message h_start", "task x"]
    assert play.complete("x").waiting == ["task after"]


def test_inside_a_sub_process_the_scope_goes_on_behind_it() -> None:
    inside = sub_process(tasks("x") + line("inner", "x") + handler(MESSAGE))
    play = Play('<startEvent id="s"/>' + inside + tasks("after") + line("s", "sub", "after")).start().send("h_start")
    assert play.tree == "p[sub[h[h_task]]]"
    assert play.complete("h_task").tree == "p[after]"


def test_it_catches_errors_before_the_border_of_its_scope() -> None:
    error = '<errorEventDefinition errorRef="e1"/>'
    inside = sub_process(worker_task("w") + line("inner", "w") + handler(error))
    border = (
        f'<boundaryEvent id="b" attachedToRef="sub">{error}</boundaryEvent>' + tasks("outside") + line("b", "outside")
    )
    play = Play('<startEvent id="s"/>' + inside + line("s", "sub") + border).start().throw("w", "E1")
    assert play.tree == "p[sub[h[h_task]]]"


def test_what_it_throws_itself_goes_outwards() -> None:
    error = '<errorEventDefinition errorRef="e1"/>'
    again = handler(error).replace('<userTask id="h_task"/>', worker_task("h_task"))
    inside = sub_process(worker_task("w") + line("inner", "w") + again)
    border = (
        f'<boundaryEvent id="b" attachedToRef="sub">{error}</boundaryEvent>' + tasks("outside") + line("b", "outside")
    )
    play = Play('<startEvent id="s"/>' + inside + line("s", "sub") + border).start()
    assert play.throw("w", "E1").throw("h_task", "E1").tree == "p[outside]"


SIGNAL = '<signalEventDefinition signalRef="s1"/>'


def test_who_triggers_the_end_of_its_own_scope_leaves_the_event_sub_process_before_it_began() -> None:
    """As in Camunda, down to the history: the scope's instance ends under the event sub-process's name."""
    thrower = f'<intermediateThrowEvent id="throw">{SIGNAL}</intermediateThrowEvent><endEvent id="never"/>'
    inside = sub_process(thrower + line("inner", "throw", "never") + handler(SIGNAL))
    play = Play('<startEvent id="s"/>' + inside + tasks("after") + line("s", "sub", "after")).start()
    assert play.tree == "p[after]"
    assert play.history["throw canceled"] == play.history["h ended"] == 1
    assert not {"h_start ended", "never ended", "sub ended"} & play.history.keys()
    assert play.complete("after").state == "COMPLETED"
