"""Addresses of the admin's pages. Knows no rows: an address of something that is gone leads to its history or a message."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString


def page(model_name: str, row_id: object) -> str:
    return reverse(f"admin:workflow_engine_{model_name}_change", args=(quote(str(row_id)),))


def log(model_name: str, row_id: object) -> str:
    """Of what was done to it in the admin."""
    return reverse(f"admin:workflow_engine_{model_name}_history", args=(quote(str(row_id)),))


def listing(model_name: str, **filters: Any) -> str:
    address = reverse(f"admin:workflow_engine_{model_name}_changelist")
    given = {name: value for name, value in filters.items() if value is not None}
    return f"{address}?{urlencode(given)}" if given else address


def operation(model_name: str, row_id: object, name: str) -> str:
    return reverse(f"admin:workflow_engine_{model_name}_operation", args=(quote(str(row_id)), name))


def link(address: str, text: object, **attributes: str) -> SafeString:
    """`text` is escaped; so is everything else."""
    if title := attributes.get("title"):
        return format_html('<a href="{}" title="{}">{}</a>', address, title, text)
    return format_html('<a href="{}">{}</a>', address, text)
