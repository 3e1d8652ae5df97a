"""The few columns of a user that every authenticated request looks at."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections, router

from workflow_engine.rest.prepared import Prepared

# Filled by Django when permissions are asked for; they must not outlive the request.
_PERMISSION_CACHES = ("_perm_cache", "_user_perm_cache", "_group_perm_cache")


class UserRow(NamedTuple):
    username: str
    password: str
    is_active: bool = True
    is_superuser: bool = False


def read(user: Any) -> UserRow | None:
    """The row of this user as it is now; None if it is gone."""
    model: Any = type(user)
    using = router.db_for_read(model, instance=user)
    row = _statement(model).first(using, model._meta.pk.get_db_prep_value(user.pk, connections[using]))
    if row is None:
        return None
    flags = dict(zip(_flags(model), map(bool, row[2:]), strict=True))
    return UserRow(str(row[0]), str(row[1]), **flags)


def as_user(user: Any, row: UserRow) -> Any:
    """A user of its own for one request: nothing that it learns is shared with the next."""
    fresh = object.__new__(type(user))
    fresh.__dict__.update({name: value for name, value in user.__dict__.items() if name not in _PERMISSION_CACHES})
    model: Any = type(user)
    for flag in _flags(model):
        setattr(fresh, flag, getattr(row, flag))
    return fresh


@lru_cache(maxsize=16)
def _flags(model: Any) -> tuple[str, ...]:
    """A site's own user model need not have them all."""
    names = {field.name for field in model._meta.concrete_fields}
    return tuple(name for name in ("is_active", "is_superuser") if name in names)


@lru_cache(maxsize=16)
def _statement(model: Any) -> Prepared:
    columns = (model.USERNAME_FIELD, "password", *_flags(model))
    nobody = model._meta.pk.to_python(0)
    return Prepared(lambda: model._default_manager.order_by().filter(pk=nobody).values_list(*columns), 1)
