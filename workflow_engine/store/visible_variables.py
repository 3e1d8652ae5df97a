"""What goes with a handed out task: the variables that its execution sees, in one statement for all tasks of a fetch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workflow_engine import ids
from workflow_engine.engine import state
from workflow_engine.store import codec, tables
from workflow_engine.store.dialect import Dialect
from workflow_engine.store.topics import Topic


def of_tasks(dialect: Dialect, tasks: Sequence[state.ExternalTask], asked: Sequence[Topic]) -> list[dict[str, Any]]:
    """For each task the variables that its topic asks for, by name; of several scopes with one name the nearest counts."""
    names: set[str] | None = set()
    for topic in asked:
        names = None if topic.variables is None or names is None else names | set(topic.variables)
    if names is not None and not names:
        return [{} for _ in tasks]
    rows = _visible(dialect, tasks, names, all(topic.local_variables for topic in asked))
    results: list[dict[str, Any]] = []
    for task, topic in zip(tasks, asked, strict=True):
        seen: dict[str, Any] = {}
        for depth, variable in rows.get(task.execution_id, []):
            is_wanted = topic.variables is None or variable.name in topic.variables
            if is_wanted and (depth == 0 or not topic.local_variables):
                seen.setdefault(variable.name, variable.value)
        results.append(seen)
    return results


def _visible(
    dialect: Dialect, tasks: Sequence[state.ExternalTask], names: set[str] | None, only_local: bool
) -> dict[str, list[tuple[int, state.Variable]]]:
    """Statement "visible variables": by the execution that sees them, with the number of scopes between, nearest first."""
    table, executions = tables.of_class(state.Variable), tables.of_class(state.Execution)
    execution_ids = sorted({task.execution_id for task in tasks})
    is_postgresql = dialect.connection.vendor == "postgresql"
    mark = "(%s::smallint, %s::uuid)" if is_postgresql else "(%s, %s)"
    marks = ", ".join([mark] * len(execution_ids))
    params: list[Any] = []
    for execution_id in execution_ids:
        params += [ids.partition_of(execution_id), dialect.id_parameter(execution_id)]
    around = dialect.joined(executions, "e", 'e."id" = p.id AND e."partition" = p.part')
    outwards = (
        ' UNION ALL SELECT p.seen_by, e."parent_id", e."partition", p.depth + 1 FROM path p'  # noqa: S608
        f' {around} WHERE e."parent_id" IS NOT NULL'
    )
    named = ""
    if names is not None:
        named = f' AND v."name" IN ({", ".join(["%s"] * len(names))})'
    held = dialect.joined(
        table, "v", f'v."execution_id" = p.id AND v."partition" = p.part AND v."task_id" IS NULL{named}'
    )
    sql = (
        f"WITH RECURSIVE start(part, id) AS (VALUES {marks}),"  # noqa: S608
        f" path(seen_by, id, part, depth) AS (SELECT id, id, part, 0 FROM start{'' if only_local else outwards})"
        f" SELECT {dialect.column_list(table, 'v.')}, p.depth, p.seen_by FROM path p"
        f' {held} ORDER BY p.depth, v."id"'
    )
    records = dialect.fetch(sql, [*params, *sorted(names or ())])
    found: dict[str, list[tuple[int, state.Variable]]] = {}
    for values, record in zip(dialect.rows(table, records), records, strict=True):
        seen_by = record[-1] if is_postgresql else codec.id_from_hex(record[-1])
        found.setdefault(seen_by, []).append((int(record[-2]), table.to_row(values)))
    return found
