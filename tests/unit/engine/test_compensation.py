"""Compensation: what was done is undone, the newest first."""

from tests.unit.bpmn.models import sub_process
from tests.unit.engine.play import Play, line, tasks


def undoable(*ids: str) -> str:
    """Tasks, each with a handler "undo_..." that is a task too."""
    return "".join(
        f'<userTask id="{i}"/><userTask id="undo_{i}" isForCompensation="true"/>'
        f'<boundaryEvent id="cb_{i}" attachedToRef="{i}"><compensateEventDefinition/></boundaryEvent>'
        for i in ids
    )


def handlers(*ids: str) -> str:
    return "".join(f'<association id="as_{i}" sourceRef="cb_{i}" targetRef="undo_{i}"/>' for i in ids)


def throw(event_id: str, activity_ref: str = "") -> str:
    ref = f' activityRef="{activity_ref}"' if activity_ref else ""
    return f'<intermediateThrowEvent id="{event_id}"><compensateEventDefinition{ref}/></intermediateThrowEvent>'


START = '<startEvent id="s"/>'
TWO = START + undoable("a", "b") + tasks("after")


def test_all_that_was_done_is_undone_and_waited_for() -> None:
    play = Play(TWO + throw("t") + line("s", "a", "b", "t", "after") + handlers("a", "b")).start()
    play.complete("a").complete("b")
    assert play.tree == "p[t, undo_a, undo_b]"
    assert play.complete("undo_a").tree == "p[t, undo_b]"
    assert play.complete("undo_b").tree == "p[after]"
    assert play.history["t ended"] == 1


def test_the_newest_first() -> None:
    model = TWO.replace('<userTask id="undo_', '<manualTask id="undo_')
    play = Play(model + throw("t") + line("s", "a", "b", "t", "after") + handlers("a", "b")).start()
    play.complete("a").complete("b")
    assert play.tree == "p[after]"
    assert [name for name in play.ended if name.startswith("undo")] == ["undo_b", "undo_a"]


def test_only_one_activity() -> None:
    play = Play(TWO + throw("t", "a") + line("s", "a", "b", "t", "after") + handlers("a", "b")).start()
    assert play.complete("a").complete("b").tree == "p[t, undo_a]"


def test_what_was_not_done_is_not_undone() -> None:
    model = TWO + '<parallelGateway id="fork"/>' + throw("t")
    play = Play(model + line("s", "a", "fork", "b") + line("fork", "t", "after") + handlers("a", "b")).start()
    assert play.complete("a").tree == "p[b, t, undo_a]"
    assert play.complete("undo_a").tree == "p[after, b]"


def test_nothing_to_undo() -> None:
    assert Play(START + throw("t") + tasks("after") + line("s", "t", "after")).start().tree == "p[after]"


def test_as_often_as_it_was_done() -> None:
    loop = START + '<exclusiveGateway id="again" default="again_t"/>' + undoable("a") + throw("t") + tasks("after")
    back = (
        '<sequenceFlow id="back" sourceRef="again" targetRef="a"><conditionExpression xsi:type="tFormalExpression">${more}'
        "</conditionExpression></sequenceFlow>"
    )
    play = Play(loop + line("s", "a", "again", "t", "after") + back + handlers("a")).start()
    play.complete("a", {"more": True}).complete("a", {"more": False})
    assert play.tree == "p[t, undo_a, undo_a]"


def test_a_handler_takes_no_part_in_the_ordinary_flow() -> None:
    play = Play(TWO + line("s", "a", "b", "after") + handlers("a", "b")).start().complete("a").complete("b")
    assert play.tree == "p[after]"
    assert play.complete("after").state == "COMPLETED"
    assert play.left_over == {}


def test_a_completed_sub_process_is_undone_from_the_inside_with_the_variables_it_had() -> None:
    mapping = (
        '<extensionElements><camunda:inputOutput><camunda:inputParameter name="kept">${n}</camunda:inputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    inside = sub_process(undoable("x") + line("inner", "x") + handlers("x"), start=mapping + '<startEvent id="inner"/>')
    model = START + inside + tasks("between", "after") + throw("t") + line("s", "sub", "between", "t", "after")
    play = Play(model).start({"n": 1}).complete("x").set(n=2)
    play.complete("between")
    assert play.tree == "p[sub[undo_x], t]"
    assert play.variables == {"n": 2, "kept": 1}
    assert play.complete("undo_x").tree == "p[after]"


def test_a_sub_process_with_a_handler_of_its_own() -> None:
    model = (
        START
        + sub_process(undoable("x") + line("inner", "x") + handlers("x"))
        + '<userTask id="undo_sub" isForCompensation="true"/>'
        + '<boundaryEvent id="cb_sub" attachedToRef="sub"><compensateEventDefinition/></boundaryEvent>'
        + throw("t")
        + tasks("after")
        + line("s", "sub", "t", "after")
        + handlers("sub")
    )
    play = Play(model).start().complete("x")
    # As in Camunda both: the handler of the sub-process, and those of what it did inside.
    assert play.tree == "p[sub[undo_x], t, undo_sub]"
    assert play.complete("undo_sub").complete("undo_x").tree == "p[after]"


def test_a_compensation_event_sub_process() -> None:
    handler = (
        '<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><compensateEventDefinition/></startEvent>'
        + tasks("hx")
        + line("hs", "hx")
        + "</subProcess>"
    )
    model = START + sub_process(tasks("x") + line("inner", "x") + handler) + throw("t") + tasks("after")
    play = Play(model + line("s", "sub", "t", "after")).start().complete("x")
    assert play.waiting == ["task hx"]
    assert play.complete("hx").tree == "p[after]"


def test_an_end_event_that_throws_waits_before_the_scope_ends() -> None:
    end = '<endEvent id="t"><compensateEventDefinition/></endEvent>'
    play = Play(TWO + end + line("s", "a", "b", "t") + handlers("a", "b")).start().complete("a").complete("b")
    assert play.state == "ACTIVE"
    assert play.complete("undo_b").complete("undo_a").state == "COMPLETED"
