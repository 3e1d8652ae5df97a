"""Messages go to one subscription, signals to everybody who waits."""

import pytest

from tests.unit.bpmn.models import boundary, flow
from tests.unit.engine.play import Play, line, process, tasks
from workflow_engine.engine import state
from workflow_engine.engine.commands import (
    SetSuspension,
    SignalExecution,
    StartProcessInstance,
    ThrowSignal,
    TriggerEventSubscription,
)
from workflow_engine.engine.errors import NotAllowed, NotFound, Suspended

MESSAGE = '<messageEventDefinition messageRef="m1"/>'
SIGNAL = '<signalEventDefinition signalRef="s1"/>'


def catching(definition: str) -> str:
    return (
        f'<startEvent id="s"/><intermediateCatchEvent id="c">{definition}</intermediateCatchEvent>'
        + tasks("after")
        + line("s", "c", "after")
    )


# -- messages -------------------------------------------------------------------------------------


def test_a_catching_event_goes_on_with_what_the_message_brings() -> None:
    play = Play(catching(MESSAGE)).start()
    (subscription,) = play.rows(state.EventSubscription)
    assert (subscription["event_name"], subscription["activity_id"]) == ("paid", "c")
    command = TriggerEventSubscription(subscription_id=subscription["id"], variables={"n": 1}, local_variables={"m": 2})
    play.execute(command)
    assert (play.tree, play.variables) == ("p[after]", {"n": 1})  # what was local went with the event
    with pytest.raises(NotFound, match=r"Event subscription '.*' does not exist"):
        play.execute(command)


def test_a_receive_task() -> None:
    model = '<startEvent id="s"/><receiveTask id="r" messageRef="m1"/>' + tasks("after") + line("s", "r", "after")
    assert Play(model).start().send("r").tree == "p[after]"
    named = model.replace('messageRef="m1"', "")
    play = Play(named).start()
    assert play.waiting == []
    (execution,) = play.rows(state.Execution)
    play.execute(SignalExecution(execution_id=execution["id"], variables={"n": 1}))
    assert (play.tree, play.variables) == ("p[after]", {"n": 1})


def test_a_message_start_event() -> None:
    model = f'<startEvent id="s">{MESSAGE}</startEvent>' + tasks("a") + line("s", "a")
    play = Play(model)
    play.execute(
        TriggerEventSubscription(subscription_id=play.rows(state.EventSubscription)[0]["id"], variables={"n": 1})
    )
    assert (play.waiting, play.variables) == (["task a"], {"n": 1})
    assert len(play.rows(state.EventSubscription)) == 1  # it waits for the next one


def test_a_suspended_instance_hears_nothing() -> None:
    play = Play(catching(MESSAGE)).start()
    play.execute(SetSuspension(process_instance_id=play.instance_id, is_suspended=True))
    with pytest.raises(Suspended):
        play.send("c")


# -- signals --------------------------------------------------------------------------------------


def test_everybody_hears_a_signal() -> None:
    play = Play(catching(SIGNAL)).start().start()
    play.execute(ThrowSignal(name="alarm", variables={"n": 1}))
    assert play.waiting == ["task after", "task after"]
    assert [row["value"] for row in play.rows(state.Variable)] == [1, 1]


def test_only_one_execution() -> None:
    play = Play(catching(SIGNAL)).start().start()
    execution_id = play.rows(state.EventSubscription)[0]["execution_id"]
    play.execute(ThrowSignal(name="alarm", execution_id=execution_id))
    assert play.waiting == ["signal c", "task after"]
    with pytest.raises(NotAllowed, match="has not subscribed to a signal event with name 'alarm'"):
        play.execute(ThrowSignal(name="alarm", execution_id=play.instance_id))


def test_nobody_waits() -> None:
    play = Play(catching(SIGNAL)).start()
    play.execute(ThrowSignal(name="calm"))
    assert play.waiting == ["signal c"]


def test_a_signal_starts_instances_too() -> None:
    play = Play(f'<startEvent id="s">{SIGNAL}</startEvent>' + tasks("a") + line("s", "a"))
    play.execute(ThrowSignal(name="alarm"))
    assert play.waiting == ["task a"]


def test_a_process_throws_it_to_others_and_to_itself() -> None:
    thrower = process(
        f'<startEvent id="ts"/><intermediateThrowEvent id="t">{SIGNAL}</intermediateThrowEvent>' + line("ts", "t"),
        key="q",
    )
    play = Play(catching(SIGNAL), others=(thrower,)).start()
    definition = next(found for found in play.site.definitions.values() if found.key == "q")
    play.execute(StartProcessInstance(process_definition_id=definition.definition_id))
    assert play.waiting == ["task after"]
    model = (
        '<startEvent id="s"/><parallelGateway id="fork"/>'
        f'<intermediateCatchEvent id="c">{SIGNAL}</intermediateCatchEvent>'
        f'<intermediateThrowEvent id="t">{SIGNAL}</intermediateThrowEvent>'
        + tasks("heard", "thrown")
        + line("s", "fork", "c", "heard")
        + line("fork", "t", "thrown")
    )
    assert Play(model).start().tree == "p[heard, thrown]"


def test_an_asynchronous_signal_arrives_by_a_job() -> None:
    thrown = SIGNAL.replace("/>", ' camunda:async="true"/>')
    model = (
        '<startEvent id="s"/><parallelGateway id="fork"/>'
        f'<intermediateCatchEvent id="c">{SIGNAL}</intermediateCatchEvent>'
        f'<intermediateThrowEvent id="t">{thrown}</intermediateThrowEvent>'
        + tasks("heard")
        + line("s", "fork", "c", "heard")
        + line("fork", "t")
    )
    play = Play(model).start()
    (job,) = play.rows(state.Job)
    assert job["handler_type"] == "event"
    assert play.fire("c").tree == "p[heard]"


MESSAGE = '<messageEventDefinition messageRef="m1"/>'


@pytest.mark.parametrize(
    ("model", "event", "scope", "lives"),
    [
        (tasks("a", "x") + boundary(MESSAGE, host="a") + line("s", "a") + flow("b", "x"), "b", "process", True),
        (
            tasks("a", "x")
            + boundary(MESSAGE, host="a", attributes='cancelActivity="false"')
            + line("s", "a")
            + flow("b", "x"),
            "b",
            "process",
            True,
        ),
        (
            tasks("a")
            + line("s", "a")
            + f'<subProcess id="h" triggeredByEvent="true"><startEvent id="hs">{MESSAGE}</startEvent>'
            + tasks("ht")
            + line("hs", "ht")
            + "</subProcess>",
            "hs",
            "h",
            True,
        ),
        (
            f'<intermediateCatchEvent id="c">{MESSAGE}</intermediateCatchEvent>' + tasks("x") + line("s", "c", "x"),
            "c",
            "c",
            False,
        ),
        ('<receiveTask id="c" messageRef="m1"/>' + tasks("x") + line("s", "c", "x"), "c", None, False),
    ],
    ids=["boundary event", "another boundary event", "event sub-process", "catch event", "receive task"],
)
def test_variables_for_the_scope_that_a_message_begins(model: str, event: str, scope: str | None, lives: bool) -> None:
    play = Play('<startEvent id="s"/>' + model).start().send(event, triggered_scope_variables={"t": 1})
    known = {key: row["activity"] for key, row in play.site.database.activities.items()}
    known[play.instance_id] = "process"
    assert [known[row["scope"]] for row in play.site.database.variables.values()] == ([scope] if scope else [])
    assert play.variables == ({"t": 1} if lives else {})
