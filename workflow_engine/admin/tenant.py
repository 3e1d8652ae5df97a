"""Tenants and who belongs to them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest

from workflow_engine.engine.errors import EngineError
from workflow_engine.models import Tenant
from workflow_engine.services.identity import tenants as service


class TenantForm(forms.ModelForm):
    user: Any = None  # who fills it in

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        tenant = self.instance
        if tenant._state.adding:
            tenant = Tenant(pk=data.get("id") or "")
            self._check(service.check_id, tenant.pk)
        if any(set(data.get(kind, ())) - _members(tenant, kind) for kind in ("users", "groups")):
            self._check(service.check_belongs, self.user, tenant)
        return data

    @staticmethod
    def _check(check: Any, *values: Any) -> None:
        try:
            check(*values)
        except (EngineError, PermissionDenied) as error:
            raise ValidationError(str(error)) from None


@admin.register(Tenant)
class TenantAdmin(admin.ModelAdmin):
    form = TenantForm
    fields = ("id", "name", "users", "groups")
    list_display = ("id", "name")
    search_fields = ("id", "name")
    ordering = ("id",)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Tenant | None:
        # PostgreSQL refuses NUL in a text; nobody can have such an id.
        return None if "\0" in object_id else super().get_object(request, object_id, from_field)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Rows carry the id as text: another id would be another tenant.
        return () if obj is None else ("id",)

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """A site has more users than a list can show; where its admin can search them, it does."""
        return [name for name in ("users", "groups") if self._can_be_searched(name)]

    def _can_be_searched(self, name: str) -> bool:
        model = Tenant._meta.get_field(name).related_model
        registered = self.admin_site._registry.get(model)  # type: ignore[arg-type]
        return registered is not None and bool(registered.search_fields)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"user": request.user})

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        if change:
            service.change(obj, obj.name, user=request.user)
        else:
            obj._state = service.create(obj.pk, obj.name, user=request.user)._state

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        tenant, doer = form.instance, {"user": request.user}
        for kind, add, remove in (
            ("users", service.add_user, service.remove_user),
            ("groups", service.add_group, service.remove_group),
        ):
            wanted, present = set(form.cleaned_data.get(kind, ())), _members(tenant, kind)
            for member in wanted - present:
                add(tenant, member, **doer)
            for member in present - wanted:
                remove(tenant, member, **doer)

    def delete_model(self, request: HttpRequest, obj: Tenant) -> None:
        service.delete(obj, user=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for tenant in queryset:
            service.delete(tenant, user=request.user)


def _members(tenant: Tenant, kind: str) -> set[Any]:
    return set() if tenant._state.adding else set(getattr(tenant, kind).all())
