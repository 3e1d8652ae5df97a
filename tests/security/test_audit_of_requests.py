"""Every request that changes something leaves a row that says who did it: in the user operation log, or the reason is told.

All addresses are walked with a call that gets them to do their work; whatever they change is undone. None is refused: a new
address that a plausible body does not satisfy gets a call of its own in `audited/`, and each is logged, excused, or reads.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from tests.rest.conftest import Api
from tests.rest.hostile import Address, World, addresses, fields_of, undone
from tests.security.audited import bodies
from tests.security.audited.call import Call
from tests.security.audited.preparations import PREPARED
from tests.security.audited.reasons import CHANGES_NOTHING, EXCUSED
from tests.support.failure_points import Rows, all_rows
from workflow_engine.models import UserOperationLog
from workflow_engine.rest.listing.views import QueryView


def contents() -> Rows:
    """Of the engine, and people and groups, which the API changes too."""
    of_django = {
        model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in (get_user_model(), Group)
    }
    return all_rows() | of_django


def operations() -> dict[Any, tuple[str, str | None]]:
    """Operation with what it was done to, and by whom."""
    rows = UserOperationLog.objects.all()
    return {row.pk: (f"{row.operation_type} {row.entity_type}", row.user_id) for row in rows}


def plausible(world: World, address: Address, monkeypatch: Any) -> Call:
    if address.method == "DELETE":
        return Call()
    found = fields_of(world, address, monkeypatch)
    return Call(body={name: value for name, value in found.items() if value is not None})


def outcome(world: World, address: Address, monkeypatch: Any) -> str:
    known = bodies.calls(world).get(str(address))
    if known is None and str(address) not in PREPARED:
        known = plausible(world, address, monkeypatch)
    with undone():
        call = known or PREPARED[str(address)](world)
        before, done_before = contents(), operations()
        answer = call.send(world, address)
        after, done_after = contents(), operations()
    if answer.status >= 300:
        return f"refused with {answer.status}: {answer.content[:300]!r}"
    new = {done for row_id, done in done_after.items() if row_id not in done_before}
    assert {user for _, user in new} <= {"root"}, (str(address), new)
    told = sorted(operation for operation, _ in new)
    if call.logged not in (None, *told):
        return f"{told} is logged instead of {call.logged}"
    return "logged" if new else "not logged" if after != before else "changes nothing"


def test_every_change_is_logged_with_who_did_it(
    api: Api, monkeypatch: Any, counted: Callable[[str, int], None]
) -> None:
    world, outcomes = World(api), defaultdict(set)
    for address in addresses("POST", "PUT", "PATCH", "DELETE"):
        if not issubclass(address.view, QueryView):
            outcomes[outcome(world, address, monkeypatch)].add(str(address))
    logged, unlogged, reading = (outcomes.pop(name) for name in ("logged", "not logged", "changes nothing"))
    assert outcomes == {}
    assert unlogged == set(EXCUSED)
    assert reading == set(CHANGES_NOTHING)
    counted("changing addresses that are logged", len(logged))
    counted("changing addresses with a reason not to be", len(unlogged))
    assert len(logged) >= 120
