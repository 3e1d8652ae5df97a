"""Processes for scripts: started when needed, kept for the next script, thrown away when they ended or did enough."""

from __future__ import annotations

import atexit
import os
import threading

from workflow_engine.scripting.process import ScriptProcess

MAX_IDLE = 4


class Pool:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[ScriptProcess] = []

    def take(self) -> ScriptProcess:
        """An idle process, or a new one."""
        while True:
            with self._lock:
                process = self._idle.pop() if self._idle else None
            if process is None:
                return ScriptProcess()
            if process.is_usable:
                return process
            process.close()

    def give_back(self, process: ScriptProcess) -> None:
        if process.is_usable:
            with self._lock:
                if len(self._idle) < MAX_IDLE:
                    self._idle.append(process)
                    return
        process.close()

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.close()

    def forget(self) -> None:
        """After a fork the processes are the parent's."""
        self._lock = threading.Lock()
        for process in self._idle:
            process.abandon()
        self._idle = []


pool = Pool()
atexit.register(pool.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=pool.forget)
