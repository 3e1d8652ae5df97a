"""/task with its comments, attachments, forms and variables."""

from __future__ import annotations

from workflow_engine.rest.description.operations import NOTHING, Operation, answers, download, takes
from workflow_engine.rest.description.resources.common import scope
from workflow_engine.rest.description.shapes import answer, request

answer(
    "Task",
    {
        "id": "text", "name": "text?", "assignee": "text?", "created": "date", "due": "date?", "followUp": "date?",
        "lastUpdated": "date?", "delegationState": "text?", "description": "text?", "executionId": "text?", "owner": "text?",
        "parentTaskId": "text?", "priority": "integer", "processDefinitionId": "text?", "processInstanceId": "text?",
        "taskDefinitionKey": "text?", "caseExecutionId": "null", "caseInstanceId": "null", "caseDefinitionId": "null",
        "suspended": "boolean", "formKey": "text?", "camundaFormRef": "CamundaFormRef?", "tenantId": "text?", "taskState": "text?",
        "attachment": "boolean", "comment": "boolean", "variables": "{VariableValue}",
    },
    "attachment", "comment", "variables",
    description="`attachment`, `comment` and `variables` come only where they were asked for.",
)  # fmt: skip
request(
    "TaskChange",
    {
        "name": "text", "description": "text", "assignee": "text", "owner": "text", "delegationState": "PENDING|RESOLVED",
        "due": "date", "followUp": "date", "priority": "integer", "parentTaskId": "text", "tenantId": "text",
    },
)  # fmt: skip
request(
    "NewTask",
    {
        "id": "text", "name": "text", "description": "text", "assignee": "text", "owner": "text",
        "delegationState": "PENDING|RESOLVED", "due": "date", "followUp": "date", "priority": "integer", "parentTaskId": "text",
        "tenantId": "text",
    },
    description="`id` must be a UUID; without one the engine makes one.",
)  # fmt: skip
request("User", {"userId": "text"})
request("CompleteTask", {"variables": "{TypedValue}", "withVariablesInReturn": "boolean"})
request("TaskError", {"errorCode": "text", "errorMessage": "text", "variables": "{TypedValue}"})
request("TaskEscalation", {"escalationCode": "text", "variables": "{TypedValue}"})
answer("IdentityLink", {"userId": "text?", "groupId": "text?", "type": "text"})
request("IdentityLinkChange", {"userId": "text", "groupId": "text", "type": "text"})
answer(
    "Comment",
    {
        "links": "[Link]", "id": "text", "userId": "text?", "time": "date", "taskId": "text?", "message": "text",
        "removalTime": "date?", "rootProcessInstanceId": "text?", "processInstanceId": "text?",
    },
)  # fmt: skip
request("NewComment", {"message": "text", "processInstanceId": "text"})
request("CommentChange", {"id": "text", "message": "text"})
answer(
    "Attachment",
    {
        "links": "[Link]", "id": "text", "name": "text?", "description": "text?", "taskId": "text?", "type": "text?", "url": "text?",
        "createTime": "date", "removalTime": "date?", "rootProcessInstanceId": "text?",
    },
)  # fmt: skip
answer("TaskCountByCandidateGroup", {"groupName": "text?", "taskCount": "integer"})

LISTS = {"/task": "Task"}
_ONE = "/task/{id}"
_COMPLETION = Operation(body="CompleteTask", answers={200: "{VariableValue}", 204: NOTHING})
OPERATIONS = {
    "POST /task/create": takes("NewTask"),
    "GET /task/report/candidate-group-count": Operation(
        answers={200: "[TaskCountByCandidateGroup]"}, also_as=("application/csv", "text/csv")
    ),
    f"GET {_ONE}": answers("Task", query={
        "withCommentAttachmentInfo": "boolean", "withTaskVariablesInReturn": "boolean", "withTaskLocalVariablesInReturn": "boolean",
    }),
    f"PUT {_ONE}": takes("TaskChange"),
    f"DELETE {_ONE}": takes(None),
    f"POST {_ONE}/complete": _COMPLETION,
    f"POST {_ONE}/submit-form": _COMPLETION,
    f"POST {_ONE}/claim": takes("User"),
    f"POST {_ONE}/unclaim": takes(None),
    f"POST {_ONE}/assignee": takes("User"),
    f"POST {_ONE}/delegate": takes("User"),
    f"POST {_ONE}/resolve": takes("CompleteTask"),
    f"POST {_ONE}/bpmnError": takes("TaskError"),
    f"POST {_ONE}/bpmnEscalation": takes("TaskEscalation"),
    f"GET {_ONE}/identity-links": answers("[IdentityLink]", query={"type": "text"}),
    f"POST {_ONE}/identity-links": takes("IdentityLinkChange"),
    f"POST {_ONE}/identity-links/delete": takes("IdentityLinkChange"),
    f"GET {_ONE}/comment": answers("[Comment]"),
    f"PUT {_ONE}/comment": takes("CommentChange"),
    f"DELETE {_ONE}/comment": takes(None),
    f"POST {_ONE}/comment/create": answers("Comment", body="NewComment"),
    f"GET {_ONE}/comment/{{commentId}}": answers("Comment"),
    f"DELETE {_ONE}/comment/{{commentId}}": takes(None),
    f"GET {_ONE}/attachment": answers("[Attachment]"),
    f"POST {_ONE}/attachment/create": Operation(
        form={
            "attachment-name": "text", "attachment-description": "text", "attachment-type": "text", "url": "text", "content": "bytes",
        },
        answers={200: "Attachment"},
    ),
    f"GET {_ONE}/attachment/{{attachmentId}}": answers("Attachment"),
    f"DELETE {_ONE}/attachment/{{attachmentId}}": takes(None),
    f"GET {_ONE}/attachment/{{attachmentId}}/data": download(),
    f"GET {_ONE}/form": answers("Form"),
    f"GET {_ONE}/form-variables": answers(
        "{VariableValue}", query={"variableNames": "text", "deserializeValues": "boolean"}
    ),
    f"GET {_ONE}/rendered-form": Operation(answers={200: "form"}),
    f"GET {_ONE}/deployed-form": Operation(answers={200: "file"}),
    **scope(f"{_ONE}/variables"),
    **scope(f"{_ONE}/localVariables"),
}  # fmt: skip
