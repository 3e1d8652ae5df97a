"""What is wrong with a model: one problem per sentence, all of them reported together.

Never decides what is wrong; the parsing functions do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflow_engine.bpmn.xml import Node

MAX_PROBLEMS = 500  # what nobody reads to the end is not reported to the end
MAX_MESSAGE = 500
MAX_TEXT = 255


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One finding. `severity`: "error" refuses the deployment, "warning" does not."""

    severity: str
    message: str
    element_id: str | None = None
    line: int | None = None
    column: int | None = None
    resource_name: str = ""

    def __str__(self) -> str:
        places = []
        if self.element_id is not None:
            places.append(f"element '{self.element_id}'")
        if self.line is not None:
            places.append(f"line {self.line}")
        return f"{self.message} ({', '.join(places)})" if places else self.message


class InvalidModel(Exception):
    """The model is refused, for the reasons in `problems`."""

    def __init__(self, problems: tuple[Problem, ...], resource_name: str = "") -> None:
        self.problems = problems
        self.resource_name = resource_name
        super().__init__(problems, resource_name)

    def __str__(self) -> str:
        head = f"The model '{self.resource_name}' is refused" if self.resource_name else "The model is refused"
        return "\n".join([f"{head}:", *(f"- {problem}" for problem in self.problems)])


class ModelError(Exception):
    """Raised by a parsing function that cannot go on with its element; caught where elements are enumerated."""

    def __init__(self, message: str, node: Node) -> None:
        self.message = message
        self.node = node
        super().__init__(message)


def shorten(text: str, length: int = 80) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def check_length(text: str | None, what: str, node: Node, problems: Problems) -> None:
    """Texts the engine keeps in columns of limited length."""
    if text is not None and len(text) > MAX_TEXT:
        problems.error(
            f"The {what} of the {node.tag} has {len(text)} characters; at most {MAX_TEXT} are allowed.", node
        )


class Problems:
    """Collects the problems of one resource in the order they are found."""

    def __init__(self, resource_name: str) -> None:
        self.resource_name = resource_name
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []

    def error(self, message: str, node: Node | None = None) -> None:
        if len(self.errors) < MAX_PROBLEMS:
            self.errors.append(self._problem("error", message, node))

    def warning(self, message: str, node: Node | None = None) -> None:
        if len(self.warnings) < MAX_PROBLEMS:
            self.warnings.append(self._problem("warning", message, node))

    def add(self, error: ModelError) -> None:
        self.error(error.message, error.node)

    def refuse_if_any(self) -> None:
        if self.errors:
            raise InvalidModel(tuple(self.errors), self.resource_name)

    def _problem(self, severity: str, message: str, node: Node | None) -> Problem:
        owner = node.owner_id if node else None
        return Problem(
            severity=severity,
            message=shorten(message, MAX_MESSAGE),
            element_id=shorten(owner, MAX_TEXT) if owner is not None else None,
            line=node.line if node else None,
            column=node.column if node else None,
            resource_name=self.resource_name,
        )
