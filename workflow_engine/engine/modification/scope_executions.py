"""Which executions stand for a scope or activity at this moment, in the whole instance.

`scopes.py` answers the same from one execution outwards; here every instance of a scope is found.
"""

from __future__ import annotations

from workflow_engine.bpmn.model import Activity, ProcessDefinition, Scope
from workflow_engine.engine import scopes
from workflow_engine.engine.activity_instances import ActivityInstance, leaves_of
from workflow_engine.engine.errors import NotAllowed
from workflow_engine.engine.execution import Execution


class ScopeExecutions:
    """Made anew for every instruction, because the one before has changed the tree."""

    def __init__(self, instance: Execution) -> None:
        self._found: dict[Scope, list[Execution]] = {}
        for leaf in leaves_of(instance):
            if leaf.is_process_instance and leaf.is_ended:
                self._add(leaf.definition, leaf)  # kept alive between two instructions, and nowhere any more
            elif leaf.activity is not None:
                if leaf.activity_instance_id is not None:
                    self._add(leaf.activity, leaf)
                for scope, holder in scopes.mapping_of(leaf).items():
                    self._add(scope, holder)
            elif leaf.is_process_instance:
                self._add(leaf.definition, leaf)

    def _add(self, scope: Scope, execution: Execution) -> None:
        known = self._found.setdefault(scope, [])
        if execution not in known:
            known.append(execution)

    def of(self, scope: Scope) -> list[Execution]:
        return self._found.get(scope, [])

    def only(self, scope: Scope) -> Execution | None:
        """The one execution of the scope; None if it has none."""
        found = self.of(scope)
        if len(found) > 1:
            raise NotAllowed(f"'{scope.id}' has {len(found)} instances: it is ambiguous which one is meant.")
        return found[0] if found else None

    def of_activity_instance(self, scope: Scope, instance: ActivityInstance) -> Execution:
        """The execution that stands for this very activity instance of the scope."""
        wanted = set(instance.execution_ids)
        for execution in self.of(scope):
            parent = execution.parent
            # A token that carries a scope execution has only that child: they are of the same activity instance.
            if parent is not None and parent.is_concurrent and parent.id in instance.execution_ids:
                wanted.add(parent.children[0].id)
        found = [execution for execution in self.of(scope) if execution.id in wanted]
        if len(found) != 1:
            raise NotAllowed(
                f"Activity instance '{instance.id}' of '{scope.id}' has {len(found)} executions instead of one."
            )
        return found[0]


def scope_of(definition: ProcessDefinition, instance: ActivityInstance) -> Scope:
    if instance.activity_id == definition.definition_id:
        return definition
    found: Activity = definition.flow_nodes[instance.activity_id]
    return found
