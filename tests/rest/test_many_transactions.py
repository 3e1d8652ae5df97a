"""Many external tasks in one request: those of one instance in one transaction, and in few statements."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from tests.rest.conftest import Api, external_task_process
from tests.rest.many import BRANCHING, UNKNOWN, commits, held, items_of, many, multi_instance, statuses
from tests.support.failure_points import all_rows, count_statements, failing, points
from workflow_engine import conf, models
from workflow_engine.services.metrics.measures import Measures

pytestmark = pytest.mark.usefixtures("sound")


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
