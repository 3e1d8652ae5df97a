"""Incidents in the admin: seeing why something stopped, and resolving it."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from tests.admin.conftest import Visitor
from tests.admin.pages import do, listing, messages_of, operation, page, read
from tests.support import orders
from tests.support.small_models import END, START, flow, process
from workflow_engine import clock
from workflow_engine.models import ExternalTask, HistoricIncident, Incident, Job, ProcessInstance, Variable
from workflow_engine.services import management, repository, runtime


@pytest.fixture
def incident(saga: str) -> Incident:
    orders.stuck_order()
    return Incident.objects.get()


@pytest.fixture
def failed_job(db: None) -> Incident:
    """A job whose expression names a variable that does not exist."""
    body = START + '<bpmn:serviceTask id="count" camunda:asyncBefore="true" camunda:expression="${missing + 1}"/>'
    model = process(body + END + flow("start", "count") + flow("count", "end"))
    repository.deploy(resources={"count.bpmn": model})
    runtime.start_process_instance_by_key("order", business_key="order-9")
    job = Job.objects.get()
    management.set_job_retries(str(job.pk), 1)
    with pytest.raises(Exception, match="missing"):
        management.execute_job(str(job.pk))
    return Incident.objects.get()


def test_page_tells_everything(boss: Client, incident: Incident) -> None:
    text = read(boss, page("incident", incident.pk))
    for expected in (orders.ERROR, orders.DETAILS, "Charge card", "order-1", "Retry now", "Edit variables and retry"):
        assert expected in text


def test_long_details_are_not_cut(boss: Client, saga: str) -> None:
    orders.start("order-1")
    orders.fail("reserve-goods", details="x" * 100_000 + "THE END")
    assert "THE END" in read(boss, page("incident", Incident.objects.get().pk))


def test_retry_now(boss: Client, incident: Incident) -> None:
    answer = boss.post(operation("incident", incident.pk, "retry-now"))
    assert answer.headers["Location"] == page("processinstance", incident.process_instance_id)
    assert "charge-card" in messages_of(answer)
    assert ExternalTask.objects.get().retries == 1
    assert not Incident.objects.exists()
    assert HistoricIncident.objects.get().state == "resolved"
    orders.complete("charge-card", "ship-order", "inform-customer")
    assert not ProcessInstance.objects.exists()


def test_every_change_is_in_the_admin_log(boss: Client, incident: Incident) -> None:
    boss.post(operation("incident", incident.pk, "retry-now"))
    entry = LogEntry.objects.get()
    assert entry.object_id == str(incident.pk)
    assert "Retry now" in entry.change_message
    assert entry.user.username == "boss"


def test_get_changes_nothing(boss: Client, incident: Incident) -> None:
    for name in ("retry-now", "retry", "edit-and-retry", "annotate"):
        assert boss.get(operation("incident", incident.pk, name)).status_code == 200
    assert Incident.objects.exists()
    assert not LogEntry.objects.exists()


def test_retry_with_a_number(boss: Client, incident: Incident) -> None:
    do(boss, "incident", incident.pk, "retry", retries="5")
    assert ExternalTask.objects.get().retries == 5


@pytest.mark.parametrize("retries", ["0", "-1", "many", "99999999999"])
def test_a_wrong_number_is_refused(boss: Client, incident: Incident, retries: str) -> None:
    answer = do(boss, "incident", incident.pk, "retry", retries=retries)
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()
    assert Incident.objects.exists()


def test_a_second_click_is_told_so(boss: Client, incident: Incident) -> None:
    boss.post(operation("incident", incident.pk, "retry-now"))
    answer = boss.post(operation("incident", incident.pk, "retry-now"))
    assert answer.status_code == 302
    assert ExternalTask.objects.get().retries == 1


def test_retry_of_a_job_now(boss: Client, failed_job: Incident) -> None:
    text = read(boss, page("incident", failed_job.pk))
    assert "Stack trace" in text
    assert "Traceback" in text
    boss.post(operation("incident", failed_job.pk, "retry-now"))
    job = Job.objects.get()
    assert job.retries == 1
    assert job.due_date is not None
    assert job.due_date <= clock.now()
    assert not Incident.objects.exists()


def test_retry_of_a_job_at_a_time(boss: Client, failed_job: Incident) -> None:
    later = clock.now() + timedelta(days=2)
    when = f"{later:%Y-%m-%dT%H:%M}"
    answer = do(boss, "incident", failed_job.pk, "retry", retries="2", when="later", due_date=when)
    assert f"{later:%Y-%m-%d %H:%M}" in messages_of(answer)
    due = Job.objects.get().due_date
    assert due is not None
    assert abs(due - later) < timedelta(minutes=1)


def test_a_time_is_asked_for(boss: Client, failed_job: Incident) -> None:
    answer = do(boss, "incident", failed_job.pk, "retry", retries="2", when="later", due_date="")
    assert "Say when" in answer.content.decode()
    assert Incident.objects.exists()


def _existing(incident: Incident, **changes: str) -> dict[str, str]:
    """The lines of the dialog as the browser sends them back, with other values."""
    variables = list(Variable.objects.for_instance(incident.process_instance_id).order_by("name"))
    data = {"existing-TOTAL_FORMS": str(len(variables)), "existing-INITIAL_FORMS": str(len(variables))}
    for number, variable in enumerate(variables):
        value = {"amount": "12.5", "orderId": "order-1"}[variable.name]
        data[f"existing-{number}-id"] = str(variable.pk)
        data[f"existing-{number}-type"] = variable.type_name
        data[f"existing-{number}-value"] = changes.get(variable.name, value)
    return {**data, "new-TOTAL_FORMS": "1", "new-INITIAL_FORMS": "0", "new-0-type": "String", "retries": "1"}


def test_edit_variables_and_retry(boss: Client, incident: Incident) -> None:
    before = {str(v.pk): v.sequence_counter for v in Variable.objects.filter(name="orderId")}
    answer = do(boss, "incident", incident.pk, "edit-and-retry", **_existing(incident, amount="99.75"))
    assert "amount" in messages_of(answer)
    assert Variable.objects.get(name="amount").value == 99.75
    assert {str(v.pk): v.sequence_counter for v in Variable.objects.filter(name="orderId")} == before
    assert not Incident.objects.exists()


def test_edit_adds_variables(boss: Client, incident: Incident) -> None:
    data = {**_existing(incident), "new-0-name": "card", "new-0-type": "Json", "new-0-value": '{"number": 4711}'}
    do(boss, "incident", incident.pk, "edit-and-retry", **data)
    card = Variable.objects.get(name="card")
    assert card.value.data == {"number": 4711}
    assert card.execution_id == card.process_instance_id


def test_edit_shows_a_wrong_value_and_changes_nothing(boss: Client, incident: Incident) -> None:
    answer = do(boss, "incident", incident.pk, "edit-and-retry", **_existing(incident, amount="a lot"))
    assert "is no number" in answer.content.decode()
    assert Variable.objects.get(name="amount").value == 12.5
    assert Incident.objects.exists()


def test_edit_is_undone_when_the_retry_is_refused(boss: Client, incident: Incident, monkeypatch) -> None:
    from workflow_engine.admin import incident_operations
    from workflow_engine.engine.errors import NotAllowed

    def refuse(*args: object, **options: object) -> None:
        raise NotAllowed("Cannot set retries: today is Sunday.")

    monkeypatch.setattr(incident_operations.external_task, "set_retries", refuse)
    answer = do(boss, "incident", incident.pk, "edit-and-retry", **_existing(incident, amount="1.0"))
    assert "today is Sunday" in messages_of(answer)
    assert Variable.objects.get(name="amount").value == 12.5


def test_edit_of_a_foreign_variable_is_refused(boss: Client, incident: Incident) -> None:
    other = orders.start("order-2", amount=5.0)
    stranger = Variable.objects.for_instance(other.pk).get(name="amount")
    data = {**_existing(incident), "existing-0-id": str(stranger.pk), "existing-0-value": "666.0"}
    answer = do(boss, "incident", incident.pk, "edit-and-retry", **data)
    assert "no longer exists" in answer.content.decode()
    assert Variable.objects.get(pk=stranger.pk).value == 5.0


def test_values_stay_hidden_in_the_dialog(visitor: Visitor, incident: Incident) -> None:
    client = visitor("view_incident", "resolve_incident", "set_variables")
    text = read(client, operation("incident", incident.pk, "edit-and-retry"))
    assert "12.5" not in text
    data = _existing(incident)
    blank = {name: "" if name.endswith("-value") else value for name, value in data.items()}
    do(client, "incident", incident.pk, "edit-and-retry", **blank)
    assert Variable.objects.get(name="amount").value == 12.5
    assert not Incident.objects.exists()


def test_annotate(boss: Client, incident: Incident) -> None:
    do(boss, "incident", incident.pk, "annotate", annotation="Asked the bank, they look into it")
    incident.refresh_from_db()
    assert incident.annotation == "Asked the bank, they look into it"
    assert "they look into it" in read(boss, listing("incident"))


def test_a_resolved_incident_is_found_in_history(boss: Client, incident: Incident) -> None:
    boss.post(operation("incident", incident.pk, "retry-now"))
    answer = boss.get(page("incident", incident.pk))
    assert answer.headers["Location"] == page("historicincident", incident.pk)
    assert orders.ERROR in read(boss, page("historicincident", incident.pk))


def test_list_groups_by_reason(boss: Client, saga: str) -> None:
    for number in range(3):
        orders.stuck_order(f"order-{number}")
    orders.start("order-9")
    orders.fail("reserve-goods", message="The warehouse is on fire")
    text = read(boss, listing("incident"))
    assert text.index(orders.ERROR) < text.index("The warehouse is on fire")
    text = read(boss, listing("incident", message="The warehouse"))
    assert "order-9" in text
    assert "order-1" not in text


@pytest.mark.parametrize(
    "filters",
    [
        {"process": "order-saga"},
        {"process": "unknown"},
        {"activity": "ChargeCard"},
        {"incident_type__exact": "failedExternalTask"},
        {"q": "order-1"},
        {"q": "Connection"},
        {"q": "0194f3a0-0000-7000-8000-000000000000"},
        {"_facets": "True"},
        {"process": "\0"},
    ],
)
def test_filters_and_search(boss: Client, incident: Incident, filters: dict[str, str]) -> None:
    read(boss, listing("incident", **filters))


def test_search_by_id_of_the_instance(boss: Client, incident: Incident) -> None:
    assert "order-1" in read(boss, listing("incident", q=incident.process_instance_id))


def test_an_incident_of_a_called_instance_is_retried_where_it_began(boss: Client, db: None) -> None:
    called = process(
        START + '<bpmn:serviceTask id="pay" camunda:type="external" camunda:topic="pay"/>' + END
        + flow("start", "pay") + flow("pay", "end"),
        "called",
    )  # fmt: skip
    calling = process(
        START + '<bpmn:callActivity id="call" calledElement="called"/>' + END + flow("start", "call") + flow("call", "end"),
        "calling",
    )  # fmt: skip
    repository.deploy(resources={"called.bpmn": called, "calling.bpmn": calling})
    runtime.start_process_instance_by_key("calling", business_key="order-1")
    orders.fail("pay")
    outer = Incident.objects.get(process_definition__key="calling")
    text = read(boss, page("incident", outer.pk))
    assert "The cause lies in an instance that this one called" in text
    assert orders.ERROR in text
    boss.post(operation("incident", outer.pk, "retry-now"))
    assert not Incident.objects.exists()


def _selected(*rows: UUID | str) -> dict[str, object]:
    return {"action": "retry", "_selected_action": [str(row) for row in rows], "index": "0", "select_across": "0"}


def test_bulk_retry_tells_what_became_of_each(boss: Client, saga: str) -> None:
    for number in range(3):
        orders.stuck_order(f"order-{number}")
    chosen = [incident.pk for incident in Incident.objects.order_by("id")]
    answer = boss.post(listing("incident"), _selected(*chosen))
    text = answer.content.decode()
    assert "3 selected" in text
    assert "order-2" in text
    assert Incident.objects.count() == 3
    # One of them is resolved by somebody else meanwhile.
    boss.post(operation("incident", chosen[0], "retry-now"))
    answer = boss.post(
        "/admin/workflow_engine/incident/bulk/retry/",
        {"_confirmed": "1", "rows": ",".join(map(str, chosen)), "retries": "2", "when": "now"},
    )
    text = answer.content.decode()
    assert "2 done" in text
    assert "0 failed" in text
    assert "1 skipped" in text
    assert not Incident.objects.exists()
    assert LogEntry.objects.count() == 3


def test_bulk_of_a_whole_filter_result(boss: Client, saga: str) -> None:
    for number in range(3):
        orders.stuck_order(f"order-{number}")
    everything = {**_selected(Incident.objects.first().pk), "select_across": "1"}
    assert "3 selected" in boss.post(listing("incident"), everything).content.decode()


def test_bulk_with_a_refusal(boss: Client, incident: Incident) -> None:
    odd = runtime.create_incident(
        str(incident.execution_id), incident_type="ownType", message="made by hand", user="somebody"
    )
    answer = boss.post(
        "/admin/workflow_engine/incident/bulk/retry-now/",
        {"_confirmed": "1", "rows": f"{incident.pk},{odd.pk},nonsense"},
    )
    text = answer.content.decode()
    assert "1 done" in text
    assert "1 failed" in text
    assert "1 skipped" in text
    assert "no job or external task that could be retried" in text.replace("&#x27;", "'")


def test_nonsense_in_a_selection(boss: Client, incident: Incident) -> None:
    answer = boss.post(listing("incident"), _selected("nonsense"))
    assert answer.status_code == 302
    assert "Nothing was changed" in messages_of(answer)


def test_bulk_by_get_changes_nothing(boss: Client, incident: Incident) -> None:
    boss.get("/admin/workflow_engine/incident/bulk/retry-now/", {"_confirmed": "1", "rows": str(incident.pk)})
    assert Incident.objects.exists()
