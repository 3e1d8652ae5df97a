"""Every request that changes something leaves a row that says who did it: in the user operation log, or the reason is told here.

All addresses are walked with a body that gets them far; whatever they change is undone. A new address has to be logged,
excused, or made reachable.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from tests.rest.conftest import Api
from tests.rest.hostile import Address, World, addresses, fields_of, undone
from workflow_engine.models import UserOperationLog
from workflow_engine.rest.listing.views import QueryView

WORK = "a worker's own work: the external task log says which worker, the row which lock"
HISTORY = "the work itself and no change of it: in the history of the instance, with who started it"
EXCUSED = {
    **dict.fromkeys((
        "POST /external-task/fetchAndLock",
        *(f"POST /external-task/<str:task_id>/{name}" for name in ("complete", "failure", "bpmnError", "extendLock", "lock")),
        *(f"POST /external-task/{name}-many" for name in ("complete", "failure", "extendLock")),
    ), WORK),
    **dict.fromkeys((
        "POST /process-definition/key/<str:key>/start",
        "POST /process-definition/<str:definition_id>/start",
        "POST /process-instance/start-many",
        "POST /process-definition/key/<str:key>/submit-form",
        "POST /process-definition/<str:definition_id>/submit-form",
        "POST /task/<str:task_id>/bpmnError",
        "POST /message",
        "POST /signal",
        "POST /execution/<str:execution_id>/signal",
        "POST /execution/<str:execution_id>/messageSubscriptions/<path:message_name>/trigger",
    ), HISTORY),
    "POST /task/<str:task_id>/comment/create": "the comment itself says who wrote it, and when",
}  # fmt: skip
# They need another world than this one (files, ended instances, batches, tenants' definitions), or change nothing at all.
UNREACHED = {
    "DELETE /batch/<str:batch_id>",
    "DELETE /history/batch/<str:batch_id>",
    "DELETE /history/process-instance/<str:instance_id>",
    "DELETE /incident/<str:incident_id>",
    "DELETE /process-definition/key/<str:key>/tenant-id/<str:tenant_id>",
    "DELETE /task/<str:task_id>",
    "DELETE /task/<str:task_id>/attachment/<str:attachment_id>",
    "POST /condition",
    "POST /deployment/create",
    "POST /execution/<str:execution_id>/localVariables/<str:name>/data",
    "POST /filter/<str:filter_id>/count",
    "POST /filter/<str:filter_id>/list",
    "POST /filter/<str:filter_id>/singleResult",
    "POST /history/batch/set-removal-time",
    "POST /history/process-instance/delete",
    "POST /identity/password-policy",
    "POST /identity/verify",
    "POST /job/<str:job_id>/duedate/recalculate",
    "POST /migration/execute",
    "POST /process-definition/<str:definition_id>/restart",
    "POST /process-definition/<str:definition_id>/restart-async",
    "POST /process-definition/key/<str:key>/tenant-id/<str:tenant_id>/start",
    "POST /process-definition/key/<str:key>/tenant-id/<str:tenant_id>/submit-form",
    "POST /process-instance/<str:instance_id>/variables/<str:name>/data",
    "POST /process-instance/job-retries-historic-query-based",
    "POST /task/<str:task_id>/attachment/create",
    "POST /task/<str:task_id>/bpmnEscalation",
    "POST /task/<str:task_id>/identity-links/delete",
    "POST /task/<str:task_id>/localVariables/<str:name>/data",
    "POST /task/<str:task_id>/variables/<str:name>/data",
    "POST /telemetry/configuration",
    "PUT /batch/<str:batch_id>/suspended",
    "PUT /history/user-operation/<str:operation_id>/clear-annotation",
    "PUT /history/user-operation/<str:operation_id>/set-annotation",
    "PUT /process-definition/key/<str:key>/tenant-id/<str:tenant_id>/history-time-to-live",
    "PUT /process-definition/key/<str:key>/tenant-id/<str:tenant_id>/suspended",
    "PUT /process-instance/<str:instance_id>/comment",
    "PUT /task/<str:task_id>/comment",
}
CANCEL = {"instructions": [{"type": "cancel", "activityId": "human"}]}


def bodies(world: World) -> dict[str, dict[str, Any]]:
    """For addresses that a plausible body does not satisfy."""
    instance, definition = world.names["instance_id"], world.names["definition_id"]
    value, later = {"value": 1, "type": "Integer"}, "2030-01-01T00:00:00.000+0000"
    chosen = {"processDefinitionId": definition, "processInstanceIds": [instance], **CANCEL}
    grant = {"type": 1, "userId": "u", "resourceType": 6, "resourceId": "other", "permissions": ["READ"]}
    fetch = {"workerId": "x", "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 1000}]}
    return {
        "POST /external-task/fetchAndLock": fetch,
        "PUT /process-definition/suspended": {"processDefinitionKey": "world", "suspended": True},
        "PUT /process-definition/key/<str:key>/suspended": {"suspended": True},
        "PUT /process-definition/<str:definition_id>/suspended": {"suspended": True},
        "PUT /process-instance/suspended": {"processInstanceIds": [instance], "suspended": True},
        "POST /process-instance/job-retries": {"processInstances": [instance], "retries": 1},
        "POST /process-instance/<str:instance_id>/modification": CANCEL,
        "POST /process-instance/<str:instance_id>/modification-async": CANCEL,
        "POST /modification/execute": chosen,
        "POST /modification/executeAsync": chosen,
        "PUT /process-instance/<str:instance_id>/variables/<str:name>": value,
        "PUT /execution/<str:execution_id>/localVariables/<str:name>": value,
        "PUT /task/<str:task_id>/variables/<str:name>": value,
        "PUT /task/<str:task_id>/localVariables/<str:name>": value,
        "POST /task/<str:task_id>/identity-links": {"userId": "u", "type": "candidate"},
        "POST /task/<str:task_id>/comment/create": {"message": "x"},
        "PUT /job/suspended": {"processInstanceId": instance, "suspended": True},
        "POST /job/retries": {"jobIds": [world.by_resource["job"]], "retries": 1},
        "PUT /job-definition/suspended": {"processDefinitionKey": "world", "suspended": True},
        "PUT /job-definition/<str:definition_id>/suspended": {"suspended": True},
        "PUT /job-definition/<str:definition_id>/retries": {"retries": 2},
        "PUT /job-definition/<str:definition_id>/jobPriority": {"priority": 5},
        "POST /user/create": {"profile": {"id": "v"}, "credentials": {"password": "kq8-Zebra-11"}},
        "PUT /user/<str:user_id>/credentials": {"password": "kq8-Zebra-11", "authenticatedUserPassword": "secret"},
        "POST /group/create": {"id": "h"},
        "POST /tenant/create": {"id": "s"},
        "POST /authorization/create": grant,
        "PUT /authorization/<str:authorization_id>": {**grant, "permissions": ["READ", "DELETE"]},
        "POST /filter/create": {"resourceType": "Task", "name": "g", "query": {}},
        "PUT /filter/<str:filter_id>": {"resourceType": "Task", "name": "h", "query": {}},
        "POST /history/process-instance/set-removal-time": {
            "historicProcessInstanceIds": [instance], "absoluteRemovalTime": later,
        },
    }  # fmt: skip


QUERIES = {
    "DELETE /process-definition/key/<str:key>": "?cascade=true",
    "DELETE /process-definition/<str:definition_id>": "?cascade=true",
    "DELETE /deployment/<str:deployment_id>": "?cascade=true",
}


def contents() -> dict[str, list[str]]:
    every = [model for model in apps.get_app_config("workflow_engine").get_models() if not model._meta.proxy]
    return {
        model.__name__: sorted(map(repr, model._base_manager.values_list()))
        for model in [*every, get_user_model(), Group]
    }


def outcome(world: World, address: Address, monkeypatch: Any) -> str:
    body = None
    if address.method != "DELETE":
        known = bodies(world).get(str(address))
        found = fields_of(world, address, monkeypatch) if known is None else known
        body = {name: value for name, value in found.items() if value is not None}
    path = world.path(address)
    if address.pattern.startswith("job-definition/<"):
        path = path.replace(world.names["definition_id"], world.by_resource["job-definition"])
    with undone():
        before = contents()
        answer = world.api.call(address.method, path + QUERIES.get(str(address), ""), body)
        after = contents()
    changed = {name for name in after if after[name] != before[name]}
    if answer.status >= 300:
        return "refused"
    if not changed:
        return "changes nothing"
    new = set(after[UserOperationLog.__name__]) - set(before[UserOperationLog.__name__])
    assert all("'root'" in row for row in new), (str(address), new)
    return "logged" if new else "not logged"


def test_every_change_is_logged_with_who_did_it(
    api: Api, monkeypatch: Any, counted: Callable[[str, int], None]
) -> None:
    world, outcomes = World(api), defaultdict(set)
    for address in addresses("POST", "PUT", "PATCH", "DELETE"):
        if not issubclass(address.view, QueryView):
            outcomes[outcome(world, address, monkeypatch)].add(str(address))
    assert outcomes["not logged"] <= set(EXCUSED), sorted(outcomes["not logged"] - set(EXCUSED))
    assert outcomes["refused"] <= UNREACHED, sorted(outcomes["refused"] - UNREACHED)
    counted("changing addresses that are logged", len(outcomes["logged"]))
    assert len(outcomes["logged"]) >= 90
