"""Timers in a process: when their jobs are due, how often they come, and what a failing one does to its cycle."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.bpmn.models import boundary, event_sub_process, flow
from tests.unit.engine.play import Play, line, tasks
from workflow_engine.engine import state
from workflow_engine.engine.commands import ExecuteJob, FailJob
from workflow_engine.engine.errors import ModelError


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def at_task(definition: str, *, cancel: bool) -> str:
    return (
        '<startEvent id="s"/><endEvent id="e"/>'
        + tasks("a", "late")
        + line("s", "a", "e")
        + boundary(definition, id="t", host="a", attributes="" if cancel else 'cancelActivity="false"')
        + flow("t", "late")
    )


def due_in(play: Play, activity_id: str = "t") -> timedelta:
    due: Any = play.job(activity_id)["due_date"]
    assert due is not None
    return due - play.job(activity_id)["create_time"]  # type: ignore[no-any-return]


def test_an_interrupting_timer_cancels_its_task_once() -> None:
    play = Play(at_task(timer("timeDuration", "PT1H"), cancel=True)).start()
    assert due_in(play) == timedelta(hours=1)
    assert play.fire("t").tree == "p[late]"
    assert play.waiting == ["task late"]


def test_the_cycle_of_an_interrupting_timer_does_not_repeat() -> None:
    play = Play(at_task(timer("timeCycle", "R3/PT1H"), cancel=True)).start()
    assert play.job("t")["repeat"] is None
    assert play.fire("t").waiting == ["task late"]


def test_a_counted_cycle_comes_as_often_as_it_says() -> None:
    play = Play(at_task(timer("timeCycle", "R3/PT10M"), cancel=False)).start()
    for times in (1, 2, 3):
        assert due_in(play) <= timedelta(minutes=10)
        play.later(minutes=10).fire("t")
        assert play.tree == f"p[{', '.join(['a', *['late'] * times])}]"
    assert "timer t" not in play.waiting


def test_an_endless_cycle_comes_again_until_its_task_is_done() -> None:
    play = Play(at_task(timer("timeCycle", "R/PT10M"), cancel=False)).start()
    for _ in range(5):
        play.later(minutes=10).fire("t")
    assert play.waiting.count("timer t") == 1
    assert "timer t" not in play.complete("a").waiting


def test_a_cron_text_comes_again_and_again() -> None:
    play = Play(at_task(timer("timeCycle", "0 0 9 * * ?"), cancel=False)).start()
    assert str(play.job("t")["due_date"]) == "2026-01-01 09:00:00+00:00"
    play.later(hours=9).fire("t")
    assert str(play.job("t")["due_date"]) == "2026-01-02 09:00:00+00:00"


def test_a_date_from_a_variable() -> None:
    play = Play(at_task(timer("timeDate", "${when}"), cancel=True)).start({"when": "2026-05-01T10:00:00+02:00"})
    assert str(play.job("t")["due_date"]) == "2026-05-01 08:00:00+00:00"


def test_a_text_that_is_no_date_refuses_the_command_that_gets_there() -> None:
    play = Play(at_task(timer("timeDate", "${when}"), cancel=True))
    with pytest.raises(ModelError, match="Timer 't' has the unusable date 'soon'"):
        play.start({"when": "soon"})
    assert play.left_over == {}


def test_a_catching_timer_goes_on_once_whatever_its_cycle() -> None:
    model = '<startEvent id="s"/><intermediateCatchEvent id="c">%s</intermediateCatchEvent>' + tasks("a")
    play = Play(model % timer("timeCycle", "R3/PT1H") + line("s", "c", "a")).start()
    assert play.waiting == ["timer c"]
    assert play.fire("c").waiting == ["task a"]


def test_an_event_sub_process_is_started_beside_or_instead() -> None:
    model = '<startEvent id="s"/>' + tasks("a") + line("s", "a")
    handler = event_sub_process(timer("timeCycle", "R/PT1H"), attributes='isInterrupting="false"')
    play = Play(model + handler.replace("</subProcess>", tasks("h") + line("esp_start", "h") + "</subProcess>")).start()
    assert play.later(hours=1).fire("esp_start").later(hours=1).fire("esp_start").tree == "p[a, esp[h], esp[h]]"
    handler = event_sub_process(timer("timeDuration", "PT1H"))
    play = Play(model + handler.replace("</subProcess>", tasks("h") + line("esp_start", "h") + "</subProcess>")).start()
    assert play.fire("esp_start").tree == "p[esp[h]]"


def test_a_failing_occurrence_does_not_stop_its_cycle() -> None:
    model = at_task(timer("timeCycle", "R3/PT10M"), cancel=False).replace(
        '<userTask id="late"/>', '<serviceTask id="late" camunda:expression="${nobody}"/>'
    )
    play = Play(model).start()
    play.later(minutes=10)
    first = play.job("t")["id"]
    for retries in (2, 1):
        with pytest.raises(ModelError, match="nobody"):
            play.execute(ExecuteJob(job_id=first))
        play.execute(FailJob(job_id=first, message="no", stacktrace=""))
        jobs = {row["id"]: row["retries"] for row in play.rows(state.Job)}
        assert jobs.pop(first) == retries
        assert list(jobs.values()) == [3]
