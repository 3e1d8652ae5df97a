"""The addresses below /deployment."""

from django.urls import path

from workflow_engine.rest.resources.deployment import create, views

urlpatterns = [
    path("deployment", views.DeploymentList.as_view()),
    path("deployment/count", views.DeploymentCount.as_view()),
    path("deployment/create", create.Create.as_view()),
    path("deployment/registered", views.Registered.as_view()),
    path("deployment/<str:deployment_id>", views.DeploymentView.as_view()),
    path("deployment/<str:deployment_id>/redeploy", views.Redeploy.as_view()),
    path("deployment/<str:deployment_id>/resources", views.ResourceList.as_view()),
    path("deployment/<str:deployment_id>/resources/<str:resource_id>", views.ResourceView.as_view()),
    path("deployment/<str:deployment_id>/resources/<str:resource_id>/data", views.ResourceData.as_view()),
]
