"""May they? One Django permission for each method of a view, had or given by authorization; a superuser has them all."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from workflow_engine.models.worker_credential import VERB_OF
from workflow_engine.rest import visibility
from workflow_engine.rest.errors import refusal
from workflow_engine.rest.worker_tokens import WorkerPrincipal


class HasPermission(BasePermission):
    """Anonymous is refused everywhere; DRF then answers 401, and 403 to the others.

    Who has the permission for some process definitions only gets in where the view can be narrowed to them, and whoever has it
    not at all where there may be rows of his own making.
    """

    message = "You are not permitted to do that."

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not user or not user.is_authenticated:
            return False
        method = "GET" if request.method in ("HEAD", "OPTIONS") else request.method
        if method not in view.permissions:
            return True
        needed = view.permissions[method]
        verb = view.verbs.get(method) or VERB_OF.get(needed)
        if isinstance(user, WorkerPrincipal) and not user.credential.may(verb):
            self.message = f"The worker credential '{user.credential.name}' is not good for {verb or 'that'}."
            return False
        view.definitions = visibility.granted(user, needed)
        if view.definitions is None:
            return True
        if view.definitions and visibility.knows_definitions(view, view.route):
            return True
        if view.shows_own and method == "GET" and not isinstance(user, WorkerPrincipal):
            view.definitions, view.sees_own_only = None, True
            return True
        self.message = refusal(user, needed)
        return False


class IsPublic(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return True
