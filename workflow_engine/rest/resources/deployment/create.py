"""POST /deployment/create: files and fields as multipart/form-data, as the Modeler's deploy button sends them."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from workflow_engine.rest import convert, multipart
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.errors import RestError, TooLarge
from workflow_engine.rest.idempotency import idempotent
from workflow_engine.rest.limits import limits
from workflow_engine.rest.request_body import Body
from workflow_engine.rest.resources.deployment.rows import new_deployment_json
from workflow_engine.services import repository as service

FIELDS = (
    "deployment-name",
    "deployment-source",
    "deploy-changed-only",
    "enable-duplicate-filtering",
    "tenant-id",
    "deployment-activation-time",
)


class Create(EngineView):
    permissions = {"POST": "deploy"}

    _form: tuple[Body, dict[str, bytes]] | None = None

    def form(self) -> tuple[Body, dict[str, bytes]]:
        """Read once, however often it is asked for."""
        if self._form is None:
            self._form = read_form(self.request._request)
        return self._form

    def content(self) -> Any:
        fields, files = self.form()
        return [fields.values, {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}]

    @idempotent
    def post(self, request: Request) -> HttpResponse:
        fields, files = self.form()
        if not files:
            raise RestError("No deployment resources contained in the form upload.")
        changed_only = fields.boolean("deploy-changed-only")
        tenant_id = fields.text("tenant-id") or ""
        if self.visibility is not None and not self.visibility.sees_tenant(tenant_id):
            raise PermissionDenied(f"Cannot deploy for tenant '{tenant_id}': it is none of yours.")
        done = service.deploy(
            name=fields.text("deployment-name"),
            source=fields.text("deployment-source"),
            resources=files,
            tenant_id=tenant_id,
            enable_duplicate_filtering=fields.boolean("enable-duplicate-filtering") or changed_only,
            deploy_changed_only=changed_only,
            activation_time=fields.date("deployment-activation-time"),
            user=self.user_id,
        )
        return json_answer(new_deployment_json(request._request, done.deployment, done.definitions))


def read_form(request: HttpRequest) -> tuple[Body, dict[str, bytes]]:
    limit = limits().max_deployment_bytes
    multipart.check(request, limit)
    fields = multipart.fields(request, FIELDS)
    for name in request.POST:
        if name not in FIELDS:
            raise RestError(
                f"No file name found in the deployment resource described by form parameter {convert.shown(name)}."
            )
    return fields, _files(request, limit)


def _files(request: HttpRequest, limit: int) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for part in (file for _, files_of_name in request.FILES.lists() for file in files_of_name):
        name = str(part.name)
        if "\0" in name or len(name) > 255:
            raise RestError(
                f"The file name {convert.shown(name)} is refused: it must have at most 255 characters and no NUL."
            )
        if name in files:
            raise RestError(f"There are two files with the name '{name}'.")
        files[name] = part.read()
    if sum(map(len, files.values())) > limit:
        raise TooLarge(f"The files have more than {limit} bytes together.")
    return files
