"""Deployments: lists, one, its files, its end."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.models import Deployment, Resource
from workflow_engine.rest.answers import file_answer, json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.views import CountView, ListView, reading
from workflow_engine.rest.resources.deployment.rows import (
    DeploymentQuery,
    deployment_json,
    new_deployment_json,
    resource_json,
)
from workflow_engine.rest.rows import find_reference
from workflow_engine.services import repository as service
from workflow_engine.services.visibility import visible

VIEW = "view_deployment"


def find_deployment(deployment_id: str) -> Deployment:
    deployment: Deployment = find_reference(Deployment.objects.all(), deployment_id, "Deployment")
    return deployment


class DeploymentList(ListView):
    permissions = {"GET": VIEW}
    query = DeploymentQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return deployment_json(row)


class DeploymentCount(CountView):
    permissions = {"GET": VIEW}
    query = DeploymentQuery


class DeploymentView(EngineView):
    permissions = {"GET": VIEW, "DELETE": "delete_deployment"}

    def get(self, request: Request, deployment_id: str) -> HttpResponse:
        return json_answer(deployment_json(find_deployment(deployment_id)))

    def delete(self, request: Request, deployment_id: str) -> HttpResponse:
        asked = self.address()
        service.delete_deployment(
            str(find_deployment(deployment_id).pk),
            cascade=asked.boolean("cascade"),
            skip_custom_listeners=asked.boolean("skipCustomListeners"),
            skip_io_mappings=asked.boolean("skipIoMappings"),
            user=self.user_id,
        )
        return no_content()


class ResourceList(EngineView):
    permissions = reading(VIEW)

    def get(self, request: Request, deployment_id: str) -> HttpResponse:
        resources = find_deployment(deployment_id).resources.defer("content").order_by("name")
        return json_answer([resource_json(resource) for resource in resources])


class ResourceView(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request, deployment_id: str, resource_id: str) -> HttpResponse:
        return json_answer(resource_json(self.find(deployment_id, resource_id)))

    def find(self, deployment_id: str, resource_id: str) -> Resource:
        resource: Resource = find_reference(
            find_deployment(deployment_id).resources.all(), resource_id, "Deployment resource"
        )
        return resource


class ResourceData(ResourceView):
    def get(self, request: Request, deployment_id: str, resource_id: str) -> HttpResponse:
        resource = self.find(deployment_id, resource_id)
        kind = mimetypes.guess_type(resource.name)[0] or "application/octet-stream"
        return file_answer(bytes(resource.content), name=resource.name, content_type=kind)


class Registered(EngineView):
    """Deployments that this server knows: all of them, since code is never part of one."""

    permissions = {"GET": VIEW}
    knows_definitions = True

    def get(self, request: Request) -> HttpResponse:
        rows = visible(Deployment.objects.order_by("pk"))
        return json_answer([str(pk) for pk in rows.values_list("pk", flat=True)])


class Redeploy(EngineView):
    permissions = {"POST": "deploy"}

    def post(self, request: Request, deployment_id: str) -> HttpResponse:
        body = self.body()
        done = service.redeploy(
            str(find_deployment(deployment_id).pk),
            resource_ids=body.text_list("resourceIds") or (),
            resource_names=body.text_list("resourceNames") or (),
            source=body.text("source"),
            user=self.user_id,
        )
        return json_answer(new_deployment_json(request._request, done.deployment, done.definitions))
