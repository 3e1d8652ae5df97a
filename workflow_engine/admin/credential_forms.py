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
    for_user: Any = forms.ModelChoiceField(
        label=gettext_lazy("Permissions of"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("a worker: fetch, complete and fail external tasks"),
    )
    expires = forms.DateTimeField(label=gettext_lazy("Expires"), required=False, widget=LocalMoment())
    tenant = forms.CharField(label=gettext_lazy("Tenant"), max_length=255, required=False)

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        users = get_user_model()._default_manager.filter(is_active=True)
        # Whoever may lend anybody's permissions has them all.
        if not request.user.is_superuser:
            users = users.filter(pk=request.user.pk or 0)
        self.fields["for_user"].queryset = users  # type: ignore[attr-defined]

    def clean_topics(self) -> list[str]:
        topics = [line.strip() for line in self.cleaned_data["topics"].splitlines() if line.strip()]
        for topic in topics:
            if len(topic) > 255 or "*" in topic[:-1]:
                raise ValidationError(
                    _("'%(topic)s' is no topic: a star may only stand at its end.") % {"topic": topic[:255]}
                )
        return topics

    def clean_expires(self) -> Any:
        expires = self.cleaned_data["expires"]
        if expires is not None and expires <= clock.now():
            raise ValidationError(_("This time is over."))
        return expires
