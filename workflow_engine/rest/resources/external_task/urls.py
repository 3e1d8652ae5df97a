"""The addresses below /external-task."""

from django.urls import path

from workflow_engine.rest.resources.external_task import fetch, lists, many, operator, worker, worker_many

urlpatterns = [
    path("external-task/fetchAndLock", fetch.FetchAndLock.as_view()),
    path("external-task/<str:task_id>/complete", worker.Complete.as_view()),
    path("external-task", lists.ExternalTaskList.as_view()),
    path("external-task/count", lists.ExternalTaskCount.as_view()),
    path("external-task/topic-names", lists.TopicNames.as_view()),
    *worker_many.urlpatterns,
    *many.urlpatterns,
    path("external-task/<str:task_id>", lists.ExternalTaskView.as_view()),
    path("external-task/<str:task_id>/failure", worker.Failure.as_view()),
    path("external-task/<str:task_id>/bpmnError", worker.BpmnError.as_view()),
    path("external-task/<str:task_id>/extendLock", worker.ExtendLock.as_view()),
    path("external-task/<str:task_id>/lock", worker.Lock.as_view()),
    path("external-task/<str:task_id>/unlock", operator.Unlock.as_view()),
    path("external-task/<str:task_id>/retries", operator.Retries.as_view()),
    path("external-task/<str:task_id>/priority", operator.Priority.as_view()),
    path("external-task/<str:task_id>/errorDetails", lists.ErrorDetails.as_view()),
]
