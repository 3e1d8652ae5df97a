"""Fetch and lock: who gets which task, and what goes with it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support import small_models as small
from workflow_engine import clock, models
from workflow_engine.engine.errors import BadInput, LockLost, NotFound
from workflow_engine.services import external_task, repository, runtime
from workflow_engine.services.external_task import LockedExternalTask, Topic

pytestmark = pytest.mark.django_db
MINUTE = 60_000


@pytest.fixture(autouse=True)
def _clock() -> Any:
    yield
    clock.reset()


@pytest.fixture
def definition() -> models.ProcessDefinition:
    properties = (
        '<bpmn:extensionElements><camunda:properties><camunda:property name="p" value="1"/></camunda:properties>'
        '<camunda:inputOutput><camunda:inputParameter name="local">here</camunda:inputParameter></camunda:inputOutput>'
        "</bpmn:extensionElements>"
    )
    body = (
        small.START
        + small.external(extensions=properties)
        + small.END
        + small.flow("start", "ship")
        + small.flow("ship", "end")
    )
    resources = {"order.bpmn": small.process(body, attributes='camunda:versionTag="v1"')}
    return repository.deploy(resources=resources).definitions[0]


def start(definition: models.ProcessDefinition, **options: Any) -> str:
    return runtime.start_process_instance(definition.pk, **options).id


def fetch(worker: str = "w", limit: int = 10, duration: int = MINUTE, **filters: Any) -> list[LockedExternalTask]:
    options = {name: filters.pop(name) for name in ("use_priority", "create_time_order") if name in filters}
    topic = Topic(topic_name=filters.pop("topic", "ship"), lock_duration=duration, **filters)
    return external_task.fetch_and_lock(worker_id=worker, topics=[topic], max_tasks=limit, **options)


def test_a_fetched_task_brings_what_the_worker_needs(definition: models.ProcessDefinition) -> None:
    instance = start(definition, business_key="b", variables={"a": 1, "local": "outside"})
    before = clock.now()
    (task,) = fetch(include_extension_properties=True)
    assert (task.process_instance_id, task.business_key, task.activity_id) == (instance, "b", "ship")
    assert (task.process_definition_key, task.process_definition_version_tag) == ("order", "v1")
    assert task.variables == {"a": 1, "local": "here"}
    assert task.extension_properties == {"p": "1"}
    assert timedelta(seconds=59) < task.lock_expiration_time - before < timedelta(seconds=70)
    row = models.ExternalTask.objects.get()
    assert (row.worker_id, str(row.lock_token)) == ("w", task.lock_token)
    assert row.lock_expiration_time == task.lock_expiration_time


def test_chosen_and_local_variables(definition: models.ProcessDefinition) -> None:
    start(definition, variables={"a": 1, "b": 2})
    assert fetch("1", variables=("a", "no such"), duration=1)[0].variables == {"a": 1}
    clock.travel(timedelta(seconds=1))
    assert fetch("2", local_variables=True, duration=1)[0].variables == {"local": "here"}
    clock.travel(timedelta(seconds=1))
    assert fetch("3", variables=(), duration=1)[0].variables == {}


def test_nobody_gets_a_task_that_another_holds(definition: models.ProcessDefinition) -> None:
    for _ in range(3):
        start(definition)
    assert len(fetch("one", 2)) == 2
    assert len(fetch("two", 2)) == 1
    assert fetch("three", 2) == []


def test_an_expired_lock_goes_to_the_next_worker_and_fences_the_first(definition: models.ProcessDefinition) -> None:
    start(definition)
    (first,) = fetch("slow")
    assert fetch("fast") == []
    clock.travel(timedelta(minutes=1, seconds=1))
    with pytest.raises(LockLost, match="it expired at"):
        external_task.extend_lock(first.id, "slow", MINUTE)
    (second,) = fetch("fast")
    assert second.id == first.id
    assert second.lock_token != first.lock_token
    with pytest.raises(LockLost, match="it is locked by worker 'fast'"):
        external_task.complete(first.id, "slow")
    external_task.complete(second.id, "fast", lock_token=second.lock_token)
    with pytest.raises(NotFound):
        external_task.complete(second.id, "fast")


def test_the_lock_token_fences_a_worker_of_the_same_name(definition: models.ProcessDefinition) -> None:
    start(definition)
    (first,) = fetch("w")
    clock.travel(timedelta(minutes=2))
    (second,) = fetch("w")
    for refused in (external_task.complete, external_task.failure):
        with pytest.raises(LockLost, match="given to somebody else"):
            refused(first.id, "w", lock_token=first.lock_token)
    with pytest.raises(LockLost, match="given to somebody else"):
        external_task.extend_lock(first.id, "w", MINUTE, lock_token=first.lock_token)
    external_task.extend_lock(first.id, "w", MINUTE, lock_token=second.lock_token)


def test_tasks_without_retries_or_of_suspended_instances_are_not_handed_out(
    definition: models.ProcessDefinition,
) -> None:
    failed, suspended = start(definition), start(definition)
    for task in fetch():
        if task.process_instance_id == failed:
            external_task.failure(task.id, "w", error_message="boom", retries=0)
        else:
            external_task.unlock(task.id, user="demo")
    runtime.suspend_process_instance(suspended)
    clock.travel(timedelta(hours=1))
    assert fetch() == []
    runtime.activate_process_instance(suspended)
    assert [task.process_instance_id for task in fetch()] == [suspended]
    incident = models.Incident.objects.get()
    assert (incident.incident_type, incident.incident_message) == ("failedExternalTask", "boom")
    external_task.set_retries(incident.configuration or "", 1)
    assert not models.Incident.objects.exists()
    assert [task.process_instance_id for task in fetch("next")] == [failed]


def test_a_failed_task_waits_for_its_retry_timeout(definition: models.ProcessDefinition) -> None:
    start(definition)
    (task,) = fetch()
    external_task.failure(task.id, "w", error_message="m", error_details="d", retries=2, retry_timeout=MINUTE)
    assert fetch("other") == []
    clock.travel(timedelta(minutes=1, seconds=1))
    (again,) = fetch("other")
    assert (again.retries, again.error_message, again.error_details) == (2, "m", "d")


def test_order_by_priority_and_by_age(definition: models.ProcessDefinition) -> None:
    instances = [start(definition) for _ in range(4)]
    tasks = {str(row.process_instance_id): str(row.pk) for row in models.ExternalTask.objects.all()}
    external_task.set_priority(tasks[instances[2]], 50)
    external_task.set_priority(tasks[instances[3]], 50)

    def order(**options: Any) -> list[int]:
        found = [instances.index(task.process_instance_id) for task in fetch(duration=1, **options)]
        clock.travel(timedelta(seconds=1))
        for task_id in tasks.values():
            external_task.unlock(task_id)
        return found

    assert order() == [0, 1, 2, 3]
    assert order(use_priority=True) == [2, 3, 0, 1]
    assert order(create_time_order="desc") == [3, 2, 1, 0]
    assert order(use_priority=True, create_time_order="desc") == [3, 2, 1, 0]
    assert order(use_priority=True, limit=1) == [2]


FILTERS: list[tuple[dict[str, Any], bool]] = [
    ({"business_key": "b"}, True),
    ({"business_key": "c"}, False),
    ({"process_definition_key": "order"}, True),
    ({"process_definition_key": "x"}, False),
    ({"process_definition_key_in": ("x", "order")}, True),
    ({"process_definition_key_in": ("x", "y")}, False),
    ({"process_definition_id": "order:9:x"}, False),
    ({"process_definition_id_in": ("order:9:x",)}, False),
    ({"process_definition_version_tag": "v1"}, True),
    ({"process_definition_version_tag": "v2"}, False),
    ({"without_tenant_id": True}, True),
    ({"tenant_id_in": ("t",)}, False),
    ({"tenant_id_in": ("t", "")}, True),
    ({"process_variables": {"n": 1}}, True),
    ({"process_variables": {"n": 2}}, False),
    ({"process_variables": {"n": True}}, False),
    ({"process_variables": {"s": "x' OR 1=1"}}, True),
    ({"process_variables": {"s": "x"}}, False),
    ({"process_variables": {"f": 1.5}}, True),
    ({"process_variables": {"z": None}}, True),
    ({"process_variables": {"t": True}}, True),
    ({"process_variables": {"local": "here"}}, False),
    ({"topic": "other"}, False),
    ({"topic": "%"}, False),
]


@pytest.mark.parametrize(("filters", "fits"), FILTERS, ids=lambda value: str(value)[:60])
def test_filters(definition: models.ProcessDefinition, filters: dict[str, Any], fits: bool) -> None:
    start(definition, business_key="b", variables={"n": 1, "s": "x' OR 1=1", "f": 1.5, "z": None, "t": True})
    assert bool(fetch(**filters)) is fits


def test_several_topics_each_with_its_own_wishes(definition: models.ProcessDefinition) -> None:
    other = small.process(
        small.START + small.external("pack") + small.END + small.flow("start", "ship") + small.flow("ship", "end"),
        "other",
    )
    pack = repository.deploy(resources={"other.bpmn": other}).definitions[0]
    for _ in range(2):
        start(definition, variables={"a": 1})
        start(pack, variables={"a": 1})
    topics = [
        Topic(topic_name="ship", lock_duration=MINUTE, variables=("a",)),
        Topic(topic_name="pack", lock_duration=2 * MINUTE, variables=()),
        Topic(topic_name="none", lock_duration=1),
    ]
    tasks = external_task.fetch_and_lock(worker_id="w", topics=topics, max_tasks=3)
    assert [task.topic_name for task in tasks] == ["ship", "pack", "ship"]
    assert [dict(task.variables) for task in tasks] == [{"a": 1}, {}, {"a": 1}]
    assert tasks[1].lock_expiration_time - tasks[0].lock_expiration_time == timedelta(minutes=1)


def test_one_topic_asked_for_twice_hands_out_each_task_once(definition: models.ProcessDefinition) -> None:
    start(definition)
    topics = [Topic(topic_name="ship", lock_duration=MINUTE)] * 2
    assert len(external_task.fetch_and_lock(worker_id="w", topics=topics, max_tasks=5)) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"worker": ""},
        {"limit": -1},
        {"limit": 10**9},
        {"duration": 0},
        {"duration": -1},
        {"duration": 10**18},
        {"topic": ""},
    ],
)
def test_bad_wishes_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        fetch(**bad)


def test_extend_lock_and_lock(definition: models.ProcessDefinition) -> None:
    start(definition)
    task_id = str(models.ExternalTask.objects.get().pk)
    with pytest.raises(LockLost, match="it is not locked"):
        external_task.extend_lock(task_id, "w", MINUTE)
    external_task.lock(task_id, "w", MINUTE)
    with pytest.raises(LockLost, match="locked by worker 'w'"):
        external_task.lock(task_id, "other", MINUTE)
    before = clock.now()
    external_task.extend_lock(task_id, "w", 60 * MINUTE)
    until = models.ExternalTask.objects.get().lock_expiration_time
    assert until is not None
    assert timedelta(minutes=59) < until - before < timedelta(minutes=61)
    with pytest.raises(LockLost, match="locked by worker 'w'"):
        external_task.extend_lock(task_id, "other", MINUTE)
    external_task.unlock(task_id, user="demo")
    assert models.UserOperationLog.objects.get().operation_type == "Unlock"
    for task in (task_id.replace("0", "1"), "no id", ""):
        with pytest.raises(NotFound):
            external_task.extend_lock(task, "w", MINUTE)


def test_statements(definition: models.ProcessDefinition) -> None:
    for _ in range(10):
        start(definition, variables={f"v{i}": i for i in range(20)})
    with CaptureQueriesContext(connection) as captured:
        assert len(fetch(limit=10)) == 10
    assert len([q for q in captured if "SAVEPOINT" not in q["sql"]]) == (3 if connection.vendor == "postgresql" else 4)
    task = models.ExternalTask.objects.first()
    assert task is not None
    with CaptureQueriesContext(connection) as captured:
        external_task.extend_lock(str(task.pk), "w", MINUTE)
    assert len([q for q in captured if "SAVEPOINT" not in q["sql"]]) == 2
