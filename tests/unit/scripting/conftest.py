"""The sandbox with the variables of a process, as a function of the source."""

from collections.abc import Callable
from typing import Any

import pytest

from workflow_engine import scripting
from workflow_engine.engine.ports import ScriptCall, ScriptOutcome

EXECUTION = {
    "id": "e1",
    "processInstanceId": "i1",
    "businessKey": "BK",
    "processBusinessKey": "BK",
    "currentActivityId": "approve",
    "currentActivityName": None,
    "eventName": None,
    "canceled": False,
}
TASK = {"id": "t1", "name": "Approve", "assignee": None, "priority": 50, "dueDate": None, "eventName": "create"}
Run = Callable[..., ScriptOutcome]


@pytest.fixture
def run() -> Run:
    def run(
        source: str, *scopes: dict[str, Any], task: bool = False, script_format: str = "javascript", **limits: Any
    ) -> ScriptOutcome:
        subjects = {"execution": EXECUTION, "instance": {**EXECUTION, "id": "i1"}} | ({"task": TASK} if task else {})
        call = ScriptCall(format=script_format, source=source, scopes=scopes or ({},), subjects=subjects)
        return scripting.run(call, scripting.Limits(**limits))

    return run


@pytest.fixture
def changes(run: Run) -> Callable[..., list[tuple[Any, ...]]]:
    """What the script wants done, as tuples."""

    def changes(source: str, *scopes: dict[str, Any], task: bool = False) -> list[tuple[Any, ...]]:
        outcome = run(source, *scopes, task=task)
        assert outcome.failure is None
        return [(effect.subject, effect.method, *effect.args) for effect in outcome.effects]

    return changes
