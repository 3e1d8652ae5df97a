from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from workflow_engine.client.values import Typed, decode, encode, encode_all


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (None, {"value": None, "type": "Null"}),
        (True, {"value": True, "type": "Boolean"}),
        (7, {"value": 7, "type": "Integer"}),
        (2**31, {"value": 2**31, "type": "Long"}),
        (0.5, {"value": 0.5, "type": "Double"}),
        ("a", {"value": "a", "type": "String"}),
        (b"\x00\x01", {"value": "AAE=", "type": "Bytes"}),
        ({"a": [1, None]}, {"value": '{"a": [1, null]}', "type": "Json"}),
        (datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), {"value": "2026-01-02T03:04:05.678+0000", "type": "Date"}),
    ],
)
def test_a_value_goes_out_with_its_type_and_comes_back(value: Any, wire: dict[str, Any]) -> None:
    assert encode(value) == wire
    expected = value.replace(microsecond=678000) if isinstance(value, datetime) else value
    assert decode(wire) == expected


@pytest.mark.parametrize(
    ("value", "text"), [(Decimal("1.10"), "1.10"), (date(2026, 1, 2), "2026-01-02"), (UUID(int=1), str(UUID(int=1)))]
)
def test_values_without_a_type_on_the_wire_are_strings(value: Any, text: str) -> None:
    assert encode(value) == {"value": text, "type": "String"}


def test_a_typed_value_is_sent_as_given() -> None:
    assert encode(Typed(5, "Long")) == {"value": 5, "type": "Long", "valueInfo": {}}


def test_an_object_in_json_is_read() -> None:
    wire = {"value": '{"a":1}', "type": "Object", "valueInfo": {"serializationDataFormat": "application/json"}}
    assert decode(wire) == {"a": 1}


@pytest.mark.parametrize("value", [object(), 2**63, float("nan"), {"a": {1, 2}}])
def test_what_cannot_be_sent_is_refused_by_name(value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="'amount'"):
        encode_all({"amount": value})
