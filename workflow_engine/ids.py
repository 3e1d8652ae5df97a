"""Ids of everything the engine makes: UUIDv7 whose 12 `rand_a` bits hold the bucket of the root process instance.

The bucket (0 to 255) says in which partition a row lives, so a lookup by id alone can pin it. Layout of one id:

    48 bits milliseconds | version 7 | 4 bits 1/16 millisecond | 8 bits bucket | variant | 26 bits counter | 36 bits random

Within one process and bucket ids ascend strictly. This is the only place that makes ids or random bits; it never
imports Django. An id is a lower-case string with hyphens everywhere outside the database.
"""

from __future__ import annotations

import os
import re
import threading
import time
import uuid

BUCKETS = 256
NOISE = 64  # random numbers that are fetched at once
_TICKS_PER_MILLISECOND = 16
_NANOSECONDS_PER_TICK = 1_000_000 // _TICKS_PER_MILLISECOND
_COUNTER_BITS = 26
_CANONICAL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_BUSINESS_KEYS = uuid.UUID("6b0d8b5e-3c0f-5b1c-9d55-0d0f6f7c8a11")
_IDEMPOTENCY_KEYS = uuid.UUID("3f0e7c39-5d3b-5b44-8d4e-7a7c0f8b6d52")
# The one job that removes old history: whoever makes it first, it is the same.
HISTORY_CLEANUP_JOB = "d1c5f0a4-2b7e-5e39-9a46-6f0c3b8e1d72"
_JOB_DEFINITIONS = uuid.UUID("0c1a0a52-7f6f-5c6e-8b11-52c07a1d4e9b")


class _Generator:
    """The state behind `new_id`: the last tick given out and a counter that tells ids of one tick apart."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tick = 0
        self._counter = 0
        self._noise: list[int] = []

    def next(self, bucket: int) -> str:
        with self._lock:
            if not self._noise:
                # Asked for together: the system's call costs more than everything else here.
                self._noise = list(memoryview(os.urandom(8 * NOISE)).cast("Q"))
            noise = self._noise.pop()
            tick = time.time_ns() // _NANOSECONDS_PER_TICK
            if tick > self._tick:
                # Starts low and at random: room to count upwards, yet no id can be guessed from another.
                self._tick, self._counter = tick, noise >> 40
            else:
                self._counter += 1
                if self._counter >> _COUNTER_BITS:
                    self._tick, self._counter = self._tick + 1, 0
            tick, counter = self._tick, self._counter
        milliseconds, fraction = divmod(tick, _TICKS_PER_MILLISECOND)
        tail = (0b10 << 62) | (counter << 36) | (noise & 0xFFFFFFFFF)
        return (
            f"{milliseconds >> 16:08x}-{milliseconds & 0xFFFF:04x}-7{fraction:x}{bucket:02x}"
            f"-{tail >> 48:04x}-{tail & 0xFFFFFFFFFFFF:012x}"
        )


_generator = _Generator()
# A forked process must not repeat what its parent gives out.
os.register_at_fork(after_in_child=lambda: globals().__setitem__("_generator", _Generator()))


def new_id(root_id: str | None = None) -> str:
    """A new id in the bucket of this root process instance; None: of a new root, in any bucket."""
    return _generator.next(partition_of(root_id) if root_id else os.urandom(1)[0])


def new_uuid() -> uuid.UUID:
    """`new_id` as a field default."""
    return uuid.UUID(new_id())


def partition_of(row_id: str) -> int:
    """The bucket of any id; ValueError if it is none. Ids that came from outside go through `canonical` first."""
    return int(row_id[16:18], 16)


def canonical(text: object) -> str | None:
    """The id as the engine writes it, or None if the text is no id: then nothing can have it."""
    value = str(text).lower()
    return value if _CANONICAL.fullmatch(value) else None


def business_key_id(tenant_id: str, process_definition_key: str, business_key: str) -> str:
    """The id that reserves a business key: the same for everybody who asks for the same key."""
    # The lengths keep ("a", "bc") and ("ab", "c") apart.
    text = f"{len(tenant_id)}:{tenant_id}{len(process_definition_key)}:{process_definition_key}{business_key}"
    return str(uuid.uuid5(_BUSINESS_KEYS, text))


def idempotency_key_id(caller: str, method: str, path: str, key: str) -> str:
    """The id that reserves an idempotency key for one caller and one address."""
    text = "".join(f"{len(part)}:{part}" for part in (caller, method, path, key))
    return str(uuid.uuid5(_IDEMPOTENCY_KEYS, text))


def job_definition_id(process_definition_id: str, activity_id: str, job_type: str, configuration: str) -> str:
    """The id of a row of /job-definition: it follows from the model, so making a job needs no look-up."""
    return str(uuid.uuid5(_JOB_DEFINITIONS, "\0".join((process_definition_id, activity_id, job_type, configuration))))


def new_correlation_id() -> str:
    """For requests that bring none: 32 hexadecimal digits, as a trace has."""
    return os.urandom(16).hex()
