"""Whether one instance can go along: everything active in it needs a place in the new definition."""

from __future__ import annotations

from collections.abc import Iterator

from workflow_engine.bpmn.model import Activity
from workflow_engine.engine import compensation
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.migration.generator import SUPPORTED
from workflow_engine.engine.migration.instances import Migrating, compensation_target, event_scopes
from workflow_engine.engine.migration.mapping import Mapping, enclosing
from workflow_engine.engine.migration.plan import ActivityReport, InstanceReport
from workflow_engine.engine.migration.refusals import CannotMigrateInstance
from workflow_engine.engine.state import EventSubscription, Job

CONTINUATION = "async-continuation"


def check_instance(root: Migrating, mapping: Mapping) -> None:
    """CannotMigrateInstance names every activity that cannot."""
    instance = root.execution
    reports = [_report(node, list(_failures(node))) for node in root.descendants() if node is not root]
    reports.append(_report(root, list(_record_failures(instance, mapping))))
    found = tuple(report for report in reports if report.failures)
    if found:
        raise CannotMigrateInstance(InstanceReport(process_instance_id=instance.id, activities=found))


def _report(node: Migrating, failures: list[str]) -> ActivityReport:
    return ActivityReport(
        instance_id=node.instance_id or node.execution.id,
        activity_id=node.source.id,
        failures=tuple(failures),
        instruction=None if node.pair is None else node.pair.instruction,
        is_transition=node.instance_id is None,
    )


def _failures(node: Migrating) -> Iterator[str]:
    if node.target is None:
        if not node.children:
            yield "There is no migration instruction for this instance's activity"
        elif node.execution.event_scope_children or node.execution.context.subscriptions.compensate_of(node.execution):
            yield "The scope cannot be removed: activities that were completed in it can still be compensated"
        return
    if node.instance_id is None:
        yield from _transition_failures(node)
        return
    assert isinstance(node.source, Activity)
    if node.source.behavior not in SUPPORTED:
        yield "The type of the source activity is not supported for activity instance migration"
    if node.is_scope and not node.target.is_scope:
        yield from _variable_failures(node.execution)


def _variable_failures(execution: Execution) -> Iterator[str]:
    """The variables of a scope that becomes none go to the scope around it."""
    parent = execution.parent
    assert parent is not None
    for name in sorted(execution.context.variables.local(execution)):
        if name in execution.context.variables.local(parent):
            yield (
                f"The variable '{name}' exists in both, this scope and concurrent local in the parent scope. Migrating to a"
                " non-scope activity would overwrite one of them."
            )


def _transition_failures(node: Migrating) -> Iterator[str]:
    job = continuation_of(node)
    if job is None:
        return
    assert isinstance(node.target, Activity)
    operation, _, flow_id = job.handler_configuration.partition("$")
    if operation == "process-start" and isinstance(node.target.flow_scope, Activity):
        yield "A transition instance that instantiates the process can only be migrated to a process-level flow node"
    if not is_behind(job):
        if not node.target.async_before:
            yield "Target activity is not asyncBefore"
        return
    if not node.target.async_after:
        yield "Target activity is not asyncAfter"
    if len(node.target.outgoing) > 1 and flow_id not in {flow.id for flow in node.target.outgoing}:
        which = "a sequence flow that cannot be matched" if flow_id else "no sequence flow that can be matched"
        yield f"Transition instance is assigned to {which} in the target activity"


def continuation_of(node: Migrating) -> Job | None:
    jobs = node.execution.context.jobs.of(node.token)
    return next((job for job in jobs if job.handler_type == CONTINUATION and job.activity_id == node.source.id), None)


def is_behind(job: Job) -> bool:
    """It continues behind its activity."""
    return job.handler_configuration.partition("$")[0] in ("transition-notify-listener-take", "activity-end")


def _record_failures(instance: Execution, mapping: Mapping) -> Iterator[str]:
    for memory in event_scopes(instance):
        if memory.activity is None or mapping.target_of(memory.activity) is None:
            yield f"There is no migration instruction for the completed scope '{memory.activity_id}', which can be compensated"
    for execution in (instance, *instance.descendants()):
        if compensation.is_throwing(execution):
            continue
        for record in execution.context.subscriptions.compensate_of(execution):
            yield from _one_record(instance, record, mapping)


def _one_record(instance: Execution, record: EventSubscription, mapping: Mapping) -> Iterator[str]:
    handler = instance.definition.flow_nodes[record.activity_id]
    target = compensation_target(mapping, handler)
    if target is None:
        yield (
            f"Cannot migrate subscription for compensation handler '{handler.id}'. There is no migration instruction for the"
            " compensation boundary event"
        )
        return
    around = next((mapping.target_of(scope) for scope in enclosing(handler)), None)
    if around is not target.flow_scope:
        yield f"Cannot migrate subscription for compensation handler '{handler.id}': it would move to another scope"
