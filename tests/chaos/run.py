"""One run from the empty database to the verdict."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import requests

from tests.chaos import ledger, models, plan
from tests.chaos.calling import Caller
from tests.chaos.database import Database
from tests.chaos.deliveries import Deliveries
from tests.chaos.draining import count, drain
from tests.chaos.faults import Faults
from tests.chaos.history import History
from tests.chaos.journal import ANSWERS, Journal
from tests.chaos.judge import Judge
from tests.chaos.messages import Messages
from tests.chaos.network import Network
from tests.chaos.operators import Operator
from tests.chaos.processes import ROOT
from tests.chaos.report import Report
from tests.chaos.site import LOGIN, Site
from tests.chaos.starters import Orders, Starters
from tests.chaos.strikes import Strike
from tests.chaos.violations import Violation

# For a site to come up on a slow machine.
PATIENCE = 180.0


@dataclass(frozen=True)
class Options:
    seconds: float
    seed: int
    webs: int
    sweepers: int
    workers: int
    starters: int
    open: int  # instances at the same time, at most
    instances: int | None  # in all, at most
    intensity: float  # of the faults: 2 is twice as many
    folder: Path
    replay: str


class Run:
    def __init__(self, options: Options, tell: Callable[[str], None]) -> None:
        self._options, self._tell = options, tell
        self._folder = options.folder
        self._ledger = self._folder / "ledger"
        self._ledger.mkdir(parents=True)
        self._stack = ExitStack()
        self._database = Database()
        self._journal = Journal(self._folder / "journal.jsonl")
        self._site = Site(
            self._folder, self._database.url, webs=options.webs, sweepers=options.sweepers, workers=options.workers
        )
        self._network = Network(self._site.replicas, self._journal)
        self._caller = Caller(self._network.port)
        self._orders = Orders(options.seed)
        self._starters = Starters(self._caller, self._orders, options.starters, self._has_room)
        self._messages = Messages(self._caller, self._orders, options.seed)
        self._operator = Operator(self._caller)
        self._live = 0
        self._is_over = Event()

    def run(self) -> Report:
        with self._stack:
            self._begin()
            strikes = self._torment()
            left = self._drain()
            self._tell(f"drained, {left} instances are left; now everything is judged")
            self._site.end("worker")
            self._site.end("sweeper")
            report = self._judge()
            report.strikes = strikes
            self._site.end("web")
            report.violations += self._endings()
            return report

    def _begin(self) -> None:
        self._stack.callback(self._database.stop)
        self._database.start()
        self._stack.callback(self._site.kill_everything)
        migrate, environment = self._site.manage("migrate", "--no-input", "-v", "0")
        subprocess.run(migrate, env=environment, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
        self._site.start_servers()
        self._stack.enter_context(self._network)
        self._await_readiness()
        self._deploy()
        self._site.start_workers(f"http://127.0.0.1:{self._network.port}/engine-rest", self._ledger)
        self._await_readiness()
        for callers in (self._starters, self._messages, self._operator):
            self._stack.callback(callers.give_up)
            callers.start()

    def _await_readiness(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._site.are_ready():
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"The site did not come up: {[one.log()[-2000:] for one in self._site.processes.values()]}"
                )
            time.sleep(0.1)

    def _deploy(self) -> None:
        files = {name: (name, model, "application/octet-stream") for name, model in models.files().items()}
        address = f"http://127.0.0.1:{self._network.port}/engine-rest/deployment/create"
        answer = requests.post(address, data={"deployment-name": "chaos"}, files=files, auth=LOGIN, timeout=60)
        if answer.status_code != 200:
            raise RuntimeError(f"The models were refused: {answer.text}")

    def _has_room(self) -> bool:
        most = self._options.instances
        return self._live < self._options.open and (most is None or len(self._orders.all()) < most)

    def _torment(self) -> list[Strike]:
        """Everything that was planned, at its time."""
        options = self._options
        faults = Faults(
            self._site,
            self._database,
            self._network,
            self._journal,
            self._caller,
            self._orders,
            self._starters,
            self._operator,
        )
        self._stack.callback(faults.end)
        begin = told = time.monotonic()
        pending = plan.draw(options.seed, options.seconds, options.intensity)
        while (passed := time.monotonic() - begin) < options.seconds:
            while pending and pending[0].at <= passed:
                faults.strike(pending.pop(0))
            self._live = count(self._caller)
            if time.monotonic() - told > 10:
                told = time.monotonic()
                self._tell(
                    f"{passed:.0f} s: {len(self._orders.all())} starts, {self._live} live, {len(faults.strikes)} faults"
                )
            time.sleep(0.2)
        self._starters.stop()
        self._tell("the faults are over, everything is healed")
        faults.end()
        return faults.strikes

    def _drain(self) -> int:
        return drain(self._caller, self._journal, self._starters.are_done, self._tell)

    def _judge(self) -> Report:
        self._messages.give_up()
        self._operator.give_up()
        self._starters.give_up()
        history = History(self._caller)
        self._journal.write()
        effects = list(ledger.read(self._ledger))
        deliveries = Deliveries(self._journal)
        judge = Judge(self._orders.all(), history, self._journal, effects, deliveries)
        violations = [*deliveries.judge(), *judge.judge(), *self._verify()]
        exchanges = self._journal.exchanges()
        return Report(
            seed=self._options.seed,
            seconds=self._options.seconds,
            commit=_commit(),
            database=self._database.version(),
            replay=self._options.replay,
            figures={
                "instances": len(history.instances),
                "activities": len(history.by_id),
                "requests": len(exchanges),
                "commands carried out": sum(
                    one.is_done
                    for one in exchanges
                    if one.kind in (*ANSWERS, "start", "message", "extendLock", "unlock")
                ),
                "tasks handed out": sum(len(given) for given in deliveries.of_task.values()),
                "side effects": len(effects),
                "side effects that were repeated": len(effects) - len({effect.task for effect in effects}),
                "incidents mended": len(history.incidents),
                "processes started again": self._site.restarts,
                "deadlocks the database resolved": self._database.deadlocks(),
            },
            ends=dict(judge.ends),
            deliveries=dict(deliveries.reasons),
            fates=dict(Counter(one.fate for one in exchanges)),
            violations=violations,
        )

    def _verify(self) -> Iterator[Violation]:
        command, environment = self._site.manage("workflow_verify")
        done = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            for line in (done.stdout or done.stderr).splitlines():
                yield Violation("verification", "workflow_verify", line)

    def _endings(self) -> Iterator[Violation]:
        for name in self._site.stubborn:
            yield Violation("ended", name, "it did not end when told to")
        for ending in self._site.endings:
            # One that finds no database when it starts may end; its supervisor starts it again.
            if ending.was_ready:
                yield Violation("ended", ending.name, f"by itself, with {ending.code}: {ending.last_words[-500:]}")


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip() or "unknown"
