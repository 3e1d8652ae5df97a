"""I3 of the numbers that history rows carry: within one root none is given twice, and none is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.apps import apps

from workflow_engine import ids, models
from workflow_engine.verification.violation import Violation


def numbered() -> list[Any]:
    """The tables whose rows carry a number of their root's."""
    known = apps.get_app_config("workflow_engine").get_models()
    names = {"sequence", "root_process_instance_id", "partition"}
    return [
        model
        for model in known
        if names <= {field.attname for field in model._meta.concrete_fields} and _is_history(model)
    ]


def _is_history(model: Any) -> bool:
    return model is models.CompensationRecord or model.__name__.startswith("Historic")


def check(root_ids: list[str], using: str) -> Iterator[Violation]:
    """`root_ids`: process instances that no other called, with their history."""
    numbers: dict[str, list[int]] = {root_id: [] for root_id in root_ids}
    where = {"partition__in": {ids.partition_of(one) for one in root_ids}, "root_process_instance_id__in": root_ids}
    for model in numbered():
        rows = model.objects.using(using).filter(**where)
        for root_id, number in rows.values_list("root_process_instance_id", "sequence").iterator():
            numbers[str(root_id)].append(number)
    deletions = models.UserOperationLog.objects.using(using).filter(operation_type="DeleteHistory")
    of_these = deletions.filter(root_process_instance_id__in=root_ids)
    deleted = {str(one) for one in of_these.values_list("root_process_instance_id", flat=True)}
    for root_id, given in numbers.items():
        distinct = set(given)
        if len(distinct) < len(given):
            twice = sorted(number for number, times in Counter(given).items() if times > 1)[:5]
            yield Violation("I3", root_id, f"the history numbers {twice} are given twice")
        missing = max(distinct, default=0) - len(distinct)
        if missing > 0 and root_id not in deleted:
            yield Violation("I3", root_id, f"{missing} of its {max(distinct)} history rows are missing")
