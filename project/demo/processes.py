"""The demo's child processes: started, watched, and ended together."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping

PATIENCE = 15.0


class Processes:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: list[str]) -> None:
        # In a session of its own, Ctrl-C reaches only the demo itself, which then ends its children in order.
        self._started[name] = subprocess.Popen(
            command, env=self._environment, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def ended(self) -> str | None:
        """A child that ended by itself, as a sentence; None while all are well."""
        for name, process in self._started.items():
            if (code := process.poll()) is not None:
                return f"The {name} has ended with {code}."
        return None

    def stop(self) -> None:
        """The one started first, the server, last: the others still reach it while they hand back what they hold."""
        first, *others = self._started or [""]
        for names in (others, [first] if first else []):
            for name in names:
                if self._started[name].poll() is None:
                    self._started[name].send_signal(signal.SIGTERM)
            for name in names:
                self._wait(name)
        self._started.clear()

    def _wait(self, name: str) -> None:
        try:
            self._started[name].wait(PATIENCE)
        except subprocess.TimeoutExpired:
            sys.stderr.write(f"The {name} does not end, so it is killed.\n")
            self._kill(self._started[name])

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        """With its own children: a killed server would leave its worker processes behind."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
