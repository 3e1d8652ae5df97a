"""What happens to an order. The choice is a variable of the order, so that it can be read, and changed, in the admin."""

import random
from enum import StrEnum


class Scenario(StrEnum):
    SMOOTH = "smooth"
    WAREHOUSE_DOWN = "warehouse-down"  # reserving fails for technical reasons until somebody looks after it
    TERMINAL_DOWN = "terminal-down"  # so does charging the card
    OUT_OF_STOCK = "out-of-stock"  # the business refuses to reserve
    CARD_REFUSED = "card-refused"  # the bank refuses; the reservation is undone
    ADDRESS_UNKNOWN = "address-unknown"  # a human has to ask the customer
    LATE = "late"  # shipping takes longer than allowed; payment and reservation are undone


TECHNICAL = (Scenario.WAREHOUSE_DOWN, Scenario.TERMINAL_DOWN)
WEIGHTS = {
    Scenario.SMOOTH: 8,
    Scenario.WAREHOUSE_DOWN: 1,
    Scenario.TERMINAL_DOWN: 2,
    Scenario.OUT_OF_STOCK: 2,
    Scenario.CARD_REFUSED: 2,
    Scenario.ADDRESS_UNKNOWN: 2,
    Scenario.LATE: 2,
}


def choose(dice: random.Random, *, with_technical_trouble: bool) -> Scenario:
    weights = {s: w for s, w in WEIGHTS.items() if with_technical_trouble or s not in TECHNICAL}
    return dice.choices(list(weights), list(weights.values()))[0]
