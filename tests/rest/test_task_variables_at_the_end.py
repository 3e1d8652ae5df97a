"""Which variable a name means when a task that has one of its own with that name is completed, submitted or resolved."""

from typing import Any

import pytest

from tests.rest.conftest import Api, user_task_process


@pytest.mark.parametrize(
    ("how", "of_instance", "of_task"), [("complete", {"v": 2}, 1), ("resolve", {"v": 2}, 1), ("submit-form", {}, 2)]
)
def test_a_variable_of_the_task(api: Api, how: str, of_instance: dict[str, Any], of_task: int) -> None:
    two = user_task_process("two").replace(
        '<bpmn:endEvent id="end"/>',
        '<bpmn:userTask id="end"/>',
    )
    api.deploy(two).ok()
    instance = api.start("two")["id"]
    [task] = api.get("/task").ok()
    api.put(f"/task/{task['id']}/localVariables/v", {"value": 1}).ok()
    api.post(f"/task/{task['id']}/{how}", {"variables": {"v": {"value": 2}}}).ok()
    found = api.get(f"/process-instance/{instance}/variables").ok()
    assert {name: row["value"] for name, row in found.items()} == of_instance
    [row] = api.get(f"/history/variable-instance?taskIdIn={task['id']}&variableName=v").ok()
    assert row["value"] == of_task
