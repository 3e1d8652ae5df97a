"""The order of Java's HashMap, as read off Camunda 7.24 (`GET .../variables` after a start with these names)."""

import pytest

from workflow_engine.rest.variables.order import in_hash_order

pytestmark = pytest.mark.one_database

NAMES = ["assignee", "n", "s", "i", "dd", "bo", "nul", "by", "file", "x", "j", "sh", "lo", "da", "tr"]
# The transient "tr" is not stored.
CAMUNDAS = ["dd", "lo", "nul", "i", "j", "bo", "n", "s", "file", "sh", "by", "x", "assignee", "da"]


def test_the_order_is_camundas() -> None:
    ordered = in_hash_order(dict.fromkeys(NAMES))
    assert [name for name in ordered if name != "tr"] == CAMUNDAS


def test_any_text_has_a_place() -> None:
    names = dict.fromkeys(["ü", "\U0001f600", "", "\u202e"])
    assert set(in_hash_order(names)) == set(names)
    assert in_hash_order({"one": 1}) == {"one": 1}
