"""Everything that some live process instances own, read at once: few statements for many instances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from workflow_engine import ids, models
from workflow_engine.bpmn.model import Activity
from workflow_engine.engine.errors import DefinitionNotFound
from workflow_engine.store import definitions

# What waits, and what is owned: tables with an execution and a process instance.
OWNED = (models.Variable, models.ExternalTask, models.UserTask, models.Job, models.EventSubscription, models.Incident)


@dataclass(slots=True)
class Picture:
    """One live process instance. `owned` holds (row id, ...) by table and execution id."""

    process_instance_id: str
    using: str
    executions: dict[str, Any] = field(default_factory=dict)
    children: dict[str | None, list[Any]] = field(default_factory=lambda: defaultdict(list))
    owned: dict[Any, dict[str, list[Any]]] = field(default_factory=lambda: {kind: defaultdict(list) for kind in OWNED})
    callers: set[str] = field(default_factory=set)  # executions that wait for an instance they have called

    def live_children(self, execution: Any) -> list[Any]:
        return [child for child in self.children[str(execution.pk)] if not child.is_event_scope]

    @property
    def leaves(self) -> list[Any]:
        """Tokens: executions with nothing live below."""
        return [row for row in self.executions.values() if not row.is_event_scope and not self.live_children(row)]

    def path(self, execution: Any) -> Iterator[Any]:
        """Itself and what is around it, outwards; stops where it would go in a circle."""
        seen = set()
        current: Any = execution
        while current is not None and current.pk not in seen:
            seen.add(current.pk)
            yield current
            current = self.executions.get(str(current.parent_id))

    def activity(self, execution: Any) -> Activity | None:
        """DefinitionNotFound if its definition is gone."""
        if execution.activity_id is None:
            return None
        process = definitions.get(execution.process_definition_id, self.using)
        return process.flow_nodes.get(execution.activity_id)

    def has_definition(self, execution: Any) -> bool:
        try:
            definitions.get(execution.process_definition_id, self.using)
        except DefinitionNotFound:
            return False
        return True


def pictures(process_instance_ids: Iterable[str], using: str) -> list[Picture]:
    """Of those that are still alive."""
    wanted = list(process_instance_ids)
    where = {"partition__in": {ids.partition_of(one) for one in wanted}, "process_instance_id__in": wanted}
    found: dict[str, Picture] = {}
    of_execution: dict[str, Picture] = {}
    for row in models.Execution.objects.using(using).filter(**where).order_by("pk"):
        instance_id = str(row.process_instance_id)
        picture = found.setdefault(instance_id, Picture(instance_id, using))
        of_execution[str(row.pk)] = picture
        picture.executions[str(row.pk)] = row
        picture.children[None if row.parent_id is None else str(row.parent_id)].append(row)
    for kind in OWNED:
        rows = kind.objects.using(using).filter(**where)
        for row in rows.defer(*_large(kind)):
            if (owner := found.get(str(row.process_instance_id))) is not None:
                owner.owned[kind][str(row.execution_id)].append(row)
    called = models.Execution.objects.using(using).filter(super_execution_id__in=list(of_execution))
    for caller in called.values_list("super_execution_id", flat=True):
        of_execution[str(caller)].callers.add(str(caller))
    return list(found.values())


def _large(kind: Any) -> list[str]:
    """Columns that may hold megabytes and that no check reads."""
    known = {column.name for column in kind._meta.concrete_fields}
    return sorted(known & {"bytes_value", "text_value", "error_details", "exception_stacktrace"})
