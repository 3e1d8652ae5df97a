"""Addresses for load balancers and orchestrators, without login: they tell no more than whether things work.

path("health/", include("workflow_engine.health_urls"))
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workflow_engine.services import health


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "live"})


@transaction.non_atomic_requests
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 while requests can be carried out, else 503. With ?sweeper=1 also a sweeper must have been seen within a minute."""
    found = health.look()
    is_ready = found.is_ready and (found.has_sweeper or "sweeper" not in request.GET)
    body: dict[str, Any] = {
        "status": "ready" if is_ready else "not ready",
        "database": found.database,
        "sweepers": found.sweepers,
        "secondsSinceSweeper": found.seconds_since_sweeper,
        "oldestDueJobSeconds": found.oldest_due_job_seconds,
    }
    return JsonResponse(body, status=200 if is_ready else 503)


urlpatterns = [path("live", live), path("ready", ready)]
