"""The body around a multi-instance activity: what belongs to it and what to its instances."""

import pytest

from tests.unit.bpmn.models import boundary, flow, parse, problems, sub_process
from workflow_engine.bpmn import behaviors

LOOP = "<multiInstanceLoopCharacteristics {}><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
BODY = "task#multiInstanceBody"


def user_task(loop: str = LOOP.format(""), attributes: str = "", extensions: str = "") -> str:
    extension_elements = f"<extensionElements>{extensions}</extensionElements>" if extensions else ""
    return f'<userTask id="task" name="Ask" {attributes}>{extension_elements}{loop}</userTask>'


def test_the_body_takes_the_place_of_the_activity_in_its_flow():
    process = parse(user_task() + '<task id="next"/>' + flow("start", "task") + flow("task", "next"))
    body, task = process.activity(BODY), process.activity("task")
    assert (body.type, body.behavior, body.is_scope) == ("multiInstanceBody", behaviors.PARALLEL_MULTI_INSTANCE, True)
    assert (body.element, body.name, task.name) == ("userTask", None, "Ask")
    assert (task.flow_scope, body.flow_scope) == (body, process)
    assert body.initial is task
    assert body.activities == (task,)
    assert body in process.activities
    assert task.is_inner_of_multi_instance
    assert not task.is_scope
    assert [f.id for f in body.incoming + body.outgoing] == ["start_task", "task_next"]
    assert task.incoming == task.outgoing == ()


def test_collections():
    def characteristics(loop):
        return parse(user_task(loop)).activity(BODY).multi_instance

    plain = characteristics(
        '<multiInstanceLoopCharacteristics isSequential="true" camunda:collection="items" camunda:elementVariable="item"/>'
    )
    assert (plain.is_sequential, plain.collection_variable, plain.element_variable) == (True, "items", "item")
    dynamic = characteristics(
        '<multiInstanceLoopCharacteristics camunda:collection="${items}">'
        "<completionCondition>${done}</completionCondition></multiInstanceLoopCharacteristics>"
    )
    assert (dynamic.collection_expression.text, dynamic.completion_condition.text) == ("${items}", "${done}")
    assert characteristics(LOOP.format("")).cardinality.text == "3"


@pytest.mark.parametrize(
    "loop",
    [
        "<multiInstanceLoopCharacteristics/>",
        "<multiInstanceLoopCharacteristics><loopCardinality/></multiInstanceLoopCharacteristics>",
        LOOP.format('camunda:elementVariable="x"'),
    ],
)
def test_incomplete_characteristics_are_refused(loop):
    assert problems(user_task(loop))


def test_the_activity_is_asynchronous_around_all_and_its_loop_around_each_instance():
    cycle = "<camunda:failedJobRetryTimeCycle>{}</camunda:failedJobRetryTimeCycle>"
    loop = LOOP.format('camunda:asyncBefore="true" camunda:exclusive="false"').replace(
        "<loopCardinality>", f"<extensionElements>{cycle.format('R2/PT1M')}</extensionElements><loopCardinality>"
    )
    process = parse(user_task(loop, 'camunda:asyncAfter="true"', cycle.format("R5/PT5M")))
    body, task = process.activity(BODY), process.activity("task")
    assert (body.async_before, body.async_after, body.exclusive) == (False, True, True)
    assert (task.async_before, task.async_after, task.exclusive) == (True, False, False)
    assert (body.retry_cycle.text, task.retry_cycle.text) == ("R5/PT5M", "R2/PT1M")
    assert [(j.activity_id, j.configuration) for j in process.job_declarations] == [
        (BODY, "async-after"),
        ("task", "async-before"),
    ]


def test_boundary_events_are_attached_to_the_body():
    process = parse(user_task() + boundary('<messageEventDefinition messageRef="m1"/>'))
    event, body = process.activity("b"), process.activity(BODY)
    assert event.event_scope is body
    assert event.attached_to is process.activity("task")
    assert [s.activity_id for s in body.event_subscriptions] == ["b"]


def test_an_instance_is_compensated_within_the_body():
    process = parse(
        user_task()
        + '<userTask id="undo" isForCompensation="true"/>'
        + boundary("<compensateEventDefinition/>")
        + '<association sourceRef="b" targetRef="undo"/>'
    )
    body, task, undo = process.activity(BODY), process.activity("task"), process.activity("undo")
    assert task.compensation_handler is undo
    assert body.compensation_handler is None
    assert undo.flow_scope is body
    assert not undo.is_inner_of_multi_instance
    assert body.initial is task
    assert process.activity("b").event_scope is task


def test_mappings_make_no_scope_of_an_instance_and_give_nothing():
    mapping = "<camunda:inputOutput>{}</camunda:inputOutput>"
    given = mapping.format('<camunda:inputParameter name="x">1</camunda:inputParameter>')
    taken = mapping.format('<camunda:outputParameter name="x">1</camunda:outputParameter>')
    task = parse(user_task(extensions=given)).activity("task")
    assert task.io_mapping is not None
    assert not task.is_scope
    assert problems(user_task(extensions=taken))


def test_instances_of_sub_processes_and_calls():
    process = parse(
        sub_process("", id="task", start=LOOP.format("") + '<startEvent id="inner"/>')
        + f'<callActivity id="call" calledElement="x">{LOOP.format("")}</callActivity>'
    )
    assert process.activity("task").is_scope
    assert process.activity("task").initial is process.activity("inner")
    assert process.activity(BODY).initial is process.activity("task")
    assert not process.activity("call").is_scope


def test_a_boundary_event_inside_of_the_instances():
    inner = '<userTask id="ask"/>' + boundary("<errorEventDefinition/>", host="ask")
    process = parse(sub_process(inner, start=LOOP.format("") + '<startEvent id="inner"/>'))
    assert process.activity("b").event_scope is process.activity("ask")
    assert process.activity("b").flow_scope is process.activity("sub")
