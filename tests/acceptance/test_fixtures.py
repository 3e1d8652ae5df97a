"""The models in fixtures/ with the demo's own workers. The expected ways are those that Camunda 7.24 took with them."""

import dataclasses
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from project.demo import workers
from tests.acceptance.conftest import LOGIN, ROOT, Site
from workflow_engine import clock
from workflow_engine.client import Worker
from workflow_engine.client.values import encode_all

SHIPPED = ["ShipOrder", "InformOfShipment", "OrderFulfilled"]
CANCELLED = ["InformOfCancellation", "OrderCancelled"]
WAYS = {
    "smooth": ["ReserveGoods", "ChargeCard", *SHIPPED],
    "out-of-stock": ["ReserveGoods", "OutOfStock", "UndoEverything", *CANCELLED],
    "card-refused": ["ReserveGoods", "ChargeCard", "CardRefused", "UndoEverything", "ReleaseGoods", *CANCELLED],
}
PAID = ["PackGoods", "WriteInvoice", "BothDone", "BothDone", "PrepaidOrderDone"]


@pytest.fixture
def shop(site: Site, monkeypatch: pytest.MonkeyPatch) -> "Shop":
    monkeypatch.setattr(workers, "take_some_time", lambda: None)
    for name in ("order-saga", "prepaid-order", "collect-payment"):
        site.deploy(ROOT / "fixtures" / f"{name}.bpmn")
    return Shop(site)


class Shop:
    """The site with the demo's workers, which work when they are told to."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.worker = Worker(site.base_url, auth=LOGIN, worker_id="shop")
        # Of the same handlers, but without waits between attempts.
        for topic, subscription in workers.worker.subscriptions.items():
            self.worker.subscriptions[topic] = dataclasses.replace(subscription, backoff=(0.0,))

    def order(self, key: str = "order-saga", **variables: Any) -> str:
        return self.site.start(key, **variables)

    def work(self, *, without: str = "") -> None:
        """Until nothing is left to do now."""
        held = self.worker.subscriptions.pop(without, None)
        while True:
            self.site.sweep()
            if not self.worker.run_once():
                break
        if held is not None:
            self.worker.subscriptions[without] = held

    def way(self, instance: str) -> list[str]:
        """The activities in the order in which they began, without the start event."""
        assert self.site.state(instance) == "COMPLETED"
        rows = self.site.rest.get(
            "/history/activity-instance", processInstanceId=instance, sortBy="occurrence", sortOrder="asc"
        )
        return [row["activityId"] for row in rows[1:]]


@pytest.mark.parametrize("scenario", WAYS)
def test_an_order_takes_the_way_of_its_scenario(shop: Shop, scenario: str) -> None:
    instance = shop.order(scenario=scenario)
    shop.work()
    assert shop.way(instance) == WAYS[scenario]


@pytest.mark.parametrize(("scenario", "stuck"), [("warehouse-down", "ReserveGoods"), ("terminal-down", "ChargeCard")])
def test_technical_trouble_is_an_incident_until_somebody_looks(shop: Shop, scenario: str, stuck: str) -> None:
    rest, instance = shop.site.rest, shop.order(scenario=scenario)
    shop.work()
    (incident,) = rest.get("/incident", processInstanceId=instance)
    assert incident["activityId"] == stuck
    assert "(attempt 3 of 3)" in incident["incidentMessage"]
    rest.request("PUT", f"/external-task/{incident['configuration']}/retries", {"retries": 3})
    shop.work()
    assert shop.way(instance) == WAYS["smooth"]


@pytest.mark.parametrize("is_clarified", [True, False])
def test_an_unknown_address_is_a_humans_task(shop: Shop, is_clarified: bool) -> None:
    rest, instance = shop.site.rest, shop.order(scenario="address-unknown")
    shop.work()
    (task,) = rest.get("/task", processInstanceId=instance)
    rest.post(f"/task/{task['id']}/complete", {"variables": encode_all({"addressClarified": is_clarified})})
    shop.work()
    way = shop.way(instance)
    asked = ["ReserveGoods", "ChargeCard", "ShipOrder", "AddressUnknown", "ClarifyAddress", "AddressClarified"]
    assert way[:6] == asked
    if is_clarified:
        assert way[6:] == SHIPPED
    else:
        assert sorted(way[7:9]) == ["RefundCard", "ReleaseGoods"]
        assert way[9:] == CANCELLED


def late(shop: Shop, topic: str, passes: timedelta) -> list[str]:
    instance = shop.order()
    shop.work(without=topic)
    clock.travel(passes)
    shop.work(without=topic)
    return shop.way(instance)


def test_late_shipping_undoes_payment_and_reservation(shop: Shop) -> None:
    way = late(shop, "ship-order", timedelta(seconds=31))
    assert way[:5] == ["ReserveGoods", "ChargeCard", "ShipOrder", "ShipmentTooLate", "UndoEverything"]
    # Newest first.
    assert way[5:] == ["RefundCard", "ReleaseGoods", *CANCELLED]


@pytest.mark.parametrize(
    ("topic", "way"),
    [
        ("reserve-goods", ["ReserveGoods", "ReservationTooLate", "UndoEverything"]),
        ("charge-card", ["ReserveGoods", "ChargeCard", "ChargeTooLate", "UndoEverything", "ReleaseGoods"]),
    ],
)
def test_the_other_steps_may_be_late_too(shop: Shop, topic: str, way: list[str]) -> None:
    assert late(shop, topic, timedelta(minutes=61)) == [*way, *CANCELLED]


def test_one_order_number_is_one_order(shop: Shop) -> None:
    assert shop.order() == shop.order()


def test_a_prepaid_order_waits_for_the_money(shop: Shop) -> None:
    rest, instance = shop.site.rest, shop.order("prepaid-order", amount=24.9)
    shop.work()
    (wait,) = rest.get("/event-subscription", eventName="payment-received")
    assert wait["processInstanceId"] != instance
    rest.post("/message", {"messageName": "payment-received", "businessKey": "prepaid-order-1"})
    shop.work()
    assert sorted(shop.way(instance)) == sorted(["CollectPayment", "Paid", *PAID])


def test_a_prepaid_order_is_cancelled_after_two_reminders(shop: Shop) -> None:
    instance = shop.order("prepaid-order", amount=24.9)
    shop.work()
    for _ in range(3):
        assert not shop.site.is_ended(instance)
        clock.travel(timedelta(seconds=21))
        shop.work()
    assert "PrepaidOrderCancelled" in shop.way(instance)
    variables = shop.site.rest.get("/history/variable-instance", processInstanceId=instance, variableName="reminders")
    assert [variable["value"] for variable in variables] == [2]


def test_workers_meet_every_topic_of_the_models(shop: Shop) -> None:
    models = [path.read_text() for path in (ROOT / "fixtures").glob("*.bpmn")]
    topics: Callable[[str], list[str]] = re.compile(r'camunda:topic="([^"]+)"').findall
    assert {topic for model in models for topic in topics(model)} == set(workers.worker.subscriptions)
