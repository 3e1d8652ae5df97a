"""Tidies up external tasks whose lock has expired, so that lists show nobody as their holder.

Fetching needs none of this: it hands out tasks with an expired lock by itself. A worker that is late may still complete
a task that nobody else has fetched; so the lock stays visible for a while after it has expired.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import router, transaction

from workflow_engine import clock
from workflow_engine.models import ExternalTask
from workflow_engine.sweeper.counts import Counts

GRACE = timedelta(minutes=1)


def run_once(limit: int = 500, grace: timedelta = GRACE) -> Counts:
    using = router.db_for_write(ExternalTask)
    expired = ExternalTask.objects.using(using).filter(lock_expiration_time__lte=clock.now(using) - grace)
    if not expired.exists():
        return Counts()
    with transaction.atomic(using=using):
        # In the order of ids, as everybody locks; what somebody is working on right now is left alone.
        locked = expired.order_by("id").select_for_update(skip_locked=True, no_key=True)
        ids = list(locked.values_list("id", flat=True)[:limit])
        cleared = ExternalTask.objects.using(using).filter(pk__in=ids)
        return Counts({"cleared": cleared.update(worker_id=None, lock_expiration_time=None, lock_token=None)})
