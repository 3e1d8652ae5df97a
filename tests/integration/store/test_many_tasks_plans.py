"""The statements on many tasks find each by its key, and take as many for a thousand as for one."""

from typing import Any

import pytest

from tests.support import plans
from workflow_engine import models
from workflow_engine.store import database, many_tasks
from workflow_engine.store.dialect import Dialect

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("statement", [many_tasks.roots_of, many_tasks.lock])
@pytest.mark.parametrize("count", [1, 200])
def test_tasks_are_found_by_their_key(statement: Any, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plans.fill_external_tasks()
    wanted = [str(pk) for pk in models.ExternalTask.objects.order_by("pk").values_list("pk", flat=True)[:count]]
    seen: list[tuple[str, Any]] = []
    fetch = Dialect.fetch

    def watched(self: Dialect, sql: str, params: Any) -> Any:
        seen.append((sql, params))
        return fetch(self, sql, params)

    monkeypatch.setattr(Dialect, "fetch", watched)
    found = statement(database.dialect(), [*wanted, "no id", wanted[0]])
    assert sorted(found) == wanted
    [(sql, params)] = seen
    plan = plans.plan(sql, params)
    assert "Seq Scan" not in plan
    assert "SCAN" not in plan
    assert statement(database.dialect(), ["no id"]) == {}
