"""Addresses and answers of the admin, as tests speak of them."""

from html import unescape
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from workflow_engine.admin.links import listing, operation, page

__all__ = ["do", "listing", "messages_of", "operation", "page", "read"]


def read(client: Client, address: str) -> str:
    """The text of a page that must be there."""
    answer = client.get(address)
    assert answer.status_code == 200, f"{address} answers {answer.status_code}"
    return unescape(answer.content.decode()).replace("\xa0", " ")


def do(client: Client, model_name: str, row_id: object, name: str, /, **data: Any) -> HttpResponse:
    """Confirms an operation."""
    answer: HttpResponse = client.post(operation(model_name, row_id, name), {"_confirmed": "1", **data})
    return answer


def messages_of(answer: HttpResponse) -> str:
    return " | ".join(str(message) for message in get_messages(answer.wsgi_request))  # type: ignore[attr-defined]
