"""The demo's orders, driven by hand through the services: for tests that need instances in a certain state."""

from pathlib import Path
from typing import Any

from workflow_engine import clock
from workflow_engine.models import ExternalTask, Job, ProcessDefinition, ProcessInstance
from workflow_engine.services import external_task, management, repository, runtime
from workflow_engine.services.external_task import Topic

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
WORKER = "worker-1"
ERROR = "Connection refused: payment.example.com:443"
DETAILS = 'Traceback (most recent call last):\n  File "pay.py", line 7, in charge\nConnectionError'


def deploy(*names: str) -> dict[str, ProcessDefinition]:
    """The new definitions by key."""
    resources = {name: (FIXTURES / name).read_bytes() for name in names or ("order-saga.bpmn",)}
    done = repository.deploy(name="Orders", resources=resources, user="deployer")
    return {definition.key: definition for definition in done.definitions}


def start(business_key: str, key: str = "order-saga", **variables: Any) -> ProcessInstance:
    """An order that waits for its first worker."""
    started = runtime.start_process_instance_by_key(key, business_key=business_key, variables=variables)
    run_jobs()
    return ProcessInstance.objects.get(pk=started.id)


def run_jobs() -> None:
    for job in Job.objects.due(clock.now()).order_by("id"):
        management.execute_job(str(job.pk))


def fetch(topic: str, lock_duration: int = 60_000) -> Any:
    """The next task of a topic, which the worker holds now."""
    topics = [Topic(topic_name=topic, lock_duration=lock_duration)]
    tasks = external_task.fetch_and_lock(worker_id=WORKER, topics=topics, max_tasks=1)
    assert tasks, f"There is no task for '{topic}'; the tasks are {list(ExternalTask.objects.all())}"
    return tasks[0]


def complete(*topics: str, **variables: Any) -> None:
    for topic in topics:
        external_task.complete(fetch(topic).id, WORKER, variables=variables)
        run_jobs()


def fail(topic: str, message: str = ERROR, details: str = DETAILS) -> None:
    """Down to no retries, which opens an incident."""
    task = fetch(topic)
    external_task.failure(task.id, WORKER, error_message=message, error_details=details, retries=0, retry_timeout=0)


def refuse(topic: str, error_code: str) -> None:
    external_task.bpmn_error(fetch(topic).id, WORKER, error_code, error_message="The bank said no")
    run_jobs()


def stuck_order(business_key: str = "order-1", **variables: Any) -> ProcessInstance:
    """An order of which the card could not be charged."""
    order = start(business_key, orderId=business_key, amount=12.5, **variables)
    complete("reserve-goods")
    fail("charge-card")
    return order
