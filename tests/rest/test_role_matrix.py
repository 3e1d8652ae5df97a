"""Every address times every method times every role: 401, 403 and 404 where they belong, nothing of others told, never a 500.

What a role must meet follows from two tables: the permission that the view declares for the method, and the permissions that
the role is given here. Addresses of new resources take part by themselves; a view that declares nothing must be named here.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import transaction
from django.urls.resolvers import URLPattern

from tests.rest.conftest import Answer, Api, basic, process
from workflow_engine import models
from workflow_engine.models import Authorization, AuthorizationType, Tenant
from workflow_engine.rest import urls
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.visibility import knows_definitions, named_by
from workflow_engine.services import credentials
from workflow_engine.services.authorization import django_permissions, qualified
from workflow_engine.services.authorization.resources import Resource

APP = "workflow_engine"
METHODS = ("GET", "POST", "PUT", "DELETE")
# Views that name no permission for a method they have, and why.
WITHOUT_PERMISSION = {
    "Version": "open to everybody, so that a client can tell where it is",
    "EngineList": "the name of the one engine; needs a login",
    "OpenApi": "the description of the API; needs a login",
    "Docs": "the description of the API; needs a login",
    "PasswordPolicy": "what a password must be like; needs a login",
    "Check": "tells callers what they themselves may do",
    "FilterList": "shows the caller's own filters",
    "FilterCount": "counts the caller's own filters",
    "FilterView": "one's own filter, or the permission for others' inside",
    "Items": "asks for the filter and for the permission of what it finds inside",
    "Count": "asks for the filter and for the permission of what it finds inside",
    "SingleResult": "asks for the filter and for the permission of what it finds inside",
    "NotSupported": "answers 501",
}
# These have rules beyond permissions: nobody gains by managing others.
OWN_RULES = ("resources.identity", "resources.authorization", "resources.filter")
MODEL = """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f0" sourceRef="start" targetRef="fork"/>
    <bpmn:parallelGateway id="fork"/><bpmn:sequenceFlow id="f1" sourceRef="fork" targetRef="work"/>
    <bpmn:sequenceFlow id="f2" sourceRef="fork" targetRef="approve"/>
    <bpmn:sequenceFlow id="f3" sourceRef="fork" targetRef="wait"/>
    <bpmn:sequenceFlow id="f4" sourceRef="fork" targetRef="failing"/>
    <bpmn:serviceTask id="work" camunda:type="external" camunda:topic="{key}-topic"/>
    <bpmn:serviceTask id="failing" camunda:type="external" camunda:topic="{key}-failing"/>
    <bpmn:userTask id="approve" name="{key} task" camunda:candidateGroups="{key}-group"/>
    <bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>
    </bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"""
BODY = {
    "workerId": "w", "lockDuration": 1000, "newDuration": 1000, "errorCode": "e", "maxTasks": 100, "retries": 1,
    "messageName": "m", "name": "s", "type": "candidate",
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """The ids of one running instance and of all that belongs to it."""

    key: str
    tenant_id: str
    ids: dict[str, str]

    def address(self, pattern: URLPattern) -> str:
        route = str(pattern.pattern)
        if route.startswith("^"):
            return "/case-definition/x"
        named = named_by(route)
        parameters = {
            "key": self.key,
            "tenant_id": self.tenant_id or "x",
            "resource_id": self.ids["resource"],
            "name": f"{self.key}-variable",
        }
        if named is not None and named[0].column != "key":
            parameters[named[1]] = self.ids[named[0].model.__name__]
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: parameters.get(part.group(1), "x"), route)

    def names_object(self, pattern: URLPattern) -> bool:
        return named_by(str(pattern.pattern)) is not None


def make_world(api: Api, key: str, tenant_id: str) -> World:
    fields = {"tenant-id": tenant_id} if tenant_id else {}
    deployment = api.deploy(process(key, MODEL.replace("{key}", key)), **fields).ok()
    (definition,) = deployment["deployedProcessDefinitions"]
    body = {"variables": {f"{key}-variable": {"value": f"{key}-value"}}, "businessKey": f"{key}-business"}
    instance = api.post(f"/process-definition/{definition}/start", body).ok()["id"]
    by_instance = f"processInstanceId={instance}"
    fetched = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": f"{key}-failing", "lockDuration": 60_000}]}
    (failing,) = api.post("/external-task/fetchAndLock", fetched).ok()
    api.post(f"/external-task/{failing['id']}/failure", {"workerId": "w", "errorMessage": f"{key}-error"}).ok()
    task = api.get(f"/task?{by_instance}").ok()[0]["id"]
    api.put(f"/task/{task}", {"name": f"{key}-renamed"}).ok()
    job = models.Job.objects.for_instance(instance).get()

    def first(model: Any) -> str:
        row = model.objects.filter(process_instance_id=instance).order_by("pk").first()
        return str(row.pk) if row is not None else str(uuid.uuid4())

    ids = {model.__name__: first(model) for model in (
        models.Variable, models.Incident, models.HistoricActivityInstance, models.HistoricVariableInstance,
        models.HistoricDetail, models.HistoricTaskInstance, models.HistoricIncident, models.HistoricExternalTaskLog,
        models.HistoricJobLog,
    )}  # fmt: skip
    ids |= {
        "ProcessDefinition": definition, "Deployment": deployment["id"], "ProcessInstance": instance, "Execution": instance,
        "HistoricProcessInstance": instance, "UserTask": task, "Job": str(job.pk),
        "JobDefinition": str(job.job_definition_id),
        "ExternalTask": api.get(f"/external-task?{by_instance}&topicName={key}-topic").ok()[0]["id"],
        "UserOperationLog": str(models.UserOperationLog.objects.filter(process_instance_id=instance)[0].operation_id),
        "resource": str(models.Resource.objects.get(deployment_id=deployment["id"]).pk),
    }  # fmt: skip
    return World(key=key, tenant_id=tenant_id, ids=ids)


@dataclass(frozen=True)
class Role:
    name: str
    api: Api
    may: frozenset[str]  # Django permissions for everything
    tenants: frozenset[str] | None = frozenset()  # None: all
    definition: str | None = None  # the one for which it has `may`

    def is_let_in(self, view: type[EngineView], method: str, pattern: URLPattern) -> bool:
        needed = view.permissions.get(method)
        if needed is None:
            return True
        if view.shows_own and method == "GET" and "worker" not in self.name:
            return True
        if qualified(needed) not in self.may:
            return False
        return self.definition is None or knows_definitions(view, str(pattern.pattern))


def permissions(*wanted: str) -> frozenset[str]:
    """Of this application; `view_*` stands for all that begin so."""
    names = Permission.objects.filter(content_type__app_label=APP).values_list("codename", flat=True)
    return frozenset(
        f"{APP}.{name}" for name in names if any(re.fullmatch(one.replace("*", ".*"), name) for one in wanted)
    )


def make_user(name: str, may: frozenset[str], tenant_id: str | None = None) -> Api:
    user = get_user_model().objects.create_user(name, password="secret")
    user.user_permissions.add(*Permission.objects.filter(codename__in=[one.partition(".")[2] for one in may]))
    if tenant_id is not None:
        Tenant.objects.get_or_create(pk=tenant_id)[0].users.add(user)
    return Api(basic(name, "secret"))


def make_worker(name: str, **options: Any) -> Api:
    _, token = credentials.issue(name, **options)
    return Api(f"Bearer {token}")


def roles(api: Api) -> list[Role]:
    looking = permissions("view_(?!useroperationlog).*")
    all_but_tenants = permissions("(?!see_all_tenants).*")
    operating = looking | permissions(
        ".*_(?:instance|definition|incident|task|job)",
        "set_.*",
        "start_process",
        "correlate_message",
        "change_due_date",
    )
    modelling = permissions("deploy", "delete_deployment", "view_deployment", "view_processdefinition", "start_process")
    working = permissions("fetch_external_task", "complete_external_task", "view_externaltask", "view_variables")
    granted = frozenset(django_permissions(Resource.PROCESS_DEFINITION, "ALL"))
    holder = make_user("granted", frozenset())
    Authorization.objects.create(
        type=AuthorizationType.GRANT,
        user=get_user_model().objects.get(username="granted"),
        resource_type=Resource.PROCESS_DEFINITION,
        resource_id="granted",
        permissions=["ALL"],
    )
    everything = frozenset(f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related())
    return [
        Role("superuser", api, everything, tenants=None),
        Role("user without permissions", make_user("nobody", frozenset()), frozenset()),
        Role("reader", make_user("reader", looking, "acme"), looking, frozenset({"acme"})),
        Role("operator", make_user("operator", operating, "acme"), operating, frozenset({"acme"})),
        Role("modeler", make_user("modeler", modelling, "acme"), modelling, frozenset({"acme"})),
        Role("user of another tenant", make_user("stranger", all_but_tenants, "other"), all_but_tenants, frozenset({"other"})),
        Role("user of no tenant", make_user("outsider", all_but_tenants), all_but_tenants),
        Role("user of one definition", holder, granted, definition="granted"),
        Role("worker", make_worker("worker", tenant_ids=["acme"]), working, frozenset({"acme"})),
        Role("worker of another tenant", make_worker("stranger", tenant_ids=["other"]), working, frozenset({"other"})),
    ]  # fmt: skip


def patterns() -> Iterator[tuple[URLPattern, type[EngineView]]]:
    for pattern in urls._patterns:
        assert isinstance(pattern, URLPattern)
        callback: Any = pattern.callback
        yield pattern, callback.cls


def handled(view: type[EngineView]) -> set[str]:
    return {name.upper() for name in view.http_method_names if hasattr(view, name)} & set(METHODS)


def ask(role: Role, method: str, address: str, topic: str) -> Answer:
    """Carried out and taken back, so that everybody finds the same world."""
    body = {**BODY, "topics": [{"topicName": topic, "lockDuration": 1000}]}
    with transaction.atomic():
        answer = role.api.call(method, address, None if method in ("GET", "DELETE") else body)
        transaction.set_rollback(True)
    return answer


def check(
    role: Role, world: World, pattern: URLPattern, view: type[EngineView], method: str, everything: dict[Any, int]
) -> str:
    """The kind of outcome, having asserted that it is the right one. `everything`: what a superuser got."""
    address = world.address(pattern)
    answer = ask(role, method, address, f"{world.key}-topic")
    told = (role.name, method, address, answer.status, answer.content[:300])
    assert answer.status == 501 or answer.status < 500, told
    assert answer.status != 401, told
    if not role.is_let_in(view, method, pattern):
        assert answer.status == 403, told
        return "403"
    if method not in handled(view):
        assert answer.status in (404, 405, 501), told
        return "405"
    sees_tenant = role.tenants is None or not world.tenant_id or world.tenant_id in role.tenants
    sees = sees_tenant and role.definition in (None, world.key)
    if not sees:
        if world.names_object(pattern) and method in view.permissions:
            assert answer.status == 404, told
        shown = answer.content.decode(errors="replace")
        for secret in (*world.ids.values(), f"{world.key}-value", f"{world.key}-business", f"{world.key}-error"):
            assert secret in address or secret not in shown, (*told, secret)
        return "404" if answer.status == 404 else "nothing of others"
    if not any(module in view.__module__ for module in OWN_RULES):
        # As a superuser, unless the request asks beside for what the role has not, and is told so.
        expected = everything.setdefault((method, address), answer.status)
        missing = answer.status == 403 and (
            "has not the permission" in str(answer.json) or "needs the" in str(answer.json)
        )
        assert answer.status == expected or missing, (*told, expected)
    return "let in"


def test_every_view_declares_the_permissions_of_its_methods() -> None:
    undeclared = {view.__name__ for _, view in patterns() if handled(view) - set(view.permissions)}
    assert undeclared <= set(WITHOUT_PERMISSION), undeclared - set(WITHOUT_PERMISSION)


def test_declared_permissions_exist(db: None) -> None:
    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    for _, view in patterns():
        for needed in view.permissions.values():
            assert qualified(needed) in known, (view.__name__, needed)


SLICES = 8  # so that none takes long


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(SLICES))
def test_every_address_times_every_role(api: Api, part: int) -> None:
    worlds = [make_world(api, "secret", "acme"), make_world(api, "granted", ""), make_world(api, "withheld", "")]
    anonymous, every, of_superuser = Api(), roles(api), dict[Any, int]()
    counted: Counter[tuple[str, str]] = Counter()
    walked = list(patterns())[part::SLICES]
    for pattern, view in walked:
        for method in METHODS:
            if view.__name__ != "Version":
                anonymous.call(method, worlds[0].address(pattern)).refused(401)
                counted["anonymous", "401"] += 1
            # A method that is not there is refused before anything is looked at: one world will do.
            for world in worlds if method in handled(view) else worlds[:1]:
                if "/tenant-id/" in str(pattern.pattern) and not world.tenant_id:
                    continue
                for role in every:
                    counted[role.name, check(role, world, pattern, view, method, of_superuser)] += 1
    for (name, outcome), number in sorted(counted.items()):
        print(f"{name:28} {outcome:20} {number:6}")
    print(f"{'checked combinations':49} {counted.total():6}")
    # Fewer would mean that addresses, methods or roles were left out.
    assert counted.total() > len(walked) * len(METHODS) * len(every)
