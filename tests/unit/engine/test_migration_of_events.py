"""Moving running instances to another definition: boundary events and event sub-processes."""

from tests.unit.bpmn.models import boundary, event_sub_process, flow
from tests.unit.engine.migrating import FORK, MESSAGE, PLAIN, WITH_TIMER, Move, one, timer
from tests.unit.engine.play import tasks
from workflow_engine.engine import commands as c
from workflow_engine.engine import state

WITH_MESSAGE = one(tasks("a", "late") + boundary(MESSAGE, host="a") + flow("b", "late"), "a")


def test_boundary_event_is_added() -> None:
    play = Move(PLAIN, WITH_TIMER)
    play.migrate()
    assert play.waiting == ["task a", "timer b"]
    assert play.tree == "p[a]"
    play.fire("b")
    assert play.waiting == ["task late"]
    play.finish("late")


def test_boundary_event_is_removed() -> None:
    for old in (WITH_TIMER, WITH_MESSAGE):
        play = Move(old, PLAIN)
        play.execute(
            c.SetVariables(execution_id=play.rows(state.UserTask)[0]["execution_id"], variables={"l": 1}, is_local=True)
        )
        play.migrate()
        assert play.waiting == ["task a"]
        assert play.variables == {"l": 1}
        assert len(play.rows(state.Execution)) == 1
        play.finish("a")


def test_boundary_event_is_replaced_and_kept() -> None:
    play = Move(WITH_TIMER, WITH_MESSAGE)
    play.migrate()
    assert play.waiting == ["message b", "task a"]
    play = Move(WITH_TIMER, one(tasks("a") + boundary(timer("PT2H"), host="a", id="b2") + flow("b2", "e"), "a"))
    due = play.job("b")["due_date"]
    play.migrate("a", "b>b2")
    assert play.job("b2")["due_date"] == due
    play.fire("b2")
    assert play.left_over == {}


def test_timer_that_has_fired_does_not_start_again() -> None:
    body = one(
        tasks("a", "late") + boundary(timer("PT1H"), host="a", attributes='cancelActivity="false"') + flow("b", "late"),
        "a",
    )
    play = Move(body, body)
    play.fire("b").migrate()  # type: ignore[attr-defined]
    assert play.waiting == ["task a", "task late"]


def test_boundary_events_of_concurrent_tasks() -> None:
    new = FORK + boundary(timer("PT1H"), host="a") + flow("b_", "e")
    new = new.replace('id="b" attachedToRef', 'id="b_" attachedToRef')
    play = Move(FORK, new)
    play.migrate()
    assert play.waiting == ["task a", "task b", "timer b_"]
    assert play.tree == "p[a, b]"
    back = Move(new, FORK)
    back.migrate()
    assert back.waiting == ["task a", "task b"]
    back.finish("a", "b")
    play.finish("b", "a")


def test_event_sub_process_is_added_and_removed() -> None:
    new = PLAIN + event_sub_process(MESSAGE)
    play = Move(PLAIN, new)
    play.migrate()
    assert play.waiting == ["message esp_start", "task a"]
    play.send("esp_start")
    assert play.state == "COMPLETED"
    play = Move(new, PLAIN)
    play.migrate()
    assert play.waiting == ["task a"]
    play.finish("a")
