"""/identity: who shares a group with whom, is a password right, and what must a new one be like."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import NotFound, RestError
from workflow_engine.rest.limits import limits
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.identity.common import OwnView
from workflow_engine.rest.resources.identity.groups import GroupQuery, groups_of_user
from workflow_engine.rest.resources.identity.users import MAX_PASSWORD, NAME, VIEW, profile_json, profile_of
from workflow_engine.rest.visibility import granted
from workflow_engine.services.identity import users as service

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class Groups(OwnView):
    """Everybody may ask for his own groups; with whom he shares them is told to those who may see users."""

    permissions = {"GET": VIEW}
    own = frozenset(("GET", "HEAD"))

    def is_own(self, user_id: str) -> bool:
        return super().is_own(self.request._request.GET.get("userId", ""))

    def get(self, request: Request) -> HttpResponse:
        user_id = self.address().text("userId")
        if not user_id:
            raise RestError("No user id was supplied")
        groups = GroupQuery.rows().filter(pk__in=groups_of_user(user_id).values("pk")).order_by("name")
        others = self._co_members(user_id) if granted(request.user, VIEW) is None else []
        return json_answer(
            {
                "groups": [{"id": group.name, "name": group.title} for group in groups],
                "groupUsers": [_group_user(user) for user in others],
            }
        )

    @staticmethod
    def _co_members(user_id: str) -> list[Any]:
        model: Any = get_user_model()
        condition = {"groups__in": groups_of_user(user_id).values("pk")} if hasattr(model, "groups") else {}
        rows = model._default_manager.filter(**condition) if condition else model._default_manager.none()
        limit = limits().max_page_size
        found = list(rows.exclude(**{NAME: user_id}).order_by(NAME).distinct()[: limit + 1])
        if len(found) > limit:
            raise RestError(
                f"User '{user_id[:300]}' shares groups with more than {limit} others: ask /user with memberOfGroup."
            )
        return found


def _group_user(user: Any) -> dict[str, Any]:
    profile = profile_json(user)
    first, last = profile["firstName"], profile["lastName"]
    shown = " ".join(filter(None, (first, last))) or profile["id"]
    return {"id": profile["id"], "firstName": first, "lastName": last, "displayName": shown}


class Verify(EngineView):
    """Asked by whom lets people log in elsewhere. Not open to everybody: it would tell guessed passwords from right ones."""

    permissions = {"POST": VIEW}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        username, password = body.text("username"), body.text("password", MAX_PASSWORD)
        if not username or not password:
            raise RestError("Username and password are required")
        user = authenticate(request._request, username=username, password=password)
        is_right = user is not None and user.is_active
        return json_answer({"authenticatedUser": username, "groups": None, "tenants": None, "authenticated": is_right})


class PasswordPolicy(EngineView):
    """The validators of AUTH_PASSWORD_VALIDATORS, as rules under Camunda's names."""

    permissions = {}

    def get(self, request: Request) -> HttpResponse:
        return json_answer({"rules": [rule_json(validator) for validator in _validators()]})

    def post(self, request: Request) -> HttpResponse:
        body, validators = self.body(), _validators()
        password = body.required_text("password", MAX_PASSWORD)
        user = _user_of(body.object("profile"))
        rules = [{**rule_json(one), "valid": _is_valid(one, password, user)} for one in validators]
        return json_answer({"rules": rules, "valid": all(rule["valid"] for rule in rules)})


def _validators() -> list[Any]:
    found = get_default_password_validators()
    if not found:
        raise NotFound("There is no password policy: AUTH_PASSWORD_VALIDATORS is empty.")
    return list(found)


def rule_json(validator: Any) -> dict[str, Any]:
    if isinstance(validator, MinimumLengthValidator):
        return {"placeholder": "PASSWORD_POLICY_LENGTH", "parameter": {"minLength": str(validator.min_length)}}
    name = type(validator).__name__.removesuffix("Validator")
    placeholder = "USER_DATA" if name == "UserAttributeSimilarity" else _WORD.sub("_", name).upper()
    return {"placeholder": f"PASSWORD_POLICY_{placeholder}", "parameter": {"text": str(validator.get_help_text())}}


def _is_valid(validator: Any, password: str, user: Any) -> bool:
    try:
        validator.validate(password, user)
    except ValidationError:
        return False
    return True


def _user_of(profile: Body | None) -> Any:
    """A user who is not stored, for rules that compare a password with its owner."""
    if profile is None:
        return None
    user = get_user_model()(**{NAME: profile.text("id") or ""})
    given = profile_of(profile)
    for name, column in service.profile_fields().items():
        if column and column != NAME:
            setattr(user, column, getattr(given, name) or "")
    return user


urlpatterns = [
    path("identity/groups", Groups.as_view()),
    path("identity/verify", Verify.as_view()),
    path("identity/password-policy", PasswordPolicy.as_view()),
]
