"""One run of a JavaScript: its call goes to a script process, the answer comes back as an outcome."""

from __future__ import annotations

import logging

from workflow_engine.engine.ports import ScriptCall, ScriptOutcome
from workflow_engine.scripting import wire
from workflow_engine.scripting.limits import Limits
from workflow_engine.scripting.pool import pool
from workflow_engine.scripting.process import ProcessEnded

log = logging.getLogger("workflow_engine.scripts")


def run(call: ScriptCall, limits: Limits) -> ScriptOutcome:
    request, originals = wire.write_call(call)
    if len(request) > limits.memory:
        return ScriptOutcome(failure=f"its variables are larger than the memory limit of {_size(limits.memory)}.")
    try:
        process = pool.take()
    except (OSError, ProcessEnded) as problem:
        return ScriptOutcome(failure=f"the sandbox cannot be started: {problem}.")
    try:
        answer = process.exchange(request, limits)
    except ProcessEnded as ended:
        return ScriptOutcome(failure=_stopped("time", limits) if ended.too_slow else f"{ended}.")
    finally:
        pool.give_back(process)
    if answer.stopped:
        return ScriptOutcome(failure=_stopped(answer.stopped, limits))
    try:
        outcome, printed = wire.read_outcome(answer.text, answer.numbers, originals)
    except wire.BadAnswer as problem:
        return ScriptOutcome(failure=f"{problem}.")
    for line in printed:
        log.info("%s", line)
    return outcome


def _stopped(reason: str, limits: Limits) -> str:
    if reason == "time":
        return f"it ran longer than {limits.seconds:g} s (the setting SCRIPT_TIME_LIMIT)."
    if reason == "memory":
        return f"it used more than {_size(limits.memory)} (the setting SCRIPT_MEMORY_LIMIT)."
    if reason == "stack":
        return f"it is nested deeper than {_size(limits.stack)} of stack hold (the setting SCRIPT_STACK_LIMIT)."
    return f"{reason}."


def _size(count: int) -> str:
    return f"{count / 2**20:g} MiB" if count >= 2**20 else f"{count / 2**10:g} KiB"
