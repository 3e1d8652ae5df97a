"""Which variables an activity sees: those of its own execution, then of every scope around it."""

from __future__ import annotations

from workflow_engine.models import Execution, Variable

MOST = 200  # variables in one form


def visible_from(process_instance_id: object, execution_id: object) -> list[Variable]:
    """Nearest scope first, by name within a scope. Two queries."""
    parents = dict(Execution.objects.for_instance(process_instance_id).values_list("pk", "parent_id"))
    path, here = [], execution_id
    while here in parents:
        path.append(here)
        here = parents[here]
    found = Variable.objects.for_instance(process_instance_id).filter(execution_id__in=path, task_id__isnull=True)
    return sorted(found[:MOST], key=lambda variable: (path.index(variable.execution_id), variable.name))
