"""Authorizations: what somebody may do on one process definition, or on all of a kind, beside his Django permissions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from workflow_engine.engine.errors import EngineError
from workflow_engine.models import Authorization, AuthorizationType
from workflow_engine.services.authorization import ANY, Resource, changing, permissions_of
from workflow_engine.services.authorization.resources import ALL


def resource_choices() -> list[tuple[int, str]]:
    return [(int(one), one.name) for one in Resource if permissions_of(one) is not None]


def permission_choices() -> list[tuple[str, str]]:
    names = sorted({name for one in Resource for name in permissions_of(one) or ()})
    return [(name, name) for name in (ALL, *names)]


class AuthorizationForm(forms.ModelForm):
    doer: Any = None  # who fills it in
    resource_type = forms.TypedChoiceField(
        label=gettext_lazy("Resource type"),
        choices=resource_choices,
        coerce=int,
        initial=int(Resource.PROCESS_DEFINITION),
    )
    resource_id = forms.CharField(
        label=gettext_lazy("Resource id"),
        initial=ANY,
        max_length=255,
        help_text=gettext_lazy("The key of a process definition, or a star for all there is."),
    )
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("Permissions"), choices=permission_choices, required=False
    )

    class Meta:
        model = Authorization
        fields = ("type", "user", "group", "resource_type", "resource_id", "permissions")
        help_texts = {"user": gettext_lazy("Neither user nor group: for everybody, which only the type global can be.")}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            row = None if self.instance._state.adding else Authorization.objects.get(pk=self.instance.pk)
            try:
                changing.check(row, self.wanted(), user=self.doer)
            except (EngineError, PermissionDenied) as error:
                raise ValidationError(str(error)) from None
        return data

    def validate_constraints(self) -> None:
        """The service has checked them, and says in words what is wrong."""

    def wanted(self) -> changing.Wanted:
        data = self.cleaned_data
        kind = data.get("type", self.instance.type)
        is_global = kind == AuthorizationType.GLOBAL and not data["user"]
        return changing.Wanted(
            type=kind,
            user_id=ANY if is_global else data["user"].get_username() if data["user"] else None,
            group_id=data["group"].name if data["group"] else None,
            resource_type=data["resource_type"],
            resource_id=data["resource_id"],
            permissions=data["permissions"],
        )


@admin.register(Authorization)
class AuthorizationAdmin(admin.ModelAdmin):
    form = AuthorizationForm
    list_display = ("whom", "type", "resource", "resource_id", "names")
    list_filter = ("type",)
    search_fields = ("resource_id",)
    list_select_related = ("user", "group")
    raw_id_fields = ("user", "group")

    @admin.display(description=gettext_lazy("for"))
    def whom(self, row: Authorization) -> str:
        return str(row.user or row.group or gettext_lazy("everybody"))

    @admin.display(description=gettext_lazy("resource"), ordering="resource_type")
    def resource(self, row: Authorization) -> str:
        return Resource(row.resource_type).name

    @admin.display(description=gettext_lazy("permissions"))
    def names(self, row: Authorization) -> str:
        return ", ".join(row.permissions) or "-"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("type",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"doer": request.user})

    def save_model(self, request: HttpRequest, obj: Authorization, form: Any, change: bool) -> None:
        if change:
            # The form has changed `obj` already; what it was before decides whether it may be changed.
            changing.change(Authorization.objects.get(pk=obj.pk), form.wanted(), user=request.user)
        else:
            obj.pk = changing.create(form.wanted(), user=request.user).pk

    def delete_model(self, request: HttpRequest, obj: Authorization) -> None:
        changing.delete(obj, user=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            changing.delete(row, user=request.user)
