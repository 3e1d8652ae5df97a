"""Moving running instances to another definition.

plan        what shall become what             validators, generator    which plans there can be
instances   what is active in an instance      checks                   whether it can go along
tokens, scope_changes  the execution tree      waiting, contents        what waits and what is done
migrate     all of it, for one instance
"""

from workflow_engine.engine.migration.generator import generate_plan
from workflow_engine.engine.migration.plan import (
    ActivityReport,
    InstanceReport,
    InstructionReport,
    MigrationInstruction,
    MigrationPlan,
)
from workflow_engine.engine.migration.refusals import CannotMigrateInstance, InvalidPlan
from workflow_engine.engine.migration.validators import validate_plan

__all__ = [
    "ActivityReport",
    "CannotMigrateInstance",
    "InstanceReport",
    "InstructionReport",
    "InvalidPlan",
    "MigrationInstruction",
    "MigrationPlan",
    "generate_plan",
    "validate_plan",
]
