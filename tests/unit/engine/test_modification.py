"""Starting activities of a running instance by hand."""

import pytest

from tests.unit.bpmn.models import boundary, event_sub_process, flow, sub_process
from tests.unit.engine.play import Play, line, tasks
from workflow_engine.engine import state
from workflow_engine.engine.commands import ModificationInstruction, ModifyProcessInstance
from workflow_engine.engine.errors import BadInput, NotAllowed, NotFound

MESSAGE = '<messageEventDefinition messageRef="m1"/>'
TWO_TASKS = '<startEvent id="s"/><endEvent id="e"/>' + tasks("a", "b") + line("s", "a", "b", "e")
NESTED = (
    '<startEvent id="s"/><endEvent id="e"/>'
    + tasks("a")
    + sub_process(tasks("x", "y") + '<endEvent id="inner_end"/>' + line("inner", "x", "y", "inner_end"))
    + line("s", "a", "sub", "e")
)
REPEATED = (
    '<startEvent id="s"/><endEvent id="e"/><userTask id="m"><multiInstanceLoopCharacteristics %s>'
    "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>" + line("s", "m", "e")
)


def before(activity_id: str, **more: object) -> ModificationInstruction:
    return ModificationInstruction(kind="startBeforeActivity", activity_id=activity_id, **more)  # type: ignore[arg-type]


def after(activity_id: str) -> ModificationInstruction:
    return ModificationInstruction(kind="startAfterActivity", activity_id=activity_id)


def on_flow(flow_id: str) -> ModificationInstruction:
    return ModificationInstruction(kind="startTransition", transition_id=flow_id)


def test_before_an_activity_beside_the_one_that_is_active() -> None:
    play = Play(TWO_TASKS).start().modify(before("b"))
    assert play.tree == "p[a, b]"
    play.complete("a")
    assert play.tree == "p[b, b]"
    play.complete("b").complete("b")
    assert play.state == "COMPLETED"


def test_after_an_activity_and_on_a_flow_go_on_behind_it() -> None:
    assert Play(TWO_TASKS).start().modify(after("a")).tree == "p[a, b]"
    assert Play(TWO_TASKS).start().modify(on_flow("a_b")).tree == "p[a, b]"
    play = Play(TWO_TASKS).start().modify(after("a"))
    assert play.history == {"s ended": 1, "a active": 1, "b active": 1}  # a was not done a second time


def test_scopes_around_the_activity_are_entered_without_being_executed() -> None:
    play = Play(NESTED).start().modify(before("y"))
    assert play.tree == "p[a, sub[y]]"
    assert "inner ended" not in play.history
    # The sub-process exists now, so that a second token goes into the same one.
    play.modify(before("x"))
    assert play.tree == "p[a, sub[x, y]]"


def test_two_instances_of_a_scope_ask_for_the_one_that_is_meant() -> None:
    play = Play(NESTED).start().modify(before("y"))
    first = play.instance_of("sub")
    play.complete("a")
    assert play.tree == "p[sub[x], sub[y]]"
    with pytest.raises(NotAllowed, match="Start before activity 'x'; Ancestor activity execution is ambiguous: 'sub'"):
        play.modify(before("x"))
    assert play.modify(before("x", ancestor_activity_instance_id=first)).tree == "p[sub[x, y], sub[x]]"
    # The instance as the ancestor makes a new scope, although there are two.
    play.modify(before("y", ancestor_activity_instance_id=play.instance_id))
    assert play.tree == "p[sub[x, y], sub[x], sub[y]]"


def test_variables_go_outwards_and_local_ones_stay_with_the_token() -> None:
    play = Play(TWO_TASKS).start({"n": 1})
    play.modify(before("b", variables={"n": 2, "fresh": True}, local_variables={"mine": "b"}))
    assert play.variables == {"n": 2, "fresh": True, "mine": "b"}
    holders = {row["name"]: row["execution_id"] for row in play.rows(state.Variable)}
    assert holders["n"] == holders["fresh"] == play.instance_id
    assert holders["mine"] != play.instance_id


def test_one_more_instance_of_a_parallel_multi_instance_activity() -> None:
    play = Play(REPEATED % "").start().modify(before("m"))
    assert play.tree == "p[m#multiInstanceBody[m, m, m]]"
    assert {row["value"] for row in play.rows(state.Variable, name="nrOfInstances")} == {3}
    assert sorted(row["value"] for row in play.rows(state.Variable, name="loopCounter")) == [0, 1, 2]
    assert play.complete("m").complete("m").complete("m").state == "COMPLETED"


def test_a_sequential_multi_instance_activity_takes_no_second_instance() -> None:
    play = Play(REPEATED % 'isSequential="true"').start()
    with pytest.raises(NotAllowed, match="Start before activity 'm'; the instances of 'm#multiInstanceBody' run one"):
        play.modify(before("m"))
    assert play.modify(before("m#multiInstanceBody")).tree == "p[m#multiInstanceBody[m], m#multiInstanceBody[m]]"


def test_an_inner_activity_alone_makes_a_body_with_one_instance() -> None:
    body = TWO_TASKS.replace('<endEvent id="e"/>', "") + (
        '<endEvent id="e"/><userTask id="m"><multiInstanceLoopCharacteristics><loopCardinality>5</loopCardinality>'
        "</multiInstanceLoopCharacteristics></userTask>"
    )
    play = Play(body).start().modify(before("m"))
    assert play.tree == "p[a, m#multiInstanceBody[m]]"
    assert play.variables["nrOfInstances"] == 1


def test_an_interrupting_boundary_event_cancels_its_host() -> None:
    model = TWO_TASKS + boundary(MESSAGE, id="bound", host="a") + tasks("late") + flow("bound", "late")
    play = Play(model).start().modify(before("bound"))
    assert play.tree == "p[late]"
    assert play.history["a canceled"] == 1
    # Where there is nothing to interrupt it is started beside the rest.
    assert play.modify(before("bound")).tree == "p[late, late]"


def test_only_the_start_event_of_an_event_sub_process_interrupts() -> None:
    handler = event_sub_process(MESSAGE).replace(
        "</subProcess>", tasks("help") + line("esp_start", "help") + "</subProcess>"
    )
    assert Play(TWO_TASKS + handler).start().modify(before("help")).tree == "p[a, esp[help]]"
    assert Play(TWO_TASKS + handler).start().modify(before("esp_start")).tree == "p[esp[help]]"


def test_an_asynchronous_activity_waits_before_it_begins() -> None:
    play = Play(TWO_TASKS.replace('id="b"', 'id="b" camunda:asyncBefore="true"', 1)).start().modify(before("b"))
    assert play.tree == "p[(b), a]"
    assert play.fire("b").tree == "p[a, b]"


def test_what_cannot_be_started_is_refused_with_the_instruction_named() -> None:
    play = Play(TWO_TASKS).start()
    refused = {
        "Start before activity 'no'; Element 'no' does not exist": before("no"),
        "Start transition 'no'; Element 'no' does not exist": on_flow("no"),
        "Start after activity 'e'; Cannot start after activity 'e': it has no outgoing": after("e"),
        "Ancestor activity instance 'no' does not exist": before("b", ancestor_activity_instance_id="no"),
        "'jump' is no instruction": ModificationInstruction(kind="jump", activity_id="b"),
    }
    for message, instruction in refused.items():
        with pytest.raises(BadInput, match=message):
            play.modify(instruction)
    assert play.tree == "p[a]"


def test_an_ancestor_must_lie_around_the_activity() -> None:
    play = Play(NESTED).start().complete("a")
    wrong = before("a", ancestor_activity_instance_id=play.instance_of("sub"))
    with pytest.raises(BadInput, match="cannot be found in parent hierarchy of flow element 'a'"):
        play.modify(wrong)


def test_an_instance_that_does_not_exist() -> None:
    command = ModifyProcessInstance(process_instance_id="gone", instructions=(before("a"),))
    with pytest.raises(NotFound, match="Process instance 'gone' cannot be modified: it does not exist"):
        Play(TWO_TASKS).execute(command)
