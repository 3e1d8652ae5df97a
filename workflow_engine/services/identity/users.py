"""Users of the site, whatever model the site uses for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError

from workflow_engine.engine.errors import BadInput
from workflow_engine.services.errors import AlreadyExists, Conflict
from workflow_engine.services.identity.log import log
from workflow_engine.services.identity.rights import check_has, rights_of_user
from workflow_engine.services.who import name_of
from workflow_engine.store import database

ENTITY = "User"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None


def profile_fields() -> dict[str, str | None]:
    """The fields of the site's user model that hold a profile; None where it has no such field."""
    model: Any = get_user_model()
    email = model.get_email_field_name() if hasattr(model, "get_email_field_name") else "email"
    wanted = {"first_name": "first_name", "last_name": "last_name", "email": email}
    return {name: column if _has(model, column) else None for name, column in wanted.items()}


def find(user_id: str) -> Any | None:
    model: Any = get_user_model()
    return model._default_manager.filter(**{model.USERNAME_FIELD: user_id}).first()


def create(user_id: str, profile: Profile, password: str | None, *, user: Any = None) -> Any:
    """A user without any permission; without a password he cannot log in until he gets one."""
    model: Any = get_user_model()
    new = model(**{model.USERNAME_FIELD: model.normalize_username(user_id)})
    _set_profile(new, profile)
    if password is None:
        new.set_unusable_password()
    else:
        _set_password(new, password)
    if find(new.get_username()) is not None:
        raise AlreadyExists("The user already exists")
    _check(new)
    try:
        with transaction.atomic(using=database.alias()):
            new.save()
            log("Create", ENTITY, user, userId=new.get_username())
    except IntegrityError:
        raise AlreadyExists("The user already exists") from None
    return new


def change_profile(target: Any, profile: Profile, *, user: Any = None) -> None:
    """Everybody may change his own; with the address of another one could have his password sent to oneself."""
    _check_may_take_over(user, target)
    changed = _set_profile(target, profile)
    _check(target)
    with transaction.atomic(using=database.alias()):
        target.save(update_fields=changed)
        log("Update", ENTITY, user, userId=target.get_username())


def change_password(target: Any, password: str, *, user: Any = None) -> None:
    _check_may_take_over(user, target)
    _set_password(target, password)
    with transaction.atomic(using=database.alias()):
        target.save(update_fields=["password"])
        log("Update", ENTITY, user, userId=target.get_username())


def unlock(target: Any, *, user: Any = None) -> None:
    """Makes a user active again: being inactive is the only lock that Django's users have."""
    _check_may_take_over(user, target)
    if not _has(type(target), "is_active") or target.is_active:
        return
    target.is_active = True
    with transaction.atomic(using=database.alias()):
        target.save(update_fields=["is_active"])
        log("Unlock", ENTITY, user, userId=target.get_username())


def delete(target: Any, *, user: Any = None) -> None:
    _check_may_take_over(user, target)
    user_id = target.get_username()
    try:
        with transaction.atomic(using=database.alias()):
            target.delete()
            log("Delete", ENTITY, user, userId=user_id)
    except (ProtectedError, RestrictedError):
        raise Conflict(f"Cannot delete user '{user_id}': other data of this site still refers to it.") from None


def _check_may_take_over(actor: Any, target: Any) -> None:
    refused = f"Cannot change user '{target.get_username()}'"
    credential = getattr(actor, "credential", None)
    if credential is not None and credential.user_id == target.pk:
        raise PermissionDenied(f"{refused}: a worker credential is not its user.")
    if hasattr(actor, "has_perm") and name_of(actor) != target.get_username():
        check_has(actor, rights_of_user(target), refused)


def _set_profile(target: Any, profile: Profile) -> list[str]:
    """The names of the fields that were set."""
    changed = []
    for name, column in profile_fields().items():
        value = getattr(profile, name)
        if column is None:
            if value:
                raise BadInput(f"The users of this site have no field for the {name.replace('_', ' ')}.")
            continue
        if column == target.USERNAME_FIELD:
            if value and value != target.get_username():
                raise BadInput(
                    f"The {name.replace('_', ' ')} is the login name of this site's users: it cannot be another one."
                )
            continue
        setattr(target, column, value if value is not None or type(target)._meta.get_field(column).null else "")
        changed.append(column)
    return changed


def _set_password(target: Any, password: str) -> None:
    try:
        validate_password(password, target)
    except ValidationError as error:
        raise BadInput(f"The password was refused: {' '.join(error.messages)}") from None
    target.set_password(password)


def _check(target: Any) -> None:
    try:
        target.full_clean()
    except ValidationError as error:
        reasons = [f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items()]
        raise BadInput(f"The user was refused: {' '.join(reasons)}") from None


def _has(model: Any, name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
