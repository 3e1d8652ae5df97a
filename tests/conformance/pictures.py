"""The rows between two commands, arranged for the invariants: only rows, no engine code."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

from tests.conformance.sites import WalkSite
from workflow_engine.bpmn.model import Activity, Scope
from workflow_engine.engine import state

Row = dict[str, Any]
OWNED = (
    state.Variable,
    state.ExternalTask,
    state.UserTask,
    state.Job,
    state.EventSubscription,
    state.Incident,
)


class Picture:
    def __init__(self, site: WalkSite) -> None:
        self.site = site
        self.ledger = site.database.ledger
        self.tables = site.database.tables
        self.executions: dict[str, Row] = self.tables[state.Execution]
        self.children: dict[str | None, list[Row]] = defaultdict(list)
        for row in self.executions.values():
            self.children[row["parent_id"]].append(row)
        self.owned: dict[type, dict[str | None, list[Row]]] = {}
        for kind in OWNED:
            self.owned[kind] = defaultdict(list)
            for row in self.tables[kind].values():
                self.owned[kind][row["execution_id"]].append(row)

    def live_children(self, row: Row) -> list[Row]:
        return [child for child in self.children[row["id"]] if not child["is_event_scope"]]

    @cached_property
    def leaves(self) -> list[Row]:
        """The tokens: executions without others below them."""
        return [row for row in self.executions.values() if not row["is_event_scope"] and not self.live_children(row)]

    def activity(self, row: Row) -> Activity | None:
        if row["activity_id"] is None:
            return None
        return self.site.definitions[row["process_definition_id"]].flow_nodes.get(row["activity_id"])

    def path(self, row: Row) -> list[Row]:
        """The execution and those above it, in its instance."""
        found = [row]
        while found[-1]["parent_id"] in self.executions and len(found) <= len(self.executions):
            found.append(self.executions[found[-1]["parent_id"]])
        return found

    def is_below_compensation(self, row: Row) -> bool:
        """Inside the handlers of a throwing event, where executions do not follow the nesting of scopes."""
        for above in self.path(row)[1:]:
            activity = self.activity(above)
            if activity is not None and activity.throws_compensation:
                return True
        return False

    def sub_instance(self, row: Row) -> Row | None:
        return next((found for found in self.children[None] if found["super_execution_id"] == row["id"]), None)


def scopes_around(activity: Activity) -> list[Scope]:
    found: list[Scope] = []
    scope: Scope | None = activity.flow_scope
    while scope is not None:
        found.append(scope)
        scope = scope.flow_scope if isinstance(scope, Activity) else None
    return found
