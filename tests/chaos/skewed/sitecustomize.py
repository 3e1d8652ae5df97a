"""A host whose clock is wrong: shifts what Python tells of the time by CHAOS_CLOCK_SHIFT seconds. On PYTHONPATH of the processes
of a chaos run only.

Instances stay those of the true `datetime`, so that C code which asks for the exact type finds it; `time.monotonic` stays true.
"""

import datetime
import os
import time
from typing import Any

_shift = float(os.environ.get("CHAOS_CLOCK_SHIFT") or 0)


class _Kind(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _true)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _true)


_true = datetime.datetime


class _Shifted(_true, metaclass=_Kind):
    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return _true(*args, **kwargs)

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return _true.now(tz) + datetime.timedelta(seconds=_shift)

    @classmethod
    def utcnow(cls) -> Any:
        return _true.now(datetime.UTC).replace(tzinfo=None) + datetime.timedelta(seconds=_shift)

    @classmethod
    def today(cls) -> Any:
        return cls.now()


class _Defaulting:
    """Of functions that take now where no seconds are given. No function itself: a class that keeps one calls it without self."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def __call__(self, seconds: float | None = None) -> Any:
        return self._function(time.time() if seconds is None else seconds)


def _shifted(function: Any, shift: Any) -> Any:
    return lambda: function() + shift


if _shift:
    _Shifted.__name__ = _Shifted.__qualname__ = "datetime"
    _Shifted.__module__ = "datetime"
    datetime.datetime = _Shifted  # type: ignore[misc]
    time.time, time.time_ns = _shifted(time.time, _shift), _shifted(time.time_ns, int(_shift * 10**9))
    for _name in ("localtime", "gmtime", "ctime"):
        setattr(time, _name, _Defaulting(getattr(time, _name)))
