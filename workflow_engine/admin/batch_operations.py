"""What can be done with a batch: tried again, stopped, and ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine import clock
from workflow_engine.admin import links
from workflow_engine.admin.operations import Operation
from workflow_engine.admin.permissions import who
from workflow_engine.models import Batch
from workflow_engine.services import batch, management


def retry(request: HttpRequest, row: Batch, data: Mapping[str, Any]) -> str:
    """Also the seed and the monitor, without which a batch would stand still."""
    for definition_id in row.job_definition_ids:
        management.set_job_definition_retries(str(definition_id), 1, due_date=clock.now(), user=who(request))
    return _("What has failed is tried once more as soon as a sweeper comes by.")


def suspend(request: HttpRequest, row: Batch, data: Mapping[str, Any]) -> str:
    batch.set_suspended(str(row.pk), True, user=who(request))
    return _("The batch is suspended: none of its jobs is run.")


def activate(request: HttpRequest, row: Batch, data: Mapping[str, Any]) -> str:
    batch.set_suspended(str(row.pk), False, user=who(request))
    return _("The batch is active again.")


def delete(request: HttpRequest, row: Batch, data: Mapping[str, Any]) -> str:
    batch.delete(str(row.pk), user=who(request))
    return _("The batch is ended where it stood.")


def delete_history(request: HttpRequest, row: Batch, data: Mapping[str, Any]) -> str:
    batch.delete_history(str(row.pk), user=who(request))
    return _("The batch and the log of its jobs are deleted.")


def _runs(row: Batch) -> bool:
    return row.end_time is None


OPERATIONS = (
    Operation(
        name="retry",
        label=gettext_lazy("Retry what failed"),
        permission="set_retries",
        perform=retry,
        style="default",
        bulk=True,
        offered=lambda row: _runs(row) and getattr(row, "failed_jobs", 0) > 0,
    ),
    Operation(
        name="suspend",
        label=gettext_lazy("Suspend"),
        permission="suspend_batch",
        perform=suspend,
        bulk=True,
        offered=lambda row: _runs(row) and not row.is_suspended,
    ),
    Operation(
        name="activate",
        label=gettext_lazy("Activate"),
        permission="suspend_batch",
        perform=activate,
        bulk=True,
        offered=lambda row: _runs(row) and row.is_suspended,
    ),
    Operation(
        name="delete",
        label=gettext_lazy("Delete"),
        permission="delete_batch",
        perform=delete,
        style="danger",
        question=gettext_lazy("The batch ends where it stands: what it has done stays done, the rest is never done."),
        offered=_runs,
    ),
    Operation(
        name="delete-history",
        label=gettext_lazy("Delete"),
        permission="delete_batch_history",
        perform=delete_history,
        style="danger",
        question=gettext_lazy("Nobody will know any more that there was this batch. What it has done stays done."),
        offered=lambda row: not _runs(row),
        leads_to=lambda row: links.listing("batch"),
    ),
)
