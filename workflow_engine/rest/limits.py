"""How much a caller may ask for, from the site's settings: `WORKFLOW_ENGINE = {"REST": {"max_body_bytes": 1_000_000}}`."""

from __future__ import annotations

from dataclasses import dataclass, fields

from workflow_engine import conf


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    max_body_bytes: int = 10 * 2**20  # of a JSON body
    max_deployment_bytes: int = 20 * 2**20  # of all files of a deployment together
    max_nesting: int = 100  # of a JSON body, and of variables of the types Json, Xml and Object
    max_query_length: int = 16_384  # characters of a query string
    max_attachment_bytes: int = 10 * 2**20  # of the content of an attachment
    max_variables: int = 1_000  # in one request
    max_page_size: int = 10_000  # rows in one answer
    max_topics: int = 200  # in one fetchAndLock
    max_items: int = 1_000  # of a request for many: tasks to answer, instances to start
    max_waiting_requests: int = 1_000  # long polls at once in a process under an ASGI server
    # The same where each takes a thread: half of the threads, so that the others stay free for short requests.
    max_waiting_threads: int = 4
    # From the engine's own settings.
    max_variable_bytes: int
    max_tasks: int  # in one fetchAndLock
    max_lock_milliseconds: int
    max_wait_milliseconds: int


_cached: tuple[conf.EngineSettings, Limits] | None = None


def limits() -> Limits:
    global _cached
    settings = conf.current()
    if _cached is None or _cached[0] is not settings:
        own = {field.name: settings.rest[field.name] for field in fields(Limits) if field.name in settings.rest}
        shared = {
            "max_variable_bytes": settings.max_variable_size,
            "max_tasks": settings.max_tasks_per_fetch,
            "max_lock_milliseconds": int(settings.max_lock_duration.total_seconds() * 1000),
            "max_wait_milliseconds": int(settings.async_response_timeout.total_seconds() * 1000),
        }
        _cached = (settings, Limits(**{**shared, **own}))
    return _cached[1]
