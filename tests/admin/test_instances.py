"""Process instances in the admin: where they stand, variables, suspending, cancelling, and what is left in history."""

import json
import re

import pytest
from django.test import Client

from tests.admin.conftest import Visitor
from tests.admin.pages import do, listing, messages_of, operation, page, read
from tests.support import orders
from workflow_engine.models import (
    CompensationRecord,
    ExternalTask,
    HistoricProcessInstance,
    Job,
    ProcessDefinition,
    ProcessInstance,
    Variable,
)
from workflow_engine.values import JsonValue


def state_of(text: str) -> dict[str, dict[str, dict[str, int]]]:
    """What the page tells its diagram."""
    found = re.search(r'<script id="wf-state" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    state: dict[str, dict[str, dict[str, int]]] = json.loads(found.group(1))
    return state


def test_page_of_a_stopped_instance(boss: Client, saga: str) -> None:
    order = orders.stuck_order()
    text = read(boss, page("processinstance", order.pk))
    for expected in ("Stopped at “Charge card”", orders.ERROR, "Retry now", "12.5", "charge-card", "Reserve goods"):
        assert expected in text
    state = state_of(text)
    assert state["elements"]["ChargeCard"] == {"tokens": 1, "incidents": 1}
    assert state["elements"]["ReserveGoods"] == {"visits": 1}
    assert set(state["flows"]) == {"ToReserveGoods", "ToChargeCard"}


def test_tokens_of_parallel_branches_and_the_calling_instance(boss: Client, db: None) -> None:
    orders.deploy("prepaid-order.bpmn", "collect-payment.bpmn")
    calling = orders.start("prepaid-1", "prepaid-order", amount=5)
    called = ProcessInstance.objects.get(process_definition__key="collect-payment")
    text = read(boss, page("processinstance", calling.pk))
    assert state_of(text)["elements"]["CollectPayment"] == {"tokens": 1}
    assert page("processinstance", called.pk) in text
    assert page("processinstance", calling.pk) in read(boss, page("processinstance", called.pk))


def test_compensation_is_shown(boss: Client, saga: str) -> None:
    order = orders.start("order-1")
    orders.complete("reserve-goods")
    orders.refuse("charge-card", "CARD_REFUSED")
    text = read(boss, page("processinstance", order.pk))
    assert "is being undone" in text
    assert "Release goods" in text
    assert state_of(text)["elements"]["ReleaseGoods"] == {"tokens": 1}


def test_undone_activities_are_marked(boss: Client, saga: str) -> None:
    order = orders.start("order-1")
    orders.complete("reserve-goods")
    orders.refuse("charge-card", "CARD_REFUSED")
    CompensationRecord.objects.update(state="compensated", end_time=CompensationRecord.objects.get().create_time)
    assert state_of(read(boss, page("processinstance", order.pk)))["elements"]["ReserveGoods"]["undone"] == 1


def test_a_finished_instance_is_shown_by_history(boss: Client, saga: str) -> None:
    order = orders.start("order-1", orderId="order-1")
    orders.complete("reserve-goods", "charge-card", "ship-order", "inform-customer")
    answer = boss.get(page("processinstance", order.pk))
    assert answer.headers["Location"] == page("historicprocessinstance", order.pk)
    text = read(boss, page("historicprocessinstance", order.pk))
    assert "completed" in text
    assert state_of(text)["flows"][-1] == "ToOrderFulfilled"
    assert state_of(text)["elements"]["OrderFulfilled"] == {"visits": 1}
    assert "order-1" in read(boss, listing("historicprocessinstance", end="finished"))


def test_an_instance_that_never_was(boss: Client, db: None) -> None:
    for row_id in ("0194f3a0-0000-7000-8000-000000000000", "nonsense"):
        assert boss.get(page("processinstance", row_id)).status_code == 302
        assert do(boss, "processinstance", row_id, "cancel").status_code == 302


@pytest.mark.parametrize(
    "filters",
    [
        {"q": "order-1"},
        {"q": "rder"},
        {"state": "stopped"},
        {"state": "active"},
        {"process": "order-saga"},
        {"level": "root"},
        {"activity": "ChargeCard"},
    ],
)
def test_list_finds_it(boss: Client, saga: str, filters: dict[str, str]) -> None:
    orders.stuck_order()
    assert "order-1" in read(boss, listing("processinstance", **filters))


@pytest.mark.parametrize(
    "filters",
    [{"q": "order-2"}, {"state": "suspended"}, {"process": "x"}, {"level": "called"}, {"activity": "ReserveGoods"}],
)
def test_list_does_not_find_it(boss: Client, saga: str, filters: dict[str, str]) -> None:
    orders.stuck_order()
    assert "0 process instances" in read(boss, listing("processinstance", **filters))


def test_list_by_id_of_the_instance_and_of_the_definition(boss: Client, saga: str) -> None:
    order = orders.stuck_order()
    assert "order-1" in read(boss, listing("processinstance", q=order.pk))
    assert "order-1" in read(boss, listing("processinstance", definition=saga))


def test_cancel_asks_first_and_keeps_the_reason(boss: Client, saga: str) -> None:
    order = orders.stuck_order()
    assert "cannot be taken back" in read(boss, operation("processinstance", order.pk, "cancel"))
    boss.post(operation("processinstance", order.pk, "cancel"))
    assert ProcessInstance.objects.exists(), "a POST that was not confirmed must not cancel"
    answer = do(boss, "processinstance", order.pk, "cancel", reason="Customer called")
    assert answer.headers["Location"] == page("historicprocessinstance", order.pk)
    assert not ProcessInstance.objects.exists()
    history = HistoricProcessInstance.objects.get()
    assert history.state == "EXTERNALLY_TERMINATED"
    assert history.delete_reason == "Customer called"
    assert "Customer called" in read(boss, page("historicprocessinstance", order.pk))


def test_suspend_and_activate(boss: Client, saga: str) -> None:
    order = orders.start("order-1")
    boss.post(operation("processinstance", order.pk, "suspend"))
    assert ExternalTask.objects.get().is_suspended
    text = read(boss, page("processinstance", order.pk))
    assert "Activate" in text
    boss.post(operation("processinstance", order.pk, "activate"))
    assert not ExternalTask.objects.get().is_suspended


@pytest.mark.parametrize(
    ("type_name", "text", "value"),
    [
        ("String", " as it is ", " as it is "),
        ("Integer", "-5", -5),
        ("Long", "9007199254740993", 9007199254740993),
        ("Short", "7", 7),
        ("Double", "1e3", 1000.0),
        ("Boolean", "True", True),
        ("Json", '{"a": [1, 2]}', JsonValue('{"a": [1, 2]}')),
        ("Null", "whatever", None),
    ],
)
def test_add_a_variable(boss: Client, saga: str, type_name: str, text: str, value: object) -> None:
    order = orders.start("order-1")
    do(boss, "processinstance", order.pk, "add-variable", name="extra", type=type_name, value=text)
    variable = Variable.objects.get(name="extra")
    assert (variable.type_name, variable.value) == (type_name, value)


@pytest.mark.parametrize(
    ("type_name", "text"),
    [
        ("Integer", "2147483648"),
        ("Integer", "1.5"),
        ("Integer", "1" * 5000),
        ("Long", "9223372036854775808"),
        ("Double", "nan"),
        ("Double", "1e999"),
        ("Boolean", "maybe"),
        ("Date", "yesterday"),
        ("Date", "2025-13-01"),
        ("Json", "{"),
        ("Json", "[" * 5000),
        ("Xml", "<a>"),
        ("Xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
        ("Object", "{"),
        ("File", "x"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(boss: Client, saga: str, type_name: str, text: str) -> None:
    order = orders.start("order-1")
    answer = do(boss, "processinstance", order.pk, "add-variable", name="extra", type=type_name, value=text)
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()
    assert not Variable.objects.filter(name="extra").exists()


def test_edit_and_delete_a_variable(boss: Client, saga: str) -> None:
    order = orders.start("order-1", amount=12.5)
    amount = Variable.objects.get(name="amount")
    assert "12.5" in read(boss, operation("variable", amount.pk, "edit"))
    answer = do(boss, "variable", amount.pk, "edit", type="Double", value="13.5")
    assert answer.headers["Location"].startswith(page("processinstance", order.pk))
    amount.refresh_from_db()
    assert amount.value == 13.5
    boss.post(operation("variable", amount.pk, "delete"))
    assert Variable.objects.exists(), "a POST that was not confirmed must not delete"
    do(boss, "variable", amount.pk, "delete")
    assert not Variable.objects.exists()


def test_line_ends_of_a_browser_are_no_change(boss: Client, saga: str) -> None:
    orders.start("order-1", note="one\ntwo")
    note = Variable.objects.get()
    do(boss, "variable", note.pk, "edit", type="String", value="one\r\ntwo\r\nthree")
    note.refresh_from_db()
    assert note.value == "one\ntwo\nthree"


def test_variables_are_found_by_value(boss: Client, visitor: Visitor, saga: str) -> None:
    orders.start("order-1", amount=12.5, customer="Ada", count=3, express=True)
    for term in ("amount=12.5", "customer=Ada", "count=3", "express=true", "custom"):
        assert "order-1" in read(boss, listing("variable", q=term))
    assert "0 variables" in read(boss, listing("variable", q="amount=12.6"))
    client = visitor("view_variable")
    assert "0 variables" in read(client, listing("variable", q="amount=12.5"))


def test_values_are_masked(visitor: Visitor, saga: str) -> None:
    order = orders.stuck_order(secret="4711-0815")
    client = visitor(
        "view_processinstance", "view_variable", "view_incident", "set_variables", "view_historicprocessinstance"
    )
    secret = Variable.objects.get(name="secret")
    for address in (
        page("processinstance", order.pk),
        page("variable", secret.pk),
        operation("variable", secret.pk, "edit"),
        listing("variable"),
        page("historicprocessinstance", order.pk),
    ):
        text = read(client, address)
        assert "4711-0815" not in text, address
    assert client.get(f"/admin/workflow_engine/variable/{secret.pk}/download/").status_code == 403
    client = visitor("view_processinstance", "view_variable", "view_variables")
    assert "4711-0815" in read(client, page("processinstance", order.pk))


def test_parts_need_their_permission(visitor: Visitor, saga: str) -> None:
    order = orders.stuck_order()
    text = read(visitor("view_processinstance"), page("processinstance", order.pk))
    for hidden in ('id="variables"', 'id="external-tasks"', 'id="activities"', orders.ERROR, "Retry now"):
        assert hidden not in text


def test_refusals_of_services_are_messages(boss: Client, saga: str) -> None:
    order = orders.start("order-1")
    boss.post(operation("processinstance", order.pk, "suspend"))
    task = ExternalTask.objects.get()
    answer = do(boss, "variable", "0194f3a0-0000-7000-8000-000000000000", "delete")
    assert answer.status_code == 302
    assert task.is_suspended
    ProcessDefinition.objects.update(is_suspended=True)
    answer = do(
        boss,
        "processdefinition",
        saga,
        "start",
        **{"variables-TOTAL_FORMS": "0", "variables-INITIAL_FORMS": "0", "business_key": "order-7"},
    )
    assert answer.status_code == 200
    assert "is suspended" in messages_of(answer)


def test_bulk_cancel(boss: Client, saga: str) -> None:
    rows = [orders.start(f"order-{number}") for number in range(3)]
    chosen = ",".join(str(row.pk) for row in rows[:2])
    answer = boss.post(
        "/admin/workflow_engine/processinstance/bulk/cancel/",
        {"_confirmed": "1", "rows": chosen, "reason": "Test over"},
    )
    assert "2 done" in answer.content.decode()
    assert ProcessInstance.objects.get().business_key == "order-2"
    assert HistoricProcessInstance.objects.filter(delete_reason="Test over").count() == 2


def test_refresh_is_asked_for_by_the_address(boss: Client, saga: str) -> None:
    order = orders.start("order-1")
    address = page("processinstance", order.pk)
    assert 'data-refresh="5"' in read(boss, f"{address}?refresh=5")
    assert 'data-refresh="2"' in read(boss, f"{address}?refresh=0")
    for odd in ("", "?refresh=x", "?refresh=-1", "?refresh=٣"):
        assert "data-refresh" not in read(boss, address + odd)


def test_long_history_shows_its_beginning_and_a_link_to_all(boss: Client, saga: str, monkeypatch) -> None:
    from workflow_engine.admin import instance_sections

    order = orders.start("order-1")
    orders.complete("reserve-goods", "charge-card", "ship-order")
    monkeypatch.setattr(instance_sections, "LIMIT", 2)
    address = page("processinstance", order.pk)
    assert "?history=all#activities" in read(boss, address)
    assert "?history=all#activities" not in read(boss, f"{address}?history=all")


def test_the_timer_of_an_order_is_among_its_jobs(boss: Client, saga: str) -> None:
    order = orders.start("order-1")
    timer = Job.objects.get()
    text = read(boss, page("processinstance", order.pk))
    assert page("job", timer.pk) in text
    assert "due later" in text
