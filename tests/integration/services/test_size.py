"""An instance may be large: what a command costs hangs on what it does. And what would never end is stopped, harming nobody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support import small_models as small
from workflow_engine import models
from workflow_engine.engine.errors import LimitExceeded
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Topic

pytestmark = pytest.mark.django_db


def deployed(xml: bytes) -> str:
    return str(repository.deploy(resources={"model.bpmn": xml}).definitions[0].pk)


def statements(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def multi_instance(cardinality: int) -> bytes:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>"
        f"{cardinality}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    body = small.START + small.external(extensions=loop) + small.END
    return small.process(body + small.flow("start", "ship") + small.flow("ship", "end"), f"loop{cardinality}")


def branches(number: int) -> bytes:
    body = small.START + '<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>' + small.END
    for name in (f"t{index}" for index in range(number)):
        body += small.external(activity_id=name) + small.flow("fork", name) + small.flow(name, "join")
    return small.process(body + small.flow("start", "fork") + small.flow("join", "end"), f"branches{number}")


def in_line(number: int) -> bytes:
    names = ["start", *(f"t{index}" for index in range(number)), "ship", "end"]
    body = (
        small.START + "".join(f'<bpmn:manualTask id="{name}"/>' for name in names[1:-2]) + small.external() + small.END
    )
    return small.process(body + "".join(map(small.flow, names, names[1:])), f"line{number}")


def cost_of_completing_one(xml: bytes, tasks: int) -> int:
    """Statements of the second completion; the first has warmed everything up."""
    instance = runtime.start_process_instance(deployed(xml)).id
    assert models.ExternalTask.objects.filter(process_instance_id=instance).count() == tasks
    topics = [Topic(topic_name="ship", lock_duration=60_000)]
    first, second = external_task.fetch_and_lock(worker_id="w", topics=topics, max_tasks=2)
    external_task.complete(first.id, "w", {"result": 1})
    cost = statements(lambda: external_task.complete(second.id, "w", {"result": 2}))
    assert models.ExternalTask.objects.filter(process_instance_id=instance).count() == tasks - 2
    models.ExternalTask.objects.all().delete()  # not to be handed out to the next
    return cost


@pytest.mark.parametrize(("model", "few", "many"), [(multi_instance, 10, 10_000), (branches, 10, 1_000)])
def test_a_completion_costs_the_same_among_many(model: Callable[[int], bytes], few: int, many: int) -> None:
    assert cost_of_completing_one(model(few), few) == cost_of_completing_one(model(many), many)


def test_five_hundred_activities_without_wait_state_are_one_command() -> None:
    short, long = deployed(in_line(5)), deployed(in_line(500))
    for definition in (short, long):
        runtime.start_process_instance(definition)  # compiles
    assert statements(lambda: runtime.start_process_instance(long)) == statements(
        lambda: runtime.start_process_instance(short)
    )
    assert models.HistoricActivityInstance.objects.filter(activity_id="t499").count() == 2


def loop_for_ever() -> bytes:
    body = small.START + '<bpmn:exclusiveGateway id="again"/><bpmn:manualTask id="work"/>'
    flows = small.flow("start", "again") + small.flow("again", "work") + small.flow("work", "again")
    return small.process(body + flows, "endless")


def call_for_ever() -> bytes:
    body = small.START + '<bpmn:callActivity id="again" calledElement="endless"/>' + small.END
    return small.process(body + small.flow("start", "again") + small.flow("again", "end"), "endless")


@pytest.mark.parametrize(
    ("xml", "element"),
    [(loop_for_ever(), "again|work"), (call_for_ever(), "again"), (multi_instance(10**7), "ship#multiInstanceBody")],
    ids=["endless loop", "endless recursion", "ten million instances"],
)
def test_what_would_never_end_is_stopped_and_harms_nobody(xml: bytes, element: str) -> None:
    other = runtime.start_process_instance(deployed(small.one_task())).id
    definition = deployed(xml)
    with pytest.raises(LimitExceeded, match=element):
        runtime.start_process_instance(definition)
    assert [str(pk) for pk in models.Execution.objects.filter(parent_id=None).values_list("pk", flat=True)] == [other]
    assert models.HistoricProcessInstance.objects.count() == 1
    (task,) = external_task.fetch_and_lock(worker_id="w", topics=[Topic(topic_name="ship", lock_duration=60_000)])
    external_task.complete(task.id, "w")
    assert models.HistoricProcessInstance.objects.get().state == "COMPLETED"
