"""Typed variables in a form: one line each, with name, type and value."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine import values
from workflow_engine.admin import typed_values
from workflow_engine.admin.forms import OperationForm
from workflow_engine.admin.permissions import may_see_values
from workflow_engine.models import Variable

TYPE_CHOICES = [(name, name) for name in typed_values.TYPED]
EDITABLE_LENGTH = 100_000  # characters; longer values are replaced by their owner, not typed


class ValueField(forms.CharField):
    """Browsers send line ends as CR LF; a value that nobody touched must not count as changed by that."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class VariableForm(forms.Form):
    """One variable. `previous` is its value where it exists already."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=TYPE_CHOICES, initial="String")
    value = ValueField(
        label=gettext_lazy("Value"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 1, "cols": 40})
    )

    def __init__(self, *args: Any, previous: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.previous = previous
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "type" in data and "value" in data:
            try:
                typed_values.check_size(data["value"])
                data["parsed"] = typed_values.parse(data["type"], data["value"], self.previous)
            except ValidationError as error:
                self.add_error("value", error)
        return data


class BaseVariableFormSet(forms.BaseFormSet):
    """Lines without a name are empty and mean nothing."""

    def clean(self) -> None:
        names = [form.cleaned_data["name"] for form in self.forms if form.cleaned_data.get("name")]
        if twice := {name for name in names if names.count(name) > 1}:
            told = _("These names occur more than once: %(names)s")
            raise ValidationError(told % {"names": ", ".join(sorted(twice))})

    def given(self) -> dict[str, Any]:
        return {
            form.cleaned_data["name"]: form.cleaned_data["parsed"]
            for form in self.forms
            if form.has_changed() and form.cleaned_data.get("name")
        }


NewVariables = forms.formset_factory(VariableForm, formset=BaseVariableFormSet, extra=3, max_num=200, absolute_max=200)


# The same with less room, where the existing ones are above.
MoreVariables = forms.formset_factory(VariableForm, formset=BaseVariableFormSet, extra=1, max_num=200, absolute_max=200)


class ExistingVariableForm(VariableForm):
    """A variable that exists. Its id comes back with the form, so that a list that changed meanwhile does no harm."""

    id = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, known: dict[str, Variable], is_shown: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        row_id = self.data.get(self.add_prefix("id")) if self.is_bound else self.initial.get("id")
        self.variable = known.get(str(row_id))
        self.fields["name"].disabled = True
        if self.variable is None:
            return
        self.previous = self.variable.value
        text = typed_values.text_of(self.previous) if is_shown else ""
        self.initial = {"id": str(row_id), "name": self.variable.name, "type": self.variable.type_name, "value": text}
        if not is_editable(self.variable):
            self.fields["type"] = forms.CharField(disabled=True, required=False)
            self.fields["value"].disabled = True
            self.initial["value"] = text[:200] if is_shown else ""
        if not is_shown:
            self.fields["value"].widget.attrs["placeholder"] = _("hidden from you; type to replace it")
        elif isinstance(text, str) and ("\n" in text or len(text) > 80):
            self.fields["value"].widget.attrs["rows"] = min(text.count("\n") + 1 + len(text) // 80, 12)

    def clean(self) -> dict[str, Any]:
        if self.variable is None:
            raise ValidationError(_("This variable no longer exists. Go back and look again."))
        if not self.has_changed():
            return self.cleaned_data
        return super().clean()


class BaseExistingVariables(forms.BaseFormSet):
    def __init__(self, data: Any = None, *, known: list[Variable], request: Any, row: Any, **options: Any) -> None:
        by_id = {str(variable.pk): variable for variable in known}
        kwargs = {"known": by_id, "is_shown": may_see_values(request, row)}
        super().__init__(data, initial=[{"id": row_id} for row_id in by_id], form_kwargs=kwargs, **options)

    def changes(self) -> dict[str, dict[str, Any]]:
        """{execution id: {name: value}}"""
        found: dict[str, dict[str, Any]] = {}
        for form in self.forms:
            if form.has_changed() and "parsed" in form.cleaned_data:
                variable = form.variable
                found.setdefault(str(variable.execution_id), {})[variable.name] = form.cleaned_data["parsed"]
        return found


ExistingVariables: Any = forms.formset_factory(
    ExistingVariableForm, formset=BaseExistingVariables, extra=0, max_num=500, absolute_max=500
)


class WithNewVariables(OperationForm):
    """A form with lines for new variables below its own fields; `cleaned_data["variables"]` are engine values by name."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.variables: Any = NewVariables(self.data if self.is_bound else None, prefix="variables")

    def is_valid(self) -> bool:
        is_valid = super().is_valid() & self.variables.is_valid()
        if is_valid:
            self.cleaned_data["variables"] = self.variables.given()
        return is_valid


class VariableValueForm(OperationForm):
    """One variable of an instance: a new one, or another value for one that exists."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=TYPE_CHOICES, initial="String")
    value = ValueField(
        label=gettext_lazy("Value"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, *args: Any, variable: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.variable = variable
        if variable is not None:
            self.fields["name"].disabled = True
            self.fields["name"].initial = variable.name
            self.fields["type"].initial = variable.type_name
            if may_see_values(self.request, self.row):
                self.fields["value"].initial = typed_values.text_of(variable.value)
            else:
                self.fields["value"].help_text = _("You may change the value, but not see it.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "type" in data and "value" in data:
            try:
                typed_values.check_size(data["value"])
                previous = None if self.variable is None else self.variable.value
                data["parsed"] = typed_values.parse(data["type"], data["value"], previous)
            except ValidationError as error:
                self.add_error("value", error)
        return data


def is_editable(variable: Any) -> bool:
    """Whether a form can show the whole value and give it back unharmed."""
    if not typed_values.is_typed(variable.type_name):
        return False
    value = variable.value
    text = value.text if isinstance(value, (values.JsonValue, values.XmlValue, values.ObjectValue)) else value
    return not isinstance(text, str) or len(text) <= EDITABLE_LENGTH
