"""Deployments and process definitions, and starting."""

from typing import Any

import pytest

from tests.rest.conftest import Api, external_task_process, process, user_task_process

MODEL = external_task_process("order", "work")


def test_a_deployment(api: Api) -> None:
    created = api.deploy(MODEL, **{"deployment-name": "orders", "deployment-source": "test"}).ok()
    assert (created["name"], created["source"], created["tenantId"]) == ("orders", "test", None)
    assert created["deploymentTime"].endswith("+0000")
    assert created["links"] == [
        {"method": "GET", "href": f"http://testserver/engine-rest/deployment/{created['id']}", "rel": "self"}
    ]
    [definition] = created["deployedProcessDefinitions"].values()
    assert definition["id"].startswith("order:1:")
    assert definition["key"] == "order"
    assert definition["historyTimeToLive"] == 30
    assert api.get(f"/deployment/{created['id']}").ok()["id"] == created["id"]
    assert [row["id"] for row in api.get("/deployment?name=orders&source=test&withoutSource=false").ok()] == [
        created["id"]
    ]
    assert api.get("/deployment?nameLike=ord%25&tenantIdIn=x").ok() == []
    assert api.get("/deployment/registered").ok() == [created["id"]]
    [resource] = api.get(f"/deployment/{created['id']}/resources").ok()
    path = f"/deployment/{created['id']}/resources/{resource['id']}"
    assert api.get(path).ok() == {"id": resource["id"], "name": "model0.bpmn", "deploymentId": created["id"]}
    data = api.get(f"{path}/data")
    assert data.content == MODEL.encode()
    assert data.headers["Content-Disposition"].startswith("attachment")


def test_links_know_the_prefix_they_were_asked_under(api: Api) -> None:
    api.deploy(MODEL).ok()
    started = api.post("/engine/default/process-definition/key/order/start").ok()
    assert started["links"][0]["href"] == f"http://testserver/engine-rest/process-instance/{started['id']}"


def test_duplicates_are_filtered_when_asked(api: Api) -> None:
    first = api.deploy(MODEL, **{"deployment-name": "orders"}).ok()
    again = {"deployment-name": "orders", "enable-duplicate-filtering": "true"}
    second = api.deploy(MODEL, **again).ok()
    assert second["id"] == first["id"]
    assert second["deployedProcessDefinitions"] is None
    changed = api.deploy(MODEL.replace('name="Work"', 'name="Other"'), **again).ok()
    assert changed["id"] != first["id"]
    assert api.get("/process-definition/key/order").ok()["version"] == 2


def test_redeploy(api: Api) -> None:
    first = api.deploy(MODEL).ok()
    second = api.post(f"/deployment/{first['id']}/redeploy", {"source": "again"}).ok()
    assert second["source"] == "again"
    assert api.get("/process-definition/key/order").ok()["version"] == 2
    api.post(f"/deployment/{first['id']}/redeploy", {"resourceNames": ["nope"]}).refused(404)


def test_deleting_a_deployment(api: Api) -> None:
    created = api.deploy(MODEL).ok()
    instance = api.start("order")
    assert api.delete(f"/deployment/{created['id']}").refused(400)
    assert api.get(f"/process-instance/{instance['id']}").status == 200
    api.delete(f"/deployment/{created['id']}?cascade=maybe").refused(400)
    answer = api.delete(f"/deployment/{created['id']}?cascade=true&skipCustomListeners=true&skipIoMappings=true")
    assert (answer.status, answer.content) == (204, b"")
    for path in ("deployment", "process-definition", "process-instance", "external-task", "history/process-instance"):
        assert api.get(f"/{path}/count").ok() == {"count": 0}


def test_definitions(api: Api) -> None:
    api.deploy(MODEL).ok()
    api.deploy(MODEL).ok()
    newest = api.get("/process-definition/key/order").ok()
    assert newest["version"] == 2
    assert [row["version"] for row in api.get("/process-definition?key=order&sortBy=version&sortOrder=desc").ok()] == [
        2,
        1,
    ]
    assert [row["id"] for row in api.get("/process-definition?latestVersion=true&keysIn=order,x").ok()] == [
        newest["id"]
    ]
    assert api.get("/process-definition/count?version=1&resourceName=model0.bpmn").ok() == {"count": 1}
    assert api.get(f"/process-definition/{newest['id']}").ok() == newest
    xml = api.get("/process-definition/key/order/xml").ok()
    assert (xml["id"], xml["bpmn20Xml"]) == (newest["id"], MODEL)
    assert api.get("/process-definition/key/order/diagram").status == 204
    api.get("/process-definition/key/order/tenant-id/t").refused(404)
    api.put(f"/process-definition/{newest['id']}/history-time-to-live", {"historyTimeToLive": 7}).ok()
    assert api.get(f"/process-definition/{newest['id']}").ok()["historyTimeToLive"] == 7
    api.put(f"/process-definition/{newest['id']}/history-time-to-live", {"historyTimeToLive": -1}).refused(400)


def test_xml_of_another_encoding_comes_back_as_text(api: Api) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    wide = MODEL.replace("UTF-8", "UTF-16").replace("Work", "Wörk").encode("utf-16")
    answer = api.form("/deployment/create", {"deployment-name": "wide", "data": SimpleUploadedFile("wide.bpmn", wide)})
    answer.ok()
    assert "Wörk" in api.get("/process-definition/key/order/xml").ok()["bpmn20Xml"]


def test_starting(api: Api) -> None:
    api.deploy(MODEL).ok()
    body = {"businessKey": "k", "variables": {"n": {"value": 1}}, "withVariablesInReturn": True}
    started = api.post("/process-definition/key/order/start", body).ok()
    assert (started["businessKey"], started["ended"], started["definitionKey"]) == ("k", False, "order")
    assert started["variables"] == {"n": {"type": "Integer", "value": 1, "valueInfo": {}}}
    assert api.get(f"/process-instance/{started['id']}").ok()["businessKey"] == "k"
    submitted = api.post(f"/process-definition/{started['definitionId']}/submit-form", {"businessKey": "form"}).ok()
    assert submitted["businessKey"] == "form"
    assert api.get("/process-definition/key/order/startForm").ok() == {
        "key": None,
        "camundaFormRef": None,
        "contextPath": None,
    }


def test_an_instance_that_ends_at_once(api: Api) -> None:
    api.deploy(process("quick", '<bpmn:startEvent id="start"/>')).ok()
    body = {"variables": {"n": {"value": 1}}, "withVariablesInReturn": True}
    started = api.post("/process-definition/key/quick/start", body).ok()
    assert started["ended"]
    assert started["variables"]["n"]["value"] == 1
    api.get(f"/process-instance/{started['id']}").refused(404)


def test_suspended_definitions_start_nothing(api: Api) -> None:
    api.deploy(MODEL).ok()
    definition = api.get("/process-definition/key/order").ok()
    api.put(f"/process-definition/{definition['id']}/suspended", {"suspended": True}).ok()
    api.post("/process-definition/key/order/start").refused(409)
    assert api.get("/process-definition?suspended=true").ok()[0]["suspended"]
    api.put("/process-definition/suspended", {"suspended": False, "processDefinitionKey": "order"}).ok()
    api.post("/process-definition/key/order/start").ok()
    api.put("/process-definition/suspended", {"suspended": True}).refused(400)
    api.put(f"/process-definition/{definition['id']}/suspended", {"processDefinitionKey": "x"}).refused(400)


@pytest.mark.parametrize("declared_by", ["site", "model"])
def test_a_unique_business_key_starts_once(api: Api, settings: Any, declared_by: str) -> None:
    model = MODEL
    if declared_by == "site":
        settings.WORKFLOW_ENGINE = {"UNIQUE_BUSINESS_KEYS": True}
    else:
        properties = '<camunda:property name="unique-business-key" value="true"/>'
        model = model.replace(
            '<bpmn:startEvent id="start"/>',
            f"<bpmn:extensionElements><camunda:properties>{properties}</camunda:properties></bpmn:extensionElements>"
            '<bpmn:startEvent id="start"/>',
        )
    api.deploy(model).ok()
    first, second = (api.start("order", businessKey="k") for _ in range(2))
    assert first["id"] == second["id"]
    assert (first["alreadyExisted"], second["alreadyExisted"]) == (False, True)
    assert api.start("order", businessKey="other")["id"] != first["id"]
    assert api.get("/process-instance/count").ok() == {"count": 2}


def test_statistics(api: Api) -> None:
    api.deploy(MODEL, user_task_process("human")).ok()
    instance = api.start("order")
    api.post(
        "/external-task/fetchAndLock",
        {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 1000}]},
    ).ok()
    [task] = api.get("/external-task").ok()
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w", "retries": 0}).ok()
    rows = {
        row["definition"]["key"]: row
        for row in api.get("/process-definition/statistics?failedJobs=true&incidents=true").ok()
    }
    assert (rows["order"]["instances"], rows["human"]["instances"]) == (1, 0)
    assert rows["order"]["incidents"] == [{"incidentType": "failedExternalTask", "incidentCount": 1}]
    path = f"/process-definition/{instance['definitionId']}/statistics"
    [activity] = api.get(f"{path}?incidentsForType=failedExternalTask").ok()
    assert (activity["id"], activity["instances"], len(activity["incidents"])) == ("work", 1, 1)
    api.get(f"{path}?incidents=true&incidentsForType=x").refused(400)
    history = api.get(f"/history{path}?finished=true&canceled=true&incidents=true").ok()
    assert [(row["id"], row["instances"], row["finished"], row["openIncidents"]) for row in history] == [
        ("start", 0, 1, 0),
        ("work", 1, 0, 1),
    ]
