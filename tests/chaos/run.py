"""One run from the empty database to the verdict."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack

import requests

from tests.chaos import models, plan
from tests.chaos.draining import count, drain
from tests.chaos.faults import Faults
from tests.chaos.options import Options
from tests.chaos.processes import ROOT
from tests.chaos.report import Report
from tests.chaos.scene import Scene
from tests.chaos.site import LOGIN
from tests.chaos.strikes import Strike
from tests.chaos.verdict import processes_that_ended, verdict

# For a site to come up on a slow machine.
PATIENCE = 180.0
TELL_EVERY = 10.0
Tell = Callable[[str], None]


def run(options: Options, tell: Tell) -> Report:
    scene = Scene(options)
    with ExitStack() as stack:
        _begin(scene, stack)
        strikes = _torment(scene, stack, tell)
        left = drain(scene.caller, scene.journal, scene.starters.are_done, tell)
        tell(f"drained, {left} instances are left; now everything is judged")
        for callers in (scene.messages, scene.operator, scene.starters):
            callers.give_up()
        scene.site.end("worker")
        scene.site.end("sweeper")
        report = verdict(scene, strikes)
        scene.site.end("web")
        report.violations += processes_that_ended(scene.site)
        return report


def _begin(scene: Scene, stack: ExitStack) -> None:
    stack.callback(scene.database.stop)
    scene.database.start()
    stack.callback(scene.site.kill_everything)
    migrate, environment = scene.site.manage("migrate", "--no-input", "-v", "0")
    subprocess.run(migrate, env=environment, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
    scene.site.start_servers()
    stack.enter_context(scene.network)
    _await_readiness(scene)
    _deploy(scene)
    scene.site.start_workers(scene.address, scene.ledger)
    _await_readiness(scene)
    for callers in (scene.starters, scene.messages, scene.operator):
        callers.start()
        stack.callback(callers.give_up)


def _await_readiness(scene: Scene) -> None:
    deadline = time.monotonic() + PATIENCE
    while not scene.site.are_ready():
        if time.monotonic() > deadline:
            logs = [one.log()[-2000:] for one in scene.site.processes.values()]
            raise RuntimeError(f"The site did not come up within {PATIENCE:.0f} seconds: {logs}")
        time.sleep(0.1)


def _deploy(scene: Scene) -> None:
    files = {name: (name, model, "application/octet-stream") for name, model in models.files().items()}
    address = f"{scene.address}/deployment/create"
    answer = requests.post(address, data={"deployment-name": "chaos"}, files=files, auth=LOGIN, timeout=60)
    if answer.status_code != 200:
        raise RuntimeError(f"The models were refused: {answer.text}")


def _torment(scene: Scene, stack: ExitStack, tell: Tell) -> list[Strike]:
    """Everything that was planned, at its time; afterwards everything is healed."""
    options, faults = scene.options, Faults(scene)
    stack.callback(faults.end)
    begin = told = time.monotonic()
    pending = plan.draw(options.seed, options.seconds, options.intensity)
    while (passed := time.monotonic() - begin) < options.seconds:
        while pending and pending[0].at <= passed:
            faults.strike(pending.pop(0))
        scene.live = count(scene.caller)
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            starts, live = len(scene.orders.all()), scene.live if scene.live >= 0 else "?"
            tell(f"{passed:.0f} s: {starts} starts, {live} live, {len(faults.strikes)} faults")
        time.sleep(0.2)
    for fault in pending:
        faults.strike(fault)
    scene.starters.stop()
    tell("the faults are over, everything is healed")
    faults.end()
    return faults.strikes
