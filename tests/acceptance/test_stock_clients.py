"""Real models by others, unchanged, worked off by the stock JavaScript and Python clients against a live server."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.acceptance.conftest import Site, model
from tests.acceptance.stock_clients import Plan, StockWorker, complete, error, fail
from tests.support.waiting import wait_until
from workflow_engine import clock

Start = Callable[[Plan], StockWorker]

ORDER: Plan = {
    topic: [complete()]
    for topic in (
        "reserveGoods",
        "createInvoice",
        "createShipment",
        "informCustomerSuccess",
        "informCustomerCancellation",
    )
}
INTERNET_THINGS: Plan = {
    "AnswerQuestion": [complete()],
    "PublishCoolTweet": [complete()],
    "PublishSorryTweet": [complete()],
    "StupidQuestion": [complete()],
    "CheckResponse": [complete(responseGood=True)],
}
DELIVERY: Plan = {
    "DetermineStatus": [complete(hardware="Yes", paymentRequired="Yes")],
    **{topic: [complete()] for topic in ("ReserveItem", "MakePayment", "MakeRefund", "ReleaseItem")},
}
INVASION: Plan = {
    "ChooseDestination": [complete(north=True)],
    **{topic: [complete()] for topic in ("InvadeGaul", "InvadePersia", "HostGames")},
}


def start(site: Site, name: str, key: str, **variables: object) -> str:
    definitions = site.deploy(model(name))
    assert [definition["key"] for definition in definitions.values()] == [key]
    instance = site.start(key, **variables)
    site.sweep()
    return instance


def finish(site: Site, instance: str, worker: StockWorker) -> None:
    wait_until(lambda: site.is_ended(instance), lambda: (worker.done, worker.errors))
    assert site.state(instance) == "COMPLETED"
    assert not worker.errors, worker.errors


def expect(worker: StockWorker, *done: str) -> None:
    """What the worker has done, each as "topic outcome", in the order in which the tasks were delivered."""
    wait_until(lambda: len(worker.done) >= len(done), lambda: (worker.done, worker.errors))
    assert worker.done == list(done), worker.done


def expect_in_any_order(worker: StockWorker, ordered: int, *done: str) -> None:
    """As `expect`, but what happens side by side (all before and all after position `ordered`) has no order."""
    wait_until(lambda: len(worker.done) >= len(done), lambda: (worker.done, worker.errors))
    assert sorted(worker.done[:ordered]) == sorted(done[:ordered]), worker.done
    assert sorted(worker.done[ordered:]) == sorted(done[ordered:]), worker.done


class TestOrder:
    def test_success(self, site: Site, stock_worker: Start) -> None:
        instance = start(site, "order", "OrderProcess", goods="book")
        worker = stock_worker(ORDER)
        finish(site, instance, worker)
        topics = ["reserveGoods", "createInvoice", "createShipment", "informCustomerSuccess"]
        expect(worker, *(f"{topic} complete" for topic in topics))
        assert {line["businessKey"] for line in worker.lines} == {"OrderProcess-1"}
        assert all(line["variables"]["goods"] == "book" for line in worker.lines)

    def test_nothing_happens_before_the_sweeper_ran_the_asynchronous_continuation(self, site: Site) -> None:
        site.deploy(model("order"))
        instance = site.start("OrderProcess")
        assert site.rest.get("/external-task/count", processInstanceId=instance) == {"count": 0}
        site.sweep()
        assert site.rest.get("/external-task/count", processInstanceId=instance) == {"count": 1}

    def test_technical_failure_becomes_an_incident_until_retries_are_raised(
        self, site: Site, stock_worker: Start
    ) -> None:
        instance = start(site, "order", "OrderProcess")
        worker = stock_worker({**ORDER, "createInvoice": [fail("printer on fire"), complete()]})
        incidents = wait_until(
            lambda: site.rest.get("/incident", processInstanceId=instance), lambda: (worker.done, worker.errors)
        )
        assert [(i["incidentType"], i["incidentMessage"]) for i in incidents] == [
            ("failedExternalTask", "printer on fire")
        ]
        task = incidents[0]["configuration"]
        details = site.rest.request("GET", f"/external-task/{task}")
        assert (details["retries"], details["errorMessage"]) == (0, "printer on fire")
        expect(worker, "reserveGoods complete", "createInvoice fail")

        site.rest.request("PUT", f"/external-task/{task}/retries", {"retries": 1})
        assert site.rest.get("/incident", processInstanceId=instance) == []
        finish(site, instance, worker)
        done = ["createInvoice complete", "createShipment complete", "informCustomerSuccess complete"]
        expect(worker, "reserveGoods complete", "createInvoice fail", *done)

    def test_a_retry_that_is_left_needs_no_operator(self, site: Site, stock_worker: Start) -> None:
        instance = start(site, "order", "OrderProcess")
        worker = stock_worker({**ORDER, "createInvoice": [fail("printer jam", retries=2), complete()]})
        finish(site, instance, worker)
        done = ["createShipment complete", "informCustomerSuccess complete"]
        expect(worker, "reserveGoods complete", "createInvoice fail", "createInvoice complete", *done)
        assert site.rest.get("/history/incident/count", processInstanceId=instance) == {"count": 0}

    def test_bpmn_error_takes_the_boundary_event(self, site: Site, stock_worker: Start) -> None:
        instance = start(site, "order", "OrderProcess")
        worker = stock_worker({**ORDER, "createShipment": [error("errorGoodsNotAvailable", "sold out")]})
        finish(site, instance, worker)
        before = ["reserveGoods complete", "createInvoice complete"]
        expect(worker, *before, "createShipment error", "informCustomerCancellation complete")


class TestInternetThings:
    def test_compensation(self, site: Site, stock_worker: Start) -> None:
        instance = start(site, "internet-things", "InternetThings", action="tweet")
        worker = stock_worker({**INTERNET_THINGS, "CheckResponse": [complete(responseGood=False)]})
        finish(site, instance, worker)
        expect(worker, "PublishCoolTweet complete", "CheckResponse complete", "PublishSorryTweet complete")

    def test_nothing_to_compensate(self, site: Site, stock_worker: Start) -> None:
        """The answered question has no compensation handler, so the compensation end event just ends."""
        instance = start(site, "internet-things", "InternetThings", action="forum")
        worker = stock_worker({**INTERNET_THINGS, "CheckResponse": [complete(responseGood=False)]})
        finish(site, instance, worker)
        expect(worker, "AnswerQuestion complete", "CheckResponse complete")

    def test_bpmn_error(self, site: Site, stock_worker: Start) -> None:
        instance = start(site, "internet-things", "InternetThings", action="forum")
        worker = stock_worker({**INTERNET_THINGS, "AnswerQuestion": [error("NoIdea")]})
        finish(site, instance, worker)
        expect(worker, "AnswerQuestion error", "StupidQuestion complete")

    def test_default_flow_needs_no_worker(self, site: Site) -> None:
        instance = start(site, "internet-things", "InternetThings", action="sleep")
        assert site.is_ended(instance)


class TestDelivery:
    def wait_for_confirmation(self, site: Site, instance: str, worker: StockWorker) -> None:
        wait_until(
            lambda: site.rest.get("/event-subscription", processInstanceId=instance, eventType="message"),
            lambda: (worker.done, worker.errors),
        )

    def test_both_branches_and_a_message(self, site: Site, stock_worker: Start) -> None:
        instance = start(site, "delivery", "CamDelivery")
        worker = stock_worker(DELIVERY)
        self.wait_for_confirmation(site, instance, worker)
        expect_in_any_order(worker, 1, "DetermineStatus complete", "ReserveItem complete", "MakePayment complete")
        site.rest.post("/message", {"messageName": "confirmed", "businessKey": "CamDelivery-1"})
        finish(site, instance, worker)

    def test_one_branch(self, site: Site, stock_worker: Start) -> None:
        instance = start(site, "delivery", "CamDelivery")
        worker = stock_worker({**DELIVERY, "DetermineStatus": [complete(hardware="No", paymentRequired="Yes")]})
        self.wait_for_confirmation(site, instance, worker)
        expect(worker, "DetermineStatus complete", "MakePayment complete")

    def test_the_timer_compensates_what_was_done(self, site: Site, stock_worker: Start) -> None:
        instance = start(site, "delivery", "CamDelivery")
        worker = stock_worker(DELIVERY)
        self.wait_for_confirmation(site, instance, worker)
        clock.travel(timedelta(seconds=119))
        site.sweep()
        assert not site.is_ended(instance)
        assert site.rest.get("/job/count", processInstanceId=instance) == {"count": 1}
        clock.travel(timedelta(seconds=2))
        site.sweep()
        finish(site, instance, worker)
        forward = ["DetermineStatus complete", "ReserveItem complete", "MakePayment complete"]
        expect_in_any_order(worker, 3, *forward, "MakeRefund complete", "ReleaseItem complete")


class TestInvasion:
    @pytest.mark.parametrize(("north", "where"), [(True, "InvadeGaul"), (False, "InvadePersia")])
    def test_success_ends_with_a_user_task(self, site: Site, stock_worker: Start, north: bool, where: str) -> None:
        instance = start(site, "invasion", "ExpandRome")
        worker = stock_worker({**INVASION, "ChooseDestination": [complete(north=north)]})
        tasks = wait_until(
            lambda: site.rest.get("/task", processInstanceId=instance), lambda: (worker.done, worker.errors)
        )
        expect(worker, "ChooseDestination complete", f"{where} complete")
        site.rest.post(f"/task/{tasks[0]['id']}/complete")
        finish(site, instance, worker)

    def test_error_at_the_boundary(self, site: Site, stock_worker: Start) -> None:
        instance = start(site, "invasion", "ExpandRome")
        worker = stock_worker({**INVASION, "ChooseDestination": [error("NoFighting")]})
        finish(site, instance, worker)
        expect(worker, "ChooseDestination error", "HostGames complete")

    def test_error_event_sub_process(self, site: Site, stock_worker: Start) -> None:
        instance = start(site, "invasion", "ExpandRome")
        worker = stock_worker({**INVASION, "InvadeGaul": [error("EmporerKilled", "et tu")]})
        finish(site, instance, worker)
        expect(worker, "ChooseDestination complete", "InvadeGaul error")
