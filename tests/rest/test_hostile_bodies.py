"""Every method of every address meets every hostile body, and every field that it reads meets every wrong value:
a 4xx with a sentence (or a 2xx where that is legal), never a 500, and no row more or less after a refusal."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rest import hostile
from tests.rest.conftest import Api
from tests.rest.hostile import (
    BODIES,
    FORMS,
    KINDS,
    QUERY_VALUES,
    VALUES,
    Address,
    World,
    addresses,
    fields_of,
    nested_mistakes,
)
from tests.support.fuzzing import examples
from workflow_engine.rest.listing.views import QueryView

CHANGING = addresses("POST", "PUT", "PATCH")
READING = addresses("GET")
# What any address may be asked beside its own parameters.
COMMON = (
    "firstResult",
    "maxResults",
    "sortBy",
    "sortOrder",
    "deserializeValues",
    "deserializeValue",
    "cascade",
    "failIfNotExists",
)


@pytest.fixture
def world(api: Api) -> World:
    return World(api)


def test_the_walk_knows_every_address() -> None:
    assert len(CHANGING) >= 100
    assert len(READING) >= 100
    assert {address.pattern.split("/")[0] for address in CHANGING} >= {
        "task",
        "external-task",
        "process-instance",
        "message",
    }


def test_bodies(world: World, counted: Callable[[str, int], None]) -> None:
    sent = 0
    for address in CHANGING:
        for name, body in BODIES.items():
            answer = world.send(address, body)
            assert answer.status < 400 or answer.json["message"], (str(address), name)
            sent += 1
        for kind in KINDS:
            world.send(address, b'{"name": "x"}', content_type=kind)
        for body, kind in FORMS.values():
            world.send(address, body, content_type=kind)
        world.send(address, b"{}", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
        world.send(address, b"{}", CONTENT_LENGTH="x")
        world.send(address, b"{}", CONTENT_LENGTH="-5")
        world.send(address, b"{}", CONTENT_LENGTH=str(10**12))
        sent += len(KINDS) + len(FORMS) + 4
    counted("hostile bodies", sent)
    assert sent >= 100 * (len(BODIES) + len(KINDS) + len(FORMS))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(4))
def test_fields(
    world: World, monkeypatch: Any, database_kind: str, counted: Callable[[str, int], None], part: int
) -> None:
    """One field wrong, the others as they should be; so no check hides behind another."""
    found = 0
    for address in CHANGING[part::4]:
        fields = fields_of(world, address, monkeypatch)
        found += len(fields)
        plausible = {name: value for name, value in fields.items() if value is not None}
        # The many fields of lists share their converters: each gets some of the values. So does each on the second database.
        step = (3 if issubclass(address.view, QueryView) else 1) * (3 if database_kind == "postgres" else 1)
        for number, name in enumerate(fields):
            for value in VALUES[number % step :: step]:
                world.send(address, {**plausible, name: value})
        if not issubclass(address.view, QueryView):
            for body in nested_mistakes(plausible):
                world.send(address, body)
    assert found >= 60
    counted("fields with wrong values", found)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(4))
def test_query_strings(world: World, database_kind: str, part: int) -> None:
    for address in [*READING, *addresses("DELETE")][part::4]:
        names, step = list(COMMON), 8 if database_kind == "postgres" else 4
        if issubclass(address.view, QueryView):
            names += address.view.query.parameters
        for name in names:
            # Every value meets every address, but not every parameter: a list has up to a hundred.
            for value in QUERY_VALUES if name in COMMON[:3] else QUERY_VALUES[names.index(name) % step :: step]:
                world.send(address, query=f"?{name}={value}")
        if issubclass(address.view, QueryView):
            for sort in address.view.query.sortings:
                assert world.send(address, query=f"?sortBy={sort}&sortOrder=desc").status in (200, 400)


def test_addresses_with_strange_ids(world: World) -> None:
    strange = (
        "%00",
        "%ED%A0%80",
        "%F0%9F%98%80",
        "..",
        "%2e%2e%2f",
        "x" * 5_000,
        "%0d%0a",
        "' OR 1=1",
        "{}",
        "%",
        "%25%32%66",
    )
    for address in [*READING, *CHANGING, *addresses("DELETE")]:
        if "<" not in address.pattern:
            continue
        for text in strange:
            names = dict.fromkeys(
                [
                    *world.names,
                    "task_id",
                    "job_id",
                    "incident_id",
                    "execution_id",
                    "variable_id",
                    "log_id",
                    "detail_id",
                ],
                text,
            )
            answer = world.api.call(address.method, address.path(names), {})
            assert 400 <= answer.status < 500 or (answer.status == 200 and address.method == "GET"), (
                str(address),
                text,
                answer.content,
            )


_names = st.sampled_from(
    sorted(
        {
            *hostile.PLAUSIBLE,
            "variables",
            "processVariables",
            "modifications",
            "deletions",
            "sorting",
            "orQueries",
            "type",
            "value",
            "valueInfo",
            "a",
        }
    )
)
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20).filter(lambda t: "\0" not in t and t.isprintable()),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(_names, children, max_size=5),
    max_leaves=15,
)


@examples(400)
@given(address=st.sampled_from(CHANGING), body=st.dictionaries(_names, _json, max_size=6))
def test_any_json(world: World, address: Address, body: Any) -> None:
    world.send(address, json.dumps(body).encode())
