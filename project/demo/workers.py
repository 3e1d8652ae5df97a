"""The demo's workers: one process that answers for every topic of the models in fixtures/.

python -m workflow_engine.client project.demo.workers:worker --url http://localhost:8000/engine-rest
"""

import logging
import random
import time
from typing import Any

from project.demo.scenarios import Scenario
from workflow_engine.client import BpmnError, Task, Worker

logger = logging.getLogger(__name__)

# Short times, so that Ctrl-C need not wait long for a poll or a handler that is under way.
worker = Worker(threads=12, poll=1.0, drain=1.5)
ATTEMPTS = 3
# Short waits between attempts: nobody wants to watch a demo for minutes until an incident opens.
OPTIONS: dict[str, Any] = {"lock": 20, "retries": ATTEMPTS, "backoff": (2, 4)}
LAST_ATTEMPT = f"(attempt {ATTEMPTS} of {ATTEMPTS})"


@worker.task("reserve-goods", **OPTIONS)
def reserve_goods(task: Task) -> dict[str, str]:
    take_some_time()
    if scenario_of(task) == Scenario.WAREHOUSE_DOWN:
        fail_until_somebody_looked(task, "The warehouse's computer does not answer")
    if scenario_of(task) == Scenario.OUT_OF_STOCK:
        raise BpmnError("OUT_OF_STOCK", "The last one was sold an hour ago.")
    return {"reservation": reference("R", task)}


@worker.task("charge-card", **OPTIONS)
def charge_card(task: Task) -> dict[str, str]:
    take_some_time()
    if scenario_of(task) == Scenario.TERMINAL_DOWN:
        fail_until_somebody_looked(task, "The payment provider answers 503")
    if scenario_of(task) == Scenario.CARD_REFUSED:
        raise BpmnError("CARD_REFUSED", "The card's limit is exceeded.")
    return {"payment": reference("P", task)}


@worker.task("ship-order", **OPTIONS)
def ship_order(task: Task) -> dict[str, str]:
    take_some_time()
    if scenario_of(task) == Scenario.ADDRESS_UNKNOWN and not task.variables.get("addressClarified"):
        raise BpmnError("ADDRESS_UNKNOWN", "There is no such street.")
    if scenario_of(task) == Scenario.LATE:
        # The parcel service dawdles. The lock is extended meanwhile, until the timer in the model takes the task away.
        task.lost.wait(120)
    return {"parcel": reference("S", task)}


@worker.task("release-goods", **OPTIONS)
def release_goods(task: Task, reservation: str = "") -> None:
    take_some_time()
    logger.info("Order %s: released reservation %s", task.business_key, reservation)


@worker.task("refund-card", **OPTIONS)
def refund_card(task: Task, payment: str = "") -> None:
    take_some_time()
    logger.info("Order %s: refunded payment %s", task.business_key, payment)


@worker.task("inform-customer", **OPTIONS)
def inform_customer(task: Task, template: str = "", customer: str = "") -> None:
    logger.info("Order %s: mail '%s' to %s", task.business_key, template, customer)


@worker.task("request-payment", **OPTIONS)
def request_payment(task: Task, amount: float = 0.0, reminders: int = 0) -> None:
    logger.info("Order %s: asked for %.2f (reminders so far: %s)", task.business_key, amount, reminders)


@worker.task("pack-goods", **OPTIONS)
def pack_goods(task: Task) -> None:
    take_some_time()


@worker.task("write-invoice", **OPTIONS)
def write_invoice(task: Task) -> dict[str, str]:
    take_some_time()
    return {"invoice": reference("I", task)}


def scenario_of(task: Task) -> str:
    return str(task.variables.get("scenario", Scenario.SMOOTH))


def take_some_time() -> None:
    time.sleep(random.uniform(0.5, 2.5))  # noqa: S311 - no secret


def reference(letter: str, task: Task) -> str:
    """From the task's id: when work is delivered twice, both deliveries speak of the same thing."""
    return f"{letter}-{task.id[-6:]}"


def fail_until_somebody_looked(task: Task, trouble: str) -> None:
    """Uses up every attempt, so that an incident opens. Raising the retries brings the task back with its last error
    message: then somebody has looked, and all is well."""
    if LAST_ATTEMPT not in (task.error_message or ""):
        attempt = 1 if task.retries is None else max(1, ATTEMPTS - task.retries + 1)
        raise ConnectionError(f"{trouble} (attempt {attempt} of {ATTEMPTS})")
