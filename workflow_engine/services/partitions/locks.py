"""Short exclusive locks on tables that everybody writes to."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import OperationalError, transaction

from workflow_engine.services.partitions.catalogue import execute
from workflow_engine.services.partitions.refusals import PartitionError

Result = TypeVar("Result")
# Of PostgreSQL: a lock was not had in time, a deadlock.
_BUSY = {"55P03", "40P01"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Whoever waits for a lock makes everybody behind it wait too. So: a short wait, and again later.

    It is longer than PostgreSQL's deadlock_timeout, after which autovacuum gives way.
    """

    seconds: float = 2.0
    attempts: int = 30


def briefly(using: str, table: str, work: Callable[[], Result], patience: Patience, *, mode: str) -> Result:
    """The work in one transaction that holds the table in this mode."""
    for attempt in range(1, patience.attempts + 1):
        try:
            with transaction.atomic(using=using):
                execute(
                    using,
                    f"SET LOCAL lock_timeout = {int(patience.seconds * 1000)}",
                    f'LOCK TABLE "{table}" IN {mode} MODE',
                )
                return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _BUSY:
                raise
            if attempt < patience.attempts:
                time.sleep(patience.seconds * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
    raise PartitionError(
        f"{table} was never free for {patience.seconds:g} s in {patience.attempts} attempts: a long transaction works on it"
        " (pg_stat_activity shows it). What was done before stays; run the command again."
    )
