"""/history: what rows tell in corners where a guess would be wrong; each answer was compared with Camunda's."""

import csv
import io
from datetime import datetime
from typing import Any

import pytest

from tests.rest.conftest import Api, external_task_process, process, user_task_process
from workflow_engine import models

BROKEN = process(
    "broken",
    """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="charge"/>
    <bpmn:serviceTask id="charge" camunda:asyncBefore="true" camunda:expression="${missing.value}"/>
    <bpmn:sequenceFlow id="f2" sourceRef="charge" targetRef="end"/><bpmn:endEvent id="end"/>""",
)
CALLER = process(
    "caller",
    """<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="call"/>
    <bpmn:callActivity id="call" calledElement="waiting"/><bpmn:sequenceFlow id="f2" sourceRef="call" targetRef="end"/>
    <bpmn:endEvent id="end"/>""",
)
LATE = (
    '<bpmn:boundaryEvent id="late" attachedToRef="work"><bpmn:timerEventDefinition><bpmn:timeDuration'
    ' xsi:type="bpmn:tFormalExpression">PT5H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>'
)


def failed_job(api: Api) -> tuple[dict[str, Any], dict[str, Any]]:
    """An instance whose job has no retries left, and the job."""
    api.deploy(BROKEN).ok()
    instance = api.start("broken")
    job = api.get(f"/job?processInstanceId={instance['id']}").ok()[0]
    for _ in range(3):
        assert api.post(f"/job/{job['id']}/execute").status >= 400
    return instance, job


def fail(api: Api, retries: int, message: str = "no power") -> dict[str, Any]:
    topics = [{"topicName": "work", "lockDuration": 10_000}]
    task: dict[str, Any] = api.post(
        "/external-task/fetchAndLock", {"workerId": "w", "maxTasks": 1, "topics": topics}
    ).ok()[0]
    failure = {"workerId": "w", "errorMessage": message, "retries": retries, "retryTimeout": 0}
    api.post(f"/external-task/{task['id']}/failure", failure).ok()
    return task


def test_incidents_of_external_tasks(api: Api) -> None:
    api.deploy(external_task_process("waiting", "work"), CALLER).ok()
    api.start("caller")
    task = fail(api, 0)
    own = api.get(f"/incident?configuration={task['id']}").ok()[0]
    assert (own["activityId"], own["failedActivityId"], own["jobDefinitionId"]) == ("work", None, None)
    reflected = api.get("/incident?activityId=call").ok()[0]
    assert (reflected["failedActivityId"], reflected["configuration"]) == ("call", None)
    assert reflected["rootCauseIncidentId"] == own["id"]
    kept = {row["activityId"]: row for row in api.get("/history/incident").ok()}
    (log,) = api.get("/history/external-task-log?failureLog=true").ok()
    assert kept["work"]["historyConfiguration"] == log["id"]
    assert kept["call"]["historyConfiguration"] is None
    assert [row["id"] for row in api.get(f"/history/incident?historyConfiguration={log['id']}").ok()] == [own["id"]]


def test_incidents_of_jobs(api: Api) -> None:
    _, job = failed_job(api)
    (incident,) = api.get("/incident?failedActivityId=charge").ok()
    assert (incident["activityId"], incident["jobDefinitionId"]) == ("charge", job["jobDefinitionId"])
    logs = api.get("/history/job-log?failureLog=true&sortBy=occurrence&sortOrder=asc").ok()
    kept = api.get("/history/incident").ok()[0]
    assert kept["historyConfiguration"] == logs[-1]["id"]


def test_logs_tell_what_was_before_the_failure(api: Api) -> None:
    failed_job(api)
    logs = api.get("/history/job-log?sortBy=occurrence&sortOrder=asc").ok()
    assert [(log["creationLog"], log["jobRetries"]) for log in logs] == [(True, 3), (False, 3), (False, 2), (False, 1)]
    assert all(log["hostname"] for log in logs)
    api.deploy(external_task_process("waiting", "work")).ok()
    api.start("waiting")
    fail(api, 2)
    fail(api, 0)
    logs = api.get("/history/external-task-log?sortBy=timestamp&sortOrder=asc").ok()
    assert [(log["failureLog"], log["retries"]) for log in logs] == [(False, None), (True, None), (True, 2)]


def test_job_logs_name_what_the_model_declares(api: Api) -> None:
    failed_job(api)
    assert {log["jobDefinitionConfiguration"] for log in api.get("/history/job-log").ok()} == {"async-before"}
    assert api.get("/history/job-log/count?jobDefinitionConfiguration=async-before").ok() == {"count": 4}
    api.deploy(external_task_process("timed", "work", LATE)).ok()
    api.start("timed")
    (log,) = api.get("/history/job-log?processDefinitionKey=timed").ok()
    assert (log["jobDefinitionType"], log["jobDefinitionConfiguration"]) == ("timer-transition", "DURATION: PT5H")
    assert api.get(f"/history/job-log/{log['id']}").ok() == log


def test_assignees_are_in_the_log_of_identity_links(api: Api) -> None:
    api.deploy(user_task_process("human", 'camunda:assignee="mary" camunda:candidateGroups="sales"')).ok()
    api.start("human")
    task = api.get("/task").ok()[0]
    api.post(f"/task/{task['id']}/assignee", {"userId": "john"}).ok()
    api.post(f"/task/{task['id']}/assignee", {"userId": "john"}).ok()
    logs = api.get("/history/identity-link-log?type=assignee").ok()
    assert sorted((log["operationType"], log["userId"]) for log in logs) == [
        ("add", "john"),
        ("add", "mary"),
        ("delete", "mary"),
    ]
    assert api.get("/history/identity-link-log/count").ok() == {"count": 4}
    for person, count in (("mary", 1), ("ann", 0)):
        assert api.get(f"/history/task/count?taskInvolvedUser={person}").ok() == {"count": count}


def test_removed_variables_keep_their_last_value(api: Api) -> None:
    api.deploy(external_task_process("waiting", "work")).ok()
    instance = api.start("waiting", variables={"first": {"value": 1}})["id"]
    for value in ("abc", "abd"):
        api.put(f"/process-instance/{instance}/variables/note", {"value": value, "type": "String"}).ok()
    api.delete(f"/process-instance/{instance}/variables/note").ok()
    assert api.get("/history/variable-instance?variableName=note").ok() == []
    (kept,) = api.get("/history/variable-instance?variableName=note&includeDeleted=true").ok()
    assert (kept["type"], kept["value"], kept["state"]) == ("String", "abd", "DELETED")
    details = api.get("/history/detail?variableNameLike=note&sortBy=variableRevision&sortOrder=asc").ok()
    assert [(row["variableType"], row["value"], row["revision"]) for row in details] == [
        ("String", "abc", 0),
        ("String", "abd", 1),
        ("String", None, 2),
    ]
    assert api.get("/history/detail/count?variableTypeIn=string").ok() == {"count": 3}
    first = api.get(f"/history/detail?activityInstanceId={instance}&initial=true").ok()
    assert [row["variableName"] for row in first] == ["first"]


@pytest.mark.parametrize("kind", ["Integer", "Boolean", "Date", "Json", "Bytes", "Double"])
def test_the_removal_of_a_variable_of_any_type(api: Api, kind: str) -> None:
    values = {
        "Integer": 5,
        "Boolean": True,
        "Date": "2026-01-02T03:04:05.000+0000",
        "Json": "{}",
        "Bytes": "AAAA",
        "Double": 1.5,
    }
    api.deploy(external_task_process("waiting", "work")).ok()
    instance = api.start("waiting", variables={"x": {"value": values[kind], "type": kind}})["id"]
    api.delete(f"/process-instance/{instance}/variables/x").ok()
    last = api.get("/history/detail?sortBy=variableRevision&sortOrder=desc").ok()[0]
    assert (last["variableType"], last["value"]) == (kind, None)
    assert api.get(f"/history/detail/{last['id']}").ok()["value"] is None


def test_a_value_needs_a_name(api: Api) -> None:
    assert "variable name" in api.get("/history/variable-instance?variableValue=5").refused(400)


def test_instances_are_found_by_where_their_jobs_wait(api: Api) -> None:
    api.deploy(BROKEN).ok()
    waiting = api.start("broken")
    failed, _ = failed_job(api)
    for query, found in (
        ("activityIdIn=charge", {waiting["id"], failed["id"]}),
        ("activeActivityIdIn=charge", set()),
        ("executedActivityIdIn=start", {waiting["id"], failed["id"]}),
        ("activityIdIn=start", set()),
    ):
        assert {row["id"] for row in api.get(f"/history/process-instance?{query}").ok()} == found, query


def test_statistics_count_where_tokens_and_incidents_are(api: Api) -> None:
    instance, _ = failed_job(api)
    definition = instance["definitionId"]
    (own,) = api.get(f"/history/process-definition/{definition}/statistics?incidents=true").ok()
    assert own == {
        "id": "charge", "instances": 0, "canceled": 0, "finished": 0, "completeScope": 0, "openIncidents": 1,
        "resolvedIncidents": 0, "deletedIncidents": 0,
    }  # fmt: skip
    (now,) = api.get(f"/process-definition/{definition}/statistics?incidents=true&failedJobs=true").ok()
    assert (now["id"], now["instances"], now["failedJobs"]) == ("charge", 1, 1)
    assert now["incidents"] == [{"incidentType": "failedJob", "incidentCount": 1}]


REPORT = "/history/process-instance/report?reportType=duration&periodUnit="


def test_durations(api: Api) -> None:
    api.deploy(external_task_process("waiting", "work")).ok()
    for minutes in (1, 3):
        pk = api.start("waiting")["id"]
        started = datetime.fromisoformat("2026-02-03T04:05:00+00:00")
        models.HistoricProcessInstance.objects.filter(pk=pk).update(
            start_time=started, end_time=started.replace(minute=5 + minutes), state="COMPLETED"
        )
    api.start("waiting")
    expected = {"period": 2, "periodUnit": "MONTH", "minimum": 60_000, "maximum": 180_000, "average": 120_000}
    assert api.get(f"{REPORT}month").ok() == [expected]
    assert api.get(f"{REPORT}quarter&processDefinitionKeyIn=waiting").ok()[0]["period"] == 1
    assert api.get(f"{REPORT}month&processDefinitionIdIn=other").ok() == []
    assert api.get(f"{REPORT}month&startedAfter=2026-03-01T00:00:00.000Z").ok() == []
    assert api.get(f"{REPORT}month&startedBefore=2026-03-01T00:00:00.000Z").ok() == [expected]
    for kind in ("text/csv", "application/csv"):
        answer = api.get(f"{REPORT}month", headers={"accept": kind})
        assert answer.headers["Content-Type"].startswith(kind)
        rows = list(csv.reader(io.StringIO(answer.content.decode())))
        assert rows == [
            ["PERIOD", "PERIOD_UNIT", "MINIMUM", "MAXIMUM", "AVERAGE"],
            ["2", "MONTH", "60000", "180000", "120000"],
        ]


@pytest.mark.parametrize(
    "query", ["", "?reportType=count&periodUnit=month", "?reportType=duration", "?reportType=duration&periodUnit=day"]
)
def test_reports_that_there_are_not(api: Api, query: str) -> None:
    assert api.get(f"/history/process-instance/report{query}").status == 400
