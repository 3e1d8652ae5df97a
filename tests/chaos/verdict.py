"""Gathers what a run has left behind, has it judged, and puts the report together."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from tests.chaos import ledger
from tests.chaos.deliveries import Deliveries
from tests.chaos.history import History
from tests.chaos.journal import ANSWERS, Exchange
from tests.chaos.judge import Judge
from tests.chaos.processes import ROOT
from tests.chaos.report import Report
from tests.chaos.scene import Scene
from tests.chaos.site import Site
from tests.chaos.strikes import Strike
from tests.chaos.violations import Violation

COMMANDS = (*ANSWERS, "start", "message", "extendLock", "unlock")


def verdict(scene: Scene, strikes: list[Strike]) -> Report:
    history = History(scene.caller)
    scene.journal.write()
    effects = list(ledger.read(scene.ledger))
    deliveries = Deliveries(scene.journal)
    judge = Judge(scene.orders.all(), history, scene.journal, effects, deliveries)
    violations = [*deliveries.judge(), *judge.judge(), *_verify(scene.site)]
    exchanges = scene.journal.exchanges()
    return Report(
        seed=scene.options.seed,
        seconds=scene.options.seconds,
        commit=_commit(),
        database=scene.database.version(),
        replay=scene.options.replay,
        figures={
            "instances": len(history.instances),
            "activities": len(history.by_id),
            "requests": len(exchanges),
            "commands carried out": sum(one.is_done for one in exchanges if one.kind in COMMANDS),
            "tasks handed out": sum(len(given) for given in deliveries.of_task.values()),
            "side effects": len(effects),
            "side effects that were repeated": len(effects) - len({effect.task for effect in effects}),
            "incidents mended": len(history.incidents),
            "processes started again": scene.site.restarts,
            "deadlocks the database resolved": scene.database.deadlocks(),
        },
        ends=dict(judge.ends),
        deliveries=dict(deliveries.reasons),
        fates=dict(Counter(one.fate for one in exchanges)),
        statuses=dict(Counter(str(one.status) for one in exchanges if one.status is not None)),
        silence=_longest_silence(exchanges),
        strikes=strikes,
        violations=violations,
    )


def processes_that_ended(site: Site) -> Iterator[Violation]:
    for name in site.stubborn:
        yield Violation("ended", name, "it did not end when told to")
    for ending in site.endings:
        # One that finds no database when it starts may end; its supervisor starts it again.
        if ending.was_ready:
            yield Violation("ended", ending.name, f"by itself, with {ending.code}: {ending.last_words[-500:]}")


def _longest_silence(exchanges: list[Exchange]) -> float:
    """Seconds in which no start and no completion was carried out."""
    done = sorted(
        one.answered for one in exchanges if one.kind in ("start", "complete") and one.is_done and one.answered
    )
    return round(max((later - earlier for earlier, later in pairwise(done)), default=0.0), 1)


def _verify(site: Site) -> Iterator[Violation]:
    command, environment = site.manage("workflow_verify")
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        for line in (done.stdout or done.stderr).splitlines():
            yield Violation("verification", "workflow_verify", line)


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip() or "unknown"
