"""What belongs to executions - variables, tasks, jobs, subscriptions, incidents, children - loaded for families at once.

The engine asks for one execution at a time, and only for what the execution's `contents` say is there. Executions that came
together (children, a whole instance) are a family: once a kind has been asked for two of them, it is loaded for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

Load = Callable[[type[Any], str, Sequence[str]], list[tuple[str, Any]]]
Owners = dict[str, list[Any]]


class Belongings:
    """`load` reads the rows of one kind of the given executions, by id, each with its execution's id."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._family: dict[str, tuple[str, ...]] = {}
        self._known: dict[type[Any], Owners] = defaultdict(dict)

    def came_together(self, execution_ids: Sequence[str]) -> None:
        family = tuple(execution_ids)
        for execution_id in family:
            self._family.setdefault(execution_id, family)

    def learn(self, kind: type[Any], owners: Sequence[str], rows: Sequence[tuple[str, Any]]) -> None:
        """What was read of these executions for another reason; what is known of one already stays."""
        known = self._known[kind]
        new = {owner for owner in owners if owner not in known}
        for owner in new:
            known[owner] = []
        for owner, row in rows:
            if owner in new:
                known[owner].append(row)

    def of(self, kind: type[Any], attribute: str, execution_id: str) -> list[Any]:
        """Rows of this kind, by id."""
        known = self._known[kind]
        if execution_id not in known:
            wanted = [execution_id]
            family = self._family.get(execution_id, ())
            if any(member in known for member in family):
                wanted = [member for member in family if member not in known]
            for owner in wanted:
                known[owner] = []
            for owner, row in self._load(kind, attribute, wanted):
                known[owner].append(row)
        return list(known[execution_id])
