"""Formatters: one record, one line; what it is about as fields; nobody's secrets by way of exceptions."""

import json
import logging
from io import StringIO
from typing import Any

import pytest
from django.db import OperationalError

from workflow_engine import correlation, logs
from workflow_engine.services import startup

pytestmark = pytest.mark.one_database


def logger_with(formatter: logging.Formatter) -> tuple[logging.Logger, StringIO]:
    logger, stream = logging.Logger("workflow_engine.test"), StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    return logger, stream


def written(work: Any, formatter: logging.Formatter | None = None) -> str:
    logger, stream = logger_with(formatter or logs.JsonFormatter())
    work(logger)
    return stream.getvalue()


SECRETS = ("secret-1", "secret-2")


def fail() -> None:
    try:
        raise ValueError(SECRETS[0])
    except ValueError as cause:
        raise KeyError(SECRETS[1]) from cause


def test_an_event_is_one_json_object() -> None:
    def work(logger: logging.Logger) -> None:
        with correlation.bound(correlation_id="c-1", job_id=None), correlation.bound(job_id="j"):
            logs.event(logger, logging.WARNING, "job_failed", "Job\nfailed", retries=2, worker_id=None, counts={"a": 1})

    text = written(work)
    assert text.count("\n") == 1
    entry = json.loads(text)
    assert {"time", "process", "thread"} < entry.keys()
    assert entry["level"] == "WARNING"
    assert entry["logger"] == "workflow_engine.test"
    assert entry["message"] == "Job\nfailed"
    assert (entry["event"], entry["correlation_id"], entry["job_id"]) == ("job_failed", "c-1", "j")
    assert (entry["retries"], entry["counts"]) == (2, {"a": 1})
    assert "worker_id" not in entry


def test_records_of_others_carry_what_is_bound() -> None:
    def work(logger: logging.Logger) -> None:
        with correlation.bound(lambda: {"process_instance_id": "i"}, correlation_id="c"):
            logger.info("%s of %d", "one", 3)
        logger.info("outside")

    inside, outside = map(json.loads, written(work).splitlines())
    assert (inside["message"], inside["correlation_id"], inside["process_instance_id"]) == ("one of 3", "c", "i")
    assert "correlation_id" not in outside


def test_fields_never_replace_what_the_record_is() -> None:
    entry = json.loads(written(lambda logger: logs.event(logger, logging.ERROR, "e", "m", level="x", message="y")))
    assert entry["message"] == "m"
    assert entry["level"] == "ERROR"


def test_a_line_stays_one_line() -> None:
    def work(logger: logging.Logger) -> None:
        logs.event(logger, logging.INFO, "e", "worker\r\nINFO forged\x1b[31m\u2028", topic_name="a\nb")

    text = written(work, logs.LineFormatter())
    assert text.count("\n") == 1
    assert "worker\\r\\nINFO forged\\x1b[31m\\u2028" in text
    assert "topic_name=a\\nb" in text


@pytest.mark.parametrize("formatter", [logs.JsonFormatter, logs.LineFormatter])
def test_exceptions_tell_type_and_place_but_no_message(formatter: type[logging.Formatter]) -> None:
    def work(logger: logging.Logger) -> None:
        try:
            fail()
        except KeyError:
            logger.exception("It failed")

    text = written(work, formatter())
    assert "secret" not in text
    assert "KeyError" in text
    assert "ValueError" in text
    assert "in fail" in text


@pytest.mark.parametrize("formatter", [logs.JsonFormatter, logs.LineFormatter])
def test_messages_of_exceptions_may_be_wanted(formatter: Any) -> None:
    def work(logger: logging.Logger) -> None:
        try:
            fail()
        except KeyError:
            logger.exception("It failed")

    assert "secret-2" in written(work, formatter(exception_messages=True))


def test_a_lost_database_says_why() -> None:
    assert logs.summary(OperationalError("connection refused\n")).endswith("OperationalError: connection refused")
    assert logs.summary(ValueError("secret")) == "ValueError"


def test_a_server_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    logger, stream = logger_with(logs.JsonFormatter())
    monkeypatch.setattr(startup, "logger", logger)
    startup.log_server()
    entry = json.loads(stream.getvalue())
    assert (entry["event"], entry["level"], entry["tracing"]) == ("server_started", "INFO", False)
    assert {"version", "django", "python", "database", "history_level"} < entry.keys()


def test_long_values_are_cut() -> None:
    entry = json.loads(written(lambda logger: logs.event(logger, logging.INFO, "e", "m", topic_name="x" * 5_000)))
    assert len(entry["topic_name"]) < 1_100


def test_a_handler_that_writes_elsewhere_keeps_the_fields() -> None:
    record = logging.makeLogRecord({"msg": "m", "levelno": logging.INFO, "levelname": "INFO"})
    with correlation.bound(correlation_id="c"):
        assert logs.KeepFields().filter(record)
    assert json.loads(logs.JsonFormatter().format(record))["correlation_id"] == "c"


def test_whether_logs_are_structured() -> None:
    assert logs.is_structured(logger_with(logs.JsonFormatter())[0])
    assert not logs.is_structured(logger_with(logs.LineFormatter())[0])
    parent, _ = logger_with(logs.JsonFormatter())
    child = logging.Logger("child")
    child.parent = parent
    assert logs.is_structured(child)
    child.propagate = False
    assert not logs.is_structured(child)


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"HTTP_X_REQUEST_ID": "order-7/a.b:c_d+e=@f"}, "order-7/a.b:c_d+e=@f"),
        ({"HTTP_X_REQUEST_ID": "mine", "HTTP_TRACEPARENT": f"00-{TRACE}-00f067aa0ba902b7-01"}, "mine"),
        ({"HTTP_TRACEPARENT": f"00-{TRACE}-00f067aa0ba902b7-01"}, TRACE),
        ({"HTTP_X_REQUEST_ID": "x" * 128}, "x" * 128),
        ({"HTTP_X_REQUEST_ID": "x" * 129}, None),
        ({"HTTP_X_REQUEST_ID": ""}, None),
        ({"HTTP_X_REQUEST_ID": "a\nb"}, None),
        ({"HTTP_X_REQUEST_ID": "a b"}, None),
        ({"HTTP_X_REQUEST_ID": "<script>"}, None),
        ({"HTTP_X_REQUEST_ID": "mußt"}, None),
        ({"HTTP_TRACEPARENT": f"00-{'0' * 32}-00f067aa0ba902b7-01"}, None),
        ({"HTTP_TRACEPARENT": f"00-{TRACE}-{'0' * 16}-01"}, None),
        ({"HTTP_TRACEPARENT": "nonsense"}, None),
        ({}, None),
    ],
)
def test_the_id_of_a_request(headers: dict[str, str], expected: str | None) -> None:
    found = correlation.id_of(headers)
    if expected is None:
        assert len(found) == 32
        assert found != correlation.id_of(headers)
    else:
        assert found == expected
