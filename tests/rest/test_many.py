"""Many external tasks in one request: each item as if it had come alone."""

from datetime import timedelta
from typing import Any

import pytest

from tests.rest.conftest import Api, external_task_process
from tests.rest.many import ALL, BRANCHING, FIELDS, UNKNOWN, fetch, held, items_of, many, multi_instance, statuses
from tests.support.failure_points import all_rows
from workflow_engine import clock, models

pytestmark = pytest.mark.usefixtures("sound")


def test_completing_tasks_of_many_instances(api: Api) -> None:
    tasks = held(api, multi_instance(3), "multi", instances=4)
    results = many(api, "complete", items_of("complete", tasks))
    assert results == [{"id": task["id"], "status": 204} for task in tasks]
    assert models.ExternalTask.objects.count() == models.Execution.objects.count() == 0
    assert models.HistoricProcessInstance.objects.filter(state="COMPLETED").count() == 4
    assert models.HistoricExternalTaskLog.objects.filter(state="successful", worker_id="w").count() == 12


def test_results_stand_in_the_order_of_the_items(api: Api) -> None:
    tasks = held(api, multi_instance(2), "multi", instances=3)
    mixed = [tasks[index] for index in (5, 0, 3, 1, 4, 2)]
    items = items_of("complete", mixed)
    items.insert(2, {"id": UNKNOWN})
    results = many(api, "complete", items)
    assert [result["id"] for result in results] == [item["id"] for item in items]
    assert statuses(results) == [204, 204, 404, 204, 204, 204, 204]


def test_failing_many(api: Api) -> None:
    tasks = held(api, external_task_process("single", "work"), "single", instances=3)
    items = [{**item, "retries": number} for number, item in enumerate(items_of("failure", tasks))]
    assert statuses(many(api, "failure", items)) == [204] * 3
    rows = models.ExternalTask.objects.order_by("retries")
    assert [(row.retries, row.error_message) for row in rows] == [(0, "no"), (1, "no"), (2, "no")]
    assert models.Incident.objects.get().process_instance_id == rows[0].process_instance_id
    assert models.HistoricExternalTaskLog.objects.filter(state="failed").count() == 3


def test_extending_many(api: Api) -> None:
    tasks = held(api, external_task_process("single", "work"), "single", instances=3)
    items = [{"id": task["id"]} for task in tasks]
    items[1]["newDuration"] = 600_000
    assert statuses(many(api, "extendLock", items, newDuration=300_000)) == [204] * 3
    rows = {str(row.pk): row.lock_expiration_time - clock.now() for row in models.ExternalTask.objects.all()}
    minutes = [round(rows[task["id"]].total_seconds() / 60) for task in tasks]
    assert minutes == [5, 10, 5]


@ALL
def test_no_items(api: Api, verb: str) -> None:
    assert many(api, verb, []) == []


def test_transient_variables_are_gone_when_the_next_answer_comes(api: Api) -> None:
    tasks = held(api, BRANCHING, "branching")
    transient = {"value": 1, "type": "Integer", "valueInfo": {"transient": True}}
    first = {"id": tasks[0]["id"], "variables": {"r0": transient, "r1": transient}}
    results = many(api, "complete", [first, {"id": tasks[1]["id"]}])
    assert statuses(results) == [204, 400]
    assert "r1" in results[1]["message"]
    assert not models.Variable.objects.exists()


def wrong_items(verb: str, task: dict[str, Any]) -> dict[str, dict[str, Any]]:
    good = {"id": task["id"], "lockToken": task["lockToken"], **FIELDS[verb]}
    found: dict[str, dict[str, Any]] = {
        "unknown": {**good, "id": UNKNOWN},
        "no id": {**good, "id": "x"},
        "upper case": {**good, "id": task["id"].upper()},
        "stale": {**good, "lockToken": UNKNOWN},
        "empty token": {**good, "lockToken": ""},
        "token of another type": {**good, "lockToken": ["x"]},
        "long token": {**good, "lockToken": "x" * 300},
    }
    if verb == "extendLock":
        wrong = (0, -1, "x", 2**62, 10**12)
        return found | {f"duration {value}": {**good, "newDuration": value} for value in wrong}
    found |= {
        "variables": {**good, "variables": []},
        "variable": {**good, "variables": {"v": {"value": "x", "type": "Integer"}}},
        "name": {**good, "localVariables": {"": {"value": 1}}},
        "type": {**good, "variables": {"v": {"value": "x", "type": "Nope"}}},
    }
    if verb == "failure":
        found |= {"retries": {**good, "retries": -1}, "timeout": {**good, "retryTimeout": -1}}
    return found


@ALL
def test_refusals_are_those_of_a_request_for_one(api: Api, verb: str) -> None:
    task, other, third = held(api, external_task_process("single", "work"), "single", instances=3)
    wrong = wrong_items(verb, task)
    api.post(f"/external-task/{third['id']}/unlock").ok()
    wrong["not locked"] = {"id": third["id"], **FIELDS[verb]}
    before = all_rows()
    results = many(api, verb, [*wrong.values(), items_of(verb, [other])[0]])
    assert results.pop()["status"] == 204
    for (name, item), result in zip(wrong.items(), results, strict=True):
        fields = {key: value for key, value in item.items() if key != "id"}
        alone = api.post(f"/external-task/{item['id']}/{verb}", {"workerId": "w", **fields})
        told = alone.json["type"], alone.json["message"]
        assert (result["status"], result["type"], result["message"]) == (alone.status, *told), name
        assert result["id"] == item["id"]
        assert 400 <= alone.status < 500, name
    row = [row for row in before[models.ExternalTask._meta.label] if str(row[0]) == task["id"]]
    assert row[0] in all_rows()[models.ExternalTask._meta.label]


@ALL
def test_items_without_an_id(api: Api, verb: str) -> None:
    results = many(api, verb, [{}, {"id": None}, {"id": ""}, {"id": 5}, {"id": ["x"]}, {"id": "x" * 300}])
    assert statuses(results) == [400, 400, 400, 400 if verb == "extendLock" else 404, 400, 400]
    assert all(result["message"] for result in results)


@ALL
def test_suspended_tasks(api: Api, verb: str) -> None:
    first, second = held(api, external_task_process("single", "work"), "single", instances=2)
    api.put(f"/process-instance/{first['processInstanceId']}/suspended", {"suspended": True}).ok()
    results = many(api, verb, items_of(verb, [first, second]))
    alone = api.post(f"/external-task/{first['id']}/{verb}", {"workerId": "w", **FIELDS[verb]})
    assert statuses(results) == [alone.status, 204]


@ALL
def test_the_lock_token_tells_who_holds_the_task_now(api: Api, verb: str) -> None:
    first = held(api, multi_instance(3), "multi")
    clock.travel(timedelta(seconds=61))
    (taken,) = fetch(api, count=1)
    items = items_of(verb, first)
    results = many(api, verb, items)
    by_id = {result["id"]: result for result in results}
    assert by_id[taken["id"]]["status"] == 400
    assert "meanwhile" in by_id[taken["id"]]["message"]
    # A lock that has expired and that nobody has taken is good for an answer, and not to be extended.
    others = [by_id[task["id"]]["status"] for task in first if task["id"] != taken["id"]]
    assert others == ([400, 400] if verb == "extendLock" else [204, 204])
    assert statuses(many(api, verb, items_of(verb, [taken]))) == [204]


def test_another_worker(api: Api) -> None:
    tasks = held(api, multi_instance(2), "multi")
    answer = api.post("/external-task/complete-many", {"workerId": "other", "tasks": items_of("complete", tasks)}).ok()
    assert statuses(answer["results"]) == [400, 400]
    assert "it is locked by worker 'w'" in answer["results"][0]["message"]
    assert models.ExternalTask.objects.count() == 2


@pytest.mark.parametrize("verb", ["complete", "failure"])
def test_refused_items_leave_the_others_of_their_instance(api: Api, verb: str) -> None:
    tasks = held(api, multi_instance(4), "multi")
    items = items_of(verb, tasks)
    items[0]["lockToken"] = items[2]["lockToken"] = UNKNOWN
    assert statuses(many(api, verb, items)) == [400, 204, 400, 204]
    untouched = {tasks[0]["id"], tasks[2]["id"]}
    rows = {str(row.pk) for row in models.ExternalTask.objects.filter(retries=None)}
    assert rows == untouched


def test_an_error_in_the_midst_undoes_its_item_only(api: Api) -> None:
    tasks = held(api, BRANCHING, "branching")
    results = many(
        api,
        "complete",
        [
            {
                "id": task["id"],
                "variables": {f"r{number}": {"value": value}},
                "localVariables": {"l": {"value": number}},
            }
            for number, (task, value) in enumerate(zip(tasks, (1, 2, 1), strict=True))
        ],
    )
    assert statuses(results) == [204, 400, 204]
    alone = api.post(f"/external-task/{tasks[1]['id']}/complete", {"workerId": "w", "variables": {"r1": {"value": 2}}})
    assert alone.refused(400) == results[1]["message"]
    assert dict(models.Variable.objects.values_list("name", "long_value")) == {"r0": 1, "r2": 1}
    assert [str(row.pk) for row in models.ExternalTask.objects.all()] == [tasks[1]["id"]]
    assert sorted(models.UserTask.objects.values_list("task_definition_key", flat=True)) == ["u0", "u2"]
    history = models.HistoricVariableInstance.objects.values_list("name", flat=True)
    assert sorted(history) == ["l", "l", "r0", "r2"]


def test_what_is_named_twice_is_done_once(api: Api) -> None:
    first, second = held(api, multi_instance(2), "multi")
    items = items_of("complete", [first, first, second, second])
    assert statuses(many(api, "complete", items)) == [204, 404, 204, 404]


def test_a_task_that_another_answer_of_the_request_takes_away_is_gone(api: Api) -> None:
    condition = "<bpmn:completionCondition>${nrOfCompletedInstances >= 2}</bpmn:completionCondition>"
    model = multi_instance(5).replace("</bpmn:loopCardinality>", f"</bpmn:loopCardinality>{condition}")
    tasks = held(api, model, "multi")
    assert statuses(many(api, "complete", items_of("complete", tasks))) == [204, 204, 404, 404, 404]
    assert models.HistoricExternalTaskLog.objects.filter(state="deleted").count() == 3
