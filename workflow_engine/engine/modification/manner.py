"""How the instructions of one modification are carried out; the same for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflow_engine.engine.commands import ModificationInstruction

DEFAULT_REASON = "Cancellation due to process instance modification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    reason: str | None = None  # of what is canceled
    skip_custom_listeners: bool = False
    skip_io_mappings: bool = False
    is_external: bool = True  # an instance that ends by it was terminated from the outside


def describe(instruction: ModificationInstruction) -> str:
    """The instruction as a person would say it, for messages."""
    place = _PLACES[instruction.kind](instruction) if instruction.kind in _PLACES else f"'{instruction.kind}'"
    if instruction.ancestor_activity_instance_id is not None:
        place += f" with ancestor activity instance '{instruction.ancestor_activity_instance_id}'"
    return place


def failure(instruction: ModificationInstruction, reason: str) -> str:
    return f"Cannot perform instruction: {describe(instruction)}; {reason}"


def _describe_cancellation(instruction: ModificationInstruction) -> str:
    if instruction.activity_instance_id is not None:
        return f"Cancel activity instance '{instruction.activity_instance_id}'"
    if instruction.transition_instance_id is not None:
        return f"Cancel transition instance '{instruction.transition_instance_id}'"
    return f"Cancel all instances of activity '{instruction.activity_id}'"


_PLACES = {
    "startBeforeActivity": lambda instruction: f"Start before activity '{instruction.activity_id}'",
    "startAfterActivity": lambda instruction: f"Start after activity '{instruction.activity_id}'",
    "startTransition": lambda instruction: f"Start transition '{instruction.transition_id}'",
    "cancel": _describe_cancellation,
}
