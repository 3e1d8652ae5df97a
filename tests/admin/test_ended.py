"""Addresses of work that has ended in the meantime: they lead to its history, with what was done to it in the admin."""

from django.test import Client

from tests.admin.conftest import Visitor
from tests.admin.pages import do, messages_of, operation, page, read
from tests.support import orders
from workflow_engine.admin import links
from workflow_engine.models import ExternalTask, HistoricIncident, Incident, ProcessInstance

NEVER_THERE = "00000000-0000-7000-8000-000000000000"


def ended_order(boss: Client) -> ProcessInstance:
    """Stopped, repaired in the admin, done."""
    order = orders.stuck_order()
    do(boss, "processinstance", order.pk, "add-variable", name="seen", type="String", value="x")
    do(boss, "incident", Incident.objects.get().pk, "retry", retries="1", when="now")
    orders.complete("charge-card", "ship-order", "inform-customer")
    assert not ProcessInstance.objects.exists()
    return order


def test_the_log_of_an_ended_instance_is_shown_with_its_history(boss: Client, saga: str) -> None:
    order = ended_order(boss)
    answer = boss.get(links.log("processinstance", order.pk))
    assert answer.headers["Location"] == links.log("historicprocessinstance", order.pk)
    assert "nothing was changed" not in messages_of(answer)
    assert "any more" not in messages_of(answer)
    text = read(boss, links.log("historicprocessinstance", order.pk))
    assert "Variable “seen” is set." in text
    assert "boss" in text
    assert "doesn’t have a change history" not in text
    assert links.log("historicprocessinstance", order.pk) in read(boss, page("historicprocessinstance", order.pk))


def test_of_a_resolved_incident_too(boss: Client, saga: str) -> None:
    ended_order(boss)
    incident = HistoricIncident.objects.get().pk
    assert boss.get(links.log("incident", incident)).headers["Location"] == links.log("historicincident", incident)
    assert "Retry" in read(boss, links.log("historicincident", incident))


def test_the_log_of_what_still_runs(boss: Client, saga: str) -> None:
    order = orders.stuck_order()
    do(boss, "processinstance", order.pk, "add-variable", name="seen", type="String", value="x")
    for model in ("processinstance", "historicprocessinstance"):
        assert "Variable “seen” is set." in read(boss, links.log(model, order.pk))


def test_an_operation_that_comes_too_late_says_that_nothing_was_changed(boss: Client, saga: str) -> None:
    order = ended_order(boss)
    answer = do(boss, "processinstance", order.pk, "suspend")
    assert answer.headers["Location"] == page("historicprocessinstance", order.pk)
    assert "nothing was changed" in messages_of(answer)
    asked = boss.get(operation("processinstance", order.pk, "cancel"))
    assert asked.headers["Location"] == page("historicprocessinstance", order.pk)


def test_work_without_a_history_of_its_own_may_be_done(boss: Client, saga: str) -> None:
    orders.start("order-1")
    task = ExternalTask.objects.get().pk
    orders.complete("reserve-goods")
    for address in (page("externaltask", task), links.log("externaltask", task), page("processinstance", NEVER_THERE)):
        answer = boss.get(address)
        assert answer.status_code == 302
        assert "it may be done" in messages_of(answer)
        assert "deleted" not in messages_of(answer)


def test_the_log_needs_the_permission_to_view(boss: Client, visitor: Visitor, saga: str) -> None:
    order = ended_order(boss)
    stranger = visitor("view_processinstance")
    assert stranger.get(links.log("historicprocessinstance", order.pk)).status_code == 403
    assert stranger.get(links.log("processinstance", order.pk)).headers["Location"] == links.listing("processinstance")
    assert visitor().get(links.log("processinstance", order.pk)).status_code == 403
