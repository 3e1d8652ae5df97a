"""Callers that make trouble: an operator who takes work away, work that is poison, clients on bad lines."""

from __future__ import annotations

import threading
import time

from tests.chaos.calling import NoAnswer
from tests.chaos.courses import POISON
from tests.chaos.scene import Scene
from tests.chaos.slow import start_slowly
from tests.chaos.strikes import Strike

SLOW_CLIENTS = 3


def unlock_task(scene: Scene, strike: Strike) -> None:
    """An operator takes a task from the worker that is at it."""
    strike.recovered(lambda: bool(scene.journal.held()), scene.is_healed.is_set)
    strike.recovery, strike.struck = None, time.time()
    if held := scene.journal.held():
        strike.target = held[0].task
        try:
            status, _ = scene.caller.call("POST", f"/external-task/{strike.target}/unlock")
        except NoAnswer:
            return
        if status < 300:
            strike.hit()


def poison_task(scene: Scene, strike: Strike) -> None:
    order = scene.orders.next(POISON)
    strike.target, strike.struck = order.business_key, time.time()
    scene.starters.ask(order)

    def has_incident() -> bool:
        return any(instance == order.instance for _, instance in list(scene.operator.incidents.values()))

    # Also after the end of the faults: the incident still comes.
    if Strike(strike.fault).recovered(has_incident):
        strike.hit()


def slow_clients(scene: Scene, strike: Strike) -> None:
    orders = [scene.orders.next() for _ in range(SLOW_CLIENTS)]
    strike.struck = time.time()
    replicas = scene.site.replicas()
    through = []

    def start(number: int) -> None:
        if replicas and start_slowly(orders[number], replicas[number % len(replicas)][1], scene.is_healed):
            through.append(number)
        else:
            scene.starters.ask(orders[number])

    threads = [threading.Thread(target=start, args=(number,)) for number in range(SLOW_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if through:
        strike.hit(f"{len(through)} of {SLOW_CLIENTS} came through in {time.time() - strike.struck:.1f} s")
