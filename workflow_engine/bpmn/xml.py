"""Reads untrusted XML into a plain tree of nodes.

A document type declaration is refused at its first character, so no entity is ever defined or expanded; size, depth and
counts are limited while reading. Knows nothing of BPMN but the namespaces' short names.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from workflow_engine.bpmn.namespaces import SHORT_NAMES
from workflow_engine.bpmn.problems import InvalidModel, ModelError, Problem

_CHUNK = 64 * 1024
_SEPARATOR = " "


@dataclass(frozen=True, kw_only=True, slots=True)
class ParseLimits:
    """How much one file may demand."""

    max_bytes: int = 2 * 1024 * 1024
    max_depth: int = 100
    max_elements: int = 100_000  # XML elements, diagram included
    max_attributes: int = 200  # of one element
    max_flow_elements: int = 10_000  # activities, events, gateways and sequence flows


# For what was let in before: lower limits must not break instances that are under way.
UNLIMITED = ParseLimits(
    max_bytes=sys.maxsize,
    max_depth=sys.maxsize,
    max_elements=sys.maxsize,
    max_attributes=sys.maxsize,
    max_flow_elements=sys.maxsize,
)


class Node:
    """One XML element. Attributes without namespace keep their name; others read "camunda:class", "{uri}name"."""

    __slots__ = ("attributes", "children", "column", "line", "namespace", "parent", "position", "tag", "text_parts")

    def __init__(self, namespace: str, tag: str, attributes: dict[str, str], parent: Node | None) -> None:
        self.namespace = namespace  # "bpmn", "camunda", ... or the URI
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Node] = []
        self.text_parts: list[str] = []
        self.line = 0
        self.column = 0
        self.position = 0  # in document order

    @property
    def id(self) -> str | None:
        return self.attributes.get("id")

    @property
    def text(self) -> str:
        return "".join(self.text_parts)

    @property
    def owner_id(self) -> str | None:
        """Id of the BPMN element this node is or belongs to."""
        node: Node | None = self
        while node is not None:
            if node.namespace == "bpmn" and node.id is not None and not node.tag.endswith("EventDefinition"):
                return node.id
            node = node.parent
        return self.id

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    def camunda(self, name: str) -> str | None:
        return self.attributes.get("camunda:" + name)

    def all(self, tag: str, namespace: str | None = None) -> list[Node]:
        return [c for c in self.children if c.tag == tag and (namespace is None or c.namespace == namespace)]

    def child(self, tag: str, namespace: str | None = None) -> Node | None:
        """The only child of this name; several are an error of the model."""
        found = self.all(tag, namespace)
        if len(found) > 1:
            raise ModelError(f"There may be only one '{tag}' in a '{self.tag}', not {len(found)}.", found[1])
        return found[0] if found else None

    def extensions(self, tag: str, namespace: str = "camunda") -> list[Node]:
        """Children of this name within extensionElements."""
        extension_elements = self.child("extensionElements")
        return extension_elements.all(tag, namespace) if extension_elements is not None else []

    def extension(self, tag: str, namespace: str = "camunda") -> Node | None:
        extension_elements = self.child("extensionElements")
        return extension_elements.child(tag, namespace) if extension_elements is not None else None

    def walk(self) -> Iterator[Node]:
        """This node and all nodes below it, in document order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def __repr__(self) -> str:
        return f"<{self.tag} id={self.id!r} line={self.line}>"


@dataclass(frozen=True, slots=True)
class Document:
    root: Node
    prefixes: dict[str, str]  # every namespace prefix of the document and its URI


class _Refused(Exception):
    pass


class _Reader:
    """The callbacks of the XML parser."""

    def __init__(self, limits: ParseLimits) -> None:
        self.limits = limits
        self.root: Node | None = None
        self.current: Node | None = None
        self.depth = 0
        self.count = 0
        self.prefixes: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.EntityDeclHandler = self.doctype
        self.parser.StartNamespaceDeclHandler = self.prefix
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def doctype(self, *_: object) -> None:
        raise _Refused("A document type declaration (DTD) is not allowed.")

    def prefix(self, prefix: str | None, uri: str | None) -> None:
        if prefix and uri:
            self.prefixes[prefix] = uri

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.count += 1
        if self.depth > self.limits.max_depth:
            raise _Refused(f"Elements are nested more than {self.limits.max_depth} deep.")
        if self.count > self.limits.max_elements:
            raise _Refused(f"There are more than {self.limits.max_elements} XML elements.")
        if len(attributes) > self.limits.max_attributes:
            raise _Refused(f"An element has more than {self.limits.max_attributes} attributes.")
        uri, _, tag = name.rpartition(_SEPARATOR)
        node = Node(SHORT_NAMES.get(uri, uri), tag, _attributes(attributes), self.current)
        node.line = self.parser.CurrentLineNumber
        node.column = self.parser.CurrentColumnNumber + 1
        node.position = self.count
        if self.current is None:
            self.root = node
        else:
            self.current.children.append(node)
        self.current = node

    def end(self, _: str) -> None:
        self.depth -= 1
        if self.current is not None:
            self.current = self.current.parent

    def characters(self, text: str) -> None:
        if self.current is not None:
            self.current.text_parts.append(text)


def _attributes(raw: dict[str, str]) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for name, value in raw.items():
        uri, separator, local = name.rpartition(_SEPARATOR)
        if not separator:
            attributes[name] = value
            continue
        short = SHORT_NAMES.get(uri)
        attributes[f"{short}:{local}" if short else f"{{{uri}}}{local}"] = value
    return attributes


def read_xml(xml: bytes, resource_name: str, limits: ParseLimits) -> Document:
    """The document as a tree. Raises InvalidModel for anything that is not well-formed or beyond the limits."""

    def refuse(message: str, line: int | None = None, column: int | None = None) -> InvalidModel:
        problem = Problem(severity="error", message=message, line=line, column=column, resource_name=resource_name)
        return InvalidModel((problem,), resource_name)

    if len(xml) > limits.max_bytes:
        raise refuse(f"The file has {len(xml)} bytes; at most {limits.max_bytes} are allowed.")
    reader = _Reader(limits)
    parser = reader.parser
    try:
        for start in range(0, len(xml), _CHUNK):
            parser.Parse(xml[start : start + _CHUNK], False)
        parser.Parse(b"", True)
    except _Refused as refused:
        raise refuse(str(refused), parser.CurrentLineNumber, parser.CurrentColumnNumber + 1) from None
    except expat.ExpatError as error:
        message = f"The XML is not well-formed: {expat.ErrorString(error.code)}."
        raise refuse(message, error.lineno, error.offset + 1) from None
    except (ValueError, LookupError) as error:
        raise refuse(f"The XML cannot be decoded: {error}.", parser.CurrentLineNumber) from None
    if reader.root is None:  # pragma: no cover - the XML parser has refused an empty document
        raise refuse("The XML has no element.")
    return Document(reader.root, reader.prefixes)
