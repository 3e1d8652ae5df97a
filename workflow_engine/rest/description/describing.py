"""One operation as OpenAPI: what its view tells, what its table declares, and the refusals that all have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workflow_engine.rest.authentication import SessionWithCsrf
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.description import queries
from workflow_engine.rest.description.operations import FILE, PLAIN, Operation
from workflow_engine.rest.description.shapes import Schema, schema_of
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.resources.identity.common import LinkedView
from workflow_engine.services.authorization.resources import APP

SECURITY: Schema = {
    "basic": {"type": "http", "scheme": "basic", "description": "Name and password of a user of the site."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "The token of a worker credential."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "The site's login; requests that change something need the header X-CSRFToken too.",
    },
}
PAGE, FORM = "page", "form"
_PARAMETER = re.compile(r"\{([^}]*)\}")
_WORD = re.compile(r"(?<!^)(?=[A-Z])")
_WRITING = ("POST", "PUT", "DELETE")
_REFUSALS = {
    400: "The request is wrong: `message` says what and why.",
    401: "Nobody is logged in, or the credentials are wrong.",
    403: "The caller has not the permission.",
    404: "What the address or the request names does not exist, or may not be seen.",
    405: "There is no such method here.",
    409: "The state of what is there does not allow it now, or another request came first.",
    411: "The body has no Content-Length.",
    413: "The body is too large.",
    414: "The query string is too long: send the query as POST.",
    415: "The body has the wrong media type.",
    422: "The Idempotency-Key was used for another request.",
    501: "Not supported by this engine.",
    503: "The database could not carry it out now: send it again.",
}


@dataclass(frozen=True, slots=True)
class Described:
    """An endpoint: what there is to describe it by."""

    path: str
    method: str
    view: Any  # the class; None where the engine only refuses
    declared: Operation | None
    row: str | None  # of a list: the type of one row

    @property
    def is_list(self) -> bool:
        return self.view is not None and issubclass(self.view, ListView)

    @property
    def is_count(self) -> bool:
        return self.view is not None and issubclass(self.view, CountView)

    @property
    def is_options(self) -> bool:
        return self.method == "OPTIONS"

    @property
    def is_declared(self) -> bool:
        return self.is_options or self.is_count or (self.row if self.is_list else self.declared) is not None


def operation_of(one: Described) -> Schema:
    operation = {
        "operationId": _operation_id(one),
        "tags": [_tag(one.path)],
        "summary": _summary(one),
        "description": _description(one),
        "parameters": list(_parameters(one)),
        "responses": {str(status): content for status, content in sorted(_responses(one).items())},
        "security": [] if _is_public(one) else [{name: []} for name in SECURITY],
    }
    if (body := _body(one)) is not None:
        operation["requestBody"] = body
    return operation


def _operation_id(one: Described) -> str:
    words = [word for part in one.path.split("/") for word in re.split(r"[^a-zA-Z0-9]+", part) if word]
    return one.method.lower() + "".join(word[0].upper() + word[1:] for word in words)


def _tag(path: str) -> str:
    first, *others = path.strip("/").split("/")
    return f"{first}/{others[0]}" if first == "history" else first


def _summary(one: Described) -> str:
    if one.declared is not None and one.declared.summary:
        return one.declared.summary
    words = "Links" if one.is_options else "" if one.view is None else " ".join(_WORD.split(one.view.__name__))
    return f"{one.method} {words}".strip()


def _description(one: Described) -> str:
    if one.view is None:
        return "This resource is not supported by this engine."
    own = [one.view.__doc__, getattr(getattr(one.view, one.method.lower(), None), "__doc__", None)]
    inherited = {base.__doc__ for base in (EngineView, ListView, CountView, LinkedView)}
    texts = [text.strip() for text in own if text and text not in inherited]
    needed = one.view.permissions.get("GET" if one.is_options else one.method)
    if _is_public(one):
        texts.append("Open to everybody.")
    else:
        texts.append(f"Needs the permission `{_full_name(needed)}`{_instead(one)}." if needed else "Needs a login.")
    return "\n\n".join(texts)


def _instead(one: Described) -> str:
    is_own = one.view is not None and one.view.shows_own and one.method in ("GET", "OPTIONS")
    return "; without it one sees what one has made oneself" if is_own else ""


def _full_name(permission: str) -> str:
    return permission if "." in permission else f"{APP}.{permission}"


def _is_public(one: Described) -> bool:
    return one.view is not None and SessionWithCsrf not in one.view.authentication_classes


def _parameters(one: Described) -> Iterator[Schema]:
    for name in _PARAMETER.findall(one.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    for name, schema in _query(one).items():
        yield {"name": name, "in": "query", "schema": schema}
    if one.declared is not None and 422 in one.declared.errors:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same key, caller and content: the same answer, and the work is done once.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        }


def _query(one: Described) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    if one.is_options:
        return found
    if one.is_list or one.is_count:
        if one.method == "GET":
            found = queries.address_parameters(one.view.query, is_list=one.is_list)
        elif one.is_list:
            found = queries.paging_parameters()
            if "deserializeValues" in one.view.query.parameters:
                found["deserializeValues"] = schema_of("boolean")
    if one.declared is not None:
        found |= {name: schema_of(kind) for name, kind in one.declared.query.items()}
    return found


def _body(one: Described) -> Schema | None:
    if (one.is_list or one.is_count) and one.method == "POST":
        return _json(schema_of(one.view.query.__name__))
    if one.declared is None:
        return None
    if one.declared.form:
        form = {"type": "object", "properties": {name: schema_of(kind) for name, kind in one.declared.form.items()}}
        return {"content": {"multipart/form-data": {"schema": form}}, "required": True}
    return None if one.declared.body is None else _json(schema_of(one.declared.body))


def _json(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}


def _responses(one: Described) -> dict[int, Schema]:
    found = {status: _answer(kind) for status, kind in _answers(one).items()}
    for media in one.declared.also_as if one.declared is not None else ():
        found[200]["content"][media] = {"schema": {"type": "string"}}
    for status in _refusals(one):
        found[status] = {"description": _REFUSALS[status], **_json(schema_of("Exception"))}
    return found


def _answers(one: Described) -> dict[int, str | None]:
    if one.view is None:
        return {}
    if one.is_options:
        return {200: "Links"}
    if one.is_count:
        return {200: "Count"}
    if one.is_list:
        return {200: f"[{one.row or 'any'}]"}
    return dict(one.declared.answers) if one.declared is not None else {200: "any", 204: None}


def _answer(kind: str | None) -> Schema:
    if kind is None:
        return {"description": "Done."}
    media = {FILE: "*/*", PLAIN: "text/plain", PAGE: "text/html", FORM: "application/xhtml+xml"}.get(kind)
    if media is not None:
        return {"description": "The content.", "content": {media: {"schema": {"type": "string"}}}}
    return {"description": "The answer.", **_json(schema_of(kind))}


def _refusals(one: Described) -> set[int]:
    if one.view is None:
        return {400, 401, 403, 414, 501}
    found = {400, 503} if _is_public(one) else {400, 401, 403, 414, 503}
    if "{" in one.path or one.method in _WRITING:
        found.add(404)
    if one.method in _WRITING:
        found |= {409, 411, 413, 415}
    return found | set(one.declared.errors if one.declared is not None else ())
