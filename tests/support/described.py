"""Holds every answer against the description of the API: an answer that is described otherwise, or not at all, fails its test."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_PARAMETER = re.compile(r"<(?:\w+:)?\w+>")
_ROOT = re.compile(r"engine-rest/(?:engine/<str:engine_name>/)?")
DOCUMENT = "urn:description"


@cache
def _document() -> Any:
    from workflow_engine.rest.description.document import document

    return document()


@cache
def operations() -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
    """By method and anonymous path: the path as described, and its operation."""
    from workflow_engine.rest.description.operations import anonymous

    return {
        (method.upper(), anonymous(path)): (path, operation)
        for path, methods in _document()["paths"].items()
        for method, operation in methods.items()
    }


@cache
def _validator(path: str, method: str, status: str) -> Draft202012Validator:
    registry: Any = Registry().with_resource(DOCUMENT, DRAFT202012.create_resource(_document()))
    steps = ["paths", path, method.lower(), "responses", status, "content", "application/json", "schema"]
    pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)
    return Draft202012Validator({"$ref": f"{DOCUMENT}#/{pointer}"}, registry=registry)


def check(method: str, response: Any) -> None:
    """`response` of Django's test client. Unknown addresses and failures are not described."""
    match = getattr(response, "resolver_match", None)
    if match is None or method == "HEAD" or response.status_code == 500:
        return
    if match.kwargs.get("engine_name", "default") != "default":
        return
    found = operations().get((method, _PARAMETER.sub("{}", _ROOT.sub("/", match.route, count=1))))
    if found is None:
        return
    path, operation = found
    where, status = f"{method} {path}", str(response.status_code)
    assert status in operation["responses"], (
        f"{where}: the status {status} is not described: {response.content[:500]!r}"
    )
    described = operation["responses"][status].get("content", {})
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if not described:
        assert not response.content, f"{where}: {status} is described without content: {response.content[:500]!r}"
        return
    assert kind in described or "*/*" in described, f"{where}: {status} comes as {kind!r}, not as {sorted(described)}"
    if kind == "application/json" and kind in described:
        errors = list(_validator(path, method, status).iter_errors(json.loads(response.content)))
        assert not errors, f"{where}: {status} is described otherwise: " + "; ".join(
            f"{error.json_path}: {error.message[:300]}" for error in errors[:5]
        )
