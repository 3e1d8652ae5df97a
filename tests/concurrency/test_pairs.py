"""Every pair of commands that want the same thing, in both orders: one wins, the other is told, nothing is lost or stuck.

They meet at the worst moment: the first has done everything but commit when the second comes. What is left is checked as a
whole (`verification`): no token lost, none twice, history and state agree.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from tests.support import small_models as small
from tests.support.pairs import Command, meet
from workflow_engine import clock, models, verification
from workflow_engine.engine.migration import MigrationInstruction, MigrationPlan
from workflow_engine.services import external_task, management, message, repository, runtime
from workflow_engine.services.external_task import Topic
from workflow_engine.sweeper import jobs as sweeper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]

TOPICS = [Topic(topic_name="ship", lock_duration=60_000)]
LATE = (
    '<bpmn:boundaryEvent id="late" attachedToRef="ship"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H'
    "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
)
MULTI = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics>"
)


@dataclass
class Pair:
    """Two commands; `refused`: how many of the two are told that they came too late, whichever comes first."""

    one: Command
    other: Command
    refused: int | tuple[int, int]  # (one first, other first)
    states: set[str] = field(default_factory=lambda: {"COMPLETED"})  # of the instances afterwards
    waits: bool = True


def deployed(xml: bytes) -> str:
    return str(repository.deploy(resources={"model.bpmn": xml}).definitions[0].pk)


def fetched(count: int = 1) -> list[str]:
    found = external_task.fetch_and_lock(worker_id="w", topics=TOPICS, max_tasks=count)
    assert len(found) == count
    return [str(task.id) for task in found]


def complete(task_id: str) -> Command:
    return lambda: external_task.complete(task_id, "w", {"n": 1})


def the_job() -> str:
    return str(models.Job.objects.get().pk)


def complete_complete() -> Pair:
    runtime.start_process_instance(deployed(small.one_task()))
    (task,) = fetched()
    return Pair(complete(task), complete(task), refused=1)


def with_timer() -> tuple[str, str]:
    flows = small.flow("start", "ship") + small.flow("ship", "end") + small.flow("late", "end")
    body = small.START + small.external() + LATE + small.END + flows
    return runtime.start_process_instance(deployed(small.process(body))).id, fetched()[0]


def complete_boundary_timer() -> Pair:
    _, task = with_timer()
    job = the_job()
    clock.travel(timedelta(hours=2))
    return Pair(complete(task), lambda: management.execute_job(job), refused=1)


def complete_cancel() -> Pair:
    instance, task = with_timer()
    return Pair(
        complete(task),
        lambda: runtime.delete_process_instance(instance),
        refused=1,
        states={"COMPLETED", "EXTERNALLY_TERMINATED"},
    )


def join_join() -> Pair:
    body = small.START + '<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>' + small.END
    for name in ("a", "b"):
        body += small.external(activity_id=name) + small.flow("fork", name) + small.flow(name, "join")
    body += small.flow("start", "fork") + small.flow("join", "end")
    runtime.start_process_instance(deployed(small.process(body)))
    one, other = fetched(2)
    return Pair(complete(one), complete(other), refused=0)


def message_timer_at_an_event_gateway() -> Pair:
    events = (
        '<bpmn:eventBasedGateway id="either"/><bpmn:intermediateCatchEvent id="paid"><bpmn:messageEventDefinition messageRef="m"/>'
        '</bpmn:intermediateCatchEvent><bpmn:intermediateCatchEvent id="late"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H'
        "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )
    pairs = ("start", "either"), ("either", "paid"), ("either", "late"), ("paid", "end"), ("late", "end")
    body = small.START + events + small.END + "".join(small.flow(*pair) for pair in pairs)
    xml = small.process(body, root='<bpmn:message id="m" name="paid"/>')
    runtime.start_process_instance(deployed(xml), business_key="k")
    job = the_job()
    clock.travel(timedelta(hours=2))
    return Pair(
        lambda: message.correlate_message("paid", business_key="k"), lambda: management.execute_job(job), refused=1
    )


def last_children_of_a_multi_instance() -> Pair:
    body = small.START + small.external(extensions=MULTI) + small.END + small.flow("start", "ship")
    runtime.start_process_instance(deployed(small.process(body + small.flow("ship", "end"))))
    one, other = fetched(2)
    return Pair(complete(one), complete(other), refused=0)


def resolve_complete() -> Pair:
    """The operator raises the retries while the worker, whose lock still holds, completes after all."""
    runtime.start_process_instance(deployed(small.one_task()))
    (task,) = fetched()
    external_task.failure(task, "w", error_message="no", retries=0, retry_timeout=0)
    models.ExternalTask.objects.update(worker_id="w")
    return Pair(lambda: external_task.set_retries(task, 3), complete(task), refused=(0, 1))


def two_sweepers() -> Pair:
    with_timer()
    clock.travel(timedelta(hours=2))
    return Pair(lambda: sweeper.run_once("one"), lambda: sweeper.run_once("other"), refused=0, waits=False)


def start_start_with_one_key() -> Pair:
    definition = deployed(small.one_task(extensions=small.UNIQUE))
    start = lambda: runtime.start_process_instance(definition, business_key="k")  # noqa: E731
    return Pair(start, start, refused=0, states={"ACTIVE"})


def fetch_fetch_of_an_expired_lock() -> Pair:
    runtime.start_process_instance(deployed(small.one_task()))
    fetched()
    clock.travel(timedelta(minutes=2))
    fetch = lambda worker: lambda: external_task.fetch_and_lock(worker_id=worker, topics=TOPICS, max_tasks=5)  # noqa: E731
    return Pair(fetch("one"), fetch("other"), refused=0, states={"ACTIVE"}, waits=False)


def deploy_start() -> Pair:
    deployed(small.one_task())
    return Pair(
        lambda: repository.deploy(resources={"model.bpmn": small.one_task()}, name="second"),
        lambda: runtime.start_process_instance_by_key("order"),
        refused=0,
        states={"ACTIVE"},
        waits=False,
    )


def migrate_complete() -> Pair:
    source, target = deployed(small.one_task()), deployed(small.one_task())
    instance = runtime.start_process_instance(source).id
    (task,) = fetched()
    plan = MigrationPlan(
        source_definition_id=source,
        target_definition_id=target,
        instructions=(MigrationInstruction(source_activity_id="ship", target_activity_id="ship"),),
    )
    return Pair(lambda: runtime.migrate_together(plan, [instance]), complete(task), refused=(0, 1))


def delete_delete() -> Pair:
    instance, _ = with_timer()
    delete = lambda: runtime.delete_process_instance(instance)  # noqa: E731
    return Pair(delete, delete, refused=1, states={"EXTERNALLY_TERMINATED"})


def failure_failure() -> Pair:
    runtime.start_process_instance(deployed(small.one_task()))
    (task,) = fetched()
    fail = lambda: external_task.failure(task, "w", error_message="no", retries=0, retry_timeout=0)  # noqa: E731
    # As in Camunda the worker keeps the task until its retry time is over: the second failure repeats the first.
    return Pair(fail, fail, refused=0, states={"ACTIVE"})


PAIRS: list[Callable[[], Pair]] = [
    complete_complete,
    complete_boundary_timer,
    complete_cancel,
    join_join,
    message_timer_at_an_event_gateway,
    last_children_of_a_multi_instance,
    resolve_complete,
    two_sweepers,
    start_start_with_one_key,
    fetch_fetch_of_an_expired_lock,
    deploy_start,
    migrate_complete,
    delete_delete,
    failure_failure,
]


@pytest.mark.parametrize("is_swapped", [False, True], ids=["one first", "other first"])
@pytest.mark.parametrize("pair_of", PAIRS, ids=lambda pair: pair.__name__)
def test_of_two_one_wins_and_nothing_is_lost(pair_of: Callable[[], Pair], is_swapped: bool) -> None:
    pair = pair_of()
    commands = (pair.other, pair.one) if is_swapped else (pair.one, pair.other)
    outcome = meet(*commands)
    wanted = pair.refused if isinstance(pair.refused, int) else pair.refused[is_swapped]
    assert len(outcome.refusals) == wanted, outcome
    assert outcome.first not in outcome.refusals, "who comes first is not refused"
    if pair.waits:
        assert outcome.has_waited, "they did not meet"
    assert set(models.HistoricProcessInstance.objects.values_list("state", flat=True)) <= pair.states
    assert [str(violation) for violation in verification.verify()] == []
    _check(pair_of, outcome)


def _check(pair_of: Callable[[], Pair], outcome: Any) -> None:
    """What only one of two may have."""
    if pair_of is start_start_with_one_key:
        assert outcome.first.id == outcome.second.id
        assert (outcome.first.already_existed, outcome.second.already_existed) == (False, True)
        assert models.HistoricProcessInstance.objects.count() == 1
    elif pair_of is fetch_fetch_of_an_expired_lock:
        assert sorted(map(len, (outcome.first, outcome.second))) == [0, 1]
    elif pair_of is two_sweepers:
        assert models.HistoricJobLog.objects.filter(state="successful").count() == 1
    elif pair_of in (join_join, last_children_of_a_multi_instance):
        assert models.HistoricActivityInstance.objects.filter(activity_id="end").count() == 1
    elif pair_of is failure_failure:
        assert models.Incident.objects.count() == 1
