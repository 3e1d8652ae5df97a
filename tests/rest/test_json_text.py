"""What JSON is let in, with the fast parser and with Python's own."""

from collections.abc import Iterator
from typing import Any

import pytest

from workflow_engine.rest import json_text

pytestmark = pytest.mark.one_database


@pytest.fixture(params=["fast", "plain"], autouse=True)
def parser(request: Any, monkeypatch: Any) -> Iterator[None]:
    if request.param == "plain":
        monkeypatch.setattr(json_text, "orjson", None)
    return None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{not json", "not valid JSON"),
        ("NaN", "not valid JSON"),
        ('{"a": Infinity}', "not valid JSON"),
        ("-Infinity", "not valid JSON"),
        ("1e400", "not valid JSON"),
        ('"\\ud800"', "not valid"),
        ('"\\u0000"', "NUL"),
        ('{"\\u0000": 1}', "NUL"),
        ("[" * 101 + "]" * 101, "nested"),
        ('{"a":' * 101 + "1" + "}" * 101, "nested"),
        ("[" * 100_000 + "]" * 100_000, "depth|nested"),
        ("9223372036854775808", "64 bits"),
        ("-9223372036854775809", "64 bits"),
        ("1" * 5000, "not valid JSON"),
        ('{"a": [18446744073709551616]}', "64 bits"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        json_text.loads(text.encode())


def test_broken_utf8_is_refused() -> None:
    with pytest.raises(ValueError, match="not valid"):
        json_text.loads(b'"\xff"')


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[" * 100 + "]" * 100, None),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ('"12345678901234567890123"', "12345678901234567890123"),
        ("0.12345678901234567890123", 0.12345678901234567890123),
        ('"\\\\u0000"', "\\u0000"),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ("null", None),
    ],
)
def test_accepted(text: str, value: Any) -> None:
    found = json_text.loads(text.encode())
    assert value is None or found == value


def test_what_is_written_is_json() -> None:
    value = {"text": 'ü"\\\n\u2028', "numbers": [1, 1.5, 2**53], "nothing": None, "flag": True}
    assert json_text.loads(json_text.dumps(value)) == value
