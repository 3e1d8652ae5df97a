"""The courses that instances may take: what a caller gives and sends, and what history may show of it in the end."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.models import COUNTED

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Way:
    """One outcome: the end event of the root, and how often each activity has completed, called instances included."""

    end: str
    done: Counts


@dataclass(frozen=True)
class Course:
    key: str
    weight: int
    ways: tuple[Way, ...]
    variables: Mapping[str, Any] = field(default_factory=dict)
    messages: tuple[str, ...] = ()  # one after the other
    name: str = ""

    @property
    def is_poison(self) -> bool:
        return "poison" in self.variables

    def values(self, rng: random.Random) -> dict[str, Any]:
        """The variables of one instance. `work`: milliseconds that each piece takes."""
        work = (
            rng.choice((1_900, 2_000, 2_100)) if self.key == "chaos-race" and rng.random() < 0.3 else rng.randrange(40)
        )
        return {"work": work, **self.variables}


def _way(end: str, *done: str, **counts: int) -> Way:
    return Way(end, {**dict.fromkeys(done, 1), **counts})


_FULFILLED = _way("OrderFulfilled", "ReserveGoods", "ChargeCard", "ShipOrder", "InformOfShipment")
_UNDONE = ("ReserveGoods", "ReleaseGoods", "UndoEverything", "InformOfCancellation")
# Where no worker came in time: what had been done is undone.
_TOO_LATE = _way("OrderCancelled", *_UNDONE, "ChargeCard", "RefundCard", "ShipmentTooLate")
_PAID = _way("PrepaidOrderDone", "CollectPayment", "RequestPayment", "PaymentReceived", "PackGoods", "WriteInvoice")
_UNPAID = _way("PrepaidOrderCancelled", "RequestPayment", "PaymentOverdue", "PaymentMissing", "InformOfMissingPayment")
_CLARIFIED = {**_FULFILLED.done, "AddressUnknown": 1, "ClarifyAddress": 1}

COURSES = (
    Course("order-saga", 4, (_FULFILLED, _TOO_LATE)),
    Course(
        "order-saga",
        2,
        (_way("OrderCancelled", *_UNDONE, "CardRefused"),),
        {"refuse": "charge-card:CARD_REFUSED"},
        name="refused",
    ),
    Course(
        "order-saga",
        1,
        (
            Way("OrderFulfilled", _CLARIFIED),
            _TOO_LATE,
            Way("OrderCancelled", {**_TOO_LATE.done, "AddressUnknown": 1, "ClarifyAddress": 1}),
        ),
        {"refuse": "ship-order:ADDRESS_UNKNOWN"},
        name="clarified",
    ),
    Course("prepaid-order", 3, (_PAID, _UNPAID), {"amount": 12}, ("payment-received",)),
    Course("chaos-sequence", 4, (_way("end", "a", "b", "c"),)),
    Course("chaos-long", 1, (_way("end", "work"),), {"work": 4_000}),
    Course("chaos-parallel", 4, (_way("end", "a", "b", "c", "last"),)),
    Course("chaos-pause", 3, (_way("end", "a", "pause", "b"),)),
    Course("chaos-race", 4, (_way("end", "work"), _way("late", "too-late", "apologize"))),
    Course("chaos-twice", 2, (_way("end", "first", "between", "second"),), messages=("go-on", "go-on")),
    Course("chaos-several", 2, (Way("end", {"all": 4, "each": 2}),)),
    Course("chaos-counted", 3, (_way("end", *(f"add-{number + 1}" for number in range(COUNTED))),), {"count": 0}),
    Course("chaos-poison", 0, (_way("end", "work"),), {"poison": True}),
)
POISON = COURSES[-1]

# Never earlier than so many seconds after this activity began: the one that waits, or has the timer at its boundary.
TIMERS = {
    ("chaos-pause", "pause"): ("pause", 1.0),
    ("chaos-race", "too-late"): ("work", 2.0),
    ("collect-payment", "PaymentOverdue"): ("WaitForPayment", 20.0),
    ("order-saga", "ShipmentTooLate"): ("ShipOrder", 30.0),
}


def choose(rng: random.Random) -> Course:
    return rng.choices(COURSES, [course.weight for course in COURSES])[0]
