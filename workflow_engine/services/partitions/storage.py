"""How rows lie in the parts. A split table has no settings of its own, and new parts do not take over those of their sisters."""

from __future__ import annotations

from workflow_engine.services.partitions.catalogue import execute, fetch


def take_over(using: str, table: str, part: str) -> None:
    """Gives a part the settings (fillfactor, autovacuum) of the newest other part of its table."""
    sql = (
        "SELECT c.reloptions FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = %s::regclass AND c.relname <> %s AND c.relpartbound IS NOT NULL"
        " ORDER BY pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', c.oid DESC LIMIT 1"
    )
    found = fetch(using, sql, [table, part])
    if found and found[0][0]:
        execute(using, f'ALTER TABLE "{part}" SET ({", ".join(found[0][0])})')
