"""Judges what went over the network: each task handed out again only with a reason, and no answer taken from whoever lost it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from tests.chaos.journal import ANSWERS, Delivery, Exchange, Journal
from tests.chaos.violations import Violation

# Moments are told in milliseconds.
ROUNDING = 0.002


class Deliveries:
    def __init__(self, journal: Journal) -> None:
        self.of_task: dict[str, list[tuple[Exchange, Delivery]]] = defaultdict(list)
        for fetch, delivery in journal.deliveries():
            self.of_task[delivery.task].append((fetch, delivery))
        for given in self.of_task.values():
            given.sort(key=lambda one: one[1].locked)
        self.answers: dict[str, list[Exchange]] = defaultdict(list)
        for exchange in journal.exchanges(*ANSWERS, "extendLock", "unlock"):
            self.answers[exchange.task].append(exchange)
        self.reasons: dict[str, int] = defaultdict(int)  # why tasks were handed out again

    def judge(self) -> Iterator[Violation]:
        for task, given in self.of_task.items():
            answers = self.answers[task]
            for (_, earlier), (_, later) in pairwise(given):
                reason = _reason(earlier, later, answers)
                if reason is None:
                    message = f"given to {later.worker} while {earlier.worker} held it until {earlier.expires:.3f}"
                    yield Violation("duplicate", task, message)
                else:
                    self.reasons[reason] += 1
            yield from _redone(task, given, answers)
            yield from _unfenced(task, given, answers)

    def is_completed(self, task: str) -> bool:
        return any(one.kind == "complete" and one.is_done for one in self.answers[task])


def _reason(earlier: Delivery, later: Delivery, answers: list[Exchange]) -> str | None:
    """Why a task could be locked again; None if it could not."""
    # Those that may have been carried out after the one and before the other.
    between = [
        one
        for one in answers
        if one.sent <= later.locked + ROUNDING and (one.answered is None or one.answered >= earlier.locked - ROUNDING)
    ]
    if any(one.kind == "unlock" for one in between):
        return "unlocked"
    if any(one.kind == "failure" and _is_by(one, earlier) for one in between):
        return "failed"
    # At least until then: the lock was extended after the request had been sent.
    extended = [
        one.sent + one.duration for one in between if one.kind == "extendLock" and one.is_done and _is_by(one, earlier)
    ]
    return "expired" if max([earlier.expires, *extended]) <= later.locked + ROUNDING else None


def _is_by(answer: Exchange, holder: Delivery) -> bool:
    return answer.worker == holder.worker and answer.token in (None, holder.token)


def _redone(task: str, given: list[tuple[Exchange, Delivery]], answers: list[Exchange]) -> Iterator[Violation]:
    done = [one.answered for one in answers if one.kind in ("complete", "bpmnError") and one.is_done and one.answered]
    for fetch, delivery in given:
        if done and fetch.sent > min(done):
            yield Violation("redone", task, f"given to {delivery.worker}")


def _unfenced(task: str, given: list[tuple[Exchange, Delivery]], answers: list[Exchange]) -> Iterator[Violation]:
    for answer in answers:
        if not answer.is_done or answer.kind == "unlock":
            continue
        # Those of which the answer was there before this one was sent.
        known = [delivery for fetch, delivery in given if fetch.answered is not None and fetch.answered < answer.sent]
        if known and not _is_by(answer, known[-1]):
            message = f"{answer.kind} of {answer.worker} was taken, though {known[-1].worker} had the task"
            yield Violation("unfenced", task, message)
