"""Removes idempotency keys that have expired. A request with such a key counts as new, swept or not."""

from __future__ import annotations

from django.db import router, transaction

from workflow_engine import clock
from workflow_engine.models import IdempotencyKey
from workflow_engine.sweeper.counts import Counts


def run_once(limit: int = 500) -> Counts:
    using = router.db_for_write(IdempotencyKey)
    expired = IdempotencyKey.objects.using(using).expired(clock.now(using))
    if not expired.exists():
        return Counts()
    with transaction.atomic(using=using):
        # What somebody is just claiming anew is left alone.
        locked = expired.order_by("expires").select_for_update(skip_locked=True)
        keys = list(locked.values_list("id", flat=True)[:limit])
        return Counts({"removed": IdempotencyKey.objects.using(using).filter(pk__in=keys).delete()[0]})
