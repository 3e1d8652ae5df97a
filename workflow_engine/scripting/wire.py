"""Values on their way into a script and back.

Scalars cross as they are; what JavaScript has no type for crosses as an object with one telling key: i(nteger), d(ouble),
l(ong), t(ime), j(son of Spin), o(bject: map or list), h (handle: nothing to look into). The last three carry the number
of the original, and a script that hands one on unchanged hands on the original (`ref`). Answers come from a stranger.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from workflow_engine.engine.ports import ScriptCall, ScriptEffect, ScriptOutcome
from workflow_engine.values import (
    INTEGER_MAX,
    INTEGER_MIN,
    LONG_MAX,
    LONG_MIN,
    JsonError,
    JsonValue,
    Long,
    ObjectValue,
    Short,
    json_text,
    type_name,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)  # JSON.stringify escapes lone ones only
MAX_EFFECTS = 10_000


class BadAnswer(Exception):
    """What came back cannot be kept; a sentence for people, without its full stop."""


def write_call(call: ScriptCall) -> tuple[str, list[Any]]:
    """The text for the sandbox, ASCII only, and the originals that a `ref` may name."""
    originals: list[Any] = []
    state = {
        "source": call.source,
        "scopes": [_write_all(scope, originals) for scope in call.scopes],
        "subjects": {name: _write_all(properties, originals) for name, properties in call.subjects.items()},
    }
    return json.dumps(state, separators=(",", ":")), originals


def _write_all(values: Any, originals: list[Any]) -> dict[str, Any]:
    return {name: _write(value, originals) for name, value in values.items()}


def _write(value: Any, originals: list[Any]) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        small = INTEGER_MIN <= value <= INTEGER_MAX and type(value) in (int, Short)
        return {"i": value} if small else {"l": str(int(value))}
    if isinstance(value, float):
        return {"d": repr(value).replace("inf", "Infinity").replace("nan", "NaN")}
    if isinstance(value, datetime):
        return {"t": (value - _EPOCH) // timedelta(milliseconds=1)}
    originals.append(value)
    number = len(originals) - 1
    if isinstance(value, JsonValue):
        return {"j": value.text, "id": number}
    text = _object_text(value)
    return {"h": type_name(value), "id": number} if text is None else {"o": text, "id": number}


def _object_text(value: Any) -> str | None:
    """The JSON of a map, a list or an object that is stored as JSON."""
    try:
        if isinstance(value, (dict, list, tuple)):
            return json_text(value)
        if isinstance(value, ObjectValue) and value.json is not None:
            return value.json.compact()
    except JsonError:
        pass
    return None


def read_outcome(text: str, numbers: list[Any], originals: list[Any]) -> tuple[ScriptOutcome, list[str]]:
    """The outcome, and the lines that the script printed."""
    reader = _Reader(numbers, originals)
    try:
        found = json.loads(text)
        error = found["error"]
        if error is not None and "failure" in error:
            return ScriptOutcome(failure=_clean(str(error["failure"])[:2000])), []
        if len(found["effects"]) > MAX_EFFECTS:
            raise BadAnswer(f"it makes more than {MAX_EFFECTS} changes")
        outcome = ScriptOutcome(
            result=reader.read(found["result"]),
            effects=tuple(
                ScriptEffect(str(subject), str(method), tuple(reader.read(arg) for arg in args))
                for subject, method, args in found["effects"]
            ),
            bpmn_error=None if error is None else (reader.text(error["code"]), reader.text_or_none(error["message"])),
        )
        return outcome, [_clean(str(line)) for line in found["output"]]
    except BadAnswer:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as problem:
        raise BadAnswer(f"its answer cannot be read ({type(problem).__name__})") from problem


class _Reader:
    def __init__(self, numbers: list[Any], originals: list[Any]) -> None:
        self.numbers = numbers
        self.originals = originals

    def read(self, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self.text(value)
        ((kind, content), *_) = value.items()
        match kind:
            case "n":
                return _number(self.numbers[content])
            case "l":
                if not LONG_MIN <= (number := int(content)) <= LONG_MAX:
                    raise BadAnswer("it makes a whole number that needs more than 64 bits")
                return Long(number)
            case "t":
                return _EPOCH + timedelta(milliseconds=int(content))
            case "j":
                return JsonValue.of(_json(content))
            case "o":
                return _json(content)
            case "ref":
                return self.originals[content]
        raise BadAnswer("its answer holds an unknown kind of value")

    def text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise BadAnswer("its answer holds something else where a text belongs")
        if "\0" in value:
            raise BadAnswer("it makes a text that holds the character NUL")
        return _clean(value)

    def text_or_none(self, value: Any) -> str | None:
        return None if value is None else self.text(value)


def _number(value: Any) -> Any:
    """A number of JavaScript: an int is an Integer, a float a Double."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadAnswer("its answer holds something else where a number belongs")
    return value if isinstance(value, float) or INTEGER_MIN <= value <= INTEGER_MAX else float(value)


def _json(text: str) -> Any:
    if _ESCAPED_NUL.search(text):
        raise BadAnswer("it makes a text that holds the character NUL")
    try:
        return JsonValue(_ESCAPED_SURROGATE.sub(r"\1\\ufffd", _clean(text))).plain()
    except JsonError as error:
        raise BadAnswer(f"it makes a value that cannot be kept: {error}") from error


def _clean(text: str) -> str:
    """Half of a surrogate pair is no character and cannot be stored."""
    return _LONE_SURROGATE.sub("\ufffd", text)
