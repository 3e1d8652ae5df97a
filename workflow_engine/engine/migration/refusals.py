"""Refusals of a migration; each carries everything that is wrong, not only the first thing."""

from __future__ import annotations

from collections.abc import Sequence

from workflow_engine.engine.errors import BadInput, NotAllowed
from workflow_engine.engine.migration.plan import InstanceReport, InstructionReport, MigrationPlan


class InvalidPlan(BadInput):
    """The plan does not fit the two definitions."""

    def __init__(self, plan: MigrationPlan, reports: Sequence[InstructionReport]) -> None:
        lines = [
            f"Migration plan for process definition '{plan.source_definition_id}' to '{plan.target_definition_id}' is not valid:"
        ]
        for report in reports:
            lines.append(f"\tMigration instruction {report.instruction} is not valid:")
            lines += [f"\t\t{failure}" for failure in report.failures]
        super().__init__("\n".join(lines))
        self.reports = tuple(reports)


class CannotMigrateInstance(NotAllowed):
    """What is active in the instance has no place in the new definition."""

    def __init__(self, report: InstanceReport) -> None:
        lines = [f"Cannot migrate process instance '{report.process_instance_id}':"]
        for activity in report.activities:
            kind = "transition" if activity.is_transition else "activity"
            lines.append(
                f"\tCannot migrate {kind} instance '{activity.instance_id}' of activity '{activity.activity_id}':"
            )
            lines += [f"\t\t{failure}" for failure in activity.failures]
        super().__init__("\n".join(lines))
        self.report = report
