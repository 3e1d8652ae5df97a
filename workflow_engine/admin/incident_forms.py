"""Forms of incidents: how often and when to retry, and the variables that the failed work sees."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from workflow_engine.admin.causes import cause_of
from workflow_engine.admin.job_operations import JobRetriesForm
from workflow_engine.admin.scopes import visible_from
from workflow_engine.admin.variable_forms import ExistingVariables, MoreVariables


class RetryForm(JobRetriesForm):
    """The time is asked for jobs only: a worker takes an external task when it comes."""

    field_order = ("retries", "when", "due_date")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["retries"] = forms.IntegerField(
            label=gettext_lazy("Retries"), min_value=1, max_value=2**31 - 1, initial=1 if self.row is not None else 3
        )
        self.order_fields(self.field_order)
        self.cause = None if self.row is None else cause_of(self.row)
        if self.cause is not None and not self.cause.is_job:
            del self.fields["when"], self.fields["due_date"]
        elif self.cause is None:
            self.fields["when"].help_text = gettext_lazy("For jobs; workers take external tasks when they come.")


class EditAndRetryForm(RetryForm):
    """`cleaned_data["changes"]`: {execution id: {name: value}}, only what was changed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        assert self.cause is not None
        data = self.data if self.is_bound else None
        self.instance_id = str(self.cause.incident.process_instance_id)
        known = visible_from(self.instance_id, self.cause.incident.execution_id)
        self.existing = ExistingVariables(data, prefix="existing", known=known, request=self.request, row=self.row)
        self.variables: Any = MoreVariables(data, prefix="new")

    def is_valid(self) -> bool:
        is_valid = all([super().is_valid(), self.existing.is_valid(), self.variables.is_valid()])
        if is_valid:
            changes = self.existing.changes()
            if new := self.variables.given():
                changes.setdefault(self.instance_id, {}).update(new)
            self.cleaned_data["changes"] = changes
        return is_valid
