"""Reports as comma-separated values, for callers that accept nothing they like better."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from workflow_engine.rest.answers import file_answer

JSON, TYPES = "application/json", ("application/csv", "text/csv")


def wanted_csv_type(request: Any) -> str | None:
    """The one of the types that the caller prefers to JSON; None: JSON."""
    plain: HttpRequest = request._request
    preferred = plain.get_preferred_type([JSON, *TYPES])
    return preferred if preferred in TYPES else None


def csv_answer(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, name: str, content_type: str
) -> HttpResponse:
    """`columns`: the key in a row, and its head line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns.values())
    writer.writerows([_cell(row[key]) for key in columns] for row in rows)
    return file_answer(text.getvalue().rstrip("\n").encode(), name=name, content_type=content_type)


def _cell(value: Any) -> Any:
    """Names come from whoever may deploy: a spreadsheet must not take one for a formula."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if is_formula else value
