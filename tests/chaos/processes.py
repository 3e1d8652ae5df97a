"""A process that is started again whenever it has ended, as a supervisor on a server does it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAUSE = 0.5
# For an end that was asked for; long polls and jobs under way are shorter.
PATIENCE = 120.0


@dataclass(frozen=True)
class Ending:
    """Of a process that nobody had told to end."""

    name: str
    code: int
    was_ready: bool
    last_words: str


class Supervised:
    """`is_ready` tells from the log or by asking whether it does its work; `command` is asked again at each start."""

    def __init__(
        self,
        name: str,
        command: Callable[[], list[str]],
        environment: Mapping[str, str],
        folder: Path,
        is_ready: Callable[[Supervised], bool],
    ) -> None:
        self.name, self.environment = name, dict(environment)
        self._command, self._is_ready = command, is_ready
        self._log = folder / f"{name}.log"
        self._begin = 0  # of this start's part of the log
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = self._struck = False
        self._next_start = 0.0
        self.generation = 0
        self.clock_shift = 0.0
        self.is_paused = False
        # Whoever is about to end it has it to himself until it is buried.
        self._lock = threading.RLock()

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    @property
    def is_python(self) -> bool:
        """Only those can be given a wrong clock."""
        return self._command()[0] == sys.executable

    def start(self) -> None:
        self.generation += 1
        self._ready = self._struck = self.is_paused = False
        self._begin = self._log.stat().st_size if self._log.exists() else 0
        environment = {
            **self.environment,
            "CHAOS_CLOCK_SHIFT": f"{self.clock_shift:g}",
            "CHAOS_NAME": f"{self.name}-{self.generation}",
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own: a host that dies takes all of its processes with it.
                start_new_session=True,
            )

    def is_up(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def is_ready(self) -> bool:
        if self.is_up() and not self._ready and not self.is_paused:
            self._ready = self._is_ready(self)
        return self.is_up() and self._ready

    def log(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._begin)
            return log.read().decode(errors="replace")

    def look(self) -> Ending | None:
        """Starts it again if it has ended; what is to be said of an end that nobody brought about."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            return self._look()
        finally:
            self._lock.release()

    def _look(self) -> Ending | None:
        if self._process is None:
            if time.monotonic() >= self._next_start:
                self.start()
            return None
        self.is_ready()
        code = self._process.poll()
        if code is None:
            return None
        ending = None if self._struck else Ending(self.name, code, self._ready, self.log()[-2000:])
        self._bury()
        return ending

    def kill(self) -> bool:
        """Without warning, as a host or the kernel does it; whether there was something to kill."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                return False
            self._struck = True
            self._bury()
            return True

    def kill_child(self, named: str) -> bool:
        """Kills a process that this one has started; whether there was one."""
        with self._lock:
            if not self.is_up():
                return False
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            for child in children:
                if named in Path(f"/proc/{child}/cmdline").read_text():
                    self._struck = True
                    os.kill(int(child), signal.SIGKILL)
                    return True
            return False

    def end(self) -> bool:
        """As told to; whether it ended by itself in time."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                return True
            self._struck = True
            self.resume()
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                return False
            finally:
                self._bury()
            return True

    def pause(self) -> bool:
        with self._lock:
            if not self.is_up():
                return False
            self.is_paused = True
            self._signal(signal.SIGSTOP)
            return True

    def resume(self) -> None:
        with self._lock:
            if self.is_up():
                self._signal(signal.SIGCONT)
            self.is_paused = False

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return

    def _bury(self) -> None:
        assert self._process is not None
        # Also children that outlived their parent.
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._process = None
        self._next_start = time.monotonic() + PAUSE
