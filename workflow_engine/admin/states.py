"""In what state work is, in a colour and a word, by the engine's clock."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from workflow_engine.models import ExternalTask, Job


def of_external_task(row: ExternalTask, now: datetime) -> tuple[str, str]:
    if row.retries == 0:
        return "bad", _("no retries left")
    if row.is_suspended:
        return "warn", _("suspended")
    if row.lock_expiration_time is None:
        return "", _("waiting for a worker")
    # After a failure the lock stands for the pause before the next attempt.
    if row.lock_expiration_time <= now:
        return "warn", _("waits for the next attempt") if row.error_message else _("lock expired")
    return ("warn", _("failed, pauses")) if row.error_message else ("run", _("held by a worker"))


def of_job(row: Job, now: datetime) -> tuple[str, str]:
    if row.retries == 0:
        return "bad", _("no retries left")
    if row.is_suspended:
        return "warn", _("suspended")
    if row.lock_expiration_time is not None and row.lock_expiration_time > now:
        return "run", _("is being run")
    if row.due_date is not None and row.due_date > now:
        return ("warn", _("will be tried again")) if row.exception_message else ("", _("due later"))
    return "run", _("due")
