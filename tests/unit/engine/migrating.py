"""Two models, and an instance that moves from one to the other."""

from typing import Any

import pytest

from tests.unit.bpmn.models import boundary, flow, sub_process
from tests.unit.engine.play import Play, line, process, tasks
from workflow_engine.engine.commands import MigrateProcessInstance
from workflow_engine.engine.migration import CannotMigrateInstance, MigrationInstruction, MigrationPlan, generate_plan

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
WITH_TIMER = one(tasks("a", "late") + boundary(timer("PT1H"), host="a") + flow("b", "late"), "a")


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
