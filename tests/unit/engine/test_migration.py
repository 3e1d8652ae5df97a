"""Moving running instances to another definition: what is refused, and the plan that suggests itself."""

import pytest

from tests.unit.bpmn.models import boundary, event_sub_process, flow
from tests.unit.engine.migrating import FORK, MESSAGE, PLAIN, SIGNAL, WITH_TIMER, Move, one
from tests.unit.engine.play import tasks, worker_task
from workflow_engine.engine import commands as c
from workflow_engine.engine import state
from workflow_engine.engine.commands import MigrateProcessInstance
from workflow_engine.engine.errors import BadInput, NotFound
from workflow_engine.engine.migration import InvalidPlan, validate_plan


def test_every_unmapped_activity_is_named() -> None:
    play = Move(FORK, FORK)
    refused = play.refused("j")
    assert sorted(report.activity_id for report in refused.report.activities) == ["a", "b"]
    assert "There is no migration instruction for this instance's activity" in str(refused)


def test_invalid_plans() -> None:
    play = Move(PLAIN + tasks("z"), one(worker_task("a") + tasks("z"), "a", "z"))
    plan = play.plan("a", "z", "z>a", "nope>a", "a>nope", update=False)
    reports = {str(report.instruction): report.failures for report in validate_plan(plan, play.old, play.new)}
    assert "incompatible types" in reports["'a' -> 'a'"][0]
    assert any("multiple mappings" in failure for failure in reports["'z' -> 'z'"])
    assert reports["'nope' -> 'a'"] == ("Source activity 'nope' does not exist",)
    assert reports["'a' -> 'nope'"] == ("Target activity 'nope' does not exist",)
    with pytest.raises(InvalidPlan):
        play.migrate("a")
    assert (
        validate_plan(play.plan("z", update=True), play.old, play.new)[0].failures[0].startswith("Cannot update event")
    )


def test_instances_that_do_not_fit_the_plan() -> None:
    play = Move(PLAIN, PLAIN)
    with pytest.raises(NotFound):
        play.execute(MigrateProcessInstance(process_instance_id="nope", plan=play.plan()))
    play.migrate()
    with pytest.raises(BadInput, match="does not match"):
        play.execute(MigrateProcessInstance(process_instance_id=play.instance_id, plan=play.plan()))


def test_variables_that_would_collide() -> None:
    play = Move(WITH_TIMER, PLAIN)
    play.set(l=1)
    play.execute(
        c.SetVariables(execution_id=play.rows(state.UserTask)[0]["execution_id"], variables={"l": 2}, is_local=True)
    )
    assert "'l' exists in both" in str(play.refused("a"))


def test_generated_plan() -> None:
    old = (
        WITH_TIMER
        + worker_task("x")
        + event_sub_process(SIGNAL)
        + boundary(MESSAGE, id="bm", host="late")
        + flow("bm", "e")
    )
    new = WITH_TIMER + tasks("x") + event_sub_process(SIGNAL)
    play = Move(old, new)
    plan = play.plan(update=True)
    found = {one.source_activity_id: one.update_event_trigger for one in plan.instructions}
    assert found == {"a": False, "b": True, "late": False, "esp": False, "esp_start": True}
    assert validate_plan(plan, play.old, play.new) == []
