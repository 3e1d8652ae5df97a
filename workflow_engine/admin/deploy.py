"""The page that deploys files. A refused model is answered with every problem: file, line, element and a sentence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow_engine.admin import links
from workflow_engine.admin.permissions import may, who
from workflow_engine.admin.tenants import seen_by
from workflow_engine.bpmn import InvalidModel, Problem
from workflow_engine.engine.errors import EngineError
from workflow_engine.services import repository

MOST_BYTES = 20 * 2**20  # of all files together; each model has narrower limits of its own
MOST_FILES = 100
LONGEST_NAME = 255


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once: {name: content}."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = [super(FilesField, self).clean(file, initial) for file in (data or [None])]
        if len(files) > MOST_FILES or sum(file.size for file in files) > MOST_BYTES:
            told = _("At most %(files)d files with %(bytes)d bytes together are accepted.")
            raise ValidationError(told % {"files": MOST_FILES, "bytes": MOST_BYTES})
        names = [file.name for file in files]
        if len(set(names)) < len(names):
            raise ValidationError(_("Two files have the same name."))
        return {file.name: file.read() for file in files}


class DeployForm(forms.Form):
    uploads = FilesField(
        label=gettext_lazy("Files"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("BPMN models, and whatever belongs to them; together they are one deployment."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Deployments of the same name are compared to tell what has changed."),
    )
    changed_only = forms.BooleanField(
        label=gettext_lazy("deploy only what has changed since the last deployment of this name"),
        required=False,
        initial=True,
    )
    tenant = forms.CharField(label=gettext_lazy("Tenant"), max_length=255, required=False)


def deploy_view(admin: Any, request: HttpRequest) -> HttpResponse:
    if not may(request, "deploy"):
        raise PermissionDenied
    form = DeployForm(request.POST, request.FILES) if request.method == "POST" else DeployForm()
    problems: tuple[Problem, ...] = ()
    if form.is_bound and form.is_valid() and not seen_by(request).sees_tenant(form.cleaned_data["tenant"]):
        form.add_error("tenant", _("This is no tenant of yours."))
    if form.is_bound and form.is_valid():
        try:
            return _deployed(admin, request, form.cleaned_data)
        except InvalidModel as error:
            problems = error.problems
        except EngineError as error:
            form.add_error(None, str(error))
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Deploy"),
        "opts": admin.opts,
        "form": form,
        "problems": problems,
        "media": admin.page_media + form.media,
        "back": links.listing("deployment"),
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "admin/workflow_engine/deploy.html", context)


def _deployed(admin: Any, request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    done = repository.deploy(
        name=data["name"] or None,
        source="admin",
        resources=data["uploads"],
        tenant_id=data["tenant"],
        enable_duplicate_filtering=data["changed_only"],
        deploy_changed_only=data["changed_only"],
        user=who(request),
    )
    if done.definitions:
        told = _("Deployed: %(names)s") % {"names": ", ".join(str(definition) for definition in done.definitions)}
    else:
        told = _("Nothing new was deployed: there was no change, or no executable process in the files.")
    for problem in done.warnings[:20]:
        messages.warning(request, str(problem))
    admin.log_addition(request, done.deployment, told)
    messages.success(request, told)
    return HttpResponseRedirect(links.page("deployment", done.deployment.pk))
