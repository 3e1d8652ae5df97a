"""Call activities: another process is started and waited for."""

import pytest

from tests.unit.bpmn.models import boundary, flow
from tests.unit.engine.play import Play, line, process, tasks, worker_task
from workflow_engine.engine import state
from workflow_engine.engine.errors import DefinitionNotFound, LimitExceeded


def calling(inner: str = "", *, called: str = "q") -> str:
    return (
        f'<startEvent id="s"/><callActivity id="call" calledElement="{called}"><extensionElements>{inner}'
        "</extensionElements></callActivity>" + tasks("after") + line("s", "call", "after")
    )


ASKING = process('<startEvent id="cs"/>' + tasks("x") + line("cs", "x"), key="q")
WORKING = process('<startEvent id="cs"/>' + worker_task("w") + line("cs", "w"), key="q")


def called_instance(play: Play) -> str:
    return next(key for key, row in play.site.database.instances.items() if row["definition"].startswith("q:"))


def test_the_caller_waits_for_the_called_instance() -> None:
    play = Play(calling(), others=(ASKING,)).start()
    assert (play.tree, play.waiting) == ("p[call]", ["task x"])
    assert play.complete("x").tree == "p[after]"
    assert play.site.database.instances[called_instance(play)]["state"] == "COMPLETED"


def test_nothing_is_handed_over_unless_the_model_says_so() -> None:
    play = Play(calling(), others=(ASKING,)).start({"n": 1})
    assert [row["process_instance_id"] for row in play.rows(state.Variable)] == [play.instance_id]
    assert play.complete("x", {"m": 2}).variables == {"n": 1}


def test_single_variables_expressions_and_all() -> None:
    mappings = (
        '<camunda:in source="n" target="number"/><camunda:in sourceExpression="${n + 1}" target="next"/>'
        '<camunda:out source="result" target="answer"/><camunda:out sourceExpression="${result + 1}" target="more"/>'
    )
    play = Play(calling(mappings), others=(ASKING,)).start({"n": 1, "secret": 5})
    called = {row["name"]: row["value"] for row in play.rows(state.Variable, process_instance_id=called_instance(play))}
    assert called == {"number": 1, "next": 2}
    assert play.complete("x", {"result": 10}).variables == {"n": 1, "secret": 5, "answer": 10, "more": 11}
    play = Play(calling('<camunda:in variables="all"/><camunda:out variables="all"/>'), others=(ASKING,)).start(
        {"n": 1}
    )
    assert play.complete("x", {"n": 2, "m": 3}).variables == {"n": 2, "m": 3}


def test_the_business_key() -> None:
    handing = '<camunda:in businessKey="#{execution.processBusinessKey}"/>'
    play = Play(calling(handing), others=(ASKING,)).start(business_key="order-1")
    (called,) = play.rows(state.Execution, id=called_instance(play))
    assert called["business_key"] == "order-1"
    assert called["root_process_instance_id"] == play.instance_id


def test_an_error_that_the_called_process_does_not_catch_reaches_the_caller() -> None:
    error = '<errorEventDefinition errorRef="e1"/>'
    model = calling() + boundary(error, host="call") + tasks("handled") + flow("b", "handled")
    play = Play(model, others=(WORKING,)).start().throw("w", "E1")
    assert play.tree == "p[handled]"
    assert play.site.database.instances[called_instance(play)]["state"] == "INTERNALLY_TERMINATED"


def test_an_interrupted_call_ends_the_called_instance() -> None:
    message = '<messageEventDefinition messageRef="m1"/>'
    model = calling() + boundary(message, host="call") + tasks("instead") + flow("b", "instead")
    play = Play(model, others=(ASKING,)).start().send("b")
    assert play.waiting == ["task instead"]
    assert play.site.database.instances[called_instance(play)]["state"] == "INTERNALLY_TERMINATED"


def test_once_for_every_element() -> None:
    model = (
        '<startEvent id="s"/><callActivity id="call" calledElement="q"><multiInstanceLoopCharacteristics>'
        "<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></callActivity>" + line("s", "call")
    )
    play = Play(model, others=(ASKING,)).start()
    assert play.waiting == ["task x"] * 3
    assert play.complete("x").complete("x").complete("x").state == "COMPLETED"


def test_the_called_process_may_be_an_expression() -> None:
    assert Play(calling(called="${which}"), others=(ASKING,)).start({"which": "q"}).waiting == ["task x"]
    with pytest.raises(DefinitionNotFound, match="no processes deployed with key 'nobody'"):
        Play(calling(called="${which}"), others=(ASKING,)).start({"which": "nobody"})


def test_a_process_that_calls_itself_for_ever_is_stopped() -> None:
    play = Play(calling(called="p"), max_call_depth=10)
    with pytest.raises(LimitExceeded, match="Call activity 'call' nests process instances deeper than 10"):
        play.start()
    assert play.left_over == {}
