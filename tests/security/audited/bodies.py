"""What is sent to addresses that need nothing but what is in the world anyway."""

from typing import Any

from tests.rest.hostile import World
from tests.security.audited.call import Call

CANCEL = {"instructions": [{"type": "cancel", "activityId": "human"}]}
LATER = "2030-01-01T00:00:00.000+0000"


def calls(world: World) -> dict[str, Call]:
    of_job_definition = {"definition_id": world.by_resource["job-definition"]}
    return {
        **{address: Call(body=body) for address, body in _bodies(world).items()},
        **{address: Call(query="?cascade=true") for address in (
            "DELETE /process-definition/key/<str:key>",
            "DELETE /process-definition/<str:definition_id>",
            "DELETE /deployment/<str:deployment_id>",
        )},
        **{f"PUT /job-definition/<str:definition_id>/{name}": Call(body=body, names=of_job_definition) for name, body in (
            ("suspended", {"suspended": True}),
            ("retries", {"retries": 2}),
            ("jobPriority", {"priority": 5}),
        )},
        **{f"POST /task/<str:task_id>/{name}": Call(body=body, logged=f"{logged} Task") for name, body, logged in (
            ("claim", {"userId": "u"}, "Claim"),
            ("unclaim", {}, "Assign"),
            ("assignee", {"userId": "u"}, "Assign"),
            ("delegate", {"userId": "u"}, "Delegate"),
            ("resolve", {}, "Resolve"),
            ("complete", {}, "Complete"),
        )},
    }  # fmt: skip


def _bodies(world: World) -> dict[str, dict[str, Any]]:
    instance, definition = world.names["instance_id"], world.names["definition_id"]
    value = {"value": 1, "type": "Integer"}
    chosen = {"processDefinitionId": definition, "processInstanceIds": [instance], **CANCEL}
    grant = {"type": 1, "userId": "u", "resourceType": 6, "resourceId": "other", "permissions": ["READ"]}
    return {
        "PUT /process-definition/suspended": {"processDefinitionKey": "world", "suspended": True},
        "PUT /process-definition/key/<str:key>/suspended": {"suspended": True},
        "PUT /process-definition/<str:definition_id>/suspended": {"suspended": True},
        "PUT /process-instance/suspended": {"processInstanceIds": [instance], "suspended": True},
        "POST /process-instance/job-retries": {"processInstances": [instance], "retries": 1},
        "POST /process-instance/job-retries-historic-query-based": {"processInstances": [instance], "retries": 1},
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
        "POST /user/create": {"profile": {"id": "v"}, "credentials": {"password": "kq8-Zebra-11"}},
        "PUT /user/<str:user_id>/credentials": {"password": "kq8-Zebra-11", "authenticatedUserPassword": "secret"},
        "POST /group/create": {"id": "h"},
        "POST /tenant/create": {"id": "s"},
        "POST /identity/password-policy": {"password": "kq8-Zebra-11"},
        "POST /identity/verify": {"username": "root", "password": "secret"},
        "POST /authorization/create": grant,
        "PUT /authorization/<str:authorization_id>": {**grant, "permissions": ["READ", "DELETE"]},
        "POST /filter/create": {"resourceType": "Task", "name": "g", "query": {}},
        "PUT /filter/<str:filter_id>": {"resourceType": "Task", "name": "h", "query": {}},
        "POST /filter/<str:filter_id>/count": {},
        "POST /filter/<str:filter_id>/list": {},
        "POST /filter/<str:filter_id>/singleResult": {},
        "POST /telemetry/configuration": {"enableTelemetry": True},
        "POST /history/process-instance/set-removal-time": {
            "historicProcessInstanceIds": [instance], "absoluteRemovalTime": LATER,
        },
    }  # fmt: skip
