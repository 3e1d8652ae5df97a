"""LIKE as Camunda means it: case-sensitive, % and _ are wildcards, a backslash takes their meaning away."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import BooleanField, Expression, F, Func, Q, Value
from django.db.models.functions import Lower


class Like(Func):
    """SQLite's own LIKE ignores the case of ASCII letters, so GLOB stands in for it there."""

    output_field = BooleanField()
    conditional = True
    arity = 2

    template = "%(expressions)s ESCAPE '\\'"
    arg_joiner = " LIKE "

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        field, pattern = (cast("Any", expression) for expression in self.source_expressions)
        glob = self.copy()
        glob.set_source_expressions([field, Value(_glob(pattern.value))])
        return super(Like, glob).as_sql(compiler, connection, template="%(expressions)s", arg_joiner=" GLOB ", **extra)


def like(field: str | Expression, pattern: str, *, ignore_case: bool = False) -> Q:
    column = F(field) if isinstance(field, str) else field
    return Q(Like(Lower(column), Value(pattern.lower())) if ignore_case else Like(column, Value(pattern)))


def _glob(pattern: str) -> str:
    out, escaped = [], False
    for char in pattern:
        if escaped or char not in "\\%_":
            out.append(f"[{char}]" if char in "*?[" else char)
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            out.append("*" if char == "%" else "?")
    return "".join(out)
