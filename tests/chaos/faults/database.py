"""The database that crashes, and connections that it loses."""

from __future__ import annotations

import threading
import time

from tests.chaos.faults.recovery import recovers
from tests.chaos.scene import Scene
from tests.chaos.strikes import Strike

LONGEST_OUTAGE = 4.0
_outage = threading.Lock()


def stop(scene: Scene, strike: Strike) -> None:
    with _outage:
        strike.struck = time.time()
        scene.database.crash()
        scene.is_healed.wait(strike.fault.size * LONGEST_OUTAGE)
        scene.database.launch()
    strike.hit(f"away for {time.time() - strike.struck:.1f} s")
    recovers(scene, strike, lambda exchange: exchange.kind in ("start", "complete"))


def terminate_backends(scene: Scene, strike: Strike) -> None:
    with _outage:
        strike.struck = time.time()
        ended = scene.database.terminate(strike.fault.choice, 1 + int(strike.fault.size * 4))
    if ended:
        strike.hit(", ".join(f"{count} {state}" for state, count in ended.items()))
        recovers(scene, strike, lambda exchange: exchange.kind in ("start", "complete"))
