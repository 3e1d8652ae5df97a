"""Starting once, messages, signals, jobs, user tasks, incidents: through the services' doors."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.support import small_models as small
from workflow_engine import clock, handlers, models, signals
from workflow_engine.engine.errors import BadInput, EngineError, LockLost, NotAllowed, NotFound
from workflow_engine.services import external_task, form, history, management, message, repository, runtime, task
from workflow_engine.services.external_task import Topic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tidy() -> Any:
    yield
    clock.reset()
    for name in list(handlers.registered()):
        if name.startswith("test_"):
            handlers.unregister(name)


def deploy(model: bytes) -> models.ProcessDefinition:
    return repository.deploy(resources={"model.bpmn": model}).definitions[0]


def handler_model(name: str, attributes: str = "") -> bytes:
    work = f'<bpmn:serviceTask id="work" camunda:delegateExpression="${{{name}}}" {attributes}/>'
    return small.process(small.START + work + small.END + small.flow("start", "work") + small.flow("work", "end"))


# -- starting ------------------------------------------------------------------------------------------------------------------


def test_a_unique_business_key_starts_one_instance_for_ever() -> None:
    deploy(small.one_task(extensions=small.UNIQUE))
    first = runtime.start_process_instance_by_key("order", business_key="A-1", variables={"n": 1}, user="demo")
    again = runtime.start_process_instance_by_key("order", business_key="A-1", variables={"n": 2})
    assert (again.id, again.already_existed, again.is_ended) == (first.id, True, False)
    assert models.ProcessInstance.objects.count() == 1
    runtime.delete_process_instance(first.id, "no more")
    ended = runtime.start_process_instance_by_key("order", business_key="A-1")
    assert (ended.id, ended.already_existed, ended.is_ended, ended.business_key) == (first.id, True, True, "A-1")
    assert ended.process_definition_key == "order"
    assert runtime.start_process_instance_by_key("order", business_key="A-2").id != first.id
    assert runtime.start_process_instance_by_key("order").id != runtime.start_process_instance_by_key("order").id


def test_without_the_declaration_a_key_may_be_used_again() -> None:
    deploy(small.one_task())
    assert len({runtime.start_process_instance_by_key("order", business_key="A").id for _ in range(3)}) == 3
    assert not models.BusinessKey.objects.exists()


@pytest.mark.parametrize("declared", [True, ["order"]])
def test_the_site_may_declare_keys_unique(settings: Any, declared: Any) -> None:
    settings.WORKFLOW_ENGINE = {"UNIQUE_BUSINESS_KEYS": declared}
    deploy(small.one_task())
    assert len({runtime.start_process_instance_by_key("order", business_key="A").id for _ in range(3)}) == 1


def test_a_refused_start_leaves_its_key_free() -> None:
    @handlers.handler("test_fails")
    def fails(execution: Any) -> None:
        raise ValueError("not today")

    definition = deploy(
        handler_model("test_fails").replace(b'<bpmn:startEvent id="start"/>', (small.UNIQUE + small.START).encode())
    )
    for _ in range(2):
        with pytest.raises(EngineError, match="not today"):
            runtime.start_process_instance(definition.pk, business_key="A")
    assert not models.BusinessKey.objects.exists()
    assert not models.HistoricProcessInstance.objects.exists()


def test_a_command_joins_the_callers_transaction() -> None:
    definition = deploy(small.one_task())

    @transaction.atomic
    def business() -> None:
        runtime.start_process_instance(definition.pk)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        business()
    assert not models.Execution.objects.exists()


def test_signals_are_sent_after_the_commit(django_capture_on_commit_callbacks: Any) -> None:
    heard: list[tuple[str, Any]] = []

    def started(**kwargs: Any) -> None:
        heard.append(("started", kwargs["business_key"]))

    def opened(**kwargs: Any) -> None:
        heard.append(("incident", kwargs["incident_type"]))

    signals.instance_started.connect(started)
    signals.incident_created.connect(opened)
    definition = deploy(small.one_task())
    with django_capture_on_commit_callbacks(execute=True):
        runtime.start_process_instance(definition.pk, business_key="b")
        (one,) = external_task.fetch_and_lock(worker_id="w", topics=[Topic(topic_name="ship", lock_duration=1000)])
        external_task.failure(one.id, "w", error_message="m")
        assert heard == []
    assert heard == [("started", "b"), ("incident", "failedExternalTask")]


# -- messages and signals --------------------------------------------------------------------------------------------------------


def test_a_message_goes_to_exactly_one() -> None:
    deploy(small.receives("go"))
    a, b = (
        runtime.start_process_instance_by_key("order", business_key=key, variables={"n": n, "t": "x"})
        for key, n in [("A", 1), ("B", 2)]
    )
    for criteria in (
        {},
        {"correlation_keys": {"t": "x"}},
        {"business_key": "C"},
        {"correlation_keys": {"n": 1, "t": "y"}},
    ):
        with pytest.raises(NotAllowed, match="Cannot correlate message 'go'"):
            message.correlate_message("go", **criteria)
    with pytest.raises(BadInput):
        message.correlate_message(None)
    (result,) = message.correlate_message("go", business_key="A", correlation_keys={"n": 1}, variables={"r": 1})
    assert (result.process_instance_id, result.is_ended, result.process_instance) == (a.id, True, None)
    (result,) = message.correlate_message("go", process_instance_id=b.id)
    assert models.HistoricProcessInstance.objects.finished().count() == 2
    with pytest.raises(NotAllowed):
        message.correlate_message("go")


def test_a_message_may_go_to_all() -> None:
    deploy(small.receives("go"))
    for _ in range(3):
        runtime.start_process_instance_by_key("order")
    assert len(message.correlate_message("go", all=True)) == 3
    assert message.correlate_message("go", all=True) == []


def test_a_message_starts_an_instance_once() -> None:
    deploy(
        small.message_start("go")
        .replace(small.START.encode(), b"")
        .replace(b'camunda:historyTimeToLive="P5D" >', b'camunda:historyTimeToLive="P5D" >' + small.UNIQUE.encode())
    )
    (first,) = message.correlate_message("go", business_key="A", variables={"n": 1})
    (again,) = message.correlate_message("go", business_key="A")
    assert first.process_instance is not None
    assert again.process_instance is not None
    assert again.process_instance.already_existed
    assert again.process_instance.id == first.process_instance.id
    assert models.Variable.objects.get(name="n").value == 1
    started = runtime.start_process_instance_by_message("go", business_key="B")
    assert not started.already_existed


def test_a_message_for_one_execution() -> None:
    deploy(small.receives("go"))
    runtime.start_process_instance_by_key("order")
    execution_id = str(models.EventSubscription.objects.get().execution_id)
    with pytest.raises(NotFound):
        message.message_event_received("other", execution_id)
    with pytest.raises(NotFound):
        message.message_event_received("go", "no id")
    message.message_event_received("go", execution_id)
    assert not models.Execution.objects.exists()


def test_signals_go_to_everybody() -> None:
    model = small.receives("x").replace(b'<bpmn:message id="m" name="x"/>', b'<bpmn:signal id="m" name="all"/>')
    deploy(model.replace(b"messageEventDefinition messageRef", b"signalEventDefinition signalRef"))
    for _ in range(3):
        runtime.start_process_instance_by_key("order")
    message.signal_event_received("all", tenant_ids=("t",))
    assert models.ProcessInstance.objects.count() == 3
    message.signal_event_received("all")
    assert not models.ProcessInstance.objects.exists()


# -- jobs and incidents ----------------------------------------------------------------------------------------------------------


def test_a_failing_job_is_recorded_and_becomes_an_incident() -> None:
    is_broken = True

    @handlers.handler("test_maybe")
    def maybe(execution: Any) -> None:
        models.Property.objects.create(name="written by the handler")
        if is_broken:
            raise ValueError("boom \0 \ud800")

    definition = deploy(handler_model("test_maybe", 'camunda:asyncBefore="true"'))
    runtime.start_process_instance(definition.pk)
    job_id = str(models.Job.objects.get().pk)
    for retries in (2, 1, 0):
        with pytest.raises(EngineError, match="boom"):
            management.execute_job(job_id)
        job = models.Job.objects.get()
        assert job.retries == retries
        assert job.exception_message is not None
        assert "boom" in job.exception_message
        assert "ValueError" in (job.exception_stacktrace or "")
        assert job.lock_owner is None
    assert not models.Property.objects.filter(name="written by the handler").exists()
    incident = models.Incident.objects.get()
    assert (incident.incident_type, incident.configuration, incident.activity_id) == ("failedJob", job_id, "work")
    management.annotate_incident(str(incident.pk), "look into it", user="demo")
    assert models.HistoricIncident.objects.get().annotation == "look into it"
    with pytest.raises(EngineError):
        management.resolve_incident(str(incident.pk))
    management.set_job_retries(job_id, 1, user="demo")
    assert not models.Incident.objects.exists()
    is_broken = False
    management.execute_job(job_id)
    assert models.HistoricProcessInstance.objects.get().state == "COMPLETED"
    with pytest.raises(NotFound):
        management.execute_job(job_id)
    assert list(models.HistoricJobLog.objects.order_by("sequence").values_list("state", flat=True)) == [
        "created", "failed", "failed", "failed", "successful",
    ]  # fmt: skip


def test_a_sweeper_that_lost_its_job_does_nothing() -> None:
    definition = deploy(small.one_task().replace(b'id="ship"', b'id="ship" camunda:asyncBefore="true"'))
    runtime.start_process_instance(definition.pk)
    job = models.Job.objects.get()
    models.Job.objects.update(lock_owner="other", lock_expiration_time=clock.now() + timedelta(minutes=5))
    with pytest.raises(LockLost):
        management.execute_job(str(job.pk), lock_owner="me")
    job.refresh_from_db()
    assert (job.retries, job.lock_owner) == (3, "other")
    management.execute_job(str(job.pk), lock_owner="other")
    assert models.ExternalTask.objects.exists()


def test_operators_change_jobs() -> None:
    definition = deploy(small.one_task().replace(b'id="ship"', b'id="ship" camunda:asyncBefore="true"'))
    runtime.start_process_instance(definition.pk)
    job_id, due = str(models.Job.objects.get().pk), clock.now() + timedelta(hours=1)
    management.set_job_due_date(job_id, due)
    management.set_job_priority(job_id, 7)
    management.set_job_suspended(job_id, True)
    job = models.Job.objects.get()
    assert (job.due_date, job.priority, job.is_suspended) == (due, 7, True)
    definition_id = str(job.job_definition_id)
    management.set_job_definition_suspended(definition_id, False, include_jobs=True)
    management.set_job_definition_priority(definition_id, 9, include_jobs=True)
    management.set_job_retries(job_id, 0)
    management.set_job_definition_retries(definition_id, 4)
    job.refresh_from_db()
    assert (job.is_suspended, job.priority, job.retries) == (False, 9, 4)
    management.delete_job(job_id)
    assert not models.Job.objects.exists()
    with pytest.raises(NotFound):
        management.set_job_priority(job_id, 1)


def test_incidents_of_a_sites_own() -> None:
    definition = deploy(small.one_task())
    started = runtime.start_process_instance(definition.pk)
    incident = runtime.create_incident(started.id, incident_type="mine", configuration="c", message="m")
    assert (incident.incident_type, incident.incident_message) == ("mine", "m")
    management.resolve_incident(str(incident.pk))
    assert models.HistoricIncident.objects.get().state == "resolved"
    with pytest.raises(NotFound):
        management.resolve_incident(str(incident.pk))


def test_timer_start_events_start_instances() -> None:
    deploy(small.timer_start("R2/PT1H"))
    for _ in range(2):
        clock.travel(timedelta(minutes=61))
        (job,) = models.Job.objects.due(clock.now())
        management.execute_job(str(job.pk))
    assert models.ProcessInstance.objects.count() == 2
    assert not models.Job.objects.exists()


# -- user tasks, variables, history ----------------------------------------------------------------------------------------------


def test_user_tasks() -> None:
    user_task = '<bpmn:userTask id="ask" name="Ask" camunda:candidateGroups="office" camunda:formKey="form"/>'
    deploy(small.process(small.START + user_task + small.END + small.flow("start", "ask") + small.flow("ask", "end")))
    runtime.start_process_instance_by_key("order")
    row = models.UserTask.objects.get()
    task_id = str(row.pk)
    assert form.task_form_keys(row).key == "form"
    assert models.IdentityLink.objects.get().group_id == "office"
    task.claim(task_id, "ann")
    with pytest.raises(NotAllowed, match="already claimed by 'ann'"):
        task.claim(task_id, "bob")
    task.delegate(task_id, "bob")
    task.resolve(task_id, variables={"opinion": "yes"})
    row.refresh_from_db()
    assert (row.assignee, row.owner, row.delegation_state) == ("ann", "ann", "RESOLVED")
    task.set_variables(task_id, {"mine": 1}, is_local=True)
    assert models.Variable.objects.of_task(task_id).get().value == 1
    task.unclaim(task_id)
    task.set_assignee(task_id, "eve")
    task.complete(task_id, variables={"done": True})
    assert not models.Execution.objects.exists()
    ended = models.HistoricTaskInstance.objects.get()
    assert (ended.assignee, ended.delete_reason) == ("eve", "completed")
    with pytest.raises(NotFound):
        task.complete(task_id)


def test_variables_of_instances() -> None:
    deploy(small.one_task())
    started = runtime.start_process_instance_by_key("order", variables={"a": 1})
    runtime.set_variables(started.id, {"a": "text", "b": None})
    runtime.remove_variables(started.id, ["b", "no such"])
    assert {v.name: v.value for v in models.Variable.objects.all()} == {"a": "text"}
    assert dict(models.HistoricVariableInstance.objects.values_list("name", "state")) == {
        "a": "CREATED",
        "b": "DELETED",
    }
    with pytest.raises(NotFound):
        runtime.set_variables("01890000-0000-7000-8000-000000000000", {"a": 1})
    with pytest.raises(BadInput):
        runtime.set_variables(started.id, {"x" * 300: 1})


def test_deleting_instances_keeps_their_history() -> None:
    deploy(small.one_task())
    first, second = (runtime.start_process_instance_by_key("order") for _ in range(2))
    results = runtime.delete_process_instances([first.id, second.id, "no such"], "not wanted", user="demo")
    assert results[first.id] is None
    assert isinstance(results["no such"], NotFound)
    assert not models.Execution.objects.exists()
    assert not models.ExternalTask.objects.exists()
    row = models.HistoricProcessInstance.objects.by_id(first.id).get()
    assert (row.state, row.delete_reason) == ("EXTERNALLY_TERMINATED", "not wanted")
    history.delete_historic_process_instance(first.id)
    with pytest.raises(NotFound):
        history.delete_historic_process_instance(first.id)


def test_history_is_removed_when_its_time_is_over() -> None:
    deploy(small.process(small.START + small.END + small.flow("start", "end")))
    runtime.start_process_instance_by_key("order")
    assert history.remove_expired() == 0
    clock.travel(timedelta(days=6))
    assert history.remove_expired() == 1
    assert not models.HistoricProcessInstance.objects.exists()
    assert not models.HistoricActivityInstance.objects.exists()


def test_running_history_cannot_be_removed() -> None:
    deploy(small.one_task())
    started = runtime.start_process_instance_by_key("order")
    with pytest.raises(NotAllowed, match="still running"):
        history.delete_historic_process_instance(started.id)


def test_beans_are_reached_by_their_public_methods_only() -> None:
    class Mailer:
        sender = "me"
        _secret = "x"

        def send_mail(self, to: str) -> str:
            return f"sent to {to}"

    handlers.register_bean("test_mailer", Mailer())
    call = '<bpmn:serviceTask id="work" camunda:expression="${test_mailer.sendMail(to)}" camunda:resultVariable="r"/>'
    body = small.START + call + small.external() + small.END
    body += small.flow("start", "work") + small.flow("work", "ship") + small.flow("ship", "end")
    deploy(small.process(body))
    runtime.start_process_instance_by_key("order", variables={"to": "ann"})
    assert models.Variable.objects.get(name="r").value == "sent to ann"
    bean = handlers.find("test_mailer")
    assert bean is not None
    assert bean.get_property("sender") == "me"
    for name in ("_secret", "__class__", "__init__", "sendMail.__globals__"):
        with pytest.raises(Exception, match="no property"):
            bean.get_property(name)
