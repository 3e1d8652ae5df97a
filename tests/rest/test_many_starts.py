"""Many process instances by one request: each in a transaction of its own, with a result of its own."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection

from tests.rest.conftest import Api, external_task_process, person, process, user_task_process
from tests.rest.many import commits, statuses
from tests.support.failure_points import all_rows
from workflow_engine import models
from workflow_engine.models import Authorization, AuthorizationType
from workflow_engine.services.authorization.resources import Resource

pytestmark = pytest.mark.usefixtures("sound")
PATH = "/process-instance/start-many"
BROKEN = process(
    "broken",
    """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="x"/>
    <bpmn:userTask id="x"/><bpmn:sequenceFlow id="f2" sourceRef="x" targetRef="y"/>
    <bpmn:sequenceFlow id="f3" sourceRef="start" targetRef="z"/>
    <bpmn:serviceTask id="z" camunda:expression="${nope.nope()}"/><bpmn:endEvent id="y"/>""",
)


def start_many(api: Api, *items: Any, **extra: Any) -> list[dict[str, Any]]:
    results = api.post(PATH, {"instances": list(items)}, **extra).ok()["results"]
    assert len(results) == len(items)
    return results  # type: ignore[no-any-return]


def test_by_key_and_by_id(api: Api, human_definition: str) -> None:
    by_key, by_id = {"processDefinitionKey": "human"}, {"processDefinitionId": human_definition}
    variables = {"n": {"value": 5, "type": "Long"}}
    results = start_many(api, {**by_key, "businessKey": "a"}, {**by_id, "businessKey": "b", "variables": variables})
    assert [(one["status"], one["businessKey"], one["definitionId"]) for one in results] == [
        (200, "a", human_definition),
        (200, "b", human_definition),
    ]
    rows = {str(row.pk): row.business_key for row in models.ProcessInstance.objects.all()}
    assert rows == {results[0]["id"]: "a", results[1]["id"]: "b"}
    assert str(models.Variable.objects.get(name="n").process_instance_id) == results[1]["id"]
    assert set(models.HistoricProcessInstance.objects.values_list("start_user_id", flat=True)) == {"root"}


def test_the_fields_of_an_instance_are_those_of_a_single_start(api: Api, human_definition: str) -> None:
    (result,) = start_many(api, {"processDefinitionKey": "human", "businessKey": "a"})
    alone = api.start("human", businessKey="a")
    del alone["links"]
    assert {**result, "id": ""} == {**alone, "id": "", "status": 200}


def test_by_key_and_tenant(api: Api, human_definition: str) -> None:
    (of_tenant,) = api.deploy(user_task_process("human"), **{"tenant-id": "acme"}).ok()["deployedProcessDefinitions"]
    key = {"processDefinitionKey": "human"}
    results = start_many(api, key, {**key, "tenantId": "acme"}, {**key, "tenantId": "nope"})
    assert statuses(results) == [200, 200, 404]
    assert [(one["definitionId"], one["tenantId"]) for one in results[:2]] == [
        (human_definition, None),
        (of_tenant, "acme"),
    ]
    alone = api.post("/process-definition/key/human/tenant-id/nope/start")
    assert alone.refused(404) == results[2]["message"]


def test_the_newest_version_of_a_key(api: Api, human_definition: str) -> None:
    (newer,) = api.deploy(user_task_process("human", 'camunda:assignee="me"')).ok()["deployedProcessDefinitions"]
    results = start_many(api, {"processDefinitionKey": "human"}, {"processDefinitionId": human_definition})
    assert [one["definitionId"] for one in results] == [newer, human_definition]


def test_start_instructions(api: Api) -> None:
    api.deploy(external_task_process("single", "work")).ok()
    instructions = [{"type": "startAfterActivity", "activityId": "work"}]
    (result,) = start_many(api, {"processDefinitionKey": "single", "startInstructions": instructions})
    assert result["ended"] is True


def test_refusals_are_those_of_a_single_start(api: Api, human_definition: str) -> None:
    (broken,) = api.deploy(BROKEN).ok()["deployedProcessDefinitions"]
    (idle,) = api.deploy(user_task_process("idle")).ok()["deployedProcessDefinitions"]
    api.put(f"/process-definition/{idle}/suspended", {"suspended": True}).ok()
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("key/nope", {}),
        ("nope:1:x", {}),
        (broken, {}),
        (idle, {}),
        ("key/idle", {}),
        (human_definition, {"businessKey": "x" * 300}),
        (human_definition, {"businessKey": ["x"]}),
        (human_definition, {"variables": []}),
        (human_definition, {"variables": {"n": {"value": "x", "type": "Integer"}}}),
        (human_definition, {"startInstructions": [{"type": "nope"}]}),
        (human_definition, {"startInstructions": [{"type": "startBeforeActivity", "activityId": "nope"}]}),
        (human_definition, {"skipIoMappings": "x"}),
    ]
    items = []
    for named, fields in wrong:
        by_key = named.removeprefix("key/")
        name = {"processDefinitionKey": by_key} if by_key != named else {"processDefinitionId": named}
        items += [{**name, **fields}, {"processDefinitionKey": "human"}]
    results = start_many(api, *items)
    assert statuses(results)[1::2] == [200] * len(wrong)
    for (named, fields), result in zip(wrong, results[::2], strict=True):
        alone = api.post(f"/process-definition/{named}/start", fields)
        told = alone.json["type"], alone.json["message"]
        assert (result["status"], result["type"], result["message"]) == (alone.status, *told)
        assert result["id"] is None
        assert 400 <= alone.status < 500
    assert models.ProcessInstance.objects.count() == len(wrong)


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"processDefinitionKey": ""},
        {"processDefinitionKey": "human", "processDefinitionId": "human:1:x"},
        {"processDefinitionId": "human:1:x", "tenantId": "acme"},
        {"processDefinitionKey": ["human"]},
        {"processDefinitionKey": "x" * 300},
        {"processDefinitionId": "x" * 400},
    ],
)
def test_an_item_names_one_definition(api: Api, human_definition: str, item: dict[str, Any]) -> None:
    results = start_many(api, item, {"processDefinitionKey": "human"})
    assert statuses(results) == [400, 200]
    assert results[0]["message"]


def test_a_unique_business_key_has_one_instance(api: Api, human_definition: str, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"UNIQUE_BUSINESS_KEYS": True}
    item = {"processDefinitionKey": "human", "businessKey": "a"}
    first, second = start_many(api, item, item)
    assert (first["status"], first["alreadyExisted"]) == (200, False)
    assert (second["status"], second["alreadyExisted"], second["id"]) == (200, True, first["id"])
    assert models.ProcessInstance.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_each_in_a_transaction_of_its_own(api: Api, human_definition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(number: int) -> None:
        if number == 1:
            raise OperationalError("injected")

    seen = commits(monkeypatch, refuse)
    results = start_many(api, *[{"processDefinitionKey": "human"}] * 3)
    assert statuses(results) == [200, 503, 200]
    assert len(seen) == 3
    assert {str(row.pk) for row in models.ProcessInstance.objects.all()} == {results[0]["id"], results[2]["id"]}


@pytest.mark.django_db(transaction=True)
def test_once_the_database_is_gone_nothing_more_is_tried(
    api: Api, human_definition: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(number: int) -> None:
        raise OperationalError("the server went away")

    seen = commits(monkeypatch, refuse)
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    results = start_many(api, *[{"processDefinitionKey": "human"}] * 5)
    assert statuses(results) == [503] * 5
    assert len(seen) == 1
    assert sum("could not carry out" in record.getMessage() for record in caplog.records) == 1


@pytest.mark.django_db(transaction=True)
def test_an_idempotency_key_makes_it_one_transaction_that_happens_once(
    api: Api, human_definition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(number: int) -> None:
        if number == 0:
            raise OperationalError("injected")

    items = [
        {"processDefinitionKey": "human"},
        {"processDefinitionKey": "nope"},
        {"processDefinitionId": human_definition},
    ]
    before = all_rows()
    commits(monkeypatch, refuse)
    api.post(PATH, {"instances": items}, HTTP_IDEMPOTENCY_KEY="k").refused(503)
    assert all_rows() == before
    first = start_many(api, *items, HTTP_IDEMPOTENCY_KEY="k")
    assert statuses(first) == [200, 404, 200]
    assert start_many(api, *items, HTTP_IDEMPOTENCY_KEY="k") == first
    assert models.ProcessInstance.objects.count() == 2
    api.post(PATH, {"instances": items[:1]}, HTTP_IDEMPOTENCY_KEY="k").refused(422)


def test_who_may(api: Api, anonymous: Api, human_definition: str) -> None:
    anonymous.post(PATH, {"instances": []}).refused(401)
    person("viewer", "view_processdefinition").post(PATH, {"instances": []}).refused(403)
    assert start_many(person("starter", "start_process")) == []


def test_definitions_of_other_tenants_are_not_there(api: Api, human_definition: str) -> None:
    (other,) = api.deploy(user_task_process("human"), **{"tenant-id": "acme"}).ok()["deployedProcessDefinitions"]
    items = [{"processDefinitionKey": "human"}, {"processDefinitionId": other}]
    items.append({"processDefinitionKey": "human", "tenantId": "acme"})
    assert statuses(start_many(person("outsider", "start_process"), *items)) == [200, 404, 404]
    assert statuses(start_many(person("insider", "start_process", tenants=("acme",)), *items)) == [200, 200, 200]


def test_a_permission_for_one_definition(api: Api, human_definition: str) -> None:
    (other,) = api.deploy(user_task_process("other")).ok()["deployedProcessDefinitions"]
    holder = person("holder")
    Authorization.objects.create(
        type=AuthorizationType.GRANT,
        user=get_user_model().objects.get(username="holder"),
        resource_type=Resource.PROCESS_DEFINITION,
        resource_id="human",
        permissions=["ALL"],
    )
    names = ("processDefinitionKey", "human"), ("processDefinitionKey", "other"), ("processDefinitionId", other)
    results = start_many(holder, *({name: value} for name, value in names))
    assert statuses(results) == [200, 404, 404]
    for path, result in (("key/other", results[1]), (other, results[2])):
        assert holder.post(f"/process-definition/{path}/start").refused(404) == result["message"]


@pytest.mark.parametrize("body", [{}, {"instances": None}, {"instances": {}}, {"instances": [1]}, {"instances": "x"}])
def test_requests_that_make_no_sense_are_refused_as_a_whole(api: Api, body: dict[str, Any]) -> None:
    assert api.post(PATH, body).refused(400)


def test_the_number_of_items_is_limited(api: Api, human_definition: str, settings: Any) -> None:
    settings.WORKFLOW_ENGINE = {"REST": {"max_items": 2}}
    api.post(PATH, {"instances": [{"processDefinitionKey": "human"}] * 3}).refused(400)
    assert not models.ProcessInstance.objects.exists()


def test_other_methods(api: Api) -> None:
    for method in ("GET", "PUT", "DELETE"):
        api.call(method, PATH).refused(405)
