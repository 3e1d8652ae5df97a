"""What workers really did, told outside the engine: each worker appends one line for each side effect to a file of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Effect:
    task: str
    activity_instance: str
    process_instance: str
    token: str | None  # the stock client shows none
    worker: str


def write(folder: Path, worker: str, effect: Effect) -> None:
    """In one piece, so that a worker that is killed leaves no half line; a process's end loses nothing that was written."""
    fields = {name: getattr(effect, name) for name in Effect.__slots__}
    file = os.open(folder / f"{worker}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, (json.dumps(fields) + "\n").encode())
    finally:
        os.close(file)


def read(folder: Path) -> Iterator[Effect]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            yield Effect(**json.loads(line))
