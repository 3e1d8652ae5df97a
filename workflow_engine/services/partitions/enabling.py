"""Makes a table of history the first part of a table that is split by month. No row is copied.

A check constraint that PostgreSQL validates while everybody goes on working says that all ids are below a bound; after that the
table changes places with an empty one that is split, and becomes its part below the bound. Only that needs a lock, for
milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from workflow_engine import clock
from workflow_engine.services.partitions import adding, catalogue
from workflow_engine.services.partitions.catalogue import execute, fetch
from workflow_engine.services.partitions.locks import Patience, briefly
from workflow_engine.services.partitions.making import BOUND, bounded, grants_of, make_default, name_in_part
from workflow_engine.services.partitions.months import Month
from workflow_engine.services.partitions.refusals import PartitionError

Tell = Callable[[str], None]
# What of the old table the split one gets; indexes follow, and what it has more is refused.
_LIKE = "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING IDENTITY INCLUDING STORAGE INCLUDING COMMENTS"
_OBSTACLES = {
    "foreign keys": "SELECT conname FROM pg_constraint WHERE contype = 'f' AND (conrelid = %s::regclass OR confrelid = %s::regclass)",
    "unique constraints besides the id": (
        "SELECT i.indexrelid::regclass::text FROM pg_index i"
        " WHERE i.indisunique AND NOT i.indisprimary AND %s::regclass = i.indrelid AND %s::regclass = i.indrelid"
    ),
    "invalid indexes": (
        "SELECT i.indexrelid::regclass::text FROM pg_index i"
        " WHERE NOT i.indisvalid AND %s::regclass = i.indrelid AND %s::regclass = i.indrelid"
    ),
    "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = %s::regclass AND tgrelid = %s::regclass",
    "policies": "SELECT polname FROM pg_policy WHERE polrelid = %s::regclass AND polrelid = %s::regclass",
    "views or rules": (
        "SELECT DISTINCT r.ev_class::regclass::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid"
        " WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = %s::regclass AND d.refobjid = %s::regclass"
    ),
    "publications": (
        "SELECT p.pubname FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid"
        " WHERE r.prrelid = %s::regclass AND r.prrelid = %s::regclass"
    ),
}


def enable(using: str, *, months: int, tell: Tell, patience: Patience | None = None) -> None:
    """All tables, one after another. Those that are split already are left as they are, so it may be run again."""
    catalogue.check_database(using)
    patience = patience or Patience()
    done = catalogue.partitioned(using, catalogue.tables())
    todo = [table for table in catalogue.tables() if table not in done]
    for table in todo:
        _check(using, table)
    first = Month.not_reached(clock.now(using))
    for number, table in enumerate(todo, 1):
        tell(f"{number} of {len(todo)}: {table}: checking that every id is of before {first}")
        with bounded(using, table, f"id < '{first.first_id}'", patience):
            briefly(using, table, partial(_split, using, table, first), patience, mode="ACCESS EXCLUSIVE")
        tell(f"{number} of {len(todo)}: {table}: split, all that was there is the part before {first}")
        # Nobody else counts a split table as a whole, and joins are planned by that.
        execute(using, f'ANALYZE "{table}"')
    for added in adding.add(using, months=months, patience=patience):
        tell(str(added))


def _check(using: str, table: str) -> None:
    for what, sql in _OBSTACLES.items():
        if found := sorted(name for (name,) in fetch(using, sql, [table, table])):
            raise PartitionError(f"{table} cannot be split: it has {what} ({', '.join(found)}). Remove them first.")


def _split(using: str, table: str, first: Month) -> None:
    before = f"{table}_before_{first.in_names}"
    indexes = fetch(
        using,
        "SELECT c.relname, pg_get_indexdef(c.oid), i.indisprimary FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid = %s::regclass ORDER BY c.relname",
        [table],
    )
    grants = grants_of(using, table)
    execute(using, f'ALTER TABLE "{table}" RENAME TO "{before}"')
    for name, _, _ in indexes:
        execute(using, f'ALTER INDEX "{name}" RENAME TO "{name_in_part(name, before)}"')
    execute(
        using,
        f'CREATE TABLE "{table}" (LIKE "{before}" {_LIKE}) PARTITION BY RANGE (id)',
        f'ALTER TABLE "{table}" DROP CONSTRAINT {BOUND}',
    )
    # The split table's indexes have the names that migrations know; PostgreSQL finds those of the part by what they are.
    for name, definition, is_primary in indexes:
        execute(using, f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" PRIMARY KEY (id)' if is_primary else definition)
    execute(
        using,
        f'ALTER TABLE "{table}" ATTACH PARTITION "{before}" FOR VALUES FROM (MINVALUE) TO (\'{first.first_id}\')',
        f'ALTER TABLE "{before}" DROP CONSTRAINT {BOUND}',
        *grants,
    )
    make_default(using, table)
