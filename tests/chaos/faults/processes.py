"""Processes that are killed, stand still, or believe in another time."""

from __future__ import annotations

import time

from tests.chaos.faults.recovery import recovers
from tests.chaos.journal import Exchange
from tests.chaos.models import LOCK
from tests.chaos.plan import SHIFTS, pick
from tests.chaos.processes import Supervised
from tests.chaos.scene import Scene
from tests.chaos.strikes import Strike

# Other tasks are handed in before.
LONG = 0.5
# Longer than the lock of a job, see settings.py.
SWEEPER_PAUSE, WEB_PAUSE = 12.0, 3.0


def kill_web(scene: Scene, strike: Strike) -> None:
    one = _target(scene, strike, "web")
    under_way = scene.network.under_way.get(one.name, 0)
    if one.kill():
        strike.hit(f"{under_way} requests under way")
        recovers(scene, strike, lambda exchange: exchange.replica == one.name)


def kill_web_process(scene: Scene, strike: Strike) -> None:
    """Only the one that answers; the server that started it has to notice."""
    one = _target(scene, strike, "web")
    if one.kill_child("granian"):
        strike.hit()
        recovers(scene, strike, lambda exchange: exchange.replica == one.name)


def kill_sweeper(scene: Scene, strike: Strike) -> None:
    one = _target(scene, strike, "sweeper")
    if one.kill():
        strike.hit()
        strike.recovered(one.is_ready)


def kill_worker(scene: Scene, strike: Strike) -> None:
    one = _target(scene, strike, "worker")
    held = len(scene.journal.held(f"{one.name}-{one.generation}"))
    if one.kill():
        strike.hit(f"{held} tasks held")
        recovers(scene, strike, lambda exchange: _is_answer_of(exchange, one.name))


def pause_worker(scene: Scene, strike: Strike) -> None:
    """Past its lock, with a task in its hands where it gets one in time: one that takes long, for somebody else too."""
    one = _target(scene, strike, "worker")
    name = f"{one.name}-{one.generation}"

    def is_at_work() -> bool:
        return any(time.time() - delivery.locked > LONG for delivery in scene.journal.held(name))

    Strike(strike.fault).recovered(is_at_work, scene.is_healed.is_set)
    if not one.pause():
        return
    strike.struck = time.time()
    held = len(scene.journal.held(name))
    # To its end, also where the faults are over: a shorter one would be none.
    time.sleep(LOCK + 1 + 3 * strike.fault.size)
    one.resume()
    if held:
        strike.hit(f"{held} tasks held")
    recovers(scene, strike, lambda exchange: _is_answer_of(exchange, one.name), time.time())


def pause_sweeper(scene: Scene, strike: Strike) -> None:
    _pause(scene, strike, _target(scene, strike, "sweeper"), SWEEPER_PAUSE)


def pause_web(scene: Scene, strike: Strike) -> None:
    one = _target(scene, strike, "web")
    _pause(scene, strike, one, WEB_PAUSE)
    recovers(scene, strike, lambda exchange: exchange.replica == one.name, time.time())


def skew_clock(scene: Scene, strike: Strike) -> None:
    """A rolling restart, after which the process believes in another time."""
    among = [one for one in scene.site.processes.values() if one.is_python]
    one = pick(strike.fault.choice, among)
    strike.target, strike.struck = one.name, time.time()
    one.clock_shift = pick(strike.fault.size, SHIFTS)
    generation = one.generation
    if not scene.site.tell_to_end(one):
        return
    if strike.recovered(lambda: one.generation > generation and one.is_ready()):
        strike.hit(f"{one.clock_shift:+g} s")


def _target(scene: Scene, strike: Strike, kind: str) -> Supervised:
    """One that is up; what has just been struck is soon up again."""
    one = pick(strike.fault.choice, scene.site.of_kind(kind))
    Strike(strike.fault).recovered(one.is_up)
    strike.target, strike.struck = one.name, time.time()
    return one


def _pause(scene: Scene, strike: Strike, one: Supervised, seconds: float) -> None:
    if one.pause():
        scene.is_healed.wait(seconds)
        one.resume()
        strike.hit()


def _is_answer_of(exchange: Exchange, name: str) -> bool:
    return exchange.kind == "complete" and exchange.worker.startswith(name + "-")
