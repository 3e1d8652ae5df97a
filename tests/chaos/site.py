"""The machines of a run: web replicas, sweepers and workers, each a process of its own that is started again when it ends."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from scripts.front_end import node_folder
from tests.chaos.models import LOCK, TOPICS
from tests.chaos.processes import ROOT, Ending, Supervised

HERE = Path(__file__).resolve().parent
LOGIN = ("demo", "demo")


class Site:
    def __init__(self, folder: Path, database_url: str, sizes: Mapping[str, int], shifts: Mapping[str, float]) -> None:
        self.folder = folder
        self._environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "DEMO": "1",
            "LOG_LEVEL": "WARNING",
            "WEB_WORKERS": "1",
            "PYTHONPATH": f"{HERE / 'skewed'}{os.pathsep}{ROOT}",
            "PYTHONUNBUFFERED": "1",
        }
        self._sizes = sizes  # by kind: web, sweeper, worker
        self._shifts = shifts  # of the clocks, by the processes' names
        self._ports: dict[str, int] = {}
        self._held: list[socket.socket] = []
        self.processes: dict[str, Supervised] = {}
        self.endings: list[Ending] = []
        self.stubborn: list[str] = []  # those that had to be killed after they had been told to end
        self.restarts = 0
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, name="supervisor")

    def start_servers(self) -> None:
        for number in range(self._sizes["web"]):
            name = f"web-{number + 1}"
            self._ports[name] = self._held_port()
            self._add(name, partial(self._serve, name), lambda one: self._answers(one.name))
        command = [*self._manage("workflow_sweeper"), "--poll", "0.5", "--threads", "2", "--lock-grace", "5"]
        for number in range(self._sizes["sweeper"]):
            self._add(f"sweeper-{number + 1}", lambda: command, lambda one: "is looking for due jobs" in one.log())
        self._supervisor.start()

    def start_workers(self, base_url: str, ledger: Path) -> None:
        """The first is the stock client, the second ours, and so on."""
        self._environment |= {
            "WORKFLOW_ENGINE_URL": base_url,
            "WORKFLOW_ENGINE_USER": LOGIN[0],
            "WORKFLOW_ENGINE_PASSWORD": LOGIN[1],
            "CHAOS_LEDGER": str(ledger),
            "CHAOS_TOPICS": ",".join(TOPICS),
            "CHAOS_LOCK": str(int(LOCK * 1000)),
        }
        node = node_folder()
        if node is None:
            raise RuntimeError("There is no Node.js for the stock client: `make setup-dev` brings it along.")
        stock = [str(node / "node"), str(HERE / "stock_worker.mjs")]
        ours = [sys.executable, "-m", "workflow_engine.client", "tests.chaos.worker:worker", "--log-level", "ERROR"]
        for number in range(self._sizes["worker"]):
            command = ours if number % 2 else stock
            self._add(f"worker-{number + 1}", partial(list, command), lambda one: True)

    def replicas(self) -> list[tuple[str, int]]:
        """Name and port of those that are up, as far as anybody can see."""
        with self._lock:
            return [(name, port) for name, port in self._ports.items() if self.processes[name].is_up()]

    def of_kind(self, kind: str) -> list[Supervised]:
        return [one for name, one in self.processes.items() if name.startswith(kind)]

    def are_ready(self) -> bool:
        return all(one.is_ready() for one in self.processes.values())

    def end(self, kind: str) -> None:
        """Ends all of a kind for good, as an operator does."""
        with self._lock:
            ended = [self.processes.pop(one.name) for one in self.of_kind(kind)]
        for one in ended:
            self.tell_to_end(one)

    def tell_to_end(self, one: Supervised) -> bool:
        if not (is_done := one.end()):
            self.stubborn.append(one.name)
        return is_done

    def kill_everything(self) -> None:
        self._is_over.set()
        if self._supervisor.is_alive():
            self._supervisor.join()
        for one in self.processes.values():
            one.kill()
        for held in self._held:
            held.close()

    def manage(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        """A command line and its environment, on a host with the right time."""
        return self._manage(*arguments), self._environment

    def _add(self, name: str, command: Callable[[], list[str]], is_ready: Callable[[Supervised], bool]) -> None:
        with self._lock:
            one = self.processes[name] = Supervised(name, command, self._environment, self.folder, is_ready)
            one.clock_shift = self._shifts.get(name, 0.0)
            one.start()

    def _manage(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    def _held_port(self) -> int:
        """Bound, but not listened on: nobody else gets it while its replica is away, no connection as its own end either."""
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        self._held.append(held)
        return int(held.getsockname()[1])

    def _serve(self, name: str) -> list[str]:
        return [*self._manage("serve"), "--port", str(self._ports[name])]

    def _answers(self, name: str) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._ports[name]), timeout=1):
            return True
        return False

    def _supervise(self) -> None:
        while not self._is_over.wait(0.1):
            with self._lock:
                for one in list(self.processes.values()):
                    was_up = one.is_up()
                    if (ending := one.look()) is not None:
                        self.endings.append(ending)
                    self.restarts += not was_up and one.is_up()
