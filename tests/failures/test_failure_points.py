"""The database fails at every point of every command: everything stays as it was, or (a lost answer) everything is done.

Then the caller does what callers do: it sends the command again. What is left is checked as a whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection

from tests.support import small_models as small
from tests.support.failure_points import Command, Injected, all_rows, count_statements, failing, points
from workflow_engine import clock, models, verification
from workflow_engine.engine.commands import ModificationInstruction
from workflow_engine.engine.errors import EngineError
from workflow_engine.engine.migration import MigrationInstruction, MigrationPlan
from workflow_engine.services import external_task, management, message, repository, runtime, task
from workflow_engine.services.external_task import Topic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_process")]

TOPICS = [Topic(topic_name="ship", lock_duration=60_000)]
TIMER = (
    '<bpmn:boundaryEvent id="late" attachedToRef="ship"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H'
    "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    '<bpmn:boundaryEvent id="wrong" attachedToRef="ship"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>'
)


@dataclass
class Scenario:
    """`again`: what a caller hears who sends it once more after it was done; None: that it is done."""

    command: Command
    again: type[EngineError] | None = None


def order(extensions: str = "") -> str:
    """start -> "ship" (a worker's; a timer and an error event on it) -> end."""
    flows = ("start", "ship"), ("ship", "end"), ("late", "end"), ("wrong", "end")
    body = small.START + small.external() + TIMER + small.END + "".join(small.flow(*pair) for pair in flows)
    return str(repository.deploy(resources={"m.bpmn": small.process(body, extensions=extensions)}).definitions[0].pk)


def running() -> str:
    return runtime.start_process_instance(order(), business_key="k", variables={"n": 1}).id


def fetched() -> str:
    running()
    (found,) = external_task.fetch_and_lock(worker_id="w", topics=TOPICS)
    return str(found.id)


def asked() -> str:
    body = small.START + '<bpmn:userTask id="ask"/>' + small.END + small.flow("start", "ask") + small.flow("ask", "end")
    runtime.start_process_instance(repository.deploy(resources={"m.bpmn": small.process(body)}).definitions[0].pk)
    return str(models.UserTask.objects.get().pk)


def starting() -> Scenario:
    definition = order(small.UNIQUE)
    return Scenario(lambda: runtime.start_process_instance(definition, business_key="k", variables={"n": 1}))


def deploying() -> Scenario:
    xml = small.one_task()
    return Scenario(lambda: repository.deploy(resources={"m.bpmn": xml}, name="d", enable_duplicate_filtering=True))


def deleting_a_deployment() -> Scenario:
    running()
    deployment = str(models.Deployment.objects.get().pk)
    return Scenario(lambda: repository.delete_deployment(deployment, cascade=True), EngineError)


def fetching() -> Scenario:
    running()
    return Scenario(lambda: external_task.fetch_and_lock(worker_id="w", topics=TOPICS))


def completing() -> Scenario:
    found = fetched()
    return Scenario(lambda: external_task.complete(found, "w", {"a": 1, "b": "x"}), EngineError)


def failing_task() -> Scenario:
    found = fetched()
    return Scenario(lambda: external_task.failure(found, "w", error_message="no", retries=0, retry_timeout=0))


def throwing_an_error() -> Scenario:
    found = fetched()
    return Scenario(lambda: external_task.bpmn_error(found, "w", "E", variables={"a": 1}), EngineError)


def extending_a_lock() -> Scenario:
    found = fetched()
    return Scenario(lambda: external_task.extend_lock(found, "w", 90_000))


def unlocking() -> Scenario:
    found = fetched()
    return Scenario(lambda: external_task.unlock(found))


def raising_retries() -> Scenario:
    found = fetched()
    external_task.failure(found, "w", error_message="no", retries=0, retry_timeout=0)
    return Scenario(lambda: external_task.set_retries(found, 2))


def giving_up() -> Scenario:
    found = fetched()
    clock.travel(timedelta(minutes=2))
    return Scenario(lambda: external_task.give_up(found, 1))


def firing_a_timer() -> Scenario:
    running()
    clock.travel(timedelta(hours=2))
    job = str(models.Job.objects.get().pk)
    return Scenario(lambda: management.execute_job(job), EngineError)


def correlating_a_message() -> Scenario:
    xml = small.receives("paid")
    runtime.start_process_instance(repository.deploy(resources={"m.bpmn": xml}).definitions[0].pk, business_key="k")
    return Scenario(lambda: message.correlate_message("paid", business_key="k", variables={"a": 1}), EngineError)


def completing_a_user_task() -> Scenario:
    found = asked()
    return Scenario(lambda: task.complete(found, variables={"a": 1}, user="demo"), EngineError)


def claiming_a_user_task() -> Scenario:
    found = asked()
    return Scenario(lambda: task.claim(found, "mary"))


def setting_variables() -> Scenario:
    instance = running()
    return Scenario(lambda: runtime.set_variables(instance, {"n": 2, "new": "x"}, user="demo"))


def suspending() -> Scenario:
    instance = running()
    return Scenario(lambda: runtime.suspend_process_instance(instance, user="demo"))


def deleting() -> Scenario:
    instance = running()
    return Scenario(lambda: runtime.delete_process_instance(instance, reason="r", user="demo"), EngineError)


def modifying() -> Scenario:
    instance = running()
    instructions = [ModificationInstruction(kind="cancel", activity_id="ship")]
    return Scenario(lambda: runtime.modify_process_instance(instance, instructions, user="demo"), EngineError)


def migrating() -> Scenario:
    instance, target = running(), order()
    source = models.Execution.objects.filter(parent_id=None).get().process_definition_id
    plan = MigrationPlan(
        source_definition_id=source,
        target_definition_id=target,
        instructions=(MigrationInstruction(source_activity_id="ship", target_activity_id="ship"),),
    )
    return Scenario(lambda: runtime.migrate_together(plan, [instance]), EngineError)


def creating_an_incident() -> Scenario:
    instance = running()
    return Scenario(lambda: runtime.create_incident(execution_id=instance, incident_type="watch", message="m"))


SCENARIOS: list[Callable[[], Scenario]] = [
    starting, deploying, deleting_a_deployment, fetching, completing, failing_task, throwing_an_error, extending_a_lock, unlocking,
    raising_retries, giving_up, firing_a_timer, correlating_a_message, completing_a_user_task, claiming_a_user_task, setting_variables,
    suspending, deleting, modifying, migrating, creating_an_incident,
]  # fmt: skip


@pytest.mark.parametrize("scenario_of", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_a_failure_anywhere_leaves_all_or_nothing(scenario_of: Callable[[], Scenario]) -> None:
    scenario = scenario_of()
    count_statements(scenario.command)  # compiles the model
    statements = count_statements(scenario.command)
    assert statements > 0
    before = all_rows()
    for point in points(statements):
        with failing(point) as hit, pytest.raises(Injected):
            scenario.command()
        connection.close()  # as after a real loss
        assert hit, f"{point} was never reached"
        if point.is_lost_answer:
            assert all_rows() != before, f"{point}: nothing was done"
        else:
            assert all_rows() == before, f"{point}: something is left over"
    assert [str(violation) for violation in verification.verify()] == []
    send_again(scenario)
    assert [str(violation) for violation in verification.verify()] == []


def send_again(scenario: Scenario) -> None:
    """The answer was lost, the command was carried out."""
    done = len(models.HistoricProcessInstance.objects.all())
    if scenario.again is None:
        scenario.command()
    else:
        with pytest.raises(scenario.again):
            scenario.command()
    assert len(models.HistoricProcessInstance.objects.all()) == done
