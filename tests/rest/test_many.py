"""Many external tasks in one request: each item as if it had come alone, those of one instance in one transaction."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from tests.rest.conftest import Api, basic, external_task_process, process
from tests.support.failure_points import all_rows, before_each_commit, count_statements, failing, points
from workflow_engine import clock, conf, models, verification
from workflow_engine.client import Engine, EngineRefused, Transport, task_from_json
from workflow_engine.models import Authorization, AuthorizationType, Tenant
from workflow_engine.services import credentials
from workflow_engine.services.authorization.resources import Resource
from workflow_engine.services.metrics.measures import Measures

UNKNOWN = "01890000-0000-7000-8000-000000000000"
ALL = pytest.mark.parametrize("verb", ["complete", "failure", "extendLock"])
FIELDS: dict[str, dict[str, Any]] = {
    "complete": {"variables": {"done": {"value": True, "type": "Boolean"}}},
    "failure": {"errorMessage": "no", "errorDetails": "trace", "retries": 2, "retryTimeout": 1000},
    "extendLock": {"newDuration": 120_000},
}
# Three tasks at once, then a gateway each that fails if its variable says so.
BRANCHES = "".join(
    f"""<bpmn:sequenceFlow id="a{n}" sourceRef="fork" targetRef="t{n}"/>
    <bpmn:serviceTask id="t{n}" camunda:type="external" camunda:topic="work"/>
    <bpmn:sequenceFlow id="b{n}" sourceRef="t{n}" targetRef="x{n}"/><bpmn:exclusiveGateway id="x{n}"/>
    <bpmn:sequenceFlow id="c{n}" sourceRef="x{n}" targetRef="u{n}"><bpmn:conditionExpression>${{r{n} == 1}}
    </bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:userTask id="u{n}"/>
    <bpmn:sequenceFlow id="d{n}" sourceRef="x{n}" targetRef="u{n}"><bpmn:conditionExpression>${{r{n} == 0}}
    </bpmn:conditionExpression></bpmn:sequenceFlow>"""
    for n in range(3)
)
BRANCHING = process(
    "branching",
    '<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f" sourceRef="start" targetRef="fork"/>'
    f'<bpmn:parallelGateway id="fork"/>{BRANCHES}',
)


@pytest.fixture(autouse=True)
def _sound(db: None) -> Iterator[None]:
    yield
    clock.reset()
    assert list(verification.verify()) == []


def multi_instance(count: int) -> str:
    task = f"""<bpmn:serviceTask id="work" camunda:type="external" camunda:topic="work"><bpmn:multiInstanceLoopCharacteristics>
        <bpmn:loopCardinality>{count}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:serviceTask>"""
    return process(
        "multi",
        f"""<bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="work"/>{task}
        <bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="end"/><bpmn:endEvent id="end"/>""",
    )


def fetch(api: Api, worker: str = "w", count: int = 1_000, topic: str = "work") -> list[dict[str, Any]]:
    body = {"workerId": worker, "maxTasks": count, "topics": [{"topicName": topic, "lockDuration": 60_000}]}
    found: list[dict[str, Any]] = api.post("/external-task/fetchAndLock", body).ok()
    return found


def held(api: Api, model: str, key: str, instances: int = 1) -> list[dict[str, Any]]:
    """The tasks of that many instances, locked for worker `w`, by instance and activity."""
    api.deploy(model).ok()
    for _ in range(instances):
        api.start(key)
    return sorted(fetch(api), key=lambda task: (task["processInstanceId"], task["activityId"]))


def many(api: Api, verb: str, items: list[Any], **more: Any) -> list[dict[str, Any]]:
    results = api.post(f"/external-task/{verb}-many", {"workerId": "w", "tasks": items, **more}).ok()["results"]
    assert len(results) == len(items)
    return results  # type: ignore[no-any-return]


def statuses(results: list[dict[str, Any]]) -> list[int]:
    return [result["status"] for result in results]


def items_of(verb: str, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": task["id"], "lockToken": task["lockToken"], **FIELDS[verb]} for task in tasks]


# -- what each door does ------------------------------------------------------------------------------------------------


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


# -- refusals -----------------------------------------------------------------------------------------------------------


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


# -- transactions -------------------------------------------------------------------------------------------------------


def commits(monkeypatch: pytest.MonkeyPatch, happen: Callable[[int], None] = lambda number: None) -> list[int]:
    """Grows with each commit, before which `happen` is called with its number."""
    found: list[int] = []

    def committing() -> None:
        found.append(len(found))
        happen(found[-1])

    before_each_commit(monkeypatch, committing)
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["complete", "failure"])
def test_one_transaction_for_each_instance(api: Api, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    tasks = held(api, multi_instance(3), "multi", instances=2)
    counted = commits(monkeypatch)
    assert statuses(many(api, verb, items_of(verb, tasks))) == [204] * 6
    assert len(counted) == 2


@pytest.mark.django_db(transaction=True)
def test_locks_are_extended_in_one_transaction(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = held(api, multi_instance(2), "multi", instances=2)
    counted = commits(monkeypatch)
    many(api, "extendLock", items_of("extendLock", tasks))
    assert len(counted) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_failure_between", [False, True])
def test_an_instance_whose_commit_fails_is_as_before(
    api: Api, monkeypatch: pytest.MonkeyPatch, has_failure_between: bool
) -> None:
    tasks = held(api, BRANCHING, "branching", instances=2)

    def refuse(number: int) -> None:
        if number == 0:
            raise OperationalError("injected")

    values = (1, 2 if has_failure_between else 1, 1)
    items = [
        {"id": task["id"], "variables": {f"r{task['activityId'][1]}": {"value": values[int(task["activityId"][1])]}}}
        for task in tasks
    ]
    commits(monkeypatch, refuse)
    results = many(api, "complete", items)
    second = 400 if has_failure_between else 204
    assert statuses(results) == [503, 503, 503, 204, second, 204]
    assert results[0]["type"] == "OptimisticLockingException"
    first_instance = models.ExternalTask.objects.for_instance(tasks[0]["processInstanceId"])
    assert first_instance.count() == 3
    assert not models.Variable.objects.for_instance(tasks[0]["processInstanceId"]).exists()
    monkeypatch.undo()
    assert statuses(many(api, "complete", items[:3])) == [204, second, 204]


class Conflict(Exception):
    sqlstate = "40001"


@pytest.mark.django_db(transaction=True)
def test_a_conflict_is_repeated(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = held(api, multi_instance(3), "multi")

    def conflict(number: int) -> None:
        if number < conf.current().command_retries:
            raise OperationalError("conflict") from Conflict()

    counted = commits(monkeypatch, conflict)
    assert statuses(many(api, "complete", items_of("complete", tasks))) == [204] * 3
    assert len(counted) == 1 + conf.current().command_retries
    assert models.HistoricExternalTaskLog.objects.filter(state="successful").count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["complete", "failure", "extendLock"])
def test_whatever_statement_fails_all_or_nothing_of_an_instance_happens(api: Api, verb: str) -> None:
    tasks = held(api, multi_instance(3), "multi")
    items = items_of(verb, tasks)

    def ask() -> Any:
        return api.post(f"/external-task/{verb}-many", {"workerId": "w", "tasks": items})

    ask()  # so that the password is known, and locks are as they will be
    tasks = held(api, multi_instance(3), "multi")
    items = items_of(verb, tasks)
    number = count_statements(ask)
    assert number > 0
    for point in points(number):
        before = all_rows()
        with failing(point) as hit:
            answer = ask()
        connection.close()  # as after a real loss
        assert hit, f"{point} was never reached"
        results = statuses(answer.json["results"]) if answer.status == 200 else [answer.status] * 3
        if not point.is_lost_answer:
            assert results == [503] * 3, (str(point), answer.content)
            assert all_rows() == before, str(point)
    assert statuses(many(api, verb, items)) in ([204] * 3, [404] * 3)


@pytest.mark.django_db(transaction=True)
def test_an_error_that_nobody_foresaw_is_of_its_item_only(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from workflow_engine.engine.tasks import ExternalTasks

    tasks = held(api, multi_instance(3), "multi")
    complete = ExternalTasks.complete

    def broken(self: Any, task: Any, *arguments: Any) -> None:
        complete(self, task, *arguments)
        if task.id == tasks[1]["id"]:
            raise RuntimeError("a bug")

    monkeypatch.setattr(ExternalTasks, "complete", broken)
    api.client.raise_request_exception = False
    results = many(api, "complete", items_of("complete", tasks))
    assert statuses(results) == [204, 500, 204]
    assert "a bug" not in results[1]["message"]
    assert sum("complete-many failed" in record.getMessage() for record in caplog.records) == 1
    assert [str(row.pk) for row in models.ExternalTask.objects.all()] == [tasks[1]["id"]]


def statements(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as found:
        work()
    return sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE")) for one in found.captured_queries)


def test_extending_takes_the_same_statements_for_any_number(api: Api) -> None:
    tasks = held(api, multi_instance(60), "multi")
    many(api, "extendLock", items_of("extendLock", tasks[:1]))
    few = statements(lambda: many(api, "extendLock", items_of("extendLock", tasks[:2])))
    assert statements(lambda: many(api, "extendLock", items_of("extendLock", tasks))) == few


def test_answers_of_one_instance_share_their_statements(api: Api) -> None:
    tasks = held(api, multi_instance(100), "multi")
    many(api, "complete", items_of("complete", tasks[:5]))
    few = statements(lambda: many(api, "complete", items_of("complete", tasks[5:15])))
    more = statements(lambda: many(api, "complete", items_of("complete", tasks[15:55])))
    assert more - few <= 5


def test_each_answer_is_measured_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = held(api, BRANCHING, "branching") + held(api, external_task_process("single", "work"), "single")
    seen: list[tuple[str, str]] = []
    monkeypatch.setattr(Measures, "command", lambda self, name, outcome, seconds: seen.append((name, outcome)))
    good = [{"id": task["id"], "variables": {f"r{n}": {"value": 1}}} for n, task in enumerate(tasks)]
    assert statuses(many(api, "complete", [*good[:2], {"id": UNKNOWN}, {**good[2], "lockToken": UNKNOWN}, good[3]])) == [
        204, 204, 404, 400, 204,
    ]  # fmt: skip
    done, refused = ("CompleteExternalTask", "done"), ("CompleteExternalTask", "refused")
    assert sorted(seen) == [done, done, done, refused, refused]


# -- who may ------------------------------------------------------------------------------------------------------------


def person(name: str, *names: str, tenant: str | None = None) -> Api:
    user = get_user_model().objects.create_user(name, password="secret")
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    if tenant is not None:
        Tenant.objects.get_or_create(pk=tenant)[0].users.add(user)
    return Api(basic(name, "secret"))


def two_instances(api: Api, **fields: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tasks of an instance of "mine" and of one of "other", whose definition has these fields."""
    found = []
    for key, more in (("mine", {}), ("other", fields)):
        (definition,) = api.deploy(external_task_process(key, key), **more).ok()["deployedProcessDefinitions"]
        api.post(f"/process-definition/{definition}/start").ok()
        found += fetch(api, topic=key)
    return found[0], found[1]


@ALL
def test_whoever_lacks_the_permission_is_refused_as_a_whole(api: Api, anonymous: Api, verb: str) -> None:
    body = {"workerId": "w", "tasks": []}
    anonymous.post(f"/external-task/{verb}-many", body).refused(401)
    person("nobody", "view_externaltask").post(f"/external-task/{verb}-many", body).refused(403)


@ALL
def test_tasks_of_other_tenants_are_not_there(api: Api, verb: str) -> None:
    mine, other = two_instances(api, **{"tenant-id": "acme"})
    outsider = person("outsider", "complete_external_task")
    results = many(outsider, verb, items_of(verb, [other, mine]))
    assert statuses(results) == [404, 204]
    assert results[0]["message"] == f"No external task found with id '{other['id']}'."
    insider = person("insider", "complete_external_task", tenant="acme")
    assert statuses(many(insider, verb, items_of(verb, [other]))) == [204]


@ALL
def test_a_worker_credential_is_bound_to_its_topics(api: Api, verb: str) -> None:
    mine, other = two_instances(api)
    _, token = credentials.issue("bound", topics=["mine"])
    results = many(Api(f"Bearer {token}"), verb, items_of(verb, [mine, other]))
    assert statuses(results) == [204, 404]


@pytest.mark.parametrize(
    ("verb", "needed"), [("complete", "complete"), ("failure", "failure"), ("extendLock", "extendLock")]
)
def test_a_worker_credential_is_bound_to_its_verbs(api: Api, verb: str, needed: str) -> None:
    body = {"workerId": "w", "tasks": []}
    for given in ("complete", "failure", "extendLock"):
        _, token = credentials.issue(f"for-{given}", verbs=[given])
        answer = Api(f"Bearer {token}").post(f"/external-task/{verb}-many", body)
        assert answer.status == (200 if given == needed else 403), given


@ALL
def test_a_permission_for_one_definition(api: Api, verb: str) -> None:
    mine, other = two_instances(api)
    holder, viewer = person("holder"), person("viewer", "view_externaltask")
    for name in ("holder", "viewer"):
        Authorization.objects.create(
            type=AuthorizationType.GRANT,
            user=get_user_model().objects.get(username=name),
            resource_type=Resource.PROCESS_DEFINITION,
            resource_id="mine",
            permissions=["ALL"],
        )
    for caller, status in ((holder, 404), (viewer, 403)):
        results = many(caller, verb, [{"id": other["id"], **FIELDS[verb]}, {"id": mine["id"], "lockToken": UNKNOWN}])
        alone = caller.post(f"/external-task/{other['id']}/{verb}", {"workerId": "w", **FIELDS[verb]})
        assert alone.refused(status) == results[0]["message"]
        assert statuses(results) == [status, 400]
    assert statuses(many(holder, verb, items_of(verb, [mine]))) == [204]


# -- requests -----------------------------------------------------------------------------------------------------------


@ALL
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tasks": []},
        {"workerId": "w"},
        {"workerId": "", "tasks": []},
        {"workerId": "w", "tasks": None},
        {"workerId": "w", "tasks": {}},
        {"workerId": "w", "tasks": "x"},
        {"workerId": "w", "tasks": [None]},
        {"workerId": "w", "tasks": [[]]},
        {"workerId": "w", "tasks": ["01890000-0000-7000-8000-000000000000"]},
        {"workerId": ["w"], "tasks": []},
        {"workerId": "w" * 300, "tasks": []},
    ],
)
def test_requests_that_make_no_sense_are_refused_as_a_whole(api: Api, verb: str, body: dict[str, Any]) -> None:
    assert api.post(f"/external-task/{verb}-many", body).refused(400)


@ALL
def test_the_number_of_items_is_limited(api: Api, settings: Any, verb: str) -> None:
    items = [{"id": UNKNOWN, **FIELDS[verb]}] * 4
    settings.WORKFLOW_ENGINE = {"REST": {"max_items": 3}}
    message = api.post(f"/external-task/{verb}-many", {"workerId": "w", "tasks": items}).refused(400)
    assert message == "The field 'tasks' holds 4 items, at most 3 are allowed."
    assert statuses(many(api, verb, items[:3])) == [404] * 3


@ALL
def test_other_methods(api: Api, verb: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        api.call(method, f"/external-task/{verb}-many").refused(405)


def test_below_an_engine(api: Api) -> None:
    tasks = held(api, multi_instance(2), "multi")
    body = {"workerId": "w", "tasks": items_of("complete", tasks)}
    assert statuses(api.post("/engine/default/external-task/complete-many", body).ok()["results"]) == [204, 204]
    api.post("/engine/nope/external-task/complete-many", body).refused(404)


@ALL
def test_an_idempotency_key(api: Api, verb: str) -> None:
    tasks = held(api, multi_instance(3), "multi")
    items = items_of(verb, tasks)
    items[1]["lockToken"] = UNKNOWN
    body = {"workerId": "w", "tasks": items}
    first = api.post(f"/external-task/{verb}-many", body, HTTP_IDEMPOTENCY_KEY="k")
    again = api.post(f"/external-task/{verb}-many", body, HTTP_IDEMPOTENCY_KEY="k")
    assert statuses(first.ok()["results"]) == [204, 400, 204]
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    other = {"workerId": "w", "tasks": items[:1]}
    api.post(f"/external-task/{verb}-many", other, HTTP_IDEMPOTENCY_KEY="k").refused(422)


@pytest.mark.django_db(transaction=True)
def test_with_an_idempotency_key_the_request_is_one_transaction(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = held(api, multi_instance(2), "multi", instances=2)
    body = {"workerId": "w", "tasks": items_of("complete", tasks)}

    def refuse(number: int) -> None:
        if number == 0:
            raise OperationalError("injected")

    before = all_rows()
    counted = commits(monkeypatch, refuse)
    api.post("/external-task/complete-many", body, HTTP_IDEMPOTENCY_KEY="k").refused(503)
    assert all_rows() == before
    answer = api.post("/external-task/complete-many", body, HTTP_IDEMPOTENCY_KEY="k")
    assert statuses(answer.ok()["results"]) == [204] * 4
    assert len(counted) == 2


# -- our own client -----------------------------------------------------------------------------------------------------


class TestTransport(Transport):
    """To the site of this very process."""

    __test__ = False

    def __init__(self, api: Api) -> None:
        super().__init__("http://testserver/engine-rest")
        self._api = api

    def request(self, method: str, path: str, body: Any = None, *, timeout: float | None = None) -> Any:
        return self._api.call(method, path, body).ok()


def test_the_client_answers_many(api: Api) -> None:
    held(api, multi_instance(4), "multi")
    clock.travel(timedelta(seconds=61))
    engine = Engine(TestTransport(api), "w")
    rows = engine.fetch_and_lock([{"topicName": "work", "lockDuration": 60_000}], 10, wait=0)
    tasks = [task_from_json(row) for row in rows]
    assert engine.extend_locks(tasks, 600) == [None] * 4
    api.post(f"/external-task/{tasks[0].id}/unlock").ok()
    (refusal, done) = engine.complete_many([(task, {"n": 1, "day": date(2026, 1, 2)}) for task in tasks[:2]])
    assert isinstance(refusal, EngineRefused)
    assert (refusal.status, refusal.type, done) == (400, "RestException", None)
    assert "it is not locked" in refusal.message
    assert engine.failure_many([(task, "no") for task in tasks[2:]], retries=3, retry_after=5) == [None, None]
    assert models.ExternalTask.objects.filter(retries=3, error_message="no").count() == 2
    assert models.HistoricVariableInstance.objects.get(name="day").value == "2026-01-02"
