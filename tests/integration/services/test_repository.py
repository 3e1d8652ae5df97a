"""Deployments: all or nothing, versions, duplicate filtering, triggers of the newest version only, deletion."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support import small_models as small
from workflow_engine import models
from workflow_engine.bpmn import InvalidModel
from workflow_engine.engine.errors import BadInput, DefinitionNotFound, NotAllowed, NotFound, Suspended
from workflow_engine.services import repository, runtime

pytestmark = pytest.mark.django_db


def deploy(**options: Any) -> repository.DeploymentResult:
    return repository.deploy(**{"resources": {"order.bpmn": small.one_task()}, "name": "orders", **options})


def test_a_definition_is_stored_with_everything_about_it() -> None:
    done = deploy(source="test", user="demo")
    (row,) = done.definitions
    assert (row.key, row.version, row.resource_name, row.history_time_to_live) == ("order", 1, "order.bpmn", 5)
    assert row.pk.startswith("order:1:")
    assert bytes(done.deployment.resources.get().content) == small.one_task()
    assert repository.model(row.pk).definition_id == row.pk
    assert repository.model(row.pk).deployment_id == str(done.deployment.pk)
    log = models.UserOperationLog.objects.get()
    assert (log.user_id, log.operation_type, log.entity_type) == ("demo", "Create", "Deployment")


def test_versions_count_by_key_and_tenant() -> None:
    assert [deploy(tenant_id=tenant).definitions[0].version for tenant in ("", "", "a", "")] == [1, 2, 1, 3]
    assert repository.latest_definition("order", "").version == 3
    assert repository.latest_definition("order", "a").version == 1
    assert set(models.ProcessDefinition.objects.latest().values_list("version", flat=True)) == {3, 1}
    with pytest.raises(DefinitionNotFound, match="several tenants"):
        repository.latest_definition("order")
    with pytest.raises(DefinitionNotFound, match="no such"):
        repository.latest_definition("no such")


def test_nothing_of_a_bad_deployment_is_stored_and_every_problem_is_told() -> None:
    bad = {
        "good.bpmn": small.one_task("good"),
        "a.bpmn": small.process('<bpmn:startEvent id="s"/>' + small.flow("s", "nowhere"), "a"),
        "b.bpmn": b"<!DOCTYPE x><x/>",
        "again.bpmn": small.one_task("good"),
    }
    with pytest.raises(InvalidModel) as error:
        deploy(resources=bad)
    assert {problem.resource_name for problem in error.value.problems} == {"a.bpmn", "b.bpmn", "again.bpmn"}
    assert not models.Deployment.objects.exists()
    assert not models.ProcessDefinition.objects.exists()


def test_duplicate_filtering() -> None:
    both = {"a.bpmn": small.one_task("a"), "b.bpmn": small.one_task("b")}
    first = deploy(resources=both)
    again = deploy(resources=both, enable_duplicate_filtering=True)
    assert (again.is_new, again.deployment, again.definitions) == (False, first.deployment, [])
    changed = {**both, "b.bpmn": small.one_task("b", attributes='name="B"')}
    assert [d.key for d in deploy(resources=changed, deploy_changed_only=True).definitions] == ["b"]
    # The newest resource of each name counts, whichever deployment it came with.
    assert not deploy(resources=changed, enable_duplicate_filtering=True).is_new
    assert [d.key for d in deploy(resources=both, enable_duplicate_filtering=True).definitions] == ["a", "b"]
    assert deploy(resources=both, name="others", enable_duplicate_filtering=True).is_new
    assert deploy(resources=both).is_new


def test_only_the_newest_version_waits_for_messages() -> None:
    first = deploy(resources={"m.bpmn": small.message_start("go")}).definitions[0]
    second = deploy(resources={"m.bpmn": small.message_start("go")}).definitions[0]
    subscription = models.EventSubscription.objects.get()
    assert (subscription.process_definition_id, subscription.event_name, subscription.activity_id) == (
        second.pk,
        "go",
        "start",
    )
    with pytest.raises(BadInput, match="already has a start event for the message with name 'go'"):
        deploy(resources={"other.bpmn": small.message_start("go", "other")})
    assert models.Deployment.objects.count() == 2
    repository.delete_process_definitions([second.pk])
    assert models.EventSubscription.objects.get().process_definition_id == first.pk
    deploy(resources={"m.bpmn": small.one_task()})
    assert not models.EventSubscription.objects.exists()


def test_timer_start_events_are_jobs_of_the_newest_version() -> None:
    deploy(resources={"t.bpmn": small.timer_start()})
    row = deploy(resources={"t.bpmn": small.timer_start()}).definitions[0]
    job = models.Job.objects.get()
    assert (job.process_definition_id, job.handler_type, job.retries) == (row.pk, "timer-start-event", 3)
    assert job.due_date is not None
    assert job.due_date - job.create_time == timedelta(hours=1)
    assert job.repeat is not None
    assert job.repeat.startswith("R3/")
    definition = models.JobDefinition.objects.get(pk=job.job_definition_id)
    assert (definition.job_type, definition.process_definition_id) == ("timer-start-event", row.pk)
    with pytest.raises(BadInput, match="start"):
        deploy(resources={"t.bpmn": small.timer_start("every now and then")})


def test_unknown_handlers_are_warnings() -> None:
    task = '<bpmn:serviceTask id="work" camunda:delegateExpression="${nobodyKnows}"/>'
    body = small.START + task + small.END + small.flow("start", "work") + small.flow("work", "end")
    (warning,) = deploy(resources={"h.bpmn": small.process(body)}).warnings
    assert "nobodyKnows" in str(warning)


def test_other_files_are_kept_as_they_are() -> None:
    done = deploy(resources={"order.bpmn": small.one_task(), "form.html": b"<form>\x00\xff"})
    assert bytes(done.deployment.resources.get(name="form.html").content) == b"<form>\x00\xff"
    again = repository.redeploy(str(done.deployment.pk), resource_names=["order.bpmn"])
    assert [r.name for r in again.deployment.resources.all()] == ["order.bpmn"]
    assert again.definitions[0].version == 2
    with pytest.raises(NotFound):
        repository.redeploy(str(done.deployment.pk), resource_names=["no such file"])


def test_a_deployment_with_running_instances_needs_cascade() -> None:
    done = deploy()
    started = runtime.start_process_instance(done.definitions[0].pk)
    with pytest.raises(NotAllowed, match="1 instances are running"):
        repository.delete_deployment(str(done.deployment.pk))
    assert models.ProcessInstance.objects.by_id(started.id).exists()
    repository.delete_deployment(str(done.deployment.pk), cascade=True)
    left = [
        model for model in (
            models.Deployment, models.Resource, models.ProcessDefinition, models.Execution, models.ExternalTask, models.Variable,
            models.HistoricProcessInstance, models.HistoricActivityInstance, models.HistoricExternalTaskLog,
        ) if model.objects.exists()
    ]  # fmt: skip
    assert not left
    with pytest.raises(NotFound):
        repository.delete_deployment(str(done.deployment.pk))
    with pytest.raises(DefinitionNotFound):
        repository.model(done.definitions[0].pk)


def test_history_stays_without_cascade() -> None:
    body = small.START + small.END + small.flow("start", "end")
    done = deploy(resources={"short.bpmn": small.process(body, "short")})
    assert runtime.start_process_instance_by_key("short").is_ended
    repository.delete_deployment(str(done.deployment.pk))
    assert models.HistoricProcessInstance.objects.get().state == "COMPLETED"


def test_a_suspended_definition_starts_nothing() -> None:
    row = deploy(resources={"t.bpmn": small.timer_start()}).definitions[0]
    started = runtime.start_process_instance(row.pk, start_activity_id="start")
    repository.suspend_process_definition(row.pk, include_process_instances=True, user="demo")
    with pytest.raises(Suspended):
        runtime.start_process_instance(row.pk, start_activity_id="start")
    assert models.ProcessInstance.objects.by_id(started.id).get().is_suspended
    assert models.ExternalTask.objects.get().is_suspended
    assert models.Job.objects.get().is_suspended
    repository.activate_process_definition(row.pk, include_process_instances=True)
    assert not models.ExternalTask.objects.get().is_suspended
    runtime.start_process_instance(row.pk, start_activity_id="start")
    with pytest.raises(DefinitionNotFound):
        repository.suspend_process_definition("no:1:such")


def test_history_time_to_live_can_be_changed() -> None:
    row = deploy().definitions[0]
    repository.set_history_time_to_live(row.pk, 9, user="demo")
    row.refresh_from_db()
    assert row.history_time_to_live == 9
    with pytest.raises(BadInput):
        repository.set_history_time_to_live(row.pk, -1)
