"""The plan comes from the seed alone, and a skewed host really believes in another time."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.chaos import plan

pytestmark = pytest.mark.one_database

PRINTED = """
import datetime, logging, time
from datetime import datetime as named
moments = [time.time(), time.time_ns() / 1e9, named.now().timestamp(), datetime.datetime.now(datetime.UTC).timestamp()]
moments.append(time.mktime(time.localtime()))
moments.append(time.mktime(logging.Formatter().converter(time.time())))
assert type(named.now()) is type(named(2020, 1, 1)) is type(named.fromisoformat("2020-01-01"))
assert isinstance(named.now(), datetime.datetime)
print(*moments)
"""


def test_the_same_seed_gives_the_same_plan() -> None:
    assert plan.draw(1, 120) == plan.draw(1, 120) != plan.draw(2, 120)


@pytest.mark.parametrize("seconds", [1, 60, 1800])
def test_every_kind_is_in_every_plan(seconds: float) -> None:
    drawn = plan.draw(3, seconds)
    assert {fault.kind for fault in drawn} == plan.RATES.keys()
    assert [fault.at for fault in drawn] == sorted(fault.at for fault in drawn)
    assert all(0 <= fault.at < seconds and 0 <= fault.choice < 1 and 0 <= fault.size < 1 for fault in drawn)


def test_a_skewed_process_believes_in_another_time() -> None:
    folder = Path(__file__).resolve().parent / "skewed"
    environment = {**os.environ, "PYTHONPATH": str(folder), "CHAOS_CLOCK_SHIFT": "86400"}
    before = time.time()
    told = subprocess.run([sys.executable, "-c", PRINTED], env=environment, capture_output=True, text=True, check=True)
    after = time.time()
    for moment in map(float, told.stdout.split()):
        # Local time is told in whole seconds.
        assert before - 1 <= moment - 86_400 <= after
