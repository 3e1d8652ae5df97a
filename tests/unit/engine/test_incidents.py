"""Incidents: where a person has to help, and how they go away."""

from typing import Any

import pytest

from tests.unit.bpmn.models import boundary, flow
from tests.unit.engine.play import Play, line, process, tasks, worker_task
from workflow_engine.engine import state
from workflow_engine.engine.commands import (
    CompleteExternalTask,
    FailExternalTask,
    FailJob,
    ResolveIncident,
    SetExternalTaskRetries,
    SetJobRetries,
)
from workflow_engine.engine.errors import BadInput, LockLost

WORK = '<startEvent id="s"/>' + worker_task("w") + tasks("after") + line("s", "w", "after")


def locked(play: Play) -> str:
    """The id of the only external task, which worker "w" holds."""
    (task,) = play.rows(state.ExternalTask)
    play.site.database.tables[state.ExternalTask][task["id"]].update(worker_id="w", lock_token="t1")
    return str(task["id"])


def fail(play: Play, retries: int, **more: Any) -> str:
    task_id = locked(play)
    play.execute(FailExternalTask(task_id=task_id, worker_id="w", retries=retries, **more))
    return task_id


def test_a_worker_without_retries_opens_one() -> None:
    play = Play(WORK).start()
    task_id = fail(play, 0, error_message="no connection", error_details="stack")
    (incident,) = play.rows(state.Incident)
    assert (incident["incident_type"], incident["configuration"]) == ("failedExternalTask", task_id)
    assert (incident["activity_id"], incident["incident_message"]) == ("w", "no connection")
    assert incident["cause_incident_id"] == incident["root_cause_incident_id"] == incident["id"]


def test_with_retries_left_there_is_none_but_a_pause() -> None:
    play = Play(WORK).start()
    fail(play, 2, retry_timeout=60_000)
    (task,) = play.rows(state.ExternalTask)
    assert (task["retries"], play.rows(state.Incident)) == (2, [])
    assert (task["lock_expiration_time"] - play.site.time).total_seconds() == 60


def test_more_retries_close_it() -> None:
    play = Play(WORK).start()
    task_id = fail(play, 0)
    play.execute(SetExternalTaskRetries(task_id=task_id, retries=1))
    assert play.rows(state.Incident) == []
    play.execute(SetExternalTaskRetries(task_id=task_id, retries=0))
    assert len(play.rows(state.Incident)) == 1


def test_it_goes_with_its_task() -> None:
    play = Play(WORK).start()
    task_id = fail(play, 0)
    play.execute(CompleteExternalTask(task_id=task_id, worker_id=None))
    assert (play.tree, play.rows(state.Incident)) == ("p[after]", [])
    model = (
        WORK + boundary('<messageEventDefinition messageRef="m1"/>', host="w") + tasks("instead") + flow("b", "instead")
    )
    play = Play(model).start()
    fail(play, 0)
    assert play.send("b").rows(state.Incident) == []


def test_only_who_holds_the_task_may_fail_it() -> None:
    play = Play(WORK).start()
    task_id = locked(play)
    with pytest.raises(
        LockLost, match=r"Cannot report failure of external task '.*' for worker 'x': it is locked by worker 'w'"
    ):
        play.execute(FailExternalTask(task_id=task_id, worker_id="x"))
    with pytest.raises(LockLost, match="its lock was given to somebody else meanwhile"):
        play.execute(FailExternalTask(task_id=task_id, worker_id="w", lock_token="t0"))
    with pytest.raises(BadInput, match="retries -1 is below 0"):
        play.execute(FailExternalTask(task_id=task_id, worker_id="w", retries=-1))


def test_an_incident_of_a_called_instance_shows_on_its_callers() -> None:
    called = process('<startEvent id="cs"/>' + worker_task("w") + line("cs", "w"), key="q")
    play = Play(
        '<startEvent id="s"/><callActivity id="call" calledElement="q"/>' + line("s", "call"), others=(called,)
    ).start()
    task_id = fail(play, 0, error_message="no")
    cause, reflected = play.rows(state.Incident)
    assert (cause["activity_id"], reflected["activity_id"]) == ("w", "call")
    assert reflected["process_instance_id"] == play.instance_id
    assert reflected["cause_incident_id"] == reflected["root_cause_incident_id"] == cause["id"]
    play.execute(SetExternalTaskRetries(task_id=task_id, retries=1))
    assert play.rows(state.Incident) == []


def test_it_follows_its_job_when_tokens_are_folded() -> None:
    model = '<startEvent id="s"/><parallelGateway id="fork"/><userTask id="a" camunda:asyncBefore="true"/>' + tasks(
        "other"
    )
    play = Play(model + line("s", "fork", "a") + line("fork", "other"), default_retries=1).start()
    play.execute(FailJob(job_id=play.job("a")["id"], message="boom", stacktrace=""))
    play.complete("other")
    (incident,) = play.rows(state.Incident)
    assert incident["execution_id"] == play.job("a")["execution_id"] == play.instance_id
    play.execute(SetJobRetries(job_id=play.job("a")["id"], retries=1))
    assert play.rows(state.Incident) == []


def test_the_engines_own_are_resolved_by_mending_their_cause() -> None:
    play = Play(WORK).start()
    fail(play, 0)
    with pytest.raises(BadInput, match="raise the retries of what failed instead"):
        play.execute(ResolveIncident(incident_id=play.rows(state.Incident)[0]["id"]))


def test_a_job_tells_which_activity_failed() -> None:
    model = '<startEvent id="s"/><manualTask id="a" camunda:asyncBefore="true"/>' + tasks("b") + line("s", "a", "b")
    play = Play(model, default_retries=1).start()
    play.execute(FailJob(job_id=play.job("a")["id"], message="boom", stacktrace="trace", failed_activity_id="b"))
    (incident,) = play.rows(state.Incident)
    assert (incident["activity_id"], incident["failed_activity_id"]) == ("a", "b")
    assert play.fire("a").rows(state.Incident) == []
