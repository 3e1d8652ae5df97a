"""Reports about tasks over HTTP: by candidate group, by name and definition, and how long they took."""

from datetime import timedelta

from tests.rest.conftest import Api, user_task_process
from workflow_engine import clock
from workflow_engine.models import HistoricTaskInstance

GROUPS = "/task/report/candidate-group-count"
REPORT = "/history/task/report"


def complete(api: Api, instance_id: str) -> None:
    [task] = api.get(f"/task?processInstanceId={instance_id}").ok()
    api.post(f"/task/{task['id']}/complete").ok()


def test_candidate_groups(api: Api) -> None:
    assert api.get(GROUPS).ok() == []
    api.deploy(user_task_process("one", 'camunda:candidateGroups="sales,=accounting"')).ok()
    api.deploy(user_task_process("two", 'camunda:candidateUsers="kermit"')).ok()
    for key in ("one", "one", "two"):
        api.start(key)
    assert api.get(GROUPS).ok() == [
        {"groupName": None, "taskCount": 1},
        {"groupName": "=accounting", "taskCount": 2},
        {"groupName": "sales", "taskCount": 2},
    ]
    csv = api.get(GROUPS, HTTP_ACCEPT="text/csv")
    assert csv.content.decode() == "CANDIDATE_GROUP_NAME,TASK_COUNT\nnull,1\n'=accounting,2\nsales,2"
    assert csv.headers["Content-Type"] == "text/csv"
    assert "task-count-by-candidate-group.csv" in csv.headers["Content-Disposition"]


def test_completed_tasks(api: Api) -> None:
    for key in ("one", "two"):
        api.deploy(user_task_process(key)).ok()
        complete(api, api.start(key)["id"])
    complete(api, api.start("two")["id"])
    api.start("one")
    definition = api.get("/process-definition/key/one").ok()
    first, second = api.get(f"{REPORT}?reportType=count&groupBy=taskName").ok()
    assert first == {
        "count": 1,
        "processDefinitionKey": "one",
        "processDefinitionId": definition["id"],
        "processDefinitionName": None,
        "taskName": "Human",
        "tenantId": None,
    }
    assert second["count"] == 2
    rows = api.get(f"{REPORT}?reportType=count&groupBy=processDefinition").ok()
    assert [(row["processDefinitionKey"], row["count"], row["taskName"]) for row in rows] == [
        ("one", 1, None),
        ("two", 2, None),
    ]
    past = "completedBefore=2020-01-01T00:00:00.000%2B0000"
    assert api.get(f"{REPORT}?reportType=count&groupBy=taskName&{past}").ok() == []


def test_how_long_tasks_took(api: Api) -> None:
    api.deploy(user_task_process("one")).ok()
    for seconds in (10, 30):
        instance = api.start("one")
        complete(api, instance["id"])
        task = HistoricTaskInstance.objects.for_instance(instance["id"])
        end = task.get().end_time
        task.update(start_time=end - timedelta(seconds=seconds))
    month = clock.now().month
    [row] = api.get(f"{REPORT}?reportType=duration&periodUnit=quarter").ok()
    assert row == {
        "period": (month - 1) // 3 + 1,
        "periodUnit": "QUARTER",
        "minimum": 10_000,
        "maximum": 30_000,
        "average": 20_000,
    }
    [row] = api.get(f"{REPORT}?reportType=duration&periodUnit=MONTH").ok()
    assert (row["period"], row["periodUnit"]) == (month, "MONTH")


def test_mistakes(api: Api) -> None:
    for query in (
        "",
        "?reportType=nope",
        "?reportType=count",
        "?reportType=count&groupBy=x",
        "?reportType=duration",
        "?reportType=duration&periodUnit=year",
        "?reportType=count&groupBy=taskName&completedBefore=soon",
    ):
        api.get(f"{REPORT}{query}").refused(400)


def test_sorting_by_variables(api: Api) -> None:
    api.deploy(user_task_process("one")).ok()
    tasks = {}
    for name, number in (("b", 10), ("a", 9), ("c", None)):
        variables = {"name": {"value": name}, **({} if number is None else {"number": {"value": number}})}
        [task] = api.get(f"/task?processInstanceId={api.start('one', variables=variables)['id']}").ok()
        api.put(f"/task/{task['id']}/localVariables/local", {"value": name}).ok()
        tasks[task["id"]] = name

    def order(by: str, order: str, variable: str, kind: str) -> str:
        sorting = {"sortBy": by, "sortOrder": order, "parameters": {"variable": variable, "type": kind}}
        return "".join(tasks[row["id"]] for row in api.post("/task", {"sorting": [sorting]}).ok())

    assert order("processVariable", "asc", "name", "String") == "abc"
    assert order("executionVariable", "desc", "name", "string") == "cba"
    assert order("taskVariable", "desc", "local", "String") == "cba"
    assert order("processVariable", "asc", "number", "Integer") == "abc"
    assert sorted(order("processVariable", "asc", "number", "Long")) == sorted(
        order("caseInstanceVariable", "asc", "x", "Date")
    )
    for parameters in ({}, {"variable": "x"}, {"type": "String"}, {"variable": "x", "type": "Bytes"}, [], "x"):
        sorting = {"sortBy": "processVariable", "sortOrder": "asc", "parameters": parameters}
        api.post("/task", {"sorting": [sorting]}).refused(400)
    api.post("/task", {"sorting": [{"sortBy": "processVariable", "sortOrder": "asc"}]}).refused(400)
    api.get("/task?sortBy=processVariable&sortOrder=asc").refused(400)
    assert len(api.get("/task?sortBy=caseExecutionId&sortOrder=asc").ok()) == 3
