"""Canceling activities of a running instance by hand, and what becomes of the scopes around them."""

import pytest

from tests.unit.bpmn.models import boundary, flow, sub_process
from tests.unit.engine.play import Play, line, tasks
from tests.unit.engine.test_modification import NESTED, REPEATED, TWO_TASKS, before
from workflow_engine.engine.commands import ModificationInstruction, SetSuspension
from workflow_engine.engine.errors import BadInput, Suspended


def cancel(**what: object) -> ModificationInstruction:
    return ModificationInstruction(kind="cancel", **what)  # type: ignore[arg-type]


def test_an_instance_ends_when_nothing_is_left() -> None:
    play = Play(TWO_TASKS).start()
    play.modify(cancel(activity_instance_id=play.instance_of("a")))
    assert play.tree == ""
    assert play.state == "EXTERNALLY_TERMINATED"
    assert play.history == {"s ended": 1, "a canceled": 1}
    assert play.left_over == {}


def test_an_engine_of_its_own_accord_terminates_internally() -> None:
    play = Play(TWO_TASKS).start().modify(cancel(activity_id="a"), is_external=False)
    assert play.state == "INTERNALLY_TERMINATED"


def test_the_instance_lives_between_two_instructions() -> None:
    play = Play(TWO_TASKS).start({"kept": 1}).modify(cancel(activity_id="a"), before("b"))
    assert play.tree == "p[b]"
    assert play.variables == {"kept": 1}
    assert play.complete("b").state == "COMPLETED"


def test_an_instance_whose_last_instruction_reaches_the_end_completes() -> None:
    play = Play(TWO_TASKS).start().modify(cancel(activity_id="a"), before("e"))
    assert play.state == "COMPLETED"
    assert play.history == {"s ended": 1, "a canceled": 1, "e ended": 1}


def test_one_of_two_tokens() -> None:
    play = Play(TWO_TASKS).start().modify(before("b"))
    play.modify(cancel(activity_instance_id=play.instance_of("a")))
    assert play.tree == "p[b]"
    assert play.complete("b").state == "COMPLETED"


def test_an_empty_sub_process_goes_with_its_last_activity() -> None:
    play = Play(NESTED).start().modify(before("y"))
    play.modify(cancel(activity_id="y"))
    assert play.tree == "p[a]"
    assert play.history["sub canceled"] == 1


def test_a_sub_process_goes_with_everything_inside() -> None:
    play = Play(NESTED).start().complete("a").modify(before("y"), before("a"))
    assert play.tree == "p[a, sub[x, y]]"
    play.modify(cancel(activity_instance_id=play.instance_of("sub")))
    assert play.tree == "p[a]"


def test_all_instances_of_an_activity_those_that_have_not_begun_included() -> None:
    play = Play(TWO_TASKS.replace('id="a"', 'id="a" camunda:asyncBefore="true"', 1)).start()
    play.fire("a").modify(before("b"), before("a"), before("a"))
    assert play.tree == "p[(a), (a), a, b]"
    assert play.modify(cancel(activity_id="a")).tree == "p[b]"
    assert play.waiting == ["task b"]


def test_only_what_is_active_now() -> None:
    now = cancel(activity_id="a", cancel_current_active_activity_instances=True)
    play = Play(TWO_TASKS).start()
    first = play.instance_of("a")
    play.modify(before("a"), now)
    assert play.tree == "p[a]"
    assert play.instance_of("a") != first
    assert play.modify(before("b"), before("a"), cancel(activity_id="a")).tree == "p[b]"


def test_a_transition_instance() -> None:
    play = Play(TWO_TASKS.replace('id="b"', 'id="b" camunda:asyncBefore="true"', 1)).start().modify(before("b"))
    play.modify(cancel(transition_instance_id=play.instance_of("(b)")))
    assert play.tree == "p[a]"
    assert play.waiting == ["task a"]


def test_one_instance_of_a_parallel_multi_instance_activity() -> None:
    play = Play(REPEATED % "").start()
    play.modify(cancel(activity_instance_id=play.instance_of("m")))
    assert play.tree == "p[m#multiInstanceBody[m]]"
    assert play.variables["nrOfActiveInstances"] == 1
    assert play.complete("m").state == "COMPLETED"


def test_what_waits_for_a_canceled_activity_goes_too() -> None:
    timer = '<timerEventDefinition><timeDuration id="d">PT1H</timeDuration></timerEventDefinition>'
    model = TWO_TASKS + boundary(timer, id="late", host="a") + tasks("l") + flow("late", "l")
    play = Play(model).start()
    assert play.waiting == ["task a", "timer late"]
    assert play.modify(cancel(activity_id="a"), before("b")).waiting == ["task b"]


def test_an_instance_that_only_remembers_what_it_could_compensate_is_empty() -> None:
    undo = (
        boundary("<compensateEventDefinition/>", id="cb", host="x") + '<userTask id="undo" isForCompensation="true"/>'
    )
    model = (
        '<startEvent id="s"/>'
        + sub_process(tasks("x") + undo + line("inner", "x") + '<association id="as" sourceRef="cb" targetRef="undo"/>')
        + tasks("a", "b")
        + line("s", "sub", "a")
    )
    play = Play(model).start().complete("x")
    assert play.modify(cancel(activity_id="a"), before("b")).tree == "p[b]"
    assert play.modify(cancel(activity_id="b")).state == "EXTERNALLY_TERMINATED"


def test_what_does_not_exist() -> None:
    play = Play(TWO_TASKS).start()
    with pytest.raises(BadInput, match="Cancel activity instance 'no'; Activity instance 'no' does not exist"):
        play.modify(cancel(activity_instance_id="no"))
    with pytest.raises(BadInput, match="Cancel transition instance 'no'; Transition instance 'no' does not exist"):
        play.modify(cancel(transition_instance_id="no"))
    assert play.modify(cancel(activity_id="no"), cancel(activity_id="b")).tree == "p[a]"


def test_a_suspended_instance_starts_nothing() -> None:
    play = Play(TWO_TASKS).start()
    play.execute(SetSuspension(process_instance_id=play.instance_id, is_suspended=True))
    with pytest.raises(Suspended, match=r"Start before activity 'b'; process instance .* is suspended"):
        play.modify(before("b"))
    with pytest.raises(Suspended, match="Cannot cancel activity 'a'"):
        play.modify(cancel(activity_id="a"))
