"""/telemetry: nothing is ever sent anywhere. What would be told is shown to those who run the site."""

from __future__ import annotations

import platform
from typing import Any

import django
from django.db import connections, router
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from workflow_engine import API_VERSION
from workflow_engine.models import MeterLog, SchemaLog
from workflow_engine.rest.answers import json_answer, no_content
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.dates import format_date
from workflow_engine.services import installation, metrics

VIEW, CHANGE = "view_property", "configure_engine"
TOLD_METRICS = ("process-instances", "flow-node-instances", "decision-instances", "executed-decision-elements")


class Configuration(EngineView):
    permissions = {"GET": VIEW, "POST": CHANGE}

    def get(self, request: Request) -> HttpResponse:
        return json_answer({"enableTelemetry": False})

    def post(self, request: Request) -> HttpResponse:
        """Accepted as by Camunda, whose switch has been without effect since 7.22: telemetry stays off."""
        body = self.body()
        if body.optional_boolean("enableTelemetry") is None:
            raise body.refusal("enableTelemetry", "is missing")
        return no_content()


class Data(EngineView):
    permissions = {"GET": VIEW}

    def get(self, request: Request) -> HttpResponse:
        return json_answer({"installation": installation.installation_id(), "product": product()})


def product() -> dict[str, Any]:
    since = SchemaLog.objects.order_by("timestamp").values_list("timestamp", flat=True).first()
    return {
        "name": "Django workflow engine",
        "version": API_VERSION,
        "edition": "community",
        "internals": {
            "database": database(),
            "application-server": {"vendor": "Django", "version": django.get_version()},
            "license-key": None,
            "camunda-integration": [],
            # Commands are not counted one by one.
            "commands": {},
            "metrics": {name: {"count": metrics.total(name)} for name in TOLD_METRICS},
            "webapps": [],
            "jdk": {"vendor": platform.python_implementation(), "version": platform.python_version()},
            "data-collection-start-date": format_date(since),
        },
    }


def database() -> dict[str, str]:
    connection = connections[router.db_for_write(MeterLog)]
    version = ".".join(str(part) for part in connection.get_database_version())
    return {"vendor": connection.display_name, "version": version}


urlpatterns = [
    path("telemetry/configuration", Configuration.as_view()),
    path("telemetry/data", Data.as_view()),
]
