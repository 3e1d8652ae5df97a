"""Asynchronous continuations: a job before or after an activity, run in a transaction of its own."""

import pytest

from tests.unit.bpmn.models import flow
from tests.unit.engine.play import Play, line, tasks
from workflow_engine.engine import state
from workflow_engine.engine.commands import ExecuteJob, SetSuspension
from workflow_engine.engine.errors import ModelError, NotFound, Suspended


def task(attributes: str) -> str:
    return f'<userTask id="a" {attributes}/>'


def around(activity: str) -> str:
    return '<startEvent id="s"/><endEvent id="e"/>' + activity + tasks("after") + line("s", "a", "after", "e")


BEFORE = around(task('camunda:asyncBefore="true"'))
AFTER = around(task('camunda:asyncAfter="true"'))


def test_before() -> None:
    play = Play(BEFORE).start()
    assert (play.tree, play.waiting) == ("p[(a)]", ["async a"])
    assert play.history == {"s ended": 1}
    assert play.job("a")["handler_configuration"] == "transition-create-scope"
    assert play.fire("a").tree == "p[a]"


def test_after() -> None:
    play = Play(AFTER).start().complete("a")
    assert (play.tree, play.waiting) == ("p[(a)]", ["async a"])
    assert play.history["a ended"] == 1
    assert play.fire("a").tree == "p[after]"


def test_both() -> None:
    play = Play(around(task('camunda:asyncBefore="true" camunda:asyncAfter="true"'))).start()
    assert play.fire("a").complete("a").fire("a").complete("after").state == "COMPLETED"


def test_after_a_fork_every_flow_has_a_job_of_its_own() -> None:
    model = (
        '<startEvent id="s"/>'
        + task('camunda:asyncAfter="true"')
        + tasks("x", "y")
        + line("s", "a", "x")
        + flow("a", "y")
    )
    play = Play(model).start().complete("a")
    assert play.waiting == ["async a", "async a"]
    assert sorted(row["handler_configuration"] for row in play.rows(state.Job)) == [
        "transition-notify-listener-take$a_x",
        "transition-notify-listener-take$a_y",
    ]
    assert play.fire("a").fire("a").tree == "p[x, y]"


def test_before_the_start_event() -> None:
    model = '<startEvent id="s" camunda:asyncBefore="true"/>' + tasks("a") + line("s", "a")
    play = Play(model).start({"n": 1})
    assert (play.waiting, play.variables, play.history) == (["async s"], {"n": 1}, {})
    assert play.fire("s").tree == "p[a]"


def test_after_an_end_event() -> None:
    model = '<startEvent id="s"/><endEvent id="e" camunda:asyncAfter="true"/>' + line("s", "e")
    play = Play(model).start()
    assert (play.state, play.waiting) == ("ACTIVE", ["async e"])
    assert play.fire("e").state == "COMPLETED"


def test_priority_and_exclusiveness_come_from_the_model() -> None:
    attributes = 'camunda:asyncBefore="true" camunda:exclusive="false" camunda:jobPriority="${5 + 2}"'
    job = Play(around(task(attributes))).start().job("a")
    assert (job["priority"], job["is_exclusive"], job["retries"]) == (7, False, 3)


def test_a_job_that_fails_leaves_everything_as_it_was() -> None:
    failing = '<serviceTask id="a" camunda:asyncBefore="true" camunda:expression="${nobody}"/>'
    play = Play(around(failing)).start()
    before = play.rows(state.Execution)
    with pytest.raises(ModelError, match="nobody"):
        play.fire("a")
    assert play.rows(state.Execution) == before
    assert play.waiting == ["async a"]


def test_a_job_runs_once() -> None:
    play = Play(BEFORE).start()
    job_id = play.job("a")["id"]
    play.fire("a")
    with pytest.raises(NotFound, match=f"No job found with id '{job_id}'"):
        play.execute(ExecuteJob(job_id=job_id))


def test_a_suspended_instance_runs_no_job() -> None:
    play = Play(BEFORE).start()
    play.execute(SetSuspension(process_instance_id=play.instance_id, is_suspended=True))
    with pytest.raises(Suspended):
        play.fire("a")
    play.execute(SetSuspension(process_instance_id=play.instance_id, is_suspended=False))
    assert play.fire("a").tree == "p[a]"
