"""Each bad input gets a 4xx with a sentence (or is clamped where that is said), never a 500, and after a refusal every table
holds exactly what it held before."""

import time
from collections import Counter
from collections.abc import Callable

from tests.rest.conftest import Answer
from tests.support.failure_points import all_rows

UNKNOWN = "01890000-0000-7000-8000-000000000000"
START = "/process-definition/key/human/start"
FETCH = {"workerId": "w", "maxTasks": 5, "topics": [{"topicName": "work", "lockDuration": 1000}]}
CASES: Counter[str] = Counter()


def nothing_changes(row: str, requests: list[Callable[[], Answer]], statuses: tuple[int, ...] = (400,)) -> list[Answer]:
    """Sends each request; each must be refused with one of these statuses and change no row."""
    before, answers = all_rows(), []
    for number, request in enumerate(requests):
        started = time.monotonic()
        answer = request()
        assert answer.status in statuses, (row, number, answer.status, answer.content[:500])
        assert answer.json["message"], (row, number)
        assert time.monotonic() - started < 5, (row, number)
        assert all_rows() == before, (row, number)
        answers.append(answer)
    CASES[row] += len(requests)
    return answers
