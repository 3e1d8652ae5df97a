"""What Camunda's permissions mean here: the one table from resource and permission name to Django's permissions.

An entry with several Django permissions gives them all. What is not in the table has no meaning in this engine, and an
authorization for it would protect nothing: making one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import cache

from django.contrib.auth import get_permission_codename, get_user_model
from django.contrib.auth.models import Group

APP = "workflow_engine"
ANY = "*"
ALL, NONE = "ALL", "NONE"


class Resource(IntEnum):
    """Camunda's resource types and their numbers."""

    APPLICATION = 0
    USER = 1
    GROUP = 2
    GROUP_MEMBERSHIP = 3
    AUTHORIZATION = 4
    FILTER = 5
    PROCESS_DEFINITION = 6
    TASK = 7
    PROCESS_INSTANCE = 8
    DEPLOYMENT = 9
    DECISION_DEFINITION = 10
    TENANT = 11
    TENANT_MEMBERSHIP = 12
    BATCH = 13
    DECISION_REQUIREMENTS_DEFINITION = 14
    REPORT = 15
    DASHBOARD = 16
    OPERATION_LOG_CATEGORY = 17
    OPTIMIZE = 18
    HISTORIC_TASK = 19
    HISTORIC_PROCESS_INSTANCE = 20
    SYSTEM = 21


# Of these one thing can be named; of all others an authorization is for "*".
WITH_RESOURCE_IDS = frozenset((Resource.PROCESS_DEFINITION, Resource.FILTER))

_READ_INSTANCE = (
    "view_processinstance", "view_execution", "view_incident", "view_eventsubscription", "view_externaltask", "view_job",
)  # fmt: skip
_UPDATE_INSTANCE = (
    "modify_instance", "suspend_instance", "set_variables", "correlate_message", "resolve_incident", "annotate_incident",
    "set_retries", "execute_job", "change_due_date", "fetch_external_task", "complete_external_task", "unlock_external_task",
)  # fmt: skip
_READ_HISTORY = (
    "view_historicprocessinstance", "view_historicactivityinstance", "view_historictaskinstance", "view_historicincident",
    "view_historicidentitylink", "view_historicexternaltasklog", "view_historicjoblog", "view_useroperationlog",
)  # fmt: skip
_READ_TASK = ("view_usertask", "view_comment", "view_attachment")
_WORK, _ASSIGN = ("complete_user_task", "write_comment", "attach_file"), ("assign_user_task",)
# There is one permission for the values of variables, wherever they are, so each of Camunda's gives it.
_READ_VARIABLE, _UPDATE_VARIABLE = ("view_variables",), ("set_variables",)
_CREATE_BATCH = (
    "CREATE", "CREATE_BATCH_MIGRATE_PROCESS_INSTANCES", "CREATE_BATCH_MODIFY_PROCESS_INSTANCES",
    "CREATE_BATCH_RESTART_PROCESS_INSTANCES", "CREATE_BATCH_DELETE_RUNNING_PROCESS_INSTANCES",
    "CREATE_BATCH_DELETE_FINISHED_PROCESS_INSTANCES", "CREATE_BATCH_SET_JOB_RETRIES", "CREATE_BATCH_SET_REMOVAL_TIME",
    "CREATE_BATCH_SET_EXTERNAL_TASK_RETRIES", "CREATE_BATCH_UPDATE_PROCESS_INSTANCES_SUSPEND",
    "CREATE_BATCH_SET_VARIABLES", "CREATE_BATCH_CORRELATE_MESSAGE",
)  # fmt: skip

_OWN: dict[Resource, dict[str, tuple[str, ...]]] = {
    Resource.PROCESS_DEFINITION: {
        "READ": ("view_processdefinition", "view_jobdefinition"),
        "UPDATE": ("suspend_definition", "set_history_time_to_live"),
        "DELETE": ("delete_deployment",),
        "SUSPEND": ("suspend_definition",),
        "CREATE_INSTANCE": ("start_process",),
        "READ_INSTANCE": _READ_INSTANCE,
        "UPDATE_INSTANCE": _UPDATE_INSTANCE,
        "DELETE_INSTANCE": ("cancel_instance",),
        "MIGRATE_INSTANCE": ("migrate_instance",),
        "SUSPEND_INSTANCE": ("suspend_instance",),
        "RETRY_JOB": ("set_retries",),
        "READ_INSTANCE_VARIABLE": _READ_VARIABLE,
        "UPDATE_INSTANCE_VARIABLE": _UPDATE_VARIABLE,
        "READ_TASK": _READ_TASK,
        "UPDATE_TASK": (*_WORK, *_ASSIGN),
        "TASK_WORK": _WORK,
        "TASK_ASSIGN": _ASSIGN,
        "READ_TASK_VARIABLE": _READ_VARIABLE,
        "UPDATE_TASK_VARIABLE": _UPDATE_VARIABLE,
        "READ_HISTORY": _READ_HISTORY,
        "READ_HISTORY_VARIABLE": _READ_VARIABLE,
        "DELETE_HISTORY": ("delete_history",),
        "UPDATE_HISTORY": ("annotate_user_operation",),
    },
    Resource.PROCESS_INSTANCE: {
        "READ": _READ_INSTANCE,
        # Camunda asks for it beside CREATE_INSTANCE of the definition, so everybody has it: alone it gives nothing.
        "CREATE": (),
        "UPDATE": _UPDATE_INSTANCE,
        "DELETE": ("cancel_instance",),
        "SUSPEND": ("suspend_instance",),
        "RETRY_JOB": ("set_retries",),
        "UPDATE_VARIABLE": _UPDATE_VARIABLE,
    },
    Resource.TASK: {
        "READ": _READ_TASK,
        "CREATE": _ASSIGN,
        "UPDATE": (*_WORK, *_ASSIGN),
        "DELETE": _ASSIGN,
        "TASK_WORK": _WORK,
        "TASK_ASSIGN": _ASSIGN,
        "READ_VARIABLE": _READ_VARIABLE,
        "UPDATE_VARIABLE": _UPDATE_VARIABLE,
        "READ_HISTORY": ("view_historictaskinstance", "view_historicidentitylink"),
    },
    Resource.DEPLOYMENT: {"READ": ("view_deployment",), "CREATE": ("deploy",), "DELETE": ("delete_deployment",)},
    Resource.HISTORIC_TASK: {"READ": ("view_historictaskinstance",), "READ_VARIABLE": _READ_VARIABLE},
    Resource.HISTORIC_PROCESS_INSTANCE: {"READ": ("view_historicprocessinstance",)},
    Resource.OPERATION_LOG_CATEGORY: {
        "READ": ("view_useroperationlog",),
        "UPDATE": ("annotate_user_operation",),
        "DELETE": ("delete_history",),
    },
    Resource.BATCH: {
        "READ": ("view_batch",),
        "READ_HISTORY": ("view_batch",),
        "UPDATE": ("suspend_batch",),
        "DELETE": ("delete_batch",),
        "DELETE_HISTORY": ("delete_batch_history",),
        # What a batch does to instances needs the permission to do it to one of them.
        **dict.fromkeys(_CREATE_BATCH, ()),
    },
    Resource.SYSTEM: {
        "READ": ("view_meterlog", "view_property", "view_schemalog"),
        "SET": ("configure_engine",),
        "DELETE": ("delete_task_metrics",),
    },
    Resource.TENANT_MEMBERSHIP: {"CREATE": ("change_tenant",), "DELETE": ("change_tenant",)},
}
_FOUR = {"READ": "view", "CREATE": "add", "UPDATE": "change", "DELETE": "delete"}


def user_permission(action: str) -> str:
    """Django's permission to view, add, change or delete users, of whatever model they are."""
    return _of_model(get_user_model(), action)


def group_permission(action: str) -> str:
    return _of_model(Group, action)


def _of_model(model: type, action: str) -> str:
    options = model._meta  # type: ignore[attr-defined]
    return f"{options.app_label}.{get_permission_codename(action, options)}"


def permissions_of(resource: Resource) -> Mapping[str, tuple[str, ...]] | None:
    """Django's permissions ("app.name") by Camunda's name, without ALL and NONE; None: nothing of this kind exists here."""
    if resource in _OWN:
        return {name: tuple(f"{APP}.{one}" for one in given) for name, given in _OWN[resource].items()}
    if resource is Resource.USER:
        return {name: (user_permission(action),) for name, action in _FOUR.items()}
    if resource is Resource.GROUP:
        return {name: (group_permission(action),) for name, action in _FOUR.items()}
    if resource is Resource.GROUP_MEMBERSHIP:
        return dict.fromkeys(("CREATE", "DELETE"), (user_permission("change"),))
    if resource in (Resource.AUTHORIZATION, Resource.FILTER, Resource.TENANT):
        return {name: (f"{APP}.{action}_{resource.name.lower()}",) for name, action in _FOUR.items()}
    return None


@cache
def django_permissions(resource: Resource, name: str) -> frozenset[str]:
    """What one of Camunda's permissions gives; nothing for a name that has no meaning for the resource."""
    table = permissions_of(resource) or {}
    return frozenset().union(*table.values()) if name == ALL else frozenset(table.get(name, ()))
