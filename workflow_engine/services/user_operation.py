"""Notes on operations that people did. The entries themselves stay as they were written."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from workflow_engine import ids, models
from workflow_engine.engine.errors import BadInput
from workflow_engine.services import operation_log
from workflow_engine.services.visibility import visible
from workflow_engine.services.who import name_of
from workflow_engine.store import database


def annotate_user_operation(
    operation_id: str, annotation: str | None, *, user: Any = None, using: str | None = None
) -> None:
    """On every entry of the operation. None removes the note."""
    alias, known = database.alias(using), ids.canonical(operation_id)
    with transaction.atomic(using=alias):
        rows = models.UserOperationLog.objects.using(alias).filter(operation_id=known) if known else None
        first = None if rows is None else visible(rows).order_by("pk").first()
        if rows is None or first is None:
            raise BadInput(f"Cannot annotate the user operation '{operation_id[:300]}': there is none with this id.")
        rows.update(annotation=annotation)
        entry = operation_log.Entry(
            operation_type="SetAnnotation" if annotation else "ClearAnnotation",
            entity_type="OperationLog",
            property="operationId",
            new_value=known,
            tenant_id=first.tenant_id,
        )
        operation_log.write([entry], name_of(user), alias)
