"""Values of variables, passwords and tokens never reach a log, a message or an error's text, whatever goes wrong."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from tests.rest.conftest import Api, basic, process
from workflow_engine import handlers
from workflow_engine.models import HistoricVariableInstance, IdempotencyKey, Variable, WorkerCredential
from workflow_engine.sweeper import jobs

SECRET, PASSWORD = "s3cr3t-value-8271", "p4ssw0rd-9931"
EXPRESSIONS = ("${secret.nothing}", "${secret + 1 - 'x'}", "${secret.substring(99)}", "${1 / (secret == null ? 1 : 0)}")


def model(key: str, expression: str) -> str:
    return process(
        key,
        f"""<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
        <bpmn:serviceTask id="work" camunda:type="external" camunda:topic="t"/><bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="sum"/>
        <bpmn:serviceTask id="sum" camunda:asyncBefore="true" camunda:expression="{expression}" camunda:resultVariable="r"/>
        <bpmn:sequenceFlow id="f3" sourceRef="sum" targetRef="user"/><bpmn:userTask id="user"/>""",
    )


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    caplog.set_level(logging.DEBUG)
    for name in ("django.db.backends", "hypothesis"):
        caplog.set_level(logging.WARNING, logger=name)
    return lambda: "\n".join(
        f"{record.getMessage()} {record.exc_text or ''} {record.__dict__}" for record in caplog.records
    )


def test_nothing_of_it_is_in_the_log(api: Api, log: Callable[[], str], django_user_model: Any) -> None:
    django_user_model.objects.create_superuser("owner", password=PASSWORD)
    credential, token = WorkerCredential.issue("worker")
    people = [
        Api(basic("owner", PASSWORD)),
        Api(f"Bearer {token}"),
        Api(f"Bearer {token}x"),
        Api(basic("owner", PASSWORD + "x")),
    ]
    for one in people:
        one.get("/external-task")
    fetch = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "t", "lockDuration": 60_000}]}
    said = []
    for number, expression in enumerate(EXPRESSIONS):
        api.deploy(model(f"p{number}", expression)).ok()
        variables = {"secret": {"value": SECRET}, "json": {"value": f'["{SECRET}"]', "type": "Json"}}
        instance = api.start(f"p{number}", variables=variables, businessKey="b")["id"]
        [task] = api.post("/external-task/fetchAndLock", fetch).ok()
        path = f"/external-task/{task['id']}"
        wrong = {"v": {"value": SECRET, "type": "Integer"}}
        said.append(api.post(f"{path}/complete", {"workerId": "w", "variables": wrong}))
        said.append(api.post(f"{path}/complete", {"workerId": "other", "variables": variables}))
        api.post(
            f"{path}/complete", {"workerId": "w", "variables": {"more": {"value": SECRET}}}, HTTP_IDEMPOTENCY_KEY="k"
        ).ok()
        for _ in range(3):
            jobs.run_once("s")
        said.append(api.put(f"/process-instance/{instance}/variables/x", {"value": SECRET, "type": "Date"}))
        said.append(api.post("/message", {"messageName": "no", "correlationKeys": {"secret": {"value": SECRET}}}))
    written = log()
    assert "workflow_engine" in written, "nothing was logged, so nothing was tested"
    for hidden in (SECRET, PASSWORD, token, credential.token_hash):
        assert hidden not in written
    # What one sent oneself may come back in a refusal's text; of what is stored nothing may.
    assert not any(token in answer.content.decode() or PASSWORD in answer.content.decode() for answer in said)


def test_rows_show_no_values(api: Api) -> None:
    api.deploy(model("p", "${1}")).ok()
    api.start("p", variables={"secret": {"value": SECRET}})
    for row in (*Variable.objects.all(), *HistoricVariableInstance.objects.all(), *IdempotencyKey.objects.all()):
        assert SECRET not in f"{row} {row!r}"


def test_a_worker_credential_keeps_no_token(api: Api) -> None:
    credential, token = WorkerCredential.issue("worker")
    stored = WorkerCredential.objects.filter(pk=credential.pk).values().get()
    assert token not in str(stored)
    assert token not in f"{credential} {credential!r}"


def test_the_operation_log_names_variables_and_not_their_values(api: Api) -> None:
    api.deploy(model("p", "${1}")).ok()
    instance = api.start("p")["id"]
    api.put(f"/process-instance/{instance}/variables/secret", {"value": SECRET}).ok()
    entries = api.get("/history/user-operation").ok()
    assert "secret" in {entry["newValue"] for entry in entries}
    assert SECRET not in str(entries)


def test_the_text_of_a_handlers_failure_stays_out_of_the_log(api: Api, log: Callable[[], str]) -> None:
    def fail(execution: Any) -> None:
        raise ValueError(f"cannot use {execution.get_variable('secret')}")

    handlers.register("leaks", fail)
    try:
        text = model("p", "${1}").replace(
            'camunda:expression="${1}" camunda:resultVariable="r"', 'camunda:class="leaks"'
        )
        text = text.replace('camunda:type="external" camunda:topic="t"', 'camunda:expression="${1}"')
        api.deploy(text).ok()
        api.start("p", variables={"secret": {"value": SECRET}})
        assert jobs.run_once("s")["failed"] == 1
    finally:
        handlers.unregister("leaks")
    assert SECRET not in log()
    # Whoever may see the job's failure sees it there.
    [job] = api.get("/job?withException=true").ok()
    assert SECRET in job["exceptionMessage"]
