"""Answers that never arrive."""

from __future__ import annotations

import time

from tests.chaos.faults.recovery import recovers
from tests.chaos.plan import COMMANDS, CUT, pick
from tests.chaos.scene import Scene
from tests.chaos.strikes import Strike


def swallow_answer(scene: Scene, strike: Strike) -> None:
    _lose(scene, strike, pick(strike.fault.choice, COMMANDS), "swallowed")


def cut_connection(scene: Scene, strike: Strike) -> None:
    _lose(scene, strike, pick(strike.fault.choice, CUT), "cut")


def _lose(scene: Scene, strike: Strike, kind: str, how: str) -> None:
    strike.target = kind
    happened = scene.network.lose(kind, how)
    while not happened.wait(0.05) and not scene.is_healed.is_set():
        pass
    if happened.is_set():
        strike.struck = time.time()
        strike.hit()
        recovers(scene, strike, lambda exchange: exchange.kind == kind)
