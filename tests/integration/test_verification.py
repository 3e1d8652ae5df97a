"""`manage.py workflow_verify`: silent on what the engine wrote, and loud about every single thing that is broken by hand."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.support import small_models as small
from workflow_engine import clock, ids, models, verification
from workflow_engine.services import external_task, management, repository, runtime, task
from workflow_engine.services.external_task import Topic

pytestmark = pytest.mark.django_db

TIMER = (
    '<bpmn:boundaryEvent id="late" attachedToRef="ship"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H'
    "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
)
ASSOCIATION = '<bpmn:association id="as" associationDirection="One" sourceRef="cb" targetRef="undo"/>'
UNDO = (
    '<bpmn:boundaryEvent id="cb" attachedToRef="ship"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>'
    '<bpmn:userTask id="undo" isForCompensation="true"/>'
    '<bpmn:userTask id="ask"/><bpmn:endEvent id="undone"><bpmn:compensateEventDefinition/></bpmn:endEvent>'
)


@pytest.fixture
def instance() -> str:
    """Waits for a worker (and a timer), with a variable and a unique business key."""
    body = small.START + small.external() + TIMER + UNDO + small.END
    flows = ("start", "ship"), ("ship", "ask"), ("ask", "undone"), ("late", "end")
    xml = small.process(body + "".join(small.flow(*pair) for pair in flows) + ASSOCIATION, extensions=small.UNIQUE)
    definition = repository.deploy(resources={"order.bpmn": xml}).definitions[0]
    return runtime.start_process_instance(definition.pk, business_key="k", variables={"n": 1}).id


def work() -> None:
    (locked,) = external_task.fetch_and_lock(worker_id="w", topics=[Topic(topic_name="ship", lock_duration=60_000)])
    external_task.complete(locked.id, "w", {"result": "ok"})


def found() -> list[tuple[str, str | None, str]]:
    return [(one.invariant, one.process_instance_id, one.message) for one in verification.verify()]


def verdict() -> str:
    out = StringIO()
    call_command("workflow_verify", stdout=out)
    return out.getvalue()


def test_what_the_engine_writes_holds_from_the_start_to_the_end(instance: str) -> None:
    assert "I1, I2, I3, I4, I5, I6, I7, I8 hold." in verdict()
    work()
    assert found() == []
    (ask,) = models.UserTask.objects.all()
    task.complete(str(ask.pk))
    assert models.CompensationRecord.objects.get().state == "compensating"
    assert found() == []
    task.complete(str(models.UserTask.objects.get().pk))
    assert models.HistoricProcessInstance.objects.get().state == "COMPLETED"
    assert found() == []


def test_an_instance_that_is_deleted_while_it_compensates_leaves_nothing_half_undone(instance: str) -> None:
    work()
    task.complete(str(models.UserTask.objects.get().pk))
    runtime.delete_process_instance(instance)
    assert models.CompensationRecord.objects.get().state == "discarded"
    assert found() == []


def test_a_timer_that_a_person_runs_is_no_early_one(instance: str) -> None:
    management.execute_job(str(models.Job.objects.get().pk), user="demo")
    entry = models.UserOperationLog.objects.get(operation_type="Execute")
    assert (entry.entity_type, entry.user_id, str(entry.process_instance_id)) == ("Job", "demo", instance)
    assert found() == []


def stuck() -> None:
    models.ExternalTask.objects.all().delete()
    models.Job.objects.all().delete()


def without_parent() -> None:
    models.Execution.objects.filter(parent_id__isnull=True).delete()


def foreign_parent() -> None:
    models.Execution.objects.filter(parent_id__isnull=False).update(parent_id=ids.new_uuid())


def unknown_activity() -> None:
    models.Execution.objects.filter(activity_id="ship").update(activity_id="nowhere")


def forgotten_task() -> None:
    models.Execution.objects.update(contents=0)


def ended_in_history() -> None:
    models.HistoricProcessInstance.objects.update(state="COMPLETED", end_time=clock.now("default"))


def never_in_history() -> None:
    models.HistoricVariableInstance.objects.all().delete()


def another_value() -> None:
    models.Variable.objects.update(long_value=2)


def a_number_twice() -> None:
    models.HistoricVariableInstance.objects.update(sequence=1)


def done_twice() -> None:
    work()
    log = models.HistoricExternalTaskLog.objects.get(state="successful")
    log.pk = models.HistoricExternalTaskLog._meta.pk.get_default()
    log.sequence += 1000
    log.save(force_insert=True)


def fired_early() -> None:
    management.execute_job(str(models.Job.objects.get().pk))


def half_undone() -> None:
    work()
    models.CompensationRecord.objects.update(state="compensating", start_time=clock.now("default") - timedelta(days=1))


def another_key() -> None:
    models.Execution.objects.filter(parent_id__isnull=True).update(business_key="other")


@pytest.mark.parametrize(
    ("harm", "invariant", "says"),
    [
        (stuck, "I1", "it is stuck"),
        (ended_in_history, "I1", "it lives, but its history says COMPLETED"),
        (without_parent, "I1", "outlives it"),
        (foreign_parent, "I2", "its parent"),
        (unknown_activity, "I2", "has no such activity"),
        (forgotten_task, "I2", "does not know of its external task"),
        (never_in_history, "I3", "history does not know it"),
        (another_value, "I3", "variable n "),
        (a_number_twice, "I3", "are given twice"),
        (done_twice, "I5", "was completed 2 times"),
        (fired_early, "I6", "fired before it was due"),
        (half_undone, "I7", "was undone before it was done"),
        (another_key, "I8", "holds the unique business key 'k' and carries 'other'"),
    ],
)
def test_what_is_broken_is_told_with_its_instance(
    instance: str, harm: Callable[[], None], invariant: str, says: str
) -> None:
    harm()
    assert [message for name, where, message in found() if name == invariant and where == instance and says in message]
    with pytest.raises(CommandError, match="violations of I1"):
        verdict()
    only = list(verification.verify(checks=[invariant]))
    assert {one.invariant for one in only} == {invariant}
