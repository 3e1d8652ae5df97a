"""Senders of the messages that instances wait for: each is repeated until it is acknowledged, or its receiver is gone."""

from __future__ import annotations

import random
import threading
import uuid

from tests.chaos.calling import Caller, NoAnswer
from tests.chaos.starters import Order, Orders

THREADS = 2


class Messages:
    def __init__(self, caller: Caller, orders: Orders, seed: int) -> None:
        self._caller, self._orders, self._seed = caller, orders, seed
        self._stop = threading.Event()
        self._gone: set[int] = set()
        self._threads = [threading.Thread(target=self._run, args=(n,), name=f"sender-{n + 1}") for n in range(THREADS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def give_up(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, share: int) -> None:
        pending: list[Order] = []
        seen = 0
        while not self._stop.wait(0.2):
            orders = self._orders.all()
            pending += [order for order in orders[seen:] if order.course.messages and order.number % THREADS == share]
            seen = len(orders)
            for order in pending:
                if order.instance is not None and not self._stop.is_set():
                    self._send(order)
            pending = [order for order in pending if order.number not in self._gone and not _is_done(order)]

    def _send(self, order: Order) -> None:
        """The next message of this order; a receiver that does not wait yet is asked again later."""
        number = len(order.message_keys)
        rng = random.Random(f"{self._seed}/{order.number}/{number}")
        key = str(uuid.UUID(int=rng.getrandbits(128)))
        body = {"messageName": order.course.messages[number], "businessKey": order.business_key}
        try:
            status, _ = self._caller.insist("POST", "/message", body, key=key, stop=self._stop)
            if status < 300:
                order.message_keys.append(key)
            elif self._caller.insist("GET", f"/process-instance/{order.instance}", stop=self._stop)[0] == 404:
                self._gone.add(order.number)
        except NoAnswer:
            return


def _is_done(order: Order) -> bool:
    return len(order.message_keys) == len(order.course.messages)
