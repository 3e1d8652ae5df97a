"""A process in which scripts run, one at a time, each in a fresh JavaScript context (see `child.py`).

Frames on the pipes: four bytes of length, a line of JSON, and a text. A process that does not answer is killed.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workflow_engine.scripting.limits import Limits

CHILD = Path(__file__).with_name("child.py")
RUNS_PER_PROCESS = 500
START_SECONDS = 30.0
ENVIRONMENT = ("TZ", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # nothing secret goes along
_LENGTH = struct.Struct(">I")
_TIMERS = {getattr(signal, name) for name in ("SIGALRM", "SIGPROF") if hasattr(signal, name)}


class ProcessEnded(Exception):
    """The process is gone."""

    def __init__(self, message: str, *, too_slow: bool = False) -> None:
        super().__init__(message)
        self.too_slow = too_slow


@dataclass(frozen=True, slots=True)
class Answer:
    stopped: str | None  # "time", "memory", "stack", or another reason
    numbers: list[Any]
    text: str


class ScriptProcess:
    def __init__(self) -> None:
        library = find_spec("_quickjs")
        assert library is not None
        assert library.origin is not None
        self.runs = 0
        self._process = subprocess.Popen(
            [_python(), "-I", "-S", "-X", "utf8", str(CHILD), library.origin],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
            cwd=os.path.abspath(os.sep),
            start_new_session=True,
        )
        self._read(START_SECONDS, 0)  # its greeting, so that its start counts as no script's time

    @property
    def is_usable(self) -> bool:
        return self.runs < RUNS_PER_PROCESS and self._process.poll() is None

    def exchange(self, request: str, limits: Limits) -> Answer:
        """Runs one script; ProcessEnded if the process did not survive it."""
        self.runs += 1
        head = {"seconds": limits.seconds, "patience": limits.patience, "memory": limits.memory, "stack": limits.stack}
        frame = f"{json.dumps(head)}\n{request}".encode()
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(_LENGTH.pack(len(frame)))
            stdin.write(frame)
            stdin.flush()
        except OSError as error:
            raise self._ended() from error
        # Its own timers end the process at `patience`; this is for one that could switch them off.
        header, _, body = self._read(limits.patience * 2, limits.memory * 4).partition(b"\n")
        try:
            answer = json.loads(header)
            return Answer(answer["stopped"], answer["numbers"], body.decode())
        except (ValueError, KeyError, TypeError) as error:
            self.close()
            raise ProcessEnded("the sandbox gave no readable answer") from error

    def close(self) -> None:
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._close_pipes()

    def abandon(self) -> None:
        """Lets go of another process's child, without touching it."""
        self._process.returncode = 0
        self._close_pipes()

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()

    def _read(self, seconds: float, most: int) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None
        if os.name == "posix":
            with selectors.DefaultSelector() as selector:
                selector.register(stdout, selectors.EVENT_READ)
                if not selector.select(seconds):
                    self.close()
                    raise ProcessEnded("the sandbox did not answer", too_slow=True)
        head = stdout.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            raise self._ended()
        (length,) = _LENGTH.unpack(head)
        if length > most:
            self.close()
            raise ProcessEnded("what it leaves behind is larger than the memory limit allows")
        body = stdout.read(length)
        if len(body) < length:
            raise self._ended()
        return body

    def _ended(self) -> ProcessEnded:
        """Its pipes are closed, so it is ending; what ended it?"""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        code = self._process.returncode
        self.close()
        if code is not None and -code in _TIMERS:
            return ProcessEnded("the sandbox was ended", too_slow=True)
        return ProcessEnded(f"the sandbox ended unexpectedly (exit code {code})")


def _python() -> str:
    """The interpreter; a server that embeds Python names itself in sys.executable."""
    if Path(sys.executable or "").name.startswith(("python", "pypy")):
        return sys.executable
    return str(Path(sys.prefix) / "bin" / "python3")
