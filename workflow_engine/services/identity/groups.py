"""Groups of the site and who belongs to them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from workflow_engine.engine.errors import BadInput
from workflow_engine.models import GroupProfile
from workflow_engine.services.errors import AlreadyExists
from workflow_engine.services.identity.log import log
from workflow_engine.services.identity.rights import check_has, rights_of_group, rights_of_user
from workflow_engine.store import database

ENTITY, MEMBERSHIP = "Group", "Group membership"


def find(group_id: str) -> Group | None:
    return Group.objects.filter(name=group_id).first()


def create(group_id: str, name: str | None, group_type: str | None, *, user: Any = None) -> Group:
    """A group without any permission."""
    if find(group_id) is not None:
        raise AlreadyExists("The group already exists")
    group = Group(name=group_id)
    try:
        group.full_clean()
    except ValidationError as error:
        raise BadInput(f"The group was refused: {' '.join(error.messages)}") from None
    try:
        with transaction.atomic(using=database.alias()):
            group.save()
            GroupProfile.objects.create(group=group, name=name, type=group_type)
            log("Create", ENTITY, user, groupId=group_id)
    except IntegrityError:
        raise AlreadyExists("The group already exists") from None
    return group


def change(group: Group, name: str | None, group_type: str | None, *, user: Any = None) -> None:
    """Name and type; what identifies a group, and what it may do, stays as it is."""
    with transaction.atomic(using=database.alias()):
        GroupProfile.objects.update_or_create(group=group, defaults={"name": name, "type": group_type})
        log("Update", ENTITY, user, groupId=group.name)


def delete(group: Group, *, user: Any = None) -> None:
    # With the group goes what was revoked for it.
    check_has(user, rights_of_group(group), f"Cannot delete group '{group.name}'")
    with transaction.atomic(using=database.alias()):
        group.delete()
        log("Delete", ENTITY, user, groupId=group.name)


def add_member(group: Group, member: Any, *, user: Any = None) -> None:
    """Being a member already is no mistake."""
    groups = _groups_of(group, member, user)
    with transaction.atomic(using=database.alias()):
        groups.add(group)
        log("Create", MEMBERSHIP, user, userId=member.get_username(), groupId=group.name)


def remove_member(group: Group, member: Any, *, user: Any = None) -> None:
    """Being no member is no mistake."""
    groups = _groups_of(group, member, user)
    with transaction.atomic(using=database.alias()):
        groups.remove(group)
        log("Delete", MEMBERSHIP, user, userId=member.get_username(), groupId=group.name)


def _groups_of(group: Group, member: Any, actor: Any) -> Any:
    refused = f"Cannot change the members of group '{group.name}'"
    groups = getattr(member, "groups", None)
    if groups is None:
        raise BadInput(f"{refused}: the users of this site have no groups.")
    check_has(actor, rights_of_group(group), refused)
    if getattr(member, "is_superuser", False):
        check_has(actor, rights_of_user(member), refused)
    return groups
