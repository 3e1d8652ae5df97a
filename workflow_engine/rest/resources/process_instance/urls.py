"""The addresses below /process-instance."""

from django.urls import path

from workflow_engine.rest.resources.process_instance import comments, many, start_many, tree, views
from workflow_engine.rest.variables.views import scope_views

variables, variable, variable_data = scope_views(views.InstanceScope)

urlpatterns = [
    path("process-instance", views.InstanceList.as_view()),
    path("process-instance/count", views.InstanceCount.as_view()),
    *start_many.urlpatterns,
    *many.urlpatterns,
    path("process-instance/<str:instance_id>", views.InstanceView.as_view()),
    path("process-instance/<str:instance_id>/activity-instances", tree.ActivityInstances.as_view()),
    path("process-instance/<str:instance_id>/suspended", views.Suspended.as_view()),
    path("process-instance/<str:instance_id>/modification", views.Modification.as_view()),
    path("process-instance/<str:instance_id>/comment", comments.Comments.as_view()),
    path("process-instance/<str:instance_id>/comment/<str:comment_id>", comments.CommentView.as_view()),
    path("process-instance/<str:instance_id>/variables", variables),
    path("process-instance/<str:instance_id>/variables/<str:name>", variable),
    path("process-instance/<str:instance_id>/variables/<str:name>/data", variable_data),
]
