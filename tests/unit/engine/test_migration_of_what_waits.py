"""Moving running instances to another definition: tasks, events, joins, jobs, incidents."""

from tests.unit.engine.migrating import ENDS, FORK, MESSAGE, OTHER_MESSAGE, PLAIN, Move, catch, one, timer
from tests.unit.engine.play import line, process, tasks, worker_task
from workflow_engine import ids
from workflow_engine.engine import commands as c
from workflow_engine.engine import state


def test_external_task() -> None:
    play = Move(one(worker_task("a"), "a"), one(worker_task("b") + tasks("c"), "b", "c"))
    task_id = play.rows(state.ExternalTask)[0]["id"]
    play.migrate("a>b")
    [task] = play.rows(state.ExternalTask)
    assert (task["id"], task["activity_id"], task["process_definition_key"]) == (task_id, "b", "p")
    assert play.tree == "p[b]"
    play.complete("b")
    assert play.waiting == ["task c"]
    play.finish("c")


def test_user_task_goes_on_in_the_new_model() -> None:
    play = Move(PLAIN, one(tasks("x", "y"), "x", "y"))
    play.set(v=1)
    play.migrate("a>x")
    assert play.waiting == ["task x"]
    assert play.variables == {"v": 1}
    assert play.rows(state.UserTask)[0]["process_definition_id"] == play.new.definition_id
    play.finish("x", "y")


def test_timer_keeps_its_due_date_unless_it_is_updated() -> None:
    for update in (False, True):
        play = Move(one(catch("t", timer("PT1H")), "t"), one(catch("u", timer("PT5H")), "u"))
        due = play.job("t")["due_date"]
        play.later(minutes=10).migrate("t>u", update=update)  # type: ignore[attr-defined]
        job = play.job("u")
        assert (job["due_date"] != due) is update
        assert job["handler_configuration"] == "u"
        assert job["job_definition_id"] == ids.job_definition_id(
            play.new.definition_id, "u", "timer-intermediate-transition", "DURATION: PT5H"
        )
        play.fire("u")
        assert play.state == "COMPLETED"


def test_message_keeps_its_name_unless_it_is_updated() -> None:
    for update, name in ((False, "paid"), (True, "sent")):
        play = Move(one(catch("m", MESSAGE), "m"), one(catch("m", OTHER_MESSAGE), "m"))
        play.migrate(update=update)
        [subscription] = play.rows(state.EventSubscription)
        assert subscription["event_name"] == name
        play.send("m")
        assert play.state == "COMPLETED"


def test_receive_task_and_event_based_gateway() -> None:
    body = (
        ENDS
        + '<eventBasedGateway id="g"/>'
        + catch("m", MESSAGE)
        + catch("t", timer("PT1H"))
        + line("s", "g", "m", "e")
    )
    play = Move(body + line("g", "t", "e"), body + line("g", "t", "e"))
    play.migrate()
    assert play.waiting == ["message m", "timer t"]
    play.fire("t")
    assert play.state == "COMPLETED"
    receive = one('<receiveTask id="r" messageRef="m1"/>', "r")
    play = Move(receive, receive)
    play.migrate().send("r")
    assert play.left_over == {}


def test_call_activity_keeps_the_called_instance() -> None:
    called = process(one(tasks("c"), "c"), key="called")
    body = one('<callActivity id="call" calledElement="called"/>', "call")
    play = Move(
        body, one('<callActivity id="call2" calledElement="called"/>' + tasks("z"), "call2", "z"), others=(called,)
    )
    play.migrate("call>call2").complete("c")
    assert play.waiting == ["task z"]


def test_join_with_a_waiting_token() -> None:
    play = Move(FORK, FORK)
    play.complete("b").migrate()  # type: ignore[attr-defined]
    assert play.tree == "p[a, j]"
    play.finish("a")


def test_asynchronous_continuations() -> None:
    before, after = 'camunda:asyncBefore="true"', 'camunda:asyncAfter="true"'
    old = one(worker_task("a", attributes=before), "a")
    play = Move(old, one(worker_task("b", attributes=before), "b"))
    play.migrate("a>b").fire("b")
    assert play.waiting == ["external b"]
    play = Move(old, one(worker_task("b"), "b"))
    assert "not asyncBefore" in str(play.refused("a>b"))
    play = Move(
        one(worker_task("a", attributes=after), "a"), one(worker_task("a", attributes=after) + tasks("n"), "a", "n")
    )
    play.complete("a").migrate("a").fire("a")  # type: ignore[attr-defined]
    assert play.waiting == ["task n"]


def test_incident_goes_along() -> None:
    play = Move(one(worker_task("a"), "a"), one(worker_task("b"), "b"))
    play.execute(c.SetExternalTaskRetries(task_id=play.rows(state.ExternalTask)[0]["id"], retries=0))
    play.migrate("a>b")
    assert [row["activity_id"] for row in play.rows(state.Incident)] == ["b"]
    play.finish("b")
