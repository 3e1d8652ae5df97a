"""Is a text well-formed XML without a DTD? Whoever reads such a variable later must not be led to foreign files or endless entities."""

from __future__ import annotations

from xml.parsers import expat

from workflow_engine.rest.limits import limits


def check_well_formed(text: str) -> None:
    """ValueError otherwise."""
    parser, depth, deepest = expat.ParserCreate(), 0, limits().max_nesting

    def doctype(*_: object) -> None:
        raise ValueError("has a DTD, which is not allowed")

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > deepest:
            raise ValueError(f"is nested deeper than {deepest} levels")

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        # As text the encoding is known, whatever the declaration says.
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise ValueError(f"is not well-formed XML: {error}") from None
