"""What a random activity carries: boundary events, repetition, continuations, mappings, a compensation handler."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.conformance.blocks import SUB_PROCESSES, Block, Event, Repetition
from tests.conformance.models import ERRORS, ESCALATIONS, SIGNALS

if TYPE_CHECKING:
    from tests.conformance.generator import Generator, Place

TIMERS = ("PT1H", "2099-01-01T00:00:00Z", "R3/PT1H")
ESCALATING = (*SUB_PROCESSES, "call", "user")


class Attachments:
    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.random = generator.random
        self.sizes = generator.sizes
        self.happens = generator.happens

    def complete(self, block: Block, place: Place) -> Block:
        """Everything that belongs to an activity."""
        block.options = self.waits() | {"joined": place.joined, "undoing": place.undoing}
        if self.happens(self.sizes.repetition):
            block.repetition = self._repetition()
        self._fill(block, place)
        if self.happens(self.sizes.mappings):
            self._map(block)
        for _ in range(2):
            if self.happens(self.sizes.boundary):
                self._attach(block, place)
        if block.kind == "transaction":
            self._attach_cancel(block, place)
        has_own = any(event.kind == "compensate" for event in block.event_sub_processes)
        if not (place.undoing or has_own) and self.happens(self.sizes.undo):
            block.undo = self._undo(place)
        distinct(block.events)
        return block

    def waits(self) -> dict[str, Any]:
        """Asynchronous continuations."""
        found = {name: True for name in ("asyncBefore", "asyncAfter") if self.happens(self.sizes.asynchronous)}
        return found | ({"exclusive": False} if found and self.happens(0.3) else {})

    def _fill(self, block: Block, place: Place) -> None:
        generator = self.generator
        if block.kind in SUB_PROCESSES:
            inner = replace(place.inside(block.kind), forks="isForCompensation" not in block.options)
            block.branches = [generator.steps(inner)]
            block.event_sub_processes = self.event_sub_processes(
                inner, block.kind == "subProcess" and not place.undoing
            )
        elif block.kind == "call":
            generator.calls = True
            block.options["called"] = "called"
            names = self.random.choice((("all",), ("n", "b1"), ()))
            block.options["outputs"] = "".join(
                f'<camunda:out variables="{name}"/>'
                if name == "all"
                else f'<camunda:out source="{name}" target="{name}"/>'
                for name in names
            )
        elif block.kind == "expression":
            block.options["expression"] = self.random.choice(("${n + 1}", "${!b1}", "${s}"))
            block.options["result"] = f"result_{block.id}"

    def _repetition(self) -> Repetition:
        condition = self.random.choice((None, None, "${nrOfCompletedInstances >= 1}", "${b1}"))
        found = Repetition(self.happens(0.5), condition=condition, is_async=self.happens(self.sizes.asynchronous))
        if self.happens(0.4):
            found.collection = "${items.elements()}"
        else:
            found.cardinality = self.random.choice(("1", "2", "2", "3", "0", "${n - n + 2}"))
        return found

    def _map(self, block: Block) -> None:
        block.options["input"] = {"local": self.random.choice(("${s}", "${n * 2}", "text"))}
        if self.happens(0.3):
            block.options["input"]["n"] = "${n + 1}"  # hides the variable of the outer scope
        if block.repetition is None:
            block.options["output"] = {f"out_{block.id}": "${local}"}

    # -- events -----------------------------------------------------------------------------------

    def caught(self, event_id: str, kinds: tuple[str, ...], *, is_interrupting: bool = True) -> Event:
        event = Event(event_id, self.random.choice(kinds), is_interrupting=is_interrupting)
        if event.kind == "timer":
            event.detail = self.random.choice(TIMERS[: 2 if is_interrupting else 3])
        elif event.kind == "signal" and is_interrupting and self.happens(0.5):
            event.detail = self.random.choice(
                SIGNALS
            )  # thrown by others; who does not interrupt could throw it for ever
        elif event.kind in ("error", "escalation"):
            codes = ERRORS if event.kind == "error" else ESCALATIONS
            event.detail = self.random.choice((*codes, None))
        if event.kind == "error":
            event.is_interrupting = True
        return event

    def _attach(self, block: Block, place: Place) -> None:
        kinds = ["message", "signal", "timer", "conditional"]
        kinds += ["error"] * 3 + ["escalation"] * 2 * (block.kind in ESCALATING)
        if any(event.kind == "escalation" for event in block.boundary):
            kinds = [kind for kind in kinds if kind != "escalation"]
        interrupting = self.happens(0.6)
        event = self.caught(self.generator.new_id("boundary"), tuple(kinds), is_interrupting=interrupting)
        self._lead_on(event, place)
        block.boundary.append(event)

    def _attach_cancel(self, block: Block, place: Place) -> None:
        event = Event(self.generator.new_id("boundary"), "cancel")
        self._lead_on(event, place)
        block.boundary.append(event)

    def _lead_on(self, event: Event, place: Place) -> None:
        event.merges = event.is_interrupting and (place.joined or self.happens(0.4))
        path = replace(place, depth=min(place.depth, 1), joined=place.joined and event.merges)
        event.steps = self.generator.steps(path, least=0, most=2)

    def event_sub_processes(self, place: Place, with_compensation: bool = False) -> list[Event]:
        found: list[Event] = []
        if not self.happens(self.sizes.event_sub_processes):
            return found
        kinds = ("message", "signal", "timer", "conditional", "error", "error", "escalation")
        for _ in range(self.random.randint(1, 2)):
            event = self.caught(self.generator.new_id("start"), kinds, is_interrupting=self.happens(0.5))
            if event.kind == "escalation":
                kinds = tuple(kind for kind in kinds if kind != "escalation")
            found.append(self._fill_event_sub_process(event, place))
        if with_compensation and self.happens(self.sizes.undo):
            event = Event(self.generator.new_id("start"), "compensate")
            found.append(self._fill_event_sub_process(event, replace(place, undoing=True)))
        return distinct(found)

    def _fill_event_sub_process(self, event: Event, place: Place) -> Event:
        inner = replace(place.inside("eventSubProcess"), depth=1, escalates=False)
        event.event_sub_process_id = self.generator.new_id("eventSubProcess")
        event.steps = self.generator.steps(inner, most=2)
        return event

    def _undo(self, place: Place) -> Block:
        kinds = ["external"] * 3 + ["user", "manual", "expression"] + ["subProcess"] * (place.depth > 0)
        kind = self.random.choice(kinds)
        undo = Block(kind, self.generator.new_id("undo"), options={"undoing": True, "isForCompensation": True})
        self._fill(undo, replace(place, undoing=True, escalates=False, compensates=False))
        return undo


def distinct(events: list[Event]) -> list[Event]:
    """A scope may wait for a signal only once: who comes second gets a signal of its own."""
    taken = set()
    for event in events:
        if event.kind == "signal":
            event.detail = None if event.detail in taken else event.detail
            taken.add(event.detail)
    return events
