"""Tokens with which workers log in: random, shown once, kept as a hash that is cheap to check."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow_engine import clock, ids


class Verb(models.TextChoices):
    """What a worker's token can be good for, in the names of the API. Each needs the permission beside it."""

    FETCH = "fetchAndLock", _("fetch and lock external tasks")
    LOCK = "lock", _("lock a known external task")
    COMPLETE = "complete", _("complete external tasks")
    FAILURE = "failure", _("report failures")
    BPMN_ERROR = "bpmnError", _("report BPMN errors")
    EXTEND_LOCK = "extendLock", _("extend locks")
    UNLOCK = "unlock", _("unlock external tasks")
    READ = "read", _("read external tasks and variables")
    CORRELATE = "message", _("correlate messages")
    SIGNAL = "signal", _("throw signals")
    START = "start", _("start process instances")


# Of a credential that belongs to no user: the Django permissions that stand behind each verb.
PERMISSIONS: dict[str, tuple[str, ...]] = {
    Verb.FETCH: ("fetch_external_task",),
    Verb.LOCK: ("fetch_external_task",),
    Verb.COMPLETE: ("complete_external_task",),
    Verb.FAILURE: ("complete_external_task",),
    Verb.BPMN_ERROR: ("complete_external_task",),
    Verb.EXTEND_LOCK: ("complete_external_task",),
    Verb.UNLOCK: ("unlock_external_task",),
    Verb.READ: ("view_externaltask", "view_variables"),
    Verb.CORRELATE: ("correlate_message",),
    Verb.SIGNAL: ("correlate_message",),
    Verb.START: ("start_process",),
}
# What a view is about that names no verb.
VERB_OF = {
    "fetch_external_task": Verb.FETCH,
    "complete_external_task": Verb.COMPLETE,
    "unlock_external_task": Verb.UNLOCK,
    "view_externaltask": Verb.READ,
    "view_variables": Verb.READ,
    "correlate_message": Verb.CORRELATE,
    "start_process": Verb.START,
}
USUAL_VERBS = (Verb.FETCH, Verb.LOCK, Verb.COMPLETE, Verb.FAILURE, Verb.BPMN_ERROR, Verb.EXTEND_LOCK, Verb.READ)


# Long enough to find the row and to tell tokens apart in a list, far too short to guess the rest.
PREFIX_LENGTH = 8


def hash_of(token: str) -> str:
    """SHA-256 suffices: the token has 256 random bits, so there is nothing to guess and nothing to slow down."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_among(topic_name: str, topics: Iterable[str]) -> bool:
    """`topics` are exact names, or prefixes that end in "*"."""
    return any(topic_name.startswith(t[:-1]) if t.endswith("*") else topic_name == t for t in topics)


class WorkerCredentialQuerySet(models.QuerySet["WorkerCredential"]):
    def valid(self, now: datetime) -> Self:
        return self.filter(Q(expires__isnull=True) | Q(expires__gt=now), is_revoked=False)

    def for_token(self, token: str, now: datetime) -> WorkerCredential | None:
        """The credential that this token belongs to; None if it is unknown, expired or revoked."""
        wanted = hash_of(token)
        for credential in self.valid(now).filter(token_prefix=token[:PREFIX_LENGTH]).select_related("user"):
            if secrets.compare_digest(credential.token_hash, wanted):
                return credential
        return None


class WorkerCredential(models.Model):
    """`topics` are exact names, or prefixes that end in "*"; an empty list means every topic.

    `verbs` empty: what workers usually do, or whatever the user may whose permissions it has. `tenant_ids` empty: the user's
    tenants; without a user only what has no tenant.
    """

    id = models.UUIDField(primary_key=True, editable=False, default=ids.new_uuid)
    name = models.CharField(_("name"), max_length=255, unique=True)
    token_hash = models.CharField(_("token hash"), max_length=64, unique=True, editable=False)
    token_prefix = models.CharField(_("token starts with"), max_length=PREFIX_LENGTH, db_index=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    topics = models.JSONField(_("topics"), default=list, blank=True)
    verbs = models.JSONField(_("verbs"), default=list, blank=True)
    tenant_ids = models.JSONField(_("tenants"), default=list, blank=True)
    created = models.DateTimeField(_("created"))
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used = models.DateTimeField(_("last used"), null=True, blank=True)
    is_revoked = models.BooleanField(_("revoked"), default=False)

    objects = WorkerCredentialQuerySet.as_manager()

    class Meta:
        db_table = "workflow_engine_worker_credential"
        verbose_name = _("worker credential")
        verbose_name_plural = _("worker credentials")
        default_permissions = ("view",)
        permissions = [("manage_workers", _("Can issue and revoke worker credentials"))]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(cls, name: str, **fields: Any) -> tuple[WorkerCredential, str]:
        """A new credential and its token, which is never shown again."""
        token = secrets.token_urlsafe(32)
        credential = cls.objects.create(
            name=name, token_hash=hash_of(token), token_prefix=token[:PREFIX_LENGTH], created=clock.now(), **fields
        )
        return credential, token

    def may_work_on(self, topic_name: str) -> bool:
        return not self.topics or is_among(topic_name, self.topics)

    def may(self, verb: str | None) -> bool:
        """Whether the token is good for that; what has no verb needs a user's permission only."""
        if not self.verbs:
            return self.user_id is not None or verb in USUAL_VERBS
        return verb in self.verbs
