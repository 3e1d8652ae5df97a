"""Activities that are repeated: one after the other or side by side."""

import pytest

from tests.unit.bpmn.models import boundary, flow, sub_process
from tests.unit.engine.play import Play, line, tasks, worker_task
from workflow_engine.engine import state
from workflow_engine.engine.errors import LimitExceeded, ModelError
from workflow_engine.values import JsonValue


def repeated(inner: str, *, sequential: bool = False, attributes: str = "", task: str = "userTask") -> str:
    return (
        f'<startEvent id="s"/><{task} id="m"><multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"'
        f" {attributes}>{inner}</multiInstanceLoopCharacteristics></{task}>" + tasks("after") + line("s", "m", "after")
    )


def times(count: int | str) -> str:
    return f"<loopCardinality>{count}</loopCardinality>"


def until(condition: str) -> str:
    return f"<completionCondition>${{{condition}}}</completionCondition>"


def counters(play: Play) -> list[int]:
    return sorted(row["value"] for row in play.rows(state.Variable, name="loopCounter"))


def test_side_by_side() -> None:
    play = Play(repeated(times(3))).start()
    assert play.tree == "p[m#multiInstanceBody[m, m, m]]"
    assert counters(play) == [0, 1, 2]
    play.complete("m")
    assert {name: play.variables[name] for name in play.variables if name.startswith("nrOf")} == {
        "nrOfInstances": 3,
        "nrOfActiveInstances": 2,
        "nrOfCompletedInstances": 1,
    }
    assert play.complete("m").complete("m").tree == "p[after]"
    assert play.history["m#multiInstanceBody ended"] == 1
    assert play.variables == {}


def test_one_after_the_other() -> None:
    play = Play(repeated(times(3), sequential=True)).start()
    for counter in range(3):
        assert play.tree == "p[m#multiInstanceBody[m]]"
        assert counters(play) == [counter]
        play.complete("m")
    assert play.tree == "p[after]"
    assert play.history["m ended"] == 3


@pytest.mark.parametrize("sequential", [False, True])
def test_once_for_every_element_of_a_collection(sequential: bool) -> None:
    attributes = 'camunda:collection="names" camunda:elementVariable="name"'
    play = Play(repeated("", attributes=attributes, sequential=sequential)).start({"names": JsonValue('["x","y"]')})
    found = []
    for _ in range(2):
        found += [row["value"] for row in play.rows(state.Variable, name="name") if row["value"] not in found]
        play.complete("m")
    assert sorted(found) == ["x", "y"]
    assert play.tree == "p[after]"


@pytest.mark.parametrize("sequential", [False, True])
def test_nothing_to_do_is_done_at_once(sequential: bool) -> None:
    assert Play(repeated(times(0), sequential=sequential)).start().tree == "p[after]"
    empty = Play(repeated("", attributes='camunda:collection="names"', sequential=sequential))
    assert empty.start({"names": JsonValue("[]")}).tree == "p[after]"


def test_a_completion_condition_ends_the_rest() -> None:
    play = Play(repeated(times(3) + until("nrOfCompletedInstances >= 2"))).start().complete("m").complete("m")
    assert play.tree == "p[after]"
    assert play.history["m canceled"] == 1
    play = Play(repeated(times(3) + until("enough"), sequential=True)).start({"enough": False}).complete("m")
    assert play.complete("m", {"enough": True}).tree == "p[after]"


def test_sub_processes_have_scopes_of_their_own() -> None:
    inside = tasks("x", "y") + '<startEvent id="i"/>' + line("i", "x", "y")
    play = Play(
        repeated(times(2) + "</multiInstanceLoopCharacteristics>" + inside, task="subProcess").replace(
            "</multiInstanceLoopCharacteristics></subProcess>", "</subProcess>"
        )
    ).start()
    assert play.tree == "p[m#multiInstanceBody[m[x], m[x]]]"
    assert play.complete("x").tree == "p[m#multiInstanceBody[m[x], m[y]]]"
    assert play.complete("y").complete("x").complete("y").tree == "p[after]"


def test_a_boundary_event_belongs_to_all_of_them() -> None:
    model = repeated(times(3)) + boundary('<messageEventDefinition messageRef="m1"/>', host="m") + tasks("instead")
    play = Play(model + flow("b", "instead")).start().complete("m").send("b")
    assert play.tree == "p[instead]"
    assert play.history["m canceled"] == 2


def test_asynchronous_before_every_instance() -> None:
    body = repeated(times(2), attributes='camunda:asyncBefore="true"')
    play = Play(body).start()
    assert play.tree == "p[m#multiInstanceBody[(m), (m)]]"
    assert play.fire("m").tree == "p[m#multiInstanceBody[(m), m]]"


def test_results_of_all_workers_stay_with_their_instance() -> None:
    model = '<startEvent id="s"/>' + worker_task(
        "m", f"<multiInstanceLoopCharacteristics>{times(2)}</multiInstanceLoopCharacteristics>"
    )
    play = Play(model + line("s", "m")).start()
    play.complete("m", {"result": 1}).complete("m", {"result": 2})
    assert play.state == "COMPLETED"
    assert play.final_variables["result"] == 2  # no instance has it yet, so the process gets it, and then it changes


@pytest.mark.parametrize(
    ("inner", "attributes", "message"),
    [
        (times("${count}"), "", "The loop cardinality of 'm#multiInstanceBody' is 'many' instead of a whole number"),
        (times(-1), "", "'m#multiInstanceBody' cannot have -1 instances"),
        ("", 'camunda:collection="count"', "The collection 'count' of 'm#multiInstanceBody' is str, not a list"),
        (times(2) + until("count"), "", "The completion condition of 'm#multiInstanceBody' is 'many' instead of true"),
    ],
)
def test_a_broken_loop_refuses_the_command(inner: str, attributes: str, message: str) -> None:
    play = Play(repeated(inner, attributes=attributes))
    with pytest.raises(ModelError, match=message):
        play.start({"count": "many"}).complete("m")


def test_there_is_a_limit() -> None:
    play = Play(repeated(times(11)), max_multi_instance=10)
    with pytest.raises(LimitExceeded, match="'m#multiInstanceBody' would create 11 instances; the limit is 10"):
        play.start()
    assert Play(repeated(times(10)), max_multi_instance=10).start().waiting == ["task m"] * 10


def test_nested_loops() -> None:
    inner = '<startEvent id="i"/><userTask id="x"><multiInstanceLoopCharacteristics>%s</multiInstanceLoopCharacteristics></userTask>'
    model = sub_process(inner % times(2) + line("i", "x"), start="").replace(
        '<startEvent id="i"/>',
        f'<multiInstanceLoopCharacteristics isSequential="true">{times(2)}</multiInstanceLoopCharacteristics><startEvent id="i"/>',
    )
    play = Play('<startEvent id="s"/>' + model + line("s", "sub")).start()
    assert play.tree == "p[sub#multiInstanceBody[sub[x#multiInstanceBody[x, x]]]]"
    play.complete("x").complete("x")
    assert play.tree == "p[sub#multiInstanceBody[sub[x#multiInstanceBody[x, x]]]]"
    assert play.complete("x").complete("x").state == "COMPLETED"
