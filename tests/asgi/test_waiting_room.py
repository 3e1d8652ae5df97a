"""Who looks when: the oldest of a topic, nobody of another, and not everybody at once."""

import pytest

from workflow_engine.rest.asgi.waiting_room import VAIN_LOOKS, Turn, Waiter, WaitingRoom

pytestmark = pytest.mark.one_database


class Line:
    """A room, and the names of those whose turn it became."""

    def __init__(self, places: int = 100) -> None:
        self.room = WaitingRoom(lambda: places)
        self.turns: list[str] = []

    def enter(
        self, name: str, *topics: str, most: int = 1, is_selective: bool = False, finds: int | None = 0
    ) -> Waiter:
        """Comes, looks if it may, and finds nothing, or as many as said; None: it goes on looking."""
        waiter = Waiter(
            topics or ("a",), max_tasks=most, is_selective=is_selective, wake=lambda: self.turns.append(name)
        )
        if self.room.enter(waiter) is Turn.LOOK and finds is not None:
            self.room.looked(waiter, finds)
        return waiter

    def woken(self) -> list[str]:
        turns, self.turns = self.turns, []
        return turns


def test_news_wakes_the_oldest_of_the_topic_only() -> None:
    line = Line()
    line.enter("other", "b")
    first, second = line.enter("first"), line.enter("second")
    line.room.tell(["a", "unknown"])
    assert line.woken() == ["first"]
    line.room.looked(first, 1)
    assert line.woken() == ["second"]
    line.room.looked(second, 0)
    assert line.woken() == []
    assert len(line.room) == 2


def test_who_took_less_than_it_could_leaves_nothing_for_the_next() -> None:
    line = Line()
    first = line.enter("first", most=10)
    line.enter("second")
    line.room.tell(["a"])
    line.room.looked(first, 3)
    assert line.woken() == ["first"]
    line.room.tell(["a"])
    assert line.woken() == ["second"]


def test_who_finds_nothing_keeps_its_place() -> None:
    line = Line()
    first = line.enter("first")
    line.enter("second")
    line.room.tell(["a"])
    line.room.looked(first, 0)
    line.room.tell(["a"])
    assert line.woken() == ["first", "first"]


def test_news_while_somebody_looks_leads_to_one_more_look() -> None:
    line = Line()
    first = line.enter("first")
    line.room.tell(["a"])
    line.room.tell(["a"])
    assert line.woken() == ["first"]
    line.room.looked(first, 0)
    assert line.woken() == ["first"]
    line.room.looked(first, 0)
    assert line.woken() == []


def test_a_newcomer_does_not_push_in() -> None:
    line = Line()
    line.enter("first")
    assert line.room.enter(Waiter(["a"], max_tasks=1, is_selective=False)) is Turn.WAIT
    assert line.room.enter(Waiter(["a", "b"], max_tasks=1, is_selective=False)) is Turn.LOOK


def test_selective_waiters_do_not_hide_tasks_from_others() -> None:
    line = Line()
    first = line.enter("first", is_selective=True)
    line.enter("second")
    line.room.tell(["a"])
    assert line.woken() == ["first"]
    line.room.looked(first, 0)
    assert line.woken() == ["second"]


def test_who_leaves_passes_its_turn_on() -> None:
    line = Line()
    first = line.enter("first")
    line.enter("second")
    line.room.tell(["a"])
    line.room.leave(first)
    assert line.woken() == ["first", "second"]


def test_a_burst_of_work_is_looked_at_by_several() -> None:
    line = Line()
    waiters = {f"w{n}": line.enter(f"w{n}") for n in range(20)}
    line.room.tell(["a"])
    served, ahead = [], line.woken()
    widest = 0
    while ahead:
        widest = max(widest, len(ahead))
        served.append(ahead.pop(0))
        line.room.looked(waiters[served[-1]], 1)
        ahead += line.woken()
    assert served == list(waiters)
    assert 1 < widest <= 8
    assert len(line.room) == 0
    assert line.room.topics() == ()


def test_tasks_that_the_first_in_line_cannot_see_reach_those_who_can() -> None:
    """A look at the tables knows topics only, not tenants or filters; so the others get their turn, a few at a time."""
    line = Line()
    waiters = {f"w{n}": line.enter(f"w{n}") for n in range(VAIN_LOOKS + 2)}
    looked: list[str] = []
    for _ in range(2):
        line.room.tell_of_work(["a"], {"a"})
        while turns := line.woken():
            looked += turns
            for name in turns:
                line.room.looked(waiters[name], 0)
    assert len(looked) == 2 * VAIN_LOOKS
    assert set(looked) == set(waiters)
    line.room.tell_of_work(["a"], set())
    line.room.tell_of_work(["a"], {"a"})
    assert line.woken() == ["w0"]


def test_the_room_is_bounded_and_can_be_closed() -> None:
    line = Line(places=1)
    line.enter("first")
    assert line.room.enter(Waiter(["a"], max_tasks=1, is_selective=False)) is Turn.NONE
    line.room.close()
    assert line.woken() == ["first"]
    assert Line(places=0).room.enter(Waiter(["a"], max_tasks=1, is_selective=False)) is Turn.NONE


def test_only_topics_that_somebody_has_to_wait_for_are_asked_for() -> None:
    line = Line()
    asked: list[set[str]] = []
    line.room.on_wait = lambda: asked.append(set(line.room.topics()))
    first = line.enter("first", "a", "b", finds=None)
    assert (asked, set(line.room.topics())) == ([], set())
    line.room.looked(first, 0)
    second = line.enter("second", "b")
    assert asked == [{"a", "b"}, {"a", "b"}]
    line.room.leave(first)
    assert line.room.topics() == ("b",)
    line.room.leave(second)
    assert line.room.topics() == ()


def test_who_finds_something_at_once_has_asked_for_nothing() -> None:
    line = Line()
    line.room.on_wait = lambda: pytest.fail("nobody has to wait")
    line.enter("first", finds=1)
    assert line.room.topics() == ()
