"""Who may do what: Django's permissions, asked for the model and for the row, so that per-object back ends work too."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

APP = "workflow_engine"


def may(request: HttpRequest, codename: str, row: Any = None) -> bool:
    """Django's own back end knows no rows and says no to any, so the model is asked first."""
    user: Any = request.user
    name = codename if "." in codename else f"{APP}.{codename}"
    return user.has_perm(name) or (row is not None and user.has_perm(name, row))


def may_see_values(request: HttpRequest, row: Any = None) -> bool:
    """Values of variables are confidential: without this permission pages show that there is one, not what it is."""
    return may(request, "view_variables", row)


def who(request: HttpRequest) -> str:
    """The name under which services record who did it."""
    return str(request.user.get_username())
