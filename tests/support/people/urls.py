"""The API and nothing else."""

from django.urls import include, path

urlpatterns = [path("engine-rest/", include("workflow_engine.rest.urls"))]
