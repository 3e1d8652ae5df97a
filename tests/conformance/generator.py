"""Random models: the same seed and sizes give the same model."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.conformance.attachments import Attachments, distinct
from tests.conformance.blocks import ACTIVITIES, SUB_PROCESSES, Block, Event
from tests.conformance.conditions import CONDITIONS
from tests.conformance.models import ERRORS, ESCALATIONS, SIGNALS, Model, Process

CALLED = "called"


@dataclass(frozen=True)
class Sizes:
    """How large a model may grow, and how often what is told as a share occurs."""

    activities: int = 18  # in the whole file, about
    steps: int = 4  # of one path
    depth: int = 3
    branches: int = 3
    boundary: float = 0.3
    asynchronous: float = 0.12
    repetition: float = 0.12
    mappings: float = 0.1
    event_sub_processes: float = 0.2
    undo: float = 0.12
    special_end: float = 0.15

    @classmethod
    def of(cls, seed: int) -> Sizes:
        """Small, middle and large models, and sagas: full of transactions and compensation."""
        sizes = (
            cls(activities=8, depth=2),
            cls(),
            cls(activities=36, depth=4),
            cls(activities=20, undo=0.6, boundary=0.15, asynchronous=0.06),
        )
        return sizes[seed % len(sizes)]


@dataclass(frozen=True)
class Place:
    """What a block may be where it stands."""

    depth: int
    joined: bool = False  # the token must come to a join
    undoing: bool = False  # inside a compensation handler
    in_transaction: bool = False
    forks: bool = True  # not directly in a handler: Camunda cannot split a token there
    compensates: bool = True  # not in a handler beside an activity: Camunda loses its way there
    escalates: bool = True  # not inside of what may catch the escalation itself, for ever
    calls: bool = True

    def inside(self, kind: str) -> Place:
        """Inside a sub-process: a scope of its own, whose end is no concern of the outer join."""
        return replace(self, depth=self.depth - 1, joined=False, in_transaction=kind == "transaction", forks=True)


WEIGHTS = {
    "external": 6, "user": 5, "receive": 1, "manual": 2, "task": 1, "expression": 2, "handler": 1, "call": 2,
    "subProcess": 4, "transaction": 3, "exclusive": 3, "parallel": 5, "inclusive": 4, "events": 3, "loop": 2,
    "catch": 2, "throw": 3, "link": 0.5,
}  # fmt: skip
NESTING = (*SUB_PROCESSES, "exclusive", "parallel", "inclusive", "events", "loop")


class Generator:
    def __init__(self, seed: int, sizes: Sizes | None = None) -> None:
        self.random = random.Random(seed)
        self.sizes = sizes or Sizes.of(seed)
        self.left = self.sizes.activities
        self.ids = 0
        self.calls = False
        self.attachments = Attachments(self)

    def model(self) -> Model:
        place = Place(depth=self.sizes.depth)
        main = Process("main", self.steps(place, least=4), self.attachments.event_sub_processes(place))
        if not self.calls:
            return Model([main])
        self.left = max(self.left, self.sizes.activities // 3)
        place = Place(depth=self.sizes.depth - 1, calls=False)
        return Model([main, Process(CALLED, self.steps(place), self.attachments.event_sub_processes(place))])

    def new_id(self, kind: str) -> str:
        self.ids += 1
        return f"{kind}{self.ids}"

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    # -- paths ------------------------------------------------------------------------------------

    def steps(self, place: Place, least: int = 1, most: int | None = None) -> list[Block]:
        found: list[Block] = []
        for _ in range(self.random.randint(least, most or max(least, self.sizes.steps))):
            if self.left > 0 or len(found) < least:
                found.append(
                    self.block(place, [block.id for block in found if block.undo or block.kind in SUB_PROCESSES])
                )
        if (not place.joined and self.happens(self.sizes.special_end)) or (
            place.joined and place.in_transaction and self.happens(self.sizes.special_end / 3)
        ):
            found.append(self.end(place))
        return found

    def block(self, place: Place, undoable: list[str]) -> Block:
        kinds = [kind for kind in WEIGHTS if (place.depth > 0 and self.left > 1) or kind not in NESTING]
        if not (place.calls and place.escalates):  # what is called may escalate
            kinds.remove("call")
        if not place.forks:
            kinds = [kind for kind in kinds if kind not in ("parallel", "inclusive")]
        kind = self.random.choices(kinds, [WEIGHTS[kind] for kind in kinds])[0]
        self.left -= 1
        block = Block(kind, self.new_id(kind))
        if kind in ACTIVITIES:
            return self.attachments.complete(block, place)
        block.options = self.attachments.waits()
        if kind == "catch":
            block.event = self.attachments.caught(block.id, ("message", "signal", "timer", "conditional"))
        elif kind == "throw":
            block.event = self.thrown(block.id, place, undoable)
        elif kind == "loop":
            block.branches = [self.steps(replace(place, depth=place.depth - 1))]
        elif kind != "link":
            self._split(block, place)
        return block

    def _split(self, block: Block, place: Place) -> None:
        forks = block.kind in ("parallel", "inclusive")
        inner = replace(place, depth=place.depth - 1, joined=place.joined or forks)
        number = self.random.randint(2, self.sizes.branches)
        if block.kind == "events":
            block.options.pop("asyncAfter", None)
            kinds = ("message", "signal", "timer", "conditional")
            block.triggers = distinct([self.attachments.caught(self.new_id("trigger"), kinds) for _ in range(number)])
        elif block.kind != "parallel":
            block.conditions = [*self.random.sample(CONDITIONS, number - 1), None]
        block.branches = [self.steps(inner, least=0 if forks or block.conditions else 1, most=3) for _ in range(number)]

    # -- what is thrown ---------------------------------------------------------------------------

    def thrown(self, block_id: str, place: Place, undoable: list[str]) -> Event | None:
        kinds = [None, "signal"] + ["compensate"] * place.compensates + ["escalation"] * 2 * place.escalates
        kind = self.random.choice(kinds)
        if kind is None:
            return None
        event = Event(block_id, kind)
        if kind == "signal":
            event.detail = self.random.choice(SIGNALS)
        elif kind == "escalation":
            event.detail = self.random.choice(ESCALATIONS)
        elif undoable and self.happens(0.3):
            event.detail = self.random.choice(undoable)
        return event

    def end(self, place: Place) -> Block:
        """An end that does more than end its token; where the token must join only one that ends the whole scope."""
        kinds = ["cancel"] * 3 * place.in_transaction
        if not place.joined:
            kinds += ["terminate"] * (not place.undoing) + ["compensate"] * 2 * place.compensates
            kinds += ["error"] * 2 * (not place.undoing) + ["escalation"] * place.escalates + ["signal"]
        kind = self.random.choice(kinds)
        block = Block("end", self.new_id("end"), event=Event("", kind), options=self.attachments.waits())
        assert block.event is not None
        if kind in ("terminate", "cancel"):
            block.options.pop("asyncBefore", None)  # as in Camunda nobody sees a token that waits to end its scope
        details = {"error": ERRORS, "escalation": ESCALATIONS, "signal": SIGNALS}
        if kind in details:
            block.event.detail = self.random.choice(details[kind])
        return block


def generate(seed: int, sizes: Sizes | None = None) -> Model:
    return Generator(seed, sizes).model()
