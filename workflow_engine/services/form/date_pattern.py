"""Date patterns of form fields, in Java's letters: "dd/MM/yyyy". Never guesses: a text that does not fit is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

DEFAULT = "dd/MM/yyyy"
_FIELDS = {"y": "year", "M": "month", "d": "day", "H": "hour", "m": "minute", "s": "second", "S": "microsecond"}
_PARTS = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")


class UnknownPattern(ValueError):
    """The pattern has a letter that is not understood."""


def parse(text: str, pattern: str) -> datetime:
    """ValueError if the text does not fit."""
    expression, names = _compiled(pattern)
    match = expression.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a date of the form '{pattern}'")
    found = {name: int(value) for name, value in zip(names, match.groups(), strict=True)}
    if "microsecond" in found:
        found["microsecond"] *= 1000
    return datetime(**{"year": 1970, "month": 1, "day": 1, **found}, tzinfo=UTC)


def show(moment: datetime, pattern: str) -> str:
    shown = []
    for part in _PARTS.finditer(pattern):
        quoted, letter = part.group(1), part.group(2)
        if quoted is not None:
            shown.append(quoted.replace("''", "'") or "'")
        elif letter is None:
            shown.append(part.group())
        else:
            shown.append(_shown(moment, letter, len(part.group())))
    return "".join(shown)


def _shown(moment: datetime, letter: str, width: int) -> str:
    value = getattr(moment, _field(letter, width))
    if letter == "S":
        value //= 1000
    if letter == "y" and width == 2:
        value %= 100
    return str(value).zfill(width)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    expression, names = [], []
    for part in _PARTS.finditer(pattern):
        quoted, letter = part.group(1), part.group(2)
        if letter is None:
            expression.append(re.escape(part.group() if quoted is None else quoted.replace("''", "'") or "'"))
            continue
        width = len(part.group())
        names.append(_field(letter, width))
        expression.append(r"(\d{4})" if letter == "y" else rf"(\d{{1,{max(width, 2)}}})")
    return re.compile("".join(expression), re.ASCII), tuple(names)


def _field(letter: str, width: int) -> str:
    if letter not in _FIELDS or (letter == "M" and width > 2):
        raise UnknownPattern(f"the letter '{letter * width}' of the date pattern is not supported")
    return _FIELDS[letter]
