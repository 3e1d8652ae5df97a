"""What is done in an activity goes along with it: tasks, asynchronous jobs, incidents, compensation records, and their history."""

from __future__ import annotations

from workflow_engine.bpmn.model import Activity
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.history import ActivityUpdated, IncidentUpdated, TaskUpdated
from workflow_engine.engine.jobs import EVENT
from workflow_engine.engine.migration.checks import continuation_of, is_behind
from workflow_engine.engine.migration.instances import Migrating, compensation_target, event_scopes
from workflow_engine.engine.migration.mapping import Mapping
from workflow_engine.engine.migration.waiting import move_job


def migrate_tasks(node: Migrating, target: Activity) -> None:
    execution = node.token
    context = execution.context
    definition = execution.definition
    for external in context.external_tasks.of(execution):
        external.process_definition_id = definition.definition_id
        external.process_definition_key = definition.key
        external.activity_id = target.id
    for task in context.user_tasks.of(execution):
        task.process_definition_id = definition.definition_id
        task.task_definition_key = target.id
        context.emit(
            TaskUpdated(
                time=context.now,
                process_instance_id=task.process_instance_id,
                root_process_instance_id=task.root_process_instance_id,
                process_definition_id=task.process_definition_id,
                tenant_id=task.tenant_id,
                task=task,
            )
        )


def migrate_continuation(node: Migrating, target: Activity) -> None:
    """The job for which a token waits before or after the activity."""
    job = continuation_of(node)
    if job is None:
        return
    if not is_behind(job):
        move_job(job, target.async_before_job, target, node.token)
        return
    flow_id = job.handler_configuration.partition("$")[2]
    if flow_id not in {flow.id for flow in target.outgoing}:
        flow_id = target.outgoing[0].id if target.outgoing else ""
    job.handler_configuration = f"transition-notify-listener-take${flow_id}" if flow_id else "activity-end"
    move_job(job, target.async_after_job, target, node.token)


def migrate_event_jobs(execution: Execution, mapping: Mapping) -> None:
    """Signals on their way; where nobody waits for one any more, its job does nothing."""
    for job in execution.context.jobs.of(execution):
        if job.handler_type == EVENT:
            pair = mapping.pair_of(job.activity_id)
            if pair is not None:
                move_job(job, None, pair.target, execution)
            job.process_definition_id = execution.process_definition_id
            job.process_definition_key = execution.definition.key


def migrate_incidents(execution: Execution, mapping: Mapping) -> None:
    for incident in execution.context.incidents.of(execution):
        incident.process_definition_id = mapping.target.definition_id
        pair, failed = mapping.pair_of(incident.activity_id), mapping.pair_of(incident.failed_activity_id)
        if pair is not None:
            incident.activity_id = pair.target.id
        if failed is not None:
            incident.failed_activity_id = failed.target.id


def tell_belongings(execution: Execution) -> None:
    """What has found its place: history of the execution's incidents and variables."""
    context = execution.context
    jobs = {job.id: job for job in context.jobs.of(execution)}
    for incident in context.incidents.of(execution):
        job = jobs.get(incident.configuration or "")
        if job is not None:
            incident.job_definition_id = job.job_definition_id
        context.emit(
            IncidentUpdated(
                time=context.now,
                process_instance_id=incident.process_instance_id,
                root_process_instance_id=incident.root_process_instance_id,
                process_definition_id=incident.process_definition_id,
                tenant_id=incident.tenant_id,
                incident=incident,
            )
        )
    context.variables.tell_migration(execution)


def migrate_records(instance: Execution, mapping: Mapping) -> None:
    """What can be undone stays so. The definition of the executions is the new one already."""
    for memory in event_scopes(instance):
        pair = mapping.pair_of(memory.activity_id)
        assert pair is not None
        memory.set_activity(pair.target)
    for execution in (instance, *instance.descendants()):
        for record in execution.context.subscriptions.compensate_of(execution):
            handler = compensation_target(mapping, mapping.source.flow_nodes[record.activity_id])
            assert handler is not None
            record.process_definition_id = mapping.target.definition_id
            record.activity_id = handler.id


def tell_activity(node: Migrating, target: Activity) -> None:
    execution = node.token
    parent = node.parent
    assert node.instance_id is not None
    execution.context.emit(
        ActivityUpdated(
            time=execution.context.now,
            process_instance_id=execution.process_instance_id,
            root_process_instance_id=execution.root_process_instance_id,
            process_definition_id=execution.process_definition_id,
            tenant_id=execution.tenant_id,
            activity_instance_id=node.instance_id,
            execution_id=execution.id,
            parent_activity_instance_id=None if parent is None else parent.instance_id,
            activity_id=target.id,
            activity_name=target.name,
        )
    )
