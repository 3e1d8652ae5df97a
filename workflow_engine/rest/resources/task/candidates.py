"""List parameters about people: candidates, groups, whoever is involved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from workflow_engine.models import IdentityLink, Variable, group_profile
from workflow_engine.rest import convert
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.lookups import like
from workflow_engine.rest.listing.parameters import Arguments, Parameter, flag, option
from workflow_engine.services.identity import users

CANDIDATE_PARAMETERS = ("candidateUser", "candidateGroup", "candidateGroups", "candidateGroupLike")


def variables_of_task() -> QuerySet[Any]:
    return Variable.objects.filter(task_id=OuterRef("pk"))


def _links(condition: Q) -> Q:
    return Q(Exists(IdentityLink.objects.filter(condition, task_id=OuterRef("pk"))))


def _offered(who: Callable[[Any], Q], converter: Callable[[Any], Any] = convert.text) -> Parameter:
    """Tasks that are offered to somebody; those that somebody has taken are left out unless asked for."""

    def condition(value: Any, arguments: Arguments) -> Q:
        offered = _links(Q(type="candidate") & who(value))
        return offered if arguments.get("includeAssignedTasks") else offered & Q(assignee__isnull=True)

    return Parameter(converter, condition)


def groups_of(user_id: str) -> list[str]:
    """The site's groups of a user: candidate groups are groups of Django."""
    return list(group_profile.groups_of(users.find(user_id)).values_list("name", flat=True))


PARAMETERS: dict[str, Parameter] = {
    "candidateUser": _offered(lambda user_id: Q(user_id=user_id) | Q(group_id__in=groups_of(user_id))),
    "candidateGroup": _offered(lambda group_id: Q(group_id=group_id)),
    "candidateGroups": _offered(lambda group_ids: Q(group_id__in=group_ids), convert.text_list),
    "candidateGroupLike": _offered(lambda pattern: like("group_id", pattern)),
    "includeAssignedTasks": option(),
    "involvedUser": Parameter(
        convert.text, lambda user_id, _: _links(Q(user_id=user_id)) | Q(assignee=user_id) | Q(owner=user_id)
    ),
    "withCandidateGroups": flag(lambda: _links(Q(type="candidate", group_id__isnull=False))),
    "withoutCandidateGroups": flag(lambda: ~_links(Q(type="candidate", group_id__isnull=False))),
    "withCandidateUsers": flag(lambda: _links(Q(type="candidate", user_id__isnull=False))),
    "withoutCandidateUsers": flag(lambda: ~_links(Q(type="candidate", user_id__isnull=False))),
}


def check(arguments: Mapping[str, Any]) -> None:
    if arguments.get("candidateUser") and (arguments.get("candidateGroup") or arguments.get("candidateGroups")):
        raise RestError("Invalid query usage: cannot set both candidateUser and candidateGroup")
    if arguments.get("includeAssignedTasks"):
        asked = (
            *CANDIDATE_PARAMETERS,
            "withCandidateGroups",
            "withoutCandidateGroups",
            "withCandidateUsers",
            "withoutCandidateUsers",
        )
        if not any(arguments.get(name) for name in asked):
            raise RestError(
                "Invalid query usage: candidateUser, candidateGroup, candidateGroups, withCandidateGroups ... has to be called before includeAssignedTasks."
            )
