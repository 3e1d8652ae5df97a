"""Requests for many meet others at the worst moment: nothing is answered twice, and nobody stands in anybody's way for ever."""

from typing import Any

import pytest

from tests.support import small_models as small
from tests.support.pairs import Outcome, meet
from workflow_engine import models, verification
from workflow_engine.engine import commands
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import Extension, Topic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]

LOOP = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics>"
)


@pytest.fixture
def tasks() -> list[str]:
    """Of two instances with three tasks each, held by "w"."""
    xml = small.one_task().replace(b"</bpmn:serviceTask>", f"{LOOP}</bpmn:serviceTask>".encode())
    definition = repository.deploy(resources={"model.bpmn": xml}).definitions[0]
    for _ in range(2):
        runtime.start_process_instance(definition.pk)
    topics = [Topic(topic_name="ship", lock_duration=60_000)]
    return [task.id for task in external_task.fetch_and_lock(worker_id="w", topics=topics, max_tasks=10)]


def complete(task_ids: list[str]) -> list[Any]:
    answers = [commands.CompleteExternalTask(task_id=task_id, worker_id="w") for task_id in task_ids]
    return list(external_task.answer_many(answers))


def extend(task_ids: list[str]) -> list[Any]:
    wanted = [Extension(task_id=task_id, worker_id="w", milliseconds=600_000) for task_id in task_ids]
    return list(external_task.extend_many(wanted))


def refused(outcome: Outcome) -> tuple[int, int]:
    return sum(map(bool, outcome.first)), sum(map(bool, outcome.second))


def test_both_complete_the_same_tasks(tasks: list[str]) -> None:
    outcome = meet(lambda: complete(tasks), lambda: complete(tasks[::-1]))
    assert refused(outcome) == (0, 6)
    assert outcome.has_waited
    assert models.HistoricExternalTaskLog.objects.filter(state="successful").count() == 6
    assert list(verification.verify()) == []


def test_both_complete_some_of_the_same_instances(tasks: list[str]) -> None:
    outcome = meet(lambda: complete(tasks[::2]), lambda: complete(tasks[::-1]))
    assert refused(outcome) == (0, 3)
    assert models.HistoricProcessInstance.objects.filter(state="COMPLETED").count() == 2
    assert list(verification.verify()) == []


def test_one_extends_what_the_other_completes(tasks: list[str]) -> None:
    assert refused(meet(lambda: complete(tasks[:3]), lambda: extend(tasks[::-1]))) == (0, 3)
    assert refused(meet(lambda: extend(tasks[:2:-1]), lambda: complete(tasks[3:]))) == (0, 0)
    assert list(verification.verify()) == []


def test_both_extend_in_another_order(tasks: list[str]) -> None:
    assert refused(meet(lambda: extend(tasks), lambda: extend(tasks[::-1]))) == (0, 0)


def test_a_single_completion_in_between(tasks: list[str]) -> None:
    outcome = meet(lambda: [external_task.complete(tasks[1], "w")], lambda: complete(tasks))
    assert refused(outcome) == (0, 1)
    assert "No external task found" in str(outcome.second[1])
    assert list(verification.verify()) == []


def test_the_instance_is_deleted_meanwhile(tasks: list[str]) -> None:
    instance = str(models.ExternalTask.objects.get(pk=tasks[0]).process_instance_id)
    outcome = meet(lambda: [runtime.delete_process_instance(instance)], lambda: complete(tasks))
    assert refused(outcome) == (0, 3)
    assert models.HistoricProcessInstance.objects.filter(state="COMPLETED").count() == 1
    assert list(verification.verify()) == []
