"""Commands on tasks that belong to no process meet: no instance is locked for them, so they wait for each other at the task itself."""

import pytest

from tests.support.pairs import meet
from workflow_engine import ids, models, verification
from workflow_engine.engine.errors import BadInput, NotFound
from workflow_engine.services import comment, task
from workflow_engine.services.errors import AlreadyExists

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]


def holds() -> None:
    assert list(verification.verify()) == []


def test_it_is_completed_once() -> None:
    task_id = task.create({"name": "Once"})
    outcome = meet(lambda: task.complete(task_id), lambda: task.complete(task_id))
    assert [type(error) for error in outcome.refusals] == [NotFound]
    assert outcome.has_waited
    holds()


def test_nobody_takes_it_after_somebody_else() -> None:
    task_id = task.create({})
    outcome = meet(lambda: task.claim(task_id, "ann"), lambda: task.claim(task_id, "bob"))
    assert len(outcome.refusals) == 1
    assert models.UserTask.objects.get().assignee == "ann"
    holds()


@pytest.mark.parametrize("end", [task.complete, task.delete])
def test_a_parent_that_ends_gets_no_sub_task_and_leaves_none(end: object) -> None:
    assert callable(end)
    parent = task.create({})
    outcome = meet(lambda: end(parent), lambda: task.create({"parent_task_id": parent}))
    assert [type(error) for error in outcome.refusals] == [BadInput]
    assert not models.UserTask.objects.exists()
    parent = task.create({})
    outcome = meet(lambda: task.create({"parent_task_id": parent}), lambda: end(parent))
    assert outcome.refusals == []
    assert not models.UserTask.objects.exists()
    holds()


def test_a_sub_task_is_completed_while_its_parent_ends() -> None:
    parent = task.create({})
    sub = task.create({"parent_task_id": parent})
    outcome = meet(lambda: task.complete(sub), lambda: task.delete(parent))
    assert outcome.refusals == []
    assert models.HistoricTaskInstance.objects.get(pk=sub).delete_reason == "completed"
    assert not models.UserTask.objects.exists()
    holds()


def test_what_is_put_to_it_comes_before_its_end_or_stays_with_its_history() -> None:
    task_id = task.create({})
    outcome = meet(lambda: task.set_variables(task_id, {"n": 1}), lambda: task.complete(task_id))
    assert outcome.refusals == []
    assert not models.Variable.objects.exists()
    task_id = task.create({})
    outcome = meet(lambda: task.complete(task_id), lambda: comment.create(task_id, "Late"))
    assert outcome.refusals == []
    assert models.Comment.objects.get().task_id == models.HistoricTaskInstance.objects.get(pk=task_id).pk
    holds()


def test_an_id_is_given_away_once() -> None:
    task_id = ids.new_id()

    def create() -> str:
        return task.create({}, task_id=task_id)

    outcome = meet(create, create)
    assert [type(error) for error in outcome.refusals] == [AlreadyExists]
    assert models.UserTask.objects.count() == 1
    holds()
