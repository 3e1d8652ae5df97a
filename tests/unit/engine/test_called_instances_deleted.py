"""Deleting a called instance cancels the activity that called it, and what is left empty by that."""

from typing import Any

from tests.unit.engine.play import Play, line, process, tasks
from tests.unit.engine.test_modification_cancellation import cancel
from workflow_engine.engine.commands import DeleteProcessInstance

CALLED = process('<startEvent id="cs"/><userTask id="ct"/>' + line("cs", "ct"), key="q")
CALL = '<callActivity id="call" calledElement="q"/>'
ALONE = '<startEvent id="s"/>' + CALL + tasks("next") + line("s", "call", "next")
BESIDE = (
    '<startEvent id="s"/><parallelGateway id="fork"/>'
    + CALL
    + tasks("other")
    + line("s", "fork", "call")
    + line("fork", "other")
)
MANY = ALONE.replace(
    CALL,
    '<callActivity id="call" calledElement="q"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>'
    "</multiInstanceLoopCharacteristics></callActivity>",
)


def called_instances(play: Play) -> list[str]:
    return [key for key, row in play.site.database.instances.items() if row["definition"].startswith("q:")]


def delete(play: Play, **options: Any) -> Play:
    play.execute(DeleteProcessInstance(process_instance_id=called_instances(play)[0], **options))
    return play


def test_the_caller_ends_when_it_only_waited_for_the_called_instance() -> None:
    play = delete(Play(ALONE, others=(CALLED,)).start())
    assert play.state == "EXTERNALLY_TERMINATED"
    assert play.history == {"s ended": 1, "cs ended": 1, "ct canceled": 1, "call canceled": 1}
    assert delete(Play(ALONE, others=(CALLED,)).start(), is_external=False).state == "INTERNALLY_TERMINATED"


def test_the_caller_goes_on_with_what_else_it_does() -> None:
    play = delete(Play(BESIDE, others=(CALLED,)).start())
    assert play.tree == "p[other]"
    assert play.history["call canceled"] == 1


def test_one_of_many_called_instances() -> None:
    play = delete(Play(MANY, others=(CALLED,)).start())
    assert play.tree == "p[call#multiInstanceBody[call]]"
    assert play.complete("ct").tree == "p[next]"


def test_a_called_instance_that_a_modification_empties() -> None:
    play = Play(BESIDE, others=(CALLED,)).start()
    play.modify(cancel(activity_id="ct"), instance_id=called_instances(play)[0])
    assert play.waiting == ["task other"]


def test_the_caller_is_deleted_with_the_instances_that_it_called() -> None:
    play = Play(MANY, others=(CALLED,)).start()
    play.execute(DeleteProcessInstance(process_instance_id=play.instance_id, delete_reason="enough"))
    assert {row["state"] for row in play.site.database.instances.values()} == {"EXTERNALLY_TERMINATED"}
    assert play.waiting == []


def test_called_instances_may_be_left_running() -> None:
    play = Play(ALONE, others=(CALLED,)).start()
    play.execute(DeleteProcessInstance(process_instance_id=play.instance_id, skip_sub_process_instances=True))
    assert play.state == "EXTERNALLY_TERMINATED"
    assert play.waiting == ["task ct"]
    play.complete("ct")
    assert {row["state"] for row in play.site.database.instances.values()} == {"EXTERNALLY_TERMINATED", "COMPLETED"}
