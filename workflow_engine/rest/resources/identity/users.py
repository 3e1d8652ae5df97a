"""/user: the users of the site. Their passwords go in and never out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import authenticate, get_user_model, update_session_auth_hash
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine.models import ProcessDefinition, Tenant
from workflow_engine.rest import convert
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.authentication import SessionWithCsrf
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError
from workflow_engine.rest.listing.parameters import NOTHING, Parameter, any_of, equals, like
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.identity.common import Link, LinkedView, OwnView, find_user
from workflow_engine.services.authorization.holders import holders
from workflow_engine.services.authorization.resources import user_permission
from workflow_engine.services.identity import users as service

VIEW, ADD, CHANGE, DELETE = (user_permission(action) for action in ("view", "add", "change", "delete"))
NAME: str = get_user_model().USERNAME_FIELD
MAX_PASSWORD = 4_096  # Django hashes no longer ones either
_FIELDS = service.profile_fields()


def _profile_condition(name: str, make: Callable[[str], Parameter]) -> Parameter:
    column = _FIELDS[name]
    return Parameter(convert.text, lambda _, __: NOTHING) if column is None else make(column)


def _members_of_group(group_id: str, _: Any) -> Q:
    if not hasattr(get_user_model(), "groups"):
        return NOTHING
    return Q(groups__in=Group.objects.filter(name=group_id))


def _potential_starters(definition_id: str, _: Any) -> Q:
    definition = ProcessDefinition.objects.filter(pk=definition_id).first()
    return NOTHING if definition is None else holders("start_process", definition.key)


class UserQuery(ListQuery):
    parameters = {
        "id": equals(NAME),
        "idIn": any_of(NAME),
        "firstName": _profile_condition("first_name", equals),
        "firstNameLike": _profile_condition("first_name", like),
        "lastName": _profile_condition("last_name", equals),
        "lastNameLike": _profile_condition("last_name", like),
        "email": _profile_condition("email", equals),
        "emailLike": _profile_condition("email", like),
        "memberOfGroup": Parameter(convert.text, _members_of_group),
        "memberOfTenant": Parameter(
            convert.text, lambda tenant_id, _: Q(pk__in=Tenant.objects.filter(pk=tenant_id).values("users"))
        ),
        "potentialStarter": Parameter(convert.text, _potential_starters),
    }
    sortings = {
        "userId": NAME,
        "firstName": _FIELDS["first_name"] or "pk",
        "lastName": _FIELDS["last_name"] or "pk",
        "email": _FIELDS["email"] or "pk",
    }
    default_order = (NAME,)

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return get_user_model()._default_manager.all()


def profile_json(user: Any) -> dict[str, Any]:
    """Camunda has no empty names: an empty field is none."""
    shown = {name: getattr(user, column) or None if column else None for name, column in _FIELDS.items()}
    return {
        "id": user.get_username(),
        "firstName": shown["first_name"],
        "lastName": shown["last_name"],
        "email": shown["email"],
    }


def profile_of(body: Body | None) -> service.Profile:
    if body is None:
        return service.Profile()
    return service.Profile(first_name=body.text("firstName"), last_name=body.text("lastName"), email=body.text("email"))


def check_same_id(body: Body, row_id: str, what: str) -> None:
    """A body may repeat the id of its address, and must not try to change it."""
    given = body.text("id")
    if given is not None and given != row_id:
        raise RestError(f"The id of a {what} cannot be changed: the address says '{row_id}', the body '{given}'.")


class UserList(LinkedView, ListView):
    permissions = {"GET": VIEW}
    query = UserQuery
    links = (
        Link("GET", "list", "user"),
        Link("GET", "count", "user/count"),
        Link("POST", "create", "user/create", ADD),
    )

    def present(self, row: Any, query: ListQuery) -> Any:
        return profile_json(row)


class UserCount(CountView):
    permissions = {"GET": VIEW}
    query = UserQuery


class Create(EngineView):
    permissions = {"POST": ADD}

    def post(self, request: Request) -> HttpResponse:
        body = self.body()
        profile, credentials = body.object("profile"), body.object("credentials")
        user_id = profile.text("id") if profile is not None else None
        if not user_id:
            raise RestError("request object must provide profile information with valid id.")
        password = credentials.text("password", MAX_PASSWORD) if credentials is not None else None
        service.create(user_id, profile_of(profile), password or None, user=request.user)
        return no_content()


class UserView(LinkedView):
    permissions = {"DELETE": DELETE}
    links = (
        Link("GET", "self", "user/{user_id}/profile"),
        Link("DELETE", "delete", "user/{user_id}", DELETE),
        Link("PUT", "update", "user/{user_id}/profile", CHANGE),
    )

    def delete(self, request: Request, user_id: str) -> HttpResponse:
        service.delete(find_user(user_id), user=request.user)
        return no_content()


class Profile(OwnView):
    permissions = {"GET": VIEW, "PUT": CHANGE}
    own = frozenset(("GET", "HEAD", "PUT"))

    def get(self, request: Request, user_id: str) -> HttpResponse:
        return json_answer(profile_json(find_user(user_id)))

    def put(self, request: Request, user_id: str) -> HttpResponse:
        """Replaces the profile: what the body leaves out is emptied, as Camunda does."""
        target, body = find_user(user_id), self.body()
        check_same_id(body, user_id, "user")
        service.change_profile(target, profile_of(body), user=request.user)
        return no_content()


class Credentials(OwnView):
    permissions = {"PUT": CHANGE}
    own = frozenset(("PUT",))

    def put(self, request: Request, user_id: str) -> HttpResponse:
        target, body = find_user(user_id), self.body()
        password = body.required_text("password", MAX_PASSWORD)
        own_password = body.text("authenticatedUserPassword", MAX_PASSWORD) or ""
        caller = authenticate(request._request, username=self.user_id, password=own_password)
        if caller is None or caller.get_username() != self.user_id:
            raise RestError(
                "The given authenticated user password is not valid: 'authenticatedUserPassword' is the password of the"
                f" caller, '{self.user_id}'."
            )
        service.change_password(target, password, user=request.user)
        if target.get_username() == self.user_id and isinstance(request.successful_authenticator, SessionWithCsrf):
            update_session_auth_hash(request._request, target)
        return no_content()


class Unlock(EngineView):
    permissions = {"POST": CHANGE}

    def post(self, request: Request, user_id: str) -> HttpResponse:
        service.unlock(find_user(user_id), user=request.user)
        return no_content()


urlpatterns = [
    path("user", UserList.as_view()),
    path("user/count", UserCount.as_view()),
    path("user/create", Create.as_view()),
    path("user/<str:user_id>", UserView.as_view()),
    path("user/<str:user_id>/profile", Profile.as_view()),
    path("user/<str:user_id>/credentials", Credentials.as_view()),
    path("user/<str:user_id>/unlock", Unlock.as_view()),
]
