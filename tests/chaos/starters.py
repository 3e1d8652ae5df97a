"""Callers that start instances, one after the other, and repeat each start until it is acknowledged."""

from __future__ import annotations

import itertools
import random
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.chaos import courses
from tests.chaos.calling import Caller, NoAnswer
from tests.chaos.courses import Course
from workflow_engine.client.values import encode_all


@dataclass(slots=True)
class Order:
    """One start. Which course it takes depends on seed and number only."""

    number: int
    course: Course
    variables: dict[str, Any]
    key: str  # of idempotency
    instance: str | None = None  # once acknowledged
    refusal: str | None = None
    message_keys: list[str] = field(default_factory=list)  # of the messages that were acknowledged

    @property
    def business_key(self) -> str:
        return f"chaos-{self.number}"

    @property
    def path(self) -> str:
        return f"/process-definition/key/{self.course.key}/start"

    @property
    def body(self) -> dict[str, Any]:
        return {"businessKey": self.business_key, "variables": encode_all(self.variables)}

    def acknowledge(self, status: int, answer: Any) -> None:
        if status == 200:
            self.instance = answer["id"]
        else:
            self.refusal = f"{status}: {answer}"


class Orders:
    """All that were ever asked for."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._numbers = itertools.count(1)
        self._all: list[Order] = []
        self._lock = threading.Lock()

    def next(self, course: Course | None = None) -> Order:
        with self._lock:
            number = next(self._numbers)
            rng = random.Random(f"{self._seed}/{number}")
            chosen = courses.choose(rng) if course is None else course
            key = str(uuid.UUID(int=rng.getrandbits(128)))
            order = Order(number, chosen, chosen.values(rng), key)
            self._all.append(order)
            return order

    def all(self) -> list[Order]:
        with self._lock:
            return list(self._all)


class Starters:
    """`has_room` says whether another instance may begin; `stop` ends the starting, not the repeating."""

    def __init__(self, caller: Caller, orders: Orders, threads: int, has_room: Callable[[], bool]) -> None:
        self._caller, self._orders, self._has_room = caller, orders, has_room
        self._stop, self._gives_up = threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=self._run, name=f"starter-{n + 1}") for n in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()

    def are_done(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def give_up(self) -> None:
        """What has not been acknowledged by now stays so."""
        self._stop.set()
        self._gives_up.set()
        for thread in self._threads:
            thread.join()

    def ask(self, order: Order) -> None:
        try:
            order.acknowledge(*self._caller.insist("POST", order.path, order.body, key=order.key, stop=self._gives_up))
        except NoAnswer:
            return

    def _run(self) -> None:
        while not self._stop.is_set():
            if self._has_room():
                self.ask(self._orders.next())
            else:
                self._stop.wait(0.1)
