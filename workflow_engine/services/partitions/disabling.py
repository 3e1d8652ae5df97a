"""The way back: one plain table again. The largest part becomes the table, the rows of the others are copied into it.

Writers wait for as long as that takes, so it wants an hour in which nobody works.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from workflow_engine.services.partitions import catalogue
from workflow_engine.services.partitions.catalogue import execute, fetch
from workflow_engine.services.partitions.locks import Patience, briefly
from workflow_engine.services.partitions.making import grants_of


def disable(using: str, *, tell: Callable[[str], None], patience: Patience | None = None) -> None:
    catalogue.check_database(using)
    done = catalogue.partitioned(using, catalogue.tables())
    for table in [name for name in catalogue.tables() if name in done]:
        briefly(using, table, partial(_join, using, table), patience or Patience(), mode="ACCESS EXCLUSIVE")
        execute(using, f'ANALYZE "{table}"')
        tell(f"{table}: one table again")


def _join(using: str, table: str) -> None:
    parts = catalogue.parts_of(using, table)
    largest = max(parts, key=lambda part: part.size)
    # As the parts call them, and as migrations do.
    names = fetch(
        using,
        "SELECT own.relname, whole.relname FROM pg_inherits i JOIN pg_class own ON own.oid = i.inhrelid"
        " JOIN pg_index x ON x.indexrelid = i.inhrelid JOIN pg_class whole ON whole.oid = i.inhparent"
        " WHERE x.indrelid = %s::regclass",
        [largest.name],
    )
    columns = ", ".join(
        f'"{name}"'
        for (name,) in fetch(
            using,
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [table],
        )
    )
    grants = grants_of(using, table)
    execute(using, f'ALTER TABLE "{table}" DETACH PARTITION "{largest.name}"')
    for part in parts:
        if part is not largest:
            execute(using, f'INSERT INTO "{largest.name}" ({columns}) SELECT {columns} FROM "{part.name}"')  # noqa: S608
    execute(using, f'DROP TABLE "{table}"', f'ALTER TABLE "{largest.name}" RENAME TO "{table}"')
    execute(using, *(f'ALTER INDEX "{own}" RENAME TO "{whole}"' for own, whole in names))
    execute(using, *grants)
