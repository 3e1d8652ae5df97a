"""A random model: its processes as blocks, and the BPMN file that is drawn from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from tests.conformance.blocks import Block, Event, everywhere
from tests.conformance.drawing import Outlet, Page, draw_scope

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="model" targetNamespace="tests/conformance">'
)
ERRORS, ESCALATIONS, SIGNALS = ("E1", "E2"), ("X1", "X2"), ("G1", "G2")
# What every instance starts with. A worker's answer changes some of them; `alarm` only changes by itself.
VARIABLES = {"b1": True, "b2": False, "n": 3, "s": "red", "again": False, "alarm": False, "items": ["x", "y"]}
ANSWERS = {
    "b1": (True, False),
    "b2": (True, False),
    "n": (1, 5, 9),
    "s": ("red", "blue"),
    "again": (False, False, True),
}


@dataclass
class Process:
    key: str
    steps: list[Block]
    event_sub_processes: list[Event] = field(default_factory=list)


@dataclass
class Model:
    """The first process is the one that is started; the others are called."""

    processes: list[Process]

    @cached_property
    def xml(self) -> bytes:
        root: dict[str, str] = {f"error_{code}": f'<error id="error_{code}" errorCode="{code}"/>' for code in ERRORS}
        for code in ESCALATIONS:
            root[f"escalation_{code}"] = f'<escalation id="escalation_{code}" escalationCode="{code}"/>'
        bodies = []
        for process in self.processes:
            page = Page(root=root)
            draw_scope(
                page,
                process.steps,
                process.event_sub_processes,
                Outlet(page.node("startEvent", f"start_{process.key}")),
            )
            bodies.append(f'<process id="{process.key}" isExecutable="true">{page.xml()}</process>')
        return "\n".join([HEAD, *root.values(), *bodies, "</definitions>"]).encode()

    @property
    def blocks(self) -> list[Block]:
        return [block for process in self.processes for block in everywhere([_whole(process)])]

    @cached_property
    def delicate(self) -> frozenset[str]:
        """Activities that an error must not simply end, if nobody catches it (as Camunda has it, nothing makes up for that).

        A join would wait for the token for ever; with a continuation after it the activity's task could be completed again.
        """
        return frozenset(
            block.id for block in self.blocks if block.options.get("joined") or block.options.get("asyncAfter")
        )

    @cached_property
    def undoing(self) -> frozenset[str]:
        """Activities inside compensation handlers."""
        return frozenset(block.id for block in self.blocks if block.options.get("undoing"))


def _whole(process: Process) -> Block:
    return Block("subProcess", process.key, branches=[process.steps], event_sub_processes=process.event_sub_processes)
