"""The addresses below /task."""

from django.urls import path

from workflow_engine.rest.resources.task import attachments, comments, details, forms, report, views, work
from workflow_engine.rest.variables.views import scope_views

variables, variable, variable_data = scope_views(details.TaskScope)
local_variables, local_variable, local_variable_data = scope_views(details.TaskLocalScope)

urlpatterns = [
    path("task", views.TaskList.as_view()),
    path("task/count", views.TaskCount.as_view()),
    path("task/report/candidate-group-count", report.CandidateGroupCount.as_view()),
    path("task/create", views.Create.as_view()),
    path("task/<str:task_id>", views.TaskView.as_view()),
    path("task/<str:task_id>/complete", work.Complete.as_view()),
    path("task/<str:task_id>/submit-form", forms.SubmitForm.as_view()),
    path("task/<str:task_id>/claim", work.Claim.as_view()),
    path("task/<str:task_id>/unclaim", work.Unclaim.as_view()),
    path("task/<str:task_id>/assignee", work.Assignee.as_view()),
    path("task/<str:task_id>/delegate", work.Delegate.as_view()),
    path("task/<str:task_id>/resolve", work.Resolve.as_view()),
    path("task/<str:task_id>/bpmnError", work.BpmnError.as_view()),
    path("task/<str:task_id>/bpmnEscalation", work.BpmnEscalation.as_view()),
    path("task/<str:task_id>/identity-links", details.IdentityLinks.as_view()),
    path("task/<str:task_id>/identity-links/delete", details.DeleteIdentityLink.as_view()),
    path("task/<str:task_id>/comment", comments.Comments.as_view()),
    path("task/<str:task_id>/comment/create", comments.Create.as_view()),
    path("task/<str:task_id>/comment/<str:comment_id>", comments.CommentView.as_view()),
    path("task/<str:task_id>/attachment", attachments.Attachments.as_view()),
    path("task/<str:task_id>/attachment/create", attachments.Create.as_view()),
    path("task/<str:task_id>/attachment/<str:attachment_id>", attachments.AttachmentView.as_view()),
    path("task/<str:task_id>/attachment/<str:attachment_id>/data", attachments.Data.as_view()),
    path("task/<str:task_id>/form", forms.Form.as_view()),
    path("task/<str:task_id>/form-variables", forms.FormVariables.as_view()),
    path("task/<str:task_id>/rendered-form", forms.RenderedForm.as_view()),
    path("task/<str:task_id>/deployed-form", forms.DeployedForm.as_view()),
    path("task/<str:task_id>/variables", variables),
    path("task/<str:task_id>/variables/<str:name>", variable),
    path("task/<str:task_id>/variables/<str:name>/data", variable_data),
    path("task/<str:task_id>/localVariables", local_variables),
    path("task/<str:task_id>/localVariables/<str:name>", local_variable),
    path("task/<str:task_id>/localVariables/<str:name>/data", local_variable_data),
]
