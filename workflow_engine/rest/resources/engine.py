"""/engine and /version."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine import API_VERSION
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import ENGINE_NAME, EngineView
from workflow_engine.rest.permissions import IsPublic


class EngineList(EngineView):
    def get(self, request: Request) -> HttpResponse:
        return json_answer([{"name": ENGINE_NAME}])


class Version(EngineView):
    """Open to everybody, so that a client can tell where it is before it logs in."""

    authentication_classes = ()
    permission_classes = (IsPublic,)

    def get(self, request: Request) -> HttpResponse:
        return json_answer({"version": API_VERSION})


urlpatterns = [path("engine", EngineList.as_view()), path("version", Version.as_view(), name="version")]
