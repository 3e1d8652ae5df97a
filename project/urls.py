"""The site's addresses: the engine's REST API, the admin, health, and the front page, which is the admin."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    # What browsers ask for beside answers that are no pages and name no icon.
    path("favicon.ico", RedirectView.as_view(url=static("project/favicon.svg"))),
    path("admin/", admin.site.urls),
    path("engine-rest/", include("workflow_engine.rest.urls")),
    path("health/", include("workflow_engine.health_urls")),
]
