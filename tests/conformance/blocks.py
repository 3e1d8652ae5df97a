"""What a random model consists of: blocks inside blocks, before they are drawn as BPMN.

A block has one way in and one way out (or none, where its path ends), so everything made of blocks is sound: tokens that were
split meet again, and a model can always be finished. Sequences of blocks are plain lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TASKS = ("external", "user", "receive", "manual", "task", "expression", "handler")
SUB_PROCESSES = ("subProcess", "transaction")
ACTIVITIES = (*TASKS, *SUB_PROCESSES, "call")
SPLITS = ("exclusive", "parallel", "inclusive", "events")


@dataclass
class Event:
    """What interrupts or accompanies: a boundary event or the start of an event sub-process, and where it leads."""

    id: str
    kind: str  # "message", "signal", "timer", "error", "escalation", "conditional", "cancel", "compensate"
    detail: str | None = None  # error or escalation code, name of the signal, text of the timer
    is_interrupting: bool = True
    steps: list[Block] = field(default_factory=list)
    merges: bool = False  # a boundary event whose path comes back behind the activity
    event_sub_process_id: str = ""


@dataclass
class Repetition:
    """Multi-instance."""

    is_sequential: bool
    cardinality: str | None = None
    collection: str | None = None
    condition: str | None = None
    is_async: bool = False  # each instance waits before it begins


@dataclass
class Block:
    """`kind` is one of the tuples above, or "loop", "catch", "throw", "link" or "end" (which leads nowhere)."""

    kind: str
    id: str
    branches: list[list[Block]] = field(default_factory=list)  # of a split; a loop or a scope has one
    conditions: list[str | None] = field(default_factory=list)  # of each branch; None: the default flow
    triggers: list[Event] = field(default_factory=list)  # of the branches behind an event-based gateway
    event: Event | None = None  # what a catch waits for, what a throw or an end throws
    boundary: list[Event] = field(default_factory=list)
    event_sub_processes: list[Event] = field(default_factory=list)
    undo: Block | None = None  # the compensation handler
    repetition: Repetition | None = None
    options: dict[str, Any] = field(default_factory=dict)  # what becomes attributes: asynchronous, mappings

    @property
    def events(self) -> list[Event]:
        return [*self.boundary, *self.event_sub_processes]


def everywhere(steps: list[Block]) -> Iterator[Block]:
    """All blocks of a sequence and inside them."""
    for block in steps:
        yield block
        for branch in block.branches:
            yield from everywhere(branch)
        for event in block.events:
            yield from everywhere(event.steps)
        if block.undo is not None:
            yield from everywhere([block.undo])
