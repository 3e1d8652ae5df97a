"""Addresses that need more than the world has: something that has ended, waits, belongs to a tenant, or is a file."""

import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.rest.conftest import process, user_task_process
from tests.rest.hostile import MODEL, World
from tests.security.audited.bodies import LATER
from tests.security.audited.call import Call, Prepare

TENANTS = "/process-definition/key/<str:key>/tenant-id/<str:tenant_id>"
VALUE_OF = "/<str:name>/data"
FLOW = '<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f" sourceRef="start" targetRef="{}"/>'
ESCALATING = process(
    "escalating",
    FLOW.format("scope")
    + """<bpmn:subProcess id="scope"><bpmn:startEvent id="begin"/><bpmn:sequenceFlow id="g" sourceRef="begin" targetRef="ask"/>
    <bpmn:userTask id="ask"/></bpmn:subProcess><bpmn:boundaryEvent id="caught" attachedToRef="scope"><bpmn:escalationEventDefinition
    escalationRef="e"/></bpmn:boundaryEvent><bpmn:sequenceFlow id="h" sourceRef="caught" targetRef="after"/><bpmn:userTask id="after"/>""",
).replace("<bpmn:process id", '<bpmn:escalation id="e" escalationCode="late"/><bpmn:process id')
TIMED = process(
    "timed",
    FLOW.format("wait")
    + """<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression"
    >P1D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>""",
)
CONDITIONAL = process(
    "conditional",
    """<bpmn:startEvent id="start"><bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">${v == 1}
    </bpmn:condition></bpmn:conditionalEventDefinition></bpmn:startEvent>
    <bpmn:sequenceFlow id="f" sourceRef="start" targetRef="ask"/><bpmn:userTask id="ask"/>""",
)
SIGNALLED = process(
    "signalled",
    FLOW.format("wait")
    + """<bpmn:intermediateCatchEvent id="wait"><bpmn:signalEventDefinition signalRef="s"/></bpmn:intermediateCatchEvent>""",
).replace("<bpmn:process id", '<bpmn:signal id="s" name="green"/><bpmn:process id')


def started(world: World, model: str, key: str) -> dict[str, Any]:
    world.api.deploy(model).ok()
    return world.api.start(key)


def task_of(world: World, instance: dict[str, Any]) -> str:
    return world.one(f"/task?processInstanceId={instance['id']}")


def ended(world: World) -> str:
    instance = world.names["instance_id"]
    world.api.delete(f"/process-instance/{instance}").ok()
    return instance


# -- batches and history ---------------------------------------------------------------------------------------------


def batch(world: World) -> str:
    body = {"processInstanceIds": [world.names["instance_id"]]}
    return str(world.api.post("/process-instance/delete", body).ok()["id"])


def batch_suspended(world: World) -> Call:
    return Call(names={"batch_id": batch(world)}, body={"suspended": True}, logged="SuspendBatch Batch")


def batch_deleted(world: World) -> Call:
    return Call(names={"batch_id": batch(world)}, logged="Delete Batch")


def batch_history_deleted(world: World) -> Call:
    over = batch(world)
    world.api.delete(f"/batch/{over}").ok()
    return Call(names={"batch_id": over}, logged="DeleteHistory Batch")


def batch_removal_time(world: World) -> Call:
    body = {"historicBatchIds": [batch(world)], "absoluteRemovalTime": LATER}
    return Call(body=body, logged="SetRemovalTime Batch")


def history_deleted(world: World) -> Call:
    return Call(names={"instance_id": ended(world)}, logged="DeleteHistory ProcessInstance")


def history_deleted_async(world: World) -> Call:
    return Call(body={"historicProcessInstanceIds": [ended(world)]}, logged="DeleteHistory ProcessInstance")


def operation(world: World) -> str:
    world.api.put(f"/process-instance/{world.names['instance_id']}/suspended", {"suspended": True}).ok()
    [found] = world.api.get("/history/user-operation?operationType=Suspend").ok()
    return str(found["operationId"])


def annotated(world: World) -> Call:
    names = {"operation_id": operation(world)}
    return Call(names=names, body={"annotation": "seen"}, logged="SetAnnotation OperationLog")


def annotation_cleared(world: World) -> Call:
    names = {"operation_id": operation(world)}
    world.api.put(f"/history/user-operation/{names['operation_id']}/set-annotation", {"annotation": "seen"}).ok()
    return Call(names=names, body={}, logged="ClearAnnotation OperationLog")


# -- definitions -----------------------------------------------------------------------------------------------------


def deployed(world: World) -> Call:
    parts = {"deployment-name": "more", "data": SimpleUploadedFile("timed.bpmn", TIMED.encode())}
    return Call(form=parts, logged="Create Deployment")


def of_a_tenant(**call: Any) -> Prepare:
    def prepare(world: World) -> Call:
        world.api.deploy(MODEL, **{"tenant-id": "t"}).ok()
        return Call(**call)

    return prepare


def migrated(world: World) -> Call:
    instance = started(world, user_task_process("moving"), "moving")
    world.api.deploy(user_task_process("moving", 'camunda:priority="7"')).ok()
    source, target = (
        world.one(f"/process-definition?key=moving&version={version}") for version in (1, 2)
    )  # fmt: skip
    same = {"sourceActivityIds": ["approve"], "targetActivityIds": ["approve"], "updateEventTrigger": False}
    plan = {"sourceProcessDefinitionId": source, "targetProcessDefinitionId": target, "instructions": [same]}
    body = {"migrationPlan": plan, "processInstanceIds": [instance["id"]]}
    return Call(body=body, logged="Migrate ProcessInstance")


def restarted(world: World) -> Call:
    first = {"type": "startBeforeActivity", "activityId": "human"}
    body = {"processInstanceIds": [ended(world)], "instructions": [first]}
    return Call(body=body, logged="RestartProcessInstance ProcessInstance")


def condition(world: World) -> Call:
    world.api.deploy(CONDITIONAL).ok()
    return Call(body={"variables": {"v": {"value": 1}}})


def signal(world: World) -> Call:
    started(world, SIGNALLED, "signalled")
    return Call(body={"name": "green"})


# -- tasks, incidents, jobs, people ----------------------------------------------------------------------------------


def standalone_deleted(world: World) -> Call:
    task = str(uuid.uuid4())
    world.api.post("/task/create", {"id": task}).ok()
    return Call(names={"task_id": task}, logged="Delete Task")


def escalated(world: World) -> Call:
    task = task_of(world, started(world, ESCALATING, "escalating"))
    return Call(names={"task_id": task}, body={"escalationCode": "late"})


def link_deleted(world: World) -> Call:
    link = {"userId": "u", "type": "candidate"}
    world.api.post(f"/task/{world.by_resource['task']}/identity-links", link).ok()
    return Call(body=link, logged="DeleteUserLink IdentityLink")


def attached(world: World) -> Call:
    parts = {"attachment-name": "a", "content": SimpleUploadedFile("a.txt", b"a")}
    return Call(form=parts, logged="AddAttachment Attachment")


def attachment_deleted(world: World) -> Call:
    path = f"/task/{world.by_resource['task']}/attachment/create"
    found = world.api.form(path, {"attachment-name": "a", "url": "https://example.org"}).ok()
    return Call(names={"attachment_id": found["id"]}, logged="DeleteAttachment Attachment")


def comment_changed(world: World) -> Call:
    body = {"message": "x", "processInstanceId": world.names["instance_id"]}
    found = world.api.post(f"/task/{world.by_resource['task']}/comment/create", body).ok()
    return Call(body={"id": found["id"], "message": "y"}, logged="UpdateComment Comment")


def file_set(world: World) -> Call:
    parts = {"data": SimpleUploadedFile("a.txt", b"a", content_type="text/plain"), "valueType": "File"}
    return Call(form=parts, logged="SetVariable Variable")


def incident_resolved(world: World) -> Call:
    path = f"/execution/{world.by_resource['execution']}/create-incident"
    found = world.api.post(path, {"incidentType": "ours", "configuration": "x"}).ok()
    return Call(names={"incident_id": found["id"]}, logged="Resolve ProcessInstance")


def recalculated(world: World) -> Call:
    instance = started(world, TIMED, "timed")
    return Call(
        names={"job_id": world.one(f"/job?processInstanceId={instance['id']}")}, logged="RecalculateDueDate Job"
    )


def fetched(world: World) -> Call:
    world.api.post(f"/external-task/{world.by_resource['external-task']}/unlock").ok()
    return Call(body=world.fetch("work"))


def unlocked(world: World) -> Call:
    """Being inactive is the only lock that Django's users have."""
    get_user_model().objects.filter(username="u").update(is_active=False)
    return Call(logged="Unlock User")


PREPARED: dict[str, Prepare] = {
    "DELETE /batch/<str:batch_id>": batch_deleted,
    "PUT /batch/<str:batch_id>/suspended": batch_suspended,
    "DELETE /history/batch/<str:batch_id>": batch_history_deleted,
    "POST /history/batch/set-removal-time": batch_removal_time,
    "DELETE /history/process-instance/<str:instance_id>": history_deleted,
    "POST /history/process-instance/delete": history_deleted_async,
    "PUT /history/user-operation/<str:operation_id>/clear-annotation": annotation_cleared,
    "PUT /history/user-operation/<str:operation_id>/set-annotation": annotated,
    "POST /deployment/create": deployed,
    f"DELETE {TENANTS}": of_a_tenant(logged="Delete ProcessDefinition"),
    f"PUT {TENANTS}/suspended": of_a_tenant(
        body={"suspended": True}, logged="SuspendProcessDefinition ProcessDefinition"
    ),
    f"PUT {TENANTS}/history-time-to-live": of_a_tenant(
        body={"historyTimeToLive": 5}, logged="UpdateHistoryTimeToLive ProcessDefinition"
    ),
    f"POST {TENANTS}/start": of_a_tenant(body={}),
    f"POST {TENANTS}/submit-form": of_a_tenant(body={}),
    "POST /migration/execute": migrated,
    "POST /process-definition/<str:definition_id>/restart": restarted,
    "POST /process-definition/<str:definition_id>/restart-async": restarted,
    "POST /condition": condition,
    "POST /signal": signal,
    "DELETE /task/<str:task_id>": standalone_deleted,
    "POST /task/<str:task_id>/bpmnEscalation": escalated,
    "POST /task/<str:task_id>/identity-links/delete": link_deleted,
    "POST /task/<str:task_id>/attachment/create": attached,
    "DELETE /task/<str:task_id>/attachment/<str:attachment_id>": attachment_deleted,
    "PUT /task/<str:task_id>/comment": comment_changed,
    "PUT /process-instance/<str:instance_id>/comment": comment_changed,
    f"POST /task/<str:task_id>/variables{VALUE_OF}": file_set,
    f"POST /task/<str:task_id>/localVariables{VALUE_OF}": file_set,
    f"POST /execution/<str:execution_id>/localVariables{VALUE_OF}": file_set,
    f"POST /process-instance/<str:instance_id>/variables{VALUE_OF}": file_set,
    "DELETE /incident/<str:incident_id>": incident_resolved,
    "POST /job/<str:job_id>/duedate/recalculate": recalculated,
    "POST /external-task/fetchAndLock": fetched,
    "POST /user/<str:user_id>/unlock": unlocked,
}
