"""Making parts, and the constraint that says of a whole table what a part's bounds say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from workflow_engine.services.partitions import storage
from workflow_engine.services.partitions.catalogue import execute, fetch
from workflow_engine.services.partitions.locks import Patience, briefly
from workflow_engine.services.partitions.refusals import PartitionError

BOUND = "wf_partition_bound"


@contextmanager
def bounded(using: str, table: str, condition: str, patience: Patience) -> Iterator[None]:
    """Within this the table has a constraint that holds for all rows; nobody has to wait while it is checked.

    Whoever gives the table its part takes the constraint away. Left behind it would one day refuse the engine's rows.
    """
    gone = f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS {BOUND}'
    added = f'ALTER TABLE "{table}" ADD CONSTRAINT {BOUND} CHECK ({condition}) NOT VALID'
    try:
        # One may be there that was left by a run that was killed.
        briefly(using, table, lambda: execute(using, gone, added), patience, mode="ACCESS EXCLUSIVE")
        execute(using, f'ALTER TABLE "{table}" VALIDATE CONSTRAINT {BOUND}')
        yield
    except BaseException as error:
        briefly(using, table, lambda: execute(using, gone), patience, mode="ACCESS EXCLUSIVE")
        if isinstance(error, IntegrityError):
            raise PartitionError(f"{table} has a row whose id is of another time (not {condition}): {error}") from error
        raise


def make_default(using: str, table: str) -> None:
    """The part that takes what no other does, so that nothing is lost if nobody has added months."""
    name = f"{table}_default"
    execute(using, f'CREATE TABLE "{name}" PARTITION OF "{table}" DEFAULT')
    storage.take_over(using, table, name)


def name_in_part(index: str, part: str) -> str:
    """Names of indexes are unique in a schema and have 63 characters at most."""
    digits = hashlib.sha256(f"{index}/{part}".encode()).hexdigest()[:10]
    return f"{index[:50]}_{digits}"


def grants_of(using: str, table: str) -> list[str]:
    """Statements that give the table that takes the place of this one the same owner and rights."""
    owner = fetch(using, "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = %s::regclass", [table])[0][0]
    rights = fetch(
        using,
        "SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, a.privilege_type, a.is_grantable"
        " FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a WHERE c.oid = %s::regclass AND a.grantee <> c.relowner",
        [table],
    )
    quoted = str(owner).replace('"', '""')
    return [
        *(
            f'GRANT {right} ON "{table}" TO {role}{" WITH GRANT OPTION" if may_pass_on else ""}'
            for role, right, may_pass_on in rights
        ),
        f'ALTER TABLE "{table}" OWNER TO "{quoted}"',
    ]
