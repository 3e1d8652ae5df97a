"""Does to the scene what the plan says, each fault in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tests.chaos.faults import database, network, processes, work
from tests.chaos.plan import Fault
from tests.chaos.scene import Scene
from tests.chaos.strikes import Strike

DOING: dict[str, Callable[[Scene, Strike], None]] = {
    "kill web": processes.kill_web,
    "kill web process": processes.kill_web_process,
    "kill sweeper": processes.kill_sweeper,
    "kill worker": processes.kill_worker,
    "stop database": database.stop,
    "terminate backends": database.terminate_backends,
    "swallow answer": network.swallow_answer,
    "cut connection": network.cut_connection,
    "pause worker": processes.pause_worker,
    "pause sweeper": processes.pause_sweeper,
    "pause web": processes.pause_web,
    "skew clock": processes.skew_clock,
    "unlock task": work.unlock_task,
    "poison task": work.poison_task,
    "slow clients": work.slow_clients,
}


class Faults:
    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._threads: list[threading.Thread] = []
        self.strikes: list[Strike] = []

    def strike(self, fault: Fault) -> None:
        strike = Strike(fault)
        self.strikes.append(strike)
        thread = threading.Thread(target=DOING[fault.kind], args=(self._scene, strike), name=str(fault))
        self._threads.append(thread)
        thread.start()

    def end(self) -> None:
        """What was paused goes on, what was stopped is up again, and nothing more is lost."""
        self._scene.is_healed.set()
        for thread in self._threads:
            thread.join()
        self._scene.network.heal()
