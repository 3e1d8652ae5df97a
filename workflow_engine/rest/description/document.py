"""The OpenAPI document: every operation that the addresses and views have, with what the tables say of it.

The only module that needs drf-spectacular, which finds the endpoints and keeps the components.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.plumbing import ResolvedComponent

from workflow_engine import API_VERSION
from workflow_engine.rest.description.describing import SECURITY, Described, operation_of
from workflow_engine.rest.description.operations import anonymous, declared_lists, declared_operations
from workflow_engine.rest.description.queries import body_schema
from workflow_engine.rest.description.shapes import SHAPES, Schema, named_in
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.resources.identity.common import LinkedView

OPENAPI = "3.1.0"
TITLE = "Workflow engine REST API"
INTRODUCTION = """\
The REST API of Camunda 7's engine, spoken by a BPMN engine inside Django. Every operation also answers below `engine/default/`.

Dates are `yyyy-MM-dd'T'HH:mm:ss.SSSZ`; ISO 8601 is understood as well. Unknown fields and parameters are ignored. Every refusal
has the same form (`Exception`). All but `/version` want a login: HTTP Basic, the bearer token of a worker credential, or the
site's session with its CSRF token.

Not supported, and answered with 501: """


class Endpoints(EndpointEnumerator):
    def get_allowed_methods(self, callback: Any) -> list[str]:
        """OPTIONS only where it answers with something."""
        shows_links = issubclass(callback.cls, LinkedView)
        return [*super().get_allowed_methods(callback), *(["OPTIONS"] if shows_links else [])]


class Generator(SchemaGenerator):
    """Of these patterns alone, whatever the site's own settings for drf-spectacular say."""

    endpoint_inspector_cls = Endpoints

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queries: dict[str, type[ListQuery]] = {}

    def described(self) -> Iterator[Described]:
        self._initialise_endpoints()
        lists, operations = declared_lists(), declared_operations()
        # As drf-spectacular keeps them: four things, and none is missing once it has looked.
        endpoints: Any = self.endpoints
        for path, _, method, callback in endpoints:
            view = self.create_view(callback, method)
            key = anonymous(path)
            yield Described(path, method, type(view), operations.get((method, key)), lists.get(key))

    def document(self, not_supported: tuple[str, ...]) -> Schema:
        paths: dict[str, Schema] = {}
        for described in self.described():
            if described.is_list:
                self.queries[described.view.query.__name__] = described.view.query
            paths.setdefault(described.path, {})[described.method.lower()] = operation_of(described)
        for name in not_supported:
            paths[f"/{name}"] = {"get": _refused(name)}
        self._register(set(named_in(paths)))
        return {
            "openapi": OPENAPI,
            "info": {
                "title": TITLE,
                "version": API_VERSION,
                "description": INTRODUCTION + ", ".join(f"`/{name}`" for name in not_supported) + ".",
            },
            "paths": dict(sorted(paths.items())),
            "components": {**self.registry.build({}), "securitySchemes": SECURITY},
        }

    def _register(self, names: set[str]) -> None:
        """The named shapes, and those that they name in turn."""
        for name in sorted(names):
            schema = body_schema(self.queries[name]) if name in self.queries else SHAPES[name].schema()
            component = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, object=Schema)
            if (name, ResolvedComponent.SCHEMA) not in self.registry._components:
                self.registry.register(component)
                self._register(set(named_in(component.schema)))


def _refused(name: str) -> Schema:
    described = Described(f"/{name}", "GET", None, None, None)
    return {**operation_of(described), "summary": f"Not supported: {name}, and everything below it"}


@lru_cache(maxsize=1)
def document() -> Schema:
    """The same for everybody; built once in a process."""
    from workflow_engine.rest import urls

    return Generator(patterns=urls.PATTERNS).document(urls.NOT_SUPPORTED)


def undeclared() -> list[str]:
    """Operations whose answer no table knows."""
    from workflow_engine.rest import urls

    found = Generator(patterns=urls.PATTERNS).described()
    return [f"{one.method} {one.path}" for one in found if not one.is_declared]
