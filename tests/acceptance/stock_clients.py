"""Starts the stock clients as processes of their own, as their users would, and collects what they tell."""

import json
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
Plan = Mapping[str, list[dict[str, Any]]]


def complete(**variables: Any) -> dict[str, Any]:
    return {"do": "complete", "variables": variables}


def fail(message: str, retries: int = 0) -> dict[str, Any]:
    return {"do": "fail", "message": message, "retries": retries}


def extend(duration: int) -> dict[str, Any]:
    """Extends the lock and leaves the task at that."""
    return {"do": "extend", "duration": duration}


def lock(duration: int) -> dict[str, Any]:
    return {"do": "lock", "duration": duration}


def unlock() -> dict[str, Any]:
    return {"do": "unlock"}


def echo() -> dict[str, Any]:
    """Completes with every variable again, its name followed by "Back", its type kept."""
    return {"do": "echo"}


def error(code: str, message: str = "for good reasons", **variables: Any) -> dict[str, Any]:
    return {"do": "error", "code": code, "message": message, "variables": variables}


class StockWorker:
    """One running client; `done` are its outcomes ("charge complete") in the order in which they were told."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self.lines: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            command,
            cwd=HERE,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def done(self) -> list[str]:
        return [f"{line['topic']} {line['did']}" for line in self.lines if "topic" in line]

    @property
    def errors(self) -> list[str]:
        return [line["error"] for line in self.lines if "error" in line]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def stop(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join()
        self.process.stdout.close()


PYTHON_PROGRAMS = {"python": "stock_worker.py", "pycamunda": "stock_pycamunda.py"}
CLIENTS = ("javascript", "python", "pycamunda", "java")


def command(program: list[str], base_url: str, user: str, password: str, plan: Plan) -> list[str]:
    return [*program, base_url, user, password, json.dumps(plan)]
