"""BPMN errors: who catches them, and what becomes of one that nobody catches."""

from typing import Any

import pytest

from tests.unit.bpmn.models import boundary, flow
from tests.unit.engine.play import Play, line, tasks, worker_task
from workflow_engine.engine import state
from workflow_engine.engine.commands import ThrowTaskError
from workflow_engine.engine.errors import BadInput
from workflow_engine.engine.handlers import BpmnError, HandlerFailed

WORK = '<startEvent id="s"/><endEvent id="e"/>' + worker_task("w") + tasks("after") + line("s", "w", "after", "e")
BESIDE = (
    '<startEvent id="s"/><parallelGateway id="fork"/>' + worker_task("w") + tasks("other") + line("s", "fork", "w")
) + line("fork", "other")
CATCH = boundary('<errorEventDefinition errorRef="e1"/>', host="w") + tasks("handled") + flow("b", "handled")
HANDLED = '<startEvent id="s"/><serviceTask id="w" camunda:class="work"/>' + tasks("after") + line("s", "w", "after")


def test_uncaught_it_ends_its_token() -> None:
    play = Play(WORK).start().throw("w", "E1")
    assert (play.state, play.left_over) == ("COMPLETED", {})
    assert play.history == {"s ended": 1, "w ended": 1}
    play = Play(BESIDE).start().throw("w", "E1")
    assert (play.tree, play.state) == ("p[other]", "ACTIVE")


def test_uncaught_it_may_terminate_the_instance() -> None:
    play = Play(BESIDE, uncaught_bpmn_error="terminate-instance").start().throw("w", "E1")
    assert (play.state, play.left_over) == ("INTERNALLY_TERMINATED", {})


def test_uncaught_it_may_open_an_incident() -> None:
    play = Play(WORK, uncaught_bpmn_error="incident").start().throw("w", "E1", "no stock")
    (incident,) = play.rows(state.Incident)
    assert incident["incident_type"] == "unhandledBpmnError"
    assert incident["incident_message"] == "BPMN error 'E1' was not caught: no stock"
    assert (incident["activity_id"], play.state) == ("w", "ACTIVE")


@pytest.mark.parametrize("policy", ["end-execution", "terminate-instance", "incident"])
def test_caught_it_is_the_same_whatever_the_policy(policy: str) -> None:
    assert Play(WORK + CATCH, uncaught_bpmn_error=policy).start().throw("w", "E1").tree == "p[handled]"


def test_an_error_end_event() -> None:
    inside = (
        '<subProcess id="sub"><startEvent id="i"/><endEvent id="x"><errorEventDefinition errorRef="e1"/></endEvent>'
        + line("i", "x")
        + "</subProcess>"
    )
    border = boundary('<errorEventDefinition errorRef="e1"/>', host="sub") + tasks("handled") + flow("b", "handled")
    play = Play('<startEvent id="s"/>' + inside + line("s", "sub") + border).start()
    assert play.tree == "p[handled]"


def test_from_a_user_task() -> None:
    model = (
        '<startEvent id="s"/>' + tasks("t") + line("s", "t") + CATCH.replace('attachedToRef="w"', 'attachedToRef="t"')
    )
    play = Play(model).start()
    task_id = play.rows(state.UserTask)[0]["id"]
    with pytest.raises(BadInput, match="it has no error code"):
        play.execute(ThrowTaskError(task_id=task_id, error_code=""))
    play.execute(ThrowTaskError(task_id=task_id, error_code="E1", variables={"n": 1}))
    assert (play.tree, play.variables) == ("p[handled]", {"n": 1})


# -- from the site's handlers ---------------------------------------------------------------------


def out_of_stock(_: Any) -> None:
    raise BpmnError("E1", "out of stock")


def broken(_: Any) -> None:
    raise ValueError("bad luck")


def test_a_handler_throws_one_on_purpose() -> None:
    assert Play(HANDLED + CATCH, handlers={"work": out_of_stock}).start().tree == "p[handled]"
    assert Play(HANDLED, handlers={"work": out_of_stock}).start().state == "COMPLETED"


def test_what_a_handler_raises_otherwise_refuses_the_command() -> None:
    play = Play(HANDLED + CATCH, handlers={"work": broken})
    with pytest.raises(HandlerFailed, match="Handler 'broken' of 'w' failed: bad luck"):
        play.start()
    assert play.left_over == {}
