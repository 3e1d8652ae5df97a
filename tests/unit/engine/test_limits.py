"""A command that would run for ever stops with a sentence, and nothing of it stays."""

import pytest

from tests.unit.bpmn.models import flow
from tests.unit.engine.play import Play, line, tasks
from workflow_engine.engine import state
from workflow_engine.engine.commands import FailJob
from workflow_engine.engine.errors import LimitExceeded

LOOP = (
    '<startEvent id="s"/><manualTask id="a"/><exclusiveGateway id="x"/><endEvent id="e"/>'
    + line("s", "a", "x", "e")
    + flow("x", "a", '<conditionExpression xsi:type="tFormalExpression">${true}</conditionExpression>')
).replace('<exclusiveGateway id="x"/>', '<exclusiveGateway id="x" default="x_e"/>')


def test_an_endless_loop() -> None:
    play = Play(LOOP, max_activities_per_command=1000)
    with pytest.raises(LimitExceeded, match="entered more than 1000 activities in one command") as stopped:
        play.start()
    assert stopped.value.activity_id in ("a", "x")
    assert (play.left_over, play.history) == ({}, {})


def test_the_stack_of_python_is_no_limit() -> None:
    with pytest.raises(LimitExceeded):
        Play(LOOP, max_activities_per_command=20_000).start()


def test_a_long_line_of_activities_is_no_loop() -> None:
    names = [f"t{number}" for number in range(2000)]
    model = '<startEvent id="s"/>' + "".join(f'<manualTask id="{name}"/>' for name in names) + tasks("last")
    assert Play(model + line("s", *names, "last")).start().tree == "p[last]"


def test_a_loop_with_a_wait_state_may_go_on_for_ever() -> None:
    play = Play(LOOP.replace("manualTask", "userTask"), max_activities_per_command=10).start()
    for _ in range(30):
        play.complete("a")
    assert play.tree == "p[a]"


def test_in_a_job_it_is_a_failure_like_any_other() -> None:
    play = Play(
        LOOP.replace('id="a"', 'id="a" camunda:asyncBefore="true"', 1),
        max_activities_per_command=100,
        default_retries=1,
    )
    assert play.start().waiting == ["async a"]
    play.fire("a")  # up to the next continuation
    endless = LOOP.replace('id="s"', 'id="s" camunda:asyncBefore="true"', 1)
    play = Play(endless, max_activities_per_command=100, default_retries=1).start()
    with pytest.raises(LimitExceeded) as stopped:
        play.fire("s")
    play.execute(FailJob(job_id=play.job("s")["id"], message=str(stopped.value), stacktrace=""))
    (incident,) = play.rows(state.Incident)
    assert "Does it loop for ever?" in incident["incident_message"]


def test_many_tokens_at_once() -> None:
    names = [f"t{number}" for number in range(300)]
    model = '<startEvent id="s"/><parallelGateway id="fork"/><parallelGateway id="join"/>' + tasks(*names, "last")
    flows = line("s", "fork") + "".join(line("fork", name, "join") for name in names) + line("join", "last")
    play = Play(model + flows).start()
    for name in names:
        play.complete(name)
    assert play.tree == "p[last]"
