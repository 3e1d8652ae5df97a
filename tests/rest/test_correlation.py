"""One id for everything that one request, job or item of a batch does; and nobody's secret in any log record."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.rest.conftest import Api, basic, external_task_process, process
from workflow_engine import handlers, logs, models
from workflow_engine.rest.resources import prometheus
from workflow_engine.sweeper import jobs

pytestmark = pytest.mark.django_db(transaction=True)

Waiting = Callable[..., dict[str, Any]]
SECRET = "s3cr3t-value"


class Written:
    """Everything that any logger says from DEBUG up, as JSON and as lines."""

    def __init__(self) -> None:
        self.json, self.lines = StringIO(), StringIO()

    def entries(self, event: str) -> list[dict[str, Any]]:
        every = map(json.loads, self.json.getvalue().splitlines())
        return [entry for entry in every if entry.get("event") == event]

    def one(self, event: str) -> dict[str, Any]:
        (entry,) = self.entries(event)
        return entry


@pytest.fixture
def written() -> Iterator[Written]:
    found, root = Written(), logging.getLogger()
    handlers_of_test = [logging.StreamHandler(found.json), logging.StreamHandler(found.lines)]
    handlers_of_test[0].setFormatter(logs.JsonFormatter())
    handlers_of_test[1].setFormatter(logs.LineFormatter())
    level = root.level
    root.setLevel(logging.DEBUG)
    for handler in handlers_of_test:
        root.addHandler(handler)
    yield found
    for handler in handlers_of_test:
        root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def failing_handler() -> Iterator[None]:
    def fail(execution: Any) -> None:
        raise ValueError(f"cannot charge {SECRET}")

    handlers.register("correlation_test", fail)
    yield
    handlers.unregister("correlation_test")


def failing_job_process(key: str) -> str:
    """start -> a handler that fails, as a job with one retry"""
    return process(
        key,
        """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
        <bpmn:serviceTask id="work" camunda:delegateExpression="${correlation_test}" camunda:asyncBefore="true">
        <bpmn:extensionElements><camunda:failedJobRetryTimeCycle>R1/PT1M</camunda:failedJobRetryTimeCycle>
        </bpmn:extensionElements></bpmn:serviceTask>""",
    )


def test_the_answer_names_the_request(api: Api, anonymous: Api) -> None:
    assert api.get("/version", HTTP_X_REQUEST_ID="mine-1").headers["X-Request-ID"] == "mine-1"
    assert api.get("/nowhere", HTTP_X_REQUEST_ID="mine-2").headers["X-Request-ID"] == "mine-2"
    assert anonymous.get("/version", HTTP_X_REQUEST_ID="mine-3").headers["X-Request-ID"] == "mine-3"
    made = {api.get("/version", HTTP_X_REQUEST_ID="no good").headers["X-Request-ID"] for _ in range(2)}
    assert len(made) == 2
    assert all(len(one) == 32 for one in made)
    assert Client().get("/admin/login/", HTTP_X_REQUEST_ID="mine-4").headers["X-Request-ID"] == "mine-4"


def test_a_command_is_logged_with_what_it_is_about(api: Api, waiting_task: Waiting, written: Written) -> None:
    task = waiting_task(businessKey="order-7")
    api.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [topic()]}).ok()
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "other"}, HTTP_X_REQUEST_ID="r-1").refused(400)
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w"}, HTTP_X_REQUEST_ID="r-2").ok()
    done = next(entry for entry in written.entries("command_done") if entry["command"] == "CompleteExternalTask")
    expected = {
        "logger": "workflow_engine.commands",
        "level": "DEBUG",
        "correlation_id": "r-2",
        "external_task_id": task["id"],
        "process_instance_id": task["processInstanceId"],
        "process_definition_key": "waiting",
        "activity_id": "work",
        "business_key": "order-7",
        "topic_name": "work",
        "worker_id": "w",
        "user": "root",
    }
    assert {name: done.get(name) for name in expected} == expected
    assert done["duration_ms"] >= 0
    refused = written.one("command_refused")
    assert (refused["correlation_id"], refused["worker_id"]) == ("r-1", "other")
    started = next(entry for entry in written.entries("command_done") if entry["command"] == "StartProcessInstance")
    assert started["process_instance_id"] == task["processInstanceId"]
    assert started["business_key"] == "order-7"
    fetched = written.one("external_task_fetched")
    assert (fetched["external_task_id"], fetched["worker_id"]) == (task["id"], "w")


def topic(duration: int = 60_000) -> dict[str, Any]:
    return {"topicName": "work", "lockDuration": duration}


def test_failures_and_incidents_are_logged(api: Api, waiting_task: Waiting, written: Written) -> None:
    task = waiting_task()
    api.post("/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": [topic()]}).ok()
    failure = {"workerId": "w", "errorMessage": SECRET, "retries": 0}
    api.post(f"/external-task/{task['id']}/failure", failure, HTTP_X_REQUEST_ID="r-3").ok()
    failed, opened = written.one("external_task_failed"), written.one("incident_created")
    assert (failed["level"], failed["worker_id"], failed["retries"]) == ("INFO", "w", 0)
    assert (opened["level"], opened["incident_type"]) == ("WARNING", "failedExternalTask")
    assert {failed["correlation_id"], opened["correlation_id"]} == {"r-3"}
    assert opened["process_instance_id"] == task["processInstanceId"]
    api.put(f"/external-task/{task['id']}/retries", {"retries": 1}).ok()
    assert written.one("incident_resolved")["incident_id"] == opened["incident_id"]


@pytest.mark.usefixtures("failing_handler")
def test_a_job_has_an_id_of_its_own(api: Api, written: Written) -> None:
    api.deploy(failing_job_process("failing")).ok()
    instance = api.start("failing", businessKey="order-8")
    job_id = str(models.Job.objects.get().pk)
    assert jobs.run_once("sweeper-1") == {"failed": 1}
    failed, opened = written.one("job_failed"), written.one("incident_created")
    assert {failed["correlation_id"], opened["correlation_id"]} == {f"job:{job_id}"}
    assert (failed["level"], failed["sweeper"], failed["job_id"]) == ("WARNING", "sweeper-1", job_id)
    assert failed["process_instance_id"] == instance["id"]
    assert failed["exception_type"].endswith("HandlerFailed")
    assert failed["cause_type"] == "ValueError"
    command = written.one("command_failed")
    assert (command["command"], command["job_id"]) == ("ExecuteJob", job_id)
    assert SECRET not in written.json.getvalue()
    assert SECRET in models.Job.objects.get().exception_message  # where it takes a permission to read it


def test_an_item_of_a_batch_says_which(api: Api, waiting_task: Waiting, written: Written) -> None:
    task = waiting_task()
    body = {"processInstanceIds": [task["processInstanceId"]], "deleteReason": "test"}
    batch = api.post("/process-instance/delete", body).ok()
    while jobs.run_once("s").get("executed") and models.ProcessInstance.objects.exists():
        pass
    deleted = [entry for entry in written.entries("command_done") if entry["command"] == "DeleteProcessInstance"]
    assert [(entry["batch_id"], entry["batch_item"]) for entry in deleted] == [(batch["id"], task["processInstanceId"])]
    assert deleted[0]["correlation_id"].startswith("job:")


def test_what_nobody_foresaw_is_logged_without_what_it_says(
    superuser: Any, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Any) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(prometheus.Collector, "collect", fail)
    patient = Api(basic("root", "secret"), raise_request_exception=False)
    answer = patient.get("/prometheus", HTTP_X_REQUEST_ID="r-5")
    assert answer.status == 500
    assert answer.headers["X-Request-ID"] == "r-5"
    entry = written.one("request_failed")
    assert (entry["level"], entry["correlation_id"], entry["user"]) == ("ERROR", "r-5", "root")
    assert entry["path"] == "/engine-rest/prometheus"
    assert "RuntimeError" in entry["exception"]
    assert SECRET not in written.json.getvalue() + written.lines.getvalue()


@pytest.mark.usefixtures("failing_handler")
def test_no_secret_in_any_record_at_the_finest_level(superuser: Any, written: Written) -> None:
    """Values, messages, details, passwords and tokens through every door; then all that was logged is read."""
    get_user_model().objects.create_user("worker", password=f"{SECRET}-password", is_superuser=True)
    api = Api(basic("worker", f"{SECRET}-password"))
    value = {"value": SECRET, "type": "String"}
    api.deploy(external_task_process("confidential", "work")).ok()
    instance = api.start("confidential", variables={"card": value, "json": {"value": f'["{SECRET}"]', "type": "Json"}})
    fetch = {"workerId": "w", "maxTasks": 5, "topics": [topic()]}
    (task,) = api.post("/external-task/fetchAndLock", fetch).ok()
    path = f"/external-task/{task['id']}"
    failure = {"workerId": "w", "errorMessage": SECRET, "errorDetails": SECRET, "retries": 0, "variables": {"a": value}}
    api.post(f"{path}/failure", failure).ok()
    api.put(f"{path}/retries", {"retries": 1}).ok()
    api.put(f"/process-instance/{instance['id']}/variables/card", {"value": SECRET * 2, "type": "String"}).ok()
    api.put(f"/process-instance/{instance['id']}/variables/card", {"value": SECRET, "type": "Integer"}).refused(400)
    api.post("/message", {"messageName": "none", "processVariables": {"x": value}}).refused(400)
    api.get("/process-instance", QUERY_STRING=f"variables=card_eq_{SECRET}").ok()
    api.call("POST", f"{path}/complete", f'{{"workerId": "w", "variables": "{SECRET}'.encode()).refused(400)
    Api(f"Bearer {SECRET}").get("/process-instance", HTTP_X_REQUEST_ID=f"{SECRET} no good").refused(401)
    Api(basic("worker", f"wrong-{SECRET}")).post(f"{path}/complete", {"workerId": "w"}).refused(401)
    api.post(f"{path}/complete", {"workerId": "w", "lockToken": f"{SECRET}-token"}).refused(400)
    api.post(f"{path}/unlock").ok()
    (task,) = api.post("/external-task/fetchAndLock", fetch).ok()
    api.post(f"{path}/complete", {"workerId": "w", "lockToken": task["lockToken"], "variables": {"r": value}}).ok()
    api.deploy(failing_job_process("failing")).ok()
    api.start("failing", variables={"card": value})
    assert jobs.run_once("s").get("failed")
    everything = written.json.getvalue() + written.lines.getvalue()
    assert len(written.entries("command_done")) >= 6
    assert SECRET not in everything
    assert task["lockToken"] not in everything
    assert "Basic " not in everything
