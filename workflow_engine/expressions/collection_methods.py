"""Methods of lists and maps. What is put in is copied: no collection holds itself, none grows without its cost."""

from __future__ import annotations

from typing import Any

from workflow_engine.expressions.budget import COLLECTION_ITEM, spend
from workflow_engine.expressions.comparison import same
from workflow_engine.expressions.errors import ExpressionEvaluationError
from workflow_engine.expressions.signature import Table, table
from workflow_engine.expressions.text import MAX_DEPTH, java_text
from workflow_engine.values import narrow

MAX_ITEMS = 10_000


def get(items: list[Any], at: int) -> Any:
    if not 0 <= at < len(items):
        raise IndexError(f"Index {at} out of bounds for length {len(items)}")
    return items[at]


def index_of(items: list[Any], wanted: Any) -> int:
    spend(len(items) * COLLECTION_ITEM)
    return next((at for at, item in enumerate(items) if same(item, wanted)), -1)


def last_index_of(items: list[Any], wanted: Any) -> int:
    spend(len(items) * COLLECTION_ITEM)
    return next((at for at in range(len(items) - 1, -1, -1) if same(items[at], wanted)), -1)


def append(items: list[Any], item: Any) -> bool:
    if len(items) >= MAX_ITEMS:
        raise ValueError(f"the list has {len(items)} items, the limit is {MAX_ITEMS}")
    items.append(own(item))
    return True


def put(entries: dict[Any, Any], key: Any, item: Any) -> Any:
    """Gives what was there before."""
    if not isinstance(key, str):
        raise ValueError("the key must be a String")
    if len(entries) >= MAX_ITEMS and key not in entries:
        raise ValueError(f"the map has {len(entries)} entries, the limit is {MAX_ITEMS}")
    before = entries.get(key)
    entries[key] = own(item)
    return before


def lookup(entries: dict[Any, Any], key: Any, otherwise: Any = None) -> Any:
    return entries.get(key, otherwise) if has_key(entries, key) else otherwise


def has_key(entries: dict[Any, Any], key: Any) -> bool:
    """Java's keys are typed: the Long 1 is not the String '1', nor the Integer 1."""
    if isinstance(key, (dict, list)):
        return False
    if isinstance(key, str):
        return key in entries
    spend(len(entries) * COLLECTION_ITEM)
    return any(same(found, key) for found in entries)


def has_value(entries: dict[Any, Any], wanted: Any) -> bool:
    spend(len(entries) * COLLECTION_ITEM)
    return any(same(item, wanted) for item in entries.values())


def listed(items: Any) -> list[Any]:
    found = list(items)
    spend(len(found) * COLLECTION_ITEM)
    return found


def own(value: Any, depth: int = 0) -> Any:
    """A copy of a collection; a scalar is itself."""
    if not isinstance(value, (dict, list, tuple)):
        return narrow(value)
    if depth > MAX_DEPTH:
        raise ExpressionEvaluationError(f"a collection nested deeper than {MAX_DEPTH} cannot be added")
    spend((len(value) + 1) * COLLECTION_ITEM)
    if isinstance(value, dict):
        return {key: own(item, depth + 1) for key, item in value.items()}
    return [own(item, depth + 1) for item in value]


READ_ONLY_LIST: Table = table(
    size=("", len),
    isEmpty=("", lambda items: not items),
    get=("i", get),
    contains=("o", lambda items, wanted: index_of(items, wanted) >= 0),
    indexOf=("o", index_of),
    lastIndexOf=("o", last_index_of),
    equals=("o", same),
    toString=("", java_text),
)
LIST: Table = {**READ_ONLY_LIST, **table(add=("o", append))}

READ_ONLY_MAP: Table = table(
    size=("", len),
    isEmpty=("", lambda entries: not entries),
    get=("o", lookup),
    getOrDefault=("oo", lookup),
    containsKey=("o", has_key),
    containsValue=("o", has_value),
    keySet=("", lambda entries: listed(entries)),
    values=("", lambda entries: listed(entries.values())),
    equals=("o", same),
    toString=("", java_text),
)
MAP: Table = {**READ_ONLY_MAP, **table(put=("oo", put))}
