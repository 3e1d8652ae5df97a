"""What belongs to executions - variables, tasks, jobs, subscriptions, incidents, children - loaded no more often than needed.

A path of executions comes with flags that say what each has at all: most have nothing of most kinds, and then nothing is asked.
The flags are read under the root's lock, so they stay true. Executions that came as a family (children, a whole instance) have
no flags; but once a kind has been asked for two of them, it is loaded for the whole family at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from workflow_engine.engine import state
from workflow_engine.engine.execution import Execution
from workflow_engine.store import tables

# The kinds that flags exist for, each with the attribute that names the execution.
KINDS: tuple[tuple[type[Any], str], ...] = (
    (Execution, "parent_id"),
    (state.Variable, "execution_id"),
    (state.ExternalTask, "execution_id"),
    (state.UserTask, "execution_id"),
    (state.Job, "execution_id"),
    (state.EventSubscription, "execution_id"),
    (state.Incident, "execution_id"),
)
Load = Callable[[type[Any], str, Sequence[str]], list[tuple[str, Any]]]
Owners = dict[str, list[Any]]


class Belongings:
    """`load` reads the rows of one kind of the given executions, by id, each with its execution's id."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._has: dict[str, frozenset[type[Any]]] = {}
        self._family: dict[str, tuple[str, ...]] = {}
        self._known: dict[type[Any], Owners] = defaultdict(dict)

    def flag(self, execution_id: str, flags: Iterable[Any]) -> None:
        """What an execution has, in the order of KINDS."""
        self._has[execution_id] = frozenset(kind for (kind, _), has in zip(KINDS, flags, strict=True) if has)

    def is_flagged(self, execution_id: str) -> bool:
        return execution_id in self._has

    def came_together(self, execution_ids: Sequence[str]) -> None:
        family = tuple(execution_ids)
        for execution_id in family:
            self._family.setdefault(execution_id, family)

    def of(self, kind: type[Any], attribute: str, execution_id: str) -> list[Any]:
        """Rows of this kind, by id."""
        has = self._has.get(execution_id)
        if has is not None and kind not in has:
            return []
        known = self._known[kind]
        if execution_id not in known:
            wanted = [execution_id]
            family = self._family.get(execution_id, ())
            if any(member in known for member in family):
                wanted = [member for member in family if member not in known and self.may_have(member, kind)]
            for owner in wanted:
                known[owner] = []
            for owner, row in self._load(kind, attribute, wanted):
                known[owner].append(row)
        return list(known[execution_id])

    def may_have(self, execution_id: str, kind: type[Any]) -> bool:
        """False if a flag says that it has none."""
        has = self._has.get(execution_id)
        return has is None or kind in has


def flags_sql(path: str) -> str:
    """One EXISTS per kind, for rows of a subquery of this name."""
    parts = []
    for kind, attribute in KINDS:
        table = tables.of_class(kind)
        own = ' AND o."task_id" IS NULL' if kind is state.Variable else ""
        parts.append(
            f'EXISTS (SELECT 1 FROM "{table.name}" o WHERE o."partition" = {path}."partition"'  # noqa: S608
            f' AND o."{attribute}" = {path}."id"{own})'
        )
    return ", ".join(parts)
