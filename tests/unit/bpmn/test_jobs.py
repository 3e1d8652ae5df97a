"""Asynchronous continuations, timers, priorities: the job definitions of a process."""

import pytest

from tests.unit.bpmn.models import boundary, event_sub_process, parse, problems

TIMER = "<timerEventDefinition>{}</timerEventDefinition>"
DURATION = TIMER.format("<timeDuration> PT1H </timeDuration>")
CYCLE = TIMER.format('<timeCycle xsi:type="tFormalExpression">R3/PT1M</timeCycle>')


def test_all_jobs_of_a_process_in_document_order():
    process = parse(
        event_sub_process(CYCLE, attributes='isInterrupting="false"')
        + '<userTask id="task" camunda:asyncBefore="true" camunda:asyncAfter="true" camunda:exclusive="false"/>'
        + boundary(TIMER.format("<timeDate>${due}</timeDate>"))
        + f'<intermediateCatchEvent id="catch">{DURATION}</intermediateCatchEvent>',
        start=f'<startEvent id="start">{CYCLE}</startEvent>',
    )
    assert [(j.activity_id, j.job_type, j.configuration) for j in process.job_declarations] == [
        ("start", "timer-start-event", "CYCLE: R3/PT1M"),
        ("esp_start", "timer-start-event-subprocess", "CYCLE: R3/PT1M"),
        ("task", "async-continuation", "async-before"),
        ("task", "async-continuation", "async-after"),
        ("b", "timer-transition", "DATE: ${due}"),
        ("catch", "timer-intermediate-transition", "DURATION: PT1H"),
    ]
    assert {t.activity_id: t.is_interrupting for t in process.timers} == {"start": False, "esp_start": False}
    assert process.activity("task").timers[0].is_interrupting
    assert not process.activity("task").exclusive
    assert process.activity("task").async_before_job in process.job_declarations


def test_the_older_attribute_async():
    assert parse('<task id="a" camunda:async="true"/>').activity("a").async_before


def test_a_timer_needs_a_time():
    assert problems(f'<intermediateCatchEvent id="catch">{TIMER.format("")}</intermediateCatchEvent>')


def test_a_timeout_listener_of_a_user_task_is_a_timer_of_its_scope():
    listener = f'<camunda:taskListener event="timeout" {{}} class="x.Y">{DURATION}</camunda:taskListener>'
    task = f'<userTask id="task"><extensionElements>{listener}</extensionElements></userTask>'
    activity = parse(task.format('id="late"')).activity("task")
    assert activity.is_scope
    (timer,) = activity.user_task.timeout_timers
    assert (timer.job.job_type, timer.listener_id, timer.activity_id) == ("timer-task-listener", "late", "task")
    assert activity.user_task.listeners["timeout"][0].service.name == "x.Y"
    assert problems(task.format(""))


@pytest.mark.parametrize(
    ("value", "refused"), [("10", False), ("${prio}", False), ("high", True), ("99999999999", True)]
)
def test_priorities_are_numbers_or_expressions(value, refused):
    external = f'<serviceTask id="a" camunda:type="external" camunda:topic="t" camunda:taskPriority="{value}"/>'
    assert bool(problems(external)) is refused
    assert bool(problems("", attributes=f'camunda:jobPriority="{value}"')) is refused
    assert bool(problems(f'<task id="a" camunda:jobPriority="{value}"/>')) is refused


def test_the_retry_cycle_belongs_to_jobs():
    cycle = "<extensionElements><camunda:failedJobRetryTimeCycle>R5/PT5M</camunda:failedJobRetryTimeCycle></extensionElements>"
    assert parse(f'<task id="a" camunda:asyncBefore="true">{cycle}</task>').activity("a").retry_cycle.text == "R5/PT5M"
    assert parse(f'<task id="a">{cycle}</task>').activity("a").retry_cycle is None
    catch = f'<intermediateCatchEvent id="a">{cycle}{DURATION}</intermediateCatchEvent>'
    assert parse(catch).activity("a").retry_cycle is not None
