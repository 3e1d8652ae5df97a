"""The demo's customers, and the one person in customer service: place orders, pay, and clarify addresses."""

import logging
import random
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from project.demo.scenarios import choose
from workflow_engine.client import EngineRefused, EngineUnavailable, Transport
from workflow_engine.client.values import encode_all, parse_date

logger = logging.getLogger(__name__)

NAMES = ("Ada", "Berta", "Carlos", "Dilek", "Emil", "Fatou", "Goran", "Hanna")
GOODS = {"teapot": 24.9, "lamp": 59.0, "umbrella": 19.5, "chess board": 35.0, "kite": 29.0}
MOST_OPEN_INCIDENTS = 3
SECONDS_TO_CLARIFY = 15


class Customers:
    """`pause`: seconds between two orders. With `most_open` orders under way, nobody orders until some have ended.
    `tell_of_incident` hears of each new incident, as the REST API gives it."""

    def __init__(
        self,
        engine: Transport,
        *,
        pause: float = 4.0,
        most_open: int = 25,
        tell_of_incident: Callable[[dict[str, Any]], None] = lambda incident: None,
    ) -> None:
        self.engine, self.pause, self.most_open = engine, pause, most_open
        self.tell_of_incident = tell_of_incident
        self.incidents: dict[str, dict[str, Any]] = {}
        self.dice = random.Random()  # noqa: S311 - no secret
        self.orders = 0

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            for step in (self.pay, self.clarify_addresses, self.look_for_incidents, self.order):
                try:
                    step()
                except (EngineRefused, EngineUnavailable) as error:
                    logger.warning("The demo's customers are puzzled: %s", error)
            stop.wait(self.pause * self.dice.uniform(0.7, 1.3))

    def order(self) -> None:
        if self.engine.get("/process-instance/count")["count"] >= self.most_open:
            return
        item = self.dice.choice(list(GOODS))
        has_few_incidents = len(self.incidents) < MOST_OPEN_INCIDENTS
        self.orders += 1
        is_prepaid = self.orders % 4 == 0
        variables = {"customer": self.dice.choice(NAMES), "item": item, "amount": GOODS[item]}
        if not is_prepaid:
            variables["scenario"] = str(choose(self.dice, with_technical_trouble=has_few_incidents))
        self._start("prepaid-order" if is_prepaid else "order-saga", variables)

    def _start(self, key: str, variables: dict[str, Any]) -> None:
        business_key = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{self.orders}"
        body = {"businessKey": business_key, "variables": encode_all(variables)}
        self.engine.post(f"/process-definition/key/{key}/start", body)

    def pay(self) -> None:
        """Three of four customers pay; who doesn't is reminded by the model, and sometimes pays then."""
        for wait in self.engine.get("/event-subscription", eventType="message", eventName="payment-received"):
            if self.dice.random() < 0.25 and zlib.crc32(wait["processInstanceId"].encode()) % 4:
                body = {"messageName": "payment-received", "processInstanceId": wait["processInstanceId"]}
                # Refused where the model's timer was quicker.
                with suppress(EngineRefused):
                    self.engine.post("/message", body)

    def clarify_addresses(self) -> None:
        """After a while, so that a visitor can do it too."""
        for task in self.engine.get("/task", taskDefinitionKey="ClarifyAddress"):
            if (datetime.now(UTC) - parse_date(task["created"])).total_seconds() >= SECONDS_TO_CLARIFY:
                variables = encode_all({"addressClarified": self.dice.random() < 0.7})
                # Refused where the visitor was quicker.
                with suppress(EngineRefused):
                    self.engine.post(f"/task/{task['id']}/complete", {"variables": variables})

    def look_for_incidents(self) -> None:
        before = self.incidents
        self.incidents = {incident["id"]: incident for incident in self.engine.get("/incident")}
        for id_, incident in self.incidents.items():
            if id_ not in before:
                self.tell_of_incident(incident)
