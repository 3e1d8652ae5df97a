"""Tenants, permissions for one definition, verbs of worker credentials: what callers see, fetch, correlate and may not touch."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext

from tests.rest.conftest import Api, basic, external_task_process, message_process, person, user_task_process
from workflow_engine import signals
from workflow_engine.models import Authorization, AuthorizationType, ProcessDefinition, WorkerCredential
from workflow_engine.services import credentials, runtime, tenants
from workflow_engine.services.authorization.resources import Resource
from workflow_engine.services.granted import Granted
from workflow_engine.services.visibility import Visibility


def worker(name: str, **options: Any) -> Api:
    return Api(f"Bearer {credentials.issue(name, **options)[1]}")


def grant(name: str, key: str, *permissions: str) -> None:
    Authorization.objects.create(
        type=AuthorizationType.GRANT,
        user=get_user_model().objects.get(username=name),
        resource_type=Resource.PROCESS_DEFINITION,
        resource_id=key,
        permissions=list(permissions),
    )


def tenant_task(api: Api, tenant: str, key: str = "labour", topic: str = "t") -> str:
    fields = {"tenant-id": tenant} if tenant else {}
    (definition,) = api.deploy(external_task_process(key, topic), **fields).ok()["deployedProcessDefinitions"]
    api.post(f"/process-definition/{definition}/start").ok()
    (task,) = api.get(f"/external-task?processDefinitionId={definition}").ok()
    return str(task["id"])


def fetched(api: Api, topic: str = "t", **more: Any) -> list[str]:
    body = {"workerId": "w", "maxTasks": 10, "topics": [{"topicName": topic, "lockDuration": 60_000, **more}]}
    return [task["tenantId"] or "" for task in api.post("/external-task/fetchAndLock", body).ok()]


def test_fetching_hands_out_tasks_of_ones_tenants_and_of_none(api: Api) -> None:
    for tenant in ("", "acme", "other"):
        tenant_task(api, tenant)
    assert sorted(fetched(worker("w1", tenant_ids=["acme"]))) == ["", "acme"]
    assert fetched(worker("w2")) == []
    assert fetched(person("p", "fetch_external_task", tenants=("acme",))) == []
    assert fetched(person("q", "fetch_external_task", tenants=("other",))) == ["other"]


def test_foreign_tasks_do_not_use_up_what_a_worker_may_have(api: Api) -> None:
    for number in range(5):
        tenant_task(api, "acme", key=f"work{number}")
    tenant_task(api, "other", key="last")
    body = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "t", "lockDuration": 60_000}]}
    (task,) = worker("w", tenant_ids=["other"]).post("/external-task/fetchAndLock", body).ok()
    assert task["tenantId"] == "other"
    # Nobody holds what was only looked at.
    assert fetched(worker("v", tenant_ids=["acme"])) == ["acme"] * 5


@pytest.mark.parametrize("action", ["complete", "failure", "bpmnError", "extendLock", "lock"])
def test_a_foreign_task_is_as_good_as_none(api: Api, action: str) -> None:
    task_id = tenant_task(api, "acme")
    fetched(api)
    body = {"workerId": "w", "errorCode": "e", "newDuration": 1000, "lockDuration": 1000}
    stranger = worker("w", tenant_ids=["other"])
    found = stranger.post(f"/external-task/{task_id}/{action}", body)
    unknown = task_id[:-4] + "0000"
    missing = stranger.post(f"/external-task/{unknown}/{action}", body)
    assert found.refused(404).replace(task_id, unknown) == missing.refused(404)
    api.post(f"/external-task/{task_id}/{action}", body).ok()


def test_who_belongs_to_no_tenant_sees_what_has_none(api: Api) -> None:
    tenant_task(api, "", key="free")
    tenant_task(api, "acme", key="bound")
    caller = person("p", "view_processdefinition")
    assert [row["key"] for row in caller.get("/process-definition").ok()] == ["free"]
    assert caller.get("/process-definition/count").ok() == {"count": 1}
    assert [row["definition"]["key"] for row in caller.get("/process-definition/statistics").ok()] == ["free"]
    everything = person("q", "view_processdefinition", "see_all_tenants")
    assert everything.get("/process-definition/count").ok() == {"count": 2}
    with override_settings(WORKFLOW_ENGINE={"TENANT_CHECKS": False}):
        assert caller.get("/process-definition/count").ok() == {"count": 2}


def test_one_deploys_and_starts_for_ones_own_tenants(api: Api) -> None:
    caller = person("p", "deploy", "start_process", tenants=("acme",))
    model = external_task_process("own", "t")
    assert "other" in caller.deploy(model, **{"tenant-id": "other"}).refused(403)
    assert ProcessDefinition.objects.count() == 0
    for fields in ({"tenant-id": "acme"}, {}):
        caller.deploy(model, **fields).ok()
    api.deploy(model, **{"tenant-id": "other"}).ok()
    caller.post("/process-definition/key/own/start").ok()
    caller.post("/process-definition/key/own/tenant-id/acme/start").ok()
    foreign = caller.post("/process-definition/key/own/tenant-id/other/start").refused(404)
    assert foreign == caller.post("/process-definition/key/own/tenant-id/never/start").refused(404).replace(
        "never", "other"
    )
    definition = ProcessDefinition.objects.get(tenant_id="other")
    assert definition.pk in caller.post(f"/process-definition/{definition.pk}/start").refused(404)


def test_messages_and_signals_reach_ones_own_tenants(api: Api) -> None:
    for tenant in ("acme", "other"):
        api.deploy(message_process("go"), **{"tenant-id": tenant}).ok()
    caller = person("p", "correlate_message", tenants=("acme",))
    # Two definitions wait for it, of which the caller knows one.
    assert "2 process definitions" in api.post("/message", {"messageName": "go"}).refused(400)
    (result,) = caller.post("/message", {"messageName": "go", "resultEnabled": True}).ok()
    assert result["processInstance"]["tenantId"] == "acme"
    caller.post("/message", {"messageName": "go", "tenantId": "other"}).refused(400)
    caller.post("/message", {"messageName": "go", "all": True}).ok()
    assert api.get("/process-instance/count?tenantIdIn=other").ok() == {"count": 0}
    assert api.get("/process-instance/count?tenantIdIn=acme").ok() == {"count": 2}


def test_a_permission_for_one_definition(api: Api) -> None:
    api.deploy(user_task_process("mine"), user_task_process("theirs")).ok()
    mine, theirs = api.start("mine")["id"], api.start("theirs")["id"]
    caller = person("p", "view_usertask")
    grant("p", "mine", "READ", "READ_INSTANCE", "CREATE_INSTANCE", "DELETE_INSTANCE")
    assert [row["id"] for row in caller.get("/process-instance").ok()] == [mine]
    caller.get(f"/process-instance/{mine}").ok()
    caller.get(f"/process-instance/{theirs}").refused(404)
    caller.delete(f"/process-instance/{theirs}").refused(404)
    caller.post("/process-definition/key/theirs/start").refused(404)
    caller.post("/process-definition/key/mine/start").ok()
    # What it may see but not change.
    caller.put(f"/process-instance/{mine}/suspended", {"suspended": True}).refused(403)
    caller.delete(f"/process-instance/{mine}").ok()
    # A deployment is seen as a whole.
    assert caller.get("/deployment").refused(403)


def test_what_one_may_see_but_not_change_is_forbidden_and_not_hidden(api: Api) -> None:
    api.deploy(user_task_process("mine"), user_task_process("theirs")).ok()
    mine, theirs = api.start("mine")["id"], api.start("theirs")["id"]
    caller = person("p", "view_processinstance")
    grant("p", "mine", "DELETE_INSTANCE")
    assert "cancel_instance" in caller.delete(f"/process-instance/{theirs}").refused(403)
    caller.delete(f"/process-instance/{mine}").ok()


def test_commands_on_many_leave_out_what_one_may_not_see(api: Api) -> None:
    api.deploy(user_task_process("mine"), user_task_process("theirs")).ok()
    api.start("mine"), api.start("theirs")
    person("p")
    grant("p", "mine", "SUSPEND_INSTANCE")
    caller = Api(basic("p", "secret"))
    for key in ("mine", "theirs"):
        caller.put("/process-instance/suspended", {"processDefinitionKey": key, "suspended": True}).ok()
    suspended = api.get("/process-instance?suspended=true").ok()
    assert [row["definitionKey"] for row in suspended] == ["mine"]


class OwnersOfDefinitions(ModelBackend):
    """Stands for an object-permission back end: user "owner" may start what is called "owned"."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if isinstance(obj, ProcessDefinition):
            is_owner = user_obj.get_username() == "owner" and obj.key == "owned"
            return is_owner and perm in ("workflow_engine.start_process", "workflow_engine.view_processdefinition")
        return super().has_perm(user_obj, perm, obj)


def test_backends_that_know_objects(api: Api) -> None:
    api.deploy(user_task_process("owned"), user_task_process("others")).ok()
    with override_settings(AUTHENTICATION_BACKENDS=[f"{__name__}.OwnersOfDefinitions"]):
        caller = person("owner")
        assert [row["key"] for row in caller.get("/process-definition").ok()] == ["owned"]
        caller.get("/process-definition/key/owned").ok()
        caller.get("/process-definition/key/others").refused(404)
        caller.post("/process-definition/key/owned/start").ok()
        caller.post("/process-definition/key/others/start").refused(404)
        caller.get("/process-instance").refused(403)


VERBS = {
    "fetchAndLock": "/external-task/fetchAndLock", "lock": "/external-task/{}/lock", "complete": "/external-task/{}/complete",
    "failure": "/external-task/{}/failure", "bpmnError": "/external-task/{}/bpmnError",
    "extendLock": "/external-task/{}/extendLock", "unlock": "/external-task/{}/unlock", "read": "/external-task",
    "message": "/message", "signal": "/signal", "start": "/process-definition/key/labour/start",
}  # fmt: skip
USUAL = {"fetchAndLock", "lock", "complete", "failure", "bpmnError", "extendLock", "read"}


@pytest.mark.parametrize("verb", VERBS)
def test_a_credential_is_good_for_its_verbs(api: Api, verb: str) -> None:
    task_id = tenant_task(api, "")
    person("p", superuser=True)
    user = get_user_model().objects.get(username="p")
    alone, lent, usual = worker("a", verbs=[verb]), worker("b", verbs=[verb], for_user=user), worker("c")
    for name, path in VERBS.items():
        for caller, may in ((alone, name == verb), (lent, name == verb), (usual, name in USUAL)):
            answer = caller.post(path.format(task_id), {})
            assert (answer.status == 403) is not may, (verb, name, answer.status, answer.content)
    lent.get("/deployment").refused(403)


def test_unknown_verbs_are_refused(db: None) -> None:
    with pytest.raises(Exception, match="no verb 'fly'"):
        credentials.issue("w", verbs=["fly"])
    assert not WorkerCredential.objects.exists()


def test_topics_hide_the_tasks_of_others(api: Api) -> None:
    task_id = tenant_task(api, "", topic="theirs")
    fetched(api, "theirs")
    person("p", superuser=True)
    caller = worker("w", topics=["mine*"], for_user=get_user_model().objects.get(username="p"))
    assert caller.get("/external-task").ok() == []
    caller.get(f"/external-task/{task_id}").refused(404)
    caller.post(f"/external-task/{task_id}/complete", {"workerId": "w"}).refused(404)
    caller.post(f"/external-task/{task_id}/unlock").refused(404)
    caller.put("/external-task/retries", {"externalTaskIds": [task_id], "retries": 3}).refused(404)


def test_the_sites_own_code_sees_everything(api: Api) -> None:
    """Also what it does while somebody's request is carried out."""
    api.deploy(user_task_process("theirs"), **{"tenant-id": "other"}).ok()
    started: list[Any] = []

    def receive(**event: Any) -> None:
        if not started:
            started.append(None)
            started.append(runtime.start_process_instance_by_key("theirs", tenant_id="other"))

    api.deploy(user_task_process("own"), **{"tenant-id": "acme"}).ok()
    caller = person("p", "start_process", tenants=("acme",))
    signals.instance_started.connect(receive)
    try:
        with TestCase.captureOnCommitCallbacks(execute=True):
            caller.post("/process-definition/key/own/tenant-id/acme/start").ok()
    finally:
        signals.instance_started.disconnect(receive)
    assert started[1].tenant_id == "other"


def statements(work: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_busy_requests_need_no_statement_more(api: Api) -> None:
    """A user needs two for Django's permissions, a token none; what may be seen needs none where nothing has a tenant."""
    working = ("fetch_external_task", "complete_external_task", "start_process")
    person("p", *working)
    token = credentials.issue("w", verbs=["fetchAndLock", "complete", "start"])[1]
    callers = {"superuser": api, "user": Api(basic("p", "secret")), "token": Api(f"Bearer {token}")}
    api.deploy(external_task_process("busy", "busy")).ok()
    used: dict[str, list[int]] = {}
    for name, caller in callers.items():
        body = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "busy", "lockDuration": 60_000}]}

        def work(caller: Api = caller, body: Any = body) -> list[int]:
            found: list[Any] = []
            counts = [statements(lambda: caller.post("/process-definition/key/busy/start").ok())]
            counts.append(statements(lambda: found.extend(caller.post("/external-task/fetchAndLock", body).ok())))
            counts.append(
                statements(lambda: caller.post(f"/external-task/{found[0]['id']}/complete", {"workerId": "w"}).ok())
            )
            return counts

        work()  # compiles, remembers the password
        used[name] = work()
    assert used["user"] == [count + 2 for count in used["superuser"]], used
    assert used["token"] == used["superuser"], used


def test_who_leaves_tasks_to_others_is_no_proof_that_there_are_none(api: Api) -> None:
    """In the queue of long polls a caller that found nothing must not send away those of other tenants."""
    tenants._seen.clear()
    nobody = Visibility(find_tenants=frozenset)
    assert not nobody.may_withhold_tasks
    assert Visibility(find_tenants=frozenset, definitions=Granted()).may_withhold_tasks
    tenant_task(api, "acme")
    tenants._seen.clear()
    assert nobody.may_withhold_tasks
    tenants._seen.clear()
