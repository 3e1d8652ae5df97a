"""Jobs, external tasks, user tasks and event subscriptions in the admin."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.admin.conftest import Visitor
from tests.admin.pages import do, listing, messages_of, operation, page, read
from tests.support import orders
from tests.support.small_models import END, START, flow, message_start, process, receives
from workflow_engine import clock
from workflow_engine.models import EventSubscription, ExternalTask, Incident, Job, ProcessInstance, UserTask, Variable
from workflow_engine.services import repository, runtime

LINES = {"variables-TOTAL_FORMS": "1", "variables-INITIAL_FORMS": "0"}
ONE_LINE = {**LINES, "variables-0-name": "answer", "variables-0-type": "Integer", "variables-0-value": "42"}


@pytest.fixture
def job(db: None) -> Job:
    """An asynchronous continuation that nobody has run yet."""
    body = START + '<bpmn:serviceTask id="count" camunda:asyncBefore="true" camunda:expression="${amount + 1}"/>'
    model = process(body + END + flow("start", "count") + flow("count", "end"))
    repository.deploy(resources={"count.bpmn": model})
    runtime.start_process_instance_by_key("order", business_key="order-1", variables={"amount": 1})
    return Job.objects.get()


def test_execute_a_job(boss: Client, job: Job) -> None:
    answer = boss.post(operation("job", job.pk, "execute"))
    assert "executed" in messages_of(answer)
    assert answer.headers["Location"] == page("processinstance", job.process_instance_id)
    assert not ProcessInstance.objects.exists()


def test_a_job_that_fails_again_tells_why(boss: Client, job: Job) -> None:
    runtime.remove_variables(str(job.process_instance_id), ["amount"])
    answer = boss.post(operation("job", job.pk, "execute"))
    assert "amount" in messages_of(answer)
    job.refresh_from_db()
    assert job.retries == 2
    text = read(boss, page("job", job.pk))
    assert "Traceback" in text
    assert "failed" in text


def test_due_date_retries_and_suspension_of_a_job(boss: Client, job: Job) -> None:
    later = clock.now() + timedelta(days=3)
    do(boss, "job", job.pk, "due", due_date=f"{later:%Y-%m-%dT%H:%M}")
    job.refresh_from_db()
    assert job.due_date is not None
    assert abs(job.due_date - later) < timedelta(minutes=1)
    assert "order-1" in read(boss, listing("job", state="later"))
    do(boss, "job", job.pk, "retries", retries="7", when="keep")
    boss.post(operation("job", job.pk, "suspend"))
    job.refresh_from_db()
    assert (job.retries, job.is_suspended) == (7, True)
    assert "order-1" in read(boss, listing("job", state="suspended"))
    boss.post(operation("job", job.pk, "activate"))
    job.refresh_from_db()
    assert not job.is_suspended
    do(boss, "job", job.pk, "retries", retries="0", when="keep")
    assert Incident.objects.get().incident_type == "failedJob"


def test_external_task_shows_holder_and_expiry_by_the_engines_clock(boss: Client, saga: str) -> None:
    orders.start("order-1")
    task = ExternalTask.objects.get()
    assert "waiting for a worker" in read(boss, page("externaltask", task.pk))
    orders.fetch("reserve-goods", lock_duration=600_000)
    text = read(boss, listing("externaltask", state="locked"))
    assert orders.WORKER in text
    assert "in 9 minutes" in text or "in 10 minutes" in text
    with clock.travelled(timedelta(hours=2)):
        text = read(boss, listing("externaltask", state="expired"))
        assert "lock expired" in text
        assert "hour" in text
        assert "0 external tasks" in read(boss, listing("externaltask", state="locked"))


def test_unlock_asks_first(boss: Client, saga: str) -> None:
    orders.start("order-1")
    orders.fetch("reserve-goods")
    task = ExternalTask.objects.get()
    assert "a second time" in read(boss, operation("externaltask", task.pk, "unlock"))
    do(boss, "externaltask", task.pk, "unlock")
    task.refresh_from_db()
    assert task.worker_id is None
    orders.complete("reserve-goods")


def test_priority_and_retries_of_external_tasks(boss: Client, saga: str) -> None:
    orders.start("order-1")
    orders.start("order-2")
    first, second = ExternalTask.objects.order_by("id")
    do(boss, "externaltask", first.pk, "priority", priority="50")
    first.refresh_from_db()
    assert first.priority == 50
    answer = boss.post(
        "/admin/workflow_engine/externaltask/bulk/retries/",
        {"_confirmed": "1", "rows": f"{first.pk},{second.pk}", "retries": "0"},
    )
    assert "2 done" in answer.content.decode()
    assert Incident.objects.count() == 2


@pytest.fixture
def user_task(saga: str) -> UserTask:
    orders.start("order-1")
    orders.complete("reserve-goods", "charge-card")
    orders.refuse("ship-order", "ADDRESS_UNKNOWN")
    return UserTask.objects.get()


def test_claim_give_back_assign_and_complete(boss: Client, user_task: UserTask) -> None:
    assert "customer-service" in read(boss, page("usertask", user_task.pk))
    boss.post(operation("usertask", user_task.pk, "claim"))
    user_task.refresh_from_db()
    assert user_task.assignee == "boss"
    boss.post(operation("usertask", user_task.pk, "unclaim"))
    user_task.refresh_from_db()
    assert user_task.assignee is None
    do(boss, "usertask", user_task.pk, "assign", user="somebody")
    user_task.refresh_from_db()
    assert user_task.assignee == "somebody"
    line = {"variables-0-name": "addressClarified", "variables-0-type": "Boolean", "variables-0-value": "true"}
    answer = do(boss, "usertask", user_task.pk, "complete", **LINES, **line)
    assert answer.headers["Location"] == page("processinstance", user_task.process_instance_id)
    assert not UserTask.objects.exists()
    assert ExternalTask.objects.get().topic_name == "ship-order"


def test_a_task_that_is_somebody_elses_cannot_be_claimed(boss: Client, user_task: UserTask) -> None:
    do(boss, "usertask", user_task.pk, "assign", user="somebody")
    answer = boss.post(operation("usertask", user_task.pk, "claim"))
    assert "already claimed by 'somebody'" in messages_of(answer)


def test_completing_without_what_the_model_needs_changes_nothing(boss: Client, user_task: UserTask) -> None:
    empty = {"variables-0-name": "", "variables-0-type": "String", "variables-0-value": ""}
    answer = do(boss, "usertask", user_task.pk, "complete", **LINES, **empty)
    assert answer.status_code == 200
    assert "addressClarified" in messages_of(answer)
    assert UserTask.objects.exists()


def test_correlate_a_message(boss: Client, db: None) -> None:
    repository.deploy(resources={"wait.bpmn": receives("goods arrived")})
    runtime.start_process_instance_by_key("order", business_key="order-1")
    waiting = EventSubscription.objects.get()
    assert "Waits for message “goods arrived”" in read(boss, page("eventsubscription", waiting.pk))
    answer = do(boss, "eventsubscription", waiting.pk, "deliver", **ONE_LINE)
    assert "correlated" in messages_of(answer)
    assert not ProcessInstance.objects.exists()


def test_a_message_starts_an_instance(boss: Client, db: None) -> None:
    repository.deploy(resources={"hello.bpmn": message_start("hello")})
    waiting = EventSubscription.objects.get()
    answer = do(boss, "eventsubscription", waiting.pk, "deliver", **ONE_LINE)
    started = ProcessInstance.objects.get()
    assert answer.headers["Location"] == page("processinstance", started.pk)
    assert Variable.objects.get(name="answer").value == 42


OPERATIONS = [
    ("incident", "retry-now", ["resolve_incident"]),
    ("incident", "retry", ["resolve_incident"]),
    ("incident", "edit-and-retry", ["resolve_incident", "set_variables"]),
    ("incident", "annotate", ["annotate_incident"]),
    ("externaltask", "retries", ["set_retries"]),
    ("externaltask", "unlock", ["unlock_external_task"]),
    ("externaltask", "priority", ["unlock_external_task"]),
    ("job", "execute", ["execute_job"]),
    ("job", "retries", ["set_retries"]),
    ("job", "due", ["change_due_date"]),
    ("job", "suspend", ["change_due_date"]),
    ("processinstance", "cancel", ["cancel_instance"]),
    ("processinstance", "suspend", ["suspend_instance"]),
    ("processinstance", "add-variable", ["set_variables"]),
    ("processdefinition", "start", ["start_process"]),
    ("processdefinition", "suspend", ["suspend_definition"]),
    ("deployment", "delete", ["delete_deployment"]),
    ("variable", "edit", ["set_variables"]),
    ("variable", "delete", ["set_variables"]),
]


def test_every_operation_needs_its_permission(visitor: Visitor, saga: str) -> None:
    """Neither button nor POST without it; with it the question is asked."""
    from django.apps import apps

    orders.start("order-2")
    orders.stuck_order("order-1", extra=1)
    orders.fetch("reserve-goods")
    for model_name, name, needed in OPERATIONS:
        rows = apps.get_model("workflow_engine", model_name)._default_manager
        row = rows.exclude(worker_id=None).first() if name == "unlock" else rows.order_by("-pk").first()
        assert row is not None
        address = operation(model_name, row.pk, name)
        for missing in needed:
            others = [codename for codename in needed if codename != missing]
            client = visitor(f"view_{model_name}", *others)
            assert address not in read(client, page(model_name, row.pk)), (model_name, name)
            assert client.get(address).status_code == 403, (model_name, name)
            assert client.post(address, {"_confirmed": "1"}).status_code == 403, (model_name, name)
        assert visitor(*needed).post(address, {"_confirmed": "1"}).status_code == 403, "what one may not see"
        client = visitor(f"view_{model_name}", *needed)
        assert address in read(client, page(model_name, row.pk)), (model_name, name)
        assert client.get(address).status_code == 200, (model_name, name)
    assert ProcessInstance.objects.count() == 2
    assert Incident.objects.count() == 1


def test_bulk_needs_the_permission_too(visitor: Visitor, saga: str) -> None:
    orders.stuck_order()
    incident = Incident.objects.get()
    client = visitor("view_incident")
    assert "retry" not in read(client, listing("incident")).split('name="action"')[-1][:200]
    answer = client.post(
        "/admin/workflow_engine/incident/bulk/retry-now/", {"_confirmed": "1", "rows": str(incident.pk)}
    )
    assert answer.status_code == 403
    assert Incident.objects.exists()


def test_a_post_needs_the_csrf_token(saga: str) -> None:
    from django.contrib.auth.models import User

    orders.stuck_order()
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("boss"))
    assert client.post(operation("incident", Incident.objects.get().pk, "retry-now")).status_code == 403
