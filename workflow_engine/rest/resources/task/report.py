"""/task/report/candidate-group-count: how many tasks are offered to each group, also as CSV."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.http import HttpResponse
from rest_framework.request import Request

from workflow_engine.models import IdentityLink, UserTask
from workflow_engine.rest.answers import json_answer
from workflow_engine.rest.base import EngineView
from workflow_engine.rest.csv_answers import csv_answer, wanted_csv_type
from workflow_engine.rest.resources.task.views import VIEW
from workflow_engine.services.visibility import visible

COLUMNS = {"groupName": "CANDIDATE_GROUP_NAME", "taskCount": "TASK_COUNT"}


class CandidateGroupCount(EngineView):
    permissions = {"GET": VIEW}
    knows_definitions = True

    def get(self, request: Request) -> HttpResponse:
        rows = counts()
        if (kind := wanted_csv_type(request)) is not None:
            named = [{**row, "groupName": "null" if row["groupName"] is None else row["groupName"]} for row in rows]
            return csv_answer(named, COLUMNS, name="task-count-by-candidate-group.csv", content_type=kind)
        return json_answer(rows)


def counts() -> list[dict[str, Any]]:
    """Tasks that are offered to no group come first, as null."""
    offered = IdentityLink.objects.filter(type="candidate", group_id__isnull=False)
    tasks = visible(UserTask.objects.all())
    nobodys = tasks.filter(~Exists(offered.filter(task_id=OuterRef("pk")))).count()
    found = visible(offered).order_by("group_id").values("group_id").annotate(tasks=Count("task_id", distinct=True))
    rows = [{"groupName": row["group_id"], "taskCount": row["tasks"]} for row in found]
    return [{"groupName": None, "taskCount": nobodys}, *rows] if nobodys else rows
