"""Credentials of workers: issuing one, whose token is shown this once, and revoking it at once and for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from workflow_engine.engine.errors import BadInput, NotFound
from workflow_engine.models import WorkerCredential
from workflow_engine.models.worker_credential import Verb
from workflow_engine.services import operation_log
from workflow_engine.services.errors import Conflict
from workflow_engine.services.who import name_of
from workflow_engine.store import database

ENTITY = "WorkerCredential"


def issue(
    name: str,
    *,
    topics: Sequence[str] = (),
    for_user: Any = None,
    tenant_ids: Sequence[str] = (),
    verbs: Sequence[str] = (),
    expires: datetime | None = None,
    user: Any = None,
) -> tuple[WorkerCredential, str]:
    """The credential and its token, of which only a hash is kept. `for_user` lends the worker that user's permissions."""
    for verb in verbs:
        if verb not in Verb.values:
            raise BadInput(f"Cannot issue worker credential '{name}': there is no verb '{verb}'.")
    alias = database.alias()
    try:
        with transaction.atomic(using=alias):
            credential, token = WorkerCredential.issue(
                name,
                topics=list(topics),
                verbs=list(verbs),
                tenant_ids=list(tenant_ids),
                user=for_user,
                expires=expires,
            )
            _log("Create", credential, "topics", ", ".join(topics) or None, user)
            return credential, token
    except IntegrityError:
        raise Conflict(f"Cannot issue worker credential '{name}': there is one of this name already.") from None


def revoke(credential_id: Any, *, user: Any = None) -> None:
    """Revoking twice is no mistake."""
    with transaction.atomic(using=database.alias()):
        credential = WorkerCredential.objects.select_for_update().filter(pk=credential_id).first()
        if credential is None:
            raise NotFound(f"There is no worker credential with the id '{credential_id}'.")
        if not credential.is_revoked:
            credential.is_revoked = True
            credential.save(update_fields=["is_revoked"])
            _log("Revoke", credential, "revoked", True, user)


def _log(operation: str, credential: WorkerCredential, name: str, value: Any, user: Any) -> None:
    entry = operation_log.Entry(
        operation_type=operation,
        entity_type=ENTITY,
        category=operation_log.ADMIN,
        property=name,
        new_value=value,
        annotation=credential.name,
    )
    operation_log.write([entry], name_of(user), database.alias())
