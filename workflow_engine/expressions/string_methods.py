"""Methods of String. No regular expressions: they can run for ever, so `matches` and `replaceAll` do not exist."""

from __future__ import annotations

import re
from typing import Any

from workflow_engine.expressions.budget import check_text, spend
from workflow_engine.expressions.coercion import to_integer
from workflow_engine.expressions.errors import UnknownMethodError
from workflow_engine.expressions.java import wrap_integer
from workflow_engine.expressions.signature import Table, table
from workflow_engine.expressions.text import to_text

_TRIM = "".join(map(chr, range(0x21)))
_META = frozenset(".$|()[{^?*+\\")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def _index(text: str, at: int, limit: int) -> int:
    if not 0 <= at <= limit:
        raise IndexError(f"index {at}, length {len(text)}")
    return at


def char_at(text: str, at: int) -> str:
    return text[_index(text, at, len(text) - 1)]


def substring(text: str, begin: int, end: int | None = None) -> str:
    stop = _index(text, len(text) if end is None else end, len(text))
    return text[_index(text, begin, stop) : stop]


def contains(text: str, wanted: str) -> bool:
    spend(len(text))
    return wanted in text


def index_of(text: str, wanted: Any) -> int:
    spend(len(text))
    searched = _searched(wanted, "indexOf")
    return -1 if searched is None else text.find(searched)


def last_index_of(text: str, wanted: Any) -> int:
    spend(len(text))
    searched = _searched(wanted, "lastIndexOf")
    return -1 if searched is None else text.rfind(searched)


def replace(text: str, old: str, new: str) -> str:
    spend(len(text))
    check_text(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def concat(text: str, other: str) -> str:
    check_text(len(text) + len(other))
    return text + other


def repeat(text: str, times: int) -> str:
    if times < 0:
        raise ValueError(f"count is negative: {times}")
    check_text(len(text) * times)
    return text * times


def upper(text: str) -> str:
    check_text(len(text))
    return text.upper()


def lower(text: str) -> str:
    check_text(len(text))
    return text.lower()


def split(text: str, separator: str, limit: int = 0) -> list[str]:
    """By a literal separator; what would be a regular expression in Java is refused rather than read otherwise."""
    literal = _ESCAPED.sub(r"\1", separator)
    if len(_ESCAPED.sub("", separator)) and not _META.isdisjoint(_ESCAPED.sub("", separator)):
        raise ValueError(
            f"'{separator}' would be a regular expression, only literal text is supported (escape with \\)"
        )
    if any(char.isalnum() for char in _ESCAPED.findall(separator)):
        raise ValueError(f"'{separator}' would be a regular expression, only literal text is supported")
    spend(len(text) * 2)
    if not text:
        return [text]
    parts = text.split(literal, limit - 1 if limit > 0 else -1) if literal else _characters(text, limit)
    while limit == 0 and len(parts) > 1 and parts[-1] == "":
        parts.pop()
    return [] if limit == 0 and parts == [""] else parts


def _characters(text: str, limit: int) -> list[str]:
    return list(text) if limit <= 0 else [*text[: limit - 1], text[limit - 1 :]]


def compare(text: str, other: Any) -> int:
    """The difference of the first differing characters, else of the lengths."""
    spend(len(text) * 4)
    other = "" if other is None else other
    if not isinstance(other, str):
        raise ValueError("only a String can be compared with a String")
    differing = next(((a, b) for a, b in zip(text, other, strict=False) if a != b), None)
    return ord(differing[0]) - ord(differing[1]) if differing else len(text) - len(other)


def hash_code(text: str) -> int:
    spend(len(text) * 8)
    code, units = 0, text.encode("utf-16-be", "surrogatepass")
    for at in range(0, len(units), 2):
        code = (code * 31 + units[at] * 256 + units[at + 1]) & 0xFFFFFFFF
    return wrap_integer(code)


def _searched(wanted: Any, method: str) -> str | None:
    """Java's indexOf(int) takes a character's code, which may be none at all."""
    if wanted is None:
        raise UnknownMethodError(f"Unable to find unambiguous method: class java.lang.String.{method}(null)")
    if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
        code = to_integer(wanted)
        return chr(code) if 0 <= code <= 0x10FFFF else None
    return to_text(wanted)


TABLE: Table = table(
    length=("", len),
    isEmpty=("", lambda text: not text),
    isBlank=("", lambda text: not text.strip()),
    toUpperCase=("", upper),
    toLowerCase=("", lower),
    trim=("", lambda text: text.strip(_TRIM)),
    strip=("", lambda text: text.strip()),
    toString=("", lambda text: text),
    hashCode=("", hash_code),
    charAt=("i", char_at),
    substring=("i", substring),
    substring_2=("ii", substring),
    startsWith=("s", lambda text, other: text.startswith(other)),
    endsWith=("s", lambda text, other: text.endswith(other)),
    contains=("c", contains),
    indexOf=("o", index_of),
    lastIndexOf=("o", last_index_of),
    replace=("cc", replace),
    concat=("s", concat),
    repeat=("i", repeat),
    split=("s", split),
    split_2=("si", split),
    equals=("o", lambda text, other: isinstance(other, str) and text == other),
    equalsIgnoreCase=("s", lambda text, other: lower(text) == lower(other)),
    compareTo=("o", compare),
    compareToIgnoreCase=("s", lambda text, other: compare(lower(text), lower(other))),
)
