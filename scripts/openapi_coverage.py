"""Compares our description of the REST API with Camunda's, operation by operation and field by field.

    python -m scripts.openapi_coverage [PATH of Camunda's openapi.json] [--missing]

An operation counts as there when address and method are; its fields are query parameters, and what bodies and answers hold.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CAMUNDA = ROOT.parent / "shared" / "openapi" / "engine-rest-7.24.json"
METHODS = ("get", "post", "put", "delete", "options")
# Answered with 501, and said so in docs/rest-api.md.
NOT_SUPPORTED = ("decision-definition", "decision-requirements-definition", "decision-instance", "case-")
# Fields of operations that are there, left out on purpose: a pattern, and why.
DEPARTURES = {
    r"200\.deployed(Case|Decision)\w+\.": "case management and decisions are not supported: always null",
    r"\.fieldValue\.\*$": "always a text, as Camunda's engine answers it; its description calls it an object",
    r"/process-instance/job-retries\S*: body\.job(Ids|Query)\b": "the fields of POST /job/retries; Camunda ignores them here",
    r"license-key\.": "there is no license key: always null",
    r"/suspended: body\.processDefinition(Id|Key)$": "the address names the definition; Camunda refuses both as well",
    r"(PUT|POST) \S+/comment(/create)?: body\.(links|userId|time|taskId|removalTime|rootProcessInstanceId|id|processInstanceId)\b":
        "the fields of the answer, which nobody can set: Camunda's description has one object for both",
    r"(PUT /task/\{id\}|POST /task/create): body\.": "the fields of the answer, which nobody can set, and those of cases",
}  # fmt: skip
MAX_DEPTH = 4
_PARAMETER = re.compile(r"\{[^}]*\}")
Document = dict[str, Any]


@dataclass(slots=True)
class Coverage:
    """What there is of one resource, and what is missing."""

    operations: int = 0
    fields: int = 0
    missing_operations: list[str] = field(default_factory=list)
    missing_fields: list[str] = field(default_factory=list)
    departures: list[str] = field(default_factory=list)


def load_ours() -> Document:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from workflow_engine.rest.description.document import document

    return document()


def resource_of(path: str) -> str:
    first, *others = path.strip("/").split("/")
    return f"{first}/{others[0]}" if first == "history" else first


def compare(ours: Document, theirs: Document) -> dict[str, Coverage]:
    """By resource of Camunda's description; those that are not supported are left out."""
    known = {
        (method, _PARAMETER.sub("{}", path)): operation
        for path, methods in ours["paths"].items()
        for method, operation in methods.items()
    }
    found: dict[str, Coverage] = defaultdict(Coverage)
    for path, methods in theirs["paths"].items():
        resource = resource_of(path)
        if any(name in resource for name in NOT_SUPPORTED):
            continue
        for method in (name for name in METHODS if name in methods):
            coverage, wanted = found[resource], fields_of(theirs, methods[method])
            coverage.operations += 1
            coverage.fields += len(wanted)
            own = known.get((method, _PARAMETER.sub("{}", path)))
            if own is None:
                coverage.missing_operations.append(f"{method.upper()} {path}")
                coverage.missing_fields += [f"{method.upper()} {path}: {name}" for name in sorted(wanted)]
                continue
            described = fields_of(ours, own)
            for name in sorted(name for name in wanted if not is_covered(name, described)):
                told = f"{method.upper()} {path}: {name}"
                on_purpose = any(re.search(pattern, told) for pattern in DEPARTURES)
                (coverage.departures if on_purpose else coverage.missing_fields).append(told)
    return dict(found)


def is_covered(name: str, own: set[str]) -> bool:
    """A field of an object that we describe as free is understood as well; and what they leave free we may describe."""
    if name in own:
        return True
    if name.endswith("*") and any(one.startswith(name[:-1]) for one in own):
        return True
    parts = name.split(".")
    return any(f"{'.'.join(parts[:length])}.*" in own for length in range(1, len(parts)))


def fields_of(document: Document, operation: Document) -> set[str]:
    """ "query name", "body a.b", "200 a.b": everything that an operation takes and gives."""
    found = {
        f"query {one['name']}"
        for one in operation.get("parameters", ())
        if _resolved(document, one).get("in") == "query"
    }
    for content in operation.get("requestBody", {}).get("content", {}).values():
        found |= {f"body.{name}" for name in _names(document, content.get("schema", {}), 0)}
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            found.add(status)
            for content in response.get("content", {}).values():
                found |= {f"{status}.{name}" for name in _names(document, content.get("schema", {}), 0)}
    return found


def _names(document: Document, schema: Document, depth: int, inside: tuple[str, ...] = ()) -> Iterator[str]:
    """`inside`: the shapes around this one, so that one that holds itself is told once."""
    if (name := schema.get("$ref")) is not None:
        if name in inside:
            return
        inside = (*inside, name)
    schema = _resolved(document, schema)
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _names(document, part, depth, inside)
    if "items" in schema:
        yield from _names(document, schema["items"], depth, inside)
    properties = schema.get("properties", {})
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _names(document, schema["additionalProperties"], depth, inside)
    elif not properties and ("object" in _types(schema) or not schema):
        yield "*"
    if depth < MAX_DEPTH:
        for name, part in properties.items():
            yield name
            yield from (f"{name}.{inner}" for inner in _names(document, part, depth + 1, inside))


def _types(schema: Document) -> list[str]:
    kind = schema.get("type", [])
    return kind if isinstance(kind, list) else [kind]


def _resolved(document: Document, schema: Document) -> Document:
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    return schema


def percentage(missing: int, total: int) -> str:
    return f"{100 * (total - missing) / total:6.1f} %" if total else "   100 %"


def report(found: dict[str, Coverage], with_missing: bool) -> Iterator[str]:
    total = Coverage()
    yield f"{'resource':32}{'operations':>12}{'':10}{'fields':>14}"
    for resource, one in sorted(found.items()):
        yield _line(resource, one)
        total.operations += one.operations
        total.fields += one.fields
        total.missing_operations += one.missing_operations
        total.missing_fields += one.missing_fields
        total.departures += one.departures
    yield _line("total", total)
    yield f"{len(total.departures)} fields are left out on purpose, for the reasons in scripts/openapi_coverage.py and docs/rest-api.md."
    if with_missing:
        yield from (f"missing operation: {name}" for name in total.missing_operations)
        absent = tuple(total.missing_operations)
        yield from (f"missing field: {name}" for name in total.missing_fields if not name.startswith(absent))


def _line(name: str, one: Coverage) -> str:
    operations, fields = len(one.missing_operations), len(one.missing_fields) + len(one.departures)
    return (
        f"{name:32}{one.operations - operations:5}/{one.operations:<5}{percentage(operations, one.operations)}"
        f"  {one.fields - fields:6}/{one.fields:<6}{percentage(fields, one.fields)}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?", type=Path, default=CAMUNDA, help="Camunda's description of its REST API")
    parser.add_argument("--missing", action="store_true", help="list what is missing")
    options = parser.parse_args()
    if not options.path.is_file():
        print(f"Camunda's description is not at {options.path}: nothing is compared.")
        return 2
    found = compare(load_ours(), json.loads(options.path.read_text()))
    for line in report(found, options.missing):
        print(line)
    return 1 if any(one.missing_operations for one in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
