"""Does to the site what the plan says: one method for each kind of fault, each in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tests.chaos.calling import Caller, NoAnswer
from tests.chaos.courses import POISON
from tests.chaos.database import Database
from tests.chaos.journal import Exchange, Journal
from tests.chaos.models import LOCK
from tests.chaos.network import Network
from tests.chaos.operators import Operator
from tests.chaos.plan import COMMANDS, CUT, SHIFTS, Fault, pick
from tests.chaos.processes import Supervised
from tests.chaos.site import Site
from tests.chaos.slow import start_slowly
from tests.chaos.starters import Orders, Starters
from tests.chaos.strikes import Strike

SLOW_CLIENTS = 3
LONGEST_OUTAGE = 4.0
# Longer than the lock of a job, see settings.py.
SWEEPER_PAUSE, WEB_PAUSE = 12.0, 3.0


class Faults:
    def __init__(
        self,
        site: Site,
        database: Database,
        network: Network,
        journal: Journal,
        caller: Caller,
        orders: Orders,
        starters: Starters,
        operator: Operator,
    ) -> None:
        self._site, self._database, self._network, self._journal = site, database, network, journal
        self._caller, self._orders, self._starters, self._operator = caller, orders, starters, operator
        self._is_over = threading.Event()
        self._outage = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.strikes: list[Strike] = []

    def strike(self, fault: Fault) -> None:
        strike = Strike(fault)
        self.strikes.append(strike)
        do: Callable[[Strike], None] = getattr(self, "_" + fault.kind.replace(" ", "_"))
        thread = threading.Thread(target=do, args=(strike,), name=str(fault))
        self._threads.append(thread)
        thread.start()

    def end(self) -> None:
        """What was paused goes on, what was stopped is up again, and nothing more is lost."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        self._network.heal()

    def _target(self, strike: Strike, kind: str) -> Supervised:
        one = pick(strike.fault.choice, self._site.of_kind(kind))
        strike.target, strike.struck = one.name, time.time()
        return one

    def _recovers(self, strike: Strike, is_such: Callable[[Exchange], bool], since: float | None = None) -> None:
        begin = strike.struck if since is None else since
        assert begin is not None
        strike.recovered(
            lambda: any(one.is_done and is_such(one) for one in self._journal.since(begin)),
            self._is_over.is_set,
            begin,
        )

    def _kill_web(self, strike: Strike) -> None:
        one = self._target(strike, "web")
        under_way = self._network.under_way.get(one.name, 0)
        if one.kill():
            strike.hit(f"{under_way} requests under way")
            self._recovers(strike, lambda exchange: exchange.replica == one.name)

    def _kill_web_process(self, strike: Strike) -> None:
        """Only the one that answers; the server that started it has to notice."""
        one = self._target(strike, "web")
        if one.kill_child("granian"):
            strike.hit()
            self._recovers(strike, lambda exchange: exchange.replica == one.name)

    def _kill_sweeper(self, strike: Strike) -> None:
        one = self._target(strike, "sweeper")
        if one.kill():
            strike.hit()
            strike.recovered(one.is_ready, self._is_over.is_set)

    def _kill_worker(self, strike: Strike) -> None:
        one = self._target(strike, "worker")
        held = len(self._journal.held(f"{one.name}-{one.generation}"))
        if one.kill():
            strike.hit(f"{held} tasks held")
            self._recovers(strike, lambda exchange: _is_answer_of(exchange, one.name))

    def _stop_database(self, strike: Strike) -> None:
        with self._outage:
            strike.struck = time.time()
            self._database.crash()
            self._is_over.wait(strike.fault.size * LONGEST_OUTAGE)
            self._database.launch()
        strike.hit(f"away for {time.time() - strike.struck:.1f} s")
        self._recovers(strike, lambda exchange: exchange.kind in ("start", "complete"))

    def _terminate_backends(self, strike: Strike) -> None:
        with self._outage:
            strike.struck = time.time()
            ended = self._database.terminate(strike.fault.choice, 1 + int(strike.fault.size * 4))
        if ended:
            strike.hit(", ".join(f"{count} {state}" for state, count in ended.items()))
            self._recovers(strike, lambda exchange: exchange.kind in ("start", "complete"))

    def _swallow_answer(self, strike: Strike) -> None:
        self._lose(strike, pick(strike.fault.choice, COMMANDS), "swallowed")

    def _cut_connection(self, strike: Strike) -> None:
        self._lose(strike, pick(strike.fault.choice, CUT), "cut")

    def _lose(self, strike: Strike, kind: str, how: str) -> None:
        strike.target = kind
        happened = self._network.lose(kind, how)
        while not happened.wait(0.05) and not self._is_over.is_set():
            pass
        if happened.is_set():
            strike.struck = time.time()
            strike.hit()
            self._recovers(strike, lambda exchange: exchange.kind == kind)

    def _pause_worker(self, strike: Strike) -> None:
        """Past its lock, with a task in its hands where it gets one in time."""
        one = self._target(strike, "worker")
        name = f"{one.name}-{one.generation}"
        Strike(strike.fault).recovered(lambda: bool(self._journal.held(name)), self._is_over.is_set)
        if not one.pause():
            return
        strike.struck = time.time()
        held = len(self._journal.held(name))
        self._is_over.wait(LOCK + 1 + 3 * strike.fault.size)
        one.resume()
        if held and time.time() - strike.struck > LOCK:
            strike.hit(f"{held} tasks held")
        self._recovers(strike, lambda exchange: _is_answer_of(exchange, one.name), time.time())

    def _pause_sweeper(self, strike: Strike) -> None:
        self._pause(strike, self._target(strike, "sweeper"), SWEEPER_PAUSE)

    def _pause_web(self, strike: Strike) -> None:
        one = self._target(strike, "web")
        self._pause(strike, one, WEB_PAUSE)
        self._recovers(strike, lambda exchange: exchange.replica == one.name, time.time())

    def _pause(self, strike: Strike, one: Supervised, seconds: float) -> None:
        if one.pause():
            self._is_over.wait(seconds)
            one.resume()
            strike.hit()

    def _skew_clock(self, strike: Strike) -> None:
        """A rolling restart, after which the process believes in another time."""
        among = [one for one in self._site.processes.values() if one.is_python]
        one = pick(strike.fault.choice, among)
        strike.target, strike.struck = one.name, time.time()
        one.clock_shift = pick(strike.fault.size, SHIFTS)
        generation = one.generation
        if not self._site.tell_to_end(one):
            return
        if strike.recovered(lambda: one.generation > generation and one.is_ready(), self._is_over.is_set):
            strike.hit(f"{one.clock_shift:+g} s")

    def _unlock_task(self, strike: Strike) -> None:
        """An operator takes a task from the worker that is at it."""
        strike.recovered(lambda: bool(self._journal.held()), self._is_over.is_set)
        strike.recovery, strike.struck = None, time.time()
        if held := self._journal.held():
            strike.target = held[0].task
            try:
                status, _ = self._caller.call("POST", f"/external-task/{strike.target}/unlock")
            except NoAnswer:
                return
            if status < 300:
                strike.hit()

    def _poison_task(self, strike: Strike) -> None:
        order = self._orders.next(POISON)
        strike.target, strike.struck = order.business_key, time.time()
        self._starters.ask(order)

        def has_incident() -> bool:
            return any(instance == order.instance for _, instance in list(self._operator.incidents.values()))

        # Also after the end of the faults: the incident still comes.
        if Strike(strike.fault).recovered(has_incident, lambda: False):
            strike.hit()

    def _slow_clients(self, strike: Strike) -> None:
        orders = [self._orders.next() for _ in range(SLOW_CLIENTS)]
        strike.struck = time.time()
        replicas = self._site.replicas()
        through = []

        def start(number: int) -> None:
            if replicas and start_slowly(orders[number], replicas[number % len(replicas)][1], self._is_over):
                through.append(number)
            else:
                self._starters.ask(orders[number])

        threads = [threading.Thread(target=start, args=(number,)) for number in range(SLOW_CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if through:
            strike.hit(f"{len(through)} of {SLOW_CLIENTS} came through in {time.time() - strike.struck:.1f} s")


def _is_answer_of(exchange: Exchange, name: str) -> bool:
    return exchange.kind == "complete" and exchange.worker.startswith(name + "-")
