"""Moving running instances to another definition: scopes, multi-instance, compensation."""

from tests.unit.bpmn.models import boundary, flow, sub_process
from tests.unit.engine.migrating import FORK, FORK_NESTED, NESTED, PLAIN, Move, one, timer
from tests.unit.engine.play import line, tasks
from workflow_engine.engine import state


def test_inside_a_sub_process() -> None:
    play = Move(NESTED, NESTED.replace('id="a"', 'id="a2"').replace('"a"', '"a2"'))
    play.migrate("sub", "a>a2")
    assert play.tree == "p[sub[a2]]"
    play.finish("a2")


def test_scope_is_added() -> None:
    play = Move(PLAIN, NESTED)
    instance_id = play.instance_of("a")
    play.migrate("a")
    assert play.tree == "p[sub[a]]"
    assert play.instance_of("a") == instance_id
    assert play.history == {"s ended": 1, "a active": 1, "sub active": 1}
    play.finish("a")


def test_one_scope_is_added_around_several_tokens() -> None:
    play = Move(FORK, FORK_NESTED)
    play.migrate("a", "b")
    assert play.tree == "p[sub[a, b]]"
    play.finish("a", "b")


def test_several_scopes_are_added() -> None:
    new = one(
        sub_process(
            sub_process(
                tasks("a") + '<endEvent id="ie"/>' + line("inner2", "a", "ie"),
                id="deep",
                start='<startEvent id="inner2"/>',
            )
            + '<endEvent id="oe"/>'
            + line("inner", "deep", "oe")
        )
        + boundary(timer("PT1H"), host="sub")
        + flow("b", "e"),
        "sub",
    )
    play = Move(PLAIN, new)
    play.migrate("a")
    assert play.tree == "p[sub[deep[a]]]"
    assert play.waiting == ["task a", "timer b"]
    play.finish("a")
    back = Move(new, PLAIN)
    back.migrate("a")
    assert back.tree == "p[a]"
    assert back.waiting == ["task a"]
    back.finish("a")


def test_scope_is_removed() -> None:
    play = Move(NESTED, PLAIN)
    play.migrate("a")
    assert play.tree == "p[a]"
    assert len(play.rows(state.Execution)) == 1
    assert play.history == {"s ended": 1, "inner ended": 1, "a active": 1, "sub canceled": 1}
    play.finish("a")


def test_scope_is_removed_around_several_tokens() -> None:
    play = Move(FORK_NESTED, FORK)
    play.migrate("a", "b")
    assert play.tree == "p[a, b]"
    play.finish("a", "b")


def test_scope_activities_move_in_and_out() -> None:
    inner = (
        tasks("a")
        + boundary(timer("PT1H"), host="a")
        + flow("b", "ie")
        + '<endEvent id="ie"/>'
        + line("inner", "a", "ie")
    )
    flat = one(tasks("a") + boundary(timer("PT1H"), host="a") + flow("b", "e"), "a")
    play = Move(flat, one(sub_process(inner), "sub"))
    play.migrate("a", "b")
    assert play.tree == "p[sub[a]]"
    assert play.waiting == ["task a", "timer b"]
    play.finish("a")
    back = Move(one(sub_process(inner), "sub"), flat)
    back.migrate("a", "b")
    assert back.tree == "p[a]"
    back.fire("b")
    assert back.left_over == {}


def test_multi_instance() -> None:
    for sequential in ("true", "false"):
        body = one(
            f'<userTask id="m"><multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>3'
            "</loopCardinality></multiInstanceLoopCharacteristics></userTask>" + tasks("z"),
            "m",
            "z",
        )
        play = Move(body, body)
        play.complete("m").migrate()  # type: ignore[attr-defined]
        play.complete("m").complete("m")
        assert play.waiting == ["task z"]
        play.finish("z")


def test_multi_instance_of_sub_processes() -> None:
    inner = tasks("a") + '<endEvent id="ie"/>' + line("inner", "a", "ie")
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    start = loop + '<startEvent id="inner"/>'
    old = one(sub_process(inner, start=start), "sub")
    new = one(sub_process(inner + boundary(timer("PT1H"), host="a") + flow("b", "ie"), start=start), "sub")
    play = Move(old, new)
    play.migrate()
    assert play.waiting == ["task a", "task a", "timer b", "timer b"]
    play.finish("a", "a")


def test_compensation_records_go_along() -> None:
    body = one(
        tasks("a", "w")
        + '<userTask id="undo" isForCompensation="true"/>'
        + boundary("<compensateEventDefinition/>", id="cb", host="a")
        + '<intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent>',
        "a",
        "w",
        "t",
    )
    body += '<association id="as" associationDirection="One" sourceRef="cb" targetRef="undo"/>'
    play = Move(body, body)
    play.complete("a")
    assert "compensation boundary event" in str(play.refused("w"))
    play.migrate().complete("w")
    assert play.waiting == ["task undo"]
    play.finish("undo")
