from collections.abc import Iterator

import pytest

from tests.unit.client.fake_engine import FakeEngine
from workflow_engine.client import Worker


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with FakeEngine() as engine:
        yield engine


@pytest.fixture
def worker(engine: FakeEngine) -> Worker:
    return Worker(engine.url, auth=("demo", "secret"), worker_id="w", poll=0.2, drain=5)
