"""External tasks: what a worker is given and what its answers do."""

from typing import Any

import pytest

from tests.unit.bpmn.models import boundary, flow
from tests.unit.engine.play import Play, line, tasks, worker_task
from workflow_engine.engine import state
from workflow_engine.engine.commands import CompleteExternalTask, SetSuspension, ThrowExternalTaskError
from workflow_engine.engine.errors import BadInput, LockLost, ModelError, NotFound, Suspended

MODEL = '<startEvent id="s"/>' + worker_task("w") + tasks("after") + line("s", "w", "after")


def only_task(play: Play) -> dict[str, Any]:
    (task,) = play.rows(state.ExternalTask)
    return task


def hold(play: Play, worker_id: str = "w", lock_token: str = "t1") -> str:
    task_id = str(only_task(play)["id"])
    play.site.database.tables[state.ExternalTask][task_id].update(worker_id=worker_id, lock_token=lock_token)
    return task_id


def test_what_the_worker_is_told() -> None:
    attributes = 'camunda:taskPriority="${urgency + 1}"'
    model = (
        '<startEvent id="s"/>' + worker_task("w", attributes=attributes).replace('"t"', '"${kind}"') + line("s", "w")
    )
    play = Play(model).start({"urgency": 4, "kind": "print"}, business_key="order-1")
    task = only_task(play)
    told = {
        name: task[name] for name in ("topic_name", "priority", "business_key", "activity_id", "retries", "worker_id")
    }
    assert told == {
        "topic_name": "print",
        "priority": 5,
        "business_key": "order-1",
        "activity_id": "w",
        "retries": None,
        "worker_id": None,
    }
    assert task["process_instance_id"] == play.instance_id
    assert task["process_definition_key"] == "p"


def test_completing() -> None:
    play = Play(MODEL).start()
    task_id = hold(play)
    command = CompleteExternalTask(
        task_id=task_id, worker_id="w", lock_token="t1", variables={"n": 1}, local_variables={"mine": 2}
    )
    play.execute(command)
    assert (play.tree, play.variables) == ("p[after]", {"n": 1})
    with pytest.raises(NotFound, match=f"No external task found with id '{task_id}'"):
        play.execute(command)


def test_only_by_who_holds_it() -> None:
    play = Play(MODEL).start()
    with pytest.raises(LockLost, match=r"Cannot complete external task '[^']+' for worker 'w': it is not locked"):
        play.execute(CompleteExternalTask(task_id=only_task(play)["id"], worker_id="w"))
    task_id = hold(play)
    with pytest.raises(LockLost, match="it is locked by worker 'w'"):
        play.execute(CompleteExternalTask(task_id=task_id, worker_id="x"))
    with pytest.raises(LockLost, match="its lock was given to somebody else meanwhile"):
        play.execute(CompleteExternalTask(task_id=task_id, worker_id="w", lock_token="t0"))
    assert (
        play.execute(CompleteExternalTask(task_id=task_id, worker_id="w")) is None
    )  # without the token, as Camunda's workers


def test_a_suspended_task_waits() -> None:
    play = Play(MODEL).start()
    task_id = hold(play)
    play.execute(SetSuspension(process_instance_id=play.instance_id, is_suspended=True))
    with pytest.raises(Suspended, match=r"Cannot complete external task '[^']+': it is suspended"):
        play.execute(CompleteExternalTask(task_id=task_id, worker_id="w"))


def test_a_business_error_brings_its_variables() -> None:
    model = (
        MODEL + boundary('<errorEventDefinition errorRef="e1"/>', host="w") + tasks("handled") + flow("b", "handled")
    )
    play = Play(model).start()
    task_id = hold(play)
    with pytest.raises(BadInput, match="it has no error code"):
        play.execute(ThrowExternalTaskError(task_id=task_id, worker_id="w", error_code=""))
    play.execute(ThrowExternalTaskError(task_id=task_id, worker_id="w", error_code="E1", variables={"n": 1}))
    assert (play.tree, play.variables) == ("p[handled]", {"n": 1})


def test_an_answer_may_be_a_business_error_by_the_model() -> None:
    mapping = '<camunda:errorEventDefinition errorRef="e1" expression="${answer == \'no\'}"/>'
    model = (
        '<startEvent id="s"/>'
        + worker_task("w", f"<extensionElements>{mapping}</extensionElements>")
        + tasks("after", "handled")
        + line("s", "w", "after")
        + boundary('<errorEventDefinition errorRef="e1"/>', host="w")
        + flow("b", "handled")
    )
    assert Play(model).start().complete("w", {"answer": "no"}).tree == "p[handled]"
    assert Play(model).start().complete("w", {"answer": "yes"}).tree == "p[after]"


def test_a_topic_must_be_a_text() -> None:
    model = '<startEvent id="s"/>' + worker_task("w").replace('"t"', '"${kind}"') + line("s", "w")
    with pytest.raises(ModelError, match="The topic of 'w' is 5 instead of a text"):
        Play(model).start({"kind": 5})
