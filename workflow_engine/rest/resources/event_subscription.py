"""/event-subscription: who waits for what."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path

from workflow_engine.models import EventSubscription
from workflow_engine.rest.dates import format_date
from workflow_engine.rest.listing.parameters import equals, row_id
from workflow_engine.rest.listing.query import ListQuery
from workflow_engine.rest.listing.tenants import tenants_or_none
from workflow_engine.rest.listing.views import CountView, ListView
from workflow_engine.rest.rows import as_text

VIEW = "view_eventsubscription"


class EventSubscriptionQuery(ListQuery):
    parameters = {
        "eventSubscriptionId": row_id("id"),
        "eventName": equals("event_name"),
        "eventType": equals("event_type"),
        "executionId": row_id("execution_id"),
        "processInstanceId": row_id("process_instance_id"),
        "activityId": equals("activity_id"),
        **tenants_or_none("includeEventSubscriptionsWithoutTenantId"),
    }
    sortings = {"created": "created", "tenantId": "tenant_id"}

    @classmethod
    def rows(cls) -> QuerySet[Any]:
        return EventSubscription.objects.all()


def event_subscription_json(subscription: EventSubscription) -> dict[str, Any]:
    return {
        "id": str(subscription.pk),
        "eventType": subscription.event_type,
        "eventName": subscription.event_name,
        "executionId": as_text(subscription.execution_id),
        "processInstanceId": as_text(subscription.process_instance_id),
        "activityId": subscription.activity_id,
        "createdDate": format_date(subscription.created),
        "tenantId": subscription.tenant_id or None,
    }


class EventSubscriptionList(ListView):
    permissions = {"GET": VIEW}
    query = EventSubscriptionQuery

    def present(self, row: Any, query: ListQuery) -> Any:
        return event_subscription_json(row)


class EventSubscriptionCount(CountView):
    permissions = {"GET": VIEW}
    query = EventSubscriptionQuery


urlpatterns = [
    path("event-subscription", EventSubscriptionList.as_view()),
    path("event-subscription/count", EventSubscriptionCount.as_view()),
]
