"""Which activity undoes which."""

from tests.unit.bpmn.models import boundary, event_sub_process, flow, parse, problems, sub_process
from workflow_engine.bpmn import behaviors

CATCH = boundary("<compensateEventDefinition/>")
UNDO = '<userTask id="undo" isForCompensation="true"/>'
ASSOCIATION = '<association sourceRef="b" targetRef="undo"/>'
THROW = '<intermediateThrowEvent id="throw"><compensateEventDefinition {}/></intermediateThrowEvent>'


def test_an_association_joins_the_handler_to_what_it_undoes():
    process = parse('<userTask id="task"/>' + UNDO + CATCH + ASSOCIATION)
    task, undo, event = (process.activity(i) for i in ("task", "undo", "b"))
    assert task.compensation_handler is undo
    assert undo.is_for_compensation
    assert not task.is_scope
    assert event.type == "compensationBoundaryCatch"
    assert event.behavior == behaviors.COMPENSATION_BOUNDARY_EVENT
    assert event.event_scope is task


def test_handlers_are_apart_from_the_flow():
    assert problems('<userTask id="task"/>' + UNDO + CATCH + flow("start", "undo") + ASSOCIATION)
    assert problems('<userTask id="task"/>' + UNDO + CATCH + flow("undo", "task") + ASSOCIATION)
    assert problems('<userTask id="task"/><userTask id="undo"/>' + CATCH + ASSOCIATION)
    assert problems('<userTask id="task"/>' + CATCH + CATCH.replace('"b"', '"b2"'))
    assert problems(CATCH.replace('"task"', '"undo"') + UNDO)


def test_a_compensation_event_sub_process_undoes_its_sub_process():
    process = parse(sub_process(event_sub_process("<compensateEventDefinition/>")))
    esp = process.activity("esp")
    assert process.activity("sub").compensation_handler is esp
    assert esp.is_for_compensation
    twice = event_sub_process("<compensateEventDefinition/>", id="esp2", start="esp_start2")
    assert problems(sub_process(event_sub_process("<compensateEventDefinition/>") + twice))
    both = sub_process(event_sub_process("<compensateEventDefinition/>"), id="task") + UNDO + CATCH + ASSOCIATION
    assert problems(both)


def test_what_is_compensated_must_be_beside_the_throwing_event():
    throw = THROW.format('activityRef="task"')
    assert parse(throw + '<userTask id="task"/>').activity("throw").compensate_ref == "task"
    assert problems(throw)
    assert problems(throw + sub_process('<userTask id="task"/>'))
    inside = event_sub_process('<errorEventDefinition errorRef="e1"/>').replace(
        "</subProcess>", throw + "</subProcess>"
    )
    assert not problems(sub_process('<userTask id="task"/>' + inside))


def test_compensation_always_waits():
    process = parse(THROW.format('waitForCompletion="false"'))
    assert process.warnings
    event = process.activity("throw")
    assert event.throws_compensation
    assert event.is_scope


def test_a_cancelled_transaction():
    cancel = boundary("<cancelEventDefinition/>", host="t")
    process = parse('<transaction id="t"/>' + cancel)
    event = process.activity("b")
    assert (event.type, event.behavior) == ("cancelBoundaryCatch", behaviors.CANCEL_BOUNDARY_EVENT)
    assert event.throws_compensation
    assert process.activity("t").consumes_compensation
    assert problems('<transaction id="t"/>' + cancel + cancel.replace('"b"', '"b2"'))
    assert problems('<userTask id="t"/>' + cancel)


def test_associations_must_lead_somewhere():
    assert not problems('<task id="a"/><textAnnotation id="n"/><association sourceRef="a" targetRef="n"/>')
    assert problems('<task id="a"/><association sourceRef="a" targetRef="nothing"/>')
