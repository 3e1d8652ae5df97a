"""Tidies up external tasks whose lock has expired, so that lists show nobody as their holder.

Fetching needs none of this: it hands out tasks with an expired lock by itself. A worker that is late may still complete
a task that nobody else has fetched; so the lock stays visible for a while after it has expired. Only where the site limits
deliveries (`MAX_DELIVERIES`) is something decided here: a task that workers keep dropping becomes an incident.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import InterfaceError, OperationalError, router, transaction

from workflow_engine import clock, conf
from workflow_engine.models import ExternalTask
from workflow_engine.services import external_task
from workflow_engine.sweeper.counts import Counts

logger = logging.getLogger(__name__)

GRACE = timedelta(minutes=1)


def run_once(limit: int = 500, grace: timedelta = GRACE) -> Counts:
    using = router.db_for_write(ExternalTask)
    expired = ExternalTask.objects.using(using).filter(lock_expiration_time__lte=clock.now(using) - grace)
    if not expired.exists():
        return Counts()
    settings = conf.current()
    dropped = expired.dropped(settings.max_deliveries, settings.max_deliveries_by_topic)
    found = list(dropped.order_by("id").values_list("id", "topic_name")[:limit])
    given_up = sum(_give_up(str(task_id), topic, using) for task_id, topic in found)
    with transaction.atomic(using=using):
        # In the order of ids, as everybody locks; what somebody is working on right now is left alone.
        rest = expired.exclude(pk__in=dropped.values("pk"))
        locked = rest.order_by("id").select_for_update(skip_locked=True, no_key=True)
        ids = list(locked.values_list("id", flat=True)[:limit])
        cleared = ExternalTask.objects.using(using).filter(pk__in=ids)
        free = {"worker_id": None, "lock_expiration_time": None, "lock_token": None}
        return Counts({"given up": given_up, "cleared": cleared.update(**free)})


def _give_up(task_id: str, topic: str, using: str) -> bool:
    """One that cannot be given up keeps no other lock from being cleared."""
    try:
        return external_task.give_up(task_id, conf.max_deliveries(topic) or 1, using=using)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("External task %s of topic %s could not be given up, will be tried again", task_id, topic)
        return False
