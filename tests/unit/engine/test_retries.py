"""Retry cycles of failed jobs: retries left and the pause after every failure, recorded with Camunda 7.24."""

from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest

from tests.unit.engine.play import Play, line
from workflow_engine.engine import state
from workflow_engine.engine.commands import FailJob, SetJobRetries

M, H, D = 60, 3600, 86400
# The text of camunda:failedJobRetryTimeCycle; then what every failure leaves: retries, and seconds to the next try.
RECORDED: list[tuple[str, list[tuple[int, int | None]]]] = [
    ("R5/PT10M", [(4, 10 * M), (3, 10 * M), (2, 10 * M), (1, 10 * M), (0, 10 * M)]),
    ("PT1M,PT5M", [(2, M), (1, 5 * M), (0, 5 * M)]),
    ("PT1M, PT5M ,PT1H", [(3, M), (2, 5 * M), (1, H), (0, H)]),
    ("PT7M", [(1, 7 * M), (0, 7 * M)]),
    ("P1D", [(1, D), (0, D)]),
    ("R2/P1D", [(1, D), (0, D)]),
    ("R/PT1M", [(2147483646, M), (2147483645, M)]),
    ("R1/PT1M", [(0, M)]),
    ("R0/PT1M", [(0, 0)]),
    ("PT0S", [(1, 0), (0, 0)]),
    ("R3/PT1M,PT5M", [(2, M), (1, 5 * M), (0, 5 * M)]),
    ("PT1M,R3/PT5M", [(2, M), (1, 5 * M), (0, 5 * M)]),
    ("R5/PT10M,", [(4, 10 * M), (3, 10 * M)]),
    (" R5/PT10M ", [(4, 10 * M)]),
    ("${cycle}", [(3, 3 * M), (2, 3 * M), (1, 3 * M), (0, 3 * M)]),
    ("#{cycle}", [(3, 3 * M)]),
    # What is none counts for nothing: three tries, at once.
    ("", [(2, None), (1, None), (0, None)]),
    ("often", [(2, None), (1, None), (0, None)]),
    ("-PT1M", [(2, None), (1, None), (0, None)]),
    ("R5/ PT10M", [(2, None)]),
    ("${nobody}", [(2, None), (1, None), (0, None)]),
    ("${5}", [(2, None)]),
    ("PT1M,often", [(2, M), (1, None), (0, None)]),
]


def waiting_job(cycle: str, **settings: Any) -> Play:
    model = (
        '<startEvent id="s"/><serviceTask id="x" camunda:asyncBefore="true" camunda:expression="${1}"><extensionElements>'
        f"<camunda:failedJobRetryTimeCycle>{escape(cycle)}</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>"
    )
    return Play(model + line("s", "x"), **settings).start({"cycle": "R4/PT3M"})


def fail(play: Play) -> tuple[int, int | None]:
    before = play.job("x")["due_date"]
    play.later(days=1).execute(FailJob(job_id=play.job("x")["id"], message="boom", stacktrace="trace"))
    job = play.job("x")
    due = job["due_date"]
    return job["retries"], None if due == before else (due - play.site.time) // timedelta(seconds=1)


@pytest.mark.parametrize(("cycle", "failures"), RECORDED)
def test_as_recorded(cycle: str, failures: list[tuple[int, int | None]]) -> None:
    play = waiting_job(cycle)
    assert [fail(play) for _ in failures] == failures


def test_a_site_may_have_a_cycle_of_its_own_for_models_that_say_nothing() -> None:
    assert fail(waiting_job("", default_retry_cycle="R7/PT2M")) == (6, 2 * M)
    assert fail(waiting_job("R5/PT10M", default_retry_cycle="R7/PT2M")) == (4, 10 * M)
    assert fail(waiting_job("", default_retries=5)) == (4, None)


def test_at_zero_retries_an_incident_opens_and_more_retries_close_it() -> None:
    play = waiting_job("R1/PT1M")
    fail(play)
    (incident,) = play.rows(state.Incident)
    job = play.job("x")
    assert (incident["incident_type"], incident["configuration"]) == ("failedJob", job["id"])
    assert (incident["activity_id"], incident["incident_message"]) == ("x", "boom")
    play.execute(SetJobRetries(job_id=job["id"], retries=2))
    assert play.rows(state.Incident) == []
    # The next failure is not the first one: it takes one of these two, whatever the cycle says.
    assert fail(play) == (1, M)


def test_a_failing_bean_in_the_cycle_counts_for_nothing() -> None:
    def broken(*_: Any) -> str:
        raise RuntimeError("no")

    assert fail(waiting_job("${beans.cycle()}", handlers={"beans": type("Beans", (), {"cycle": broken})()})) == (
        2,
        None,
    )
