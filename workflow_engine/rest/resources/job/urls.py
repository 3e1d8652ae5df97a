"""The addresses below /job and /job-definition."""

from django.urls import path

from workflow_engine.rest.resources.job import asynchronous, definitions, suspension, views

urlpatterns = [
    path("job", views.JobList.as_view()),
    path("job/count", views.JobCount.as_view()),
    path("job/suspended", suspension.Jobs.as_view()),
    *asynchronous.urlpatterns,
    path("job/<str:job_id>", views.JobView.as_view()),
    path("job/<str:job_id>/execute", views.Execute.as_view()),
    path("job/<str:job_id>/retries", views.Retries.as_view()),
    path("job/<str:job_id>/duedate", views.DueDate.as_view()),
    path("job/<str:job_id>/duedate/recalculate", views.RecalculateDueDate.as_view()),
    path("job/<str:job_id>/suspended", views.Suspended.as_view()),
    path("job/<str:job_id>/priority", views.Priority.as_view()),
    path("job/<str:job_id>/stacktrace", views.Stacktrace.as_view()),
    path("job-definition", definitions.JobDefinitionList.as_view()),
    path("job-definition/count", definitions.JobDefinitionCount.as_view()),
    path("job-definition/suspended", suspension.JobDefinitions.as_view()),
    path("job-definition/<str:definition_id>", definitions.JobDefinitionView.as_view()),
    path("job-definition/<str:definition_id>/retries", definitions.Retries.as_view()),
    path("job-definition/<str:definition_id>/suspended", definitions.Suspended.as_view()),
    path("job-definition/<str:definition_id>/jobPriority", definitions.JobPriority.as_view()),
]
