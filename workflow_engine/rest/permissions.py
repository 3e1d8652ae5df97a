"""May they? One Django permission for each method of a view, had or given by authorization; a superuser has them all."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from workflow_engine.services.authorization import may

APP = "workflow_engine"


class HasPermission(BasePermission):
    """Anonymous is refused everywhere; DRF then answers 401, and 403 to the others."""

    message = "You are not permitted to do that."

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not user or not user.is_authenticated:
            return False
        needed = view.permissions.get("GET" if request.method in ("HEAD", "OPTIONS") else request.method)
        if needed is None or may(user, needed):
            return True
        self.message = refusal(user, needed)
        return False


def refusal(user: Any, permission: str) -> str:
    return f"User '{user.get_username()}' has not the permission '{APP}.{permission}'."


class IsPublic(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return True
