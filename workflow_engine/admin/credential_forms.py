"""The form that issues a worker credential."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine import clock
from workflow_engine.admin.forms import LocalMoment
from workflow_engine.models.worker_credential import Verb
from workflow_engine.services.visibility import may_name_tenant


class CredentialForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=255,
        help_text=gettext_lazy("Of the worker, as it shows in lists and logs."),
    )
    topics = forms.CharField(
        label=gettext_lazy("Topics"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One to a line; a star at the end stands for any ending. Empty: every topic."),
    )
    verbs = forms.MultipleChoiceField(
        label=gettext_lazy("Verbs"),
        choices=Verb.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=gettext_lazy(
            "What the token is good for. None chosen: what workers usually do, or whatever the user below may do."
        ),
    )
    for_user: Any = forms.ModelChoiceField(
        label=gettext_lazy("Permissions of"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("a worker: those that its verbs need"),
    )
    expires = forms.DateTimeField(label=gettext_lazy("Expires"), required=False, widget=LocalMoment())
    tenants = forms.CharField(
        label=gettext_lazy("Tenants"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "One to a line. Empty: those of the user above; without a user only what has no tenant."
        ),
    )

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = request.user
        users = get_user_model()._default_manager.filter(is_active=True)
        # Whoever may lend anybody's permissions has them all.
        if not request.user.is_superuser:
            users = users.filter(pk=request.user.pk or 0)
        self.fields["for_user"].queryset = users  # type: ignore[attr-defined]

    def clean_topics(self) -> list[str]:
        topics = _lines(self.cleaned_data["topics"])
        for topic in topics:
            if len(topic) > 255 or "*" in topic[:-1]:
                raise ValidationError(
                    _("'%(topic)s' is no topic: a star may only stand at its end.") % {"topic": topic[:255]}
                )
        return topics

    def clean_tenants(self) -> list[str]:
        """Whoever does not see all tenants himself may let workers see his own only."""
        tenants = _lines(self.cleaned_data["tenants"])
        for tenant in tenants:
            if len(tenant) > 255 or not may_name_tenant(self.user, tenant):
                raise ValidationError(_("'%(tenant)s' is no tenant of yours.") % {"tenant": tenant[:255]})
        return tenants

    def clean_expires(self) -> Any:
        expires = self.cleaned_data["expires"]
        if expires is not None and expires <= clock.now():
            raise ValidationError(_("This time is over."))
        return expires


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
