"""People of the admin: one who may do everything, and one who may do exactly what a test says."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests.support import orders

Visitor = Callable[..., Client]


@pytest.fixture
def boss(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return client


@pytest.fixture
def visitor(db: None) -> Visitor:
    """`visitor("view_incident", "resolve_incident")`: somebody with these permissions and no others."""

    def make(*codenames: str) -> Client:
        user = User.objects.create_user(f"visitor-{User.objects.count()}", is_staff=True)
        found = Permission.objects.filter(content_type__app_label="workflow_engine", codename__in=codenames)
        assert found.count() == len(codenames), f"Some of {codenames} are no permissions."
        user.user_permissions.set(found)
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def saga(db: None) -> str:
    """The id of the definition of orders."""
    return orders.deploy("order-saga.bpmn")["order-saga"].pk
