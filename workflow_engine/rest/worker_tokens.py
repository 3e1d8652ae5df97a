"""Bearer tokens of workers: the credential behind a token, and what it may do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser

from workflow_engine import clock
from workflow_engine.models import WorkerCredential
from workflow_engine.models.worker_credential import PERMISSIONS, USUAL_VERBS, Verb
from workflow_engine.services.authorization.resources import APP

# Lists of what is not external tasks know no topics, so they are closed to a worker that is bound to some.
LOOKING = frozenset(PERMISSIONS[Verb.READ])
USED_EVERY = timedelta(minutes=1)


class WorkerPrincipal(AnonymousUser):
    """Stands in `request.user`; with a user it has that user's permissions."""

    is_authenticated = True  # type: ignore[assignment]
    is_anonymous = False  # type: ignore[assignment]
    is_active = True  # type: ignore[assignment]

    def __init__(self, credential: WorkerCredential) -> None:
        self.credential = credential
        self.pk = credential.pk  # type: ignore[assignment]
        self.username = credential.name  # type: ignore[assignment]

    def get_username(self) -> str:
        return str(self.credential.user.get_username() if self.credential.user else self.credential.name)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        user = self.credential.user
        if user is not None:
            return bool(user.has_perm(perm, obj))
        app, _, name = perm.partition(".")
        if app != APP or (name in LOOKING and self.credential.topics):
            return False
        return any(name in PERMISSIONS[verb] for verb in self.credential.verbs or USUAL_VERBS)

    def may_work_on(self, topic: str) -> bool:
        return self.credential.may_work_on(topic)


def principal_of(token: str) -> WorkerPrincipal | None:
    if not (token.isascii() and token.isprintable()):
        return None
    # The process's clock will do for an expiry: asking the database's would cost every request a query.
    now = datetime.now(UTC) + clock.offset()
    credential = WorkerCredential.objects.for_token(token, now)
    if credential is None or (credential.user is not None and not credential.user.is_active):
        return None
    # Now and then only: a row that every request writes would be one that all requests wait for.
    if credential.last_used is None or now - credential.last_used > USED_EVERY:
        WorkerCredential.objects.filter(pk=credential.pk).update(last_used=now)
    return WorkerPrincipal(credential)
