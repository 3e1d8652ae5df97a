"""Answers that are carried out together leave what they leave one after the other, row by row, whatever the model."""

import random
import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps

from tests.support import small_models as small
from tests.support.small_models import END, START, flow
from workflow_engine import models, verification
from workflow_engine.engine import commands
from workflow_engine.engine.errors import EngineError
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.command import execute
from workflow_engine.services.external_task import Topic, answering_many

pytestmark = pytest.mark.django_db

ROUNDS = 6  # of fetching and answering, more than any model needs
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Moments, and what is counted in rows that one flush may write at once.
_LEFT_OUT = ("duration", "duration_in_millis", "partition")


def many_times(element: str, count: int = 6, inside: str = "") -> str:
    loop = f"<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{count}</bpmn:loopCardinality>{inside}</bpmn:multiInstanceLoopCharacteristics>"
    if element.startswith("<bpmn:subProcess"):
        head, tail = element.split(">", 1)
        return f"{head}>{loop}{tail}"
    head, tail = element.rsplit("</", 1)
    return f"{head}{loop}</{tail}"


def row_of(*elements: str) -> str:
    """Start, these one after the other, and the end."""
    ids = ["start", *(re.search(r'id="([^"]+)"', element).group(1) for element in elements), "end"]  # type: ignore[union-attr]
    return START + "".join(elements) + END + "".join(flow(*pair) for pair in pairwise(ids))


def forked(branches: Sequence[str], gateway: str = "parallelGateway") -> str:
    """Start, these side by side between two gateways, and the end."""
    ids = [re.search(r'id="([^"]+)"', branch).group(1) for branch in branches]  # type: ignore[union-attr]
    body = START + f'<bpmn:{gateway} id="fork"/>' + "".join(branches) + f'<bpmn:{gateway} id="join"/>' + END
    body += flow("start", "fork") + flow("join", "end")
    return body + "".join(flow("fork", one) + flow(one, "join") for one in ids)


def sub_process(inside: str, name: str = "sub") -> str:
    inner = inside.replace('"start', f'"{name}Start').replace('"end', f'"{name}End')
    inner = re.sub(r'<bpmn:sequenceFlow id="', f'<bpmn:sequenceFlow id="{name}', inner)
    return f'<bpmn:subProcess id="{name}">{inner}</bpmn:subProcess>'


def task(name: str = "ship", extensions: str = "", attributes: str = "") -> str:
    return small.external(activity_id=name, extensions=extensions).replace(
        " camunda:type", f" {attributes} camunda:type"
    )


THREE = [task(name) for name in ("a", "b", "c")]
INPUT = """<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="i">${n}</camunda:inputParameter>
    </camunda:inputOutput></bpmn:extensionElements>"""
OUTPUT = """<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="i">${n}</camunda:inputParameter>
    <camunda:outputParameter name="o">${result}</camunda:outputParameter></camunda:inputOutput></bpmn:extensionElements>"""
MAPPED = """<bpmn:extensionElements><camunda:errorEventDefinition id="m" errorRef="e" expression="${result == 3}"/>
    </bpmn:extensionElements>"""
ERROR = '<bpmn:error id="e" errorCode="E"/>'
BOUNDARY = (
    '<bpmn:boundaryEvent id="caught" attachedToRef="{at}"><bpmn:errorEventDefinition errorRef="e"/></bpmn:boundaryEvent>'
    '<bpmn:userTask id="look"/>' + flow("caught", "look")
)
CONDITIONAL = (
    '<bpmn:boundaryEvent id="when" attachedToRef="sub" cancelActivity="{cancels}"><bpmn:conditionalEventDefinition>'
    "<bpmn:condition>${{result == 2}}</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:boundaryEvent>"
    '<bpmn:userTask id="look"/>' + flow("when", "look")
)
CALL = '<bpmn:callActivity id="call" calledElement="called"><bpmn:extensionElements><camunda:in variables="all"/></bpmn:extensionElements></bpmn:callActivity>'
COMPLETE_EARLY = "<bpmn:completionCondition>${nrOfCompletedInstances >= 3}</bpmn:completionCondition>"
EXPRESSION = '<bpmn:serviceTask id="then" camunda:expression="${result + 1}" camunda:resultVariable="next"/>'
TIMER = (
    '<bpmn:boundaryEvent id="late" attachedToRef="a"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>'
    '</bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:userTask id="look"/>' + flow("late", "look")
)

MODELS: dict[str, str] = {
    "multi-instance": row_of(many_times(task())),
    "multi-instance with mapping": row_of(many_times(task(extensions=INPUT))),
    "multi-instance that completes early": row_of(many_times(task(), 6, COMPLETE_EARLY), EXPRESSION),
    "multi-instance within multi-instance": row_of(many_times(sub_process(row_of(many_times(task(), 2))), 3)),
    "multi-instance of two tasks in a row": row_of(many_times(sub_process(row_of(task("a"), task("b"))), 3)),
    "parallel gateway": forked(THREE),
    "mapping": forked([task(name, OUTPUT) for name in "abc"]),
    "inclusive gateway": forked(THREE, "inclusiveGateway"),
    "gateway within a sub-process": row_of(sub_process(forked(THREE)), task("after")),
    "asynchronous after": forked([task("a", attributes='camunda:asyncAfter="true"'), task("b"), task("c")]),
    "mapped error": forked([task("a", MAPPED), task("b", MAPPED), task("c", MAPPED)]) + BOUNDARY.format(at="a"),
    "mapped error ends the sub-process": row_of(sub_process(forked([task(one, MAPPED) for one in "abcd"])))
    + BOUNDARY.format(at="sub"),
    "condition interrupts": row_of(sub_process(forked(THREE))) + CONDITIONAL.format(cancels="true"),
    "condition does not interrupt": row_of(sub_process(forked(THREE))) + CONDITIONAL.format(cancels="false"),
    "call activity": row_of(CALL, task("after")),
    "many call activities": row_of(many_times(CALL, 3), task("after")),
    "timer": forked(THREE) + TIMER,
    "no join": START + flow("start", "fork") + '<bpmn:parallelGateway id="fork"/>'
    + "".join(one + f'<bpmn:endEvent id="e{name}"/>' + flow("fork", name) + flow(name, f"e{name}") for name, one in zip("abc", THREE, strict=True)),
    "terminated": START + flow("start", "fork") + '<bpmn:parallelGateway id="fork"/>' + task("a") + task("b") + task("c")
    + '<bpmn:endEvent id="stop"><bpmn:terminateEventDefinition/></bpmn:endEvent>' + flow("b", "stop")
    + "".join(flow("fork", name) for name in "abc"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _called() -> None:
    repository.deploy(resources={"called.bpmn": small.process(forked(THREE[:2]), key="called")})


def answer_of(locked: Any, number: int, kind: str) -> answering_many.Answer:
    given: dict[str, Any] = {
        "task_id": locked.id,
        "worker_id": "w",
        "lock_token": "stale" if kind == "stale" else locked.lock_token,
        "variables": {"result": number, f"of_{locked.activity_id}": [number, {"x": None}]},
        "local_variables": {"mine": "y" * number},
    }
    if kind == "fail":
        return commands.FailExternalTask(error_message=f"no {number}", retries=number % 2, **given)
    return commands.CompleteExternalTask(**given)


def work_off(definition_id: str, kinds: str, seed: int, is_together: bool) -> tuple[str, list[str]]:
    """Starts an instance and answers all its tasks round by round; the instance, and how each answer was taken."""
    instance = runtime.start_process_instance(definition_id, variables={"n": 1, "result": 0}, business_key="k").id
    shuffled, outcomes = random.Random(seed), list[str]()
    for turn in range(ROUNDS):
        topics = [Topic(topic_name="ship", lock_duration=60_000)]
        locked = external_task.fetch_and_lock(worker_id="w", topics=topics, max_tasks=100)
        locked = [one for one in locked if root_of(one.id) == instance]
        shuffled.shuffle(locked)
        chosen = [shuffled.choice(kinds.split()) for _ in locked] if turn == 0 else ["complete"] * len(locked)
        answers = [answer_of(one, number, kind) for number, (one, kind) in enumerate(zip(locked, chosen, strict=True))]
        carry_out = partial(external_task.answer_many, user="u") if is_together else one_by_one
        found = carry_out(answers)
        outcomes += [_UUID.sub("", str(outcome)) for outcome in found]
    return instance, outcomes


def one_by_one(answers: Sequence[answering_many.Answer]) -> list[Exception | None]:
    found: list[Exception | None] = []
    for answer in answers:
        try:
            execute(answer, user="u")
        except EngineError as error:
            found.append(error)
        else:
            found.append(None)
    return found


def root_of(task_id: str) -> str:
    return str(models.ExternalTask.objects.get(pk=task_id).root_process_instance_id)


def picture(root_id: str) -> list[str]:
    """Every row of an instance and of what it has called, without moments, ids told apart by where they first occur."""
    known: dict[str, str] = {}
    lines = []
    for model in apps.get_app_config("workflow_engine").get_models():
        names = {field.attname for field in model._meta.concrete_fields}
        if model._meta.proxy or "root_process_instance_id" not in names:
            continue
        for row in model._base_manager.filter(root_process_instance_id=root_id).order_by("pk").values():
            told = {
                name: value for name, value in row.items() if not isinstance(value, datetime) and name not in _LEFT_OUT
            }
            lines.append(f"{model.__name__} {told}")
    return [_UUID.sub(lambda found: known.setdefault(found.group(), f"id {len(known)}"), line) for line in lines]


@pytest.mark.parametrize("kinds", ["complete", "complete fail", "complete complete stale"])
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", MODELS)
def test_together_or_one_by_one(name: str, kinds: str, seed: int) -> None:
    xml = small.process(MODELS[name], root=ERROR)
    definition_id = repository.deploy(resources={"model.bpmn": xml}).definitions[0].pk
    alone, expected = work_off(definition_id, kinds, seed, is_together=False)
    together, outcomes = work_off(definition_id, kinds, seed, is_together=True)
    assert outcomes == expected
    assert picture(together) == picture(alone)
    assert [str(violation) for violation in verification.verify()] == []


def test_they_are_carried_out_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the test above would compare nothing."""
    parts = []
    together = answering_many._together

    def watched(*arguments: Any) -> Any:
        parts.append(together(*arguments))
        return parts[-1]

    monkeypatch.setattr(answering_many, "_together", watched)
    for name in MODELS:
        xml = small.process(MODELS[name], root=ERROR)
        work_off(repository.deploy(resources={"model.bpmn": xml}).definitions[0].pk, "complete", 1, is_together=True)
    assert sum(part is not None for part in parts) > len(parts) * 2 // 3


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_the_size_of_the_parts_does_not_matter(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    xml = small.process(MODELS["multi-instance within multi-instance"])
    definition_id = repository.deploy(resources={"model.bpmn": xml}).definitions[0].pk
    alone, expected = work_off(definition_id, "complete fail stale", 5, is_together=False)
    monkeypatch.setattr(answering_many, "TOGETHER", size)
    together, outcomes = work_off(definition_id, "complete fail stale", 5, is_together=True)
    assert outcomes == expected
    assert picture(together) == picture(alone)
