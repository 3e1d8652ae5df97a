"""Every operation of the admin that changes something is in the admin's log, with the person who did it."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from tests.admin.pages import operation
from tests.support import orders
from tests.support.failure_points import all_rows
from workflow_engine.admin.base import EngineAdmin
from workflow_engine.admin.bulk import BulkMixin
from workflow_engine.admin.operations import OperationsMixin

pytestmark = pytest.mark.django_db

# What a form asks for; the others ask for nothing, or are content with what they suggest.
ANSWERS: dict[str, dict[str, Any]] = {
    "retry": {"retries": "2", "when": "now"},
    "retries": {"retries": "2", "when": "now"},
    "priority": {"priority": "7"},
    "annotate": {"annotation": "seen"},
    "due": {"when": "now"},
    "cancel": {"reason": "over"},
    "assign": {"assignee": "somebody"},
    "add-variable": {"name": "added", "type": "String", "value": "x"},
}


def engine_admins() -> list[Any]:
    every = [
        admin.site._registry[model]
        for model in apps.get_app_config("workflow_engine").get_models()
        if admin.site.is_registered(model)
    ]
    return [one for one in every if isinstance(one, EngineAdmin)]


def test_whatever_an_operation_does_is_written_by_the_same_lines() -> None:
    """No page has a way of its own around the log."""
    for one in engine_admins():
        kind = type(one)
        if getattr(one, "operations", ()):
            assert kind.operation_view is OperationsMixin.operation_view, kind
            assert kind.perform is OperationsMixin.perform, kind
            assert kind.log is OperationsMixin.log, kind
            assert kind._one is BulkMixin._one, kind
            assert kind.bulk_view is BulkMixin.bulk_view, kind
            assert kind.log_change is admin.ModelAdmin.log_change, kind


def test_every_operation_is_logged(counted: Callable[[str, int], None]) -> None:
    boss = User.objects.create_superuser("boss")
    client = Client()
    client.force_login(boss)
    orders.deploy("order-saga.bpmn")
    orders.stuck_order("order-1")
    orders.start("order-2")
    outcomes: Counter[str] = Counter()
    unlogged = []
    for one in engine_admins():
        for known in getattr(one, "operations", ()):
            row = next((row for row in one.model._default_manager.all() if known.offered(row)), None)
            if row is None:
                continue
            with transaction.atomic():
                before, count = all_rows(), LogEntry.objects.count()
                data = {"_confirmed": "1", **ANSWERS.get(known.name, {})}
                answer = client.post(operation(one.opts.model_name, row.pk, known.name), data)
                changed, logged = all_rows() != before, LogEntry.objects.filter(user=boss).count() > count
                transaction.set_rollback(True)
            assert answer.status_code in (200, 302), (one, known.name)
            outcomes["logged" if logged else "asked again"] += 1
            if changed and not logged:
                unlogged.append((one.opts.model_name, known.name))
    assert unlogged == []
    assert outcomes["logged"] >= 10, outcomes
    counted("operations of the admin that are logged", outcomes["logged"])


def test_the_log_of_operations_can_only_be_read() -> None:
    for one in engine_admins():
        if one.opts.model_name == "useroperationlog":
            request: Any = None
            assert not one.has_add_permission(request)
            assert not one.has_change_permission(request)
            assert not one.has_delete_permission(request)
            return
    raise AssertionError("there is no page of it")
