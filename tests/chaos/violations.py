"""A promise that was broken."""

from __future__ import annotations

from dataclasses import dataclass

# What the report counts; all of them have to stay at zero.
KINDS = {
    "unacknowledged": "starts that were never acknowledged, though everything was up again",
    "refused": "starts that were refused",
    "lost": "acknowledged starts, completions or messages of which nothing is there",
    "doubled": "starts of which there is more than one instance",
    "stuck": "instances that did not end",
    "wrong end": "instances that ended otherwise than their course allows",
    "no effect": "completed work that no worker did",
    "foreign effect": "work that was done for a task that nobody was given",
    "duplicate": "tasks that were handed out again without an expired lock, an unlock or a failure",
    "redone": "tasks that were handed out after their completion had been acknowledged",
    "unfenced": "answers that were taken from a worker that no longer held the task",
    "early": "timers that fired before they were due",
    "incident": "incidents of work that was not poison",
    "error": "answers with status 500",
    "ended": "processes that ended by themselves, or did not end when told to",
    "verification": "what workflow_verify has found",
}


@dataclass(frozen=True, slots=True)
class Violation:
    kind: str
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}: {self.message}"
