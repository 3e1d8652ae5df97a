"""`workflow_verify` on tasks that belong to no process: silent on what the services write, loud about what is left of a task."""

import pytest

from workflow_engine import models, verification
from workflow_engine.services import task

pytestmark = pytest.mark.django_db


def found() -> list[tuple[str, str]]:
    return [(one.invariant, one.message) for one in verification.verify()]


@pytest.fixture
def parent() -> str:
    parent = task.create({"name": "Parent", "assignee": "ada"})
    sub = task.create({"parent_task_id": parent})
    task.set_variables(sub, {"n": 1})
    return parent


def test_what_services_write_holds(parent: str) -> None:
    assert found() == []
    task.complete(parent, variables={"done": True})
    assert not models.UserTask.objects.exists()
    assert found() == []


def test_what_is_left_of_a_task_is_told(parent: str) -> None:
    models.UserTask.objects.filter(parent_task__isnull=False).delete()
    assert [invariant for invariant, _ in found()] == ["I1", "I3"]


def test_a_sub_task_without_parent_is_told(parent: str) -> None:
    models.UserTask.objects.filter(pk=parent).delete()
    assert {invariant for invariant, _ in found()} == {"I1", "I3"}
    assert any("outlives task" in message for _, message in found())


def test_a_task_that_history_does_not_know_is_told(parent: str) -> None:
    models.HistoricTaskInstance.objects.filter(pk=parent).delete()
    assert found() == [("I3", f"standalone task {parent} lives and history does not know it")]
