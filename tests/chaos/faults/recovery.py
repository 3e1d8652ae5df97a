"""When it works again: the time until a request of some kind was carried out."""

from __future__ import annotations

from collections.abc import Callable

from tests.chaos.journal import Exchange
from tests.chaos.scene import Scene
from tests.chaos.strikes import Strike


def recovers(scene: Scene, strike: Strike, is_such: Callable[[Exchange], bool], since: float | None = None) -> None:
    begin = strike.struck if since is None else since
    assert begin is not None
    strike.recovered(
        lambda: any(one.is_done and is_such(one) for one in scene.journal.since(begin)),
        scene.is_healed.is_set,
        begin,
    )
