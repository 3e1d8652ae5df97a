"""Each bad input gets a 4xx with a sentence (or is clamped where that is said), never a 500, and after a refusal every table
holds exactly what it held before."""

import time
from collections import Counter
from collections.abc import Callable

from django.apps import apps

from tests.rest.conftest import Answer

UNKNOWN = "01890000-0000-7000-8000-000000000000"
START = "/process-definition/key/human/start"
FETCH = {"workerId": "w", "maxTasks": 5, "topics": [{"topicName": "work", "lockDuration": 1000}]}
CASES: Counter[str] = Counter()


def contents() -> dict[str, list[str]]:
    """Every row of every table of the engine."""
    every = [model for model in apps.get_app_config("workflow_engine").get_models() if not model._meta.proxy]
    return {model.__name__: sorted(map(repr, model._default_manager.values_list())) for model in every}


def nothing_changes(row: str, requests: list[Callable[[], Answer]], statuses: tuple[int, ...] = (400,)) -> list[Answer]:
    """Sends each request; each must be refused with one of these statuses and change no row."""
    before, answers = contents(), []
    for number, request in enumerate(requests):
        started = time.monotonic()
        answer = request()
        assert answer.status in statuses, (row, number, answer.status, answer.content[:500])
        assert answer.json["message"], (row, number)
        assert time.monotonic() - started < 5, (row, number)
        assert contents() == before, (row, number)
        answers.append(answer)
    CASES[row] += len(requests)
    return answers
