"""What schemathesis is told beside the description: most addresses name something that is there."""

from __future__ import annotations

import json
import os
from typing import Any
from zlib import crc32

import schemathesis

KNOWN: dict[str, list[str]] = json.loads(os.environ.get("FUZZ_KNOWN", "{}"))


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
    """Three of four, chosen by what was generated, so that a run with the same seed sends the same."""
    if not path_parameters:
        return path_parameters
    return {name: _chosen(name, value) for name, value in path_parameters.items()}


def _chosen(name: str, value: Any) -> Any:
    number, known = crc32(repr(value).encode()), KNOWN.get(name)
    return known[number % len(known)] if known and number % 4 else value
