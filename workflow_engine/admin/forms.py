"""Forms of the operations. Each knows the request and the row it is about; none touches the database for writing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

MOST_RETRIES = 2**31 - 1


class OperationForm(forms.Form):
    """`row` is None when the form is about a whole selection."""

    def __init__(self, *args: Any, request: HttpRequest, row: Any, **options: Any) -> None:
        self.request = request
        self.row = row
        super().__init__(*args, **options)


class LocalMoment(forms.DateTimeInput):
    """The browser's own picker; the time is in the site's zone."""

    input_type = "datetime-local"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M:%S", **options)


class ReasonForm(OperationForm):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the history, for whoever asks later."),
    )


class RetriesForm(OperationForm):
    retries = forms.IntegerField(
        label=_("Retries"), min_value=0, max_value=MOST_RETRIES, initial=3, help_text=_("At zero an incident opens.")
    )


class PriorityForm(OperationForm):
    priority = forms.IntegerField(label=_("Priority"), min_value=-(2**63), max_value=2**63 - 1)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.row is not None:
            self.fields["priority"].initial = self.row.priority


class DueDateForm(OperationForm):
    due_date = forms.DateTimeField(label=_("Due"), widget=LocalMoment(), help_text=_("In the time zone of this site."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.row is not None and self.row.due_date is not None:
            self.fields["due_date"].initial = self.row.due_date


class AnnotationForm(OperationForm):
    annotation = forms.CharField(
        label=_("Annotation"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody who looks at this incident sees it. Empty removes it."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.row is not None:
            self.fields["annotation"].initial = self.row.annotation


class PersonForm(OperationForm):
    user = forms.CharField(label=_("User"), max_length=255, required=False, help_text=_("Empty: nobody."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.row is not None:
            self.fields["user"].initial = self.row.assignee or self.request.user.get_username()
