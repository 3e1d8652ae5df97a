"""What a scope waits for: timers and subscriptions that go along, that are new, and that the new definition has not."""

from __future__ import annotations

from workflow_engine import ids
from workflow_engine.bpmn.data import JobDeclaration, TimerDeclaration
from workflow_engine.bpmn.model import Activity, ProcessDefinition, Scope
from workflow_engine.engine import timers
from workflow_engine.engine.evaluation import evaluate
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.migration.instances import Migrating
from workflow_engine.engine.migration.mapping import Mapping, Pair
from workflow_engine.engine.state import Job

TIMEOUT = "timer-task-listener"
Key = tuple[str, str | None]  # activity, and for a timeout its listener


def migrate_subscriptions(node: Migrating, mapping: Mapping) -> None:
    execution = node.execution
    subscriptions = execution.context.subscriptions
    assert node.target is not None
    wanted = {
        one.activity_id: one for one in node.target.event_subscriptions if not _starts(node.target, one.activity_id)
    }
    for row in list(subscriptions.of(execution)):
        if row.event_type == "compensate":
            continue
        pair = _staying(mapping.pair_of(row.activity_id), node.target)
        if pair is None:
            subscriptions.remove(row)
            continue
        declaration = wanted.pop(pair.target.id, None)
        row.process_definition_id = mapping.target.definition_id
        row.activity_id = pair.target.id
        if pair.instruction.update_event_trigger and declaration is not None:
            row.event_name = None if declaration.name is None else str(evaluate(declaration.name, execution))
    for declaration in wanted.values():
        subscriptions.declare(execution, declaration)


def migrate_timers(node: Migrating, mapping: Mapping) -> None:
    execution = node.execution
    jobs = execution.context.jobs
    assert node.target is not None
    wanted = {_key(one): one for one in _declared(node.target)}
    gone = _fired_for_good(node, mapping)
    for job in list(jobs.of(execution)):
        if not job.handler_type.startswith("timer-"):
            continue
        pair = _staying(mapping.pair_of(job.activity_id), node.target)
        listener = job.handler_configuration if job.handler_type == TIMEOUT else None
        declaration = None if pair is None else wanted.pop((pair.target.id, listener), None)
        if pair is None or declaration is None:
            jobs.remove(job)
            continue
        _migrate_timer(job, declaration, pair, execution)
    for key, declaration in wanted.items():
        if key not in gone:
            jobs.create_timer(execution, declaration, configuration=declaration.listener_id)


def remove_all(execution: Execution) -> None:
    """The activity is no scope any more: nothing waits beside it."""
    context = execution.context
    for row in list(context.subscriptions.of(execution)):
        context.subscriptions.remove(row)
    for job in list(context.jobs.of(execution)):
        if job.handler_type.startswith("timer-"):
            context.jobs.remove(job)


def _migrate_timer(job: Job, declaration: TimerDeclaration, pair: Pair, execution: Execution) -> None:
    move_job(job, declaration.job, pair.target, execution)
    if job.handler_type != TIMEOUT:
        job.handler_type = declaration.job.job_type
        job.handler_configuration = pair.target.id
    if not pair.instruction.update_event_trigger:
        return
    now = execution.context.now
    timer = declaration.timer
    value = evaluate(timer.expression, execution)
    job.due_date = timers.due_date(timer.kind, value, now, place=pair.target.id)
    repeats = timer.kind == "cycle" and job.handler_type != "timer-intermediate-transition"
    job.repeat = timers.prepare_repeat(str(value), now) if repeats and not declaration.is_interrupting else None


def move_job(job: Job, declaration: JobDeclaration | None, target: Activity, execution: Execution) -> None:
    """To the new definition, with its incident."""
    definition = execution.definition
    old_activity_id = job.activity_id
    job.process_definition_id = definition.definition_id
    job.process_definition_key = definition.key
    job.deployment_id = definition.deployment_id
    job.activity_id = target.id
    if job.failed_activity_id == old_activity_id:
        job.failed_activity_id = target.id
    job.job_definition_id = None
    if declaration is not None:
        job.job_definition_id = ids.job_definition_id(
            definition.definition_id, declaration.activity_id, declaration.job_type, declaration.configuration
        )
    for incident in execution.context.incidents.of(execution):
        if incident.configuration == job.id:
            incident.process_definition_id = definition.definition_id
            incident.activity_id = target.id
            incident.job_definition_id = job.job_definition_id
            incident.failed_activity_id = job.failed_activity_id


def _staying(pair: Pair | None, target: Scope) -> Pair | None:
    """The instruction, if what waits belongs to this scope in the new definition too."""
    if pair is None or (pair.target.event_scope is not target and pair.target is not target):
        return None
    return pair


def _declared(scope: Scope) -> list[TimerDeclaration]:
    found = [one for one in scope.timers if not _starts(scope, one.activity_id)]
    if isinstance(scope, Activity) and scope.user_task is not None:
        found += scope.user_task.timeout_timers
    return found


def _key(declaration: TimerDeclaration) -> Key:
    return declaration.activity_id, declaration.listener_id


def _starts(scope: Scope, activity_id: str) -> bool:
    """Starts the process: waited for by the definition, not by an instance."""
    return isinstance(scope, ProcessDefinition) and scope.flow_nodes[activity_id] in scope.start_events


def _fired_for_good(node: Migrating, mapping: Mapping) -> set[Key]:
    """Timers of boundary events that do not interrupt and have fired: they do not start again."""
    assert node.target is not None
    waiting = {job.activity_id for job in node.execution.context.jobs.of(node.execution)}
    found: set[Key] = set()
    for declaration in _declared(node.source):
        pair = mapping.pair_of(declaration.activity_id)
        if pair is not None and declaration.activity_id not in waiting:
            found |= {
                _key(one)
                for one in _declared(node.target)
                if one.activity_id == pair.target.id
                and not one.is_interrupting
                and one.job.job_type in ("timer-transition", TIMEOUT)
            }
    return found
