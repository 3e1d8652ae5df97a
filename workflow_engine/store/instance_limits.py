"""How much the variables of one process instance may hold together. Asked only after a command that wrote much: a command
that writes little pays nothing, so many small ones may go a little over, and the next large one is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Func, IntegerField, Sum
from django.db.models.functions import Coalesce

from workflow_engine import conf
from workflow_engine.engine.errors import LimitExceeded
from workflow_engine.engine.state import Variable
from workflow_engine.models import Variable as VariableRow
from workflow_engine.values import FileValue, json_text

MANY, MUCH = 100, 64 * 2**10


class OctetLength(Func):
    """Without reading the value, where the database knows its length (PostgreSQL does)."""

    function = "OCTET_LENGTH"
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="LENGTH(CAST(%(expressions)s AS BLOB))", **context)


def check(written: Iterable[Any], new: Iterable[Any], using: str) -> None:
    """After the rows were written, within their transaction. LimitExceeded if they are too many or too large."""
    variables = [row for row in written if isinstance(row, Variable)]
    if not variables:
        return
    counts = Counter((row.execution_id, row.task_id) for row in new if isinstance(row, Variable))
    for (execution_id, task_id), count in counts.items():
        if count >= MANY:
            _check_count(execution_id, task_id, using)
    sizes: Counter[tuple[str | None, str | None]] = Counter()
    for row in variables:
        owner = (row.process_instance_id, None if row.process_instance_id is not None else row.task_id)
        sizes[owner] += _size(row.value)
    for (process_instance_id, task_id), size in sizes.items():
        if size >= MUCH:
            _check_size(process_instance_id, task_id, using)


def _size(value: Any) -> int:
    if value is None or isinstance(value, bool | int | float):
        return 0
    held = value.data if isinstance(value, FileValue) else getattr(value, "text", value)
    if isinstance(held, dict | list):
        held = json_text(held)
    return len(held) if isinstance(held, str | bytes) else 0


def _check_count(execution_id: str | None, task_id: str | None, using: str) -> None:
    limit = conf.current().max_instance_variables
    rows = VariableRow.objects.using(using)
    rows = rows.of_execution(str(execution_id)) if task_id is None else rows.of_task(task_id)
    if (count := rows.count()) > limit:
        what = f"task '{task_id}'" if task_id is not None else f"execution '{execution_id}'"
        raise LimitExceeded(f"Cannot set variables: {what} would have {count}, at most {limit} are allowed.")


def _check_size(process_instance_id: str | None, task_id: str | None, using: str) -> None:
    """Of an instance, or of a standalone task."""
    limit = conf.current().max_instance_size
    rows = VariableRow.objects.using(using)
    rows = rows.of_task(str(task_id)) if process_instance_id is None else rows.for_instance(process_instance_id)
    length = Coalesce(OctetLength("text_value"), 0) + Coalesce(OctetLength("bytes_value"), 0)
    size = rows.aggregate(size=Sum(length))["size"] or 0
    if size > limit:
        what = f"task '{task_id}'" if process_instance_id is None else f"process instance '{process_instance_id}'"
        raise LimitExceeded(
            f"Cannot set variables: those of {what} would have {size} bytes together, at most {limit} are allowed."
        )
