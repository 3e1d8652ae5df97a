"""Tokens are conserved: what comes out of the flows into an activity is what went into them.

Counted in history alone. A token leaves an activity when it ends without being canceled; it arrives when the next one begins.
Asynchronous continuations hold tokens in between, and take those with them that are canceled there. Tokens that a command
cancels on their way are told by nobody: such a command may lose some, but never make one.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.pictures import Picture
from workflow_engine.bpmn import behaviors
from workflow_engine.bpmn.model import Activity, SequenceFlow

GATEWAYS = {behaviors.EXCLUSIVE_GATEWAY, behaviors.INCLUSIVE_GATEWAY, behaviors.PARALLEL_GATEWAY}


def tokens_are_conserved(picture: Picture) -> Iterator[str]:
    for definition_id, definition in picture.site.definitions.items():
        counter = _Counter(picture, definition_id)
        for activity in definition.flow_nodes.values():
            if activity.incoming and activity.behavior != behaviors.LINK_CATCH_EVENT:
                yield from counter.check_entry(activity)
            if activity.behavior == behaviors.EXCLUSIVE_GATEWAY and len(activity.outgoing) > 1:
                yield from counter.check_choice(activity)


class _Counter:
    def __init__(self, picture: Picture, definition_id: str) -> None:
        self.ledger = picture.ledger
        self.definition_id = definition_id

    def check_entry(self, activity: Activity) -> Iterator[str]:
        """As many tokens arrive as the flows bring."""
        taken = [self._taken(flow) for flow in activity.incoming]
        if None not in taken:
            yield from self._compare(activity, sum(taken), self._arrived(activity))  # type: ignore[arg-type]

    def check_choice(self, gateway: Activity) -> Iterator[str]:
        """Every token that leaves an exclusive gateway takes one of its flows."""
        targets = [flow.target for flow in gateway.outgoing]
        if any(len(target.incoming) > 1 or target.behavior == behaviors.LINK_CATCH_EVENT for target in targets):
            return
        if gateway.async_after:
            return
        yield from self._compare(gateway, self._left(gateway), sum(self._arrived(target) for target in targets))

    def _compare(self, activity: Activity, sent: int, arrived: int) -> Iterator[str]:
        lost = self.ledger.lost
        place = (self.definition_id, activity.id)
        if self.ledger.has_canceled and sent - arrived > lost[place]:
            lost[place] = sent - arrived
        if sent - arrived != lost[place]:
            yield f"{activity.id}: {sent} tokens were sent, {arrived} have arrived and {lost[place]} were canceled on their way"

    def _left(self, activity: Activity) -> int:
        return self.ledger.left[self.definition_id, activity.id]

    def _arrived(self, activity: Activity) -> int:
        waiting = self.ledger.postponed[self.definition_id, activity.id, "transition-create-scope"]
        return self.ledger.started[self.definition_id, activity.id] + waiting

    def _taken(self, flow: SequenceFlow) -> int | None:
        """How many tokens went over the flow; None where history does not tell."""
        source = flow.source
        chooses = len(source.outgoing) > 1 and source.behavior != behaviors.PARALLEL_GATEWAY
        merges = source.behavior == behaviors.INCLUSIVE_GATEWAY and len(source.incoming) > 1
        if chooses or merges or source.behavior == behaviors.LINK_CATCH_EVENT:
            return None
        left = self._left(source)
        if source.behavior == behaviors.PARALLEL_GATEWAY:
            left //= len(source.incoming)
        configuration = f"transition-notify-listener-take${flow.id}"
        return left - self.ledger.postponed[self.definition_id, source.id, configuration]


INVARIANTS = (tokens_are_conserved,)
