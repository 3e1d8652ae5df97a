"""What is active in an instance, as a tree, with what each part becomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.engine import compensation, scopes
from workflow_engine.engine.activity_instances import leaves_of
from workflow_engine.engine.execution import Execution
from workflow_engine.engine.migration.mapping import Mapping, Pair, enclosing


@dataclass(slots=True, kw_only=True, eq=False)
class Migrating:
    """One activity instance or one token between activities. `execution` is its scope's, or its token."""

    source: Scope
    target: Scope | None
    execution: Execution
    parent: Migrating | None = None
    pair: Pair | None = None
    instance_id: str | None = None  # None: a token before or after an activity
    is_scope: bool = True  # has an execution of its own at this moment
    children: list[Migrating] = field(default_factory=list)
    added: dict[Scope, Migrating] = field(default_factory=dict)  # scopes that only the new definition has

    @property
    def is_transition(self) -> bool:
        """Waits in front of or behind its activity. One of a multi-instance that is done waits for nothing."""
        return self.instance_id is None and bool(self.execution.context.jobs.of(self.token))

    @property
    def token(self) -> Execution:
        """Its execution, followed to where the growing and shrinking tree has moved the token."""
        if not self.is_scope:
            while self.execution.replaced_by is not None:
                self.execution = self.execution.replaced_by
        return self.execution

    def descendants(self) -> Iterator[Migrating]:
        """Itself and all below it, outer ones first."""
        yield self
        for child in list(self.children):
            yield from child.descendants()

    def innermost_first(self) -> Iterator[Migrating]:
        for child in list(self.children):
            yield from child.innermost_first()
        yield self


def collect(instance: Execution, mapping: Mapping) -> Migrating:
    """The tree below the process instance. Tokens that throw compensation are leaves, whatever runs below them."""
    root = Migrating(source=mapping.source, target=mapping.target, execution=instance, instance_id=instance.id)
    known: dict[tuple[str, Scope], Migrating] = {(instance.id, mapping.source): root}
    for leaf in leaves_of(instance):
        activity = leaf.activity
        if activity is None:
            continue
        holders = scopes.mapping_of(leaf)
        parent = root
        for scope in reversed(list(enclosing(activity))):
            holder = holders[scope]
            if (holder.id, scope) not in known:
                known[holder.id, scope] = _add(parent, scope, holder, mapping, holder.parent_activity_instance_id)
            parent = known[holder.id, scope]
        node = _add(parent, activity, leaf, mapping, leaf.activity_instance_id)
        node.is_scope = activity.is_scope and leaf.activity_instance_id is not None and leaf.is_scope
        if compensation.is_throwing(leaf):
            node.instance_id = node.instance_id or leaf.id
    return root


def _add(
    parent: Migrating, scope: Activity | Scope, execution: Execution, mapping: Mapping, instance_id: str | None
) -> Migrating:
    pair = mapping.pair_of(scope.id)
    node = Migrating(
        source=scope,
        target=None if pair is None else pair.target,
        execution=execution,
        parent=parent,
        pair=pair,
        instance_id=instance_id,
    )
    parent.children.append(node)
    return node


def event_scopes(instance: Execution) -> list[Execution]:
    """Executions that remember a completed scope for its compensation."""
    return [found for found in instance.descendants() if found.is_event_scope]


def compensation_target(mapping: Mapping, handler: Activity) -> Activity | None:
    """What undoes in the new definition: a record goes along with the boundary event that names its handler."""
    for pair in mapping.pairs:
        host, new_host = pair.source.attached_to, pair.target.attached_to
        if pair.source.is_for_compensation or host is None or new_host is None:
            continue
        if host.compensation_handler is handler and "compensation" in pair.source.type.lower():
            return new_host.compensation_handler
    target = mapping.target_of(handler)
    return target if isinstance(target, Activity) else None
