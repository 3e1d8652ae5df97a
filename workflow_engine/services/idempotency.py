"""Carrying a request out once, however often it is sent: what it did and what was answered are stored together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import transaction

from workflow_engine import clock, conf, ids
from workflow_engine.models import IdempotencyKey
from workflow_engine.services.errors import KeyReused
from workflow_engine.store import claims, database
from workflow_engine.store.retry import repeating


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """The key counts for this caller, method and path only; `body_hash` tells another request with the same key."""

    caller: str
    method: str
    path: str
    key: str
    body_hash: str

    @property
    def id(self) -> str:
        return ids.idempotency_key_id(self.caller, self.method, self.path, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    text: str
    is_repeated: bool = False


def once(request: KeyedRequest, carry_out: Callable[[], Answer], *, using: str | None = None) -> Answer:
    """What `carry_out` answers, or what it answered before. A second request waits for the first; if that one was refused,
    the second is carried out. KeyReused if the key came with another body."""
    alias = database.alias(using)
    return repeating(alias, lambda: _attempt(request, carry_out, alias))


def _attempt(request: KeyedRequest, carry_out: Callable[[], Answer], using: str) -> Answer:
    with transaction.atomic(using=using):
        while not _claim(request, using):
            if (answer := _known_answer(request, using)) is not None:
                return answer
        answer = carry_out()
        rows = IdempotencyKey.objects.using(using).by_id(request.id)
        rows.update(status=answer.status, answer=answer.text)
        return replace(answer, is_repeated=False)


def _claim(request: KeyedRequest, using: str) -> bool:
    now = clock.now(using)
    values = {
        "id": request.id,
        "partition": ids.partition_of(request.id),
        "caller": request.caller,
        "method": request.method,
        "path": request.path,
        "key": request.key,
        "body_hash": request.body_hash,
        "status": 0,
        "answer": "",
        "created": now,
        "expires": now + conf.current().idempotency_key_lifetime,
    }
    return claims.claim(IdempotencyKey, values, using)


def _known_answer(request: KeyedRequest, using: str) -> Answer | None:
    """None if the key is free again: it has expired, or the sweeper has just taken it away."""
    rows = IdempotencyKey.objects.using(using).by_id(request.id)
    if rows.expired(clock.now(using)).delete()[0]:
        return None
    found = rows.first()
    if found is None:
        return None
    if found.body_hash != request.body_hash:
        raise KeyReused(request.key)
    return Answer(status=found.status, text=found.answer, is_repeated=True)
