"""When a failed job is tried again, a little later than its cycle says: what failed together must not come back together."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from workflow_engine import conf
from workflow_engine.engine.state import Job

MOST = timedelta(minutes=5)


def spread(job: Job, due_before: datetime | None, now: datetime) -> None:
    """Never earlier than the model says. Where the next attempt is at once, it stays so."""
    if job.due_date is None or job.due_date == due_before or job.due_date <= now:
        return
    most = min((job.due_date - now) * conf.current().retry_jitter, MOST)
    job.due_date += most * random.random()  # noqa: S311 - spreads load, guards nothing
