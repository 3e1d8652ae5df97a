"""Moving running instances to another definition."""

from typing import Any

import pytest

from tests.unit.bpmn.models import boundary, event_sub_process, flow, sub_process
from tests.unit.engine.play import Play, line, process, tasks, worker_task
from workflow_engine import ids
from workflow_engine.engine import commands as c
from workflow_engine.engine import state
from workflow_engine.engine.commands import MigrateProcessInstance
from workflow_engine.engine.errors import BadInput, NotFound
from workflow_engine.engine.migration import (
    CannotMigrateInstance,
    InvalidPlan,
    MigrationInstruction,
    MigrationPlan,
    generate_plan,
    validate_plan,
)

ENDS = '<startEvent id="s"/><endEvent id="e"/>'
MESSAGE = '<messageEventDefinition messageRef="m1"/>'
OTHER_MESSAGE = '<messageEventDefinition messageRef="m2"/>'
SIGNAL = '<signalEventDefinition signalRef="s1"/>'


def timer(duration: str) -> str:
    return f"<timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition>"


def catch(event_id: str, definition: str) -> str:
    return f'<intermediateCatchEvent id="{event_id}">{definition}</intermediateCatchEvent>'


def one(content: str, *through: str) -> str:
    """start, what is given, end"""
    return ENDS + content + line("s", *through, "e")


PLAIN = one(tasks("a"), "a")
NESTED = one(sub_process(tasks("a") + '<endEvent id="ie"/>' + line("inner", "a", "ie")), "sub")
FORK = (
    ENDS
    + '<parallelGateway id="f"/><parallelGateway id="j"/>'
    + tasks("a", "b")
    + line("s", "f", "a", "j", "e")
    + line("f", "b", "j")
)
FORK_NESTED = (
    ENDS
    + sub_process(
        '<parallelGateway id="f"/><parallelGateway id="j"/><endEvent id="ie"/>'
        + tasks("a", "b")
        + line("inner", "f", "a", "j", "ie")
        + line("f", "b", "j")
    )
    + line("s", "sub", "e")
)


class Move(Play):
    """An instance of the first model, and a second model to move it to."""

    def __init__(self, old: str, new: str, **settings: Any) -> None:
        super().__init__(old, **settings)
        self.old = self.definition
        self.new = self.site.deploy(process(new))[0]
        self.start()

    def plan(self, *moves: str, update: bool = False) -> MigrationPlan:
        """Each move is "a" or "a>b"; none: the generated plan."""
        if not moves:
            return generate_plan(self.old, self.new, update_event_triggers=update)
        pairs = [move.split(">") for move in moves]
        instructions = tuple(
            MigrationInstruction(source_activity_id=pair[0], target_activity_id=pair[-1], update_event_trigger=update)
            for pair in pairs
        )
        return MigrationPlan(
            source_definition_id=self.old.definition_id,
            target_definition_id=self.new.definition_id,
            instructions=instructions,
        )

    def migrate(self, *moves: str, update: bool = False, **options: Any) -> "Move":
        plan = self.plan(*moves, update=update)
        self.execute(MigrateProcessInstance(process_instance_id=self.instance_id, plan=plan, **options))
        for kind, rows in self.site.database.tables.items():
            for row in rows.values():
                if row.get("process_instance_id") == self.instance_id and "process_definition_id" in row:
                    assert row["process_definition_id"] == self.new.definition_id, (kind, row)
        return self

    def refused(self, *moves: str) -> CannotMigrateInstance:
        before = {kind: dict(rows) for kind, rows in self.site.database.tables.items()}
        with pytest.raises(CannotMigrateInstance) as refused:
            self.migrate(*moves)
        assert before == self.site.database.tables
        return refused.value

    def finish(self, *activities: str) -> None:
        for activity in activities:
            self.complete(activity)
        assert self.state == "COMPLETED"
        assert self.left_over == {}


# -- what waits ---------------------------------------------------------------------------------------


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


# -- boundary events and event sub-processes -----------------------------------------------------------

WITH_TIMER = one(tasks("a", "late") + boundary(timer("PT1H"), host="a") + flow("b", "late"), "a")
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


# -- scopes ----------------------------------------------------------------------------------------------


def test_inside_a_sub_process() -> None:
    play = Move(NESTED, NESTED.replace('id="a"', 'id="a2"').replace('"a"', '"a2"'))
    play.migrate("sub", "a>a2")
    assert play.tree == "p[sub[a2]]"
    play.finish("a2")


def test_scope_is_added() -> None:
    play = Move(PLAIN, NESTED)
    instance_id = play.instance_of("a")
    play.migrate("a")
    assert play.tree == "p[sub[a]]"
    assert play.instance_of("a") == instance_id
    assert play.history == {"s ended": 1, "a active": 1, "sub active": 1}
    play.finish("a")


def test_one_scope_is_added_around_several_tokens() -> None:
    play = Move(FORK, FORK_NESTED)
    play.migrate("a", "b")
    assert play.tree == "p[sub[a, b]]"
    play.finish("a", "b")


def test_several_scopes_are_added() -> None:
    new = one(
        sub_process(
            sub_process(
                tasks("a") + '<endEvent id="ie"/>' + line("inner2", "a", "ie"),
                id="deep",
                start='<startEvent id="inner2"/>',
            )
            + '<endEvent id="oe"/>'
            + line("inner", "deep", "oe")
        )
        + boundary(timer("PT1H"), host="sub")
        + flow("b", "e"),
        "sub",
    )
    play = Move(PLAIN, new)
    play.migrate("a")
    assert play.tree == "p[sub[deep[a]]]"
    assert play.waiting == ["task a", "timer b"]
    play.finish("a")
    back = Move(new, PLAIN)
    back.migrate("a")
    assert back.tree == "p[a]"
    assert back.waiting == ["task a"]
    back.finish("a")


def test_scope_is_removed() -> None:
    play = Move(NESTED, PLAIN)
    play.migrate("a")
    assert play.tree == "p[a]"
    assert len(play.rows(state.Execution)) == 1
    assert play.history == {"s ended": 1, "inner ended": 1, "a active": 1, "sub canceled": 1}
    play.finish("a")


def test_scope_is_removed_around_several_tokens() -> None:
    play = Move(FORK_NESTED, FORK)
    play.migrate("a", "b")
    assert play.tree == "p[a, b]"
    play.finish("a", "b")


def test_scope_activities_move_in_and_out() -> None:
    inner = (
        tasks("a")
        + boundary(timer("PT1H"), host="a")
        + flow("b", "ie")
        + '<endEvent id="ie"/>'
        + line("inner", "a", "ie")
    )
    flat = one(tasks("a") + boundary(timer("PT1H"), host="a") + flow("b", "e"), "a")
    play = Move(flat, one(sub_process(inner), "sub"))
    play.migrate("a", "b")
    assert play.tree == "p[sub[a]]"
    assert play.waiting == ["task a", "timer b"]
    play.finish("a")
    back = Move(one(sub_process(inner), "sub"), flat)
    back.migrate("a", "b")
    assert back.tree == "p[a]"
    back.fire("b")
    assert back.left_over == {}


def test_multi_instance() -> None:
    for sequential in ("true", "false"):
        body = one(
            f'<userTask id="m"><multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>3'
            "</loopCardinality></multiInstanceLoopCharacteristics></userTask>" + tasks("z"),
            "m",
            "z",
        )
        play = Move(body, body)
        play.complete("m").migrate()  # type: ignore[attr-defined]
        play.complete("m").complete("m")
        assert play.waiting == ["task z"]
        play.finish("z")


def test_multi_instance_of_sub_processes() -> None:
    inner = tasks("a") + '<endEvent id="ie"/>' + line("inner", "a", "ie")
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    start = loop + '<startEvent id="inner"/>'
    old = one(sub_process(inner, start=start), "sub")
    new = one(sub_process(inner + boundary(timer("PT1H"), host="a") + flow("b", "ie"), start=start), "sub")
    play = Move(old, new)
    play.migrate()
    assert play.waiting == ["task a", "task a", "timer b", "timer b"]
    play.finish("a", "a")


def test_compensation_records_go_along() -> None:
    body = one(
        tasks("a", "w")
        + '<userTask id="undo" isForCompensation="true"/>'
        + boundary("<compensateEventDefinition/>", id="cb", host="a")
        + '<intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent>',
        "a",
        "w",
        "t",
    )
    body += '<association id="as" associationDirection="One" sourceRef="cb" targetRef="undo"/>'
    play = Move(body, body)
    play.complete("a")
    assert "compensation boundary event" in str(play.refused("w"))
    play.migrate().complete("w")
    assert play.waiting == ["task undo"]
    play.finish("undo")


# -- refusals --------------------------------------------------------------------------------------------


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


# -- the plan that suggests itself ---------------------------------------------------------------------------


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
