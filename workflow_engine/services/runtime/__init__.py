"""Process instances: starting, variables, suspending, modifying, migrating, restarting, deleting, looking into."""

from workflow_engine.services.results import StartedInstance
from workflow_engine.services.runtime.changing import (
    activate_process_instance,
    create_incident,
    delete_process_instance,
    delete_process_instances,
    modify_process_instance,
    modify_together,
    remove_variables,
    set_variables,
    signal_execution,
    suspend_process_instance,
)
from workflow_engine.services.runtime.migrating import (
    generate_migration_plan,
    migrate_together,
    validate_migration_plan,
)
from workflow_engine.services.runtime.restarting import restart_together
from workflow_engine.services.runtime.starting import (
    start_process_instance,
    start_process_instance_by_id,
    start_process_instance_by_key,
    start_process_instance_by_message,
)
from workflow_engine.services.runtime.starting_many import start_many
from workflow_engine.services.runtime.tree import ActivityInstance, TransitionInstance, activity_instance_tree

__all__ = [
    "ActivityInstance",
    "StartedInstance",
    "TransitionInstance",
    "activate_process_instance",
    "activity_instance_tree",
    "create_incident",
    "delete_process_instance",
    "delete_process_instances",
    "generate_migration_plan",
    "migrate_together",
    "modify_process_instance",
    "modify_together",
    "remove_variables",
    "restart_together",
    "set_variables",
    "signal_execution",
    "start_many",
    "start_process_instance",
    "start_process_instance_by_id",
    "start_process_instance_by_key",
    "start_process_instance_by_message",
    "suspend_process_instance",
    "validate_migration_plan",
]
