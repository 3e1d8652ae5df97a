"""A task that belongs to no process in the admin: lists and pages do without the process, and every button works."""

from django.test import Client

from tests.admin.pages import do, listing, page, read
from workflow_engine.models import HistoricTaskInstance, UserTask, Variable
from workflow_engine.services import task

LINES = {"variables-TOTAL_FORMS": "0", "variables-INITIAL_FORMS": "0"}


def test_pages_of_a_standalone_task(boss: Client) -> None:
    task_id = task.create({"name": "Call back", "assignee": "ada"})
    sub_id = task.create({"parent_task_id": task_id})
    task.set_variables(task_id, {"phone": "0123"})
    text = read(boss, listing("usertask"))
    assert "Call back" in text
    assert sub_id in text
    text = read(boss, page("usertask", task_id))
    assert "standalone task" in text
    assert "0123" in text
    assert task_id in read(boss, page("usertask", sub_id))
    assert "Call back" in read(boss, listing("variable"))
    variable = Variable.objects.get()
    assert page("usertask", task_id) in read(boss, page("variable", variable.pk))
    do(boss, "variable", variable.pk, "delete")
    assert not Variable.objects.exists()


def test_operations_on_a_standalone_task(boss: Client) -> None:
    task_id = task.create({})
    for name, data in (("claim", {}), ("unclaim", {}), ("assign", {"user": "somebody"})):
        do(boss, "usertask", task_id, name, **data)
    assert UserTask.objects.get().assignee == "somebody"
    answer = do(boss, "usertask", task_id, "complete", **LINES)
    assert answer.headers["Location"] == listing("usertask")
    assert HistoricTaskInstance.objects.get().delete_reason == "completed"
