"""Shapes that many resources share: refusals, counts, typed values, links."""

from __future__ import annotations

from collections.abc import Mapping

from workflow_engine.rest.description.operations import Operation, answers, download, takes
from workflow_engine.rest.description.shapes import answer, request

OPERATIONS: Mapping[str, Operation] = {}

answer("Count", {"count": "long"})
answer("Link", {"method": "text", "href": "text", "rel": "text"})
answer("Links", {"links": "[Link]"}, description="What can be done, for those who may.")
answer(
    "Exception",
    {"type": "text", "message": "text", "code": "integer?", "details": "{ModelProblems}", "validationReport": "any"},
    "details", "validationReport",
    description="A refusal: `type` is the name that Camunda's clients know, `message` says what was wrong and why.",
)  # fmt: skip
answer("ModelProblems", {"errors": "[ModelProblem]", "warnings": "[ModelProblem]"})
answer(
    "ModelProblem",
    {
        "message": "text", "line": "integer", "column": "integer", "mainElementId": "text?", "elementIds": "[text]",
        # Spelled by Camunda with a Cyrillic letter.
        "\u0435lementIds": "[text]",
    },
)  # fmt: skip

TYPES = "Null, Boolean, Short, Integer, Long, Double, String, Date, Bytes, File, Json, Xml, Object"
VALUE = answer("VariableValue", {"value": "any", "type": "text", "valueInfo": "object"})
request("TypedValue", {"value": "any", "type": "text", "valueInfo": "object"}, f"`type` is one of {TYPES}.")
request("TypedValueOfScope", {"value": "any", "type": "text", "valueInfo": "object", "local": "boolean"})
request("VariableChanges", {"modifications": "{TypedValue}", "deletions": "[text]"})
request("VariableCondition", {"name": "text", "operator": "eq|neq|gt|gteq|lt|lteq|like|notLike", "value": "any"})
request("DateCondition", {"operator": "gt|lt|eq", "value": "date"})
request("Sorting", {"sortBy": "text", "sortOrder": "asc|desc"})
request("Suspension", {"suspended": "boolean"})
request("Retries", {"retries": "integer", "dueDate": "date"})
request("Priority", {"priority": "long"})
request("Annotation", {"annotation": "text"})


def scope(path: str) -> dict[str, Operation]:
    """The operations of the variables of one scope."""
    one = f"{path}/{{name}}"
    return {
        f"GET {path}": answers("{VariableValue}", query={"deserializeValues": "boolean"}),
        f"POST {path}": takes("VariableChanges"),
        f"GET {one}": answers("VariableValue", query={"deserializeValue": "boolean"}),
        f"PUT {one}": takes("TypedValue"),
        f"DELETE {one}": takes(None),
        f"GET {one}/data": download(),
        f"POST {one}/data": Operation(form={"data": "bytes", "valueType": "Bytes|File"}),
    }
