"""The plan that suggests itself: elements of equal id, where one can become the other."""

from __future__ import annotations

from collections.abc import Iterable

from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity, ProcessDefinition, Scope
from workflow_engine.engine.migration.mapping import Mapping, Pair, has_event_trigger, waits_passively
from workflow_engine.engine.migration.plan import MigrationInstruction, MigrationPlan
from workflow_engine.engine.migration.validators import FIRST_RULES, RULES, Rule, failures_of, is_conditional

# In which a token can rest; of every other element only tokens before or after it can migrate.
SUPPORTED = frozenset((
    behaviors.SUB_PROCESS, behaviors.EVENT_SUB_PROCESS, behaviors.USER_TASK, behaviors.EXTERNAL_TASK, behaviors.RECEIVE_TASK,
    behaviors.CALL_ACTIVITY, behaviors.PARALLEL_MULTI_INSTANCE, behaviors.SEQUENTIAL_MULTI_INSTANCE,
    behaviors.INTERMEDIATE_CATCH_EVENT, behaviors.CONDITIONAL_CATCH_EVENT, behaviors.EVENT_BASED_GATEWAY,
    behaviors.PARALLEL_GATEWAY, behaviors.INCLUSIVE_GATEWAY, behaviors.BOUNDARY_EVENT, behaviors.CONDITIONAL_BOUNDARY_EVENT,
    behaviors.COMPENSATION_BOUNDARY_EVENT, behaviors.EVENT_SUB_PROCESS_START_EVENT,
))  # fmt: skip
_WITHOUT_TRIGGER = ("error", "escalation", "cancel")


def generate_plan(
    source: ProcessDefinition, target: ProcessDefinition, *, update_event_triggers: bool = False
) -> MigrationPlan:
    mapping = Mapping(source, target)
    _generate(source, target, mapping, update_event_triggers)
    while _drop_invalid(mapping, RULES):
        pass
    return MigrationPlan(
        source_definition_id=source.definition_id,
        target_definition_id=target.definition_id,
        instructions=tuple(pair.instruction for pair in mapping.pairs),
    )


def _generate(source: Scope, target: Scope, mapping: Mapping, update_event_triggers: bool) -> None:
    inner = _matching(source.activities, target.activities, mapping, update_event_triggers)
    mapping.pairs += inner
    mapping.pairs += _matching(source.event_activities, target.event_activities, mapping, update_event_triggers)
    _drop_invalid(mapping, FIRST_RULES)
    for pair in inner:
        if pair in mapping.pairs:
            _generate(pair.source, pair.target, mapping, update_event_triggers)


def _matching(
    sources: Iterable[Activity], targets: Iterable[Activity], mapping: Mapping, update_event_triggers: bool
) -> list[Pair]:
    by_id = {target.id: target for target in targets if _can_migrate(target)}
    return [
        Pair(source, by_id[source.id], _instruction(source, update_event_triggers))
        for source in sources
        if source.id in by_id and _can_migrate(source) and not mapping.from_source(source)
    ]


def _instruction(source: Activity, update_event_triggers: bool) -> MigrationInstruction:
    return MigrationInstruction(
        source_activity_id=source.id,
        target_activity_id=source.id,
        update_event_trigger=is_conditional(source) or (update_event_triggers and has_event_trigger(source)),
    )


def _can_migrate(activity: Activity) -> bool:
    if activity.is_for_compensation:
        return False
    if waits_passively(activity) and any(word in activity.type.lower() for word in _WITHOUT_TRIGGER):
        return False
    return activity.behavior in SUPPORTED or activity.async_before or activity.async_after


def _drop_invalid(mapping: Mapping, rules: tuple[Rule, ...]) -> bool:
    """Keeps the instructions that are valid beside all the others; whether some were not."""
    valid = [pair for pair in mapping.pairs if not failures_of(pair, mapping, rules)]
    changed = len(valid) < len(mapping.pairs)
    mapping.pairs = valid
    return changed
